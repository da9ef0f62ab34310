"""
What the fake has in memory, and how the service serializes it.

Values never change; the Regions of the account contain them. The effect of time (a snapshot becomes ready, an operation
ends) is computed when a value is serialized: members in camelCase, timestamps as epoch seconds with a fraction.
botocore's model of Lightsail says which members there are, and of what type.

The file ``catalog.json`` has what the service offers to everybody, with the members that AWS recorded: Regions,
bundles, blueprints, and the open ports of an instance, whose `accessType` the model calls Public. Its prices and
versions are not kept up to date: they exist because programs expect the members.
"""

from __future__ import annotations

import functools
import itertools
import json
import math
import random
import uuid
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import files
from typing import Any, cast

from attrs import define, evolve, field, frozen

from lightsail_copy.testing.protocol import Json

DEFAULT_KEY_NAME = "LightsailDefaultKeyPair"
# The state in which a snapshot can be copied.
USABLE_STATES = {"InstanceSnapshot": "available", "DiskSnapshot": "completed"}
ZONES = "abc"
ACCOUNT = "123456789012"
_SUPPORT = {"Instance": "i", "Disk": "vol", "InstanceSnapshot": "ami", "DiskSnapshot": "snap"}
_OTHER_BUNDLE = {"cpuCount": 2, "ramSizeInGb": 2.0, "transferPerMonthInGb": 3072}

# The keys and values of a resource's tags; a tag may have no value.
Tags = tuple[tuple[str, str | None], ...]


@frozen(kw_only=True)
class AttachedDisk:
    """A disk as an instance sees it: its name, its path such as ``/dev/xvdf``, its size."""

    name: str
    path: str
    size_in_gb: int


@frozen(kw_only=True)
class Source:
    """An instance or a disk, pending until `ready_at`; `auto_snapshot_time` is None if its add-on is off."""

    resource_type: str
    name: str
    region: str
    zone: str
    created_at: float
    size_in_gb: int
    blueprint_id: str = "ubuntu_24_04"
    bundle_id: str = "small_3_0"
    key_name: str = DEFAULT_KEY_NAME
    attached_disks: tuple[AttachedDisk, ...] = ()
    ready_at: float = 0.0
    auto_snapshot_time: str | None = None
    tags: Tags = ()


@frozen(kw_only=True)
class AutoSnapshot:
    """An automatic snapshot of one UTC day."""

    date: date
    created_at: float
    status: str
    attached_disks: tuple[AttachedDisk, ...] = ()


@frozen(kw_only=True)
class Snapshot:
    """A manual snapshot, pending until `ready_at`; its source is kept as it was, because it may be deleted."""

    name: str
    resource_type: str
    region: str
    created_at: float
    source: Source
    size_in_gb: int
    ready_at: float
    final_state: str
    is_from_auto_snapshot: bool = False
    tags: Tags = ()

    def state_at(self, now: float) -> str:
        """Return its state, as the service names it, at a point in time."""
        return self.final_state if now >= self.ready_at else "pending"

    def is_usable_at(self, now: float) -> bool:
        """Return whether it can be copied at a point in time."""
        return self.state_at(now) == USABLE_STATES[self.resource_type]


def take_snapshot(source: Source, resource_type: str, now: float) -> Snapshot:
    """Return a snapshot that has no name yet, and is ready at once."""
    return Snapshot(
        name="",
        resource_type=resource_type,
        region=source.region,
        created_at=now,
        source=source,
        size_in_gb=source.size_in_gb,
        ready_at=now,
        final_state=USABLE_STATES[resource_type],
    )


Resource = Source | Snapshot


@frozen(kw_only=True)
class Operation:
    """An operation, which is in progress until `ends_at`."""

    id: str
    resource_name: str
    resource_type: str
    region: str
    created_at: float
    ends_at: float
    operation_type: str
    zone: str = "all"
    details: str = ""
    error_code: str | None = None
    error_details: str | None = None


@define
class Region:
    """One Region: its resources by name, and its operations by id, oldest first; automatic snapshots, newest first."""

    name: str
    resources: dict[str, Resource] = field(factory=dict[str, Resource])
    auto_snapshots: dict[str, tuple[AutoSnapshot, ...]] = field(factory=dict[str, tuple[AutoSnapshot, ...]])
    operations: dict[str, Operation] = field(factory=dict[str, Operation])

    def add_auto_snapshot(self, resource_name: str, snapshot: AutoSnapshot) -> None:
        """Add or replace the automatic snapshot of a day, and drop all but the latest seven."""
        others = [other for other in self.auto_snapshots.get(resource_name, ()) if other.date != snapshot.date]
        newest_first = sorted([*others, snapshot], key=lambda each: each.date, reverse=True)
        self.auto_snapshots[resource_name] = tuple(newest_first[:7])

    def owner_of(self, disk: str) -> Source | None:
        """Return the instance that a disk is attached to, or None."""
        sources = (each for each in self.resources.values() if isinstance(each, Source))
        return next((each for each in sources if disk in {disk.name for disk in each.attached_disks}), None)

    def delete(self, name: str) -> Resource:
        """Delete a resource with its automatic snapshots and its attachment, or a manual snapshot."""
        self.auto_snapshots.pop(name, None)
        owner = self.owner_of(name)
        if owner is not None:
            kept = tuple(disk for disk in owner.attached_disks if disk.name != name)
            self.resources[owner.name] = evolve(owner, attached_disks=kept)
        return self.resources.pop(name)


