"""
What limits the calls and the copies of one Region.

A rate of calls, which throttling lowers and success raises again; and a number of copies that run at once, which a
quota error lowers and time raises again. Pure: both take the time as an argument.
"""

from __future__ import annotations

from math import inf

from attrs import define, field

_SLOWEST = 1 / 30
_RECOVERY = 50
_QUOTA_DELAY = 60.0
_QUOTA_RECOVERY = 600.0


@define(order=False)
class Pace:
    """
    The rate of calls of one Region.

    It is a class because it keeps the rate and the time of the next call.

    Attributes:
        max_rate: the highest rate, in calls a second.
        rate: the rate now.
        next_at: when the next call may be made, by the clock, in seconds.
    """

    max_rate: float
    rate: float = field(init=False)
    next_at: float = field(init=False, default=-inf)
    _lowered_at: float = field(init=False, default=-inf)

    def __attrs_post_init__(self) -> None:
        """Start at the highest rate."""
        self.rate = self.max_rate

    def take(self, now: float) -> None:
        """Take the turn of one call."""
        self.next_at = now + 1 / self.rate

    def succeeded(self) -> None:
        """Raise the rate a little."""
        self.rate = min(self.max_rate, self.rate + self.max_rate / _RECOVERY)

    def throttled(self, now: float) -> None:
        """Halve the rate, once for all calls that were in flight together."""
        if now - self._lowered_at > 1 / self.rate:
            self.rate = max(self.rate / 2, _SLOWEST)
            self._lowered_at = now
        self.next_at = max(self.next_at, now + 1 / self.rate)


@define(order=False)
class Capacity:
    """
    How many copies may run at once in one Region.

    It is a class because it keeps the number and what quota errors have shown.

    Attributes:
        max_running: the highest number.
        size: the number now.
        held_until: no launch before this time, by the clock, in seconds.
        exceeded_since: when a launch first exceeded a quota since a launch succeeded, or None.
    """

    max_running: int
    size: int = field(init=False)
    held_until: float = field(init=False, default=-inf)
    exceeded_since: float | None = field(init=False, default=None)
    _raised_at: float = field(init=False, default=inf)

    def __attrs_post_init__(self) -> None:
        """Start with the highest number."""
        self.size = self.max_running

    def next_at(self, running: int) -> float:
        """Return when the next copy may be launched; infinity until one of those that run has ended."""
        return self.held_until if running < self.size else inf

    def launched(self, now: float) -> None:
        """Take note of a launch that succeeded; long after a quota error, try one copy more."""
        self.exceeded_since = None
        if self.size < self.max_running and now >= self._raised_at:
            self.size += 1
            self._raised_at = now + _QUOTA_RECOVERY

    def exceeded(self, now: float, running: int) -> float:
        """
        Lower the number to that of the copies that run, and return for how long launches have exceeded a quota.

        Args:
            now: the time, by the clock, in seconds.
            running: how many copies run or are being launched.
        """
        self.exceeded_since = now if self.exceeded_since is None else self.exceeded_since
        self.size = max(1, min(self.size, running))
        self._raised_at = now + _QUOTA_RECOVERY
        if not running:
            self.held_until = now + _QUOTA_DELAY
        return now - self.exceeded_since
