"""
Fleets: many copies to many Regions, by a pool of threads that carries out the calls.

One planner decides which call comes next, and only the caller's thread uses it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import inf
from typing import TYPE_CHECKING, TypeAlias

from lightsail_copy.clients import once_for_each_region
from lightsail_copy.drivers.blocking import perform
from lightsail_copy.fleet.jobs import CopyJob, CopyOutcome
from lightsail_copy.fleet.planner import DEFAULT_MAX_RUNNING, Planner
from lightsail_copy.flows.copies import IfExists
from lightsail_copy.schedule import PollSchedule
from lightsail_copy.typing import Clock, CopyClient
from lightsail_copy.validation import Duration

if TYPE_CHECKING:
    from concurrent.futures import Future

    from lightsail_copy.fleet.region import Task

Clients: TypeAlias = Mapping[str, CopyClient] | Callable[[str], CopyClient]

_DEFAULT_SCHEDULE = PollSchedule()


def watch_copies(
    jobs: Iterable[CopyJob],
    *,
    clients: Clients,
    if_exists: IfExists = "adopt",
    wait: bool = True,
    timeout: Duration | None = None,
    max_calls: int = 32,
    max_rate: float = 5.0,
    max_running: int = DEFAULT_MAX_RUNNING,
    schedule: PollSchedule = _DEFAULT_SCHEDULE,
    clock: Clock = time,
) -> Iterator[CopyOutcome]:
    """
    Start many copies, wait for them, and yield the outcome of each as soon as it is known.

    The failure of one copy stops no other. An error that every copy to a Region would meet, such as expired
    credentials, stops that Region: after three launches that met it, the other jobs are not started, and after three
    polls, the copies that run get an outcome with their operations as last seen. A call that is throttled is retried at
    half the rate, and successes raise the rate again. A quota error lowers the number of copies that run at once in
    that Region, and the copy is requested again later; every ten minutes, one copy more is tried.

    To resume a run that was interrupted, make the same call: with `adopt`, copies that exist are returned.

    Args:
        jobs: the copies, each to a target of its own.
        clients: a mapping from the name of a Region to its client, or a function such as `make_clients()` returns,
            which is called once for each Region. Their retries are not counted in the rate, so a client with one
            attempt is best.
        if_exists: what to do where a target name is in use, as `copy_snapshot` takes it.
        wait: whether to wait until each copy is done; otherwise an outcome is known when the copy has started.
        timeout: how long all of it may take, in seconds or as a `timedelta`; None sets no limit.
        max_calls: how many calls may be in flight at once, each in a thread.
        max_rate: how many calls may be made in a second, in each Region.
        max_running: how many copies may run at once, in each Region.
        schedule: when to poll, and which errors to tolerate.
        clock: what has the time and sleeps: the module `time`, or anything with its `monotonic` and `sleep`.

    Returns:
        An iterator over the outcomes, one for each job.

    Raises:
        InvalidRequestError: a job or another argument is not valid; `problems` has every one; raised before any call.
        TypeError: a client is not a boto3 Lightsail client.
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


def copy_snapshots(
    jobs: Iterable[CopyJob],
    *,
    clients: Clients,
    if_exists: IfExists = "adopt",
    wait: bool = True,
    timeout: Duration | None = None,
    max_calls: int = 32,
    max_rate: float = 5.0,
    max_running: int = DEFAULT_MAX_RUNNING,
    schedule: PollSchedule = _DEFAULT_SCHEDULE,
    clock: Clock = time,
) -> tuple[CopyOutcome, ...]:
    """
    Start many copies, wait for them, and return the outcomes in the order of the jobs.

    Takes the arguments of `watch_copies`. The error of a copy is in its outcome, and is not raised.

    Args:
        jobs: the copies, each to a target of its own.
        clients: a mapping from the name of a Region to its client, or a function such as `make_clients()` returns.
        if_exists: what to do where a target name is in use, as `copy_snapshot` takes it.
        wait: whether to wait until each copy is done.
        timeout: how long all of it may take, in seconds or as a `timedelta`; None sets no limit.
        max_calls: how many calls may be in flight at once, each in a thread.
        max_rate: how many calls may be made in a second, in each Region.
        max_running: how many copies may run at once, in each Region.
        schedule: when to poll, and which errors to tolerate.
        clock: what has the time and sleeps: the module `time`, or anything with its `monotonic` and `sleep`.

    Returns:
        One outcome for each job, in the order of the jobs.

    Raises:
        InvalidRequestError: a job or another argument is not valid; `problems` has every one; raised before any call.
        TypeError: a client is not a boto3 Lightsail client.
    """
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
    outcomes = {outcome.job: outcome for outcome in watch}
    return tuple(outcomes[job] for job in listed)


def _run(planner: Planner, find_client: Callable[[str], CopyClient], clock: Clock) -> Iterator[CopyOutcome]:
    # Only a fleet needs this import.
    from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait  # noqa: PLC0415 - see above

    def call(task: Task) -> object:
        return perform(find_client(task.region.name), task.call)

    in_flight: dict[Future[object], Task] = {}
    pool = ThreadPoolExecutor(planner.max_calls, thread_name_prefix="lightsail_copy")
    try:
        while True:
            task = planner.next_task(clock.monotonic(), len(in_flight))
            yield from planner.outcomes()
            if not isinstance(task, (int, float)):
                in_flight[pool.submit(call, task)] = task
            elif in_flight:
                timeout = None if task == inf else max(0.0, task - clock.monotonic())
                for future in wait(in_flight, timeout, FIRST_COMPLETED).done:
                    planner.ended(in_flight.pop(future), future, clock.monotonic())
            elif planner.is_finished:
                return
            else:
                clock.sleep(max(0.0, task - clock.monotonic()))
    finally:
        # A run that is interrupted or closed does not wait for calls in flight: one can take as long as its timeout.
        pool.shutdown(wait=False, cancel_futures=True)
