"""
The package's functions as coroutines, for asyncio.

    >>> import asyncio, boto3
    >>> from lightsail_copy import aio
    >>> client = aio.in_threads(boto3.client("lightsail", region_name="us-west-2"))  # doctest: +SKIP
    >>> result = asyncio.run(aio.copy_snapshot(client, request))  # doctest: +SKIP

They have the arguments, results, and errors of the functions of the same names in `lightsail_copy`. A client is an
aiobotocore client, or a boto3 client that `in_threads` wraps.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from functools import partial, wraps
from typing import Any

from lightsail_copy.clients import client_method, region_of
from lightsail_copy.drivers.awaiting import CLOCK, call_in_thread, run
from lightsail_copy.fleet.aio import copy_snapshots, watch_copies
from lightsail_copy.flows import checks, copies, lookups
from lightsail_copy.flows.checks import CopyPlan
from lightsail_copy.flows.copies import IfExists
from lightsail_copy.flows.polling import Operations, Watch
from lightsail_copy.operations import CopySnapshotResult, Operation
from lightsail_copy.requests import MANUAL_FIELDS, SnapshotCopyRequest
from lightsail_copy.retention import deletions
from lightsail_copy.retention.plans import RetentionDecision
from lightsail_copy.schedule import PollSchedule
from lightsail_copy.snapshots import AutoSnapshot, Snapshot
from lightsail_copy.typing import (
    AsyncAutoSnapshotClient,
    AsyncClock,
    AsyncCopyClient,
    AsyncOperationClient,
    AsyncResourceClient,
    AsyncSnapshotClient,
    AsyncSnapshotDeletionClient,
    AsyncSnapshotListClient,
    CopyClient,
)
from lightsail_copy.validation import Duration


async def copy_snapshot(
    client: AsyncCopyClient,
    request: SnapshotCopyRequest,
    *,
    if_exists: IfExists = "raise",
    lookup_timeout: Duration | None = 30.0,
    clock: AsyncClock = CLOCK,
) -> CopySnapshotResult:
    """
    Copy a snapshot into the client's Region, as `lightsail_copy.copy_snapshot` does.

    If the call is canceled, its outcome is unknown: the copy may have started. A later call with ``if_exists="adopt"``
    returns it.

    Args:
        client: a client of the **target** Region whose methods are awaited.
        request: what to copy.
        if_exists: what to do if the target name is in use: `raise` an error, or `adopt` a copy of the same source.
        lookup_timeout: how long to look up an unknown outcome, in seconds or as a `timedelta`; None looks up nothing.
        clock: an object with `monotonic()` and a `sleep()` that is awaited.

    Returns:
        The operations that the service started, or the one that a lookup found (`adopted`).

    Raises:
        LightsailCopyError: the errors of `lightsail_copy.copy_snapshot`.
        TypeError: the methods of `client` are not awaited, or `request` is not a request; nothing was sent.
    """
    flow = copies.start_copy(
        request,
        if_exists=if_exists,
        lookup_timeout=lookup_timeout,
        monotonic=clock.monotonic,
        region_name=region_of(client),
    )
    return await run(client, flow, clock)


async def get_operation(client: AsyncOperationClient, operation_id: str) -> Operation:
    """Return an operation, as `lightsail_copy.get_operation` does, with its errors."""
    return await run(client, lookups.get_operation(operation_id))


async def get_auto_snapshots(client: AsyncAutoSnapshotClient, resource_name: str) -> tuple[AutoSnapshot, ...]:
    """Return automatic snapshots, newest first, as `lightsail_copy.get_auto_snapshots` does, with its errors."""
    return await run(client, lookups.get_auto_snapshots(resource_name))


async def get_snapshot(client: AsyncSnapshotClient, name: str) -> Snapshot:
    """Return a manual snapshot, as `lightsail_copy.get_snapshot` does, with its errors."""
    return await run(client, lookups.get_snapshot(name))


async def list_snapshots(client: AsyncSnapshotListClient) -> tuple[Snapshot, ...]:
    """Return all manual snapshots of a Region, as `lightsail_copy.list_snapshots` does, with its errors."""
    return await run(client, lookups.list_snapshots())


async def delete_snapshots(
    client: AsyncSnapshotDeletionClient, decisions: Iterable[RetentionDecision]
) -> tuple[Operation, ...]:
    """Delete what a plan does not keep, as `lightsail_copy.delete_snapshots` does, with its errors."""
    return await run(client, deletions.delete_snapshots(decisions, region_of(client)))


async def plan_copy(
    source_client: AsyncResourceClient,
    target_client: AsyncResourceClient,
    request: SnapshotCopyRequest,
    *,
    if_exists: IfExists = "raise",
) -> CopyPlan:
    """Return what a copy would do, as `lightsail_copy.plan_copy` does, with its errors."""
    checks.validate_check(request, if_exists, region_of(source_client))
    source = await run(source_client, checks.check_source(request))
    check = checks.check_target(request, adopt=if_exists == "adopt")
    return checks.make_plan(request, region_of(target_client), source, await run(target_client, check))


def watch_operations(
    client: AsyncOperationClient,
    operations: Operations,
    *,
    timeout: Duration | None = 3600.0,
    schedule: PollSchedule = PollSchedule(),
    clock: AsyncClock = CLOCK,
) -> AsyncIterator[tuple[Operation, ...]]:
    """
    Yield the newest state of operations, as `lightsail_copy.watch_operations` does, with its errors.

    Args:
        client: a client whose methods are awaited, of the Region where the operations run.
        operations: the operations, their ids, one of either, or the result of a copy.
        timeout: how long to wait, in seconds or as a `timedelta`; None waits forever. 0 polls once.
        schedule: when to poll, and which errors to tolerate.
        clock: an object with `monotonic()` and a `sleep()` that is awaited.

    Returns:
        An asynchronous iterator over tuples of all the operations, in the order given.
    """
    return _states(client, Watch(operations, timeout=timeout, schedule=schedule, monotonic=clock.monotonic), clock)


async def _states(
    client: AsyncOperationClient, watch: Watch, clock: AsyncClock
) -> AsyncIterator[tuple[Operation, ...]]:
    while not watch.is_finished:
        yield await run(client, watch.next_state(), clock)


async def wait_for_operations(
    client: AsyncOperationClient,
    operations: Operations,
    *,
    timeout: Duration | None = 3600.0,
    schedule: PollSchedule = PollSchedule(),
    clock: AsyncClock = CLOCK,
) -> tuple[Operation, ...]:
    """Wait until all operations are done, as `lightsail_copy.wait_for_operations` does, with its errors."""
    watch = Watch(operations, timeout=timeout, schedule=schedule, monotonic=clock.monotonic)
    return await run(client, watch.last_state(), clock)


class ThreadedClient:
    """
    A boto3 client whose methods are awaited: each call runs in a thread.

    A cancellation ends the wait for a call, but the call itself goes on in its thread.
    """

    def __init__(self, client: CopyClient) -> None:
        self._client: Any = client

    @property
    def meta(self) -> Any:
        """The metadata of the boto3 client."""
        return self._client.meta

    @property
    def exceptions(self) -> Any:
        """The error classes of the boto3 client."""
        return self._client.exceptions

    def can_paginate(self, operation_name: str, /) -> bool:
        """Return whether an operation has pages."""
        return bool(self._client.can_paginate(operation_name))

    async def close(self) -> None:
        """Close the connections of the boto3 client."""
        await asyncio.to_thread(self._client.close)

    def __getattr__(self, name: str) -> Any:
        # While the object is copied or unpickled, it has no client yet.
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        method = getattr(self._client, name)

        @wraps(method, assigned=(), updated=())
        async def call(**parameters: object) -> Mapping[str, Any]:
            response: Mapping[str, Any] = await call_in_thread(partial(method, **parameters))
            return response

        return call


def in_threads(client: CopyClient) -> ThreadedClient:
    """
    Return a client whose methods are awaited, from a boto3 client.

    It needs no other package. Each call runs in a thread, of asyncio's default executor or of the fleet, so it does not
    block the event loop.

    Args:
        client: a boto3 Lightsail client, which may be shared.

    Raises:
        TypeError: `client` is not a boto3 Lightsail client.
    """
    client_method(client, "copy_snapshot", MANUAL_FIELDS, awaited=False)
    return ThreadedClient(client)


# fmt: off
__all__ = [
    "ThreadedClient", "copy_snapshot", "copy_snapshots", "delete_snapshots", "get_auto_snapshots", "get_operation",
    "get_snapshot", "in_threads", "list_snapshots", "plan_copy", "wait_for_operations", "watch_copies",
    "watch_operations",
]
# fmt: on


def __dir__() -> list[str]:
    return __all__
