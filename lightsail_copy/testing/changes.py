"""
The operations that change something: copies, snapshots, restores, deletions, add-ons and tags.

Sources: the API pages for what is rejected; the responses that AWS recorded for the operations that each of them
starts; public bug reports for the messages of a name conflict and of an invalid name. Other messages are made up, and
so is the order of the checks.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from attrs import evolve

from lightsail_copy.enums import RegionName
from lightsail_copy.testing import catalog, serialization
from lightsail_copy.testing.protocol import Json, invalid_input, not_found
from lightsail_copy.testing.state import (
    DEFAULT_KEY_NAME,
    Disk,
    Instance,
    Operation,
    Resource,
    Snapshot,
    Source,
    usable_state,
)

if TYPE_CHECKING:
    from lightsail_copy.testing.protocol import Request
    from lightsail_copy.testing.state import Account, AutoSnapshot, Region, Tags

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,253}[A-Za-z0-9_]")
LARGEST_DISK_IN_GB = 16384
DEFAULT_SNAPSHOT_TIME = "06:00"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):00")
ADD_ON = "AutoSnapshot"
_REGIONS = frozenset(member.value for member in RegionName)


def copy_snapshot(account: Account, request: Request) -> Json:
    """Start a copy: create its snapshot, pending at first, and its operation."""
    name = _valid_name(request.required("targetSnapshotName"))
    _check_form(request, "sourceSnapshotName", "sourceResourceName")
    source_region = request.required("sourceRegion")
    place = account.region(source_region) if source_region in _REGIONS else account.regions.get(source_region)
    if place is None:
        raise invalid_input(f"sourceRegion is not a Region: {source_region}")
    found = _find_snapshot(place, request, "sourceSnapshotName", "sourceResourceName")
    target = account.region(request.region)
    copy = _add_snapshot(account, request, name, found)
    source = request.text("sourceSnapshotName") or request.required("sourceResourceName")
    operation = account.start(target, request.now, "CopySnapshot", copy, f"{source_region}:{source}", lasts=True)
    if account.copy_failures:
        failure = account.copy_failures.popleft()
        target.resources[name] = evolve(copy, final_state="error")
        operation = evolve(operation, error_code=failure.code, error_details=failure.details)
        target.operations[operation.id] = operation
    return _started(request, operation)


def create_instance_snapshot(account: Account, request: Request) -> Json:
    """Start a manual snapshot of an instance."""
    instance = find_source(account.region(request.region), request.required("instanceName"), "Instance")
    return _take_snapshot(account, request, instance, instance, request.required("instanceSnapshotName"))


def create_disk_snapshot(account: Account, request: Request) -> Json:
    """Start a manual snapshot of a disk, or of the system disk of an instance."""
    disk, instance = request.text("diskName"), request.text("instanceName")
    if (disk is None) == (instance is None):
        raise invalid_input("Specify either diskName or instanceName, and not both")
    region = account.region(request.region)
    owner = find_source(region, disk or instance or "", "Instance" if disk is None else "Disk")
    source = owner if isinstance(owner, Disk) else _system_disk(owner)
    return _take_snapshot(account, request, owner, source, request.required("diskSnapshotName"))


def create_instances_from_snapshot(account: Account, request: Request) -> Json:
    """Start instances from an instance snapshot; they have no disks but their system disks."""
    members = "instanceSnapshotName", "sourceInstanceName"
    _check_form(request, *members)
    found = _find_snapshot(account.region(request.region), request, *members, kind="Instance")
    zone, bundle_id = _zone(request), request.required("bundleId")
    storage: int = (catalog.bundle(bundle_id) or {"diskSizeInGb": found.size_in_gb})["diskSizeInGb"]
    if storage < found.size_in_gb:
        raise invalid_input(f"The bundle {bundle_id} has less storage than the snapshot: {found.size_in_gb} GB")
    names = [_free_name(account, request, name) for name in request.texts("instanceNames")]
    if len(set(names)) < len(names):
        raise invalid_input(f"Some names are given twice: {', '.join(names)}")
    instances = [
        Instance(
            name=name,
            region=request.region,
            zone=zone,
            created_at=request.now,
            size_in_gb=storage,
            blueprint_id=getattr(found.source, "blueprint_id", ""),
            bundle_id=bundle_id,
            ready_at=request.now + account.copy_duration,
            key_name=request.text("keyPairName") or DEFAULT_KEY_NAME,
            auto_snapshot_time=_add_on_time(*request.structures("addOns")),
            tags=_tags(request),
        )
        for name in names
    ]
    return _started(request, *(_create(account, request, each) for each in instances))


def create_disk_from_snapshot(account: Account, request: Request) -> Json:
    """Start a disk from a disk snapshot."""
    members = "diskSnapshotName", "sourceDiskName"
    _check_form(request, *members)
    found = _find_snapshot(account.region(request.region), request, *members, kind="Disk")
    size = request.number("sizeInGb")
    if not found.size_in_gb <= size <= LARGEST_DISK_IN_GB:
        raise invalid_input(f"sizeInGb must be between {found.size_in_gb} and {LARGEST_DISK_IN_GB}")
    disk = Disk(
        name=_free_name(account, request, request.required("diskName")),
        region=request.region,
        zone=_zone(request),
        created_at=request.now,
        size_in_gb=size,
        ready_at=request.now + account.copy_duration,
        auto_snapshot_time=_add_on_time(*request.structures("addOns")),
        tags=_tags(request),
    )
    return _started(request, _create(account, request, disk))


def delete_instance(account: Account, request: Request) -> Json:
    """Delete an instance; its disks are detached from it first."""
    region = account.region(request.region)
    instance = find_source(region, request.required("instanceName"), "Instance")
    disks = [each for each in region.resources.values() if region.owner_of(each.name) is instance]
    detached = [
        account.start(region, request.now, "DetachDisk", one, other.name, lasts=True)
        for each in disks
        for one, other in ((each, instance), (instance, each))
    ]
    return _started(request, *detached, remove(account, region, instance.name, request.now))


def delete_disk(account: Account, request: Request) -> Json:
    """Delete a disk that is not attached to an instance."""
    region = account.region(request.region)
    disk = find_source(region, request.required("diskName"), "Disk")
    owner = region.owner_of(disk.name)
    if owner is not None:
        raise invalid_input(f"The Disk is attached to {owner.name}: detach it before you delete it: {disk.name}")
    return _started(request, remove(account, region, disk.name, request.now))


def delete_snapshot(account: Account, request: Request, resource_type: str, parameter: str) -> Json:
    """Delete a manual snapshot of a type."""
    region = account.region(request.region)
    snapshot = find(region, resource_type, request.required(parameter))
    return _started(request, remove(account, region, snapshot.name, request.now))


def delete_auto_snapshot(account: Account, request: Request) -> Json:
    """Delete the automatic snapshot of a day."""
    region, name, day = account.region(request.region), request.required("resourceName"), request.required("date")
    resource = find_source(region, name)
    snapshots = region.auto_snapshots.get(name, ())
    kept = tuple(each for each in snapshots if each.date != parse_date(day))
    if len(kept) == len(snapshots):
        raise not_found(f"automatic snapshot of {day}", name)
    region.auto_snapshots[name] = kept
    details = f"DeleteAutoSnapshot-{day}"
    return _started(request, account.start(region, request.now, "DeleteAutoSnapshot", resource, details, lasts=False))


def enable_add_on(account: Account, request: Request) -> Json:
    """Switch on the automatic snapshots of a resource, or change their hour."""
    resource = find_source(account.region(request.region), request.required("resourceName"))
    time = _add_on_time(request.structure("addOnRequest"))
    return _change(account, request, evolve(resource, auto_snapshot_time=time), ADD_ON)


def disable_add_on(account: Account, request: Request) -> Json:
    """Switch off the automatic snapshots of a resource; those that exist stay."""
    resource = find_source(account.region(request.region), request.required("resourceName"))
    _check_add_on(request)
    return _change(account, request, evolve(resource, auto_snapshot_time=None), ADD_ON)


def tag_resource(account: Account, request: Request) -> Json:
    """Add tags to a resource, or change the values of those that it has."""
    resource = find(account.region(request.region), None, request.required("resourceName"))
    tags = {**dict(resource.tags), **dict(_tags(request))}
    return _change(account, request, evolve(resource, tags=tuple(tags.items())), "")


def find(region: Region, resource_type: str | None, name: str) -> Resource:
    """Return the resource of a name, and of a type unless that is None, or raise a `RejectionError`."""
    resource = region.resources.get(name)
    if resource is None or resource_type not in (None, resource.resource_type):
        raise not_found(resource_type or "resource", name)
    return resource


def find_source(region: Region, name: str, kind: str = "resource") -> Source:
    """Return an instance or a disk, of these the one that a kind names, or raise a `RejectionError`."""
    resource = region.resources.get(name)
    if not isinstance(resource, (Instance, Disk)) or kind not in {"resource", resource.resource_type}:
        raise not_found(kind, name)
    return resource


def remove(account: Account, region: Region, name: str, now: float) -> Operation:
    """Delete a resource that exists, and return the operation."""
    resource = region.delete(name)
    return account.start(region, now, f"Delete{resource.resource_type}", resource, lasts=False)


def parse_date(text: str) -> date | None:
    """Return the date of a text of the form YYYY-MM-DD, or None if it has another form."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _started(request: Request, *operations: Operation) -> Json:
    return {"operations": [serialization.operation(each, request.now) for each in operations]}


