"""
The ledger of a fleet: it turns what launches, polls and sweeps return into the outcomes of jobs.

Pure: it takes the time as an argument.
"""

from __future__ import annotations

from collections import deque
from typing import cast

from lightsail_copy.calls import Page
from lightsail_copy.errors import LightsailCopyError
from lightsail_copy.jobs import CopyJob, CopyOutcome
from lightsail_copy.lanes import SWEEP_INTERVAL, Lane, Row
from lightsail_copy.messages import shorten
from lightsail_copy.operations import Operation
from lightsail_copy.outcome_errors import OperationFailedError, ServiceUnreachableError, WaitTimeoutError
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
)
_MAX_FAILURES = 3
_QUOTA_DELAY = 60.0


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
            self._count_failure(lane, error)
        else:
            lane.failures, lane.quota_since = 0, None
            self._follow(lane, index, cast("CopySnapshotResult", result), now)

    def saw(self, lane: Lane, operation: Operation) -> None:
        """Take the state of an operation."""
        row = lane.rows.get(operation.id)
        if row is None:
            return
        self._tolerance.clear(operation.id)
        # An equal value is not kept twice: there may be thousands of running copies.
        if operation not in row.operations:
            row.operations = tuple(operation if each.id == operation.id else each for each in row.operations)
        if operation.done:
            del lane.rows[operation.id]
            self._finish(lane, row)

    def saw_page(self, lane: Lane, page: Page[Operation], unlisted: dict[str, None]) -> str | None:
        """Take a page of a sweep, remove its operations from those not listed yet, and return the next page's token."""
        for operation in page.items:
            unlisted.pop(operation.id, None)
            self.saw(lane, operation)
        return page.next_token

    def polled(self, lane: Lane, operation_id: str, result: object, error: Exception | None, now: float) -> None:
        """Take the end of a poll."""
        row = lane.rows.get(operation_id)
        if row is None:
            return
        if error is None:
            self.saw(lane, cast("Operation", result))
        elif not self._tolerance.tolerates(operation_id, error, now, row.started_at):
            self._end(lane, row, error)
        if operation_id in lane.rows:
            lane.schedule_poll(operation_id, now + self._schedule.delay(now - row.started_at, chance()))

    def swept(self, lane: Lane, _: object, error: Exception | None, now: float) -> None:
        """Take the end of a sweep."""
        lane.is_sweeping = False
        lane.next_sweep_at = now + SWEEP_INTERVAL
        if error is not None:
            # Until the next sweep, a poll of each operation finds out more, and decides what to tolerate.
            lane.pages = float("inf") if isinstance(error, AccessDeniedError) else lane.pages
            lane.poll_at_once(list(lane.rows))

    def stop(self, lane: Lane, error: Exception) -> None:
        """Give the jobs that are not launched an outcome with an error that they would all meet."""
        while lane.launches:
            stopped = LightsailCopyError(
                f"Not started: the copies to {lane.region} were stopped.", shorten(f"{type(error).__name__}: {error}")
            )
            stopped.__cause__ = error
            self._add(lane.launches.popleft(), error=stopped)

    def expire(self, lane: Lane, now: float, waited: float) -> None:
        """Give every job that has no outcome yet one that says that the fleet timed out."""
        for row in {id(row): row for row in lane.rows.values()}.values():
            self._end(lane, row, WaitTimeoutError(row.operations, waited=waited))
        while lane.launches:
            self._add(lane.launches.popleft(), error=WaitTimeoutError((), waited=waited))
        activities = [*lane.ready, *(entry[2] for entry in lane.asleep)]
        lane.ready.clear()
        lane.asleep.clear()
        for activity in activities:
            activity.flow.close()
            activity.finish(None, WaitTimeoutError((), waited=waited), now)

    def _follow(self, lane: Lane, index: int, result: CopySnapshotResult, now: float) -> None:
        row = Row(index, result, result.operations, now)
        lane.running += 1
        for operation in result.operations:
            if self._wait and not operation.done:
                lane.rows[operation.id] = row
                lane.schedule_poll(operation.id, now + self._schedule.delay(0, chance()))
        self._finish(lane, row)

    def _finish(self, lane: Lane, row: Row) -> None:
        """Add the outcome of a copy, unless one of its operations is still running."""
        if any(lane.rows.get(each.id) is row for each in row.operations):
            return
        failed = any(operation.failed for operation in row.operations)
        self._end(lane, row, OperationFailedError(row.operations) if failed else None)

    def _end(self, lane: Lane, row: Row, error: Exception | None) -> None:
        lane.running -= 1
        for operation in row.operations:
            lane.rows.pop(operation.id, None)
            self._tolerance.clear(operation.id)
        if isinstance(error, LightsailCopyError):
            error.operations = row.operations
        self._add(row.index, result=row.result, operations=row.operations, error=error)

    def _add(
        self,
        index: int,
        *,
        result: CopySnapshotResult | None = None,
        operations: tuple[Operation, ...] = (),
        error: Exception | None = None,
    ) -> None:
        self.outcomes.append((index, CopyOutcome(self._jobs[index], result, operations, error)))

    def _count_failure(self, lane: Lane, error: Exception) -> None:
        # An error of the set-up, such as missing credentials, is botocore's own.
        is_regional = isinstance(error, _REGIONAL) or not isinstance(error, LightsailCopyError)
        lane.failures = lane.failures + 1 if is_regional else 0
        if lane.failures >= _MAX_FAILURES:
            self.stop(lane, error)

    def _is_held_for_quota(self, lane: Lane, now: float) -> bool:
        """Lower the number of running copies to what the quota allows, and return whether to launch the job later."""
        lane.quota_since = now if lane.quota_since is None else lane.quota_since
        lane.max_running = max(1, min(lane.max_running, lane.running))
        if not lane.running:
            lane.held_until = now + _QUOTA_DELAY
        # While copies are running, the end of one frees a place.
        return bool(lane.running) or now - lane.quota_since <= self._schedule.error_tolerance
