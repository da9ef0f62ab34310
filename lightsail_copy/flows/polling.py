"""Waiting: the flow that polls operations. A wait is the last state of a watch, so one loop serves both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from random import random
from typing import NoReturn, TypeAlias, cast

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
_WIRE_NAMES = {"operations", "operation", "id"}
_TOLERATED = (ThrottledError, ServiceFaultError, ServiceUnreachableError, CredentialRetrievalError)


class Watch:
    """A wait for operations of one Region, which keeps their last state, and the last error, between polls."""

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
        """Construct a wait; `is_new` says that the operations are in their newest state, so the first poll can wait."""
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
        self.started_at: float = monotonic()
        # Whether the credentials are known to work.
        self._has_succeeded = isinstance(operations, CopySnapshotResult)
        # Since when the polls of an operation have failed in a row, and how long they may.
        self._failing: dict[str, tuple[float, float]] = {}
        self._failed_rounds = 0
        self.trouble: Exception | None = None
        # A point in time, not a duration: the last sleep ends exactly there.
        self._deadline = None if seconds is None else self.started_at + seconds
        self._has_polled_all = False
        self._yielded_at = self.started_at

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
        # If the wait timed out while the caller handled the last state, there is one more poll.
        is_late = self._deadline is not None and self._yielded_at < self._deadline <= self._monotonic()
        if is_late:
            self._has_polled_all = False
        elif self._yielded is not None:
            yield self._delay()
        while True:
            yield from self._poll_all()
            state = self.operations
            if len(self._newest) == len(set(self._ids)) and state != self._yielded:
                self._yielded, self._yielded_at = state, self._monotonic()
                return state
            yield self._delay()

    def last_state(self) -> Flow[tuple[Operation, ...]]:
        """Poll until all operations are done, and return the state of all, or raise an error if one failed."""
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
                self.trouble, self._has_succeeded = None, True
                self._failing.pop(operation_id, None)
        self._has_polled_all = True
        self._failed_rounds = self._failed_rounds + 1 if has_failed else 0

    def _tolerate(self, operation_id: str, error: Exception, polled_at: float) -> None:
        """Raise the error of a poll if it is not tolerated, with the operations as last seen."""
        now = self._monotonic()
        since, _ = self._failing.get(operation_id, (now, None))
        limit = self._tolerance_of(error, operation_id, polled_at)
        # After the first failure in a row, there is always another poll, no matter how long the delays are.
        if limit and now - since <= limit:
            self._failing[operation_id] = since, limit
            return
        lasted = f"The wait tolerated errors for {now - since:.0f} s." if now > since else ""
        if isinstance(error, LightsailCopyError):
            raised = evolve(error, *error.parts, lasted, operations=self.operations)
            raise raised from (error.__cause__ or error)
        if not isinstance(error, BotoCoreError):
            raise error
        # A setup error is still caught as botocore's.
        made = combined_class(LightsailCopyError, type(error))(as_sentence(message_of(error)), lasted)
        raise evolve(made, *made.parts, operations=self.operations) from error

    def _tolerance_of(self, error: Exception, operation_id: str, polled_at: float) -> float:
        """Return how long polls may fail with an error, in seconds; 0 if they may not."""
        if isinstance(error, NotFoundError):
            # Some of the service's hosts may not know a new operation yet. A late response to an early poll counts too.
            limit = self._schedule.not_found_tolerance
            return limit if operation_id in self._failing or polled_at - self.started_at <= limit else 0
        if isinstance(error, ServiceUnreachableError) and not error.may_pass:
            return 0
        # Credentials that have never worked are wrong.
        if isinstance(error, CredentialRetrievalError) and not self._has_succeeded:
            return 0
        return self._schedule.error_tolerance if isinstance(error, _TOLERATED) else 0

    def _time_out(self) -> NoReturn:
        waited = self._monotonic() - self.started_at
        unseen = tuple(each for each in self.pending if each not in self._newest)
        raise WaitTimeoutError(self.operations, waited=waited, unseen=unseen, trouble=self.trouble) from self.trouble

    def _delay(self) -> Sleep:
        now = self._monotonic()
        delay = self._schedule.delay(now - self.started_at, random())  # noqa: S311 - jitter needs no secret
        if self._failed_rounds:
            # A tolerance is worth several polls, no matter how long the delays are.
            doublings = min(self._failed_rounds - 1, _MAX_DOUBLINGS)
            shortest = min(limit for _, limit in self._failing.values())
            delay = min(delay, self._schedule.min_delay * 2**doublings, shortest / 2)
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
    given = cast("object", operations)
    if not isinstance(given, Iterable):
        raise TypeError(
            "operations must be operations, their ids, or the result of a copy, such as result.operations, not"
            f" {format_value(given)}"
        )
    # The keys of other mappings may be ids.
    if isinstance(given, Mapping) and not _WIRE_NAMES.isdisjoint(cast("Mapping[object, object]", given)):
        raise TypeError(
            "operations must not be a client's own response: parse it with CopySnapshotResult.from_dict or"
            " Operation.from_dict"
        )
    return tuple(operations)
