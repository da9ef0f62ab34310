"""
The service's errors: their classes, and the table from codes to classes.

Sources: the API page of CopySnapshot (the eight modelled errors), botocore's model, and errors seen on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from botocore.exceptions import ClientError

from lightsail_copy.errors import LightsailCopyError, as_sentence, combined_class
from lightsail_copy.operations import Operation
from lightsail_copy.parsing import mapping_or_empty, text_or_none

TOO_MANY_REQUESTS = 429
CLIENT_ERRORS = 400
SERVER_ERRORS = 500
NOT_IMPLEMENTED = 501
_MANY_ATTEMPTS = 10


class ServiceError(LightsailCopyError, ClientError):
    """
    The service rejected a call, or failed while it handled one.

    It is also the `ClientError` that botocore raised (`response` and `operation_name` are kept). If a real client
    raised it, it is also an instance of that client's class, so ``except client.exceptions.X`` catches it.

    Attributes:
        code: the service's code, such as `NotFoundException`.
        message: the service's own message.
        docs: the URL of a page that the service points to, or None.
        tip: the service's advice, or None.
        detail_code: the more specific code in the response's body, or None.
        request_id: the request's id, which AWS Support asks for, or None.
        http_status: the HTTP status of the response, or None.
        retry_attempts: how many times botocore had retried before this response.
        region_name: the Region of the client, or None if it has none.
    """

    operations: tuple[Operation, ...] = ()
    _advice: ClassVar[str] = "Act on the service's message, then try again."
    _is_of_any_service: ClassVar[bool] = False  # whether the advice is also right for the services of the credentials

    def __init__(
        self,
        error_response: Mapping[str, Any],
        operation_name: str,
        region_name: str | None = None,
        endpoint: str | None = None,
    ) -> None:
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
        self._endpoint = f" {endpoint}" if endpoint else ""
        # botocore's text ends with a colon if the message is empty, and with "Unknown" if there is none.
        text = str(self.args[0])
        said = as_sentence(text if self.message.strip() else text.rpartition(": ")[0])
        is_own = operation_name not in _CREDENTIAL_SERVICES
        LightsailCopyError.__init__(self, said, self._advise() if is_own else self._advise_on_credentials())

    @property
    def action(self) -> str:
        """The action that the caller needs permission for, such as ``lightsail:CopySnapshot``."""
        return f"{_CREDENTIAL_SERVICES.get(self.operation_name, 'lightsail')}:{self.operation_name}"

    def _advise(self) -> str:
        return self._advice

    def _advise_on_credentials(self) -> str:
        if self._is_of_any_service:
            return self._advice
        service = _CREDENTIAL_SERVICES[self.operation_name]
        return f"The error comes from {service}, which provides the credentials: check the profile, and sign in."


class AccessDeniedError(ServiceError):
    """The caller is not allowed to call this operation in this Region."""

    def _advise(self) -> str:
        region = f" in {self.region_name}" if self.region_name else ""
        return f"Allow the action {self.action} on the resource '*'{region}, or enable the Region for the account."

    def _advise_on_credentials(self) -> str:
        if not self.operation_name.startswith("AssumeRole"):
            return super()._advise_on_credentials()
        return f"Allow the caller the action {self.action}, and name the caller in the role's trust policy."


class AccountSetupInProgressError(ServiceError):
    """The account is still being set up."""

    _advice = "Wait some minutes until the account is set up, then try again."


class InvalidInputError(ServiceError):
    """The service rejected the request's parameters."""

    _advice = "Correct the parameter that the message names, then try again."


class NameInUseError(InvalidInputError):
    """The target name is already in use, by a resource of any type."""

    _advice = "Choose another target snapshot name, or adopt the existing copy (if_exists='adopt')."


class QuotaExceededError(InvalidInputError):
    """The account has reached a quota of the service."""

    _advice = "Delete what you no longer need, or ask AWS Support for a higher quota."


