"""
The two requests, each validated when it is constructed.

Source of the rules: the API page of CopySnapshot. Of its three valid forms (a manual snapshot by name, an automatic one
by date, the latest automatic one), the first is `ManualSnapshotCopy` and the others are `AutoSnapshotCopy`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias, TypeVar, cast, final, overload

from attrs import field, frozen

from lightsail_copy.dicts import CopySnapshotParameters
from lightsail_copy.enums import RegionName, Unrecognized
from lightsail_copy.errors import InvalidRequestError, Problem, format_value
from lightsail_copy.parsing import parse_date
from lightsail_copy.validation import (
    BY_OPTION,
    raise_problems,
    validate_boolean,
    validate_date,
    validate_name,
    validate_region,
)

if sys.version_info >= (3, 11):
    from typing import Self
else:
    from typing_extensions import Self

R = TypeVar("R")

# Wire names, the required ones first.
_REQUIRED = 3
MANUAL_FIELDS = {
    "sourceRegion": "source_region",
    "sourceSnapshotName": "source_snapshot_name",
    "targetSnapshotName": "target_snapshot_name",
}
AUTO_FIELDS = {
    "sourceRegion": "source_region",
    "sourceResourceName": "source_resource_name",
    "targetSnapshotName": "target_snapshot_name",
    "restoreDate": "restore_date",
    "useLatestRestorableAutoSnapshot": "use_latest_restorable_auto_snapshot",
}

ALL_FIELDS = {**MANUAL_FIELDS, **AUTO_FIELDS}
_SOURCES = ("sourceSnapshotName", "sourceResourceName")

_region = RegionName.by_value().get


def to_region(value: RegionName | str) -> RegionName | Unrecognized:
    """Return the member for a Region's name; any other value is returned unchanged, for validation to report."""
    region = _region(value) if isinstance(cast("object", value), str) else None
    return cast("Unrecognized", value) if region is None else region


def to_name(value: str) -> str:
    """Return text as a plain `str`: a `str` enum member may format as something other than its value."""
    return str.__str__(value) if isinstance(cast("object", value), str) else value


def to_date(value: date | str | None) -> date | None:
    """Parse a date from text; any other value is returned unchanged, for validation to report."""
    parsed = parse_date(value) if isinstance(value, str) else None
    return cast("date | None", value) if parsed is None else parsed


def region_from(value: object, *, allow_unknown: bool) -> Any:  # noqa: ANN401 - for validation to report
    """Return the member for a Region's name in a mapping; other text becomes `Unrecognized` if that is allowed."""
    return RegionName.parse(value) if allow_unknown and isinstance(value, str) else to_region(cast("str", value))


def require_mapping(mapping: object) -> None:
    """Raise a TypeError unless a value is a mapping."""
    if not isinstance(mapping, Mapping):
        raise TypeError(f"mapping must be a mapping from wire names to values, not {format_value(mapping)}")


def validate_keys(mapping: Mapping[str, object], known: Collection[str], subject: str = "request") -> list[Problem]:
    """Return a problem for each key that is not known; one of the other request class may be None."""
    meant = {_in_lower_case(name): name for name in known}
    problems: list[Problem] = []
    for key, value in cast("Mapping[object, object]", mapping).items():
        if key in known or (key in ALL_FIELDS and value is None):
            continue
        remedy = f"Use one of {', '.join(known)}."
        if _in_lower_case(key) in meant:
            remedy = f"Did you mean {meant[_in_lower_case(key)]}?"
        elif key in _SOURCES and None not in map(mapping.get, _SOURCES):
            remedy = "Leave out either sourceSnapshotName or sourceResourceName."
        field_name = key if isinstance(key, str) else format_value(key)
        problems.append(Problem(field_name, format_value(value), f"is not a parameter of this {subject}", remedy))
    return problems


def _in_lower_case(key: object) -> str:
    return key.replace("_", "").lower() if isinstance(key, str) else ""


def missing_problem(field_name: str, key: str) -> Problem:
    """Return the problem of a key that a wire form lacks."""
    return Problem(field_name, "nothing", "was given", f"Give {key}.")


