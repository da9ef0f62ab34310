"""
What limits the calls and the copies of one Region, and what the log says of it.

Calls that were in flight together and fail for one reason count as one failure. Times are in seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from logging import WARNING
from math import inf

from attrs import Factory, define, field

from lightsail_copy.flows import log

_SLOWEST = 1 / 30
_FLOOR = 1 / 8
_RECOVERY = 50
_GROWTH = 4
_FIRST_DELAY = 1.0
_LONGEST_DELAY = 60.0
_FIRST_PROBE = 5.0
_APART = 2 * _LONGEST_DELAY
_ENDED = {"quota": "held by a quota", "throttled": "throttled", "unreachable": "without a response"}
# A try that comes sooner is not mentioned.
_SOON = 0.1


@define(order=False, eq=False)
class Pace:
    """The rate of the calls of one Region, a second, which throttling lowers and success raises again."""

    max_rate: float
    rate: float = field(init=False, default=Factory(lambda self: self.max_rate, takes_self=True))
    next_at: float = field(init=False, default=-inf)  # when the next call may be made
    _lowered_at: float = field(init=False, default=-inf)

    def called(self, now: float) -> None:
        """Record that a call is made."""
        self.next_at = now + 1 / self.rate

    def restart(self, now: float) -> None:
        """Record that the only call so far, if there is one, was made later than it was planned, but before now."""
        if self.next_at != -inf:
            self.called(now)

    def succeeded(self) -> None:
        """Raise the rate a little."""
        # In proportion to the rate too: a service may allow far less than the highest rate.
        self.rate = min(self.max_rate, self.rate + min(self.max_rate / _RECOVERY, self.rate / _GROWTH))

    def throttled(self, now: float, called_at: float) -> None:
        """Halve the rate, if the call was made after the rate was last lowered."""
        if called_at > self._lowered_at:
            self.rate = max(self.rate / 2, min(_SLOWEST, self.max_rate * _FLOOR))
            self._lowered_at = now
        self.hold(now + 1 / self.rate)

    def hold(self, until: float) -> None:
        """Make no call before a time."""
        self.next_at = max(self.next_at, until)


@define(order=False, eq=False)
class Backoff:
    """Failures in a row, and the growing delay after each."""

    count: int = field(init=False, default=0)
    since: float = field(init=False, default=inf)
    held_until: float = field(init=False, default=-inf)  # when to try again
    _failed_at: float = field(init=False, default=-inf)

    def failed(self, now: float, called_at: float, *, has_delay: bool = True) -> None:
        """Record a failure; it counts as the last one if its call was made before that."""
        if self.count and called_at <= self._failed_at:
            return
        # Failures that are far apart are not one that lasts: nothing was tried between them.
        self.since = now if called_at - self._failed_at > _APART else min(self.since, now)
        if has_delay:
            self.held_until = now + min(_FIRST_DELAY * 2 ** min(self.count, 10), _LONGEST_DELAY)
        self.count += 1
        self._failed_at = now

    def succeeded(self) -> None:
        """Forget the failures."""
        self.count, self.since, self.held_until = 0, inf, -inf


@define(order=False, eq=False)
class Capacity:
    """
    How many copies may run at once in one Region.

    A quota error shows that no more copies can run. One more is then tried after a delay that doubles, and each success
    beyond the number allows another, as TCP grows its window.
    """

    max_running: int
    size: int = field(init=False, default=Factory(lambda self: self.max_running, takes_self=True))  # the number now
    probe_at: float = field(init=False, default=-inf)  # when one more copy may be tried
    # Since when a quota has been exceeded although nothing runs; infinity if it has not.
    idle_since: float = field(init=False, default=inf)
    _delay: float = field(init=False, default=_FIRST_PROBE)
    _exceeded_at: float = field(init=False, default=-inf)

    @property
    def is_lowered(self) -> bool:
        """Whether a quota allows fewer than the highest number."""
        return self.size < self.max_running

    def next_at(self, running: int) -> float:
        """Return when the next copy may be launched; infinity until a running copy has ended."""
        if running < self.size:
            return -inf
        return self.probe_at if running == self.size and self.is_lowered else inf

    def launched(self, running: int) -> bool:
        """Record a launch that succeeded, and return whether more copies run than the quota was known to allow."""
        self.idle_since = inf
        if not self.is_lowered or running <= self.size:
            return False
        self.size = min(self.max_running, running + 1)
        self._delay = _FIRST_PROBE
        return True

    def exceeded(self, now: float, called_at: float, running: int) -> None:
        """Lower the number to that of the copies that run or are being launched, without the one that failed."""
        self.idle_since = inf if running else min(self.idle_since, now)
        self.size = min(self.size, running)
        if called_at > self._exceeded_at:
            self.probe_at = now + self._delay
            self._delay = min(2 * self._delay, _LONGEST_DELAY)
            self._exceeded_at = now


@define(order=False, eq=False)
class Conditions:
    """The conditions of one Region: `quota`, `throttled`, `unreachable`, `stopped`."""

    region_name: str
    time: Callable[[], float]
    running: Callable[[], int]  # how many copies run
    _since: dict[str, float] = field(init=False, factory=dict[str, float])

    def start(self, condition: str, sentence: str, next_try: float | None = None, *, of: str = "") -> None:
        """
        Record a condition, and log it if it is new.

        `next_try` is in seconds from now. `of` says what has the condition, if it is not the whole Region.
        """
        key = condition + of
        if key in self._since:
            return
        self._since[key] = self.time()
        running = self.running()
        text = f"{sentence}; {running} {'copy runs' if running == 1 else 'copies run'}"
        if next_try is not None and next_try >= _SOON:
            text += f", next try in {next_try:.{0 if next_try >= 1 else 1}f} s"
        self._log(text, condition=condition, running=running, next_try=next_try)

    def end(self, condition: str) -> None:
        """Record that a condition, if there was one, has ended, and log it."""
        since = self._since.pop(condition, None)
        if since is not None:
            lasted = self.time() - since
            text = f"goes on, no longer {_ENDED[condition]} after {lasted:.0f} s"
            self._log(text, condition=condition, running=self.running(), lasted=lasted)

    def end_all(self) -> None:
        """Record the end of a Region whose last call succeeded."""
        for condition in _ENDED:
            self.end(condition)

    def _log(self, text: str, **fields: object) -> None:
        log(WARNING, f"{self.region_name}: {text}", region_name=self.region_name, **fields)
