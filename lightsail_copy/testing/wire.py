"""
The fake's values as the service writes them: members in camelCase, moments as epoch seconds with a fraction.

Pure functions; which members there are, and of what type, is botocore's model of Lightsail.
"""

from __future__ import annotations

import uuid

from lightsail_copy.testing.state import (
    AttachedDisk,
    AutoSnapshot,
    Disk,
    Holding,
    Instance,
    Operation,
    Region,
    Snapshot,
)

ACCOUNT = "123456789012"

Wire = dict[str, object]


def timestamp(moment: float) -> float:
    """Return a moment as it travels: epoch seconds, to the millisecond."""
    return round(float(moment), 3)


def holding(region: Region, held: Holding, moment: float) -> Wire:
    """Return a resource or snapshot as it reads at a moment."""
    if isinstance(held, Instance):
        return instance(held)
    if isinstance(held, Disk):
        return disk(region, held)
    if isinstance(held.source, Instance):
        return instance_snapshot(held, held.source, moment)
    return disk_snapshot(held, moment)


def instance(held: Instance) -> Wire:
    """Return the members of a running instance, its system disk first among its disks."""
    system_disk = {"path": "/dev/xvda", "sizeInGb": held.size_in_gb, "isSystemDisk": True, "attachedTo": held.name}
    others = [{**attached_disk(each), "isSystemDisk": False, "attachedTo": held.name} for each in held.attached_disks]
    return {
        **_common(held),
        "blueprintId": held.blueprint_id,
        "bundleId": held.bundle_id,
        "hardware": {"cpuCount": 2, "ramSizeInGb": 2.0, "disks": [system_disk, *others]},
        "isStaticIp": False,
        "state": {"code": 16, "name": "running"},
        "username": "ubuntu",
    }


def disk(region: Region, held: Disk) -> Wire:
    """Return the members of a disk; those of its attachment only if an instance has it."""
    common = {**_common(held), "sizeInGb": held.size_in_gb, "isSystemDisk": False}
    for other in region.holdings.values():
        for attached in other.attached_disks if isinstance(other, Instance) else ():
            if attached.name == held.name:
                place = {"path": attached.path, "attachedTo": other.name}
                return {**common, **place, "state": "in-use", "isAttached": True}
    return {**common, "state": "available", "isAttached": False}


def instance_snapshot(held: Snapshot, source: Instance, moment: float) -> Wire:
    """Return the members of an instance snapshot, which has no progress."""
    return {
        **_common(held),
        "fromAttachedDisks": [attached_disk(each) for each in source.attached_disks],
        "fromBlueprintId": source.blueprint_id,
        "fromBundleId": source.bundle_id,
        "fromInstanceArn": arn(source),
        "fromInstanceName": source.name,
        "isFromAutoSnapshot": held.is_from_auto_snapshot,
        "sizeInGb": held.size_in_gb,
        "state": held.state_at(moment),
    }


def disk_snapshot(held: Snapshot, moment: float) -> Wire:
    """Return the members of a disk snapshot, whose progress is a text."""
    return {
        **_common(held),
        "fromDiskArn": arn(held.source),
        "fromDiskName": held.source.name,
        "isFromAutoSnapshot": held.is_from_auto_snapshot,
        "progress": held.progress_at(moment),
        "sizeInGb": held.size_in_gb,
        "state": held.state_at(moment),
    }


def auto_snapshot(held: AutoSnapshot) -> Wire:
    """Return the members of an automatic snapshot."""
    return {
        "createdAt": timestamp(held.created_at),
        "date": held.date.isoformat(),
        "fromAttachedDisks": [attached_disk(each) for each in held.attached_disks],
        "status": held.status,
    }


def attached_disk(held: AttachedDisk) -> Wire:
    """Return the two members that an attached disk has everywhere."""
    return {"path": held.path, "sizeInGb": held.size_in_gb}


def operation(held: Operation, moment: float) -> Wire:
    """Return an operation as it reads at a moment; a failed one alone has the members of an error."""
    is_terminal = held.is_terminal_at(moment)
    members: Wire = {
        "createdAt": timestamp(held.created_at),
        "id": held.id,
        "isTerminal": is_terminal,
        "location": _location(held.region, "all"),
        "operationDetails": held.details,
        "operationType": held.operation_type,
        "resourceName": held.resource_name,
        "resourceType": held.resource_type,
        "status": held.status_at(moment),
        "statusChangedAt": timestamp(held.ends_at if is_terminal else held.created_at),
    }
    if is_terminal and held.error_code is not None:
        members |= {"errorCode": held.error_code, "errorDetails": held.error_details}
    return members


def arn(held: Holding) -> str:
    """Return the Amazon Resource Name, which is the same whenever the same thing is set up."""
    return f"arn:aws:lightsail:{held.region}:{ACCOUNT}:{held.resource_type}/{_identifier(held)}"


def _common(held: Holding) -> Wire:
    zone = "all" if isinstance(held, Snapshot) else f"{held.region}a"
    return {
        "arn": arn(held),
        "createdAt": timestamp(held.created_at),
        "location": _location(held.region, zone),
        "name": held.name,
        "resourceType": held.resource_type,
        "supportCode": f"{ACCOUNT}/{_identifier(held).replace('-', '')[:17]}",
        "tags": [],
    }


def _location(region: str, zone: str) -> Wire:
    return {"availabilityZone": zone, "regionName": region}


def _identifier(held: Holding) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{held.region}/{held.resource_type}/{held.name}/{held.created_at}"))
