"""
The operations that the fake serves: a table from name to handler.

A handler takes a request, and returns the members of the response or raises a `RejectionError`.

Sources: the API pages for what is rejected; the responses that AWS recorded for the operations that a change starts;
public bug reports for the messages of a name conflict and of an invalid name. Other messages are made up, and so is the
order of the checks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from attrs import evolve, frozen

from lightsail_copy.enums import RegionName
from lightsail_copy.testing import protocol, state
from lightsail_copy.testing.protocol import Json, RejectionError, invalid_input, not_found, required
from lightsail_copy.testing.state import Account, Operation, Region, Resource, Snapshot, Source

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,253}[A-Za-z0-9_]")
LARGEST_DISK_IN_GB = 16384
DEFAULT_SNAPSHOT_TIME = "06:00"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):00")
_ADD_ON = "AutoSnapshot"
_MAX_LISTINGS = 1000
_REGIONS = frozenset(each.value for each in RegionName)


@frozen
class Request:
    """A request to an account: the Region that received it, its members, and when it arrived, in epoch seconds."""

    account: Account
    operation: str
    region_name: str
    members: Mapping[str, Any]
    now: float

    @property
    def region(self) -> Region:
        """The Region that received it, created when first used."""
        return self.account.region(self.region_name)

    def start(self, resource: Resource, details: str = "", *, lasts: bool = True) -> Operation:
        """Record an operation on a resource, which lasts as long as a copy or ends at once."""
        operation = Operation(
            id=next(self.account.operation_ids),
            resource_name=resource.name,
            resource_type=resource.resource_type,
            region=self.region_name,
            created_at=self.now,
            ends_at=self.now + self.account.copy_duration * lasts,
            operation_type=self.operation,
            zone="all" if isinstance(resource, Snapshot) else resource.zone,
            details=details,
        )
        self.region.operations[operation.id] = operation
        return operation

    def put(self, resource: Resource, details: str = "", *, lasts: bool = True) -> Operation:
        """Add or replace a resource, and record the operation."""
        self.region.resources[resource.name] = resource
        return self.start(resource, details, lasts=lasts)

    def started(self, *operations: Operation) -> Json:
        """Return the members of the response to a request that starts operations."""
        return {"operations": [state.serialize_operation(each, self.now) for each in operations]}


Handler = Callable[[Request], Json]


def handle(account: Account, operation: str, region: str, body: bytes, now: float) -> Json:
    """Carry out a request, and return the members of the response or raise a `RejectionError`."""
    if operation not in protocol.service_model().operation_names:
        raise RejectionError("UnknownOperationException", f"Lightsail has no operation {operation}")
    shape: Any = protocol.service_model().operation_model(operation).input_shape
    handler = OPERATIONS.get(operation) or _empty_list(operation)
    parameters = protocol.parse_body(body if body or shape.required_members else b"{}")
    members = protocol.member(shape, parameters, operation)
    for each in shape.required_members:
        required(parameters, each)
    return handler(Request(account, operation, region, members, now))


def _empty_list(operation: str) -> Handler:
    """Return a handler for a list without required members, which returns an empty one; or raise a `RejectionError`."""
    model: Any = protocol.service_model().operation_model(operation)
    empty = {name: list[object]() for name, each in model.output_shape.members.items() if each.type_name == "list"}
    if not operation.startswith("Get") or model.input_shape.required_members or not empty:
        served = f"It serves {', '.join(OPERATIONS)}, and empty lists of other resources"
        message = f"The fake does not serve the operation {operation}. {served}"
        raise RejectionError("UnknownOperationException", message)
    return lambda _: {**empty}


def parse_date(text: str) -> date | None:
    """Return the date of a text in the form YYYY-MM-DD, or None if it is not one."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _copy_snapshot(request: Request) -> Json:
    """Start a copy: create its snapshot, pending at first, and its operation."""
    account, members = request.account, request.members
    name = _valid_name(members["targetSnapshotName"])
    _check_form(members, "sourceSnapshotName", "sourceResourceName")
    source_region = members["sourceRegion"]
    place = account.region(source_region) if source_region in _REGIONS else account.regions.get(source_region)
    if place is None:
        raise invalid_input(f"sourceRegion is not a Region: {source_region}")
    taken = _find_snapshot(request, place, "sourceSnapshotName", "sourceResourceName")
    copy = _add_snapshot(request, name, taken)
    source = members.get("sourceSnapshotName") or members["sourceResourceName"]
    operation = request.start(copy, f"{source_region}:{source}")
    if account.copy_failures:
        code, details = account.copy_failures.popleft()
        request.region.resources[name] = evolve(copy, final_state="error")
        operation = evolve(operation, error_code=code, error_details=details)
        request.region.operations[operation.id] = operation
    return request.started(operation)


