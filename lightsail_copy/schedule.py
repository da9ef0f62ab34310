"""
When a wait polls: pure arithmetic over the time elapsed.

AWS does not publish how long a copy takes; it grows with the disk. With a delay of a twentieth of the time elapsed, the
mean lag of a wait is about a fortieth of the copy's duration, whether that is two minutes or twenty. A fixed delay with
the same lag for a copy of two minutes makes more than five times as many polls over an hour.
"""

from __future__ import annotations

from typing import cast

from attrs import field, frozen

from lightsail_copy.errors import Problem, format_value
from lightsail_copy.validation import (
    Duration,  # noqa: F401 # pyright: ignore[reportUnusedImport] - typing.get_type_hints() looks for it here
    raise_problems,
    to_seconds,
    validate_seconds,
)

_JITTER = 0.1
_MAX_FRACTION = 1000


@frozen(kw_only=True, order=False)
class PollSchedule:
    """
    When a wait polls, and how long it tolerates errors.

    Durations are seconds or `timedelta`; the attributes are in seconds. Within its limits, each delay varies at random
    by up to a tenth, so that many waits do not poll at once. After a failed poll that is tolerated, the next comes
    soon: after `min_delay`, or half of the tolerance if that is shorter. The delay then doubles, up to what it would
    have been.

    Attributes:
        fraction: the delay until the next poll, as a fraction of the time elapsed.
        min_delay: the shortest delay.
        max_delay: the longest delay.
        error_tolerance: how long throttling, service faults (5xx), connection errors, and credentials that cannot be
            refreshed after they have worked are tolerated, from the first failed poll in a row.
        not_found_tolerance: how long an operation that is not found is tolerated, soon after the start of a wait.

    Raises:
        InvalidRequestError: one or more arguments are out of range; `problems` lists them all.
    """

    fraction: float = 0.05
    min_delay: float = field(default=5.0, converter=to_seconds)
    max_delay: float = field(default=60.0, converter=to_seconds)
    error_tolerance: float = field(default=600.0, converter=to_seconds)
    not_found_tolerance: float = field(default=30.0, converter=to_seconds)

    def __attrs_post_init__(self) -> None:
        raise_problems(
            self._validate_fraction(),
            validate_seconds("min_delay", self.min_delay, finite=True) or self._validate_min_delay(),
            validate_seconds("max_delay", self.max_delay, finite=True),
            validate_seconds("error_tolerance", self.error_tolerance),
            validate_seconds("not_found_tolerance", self.not_found_tolerance),
            subject="schedule",
        )

    def _validate_fraction(self) -> list[Problem]:
        value = cast("object", self.fraction)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < _MAX_FRACTION:
            return []
        rule = f"must be a number of at least 0 and less than {_MAX_FRACTION:,}"
        return [Problem("fraction", format_value(value), rule)]

    def _validate_min_delay(self) -> list[Problem]:
        if self.min_delay == 0:
            return [Problem("min_delay", format_value(self.min_delay), "must be more than 0")]
        if validate_seconds("max_delay", self.max_delay, finite=True) or self.min_delay <= self.max_delay:
            return []
        rule = f"must be at most max_delay, which is {self.max_delay:g}"
        return [Problem("min_delay", format_value(self.min_delay), rule)]

    def delay(self, elapsed: float, chance: float) -> float:
        """
        Return the delay until the next poll.

        Args:
            elapsed: the time since the wait started, in seconds.
            chance: a random number of at least 0 and less than 1; 0.5 leaves the delay as it is.

        Returns:
            The delay in seconds.
        """
        even = min(max(self.fraction * elapsed, self.min_delay), self.max_delay)
        return min(max(even * (1 + _JITTER * (2 * chance - 1)), self.min_delay), self.max_delay)
