"""Without stubs: what a checker makes of boto3's own source is accepted as a client of Lightsail."""

# Complaints of boto3 itself, of which a user without stubs has turned off the same.
# mypy: disable-error-code="import-untyped"
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

import boto3
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from typing_extensions import assert_type

from lightsail_copy import (
    AutoSnapshot,
    CopySnapshotResult,
    Operation,
    ServiceError,
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
    assert_type(copy_snapshot(client, request), CopySnapshotResult)
    assert_type(get_operation(client, "1"), Operation)
    assert_type(get_auto_snapshots(client, "web-1"), tuple[AutoSnapshot, ...])
    assert_type(get_snapshot(client, "copy-1"), Snapshot)
    wait_for_operations(client, "1")
    watch_operations(client, "1")
    copy_snapshot(boto3.client("lightsail"), request, if_exists="adopt")


def made_by_a_session(request: SnapshotCopyRequest) -> None:
    client = boto3.Session(profile_name="backup").client("lightsail")
    copy_snapshot(client, request)
    get_operation(client, "1")
    get_auto_snapshots(client, "web-1")
    get_snapshot(client, "copy-1")
    plan_copy(client, client, request)


def of_the_base_class(request: SnapshotCopyRequest, client: BaseClient) -> None:
    copy_snapshot(client, request)
    get_operation(client, "1")
    get_auto_snapshots(client, "web-1")
    get_snapshot(client, "copy-1")
    plan_copy(client, client, request)
    wait_for_operations(client, "1")
    watch_operations(client, "1")


def the_rest_is_checked_all_the_same(request: SnapshotCopyRequest, client: BaseClient) -> None:
    copy_snapshot(client)  # reject
    copy_snapshot(client, None)  # reject
    copy_snapshot(client, request, if_exists="overwrite")  # reject
    get_operation(client, 1)  # reject
    copy_snapshot(None, request)  # reject
    copy_snapshot("lightsail", request)  # reject


def an_error_is_the_client_s_too(error: ServiceError) -> ClientError:
    assert_type(error.code, str)
    assert_type(error.tip, str | None)
    error.code + 1  # reject
    error.tip.lower()  # reject: it may be None
    return error