def _create_instance_snapshot(request: Request) -> Json:
    instance = _find_source(request.region, request.members["instanceName"], "Instance")
    return _take_snapshot(request, instance, "InstanceSnapshot", request.members["instanceSnapshotName"])


def _create_disk_snapshot(request: Request) -> Json:
    """Start a manual snapshot of a disk, or of the system disk of an instance."""
    disk, instance = request.members.get("diskName"), request.members.get("instanceName")
    if (disk is None) == (instance is None):
        raise invalid_input("Specify either diskName or instanceName, and not both")
    source = _find_source(request.region, disk or instance or "", "Instance" if disk is None else "Disk")
    return _take_snapshot(request, source, "DiskSnapshot", request.members["diskSnapshotName"])


def _take_snapshot(request: Request, source: Source, resource_type: str, name: str) -> Json:
    """Start a snapshot, and return its operation and that of its source."""
    snapshot = _add_snapshot(request, name, state.take_snapshot(source, resource_type, request.now))
    pairs = ((snapshot, source), (source, snapshot))
    return request.started(*(request.start(each, other.name) for each, other in pairs))


def _create_instances_from_snapshot(request: Request) -> Json:
    """Start instances from an instance snapshot, with no disks but their system disks."""
    members = request.members
    _check_form(members, "instanceSnapshotName", "sourceInstanceName")
    found = _find_snapshot(request, request.region, "instanceSnapshotName", "sourceInstanceName", "Instance")
    zone, bundle_id = _zone(request), members["bundleId"]
    storage: int = (state.bundle(bundle_id) or {"diskSizeInGb": found.size_in_gb})["diskSizeInGb"]
    if storage < found.size_in_gb:
        raise invalid_input(f"The bundle {bundle_id} has less storage than the snapshot: {found.size_in_gb} GB")
    names = [_free_name(request, name) for name in members["instanceNames"]]
    if len(set(names)) < len(names):
        raise invalid_input(f"Some names are given twice: {', '.join(names)}")
    key_name, blueprint_id = members.get("keyPairName") or state.DEFAULT_KEY_NAME, found.source.blueprint_id
    restored = _restored(request, "Instance", zone, storage)
    restored = evolve(restored, bundle_id=bundle_id, blueprint_id=blueprint_id, key_name=key_name)
    return request.started(*(request.put(evolve(restored, name=name)) for name in names))


def _create_disk_from_snapshot(request: Request) -> Json:
    members = request.members
    _check_form(members, "diskSnapshotName", "sourceDiskName")
    found = _find_snapshot(request, request.region, "diskSnapshotName", "sourceDiskName", "Disk")
    size = members["sizeInGb"]
    if not found.size_in_gb <= size <= LARGEST_DISK_IN_GB:
        raise invalid_input(f"sizeInGb must be between {found.size_in_gb} and {LARGEST_DISK_IN_GB}")
    name = _free_name(request, members["diskName"])
    return request.started(request.put(evolve(_restored(request, "Disk", _zone(request), size), name=name)))


def _restored(request: Request, resource_type: str, zone: str, size: int) -> Source:
    """Return a resource restored from a snapshot, pending at first and without a name."""
    return Source(
        resource_type=resource_type,
        name="",
        region=request.region_name,
        zone=zone,
        created_at=request.now,
        size_in_gb=size,
        ready_at=request.now + request.account.copy_duration,
        auto_snapshot_time=_add_on_time(request.members.get("addOns", ())),
        tags=_tags(request.members),
    )


