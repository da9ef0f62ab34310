"""The alternatives to `Operation.from_dict` that are dataclasses: those of mashumaro, and those written by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone

import mashumaro
from mashumaro.config import BaseConfig
from pydantic.alias_generators import to_camel

from benchmarks.page import Wire
from lightsail_copy import OperationStatus, OperationType, RegionName, ResourceType, Unrecognized

UTC = timezone.utc
_NAMES = (
    "resource_name",
    "resource_type",
    "created_at",
    "is_terminal",
    "operation_type",
    "operation_details",
    "status_changed_at",
    "error_code",
    "error_details",
)


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


@dataclass(frozen=True)
class _MashumaroLocation(mashumaro.DataClassDictMixin):
    availability_zone: str
    region_name: RegionName | Unrecognized = field(metadata={"deserialize": RegionName.parse})

    class Config(BaseConfig):
        aliases = {"availability_zone": "availabilityZone", "region_name": "regionName"}  # noqa: RUF012 - as mashumaro has it


@dataclass(frozen=True)
class MashumaroOperation(mashumaro.DataClassDictMixin):
    """An operation, parsed by code that mashumaro generates."""

    id: str
    resource_name: str
    resource_type: ResourceType | Unrecognized = field(metadata={"deserialize": ResourceType.parse})
    created_at: datetime
    location: _MashumaroLocation
    is_terminal: bool
    operation_type: OperationType | Unrecognized = field(metadata={"deserialize": OperationType.parse})
    status: OperationStatus | Unrecognized = field(metadata={"deserialize": OperationStatus.parse})
    operation_details: str | None = None
    status_changed_at: datetime | None = None
    error_code: str | None = None
    error_details: str | None = None

    class Config(BaseConfig):
        """The names and types that differ from mashumaro's own."""

        serialization_strategy = {datetime: {"deserialize": _to_utc}}  # noqa: RUF012 - as mashumaro has it
        aliases = {name: to_camel(name) for name in _NAMES}  # noqa: RUF012 - as above


@dataclass(frozen=True)
class _Place:
    availability_zone: str
    region_name: RegionName | Unrecognized


@dataclass(frozen=True)
class HandWrittenOperation:
    """An operation as one writes it without a library."""

    id: str
    resource_name: str
    resource_type: ResourceType | Unrecognized
    created_at: datetime
    location: _Place
    is_terminal: bool
    operation_type: OperationType | Unrecognized
    status: OperationStatus | Unrecognized
    operation_details: str | None
    status_changed_at: datetime | None
    error_code: str | None
    error_details: str | None

    @classmethod
    def from_dict(cls, wire: Wire) -> HandWrittenOperation:
        """Parse an operation; nothing is validated."""
        place, changed = wire["location"], wire.get("statusChangedAt")
        return cls(
            wire["id"],
            wire["resourceName"],
            ResourceType.parse(wire["resourceType"]),
            wire["createdAt"].astimezone(UTC),
            _Place(place["availabilityZone"], RegionName.parse(place["regionName"])),
            wire["isTerminal"],
            OperationType.parse(wire["operationType"]),
            OperationStatus.parse(wire["status"]),
            wire.get("operationDetails"),
            None if changed is None else changed.astimezone(UTC),
            wire.get("errorCode"),
            wire.get("errorDetails"),
        )
