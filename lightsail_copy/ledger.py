"""
The ledger of a fleet: it turns what launches, polls and sweeps return into the outcomes of jobs.

Pure: it takes the time as an argument.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import inf
from typing import TypeAlias, cast

from lightsail_copy.errors import LightsailCopyError
from lightsail_copy.jobs import CopyJob, CopyOutcome
from lightsail_copy.lanes import Lane, Row
from lightsail_copy.messages import shorten
from lightsail_copy.operations import Operation
from lightsail_copy.outcome_errors import (
    OperationFailedError,
    ServiceUnreachableError,
    UnknownOutcomeError,
    WaitTimeoutError,
)
from lightsail_copy.packing import pack
from lightsail_copy.polling import Tolerance
from lightsail_copy.results import CopySnapshotResult
from lightsail_copy.schedule import PollSchedule, chance
from lightsail_copy.service_errors import (
    AccessDeniedError,
    AccountSetupInProgressError,
    QuotaExceededError,
    RegionSetupInProgressError,
    UnauthenticatedError,
)

# Errors that every job of a Region would meet, and how many in a row stop the Region.
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

_MakeError: TypeAlias = Callable[[tuple[Operation, ...]], Exception | None]


class Ledger:
    """
    The outcomes of a fleet.

    It is a class because it keeps the new outcomes until they are taken.

    Attributes:
        outcomes: the new outcomes, each with the index of its job.
    """

    def __init__(self, jobs: tuple[CopyJob, ...], *, wait: bool, schedule: PollSchedule) -> None:
        """Take the jobs, whether to wait for their copies, and when to poll."""
        self.outcomes: deque[tuple[int, CopyOutcome]] = deque()
        self._jobs = jobs
        self._wait = wait
        self._schedule = schedule
        self._tolerance = Tolerance(schedule)

    def launched(self, lane: Lane, index: int, result: object, error: Exception | None, now: float) -> None:
        """Take the end of a launch."""
        lane.launching -= 1
        if isinstance(error, QuotaExceededError) and self._is_held_for_quota(lane, now):
            lane.launches.appendleft(index)
        elif error is not None:
            self._add(index, error=error)
            lane.failed_launches = lane.failed_launches + 1 if _is_regional(error) else 0
            if lane.failed_launches >= _MAX_FAILURES:
                self._stop_launches(lane, error)
        else:
            lane.failed_launches = 0
            lane.capacity.launched(now)
            self._follow(lane, index, cast("CopySnapshotResult", result), now)

    def saw(self, lane: Lane, operation: Operation) -> None:
        """Take the state of an operation."""
        row = lane.rows.get(operation.id)
        if row is None:
            return
        self._tolerance.clear(operation.id)
        row.saw(operation)
        if operation.done:
            del lane.rows[operation.id]
            row.pending -= 1
            if not row.pending:
                self._end(lane, row, _failure_of)

    def polled(self, lane: Lane, operation_id: str, result: object, error: Exception | None, now: float) -> None:
        """Take the end of a poll."""
        row = lane.rows.get(operation_id)
        if row is None:
            return
        if error is None:
            lane.failed_polls = 0
            self.saw(lane, cast("Operation", result))
        elif not self._tolerance.tolerates(operation_id, error, now, row.started_at):
            self._end(lane, row, lambda _: error)
            lane.failed_polls = lane.failed_polls + 1 if _is_regional(error) else 0
            if lane.failed_polls >= _MAX_FAILURES:
                self._stop_waits(lane, error)
        if operation_id in lane.rows:
            self._schedule_poll(lane, operation_id, now)
        self._choose_watch(lane, now)

    def swept(self, lane: Lane, _: object, error: Exception | None, now: float) -> None:
        """Take the end of a sweep; after an error, the copies are polled until a sweep succeeds."""
        lane.is_sweeping = False
        lane.has_swept = error is None
        lane.next_sweep_at = now + min(max(_SWEEP_INTERVAL, self._schedule.min_delay), self._schedule.max_delay)
        if isinstance(error, AccessDeniedError):
            lane.pages = inf
        self._choose_watch(lane, now)

    def expire(self, lane: Lane, now: float, waited: float) -> None:
        """Give every job that has no outcome yet one that says that the fleet timed out."""
        self._end_all(lane, lambda operations: WaitTimeoutError(operations, waited=waited))
        while lane.launches:
            self._add(lane.launches.popleft(), error=WaitTimeoutError((), waited=waited))
        activities = [*lane.ready, *(entry[2] for entry in lane.asleep)]
        lane.ready.clear()
        lane.asleep.clear()
        for activity in activities:
            activity.flow.close()
            activity.finish(None, WaitTimeoutError((), waited=waited), now)

    def _follow(self, lane: Lane, index: int, result: CopySnapshotResult, now: float) -> None:
        """Watch a copy that has started, or add its outcome where there is nothing to wait for."""
        operations = result.operations
        pending = dict.fromkeys(each.id for each in operations if self._wait and not each.done)
        if not pending:
            self._add(index, result=result, operations=operations, error=_failure_of(operations))
            return
        row = Row(index, pack(result), hash(operations[0]), now, len(pending), lane.sweep)
        lane.running += 1
        for operation_id in pending:
            lane.rows[operation_id] = row
            self._schedule_poll(lane, operation_id, now)
        self._choose_watch(lane, now)

    def _schedule_poll(self, lane: Lane, operation_id: str, now: float) -> None:
        elapsed = now - lane.rows[operation_id].started_at
        lane.schedule_poll(operation_id, now + self._schedule.delay(elapsed, chance()))

    def _choose_watch(self, lane: Lane, now: float) -> None:
        """Have sweeps watch the copies where they cost less and succeed; otherwise poll each operation."""
        is_swept = lane.sweeps_pay and lane.has_swept
        if is_swept and not lane.is_swept:
            lane.watch_by_sweeps()
        elif lane.is_swept and not is_swept:
            lane.is_swept = False
            for operation_id in lane.rows:
                self._schedule_poll(lane, operation_id, now)

    def _stop_launches(self, lane: Lane, error: Exception) -> None:
        """Give the jobs that are not launched an outcome with an error that they would all meet."""
        while lane.launches:
            self._add(
                lane.launches.popleft(),
                error=_stopped(f"Not started: the copies to {lane.region} were stopped.", error),
            )

    def _stop_waits(self, lane: Lane, error: Exception) -> None:
        """Give the copies that are running an outcome with an error that every poll would meet."""
        self._end_all(
            lane,
            lambda _: _stopped(f"The wait was stopped: polls of the copies to {lane.region} fail.", error),
        )

    def _end_all(self, lane: Lane, make_error: _MakeError) -> None:
        for row in {id(row): row for row in lane.rows.values()}.values():
            self._end(lane, row, make_error)

    def _end(self, lane: Lane, row: Row, make_error: _MakeError) -> None:
        """Add the outcome of a copy that was running."""
        lane.running -= 1
        result, operations = row.unpack()
        for operation in operations:
            lane.rows.pop(operation.id, None)
            self._tolerance.clear(operation.id)
        error = make_error(operations)
        if isinstance(error, LightsailCopyError):
            error.operations = operations
        self._add(row.index, result=result, operations=operations, error=error)

    def _add(
        self,
        index: int,
        *,
        result: CopySnapshotResult | None = None,
        operations: tuple[Operation, ...] = (),
        error: Exception | None = None,
    ) -> None:
        self.outcomes.append((index, CopyOutcome(self._jobs[index], result, operations, error)))

    def _is_held_for_quota(self, lane: Lane, now: float) -> bool:
        """Lower the number of running copies to what the quota allows, and return whether to launch the job later."""
        running = lane.running + lane.launching
        lasted = lane.capacity.exceeded(now, running)
        # While copies are running, the end of one frees a place.
        return bool(running) or lasted <= self._schedule.error_tolerance


def _is_regional(error: Exception) -> bool:
    """Return whether every copy to the Region would meet an error."""
    # An error of the set-up, such as missing credentials, is botocore's own.
    return isinstance(error, _REGIONAL) or not isinstance(error, LightsailCopyError)


def _failure_of(operations: tuple[Operation, ...]) -> Exception | None:
    """Return the error of a copy whose operations are known, or None where none of them failed."""
    return OperationFailedError(operations) if any(each.failed for each in operations) else None


def _stopped(sentence: str, error: Exception) -> LightsailCopyError:
    stopped = LightsailCopyError(sentence, shorten(f"{type(error).__name__}: {error}"))
    stopped.__cause__ = error
    return stopped
