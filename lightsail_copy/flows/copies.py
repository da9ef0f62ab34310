"""
The flow of a copy: one call and, where its outcome is open, lookups until it is settled.

Lightsail has no idempotency token. When botocore retries after a lost response, the service rejects the retry,
because the copy that started uses the name.
"""

from __future__ import annotations

from collections.abc import Callable
from logging import getLogger
from typing import Literal, NoReturn

from attrs import define, field

from lightsail_copy.errors import LightsailCopyError, UnexpectedResponseError
from lightsail_copy.flows import Call, Flow, OutOfTime, Sleep, calls
from lightsail_copy.flows.attempts import may_have_started
from lightsail_copy.flows.lookups import NameLookup
from lightsail_copy.flows.ownership import Finding, Verdict, judge
from lightsail_copy.messages import Text, shorten
from lightsail_copy.operations import CopySnapshotResult, Operation
from lightsail_copy.outcome_errors import ServiceUnreachableError, UnknownOutcomeError
from lightsail_copy.requests import SnapshotCopyRequest, require_request
from lightsail_copy.service_errors import (
    AccessDeniedError,
    NameInUseError,
    NotFoundError,
    ServiceFaultError,
    ThrottledError,
)
from lightsail_copy.validation import Duration, raise_problems, to_seconds, validate_choice, validate_seconds

IfExists = Literal["raise", "adopt"]

_logger = getLogger("lightsail_copy")

DEFAULT_LOOKUP_TIMEOUT = 30.0
_FIRST_DELAY = 0.5
_MAX_DELAY = 8.0
_LOOKUPS_TO_BE_FREE = 2
_ADOPT_GOES_ON = (NameInUseError, ThrottledError, ServiceUnreachableError)
_PASSING = (NotFoundError, ThrottledError, ServiceFaultError, ServiceUnreachableError, UnexpectedResponseError)
_MAY_HAVE_STARTED = Text("The copy may have started: look for the name in the target Region, or {call_with_adopt}.")
_IN_DOUBT = Text("The copy may have started: check whether this operation is yours before you copy again.")
_DID_NOT_START = Text("This copy did not start: choose another {target_snapshot_name}.")
_DELETE_FAILED = Text("That operation failed: delete its snapshot, then {call_again}.")


def copy_snapshot(
    request: SnapshotCopyRequest,
    *,
    if_exists: IfExists,
    lookup_timeout: Duration,
    monotonic: Callable[[], float],
    working_time: Callable[[], float] | None = None,
) -> Flow[CopySnapshotResult]:
    """
    Copy a snapshot, and look up an outcome that is open.

    Args:
        request: the copy.
        if_exists: whether to adopt an existing copy.
        lookup_timeout: how long to look up the outcome, from the first lookup.
        monotonic: the clock's time, in seconds.
        working_time: a clock for `lookup_timeout` that stands still while nobody carries out the flow; None if there is
            no such time.

    Raises:
        InvalidRequestError: an argument is not valid; nothing was sent.
        TypeError: `request` is not a request; nothing was sent.
    """
    require_request(request)
    timeout = to_seconds(lookup_timeout)
    # Most calls leave both arguments as they are.
    if if_exists != "raise" or timeout != DEFAULT_LOOKUP_TIMEOUT:
        raise_problems(
            validate_choice("if_exists", if_exists, ("raise", "adopt")),
            validate_seconds("lookup_timeout", timeout),
            subject="call",
        )
    started_at = monotonic()
    call = calls.copy_snapshot(request)
    try:
        return call.parse((yield call))
    except Exception as error:
        is_open = may_have_started(error, call.attempts)
        settlement = Settlement(
            request, error, is_open, if_exists == "adopt", started_at, monotonic, working_time or monotonic
        )
        if not settlement.is_needed:
            raise
    # After the handler, so that a later error does not have this one as its context.
    try:
        return (yield from settlement.settle(call, timeout))
    except OutOfTime:
        settlement.raise_unsettled()


