"""
What may be asked: the two requests, each checked as it is made.

Source of the rules: the API page of CopySnapshot. Of its three legal forms (a manual snapshot by name, an automatic one
by date, the latest automatic one) the first is `ManualSnapshotCopy`, the others are `AutoSnapshotCopy`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast, final, overload

from attrs import field, frozen
from typing_extensions import Self  # noqa: TC002 - typing.get_type_hints shows it at run time

from lightsail_copy.enums import RegionName, Unrecognized
from lightsail_copy.errors import Problem
from lightsail_copy.reading import read_day, shown
from lightsail_copy.rules import day_problems, flag_problems, name_problems, refuse, region_problems
from lightsail_copy.typing import CopySnapshotParameters  # noqa: TC001 - typing.get_type_hints shows it at run time

# Wire names, the required ones first.
_REQUIRED = 3
_MANUAL_FIELDS = {
    "sourceRegion": "source_region",
    "sourceSnapshotName": "source_snapshot_name",
    "targetSnapshotName": "target_snapshot_name",
}
_AUTO_FIELDS = {
    "sourceRegion": "source_region",
    "sourceResourceName": "source_resource_name",
    "targetSnapshotName": "target_snapshot_name",
    "restoreDate": "restore_date",
    "useLatestRestorableAutoSnapshot": "use_latest_restorable_auto_snapshot",
}


def _to_region(value: RegionName | str) -> RegionName | Unrecognized:
    # What is no known Region passes as it is, to be refused together with whatever else is wrong.
    word = RegionName.read(value) if isinstance(cast("object", value), str) else value
    return word if isinstance(word, RegionName) else cast("Unrecognized", value)


def _to_day(value: date | str | None) -> date | None:
    # What is no day passes as it is, likewise.
    day = read_day(value) if isinstance(value, str) else None
    return cast("date | None", value) if day is None else day


def _arguments(mapping: Mapping[str, object], fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments of a request from its wire form; what is missing is None, to be refused as such."""
    if not isinstance(cast("object", mapping), Mapping):
        raise TypeError(f"mapping is {shown(mapping)}, but it must be a mapping from wire names to values")
    refuse(
        Problem(key, shown(value), "this request has no such parameter", f"write one of {', '.join(fields)}")
        for key, value in mapping.items()
        if key not in fields
    )
    arguments: dict[str, Any] = dict.fromkeys(list(fields.values())[:_REQUIRED])
    arguments |= {fields[key]: value for key, value in mapping.items()}
    region = arguments["source_region"]
    # A wire form was a request before: a Region that this release does not know was passed on purpose then.
    return arguments | {"source_region": RegionName.read(region) if isinstance(region, str) else region}


@final
@frozen(kw_only=True)
class ManualSnapshotCopy:
    """
    A copy of a manual snapshot of an instance or a disk.

    The copy is made in the Region of the client that carries the request.

    Attributes:
        source_region: the Region where the source snapshot is.
        source_snapshot_name: the manual snapshot to copy.
        target_snapshot_name: the name of the new snapshot.

    Raises:
        InvalidRequestError: one or more of them break a documented rule; `problems` has them all.
    """

    source_region: RegionName | Unrecognized = field(converter=_to_region)
    source_snapshot_name: str
    target_snapshot_name: str

    def __attrs_post_init__(self) -> None:
        """Refuse what the service is documented to refuse."""
        refuse(
            region_problems("source_region", self.source_region),
            name_problems("source_snapshot_name", self.source_snapshot_name),
            name_problems("target_snapshot_name", self.target_snapshot_name),
        )

    @classmethod
    def from_dict(cls, mapping: Mapping[str, object]) -> ManualSnapshotCopy:
        """
        Make a request from the parameters of CopySnapshot, as `to_dict` gives them.

        Raises:
            InvalidRequestError: a parameter is missing, unknown, or breaks a rule.
            TypeError: it is no mapping.
        """
        return cls(**_arguments(mapping, _MANUAL_FIELDS))

    @property
    def source_name(self) -> str:
        """The name that the service notes as the copy's source."""
        return self.source_snapshot_name

    def to_dict(self) -> CopySnapshotParameters:
        """Return the parameters of CopySnapshot under their wire names, ready for JSON."""
        return {
            "sourceRegion": str(self.source_region),
            "sourceSnapshotName": self.source_snapshot_name,
            "targetSnapshotName": self.target_snapshot_name,
        }


