"""A copy under asyncio, with the fake's clock: with boto3 in threads, and with aiobotocore."""

# ruff: noqa: ANN401 - boto3 and aiobotocore make their client classes at run time
from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from fault_matrix import TARGET

from lightsail_copy import aio

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from fault_matrix import Copy, IfExists, Mode

    from lightsail_copy import CopySnapshotResult, SnapshotCopyRequest
    from lightsail_copy.testing import FakeClock, FakeLightsail


class AsyncClock:
    """The fake's clock with a sleep that is awaited."""

    def __init__(self, clock: FakeClock) -> None:
        self.monotonic = clock.monotonic
        self._sleep = clock.sleep

    async def sleep(self, seconds: float, /) -> None:
        self._sleep(seconds)


@asynccontextmanager
async def threads(fake: FakeLightsail, mode: Mode) -> AsyncGenerator[Any, None]:
    """Give a boto3 client, whose calls run in threads."""
    yield aio.in_threads(fake.client(TARGET, config=mode.config))


def aiobotocore(fake: FakeLightsail, mode: Mode) -> AbstractAsyncContextManager[Any]:
    """Give a client of aiobotocore."""
    made = import_module("aiobotocore.config").AioConfig()  # only if it is installed
    return fake.aio_client(TARGET, config=made.merge(mode.config))


class _CopyOnly:
    """A client under asyncio that can copy and not look up."""

    def __init__(self, client: Any) -> None:
        self.meta = client.meta
        self._client = client

    async def copy_snapshot(self, **parameters: object) -> Any:
        """Pass the call on."""
        return await self._client.copy_snapshot(**parameters)


def copy_awaiting(open_client: Callable[[FakeLightsail, Mode], AbstractAsyncContextManager[Any]]) -> Copy:
    """Return what copies as `fault_matrix.copy_blocking` does, with a client that is awaited."""

    def copy(
        fake: FakeLightsail, mode: Mode, request: SnapshotCopyRequest, *, if_exists: IfExists, can_look_up: bool
    ) -> CopySnapshotResult:
        async def job() -> CopySnapshotResult:
            async with open_client(fake, mode) as client:
                chosen = client if can_look_up else _CopyOnly(client)
                return await aio.copy_snapshot(chosen, request, if_exists=if_exists, clock=AsyncClock(fake.clock))

        return asyncio.run(job())

    return copy
