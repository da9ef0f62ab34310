"""Fleets for asyncio: the planner of `fleet`, with a task for each call in flight."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping
from math import inf
from typing import Any

from lightsail_copy.drivers.awaiting import CLOCK, THREADS, call_in_thread, perform, require_clock
from lightsail_copy.drivers.threads import Threads
from lightsail_copy.fleet import with_parameters_of
from lightsail_copy.fleet.jobs import CopyJob, CopyOutcome, Options
from lightsail_copy.fleet.planner import Planner
from lightsail_copy.fleet.region import Task
from lightsail_copy.flows.copies import IfExists
from lightsail_copy.schedule import PollSchedule
from lightsail_copy.typing import AsyncClock, AsyncCopyClient
from lightsail_copy.validation import Duration

_DEFAULT_SCHEDULE = PollSchedule()


def watch_copies(
    jobs: Iterable[CopyJob],
    *,
    clients: Mapping[str, AsyncCopyClient] | Callable[[str], AsyncCopyClient],
    if_exists: IfExists = "adopt",
    wait: bool = True,
    timeout: Duration | None = None,
    max_calls: int = 32,
    max_rate: float = 5.0,
    max_running: int = 100,
    schedule: PollSchedule = _DEFAULT_SCHEDULE,
    clock: AsyncClock = CLOCK,
) -> AsyncIterator[CopyOutcome]:
    """
    Start many copies and yield what is known of each whenever that changes, as `lightsail_copy.watch_copies` does.

    Arguments and errors are the same. The clients' methods are awaited, and `max_calls` limits the calls that are
    awaited at once. A client of `in_threads` makes its calls in the fleet's own threads.
    """
    require_clock(clock)
    options = Options(if_exists, wait, timeout, max_calls, max_rate, max_running, schedule)
    return _run(Planner(tuple(jobs), clients, options, clock.monotonic, awaited=True), clock)


@with_parameters_of(watch_copies)
async def copy_snapshots(
    jobs: Iterable[CopyJob],
    **options: Any,  # noqa: ANN401 - those of `watch_copies`, which its signature has
) -> tuple[CopyOutcome, ...]:
    """Start many copies and return their final outcomes, as `lightsail_copy.copy_snapshots` does."""
    listed = tuple(jobs)
    ends = {outcome.job: outcome async for outcome in watch_copies(listed, **options) if outcome.done}
    return tuple(ends[job] for job in listed)


async def _run(planner: Planner, clock: AsyncClock) -> AsyncGenerator[CopyOutcome, None]:
    threads = Threads(planner.max_calls)
    in_flight: dict[asyncio.Task[object], Task] = {}
    try:
        while True:
            for outcome in planner.outcomes():
                yield outcome
            task = planner.next_task(len(in_flight))
            if not isinstance(task, (int, float)):
                in_flight[asyncio.create_task(_call(task, threads, clock))] = task
            elif planner.has_outcomes:
                continue
            elif planner.is_finished:
                return
            elif in_flight:
                timeout = None if task == inf else task
                done, _ = await asyncio.wait(in_flight, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
                for ended in done:
                    # A client may cancel its own call.
                    error = asyncio.CancelledError() if ended.cancelled() else ended.exception()
                    planner.ended(in_flight.pop(ended), error, None if error else ended.result())
            else:
                await clock.sleep(task)
    finally:
        threads.close()
        for awaited in in_flight:
            awaited.cancel()
        await asyncio.gather(*in_flight, return_exceptions=True)


async def _call(task: Task, threads: Threads, clock: AsyncClock) -> object:
    THREADS.set(threads)
    region = task.region
    if region.client is None:
        # A function that is slow for a Region must not block the event loop.
        region.client = await call_in_thread(lambda: region.find_client(region.name))
    task.call.made_at = clock.monotonic()
    return await perform(region.client, task.call)
