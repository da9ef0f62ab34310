"""
How fast the calls of one Region may follow each other: a rate that throttling lowers and success raises again.

Pure: it takes the time as an argument.
"""

from __future__ import annotations

from attrs import define, field

_SLOWEST = 1 / 30
_RECOVERY = 50


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
    next_at: float = field(init=False, default=float("-inf"))
    _lowered_at: float = field(init=False, default=float("-inf"))

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
