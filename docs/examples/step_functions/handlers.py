"""Two Lambda functions for a state machine: one starts a copy, the other polls it."""

from __future__ import annotations

from functools import cache
from typing import Any

from lightsail_copy import (
    AutoSnapshotCopy,
    AutoSnapshotStatus,
    copy_snapshot,
    get_auto_snapshots,
    get_operation,
    make_client,
)

client_for = cache(make_client)  # one client for each Region, kept between invocations


def start(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """
    Start a copy of a resource's newest automatic snapshot, named after it and its date.

    The name has the date of the data, whenever the execution runs. With `adopt`, a second run
    returns the copy of the first, unless there is a newer snapshot to copy.

    Args:
        event: `sourceRegion`, `sourceResourceName`, and `targetRegion`.
        _context: the context of the invocation.
    """
    name = event["sourceResourceName"]
    snapshots = get_auto_snapshots(client_for(event["sourceRegion"]), name)
    dates = [each.date for each in snapshots if each.status is AutoSnapshotStatus.SUCCESS]
    if not dates:
        raise LookupError(f"{name} has no automatic snapshot that succeeded")
    request = AutoSnapshotCopy(
        source_region=event["sourceRegion"],
        source_resource_name=name,
        target_snapshot_name=f"{name}-{dates[0]}",
        restore_date=dates[0],
    )
    client = client_for(event["targetRegion"])
    # One lookup of an unknown outcome: the state machine retries, and its waits cost nothing.
    result = copy_snapshot(client, request, if_exists="adopt", lookup_timeout=0)
    return {
        "targetRegion": event["targetRegion"],
        "targetSnapshotName": request.target_snapshot_name,
        "operationId": result.operations[0].id,
        "adopted": result.adopted,
    }


def poll(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """
    Return whether a copy is done, and whether it succeeded.

    Args:
        event: what `start` returned.
        _context: the context of the invocation.
    """
    operation = get_operation(client_for(event["targetRegion"]), event["operationId"])
    return {
        "targetSnapshotName": operation.resource_name,
        "targetRegion": event["targetRegion"],
        "done": operation.done,
        "succeeded": operation.succeeded,
        "error": operation.error_details,
    }
