"""
The typed way to copy Amazon Lightsail snapshots.

    >>> import boto3
    >>> from lightsail_copy import ManualSnapshotCopy, copy_snapshot
    >>> request = ManualSnapshotCopy(
    ...     source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name="web-1-monday-copy"
    ... )
    >>> result = copy_snapshot(boto3.client("lightsail", region_name="us-west-2"), request)  # doctest: +SKIP
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING

from lightsail_copy.clients import make_client, make_clients
from lightsail_copy.enums import (
    AutoSnapshotStatus,
    OperationStatus,
    OperationType,
    RegionName,
    ResourceType,
    SnapshotState,
    Unrecognized,
)
from lightsail_copy.errors import InvalidRequestError, LightsailCopyError, Problem, UnexpectedResponseError
from lightsail_copy.flows.checks import CopyPlan
from lightsail_copy.operations import CopySnapshotResult, Operation, ResourceLocation
from lightsail_copy.outcome_errors import (
    CopyFailedError,
    ServiceUnreachableError,
    UnknownOutcomeError,
    WaitTimeoutError,
)
from lightsail_copy.requests import AutoSnapshotCopy, ManualSnapshotCopy, SnapshotCopyRequest, request_from_dict
from lightsail_copy.schedule import PollSchedule
from lightsail_copy.service_errors import (
    AccessDeniedError,
    AccountSetupInProgressError,
    InvalidInputError,
    NameInUseError,
    NotFoundError,
    OperationFailureError,
    QuotaExceededError,
    RegionSetupInProgressError,
    ServiceError,
    ServiceFaultError,
    ThrottledError,
    UnauthenticatedError,
)
from lightsail_copy.snapshots import AttachedDisk, AutoSnapshot, Snapshot
from lightsail_copy.sync import (
    copy_snapshot,
    get_auto_snapshots,
    get_operation,
    get_snapshot,
    list_snapshots,
    plan_copy,
    wait_for_operations,
    watch_operations,
)

if TYPE_CHECKING:
    from lightsail_copy.fleet import copy_snapshots, watch_copies
    from lightsail_copy.fleet.jobs import CopyJob, CopyOutcome
    from lightsail_copy.retention import delete_snapshots
    from lightsail_copy.retention.plans import RetentionDecision, RetentionPolicy, plan_retention

__version__ = "0.1.0"

# fmt: off
__all__ = [
    "AccessDeniedError", "AccountSetupInProgressError", "AttachedDisk", "AutoSnapshot", "AutoSnapshotCopy",
    "AutoSnapshotStatus", "CopyFailedError", "CopyJob", "CopyOutcome", "CopyPlan", "CopySnapshotResult",
    "InvalidInputError", "InvalidRequestError", "LightsailCopyError", "ManualSnapshotCopy", "NameInUseError",
    "NotFoundError", "Operation", "OperationFailureError", "OperationStatus", "OperationType", "PollSchedule",
    "Problem", "QuotaExceededError", "RegionName", "RegionSetupInProgressError", "ResourceLocation", "ResourceType",
    "RetentionDecision", "RetentionPolicy", "ServiceError", "ServiceFaultError", "ServiceUnreachableError", "Snapshot",
    "SnapshotCopyRequest", "SnapshotState", "ThrottledError", "UnauthenticatedError", "UnexpectedResponseError",
    "UnknownOutcomeError", "Unrecognized", "WaitTimeoutError", "__version__", "copy_snapshot", "copy_snapshots",
    "delete_snapshots", "get_auto_snapshots", "get_operation", "get_snapshot", "list_snapshots", "make_client",
    "make_clients", "plan_copy", "plan_retention", "request_from_dict", "wait_for_operations", "watch_copies",
    "watch_operations",
]
# fmt: on

# Modules that only some programs need, with their public names: each is imported when one of its names is first used.
_ON_FIRST_USE = {
    "fleet": ("copy_snapshots", "watch_copies"),
    "fleet.jobs": ("CopyJob", "CopyOutcome"),
    "retention": ("delete_snapshots",),
    "retention.plans": ("RetentionDecision", "RetentionPolicy", "plan_retention"),
}

if not TYPE_CHECKING:  # pragma: no branch - a type checker would accept any name

    def __getattr__(name: str) -> object:
        for module, names in _ON_FIRST_USE.items():
            if name in names:
                value = globals()[name] = getattr(_import_module(f"{__name__}.{module}"), name)
                return value
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return __all__
