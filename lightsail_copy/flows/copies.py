"""
The flow of a copy: one call and, if its outcome is unknown, lookups until it is known.

Lightsail has no idempotency token. When botocore retries after a lost response, the service rejects the retry,
because the copy that started uses the name.
"""

from __future__ import annotations

from collections.abc import Callable
from logging import INFO
from typing import Literal, NoReturn

from attrs import define, field
from botocore.exceptions import CredentialRetrievalError

from lightsail_copy.errors import (
    LightsailCopyError,
    UnexpectedResponseError,
    as_sentence,
    describe_error,
    evolve,
    shorten,
)
from lightsail_copy.flows import Call, Flow, OutOfTime, Sleep, calls, log
from lightsail_copy.flows.attempts import hide_password, may_have_started
from lightsail_copy.flows.lookups import NameLookup
from lightsail_copy.flows.ownership import Finding, Verdict, judge
from lightsail_copy.operations import CopySnapshotResult
from lightsail_copy.outcome_errors import ServiceUnreachableError, UnknownOutcomeError
from lightsail_copy.requests import AutoSnapshotCopy, SnapshotCopyRequest, require_request
from lightsail_copy.service_errors import (
    AccessDeniedError,
    NameInUseError,
    NotFoundError,
    QuotaExceededError,
    ServiceFaultError,
    ThrottledError,
)
from lightsail_copy.validation import Duration, raise_problems, to_optional_seconds, validate_choice, validate_seconds

IfExists = Literal["raise", "adopt"]

DEFAULT_LOOKUP_TIMEOUT = 30.0
_FIRST_DELAY = 0.5
_MAX_DELAY = 8.0
_SOON = 2.0
_LOOKUPS_TO_BE_FREE = 2
# Whether the service validates the source, the quota, or the name first is not known.
_BEFORE_THE_NAME = (NotFoundError, QuotaExceededError)
_PASSING = (NotFoundError, ThrottledError, ServiceFaultError, UnexpectedResponseError, CredentialRetrievalError)


def start_copy(
    request: SnapshotCopyRequest,
    *,
    if_exists: IfExists,
    lookup_timeout: Duration | None,
    monotonic: Callable[[], float],
    working_time: Callable[[], float] | None = None,
    region_name: str | None = None,
) -> Flow[CopySnapshotResult]:
    """
    Copy a snapshot, and look up the outcome if it is unknown.

    `lookup_timeout` uses `working_time`, a clock that stops while nothing carries out the flow; by default, it is
    `monotonic`.
    """
    require_request(request)
    timeout = to_optional_seconds(lookup_timeout)
    raise_problems(
        validate_choice("if_exists", if_exists, ("raise", "adopt")),
        [] if timeout is None else validate_seconds("lookup_timeout", timeout),
        subject="call",
    )
    started_at = monotonic()
    call = calls.copy_snapshot(request)
    try:
        return call.parse((yield call))
    except Exception as error:
        if isinstance(error, UnexpectedResponseError) and error.operation_ids:
            raise _started(error) from error.__cause__
        lookups = _Lookups(
            request,
            error,
            is_unknown=may_have_started(error, call.attempts),
            is_observed=call.attempts is not None and call.attempts.is_observed,
            adopt=if_exists == "adopt",
            started_at=started_at if call.made_at is None else call.made_at,
            monotonic=monotonic,
            working_time=working_time or monotonic,
            region_name=region_name,
        )
        if timeout is None or not lookups.are_needed:
            raised = lookups.without_findings()
            if raised is error:
                raise
            raise raised from (raised.__cause__ or error)
    # Outside the handler, so that a later error does not have this one as its context.
    try:
        return (yield from lookups.run(call, timeout))
    except OutOfTime:
        raised = lookups.explained()
    _raise(raised)


def _raise(error: Exception) -> NoReturn:
    """Raise an error with the context that it has, and not with the errors of the lookups."""
    context = error.__context__
    try:
        raise error
    finally:
        error.__context__ = context


def _started(error: UnexpectedResponseError) -> UnexpectedResponseError:
    ids = ", ".join(error.operation_ids)
    return evolve(error, error.parts[0], f"The copy has started (operation {ids}): wait for that operation.")