class NotFoundError(ServiceError):
    """The resource does not exist in that Region."""

    _ADVICE: ClassVar[Mapping[str, str]] = {
        "CopySnapshot": "Check the name and the Region of the source.",
        "GetOperation": "Check the operation's id and the Region: a copy's operation is in the target Region.",
    }
    _advice = "Check the name and the Region."

    def _advise(self) -> str:
        return self._ADVICE.get(self.operation_name, self._advice)


class OperationFailureError(ServiceError):
    """The service could not carry out the operation."""

    _advice = "Check the state of the source, then try again."


class RegionSetupInProgressError(ServiceError):
    """Lightsail is still being set up in that Region for this account."""

    _advice = "Wait some minutes until the Region is set up, then try again."


class ServiceFaultError(ServiceError):
    """The service itself failed (HTTP 5xx)."""

    _advice = "The service failed: try again later."
    _is_of_any_service = True

    @property
    def may_pass(self) -> bool:
        """Whether a later attempt may succeed, which it cannot at an endpoint without Lightsail (HTTP 501)."""
        return self.http_status != NOT_IMPLEMENTED

    def _advise(self) -> str:
        if self.may_pass:
            return self._advice
        return f"The endpoint{self._endpoint} has no such operation: check the endpoint (AWS_ENDPOINT_URL)."


class UnauthenticatedError(ServiceError):
    """The credentials are missing, wrong, or expired."""

    _advice = "Renew the credentials (for example with `aws sso login`), check the machine's clock, and try again."
    _is_of_any_service = True


class ThrottledError(ServiceError):
    """Too many requests in too short a time."""

    _advice = "Wait, then try again."
    _is_of_any_service = True

    def _advise(self) -> str:
        # A client without retries is configured so: AWS_MAX_ATTEMPTS changes nothing.
        if not 1 < self.retry_attempts + 1 < _MANY_ATTEMPTS:
            return self._advice
        return f"Wait, then try again, or allow botocore more attempts (AWS_MAX_ATTEMPTS={_MANY_ATTEMPTS})."


# The operations that a client calls to get its credentials, and their services.
_CREDENTIAL_SERVICES: Mapping[str, str] = {
    **dict.fromkeys(("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "GetSessionToken"), "sts"),
    "CreateOAuth2Token": "signin",
    "CreateToken": "sso-oidc",
    "GetRoleCredentials": "sso",
}

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


def service_error(error: ClientError, region_name: str | None = None, endpoint: str | None = None) -> ServiceError:
    """Return the typed error of one that botocore raised; it is also an instance of that one's class."""
    plain = ServiceError(error.response, error.operation_name)
    cls = combined_class(_class_of(plain), type(error))
    return cls(error.response, error.operation_name, region_name, endpoint)


def _class_of(error: ServiceError) -> type[ServiceError]:
    cls = _BY_CODE.get(error.code)
    message = error.message.lower()
    if cls is None and error.code.removesuffix("Exception").endswith(("LimitExceeded", "QuotaExceeded")):
        return QuotaExceededError
    if cls in {InvalidInputError, OperationFailureError}:
        cls = _class_by_message(message) or cls
    # Seen on the wire for a source that does not exist, with an unpublished code. A name in a message about a conflict
    # may contain the text too.
    if cls in {None, InvalidInputError} and "DoesNotExist" in f"{error.code} {error.message}":
        return NotFoundError
    if cls is None and error.http_status is not None:
        cls = ThrottledError if error.http_status == TOO_MANY_REQUESTS else None
        cls = ServiceFaultError if error.http_status >= SERVER_ERRORS else cls
    return cls or ServiceError


def _class_by_message(message: str) -> type[InvalidInputError] | None:
    """Recognize a name conflict or a quota by the service's message, because other errors have the same codes."""
    if "already in use" in message:
        return NameInUseError
    # Lightsail's own wording, and EC2's, which makes the copies.
    is_quota = ("maximum" in message and "limit" in message) or ("too many" in message and "in progress" in message)
    return QuotaExceededError if is_quota else None
