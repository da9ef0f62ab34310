"""
Operations of the service.

Sources: the API page of CopySnapshot (Response Structure), and responses seen on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from attrs import frozen

from lightsail_copy.dicts import CopySnapshotResultDict, LocationDict, OperationDict
from lightsail_copy.enums import OperationStatus, OperationType, RegionName, ResourceType, Unrecognized
from lightsail_copy.errors import UnexpectedResponseError
from lightsail_copy.parsing import Fields, format_timestamp, mapping_or_empty, text_or_none

_SUCCESSES = frozenset({OperationStatus.COMPLETED, OperationStatus.SUCCEEDED})
_ENDS = _SUCCESSES | {OperationStatus.FAILED}


@frozen(order=False)
class ResourceLocation:
    """
    The location of a resource.

    Attributes:
        availability_zone: the Availability Zone, or `all` for a resource of a whole Region, such as a snapshot.
        region_name: the Region.
    """

    availability_zone: str
    region_name: RegionName | Unrecognized

    @classmethod
    def parse(cls, fields: Fields) -> ResourceLocation:
        """Parse the wire form of a location."""
        return cls(fields.text("availabilityZone"), RegionName.parse(fields.text("regionName")))

    def to_dict(self) -> LocationDict:
        """Return the wire form, ready for JSON."""
        return {"availabilityZone": self.availability_zone, "regionName": str(self.region_name)}


@frozen(order=False)
class Operation:
    """
    One operation of the service, in the state that the service last returned.

    Attributes:
        id: the operation's id, which `get_operation` takes.
        resource_name: the resource acted on; for a copy, the target snapshot's name.
        resource_type: that resource's type.
        created_at: when the operation started, in UTC.
        location: where it runs; for a copy, the target Region.
        is_terminal: whether the service says that the operation is done.
        operation_type: what it does.
        status: its status.
        operation_details: free text; for a copy, `<source Region>:<source name>`.
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
        Parse an operation from boto3's dict, from the AWS CLI's JSON, or from `to_dict`.

        Args:
            mapping: the wire form; timestamps as aware datetimes, epoch seconds or ISO 8601 text. Unknown keys are
                ignored.

        Returns:
            The operation, with its timestamps in UTC.

        Raises:
            UnexpectedResponseError: a required value is missing, null, or of another type; `path` names it.
        """
        return cls.parse(Fields.of(mapping))

    @classmethod
    def parse(cls, fields: Fields) -> Operation:
        """Parse the wire form of an operation, at any place in a response."""
        return cls(
            fields.filled_text("id"),
            fields.text("resourceName"),
            ResourceType.parse(fields.text("resourceType")),
            fields.timestamp("createdAt"),
            ResourceLocation.parse(fields.within("location")),
            fields.boolean("isTerminal"),
            OperationType.parse(fields.text("operationType")),
            OperationStatus.parse(fields.text("status")),
            fields.optional_text("operationDetails"),
            fields.optional_timestamp("statusChangedAt"),
            fields.optional_text("errorCode"),
            fields.optional_text("errorDetails"),
        )

    def to_dict(self) -> OperationDict:
        """
        Return the wire form, ready for JSON.

        Timestamps are ISO 8601 text in UTC, as the AWS CLI's version 2 prints them. An optional value that is None is
        left out. `from_dict` returns an equal operation.
        """
        changed_at = self.status_changed_at
        wire = {
            "id": self.id,
            "resourceName": self.resource_name,
            "resourceType": str(self.resource_type),
            "createdAt": format_timestamp(self.created_at),
            "location": self.location.to_dict(),
            "isTerminal": self.is_terminal,
            "operationDetails": self.operation_details,
            "operationType": str(self.operation_type),
            "status": str(self.status),
            "statusChangedAt": None if changed_at is None else format_timestamp(changed_at),
            "errorCode": self.error_code,
            "errorDetails": self.error_details,
        }
        return cast("OperationDict", {key: value for key, value in wire.items() if value is not None})

    @property
    def succeeded(self) -> bool:
        """Whether the operation succeeded: its status is Completed or Succeeded."""
        return self.status in _SUCCESSES

    @property
    def failed(self) -> bool:
        """Whether the operation failed: its status is Failed."""
        return self.status is OperationStatus.FAILED

    @property
    def done(self) -> bool:
        """Whether the operation is done: the service says so, or the status is a final one."""
        return self.is_terminal or self.status in _ENDS


@frozen(order=False)
class CopySnapshotResult:
    """
    What the service returned for a copy.

    Attributes:
        operations: the operations that it started, in the service's order; only one has ever been seen.
        request_id: the id of the request that the service responded to, which AWS Support asks for.
        adopted: whether the operation was found by a lookup, and not in the response to the copy itself.
    """

    operations: tuple[Operation, ...]
    request_id: str | None = None
    adopted: bool = False

    @classmethod
    def from_dict(cls, mapping: Mapping[str, object]) -> CopySnapshotResult:
        """
        Parse a result from boto3's response, from the AWS CLI's JSON, or from `to_dict`.

        Raises:
            UnexpectedResponseError: a required value is missing, null, or of another type; `path` names it.
        """
        operations = tuple(map(Operation.parse, Fields.of(mapping).each("operations")))
        if not operations:
            raise UnexpectedResponseError("the list is empty", path="operations", response=mapping)
        request_id = text_or_none(mapping_or_empty(mapping.get("ResponseMetadata")).get("RequestId"))
        return cls(operations, request_id, mapping.get("adopted") is True)

    def to_dict(self) -> CopySnapshotResultDict:
        """
        Return the form of boto3's response, ready for JSON, with `adopted` beside it.

        Its `operations` are what ``aws lightsail copy-snapshot`` prints. `from_dict` returns an equal result.
        """
        wire: CopySnapshotResultDict = {
            "operations": [operation.to_dict() for operation in self.operations],
            "adopted": self.adopted,
        }
        if self.request_id is not None:
            wire["ResponseMetadata"] = {"RequestId": self.request_id}
        return wire