@frozen(kw_only=True)
class _AutoSnapshotCopyFields:
    """The fields of `AutoSnapshotCopy`, apart from it because mypy overwrites overloads on an attrs class's own."""

    source_region: RegionName | Unrecognized = field(converter=_to_region)
    source_resource_name: str
    target_snapshot_name: str
    restore_date: date | None = field(default=None, converter=_to_day)
    use_latest_restorable_auto_snapshot: bool = False

    def __attrs_post_init__(self) -> None:
        """Refuse what the service is documented to refuse."""
        refuse(
            region_problems("source_region", self.source_region),
            name_problems("source_resource_name", self.source_resource_name),
            name_problems("target_snapshot_name", self.target_snapshot_name),
            [] if self.restore_date is None else day_problems("restore_date", self.restore_date),
            flag_problems("use_latest_restorable_auto_snapshot", self.use_latest_restorable_auto_snapshot),
            self._choice_problems(),
        )

    def _choice_problems(self) -> list[Problem]:
        """Return the problem of both or neither; a flag that is no bool has no say in it."""
        latest = self.use_latest_restorable_auto_snapshot
        if latest is (self.restore_date is None) or flag_problems("", latest):
            return []
        rule = "exactly one of restore_date and use_latest_restorable_auto_snapshot=True says which snapshot to copy"
        remedy = "leave one of them out" if latest else "give one of them"
        return [Problem("restore_date", shown(self.restore_date), rule, remedy)]


@final
@frozen(kw_only=True, init=False)
class AutoSnapshotCopy(_AutoSnapshotCopyFields):
    """
    A copy of an automatic snapshot of an instance or a disk, which keeps it as a manual one.

    The copy is made in the Region of the client that carries the request. Give exactly one of `restore_date` and
    `use_latest_restorable_auto_snapshot`.

    Attributes:
        source_region: the Region where the instance or disk is.
        source_resource_name: the instance or disk.
        target_snapshot_name: the name of the new snapshot.
        restore_date: the day, in UTC, of the automatic snapshot to copy: a `date`, or `YYYY-MM-DD` text.
        use_latest_restorable_auto_snapshot: copy the latest one.

    Raises:
        InvalidRequestError: one or more of them break a documented rule; `problems` has them all.
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

        def __new__(  # noqa: D102 - only type checkers read it
            cls,
            *,
            source_region: RegionName | str,
            source_resource_name: str,
            target_snapshot_name: str,
            restore_date: date | str | None = None,
            use_latest_restorable_auto_snapshot: bool = False,
        ) -> Self: ...

    @classmethod
    def from_dict(cls, mapping: Mapping[str, object]) -> AutoSnapshotCopy:
        """
        Make a request from the parameters of CopySnapshot, as `to_dict` gives them.

        Raises:
            InvalidRequestError: a parameter is missing, unknown, or breaks a rule.
            TypeError: it is no mapping.
        """
        return cls(**_arguments(mapping, _AUTO_FIELDS))

    @property
    def source_name(self) -> str:
        """The name that the service notes as the copy's source."""
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


def require_request(request: object) -> None:
    """
    Refuse what is no request.

    Raises:
        TypeError: it is neither a `ManualSnapshotCopy` nor an `AutoSnapshotCopy`.
    """
    if not isinstance(request, (ManualSnapshotCopy, AutoSnapshotCopy)):
        raise TypeError(f"request is {shown(request)}, but it must be a ManualSnapshotCopy or an AutoSnapshotCopy")
