"""
The fake's values as the service serializes them: members in camelCase, timestamps as epoch seconds with a fraction.

Pure functions. botocore's model of Lightsail says which members there are, and of what type.
"""

from __future__ import annotations

import uuid

from lightsail_copy.testing import catalog
from lightsail_copy.testing.protocol import Json
from lightsail_copy.testing.state import (
    AttachedDisk,
    AutoSnapshot,
    Disk,
    Instance,
    Operation,
    Region,
    Resource,
    Snapshot,
    Source,
    Tags,
)

ACCOUNT = "123456789012"
_SUPPORT = {"Instance": "i", "Disk": "vol", "InstanceSnapshot": "ami", "DiskSnapshot": "snap"}
_OPEN_PORTS = (80, 22, 443)


def timestamp(now: float) -> float:
    """Return a timestamp: epoch seconds, to the millisecond."""
    return round(float(now), 3)


def resource(region: Region, item: Resource, now: float) -> Json:
    """Return a resource as it is at a point in time."""
    if isinstance(item, Instance):
        return instance(region, item, now)
    if isinstance(item, Disk):
        return disk(region, item, now)
    if isinstance(item.source, Instance):
        return instance_snapshot(item, item.source, now)
    return disk_snapshot(item, item.source, now)


def instance(region: Region, item: Instance, now: float) -> Json:
    """Return the members of an instance, its system disk first among its disks."""
    bundle = catalog.bundle(item.bundle_id) or {"cpuCount": 2, "ramSizeInGb": 2.0, "transferPerMonthInGb": 3072}
    blueprint = catalog.blueprint(item.blueprint_id) or {"name": item.blueprint_id, "type": "os"}
    number = uuid.UUID(_identifier(item)).int % 254 + 1
    attached = [region.resources[each.name] for each in item.attached_disks]
    disks = [disk(region, each, now) for each in attached if isinstance(each, Disk)]
    return {
        **_common(item),
        **_add_ons(item),
        "blueprintId": item.blueprint_id,
        "blueprintName": blueprint["name"],
        "bundleId": item.bundle_id,
        "hardware": {
            "cpuCount": bundle["cpuCount"],
            "ramSizeInGb": bundle["ramSizeInGb"],
            "disks": [_system(item), *disks],
        },
        "isStaticIp": False,
        "networking": {
            "monthlyTransfer": {"gbPerMonthAllocated": bundle["transferPerMonthInGb"]},
            "ports": [_open_port(each) for each in _OPEN_PORTS],
        },
        "privateIpAddress": f"172.26.0.{number}",
        "publicIpAddress": f"203.0.113.{number}",  # addresses that are for documentation only (RFC 5737)
        "sshKeyName": item.key_name,
        "state": {"code": 16, "name": "running"} if now >= item.ready_at else {"code": 0, "name": "pending"},
        "username": "bitnami" if blueprint["type"] == "app" else "ubuntu",
    }


def disk(region: Region, item: Disk, now: float) -> Json:
    """Return the members of a disk; those of its attachment only if it is attached."""
    common = {**_common(item), **_add_ons(item), **_size(item.size_in_gb), "isSystemDisk": False}
    owner = region.owner_of(item.name)
    if owner is not None:
        (path,) = (each.path for each in owner.attached_disks if each.name == item.name)
        attachment = {"path": path, "attachedTo": owner.name, "attachmentState": "attached"}
        return {**common, **attachment, "state": "in-use", "isAttached": True}
    state = "available" if now >= item.ready_at else "pending"
    return {**common, "state": state, "isAttached": False, "attachmentState": "detached"}


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


def disk_snapshot(item: Snapshot, source: Disk, now: float) -> Json:
    """Return the members of a disk snapshot, whose progress is text; that of a system disk names its instance."""
    kind = "Disk" if source.system_disk_of is None else "Instance"
    return {
        **_common(item),
        f"from{kind}Arn": arn(source.system_disk_of or source),
        f"from{kind}Name": source.name,
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
        "location": _location(item.region, item.zone),
        "operationType": item.operation_type,
        "resourceName": item.resource_name,
        "resourceType": item.resource_type,
        "status": item.status_at(now),
    }
    if item.details:
        members["operationDetails"] = item.details
    if item.operation_type == "DeleteAutoSnapshot":  # recorded with its Region as the zone, and without a change
        members["location"] = _location(item.region, item.region)
    else:
        members["statusChangedAt"] = timestamp(item.ends_at if is_terminal else item.created_at)
    if is_terminal and item.error_code is not None:
        members |= {"errorCode": item.error_code, "errorDetails": item.error_details}
    return members


def arn(item: Resource) -> str:
    """Return the Amazon Resource Name. The same scenario always has the same names."""
    return f"arn:aws:lightsail:{item.region}:{ACCOUNT}:{item.resource_type}/{_identifier(item)}"


def _common(item: Resource) -> Json:
    return {
        "arn": arn(item),
        "createdAt": timestamp(item.created_at),
        "location": _location(item.region, "all" if isinstance(item, Snapshot) else item.zone),
        "name": item.name,
        "resourceType": item.resource_type,
        "supportCode": f"{ACCOUNT}/{_SUPPORT[item.resource_type]}-{_identifier(item).replace('-', '')[:17]}",
        "tags": _tags(item.tags),
    }


def _tags(tags: Tags) -> list[Json]:
    return [{"key": key} if value is None else {"key": key, "value": value} for key, value in tags]


def _add_ons(item: Source) -> Json:
    time = item.auto_snapshot_time
    if time is None:
        return {}
    times = {"snapshotTimeOfDay": time, "nextSnapshotTimeOfDay": time}
    return {"addOns": [{"name": "AutoSnapshot", "status": "Enabled", **times}]}


def _size(size_in_gb: int) -> Json:
    return {"sizeInGb": size_in_gb, "iops": max(100, 3 * size_in_gb)}


def _system(item: Instance) -> Json:
    """Return the members of a system disk, which is no resource of its own."""
    place = {"path": "/dev/xvda", "attachedTo": item.name, "attachmentState": "attached"}
    return {"createdAt": timestamp(item.created_at), **_size(item.size_in_gb), "isSystemDisk": True, **place}


def _open_port(port: int) -> Json:
    return {
        "fromPort": port,
        "toPort": port,
        "protocol": "tcp",
        "accessFrom": "Anywhere (0.0.0.0/0)",
        # The model says Public, and AWS recorded this.
        "accessType": "public",
        "commonName": "",
        "accessDirection": "inbound",
    }


def _location(region: str, zone: str) -> Json:
    return {"availabilityZone": zone, "regionName": region}


def _identifier(item: Resource) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{item.region}/{item.resource_type}/{item.name}/{item.created_at}"))
