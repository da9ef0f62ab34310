"""Questions that change nothing: an operation, the automatic snapshots of a resource, a snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lightsail_copy.calls import call
from lightsail_copy.errors import NotFoundError
from lightsail_copy.rules import id_problems, name_problems, refuse
from lightsail_copy.wire import read_auto_snapshots_reply, read_operation_reply, read_snapshot_reply

if TYPE_CHECKING:
    from lightsail_copy.operations import Operation
    from lightsail_copy.snapshots import AutoSnapshot, Snapshot
    from lightsail_copy.typing import AutoSnapshotClient, OperationClient, SnapshotClient


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
        TypeError: `client` is no Lightsail client.
    """
    refuse(id_problems("operation_id", operation_id))
    return read_operation_reply(call(client, "get_operation", {"operationId": operation_id}))


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
        TypeError: `client` is no Lightsail client.
    """
    refuse(name_problems("resource_name", resource_name))
    return read_auto_snapshots_reply(call(client, "get_auto_snapshots", {"resourceName": resource_name}))


def get_snapshot(client: SnapshotClient, name: str) -> Snapshot:
    """
    Return a manual snapshot, of an instance or of a disk, as it is now.

    The service has a question for each kind; the second is asked where the first finds nothing.

    Args:
        client: a boto3 Lightsail client of the Region where the snapshot is; for a copy, the target.
        name: the snapshot's name.

    Raises:
        InvalidRequestError: the name breaks a rule; nothing was sent.
        NotFoundError: that Region has no snapshot of that name, of either kind.
        ServiceError: the service refused for another reason, or failed.
        UnexpectedResponseError: a reply came and is not understood.
        TypeError: `client` is no Lightsail client.
    """
    refuse(name_problems("name", name))
    try:
        reply = call(client, "get_instance_snapshot", {"instanceSnapshotName": name})
    except NotFoundError:
        return read_snapshot_reply(call(client, "get_disk_snapshot", {"diskSnapshotName": name}), "diskSnapshot")
    return read_snapshot_reply(reply, "instanceSnapshot")
