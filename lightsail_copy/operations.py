"""
Operations, and the result of a copy.

Sources: the API page of CopySnapshot (Response Structure), and responses seen on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import cast

from attrs import frozen

from lightsail_copy.dicts import CopySnapshotResultDict, LocationDict, OperationDict
from lightsail_copy.enums import OperationStatus, OperationType, RegionName, ResourceType, Unrecognized
from lightsail_copy.parsing import (
    REQUIRED,
    Fault,
    Member,
    Table,
    at,
    each,
    mapping_or_empty,
    parse_response,
    text_or_none,
    to_boolean,
    to_filled_text,
    to_mapping,
    to_member,
    to_text,
    to_timestamp,
)

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

    def to_dict(self) -> LocationDict:
        """Return the wire form, ready for JSON."""
        return cast("LocationDict", LOCATION.to_dict(self))


LOCATION = Table(
    ResourceLocation,
    (
        Member("availability_zone", "availabilityZone", to_text, ""),
        Member("region_name", "regionName", to_member(RegionName), Unrecognized("")),
    ),
)
NOWHERE = ResourceLocation("", Unrecognized(""))


# A Region's operations and snapshots share a handful of locations.
@lru_cache(maxsize=128)
def _parse_location(zone: object, region_name: object) -> ResourceLocation:
    return LOCATION.parse({"availabilityZone": zone, "regionName": region_name})


def to_location(value: object) -> ResourceLocation:
    """Return a location from its wire form."""
    mapping = to_mapping(value)
    try:
        return _parse_location(mapping.get("availabilityZone"), mapping.get("regionName"))
    # A value that is not hashable.
    except TypeError:
        return LOCATION.parse(value)


@frozen(order=False)
class Operation:
    """
    One operation, in the state that the service last returned.

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
        error_code: the code of its failure.
        error_details: the message of its failure.
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
            mapping: the wire form; timestamps are aware datetimes, epoch seconds, or ISO 8601 text. Unknown keys are
                ignored.

        Returns:
            The operation, with its timestamps in UTC.

        Raises:
            UnexpectedResponseError: a required value is missing, null, or of another type; `path` names it.
        """
        return parse_response(OPERATION.parse, mapping)

    def to_dict(self) -> OperationDict:
        """
        Return the wire form, ready for JSON.

        Timestamps are ISO 8601 text in UTC, as the AWS CLI's version 2 prints them. An optional value that is None is
        left out. `from_dict` returns an equal operation.
        """
        wire = OPERATION.to_dict(self)
        # The service, and so the AWS CLI, puts the details before the type.
        return cast("OperationDict", {key: wire[key] for key in OperationDict.__annotations__ if key in wire})

    @property
    def succeeded(self) -> bool:
        """Whether the operation succeeded: its status is Completed or Succeeded."""
        return self.status in _SUCCESSES

    @property
    def failed(self) -> bool:
        """Whether the operation failed: its status is Failed."""
        return self.status == OperationStatus.FAILED

    @property
    def done(self) -> bool:
        """Whether the operation is done: the service says so, or the status is a final one."""
        return self.is_terminal or self.status in _ENDS


# Only what identifies an operation is required: the service's model requires no member of a response.
OPERATION = Table(
    Operation,
    (
        Member("id", "id", to_filled_text, REQUIRED),
        Member("resource_name", "resourceName", to_text, ""),
        Member("resource_type", "resourceType", to_member(ResourceType), Unrecognized("")),
        Member("created_at", "createdAt", to_timestamp, REQUIRED),
        Member("location", "location", to_location, NOWHERE),
        Member("is_terminal", "isTerminal", to_boolean, default=False),
        Member("operation_type", "operationType", to_member(OperationType), Unrecognized("")),
        Member("status", "status", to_member(OperationStatus), Unrecognized("")),
        Member("operation_details", "operationDetails", to_text),
        Member("status_changed_at", "statusChangedAt", to_timestamp),
        Member("error_code", "errorCode", to_text),
        Member("error_details", "errorDetails", to_text),
    ),
)


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

    @property
    def operation(self) -> Operation:
        """The first of the operations; the service always returns at least one."""
        return self.operations[0]

    @classmethod
    def from_dict(cls, mapping: Mapping[str, object]) -> CopySnapshotResult:
        """
        Parse a result from boto3's response, from the AWS CLI's JSON, or from `to_dict`.

        Raises:
            UnexpectedResponseError: a required value is missing, null, or of another type; `path` names it.
        """
        operations = parse_response(_STARTED, mapping)
        request_id = text_or_none(mapping_or_empty(mapping.get("ResponseMetadata")).get("RequestId"))
        return cls(operations, request_id, mapping.get("adopted") is True)

    def to_dict(self) -> CopySnapshotResultDict:
        """
        Return the form of boto3's response, ready for JSON, with `adopted` added.

        Its `operations` are what ``aws lightsail copy-snapshot`` prints. `from_dict` returns an equal result.
        """
        wire: CopySnapshotResultDict = {
            "operations": [operation.to_dict() for operation in self.operations],
            "adopted": self.adopted,
        }
        if self.request_id is not None:
            wire["ResponseMetadata"] = {"RequestId": self.request_id}
        return wire


def _parse_started(value: object) -> tuple[Operation, ...]:
    operations = each(OPERATION.parse)(value)
    if not operations:
        raise Fault("the list is empty")
    return operations


_STARTED = at("operations", _parse_started)
