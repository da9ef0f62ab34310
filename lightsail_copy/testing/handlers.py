"""
The operations that the fake serves: a table from name to handler.

A handler takes the account and one parsed request, and returns the members of the response or raises a `Rejection`. The
backend holds its lock meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from attrs import frozen

from lightsail_copy.testing import scenario, serialization
from lightsail_copy.testing.copying import copy_snapshot
from lightsail_copy.testing.protocol import Request, parse_body
from lightsail_copy.testing.responses import Rejection, invalid_input, malformed, not_found
from lightsail_copy.testing.state import Account, Disk, Instance

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lightsail_copy.testing.state import Resource

Handler = Callable[[Account, Request], serialization.Json]

_MAX_LISTINGS = 1000
_FLAGS = frozenset({"includeHealthStatus", "useLatestRestorableAutoSnapshot"})


@frozen
class Served:
    """An operation: its handler, and the names of the members that it takes."""

    handler: Handler
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


def handle(account: Account, operation: str, region: str, body: bytes, now: float) -> serialization.Json:
    """
    Carry out a request, and return the members of the response.

    Raises:
        Rejection: the operation is not served, the body does not fit it, or the service rejects the request.
    """
    served = OPERATIONS.get(operation)
    if served is None:
        raise Rejection("UnknownOperationException", f"The fake does not serve the operation {operation}")
    parameters = parse_body(body)
    _check_members(served, parameters)
    return served.handler(account, Request(operation, region, parameters, now))


def _check_members(served: Served, parameters: Mapping[str, object]) -> None:
    for name in served.required + served.optional:
        kind = bool if name in _FLAGS else str
        if name in parameters and not isinstance(parameters[name], kind):
            raise malformed(f"The member {name} cannot be converted to {'Boolean' if kind is bool else 'String'}")
    missing = [name for name in served.required if not parameters.get(name)]
    if missing:
        raise invalid_input(f"{missing[0]} must not be null or empty")


def _page(account: Account, request: Request, keys: Iterable[str]) -> tuple[tuple[str, ...], serialization.Json]:
    """Return the keys of one page and the token of the next page, which stands for the rest of the list as it was."""
    token = request.text("pageToken")
    rest = tuple(keys)
    if token is not None:
        listing = account.listings.get((request.operation, request.region, token))
        if listing is None:
            raise invalid_input("The pageToken is not valid")
        rest = listing
    page, rest = rest[: account.page_size], rest[account.page_size :]
    if not rest:
        return page, {}
    next_token = next(account.page_tokens)
    account.listings[request.operation, request.region, next_token] = rest
    if len(account.listings) > _MAX_LISTINGS:
        del account.listings[next(iter(account.listings))]
    return page, {"nextPageToken": next_token}


def _get_operation(account: Account, request: Request) -> serialization.Json:
    identifier = request.required("operationId")
    operation = account.region(request.region).operations.get(identifier)
    if operation is None:
        raise not_found("Operation", identifier)
    return {"operation": serialization.operation(operation, request.now)}


def _get_operations(account: Account, request: Request) -> serialization.Json:
    operations = account.region(request.region).operations
    page, more = _page(account, request, operations)
    return {"operations": [serialization.operation(operations[each], request.now) for each in page], **more}


def _get_operations_for_resource(account: Account, request: Request) -> serialization.Json:
    name = request.required("resourceName")
    operations = account.region(request.region).operations
    newest_first = [each.id for each in reversed(list(operations.values())) if each.resource_name == name]
    page, more = _page(account, request, newest_first)
    return {"operations": [serialization.operation(operations[each], request.now) for each in page], **more}


def _get_auto_snapshots(account: Account, request: Request) -> serialization.Json:
    name = request.required("resourceName")
    region = account.region(request.region)
    resource = region.resources.get(name)
    if not isinstance(resource, (Instance, Disk)):
        raise not_found("resource", name)
    return {
        "autoSnapshots": [serialization.auto_snapshot(each) for each in region.auto_snapshots.get(name, ())],
        "resourceName": name,
        "resourceType": resource.resource_type,
    }


def _find(account: Account, request: Request, resource_type: str, parameter: str) -> Resource:
    """
    Return the resource that a request names.

    Raises:
        Rejection: the Region has no resource of that name and type.
    """
    name = request.required(parameter)
    resource = account.region(request.region).resources.get(name)
    if resource is None or resource.resource_type != resource_type:
        raise not_found(resource_type, name)
    return resource


def _get_one(resource_type: str, parameter: str, member: str) -> Handler:
    """Return the handler that gets one resource of a type by its name."""

    def handler(account: Account, request: Request) -> serialization.Json:
        resource = _find(account, request, resource_type, parameter)
        return {member: serialization.resource(account.region(request.region), resource, request.now)}

    return handler


def _get_all(resource_type: str, member: str) -> Handler:
    """Return the handler that lists all resources of a type, oldest first."""

    def handler(account: Account, request: Request) -> serialization.Json:
        region = account.region(request.region)
        resource: dict[str, Resource] = {
            name: each for name, each in region.resources.items() if each.resource_type == resource_type
        }
        page, more = _page(account, request, resource)
        # Later pages lack what was deleted after the first page.
        found = [serialization.resource(region, resource[name], request.now) for name in page if name in resource]
        return {member: found, **more}

    return handler


def _delete(resource_type: str, parameter: str) -> Handler:
    """Return the handler that deletes a snapshot of a type by its name."""

    def handler(account: Account, request: Request) -> serialization.Json:
        resource = _find(account, request, resource_type, parameter)
        operation = scenario.remove(account, account.region(request.region), resource.name, request.now)
        return {"operations": [serialization.operation(operation, request.now)]}

    return handler


_COPY_MEMBERS = ("sourceSnapshotName", "sourceResourceName", "restoreDate", "useLatestRestorableAutoSnapshot")
_LIST_MEMBERS = ("pageToken", "includeHealthStatus")

OPERATIONS: Mapping[str, Served] = {
    "CopySnapshot": Served(copy_snapshot, ("targetSnapshotName", "sourceRegion"), _COPY_MEMBERS),
    "DeleteDiskSnapshot": Served(_delete("DiskSnapshot", "diskSnapshotName"), ("diskSnapshotName",)),
    "DeleteInstanceSnapshot": Served(_delete("InstanceSnapshot", "instanceSnapshotName"), ("instanceSnapshotName",)),
    "GetAutoSnapshots": Served(_get_auto_snapshots, ("resourceName",)),
    "GetDisk": Served(_get_one("Disk", "diskName", "disk"), ("diskName",)),
    "GetDisks": Served(_get_all("Disk", "disks"), (), _LIST_MEMBERS),
    "GetDiskSnapshot": Served(_get_one("DiskSnapshot", "diskSnapshotName", "diskSnapshot"), ("diskSnapshotName",)),
    "GetDiskSnapshots": Served(_get_all("DiskSnapshot", "diskSnapshots"), (), _LIST_MEMBERS),
    "GetInstance": Served(
        _get_one("Instance", "instanceName", "instance"), ("instanceName",), ("includeHealthStatus",)
    ),
    "GetInstances": Served(_get_all("Instance", "instances"), (), _LIST_MEMBERS),
    "GetInstanceSnapshot": Served(
        _get_one("InstanceSnapshot", "instanceSnapshotName", "instanceSnapshot"), ("instanceSnapshotName",)
    ),
    "GetInstanceSnapshots": Served(_get_all("InstanceSnapshot", "instanceSnapshots"), (), _LIST_MEMBERS),
    "GetOperation": Served(_get_operation, ("operationId",)),
    "GetOperations": Served(_get_operations, (), _LIST_MEMBERS),
    "GetOperationsForResource": Served(_get_operations_for_resource, ("resourceName",), _LIST_MEMBERS),
}
