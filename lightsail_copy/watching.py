"""What a wait knows and what it does next: told what was seen and when, it neither asks nor sleeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lightsail_copy.calls import BROKEN_CONNECTION
from lightsail_copy.errors import NotFoundError, ServiceFaultError, ThrottledError, WaitTimeoutError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lightsail_copy.operations import Operation
    from lightsail_copy.schedule import PollSchedule

_BEARABLE = (ThrottledError, ServiceFaultError, *BROKEN_CONNECTION)


class Watch:
    """
    A wait for operations of one Region, apart from its loop.

    It is a class because it holds what was seen last, and when, between one look and the next.
    """

    def __init__(
        self, operations: Sequence[Operation | str], *, timeout: float | None, schedule: PollSchedule, now: float
    ) -> None:
        """
        Take what to wait for.

        Args:
            operations: the operations, or their ids.
            timeout: how long to wait, in seconds, or None for ever.
            schedule: when to look, and how much to bear.
            now: the clock's time, in seconds.
        """
        self._ids = tuple(each if isinstance(each, str) else each.id for each in operations)
        self._newest = {each.id: each for each in operations if not isinstance(each, str)}
        self._answered_at = dict.fromkeys(self._ids, now)
        # A moment and not a duration: a sleep cut to end at it ends exactly there, whatever floats round to.
        self._deadline = None if timeout is None else now + timeout
        self._schedule = schedule
        self._started_at = now

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The newest state of each, in the order given, without those never seen."""
        return tuple(self._newest[each] for each in self._ids if each in self._newest)

    @property
    def pending(self) -> tuple[str, ...]:
        """The ids to ask for: each that is not known to be done, once."""
        return tuple(each for each in self._answered_at if each not in self._newest or not self._newest[each].done)

    @property
    def all_seen(self) -> bool:
        """Whether the state of each is known."""
        return len(self._newest) == len(self._answered_at)

    def saw(self, operation_id: str, operation: Operation, now: float) -> None:
        """Take a good answer."""
        self._newest[operation_id] = operation
        self._answered_at[operation_id] = now

    def bears(self, operation_id: str, error: Exception, now: float) -> bool:
        """Tell whether the wait goes on after an error in place of an answer."""
        if isinstance(error, NotFoundError):
            return now - self._started_at <= self._schedule.not_found_grace
        return isinstance(error, _BEARABLE) and now - self._answered_at[operation_id] <= self._schedule.patience

    def pause(self, now: float, chance: float) -> float:
        """
        Return how long to sleep until the next look, cut to the time that is left.

        Args:
            now: the clock's time, in seconds.
            chance: a random number of at least 0 and less than 1.

        Raises:
            WaitTimeoutError: no time is left.
        """
        waited = now - self._started_at
        delay = self._schedule.delay(waited, chance)
        if self._deadline is None:
            return delay
        if now >= self._deadline:
            raise WaitTimeoutError(self.operations, waited=waited)
        return min(delay, self._deadline - now)
