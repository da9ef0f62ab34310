"""
Pure translation: replies to results, errors to errors. No client, no clock.

Sources: the API page of CopySnapshot, botocore's model, and replies seen on the wire.
"""

from __future__ import annotations

from traceback import walk_tb
from typing import TYPE_CHECKING

from lightsail_copy.errors import (
    AccessDeniedError,
    AccountSetupInProgressError,
    InvalidInputError,
    NameInUseError,
    NotFoundError,
    OperationFailureError,
    QuotaExceededError,
    RegionSetupInProgressError,
    ServiceError,
    ServiceFaultError,
    ThrottledError,
    UnauthenticatedError,
    UnexpectedResponseError,
    caught_as_both,
)
from lightsail_copy.operations import CopySnapshotResult, Operation
from lightsail_copy.reading import Reader, shown
from lightsail_copy.snapshots import AutoSnapshot

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

# The eight of the API page, then codes that every AWS service may answer with.
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
    # What botocore itself takes for throttling.
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
_TOO_MANY_REQUESTS = 429
_SERVER_ERRORS = 500


def read_copy_reply(reply: object) -> CopySnapshotResult:
    """Read the reply of CopySnapshot."""
    reader = Reader.of(reply)
    return CopySnapshotResult(tuple(map(Operation.read, reader.each("operations"))), _request_id(reader))


def read_operation_reply(reply: object) -> Operation:
    """Read the reply of GetOperation."""
    return Operation.read(Reader.of(reply).within("operation"))


def read_auto_snapshots_reply(reply: object) -> tuple[AutoSnapshot, ...]:
    """Read the reply of GetAutoSnapshots, newest first whatever its order."""
    snapshots = map(AutoSnapshot.read, Reader.of(reply).each("autoSnapshots"))
    return tuple(sorted(snapshots, key=lambda snapshot: (snapshot.date, snapshot.created_at), reverse=True))


def _request_id(reader: Reader) -> str | None:
    metadata = reader.mapping.get("ResponseMetadata")
    return metadata.get("RequestId") if isinstance(metadata, dict) else None


def service_error(error: ClientError) -> ServiceError:
    """
    Return the typed error of an error that botocore raised.

    Args:
        error: botocore's error, which the typed one goes on being caught as.
    """
    plain = ServiceError(error.response, error.operation_name)
    cls = _class_of(plain)
    return caught_as_both(cls, type(error))(error.response, error.operation_name)


def _class_of(error: ServiceError) -> type[ServiceError]:
    cls = _BY_CODE.get(error.code)
    # Seen on the wire: a source that is not there, under a code that is none of the published.
    if "DoesNotExist" in f"{error.code} {error.message}":
        return NotFoundError
    if cls is InvalidInputError:
        return _class_of_refused_input(error.message.lower())
    if cls is None and error.http_status is not None:
        cls = ThrottledError if error.http_status == _TOO_MANY_REQUESTS else None
        cls = ServiceFaultError if error.http_status >= _SERVER_ERRORS else cls
    return cls or ServiceError


def _class_of_refused_input(message: str) -> type[InvalidInputError]:
    """Tell a conflict of names and a quota by the service's words: their code is that of every refused input."""
    if "already in use" in message:
        return NameInUseError
    return QuotaExceededError if "maximum" in message and "limit" in message else InvalidInputError


def unreadable_reply(error: Exception) -> UnexpectedResponseError | None:
    """
    Return the typed error of a reply that botocore's own parser stumbled over, or None where there was no reply.

    botocore lets whatever its parser raises escape (`ResponseParserError`, but also `AttributeError`, `TypeError`,
    `ValueError`, ...), without the reply. That one had come is seen from the traceback, where `_do_get_response` of
    `botocore.endpoint` holds it; to register for botocore's events would change the caller's client.

    Args:
        error: any error that a client's method raised.
    """
    for frame, _ in walk_tb(error.__traceback__):
        if frame.f_code.co_name == "_do_get_response" and "response_dict" in frame.f_locals:
            reply = frame.f_locals["response_dict"]
            response = {
                "status_code": reply["status_code"],
                "headers": dict(reply["headers"]),
                "body": bytes(reply["body"]),
            }
            return UnexpectedResponseError(f"botocore says {shown(error)}", path="", response=response)
    return None
