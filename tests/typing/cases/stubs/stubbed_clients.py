"""With the stubs of boto3: any client of Lightsail is accepted, and a client of another service is rejected."""

# boto3's own stubs leave unknown what `boto3.client` gives for the services whose stubs are not installed.
# pyright: reportUnknownMemberType=false

import boto3
import mypy_boto3_lightsail
import types_boto3_lightsail
from botocore.client import BaseClient
from types_boto3_dynamodb import DynamoDBClient
from types_boto3_ec2 import EC2Client
from types_boto3_s3 import S3Client
from typing_extensions import assert_type

from lightsail_copy import (
    AutoSnapshot,
    CopySnapshotResult,
    Operation,
    Snapshot,
    SnapshotCopyRequest,
    copy_snapshot,
    get_auto_snapshots,
    get_operation,
    get_snapshot,
    plan_copy,
    wait_for_operations,
    watch_operations,
)


def made_by_boto3(request: SnapshotCopyRequest) -> None:
    client = boto3.client("lightsail", region_name="us-west-2")
    assert_type(client, types_boto3_lightsail.LightsailClient)
    assert_type(copy_snapshot(client, request), CopySnapshotResult)
    assert_type(get_operation(client, "1"), Operation)
    assert_type(get_auto_snapshots(client, "web-1"), tuple[AutoSnapshot, ...])
    assert_type(get_snapshot(client, "copy-1"), Snapshot)
    copy_snapshot(boto3.Session(profile_name="backup").client("lightsail"), request)
    copy_snapshot(boto3.client("lightsail"), request, if_exists="adopt")


def of_either_family(
    request: SnapshotCopyRequest,
    new: types_boto3_lightsail.LightsailClient,
    old: mypy_boto3_lightsail.LightsailClient,
) -> None:
    copy_snapshot(new, request)
    get_operation(new, "1")
    get_auto_snapshots(new, "web-1")
    get_snapshot(new, "copy-1")
    plan_copy(new, new, request)
    wait_for_operations(new, "1")
    watch_operations(new, "1")
    copy_snapshot(old, request)
    get_operation(old, "1")
    get_auto_snapshots(old, "web-1")
    get_snapshot(old, "copy-1")
    plan_copy(old, old, request)
    wait_for_operations(old, "1")
    watch_operations(old, "1")


def of_the_base_class(request: SnapshotCopyRequest, client: BaseClient) -> None:
    copy_snapshot(client, request)
    get_operation(client, "1")
    get_auto_snapshots(client, "web-1")
    get_snapshot(client, "copy-1")
    plan_copy(client, client, request)
    wait_for_operations(client, "1")
    watch_operations(client, "1")


def the_parameters_are_the_client_s_own(
    request: SnapshotCopyRequest,
    new: types_boto3_lightsail.LightsailClient,
    old: mypy_boto3_lightsail.LightsailClient,
) -> None:
    new.copy_snapshot(**request.to_dict())
    old.copy_snapshot(**request.to_dict())


def of_s3(request: SnapshotCopyRequest, client: S3Client) -> None:
    copy_snapshot(client, request)  # reject
    get_operation(client, "1")  # reject
    get_auto_snapshots(client, "web-1")  # reject
    get_snapshot(client, "copy-1")  # reject
    plan_copy(client, client, request)  # reject
    wait_for_operations(client, "1")  # reject
    watch_operations(client, "1")  # reject
    copy_snapshot(boto3.client("s3"), request)  # reject


def of_ec2(request: SnapshotCopyRequest, client: EC2Client) -> None:
    copy_snapshot(client, request)  # reject: it has a copy_snapshot too
    get_operation(client, "1")  # reject
    get_auto_snapshots(client, "web-1")  # reject
    get_snapshot(client, "copy-1")  # reject
    plan_copy(client, client, request)  # reject
    wait_for_operations(client, "1")  # reject
    watch_operations(client, "1")  # reject
    copy_snapshot(boto3.client("ec2"), request)  # reject


def of_dynamodb(request: SnapshotCopyRequest, client: DynamoDBClient) -> None:
    copy_snapshot(client, request)  # reject
    get_operation(client, "1")  # reject
    get_auto_snapshots(client, "web-1")  # reject
    get_snapshot(client, "copy-1")  # reject
    plan_copy(client, client, request)  # reject
    wait_for_operations(client, "1")  # reject
    watch_operations(client, "1")  # reject
    copy_snapshot(boto3.client("dynamodb"), request)  # reject


def what_makes_clients_is_none(request: SnapshotCopyRequest) -> None:
    copy_snapshot(boto3.Session(), request)  # reject
    copy_snapshot(boto3, request)  # reject


def a_perhaps(request: SnapshotCopyRequest, client: "types_boto3_lightsail.LightsailClient | None") -> None:
    copy_snapshot(client, request)  # reject
    get_operation(client, "1")  # reject
