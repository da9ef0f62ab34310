"""
Parsing 200 operations beside other libraries that do the same job.

The job: boto3's dict becomes a frozen value, with a nested location, enum members where a word is known and the word
itself where not, and timestamps in UTC. Each library uses its own means; what it cannot do itself it gets as a hook.
"""

# ruff: noqa: ANN401 - the libraries take any type, and none is a dependency
from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from importlib.metadata import version
from typing import Annotated, Any

import attrs
import cattrs
import msgspec
import pydantic
from cattrs.gen import make_dict_structure_fn, override
from dateutil.tz import tzlocal
from mashumaro import DataClassDictMixin, field_options
from pydantic.alias_generators import to_camel

from benchmarks.calls import operation
from benchmarks.measure import Row, in_turn
from lightsail_copy import Operation, OperationStatus, OperationType, RegionName, ResourceType, Unrecognized

UTC = timezone.utc
_TABLES: dict[Any, Mapping[str, Any]] = {
    enum: {member.value: member for member in enum}
    for enum in (OperationStatus, OperationType, RegionName, ResourceType)
}


def to_utc(value: datetime) -> datetime:
    """Return a datetime in UTC."""
    return value.astimezone(UTC)


def to_word(enum: Any) -> Callable[[Any], Any]:
    """Return the function that looks a word up, and keeps an unknown one."""
    get = _TABLES[enum].get

    def look_up(value: Any) -> Any:
        if type(value) is not str:
            raise TypeError(value)
        return get(value) or Unrecognized(value)

    return look_up


to_status, to_type, to_region, to_resource = map(to_word, (OperationStatus, OperationType, RegionName, ResourceType))


class PydanticLocation(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, alias_generator=to_camel)
    availability_zone: str
    region_name: Annotated[Any, pydantic.PlainValidator(to_region)]


class PydanticOperation(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, alias_generator=to_camel)
    id: str
    resource_name: str
    resource_type: Annotated[Any, pydantic.PlainValidator(to_resource)]
    created_at: Annotated[datetime, pydantic.AfterValidator(to_utc)]
    location: PydanticLocation
    is_terminal: bool
    operation_type: Annotated[Any, pydantic.PlainValidator(to_type)]
    status: Annotated[Any, pydantic.PlainValidator(to_status)]
    operation_details: str | None = None
    status_changed_at: Annotated[datetime, pydantic.AfterValidator(to_utc)] | None = None
    error_code: str | None = None
    error_details: str | None = None


@attrs.frozen
class AttrsLocation:
    availability_zone: str
    region_name: RegionName


@attrs.frozen
class AttrsOperation:
    id: str
    resource_name: str
    resource_type: ResourceType
    created_at: datetime
    location: AttrsLocation
    is_terminal: bool
    operation_type: OperationType
    status: OperationStatus
    operation_details: str | None = None
    status_changed_at: datetime | None = None
    error_code: str | None = None
    error_details: str | None = None


def cattrs_parser() -> Callable[[Any], Any]:
    """Return cattrs' parser of operations."""
    converter: Any = cattrs.Converter()
    for enum in _TABLES:
        look_up = to_word(enum)
        converter.register_structure_hook(enum, lambda value, _, look_up=look_up: look_up(value))
    converter.register_structure_hook(datetime, lambda value, _: to_utc(value))
    for cls in (AttrsLocation, AttrsOperation):
        fields: Any = attrs.fields(cls)
        names = {field.name: override(rename=to_camel(field.name)) for field in fields}
        converter.register_structure_hook(cls, make_dict_structure_fn(cls, converter, **names))
    return lambda wire: converter.structure(wire, AttrsOperation)


class MsgspecLocation(msgspec.Struct, frozen=True, rename="camel"):
    availability_zone: str
    region_name: Any

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "region_name", to_region(self.region_name))


