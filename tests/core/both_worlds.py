"""Cells of the fault matrix, run under asyncio: with boto3 in threads, and with aiobotocore."""

# ruff: noqa: ANN401 - boto3 and aiobotocore make their client classes at run time
from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import fault_matrix
from attrs import frozen
from fault_matrix import Mode

from lightsail_copy import CopySnapshotResult, SnapshotCopyRequest, aio
from lightsail_copy.testing import FakeLightsail

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import pytest
    from fault_matrix import Cell, Outcome
    from typing_extensions import Self

    from lightsail_copy.testing import FakeClock

OpenClient = Callable[[FakeLightsail, Mode], AbstractAsyncContextManager[Any]]

_blocking_clients = fault_matrix._clients


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
    yield aio.in_threads(_blocking_clients.get(mode, fake))


def aiobotocore(fake: FakeLightsail, mode: Mode) -> AbstractAsyncContextManager[Any]:
    """Give a client of aiobotocore."""
    made = import_module("aiobotocore.config").AioConfig()  # only where it is installed
    return fake.aio_client(fault_matrix.TARGET, config=made.merge(mode.config))


@frozen
class _Later:
    """What stands for a client until the event loop opens one."""

    fake: FakeLightsail
    mode: Mode
    meta: None = None

    @property
    def copy_snapshot(self) -> _Later:
        """Itself, for a client that can only copy."""
        return self


class _Clients:
    """Takes the place of the matrix's own clients."""

    def get(self, mode: Mode, fake: FakeLightsail) -> _Later:
        """Return what stands for a client."""
        return _Later(fake, mode)


class _CopyOnly:
    """A client under asyncio that can copy and not look up."""

    def __init__(self, client: Any) -> None:
        self.meta = client.meta
        self._client = client

    async def copy_snapshot(self, **parameters: object) -> Any:
        """Pass the call on."""
        return await self._client.copy_snapshot(**parameters)


class World:
    """Runs cells with one event loop and one way to make a client."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, open_client: OpenClient) -> None:
        self._loop = asyncio.new_event_loop()
        self._open = open_client
        monkeypatch.setattr(fault_matrix, "_clients", _Clients())
        monkeypatch.setattr(fault_matrix, "copy_snapshot", self._copy)

    def run(self, cell: Cell) -> Outcome:
        """Run one cell."""
        outcome: Outcome = fault_matrix.run.__wrapped__(cell)
        return outcome

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def _copy(self, able: Any, request: SnapshotCopyRequest, *, if_exists: Any, clock: FakeClock) -> CopySnapshotResult:
        later: _Later = able.copy_snapshot
        copy_only = isinstance(able, fault_matrix.CopyOnly)

        async def job() -> CopySnapshotResult:
            async with self._open(later.fake, later.mode) as client:
                chosen = _CopyOnly(client) if copy_only else client
                return await aio.copy_snapshot(chosen, request, if_exists=if_exists, clock=AsyncClock(clock))

        running: Coroutine[Any, Any, CopySnapshotResult] = job()
        return self._loop.run_until_complete(running)
