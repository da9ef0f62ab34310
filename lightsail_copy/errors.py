"""
What can go wrong, as values with a sentence.

    LightsailCopyError
      InvalidRequestError            also a ValueError
      ServiceError                   also a botocore ClientError
        AccessDeniedError
        AccountSetupInProgressError
        InvalidInputError
          NameInUseError
          QuotaExceededError
        NotFoundError
        OperationFailureError
        RegionSetupInProgressError
        ServiceFaultError
        UnauthenticatedError
        ThrottledError
      UnexpectedResponseError
      UnknownOutcomeError
      OperationFailedError
      WaitTimeoutError               also a TimeoutError

Every error pickles and copies as its importable class, with its message and attributes; what it was raised from
(`__cause__`) stays behind, as Python's own errors leave it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from attrs import frozen
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lightsail_copy.operations import Operation
    from lightsail_copy.requests import SnapshotCopyRequest


def _revive(cls: type[LightsailCopyError], args: tuple[object, ...], state: dict[str, object]) -> LightsailCopyError:
    """Make an error again without calling its `__init__`, which takes other arguments than `args` holds."""
    error = cls.__new__(cls, *args)
    # An OSError with an `__init__` of its own does not take its args from `__new__`.
    error.args = args
    error.__dict__.update(state)
    return error


class LightsailCopyError(Exception):
    """
    Any error of this package's own.

    Attributes:
        operations: the operations as last seen, where the error ended a wait; otherwise empty.
    """

    args: tuple[Any, ...]  # as Exception has it: what a class only assigns, each type checker infers by itself
    operations: tuple[Operation, ...] = ()
    _importable: ClassVar[type[LightsailCopyError] | None] = None

    def say_more(self, sentence: str) -> None:
        """Add a sentence to the message, with what was learned after the error was made."""
        self.args = (f"{self.args[0]} {sentence}",)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as the importable class: the class raised may be one of a single client's (see `caught_as_both`)."""
        return _revive, (self._importable or type(self), self.args, self.__dict__)


@frozen
class Problem:
    """
    One rule that a request breaks.

    Attributes:
        field: the name of the argument.
        given: what was given, as its `repr`, shortened where it is long.
        rule: what the service asks for.
        remedy: what to write instead.
    """

    field: str
    given: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.field} is {self.given}, but {self.rule}: {self.remedy}"


class InvalidRequestError(LightsailCopyError, ValueError):
    """
    A request that the service is documented to refuse; nothing was sent.

    Attributes:
        problems: every broken rule, in the order of the fields.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Take the broken rules, at least one."""
        super().__init__(f"Nothing was sent: {'; '.join(map(str, problems))}")
        self.problems = problems


class ServiceError(LightsailCopyError, ClientError):
    """
    The service refused a call, or failed at it.

    It is also the `ClientError` that botocore raised (`response` and `operation_name` are kept), and where it was
    raised by a real client, also that client's own class, so that ``except client.exceptions.X`` goes on working.

    Attributes:
        code: the service's code, such as `NotFoundException`.
        message: the service's own message.
        docs: the address of a page that the service points to, or None.
        tip: the service's advice, or None.
        detail_code: the finer code within the reply's body, or None.
        request_id: the request's id, which AWS Support asks for, or None.
        http_status: the HTTP status of the reply, or None.
        retry_attempts: how often botocore had sent the request again before this reply.
    """

    advice: ClassVar[str] = "See the service's message, and repeat the call once its cause is gone."

    def __init__(self, error_response: Mapping[str, Any], operation_name: str) -> None:
        """Take the parsed error reply and the operation's name, as botocore's `ClientError` does."""
        # Any: botocore-stubs declare a TypedDict, which a reply from outside need not keep.
        super().__init__(cast("Any", error_response), operation_name)
        error = mapping_or_empty(error_response.get("Error"))
        metadata = mapping_or_empty(error_response.get("ResponseMetadata"))
        status, attempts = metadata.get("HTTPStatusCode"), metadata.get("RetryAttempts")
        self.code: str = text_or_none(error.get("Code")) or "Unknown"
        self.message: str = text_or_none(error.get("Message")) or ""
        self.docs: str | None = text_or_none(error_response.get("docs"))
        self.tip: str | None = text_or_none(error_response.get("tip"))
        self.detail_code: str | None = text_or_none(error_response.get("code"))
        self.request_id: str | None = text_or_none(metadata.get("RequestId"))
        self.http_status: int | None = status if isinstance(status, int) else None
        self.retry_attempts: int = attempts if isinstance(attempts, int) else 0
        self.say_more(f"-- {self.advice}")


