"""
The typed way to copy Amazon Lightsail snapshots.

    >>> import boto3
    >>> from lightsail_copy import ManualSnapshotCopy, copy_snapshot
    >>> request = ManualSnapshotCopy(
    ...     source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name="web-1-monday-copy"
    ... )
    >>> result = copy_snapshot(boto3.client("lightsail", region_name="us-west-2"), request)  # doctest: +SKIP
"""

from lightsail_copy.copying import copy_snapshot, get_auto_snapshots, get_operation
from lightsail_copy.enums import (
    AutoSnapshotStatus,
    OperationStatus,
    OperationType,
    RegionName,
    ResourceType,
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
    OperationFailureError,
    Problem,
    QuotaExceededError,
    RegionSetupInProgressError,
    ServiceError,
    ServiceFaultError,
    ThrottledError,
    UnauthenticatedError,
    UnexpectedResponseError,
)
from lightsail_copy.operations import CopySnapshotResult, Operation, ResourceLocation
from lightsail_copy.requests import AutoSnapshotCopy, ManualSnapshotCopy, SnapshotCopyRequest
from lightsail_copy.snapshots import AttachedDisk, AutoSnapshot

__all__ = [
    "AccessDeniedError",
    "AccountSetupInProgressError",
    "AttachedDisk",
    "AutoSnapshot",
    "AutoSnapshotCopy",
    "AutoSnapshotStatus",
    "CopySnapshotResult",
    "InvalidInputError",
    "InvalidRequestError",
    "LightsailCopyError",
    "ManualSnapshotCopy",
    "NameInUseError",
    "NotFoundError",
    "Operation",
    "OperationFailureError",
    "OperationStatus",
    "OperationType",
    "Problem",
    "QuotaExceededError",
    "RegionName",
    "RegionSetupInProgressError",
    "ResourceLocation",
    "ResourceType",
    "ServiceError",
    "ServiceFaultError",
    "SnapshotCopyRequest",
    "ThrottledError",
    "UnauthenticatedError",
    "UnexpectedResponseError",
    "Unrecognized",
    "copy_snapshot",
    "get_auto_snapshots",
    "get_operation",
]