def _valid_name(name: str) -> str:
    if not NAME.fullmatch(name):
        rule = "Resource names must be at least 2 characters long and contain only alphanumerics, -, _, and ."
        raise invalid_input(f"{name} is not a valid resource name. {rule}")
    return name


def _free_name(account: Account, request: Request, name: str) -> str:
    if _valid_name(name) in account.region(request.region).resources:
        raise invalid_input(f"Some names are already in use: {name}", detail="NameExists", tip="Choose another name.")
    return name


def _check_form(request: Request, manual: str, automatic: str) -> None:
    """Check that a request names one snapshot: a manual one, or the automatic one of a date or the latest."""
    day, latest = request.text("restoreDate"), request.flag("useLatestRestorableAutoSnapshot")
    if (request.text(manual) is None) == (request.text(automatic) is None):
        raise invalid_input(f"Specify either {manual} or {automatic}, and not both")
    if request.text(manual) is not None and (day is not None or latest):
        raise invalid_input(f"restoreDate and useLatestRestorableAutoSnapshot cannot be used with {manual}")
    if request.text(automatic) is not None and (day is None) != latest:
        raise invalid_input("Specify either restoreDate or useLatestRestorableAutoSnapshot, and not both")
    if day is not None and parse_date(day) is None:
        raise invalid_input("restoreDate must be a date in the format YYYY-MM-DD")


