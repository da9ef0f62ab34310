"""
The newest state of the operations of one Region, for many waits at once: from a sweep, or from a poll.

A sweep gets the operations of the Region page by page, so that one call serves many copies.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import cast

from attrs import define, field
from botocore.exceptions import BotoCoreError

from lightsail_copy.errors import LightsailCopyError
from lightsail_copy.flows import Flow, Sleep, calls
from lightsail_copy.operations import Operation
from lightsail_copy.schedule import PollSchedule
from lightsail_copy.service_errors import AccessDeniedError

_SWEEP_INTERVAL = 15.0
_SHORTEST_DELAYS = 3  # with short delays, sweeps come after at least so many of the shortest

Resume = Callable[[Operation | None], None]


@define(order=False, eq=False)
class Listing:
    """The sweeps of one Region."""

    schedule: PollSchedule  # sweeps keep to its delays
    time: Callable[[], float]
    start: Callable[[Flow[None]], None]  # starts the flow of the sweeps
    saw: Callable[[Operation], None]  # called with each operation that a page lists
    watched: int = field(init=False, default=0)  # how many copies wait for their operations
    # What resumes the waits for each operation, and the state that they were last resumed with.
    _waits: dict[str, list[Resume]] = field(init=False, factory=dict[str, "list[Resume]"])
    _listed: dict[str, Operation] = field(init=False, factory=dict[str, Operation])
    _is_sweeping: bool = field(init=False, default=False)
    _next_at: float = field(init=False, default=-inf)
    _pages: float = field(init=False, default=1)
    _last_watched_at: float = field(init=False, default=0.0)

    def newest_state(self, resume: Resume, operation_id: str) -> Flow[Operation]:
        """Return the newest state of an operation; `resume` resumes this with what a sweep has listed, or with None."""
        if self.watched > self._pages:
            self._waits.setdefault(operation_id, []).append(resume)
            if not self._is_sweeping:
                self._is_sweeping = True
                self.start(self._sweep_while_it_pays())
            listed = yield Sleep(inf)
            if listed is not None:
                return cast("Operation", listed)
        return (yield from calls.get_operation(operation_id))

    def watch(self, operations: tuple[Operation, ...]) -> None:
        """Record that a copy waits for its operations, and which state of each it has seen."""
        self.watched += 1
        self._last_watched_at = self.time()
        self._listed.update((each.id, each) for each in operations)

    def forget(self, operations: tuple[Operation, ...]) -> None:
        """Forget the operations of a copy that no longer waits."""
        self.watched -= 1
        for each in operations:
            self._listed.pop(each.id, None)

    def _sweep_while_it_pays(self) -> Flow[None]:
        while self._waits and self.watched > self._pages:
            # Sleep first, so that a copy that starts to wait now is in the sweep.
            yield Sleep(max(0.0, self._next_at - self.time()))
            self._next_at = self.time() + self._interval()
            yield from self._sweep()
        self._is_sweeping = False
        for operation_id in tuple(self._waits):
            self._resume(operation_id, None)

    def _interval(self) -> float:
        """Return the time between two sweeps; with short delays, it grows as they do for the copy that started last."""
        shortest, longest = self.schedule.min_delay, self.schedule.max_delay
        grown = self.schedule.delay(self.time() - self._last_watched_at, 0.5)
        return max(shortest, min(_SWEEP_INTERVAL, max(_SHORTEST_DELAYS * shortest, grown), longest))

    def _sweep(self) -> Flow[None]:
        """List operations until all that are waited for are listed, unless the pages outnumber the copies."""
        token, pages, unlisted = None, 0, set(self._waits)
        try:
            while unlisted and pages < self.watched:
                page = yield from calls.get_operations(token)
                token, pages = page.next_token, pages + 1
                for operation in page.items:
                    unlisted.discard(operation.id)
                    self.saw(operation)
                    if operation.id in self._waits and self._listed.get(operation.id) != operation:
                        self._listed[operation.id] = operation
                        self._resume(operation.id, operation)
                if not token:
                    break
            self._pages = max(1, pages)
        # Whatever fails, the operations are polled instead.
        except Exception as error:  # noqa: BLE001 - see above
            # A client may lack the method.
            is_known = isinstance(error, (LightsailCopyError, BotoCoreError))
            is_impossible = isinstance(error, AccessDeniedError) or not is_known
            self._pages = inf if is_impossible else self._pages
        for operation_id in unlisted:
            self._resume(operation_id, None)

    def _resume(self, operation_id: str, operation: Operation | None) -> None:
        for resume in self._waits.pop(operation_id, ()):
            resume(operation)
