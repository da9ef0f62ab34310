"""
What the service offers to everybody: Regions, bundles and blueprints, with the members that AWS recorded.

Prices and versions are not kept up to date: they are there because programs expect the members.
"""

from __future__ import annotations

import functools
import json
from importlib.resources import files
from typing import Any, cast

ZONES = "abc"


@functools.cache
def catalog() -> dict[str, list[dict[str, Any]]]:
    """Return the members of the responses of GetRegions, GetBundles and GetBlueprints."""
    content = json.loads(files(__package__ or "").joinpath("catalog.json").read_text(encoding="utf-8"))
    return cast("dict[str, list[dict[str, Any]]]", content)


def bundle(identifier: str) -> dict[str, Any] | None:
    """Return a bundle, or None if it is not in the catalog."""
    return next((each for each in catalog()["bundles"] if each["bundleId"] == identifier), None)


def blueprint(identifier: str) -> dict[str, Any] | None:
    """Return a blueprint, or None if it is not in the catalog."""
    return next((each for each in catalog()["blueprints"] if each["blueprintId"] == identifier), None)


def regions(*, with_zones: bool) -> list[dict[str, Any]]:
    """Return the Regions; their Availability Zones are listed only on request."""
    return [
        {**each, "availabilityZones": [{"zoneName": f"{each['name']}{zone}", "state": "available"} for zone in zones]}
        for zones in (ZONES if with_zones else "",)
        for each in catalog()["regions"]
    ]