def _delete(request: Request) -> Json:
    """Delete a resource of the type in the operation's name; the disks of an instance are detached from it first."""
    region, kind = request.region, request.operation.removeprefix("Delete")
    resource = _find(region, kind, request.members[f"{_camel(kind)}Name"])
    owner = region.owner_of(resource.name)
    if owner is not None:
        raise invalid_input(f"The {kind} is attached to {owner.name}: detach it before you delete it: {resource.name}")
    detaching = evolve(request, operation="DetachDisk")
    disks = [region.resources[each.name] for each in resource.attached_disks] if isinstance(resource, Source) else []
    pairs = [pair for each in disks for pair in ((each, resource), (resource, each))]
    detached = [detaching.start(each, other.name) for each, other in pairs]
    return request.started(*detached, request.start(region.delete(resource.name), lasts=False))


def _delete_auto_snapshot(request: Request) -> Json:
    region, name, day = request.region, request.members["resourceName"], request.members["date"]
    resource = _find_source(region, name)
    snapshots = region.auto_snapshots.get(name, ())
    kept = tuple(each for each in snapshots if each.date != parse_date(day))
    if len(kept) == len(snapshots):
        raise not_found(f"automatic snapshot of {day}", name)
    region.auto_snapshots[name] = kept
    return request.started(request.start(resource, f"DeleteAutoSnapshot-{day}", lasts=False))


def _enable_add_on(request: Request) -> Json:
    """Switch on the automatic snapshots of a resource, or change their hour."""
    resource = _find_source(request.region, request.members["resourceName"])
    time = _add_on_time([request.members["addOnRequest"]])
    return request.started(request.put(evolve(resource, auto_snapshot_time=time), _ADD_ON, lasts=False))


def _disable_add_on(request: Request) -> Json:
    """Switch off the automatic snapshots of a resource; those that exist stay."""
    resource = _find_source(request.region, request.members["resourceName"])
    _check_add_on(request.members)
    return request.started(request.put(evolve(resource, auto_snapshot_time=None), _ADD_ON, lasts=False))


def _tag_resource(request: Request) -> Json:
    """Add tags to a resource, or change the values of those that it has."""
    resource = _find(request.region, None, request.members["resourceName"])
    tags = {**dict(resource.tags), **dict(_tags(request.members))}
    return request.started(request.put(evolve(resource, tags=tuple(tags.items())), lasts=False))


def _get(request: Request) -> Json:
    """Get one resource of the type in the operation's name."""
    kind = request.operation.removeprefix("Get")
    found = _find(request.region, kind, request.members[f"{_camel(kind)}Name"])
    return {_camel(kind): state.serialize_resource(request.region, found, request.now)}


def _get_all(request: Request) -> Json:
    """List all resources of the type in the operation's name, newest first."""
    region, kinds = request.region, request.operation.removeprefix("Get")
    resources = {name: each for name, each in region.resources.items() if f"{each.resource_type}s" == kinds}
    page, more = _page(request, state.newest_first(resources))
    # Later pages lack what was deleted after the first page.
    found = [state.serialize_resource(region, resources[name], request.now) for name in page if name in resources]
    return {_camel(kinds): found, **more}


def _get_active_names(request: Request) -> Json:
    page, more = _page(request, state.newest_first(request.region.resources))
    return {"activeNames": list(page), **more}


def _get_auto_snapshots(request: Request) -> Json:
    resource = _find_source(request.region, request.members["resourceName"])
    snapshots = request.region.auto_snapshots.get(resource.name, ())
    return {
        "autoSnapshots": [state.serialize_auto_snapshot(each) for each in snapshots],
        "resourceName": resource.name,
        "resourceType": resource.resource_type,
    }


def _get_catalog(request: Request) -> Json:
    name = _camel(request.operation.removeprefix("Get"))
    return {name: state.catalog()[name]}


def _get_regions(request: Request) -> Json:
    zones = state.ZONES if request.members.get("includeAvailabilityZones") else ""
    regions = [
        {**each, "availabilityZones": [{"zoneName": f"{each['name']}{zone}", "state": "available"} for zone in zones]}
        for each in state.catalog()["regions"]
    ]
    return {"regions": regions}


