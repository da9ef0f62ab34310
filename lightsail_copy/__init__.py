"""
The typed way to copy Amazon Lightsail snapshots.

    >>> import boto3
    >>> from lightsail_copy import ManualSnapshotCopy, copy_snapshot
    >>> request = ManualSnapshotCopy(
    ...     source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name="web-1-monday-copy"
    ... )
    >>> result = copy_snapshot(boto3.client("lightsail", region_name="us-west-2"), request)  # doctest: +SKIP
"""

from lightsail_copy.copying import copy_snapshot
from lightsail_copy.enums import (
    AutoSnapshotStatus,
    OperationStatus,
    OperationType,
    RegionName,
    ResourceType,
    SnapshotState,
    Unrecognized,
)
from lightsail_copy.errors import (
    AccessDeniedError,
    AccountSetupInProgressError,
    InvalidInputError,
    InvalidRequestError,
    LightsailCopyError,
    NameInUseError,
    NotFoundError,
    OperationFailedError,
    OperationFailureError,
    Problem,
    QuotaExceededError,
    RegionSetupInProgressError,
    ServiceError,
    ServiceFaultError,
    ThrottledError,
    UnauthenticatedError,
    UnexpectedResponseError,
    UnknownOutcomeError,
    WaitTimeoutError,
)
from lightsail_copy.lookups import get_auto_snapshots, get_operation, get_snapshot
from lightsail_copy.operations import CopySnapshotResult, Operation, ResourceLocation
from lightsail_copy.planning import CopyPlan, check_copy
from lightsail_copy.requests import AutoSnapshotCopy, ManualSnapshotCopy, SnapshotCopyRequest
from lightsail_copy.schedule import PollSchedule
from lightsail_copy.snapshots import AttachedDisk, AutoSnapshot, Snapshot
from lightsail_copy.waiting import wait_for_operations, watch_operations

__all__ = [
    "AccessDeniedError",
    "AccountSetupInProgressError",
    "AttachedDisk",
    "AutoSnapshot",
    "AutoSnapshotCopy",
    "AutoSnapshotStatus",
    "CopyPlan",
    "CopySnapshotResult",
    "InvalidInputError",
    "InvalidRequestError",
    "LightsailCopyError",
    "ManualSnapshotCopy",
    "NameInUseError",
    "NotFoundError",
    "Operation",
    "OperationFailedError",
    "OperationFailureError",
    "OperationStatus",
    "OperationType",
    "PollSchedule",
    "Problem",
    "QuotaExceededError",
    "RegionName",
    "RegionSetupInProgressError",
    "ResourceLocation",
    "ResourceType",
    "ServiceError",
    "ServiceFaultError",
    "Snapshot",
    "SnapshotCopyRequest",
    "SnapshotState",
    "ThrottledError",
    "UnauthenticatedError",
    "UnexpectedResponseError",
    "UnknownOutcomeError",
    "Unrecognized",
    "WaitTimeoutError",
    "check_copy",
    "copy_snapshot",
    "get_auto_snapshots",
    "get_operation",
    "get_snapshot",
    "wait_for_operations",
    "watch_operations",
]
