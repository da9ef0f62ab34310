"""
Waiting: the flow that polls operations until they are done, and the state of a wait between two polls.

A wait is the last state of a watch, so one loop serves both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NoReturn, TypeAlias, cast

from lightsail_copy.flows import Call, Flow, Sleep, calls
from lightsail_copy.messages import format_value
from lightsail_copy.operations import CopySnapshotResult, Operation
from lightsail_copy.outcome_errors import CopyFailedError, ServiceUnreachableError, WaitTimeoutError
from lightsail_copy.schedule import PollSchedule, chance
from lightsail_copy.service_errors import NotFoundError, ServiceFaultError, ThrottledError
from lightsail_copy.validation import (
    Duration,
    raise_problems,
    to_seconds,
    validate_operation_id,
    validate_seconds,
    validate_type,
)

Operations: TypeAlias = CopySnapshotResult | Operation | str | Iterable[Operation | str]

_TOLERATED = (ThrottledError, ServiceFaultError, ServiceUnreachableError)


class Tolerance:
    """
    Decides which errors do not end a wait.

    It is a class because it keeps, for each operation, since when its polls have failed in a row.
    """

    def __init__(self, schedule: PollSchedule) -> None:
        """Take the schedule."""
        self._schedule = schedule
        self._failing_since: dict[str, float] = {}

    def tolerates(self, operation_id: str, error: Exception, now: float, started_at: float) -> bool:
        """
        Return whether a wait goes on after an error. If not, add to the message how long errors were tolerated.

        After the first failure in a row, there is always another poll, no matter how long the delays are.

        Args:
            operation_id: the operation that was polled.
            error: what the poll raised.
            now: the clock's time, in seconds.
            started_at: the clock's time at the start of the wait.
        """
        if isinstance(error, NotFoundError):
            # Some of the service's hosts may not know a new operation yet.
            limit = self._schedule.not_found_tolerance
            if operation_id not in self._failing_since and now - started_at > limit:
                return False
        elif isinstance(error, _TOLERATED):
            limit = self._schedule.error_tolerance
        else:
            return False
        lasted = now - self._failing_since.setdefault(operation_id, now)
        if limit > 0 and lasted <= limit:
            return True
        if lasted > 0:
            error.set_message(*error.parts, f"The wait tolerated errors for {lasted:.0f} s.")
        return False

    def clear(self, operation_id: str) -> None:
        """Take note of a good response."""
        self._failing_since.pop(operation_id, None)


class Watch:
    """
    A wait for operations of one Region.

    It is a class because it keeps the last state from one poll to the next.
    """

    def __init__(
        self,
        operations: Operations,
        *,
        timeout: Duration | None,
        schedule: PollSchedule,
        monotonic: Callable[[], float],
        get_operation: Callable[[str], Call[Operation] | Flow[Operation]] = calls.get_operation,
        is_new: bool = False,
    ) -> None:
        """
        Take what to wait for.

        Args:
            operations: the operations, their ids, or the result of a copy.
            timeout: how long to wait, in seconds or as a `timedelta`, or None forever.
            schedule: when to poll, and which errors to tolerate.
            monotonic: the clock's time, in seconds.
            get_operation: how to get the newest state of an operation: by a call, or by a flow.
            is_new: whether the operations are in their newest state, so that the first poll can wait.

        Raises:
            InvalidRequestError: an id is blank, the timeout is not a duration, or the schedule is not a schedule.
        """
        wanted = _to_tuple(operations)
        seconds = None if timeout is None else to_seconds(timeout)
        raise_problems(
            *(validate_operation_id("operations", each) for each in wanted if not isinstance(each, Operation)),
            [] if seconds is None else validate_seconds("timeout", seconds),
            validate_type("schedule", schedule, PollSchedule),
            subject="wait",
        )
        self._ids = tuple(each if isinstance(each, str) else each.id for each in wanted)
        self._newest = {each.id: each for each in wanted if not isinstance(each, str)}
        self._yielded: tuple[Operation, ...] | None = self.operations if is_new else None
        self._schedule = schedule
        self._monotonic = monotonic
        self._get_operation = get_operation
        self._started_at = monotonic()
        self._tolerance = Tolerance(schedule)
        # A point in time, not a duration: the last sleep ends exactly there.
        self._deadline = None if seconds is None else self._started_at + seconds
        self._has_polled_all = False

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The newest state of each operation, in the order given, without those never seen."""
        return tuple(self._newest[each] for each in self._ids if each in self._newest)

    @property
    def pending(self) -> tuple[str, ...]:
        """The ids to poll: each that is not known to be done, once."""
        ids = dict.fromkeys(self._ids)
        return tuple(each for each in ids if each not in self._newest or not self._newest[each].done)

    @property
    def is_finished(self) -> bool:
        """Whether the last state was returned, in which all operations are done."""
        return self._yielded is not None and not self.pending

    def next_state(self) -> Flow[tuple[Operation, ...]]:
        """Poll until the state of an operation has changed, and return the state of all."""
        if self._yielded is not None:
            yield self._delay()
        while True:
            yield from self._poll_all()
            state = self.operations
            if len(self._newest) == len(set(self._ids)) and state != self._yielded:
                self._yielded = state
                return state
            yield self._delay()

    def last_state(self) -> Flow[tuple[Operation, ...]]:
        """
        Poll until all operations are done, and return the state of all.

        Raises:
            CopyFailedError: one or more failed.
        """
        yield from self.pending_until_done()
        if any(operation.failed for operation in self.operations):
            raise CopyFailedError(self.operations)
        return self.operations

    def pending_until_done(self) -> Flow[None]:
        """Poll until all operations are done."""
        while not self.is_finished:
            yield from self.next_state()

    def _poll_all(self) -> Flow[None]:
        for number, operation_id in enumerate(self.pending):
            # With many operations, a round can take long. The first round still polls each operation.
            if number and self._has_polled_all and self._deadline is not None and self._monotonic() > self._deadline:
                self._time_out()
            yield from self._poll(operation_id)
        self._has_polled_all = True

    def _poll(self, operation_id: str) -> Flow[None]:
        try:
            self._newest[operation_id] = yield from self._get_operation(operation_id)
        except Exception as error:
            if not self._tolerance.tolerates(operation_id, error, self._monotonic(), self._started_at):
                # Errors of the set-up get the operations too.
                setattr(error, "operations", self.operations)  # noqa: B010 - see above
                raise
        else:
            self._tolerance.clear(operation_id)

    def _time_out(self) -> NoReturn:
        raise WaitTimeoutError(self.operations, waited=self._monotonic() - self._started_at)

    def _delay(self) -> Sleep:
        now = self._monotonic()
        delay = self._schedule.delay(now - self._started_at, chance())
        if self._deadline is None:
            return Sleep(delay)
        if now >= self._deadline:
            self._time_out()
        return Sleep(min(delay, self._deadline - now))


def _to_tuple(operations: Operations) -> tuple[Operation | str, ...]:
    if isinstance(operations, CopySnapshotResult):
        return operations.operations
    # A string is iterable too, but an id is one operation.
    if isinstance(operations, (Operation, str)):
        return (operations,)
    if not isinstance(cast("object", operations), Iterable):
        raise TypeError(
            "operations must be operations, their ids, or the result of a copy, such as result.operations, not"
            f" {format_value(operations)}"
        )
    return tuple(operations)