def _get_operation(request: Request) -> Json:
    identifier = request.members["operationId"]
    operation = request.region.operations.get(identifier)
    if operation is None:
        raise not_found("Operation", identifier)
    return {"operation": state.serialize_operation(operation, request.now)}


def _get_operations(request: Request) -> Json:
    """List the operations of one resource, or of all."""
    name, operations = request.members.get("resourceName"), request.region.operations
    newest = (key for key, each in reversed(operations.items()) if name in (None, each.resource_name))
    page, more = _page(request, newest)
    return {**request.started(*(operations[each] for each in page)), **more}


_TYPES = ("Disk", "DiskSnapshot", "Instance", "InstanceSnapshot")
_HANDLERS: Mapping[str, Handler] = {
    "CopySnapshot": _copy_snapshot,
    "CreateDiskFromSnapshot": _create_disk_from_snapshot,
    "CreateDiskSnapshot": _create_disk_snapshot,
    "CreateInstanceSnapshot": _create_instance_snapshot,
    "CreateInstancesFromSnapshot": _create_instances_from_snapshot,
    **{f"Delete{each}": _delete for each in _TYPES},
    "DeleteAutoSnapshot": _delete_auto_snapshot,
    "DisableAddOn": _disable_add_on,
    "EnableAddOn": _enable_add_on,
    **{f"Get{each}": _get for each in _TYPES},
    **{f"Get{each}s": _get_all for each in _TYPES},
    "GetActiveNames": _get_active_names,
    "GetAutoSnapshots": _get_auto_snapshots,
    "GetBlueprints": _get_catalog,
    "GetBundles": _get_catalog,
    "GetOperation": _get_operation,
    "GetOperations": _get_operations,
    "GetOperationsForResource": _get_operations,
    "GetRegions": _get_regions,
    "TagResource": _tag_resource,
}
OPERATIONS = dict(sorted(_HANDLERS.items()))


def _page(request: Request, keys: Iterable[str]) -> tuple[tuple[str, ...], Json]:
    """Return the keys of one page and the token of the next page, which stands for the rest of the list as it was."""
    account, operation, region = request.account, request.operation, request.region_name
    token = request.members.get("pageToken")
    rest = tuple(keys) if token is None else account.listings.get((operation, region, token))
    if rest is None:
        raise invalid_input("The pageToken is not valid")
    page, rest = rest[: account.page_size], rest[account.page_size :]
    if not rest:
        return page, {}
    next_token = next(account.request_ids)
    account.listings[operation, region, next_token] = rest
    if len(account.listings) > _MAX_LISTINGS:
        del account.listings[next(iter(account.listings))]
    return page, {"nextPageToken": next_token}


def _camel(name: str) -> str:
    return name[0].lower() + name[1:]


def _find(region: Region, resource_type: str | None, name: str) -> Resource:
    """Return the resource with a name, and with a type unless that is None, or raise a `RejectionError`."""
    resource = region.resources.get(name)
    if resource is None or resource_type not in (None, resource.resource_type):
        raise not_found(resource_type or "resource", name)
    return resource


def _find_source(region: Region, name: str, kind: str = "resource") -> Source:
    """Return an instance or a disk, or only one of a kind, or raise a `RejectionError`."""
    resource = region.resources.get(name)
    if not isinstance(resource, Source) or kind not in {"resource", resource.resource_type}:
        raise not_found(kind, name)
    return resource


def _valid_name(name: str) -> str:
    if not NAME.fullmatch(name):
        rule = "Resource names must be at least 2 characters long and contain only alphanumerics, -, _, and ."
        raise invalid_input(f"{name} is not a valid resource name. {rule}")
    return name


def _free_name(request: Request, name: str) -> str:
    if _valid_name(name) in request.region.resources:
        raise invalid_input(f"Some names are already in use: {name}", detail="NameExists", tip="Choose another name.")
    return name


