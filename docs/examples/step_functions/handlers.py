"""Two Lambda functions for a state machine: one starts a copy, the other polls it."""

from __future__ import annotations

from functools import cache
from typing import Any

from lightsail_copy import AutoSnapshotCopy, copy_snapshot, get_operation, make_client

client_for = cache(make_client)  # one client for each Region, kept between invocations


def start(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """
    Start a copy of a resource's latest automatic snapshot, named after it and the date.

    The date in the name makes each day's copy another one. With `adopt`, a second run for
    the same day returns the copy of the first.

    Args:
        event: `sourceRegion`, `sourceResourceName`, `targetRegion`, and `time`, in ISO 8601.
        _context: the context of the invocation.
    """
    request = AutoSnapshotCopy(
        source_region=event["sourceRegion"],
        source_resource_name=event["sourceResourceName"],
        target_snapshot_name=f"{event['sourceResourceName']}-{event['time'][:10]}",
        use_latest_restorable_auto_snapshot=True,
    )
    client = client_for(event["targetRegion"])
    # One lookup of an open outcome: the state machine retries, and its waits cost nothing.
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
