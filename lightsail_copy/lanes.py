"""
The lane of one Region in a fleet: its jobs, its calls, and its copies that are running.

Pure: it takes the time as an argument. A flow exists from the launch of a copy to its response; a running copy is a
row.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from math import inf

from attrs import define, field

from lightsail_copy.flows import Call, Flow
from lightsail_copy.operations import Operation
from lightsail_copy.pacing import Capacity, Pace
from lightsail_copy.packing import unpack
from lightsail_copy.results import CopySnapshotResult


@define(order=False, eq=False, repr=False, weakref_slot=False)
class Row:
    """
    A copy that is running. There may be thousands, so a row is small.

    Attributes:
        index: the index of its job.
        packed: the result of its launch, packed.
        launched_as: the hash of its first operation as the launch returned it, which is not kept a second time.
        started_at: when its launch ended, by the clock.
        pending: how many of its operations are not done.
        sweep: the number of the last sweep that listed it, or during which it was launched.
        changed: its operations that have changed since the launch.
    """

    index: int
    packed: bytes
    launched_as: int
    started_at: float
    pending: int
    sweep: int
    changed: tuple[Operation, ...] = ()

    def saw(self, operation: Operation) -> None:
        """Take the state of one of its operations."""
        others = tuple(each for each in self.changed if each.id != operation.id)
        self.changed = others if hash(operation) == self.launched_as else (*others, operation)

    def unpack(self) -> tuple[CopySnapshotResult, tuple[Operation, ...]]:
        """Return the result of its launch, and its operations as last seen."""
        result = unpack(self.packed)
        changed = {operation.id: operation for operation in self.changed}
        return result, tuple(changed.get(operation.id, operation) for operation in result.operations)


@define(order=False, eq=False)
class Activity:
    """
    A flow of a fleet, and what to do when it ends.

    Attributes:
        lane: its Region's lane.
        flow: the flow.
        finish: takes the flow's result, or the error that it raised, and the time.
        call: the flow's next call.
        throttled_since: when its call was first throttled in a row, or None.
    """

    lane: Lane
    flow: Flow[object]
    finish: Callable[[object, Exception | None, float], None]
    call: Call[object]
    throttled_since: float | None = None


@define(order=False, eq=False)
class Lane:
    """
    The lane of one Region.

    It is a class because it keeps the state of the Region's copies from one call to the next.

    Attributes:
        region: the Region.
        pace: how fast calls may follow each other.
        capacity: how many copies may run at once.
        launches: the indexes of the jobs to launch.
        ready: the activities whose next call may be made.
        asleep: the activities that sleep, by the time when they wake.
        rows: the running copies, by the ids of their operations that are not done.
        in_flight: how many calls are in flight.
        launching: how many launches have not ended.
        running: how many copies are running.
        failed_launches: how many launches in a row failed with an error that every job of the Region would meet.
        failed_polls: how many polls in a row ended a wait with such an error.
        pages: how many pages a sweep of the Region's operations takes, as far as known.
        sweep: the number of the last sweep.
        next_sweep_at: when the next sweep may start.
        is_sweeping: whether a sweep is under way.
        has_swept: whether the last sweep succeeded, or none has ended yet.
        is_swept: whether sweeps watch the copies; otherwise each operation is polled.
    """

    region: str
    pace: Pace
    capacity: Capacity
    launches: deque[int] = field(factory=deque[int])
    ready: deque[Activity] = field(factory=deque[Activity])
    asleep: list[tuple[float, int, Activity]] = field(factory=list[tuple[float, int, Activity]])
    rows: dict[str, Row] = field(factory=dict[str, Row])
    in_flight: int = 0
    launching: int = 0
    running: int = 0
    failed_launches: int = 0
    failed_polls: int = 0
    pages: float = 1
    sweep: int = 0
    next_sweep_at: float = -inf
    is_sweeping: bool = False
    has_swept: bool = True
    is_swept: bool = False
    _polls: list[tuple[float, str]] = field(factory=list[tuple[float, str]])
    _unlisted: deque[str] = field(factory=deque[str])
    _order: count[int] = field(factory=count)

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do."""
        return not (self.launches or self.launching or self.rows or self.in_flight or self.ready or self.asleep)

    @property
    def sweeps_pay(self) -> bool:
        """Whether one sweep costs less than a poll of each operation."""
        return len(self.rows) > self.pages

    def sleep(self, activity: Activity, until: float) -> None:
        """Let an activity sleep."""
        heappush(self.asleep, (until, next(self._order), activity))

    def schedule_poll(self, operation_id: str, at: float) -> None:
        """Poll an operation at a time, unless sweeps watch it."""
        if not self.is_swept:
            heappush(self._polls, (at, operation_id))

    def watch_by_sweeps(self) -> None:
        """Forget the scheduled polls: from now on, sweeps watch the copies."""
        self.is_swept = True
        self._polls.clear()

    def mark(self, operation_id: str) -> None:
        """Note that the sweep lists an operation."""
        row = self.rows.get(operation_id)
        if row is not None:
            row.sweep = self.sweep

    def poll_unlisted(self) -> None:
        """Poll the operations that the last sweep did not list, unless those of an earlier one are still waiting."""
        if not self._unlisted:
            self._unlisted.extend(each for each, row in self.rows.items() if row.sweep != self.sweep)

    def may_launch(self, now: float) -> bool:
        """Return whether the next job may be launched."""
        return bool(self.launches) and now >= self.capacity.next_at(self.running + self.launching)

    def may_sweep(self, now: float) -> bool:
        """Return whether a sweep may start."""
        return self.sweeps_pay and not self.is_sweeping and now >= self.next_sweep_at

    def next_poll(self, now: float) -> str | None:
        """Return the id of an operation whose poll is due, and forget that poll."""
        while self._unlisted or (self._polls and self._polls[0][0] <= now):
            operation_id = self._unlisted.popleft() if self._unlisted else heappop(self._polls)[1]
            # It may have ended since.
            if operation_id in self.rows:
                return operation_id
        return None

    def due_at(self, now: float) -> float:
        """Return when the lane has something to do next; infinity while it only waits for responses."""
        if self.ready or self._unlisted:
            return now
        dues = [self.asleep[0][0]] if self.asleep else []
        if self.launches:
            dues.append(self.capacity.next_at(self.running + self.launching))
        if self.sweeps_pay and not self.is_sweeping:
            dues.append(self.next_sweep_at)
        if self._polls:
            dues.append(self._polls[0][0])
        return min(dues, default=inf)
