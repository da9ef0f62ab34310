"""
The operations that the fake serves: a table from name to handler.

A handler takes the account and one parsed request, and returns the members of the response or raises a
`RejectionError`. A list that has no handler is empty, as botocore's model of the service describes it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any, cast

from attrs import frozen

from lightsail_copy.testing import catalog, changes, serialization
from lightsail_copy.testing.changes import find, find_source
from lightsail_copy.testing.protocol import (
    Json,
    RejectionError,
    Request,
    check_kind,
    invalid_input,
    not_found,
    parse_body,
)
from lightsail_copy.testing.state import Account, newest_first

Handler = Callable[[Account, Request], Json]

_MAX_LISTINGS = 1000
_KINDS: Mapping[str, type[object]] = {
    "addOnRequest": dict,
    "addOns": list,
    "includeAvailabilityZones": bool,
    "instanceNames": list,
    "sizeInGb": int,
    "tags": list,
    "useLatestRestorableAutoSnapshot": bool,
}


@frozen
class Served:
    """An operation: its handler, and the names of the members that it takes; the others are ignored."""

    handler: Handler
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


def handle(account: Account, operation: str, region: str, body: bytes, now: float) -> Json:
    """Carry out a request, and return the members of the response or raise a `RejectionError`."""
    served = OPERATIONS.get(operation) or _empty_list(operation)
    parameters = parse_body(body if body or served.required else b"{}")
    taken = {name: parameters[name] for name in served.required + served.optional if name in parameters}
    for name, value in taken.items():
        check_kind(name, value, _KINDS.get(name, str))
    missing = [name for name in served.required if not taken.get(name)]
    if missing:
        raise invalid_input(f"{missing[0]} must not be null or empty")
    return served.handler(account, Request(operation, region, taken, now))


def _empty_list(operation: str) -> Served:
    """Return how a list without required members is served, which is empty; raise a `RejectionError` for all else."""
    model = _model()
    described = model["operations"].get(operation)
    if described is None:
        raise RejectionError("UnknownOperationException", f"Lightsail has no operation {operation}")
    shapes = model["shapes"]
    members = shapes[described["output"]["shape"]]["members"]
    empty = {name: list[object]() for name, member in members.items() if shapes[member["shape"]]["type"] == "list"}
    if not operation.startswith("Get") or shapes[described["input"]["shape"]].get("required") or not empty:
        served = f"It serves {', '.join(OPERATIONS)}, and empty lists of other resources"
        raise RejectionError(
            "UnknownOperationException", f"The fake does not serve the operation {operation}. {served}"
        )
    return Served(lambda _, __: {**empty})


@functools.cache
def _model() -> Mapping[str, Any]:
    loader: Any = import_module("botocore.loaders").Loader()
    return cast("Mapping[str, Any]", loader.load_service_model("lightsail", "service-2"))


def _page(account: Account, request: Request, find_keys: Callable[[], Iterable[str]]) -> tuple[tuple[str, ...], Json]:
    """Return the keys of one page and the token of the next page, which stands for the rest of the list as it was."""
    token = request.text("pageToken")
    rest = tuple(find_keys()) if token is None else account.listings.get((request.operation, request.region, token))
    if rest is None:
        raise invalid_input("The pageToken is not valid")
    page, rest = rest[: account.page_size], rest[account.page_size :]
    if not rest:
        return page, {}
    next_token = next(account.page_tokens)
    account.listings[request.operation, request.region, next_token] = rest
    if len(account.listings) > _MAX_LISTINGS:
        del account.listings[next(iter(account.listings))]
    return page, {"nextPageToken": next_token}


def _get_operation(account: Account, request: Request) -> Json:
    identifier = request.required("operationId")
    operation = account.region(request.region).operations.get(identifier)
    if operation is None:
        raise not_found("Operation", identifier)
    return {"operation": serialization.operation(operation, request.now)}


def _get_operations(account: Account, request: Request) -> Json:
    """List the operations of one resource, or of all."""
    name = request.text("resourceName")
    operations = account.region(request.region).operations
    newest = (key for key, each in reversed(operations.items()) if name in (None, each.resource_name))
    page, more = _page(account, request, lambda: newest)
    return {"operations": [serialization.operation(operations[each], request.now) for each in page], **more}


def _get_auto_snapshots(account: Account, request: Request) -> Json:
    name = request.required("resourceName")
    region = account.region(request.region)
    resource = find_source(region, name)
    return {
        "autoSnapshots": [serialization.auto_snapshot(each) for each in region.auto_snapshots.get(name, ())],
        "resourceName": name,
        "resourceType": resource.resource_type,
    }


def _get_one(resource_type: str, parameter: str, member: str) -> Handler:
    """Return the handler that gets one resource of a type by its name."""

    def handler(account: Account, request: Request) -> Json:
        region = account.region(request.region)
        found = find(region, resource_type, request.required(parameter))
        return {member: serialization.resource(region, found, request.now)}

    return handler


def _get_all(resource_type: str, member: str) -> Handler:
    """Return the handler that lists all resources of a type, newest first."""

    def handler(account: Account, request: Request) -> Json:
        region = account.region(request.region)
        resources = {name: each for name, each in region.resources.items() if each.resource_type == resource_type}
        page, more = _page(account, request, lambda: newest_first(resources))
        # Later pages lack what was deleted after the first page.
        found = [serialization.resource(region, resources[name], request.now) for name in page if name in resources]
        return {member: found, **more}

    return handler


def _get_active_names(account: Account, request: Request) -> Json:
    page, more = _page(account, request, lambda: newest_first(account.region(request.region).resources))
    return {"activeNames": list(page), **more}


def _delete(resource_type: str, parameter: str) -> Handler:
    """Return the handler that deletes a snapshot of a type by its name."""
    return lambda account, request: changes.delete_snapshot(account, request, resource_type, parameter)


_PAGE = ("pageToken",)
_AUTOMATIC = ("restoreDate", "useLatestRestorableAutoSnapshot")

OPERATIONS: Mapping[str, Served] = {
    "CopySnapshot": Served(
        changes.copy_snapshot,
        ("targetSnapshotName", "sourceRegion"),
        ("sourceSnapshotName", "sourceResourceName", *_AUTOMATIC),
    ),
    "CreateDiskFromSnapshot": Served(
        changes.create_disk_from_snapshot,
        ("diskName", "availabilityZone", "sizeInGb"),
        ("diskSnapshotName", "sourceDiskName", *_AUTOMATIC, "addOns", "tags"),
    ),
    "CreateDiskSnapshot": Served(
        changes.create_disk_snapshot, ("diskSnapshotName",), ("diskName", "instanceName", "tags")
    ),
    "CreateInstancesFromSnapshot": Served(
        changes.create_instances_from_snapshot,
        ("instanceNames", "availabilityZone", "bundleId"),
        ("instanceSnapshotName", "sourceInstanceName", *_AUTOMATIC, "keyPairName", "addOns", "tags"),
    ),
    "CreateInstanceSnapshot": Served(
        changes.create_instance_snapshot, ("instanceSnapshotName", "instanceName"), ("tags",)
    ),
    "DeleteAutoSnapshot": Served(changes.delete_auto_snapshot, ("resourceName", "date")),
    "DeleteDisk": Served(changes.delete_disk, ("diskName",)),
    "DeleteDiskSnapshot": Served(_delete("DiskSnapshot", "diskSnapshotName"), ("diskSnapshotName",)),
    "DeleteInstance": Served(changes.delete_instance, ("instanceName",)),
    "DeleteInstanceSnapshot": Served(_delete("InstanceSnapshot", "instanceSnapshotName"), ("instanceSnapshotName",)),
    "DisableAddOn": Served(changes.disable_add_on, ("addOnType", "resourceName")),
    "EnableAddOn": Served(changes.enable_add_on, ("resourceName", "addOnRequest")),
    "GetActiveNames": Served(_get_active_names, (), _PAGE),
    "GetAutoSnapshots": Served(_get_auto_snapshots, ("resourceName",)),
    "GetBlueprints": Served(lambda _, __: {"blueprints": catalog.catalog()["blueprints"]}, (), _PAGE),
    "GetBundles": Served(lambda _, __: {"bundles": catalog.catalog()["bundles"]}, (), _PAGE),
    "GetDisk": Served(_get_one("Disk", "diskName", "disk"), ("diskName",)),
    "GetDisks": Served(_get_all("Disk", "disks"), (), _PAGE),
    "GetDiskSnapshot": Served(_get_one("DiskSnapshot", "diskSnapshotName", "diskSnapshot"), ("diskSnapshotName",)),
    "GetDiskSnapshots": Served(_get_all("DiskSnapshot", "diskSnapshots"), (), _PAGE),
    "GetInstance": Served(_get_one("Instance", "instanceName", "instance"), ("instanceName",)),
    "GetInstances": Served(_get_all("Instance", "instances"), (), _PAGE),
    "GetInstanceSnapshot": Served(
        _get_one("InstanceSnapshot", "instanceSnapshotName", "instanceSnapshot"), ("instanceSnapshotName",)
    ),
    "GetInstanceSnapshots": Served(_get_all("InstanceSnapshot", "instanceSnapshots"), (), _PAGE),
    "GetOperation": Served(_get_operation, ("operationId",)),
    "GetOperations": Served(_get_operations, (), _PAGE),
    "GetOperationsForResource": Served(_get_operations, ("resourceName",), _PAGE),
    "GetRegions": Served(
        lambda _, request: {"regions": catalog.regions(with_zones=request.flag("includeAvailabilityZones"))},
        (),
        ("includeAvailabilityZones",),
    ),
    "TagResource": Served(changes.tag_resource, ("resourceName", "tags")),
}
