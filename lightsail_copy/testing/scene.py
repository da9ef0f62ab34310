"""
Setting the scene: putting resources and snapshots into the fake's memory, and taking them away.

What is put there counts as having always been there, so it leaves no operation behind; a removal does leave one. Each
misuse is a `ValueError` that says what to write instead.
"""

from __future__ import annotations

import math
from datetime import date, datetime, time, timezone
from typing import TYPE_CHECKING

from lightsail_copy.enums import AutoSnapshotStatus
from lightsail_copy.testing.copies import NAME, NAME_RULE, parse_date
from lightsail_copy.testing.state import (
    AttachedDisk,
    AutoSnapshot,
    Disk,
    Instance,
    Operation,
    Snapshot,
    snapshot_type,
    usable_state,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lightsail_copy.testing.state import Holding, Region, Resource, World

# The words of botocore's model, InstanceSnapshotState and DiskSnapshotState.
_STATES = {
    "InstanceSnapshot": ("pending", "error", "available"),
    "DiskSnapshot": ("pending", "completed", "error", "unknown"),
}
_TIME_OF_DAY = time(6, tzinfo=timezone.utc)


def region_name(region: object) -> str:
    """
    Return the plain name of a Region.

    Raises:
        ValueError: it is no text, or empty.
    """
    if not isinstance(region, str) or not region.strip():
        raise ValueError(f"region is {region!r}: give the name of a Region, such as 'us-east-1'")
    return str(region)


def duration(seconds: float) -> float:
    """
    Return how long a copy takes.

    Raises:
        ValueError: the seconds are negative or not finite.
    """
    if not (math.isfinite(seconds) and seconds >= 0):
        raise ValueError(f"copy_duration is {seconds!r}: give a finite number of seconds, zero or more")
    return seconds


def put(region: Region, held: Holding) -> None:
    """
    Add a resource or a snapshot to a Region.

    Raises:
        ValueError: its name is not one that the service takes, or is in use, or its size is no size.
    """
    if not NAME.fullmatch(held.name):
        raise ValueError(f"{held.name!r} is no name that Lightsail takes: a name {NAME_RULE}")
    if held.name in region.holdings:
        kind = region.holdings[held.name].resource_type
        raise ValueError(f"{held.name!r} is the name of the {kind} that {region.name} has: choose another one")
    if held.size_in_gb < 1:
        raise ValueError(f"size_in_gb is {held.size_in_gb!r}: give a whole number of gigabytes, one or more")
    region.holdings[held.name] = held


def put_operation(region: Region, operation: Operation) -> None:
    """
    Add an operation to the history of a Region.

    Raises:
        ValueError: its id is in use.
    """
    if operation.id in region.operations:
        raise ValueError(f"{operation.id!r} is the id of an operation that {region.name} has: choose another one")
    region.operations[operation.id] = operation


def attach_disks(region: Region, names: Iterable[str]) -> tuple[AttachedDisk, ...]:
    """
    Return disks of a Region as an instance sees them, at the paths ``/dev/xvdf``, ``/dev/xvdg`` and so on.

    Raises:
        ValueError: one of them is no disk of that Region, or is attached already.
    """
    instances = [held for held in region.holdings.values() if isinstance(held, Instance)]
    taken = {disk.name for each in instances for disk in each.attached_disks}
    attached: list[AttachedDisk] = []
    for index, name in enumerate(names):
        disk = find_resource(region, name)
        if not isinstance(disk, Disk) or name in taken:
            raise ValueError(f"{name!r} is no disk that is free: add one to {region.name} first, by add_disk")
        taken.add(name)
        attached.append(AttachedDisk(name=name, path=f"/dev/xvd{chr(ord('f') + index)}", size_in_gb=disk.size_in_gb))
    return tuple(attached)


def add_auto_snapshot(region: Region, name: str, day: date | str | None, status: str, moment: float) -> None:
    """
    Add the automatic snapshot of a day to a resource.

    Raises:
        ValueError: the resource is not there, the date is none, or the status is not the service's.
    """
    resource = find_resource(region, name)
    words = [member.value for member in AutoSnapshotStatus]
    if status not in words:
        raise ValueError(f"status is {status!r}: give one of {', '.join(words)}")
    taken_on = _read_day(day, datetime.fromtimestamp(moment, timezone.utc).date())
    # A day in the past had its snapshot at six in the morning. A day that the clock has not reached is taken as it is:
    # a test that names real days should not have to move the clock first.
    created_at = min(moment, datetime.combine(taken_on, _TIME_OF_DAY).timestamp())
    disks = resource.attached_disks if isinstance(resource, Instance) else ()
    region.keep(name, AutoSnapshot(date=taken_on, created_at=created_at, status=str(status), attached_disks=disks))


def _read_day(day: date | str | None, today: date) -> date:
    read = today if day is None else parse_date(day) if isinstance(day, str) else day
    # A datetime is a date to Python, but its day depends on a zone.
    if read is None or isinstance(read, datetime):
        raise ValueError(f"date is {day!r}: give a datetime.date, or a text such as '2026-01-31'")
    return read


def source(region: Region, snapshot_name: str, name: str | None, resource_type: str | None, moment: float) -> Resource:
    """
    Return what a manual snapshot was taken from: the resource of a name, or without one something that is gone by now.

    Raises:
        ValueError: there is no such resource, or its snapshots are not of the type.
    """
    if resource_type not in (None, *_STATES):
        raise ValueError(f"resource_type is {resource_type!r}: give one of {', '.join(_STATES)}")
    if name is None:
        return _vanished(region, f"{snapshot_name}-source", resource_type, moment)
    resource = find_resource(region, name)
    kind = snapshot_type(resource)
    if resource_type not in (None, kind):
        raise ValueError(f"resource_type is {resource_type!r}: a snapshot of {name!r} is of type {kind}")
    return resource


def manual_snapshot(
    name: str, taken_from: Resource, size: int | None, state: str | None, created_at: float
) -> Snapshot:
    """
    Return a manual snapshot.

    Raises:
        ValueError: the state is not one of its type.
    """
    states = _STATES[snapshot_type(taken_from)]
    if state not in (None, *states):
        raise ValueError(f"state is {state!r}: for a snapshot of this type, give one of {', '.join(states)}")
    return Snapshot(
        name=name,
        region=taken_from.region,
        created_at=created_at,
        source=taken_from,
        size_in_gb=taken_from.size_in_gb if size is None else size,
        ready_at=created_at,
        final_state=usable_state(taken_from) if state is None else state,
    )


def timestamp(created_at: datetime | None, now: float) -> float:
    """
    Return when a snapshot was created, in epoch seconds.

    Raises:
        ValueError: it has no time zone, or is later than the fake's clock.
    """
    if created_at is None:
        return now
    if created_at.tzinfo is None or created_at.timestamp() > now:
        raise ValueError(
            f"created_at is {created_at!r}: give a datetime with a time zone, not later than the fake's clock"
        )
    return created_at.timestamp()


def find_resource(region: Region, name: str) -> Resource:
    """
    Return an instance or a disk.

    Raises:
        ValueError: there is none of that name in the Region.
    """
    held = region.holdings.get(name)
    if isinstance(held, (Instance, Disk)):
        return held
    raise ValueError(f"{region.name} has no instance or disk {name!r}: add it first, by add_instance or add_disk")


def remove(world: World, region: Region, name: str, moment: float) -> Operation:
    """
    Delete a resource or a snapshot, and return the operation that does it.

    Raises:
        ValueError: there is nothing of that name in the Region.
    """
    if name not in region.holdings:
        raise ValueError(f"{region.name} has nothing of the name {name!r} to remove")
    resource_type = region.drop(name).resource_type
    operation = Operation(
        id=next(world.operation_ids),
        resource_name=name,
        resource_type=resource_type,
        region=region.name,
        created_at=moment,
        ends_at=moment,
        operation_type=f"Delete{resource_type}",
    )
    region.operations[operation.id] = operation
    return operation


def _vanished(region: Region, name: str, resource_type: str | None, moment: float) -> Resource:
    if resource_type == "DiskSnapshot":
        return Disk(name=name, region=region.name, created_at=moment, size_in_gb=8)
    return Instance(
        name=name,
        region=region.name,
        created_at=moment,
        size_in_gb=40,
        blueprint_id="ubuntu_24_04",
        bundle_id="small_3_0",
    )