class MsgspecOperation(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    resource_name: str
    resource_type: Any
    created_at: datetime
    location: MsgspecLocation
    is_terminal: bool
    operation_type: Any
    status: Any
    operation_details: str | None = None
    status_changed_at: datetime | None = None
    error_code: str | None = None
    error_details: str | None = None

    def __post_init__(self) -> None:
        force = msgspec.structs.force_setattr
        force(self, "resource_type", to_resource(self.resource_type))
        force(self, "operation_type", to_type(self.operation_type))
        force(self, "status", to_status(self.status))
        force(self, "created_at", to_utc(self.created_at))
        if self.status_changed_at is not None:
            force(self, "status_changed_at", to_utc(self.status_changed_at))


def _aliased(name: str, deserialize: Any = None, **default: Any) -> Any:
    """Return a field of mashumaro's."""
    options: Any = {"alias": name} if deserialize is None else {"alias": name, "deserialize": deserialize}
    return dataclasses.field(metadata=field_options(**options), **default)


@dataclasses.dataclass(frozen=True)
class MashumaroLocation(DataClassDictMixin):
    availability_zone: str = _aliased("availabilityZone")
    region_name: Any = _aliased("regionName", to_region)


@dataclasses.dataclass(frozen=True)
class MashumaroOperation(DataClassDictMixin):
    id: str
    is_terminal: bool = _aliased("isTerminal")
    location: MashumaroLocation = _aliased("location")
    resource_name: str = _aliased("resourceName")
    resource_type: Any = _aliased("resourceType", to_resource)
    created_at: datetime = _aliased("createdAt", to_utc)
    operation_type: Any = _aliased("operationType", to_type)
    status: Any = _aliased("status", to_status)
    operation_details: str | None = _aliased("operationDetails", default=None)
    status_changed_at: datetime | None = _aliased("statusChangedAt", to_utc, default=None)
    error_code: str | None = _aliased("errorCode", default=None)
    error_details: str | None = _aliased("errorDetails", default=None)


@dataclasses.dataclass(frozen=True)
class PlainLocation:
    availability_zone: str
    region_name: Any


@dataclasses.dataclass(frozen=True)
class PlainOperation:
    id: str
    resource_name: str
    resource_type: Any
    created_at: datetime
    location: PlainLocation
    is_terminal: bool
    operation_type: Any
    status: Any
    operation_details: str | None
    status_changed_at: datetime | None
    error_code: str | None
    error_details: str | None


def parse_by_hand(wire: dict[str, Any]) -> PlainOperation:
    """Parse as one would by hand: a missing key is a KeyError, and nothing but words and timestamps is checked."""
    location, changed_at = wire["location"], wire.get("statusChangedAt")
    return PlainOperation(
        wire["id"],
        wire["resourceName"],
        to_resource(wire["resourceType"]),
        to_utc(wire["createdAt"]),
        PlainLocation(location["availabilityZone"], to_region(location["regionName"])),
        wire["isTerminal"],
        to_type(wire["operationType"]),
        to_status(wire["status"]),
        wire.get("operationDetails"),
        None if changed_at is None else to_utc(changed_at),
        wire.get("errorCode"),
        wire.get("errorDetails"),
    )


def boto3_dict(number: int) -> dict[str, Any]:
    """Return an operation as boto3 returns it: its timestamps are in the local zone."""
    wire: dict[str, Any] = operation(number)
    for name in ("createdAt", "statusChangedAt"):
        wire[name] = datetime.fromtimestamp(wire[name], tzlocal())
    return wire


def parsing(rounds: int) -> list[Row]:
    """Compare the speed of `Operation.from_dict` with that of each library."""
    wires = [boto3_dict(number) for number in range(200)]
    parsers: dict[str, Callable[[Any], Any]] = {
        "lightsail-copy": Operation.from_dict,
        "pydantic": PydanticOperation.model_validate,
        "cattrs": cattrs_parser(),
        "msgspec": lambda wire: msgspec.convert(wire, MsgspecOperation),
        "mashumaro": MashumaroOperation.from_dict,
        "dataclasses, by hand": parse_by_hand,
    }
    for parse in parsers.values():
        made = parse(wires[0])
        assert (made.created_at.tzinfo, made.location.region_name) == (UTC, RegionName.US_WEST_2)
        assert made.operation_type is OperationType.COPY_SNAPSHOT
    steps = {name: (lambda parse=parse: [parse(wire) for wire in wires]) for name, parse in parsers.items()}
    taken = in_turn(steps, rounds=max(20, rounds // 5))
    ours = taken.pop("lightsail-copy")
    aims = {"pydantic": ">= 1.15", "cattrs": ">= 1.2"}
    rows = [
        Row(
            name=f"parsing 200 operations: our speed beside {name}",
            value=other / ours,
            aim=aims.get(name, ""),
            note="" if "," in name else f"{name} {version(name)}",
        )
        for name, other in taken.items()
    ]
    return [*rows, Row(name="parsing one operation", value=ours / 200 * 1e6, unit="µs")]
