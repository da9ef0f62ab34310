"""
Seeds: the initial content of a fake, as JSON.

A seed lists the content of each Region. Each entry has the arguments, except the Region, of the `FakeLightsail` method
that adds it: `add_disk`, `add_instance`, `add_manual_snapshot`, `add_auto_snapshot`, or `add_operation`:

.. code-block:: json

    {"regions": {"us-east-1": {
        "disks": [{"name": "data-1", "size_in_gb": 64}],
        "instances": [{"name": "web-1", "attached_disks": ["data-1"]}],
        "manual_snapshots": [{"name": "web-1-monday", "source": "web-1", "created_at": "2026-01-26T09:00:00Z"}],
        "auto_snapshots": [{"resource_name": "web-1", "date": "2026-01-31"}],
        "operations": [{
            "operation_id": "0a1b", "operation_type": "CreateInstance",
            "resource_name": "web-1", "resource_type": "Instance"
        }]
    }}}

Every part is optional: an empty object is a seed too. `sample` is the sample account of the documentation.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import cast

from lightsail_copy.testing.clock import Clock
from lightsail_copy.testing.protocol import parse_json

Seed = Mapping[str, object] | Callable[[Clock], Mapping[str, object]]

# The method that adds an entry of each kind. In this order: an instance needs its disks, and a snapshot its source.
_METHODS = {
    "disks": "add_disk",
    "instances": "add_instance",
    "manual_snapshots": "add_manual_snapshot",
    "auto_snapshots": "add_auto_snapshot",
    "operations": "add_operation",
}
_TEXT, _NUMBER, _TEXTS = "a string", "a whole number", "a list of strings"
_TIME = "a time with its zone, such as '2026-01-31T06:00:00Z'"
_TYPES = {"size_in_gb": _NUMBER, "attached_disks": _TEXTS, "created_at": _TIME}  # all others are texts
_HOUR_OF_AUTO_SNAPSHOTS = timedelta(hours=6)
_DAY = timedelta(days=1)


def parse_file(path: Path) -> Mapping[str, object]:
    """Return the content of a seed file, or raise a ValueError if it is not a JSON object in UTF-8."""
    try:
        content = parse_json(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"the file is not JSON in UTF-8 ({error})") from None
    return members(content, "seed")


def sample(clock: Clock) -> Mapping[str, object]:
    """
    Return the sample account of the documentation, at the time of a clock.

    It has instances, a disk, and manual and automatic snapshots in us-east-1. In us-west-2, it has copies of the
    automatic snapshots of web-1 and data-1, except for the newest. Today's automatic snapshot exists from 06:00 UTC on.
    """
    now = datetime.fromtimestamp(clock.time(), timezone.utc)
    latest = (now - _HOUR_OF_AUTO_SNAPSHOTS).date()
    monday, friday = (now - ((now.weekday() - weekday) % 7 or 7) * _DAY for weekday in (0, 4))
    home = {
        "disks": [{"name": "data-1", "size_in_gb": 64}],
        "instances": [
            {"name": "web-1", "attached_disks": ["data-1"]},
            {"name": "web-2", "size_in_gb": 20, "bundle_id": "nano_3_0"},
            {"name": "db-1", "size_in_gb": 80, "bundle_id": "medium_3_0"},
        ],
        "manual_snapshots": [
            {"name": f"{source}-{day}", "source": source, "created_at": time.isoformat()}
            for day, time in (("monday", monday), ("friday", friday))
            for source in ("web-1", "data-1")
        ],
        "auto_snapshots": [
            {"resource_name": name, "date": (latest - days * _DAY).isoformat()}
            for name in ("web-1", "web-2", "db-1", "data-1")
            for days in range(7)
        ],
    }
    copies = [
        {"name": f"{name}-{latest - age}", "resource_type": kind, "created_at": (now - age).isoformat()}
        for name, kind in (("web-1", "InstanceSnapshot"), ("data-1", "DiskSnapshot"))
        for age in (days * _DAY for days in range(1, 7))
    ]
    return {"regions": {"us-east-1": home, "us-west-2": {"manual_snapshots": copies}}}


def load(fake: object, seed: object) -> None:
    """Add a seed's content to a fake; a ValueError begins with the path of what is not valid."""
    regions = members(members(seed, "seed", ["regions"]).get("regions", {}), "regions")
    for region, content in regions.items():
        kinds = members(content, f"regions.{region}", _METHODS)
        for kind, method in _METHODS.items():
            where, entries, add = f"regions.{region}.{kind}", kinds.get(kind, []), getattr(fake, method)
            if not isinstance(entries, list):
                raise problem(where, entries, "a JSON list")
            parameters = {name: each for name, each in inspect.signature(add).parameters.items() if name != "region"}
            for index, entry in enumerate(cast("list[object]", entries)):
                arguments = _arguments(parameters, entry, f"{where}[{index}]")
                try:
                    add(region=region, **arguments)
                except ValueError as error:
                    raise ValueError(f"{where}[{index}]: {error}") from None


def _arguments(parameters: Mapping[str, inspect.Parameter], entry: object, where: str) -> Mapping[str, object]:
    arguments = members(entry, where, parameters)
    for name, parameter in parameters.items():
        rule = _TYPES.get(name, _TEXT)
        if name in arguments:
            value = arguments[name]
            arguments[name] = _convert(value, rule)
            if arguments[name] is None:
                raise problem(f"{where}.{name}", value, rule)
        elif parameter.default is parameter.empty:
            raise ValueError(f"{where} has no {name}: give {rule}")
    return arguments


def _convert(value: object, rule: str) -> object:
    """Return an argument as its method takes it, or None if it breaks its rule."""
    if rule == _NUMBER:
        return value if type(value) is int else None
    if rule == _TEXTS:
        texts = cast("list[object]", value) if isinstance(value, list) else [None]
        return texts if all(isinstance(each, str) for each in texts) else None
    if rule == _TEXT or not isinstance(value, str):
        return value if isinstance(value, str) else None
    with suppress(ValueError):
        return datetime.fromisoformat(value.replace("Z", "+00:00"))  # Python 3.10 does not parse the Z
    return None


def problem(where: str, value: object, rule: str) -> ValueError:
    """Return the error for a value that breaks a rule."""
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
