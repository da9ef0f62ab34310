"""
What the service offers to everybody: Regions, bundles and blueprints, a few of each, with the members that AWS recorded.

Prices and versions are not kept up to date: they are there because programs expect the members.
"""

from __future__ import annotations

from collections.abc import Mapping

from lightsail_copy.enums import RegionName
from lightsail_copy.testing.protocol import Json

ZONES = "abc"
_CONTINENTS = {"us": "NA", "ca": "NA", "eu": "EU", "ap": "AS", "sa": "SA"}
_URL = "https://aws.amazon.com/lightsail/"


def _bundle(name: str, price: float, power: int, cpus: int, ram: float, disk: int, transfer: int) -> Json:
    return {
        "price": price,
        "cpuCount": cpus,
        "diskSizeInGb": disk,
        "instanceType": name.lower(),
        "isActive": True,
        "name": name,
        "power": power,
        "ramSizeInGb": ram,
        "transferPerMonthInGb": transfer,
        "supportedPlatforms": ["LINUX_UNIX"],
    }


def _blueprint(name: str, kind: str, version: str) -> Json:
    texts = {"name": name, "type": kind, "description": f"{name}, made up for tests.", "version": version}
    return {**texts, "isActive": True, "minPower": 0, "versionCode": "1", "productUrl": _URL, "licenseUrl": _URL}


BUNDLES: Mapping[str, Json] = {
    "nano_3_0": _bundle("Nano", 5.0, 298, 2, 0.5, 20, 1024),
    "micro_3_0": _bundle("Micro", 7.0, 500, 2, 1.0, 40, 2048),
    "small_3_0": _bundle("Small", 12.0, 1000, 2, 2.0, 60, 3072),
    "medium_3_0": _bundle("Medium", 24.0, 2000, 2, 4.0, 80, 4096),
    "large_3_0": _bundle("Large", 44.0, 3000, 2, 8.0, 160, 5120),
    "xlarge_3_0": _bundle("Xlarge", 84.0, 3500, 4, 16.0, 320, 6144),
}
BLUEPRINTS: Mapping[str, Json] = {
    "wordpress": _blueprint("WordPress", "app", "6.5.3-0"),
    "nodejs": _blueprint("Node.js", "app", "18.20.2-0"),
    "mean": _blueprint("MEAN", "app", "6.0.4-33"),
    "amazon_linux_2023": _blueprint("Amazon Linux 2023", "os", "2023.4"),
    "ubuntu_24_04": _blueprint("Ubuntu", "os", "24.04 LTS"),
}


def regions(*, with_zones: bool) -> list[Json]:
    """Return the Regions as GetRegions lists them; their Availability Zones are listed only on request."""
    return [
        {
            "continentCode": "OC" if name == RegionName.AP_SOUTHEAST_2 else _CONTINENTS[name[:2]],
            "description": f"This region is recommended to serve users near {name}",
            "displayName": str(name),
            "name": str(name),
            "availabilityZones": zones if with_zones else [],
            "relationalDatabaseAvailabilityZones": zones if with_zones else [],
        }
        for name in RegionName
        if name != RegionName.US_WEST_1  # a published word, but the service does not run there
        for zones in ([{"zoneName": f"{name}{zone}", "state": "available"} for zone in ZONES],)
    ]


def bundles() -> list[Json]:
    """Return the bundles as GetBundles lists them."""
    return [{"bundleId": key, **each} for key, each in BUNDLES.items()]


def blueprints() -> list[Json]:
    """Return the blueprints as GetBlueprints lists them."""
    return [
        {"blueprintId": key, "group": key.partition("_")[0], "platform": "LINUX_UNIX", **each}
        for key, each in BLUEPRINTS.items()
    ]
