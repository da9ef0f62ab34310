"""
The shapes of the dicts: the parameters of CopySnapshot, and what each `to_dict` returns.

The annotations are evaluated: pydantic reads the keys of `CopySnapshotParameters` at run time.
"""

import sys
from typing import Any

# An import of typing_extensions takes several milliseconds.
if sys.version_info >= (3, 12):
    from typing import NotRequired, TypedDict
else:
    # pydantic rejects typing.TypedDict on these Pythons, where it does not record which keys are required.
    from typing_extensions import NotRequired, TypedDict


class CopySnapshotParameters(TypedDict):
    """The parameters of CopySnapshot, under their wire names."""

    sourceSnapshotName: NotRequired[str]
    sourceResourceName: NotRequired[str]
    restoreDate: NotRequired[str]
    useLatestRestorableAutoSnapshot: NotRequired[bool]
    targetSnapshotName: str
    sourceRegion: Any  # the stubs' own list of literals, which changes with each of their releases


class LocationDict(TypedDict):
    """What `ResourceLocation.to_dict` returns."""

    availabilityZone: str
    regionName: str


class OperationDict(TypedDict):
    """What `Operation.to_dict` returns; a timestamp is ISO 8601 text in UTC."""

    id: str
    resourceName: str
    resourceType: str
    createdAt: str
    location: LocationDict
    isTerminal: bool
    operationDetails: NotRequired[str]
    operationType: str
    status: str
    statusChangedAt: NotRequired[str]
    errorCode: NotRequired[str]
    errorDetails: NotRequired[str]


class ResponseMetadataDict(TypedDict):
    """The part of a response's metadata that `CopySnapshotResult.to_dict` returns."""

    RequestId: str


class CopySnapshotResultDict(TypedDict):
    """What `CopySnapshotResult.to_dict` returns."""

    operations: list[OperationDict]
    adopted: bool
    ResponseMetadata: NotRequired[ResponseMetadataDict]


class AttachedDiskDict(TypedDict):
    """What `AttachedDisk.to_dict` returns."""

    path: str
    sizeInGb: int


class AutoSnapshotDict(TypedDict):
    """What `AutoSnapshot.to_dict` returns."""

    date: str
    createdAt: NotRequired[str]
    status: str
    fromAttachedDisks: list[AttachedDiskDict]


class SnapshotDict(TypedDict):
    """What `Snapshot.to_dict` returns."""

    name: str
    arn: str
    createdAt: str
    location: LocationDict
    resourceType: str
    state: str
    progress: NotRequired[str]
    fromDiskName: NotRequired[str]
    fromInstanceName: NotRequired[str]
    sizeInGb: NotRequired[int]


class RetentionDecisionDict(TypedDict):
    """What `RetentionDecision.to_dict` returns."""

    snapshot: SnapshotDict
    keep: bool
    reasons: list[str]


class ProblemDict(TypedDict):
    """A problem within `CopyPlanDict`."""

    field: str
    given: str
    rule: str
    remedy: str


class CopyPlanDict(TypedDict):
    """What `CopyPlan.to_dict` returns."""

    request: CopySnapshotParameters
    targetRegion: NotRequired[str]
    sizeInGb: NotRequired[int]
    restoreDate: NotRequired[str]
    adopts: NotRequired[OperationDict]
    problems: list[ProblemDict]


class CopyJobDict(CopySnapshotParameters):
    """What `CopyJob.to_dict` returns."""

    targetRegion: str


class ErrorDict(TypedDict):
    """An error within `CopyOutcomeDict`."""

    type: str
    message: str
    code: NotRequired[str]


class CopyOutcomeDict(TypedDict):
    """What `CopyOutcome.to_dict` returns."""

    job: CopyJobDict
    done: bool
    succeeded: bool
    adopted: bool
    operations: list[OperationDict]
    error: NotRequired[ErrorDict]
