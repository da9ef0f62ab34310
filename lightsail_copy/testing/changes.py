"""
The operations that change something: copies, snapshots, restores, deletions, add-ons and tags.

Sources: the API pages for what is rejected; the responses that AWS recorded for the operations that each of them
starts; public bug reports for the messages of a name conflict and of an invalid name. Other messages are made up, and
so is the order of the checks.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, cast

from attrs import evolve, frozen

from lightsail_copy.enums import RegionName
from lightsail_copy.testing import catalog, serialization
from lightsail_copy.testing.protocol import Json, invalid_input, not_found
from lightsail_copy.testing.state import (
    DEFAULT_KEY_NAME,
    CopyFailure,
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


@frozen
class _Found:
    """The snapshot that a request names: what it was taken from, and its size."""

    source: Source
    size_in_gb: int
    is_from_auto_snapshot: bool


def copy_snapshot(account: Account, request: Request) -> Json:
    """
    Start a copy: create its snapshot, pending at first, and its operation.

    Raises:
        Rejection: the request has none of the three documented forms, its source does not exist or is not ready, or the
            target name is invalid or in use.
    """
    name = _valid_name(request.required("targetSnapshotName"))
    _check_form(request, "sourceSnapshotName", "sourceResourceName")
    source_region = request.required("sourceRegion")
    place = account.region(source_region) if source_region in _REGIONS else account.regions.get(source_region)
    if place is None:
        raise invalid_input(f"sourceRegion is not a Region: {source_region}")
    found = _find_snapshot(place, request, "sourceSnapshotName", "sourceResourceName", "resource")
    target = account.region(request.region)
    _check_free(target, name)
    failure = account.copy_failures.popleft() if account.copy_failures else None
    copy = _add_snapshot(account, request, name, found, failure)
    source = request.text("sourceSnapshotName") or request.required("sourceResourceName")
    operation = account.start(
        target,
        "CopySnapshot",
        copy,
        request.now,
        details=f"{source_region}:{source}",
        duration=account.copy_duration,
        failure=failure,
    )
    return _started(request, operation)


def create_instance_snapshot(account: Account, request: Request) -> Json:
    """Start a manual snapshot of an instance."""
    instance = find_source(account.region(request.region), request.required("instanceName"), "Instance")
    return _take_snapshot(account, request, instance, request.required("instanceSnapshotName"))


def create_disk_snapshot(account: Account, request: Request) -> Json:
    """Start a manual snapshot of a disk, or of the system disk of an instance."""
    disk, instance = request.text("diskName"), request.text("instanceName")
    if (disk is None) == (instance is None):
        raise invalid_input("Specify either diskName or instanceName, and not both")
    kind = "Instance" if disk is None else "Disk"
    owner = find_source(account.region(request.region), disk or instance or "", kind)
    return _take_snapshot(account, request, owner, request.required("diskSnapshotName"), of_disk=True)


def create_instances_from_snapshot(account: Account, request: Request) -> Json:
    """Start instances from an instance snapshot; they have no disks but their system disks."""
    region = account.region(request.region)
    members = "instanceSnapshotName", "sourceInstanceName"
    _check_form(request, *members)
    found = _find_snapshot(region, request, *members, "Instance")
    zone, bundle = _zone(request), request.required("bundleId")
    storage = cast("int", catalog.BUNDLES.get(bundle, {}).get("diskSizeInGb", found.size_in_gb))
    if storage < found.size_in_gb:
        raise invalid_input(f"The bundle {bundle} has less storage than the snapshot: {found.size_in_gb} GB")
    names = request.texts("instanceNames")
    for name in names:
        _check_free(region, _valid_name(name))
    if len(set(names)) < len(names):
        raise invalid_input(f"Some names are given twice: {', '.join(names)}")
    started = [
        Instance(
            name=name,
            region=region.name,
            zone=zone,
            created_at=request.now,
            size_in_gb=storage,
            blueprint_id=found.source.blueprint_id if isinstance(found.source, Instance) else "",
            bundle_id=bundle,
            ready_at=request.now + account.copy_duration,
            key_name=request.text("keyPairName") or DEFAULT_KEY_NAME,
            auto_snapshot_time=_add_on_time(*request.structures("addOns")),
            tags=_tags(request),
        )
        for name in names
    ]
    return _started(request, *(_create(account, request, each, "CreateInstancesFromSnapshot") for each in started))


def create_disk_from_snapshot(account: Account, request: Request) -> Json:
    """Start a disk from a disk snapshot."""
    region = account.region(request.region)
    members = "diskSnapshotName", "sourceDiskName"
    _check_form(request, *members)
    found = _find_snapshot(region, request, *members, "Disk")
    size = request.number("sizeInGb")
    if not found.size_in_gb <= size <= LARGEST_DISK_IN_GB:
        raise invalid_input(f"sizeInGb must be between {found.size_in_gb} and {LARGEST_DISK_IN_GB}")
    name = _valid_name(request.required("diskName"))
    _check_free(region, name)
    disk = Disk(
        name=name,
        region=region.name,
        zone=_zone(request),
        created_at=request.now,
        size_in_gb=size,
        ready_at=request.now + account.copy_duration,
        auto_snapshot_time=_add_on_time(*request.structures("addOns")),
        tags=_tags(request),
    )
    return _started(request, _create(account, request, disk, "CreateDiskFromSnapshot"))


def delete_instance(account: Account, request: Request) -> Json:
    """Delete an instance; its disks are detached from it first."""
    region = account.region(request.region)
    instance = find_source(region, request.required("instanceName"), "Instance")
    detached: list[Operation] = []
    for each in instance.attached_disks if isinstance(instance, Instance) else ():
        for one, other in ((region.resources[each.name], instance), (instance, region.resources[each.name])):
            operation = account.start(
                region, "DetachDisk", one, request.now, details=other.name, duration=account.copy_duration
            )
            detached.append(operation)
    return _started(request, *detached, remove(account, region, instance.name, request.now))


def delete_disk(account: Account, request: Request) -> Json:
    """Delete a disk that is not attached to an instance."""
    region = account.region(request.region)
    disk = find(region, "Disk", request.required("diskName"))
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
    return _started(request, account.start(region, "DeleteAutoSnapshot", resource, request.now, details=details))


def enable_add_on(account: Account, request: Request) -> Json:
    """Switch on the automatic snapshots of a resource, or change their hour."""
    region = account.region(request.region)
    resource = find_source(region, request.required("resourceName"))
    time = _add_on_time(request.structure("addOnRequest"))
    return _switch(account, region, evolve(resource, auto_snapshot_time=time), request, "EnableAddOn")


def disable_add_on(account: Account, request: Request) -> Json:
    """Switch off the automatic snapshots of a resource; those that exist stay."""
    region = account.region(request.region)
    resource = find_source(region, request.required("resourceName"))
    _check_add_on(request)
    return _switch(account, region, evolve(resource, auto_snapshot_time=None), request, "DisableAddOn")


def tag_resource(account: Account, request: Request) -> Json:
    """Add tags to a resource, or change the values of those that it has."""
    region = account.region(request.region)
    resource = find(region, None, request.required("resourceName"))
    tags = tuple({**dict(resource.tags), **dict(_tags(request))}.items())
    region.resources[resource.name] = evolve(resource, tags=tags)
    return _started(request, account.start(region, "TagResource", resource, request.now))


def find(region: Region, resource_type: str | None, name: str) -> Resource:
    """
    Return the resource of a name and, unless that is None, of a type.

    Raises:
        Rejection: the Region has no such resource.
    """
    resource = region.resources.get(name)
    if resource is None or resource_type not in (None, resource.resource_type):
        raise not_found(resource_type or "resource", name)
    return resource


def find_source(region: Region, name: str, kind: str = "resource") -> Source:
    """
    Return an instance or a disk, or the one of these that a kind names: what has automatic snapshots.

    Raises:
        Rejection: the Region has none of that name.
    """
    resource = region.resources.get(name)
    if not isinstance(resource, (Instance, Disk)) or kind not in {"resource", resource.resource_type}:
        raise not_found(kind, name)
    return resource


def remove(account: Account, region: Region, name: str, now: float) -> Operation:
    """Delete a resource that exists, and return the operation."""
    resource = region.delete(name)
    return account.start(region, f"Delete{resource.resource_type}", resource, now)


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


def _check_free(region: Region, name: str) -> None:
    if name in region.resources:
        raise invalid_input(f"Some names are already in use: {name}", detail="NameExists", tip="Choose another name.")


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


def _find_snapshot(region: Region, request: Request, manual: str, automatic: str, kind: str) -> _Found:
    name = request.text(manual)
    if name is None:
        return _find_automatic(region, request.required(automatic), request, kind)
    snapshot = region.resources.get(name)
    if not isinstance(snapshot, Snapshot) or kind not in {"resource", snapshot.source.resource_type}:
        raise not_found("snapshot" if kind == "resource" else f"{kind}Snapshot", name)
    if not snapshot.is_usable_at(request.now):
        state = snapshot.state_at(request.now)
        raise invalid_input(f"The {snapshot.resource_type} cannot be used in its state {state}: {name}")
    return _Found(snapshot.source, snapshot.size_in_gb, snapshot.is_from_auto_snapshot)


def _find_automatic(region: Region, name: str, request: Request, kind: str) -> _Found:
    resource = find_source(region, name, kind)
    snapshot = _choose(region.auto_snapshots.get(name, ()), name, request.text("restoreDate"))
    if snapshot.status != "Success":
        state = f"its status {snapshot.status}: {name}"
        raise invalid_input(f"The automatic snapshot of {snapshot.date} cannot be used in {state}")
    source = evolve(resource, attached_disks=snapshot.attached_disks) if isinstance(resource, Instance) else resource
    return _Found(source, resource.size_in_gb, is_from_auto_snapshot=True)


def _choose(newest_first: tuple[AutoSnapshot, ...], name: str, day: str | None) -> AutoSnapshot:
    restorable = (each for each in newest_first if each.status == "Success")
    of_the_day = (each for each in newest_first if each.date.isoformat() == day)
    snapshot = next(restorable if day is None else of_the_day, None)
    if snapshot is None:
        which = "latest restorable automatic snapshot" if day is None else f"automatic snapshot of {day}"
        raise not_found(which, name)
    return snapshot


def _take_snapshot(account: Account, request: Request, owner: Source, name: str, *, of_disk: bool = False) -> Json:
    """Start a snapshot, and return its operation and that of the resource it is taken of."""
    region = account.region(request.region)
    _check_free(region, _valid_name(name))
    source = _system_disk(owner) if of_disk and isinstance(owner, Instance) else owner
    found = _Found(source, owner.size_in_gb, is_from_auto_snapshot=False)
    snapshot = _add_snapshot(account, request, name, found, None)
    pairs = ((snapshot, owner), (owner, snapshot))
    operation_type, duration = f"Create{snapshot.resource_type}", account.copy_duration
    return _started(
        request,
        *(
            account.start(region, operation_type, one, request.now, details=other.name, duration=duration)
            for one, other in pairs
        ),
    )


def _system_disk(instance: Instance) -> Disk:
    return Disk(
        name=instance.name,
        region=instance.region,
        zone=instance.zone,
        created_at=instance.created_at,
        size_in_gb=instance.size_in_gb,
        system_disk_of=instance,
    )


def _add_snapshot(
    account: Account, request: Request, name: str, found: _Found, failure: CopyFailure | None
) -> Snapshot:
    snapshot = Snapshot(
        name=name,
        region=request.region,
        created_at=request.now,
        source=found.source,
        size_in_gb=found.size_in_gb,
        ready_at=request.now + account.copy_duration,
        final_state=usable_state(found.source) if failure is None else "error",
        is_from_auto_snapshot=found.is_from_auto_snapshot,
        tags=_tags(request),
    )
    account.region(request.region).resources[name] = snapshot
    return snapshot


def _create(account: Account, request: Request, resource: Source, operation_type: str) -> Operation:
    region = account.region(request.region)
    region.resources[resource.name] = resource
    return account.start(region, operation_type, resource, request.now, duration=account.copy_duration)


def _switch(account: Account, region: Region, resource: Source, request: Request, operation_type: str) -> Json:
    region.resources[resource.name] = resource
    return _started(request, account.start(region, operation_type, resource, request.now, details=ADD_ON))


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