def identifiers(series: str) -> Iterator[str]:
    """Return an endless series of identifiers: UUIDs that look random and are the same in every run."""
    generator = random.Random(series)  # noqa: S311 - must be the same in every run, and protects nothing
    return (str(uuid.UUID(int=generator.getrandbits(128), version=4)) for _ in itertools.count())


@define(kw_only=True)
class Account:
    """
    The account of one fake: all its Regions, and what its next calls need.

    `copy_failures` has codes and details of errors; `listings` the rest of each list, by operation, Region, and token.
    """

    copy_duration: float
    page_size: int
    regions: dict[str, Region] = field(factory=dict[str, Region])
    copy_failures: deque[tuple[str, str]] = field(factory=deque[tuple[str, str]])
    listings: dict[tuple[str, str, str], tuple[str, ...]] = field(factory=dict[tuple[str, str, str], tuple[str, ...]])
    operation_ids: Iterator[str] = field(factory=lambda: identifiers("operations"))
    request_ids: Iterator[str] = field(factory=lambda: identifiers("requests"))

    def clear(self) -> None:
        """Forget all Regions, planned failures, and listings; the series of ids go on."""
        for each in (self.regions, self.copy_failures, self.listings):
            each.clear()

    def region(self, name: str) -> Region:
        """Return a Region, which is empty when first used."""
        return self.regions.setdefault(name, Region(name))


def newest_first(resources: Mapping[str, Resource]) -> list[str]:
    """Return the names of resources in the order of the service's lists; of equal times, the last added comes first."""
    return sorted(resources, key=lambda name: resources[name].created_at)[::-1]


@functools.cache
def catalog() -> dict[str, list[dict[str, Any]]]:
    """Return the lists of the catalog, by the name of their members in a response."""
    content = json.loads(files(__package__ or "").joinpath("catalog.json").read_text(encoding="utf-8"))
    return cast("dict[str, list[dict[str, Any]]]", content)


def bundle(identifier: str) -> dict[str, Any] | None:
    """Return a bundle, or None if it is not in the catalog."""
    return next((each for each in catalog()["bundles"] if each["bundleId"] == identifier), None)


def serialize_resource(region: Region, item: Resource, now: float) -> Json:
    """Return a resource as it is at a point in time."""
    if isinstance(item, Snapshot):
        return _snapshot(item, now)
    return _instance(region, item, now) if item.resource_type == "Instance" else _disk(region, item, now)


def _instance(region: Region, item: Source, now: float) -> Json:
    """Return the members of an instance, its system disk first among its disks."""
    plan = bundle(item.bundle_id) or _OTHER_BUNDLE
    other = {"name": item.blueprint_id, "type": "os"}
    blueprint = next((each for each in catalog()["blueprints"] if each["blueprintId"] == item.blueprint_id), other)
    number = uuid.UUID(_identifier(item)).int % 254 + 1
    disks = [serialize_resource(region, region.resources[each.name], now) for each in item.attached_disks]
    # A system disk is not a resource.
    system = {"createdAt": _timestamp(item.created_at), "isSystemDisk": True, **_attachment(item.name, "/dev/xvda")}
    return {
        **_common(item),
        **_add_ons(item),
        "blueprintId": item.blueprint_id,
        "blueprintName": blueprint["name"],
        "bundleId": item.bundle_id,
        "hardware": {
            "cpuCount": plan["cpuCount"],
            "ramSizeInGb": plan["ramSizeInGb"],
            "disks": [{**system, **_size(item.size_in_gb)}, *disks],
        },
        "isStaticIp": False,
        "networking": {
            "monthlyTransfer": {"gbPerMonthAllocated": plan["transferPerMonthInGb"]},
            "ports": catalog()["ports"],
        },
        "privateIpAddress": f"172.26.0.{number}",
        "publicIpAddress": f"203.0.113.{number}",  # addresses that are for documentation only (RFC 5737)
        "sshKeyName": item.key_name,
        "state": {"code": 16, "name": "running"} if now >= item.ready_at else {"code": 0, "name": "pending"},
        "username": "bitnami" if blueprint["type"] == "app" else "ubuntu",
    }


