"""What the service gave is typed to the last attribute, and goes to JSON and back."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from typing_extensions import assert_type

from lightsail_copy import (
    AttachedDisk,
    AutoSnapshot,
    AutoSnapshotStatus,
    CopySnapshotResult,
    Operation,
    OperationStatus,
    OperationType,
    RegionName,
    ResourceLocation,
    ResourceType,
    Snapshot,
    SnapshotState,
    Unrecognized,
)
from lightsail_copy.dicts import AutoSnapshotDict, CopySnapshotResultDict, OperationDict, SnapshotDict


def operation_attributes(operation: Operation) -> None:
    assert_type(operation.id, str)
    assert_type(operation.resource_name, str)
    assert_type(operation.resource_type, ResourceType | Unrecognized)
    assert_type(operation.created_at, datetime)
    assert_type(operation.location, ResourceLocation)
    assert_type(operation.is_terminal, bool)
    assert_type(operation.operation_type, OperationType | Unrecognized)
    assert_type(operation.status, OperationStatus | Unrecognized)
    assert_type(operation.operation_details, str | None)
    assert_type(operation.status_changed_at, datetime | None)
    assert_type(operation.error_code, str | None)
    assert_type(operation.error_details, str | None)
    assert_type(operation.succeeded, bool)
    assert_type(operation.failed, bool)
    assert_type(operation.done, bool)
    assert_type(operation.location.availability_zone, str)
    assert_type(operation.location.region_name, RegionName | Unrecognized)
    operation.succeeded()  # reject: a property
    operation.operationType  # reject: a wire name
    operation["id"]  # reject: no mapping


def optional_attributes_must_be_looked_at(operation: Operation) -> None:
    operation.error_code.lower()  # reject
    operation.error_details.lower()  # reject
    operation.operation_details.split(":")  # reject
    operation.status_changed_at.isoformat()  # reject
    if operation.error_code is not None:
        operation.error_code.lower()


def result_attributes(result: CopySnapshotResult) -> None:
    assert_type(result.operations, tuple[Operation, ...])
    assert_type(result.request_id, str | None)
    assert_type(result.adopted, bool)
    result.operations.append(result.operations[0])  # reject: a tuple
    result.request_id.lower()  # reject: it may be None
    result["operations"]  # reject: no mapping
    (operation,) = result.operations
    assert_type(operation, Operation)


def auto_snapshot_attributes(automatic: AutoSnapshot) -> None:
    assert_type(automatic.date, date)
    assert_type(automatic.created_at, datetime | None)
    assert_type(automatic.status, AutoSnapshotStatus | Unrecognized)
    assert_type(automatic.from_attached_disks, tuple[AttachedDisk, ...])
    assert_type(automatic.from_attached_disks[0].path, str)
    assert_type(automatic.from_attached_disks[0].size_in_gb, int)


def snapshot_attributes(snapshot: Snapshot) -> None:
    assert_type(snapshot.name, str)
    assert_type(snapshot.arn, str)
    assert_type(snapshot.resource_type, ResourceType | Unrecognized)
    assert_type(snapshot.state, SnapshotState | Unrecognized)
    assert_type(snapshot.created_at, datetime)
    assert_type(snapshot.location, ResourceLocation)
    assert_type(snapshot.size_in_gb, int | None)
    assert_type(snapshot.origin, str | None)
    assert_type(snapshot.progress, int | None)
    assert_type(snapshot.usable, bool)
    snapshot.progress + 1  # reject: it may be None


def from_dict_takes_mappings(
    plain: dict[str, object], loose: dict[str, Any], mapping: Mapping[str, object], texts: dict[str, str], text: str
) -> None:
    assert_type(Operation.from_dict(plain), Operation)
    assert_type(CopySnapshotResult.from_dict(plain), CopySnapshotResult)
    assert_type(AutoSnapshot.from_dict(plain), AutoSnapshot)
    assert_type(Snapshot.from_dict(plain), Snapshot)
    Operation.from_dict(loose)
    Operation.from_dict(mapping)
    Operation.from_dict(texts)
    Operation.from_dict(json.loads(text))
    Operation.from_dict(json.loads(text)["operations"][0])
    Operation.from_dict({"id": "1", "isTerminal": True})
    Operation.from_dict(Operation.from_dict(plain).to_dict())


def from_dict_takes_nothing_else(operations: list[dict[str, object]], numbered: dict[int, object], text: str) -> None:
    Operation.from_dict(operations)  # reject
    Operation.from_dict([])  # reject
    Operation.from_dict(None)  # reject
    Operation.from_dict(text)  # reject: the JSON itself
    Operation.from_dict(numbered)  # reject
    Operation.from_dict()  # reject
    Operation.from_dict(id="1")  # reject
    CopySnapshotResult.from_dict(operations)  # reject
    CopySnapshotResult.from_dict(None)  # reject
    AutoSnapshot.from_dict(None)  # reject
    Snapshot.from_dict(None)  # reject


def to_dict_is_ready_for_json(
    operation: Operation, result: CopySnapshotResult, automatic: AutoSnapshot, snapshot: Snapshot
) -> None:
    assert_type(json.dumps(operation.to_dict()), str)
    assert_type(operation.to_dict(), OperationDict)
    assert_type(result.to_dict(), CopySnapshotResultDict)
    assert_type(automatic.to_dict(), AutoSnapshotDict)
    assert_type(snapshot.to_dict(), SnapshotDict)
    operation.to_dict()["creatdAt"]  # reject: a slip of the keys
    result.to_dict()["operations"][0]["id"].upper()
    result.to_dict()["operation"]  # reject
    json.dumps([result.to_dict(), automatic.to_dict(), snapshot.to_dict(), operation.location.to_dict()])


def nothing_has_an_order(result: CopySnapshotResult, snapshots: tuple[AutoSnapshot, ...]) -> None:
    sorted(result.operations)  # reject
    max(snapshots)  # reject
    sorted(result.operations, key=lambda operation: operation.created_at)
    max(snapshots, key=lambda snapshot: snapshot.date)
