"""The planner of a fleet: it takes the time, and decides which copy may make its next call. One thread uses it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from math import inf
from typing import Protocol

from lightsail_copy.enums import Unrecognized
from lightsail_copy.fleet.jobs import CopyJob, CopyOutcome, validate_clients, validate_jobs
from lightsail_copy.fleet.pacing import Capacity, Pace
from lightsail_copy.fleet.region import Region, Task
from lightsail_copy.flows.copies import IfExists
from lightsail_copy.outcome_errors import WaitTimeoutError
from lightsail_copy.schedule import PollSchedule
from lightsail_copy.validation import (
    Duration,
    raise_problems,
    to_optional_seconds,
    validate_choice,
    validate_count,
    validate_rate,
    validate_seconds,
    validate_type,
)

DEFAULT_MAX_RUNNING = 100


class Ended(Protocol):
    """A future that has ended, of threads or of asyncio."""

    def exception(self) -> BaseException | None:
        """Return the error, or None."""
        ...

    def result(self) -> object:
        """Return the result."""
        ...


class Planner:
    """
    The plan of a fleet.

    Attributes:
        max_calls: how many calls may be in flight at once.
    """

    def __init__(
        self,
        jobs: tuple[CopyJob, ...],
        clients: object,
        *,
        if_exists: IfExists,
        wait: bool,
        timeout: Duration | None,
        max_calls: int,
        max_rate: float,
        max_running: int,
        schedule: PollSchedule,
        monotonic: Callable[[], float],
    ) -> None:
        """
        Take the arguments of `watch_copies`.

        Raises:
            InvalidRequestError: an argument is not valid; `problems` has every one.
        """
        seconds = to_optional_seconds(timeout)
        raise_problems(
            validate_jobs(jobs, clients),
            validate_clients(clients, jobs),
            validate_count("max_calls", max_calls),
            validate_rate("max_rate", max_rate),
            validate_count("max_running", max_running),
            [] if seconds is None else validate_seconds("timeout", seconds),
            validate_choice("if_exists", if_exists, ("raise", "adopt")),
            validate_type("schedule", schedule, PollSchedule),
            subject="fleet",
        )
        self.max_calls = max_calls
        self._started_at = monotonic()
        self._deadline = inf if seconds is None else self._started_at + seconds
        self._outcomes: deque[CopyOutcome] = deque()
        regions: dict[str, Region] = {}
        for job in jobs:
            target = job.target_region
            if target not in regions:
                # Clients are found by a plain name; a Region that this release does not know keeps its type.
                name = target if isinstance(target, Unrecognized) else str(target)
                pace, capacity = Pace(max_rate), Capacity(max_running)
                regions[target] = Region(name, pace, capacity, if_exists, wait, schedule, monotonic, self._outcomes)
            regions[target].jobs.append(job)
        self._regions = deque(regions.values())

    @property
    def is_finished(self) -> bool:
        """Whether every outcome is known and no call is in flight."""
        return not self._regions

    def outcomes(self) -> Iterator[CopyOutcome]:
        """Yield the new outcomes."""
        while self._outcomes:
            yield self._outcomes.popleft()

    def next_task(self, now: float, in_flight: int) -> Task | float:
        """Return a copy whose call may be made now, or when to ask again; infinity: after the next response."""
        if in_flight >= self.max_calls:
            return inf
        if now >= self._deadline:
            for region in self._regions:
                region.stop(lambda operations: WaitTimeoutError(operations, waited=now - self._started_at))
                region.stop_launches(lambda operations: WaitTimeoutError(operations, waited=now - self._started_at))
        self._regions = deque(region for region in self._regions if not region.is_finished)
        share = max(1, self.max_calls // max(1, len(self._regions)))
        for region in tuple(self._regions):
            self._regions.rotate(-1)
            if region.in_flight < share and region.due_at(now) <= now:
                task = region.next_task(now)
                if task is not None:
                    region.pace.take(now)
                    region.in_flight += 1
                    return task
        if any(region.is_finished for region in self._regions):
            return self.next_task(now, in_flight)
        dues = [region.due_at(now) for region in self._regions if region.in_flight < share]
        return min([*dues, self._deadline]) if self._regions else inf

    def ended(self, task: Task, future: Ended, now: float) -> None:
        """
        Take the end of a call.

        Raises:
            TypeError: the client is of another kind, which is the caller's mistake and no outcome.
        """
        region, error = task.region, future.exception()
        # A TypeError of a call that was made is one of a hook of the caller's.
        is_misuse = isinstance(error, TypeError) and task.call.attempts is None
        if error is not None and (is_misuse or not isinstance(error, Exception)):
            raise error
        region.in_flight -= 1
        if error is None:
            region.pace.succeeded()
            task.throttled_since = None
            region.advance(task, lambda: task.flow.send(future.result()))
        elif not region.retry(task, error, now, self._deadline):
            region.advance(task, lambda: task.flow.throw(error))