def _find_snapshot(region: Region, request: Request, manual: str, automatic: str, kind: str = "") -> Snapshot:
    """Return the snapshot that a request names; an automatic one has no name. A kind restricts what it is of."""
    name = request.text(manual)
    if name is None:
        return _find_automatic(region, request.required(automatic), request, kind or "resource")
    snapshot = region.resources.get(name)
    if not isinstance(snapshot, Snapshot) or kind not in {"", snapshot.source.resource_type}:
        raise not_found(f"{kind}Snapshot" if kind else "snapshot", name)
    if not snapshot.is_usable_at(request.now):
        state = snapshot.state_at(request.now)
        raise invalid_input(f"The {snapshot.resource_type} cannot be copied in its state {state}: {name}")
    return snapshot


def _find_automatic(region: Region, name: str, request: Request, kind: str) -> Snapshot:
    resource = find_source(region, name, kind)
    snapshot = _choose(region.auto_snapshots.get(name, ()), name, request.text("restoreDate"))
    if snapshot.status != "Success":
        state = f"its status {snapshot.status}: {name}"
        raise invalid_input(f"The automatic snapshot of {snapshot.date} cannot be copied in {state}")
    source = evolve(resource, attached_disks=snapshot.attached_disks) if isinstance(resource, Instance) else resource
    return _snapshot(source, snapshot.created_at, is_from_auto_snapshot=True)


