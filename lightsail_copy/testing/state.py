"""
What the fake has in memory: values that never change, and the Regions of the account that contain them.

What time does to a value (a snapshot becomes ready, an operation ends) is computed from the present time when it is
serialized. Times are seconds since 1970-01-01 00:00 UTC.
"""

from __future__ import annotations

import itertools
import random
import uuid
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import date

from attrs import define, evolve, field, frozen

AUTO_SNAPSHOTS_KEPT = 7
DEFAULT_KEY_NAME = "LightsailDefaultKeyPair"
# The state in which a snapshot can be copied.
USABLE_STATES = {"InstanceSnapshot": "available", "DiskSnapshot": "completed"}
ZONES = "abc"

# The keys and values of a resource's tags; a tag may have no value.
Tags = tuple[tuple[str, str | None], ...]


@frozen(kw_only=True)
class AttachedDisk:
    """A disk as an instance sees it: its name, its path such as ``/dev/xvdf``, its size."""

    name: str
    path: str
    size_in_gb: int


@frozen(kw_only=True)
class Source:
    """
    What a snapshot can be taken of: an instance, or a disk, which has no blueprint, bundle, key or disks.

    It is pending until `ready_at`. `auto_snapshot_time` is the hour of its automatic snapshots, such as ``06:00``, or
    None while they are off.
    """

    resource_type: str
    name: str
    region: str
    zone: str
    created_at: float
    size_in_gb: int
    blueprint_id: str = "ubuntu_24_04"
    bundle_id: str = "small_3_0"
    key_name: str = DEFAULT_KEY_NAME
    attached_disks: tuple[AttachedDisk, ...] = ()
    ready_at: float = 0.0
    auto_snapshot_time: str | None = None
    tags: Tags = ()


@frozen(kw_only=True)
class AutoSnapshot:
    """An automatic snapshot of one UTC day."""

    date: date
    created_at: float
    status: str
    attached_disks: tuple[AttachedDisk, ...] = ()


@frozen(kw_only=True)
class Snapshot:
    """
    A manual snapshot, as taken or as copied: pending until `ready_at`, and in its `final_state` from then on.

    The source is kept as it was: it may be deleted by now. That of a disk snapshot may be an instance, whose system
    disk it then is of.
    """

    name: str
    resource_type: str
    region: str
    created_at: float
    source: Source
    size_in_gb: int
    ready_at: float
    final_state: str
    is_from_auto_snapshot: bool = False
    tags: Tags = ()

    def state_at(self, now: float) -> str:
        """Return its state, as the service names it, at a point in time."""
        return self.final_state if now >= self.ready_at else "pending"

    def is_usable_at(self, now: float) -> bool:
        """Return whether it can be copied at a point in time."""
        return self.state_at(now) == USABLE_STATES[self.resource_type]


def take_snapshot(source: Source, resource_type: str, now: float) -> Snapshot:
    """Return a snapshot that has no name yet, and is ready at once."""
    return Snapshot(
        name="",
        resource_type=resource_type,
        region=source.region,
        created_at=now,
        source=source,
        size_in_gb=source.size_in_gb,
        ready_at=now,
        final_state=USABLE_STATES[resource_type],
    )


Resource = Source | Snapshot


@frozen(kw_only=True)
class Operation:
    """An operation, which is in progress until `ends_at`."""

    id: str
    resource_name: str
    resource_type: str
    region: str
    created_at: float
    ends_at: float
    operation_type: str
    zone: str = "all"
    details: str = ""
    error_code: str | None = None
    error_details: str | None = None


