"""
Setting up a scenario: adding resources and snapshots to the fake.

What a test adds has no operation, as if it had always existed. Each misuse is a `ValueError` that
says what to pass instead.
"""

from __future__ import annotations

from datetime import date, datetime, time, timezone
from typing import TYPE_CHECKING

from attrs import evolve

from lightsail_copy.enums import AutoSnapshotStatus
from lightsail_copy.testing.catalog import ZONES
from lightsail_copy.testing.changes import DEFAULT_SNAPSHOT_TIME, LARGEST_DISK_IN_GB, NAME, parse_date
from lightsail_copy.testing.clock import is_duration
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

    from lightsail_copy.testing.state import Region, Resource, Source

_NAME_RULE = (
    "must have 2 to 255 characters, which are letters, digits, periods, hyphens and underscores, and begin and end with"
    " a letter, a digit or an underscore"
)
# From botocore's model, InstanceSnapshotState and DiskSnapshotState.
_STATES = {
    "InstanceSnapshot": ("pending", "error", "available"),
    "DiskSnapshot": ("pending", "completed", "error", "unknown"),
}
_TIME_OF_DAY = time(6, tzinfo=timezone.utc)


def region_name(region: object) -> str:
    """
    Return the plain name of a Region.

    Raises:
        ValueError: it is not text, or is empty.
    """
    if not isinstance(region, str) or not region.strip():
        raise ValueError(f"region is {region!r}: give the name of a Region, such as 'us-east-1'")
    return str(region)


def zone(region: Region) -> str:
    """Return the Availability Zone of what is added to a Region."""
    return f"{region.name}{ZONES[0]}"


def duration(seconds: float) -> float:
    """
    Return how long a copy takes.

    Raises:
        ValueError: the seconds are negative or not finite.
    """
    if not is_duration(seconds):
        raise ValueError(f"copy_duration is {seconds!r}: give a finite number of seconds, zero or more")
    return seconds


def add(region: Region, resource: Resource) -> None:
    """
    Add a resource or a snapshot to a Region.

    Raises:
        ValueError: its name breaks the rule or is in use, or its size is less than 1 or more than 16384.
    """
    if not NAME.fullmatch(resource.name):
        raise ValueError(f"{resource.name!r} is not a valid name: it {_NAME_RULE}")
    if resource.name in region.resources:
        kind = region.resources[resource.name].resource_type
        raise ValueError(f"{resource.name!r} is in use by {kind} in {region.name}: choose another name")
    if not 1 <= resource.size_in_gb <= LARGEST_DISK_IN_GB:
        raise ValueError(
            f"size_in_gb is {resource.size_in_gb!r}: give a whole number of gigabytes, from 1 to {LARGEST_DISK_IN_GB}"
        )
    region.resources[resource.name] = resource


def add_operation(region: Region, operation: Operation) -> None:
    """
    Add an operation to the history of a Region.

    Raises:
        ValueError: its id is in use.
    """
    if operation.id in region.operations:
        raise ValueError(f"{operation.id!r} is in use by an operation of {region.name}: choose another id")
    region.operations[operation.id] = operation


def attach_disks(region: Region, names: Iterable[str]) -> tuple[AttachedDisk, ...]:
    """
    Return disks of a Region as an instance sees them, at the paths ``/dev/xvdf``, ``/dev/xvdg`` and so on.

    Raises:
        ValueError: one of them is not a disk of that Region, or is already attached.
    """
    attached: list[AttachedDisk] = []
    for index, name in enumerate(names):
        disk = find_resource(region, name)
        if not isinstance(disk, Disk) or region.owner_of(name) or name in {each.name for each in attached}:
            raise ValueError(f"{name!r} is not a free disk in {region.name}: add one first, with add_disk")
        attached.append(AttachedDisk(name=name, path=f"/dev/xvd{chr(ord('f') + index)}", size_in_gb=disk.size_in_gb))
    return tuple(attached)


