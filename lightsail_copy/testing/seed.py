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

Every part is optional: an empty object is a seed too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, cast

from attrs import frozen

if TYPE_CHECKING:
    from pathlib import Path

    from lightsail_copy.testing.clock import Clock

_TEXT, _NUMBER, _TEXTS = "a string", "a whole number", "a list of strings"


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
        {"source": _TEXT, "resource_type": _TEXT, "size_in_gb": _NUMBER, "state": _TEXT},
    ),
    "auto_snapshots": _Kind("add_auto_snapshot", {"resource_name": _TEXT}, {"date": _TEXT, "status": _TEXT}),
    "operations": _Kind(
        "add_operation",
        {"operation_id": _TEXT, "resource_name": _TEXT, "resource_type": _TEXT, "operation_type": _TEXT},
        {"details": _TEXT, "error_code": _TEXT, "error_details": _TEXT},
    ),
}


def parse_file(path: Path) -> object:
    """
    Return the content of a seed file.

    Raises:
        ValueError: it is not JSON in UTF-8.
        OSError: it cannot be read.
    """
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the file is not JSON in UTF-8 ({error})") from None


def sample(clock: Clock) -> Mapping[str, object]:
    """Return a small seed in us-east-1, with automatic snapshots of the last three days of a clock."""
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


def load(fake: object, seed: object) -> None:
    """
    Add to a fake what a seed contains.

    Raises:
        ValueError: the seed does not have the documented form, or the fake rejects an entry; the message begins
            with its place.
    """
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
    arguments = members(entry, where, types)
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


def members(value: object, where: str, known: Collection[str] | None = None) -> dict[str, object]:
    """
    Return the members of a JSON object.

    Raises:
        ValueError: it is not an object, or has a member that is not among those `known`.
    """
    if not isinstance(value, dict):
        raise ValueError(f"{where} is {value!r}: give a JSON object")  # noqa: TRY004 - the content is wrong, not an argument
    content = cast("dict[str, object]", value)
    for name in content:
        if known is not None and name not in known:
            raise ValueError(f"{where} has {name!r}, which is not known: give {', '.join(known) or 'nothing'}")
    return content


def _list(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise ValueError(f"{where} is {value!r}: give a JSON list")  # noqa: TRY004 - as above
    return cast("list[object]", value)
