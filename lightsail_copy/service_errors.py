"""
The service's errors: their classes, and the table from codes to classes.

Sources: the API page of CopySnapshot (the eight modelled errors), botocore's model, and errors seen on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from botocore.exceptions import ClientError

from lightsail_copy.errors import LightsailCopyError
from lightsail_copy.messages import Text, as_sentence
from lightsail_copy.operations import Operation
from lightsail_copy.parsing import mapping_or_empty, text_or_none

PERMISSIONS_PAGE = "https://github.com/lightsail-copy/lightsail-copy/blob/main/docs/permissions.md"
TOO_MANY_REQUESTS = 429
CLIENT_ERRORS = 400
SERVER_ERRORS = 500
NOT_IMPLEMENTED = 501


class ServiceError(LightsailCopyError, ClientError):
    """
    The service rejected a call, or failed while it handled one.

    It is also the `ClientError` that botocore raised (`response` and `operation_name` are kept). If a real client
    raised it, it is also an instance of that client's class, so ``except client.exceptions.X`` catches it.

    Attributes:
        code: the service's code, such as `NotFoundException`.
        message: the service's own message.
        docs: the address of a page that the service points to, or None.
        tip: the service's advice, or None.
        detail_code: the finer code within the response's body, or None.
        request_id: the request's id, which AWS Support asks for, or None.
        http_status: the HTTP status of the response, or None.
        retry_attempts: how many times botocore had retried before this response.
        region_name: the Region of the client, or None where it has none.
    """

    operations: tuple[Operation, ...] = ()
    _advice: ClassVar[Text] = Text("Act on the service's message, then {call_again}.")

    def __init__(self, error_response: Mapping[str, Any], operation_name: str, region_name: str | None = None) -> None:
        """Take the parsed error response and the operation's name, as botocore's `ClientError` does, and the Region."""
        # Any: botocore-stubs declare a TypedDict, which a foreign response may break.
        ClientError.__init__(self, cast("Any", error_response), operation_name)
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
        self.region_name = region_name
        self.set_message(as_sentence(str(self.args[0])), self._advise())

    def _advise(self) -> str:
        return self._advice


class AccessDeniedError(ServiceError):
    """The caller may not call this operation in this Region."""

    def _advise(self) -> str:
        region = f" in {self.region_name}" if self.region_name else ""
        return Text(
            "Allow the action {action}{region}, or enable the Region: {page}",
            action=f"lightsail:{self.operation_name}",
            region=region,
            page=PERMISSIONS_PAGE,
        )


class AccountSetupInProgressError(ServiceError):
    """The account is still being set up."""

    _advice = Text("Wait some minutes until the account is set up, then {call_again}.")


class InvalidInputError(ServiceError):
    """The service rejected the request's parameters."""

    _advice = Text("Correct the parameter that the message names, then {call_again}.")


class NameInUseError(InvalidInputError):
    """The target Region has a resource of that name already, of any type."""

    _advice = Text("Choose another {target_snapshot_name}, or {call_with_adopt}.")


class QuotaExceededError(InvalidInputError):
    """The account has reached a quota of the service."""

    _advice = Text("Delete what you no longer need, or ask AWS Support for a higher quota.")


class NotFoundError(ServiceError):
    """The resource does not exist in that Region."""

    _ADVICE: ClassVar[Mapping[str, Text]] = {
        "CopySnapshot": Text(
            "Check the source's name and {source_region}; only the latest seven automatic snapshots exist."
        ),
        "GetOperation": Text("Check the operation's id and the Region: a copy's operation is in the target Region."),
    }
    _advice = Text("Check the name and the Region.")

    def _advise(self) -> str:
        return self._ADVICE.get(self.operation_name, self._advice)


class OperationFailureError(ServiceError):
    """The service could not carry out the operation."""

    _advice = Text("Check the state of the source, then {call_again}.")


class RegionSetupInProgressError(ServiceError):
    """Lightsail is still being set up in that Region for this account."""

    _advice = Text("Wait some minutes until the Region is set up, then {call_again}.")