def _choose(newest_first: tuple[AutoSnapshot, ...], name: str, day: str | None) -> AutoSnapshot:
    restorable = (each for each in newest_first if each.status == "Success")
    of_the_day = (each for each in newest_first if each.date.isoformat() == day)
    snapshot = next(restorable if day is None else of_the_day, None)
    if snapshot is None:
        which = "latest restorable automatic snapshot" if day is None else f"automatic snapshot of {day}"
        raise not_found(which, name)
    return snapshot


def _snapshot(source: Source, now: float, *, is_from_auto_snapshot: bool = False) -> Snapshot:
    return Snapshot(
        name="",
        region=source.region,
        created_at=now,
        source=source,
        size_in_gb=source.size_in_gb,
        ready_at=now,
        final_state=usable_state(source),
        is_from_auto_snapshot=is_from_auto_snapshot,
    )


def _take_snapshot(account: Account, request: Request, owner: Source, source: Source, name: str) -> Json:
    """Start a snapshot, and return its operation and that of the resource that it is taken of."""
    region, now = account.region(request.region), request.now
    snapshot = _add_snapshot(account, request, _valid_name(name), _snapshot(source, now))
    kind = f"Create{snapshot.resource_type}"
    pairs = ((snapshot, owner), (owner, snapshot))
    return _started(request, *(account.start(region, now, kind, a, b.name, lasts=True) for a, b in pairs))


def _system_disk(of: Instance) -> Disk:
    size, created_at = of.size_in_gb, of.created_at
    return Disk(name=of.name, region=of.region, zone=of.zone, created_at=created_at, size_in_gb=size, system_disk_of=of)


def _add_snapshot(account: Account, request: Request, name: str, taken: Snapshot) -> Snapshot:
    """Add what a snapshot is copied to, or what is taken: pending at first, and of a name that is free."""
    snapshot = evolve(
        taken,
        name=_free_name(account, request, name),
        region=request.region,
        created_at=request.now,
        ready_at=request.now + account.copy_duration,
        final_state=usable_state(taken.source),
        tags=_tags(request),
    )
    account.region(request.region).resources[name] = snapshot
    return snapshot


def _create(account: Account, request: Request, resource: Source) -> Operation:
    region = account.region(request.region)
    region.resources[resource.name] = resource
    return account.start(region, request.now, request.operation, resource, lasts=True)


def _change(account: Account, request: Request, resource: Resource, details: str) -> Json:
    region = account.region(request.region)
    region.resources[resource.name] = resource
    return _started(request, account.start(region, request.now, request.operation, resource, details, lasts=False))


def _zone(request: Request) -> str:
    zone = request.required("availabilityZone")
    if zone[:-1] != request.region or zone[-1] not in catalog.ZONES:
        raise invalid_input(f"availabilityZone is not one of {request.region}: {zone}")
    return zone


def _tags(request: Request) -> Tags:
    return tuple((each.required("key"), each.text("value")) for each in request.structures("tags"))


def _add_on_time(*add_ons: Request) -> str | None:
    """Return the hour of automatic snapshots that some add-ons ask for, or None if there are no add-ons."""
    time: str | None = None
    for each in add_ons:
        _check_add_on(each)
        time = each.structure("autoSnapshotAddOnRequest").text("snapshotTimeOfDay") or DEFAULT_SNAPSHOT_TIME
        if not _TIME.fullmatch(time):
            raise invalid_input(f"snapshotTimeOfDay must be in the format HH:00: {time}")
    return time


def _check_add_on(request: Request) -> None:
    kind = request.required("addOnType")
    if kind != ADD_ON:
        raise invalid_input(f"addOnType must be {ADD_ON} for this resource: {kind}")
