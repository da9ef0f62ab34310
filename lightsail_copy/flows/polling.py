"""
Waiting: the flow that polls operations until they are done, and the state of a wait between two polls.

A wait is the last state of a watch, so one loop serves both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import random
from typing import NoReturn, TypeAlias, cast

from attrs import define, field
from botocore.exceptions import BotoCoreError, CredentialRetrievalError

from lightsail_copy.errors import LightsailCopyError, as_sentence, combined_class, evolve, format_value, message_of
from lightsail_copy.flows import Call, Flow, Sleep, calls
from lightsail_copy.operations import CopySnapshotResult, Operation
from lightsail_copy.outcome_errors import CopyFailedError, ServiceUnreachableError, WaitTimeoutError
from lightsail_copy.schedule import PollSchedule
from lightsail_copy.service_errors import NotFoundError, ServiceFaultError, ThrottledError
from lightsail_copy.validation import (
    Duration,
    raise_problems,
    to_optional_seconds,
    validate_operation_id,
    validate_seconds,
    validate_type,
)

Operations: TypeAlias = CopySnapshotResult | Operation | str | Iterable[Operation | str]

_MAX_DOUBLINGS = 30
_TOLERATED = (ThrottledError, ServiceFaultError, ServiceUnreachableError, CredentialRetrievalError)


@define(order=False, eq=False, repr=False)
class Tolerance:
    """
    Decides which errors do not end a wait, by how long the polls of each operation have failed in a row.

    Attributes:
        schedule: which errors to tolerate for how long.
        started_at: the clock's time at the start of the wait, in seconds.
        has_succeeded: whether a call has succeeded before, so that the credentials are known to work.
    """

    schedule: PollSchedule
    started_at: float
    has_succeeded: bool
    # When the polls of an operation started to fail in a row, and how long they may.
    _failing: dict[str, tuple[float, float]] = field(init=False, factory=dict[str, "tuple[float, float]"])

    @property
    def shortest(self) -> float:
        """The shortest of the tolerances that apply now, in seconds."""
        return min(limit for _, limit in self._failing.values())

    def tolerates(self, operation_id: str, error: Exception, polled_at: float, now: float) -> bool:
        """
        Return whether a wait goes on after an error.

        After the first failure in a row, there is always another poll, no matter how long the delays are.

        Args:
            operation_id: the operation that was polled.
            error: what the poll raised.
            polled_at: when the poll started, by the clock, in seconds.
            now: the clock's time, in seconds.
        """
        limit = self._limit(operation_id, error, polled_at)
        since, _ = self._failing.get(operation_id, (now, None))
        if not limit or now - since > limit:
            return False
        self._failing[operation_id] = since, limit
        return True

    def _limit(self, operation_id: str, error: Exception, polled_at: float) -> float | None:
        """Return how long polls may fail with an error, in seconds; None or 0 if they may not."""
        if isinstance(error, NotFoundError):
            # Some of the service's hosts may not know a new operation yet. A late response to an early poll counts too.
            limit = self.schedule.not_found_tolerance
            is_new = operation_id in self._failing or polled_at - self.started_at <= limit
            return limit if is_new else None
        if isinstance(error, ServiceUnreachableError) and not error.may_pass:
            return None
        # Credentials that have never worked are wrong.
        if isinstance(error, CredentialRetrievalError) and not self.has_succeeded:
            return None
        return self.schedule.error_tolerance if isinstance(error, _TOLERATED) else None

    def failed_for(self, operation_id: str, now: float) -> float:
        """Return how long the polls of an operation have failed in a row, in seconds."""
        since, _ = self._failing.get(operation_id, (now, None))
        return now - since

    def succeeded(self, operation_id: str) -> None:
        """Record a poll that succeeded."""
        self.has_succeeded = True
        self._failing.pop(operation_id, None)


class Watch:
    """
    A wait for operations of one Region, which keeps their last state between polls.

    Attributes:
        trouble: the error of the last poll, or None if it succeeded.
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
        Construct a wait.

        Args:
            operations: the operations, their ids, or the result of a copy.
            timeout: how long to wait, in seconds or as a `timedelta`; None waits forever.
            schedule: when to poll, and which errors to tolerate.
            monotonic: the clock's time, in seconds.
            get_operation: how to get the newest state of an operation: by a call, or by a flow.
            is_new: whether the operations are in their newest state, so that the first poll can wait.

        Raises:
            InvalidRequestError: an id is blank, the timeout is not a duration, or the schedule is not a schedule.
        """
        wanted = _to_tuple(operations)
        seconds = to_optional_seconds(timeout)
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
        has_copied = isinstance(operations, CopySnapshotResult)
        self._tolerance = Tolerance(schedule, self._started_at, has_succeeded=has_copied)
        self._failed_rounds = 0
        self.trouble: Exception | None = None
        # A point in time, not a duration: the last sleep ends exactly there.
        self._deadline = None if seconds is None else self._started_at + seconds
        self._has_polled_all = False

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The newest state of each operation, in the order given, without those not seen yet."""
        return tuple(self._newest[each] for each in self._ids if each in self._newest)

    @property
    def pending(self) -> tuple[str, ...]:
        """The ids to poll: each that is not known to be done, once."""
        ids = dict.fromkeys(self._ids)
        return tuple(each for each in ids if each not in self._newest or not self._newest[each].done)

    @property
    def is_finished(self) -> bool:
        """Whether the state in which all operations are done was returned."""
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
        while not self.is_finished:
            yield from self.next_state()
        if any(operation.failed for operation in self.operations):
            raise CopyFailedError(self.operations)
        return self.operations

    def _poll_all(self) -> Flow[None]:
        has_failed = False
        for number, operation_id in enumerate(self.pending):
            # With many operations, a round can take long. The first round still polls each operation.
            if number and self._has_polled_all and self._deadline is not None and self._monotonic() > self._deadline:
                self._time_out()
            polled_at = self._monotonic()
            try:
                self._newest[operation_id] = yield from self._get_operation(operation_id)
            except Exception as error:  # noqa: BLE001 - it is tolerated, or raised
                self._tolerate(operation_id, error, polled_at)
                self.trouble, has_failed = error, True
            else:
                self.trouble = None
                self._tolerance.succeeded(operation_id)
        self._has_polled_all = True
        self._failed_rounds = self._failed_rounds + 1 if has_failed else 0

    def _tolerate(self, operation_id: str, error: Exception, polled_at: float) -> None:
        """Raise the error of a poll if it is not tolerated, with the operations as last seen."""
        now = self._monotonic()
        if self._tolerance.tolerates(operation_id, error, polled_at, now):
            return
        ended = _ended(error, self.operations, self._tolerance.failed_for(operation_id, now))
        if ended is error:
            raise error
        raise ended from (ended.__cause__ or error)

    def _time_out(self) -> NoReturn:
        waited = self._monotonic() - self._started_at
        unseen = tuple(each for each in self.pending if each not in self._newest)
        raise WaitTimeoutError(self.operations, waited=waited, unseen=unseen, trouble=self.trouble) from self.trouble

    def _delay(self) -> Sleep:
        now = self._monotonic()
        delay = self._schedule.delay(now - self._started_at, random())  # noqa: S311 - jitter needs no secret
        if self._failed_rounds:
            # A tolerance is worth several polls, no matter how long the delays are.
            doublings = min(self._failed_rounds - 1, _MAX_DOUBLINGS)
            delay = min(delay, self._schedule.min_delay * 2**doublings, self._tolerance.shortest / 2)
        if self._deadline is None:
            return Sleep(delay)
        if now >= self._deadline:
            self._time_out()
        return Sleep(min(delay, self._deadline - now))


def _ended(error: Exception, operations: tuple[Operation, ...], failed_for: float) -> Exception:
    """Return the error that ends a wait, with the operations as last seen."""
    lasted = f"The wait tolerated errors for {failed_for:.0f} s." if failed_for > 0 else ""
    if isinstance(error, LightsailCopyError):
        return evolve(error, *error.parts, lasted, operations=operations)
    if not isinstance(error, BotoCoreError):
        return error
    # A setup error is still caught as botocore's.
    made = combined_class(LightsailCopyError, type(error))(as_sentence(message_of(error)), lasted)
    return evolve(made, *made.parts, operations=operations)


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
