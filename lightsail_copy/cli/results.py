"""The results as they are written: JSON in the form of the AWS CLI, or tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lightsail_copy import AutoSnapshot, CopyPlan, Operation, Snapshot
from lightsail_copy.cli.printing import put_json, put_table
from lightsail_copy.cli.words import problem_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


def put_operations(operations: Sequence[Operation], output: str) -> None:
    """
    Write operations.

    Args:
        operations: the operations.
        output: `json` or `text`.
    """
    if output == "json":
        put_json({"operations": [operation.to_dict() for operation in operations]})
        return
    put_table(
        ("NAME", "SOURCE", "REGION", "STATUS", "CREATED", "ID"),
        [
            (
                operation.resource_name,
                operation.operation_details,
                operation.location.region_name,
                operation.status,
                _minute(operation.created_at),
                operation.id,
            )
            for operation in operations
        ],
    )


def put_auto_snapshots(resource_name: str, snapshots: Sequence[AutoSnapshot], output: str) -> None:
    """
    Write the automatic snapshots of a resource.

    Args:
        resource_name: the instance or disk.
        snapshots: its automatic snapshots.
        output: `json` or `text`.
    """
    if output == "json":
        listed = [snapshot.to_dict() for snapshot in snapshots]
        put_json({"resourceName": resource_name, "autoSnapshots": listed})
        return
    put_table(
        ("DATE", "CREATED", "STATUS", "ATTACHED DISKS"),
        [
            (
                snapshot.date,
                _minute(snapshot.created_at),
                snapshot.status,
                ", ".join(f"{disk.path} ({disk.size_in_gb} GB)" for disk in snapshot.from_attached_disks),
            )
            for snapshot in snapshots
        ],
    )


def put_snapshots(pages: Mapping[str, Sequence[Mapping[str, object]]], output: str) -> None:
    """
    Write the manual snapshots of a Region.

    Args:
        pages: the service's own lists, by their wire names.
        output: `json` or `text`.
    """
    if output == "json":
        put_json(pages)
        return
    snapshots = [Snapshot.from_dict(each) for listed in pages.values() for each in listed]
    put_table(
        ("NAME", "TYPE", "STATE", "GB", "CREATED", "FROM"),
        [
            (each.name, each.resource_type, each.state, each.size_in_gb, _minute(each.created_at), each.origin)
            for each in snapshots
        ],
    )


def put_plan(plan: CopyPlan, output: str) -> None:
    """
    Write what a copy would do.

    Args:
        plan: the plan.
        output: `json` or `text`.
    """
    date = None if plan.restore_date is None else plan.restore_date.isoformat()
    if output == "json":
        wire = {
            "possible": plan.possible,
            "request": plan.request.to_dict(),
            "targetRegion": plan.target_region,
            "restoreDate": date,
            "sizeInGb": plan.size_in_gb,
            "problems": [problem_sentence(problem) for problem in plan.problems],
        }
        put_json({key: value for key, value in wire.items() if value is not None})
        return
    request = plan.request
    put_table(
        ("SOURCE", "SOURCE REGION", "DATE", "TARGET", "TARGET REGION", "GB", "POSSIBLE"),
        [
            (
                request.source_name,
                request.source_region,
                date,
                request.target_snapshot_name,
                plan.target_region,
                plan.size_in_gb,
                "yes" if plan.possible else "no",
            )
        ],
    )


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
