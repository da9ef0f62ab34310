"""The planner of a fleet: it takes the time, and decides which flow may make its next call. One thread uses it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from heapq import heappop
from math import inf
from typing import Protocol, cast

from lightsail_copy import calls, copies
from lightsail_copy.clients import validate_clients
from lightsail_copy.copies import IfExists
from lightsail_copy.enums import Unrecognized
from lightsail_copy.flows import Call, Flow, Sleep
from lightsail_copy.jobs import CopyJob, CopyOutcome, validate_jobs
from lightsail_copy.lanes import Activity, Lane
from lightsail_copy.ledger import Ledger
from lightsail_copy.limits import Limits, validate_limits
from lightsail_copy.pacing import Capacity, Pace
from lightsail_copy.schedule import PollSchedule
from lightsail_copy.service_errors import ThrottledError
from lightsail_copy.sweeps import sweep
from lightsail_copy.validation import (
    raise_problems,
    validate_choice,
    validate_type,
)


class Ended(Protocol):
    """A future that has ended, of threads or of asyncio."""

    def exception(self) -> BaseException | None:
        """Return the error, or None."""
        ...

    def result(self) -> object:
        """Return the result."""
        ...


def make_planner(
    jobs: Iterable[CopyJob],
    clients: object,
    limits: Limits,
    *,
    if_exists: IfExists,
    wait: bool,
    schedule: PollSchedule,
    monotonic: Callable[[], float],
) -> Planner:
    """
    Return the planner of a fleet whose arguments are valid.

    Args:
        jobs: the copies.
        clients: a mapping from Regions to clients, or a function.
        limits: the limits of the fleet.
        if_exists: whether to adopt existing copies.
        wait: whether to wait for the copies.
        schedule: when to poll.
        monotonic: the clock's time, in seconds.

    Raises:
        InvalidRequestError: an argument is not valid.
    """
    listed = tuple(jobs)
    raise_problems(
        validate_jobs(listed, clients),
        validate_clients(clients, listed),
        validate_limits(limits),
        validate_choice("if_exists", if_exists, ("raise", "adopt")),
        validate_type("schedule", schedule, PollSchedule),
        subject="fleet",
    )
    return Planner(listed, limits, if_exists=if_exists, wait=wait, schedule=schedule, monotonic=monotonic)


class Planner:
    """
    The plan of a fleet.

    It is a class because it keeps what each Region's lane has done.
    """

    def __init__(
        self,
        jobs: tuple[CopyJob, ...],
        limits: Limits,
        *,
        if_exists: IfExists,
        wait: bool,
        schedule: PollSchedule,
        monotonic: Callable[[], float],
    ) -> None:
        """Take the jobs, which are valid, and how to carry them out."""
        self._jobs = jobs
        self._if_exists: IfExists = if_exists
        self._limits = limits
        self._schedule = schedule
        self._monotonic = monotonic
        self._started_at = monotonic()
        self._deadline = inf if limits.timeout is None else self._started_at + limits.timeout
        self._ledger = Ledger(jobs, wait=wait, schedule=schedule)
        lanes: dict[str, Lane] = {}
        for index, job in enumerate(jobs):
            region = job.target_region
            if region not in lanes:
                # Clients are found by a plain name; a Region that this release does not know keeps its type.
                name = region if isinstance(region, Unrecognized) else str(region)
                lanes[region] = Lane(name, Pace(limits.max_rate), Capacity(limits.max_running))
            lanes[region].launches.append(index)
        self._lanes = deque(lanes.values())

    @property
    def is_finished(self) -> bool:
        """Whether every outcome is known and no call is in flight."""
        return not self._lanes

    def outcomes(self) -> Iterator[tuple[int, CopyOutcome]]:
        """Yield the new outcomes, each with the index of its job."""
        while self._ledger.outcomes:
            yield self._ledger.outcomes.popleft()

    @property
    def max_calls(self) -> int:
        """How many calls may be in flight at once."""
        return self._limits.max_calls

    def next_activity(self, now: float, in_flight: int) -> Activity | float:
        """Return an activity whose call may be made now, or when to call again; infinity: after the next response."""
        if in_flight >= self._limits.max_calls:
            return inf
        if now >= self._deadline:
            for lane in self._lanes:
                self._ledger.expire(lane, now, now - self._started_at)
        self._lanes = deque(lane for lane in self._lanes if not lane.is_finished)
        share = max(1, self._limits.max_calls // max(1, len(self._lanes)))
        earliest = inf
        for _ in range(len(self._lanes)):
            lane = self._lanes[0]
            self._lanes.rotate(-1)
            if lane.in_flight >= share:
                continue
            due = max(lane.due_at(now), lane.pace.next_at)
            activity = self._activity_of(lane, now) if due <= now else None
            if activity is not None:
                lane.pace.take(now)
                lane.in_flight += 1
                return activity
            # What was due may have been a poll of an operation that is done by now.
            earliest = min(earliest, max(lane.due_at(now), lane.pace.next_at))
        return min(earliest, self._deadline) if self._lanes else inf

    def ended(self, activity: Activity, future: Ended, now: float) -> None:
        """
        Take the end of an activity's call.

        Raises:
            TypeError: the client is of another kind, which is the caller's mistake and no outcome.
        """
        error = future.exception()
        if error is None:
            self._responded(activity, future.result(), now)
        elif isinstance(error, Exception) and not isinstance(error, TypeError):
            self._failed(activity, error, now)
        else:
            raise error

    def _responded(self, activity: Activity, response: object, now: float) -> None:
        activity.lane.in_flight -= 1
        activity.lane.pace.succeeded()
        activity.throttled_since = None
        self._advance(activity, lambda: activity.flow.send(response), now)

    def _failed(self, activity: Activity, error: Exception, now: float) -> None:
        lane = activity.lane
        lane.in_flight -= 1
        if isinstance(error, ThrottledError):
            lane.pace.throttled(now)
            since = activity.throttled_since = now if activity.throttled_since is None else activity.throttled_since
            # A retry of botocore's has an outcome of its own, which the flow looks up.
            if not error.retry_attempts and now - since <= self._schedule.error_tolerance and now < self._deadline:
                lane.ready.append(activity)
                return
        self._advance(activity, lambda: activity.flow.throw(error), now)

    def _activity_of(self, lane: Lane, now: float) -> Activity | None:
        while lane.asleep and lane.asleep[0][0] <= now:
            activity = heappop(lane.asleep)[2]
            self._advance(activity, partial(next, activity.flow), now)
        if lane.ready:
            return lane.ready.popleft()
        if lane.may_launch(now):
            return self._launch(lane)
        if lane.may_sweep(now):
            lane.is_sweeping = True
            return self._start(lane, sweep(lane, self._ledger.saw), partial(self._ledger.swept, lane))
        operation_id = lane.next_poll(now)
        if operation_id is None:
            return None
        flow = iter(calls.get_operation(operation_id))
        return self._start(lane, flow, partial(self._ledger.polled, lane, operation_id))

    def _launch(self, lane: Lane) -> Activity:
        index = lane.launches.popleft()
        lane.launching += 1
        flow = copies.copy_snapshot(
            self._jobs[index].request,
            if_exists=self._if_exists,
            settle_timeout=copies.DEFAULT_SETTLE_TIMEOUT,
            monotonic=self._monotonic,
        )
        return self._start(lane, flow, partial(self._ledger.launched, lane, index))

    @staticmethod
    def _start(lane: Lane, flow: Flow[object], finish: Callable[[object, Exception | None, float], None]) -> Activity:
        # Each flow of a fleet starts with a call.
        return Activity(lane, flow, finish, cast("Call[object]", next(flow)))

    def _advance(self, activity: Activity, advance: Callable[[], object], now: float) -> None:
        try:
            step = advance()
        except StopIteration as stop:
            activity.finish(stop.value, None, now)
        except Exception as error:  # noqa: BLE001 - it becomes the outcome of its job
            activity.finish(None, error, now)
        else:
            if isinstance(step, Sleep):
                activity.lane.sleep(activity, now + step.seconds)
            else:
                activity.call = cast("Call[object]", step)
                activity.lane.ready.append(activity)
