"""
Fleets: many copies to many Regions, with each call in a thread.

One planner decides which call comes next. Only the caller's thread uses it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from functools import partial
from inspect import signature
from math import inf
from queue import Empty, SimpleQueue
from typing import Any, ParamSpec, TypeVar

from lightsail_copy.drivers.blocking import perform, require_clock
from lightsail_copy.drivers.threads import Threads
from lightsail_copy.fleet.jobs import CopyJob, CopyOutcome, Options
from lightsail_copy.fleet.planner import Planner
from lightsail_copy.fleet.region import Task
from lightsail_copy.flows.copies import IfExists
from lightsail_copy.schedule import PollSchedule
from lightsail_copy.typing import Clock, CopyClient
from lightsail_copy.validation import Duration

P = ParamSpec("P")
R = TypeVar("R")

_DEFAULT_SCHEDULE = PollSchedule()


def with_parameters_of(model: Callable[P, object]) -> Callable[[Callable[..., R]], Callable[P, R]]:
    """Give a function the parameters of another one, for type checkers and for `inspect.signature`."""

    def decorate(function: Callable[..., R]) -> Callable[P, R]:
        returned = signature(function).return_annotation
        function.__annotations__ = {**model.__annotations__, "return": returned}
        setattr(function, "__signature__", signature(model).replace(return_annotation=returned))  # noqa: B010 - mypy
        return function

    return decorate


def watch_copies(
    jobs: Iterable[CopyJob],
    *,
    clients: Mapping[str, CopyClient] | Callable[[str], CopyClient],
    if_exists: IfExists = "adopt",
    wait: bool = True,
    timeout: Duration | None = None,
    max_calls: int = 32,
    max_rate: float = 5.0,
    max_running: int = 100,
    schedule: PollSchedule = _DEFAULT_SCHEDULE,
    clock: Clock = time,
) -> Iterator[CopyOutcome]:
    """
    Start many copies, wait for them, and yield what is known of each whenever that changes.

    An outcome is yielded once when its copy has started, with `done` False, and once at its end. If the copy is done by
    then, because it already existed or because `wait` is False, only its end is yielded.

    The failure of one copy does not stop the others. A launch that fails for a temporary reason, such as throttling or
    no connection, is repeated for as long as `schedule` tolerates errors. An error that would affect every copy to a
    Region, such as expired credentials, stops that Region if it occurs three times in a row: its other jobs are not
    started, or, if polls fail, its running copies get an outcome with their operations as last seen. A quota error
    lowers the number of copies that run at once in that Region; more are tried again soon. If the quota is still
    exceeded after nothing has run for as long as errors are tolerated, the other jobs of that Region end with that
    error. The logger `lightsail_copy` warns when a Region is held or stopped, and when it goes on.

    To resume an interrupted run, make the same call again: with `adopt`, existing copies are returned.

    Args:
        jobs: the copies, each to a different target.
        clients: a mapping from Region names to clients, or a function, such as `make_clients()` returns, that is called
            once for each Region, in a thread. The clients' own retries do not count toward `max_rate`, so clients with
            one attempt are best.
        if_exists: what to do if a target name is in use, as for `copy_snapshot`.
        wait: whether to wait until each copy is done; otherwise a job ends when its copy has started. A started copy
            then does not count as running, neither for `max_running` nor for how long a quota is tolerated.
        timeout: how long the fleet may take, in seconds or as a `timedelta`; None sets no limit. A launch that is in
            flight at the timeout is still waited for.
        max_calls: how many calls may be in flight at once, each in a thread. Each Region has an equal share.
        max_rate: how many calls a second may be made in each Region.
        max_running: how many copies may run at once, in each Region. A copy that can no longer be watched counts until
            it is known to be done, or for as long as a copy usually takes.
        schedule: when to poll, and which errors to tolerate.
        clock: an object with `monotonic()` and `sleep()`, such as the `time` module.

    Returns:
        An iterator over the outcomes.

    Raises:
        InvalidRequestError: an argument is not valid; `problems` lists all problems; raised before any call.
        TypeError: a client in a mapping is not a boto3 Lightsail client, or `clock` is one for asyncio; raised before
            any call.

    Example:
        >>> job = CopyJob(target_region="us-west-2", request=request)
        >>> for outcome in watch_copies([job], clients=make_clients()):
        ...     print(outcome.job.target_region, outcome.done, outcome.error)
        us-west-2 False None
        us-west-2 True None
    """
    require_clock(clock)
    options = Options(if_exists, wait, timeout, max_calls, max_rate, max_running, schedule)
    return _run(Planner(tuple(jobs), clients, options, clock.monotonic), clock)


@with_parameters_of(watch_copies)
def copy_snapshots(
    jobs: Iterable[CopyJob],
    **options: Any,  # noqa: ANN401 - those of `watch_copies`, which its signature has
) -> tuple[CopyOutcome, ...]:
    """
    Start many copies, wait for them, and return their final outcomes.

    The arguments, and the errors raised, are those of `watch_copies`. A copy's error is not raised: it is in its
    outcome.

    Returns:
        One outcome for each job, in the order of the jobs.

    Example:
        >>> job = CopyJob(target_region="us-west-2", request=request)
        >>> outcomes = copy_snapshots([job], clients=make_clients(), max_running=5)
        >>> [outcome.succeeded for outcome in outcomes]
        [True]
    """
    listed = tuple(jobs)
    ends = {outcome.job: outcome for outcome in watch_copies(listed, **options) if outcome.done}
    return tuple(ends[job] for job in listed)


def _run(planner: Planner, clock: Clock) -> Iterator[CopyOutcome]:
    def call(task: Task) -> object:
        region = task.region
        if region.client is None:
            region.client = region.find_client(region.name)
        task.call.made_at = clock.monotonic()
        return perform(region.client, task.call)

    in_flight: dict[Future[object], Task] = {}
    ended: SimpleQueue[Future[object]] = SimpleQueue()
    threads = Threads(planner.max_calls)
    try:
        while True:
            yield from planner.outcomes()
            task = planner.next_task(len(in_flight))
            if not isinstance(task, (int, float)):
                future = threads.submit(partial(call, task))
                in_flight[future] = task
                future.add_done_callback(ended.put)
            elif planner.has_outcomes:
                continue
            elif planner.is_finished:
                return
            elif in_flight:
                try:
                    future = ended.get(timeout=None if task == inf else task)
                except Empty:
                    continue
                error = future.exception()
                planner.ended(in_flight.pop(future), error, None if error else future.result())
            else:
                clock.sleep(task)
    finally:
        # Nothing waits for calls in flight, which can take as long as their timeouts.
        threads.close()