def mapping_or_empty(value: object) -> Mapping[str, Any]:
    """Return a value that is a dict, and an empty one for what is none: a broken reply must not break its error."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def text_or_none(value: object) -> str | None:
    """Return a value that is text, and None for what is none, likewise."""
    return value if isinstance(value, str) else None


class AccessDeniedError(ServiceError):
    """The caller may not do this."""

    advice = (
        "Allow lightsail:CopySnapshot, lightsail:GetOperation and lightsail:GetOperationsForResource in the target"
        " Region, and lightsail:GetAutoSnapshots in the source Region; a Region launched after March 2019 must be"
        " enabled for the account first."
    )


class AccountSetupInProgressError(ServiceError):
    """The account is still being set up."""

    advice = "Wait some minutes until the account is set up, then repeat the call."


class InvalidInputError(ServiceError):
    """The service refused what was asked."""

    advice = "Change what the service's message names, then repeat the call."


class NameInUseError(InvalidInputError):
    """The target Region already has a resource of that name, of whatever type."""

    advice = (
        "Names are one namespace per Region across all resource types: choose another target_snapshot_name, such as"
        " one with the date in it, or delete the resource that holds this one; if it is this very copy, made before,"
        " if_exists='adopt' returns it."
    )


class QuotaExceededError(InvalidInputError):
    """The account has reached a limit of the service's."""

    advice = "Delete what is no longer needed, or ask AWS Support for a higher limit."


class NotFoundError(ServiceError):
    """What was asked for does not exist in that Region."""

    advice = (
        "Check the name and the Region: a copy is asked of the target Region, its source is looked for in"
        " source_region, and only the latest seven automatic snapshots exist, dated in UTC."
    )


class OperationFailureError(ServiceError):
    """The service could not carry out the operation."""

    advice = "Look at the state of the source, then repeat the call."


class RegionSetupInProgressError(ServiceError):
    """Lightsail is still being set up in that Region for this account."""

    advice = "Wait some minutes until the Region is set up, then repeat the call."


class ServiceFaultError(ServiceError):
    """The service itself failed (HTTP 5xx)."""

    advice = "The fault lies with the service: look whether what was asked has happened before repeating the call."


class UnauthenticatedError(ServiceError):
    """The credentials are missing, wrong or expired."""

    advice = "Renew the credentials (for example with `aws sso login`), check the machine's clock, and repeat the call."


class ThrottledError(ServiceError):
    """Too many requests in too short a time."""

    advice = "Wait, then repeat the call, or let botocore re-send more often: Config(retries={'max_attempts': 10})."


class UnexpectedResponseError(LightsailCopyError):
    """
    A reply came and is not understood.

    Attributes:
        path: the dotted place of the fault, such as `operations.0.createdAt`; empty for the reply itself.
        response: what botocore returned; or, where botocore's own parser failed, a dict of the reply's `status_code`,
            `headers` and `body`; or None where botocore dropped it.
    """

    def __init__(self, fault: str, *, path: str, response: object) -> None:
        """Take what is wrong, where, and the whole reply."""
        super().__init__(
            f"A reply of the service's is not understood at {path or 'its top'}: {fault}. If it answers a copy, the"
            " copy may have started all the same: look for the target name in the target Region before copying again."
        )
        self.path = path
        self.response = response


class UnknownOutcomeError(LightsailCopyError):
    """
    No answer came to a copy, and asking the service did not settle whether it started.

    Attributes:
        request: what was asked.
    """

    def __init__(self, cause: str, *, request: SnapshotCopyRequest, found: str) -> None:
        """Take what kept the answer away, the request, and what was found by asking."""
        super().__init__(f"No answer came to the copy as {request.target_snapshot_name!r} ({cause}). {found}")
        self.request = request


class OperationFailedError(LightsailCopyError):
    """
    One or more of the operations waited for ended badly; all of them are done.

    Attributes:
        operations: all of them, in the order given.
        failed: those that failed.
    """

    def __init__(self, operations: tuple[Operation, ...]) -> None:
        """Take the operations, of which at least one failed."""
        failed = tuple(operation for operation in operations if operation.failed)
        reasons = "; ".join(
            f"{operation.resource_name} (operation {operation.id}): {operation.error_code or 'no code'},"
            f" {operation.error_details or 'no details'}"
            for operation in failed
        )
        super().__init__(
            f"{len(failed)} of {len(operations)} operations failed: {reasons} -- a failed snapshot may still hold its"
            " name: delete it before copying again under that name."
        )
        self.operations = operations
        self.failed = failed


class WaitTimeoutError(LightsailCopyError, TimeoutError):
    """
    A wait took longer than it was allowed to; the operations go on.

    Attributes:
        operations: the operations as last seen, in the order given.
        waited: how long it was waited, in seconds.
    """

    def __init__(self, operations: tuple[Operation, ...], *, waited: float) -> None:
        """Take the operations as last seen, and the time waited, in seconds."""
        pending = ", ".join(f"{each.resource_name} ({each.id}, {each.status})" for each in operations if not each.done)
        # One argument alone: an OSError takes a second one for an errno.
        super().__init__(
            f"After {waited:.0f} s not all is done: {pending or 'nothing was seen of the operations'}. The service"
            " carries on: wait again, from the same operations or their ids, here or on another machine."
        )
        self.operations = operations
        self.waited = waited


def caught_as_both(ours: type[ServiceError], theirs: type[ClientError]) -> type[ServiceError]:
    """
    Return a class that both ``except ours`` and ``except theirs`` catch.

    boto3 makes its error classes anew for every client, so `theirs` cannot be imported, and what is made here is not
    kept: it would hold on to the client.
    """
    if issubclass(ours, theirs):
        return ours
    namespace = {"__doc__": ours.__doc__, "__module__": ours.__module__, "_importable": ours}
    return type(ours.__name__, (ours, theirs), namespace)