class ServiceFaultError(ServiceError):
    """The service itself failed (HTTP 5xx)."""

    _advice = Text("The service failed: {call_again} later.")


class UnauthenticatedError(ServiceError):
    """The credentials are missing, wrong or expired."""

    _advice = Text(
        "Renew the credentials (for example with `aws sso login`), check the machine's clock, and {call_again}."
    )


class ThrottledError(ServiceError):
    """Too many requests in too short a time."""

    _advice = Text("Wait, then {call_again}, or allow botocore more attempts: {more_attempts}.")


# The eight of the API page, then codes that every AWS service may return.
_BY_CODE: dict[str, type[ServiceError]] = {
    "AccessDeniedException": AccessDeniedError,
    "AccountSetupInProgressException": AccountSetupInProgressError,
    "InvalidInputException": InvalidInputError,
    "NotFoundException": NotFoundError,
    "OperationFailureException": OperationFailureError,
    "RegionSetupInProgressException": RegionSetupInProgressError,
    "ServiceException": ServiceFaultError,
    "UnauthenticatedException": UnauthenticatedError,
    **dict.fromkeys(("AccessDenied", "OptInRequired", "UnauthorizedOperation"), AccessDeniedError),
    **dict.fromkeys(("InvalidParameterValueException", "ValidationException"), InvalidInputError),
    **dict.fromkeys(
        (
            "AuthFailure",
            "ExpiredToken",
            "ExpiredTokenException",
            "IncompleteSignature",
            "IncompleteSignatureException",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "RequestExpired",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException",
        ),
        UnauthenticatedError,
    ),
    # The codes that botocore retries as throttling.
    **dict.fromkeys(
        (
            "BandwidthLimitExceeded",
            "EC2ThrottledException",
            "LimitExceededException",
            "PriorRequestNotComplete",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "RequestThrottled",
            "RequestThrottledException",
            "SlowDown",
            "Throttling",
            "ThrottledException",
            "ThrottlingException",
            "TooManyRequestsException",
            "TransactionInProgressException",
        ),
        ThrottledError,
    ),
}


def service_error(error: ClientError, region_name: str | None = None) -> ServiceError:
    """
    Return the typed error of an error that botocore raised.

    Args:
        error: botocore's error; the typed error is also an instance of its class.
        region_name: the Region of the client.
    """
    plain = ServiceError(error.response, error.operation_name)
    cls = combined_class(_class_of(plain), type(error))
    return cls(error.response, error.operation_name, region_name)


def _class_of(error: ServiceError) -> type[ServiceError]:
    cls = _BY_CODE.get(error.code)
    if cls is InvalidInputError:
        cls = _class_of_invalid_input(error.message.lower())
    # Seen on the wire: a source that does not exist, with a code that is not published. A name in a message about a
    # conflict may contain the text too.
    if cls in {None, InvalidInputError} and "DoesNotExist" in f"{error.code} {error.message}":
        return NotFoundError
    if cls is None and error.http_status is not None:
        cls = ThrottledError if error.http_status == TOO_MANY_REQUESTS else None
        cls = ServiceFaultError if error.http_status >= SERVER_ERRORS else cls
    return cls or ServiceError


def _class_of_invalid_input(message: str) -> type[InvalidInputError]:
    """Distinguish a name conflict and a quota by the service's message, as they share one code."""
    if "already in use" in message:
        return NameInUseError
    return QuotaExceededError if "maximum" in message and "limit" in message else InvalidInputError


def combined_class(ours: type[ServiceError], theirs: type[ClientError]) -> type[ServiceError]:
    """
    Return a class that both ``except ours`` and ``except theirs`` catch.

    boto3 makes its error classes anew for every client, so `theirs` cannot be imported. The new class is not kept: it
    would keep the client alive.
    """
    if issubclass(ours, theirs):
        return ours
    namespace = {"__doc__": ours.__doc__, "__module__": ours.__module__, "_importable": ours}
    return type(ours.__name__, (ours, theirs), namespace)
