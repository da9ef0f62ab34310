"""
The operations that the fake serves: a table from name to handler.

A handler is given the whole memory and one request that is well formed, and returns the members of the reply or raises
a `Refusal`. The memory is locked around it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, cast

from attrs import frozen

from lightsail_copy.testing import scene, wire
from lightsail_copy.testing.copies import copy_snapshot
from lightsail_copy.testing.replies import Refusal, invalid, not_found, unreadable
from lightsail_copy.testing.requests import Request
from lightsail_copy.testing.state import Disk, Instance, World

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lightsail_copy.testing.state import Holding

Handler = Callable[[World, Request], wire.Wire]

_MAX_LISTINGS = 1000
_FLAGS = frozenset({"includeHealthStatus", "useLatestRestorableAutoSnapshot"})


@frozen
class Served:
    """An operation: its handler, and the names of the members it takes."""

    handler: Handler
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


def decode(body: bytes) -> dict[str, object]:
    """
    Return the members of a request's body, without those that are null.

    Raises:
        Refusal: the body is no JSON object.
    """
    try:
        content = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise unreadable("The body of the request is no JSON in UTF-8") from None
    if not isinstance(content, dict):
        raise unreadable("Start of structure or map found where not expected")
    return {name: value for name, value in cast("dict[str, object]", content).items() if value is not None}


def perform(world: World, operation: str, region: str, body: bytes, moment: float) -> wire.Wire:
    """
    Do what a request asks, and return the members of the reply.

    Raises:
        Refusal: the operation is not served, the body does not fit it, or the service has a reason to say no.
    """
    served = OPERATIONS.get(operation)
    if served is None:
        raise Refusal("UnknownOperationException", f"The fake does not serve the operation {operation}")
    parameters = decode(body)
    _check_members(served, parameters)
    return served.handler(world, Request(operation, region, parameters, moment))


def _check_members(served: Served, parameters: Mapping[str, object]) -> None:
    for name in served.required + served.optional:
        kind = bool if name in _FLAGS else str
        if name in parameters and not isinstance(parameters[name], kind):
            raise unreadable(f"The member {name} cannot be converted to {'Boolean' if kind is bool else 'String'}")
    missing = [name for name in served.required if not parameters.get(name)]
    if missing:
        raise invalid(f"{missing[0]} must not be null or empty")


def _page(world: World, request: Request, keys: Iterable[str]) -> tuple[tuple[str, ...], wire.Wire]:
    """Return the keys of one page, and the token of the next; a token holds the rest of the list as it was."""
    token = request.text("pageToken")
    rest = tuple(keys)
    if token is not None:
        listing = world.listings.get((request.operation, request.region, token))
        if listing is None:
            raise invalid("The pageToken is not valid")
        rest = listing
    page, rest = rest[: world.page_size], rest[world.page_size :]
    if not rest:
        return page, {}
    next_token = next(world.page_tokens)
    world.listings[request.operation, request.region, next_token] = rest
    if len(world.listings) > _MAX_LISTINGS:
        del world.listings[next(iter(world.listings))]
    return page, {"nextPageToken": next_token}


def _get_operation(world: World, request: Request) -> wire.Wire:
    identifier = request.given("operationId")
    operation = world.region(request.region).operations.get(identifier)
    if operation is None:
        raise not_found("Operation", identifier)
    return {"operation": wire.operation(operation, request.moment)}


def _get_operations(world: World, request: Request) -> wire.Wire:
    operations = world.region(request.region).operations
    page, more = _page(world, request, operations)
    return {"operations": [wire.operation(operations[each], request.moment) for each in page], **more}


def _get_operations_for_resource(world: World, request: Request) -> wire.Wire:
    name = request.given("resourceName")
    operations = world.region(request.region).operations
    newest_first = [each.id for each in reversed(list(operations.values())) if each.resource_name == name]
    page, more = _page(world, request, newest_first)
    return {"operations": [wire.operation(operations[each], request.moment) for each in page], **more}


def _get_auto_snapshots(world: World, request: Request) -> wire.Wire:
    name = request.given("resourceName")
    region = world.region(request.region)
    resource = region.holdings.get(name)
    if not isinstance(resource, (Instance, Disk)):
        raise not_found("resource", name)
    return {
        "autoSnapshots": [wire.auto_snapshot(each) for each in region.auto_snapshots.get(name, ())],
        "resourceName": name,
        "resourceType": resource.resource_type,
    }


def _one(resource_type: str, parameter: str, member: str) -> Handler:
    """Return the handler that reads one thing of a type by its name."""

    def handler(world: World, request: Request) -> wire.Wire:
        name = request.given(parameter)
        region = world.region(request.region)
        held = region.holdings.get(name)
        if held is None or held.resource_type != resource_type:
            raise not_found(resource_type, name)
        return {member: wire.holding(region, held, request.moment)}

    return handler


def _many(resource_type: str, member: str) -> Handler:
    """Return the handler that lists all things of a type, oldest first."""

    def handler(world: World, request: Request) -> wire.Wire:
        region = world.region(request.region)
        held: dict[str, Holding] = {
            name: each for name, each in region.holdings.items() if each.resource_type == resource_type
        }
        page, more = _page(world, request, held)
        # What was deleted since the first page is gone from the later ones.
        found = [wire.holding(region, held[name], request.moment) for name in page if name in held]
        return {member: found, **more}

    return handler


def _delete(resource_type: str, parameter: str) -> Handler:
    """Return the handler that deletes a snapshot of a type by its name."""

    def handler(world: World, request: Request) -> wire.Wire:
        name = request.given(parameter)
        region = world.region(request.region)
        held = region.holdings.get(name)
        if held is None or held.resource_type != resource_type:
            raise not_found(resource_type, name)
        operation = scene.remove(world, region, name, request.moment)
        return {"operations": [wire.operation(operation, request.moment)]}

    return handler


_FORMS = ("sourceSnapshotName", "sourceResourceName", "restoreDate", "useLatestRestorableAutoSnapshot")
_LISTED = ("pageToken", "includeHealthStatus")

OPERATIONS: Mapping[str, Served] = {
    "CopySnapshot": Served(copy_snapshot, ("targetSnapshotName", "sourceRegion"), _FORMS),
    "DeleteDiskSnapshot": Served(_delete("DiskSnapshot", "diskSnapshotName"), ("diskSnapshotName",)),
    "DeleteInstanceSnapshot": Served(_delete("InstanceSnapshot", "instanceSnapshotName"), ("instanceSnapshotName",)),
    "GetAutoSnapshots": Served(_get_auto_snapshots, ("resourceName",)),
    "GetDisk": Served(_one("Disk", "diskName", "disk"), ("diskName",)),
    "GetDisks": Served(_many("Disk", "disks"), (), _LISTED),
    "GetDiskSnapshot": Served(_one("DiskSnapshot", "diskSnapshotName", "diskSnapshot"), ("diskSnapshotName",)),
    "GetDiskSnapshots": Served(_many("DiskSnapshot", "diskSnapshots"), (), _LISTED),
    "GetInstance": Served(_one("Instance", "instanceName", "instance"), ("instanceName",), ("includeHealthStatus",)),
    "GetInstances": Served(_many("Instance", "instances"), (), _LISTED),
    "GetInstanceSnapshot": Served(
        _one("InstanceSnapshot", "instanceSnapshotName", "instanceSnapshot"), ("instanceSnapshotName",)
    ),
    "GetInstanceSnapshots": Served(_many("InstanceSnapshot", "instanceSnapshots"), (), _LISTED),
    "GetOperation": Served(_get_operation, ("operationId",)),
    "GetOperations": Served(_get_operations, (), _LISTED),
    "GetOperationsForResource": Served(_get_operations_for_resource, ("resourceName",), _LISTED),
}
