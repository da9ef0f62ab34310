"""
Seeds: what a fake contains from its start, as JSON.

A seed says for each Region what it contains. Each entry has the arguments of the `FakeLightsail` method that adds it,
except the Region: `add_disk`, `add_instance`, `add_manual_snapshot`, `add_auto_snapshot` and `add_operation`:

.. code-block:: json

    {
        "regions": {
            "us-east-1": {
                "disks": [{"name": "data-1", "size_in_gb": 64}],
                "instances": [{"name": "web-1", "attached_disks": ["data-1"]}],
                "manual_snapshots": [
                    {"name": "web-1-monday", "source": "web-1", "created_at": "2026-01-26T09:00:00Z"}
                ],
                "auto_snapshots": [{"resource_name": "web-1", "date": "2026-01-31"}],
                "operations": [
                    {
                        "operation_id": "0a1b",
                        "resource_name": "web-1",
                        "resource_type": "Instance",
                        "operation_type": "CreateInstance"
                    }
                ]
            }
        }
    }

Every part is optional: an empty object is a seed too. `sample` is the account that the documentation speaks of.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import cast

from attrs import frozen

from lightsail_copy.testing.clock import Clock
from lightsail_copy.testing.protocol import parse_json

Seed = Mapping[str, object] | Callable[[Clock], Mapping[str, object]]

_TEXT, _NUMBER, _TEXTS = "a string", "a whole number", "a list of strings"
_TIME = "a time with its zone, such as '2026-01-31T06:00:00Z'"
_HOUR_OF_AUTO_SNAPSHOTS = timedelta(hours=6)
_DAY = timedelta(days=1)


@frozen
class _Kind:
    """One kind of entries: the method that adds one, and its arguments."""

    add: str
    required: Mapping[str, str]
    optional: Mapping[str, str]


# In this order: an instance needs its disks, and a snapshot its source.
_KINDS = {
    "disks": _Kind("add_disk", {"name": _TEXT}, {"size_in_gb": _NUMBER}),
    "instances": _Kind(
        "add_instance",
        {"name": _TEXT},
        {"size_in_gb": _NUMBER, "blueprint_id": _TEXT, "bundle_id": _TEXT, "attached_disks": _TEXTS},
    ),
    "manual_snapshots": _Kind(
        "add_manual_snapshot",
        {"name": _TEXT},
        {"source": _TEXT, "resource_type": _TEXT, "size_in_gb": _NUMBER, "state": _TEXT, "created_at": _TIME},
    ),
    "auto_snapshots": _Kind("add_auto_snapshot", {"resource_name": _TEXT}, {"date": _TEXT, "status": _TEXT}),
    "operations": _Kind(
        "add_operation",
        {"operation_id": _TEXT, "resource_name": _TEXT, "resource_type": _TEXT, "operation_type": _TEXT},
        {"details": _TEXT, "error_code": _TEXT, "error_details": _TEXT},
    ),
}


def parse_file(path: Path) -> Mapping[str, object]:
    """Return the content of a seed file, or raise a ValueError if it is not a JSON object in UTF-8."""
    try:
        content = parse_json(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"the file is not JSON in UTF-8 ({error})") from None
    return members(content, "seed")


def sample(clock: Clock) -> Mapping[str, object]:
    """
    Return the account that the documentation speaks of, as it is at the time of a clock.

    It has instances, a disk, and manual and automatic snapshots in us-east-1, and in us-west-2 copies of all
    but the newest. The latest seven automatic snapshots are there: that of today only from 06:00 UTC on.
    """
    now = datetime.fromtimestamp(clock.time(), timezone.utc)
    latest = (now - _HOUR_OF_AUTO_SNAPSHOTS).date()
    monday, friday = (now - ((now.weekday() - weekday) % 7 or 7) * _DAY for weekday in (0, 4))
    taken = [("monday", monday), ("friday", friday)]
    resources = ("web-1", "web-2", "db-1", "data-1")
    return {
        "regions": {
            "us-east-1": {
                "disks": [{"name": "data-1", "size_in_gb": 64}],
                "instances": [
                    {"name": "web-1", "attached_disks": ["data-1"]},
                    {"name": "web-2", "size_in_gb": 20, "bundle_id": "nano_3_0"},
                    {"name": "db-1", "size_in_gb": 80, "bundle_id": "medium_3_0"},
                ],
                "manual_snapshots": [
                    {"name": f"{source}-{day}", "source": source, "created_at": time.isoformat()}
                    for day, time in taken
                    for source in ("web-1", "data-1")
                ],
                "auto_snapshots": [
                    {"resource_name": name, "date": (latest - days * _DAY).isoformat()}
                    for name in resources
                    for days in range(7)
                ],
            },
            "us-west-2": {
                "manual_snapshots": [
                    {
                        "name": f"{name}-{latest - days * _DAY}",
                        "resource_type": kind,
                        "created_at": (now - days * _DAY).isoformat(),
                    }
                    for name, kind in (("web-1", "InstanceSnapshot"), ("data-1", "DiskSnapshot"))
                    for days in range(1, 7)
                ]
            },
        }
    }


def load(fake: object, seed: object) -> None:
    """Add to a fake what a seed contains; a ValueError begins with the place of what is not valid."""
    regions = members(members(seed, "seed", ["regions"]).get("regions", {}), "regions")
    for region, content in regions.items():
        where = f"regions.{region}"
        entries = members(content, where, _KINDS)
        for name, kind in _KINDS.items():
            add: Callable[..., None] = getattr(fake, kind.add)
            for index, entry in enumerate(_list(entries.get(name, []), f"{where}.{name}")):
                _add(add, region, _arguments(kind, entry, f"{where}.{name}[{index}]"), f"{where}.{name}[{index}]")


def _add(add: Callable[..., None], region: str, arguments: Mapping[str, object], where: str) -> None:
    try:
        add(region=region, **arguments)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _arguments(kind: _Kind, entry: object, where: str) -> Mapping[str, object]:
    types = {**kind.required, **kind.optional}
    given = members(entry, where, types)
    arguments = {name: _convert(value, types[name]) for name, value in given.items()}
    for name, value in arguments.items():
        if value is None:
            raise problem(f"{where}.{name}", given[name], types[name])
    missing = [name for name in kind.required if name not in arguments]
    if missing:
        raise ValueError(f"{where} has no {missing[0]}: give {types[missing[0]]}")
    return arguments


def _convert(value: object, kind: str) -> object:
    """Return an argument as its method takes it, or None if it is of another kind."""
    if kind == _NUMBER:
        return value if type(value) is int else None
    if kind == _TEXTS:
        texts = cast("list[object]", value) if isinstance(value, list) else [None]
        return texts if all(isinstance(each, str) for each in texts) else None
    if not isinstance(value, str):
        return None
    return _parse_time(value) if kind == _TIME else value


def _parse_time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))  # Python 3.10 does not parse the Z
    except ValueError:
        return None


def problem(where: str, value: object, rule: str) -> ValueError:
    """Return the error of a value that breaks a rule."""
    return ValueError(f"{where} is {value!r}: give {rule}")


def members(value: object, where: str, known: Collection[str] | None = None) -> dict[str, object]:
    """Return the members of a JSON object, or raise a ValueError if one is not among those `known`."""
    if not isinstance(value, Mapping):
        raise problem(where, value, "a JSON object")
    content = dict(cast("Mapping[str, object]", value))
    for name in content:
        if known is not None and name not in known:
            raise ValueError(f"{where} has {name!r}, which is not known: give {', '.join(known) or 'nothing'}")
    return content


def _list(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise problem(where, value, "a JSON list")
    return cast("list[object]", value)
