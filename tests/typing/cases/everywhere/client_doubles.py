"""Anything with the one method that is called is a client; nothing else is."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

from typing_extensions import assert_type

from lightsail_copy import (
    AutoSnapshot,
    CopyPlan,
    CopySnapshotResult,
    Operation,
    RetentionDecision,
    Snapshot,
    SnapshotCopyRequest,
    copy_snapshot,
    delete_snapshots,
    get_auto_snapshots,
    get_operation,
    get_snapshot,
    plan_copy,
    wait_for_operations,
    watch_operations,
)
from lightsail_copy.typing import (
    AutoSnapshotClient,
    CopyClient,
    OperationClient,
    ResourceClient,
    SnapshotClient,
    SnapshotDeletionClient,
)


class Copies:
    def copy_snapshot(
        self,
        *,
        targetSnapshotName: str,
        sourceRegion: str,
        sourceSnapshotName: str = "",
        sourceResourceName: str = "",
        restoreDate: str = "",
        useLatestRestorableAutoSnapshot: bool = False,
    ) -> dict[str, object]:
        return {}


class CopiesAnything:
    def copy_snapshot(self, **kwargs: Any) -> Any:  # noqa: ANN401 - as loose as a fake may be
        return kwargs


class GetsOperations:
    def get_operation(self, *, operationId: str) -> dict[str, object]:
        return {}


class GetsAutoSnapshots:
    def get_auto_snapshots(self, *, resourceName: str) -> dict[str, object]:
        return {}


class GetsSnapshots:
    def get_instance_snapshot(self, *, instanceSnapshotName: str) -> dict[str, object]:
        return {}

    def get_disk_snapshot(self, *, diskSnapshotName: str) -> dict[str, object]:
        return {}


class DeletesSnapshots:
    def delete_instance_snapshot(self, *, instanceSnapshotName: str) -> dict[str, object]:
        return {}

    def delete_disk_snapshot(self, *, diskSnapshotName: str) -> dict[str, object]:
        return {}


class DeletesInstanceSnapshots:
    def delete_instance_snapshot(self, *, instanceSnapshotName: str) -> dict[str, object]:
        return {}


class GetsResources(GetsSnapshots, GetsAutoSnapshots):
    def get_instance(self, *, instanceName: str) -> dict[str, object]:
        return {}

    def get_disk(self, *, diskName: str) -> dict[str, object]:
        return {}


class CopiesInstancesOnly:
    def copy_snapshot(self, *, targetSnapshotName: str, sourceRegion: str, sourceSnapshotName: str = "") -> object:
        return dict[str, object]()


class CopiesByDateOnly:
    def copy_snapshot(
        self,
        *,
        targetSnapshotName: str,
        sourceRegion: str,
        restoreDate: str,
        sourceSnapshotName: str = "",
        sourceResourceName: str = "",
        useLatestRestorableAutoSnapshot: bool = False,
    ) -> dict[str, object]:
        return {}


class CopiesByNumber:
    def copy_snapshot(self, **kwargs: int) -> object:
        return kwargs


class CopiesElsewhere:
    """As EC2 does."""

    def copy_snapshot(self, *, SourceRegion: str, SourceSnapshotId: str, Description: str = "") -> object:
        return dict[str, object]()


def accepted(request: SnapshotCopyRequest, anything: Any) -> None:  # noqa: ANN401 - as an untyped caller
    assert_type(copy_snapshot(Copies(), request), CopySnapshotResult)
    assert_type(get_operation(GetsOperations(), "1"), Operation)
    assert_type(get_auto_snapshots(GetsAutoSnapshots(), "web-1"), tuple[AutoSnapshot, ...])
    assert_type(get_snapshot(GetsSnapshots(), "copy-1"), Snapshot)
    assert_type(plan_copy(GetsResources(), GetsResources(), request), CopyPlan)
    copy_snapshot(CopiesAnything(), request)
    copy_snapshot(client=Copies(), request=request)
    copy_snapshot(Mock(), request)
    copy_snapshot(anything, request)
    get_operation(client=GetsOperations(), operation_id="1")
    get_operation(Mock(), "1")
    get_auto_snapshots(client=GetsAutoSnapshots(), resource_name="web-1")
    get_auto_snapshots(anything, "web-1")
    get_snapshot(Mock(), "copy-1")
    assert_type(wait_for_operations(GetsOperations(), "1"), tuple[Operation, ...])
    assert_type(watch_operations(GetsOperations(), "1"), Iterator[tuple[Operation, ...]])


def deletes_by_a_double(decisions: tuple[RetentionDecision, ...]) -> None:
    assert_type(delete_snapshots(DeletesSnapshots(), decisions), tuple[Operation, ...])
    delete_snapshots(client=DeletesSnapshots(), decisions=decisions)
    delete_snapshots(Mock(), decisions)
    delete_snapshots(None, decisions)  # reject
    delete_snapshots("lightsail", decisions)  # reject
    delete_snapshots(GetsSnapshots(), decisions)  # reject: it deletes nothing
    delete_snapshots(DeletesInstanceSnapshots(), decisions)  # reject: it cannot delete those of disks


def a_client_that_deletes_snapshots() -> SnapshotDeletionClient:
    return DeletesSnapshots()


def a_client_that_copies() -> CopyClient:
    return Copies()


def a_client_that_gets_operations() -> OperationClient:
    return GetsOperations()


def a_client_that_gets_auto_snapshots() -> AutoSnapshotClient:
    return GetsAutoSnapshots()


def a_client_that_gets_snapshots() -> SnapshotClient:
    return GetsSnapshots()


def a_client_that_gets_resources() -> ResourceClient:
    return GetsResources()


def a_client_that_cannot_copy() -> CopyClient:
    return GetsOperations()  # reject


def no_client_for_a_copy(request: SnapshotCopyRequest) -> None:
    copy_snapshot(None, request)  # reject
    copy_snapshot(1, request)  # reject
    copy_snapshot("lightsail", request)  # reject
    copy_snapshot({}, request)  # reject
    copy_snapshot(object(), request)  # reject
    copy_snapshot(Copies, request)  # reject: the class
    copy_snapshot(Copies().copy_snapshot, request)  # reject: the method
    copy_snapshot(GetsOperations(), request)  # reject: it cannot copy
    copy_snapshot(CopiesInstancesOnly(), request)  # reject: without the other parameters
    copy_snapshot(CopiesByDateOnly(), request)  # reject: a date is not always sent
    copy_snapshot(CopiesByNumber(), request)  # reject
    copy_snapshot(CopiesElsewhere(), request)  # reject: with other parameters


def no_client_for_a_question(request: SnapshotCopyRequest) -> None:
    get_operation(None, "1")  # reject
    get_operation(1, "1")  # reject
    get_operation("lightsail", "1")  # reject
    get_operation(Copies(), "1")  # reject
    get_auto_snapshots(None, "web-1")  # reject
    get_auto_snapshots(1, "web-1")  # reject
    get_auto_snapshots("lightsail", "web-1")  # reject
    get_auto_snapshots(Copies(), "web-1")  # reject
    get_snapshot(None, "copy-1")  # reject
    get_snapshot("lightsail", "copy-1")  # reject
    get_snapshot(GetsAutoSnapshots(), "copy-1")  # reject
    plan_copy(None, None, request)  # reject
    plan_copy(GetsResources(), None, request)  # reject
    plan_copy("lightsail", GetsResources(), request)  # reject
    plan_copy(GetsSnapshots(), GetsResources(), request)  # reject: it reads no instances
    wait_for_operations(None, "1")  # reject
    wait_for_operations(Copies(), "1")  # reject
    watch_operations(None, "1")  # reject
    watch_operations("lightsail", "1")  # reject
