"""The calls take a request, an id or a name, and nothing that only looks like one."""

from typing import Literal

from lightsail_copy import (
    AutoSnapshotCopy,
    ManualSnapshotCopy,
    Operation,
    SnapshotCopyRequest,
    copy_snapshot,
    get_auto_snapshots,
    get_operation,
    get_snapshot,
)
from lightsail_copy.typing import AutoSnapshotClient, CopyClient, OperationClient, SnapshotClient


def accepted(client: CopyClient, manual: ManualSnapshotCopy, auto: AutoSnapshotCopy) -> None:
    copy_snapshot(client, manual)
    copy_snapshot(client, auto)
    copy_snapshot(client, manual, if_exists="raise")
    copy_snapshot(client, auto, if_exists="adopt")


def accepted_as_either(client: CopyClient, request: SnapshotCopyRequest, word: Literal["raise", "adopt"]) -> None:
    copy_snapshot(client, request, if_exists=word)


def other_words(client: CopyClient, request: SnapshotCopyRequest, text: str) -> None:
    copy_snapshot(client, request, if_exists="overwrite")  # reject
    copy_snapshot(client, request, if_exists="RAISE")  # reject
    copy_snapshot(client, request, if_exists=text)  # reject
    copy_snapshot(client, request, if_exists=True)  # reject
    copy_snapshot(client, request, if_exists=None)  # reject


def no_request(client: CopyClient, perhaps: "SnapshotCopyRequest | None", request: SnapshotCopyRequest) -> None:
    copy_snapshot(client, None)  # reject
    copy_snapshot(client, "web-1")  # reject
    copy_snapshot(client, {"sourceRegion": "us-east-1"})  # reject
    copy_snapshot(client, perhaps)  # reject
    copy_snapshot(client, request.to_dict())  # reject
    copy_snapshot(client, [request])  # reject
    copy_snapshot(client, ManualSnapshotCopy)  # reject: the class


def wrong_arguments(client: CopyClient, request: SnapshotCopyRequest) -> None:
    copy_snapshot()  # reject
    copy_snapshot(client)  # reject
    copy_snapshot(request)  # reject
    copy_snapshot(request, client)  # reject: the other way round
    copy_snapshot(client, request, "raise")  # reject: a keyword
    copy_snapshot(client, request, timeout=60)  # reject
    copy_snapshot(client, target_snapshot_name="copy-1")  # reject


def wrong_ids(client: OperationClient, operation: Operation, perhaps: "str | None") -> None:
    get_operation(client, operation.id)
    get_operation(client, operation)  # reject: its id is asked for
    get_operation(client, 1)  # reject
    get_operation(client, b"1")  # reject
    get_operation(client, None)  # reject
    get_operation(client, perhaps)  # reject
    get_operation(client)  # reject
    get_operation(operation.id)  # reject


def wrong_names(automatic: AutoSnapshotClient, snapshots: SnapshotClient, perhaps: "str | None") -> None:
    get_auto_snapshots(automatic, 1)  # reject
    get_auto_snapshots(automatic, b"web-1")  # reject
    get_auto_snapshots(automatic, None)  # reject
    get_auto_snapshots(automatic, perhaps)  # reject
    get_auto_snapshots(automatic)  # reject
    get_snapshot(snapshots, 1)  # reject
    get_snapshot(snapshots, None)  # reject
    get_snapshot(snapshots, perhaps)  # reject
    get_snapshot(snapshots)  # reject