@define(order=False, eq=False, repr=False)
class _Lookups:
    """The lookups of one copy whose outcome is unknown, and what they found."""

    request: SnapshotCopyRequest
    error: Exception  # that of the last call
    is_unknown: bool  # whether a call may have started the copy
    is_observed: bool  # whether the attempts of the first call were seen
    adopt: bool
    started_at: float  # when the first call started, by the clock
    monotonic: Callable[[], float]
    working_time: Callable[[], float]
    region_name: str | None
    finding: Finding = field(init=False, default=Finding(Verdict.FREE))
    _lookup: NameLookup = field(init=False, factory=NameLookup)
    _is_rejected: bool = field(init=False, default=False)
    _lookups: int = field(init=False, default=0)
    _free_in_a_row: int = field(init=False, default=0)
    _first_at: float = field(init=False, default=0.0)
    _is_said: bool = field(init=False, default=False)

    @property
    def are_needed(self) -> bool:
        """Whether lookups can change the outcome."""
        may_pass = _may_pass(self.error) or isinstance(self.error, (*_BEFORE_THE_NAME, CredentialRetrievalError))
        return self.is_unknown or (self.adopt and may_pass)

    def run(self, call: Call[CopySnapshotResult], timeout: float) -> Flow[CopySnapshotResult]:
        """Look up the operations of the name until the outcome is known, or the lookups time out."""
        delay = _FIRST_DELAY
        self._first_at = self.working_time()
        # A point in time, because with a duration, rounding can leave a rest that moves no clock.
        deadline = self._first_at + timeout
        while True:
            adopted = yield from self._look_up()
            if adopted is not None:
                return adopted
            left = deadline - self.working_time()
            is_over = left <= 0
            if not self._is_known and self._is_free and timeout > 0:
                if self._free_in_a_row >= _LOOKUPS_TO_BE_FREE:
                    result = yield from self._request_again(call, is_last=is_over)
                    if result is not None:  # pragma: no branch - Python 3.11 loses this line after a throw
                        return result
                elif is_over:
                    # Look up once more at once: the outage may be over.
                    continue
            if self._is_known or is_over:
                _raise(self.explained())
            delay = min(delay, left)
            self._say_if_long(self._lasted() + delay)
            yield Sleep(delay)
            delay = min(2 * delay, _MAX_DELAY)

    def _say_if_long(self, seconds: float) -> None:
        """Log once that the copy is looked up, if that takes long."""
        if seconds > _SOON and not self._is_said:
            self._is_said = True
            self._log(f"looking up what became of the copy ({type(self.error).__name__})")

    def _lasted(self) -> float:
        return self.working_time() - self._first_at

    @property
    def _is_known(self) -> bool:
        """Whether further lookups cannot change the outcome."""
        trouble = self._lookup.trouble
        if self._is_rejected or self._needs_one_lookup:
            return True
        if isinstance(trouble, ServiceUnreachableError):
            return not trouble.may_pass
        if trouble is not None:
            # Credentials that fail for the copy and for a lookup are wrong, unless the copy may have started.
            is_wrong = not self.is_unknown and isinstance(self.error, CredentialRetrievalError)
            return not isinstance(trouble, _PASSING) or (is_wrong and isinstance(trouble, CredentialRetrievalError))
        if self.finding.verdict is not Verdict.FREE:
            return not self._is_hidden
        # Only the name was rejected, and the service does not list what uses it.
        rejected = isinstance(self.error, NameInUseError) and not self.is_unknown
        return rejected and self._free_in_a_row >= _LOOKUPS_TO_BE_FREE and not self.finding.was_removed

    @property
    def _needs_one_lookup(self) -> bool:
        """Whether the copy was rejected, perhaps before the service looked at the name: is there an existing copy?"""
        return isinstance(self.error, _BEFORE_THE_NAME) and not self.is_unknown

    @property
    def _is_hidden(self) -> bool:
        """Whether the copy may have started although another operation was found, because that one failed."""
        operation = self.finding.operation
        has_failed = operation is not None and operation.failed
        return has_failed and self.is_unknown and not isinstance(self.error, NameInUseError)

    @property
    def _is_free(self) -> bool:
        """Whether the last lookup showed that the copy has not started and can be requested again."""
        is_rejected = isinstance(self.error, NameInUseError) and not self.finding.was_removed
        return self.adopt and self._free_in_a_row > 0 and not is_rejected

    def _request_again(self, call: Call[CopySnapshotResult], *, is_last: bool) -> Flow[CopySnapshotResult | None]:
        """Request the copy again; with `is_last`, also look up once what became of it."""
        self._log("requesting the copy again: it has not started")
        self._free_in_a_row = 0
        try:
            return (yield from call)
        except Exception as error:  # noqa: BLE001 - it is judged, and raised if it makes the outcome known
            if isinstance(error, UnexpectedResponseError) and error.operation_ids:
                raise _started(error) from error.__cause__
            self.error = error
            is_unknown = may_have_started(error, call.attempts)
            self._is_rejected = not (is_unknown or _may_pass(error) or isinstance(error, CredentialRetrievalError))
            self.is_unknown = self.is_unknown or is_unknown
        return (yield from self._look_up()) if is_last and not self._is_known else None

    def _look_up(self) -> Flow[CopySnapshotResult | None]:
        """Look up the operations of the name, and return the copy if they show it, or one to adopt."""
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
        self._say_if_long(self._lasted())
        # Pages that were not fetched may show that an earlier copy was deleted.
        adopt = self.adopt and lookup.trouble is None
        found = self.finding.adoptable(adopt=adopt, may_be_own=self.is_unknown)
        if found is None:
            return None
        self._log(f"adopted operation {found.id} ({self._count()})", operation_id=found.id)
        return CopySnapshotResult((found,), lookup.request_ids.get(found.id), adopted=True)

    def _log(self, what: str, **fields: object) -> None:
        name = self.request.target_snapshot_name
        place = f"{self.region_name}: {name}" if self.region_name else name
        log(INFO, f"{place}: {what}", region_name=self.region_name, target_snapshot_name=name, **fields)

    def without_findings(self) -> Exception:
        """Return the error of a copy that is not looked up."""
        error = self.error
        if self.is_unknown:
            if isinstance(error, LightsailCopyError):
                return evolve(error, error.parts[0], self._may_have_started())
            return UnknownOutcomeError(_brief(error), request=self.request, findings=(self._may_have_started(),))
        if isinstance(error, NotFoundError) and isinstance(self.request, AutoSnapshotCopy):
            return evolve(error, *error.parts, "Only the latest seven automatic snapshots exist.")
        if isinstance(error, NameInUseError) and self.adopt:
            return evolve(error, error.parts[0], _NOT_LOOKED_UP)
        return error

    def explained(self) -> Exception:
        """Return the error of the copy with what the lookups found."""
        if self._needs_one_lookup or not (self.is_unknown or isinstance(self.error, LightsailCopyError)):
            return self.without_findings()
        error, (found, advice) = self.error, self._findings()
        if isinstance(error, LightsailCopyError) and not (
            isinstance(error, ServiceUnreachableError) and self.is_unknown
        ):
            return evolve(error, error.parts[0], found, *((advice,) if advice else error.parts[1:]))
        cause = (error.__cause__ or error) if isinstance(error, ServiceUnreachableError) else error
        explained = UnknownOutcomeError(_brief(cause), request=self.request, findings=(found, advice))
        explained.__cause__ = cause
        return explained

    def _count(self) -> str:
        return f"{self._lookups} lookup{'s' if self._lookups > 1 else ''} in {self._lasted():.0f} s"

    def _findings(self) -> tuple[str, str]:
        """Return what the lookups found, and what to do, which is empty if the error says it."""
        verdict, trouble, skipped = self.finding.verdict, self._lookup.trouble, self._lookup.skipped
        if verdict is Verdict.DOUBT and self.is_unknown:
            return str(self.finding), _IN_DOUBT
        if self._is_hidden:
            return str(self.finding), self._may_have_started()
        if verdict is not Verdict.FREE:
            return str(self.finding), self._advice_for_a_name_in_use()
        if trouble is not None:
            found = as_sentence(f"The name could not be looked up ({self._count()}): {_brief(trouble)}")
        else:
            unparsed = f"; {skipped} could not be parsed." if skipped else "."
            found = f"{self._count()} found no operation with the name{unparsed}"
        # If nothing was observed, the retries count as those of a throttled call.
        is_free = isinstance(self.error, ThrottledError) and self._free_in_a_row >= _LOOKUPS_TO_BE_FREE
        if self.is_unknown and not (is_free and not self.is_observed):
            return found, self._may_have_started()
        if not isinstance(self.error, NameInUseError):
            return found, ""
        return found, _ANOTHER_NAME if trouble is None else _USER_IS_UNKNOWN

    def _may_have_started(self) -> str:
        again = "try again later" if self.adopt else "try again with if_exists='adopt'"
        return f"The copy may have started: look for the name in the target Region, or {again}."

    def _advice_for_a_name_in_use(self) -> str:
        operation = self.finding.operation
        if self.finding.is_other_date:
            return "That copy is of another date: put the date into the target snapshot name."
        if operation is not None and operation.failed:
            return "That operation failed: delete its snapshot, then try again."
        if isinstance(self.error, NameInUseError):
            return "" if self.finding.is_same_source and not self.adopt else _ANOTHER_NAME
        if self.finding.is_same_source and not self.adopt:
            return (
                "This copy did not start: choose another target snapshot name, or adopt that copy (if_exists='adopt')."
            )
        return "This copy did not start: choose another target snapshot name."


_ANOTHER_NAME = "Choose another target snapshot name."
_NOT_LOOKED_UP = "What uses it was not looked up: give a lookup_timeout of 0 or more, or another name."
_USER_IS_UNKNOWN = "It may be this copy: try again before you choose another name."
_IN_DOUBT = "The copy may have started: check whether this operation is yours before you copy again."


def _may_pass(error: Exception) -> bool:
    """Return whether the error of a call that started nothing may pass."""
    if isinstance(error, ServiceUnreachableError):
        return error.may_pass
    return isinstance(error, (NameInUseError, ThrottledError))


def _brief(error: BaseException) -> str:
    if isinstance(error, AccessDeniedError):
        return f"{type(error).__name__}: allow {error.action}"
    if isinstance(error, LightsailCopyError):
        return type(error).__name__
    return shorten(hide_password(describe_error(error)), 100)
