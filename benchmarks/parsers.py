"""
The alternatives to `Operation.from_dict`: each gives frozen values of the same content.

Names in snake_case, the location nested, timestamps in UTC, known words as enum members, and unknown words kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from typing import Annotated, Any

import attrs
import cattrs
import msgspec
import pydantic
from cattrs.gen import make_dict_structure_fn, override
from pydantic.alias_generators import to_camel

from benchmarks.dataclass_parsers import HandWrittenOperation, MashumaroOperation
from benchmarks.page import Wire
from lightsail_copy import Operation, OperationStatus, OperationType, RegionName, ResourceType, Unrecognized

UTC = timezone.utc
ParsePage = Callable[[Sequence[Wire]], Sequence[object]]


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


_Utc = Annotated[datetime, pydantic.AfterValidator(_to_utc)]


class _PydanticLocation(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, alias_generator=to_camel)

    availability_zone: str
    region_name: Annotated[RegionName | str, pydantic.Field(union_mode="left_to_right")]


class _PydanticOperation(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, alias_generator=to_camel)

    id: str
    resource_name: str
    resource_type: Annotated[ResourceType | str, pydantic.Field(union_mode="left_to_right")]
    created_at: _Utc
    location: _PydanticLocation
    is_terminal: bool
    operation_type: Annotated[OperationType | str, pydantic.Field(union_mode="left_to_right")]
    status: Annotated[OperationStatus | str, pydantic.Field(union_mode="left_to_right")]
    operation_details: str | None = None
    status_changed_at: _Utc | None = None
    error_code: str | None = None
    error_details: str | None = None


@attrs.frozen
class _Location:
    availability_zone: str
    region_name: RegionName | Unrecognized


@attrs.frozen
class _AttrsOperation:
    id: str
    resource_name: str
    resource_type: ResourceType | Unrecognized
    created_at: datetime
    location: _Location
    is_terminal: bool
    operation_type: OperationType | Unrecognized
    status: OperationStatus | Unrecognized
    operation_details: str | None = None
    status_changed_at: datetime | None = None
    error_code: str | None = None
    error_details: str | None = None


def _cattrs(*, detailed: bool) -> Callable[[Wire], object]:
    converter = cattrs.Converter(detailed_validation=detailed)
    converter.register_structure_hook(datetime, lambda value, _: value.astimezone(UTC))
    for enum in (ResourceType, OperationType, OperationStatus, RegionName):
        converter.register_structure_hook(enum | Unrecognized, lambda value, _, parse=enum.parse: parse(value))
    for cls in (_Location, _AttrsOperation):
        # Any: cattrs takes the names of fields beside arguments of its own, of other types.
        names: Any = {field.name: override(rename=to_camel(field.name)) for field in attrs.fields(cls)}
        hook = make_dict_structure_fn(cls, converter, _cattrs_detailed_validation=detailed, **names)
        converter.register_structure_hook(cls, hook)
    structure = converter.get_structure_hook(_AttrsOperation)
    return lambda wire: structure(wire, _AttrsOperation)


class _MsgspecLocation(msgspec.Struct, frozen=True, rename="camel"):
    availability_zone: str
    region_name: str

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "region_name", RegionName.parse(self.region_name))


class _MsgspecOperation(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    resource_name: str
    resource_type: str
    created_at: datetime
    location: _MsgspecLocation
    is_terminal: bool
    operation_type: str
    status: str
    operation_details: str | None = None
    status_changed_at: datetime | None = None
    error_code: str | None = None
    error_details: str | None = None

    def __post_init__(self) -> None:
        # msgspec takes no union of an enum and a string, and keeps the zone of a datetime.
        change = msgspec.structs.force_setattr
        change(self, "resource_type", ResourceType.parse(self.resource_type))
        change(self, "operation_type", OperationType.parse(self.operation_type))
        change(self, "status", OperationStatus.parse(self.status))
        change(self, "created_at", self.created_at.astimezone(UTC))
        if self.status_changed_at is not None:
            change(self, "status_changed_at", self.status_changed_at.astimezone(UTC))


def each(parse: Callable[[Wire], object]) -> ParsePage:
    """Return a parser of a page that parses one operation after the other."""
    return lambda wires: tuple(map(parse, wires))


# Any: the types of mashumaro are not complete.
_mashumaro: Any = MashumaroOperation

PARSERS: dict[str, ParsePage] = {
    "`Operation.from_dict`": each(Operation.from_dict),
    "pydantic": each(_PydanticOperation.model_validate),
    "pydantic, all in one call": pydantic.TypeAdapter(tuple[_PydanticOperation, ...]).validate_python,
    "cattrs": each(_cattrs(detailed=True)),
    "cattrs, without the place of an error": each(_cattrs(detailed=False)),
    "msgspec": each(lambda wire: msgspec.convert(wire, _MsgspecOperation, builtin_types=(datetime,))),
    "mashumaro": each(_mashumaro.from_dict),
    "frozen dataclasses by hand, nothing validated": each(HandWrittenOperation.from_dict),
}