def _choice_problems(restore_date: object, latest: object) -> list[Problem]:
    """Return the problems with the choice of an automatic snapshot: both ways, neither, or one that is not valid."""
    problems = [] if restore_date is None else validate_date("restore_date", restore_date)
    problems += validate_boolean("use_latest_restorable_auto_snapshot", latest)
    if latest is (restore_date is None) or not isinstance(latest, bool):
        return problems
    if latest:
        rule, remedy = "must be left out if use_latest_restorable_auto_snapshot is given", "Leave one of the two out."
    else:
        rule, remedy = "must be a date, unless use_latest_restorable_auto_snapshot is given", "Give one of the two."
    given = str(restore_date) if isinstance(restore_date, date) else restore_date
    return [*problems, Problem("restore_date", format_value(given), rule, remedy)]


class _Request:
    """What both classes of request have."""

    __slots__ = ()
    _wire_names: ClassVar[Mapping[str, str]]

    @classmethod
    def from_dict(cls, mapping: Mapping[str, object], *, allow_unknown_region: bool = False) -> Self:
        """
        Construct a request from the parameters of CopySnapshot, as `to_dict` returns them.

        Args:
            mapping: the parameters under their wire names; one that is None counts as left out.
            allow_unknown_region: whether a Region that this release does not know is kept, as `Unrecognized`.

        Raises:
            InvalidRequestError: a parameter is missing, unknown, or breaks a rule.
            TypeError: the argument is not a mapping.
        """
        return _parse(cls, cls._wire_names, mapping, allow_unknown_region=allow_unknown_region)


def _parse(
    make: Callable[..., R],
    fields: Mapping[str, str],
    mapping: Mapping[str, object],
    *,
    allow_unknown_region: bool,
    of_either_class: bool = False,
) -> R:
    """Construct a request from its wire form; one of either class may have the source of the other."""
    require_mapping(mapping)
    unknown = validate_keys(mapping, fields)
    arguments: dict[str, Any] = {
        fields[key]: value for key, value in mapping.items() if key in fields and value is not None
    }
    missing = {
        name: missing_problem(name, " or ".join(_SOURCES) if of_either_class and key in _SOURCES else key)
        for key, name in [*fields.items()][:_REQUIRED]
        if name not in arguments
    }
    arguments |= dict.fromkeys(missing)
    region = region_from(arguments["source_region"], allow_unknown=allow_unknown_region)
    try:
        request = make(**{**arguments, "source_region": region})
    except InvalidRequestError as error:
        better = {each.field: each for each in validate_region("source_region", region, BY_OPTION)} | missing
        raise InvalidRequestError((*unknown, *(better.get(each.field, each) for each in error.problems))) from None
    raise_problems(unknown)
    return request


@final
@frozen(kw_only=True, order=False)
class ManualSnapshotCopy(_Request):
    """
    A copy of a manual snapshot of an instance or a disk.

    The copy is created in the Region of the client that `copy_snapshot` takes.

    Attributes:
        source_region: the Region where the source snapshot is.
        source_snapshot_name: the manual snapshot to copy.
        target_snapshot_name: the name of the new snapshot.

    Raises:
        InvalidRequestError: one or more arguments break a documented rule; `problems` lists them all.
    """

    source_region: RegionName | Unrecognized = field(converter=to_region)
    source_snapshot_name: str = field(converter=to_name)
    target_snapshot_name: str = field(converter=to_name)
    _wire_names = MANUAL_FIELDS

    def __attrs_post_init__(self) -> None:
        raise_problems(
            validate_region("source_region", self.source_region),
            validate_name("source_snapshot_name", self.source_snapshot_name),
            validate_name("target_snapshot_name", self.target_snapshot_name),
        )

    @property
    def source_name(self) -> str:
        """The source's name, as the copy's `operation_details` show it."""
        return self.source_snapshot_name

    def to_dict(self) -> CopySnapshotParameters:
        """Return the parameters of CopySnapshot under their wire names, ready for JSON."""
        return {
            "sourceRegion": str(self.source_region),
            "sourceSnapshotName": self.source_snapshot_name,
            "targetSnapshotName": self.target_snapshot_name,
        }


@frozen(kw_only=True, order=False, eq=False, repr=False)
class _AutoSnapshotCopyFields(_Request):
    """The fields of `AutoSnapshotCopy`, in a separate class because mypy overwrites overloads on an attrs class."""

    source_region: RegionName | Unrecognized = field(converter=to_region)
    source_resource_name: str = field(converter=to_name)
    target_snapshot_name: str = field(converter=to_name)
    restore_date: date | None = field(default=None, converter=to_date)
    use_latest_restorable_auto_snapshot: bool = False
    _wire_names = AUTO_FIELDS

    def __attrs_post_init__(self) -> None:
        raise_problems(
            validate_region("source_region", self.source_region),
            validate_name("source_resource_name", self.source_resource_name),
            validate_name("target_snapshot_name", self.target_snapshot_name),
            _choice_problems(self.restore_date, self.use_latest_restorable_auto_snapshot),
        )


