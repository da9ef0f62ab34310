"""With the stubs of boto3: the dicts of its responses are parsed without a cast."""

from types_boto3_lightsail import LightsailClient
from types_boto3_lightsail.type_defs import (
    AutoSnapshotDetailsTypeDef,
    CopySnapshotResultTypeDef,
    DiskSnapshotTypeDef,
    InstanceSnapshotTypeDef,
    OperationTypeDef,
)
from typing_extensions import assert_type

from lightsail_copy import AutoSnapshot, CopySnapshotResult, Operation, Snapshot


def accepted(
    operation: OperationTypeDef,
    result: CopySnapshotResultTypeDef,
    automatic: AutoSnapshotDetailsTypeDef,
    of_instance: InstanceSnapshotTypeDef,
    of_disk: DiskSnapshotTypeDef,
) -> None:
    assert_type(Operation.from_dict(operation), Operation)
    assert_type(CopySnapshotResult.from_dict(result), CopySnapshotResult)
    assert_type(AutoSnapshot.from_dict(automatic), AutoSnapshot)
    assert_type(Snapshot.from_dict(of_instance), Snapshot)
    assert_type(Snapshot.from_dict(of_disk), Snapshot)


def accepted_from_a_client(client: LightsailClient) -> None:
    Operation.from_dict(client.get_operation(operationId="1")["operation"])
    for operation in client.get_operations()["operations"]:
        Operation.from_dict(operation)


def lists_are_no_mappings(client: LightsailClient, operations: list[OperationTypeDef]) -> None:
    Operation.from_dict(operations)  # reject
    Operation.from_dict(client.get_operations()["operations"])  # reject
    AutoSnapshot.from_dict(client.get_auto_snapshots(resourceName="web-1")["autoSnapshots"])  # reject
