"""
What the fake holds in memory: inert values, and the Regions that hold them.

A value never changes. What time does to it (a snapshot gets ready, an operation ends) is worked out from the present
moment when it is read. Moments are seconds since 1970-01-01 00:00 UTC.
"""

from __future__ import annotations

import itertools
import math
import random
import uuid
from collections import deque
from datetime import date
from typing import TYPE_CHECKING

from attrs import evolve, frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

AUTO_SNAPSHOTS_KEPT = 7


@frozen(kw_only=True)
class AttachedDisk:
    """A disk as an instance sees it: its name, its path such as ``/dev/xvdf``, its size."""

    name: str
    path: str
    size_in_gb: int


@frozen(kw_only=True)
class Instance:
    """A virtual server."""

    name: str
    region: str
    created_at: float
    size_in_gb: int
    blueprint_id: str
    bundle_id: str
    attached_disks: tuple[AttachedDisk, ...] = ()

    @property
    def resource_type(self) -> str:
        """The service's word for it."""
        return "Instance"


@frozen(kw_only=True)
class Disk:
    """A block storage disk."""

    name: str
    region: str
    created_at: float
    size_in_gb: int

    @property
    def resource_type(self) -> str:
        """The service's word for it."""
        return "Disk"


Resource = Instance | Disk


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
    A manual snapshot, as taken or as copied.

    It is pending until `ready_at`, and in its `final_state` from then on. The source is held as it was, as it may be
    gone by now.
    """

    name: str
    region: str
    created_at: float
    source: Resource
    size_in_gb: int
    ready_at: float
    final_state: str
    is_from_auto_snapshot: bool = False

    @property
    def resource_type(self) -> str:
        """The service's word for it."""
        return snapshot_type(self.source)

    def state_at(self, moment: float) -> str:
        """Return the service's word for its state at a moment."""
        return self.final_state if moment >= self.ready_at else "pending"

    def is_usable_at(self, moment: float) -> bool:
        """Tell whether it can be copied at a moment."""
        return self.state_at(moment) == usable_state(self.source)

    def progress_at(self, moment: float) -> str:
        """Return the progress as the service prints it, such as ``37%``."""
        if self.is_usable_at(moment):
            return "100%"
        if moment >= self.ready_at:
            return "0%"
        return f"{math.floor(100 * (moment - self.created_at) / (self.ready_at - self.created_at))}%"


Holding = Instance | Disk | Snapshot


@frozen(kw_only=True)
class Operation:
    """An operation, which is under way until `ends_at`."""

    id: str
    resource_name: str
    resource_type: str
    region: str
    created_at: float
    ends_at: float
    operation_type: str
    details: str = ""
    error_code: str | None = None
    error_details: str | None = None

    def is_terminal_at(self, moment: float) -> bool:
        """Tell whether it is over at a moment."""
        return moment >= self.ends_at

    def status_at(self, moment: float) -> str:
        """Return the service's word for its status at a moment."""
        if not self.is_terminal_at(moment):
            return "Started"
        return "Succeeded" if self.error_code is None else "Failed"


class Region:
    """
    One Region of a fake.

    Attributes:
        name: its name.
        holdings: its resources and manual snapshots, oldest first; they share one namespace.
        auto_snapshots: the automatic snapshots of each resource, newest first.
        operations: its operations by their id, oldest first.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.holdings: dict[str, Holding] = {}
        self.auto_snapshots: dict[str, tuple[AutoSnapshot, ...]] = {}
        self.operations: dict[str, Operation] = {}

    def keep(self, resource_name: str, snapshot: AutoSnapshot) -> None:
        """Add the automatic snapshot of a day, in place of an earlier one, and let go of all but the latest seven."""
        others = [other for other in self.auto_snapshots.get(resource_name, ()) if other.date != snapshot.date]
        newest_first = sorted([*others, snapshot], key=lambda each: each.date, reverse=True)
        self.auto_snapshots[resource_name] = tuple(newest_first[:AUTO_SNAPSHOTS_KEPT])

    def drop(self, name: str) -> Holding:
        """Delete a resource or a snapshot, and with a resource its automatic snapshots and its attachments."""
        self.auto_snapshots.pop(name, None)
        for each in [held for held in self.holdings.values() if isinstance(held, Instance)]:
            kept = tuple(disk for disk in each.attached_disks if disk.name != name)
            self.holdings[each.name] = evolve(each, attached_disks=kept)
        return self.holdings.pop(name)


@frozen
class CopyFailure:
    """How a copy that was accepted is to end badly."""

    code: str
    details: str


def identifiers(series: str) -> Iterator[str]:
    """Return an endless series of identifiers, shaped as UUIDs, which look random and are the same in every run."""
    chance = random.Random(series)  # noqa: S311 - it has to be the same in every run, and guards nothing
    return (str(uuid.UUID(int=chance.getrandbits(128), version=4)) for _ in itertools.count())


class World:
    """
    All Regions of one fake, and what decides how its calls go.

    Attributes:
        copy_duration: how many seconds a copy takes.
        page_size: how many things one page of a list holds.
        regions: the Regions that were asked for so far.
        copy_failures: how the next copies that are accepted are to end badly.
        listings: the rest of a list, by the operation, Region and token of its next page.
        operation_ids: the ids of operations to come.
        request_ids: the ids of requests to come.
        page_tokens: the tokens of pages to come.
    """

    def __init__(self, *, copy_duration: float, page_size: int) -> None:
        self.copy_duration = copy_duration
        self.page_size = page_size
        self.regions: dict[str, Region] = {}
        self.copy_failures: deque[CopyFailure] = deque()
        self.listings: dict[tuple[str, str, str], tuple[str, ...]] = {}
        self.operation_ids: Iterator[str] = identifiers("operations")
        self.request_ids: Iterator[str] = identifiers("requests")
        self.page_tokens: Iterator[str] = identifiers("pages")

    def region(self, name: str) -> Region:
        """Return a Region, which is empty when first asked for."""
        return self.regions.setdefault(name, Region(name))


def snapshot_type(source: Resource) -> str:
    """Return the service's word for a snapshot of a resource."""
    return "InstanceSnapshot" if isinstance(source, Instance) else "DiskSnapshot"


def usable_state(source: Resource) -> str:
    """Return the state that a good snapshot of a resource ends in; the two kinds have different words."""
    return "available" if isinstance(source, Instance) else "completed"
