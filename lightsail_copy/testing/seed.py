"""
Seeds: what a fake is to hold from its start, as JSON.

A seed says for each Region what is in it. Each thing has the arguments of the `FakeLightsail` method that adds it, all
but the Region: `add_disk`, `add_instance`, `add_manual_snapshot`, `add_auto_snapshot` and `add_operation`.

```json
{
    "regions": {
        "us-east-1": {
            "disks": [{"name": "data-1", "size_in_gb": 64}],
            "instances": [{"name": "web-1", "attached_disks": ["data-1"]}],
            "manual_snapshots": [{"name": "web-1-monday", "source": "web-1"}],
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
```

Every part may be left out, down to an empty object.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, cast

from attrs import frozen

if TYPE_CHECKING:
    from pathlib import Path

    from lightsail_copy.testing.clock import Clock
    from lightsail_copy.testing.service import FakeLightsail

_TEXT, _NUMBER, _TEXTS = "a text", "a whole number", "a list of texts"


@frozen
class _Kind:
    """One kind of things: who adds them, and the arguments for it."""

    add: str
    required: Mapping[str, str]
    optional: Mapping[str, str]


# In this order, as an instance needs its disks, and a snapshot its source.
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
        {"source": _TEXT, "resource_type": _TEXT, "size_in_gb": _NUMBER, "state": _TEXT},
    ),
    "auto_snapshots": _Kind("add_auto_snapshot", {"resource_name": _TEXT}, {"date": _TEXT, "status": _TEXT}),
    "operations": _Kind(
        "add_operation",
        {"operation_id": _TEXT, "resource_name": _TEXT, "resource_type": _TEXT, "operation_type": _TEXT},
        {"details": _TEXT, "error_code": _TEXT, "error_details": _TEXT},
    ),
}


def read(path: Path) -> object:
    """
    Return what a seed file holds.

    Raises:
        ValueError: it is no JSON in UTF-8.
        OSError: it cannot be read.
    """
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ValueError(f"no JSON in UTF-8 ({error})") from None


def sample(clock: Clock) -> Mapping[str, object]:
    """Return the seed of a small scene in us-east-1, with automatic snapshots of the last three days of a clock."""
    now = datetime.fromtimestamp(clock.time(), timezone.utc)
    days = [(now - timedelta(days=ago)).date().isoformat() for ago in range(3)]
    automatic = [{"resource_name": name, "date": day} for name in ("web-1", "data-1") for day in days]
    return {
        "regions": {
            "us-east-1": {
                "disks": [{"name": "data-1", "size_in_gb": 64}],
                "instances": [{"name": "web-1", "attached_disks": ["data-1"]}],
                "manual_snapshots": [
                    {"name": "web-1-monday", "source": "web-1"},
                    {"name": "data-1-monday", "source": "data-1"},
                ],
                "auto_snapshots": automatic,
            }
        }
    }


def plant(fake: FakeLightsail[Any], seed: object) -> None:
    """
    Put into a fake what a seed holds.

    Raises:
        ValueError: the seed has not the documented form, or the fake refuses a thing; the message begins with where.
    """
    regions = _members(_members(seed, "seed", ["regions"]).get("regions", {}), "regions")
    for region, content in regions.items():
        where = f"regions.{region}"
        things = _members(content, where, _KINDS)
        for name, kind in _KINDS.items():
            add: Callable[..., None] = getattr(fake, kind.add)
            for index, thing in enumerate(_list(things.get(name, []), f"{where}.{name}")):
                _add(add, region, _arguments(kind, thing, f"{where}.{name}[{index}]"), f"{where}.{name}[{index}]")


def _add(add: Callable[..., None], region: str, arguments: Mapping[str, object], where: str) -> None:
    try:
        add(region=region, **arguments)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _arguments(kind: _Kind, thing: object, where: str) -> Mapping[str, object]:
    types = {**kind.required, **kind.optional}
    arguments = _members(thing, where, types)
    for name, value in arguments.items():
        if not _is(value, types[name]):
            raise ValueError(f"{where}.{name} is {value!r}: give {types[name]}")
    missing = [name for name in kind.required if name not in arguments]
    if missing:
        raise ValueError(f"{where} has no {missing[0]}: give {types[missing[0]]}")
    return arguments


def _is(value: object, kind: str) -> bool:
    if kind == _TEXTS:
        return isinstance(value, list) and all(isinstance(each, str) for each in cast("list[object]", value))
    return type(value) is (int if kind == _NUMBER else str)


def _members(value: object, where: str, known: Collection[str] | None = None) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"{where} is {value!r}: give a JSON object")  # noqa: TRY004 - the file is wrong, not a type
    members = cast("dict[str, object]", value)
    for name in members:
        if known is not None and name not in known:
            raise ValueError(f"{where} has {name!r}, which no seed has: give {', '.join(known)}")
    return members


def _list(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise ValueError(f"{where} is {value!r}: give a JSON list")  # noqa: TRY004 - as above
    return cast("list[object]", value)
