"""Time that passes only when a test moves it: an hour of polling passes in milliseconds."""

from __future__ import annotations

import sys
import threading
from datetime import datetime, timedelta, timezone
from typing import Protocol

_START = datetime(2026, 1, 1, tzinfo=timezone.utc)
_END = datetime(9999, 12, 31, tzinfo=timezone.utc).timestamp()


class Clock(Protocol):
    """What the fake needs of a clock, such as a `FakeClock` or the `time` module."""

    def time(self) -> float:
        """Return the seconds since 1970-01-01 00:00 UTC."""
        ...


class FakeClock:
    """
    A clock that moves only by `sleep` and `advance`; its methods have the names of functions in the module `time`.

    Threads may share it. It never goes backwards, nor past the year 9999: seconds that would move it there, or that are
    not finite, raise a ValueError.

    Args:
        start: when it starts, an aware datetime in any time zone. One without a zone raises a ValueError.
    """

    def __init__(self, start: datetime = _START) -> None:
        if not is_aware(start):
            raise ValueError(
                f"start is {start!r}, which has no time zone: pass an aware datetime, such as one with timezone.utc"
            )
        self._start = start.timestamp()
        self._elapsed = 0.0
        self._sleeps: list[float] = []
        self._lock = threading.Lock()

    @property
    def sleeps(self) -> tuple[float, ...]:
        """The seconds of each `sleep`, in order."""
        return tuple(self._sleeps)

    def time(self) -> float:
        """Return the seconds since 1970-01-01 00:00 UTC."""
        return self._start + self._elapsed

    def monotonic(self) -> float:
        """Return the seconds that this clock has moved."""
        return self._elapsed

    def now(self) -> datetime:
        """Return the current datetime, aware and in UTC."""
        return datetime.fromtimestamp(self.time(), timezone.utc)

    def sleep(self, seconds: float) -> None:
        """Move the clock forward at once, by the seconds that a real sleep would take, and record them."""
        self._move(seconds)
        self._sleeps.append(seconds)

    def advance(self, duration: float | timedelta) -> None:
        """Move the clock forward without a sleep, by a duration in seconds or as a timedelta."""
        self._move(duration.total_seconds() if isinstance(duration, timedelta) else duration)

    def _move(self, seconds: float) -> None:
        if not is_duration(seconds):
            raise ValueError(f"seconds is {seconds!r}: a clock moves by a finite number of seconds, zero or more")
        with self._lock:
            if self.time() + seconds > _END:
                raise ValueError(f"seconds is {seconds!r}: a clock cannot pass the end of the year 9999")
            self._elapsed += seconds


def is_aware(value: object) -> bool:
    """Return whether a value is a datetime with a time zone."""
    return isinstance(value, datetime) and value.utcoffset() is not None


def is_duration(value: object) -> bool:
    """Return whether a value is a number of seconds that a float can hold, finite, and zero or more."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= sys.float_info.max
