"""
The calls that this package makes, each with its method, its parameters, and the parser of its response.

Sources: botocore's model of Lightsail, and responses seen on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Generic, TypeVar

from attrs import frozen

from lightsail_copy.errors import UnexpectedResponseError, format_value
from lightsail_copy.flows import Call
from lightsail_copy.operations import OPERATION, CopySnapshotResult, Operation
from lightsail_copy.parsing import (
    UTC,
    at,
    each,
    mapping_or_empty,
    parse_response,
    text_or_none,
    to_boolean,
    to_integer,
    to_list,
    to_mapping,
)
from lightsail_copy.requests import SnapshotCopyRequest
from lightsail_copy.snapshots import AUTO_SNAPSHOT, AutoSnapshot, Snapshot, parse_snapshot

T = TypeVar("T")

_NEVER = datetime.min.replace(tzinfo=UTC)


@frozen(order=False, eq=False, repr=False)
class Page(Generic[T]):
    """
    A page of a list.

    Attributes:
        items: the items, in the service's order.
        next_token: the token of the next page, or None on the last page.
        skipped: how many items could not be parsed.
        request_id: the id of the request.
        headers: the headers of the response, their names in lower case.
    """

    items: tuple[T, ...]
    next_token: str | None
    skipped: int = 0
    request_id: str | None = None
    headers: Mapping[str, str] = {}


def copy_snapshot(request: SnapshotCopyRequest) -> Call[CopySnapshotResult]:
    """Copy a snapshot."""
    return Call("copy_snapshot", request.to_dict(), CopySnapshotResult.from_dict)


def get_operation(operation_id: str) -> Call[Operation]:
    """Return an operation; a response with another id is an `UnexpectedResponseError`."""
    return Call("get_operation", {"operationId": operation_id}, partial(_parse_operation, operation_id))


def get_operations(page_token: str | None) -> Call[Page[Operation]]:
    """Return a page of all operations of the Region."""
    return Call("get_operations", _page_parameters(page_token), _parse_operations)


def get_operations_for_resource(resource_name: str, page_token: str | None) -> Call[Page[Operation]]:
    """Return a page of the operations on the resources of a name."""
    parameters = {"resourceName": resource_name, **_page_parameters(page_token)}
    return Call("get_operations_for_resource", parameters, _parse_operations)


def get_auto_snapshots(resource_name: str) -> Call[tuple[AutoSnapshot, ...]]:
    """Return the automatic snapshots of an instance or a disk, newest first."""
    return Call("get_auto_snapshots", {"resourceName": resource_name}, _parse_auto_snapshots)


def get_instance_snapshot(name: str) -> Call[Snapshot]:
    """Return a snapshot of an instance."""
    return Call("get_instance_snapshot", {"instanceSnapshotName": name}, partial(_parse_snapshot, "instanceSnapshot"))


def get_disk_snapshot(name: str) -> Call[Snapshot]:
    """Return a snapshot of a disk."""
    return Call("get_disk_snapshot", {"diskSnapshotName": name}, partial(_parse_snapshot, "diskSnapshot"))


def get_instance_snapshots(page_token: str | None) -> Call[Page[Snapshot]]:
    """Return a page of the snapshots of instances."""
    parse = partial(_parse_snapshots, "instanceSnapshots")
    return Call("get_instance_snapshots", _page_parameters(page_token), parse)


def get_disk_snapshots(page_token: str | None) -> Call[Page[Snapshot]]:
    """Return a page of the snapshots of disks."""
    return Call("get_disk_snapshots", _page_parameters(page_token), partial(_parse_snapshots, "diskSnapshots"))


def delete_instance_snapshot(name: str) -> Call[tuple[Operation, ...]]:
    """Delete a snapshot of an instance."""
    return Call("delete_instance_snapshot", {"instanceSnapshotName": name}, _parse_started)


def delete_disk_snapshot(name: str) -> Call[tuple[Operation, ...]]:
    """Delete a snapshot of a disk."""
    return Call("delete_disk_snapshot", {"diskSnapshotName": name}, _parse_started)


def get_instance_size(name: str) -> Call[int]:
    """Return the size of an instance's system disk, in GB."""
    return Call("get_instance", {"instanceName": name}, _parse_instance_size)


def get_disk_size(name: str) -> Call[int]:
    """Return the size of a disk, in GB."""
    return Call("get_disk", {"diskName": name}, _parse_disk_size)


def without_parsing(call: Call[object]) -> Call[None]:
    """Return a call whose response is not parsed."""
    return Call(call.method, call.parameters, _ignore)


def _ignore(_: object) -> None:
    return None


def _page_parameters(page_token: str | None) -> dict[str, str]:
    return {} if page_token is None else {"pageToken": page_token}


def _parse_operation(operation_id: str, response: object) -> Operation:
    operation = parse_response(at("operation", OPERATION.parse), response)
    if operation.id != operation_id:
        fault = f"the id is {format_value(operation.id)}, not {format_value(operation_id)}"
        raise UnexpectedResponseError(fault, path="operation.id", response=response)
    return operation


def _parse_started(response: object) -> tuple[Operation, ...]:
    return parse_response(at("operations", each(OPERATION.parse)), response)


def _parse_operations(response: object) -> Page[Operation]:
    listed = parse_response(at("operations", to_list), response)
    operations = each(OPERATION.parse, skip=True)(listed)
    metadata = mapping_or_empty(mapping_or_empty(response).get("ResponseMetadata"))
    return Page(
        operations,
        _next_token(response),
        len(listed) - len(operations),
        text_or_none(metadata.get("RequestId")),
        mapping_or_empty(metadata.get("HTTPHeaders")),
    )


def _next_token(response: object) -> str | None:
    return text_or_none(mapping_or_empty(response).get("nextPageToken"))


def _parse_auto_snapshots(response: object) -> tuple[AutoSnapshot, ...]:
    listed = parse_response(at("autoSnapshots", each(_parse_auto_snapshot)), response)
    dated = filter(None, listed)
    return tuple(sorted(dated, key=lambda snapshot: (snapshot.date, snapshot.created_at or _NEVER), reverse=True))


def _parse_auto_snapshot(value: object) -> AutoSnapshot | None:
    # One without a date cannot be copied, and must not hide the others.
    return None if to_mapping(value).get("date") is None else AUTO_SNAPSHOT.parse(value)


def _parse_snapshot(key: str, response: object) -> Snapshot:
    return parse_response(at(key, parse_snapshot), response)


def _parse_snapshots(key: str, response: object) -> Page[Snapshot]:
    return Page(parse_response(at(key, each(parse_snapshot)), response), _next_token(response))


def _parse_instance_size(response: object) -> int:
    disks = parse_response(at("instance", at("hardware", at("disks", each(_parse_disk)))), response)
    return sum(size for size, is_system_disk in disks if is_system_disk)


def _parse_disk(value: object) -> tuple[int, bool]:
    return at("sizeInGb", to_integer)(value), at("isSystemDisk", to_boolean)(value)


def _parse_disk_size(response: object) -> int:
    return parse_response(at("disk", at("sizeInGb", to_integer)), response)