def _disk(region: Region, item: Source, now: float) -> Json:
    """Return the members of a disk; those of its attachment only if it is attached."""
    common = {**_common(item), **_add_ons(item), **_size(item.size_in_gb), "isSystemDisk": False}
    owner = region.owner_of(item.name)
    if owner is not None:
        (path,) = (each.path for each in owner.attached_disks if each.name == item.name)
        return {**common, **_attachment(owner.name, path), "state": "in-use", "isAttached": True}
    state = "available" if now >= item.ready_at else "pending"
    return {**common, "state": state, "isAttached": False, "attachmentState": "detached"}


def _snapshot(item: Snapshot, now: float) -> Json:
    """Return the members of a snapshot: for a disk its progress, for a system disk also its instance."""
    source, state = item.source, item.state_at(now)
    own = {"isFromAutoSnapshot": item.is_from_auto_snapshot, "sizeInGb": item.size_in_gb, "state": state}
    kind = source.resource_type
    members = {**_common(item), **own, f"from{kind}Arn": _arn(source), f"from{kind}Name": source.name}
    if item.resource_type == "DiskSnapshot":
        return {**members, "progress": _progress(item, now)}
    disks, blueprint, plan = _attached_disks(source.attached_disks), source.blueprint_id, source.bundle_id
    return {**members, "fromAttachedDisks": disks, "fromBlueprintId": blueprint, "fromBundleId": plan}


def _progress(item: Snapshot, now: float) -> str:
    if now >= item.ready_at:
        return "100%" if item.is_usable_at(now) else "0%"
    return f"{math.floor(100 * (now - item.created_at) / (item.ready_at - item.created_at))}%"


def serialize_auto_snapshot(item: AutoSnapshot) -> Json:
    """Return the members of an automatic snapshot."""
    return {
        "createdAt": _timestamp(item.created_at),
        "date": item.date.isoformat(),
        "fromAttachedDisks": _attached_disks(item.attached_disks),
        "status": item.status,
    }


def serialize_operation(item: Operation, now: float) -> Json:
    """Return an operation at a point in time; only a failed one has the members of an error."""
    is_terminal = now >= item.ends_at
    members: Json = {
        "createdAt": _timestamp(item.created_at),
        "id": item.id,
        "isTerminal": is_terminal,
        "location": _location(item.region, item.zone),
        "operationType": item.operation_type,
        "resourceName": item.resource_name,
        "resourceType": item.resource_type,
        "status": "Succeeded" if is_terminal else "Started",
    }
    if item.details:
        members["operationDetails"] = item.details
    if item.operation_type == "DeleteAutoSnapshot":  # recorded with its Region as the zone, and without a change
        members["location"] = _location(item.region, item.region)
    else:
        members["statusChangedAt"] = _timestamp(item.ends_at if is_terminal else item.created_at)
    if is_terminal and item.error_code is not None:
        members |= {"status": "Failed", "errorCode": item.error_code, "errorDetails": item.error_details}
    return members


def _common(item: Resource) -> Json:
    return {
        "arn": _arn(item),
        "createdAt": _timestamp(item.created_at),
        "location": _location(item.region, "all" if isinstance(item, Snapshot) else item.zone),
        "name": item.name,
        "resourceType": item.resource_type,
        "supportCode": f"{ACCOUNT}/{_SUPPORT[item.resource_type]}-{_identifier(item).replace('-', '')[:17]}",
        "tags": [{"key": key} if value is None else {"key": key, "value": value} for key, value in item.tags],
    }


def _arn(item: Resource) -> str:
    return f"arn:aws:lightsail:{item.region}:{ACCOUNT}:{item.resource_type}/{_identifier(item)}"


def _identifier(item: Resource) -> str:
    """Return an identifier that is the same in every run of a scenario."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{item.region}/{item.resource_type}/{item.name}/{item.created_at}"))


def _timestamp(now: float) -> float:
    return round(float(now), 3)


def _location(region: str, zone: str) -> Json:
    return {"availabilityZone": zone, "regionName": region}


def _add_ons(item: Source) -> Json:
    time = item.auto_snapshot_time
    times = {"snapshotTimeOfDay": time, "nextSnapshotTimeOfDay": time}
    return {} if time is None else {"addOns": [{"name": "AutoSnapshot", "status": "Enabled", **times}]}


def _size(size_in_gb: int) -> Json:
    return {"sizeInGb": size_in_gb, "iops": max(100, 3 * size_in_gb)}


def _attachment(owner: str, path: str) -> Json:
    return {"path": path, "attachedTo": owner, "attachmentState": "attached"}


def _attached_disks(items: tuple[AttachedDisk, ...]) -> list[Json]:
    return [{"path": each.path, "sizeInGb": each.size_in_gb} for each in items]
