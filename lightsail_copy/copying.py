"""
The calls: each checks what it is given, asks the client once, and translates.

A client's Region is the target of a copy. Its settings (re-sends, timeouts, proxies) are its owner's and are left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError

from lightsail_copy.reading import shown
from lightsail_copy.requests import AutoSnapshotCopy, ManualSnapshotCopy, SnapshotCopyRequest
from lightsail_copy.rules import id_problems, name_problems, refuse
from lightsail_copy.wire import (
    read_auto_snapshots_reply,
    read_copy_reply,
    read_operation_reply,
    service_error,
    unreadable_reply,
)

if TYPE_CHECKING:
    from lightsail_copy.operations import CopySnapshotResult, Operation
    from lightsail_copy.snapshots import AutoSnapshot
    from lightsail_copy.typing import AutoSnapshotClient, CopyClient, OperationClient


def copy_snapshot(
    client: CopyClient, request: SnapshotCopyRequest, *, if_exists: Literal["raise"] = "raise"
) -> CopySnapshotResult:
    """
    Copy a snapshot into the client's Region.

    Sends exactly one CopySnapshot with exactly the request's parameters. The copy then takes its time: follow it with
    `get_operation`.

    Args:
        client: a boto3 Lightsail client of the **target** Region.
        request: what to copy.
        if_exists: what to do where the target name is taken: `raise` the service's refusal.

    Returns:
        The operations that the service began.

    Raises:
        ServiceError: the service refused (its subclasses tell why), or failed.
        UnexpectedResponseError: a reply came and is not understood; the copy may have started.
        TypeError: `client` is no Lightsail client, or `request` no request.
        ValueError: `if_exists` is none of its words.
        botocore.exceptions.BotoCoreError: nothing could be sent, or no reply came; as botocore raised it.
    """
    if not isinstance(request, (ManualSnapshotCopy, AutoSnapshotCopy)):
        msg = f"request is {shown(request)}, but it must be a ManualSnapshotCopy or an AutoSnapshotCopy"
        raise TypeError(msg)
    if if_exists != "raise":
        msg = f"if_exists is {shown(if_exists)}, but it must be 'raise'"
        raise ValueError(msg)
    return read_copy_reply(_call(client, "copy_snapshot", request.to_dict()))


def get_operation(client: OperationClient, operation_id: str) -> Operation:
    """
    Return an operation as it is now.

    Args:
        client: a boto3 Lightsail client of the Region where the operation runs; for a copy, the target.
        operation_id: the operation's id.

    Raises:
        InvalidRequestError: the id is blank or no text; nothing was sent.
        NotFoundError: that Region has no such operation (yet: just after a copy's start it may take a moment).
        ServiceError: the service refused for another reason, or failed.
        UnexpectedResponseError: a reply came and is not understood.
    """
    refuse(id_problems("operation_id", operation_id))
    return read_operation_reply(_call(client, "get_operation", {"operationId": operation_id}))


def get_auto_snapshots(client: AutoSnapshotClient, resource_name: str) -> tuple[AutoSnapshot, ...]:
    """
    Return the automatic snapshots of an instance or a disk, newest first.

    Args:
        client: a boto3 Lightsail client of the **source** Region, where the resource is.
        resource_name: the instance or disk.

    Raises:
        InvalidRequestError: the name breaks a rule; nothing was sent.
        NotFoundError: that Region has no such resource.
        ServiceError: the service refused for another reason, or failed.
        UnexpectedResponseError: a reply came and is not understood.
    """
    refuse(name_problems("resource_name", resource_name))
    return read_auto_snapshots_reply(_call(client, "get_auto_snapshots", {"resourceName": resource_name}))


def _call(client: object, method: str, parameters: Any) -> object:  # Any: every operation has parameters of its own
    call = getattr(client, method, None)
    if call is None or _service_of(client) not in {None, "lightsail"}:
        msg = f"client is {shown(client)}, but it must be a boto3 client of Lightsail: boto3.client('lightsail', ...)"
        raise TypeError(msg)
    try:
        return call(**parameters)
    except ClientError as error:
        raise service_error(error) from error
    except Exception as error:
        unreadable = unreadable_reply(error)
        if unreadable is None:
            raise
        raise unreadable from error


def _service_of(client: object) -> str | None:
    """Name the service of a boto3 client (EC2 has a `copy_snapshot` too), or None for what is not one."""
    model = getattr(getattr(client, "meta", None), "service_model", None)
    return getattr(model, "service_name", None)
