"""Fleets for asyncio: the planner of `fleet`, with a task for each call in flight."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping
from contextlib import aclosing
from math import inf
from typing import TYPE_CHECKING, TypeAlias

from lightsail_copy.aio_driver import CLOCK, perform
from lightsail_copy.clients import client_finder
from lightsail_copy.copies import IfExists
from lightsail_copy.durations import Duration
from lightsail_copy.jobs import CopyJob, CopyOutcome
from lightsail_copy.limits import DEFAULT_MAX_RUNNING, make_limits
from lightsail_copy.schedule import PollSchedule
from lightsail_copy.typing import AsyncClock, AsyncCopyClient

if TYPE_CHECKING:
    from lightsail_copy.lanes import Activity
    from lightsail_copy.planner import Planner

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
    from lightsail_copy.planner import make_planner  # noqa: PLC0415 - only a fleet needs it

    planner = make_planner(
        jobs,
        clients,
        make_limits(max_calls=max_calls, max_rate=max_rate, max_running=max_running, timeout=timeout),
        if_exists=if_exists,
        wait=wait,
        schedule=schedule,
        monotonic=clock.monotonic,
    )
    return _outcomes(planner, clients, clock)


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
    from lightsail_copy.planner import make_planner  # noqa: PLC0415 - only a fleet needs it

    planner = make_planner(
        jobs,
        clients,
        make_limits(max_calls=max_calls, max_rate=max_rate, max_running=max_running, timeout=timeout),
        if_exists=if_exists,
        wait=wait,
        schedule=schedule,
        monotonic=clock.monotonic,
    )
    async with aclosing(_run(planner, clients, clock)) as run:
        outcomes = {index: outcome async for index, outcome in run}
    return tuple(outcomes[index] for index in sorted(outcomes))


async def _outcomes(planner: Planner, clients: AsyncClients, clock: AsyncClock) -> AsyncGenerator[CopyOutcome, None]:
    # So that closing it cancels the calls in flight at once.
    async with aclosing(_run(planner, clients, clock)) as run:
        async for _, outcome in run:
            yield outcome


async def _run(
    planner: Planner, clients: AsyncClients, clock: AsyncClock
) -> AsyncGenerator[tuple[int, CopyOutcome], None]:
    find_client = client_finder(clients)
    in_flight: dict[asyncio.Task[object], Activity] = {}
    try:
        while True:
            activity = planner.next_activity(clock.monotonic(), len(in_flight))
            for outcome in planner.outcomes():
                yield outcome
            if not isinstance(activity, (int, float)):
                in_flight[asyncio.create_task(_perform(find_client, activity))] = activity
            elif in_flight:
                await _collect(planner, in_flight, activity, clock)
            elif planner.is_finished:
                return
            else:
                await clock.sleep(max(0.0, activity - clock.monotonic()))
    finally:
        for task in in_flight:
            task.cancel()
        await asyncio.gather(*in_flight, return_exceptions=True)


async def _perform(find_client: Callable[[str], AsyncCopyClient], activity: Activity) -> object:
    return await perform(find_client(activity.lane.region), activity.call)


async def _collect(
    planner: Planner, in_flight: dict[asyncio.Task[object], Activity], until: float, clock: AsyncClock
) -> None:
    timeout = None if until == inf else max(0.0, until - clock.monotonic())
    done, _ = await asyncio.wait(in_flight, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        planner.ended(in_flight.pop(task), task, clock.monotonic())
