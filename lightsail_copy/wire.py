"""
Pure translation: replies to results, errors to errors. No client, no clock.

Sources: the API page of CopySnapshot, botocore's model, and replies seen on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import frozen

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
    caught_as_both,
    mapping_or_empty,
    text_or_none,
)
from lightsail_copy.operations import Operation
from lightsail_copy.reading import Reader
from lightsail_copy.snapshots import AutoSnapshot, Snapshot

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
SERVER_ERRORS = 500


def read_operation_reply(reply: object) -> Operation:
    """Read the reply of GetOperation."""
    return Operation.read(Reader.of(reply).within("operation"))


def read_instance_size(reply: object) -> int:
    """Read how many GB the system disk of an instance holds, from the reply of GetInstance."""
    disks = Reader.of(reply).within("instance").within("hardware").each("disks")
    return sum(disk.whole_number("sizeInGb") for disk in disks if disk.flag("isSystemDisk"))


def read_disk_size(reply: object) -> int:
    """Read how many GB a disk holds, from the reply of GetDisk."""
    return Reader.of(reply).within("disk").whole_number("sizeInGb")


@frozen
class OperationsPage:
    """
    A page of operations.

    Attributes:
        operations: the operations, in the service's order.
        next_token: what asks for the next page, or None on the last.
        request_id: the id of the request that was answered.
        headers: those of the reply, their names in lower case.
    """

    operations: tuple[Operation, ...]
    next_token: str | None
    request_id: str | None
    headers: Mapping[str, str]


def read_operations_page(reply: object) -> OperationsPage:
    """Read a reply of GetOperationsForResource."""
    reader = Reader.of(reply)
    metadata = mapping_or_empty(reader.mapping.get("ResponseMetadata"))
    operations = tuple(map(Operation.read, reader.each("operations")))
    next_token = reader.optional_text("nextPageToken")
    headers = mapping_or_empty(metadata.get("HTTPHeaders"))
    return OperationsPage(operations, next_token, text_or_none(metadata.get("RequestId")), headers)


def read_auto_snapshots_reply(reply: object) -> tuple[AutoSnapshot, ...]:
    """Read the reply of GetAutoSnapshots, newest first whatever its order."""
    snapshots = map(AutoSnapshot.read, Reader.of(reply).each("autoSnapshots"))
    return tuple(sorted(snapshots, key=lambda snapshot: (snapshot.date, snapshot.created_at), reverse=True))


def read_snapshot_reply(reply: object, key: str) -> Snapshot:
    """Read the reply of GetInstanceSnapshot or GetDiskSnapshot, whose snapshot is under a key of its own."""
    return Snapshot.read(Reader.of(reply).within(key))


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
    if cls is InvalidInputError:
        cls = _class_of_refused_input(error.message.lower())
    # Seen on the wire: a source that is not there, under a code that is none of the published. A name that the service
    # refuses as in use may hold the word too.
    if cls in {None, InvalidInputError} and "DoesNotExist" in f"{error.code} {error.message}":
        return NotFoundError
    if cls is None and error.http_status is not None:
        cls = ThrottledError if error.http_status == _TOO_MANY_REQUESTS else None
        cls = ServiceFaultError if error.http_status >= SERVER_ERRORS else cls
    return cls or ServiceError


def _class_of_refused_input(message: str) -> type[InvalidInputError]:
    """Tell a conflict of names and a quota by the service's words: their code is that of every refused input."""
    if "already in use" in message:
        return NameInUseError
    return QuotaExceededError if "maximum" in message and "limit" in message else InvalidInputError