def add_auto_snapshot(region: Region, name: str, day: date | str | None, status: str, now: float) -> None:
    """
    Add the automatic snapshot of a day to a resource, whose automatic snapshots are on from then on.

    Raises:
        ValueError: the resource does not exist, the date is not valid, or the status is unknown.
    """
    resource = find_resource(region, name)
    statuses = [member.value for member in AutoSnapshotStatus]
    if status not in statuses:
        raise ValueError(f"status is {status!r}: give one of {', '.join(statuses)}")
    taken_on = _to_date(day, datetime.fromtimestamp(now, timezone.utc).date())
    # A day in the past had its snapshot at six in the morning. A day that the clock has not reached is accepted:
    # a test that names real days should not have to move the clock first.
    created_at = min(now, datetime.combine(taken_on, _TIME_OF_DAY).timestamp())
    disks = resource.attached_disks if isinstance(resource, Instance) else ()
    region.resources[name] = evolve(resource, auto_snapshot_time=resource.auto_snapshot_time or DEFAULT_SNAPSHOT_TIME)
    region.add_auto_snapshot(
        name, AutoSnapshot(date=taken_on, created_at=created_at, status=str(status), attached_disks=disks)
    )


def _to_date(day: date | str | None, today: date) -> date:
    parsed = today if day is None else parse_date(day) if isinstance(day, str) else day
    # In Python, a datetime is a date, but its day depends on a time zone.
    if parsed is None or isinstance(parsed, datetime):
        raise ValueError(f"date is {day!r}: give a datetime.date, or a text such as '2026-01-31'")
    return parsed


def find_source(region: Region, snapshot_name: str, name: str | None, resource_type: str | None, now: float) -> Source:
    """
    Return what a manual snapshot was made from: the named resource, or, without a name, one that no longer exists.

    Raises:
        ValueError: the resource does not exist, or its snapshots have another type.
    """
    if resource_type not in (None, *_STATES):
        raise ValueError(f"resource_type is {resource_type!r}: give one of {', '.join(_STATES)}")
    if name is None:
        return _deleted_source(region, f"{snapshot_name}-source", resource_type, now)
    resource = find_resource(region, name)
    kind = snapshot_type(resource)
    if resource_type not in (None, kind):
        raise ValueError(f"resource_type is {resource_type!r}: a snapshot of {name!r} is of type {kind}")
    return resource


def manual_snapshot(name: str, source: Source, size: int | None, state: str | None, created_at: float) -> Snapshot:
    """
    Return a manual snapshot.

    Raises:
        ValueError: the type does not have that state.
    """
    states = _STATES[snapshot_type(source)]
    if state not in (None, *states):
        raise ValueError(f"state is {state!r}: for a snapshot of this type, give one of {', '.join(states)}")
    return Snapshot(
        name=name,
        region=source.region,
        created_at=created_at,
        source=source,
        size_in_gb=source.size_in_gb if size is None else size,
        ready_at=created_at,
        final_state=usable_state(source) if state is None else str(state),
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


def find_resource(region: Region, name: str) -> Source:
    """
    Return an instance or a disk.

    Raises:
        ValueError: the Region has no instance or disk of that name.
    """
    resource = region.resources.get(name)
    if isinstance(resource, (Instance, Disk)):
        return resource
    raise ValueError(f"{region.name} has no instance or disk {name!r}: add it first, with add_instance or add_disk")


def _deleted_source(region: Region, name: str, resource_type: str | None, now: float) -> Source:
    if resource_type == "DiskSnapshot":
        return Disk(name=name, region=region.name, zone=zone(region), created_at=now, size_in_gb=8)
    return Instance(
        name=name,
        region=region.name,
        zone=zone(region),
        created_at=now,
        size_in_gb=40,
        blueprint_id="ubuntu_24_04",
        bundle_id="small_3_0",
    )
