"""Clients whose methods are awaited belong to `lightsail_copy.aio`, and the others to the package."""

# ruff: noqa: ANN401 - the methods of boto3 take and return Any

from collections.abc import Mapping
from typing import Any

from typing_extensions import assert_type

from lightsail_copy import (
    CopySnapshotResult,
    ManualSnapshotCopy,
    Operation,
    aio,
    copy_snapshot,
    get_operation,
    wait_for_operations,
)


class Awaited:
    """A client as aiobotocore's stubs type it."""

    async def copy_snapshot(self, **parameters: Any) -> Mapping[str, Any]:
        return {}

    async def get_operation(self, *, operationId: str) -> Mapping[str, Any]:
        return {}


class Sync:
    """A client as boto3's stubs type it."""

    def copy_snapshot(
        self,
        *,
        targetSnapshotName: str,
        sourceRegion: Any,
        sourceSnapshotName: str = "",
        sourceResourceName: str = "",
        restoreDate: str = "",
        useLatestRestorableAutoSnapshot: bool = False,
    ) -> Mapping[str, Any]:
        return {}

    def get_operation(self, *, operationId: str) -> Mapping[str, Any]:
        return {}


class UntypedAwaited:
    """A client as aiobotocore's own source types it."""

    def can_paginate(self, operation_name: str, /) -> bool:
        return True

    def get_paginator(self, operation_name: str, /) -> Any: ...

    def get_waiter(self, waiter_name: str, /) -> Any: ...

    async def close(self) -> None: ...


def sync_functions(awaited: Awaited, untyped: UntypedAwaited, client: Sync, request: ManualSnapshotCopy) -> None:
    assert_type(copy_snapshot(client, request), CopySnapshotResult)
    copy_snapshot(awaited, request)  # reject
    copy_snapshot(untyped, request)  # reject
    get_operation(awaited, "id")  # reject
    wait_for_operations(awaited, "id")  # reject
    wait_for_operations(client, copy_snapshot(client, request))


async def awaited_functions(
    awaited: Awaited, untyped: UntypedAwaited, client: Sync, request: ManualSnapshotCopy
) -> None:
    assert_type(await aio.copy_snapshot(untyped, request), CopySnapshotResult)
    assert_type(await aio.get_operation(awaited, "id"), Operation)
    assert_type(await aio.copy_snapshot(aio.in_threads(client), request), CopySnapshotResult)
    async for state in aio.watch_operations(awaited, "id"):
        assert_type(state, tuple[Operation, ...])
    await aio.copy_snapshot(client, request)  # reject
    await aio.get_operation(client, "id")  # reject
    for _ in aio.watch_operations(awaited, "id"):  # reject
        pass
