"""
What the service gave for a copy: operations, and the result that holds them.

Source: the API page of CopySnapshot (Response Structure), and replies seen on the wire.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from attrs import frozen

from lightsail_copy.enums import OperationStatus, OperationType, RegionName, ResourceType, Unrecognized
from lightsail_copy.errors import UnexpectedResponseError, mapping_or_empty, text_or_none
from lightsail_copy.reading import Reader, without_none, written

if TYPE_CHECKING:
    from collections.abc import Mapping

_SUCCESSES = frozenset({OperationStatus.COMPLETED, OperationStatus.SUCCEEDED})
_ENDS = _SUCCESSES | {OperationStatus.FAILED}


@frozen
class ResourceLocation:
    """
    Where a resource is.

    Attributes:
        availability_zone: the Availability Zone, or `all` for what belongs to a whole Region, as snapshots do.
        region_name: the Region.
    """

    availability_zone: str
    region_name: RegionName | Unrecognized

    @classmethod
    def read(cls, reader: Reader) -> ResourceLocation:
        """Read a location's wire form."""
        return cls(reader.text("availabilityZone"), RegionName.read(reader.text("regionName")))

    def to_dict(self) -> dict[str, Any]:
        """Return the wire form, ready for JSON."""
        return {"availabilityZone": self.availability_zone, "regionName": str(self.region_name)}


@frozen
class Operation:
    """
    One operation of the service's, as it was when the service was asked.

    Attributes:
        id: the operation's id, which `get_operation` takes.
        resource_name: the resource acted on; for a copy the target snapshot's name.
        resource_type: that resource's type.
        created_at: when the operation began, in UTC.
        location: where; for a copy the target Region.
        is_terminal: whether the service says that nothing more will happen.
        operation_type: what it does.
        status: how far it has come.
        operation_details: free text; for a copy `<source Region>:<source name>`.
        status_changed_at: when the status last changed, in UTC.
        error_code: why it failed.
        error_details: why it failed, at length.
    """

    id: str
    resource_name: str
    resource_type: ResourceType | Unrecognized
    created_at: datetime
    location: ResourceLocation
    is_terminal: bool
    operation_type: OperationType | Unrecognized
    status: OperationStatus | Unrecognized
    operation_details: str | None = None
    status_changed_at: datetime | None = None
    error_code: str | None = None
    error_details: str | None = None

    @classmethod
    def from_dict(cls, mapping: Mapping[str, object]) -> Operation:
        """
        Read an operation from boto3's dict, from the AWS CLI's JSON, or from `to_dict`.

        Args:
            mapping: the wire form; times as aware datetimes, epoch seconds or ISO 8601 text. Unknown keys are ignored.

        Returns:
            The operation, with its times in UTC.

        Raises:
            UnexpectedResponseError: something required is missing, null, or of another type; `path` names it.
        """
        return cls.read(Reader.of(mapping))

    @classmethod
    def read(cls, reader: Reader) -> Operation:
        """Read an operation's wire form, wherever in a reply it stands."""
        return cls(
            reader.filled_text("id"),
            reader.text("resourceName"),
            ResourceType.read(reader.text("resourceType")),
            reader.moment("createdAt"),
            ResourceLocation.read(reader.within("location")),
            reader.flag("isTerminal"),
            OperationType.read(reader.text("operationType")),
            OperationStatus.read(reader.text("status")),
            reader.optional_text("operationDetails"),
            reader.optional_moment("statusChangedAt"),
            reader.optional_text("errorCode"),
            reader.optional_text("errorDetails"),
        )

    def to_dict(self) -> dict[str, Any]:
        """
        Return the wire form, ready for JSON.

        Times are ISO 8601 text in UTC, as the AWS CLI's version 2 prints them; what is None is left out. `from_dict`
        gives back an equal operation.
        """
        changed_at = self.status_changed_at
        return without_none(
            {
                "id": self.id,
                "resourceName": self.resource_name,
                "resourceType": str(self.resource_type),
                "createdAt": written(self.created_at),
                "location": self.location.to_dict(),
                "isTerminal": self.is_terminal,
                "operationDetails": self.operation_details,
                "operationType": str(self.operation_type),
                "status": str(self.status),
                "statusChangedAt": None if changed_at is None else written(changed_at),
                "errorCode": self.error_code,
                "errorDetails": self.error_details,
            }
        )

    @property
    def succeeded(self) -> bool:
        """Whether the operation has ended well: its status is Completed or Succeeded."""
        return self.status in _SUCCESSES

    @property
    def failed(self) -> bool:
        """Whether the operation has ended badly: its status is Failed."""
        return self.status is OperationStatus.FAILED

    @property
    def done(self) -> bool:
        """Whether nothing more will happen: the service says so, or the status is one of an end."""
        return self.is_terminal or self.status in _ENDS


@frozen
class CopySnapshotResult:
    """
    What the service gave for a copy.

    Attributes:
        operations: the operations that it began, in the service's order; so far always one was seen.
        request_id: the id of the request that was answered, which AWS Support asks for.
        adopted: whether the copy was looked up, not just begun.
    """

    operations: tuple[Operation, ...]
    request_id: str | None = None
    adopted: bool = False

    @classmethod
    def from_dict(cls, mapping: Mapping[str, object]) -> CopySnapshotResult:
        """
        Read a result from boto3's reply, from the AWS CLI's JSON, or from `to_dict`.

        Raises:
            UnexpectedResponseError: something required is missing, null, or of another type; `path` names it.
        """
        reader = Reader.of(mapping)
        operations = tuple(map(Operation.read, reader.each("operations")))
        if not operations:
            fault = "it is empty, where an operation belongs"
            raise UnexpectedResponseError(fault, path="operations", response=mapping)
        request_id = text_or_none(mapping_or_empty(mapping.get("ResponseMetadata")).get("RequestId"))
        return cls(operations, request_id, adopted=mapping.get("adopted") is True)

    def to_dict(self) -> dict[str, Any]:
        """
        Return boto3's form of the reply, ready for JSON, with `adopted` beside it.

        Its `operations` are what ``aws lightsail copy-snapshot`` prints. `from_dict` gives back an equal result.
        """
        return without_none(
            {
                "operations": [operation.to_dict() for operation in self.operations],
                "adopted": self.adopted,
                "ResponseMetadata": None if self.request_id is None else {"RequestId": self.request_id},
            }
        )
