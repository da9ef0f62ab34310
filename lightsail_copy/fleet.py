"""
Fleets: many copies to many Regions, by a pool of threads that carries out the calls.

One planner decides which call comes next, and only the caller's thread uses it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import inf
from typing import TYPE_CHECKING, TypeAlias

from lightsail_copy.clients import client_finder
from lightsail_copy.copies import IfExists
from lightsail_copy.durations import Duration
from lightsail_copy.flows import Call
from lightsail_copy.jobs import CopyJob, CopyOutcome
from lightsail_copy.limits import DEFAULT_MAX_RUNNING, make_limits
from lightsail_copy.schedule import PollSchedule
from lightsail_copy.sync_driver import perform
from lightsail_copy.typing import Clock, CopyClient

if TYPE_CHECKING:
    from concurrent.futures import Future

    from lightsail_copy.lanes import Activity
    from lightsail_copy.planner import Planner

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
        clients: a mapping from the name of a Region to its client, or a function such as `clients_for()` returns, which
            is called once for each Region. Their retries are not counted in the rate, so a client with one attempt is
            best.
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
    return (outcome for _, outcome in _run(planner, clients, clock))


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
        clients: a mapping from the name of a Region to its client, or a function such as `clients_for()` returns.
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
    return tuple(outcome for _, outcome in sorted(_run(planner, clients, clock), key=lambda each: each[0]))


def _run(planner: Planner, clients: Clients, clock: Clock) -> Iterator[tuple[int, CopyOutcome]]:
    find_client = client_finder(clients)
    # Only a fleet needs this import.
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - see above

    in_flight: dict[Future[object], Activity] = {}
    pool = ThreadPoolExecutor(planner.max_calls, thread_name_prefix="lightsail_copy")
    try:
        while True:
            activity = planner.next_activity(clock.monotonic(), len(in_flight))
            yield from planner.outcomes()
            if not isinstance(activity, (int, float)):
                region = activity.lane.region
                in_flight[pool.submit(_perform, find_client, region, activity.call)] = activity
            elif in_flight:
                _collect(planner, in_flight, activity, clock)
            elif planner.is_finished:
                return
            else:
                clock.sleep(max(0.0, activity - clock.monotonic()))
    finally:
        # A run that is interrupted or closed does not wait for calls in flight: one can take as long as its timeout.
        pool.shutdown(wait=False, cancel_futures=True)


def _perform(find_client: Callable[[str], CopyClient], region: str, call: Call[object]) -> object:
    return perform(find_client(region), call)


def _collect(planner: Planner, in_flight: dict[Future[object], Activity], until: float, clock: Clock) -> None:
    from concurrent.futures import FIRST_COMPLETED, wait  # noqa: PLC0415 - as in _run

    timeout = None if until == inf else max(0.0, until - clock.monotonic())
    done, _ = wait(in_flight, timeout=timeout, return_when=FIRST_COMPLETED)
    for future in done:
        planner.ended(in_flight.pop(future), future, clock.monotonic())
