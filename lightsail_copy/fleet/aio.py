"""Fleets for asyncio: the planner of `fleet`, with a task for each call in flight."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping
from math import inf
from typing import TYPE_CHECKING, TypeAlias

from lightsail_copy.clients import once_for_each_region
from lightsail_copy.drivers.awaiting import CLOCK, perform
from lightsail_copy.fleet.jobs import CopyJob, CopyOutcome
from lightsail_copy.fleet.planner import DEFAULT_MAX_RUNNING, Planner
from lightsail_copy.flows.copies import IfExists
from lightsail_copy.schedule import PollSchedule
from lightsail_copy.typing import AsyncClock, AsyncCopyClient
from lightsail_copy.validation import Duration

if TYPE_CHECKING:
    from lightsail_copy.fleet.region import Task

AsyncClients: TypeAlias = Mapping[str, AsyncCopyClient] | Callable[[str], AsyncCopyClient]

_DEFAULT_SCHEDULE = PollSchedule()


def watch_copies(
    jobs: Iterable[CopyJob],
    *,
    clients: AsyncClients,
    if_exists: IfExists = "adopt",
    wait: bool = True,
    timeout: Duration | None = None,
    max_calls: int = 32,
    max_rate: float = 5.0,
    max_running: int = DEFAULT_MAX_RUNNING,
    schedule: PollSchedule = _DEFAULT_SCHEDULE,
    clock: AsyncClock = CLOCK,
) -> AsyncIterator[CopyOutcome]:
    """
    Start many copies and yield the outcome of each as soon as it is known, as `lightsail_copy.watch_copies` does.

    Arguments and errors are the same; the clients' methods are awaited, and `max_calls` limits the tasks.
    """
    planner = Planner(
        tuple(jobs),
        clients,
        if_exists=if_exists,
        wait=wait,
        timeout=timeout,
        max_calls=max_calls,
        max_rate=max_rate,
        max_running=max_running,
        schedule=schedule,
        monotonic=clock.monotonic,
    )
    return _run(planner, once_for_each_region(clients if callable(clients) else clients.__getitem__), clock)


async def copy_snapshots(
    jobs: Iterable[CopyJob],
    *,
    clients: AsyncClients,
    if_exists: IfExists = "adopt",
    wait: bool = True,
    timeout: Duration | None = None,
    max_calls: int = 32,
    max_rate: float = 5.0,
    max_running: int = DEFAULT_MAX_RUNNING,
    schedule: PollSchedule = _DEFAULT_SCHEDULE,
    clock: AsyncClock = CLOCK,
) -> tuple[CopyOutcome, ...]:
    """Start many copies and return the outcomes in the order of the jobs, as `lightsail_copy.copy_snapshots` does."""
    listed = tuple(jobs)
    watch = watch_copies(
        listed,
        clients=clients,
        if_exists=if_exists,
        wait=wait,
        timeout=timeout,
        max_calls=max_calls,
        max_rate=max_rate,
        max_running=max_running,
        schedule=schedule,
        clock=clock,
    )
    outcomes = {outcome.job: outcome async for outcome in watch}
    return tuple(outcomes[job] for job in listed)


async def _run(
    planner: Planner, find_client: Callable[[str], AsyncCopyClient], clock: AsyncClock
) -> AsyncGenerator[CopyOutcome, None]:
    async def call(task: Task) -> object:
        return await perform(find_client(task.region.name), task.call)

    in_flight: dict[asyncio.Task[object], Task] = {}
    try:
        while True:
            task = planner.next_task(clock.monotonic(), len(in_flight))
            for outcome in planner.outcomes():
                yield outcome
            if not isinstance(task, (int, float)):
                in_flight[asyncio.create_task(call(task))] = task
            elif in_flight:
                timeout = None if task == inf else max(0.0, task - clock.monotonic())
                done, _ = await asyncio.wait(in_flight, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
                for future in done:
                    planner.ended(in_flight.pop(future), future, clock.monotonic())
            elif planner.is_finished:
                return
            else:
                await clock.sleep(max(0.0, task - clock.monotonic()))
    finally:
        for future in in_flight:
            future.cancel()
        await asyncio.gather(*in_flight, return_exceptions=True)
