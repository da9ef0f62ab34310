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
from lightsail_copy.pacing import Pace
from lightsail_copy.results import CopySnapshotResult

SWEEP_INTERVAL = 15.0


@define(order=False, eq=False)
class Row:
    """
    A copy that is running.

    Attributes:
        index: the index of its job.
        result: the result of its launch.
        operations: its operations as last seen; those of the result while none has changed.
        started_at: when its launch ended, by the clock.
    """

    index: int
    result: CopySnapshotResult
    operations: tuple[Operation, ...]
    started_at: float


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
        region: the Region's name.
        pace: how fast calls may follow each other.
        max_running: how many copies may run at once.
        launches: the indexes of the jobs to launch.
        held_until: no launch before this time.
        ready: the activities whose next call may be made.
        asleep: the activities that sleep, by the time when they wake.
        rows: the running copies, by the ids of their operations that are not done.
        in_flight: how many calls are in flight.
        launching: how many launches have not ended.
        running: how many copies are running.
        failures: how many launches in a row failed with an error that every job of the Region would meet.
        quota_since: when a launch first exceeded a quota since a launch succeeded, or None.
        pages: how many pages a sweep of the Region's operations takes, as far as known.
        next_sweep_at: when the next sweep may start.
        is_sweeping: whether a sweep is under way.
    """

    region: str
    pace: Pace
    max_running: int
    launches: deque[int] = field(factory=deque[int])
    held_until: float = -inf
    ready: deque[Activity] = field(factory=deque[Activity])
    asleep: list[tuple[float, int, Activity]] = field(factory=list[tuple[float, int, Activity]])
    rows: dict[str, Row] = field(factory=dict[str, Row])
    in_flight: int = 0
    launching: int = 0
    running: int = 0
    failures: int = 0
    quota_since: float | None = None
    pages: float = 1
    next_sweep_at: float = -inf
    is_sweeping: bool = False
    _polls: list[tuple[float, str]] = field(factory=list[tuple[float, str]])
    _unlisted: deque[str] = field(factory=deque[str])
    _order: count[int] = field(factory=count)

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do."""
        return not (self.launches or self.launching or self.rows or self.in_flight or self.ready or self.asleep)

    @property
    def sweeps(self) -> bool:
        """Whether one sweep costs less than a poll of each operation."""
        return len(self.rows) > self.pages

    def sleep(self, activity: Activity, until: float) -> None:
        """Let an activity sleep."""
        heappush(self.asleep, (until, next(self._order), activity))

    def schedule_poll(self, operation_id: str, at: float) -> None:
        """Poll an operation at a time."""
        heappush(self._polls, (at, operation_id))

    def poll_at_once(self, operation_ids: list[str]) -> None:
        """Poll operations that a sweep did not list."""
        self._unlisted.extend(operation_ids)

    def may_launch(self, now: float) -> bool:
        """Return whether the next job may be launched."""
        return bool(self.launches) and now >= self.held_until and self.running + self.launching < self.max_running

    def may_sweep(self, now: float) -> bool:
        """Return whether a sweep may start."""
        return self.sweeps and not self.is_sweeping and now >= self.next_sweep_at

    def next_poll(self, now: float) -> str | None:
        """Return the id of an operation whose poll is due, and forget that poll."""
        while self._unlisted or (self._polls and not self.sweeps and self._polls[0][0] <= now):
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
        if self.launches and self.running + self.launching < self.max_running:
            dues.append(self.held_until)
        if self.sweeps:
            dues += [] if self.is_sweeping else [self.next_sweep_at]
        elif self._polls:
            dues.append(self._polls[0][0])
        return min(dues, default=inf)
