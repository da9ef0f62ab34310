"""
Operations of the service.

Sources: the API page of CopySnapshot (Response Structure), and responses seen on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from attrs import frozen

from lightsail_copy.dicts import LocationDict, OperationDict
from lightsail_copy.enums import OperationStatus, OperationType, RegionName, ResourceType, Unrecognized
from lightsail_copy.parsing import UTC, Fields, format_timestamp, parse_timestamp

_SUCCESSES = frozenset({OperationStatus.COMPLETED, OperationStatus.SUCCEEDED})
_ENDS = _SUCCESSES | {OperationStatus.FAILED}
_resource_type = ResourceType.by_value().get
_operation_type = OperationType.by_value().get
_status = OperationStatus.by_value().get


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
        return parse_location(fields.text("availabilityZone"), fields.text("regionName"))

    def to_dict(self) -> LocationDict:
        """Return the wire form, ready for JSON."""
        return {"availabilityZone": self.availability_zone, "regionName": str(self.region_name)}


@lru_cache(maxsize=64)  # most operations share one of a few locations
def parse_location(availability_zone: str, region_name: str) -> ResourceLocation:
    """Return a location from its two members."""
    return ResourceLocation(availability_zone, RegionName.parse(region_name))


class _Unfrozen:
    """
    An operation while it is parsed.

    Its fields are set directly. A frozen class sets each with a call, which takes three times as long.
    """

    __slots__ = (
        "__weakref__",
        "created_at",
        "error_code",
        "error_details",
        "id",
        "is_terminal",
        "location",
        "operation_details",
        "operation_type",
        "resource_name",
        "resource_type",
        "status",
        "status_changed_at",
    )


@frozen(order=False)
class Operation(_Unfrozen):
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
        return parse_plain(mapping) or cls.parse(Fields.of(mapping))

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


def parse_plain(wire: Any) -> Operation | None:  # noqa: ANN401 - as boto3 returned it
    """
    Parse what botocore usually returns, in a third of the careful parser's time.

    Returns:
        The operation, or None where anything is unusual: then `Operation.parse` decides, and names the fault.
    """
    members: dict[str, Any] = wire
    if type(members) is not dict:
        return None
    get = members.get
    created, changed = get("createdAt"), get("statusChangedAt")
    details, code, reason = get("operationDetails"), get("errorCode"), get("errorDetails")
    try:
        identity, name, kind = members["id"], members["resourceName"], members["resourceType"]
        word, status, is_terminal = members["operationType"], members["status"], members["isTerminal"]
        place: dict[str, Any] = members["location"]
        zone, region = (place["availabilityZone"], place["regionName"]) if type(place) is dict else (None, None)
    except KeyError:
        return None
    if not (type(created) is datetime and created.tzinfo is UTC):
        created = parse_timestamp(created)
    if not (changed is None or (type(changed) is datetime and changed.tzinfo is UTC)):
        changed = parse_timestamp(changed)
        if changed is None:
            return None
    if not (
        str is type(identity) is type(name) is type(kind) is type(word) is type(status) is type(zone) is type(region)
        and type(is_terminal) is bool
        and created is not None
        and (details is None or type(details) is str)
        and (code is None or type(code) is str)
        and (reason is None or type(reason) is str)
        and identity.strip()
    ):
        return None
    parsed: Any = _Unfrozen()
    parsed.id = identity
    parsed.resource_name = name
    parsed.resource_type = _resource_type(kind) or Unrecognized(kind)
    parsed.created_at = created
    parsed.location = parse_location(zone, region)
    parsed.is_terminal = is_terminal
    parsed.operation_type = _operation_type(word) or Unrecognized(word)
    parsed.status = _status(status) or Unrecognized(status)
    parsed.operation_details = details
    parsed.status_changed_at = changed
    parsed.error_code = code
    parsed.error_details = reason
    parsed.__class__ = Operation
    operation: Operation = parsed
    return operation