@define
class Region:
    """
    One Region of a fake.

    Attributes:
        name: its name.
        resources: its instances, disks and manual snapshots, in the order of their addition; they share one namespace.
        auto_snapshots: the automatic snapshots of each resource, newest first.
        operations: its operations by their id, in the order of their start.
    """

    name: str
    resources: dict[str, Resource] = field(factory=dict[str, Resource])
    auto_snapshots: dict[str, tuple[AutoSnapshot, ...]] = field(factory=dict[str, tuple[AutoSnapshot, ...]])
    operations: dict[str, Operation] = field(factory=dict[str, Operation])

    def add_auto_snapshot(self, resource_name: str, snapshot: AutoSnapshot) -> None:
        """Add or replace the automatic snapshot of a day, and drop all but the latest seven."""
        others = [other for other in self.auto_snapshots.get(resource_name, ()) if other.date != snapshot.date]
        newest_first = sorted([*others, snapshot], key=lambda each: each.date, reverse=True)
        self.auto_snapshots[resource_name] = tuple(newest_first[:AUTO_SNAPSHOTS_KEPT])

    def owner_of(self, disk: str) -> Source | None:
        """Return the instance that a disk is attached to, or None."""
        sources = (each for each in self.resources.values() if isinstance(each, Source))
        return next((each for each in sources if disk in {disk.name for disk in each.attached_disks}), None)

    def delete(self, name: str) -> Resource:
        """Delete a resource or a snapshot, and with a resource its automatic snapshots and its attachments."""
        self.auto_snapshots.pop(name, None)
        owner = self.owner_of(name)
        if owner is not None:
            kept = tuple(disk for disk in owner.attached_disks if disk.name != name)
            self.resources[owner.name] = evolve(owner, attached_disks=kept)
        return self.resources.pop(name)


def identifiers(series: str) -> Iterator[str]:
    """Return an endless series of identifiers: UUIDs that look random and are the same in every run."""
    generator = random.Random(series)  # noqa: S311 - must be the same in every run, and protects nothing
    return (str(uuid.UUID(int=generator.getrandbits(128), version=4)) for _ in itertools.count())


@define(kw_only=True)
class Account:
    """
    The account that one fake has: all its Regions, and how its next calls go.

    Attributes:
        copy_duration: how many seconds a copy takes, and each other operation that the service starts.
        page_size: how many entries one page of a list has.
        copy_failures: the code and the details of the error with which each of the next accepted copies ends.
        listings: the rest of a list, by the operation, Region and token of its next page.
    """

    copy_duration: float
    page_size: int
    regions: dict[str, Region] = field(factory=dict[str, Region])
    copy_failures: deque[tuple[str, str]] = field(factory=deque[tuple[str, str]])
    listings: dict[tuple[str, str, str], tuple[str, ...]] = field(factory=dict[tuple[str, str, str], tuple[str, ...]])
    operation_ids: Iterator[str] = field(factory=lambda: identifiers("operations"))
    request_ids: Iterator[str] = field(factory=lambda: identifiers("requests"))
    page_tokens: Iterator[str] = field(factory=lambda: identifiers("pages"))

    def clear(self) -> None:
        """Forget all Regions, planned failures and listings; the series of ids go on."""
        for each in (self.regions, self.copy_failures, self.listings):
            each.clear()

    def region(self, name: str) -> Region:
        """Return a Region, which is empty when first used."""
        return self.regions.setdefault(name, Region(name))

    def start(
        self, region: Region, now: float, operation_type: str, resource: Resource, details: str = "", *, lasts: bool
    ) -> Operation:
        """Record an operation on a resource, which lasts as long as a copy or has ended at once, and return it."""
        operation = Operation(
            id=next(self.operation_ids),
            resource_name=resource.name,
            resource_type=resource.resource_type,
            region=region.name,
            created_at=now,
            ends_at=now + self.copy_duration * lasts,
            operation_type=operation_type,
            zone="all" if isinstance(resource, Snapshot) else resource.zone,
            details=details,
        )
        region.operations[operation.id] = operation
        return operation


def newest_first(resources: Mapping[str, Resource]) -> list[str]:
    """Return the names of resources in the order of the service's lists; of two of one time, the later one first."""
    return sorted(resources, key=lambda name: resources[name].created_at)[::-1]