def _check_form(members: Mapping[str, Any], manual: str, automatic: str) -> None:
    """Check that a request names one snapshot: a manual one, or the automatic one of a date or the latest."""
    day, latest = members.get("restoreDate"), members.get("useLatestRestorableAutoSnapshot", False)
    if (manual in members) == (automatic in members):
        raise invalid_input(f"Specify either {manual} or {automatic}, and not both")
    if manual in members and (day is not None or latest):
        raise invalid_input(f"restoreDate and useLatestRestorableAutoSnapshot cannot be used with {manual}")
    if automatic in members and (day is None) != latest:
        raise invalid_input("Specify either restoreDate or useLatestRestorableAutoSnapshot, and not both")
    if day is not None and parse_date(day) is None:
        raise invalid_input("restoreDate must be a date in the format YYYY-MM-DD")


def _find_snapshot(request: Request, region: Region, manual: str, automatic: str, kind: str = "") -> Snapshot:
    """Return the snapshot that a request names; an automatic one has no name. A kind restricts its source."""
    name = request.members.get(manual)
    if name is None:
        source = _find_source(region, required(request.members, automatic), kind or "resource")
        return _find_automatic(region, source, request.members.get("restoreDate"))
    snapshot = region.resources.get(name)
    if not isinstance(snapshot, Snapshot) or not snapshot.resource_type.startswith(kind):
        raise not_found(f"{kind}Snapshot" if kind else "snapshot", name)
    if not snapshot.is_usable_at(request.now):
        state_now = snapshot.state_at(request.now)
        raise invalid_input(f"The {snapshot.resource_type} cannot be copied in its state {state_now}: {name}")
    return snapshot


def _find_automatic(region: Region, source: Source, day: str | None) -> Snapshot:
    """Return the automatic snapshot of a day, or the latest that can be restored."""
    newest = region.auto_snapshots.get(source.name, ())
    fitting = [each for each in newest if (each.status == "Success" if day is None else each.date.isoformat() == day)]
    if not fitting:
        which = "latest restorable automatic snapshot" if day is None else f"automatic snapshot of {day}"
        raise not_found(which, source.name)
    found = fitting[0]
    if found.status != "Success":
        words = f"its status {found.status}: {source.name}"
        raise invalid_input(f"The automatic snapshot of {found.date} cannot be copied in {words}")
    taken = evolve(source, attached_disks=found.attached_disks)
    snapshot = state.take_snapshot(taken, f"{source.resource_type}Snapshot", found.created_at)
    return evolve(snapshot, is_from_auto_snapshot=True)


def _add_snapshot(request: Request, name: str, taken: Snapshot) -> Snapshot:
    """Add a snapshot that is copied or taken: pending at first, and with a name that is free."""
    snapshot = evolve(
        taken,
        name=_free_name(request, name),
        region=request.region_name,
        created_at=request.now,
        ready_at=request.now + request.account.copy_duration,
        final_state=state.USABLE_STATES[taken.resource_type],
        tags=_tags(request.members),
    )
    request.region.resources[name] = snapshot
    return snapshot


def _zone(request: Request) -> str:
    zone: str = request.members["availabilityZone"]
    if zone[:-1] != request.region_name or zone[-1] not in state.ZONES:
        raise invalid_input(f"availabilityZone is not one of {request.region_name}: {zone}")
    return zone


def _tags(members: Mapping[str, Any]) -> state.Tags:
    return tuple((required(each, "key"), each.get("value")) for each in members.get("tags", ()))


def _add_on_time(add_ons: Iterable[Mapping[str, Any]]) -> str | None:
    """Return the hour of automatic snapshots that add-ons request, or None if there are no add-ons."""
    time: str | None = None
    for each in add_ons:
        _check_add_on(each)
        time = each.get("autoSnapshotAddOnRequest", {}).get("snapshotTimeOfDay") or DEFAULT_SNAPSHOT_TIME
        if not _TIME.fullmatch(time or ""):
            raise invalid_input(f"snapshotTimeOfDay must be in the format HH:00: {time}")
    return time


def _check_add_on(members: Mapping[str, Any]) -> None:
    kind = required(members, "addOnType")
    if kind != _ADD_ON:
        raise invalid_input(f"addOnType must be {_ADD_ON} for this resource: {kind}")
