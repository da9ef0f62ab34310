"""
The fake's values as the service serializes them: members in camelCase, timestamps as epoch seconds with a fraction.

botocore's model of Lightsail says which members there are, and of what type. The file ``catalog.json`` has what the
service offers to everybody, with the members that AWS recorded: Regions, bundles, blueprints, and the open ports of an
instance, whose `accessType` the model calls Public. Its prices and versions are not kept up to date: they are there
because programs expect the members.
"""

from __future__ import annotations

import functools
import json
import math
import uuid
from importlib.resources import files
from typing import Any, cast

from lightsail_copy.testing.protocol import Json
from lightsail_copy.testing.state import AttachedDisk, AutoSnapshot, Operation, Region, Resource, Snapshot, Source

ACCOUNT = "123456789012"
_SUPPORT = {"Instance": "i", "Disk": "vol", "InstanceSnapshot": "ami", "DiskSnapshot": "snap"}
_OTHER_BUNDLE = {"cpuCount": 2, "ramSizeInGb": 2.0, "transferPerMonthInGb": 3072}


@functools.cache
def catalog() -> dict[str, list[dict[str, Any]]]:
    """Return the lists of the catalog, by the name of their members in a response."""
    content = json.loads(files(__package__ or "").joinpath("catalog.json").read_text(encoding="utf-8"))
    return cast("dict[str, list[dict[str, Any]]]", content)


def bundle(identifier: str) -> dict[str, Any] | None:
    """Return a bundle, or None if it is not in the catalog."""
    return next((each for each in catalog()["bundles"] if each["bundleId"] == identifier), None)


def regions(zones: str) -> list[Json]:
    """Return the Regions of the catalog with some of their Availability Zones."""
    return [
        {**each, "availabilityZones": [{"zoneName": f"{each['name']}{zone}", "state": "available"} for zone in zones]}
        for each in catalog()["regions"]
    ]


def resource(region: Region, item: Resource, now: float) -> Json:
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
    disks = [resource(region, region.resources[each.name], now) for each in item.attached_disks]
    # A system disk is no resource of its own.
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
    """Return the members of a snapshot; only that of a disk has a progress, and that of a system disk its instance."""
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


def auto_snapshot(item: AutoSnapshot) -> Json:
    """Return the members of an automatic snapshot."""
    return {
        "createdAt": _timestamp(item.created_at),
        "date": item.date.isoformat(),
        "fromAttachedDisks": _attached_disks(item.attached_disks),
        "status": item.status,
    }


def operation(item: Operation, now: float) -> Json:
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
    """Return an identifier that the same scenario always has."""
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
