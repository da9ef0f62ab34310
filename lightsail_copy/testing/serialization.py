"""
The fake's values as the service serializes them: members in camelCase, timestamps as epoch seconds with a fraction.

Pure functions. botocore's model of Lightsail says which members there are, and of what type.
"""

from __future__ import annotations

import uuid

from lightsail_copy.testing.state import (
    AttachedDisk,
    AutoSnapshot,
    Disk,
    Instance,
    Operation,
    Region,
    Resource,
    Snapshot,
)

ACCOUNT = "123456789012"

Json = dict[str, object]


def timestamp(now: float) -> float:
    """Return a timestamp: epoch seconds, to the millisecond."""
    return round(float(now), 3)


def resource(region: Region, item: Resource, now: float) -> Json:
    """Return a resource as it is at a point in time."""
    if isinstance(item, Instance):
        return instance(item)
    if isinstance(item, Disk):
        return disk(region, item)
    if isinstance(item.source, Instance):
        return instance_snapshot(item, item.source, now)
    return disk_snapshot(item, now)


def instance(item: Instance) -> Json:
    """Return the members of a running instance, its system disk first among its disks."""
    system_disk = {"path": "/dev/xvda", "sizeInGb": item.size_in_gb, "isSystemDisk": True, "attachedTo": item.name}
    others = [{**attached_disk(each), "isSystemDisk": False, "attachedTo": item.name} for each in item.attached_disks]
    return {
        **_common(item),
        "blueprintId": item.blueprint_id,
        "bundleId": item.bundle_id,
        "hardware": {"cpuCount": 2, "ramSizeInGb": 2.0, "disks": [system_disk, *others]},
        "isStaticIp": False,
        "state": {"code": 16, "name": "running"},
        "username": "ubuntu",
    }


def disk(region: Region, item: Disk) -> Json:
    """Return the members of a disk; those of its attachment only where it is attached."""
    common = {**_common(item), "sizeInGb": item.size_in_gb, "isSystemDisk": False}
    for other in region.resources.values():
        for attached in other.attached_disks if isinstance(other, Instance) else ():
            if attached.name == item.name:
                place = {"path": attached.path, "attachedTo": other.name}
                return {**common, **place, "state": "in-use", "isAttached": True}
    return {**common, "state": "available", "isAttached": False}


def instance_snapshot(item: Snapshot, source: Instance, now: float) -> Json:
    """Return the members of an instance snapshot, which has no progress."""
    return {
        **_common(item),
        "fromAttachedDisks": [attached_disk(each) for each in source.attached_disks],
        "fromBlueprintId": source.blueprint_id,
        "fromBundleId": source.bundle_id,
        "fromInstanceArn": arn(source),
        "fromInstanceName": source.name,
        "isFromAutoSnapshot": item.is_from_auto_snapshot,
        "sizeInGb": item.size_in_gb,
        "state": item.state_at(now),
    }


def disk_snapshot(item: Snapshot, now: float) -> Json:
    """Return the members of a disk snapshot, whose progress is text."""
    return {
        **_common(item),
        "fromDiskArn": arn(item.source),
        "fromDiskName": item.source.name,
        "isFromAutoSnapshot": item.is_from_auto_snapshot,
        "progress": item.progress_at(now),
        "sizeInGb": item.size_in_gb,
        "state": item.state_at(now),
    }


def auto_snapshot(item: AutoSnapshot) -> Json:
    """Return the members of an automatic snapshot."""
    return {
        "createdAt": timestamp(item.created_at),
        "date": item.date.isoformat(),
        "fromAttachedDisks": [attached_disk(each) for each in item.attached_disks],
        "status": item.status,
    }


def attached_disk(item: AttachedDisk) -> Json:
    """Return the two members of an attached disk."""
    return {"path": item.path, "sizeInGb": item.size_in_gb}


def operation(item: Operation, now: float) -> Json:
    """Return an operation at a point in time; only a failed one has the members of an error."""
    is_terminal = item.is_terminal_at(now)
    members: Json = {
        "createdAt": timestamp(item.created_at),
        "id": item.id,
        "isTerminal": is_terminal,
        "location": _location(item.region, "all"),
        "operationDetails": item.details,
        "operationType": item.operation_type,
        "resourceName": item.resource_name,
        "resourceType": item.resource_type,
        "status": item.status_at(now),
        "statusChangedAt": timestamp(item.ends_at if is_terminal else item.created_at),
    }
    if is_terminal and item.error_code is not None:
        members |= {"errorCode": item.error_code, "errorDetails": item.error_details}
    return members


def arn(item: Resource) -> str:
    """Return the Amazon Resource Name. The same scenario always has the same names."""
    return f"arn:aws:lightsail:{item.region}:{ACCOUNT}:{item.resource_type}/{_identifier(item)}"


def _common(item: Resource) -> Json:
    zone = "all" if isinstance(item, Snapshot) else f"{item.region}a"
    return {
        "arn": arn(item),
        "createdAt": timestamp(item.created_at),
        "location": _location(item.region, zone),
        "name": item.name,
        "resourceType": item.resource_type,
        "supportCode": f"{ACCOUNT}/{_identifier(item).replace('-', '')[:17]}",
        "tags": [],
    }


def _location(region: str, zone: str) -> Json:
    return {"availabilityZone": zone, "regionName": region}


def _identifier(item: Resource) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{item.region}/{item.resource_type}/{item.name}/{item.created_at}"))
