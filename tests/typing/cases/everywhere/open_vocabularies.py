"""A word may be one that this release does not know, and a type checker sees to it that this is thought of."""

from typing_extensions import assert_never, assert_type

from lightsail_copy import (
    AutoSnapshot,
    AutoSnapshotStatus,
    Operation,
    OperationStatus,
    OperationType,
    RegionName,
    Snapshot,
    SnapshotState,
    Unrecognized,
)


def every_word_is_text(operation: Operation, region: RegionName, word: Unrecognized) -> None:
    as_text: str = operation.status
    as_text = region
    as_text = word
    as_text.lower()
    assert_type(operation.status.lower(), str)
    assert_type(operation.status in {OperationStatus.STARTED, "Started"}, bool)


def a_word_is_read(word: str) -> None:
    assert_type(RegionName.parse(word), RegionName | Unrecognized)
    assert_type(OperationStatus.parse(word), OperationStatus | Unrecognized)
    OperationStatus.read(None)  # reject
    OperationStatus.read(1)  # reject
    status: OperationStatus = OperationStatus.parse(word)  # reject: it may be unrecognized
    OperationStatus.DONE  # reject: no such word


def text_alone_is_no_word(operation: Operation) -> "OperationStatus | Unrecognized":
    return str(operation.status)  # reject


def a_complete_match(operation: Operation) -> str:
    match operation.status:
        case OperationStatus.NOT_STARTED | OperationStatus.STARTED:
            return "running"
        case OperationStatus.FAILED:
            return "failed"
        case OperationStatus.COMPLETED | OperationStatus.SUCCEEDED:
            return "done"
        case Unrecognized():
            assert_type(operation.status, Unrecognized)
            return operation.status
        case _:
            assert_never(operation.status)


def a_match_by_class(operation: Operation) -> str:
    match operation.operation_type:
        case OperationType():
            return operation.operation_type.name
        case Unrecognized():
            return operation.operation_type
        case _:
            assert_never(operation.operation_type)


def a_match_without_the_unrecognized(operation: Operation) -> str:
    match operation.status:
        case OperationStatus.NOT_STARTED | OperationStatus.STARTED:
            return "running"
        case OperationStatus.FAILED:
            return "failed"
        case OperationStatus.COMPLETED | OperationStatus.SUCCEEDED:
            return "done"
        case _:
            assert_never(operation.status)  # reject


def a_match_without_one_word(operation: Operation) -> str:
    match operation.status:
        case OperationStatus.NOT_STARTED | OperationStatus.STARTED:
            return "running"
        case OperationStatus.FAILED:
            return "failed"
        case OperationStatus.COMPLETED:
            return "done"
        case Unrecognized():
            return operation.status
        case _:
            assert_never(operation.status)  # reject


def a_complete_chain(automatic: AutoSnapshot) -> str:
    if isinstance(automatic.status, Unrecognized):
        return automatic.status
    if automatic.status is AutoSnapshotStatus.SUCCESS:
        return "ready"
    if automatic.status is AutoSnapshotStatus.IN_PROGRESS:
        return "running"
    if automatic.status is AutoSnapshotStatus.FAILED or automatic.status is AutoSnapshotStatus.NOT_FOUND:
        return "failed"
    assert_never(automatic.status)


def a_chain_without_the_unrecognized(automatic: AutoSnapshot) -> str:
    if automatic.status is AutoSnapshotStatus.SUCCESS:
        return "ready"
    if automatic.status is AutoSnapshotStatus.IN_PROGRESS:
        return "running"
    if automatic.status is AutoSnapshotStatus.FAILED or automatic.status is AutoSnapshotStatus.NOT_FOUND:
        return "failed"
    assert_never(automatic.status)  # reject


def a_complete_match_of_a_snapshot(snapshot: Snapshot) -> bool:
    match snapshot.state:
        case SnapshotState.AVAILABLE | SnapshotState.COMPLETED:
            return True
        case SnapshotState.PENDING | SnapshotState.ERROR | SnapshotState.UNKNOWN | Unrecognized():
            return False
        case _:
            assert_never(snapshot.state)


def a_match_of_a_snapshot_without_the_unrecognized(snapshot: Snapshot) -> bool:
    match snapshot.state:
        case SnapshotState.AVAILABLE | SnapshotState.COMPLETED:
            return True
        case SnapshotState.PENDING | SnapshotState.ERROR | SnapshotState.UNKNOWN:
            return False
        case _:
            assert_never(snapshot.state)  # reject
