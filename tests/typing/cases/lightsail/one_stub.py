"""With `types-boto3[lightsail]` alone: the client has its type, and a client of another service is `Any`."""

# In its strict mode, pyright reports each variable of an unknown type, whatever is done with it.
# pyright: standard

from typing import Any

import boto3
import types_boto3_lightsail
from typing_extensions import assert_type

from lightsail_copy import CopySnapshotResult, SnapshotCopyRequest, copy_snapshot


def a_client_of_lightsail_has_its_type(request: SnapshotCopyRequest) -> None:
    client = boto3.client("lightsail", region_name="us-west-2")
    assert_type(client, types_boto3_lightsail.LightsailClient)
    assert_type(copy_snapshot(client, request), CopySnapshotResult)
    copy_snapshot(client, None)  # reject


def a_client_of_another_service_is_accepted(request: SnapshotCopyRequest) -> None:
    ec2 = boto3.client("ec2", region_name="us-west-2")
    assert_type(ec2, Any)
    copy_snapshot(ec2, request)
    copy_snapshot(boto3.Session().client("s3"), request)
