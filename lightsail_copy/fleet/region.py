"""
One Region of a fleet: the jobs that wait for their launch, and the flow of each copy that is under way.

A copy is one flow from its launch to its outcome. The waits of a Region share what the others have seen: a sweep, one
call of GetOperations, answers for many of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import cast

from attrs import define, field

from lightsail_copy.errors import LightsailCopyError
from lightsail_copy.fleet.jobs import CopyJob, CopyOutcome
from lightsail_copy.fleet.pacing import Capacity, Pace
from lightsail_copy.flows import Call, Flow, Sleep, calls, copies
from lightsail_copy.flows.attempts import may_have_started
from lightsail_copy.flows.copies import IfExists
from lightsail_copy.flows.polling import Watch
from lightsail_copy.messages import shorten
from lightsail_copy.operations import CopySnapshotResult, Operation
from lightsail_copy.outcome_errors import CopyFailedError, ServiceUnreachableError, UnknownOutcomeError
from lightsail_copy.schedule import PollSchedule
from lightsail_copy.service_errors import (
    AccessDeniedError,
    AccountSetupInProgressError,
    QuotaExceededError,
    RegionSetupInProgressError,
    ThrottledError,
    UnauthenticatedError,
)

# Errors that every copy of a Region would meet, and how many in a row stop the Region.
_REGIONAL = (
    AccessDeniedError,
    AccountSetupInProgressError,
    RegionSetupInProgressError,
    ServiceUnreachableError,
    UnauthenticatedError,
    UnknownOutcomeError,
)
_MAX_FAILURES = 3
_SWEEP_INTERVAL = 15.0
_MOMENT = 1.0

MakeError = Callable[[tuple[Operation, ...]], Exception]


class Stopped(Exception):  # noqa: N818 - the copy goes on; only its flow is stopped
    """Ends a flow from outside; its outcome has the error that is made of the operations as last seen."""

    def __init__(self, make_error: MakeError) -> None:
        """Take what makes the error."""
        super().__init__()
        self.make_error = make_error


@define(order=False, eq=False)
class Task:
    """
    A copy under way.

    Attributes:
        region: its Region.
        flow: what it does next.
        call: the call that it waits to make.
        throttled_since: when that call was first throttled in a row, or None.
    """

    region: Region
    flow: Flow[CopyOutcome | None]
    call: Call[object] = field(init=False)
    throttled_since: float | None = None


@define(order=False, eq=False)
class Region:
    """
    One Region of a fleet.

    Attributes:
        name: its name.
        pace: how fast calls may follow each other.
        capacity: how many copies may run at once.
        if_exists: whether to adopt existing copies.
        wait: whether to wait for the copies.
        schedule: when to poll, and which errors to tolerate.
        monotonic: the clock's time, in seconds.
        jobs: the jobs to launch.
        tasks: the copies under way.
        outcomes: the outcomes that nobody has taken yet.
        in_flight: how many calls are in flight.
    """

    name: str
    pace: Pace
    capacity: Capacity
    if_exists: IfExists
    wait: bool
    schedule: PollSchedule
    monotonic: Callable[[], float]
    outcomes: deque[CopyOutcome]
    jobs: deque[CopyJob] = field(factory=deque[CopyJob])
    tasks: set[Task] = field(factory=set[Task])
    in_flight: int = 0
    _ready: deque[Task] = field(factory=deque[Task])
    _asleep: list[tuple[float, int, Task]] = field(factory=list[tuple[float, int, Task]])
    _order: count[int] = field(factory=count)
    _failed_launches: int = 0
    _failed_polls: int = 0
    _watched: set[str] = field(factory=set[str])
    _seen: dict[str, Operation] = field(factory=dict[str, Operation])
    _next_sweep_at: float = -inf
    _is_sweeping: bool = False
    _sweeps: int = 0
    _pages: float = 1

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do."""
        return not (self.jobs or self.tasks)

    def due_at(self, now: float) -> float:
        """Return when a call may be made next; infinity while all copies wait for responses."""
        due = now if self._ready else min(self._asleep[0][0] if self._asleep else inf, self._launch_at())
        return max(due, self.pace.next_at)

    def next_task(self, now: float) -> Task | None:
        """Return a copy whose call may be made now."""
        while self._asleep and self._asleep[0][0] <= now:
            task = heappop(self._asleep)[2]
            self.advance(task, partial(next, task.flow))
        if not self._ready and self._launch_at() <= now:
            task = Task(self, self._copy(self.jobs.popleft()))
            self.tasks.add(task)
            self.advance(task, partial(next, task.flow))
        return self._ready.popleft() if self._ready else None

    def advance(self, task: Task, advance: Callable[[], object]) -> None:
        """Let a flow go on until its next call, its next sleep, or its end."""
        try:
            step = advance()
        except StopIteration as stop:
            self.tasks.discard(task)
            self._end(stop.value)
            return
        if isinstance(step, Sleep):
            heappush(self._asleep, (self.monotonic() + step.seconds, next(self._order), task))
        else:
            task.call = cast("Call[object]", step)
            self._ready.append(task)

    def retry(self, task: Task, error: Exception, now: float, deadline: float) -> bool:
        """Return whether a throttled call is made again later."""
        if not isinstance(error, ThrottledError):
            return False
        self.pace.throttled(now)
        since = task.throttled_since = now if task.throttled_since is None else task.throttled_since
        # The flow looks up what may have started.
        if (
            may_have_started(error, task.call.attempts)
            or now - since > self.schedule.error_tolerance
            or now >= deadline
        ):
            return False
        self._ready.append(task)
        return True

    def stop(self, make_error: MakeError) -> None:
        """End the copies that wait for no response; each outcome has its operations as last seen."""
        waiting = [*self._ready, *(entry[2] for entry in self._asleep)]
        self._ready.clear()
        self._asleep.clear()
        for task in waiting:
            self.advance(task, partial(task.flow.throw, Stopped(make_error)))

    def stop_launches(self, make_error: MakeError) -> None:
        """Give the jobs that are not launched an outcome."""
        while self.jobs:
            self.outcomes.append(CopyOutcome(self.jobs.popleft(), error=make_error(())))

    def _launch_at(self) -> float:
        return self.capacity.next_at(len(self.tasks)) if self.jobs else inf

    def _copy(self, job: CopyJob) -> Flow[CopyOutcome | None]:
        """Copy a snapshot, wait for it, and return the outcome; or None where the job waits for a quota."""
        result: CopySnapshotResult | None = None
        watch: Watch | None = None
        try:
            result = yield from copies.copy_snapshot(
                job.request,
                if_exists=self.if_exists,
                lookup_timeout=copies.DEFAULT_LOOKUP_TIMEOUT,
                monotonic=self.monotonic,
            )
            self._failed_launches = 0
            self.capacity.launched(self.monotonic())
            watch = Watch(
                result,
                timeout=None,
                schedule=self.schedule,
                monotonic=self.monotonic,
                get_operation=self._newest,
                is_new=True,
            )
            self._watched.update(each.id for each in result.operations)
            if self.wait:
                yield from watch.pending_until_done()
            return CopyOutcome(job, result, watch.operations, _failure_of(watch.operations))
        except Exception as error:  # noqa: BLE001 - it becomes the outcome of its job
            if isinstance(error, QuotaExceededError) and result is None and self._is_held_for_quota():
                self.jobs.appendleft(job)
                return None
            operations = () if watch is None else watch.operations
            made = error.make_error(operations) if isinstance(error, Stopped) else error
            return CopyOutcome(job, result, operations, made)
        finally:
            if result is not None:
                self._watched.difference_update(each.id for each in result.operations)

    def _newest(self, operation_id: str) -> Flow[Operation]:
        """Return the newest state of an operation: as the next sweep lists it, or by a poll."""
        number = self._sweeps
        # The flow that wakes first makes the sweep for all.
        while self._sweeps == number and len(self._watched) > self._pages:
            now = self.monotonic()
            if self._is_sweeping or now < self._next_sweep_at:
                yield Sleep(_MOMENT if self._is_sweeping else self._next_sweep_at - now)
            else:
                yield from self._sweep()
        if self._sweeps != number and operation_id in self._seen:
            return self._seen[operation_id]
        operation = yield from calls.get_operation(operation_id)
        self._failed_polls = 0
        return operation

    def _sweep(self) -> Flow[None]:
        """Get the operations of the Region page by page, unless the pages outnumber the copies."""
        self._is_sweeping = True
        self._next_sweep_at = self.monotonic() + min(
            max(_SWEEP_INTERVAL, self.schedule.min_delay), self.schedule.max_delay
        )
        self._seen.clear()
        token, pages = None, 0
        try:
            while pages < len(self._watched):
                page = yield from calls.get_operations(token)
                self._seen.update((each.id, each) for each in page.items if each.id in self._watched)
                token, pages = page.next_token, pages + 1
                if not token:
                    break
            self._pages = pages + 1 if token else pages
        except Stopped:
            raise
        # Whatever fails, each operation is polled instead.
        except Exception as error:  # noqa: BLE001 - see above
            self._pages = inf if isinstance(error, AccessDeniedError) else self._pages
        finally:
            self._is_sweeping = False
            self._sweeps += 1

    def _is_held_for_quota(self) -> bool:
        """Lower the number of running copies to what the quota allows, and return whether to launch the job later."""
        others = len(self.tasks) - 1
        lasted = self.capacity.exceeded(self.monotonic(), others)
        # While copies are running, the end of one frees a place.
        return bool(others) or lasted <= self.schedule.error_tolerance

    def _end(self, outcome: CopyOutcome | None) -> None:
        if outcome is None:
            return
        self.outcomes.append(outcome)
        error = outcome.error
        if error is None or isinstance(error, CopyFailedError):
            return
        failures = 1 if _is_regional(error) else 0
        if outcome.result is None:
            self._failed_launches = (self._failed_launches + failures) * failures
            if self._failed_launches >= _MAX_FAILURES:
                self.stop_launches(_stopped(f"Not started: the copies to {self.name} were stopped.", error))
        else:
            self._failed_polls = (self._failed_polls + failures) * failures
            if self._failed_polls == _MAX_FAILURES:
                self.stop(_stopped(f"The wait was stopped: polls of the copies to {self.name} fail.", error))


def _is_regional(error: Exception) -> bool:
    """Return whether every copy to the Region would meet an error."""
    # An error of the set-up, such as missing credentials, is botocore's own.
    return isinstance(error, _REGIONAL) or not isinstance(error, LightsailCopyError)


def _failure_of(operations: tuple[Operation, ...]) -> Exception | None:
    return CopyFailedError(operations) if any(each.failed for each in operations) else None


def _stopped(sentence: str, cause: Exception) -> MakeError:
    def make(operations: tuple[Operation, ...]) -> Exception:
        error = LightsailCopyError(sentence, shorten(f"{type(cause).__name__}: {cause}"))
        error.__cause__, error.operations = cause, operations
        return error

    return make
