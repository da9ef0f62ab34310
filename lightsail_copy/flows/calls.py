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
    Parser,
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
    """A page of a list."""

    items: tuple[T, ...]
    next_token: str | None
    skipped: int = 0  # how many items could not be parsed
    request_id: str | None = None
    headers: Mapping[str, str] = {}  # their names in lower case


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
    return Call("get_instance_snapshot", {"instanceSnapshotName": name}, _parser("instanceSnapshot", parse_snapshot))


def get_disk_snapshot(name: str) -> Call[Snapshot]:
    """Return a snapshot of a disk."""
    return Call("get_disk_snapshot", {"diskSnapshotName": name}, _parser("diskSnapshot", parse_snapshot))


def get_instance_snapshots(page_token: str | None) -> Call[Page[Snapshot]]:
    """Return a page of the snapshots of instances."""
    return Call("get_instance_snapshots", _page_parameters(page_token), partial(_parse_snapshots, "instanceSnapshots"))


def get_disk_snapshots(page_token: str | None) -> Call[Page[Snapshot]]:
    """Return a page of the snapshots of disks."""
    return Call("get_disk_snapshots", _page_parameters(page_token), partial(_parse_snapshots, "diskSnapshots"))


def delete_instance_snapshot(name: str) -> Call[tuple[Operation, ...]]:
    """Delete a snapshot of an instance."""
    return Call("delete_instance_snapshot", {"instanceSnapshotName": name}, _STARTED)


def delete_disk_snapshot(name: str) -> Call[tuple[Operation, ...]]:
    """Delete a snapshot of a disk."""
    return Call("delete_disk_snapshot", {"diskSnapshotName": name}, _STARTED)


def get_instance_size(name: str) -> Call[int]:
    """Return the size of an instance's system disk, in GB."""
    return Call("get_instance", {"instanceName": name}, _parse_instance_size)


def get_disk_size(name: str) -> Call[int]:
    """Return the size of a disk, in GB."""
    return Call("get_disk", {"diskName": name}, _parser("disk", at("sizeInGb", to_integer)))


def without_parsing(call: Call[object]) -> Call[None]:
    """Return a call whose response is not parsed."""
    return Call(call.method, call.parameters, lambda _: None)


def _parser(key: str, parse: Parser[T]) -> Parser[T]:
    """Return a parser of responses, which parses the value under one key."""
    return partial(parse_response, at(key, parse))


_STARTED = _parser("operations", each(OPERATION.parse))
_LISTED = _parser("operations", to_list)


def _page_parameters(page_token: str | None) -> dict[str, str]:
    return {} if page_token is None else {"pageToken": page_token}


def _parse_operation(operation_id: str, response: object) -> Operation:
    operation = _parser("operation", OPERATION.parse)(response)
    if operation.id != operation_id:
        fault = f"the id is {format_value(operation.id)}, not {format_value(operation_id)}"
        raise UnexpectedResponseError(fault, path="operation.id", response=response)
    return operation


def _parse_operations(response: object) -> Page[Operation]:
    listed = _LISTED(response)
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
    dated = filter(None, _parser("autoSnapshots", each(_parse_auto_snapshot))(response))
    return tuple(sorted(dated, key=lambda snapshot: (snapshot.date, snapshot.created_at or _NEVER), reverse=True))


def _parse_auto_snapshot(value: object) -> AutoSnapshot | None:
    # One without a date cannot be copied, and must not hide the others.
    return None if to_mapping(value).get("date") is None else AUTO_SNAPSHOT.parse(value)


def _parse_snapshots(key: str, response: object) -> Page[Snapshot]:
    return Page(_parser(key, each(parse_snapshot))(response), _next_token(response))


def _parse_instance_size(response: object) -> int:
    disks = _parser("instance", at("hardware", at("disks", each(_parse_disk))))(response)
    return sum(size for size, is_system_disk in disks if is_system_disk)


def _parse_disk(value: object) -> tuple[int, bool]:
    return at("sizeInGb", to_integer)(value), at("isSystemDisk", to_boolean)(value)