@define(order=False, eq=False, repr=False)
class Settlement:
    """
    The lookups of one copy whose outcome is open, and what they found.

    It is a class because it keeps what was found from one lookup to the next.

    Attributes:
        request: the copy.
        error: the error of the last call.
        is_open: whether a call may have started the copy.
        adopt: whether to adopt an existing copy.
        started_at: when the call started, by the clock.
        monotonic: the clock's time, in seconds.
        working_time: the clock of the time limit of the lookups.
    """

    request: SnapshotCopyRequest
    error: Exception
    is_open: bool
    adopt: bool
    started_at: float
    monotonic: Callable[[], float]
    working_time: Callable[[], float]
    finding: Finding = field(init=False, default=Finding(Verdict.FREE))
    _lookup: NameLookup = field(init=False, factory=NameLookup)
    _is_rejected: bool = field(init=False, default=False)
    _lookups: int = field(init=False, default=0)
    _free_in_a_row: int = field(init=False, default=0)
    _first_at: float = field(init=False, default=0.0)

    @property
    def is_needed(self) -> bool:
        """Whether lookups can change the outcome."""
        return self.is_open or (self.adopt and isinstance(self.error, _ADOPT_GOES_ON))

    def settle(self, call: Call[CopySnapshotResult], timeout: float) -> Flow[CopySnapshotResult]:
        """Look up the operations of the name until the outcome is settled, or the lookups time out."""
        self._first_at, delay = self.working_time(), _FIRST_DELAY
        while True:
            yield from self._look_up()
            lasted = self.working_time() - self._first_at
            found = self.finding.adoptable(adopt=self.adopt, may_be_own=self.is_open)
            if found is not None:
                return self._adopted(found, lasted)
            is_over = lasted >= timeout
            if not self._is_settled and self._is_free and (timeout > 0 or not is_over):
                if self._free_in_a_row < _LOOKUPS_TO_BE_FREE and is_over:
                    # A second lookup at once: the outage may be over.
                    continue
                if self._free_in_a_row >= _LOOKUPS_TO_BE_FREE:
                    result = yield from self._request_again(call)
                    if result is not None:
                        return result
            if self._is_settled or is_over:
                raise_explained(self.error, self._findings(lasted), self.request, is_open=self.is_open)
            yield Sleep(min(delay, timeout - lasted))
            delay = min(2 * delay, _MAX_DELAY)

    def raise_unsettled(self) -> NoReturn:
        """
        Raise the error of the copy with what the lookups found until no time was left.

        Raises:
            LightsailCopyError: as `raise_explained`.
        """
        lasted = self.working_time() - self._first_at
        raise_explained(self.error, self._findings(lasted), self.request, is_open=self.is_open)

    @property
    def _is_settled(self) -> bool:
        trouble = self._lookup.trouble
        if self._is_rejected:
            return True
        if trouble is not None:
            return not isinstance(trouble, _PASSING)
        if self.finding.verdict is not Verdict.FREE:
            return True
        # A rejection for the name alone: the service does not list what uses it.
        rejected = isinstance(self.error, NameInUseError) and not self.is_open
        return rejected and self._free_in_a_row >= _LOOKUPS_TO_BE_FREE and not self.finding.was_removed

    @property
    def _is_free(self) -> bool:
        """Whether the last lookup showed that the copy has not started and can be requested again."""
        is_rejected = isinstance(self.error, NameInUseError) and not self.finding.was_removed
        return self.adopt and self._free_in_a_row > 0 and not is_rejected

    def _request_again(self, call: Call[CopySnapshotResult]) -> Flow[CopySnapshotResult | None]:
        _logger.info("requesting the copy to %s again: it has not started", self.request.target_snapshot_name)
        self._free_in_a_row = 0
        try:
            return (yield from call)
        # Every error is judged, and raised where it settles the outcome.
        except Exception as error:  # noqa: BLE001 - see above
            self.error = error
            is_open = may_have_started(error, call.attempts)
            self._is_rejected = not (is_open or isinstance(error, _ADOPT_GOES_ON))
            self.is_open = self.is_open or is_open
        return None

    def _look_up(self) -> Flow[None]:
        self._lookup = lookup = NameLookup()
        self._lookups += 1
        try:
            yield from lookup.fetch(self.request.target_snapshot_name, self.started_at, self.monotonic)
        except OutOfTime:
            lookup.trouble = TimeoutError("no time was left")
            raise
        if lookup.start is not None:
            self.finding = judge(self.request, lookup.operations, lookup.start)
        is_free = lookup.is_complete and self.finding.verdict is Verdict.FREE
        self._free_in_a_row = self._free_in_a_row + 1 if is_free else 0

    def _adopted(self, operation: Operation, lasted: float) -> CopySnapshotResult:
        name, lookups = self.request.target_snapshot_name, self._lookups
        _logger.info("adopted operation %s for %s (lookups: %d, %.1f s)", operation.id, name, lookups, lasted)
        return CopySnapshotResult((operation,), self._lookup.request_id, adopted=True)

    def _findings(self, lasted: float) -> tuple[str, ...]:
        verdict, trouble, skipped = self.finding.verdict, self._lookup.trouble, self._lookup.skipped
        count = f"{self._lookups} lookup{'s' if self._lookups > 1 else ''} in {lasted:.0f} s"
        if verdict is Verdict.DOUBT:
            return (str(self.finding), _IN_DOUBT)
        if verdict is not Verdict.FREE:
            return (str(self.finding), self._advice_for_a_name_in_use())
        if trouble is not None:
            found = f"Its operations could not be looked up ({count}): {_brief(trouble)}."
        else:
            found = f"{count} found no operation with the name" + (
                f"; {skipped} could not be parsed." if skipped else "."
            )
        throttled = isinstance(self.error, ThrottledError) and self._free_in_a_row >= _LOOKUPS_TO_BE_FREE
        return (found, _MAY_HAVE_STARTED if self.is_open and not throttled else "")

    def _advice_for_a_name_in_use(self) -> str:
        if self.finding.operation is not None and self.finding.operation.failed:
            return _DELETE_FAILED
        return "" if isinstance(self.error, NameInUseError) else _DID_NOT_START


def raise_explained(
    error: Exception, findings: tuple[str, ...], request: SnapshotCopyRequest, *, is_open: bool
) -> NoReturn:
    """
    Raise the error of a copy with what the lookups found.

    Raises:
        UnknownOutcomeError: the service did not respond.
        LightsailCopyError: the error itself, where it is a response of the service.
    """
    if isinstance(error, LightsailCopyError) and not (isinstance(error, ServiceUnreachableError) and is_open):
        found, advice = findings
        # Not joined: each interface prints the advice in its own terms.
        error.set_message(error.parts[0], found, *((advice,) if advice else error.parts[1:]))
        raise error
    cause = error.__cause__ if isinstance(error, ServiceUnreachableError) else error
    text = f"{type(cause).__name__}: {shorten(str(cause), 90)}"
    raise UnknownOutcomeError(text, request=request, findings=findings) from cause


def _brief(error: Exception) -> str:
    if isinstance(error, AccessDeniedError):
        return f"{type(error).__name__}: allow lightsail:{error.operation_name}"
    return (
        type(error).__name__
        if isinstance(error, LightsailCopyError)
        else shorten(f"{type(error).__name__}: {error}", 90)
    )
