"""The fields of the requests: their wire names, and the conversion of their values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from lightsail_copy.enums import RegionName, Unrecognized
from lightsail_copy.errors import Problem
from lightsail_copy.messages import Text, format_value
from lightsail_copy.parsing import parse_date
from lightsail_copy.validation import raise_problems

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

_region = RegionName.by_value().get


def to_region(value: RegionName | str) -> RegionName | Unrecognized:
    """Return the member of a Region's name; any other value as it is, for validation to report with all problems."""
    region = _region(value) if isinstance(cast("object", value), str) else None
    return cast("Unrecognized", value) if region is None else region


def to_date(value: date | str | None) -> date | None:
    """Return the date of a text; any other value as it is, for validation to report with all problems."""
    parsed = parse_date(value) if isinstance(value, str) else None
    return cast("date | None", value) if parsed is None else parsed


def arguments_from(mapping: Mapping[str, object], fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments of a request from its wire form; a missing one is None, for validation to report."""
    require_mapping(mapping)
    remedy = Text("Use one of {names}.", names=", ".join(fields))
    raise_problems(
        [
            Problem(
                format_value(key) if not isinstance(key, str) else key,
                format_value(value),
                "is not a parameter of this request",
                remedy,
            )
            for key, value in cast("Mapping[object, object]", mapping).items()
            if key not in fields
        ]
    )
    arguments: dict[str, Any] = dict.fromkeys(list(fields.values())[:_REQUIRED])
    arguments |= {fields[key]: value for key, value in mapping.items()}
    region = arguments["source_region"]
    # A wire form was a request before: a Region that this release does not know was passed on purpose then.
    return arguments | {"source_region": RegionName.parse(region) if isinstance(region, str) else region}


def require_mapping(mapping: object) -> None:
    """
    Raise an error for a value that is not a mapping.

    Raises:
        TypeError: it is not a mapping.
    """
    if not isinstance(mapping, Mapping):
        raise TypeError(f"mapping must be a mapping from wire names to values, not {format_value(mapping)}")
