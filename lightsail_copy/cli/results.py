"""The results: JSON in the form of the AWS CLI, or the rows of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lightsail_copy import AutoSnapshot, CopyPlan, Operation, Snapshot
from lightsail_copy.cli.formats import put_result
from lightsail_copy.cli.terms import problem_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from lightsail_copy.cli.invocation import Invocation


def put_operations(operations: Sequence[Operation], call: Invocation, *, adopted: bool | None = None) -> None:
    """
    Write operations.

    Args:
        operations: the operations.
        call: the options.
        adopted: whether they were adopted; None where no copy was requested.
    """
    wire: dict[str, object] = {"operations": [operation.to_dict() for operation in operations]}
    put_result(
        call,
        wire if adopted is None else {**wire, "adopted": adopted},
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


def put_auto_snapshots(
    resource_name: str, resource_type: str, snapshots: Sequence[AutoSnapshot], call: Invocation
) -> None:
    """
    Write the automatic snapshots of a resource.

    Args:
        resource_name: the instance or disk.
        resource_type: `Instance` or `Disk`.
        snapshots: its automatic snapshots.
        call: the options.
    """
    wire = {
        "resourceName": resource_name,
        "resourceType": resource_type,
        "autoSnapshots": [snapshot.to_dict() for snapshot in snapshots],
    }
    put_result(
        call,
        wire,
        ("DATE", "CREATED", "STATUS", "ATTACHED DISKS"),
        [
            (
                snapshot.date,
                snapshot.created_at and _minute(snapshot.created_at),
                snapshot.status,
                ", ".join(f"{disk.path} ({disk.size_in_gb} GB)" for disk in snapshot.from_attached_disks),
            )
            for snapshot in snapshots
        ],
    )


def put_snapshots(pages: Mapping[str, Sequence[Mapping[str, object]]], call: Invocation) -> None:
    """
    Write the manual snapshots of a Region.

    Args:
        pages: the service's own lists, by their wire names.
        call: the options.
    """
    snapshots = [Snapshot.from_dict(each) for listed in pages.values() for each in listed]
    put_result(
        call,
        pages,
        ("NAME", "TYPE", "STATE", "GB", "CREATED", "FROM"),
        [
            (each.name, each.resource_type, each.state, each.size_in_gb, _minute(each.created_at), each.origin)
            for each in snapshots
        ],
    )


def put_plan(plan: CopyPlan, call: Invocation) -> None:
    """
    Write what a copy would do.

    Args:
        plan: the plan.
        call: the options.
    """
    date = None if plan.restore_date is None else plan.restore_date.isoformat()
    problems = [problem_sentence(problem) for problem in plan.problems]
    request = plan.request
    put_result(
        call,
        {"possible": plan.possible, **plan.to_dict(), "problems": problems},
        ("SOURCE", "SOURCE REGION", "DATE", "TARGET", "TARGET REGION", "GB", "POSSIBLE"),
        [
            (
                request.source_name,
                request.source_region,
                date,
                request.target_snapshot_name,
                plan.target_region,
                plan.size_in_gb,
                "adopts" if plan.adopts else "yes" if plan.possible else "no",
            )
        ],
    )


def _minute(value: datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC"