@final
@frozen(kw_only=True, init=False, order=False)
class AutoSnapshotCopy(_AutoSnapshotCopyFields):
    """
    A copy of an automatic snapshot of an instance or a disk; the copy is a manual snapshot, kept until you delete it.

    The copy is created in the Region of the client that `copy_snapshot` takes. Give exactly one of `restore_date` and
    `use_latest_restorable_auto_snapshot`.

    Attributes:
        source_region: the Region where the instance or disk is.
        source_resource_name: the instance or disk.
        target_snapshot_name: the name of the new snapshot.
        restore_date: the date, in UTC, of the automatic snapshot to copy: a `date`, or `YYYY-MM-DD` text.
        use_latest_restorable_auto_snapshot: whether to copy the latest one.

    Raises:
        InvalidRequestError: one or more arguments break a documented rule; `problems` lists them all.
    """

    if TYPE_CHECKING:

        @overload
        def __new__(
            cls,
            *,
            source_region: RegionName | str,
            source_resource_name: str,
            target_snapshot_name: str,
            restore_date: date | str,
            use_latest_restorable_auto_snapshot: Literal[False] = False,
        ) -> Self: ...

        @overload
        def __new__(
            cls,
            *,
            source_region: RegionName | str,
            source_resource_name: str,
            target_snapshot_name: str,
            restore_date: None = None,
            use_latest_restorable_auto_snapshot: Literal[True],
        ) -> Self: ...

        def __new__(cls, **arguments: Any) -> Self: ...  # noqa: D102 - only type checkers see it

    @property
    def source_name(self) -> str:
        """The source's name, as the copy's `operation_details` show it."""
        return self.source_resource_name

    def to_dict(self) -> CopySnapshotParameters:
        """Return the parameters of CopySnapshot under their wire names, ready for JSON."""
        parameters: CopySnapshotParameters = {
            "sourceRegion": str(self.source_region),
            "sourceResourceName": self.source_resource_name,
            "targetSnapshotName": self.target_snapshot_name,
        }
        if self.restore_date is None:
            parameters["useLatestRestorableAutoSnapshot"] = True
        else:
            parameters["restoreDate"] = self.restore_date.isoformat()
        return parameters


SnapshotCopyRequest: TypeAlias = ManualSnapshotCopy | AutoSnapshotCopy


def request_from_dict(mapping: Mapping[str, object], *, allow_unknown_region: bool = False) -> SnapshotCopyRequest:
    """
    Construct the request that the parameters of CopySnapshot describe.

    A mapping with `sourceResourceName` becomes an `AutoSnapshotCopy`, one with `sourceSnapshotName` a
    `ManualSnapshotCopy`.

    Args:
        mapping: the parameters under their wire names, as `to_dict` of either class returns them; one that is None
            counts as left out.
        allow_unknown_region: whether a Region that this release does not know is kept, as `Unrecognized`.

    Raises:
        InvalidRequestError: a parameter is missing, unknown, or breaks a rule.
        TypeError: the argument is not a mapping.
    """
    require_mapping(mapping)
    given = {_in_lower_case(key) for key, value in mapping.items() if value is not None}
    of_auto = map(_in_lower_case, AUTO_FIELDS.keys() - MANUAL_FIELDS.keys())
    is_manual = "sourcesnapshotname" in given or given.isdisjoint(of_auto)
    make: Callable[..., SnapshotCopyRequest] = ManualSnapshotCopy if is_manual else AutoSnapshotCopy
    fields = MANUAL_FIELDS if is_manual else AUTO_FIELDS
    return _parse(make, fields, mapping, allow_unknown_region=allow_unknown_region, of_either_class=True)


def require_request(request: object) -> None:
    """Raise a TypeError unless a value is a request."""
    if not isinstance(request, (ManualSnapshotCopy, AutoSnapshotCopy)):
        given = format_value(request)
        remedy = ": make one with request_from_dict(...)" if isinstance(request, Mapping) else ""
        raise TypeError(f"request must be a ManualSnapshotCopy or an AutoSnapshotCopy, not {given}{remedy}")
