"""
When to look again: pure arithmetic over the time elapsed.

How long a copy takes is not published; it grows with the disk. A look after a twentieth of the time elapsed notices the
end within three hundredths of the copy's duration, whatever that is. The even interval that notices the end of a copy
of two minutes as soon would ask five times as often over an hour.
"""

from __future__ import annotations

from datetime import timedelta
from math import inf
from typing import TypeAlias

from attrs import asdict, field, frozen

from lightsail_copy.errors import Problem
from lightsail_copy.reading import shown
from lightsail_copy.rules import duration_problems, refuse

Duration: TypeAlias = float | timedelta


def in_seconds(value: Duration) -> float:
    """Return a duration in seconds; what is no duration passes as it is, to be refused by its rule."""
    return value.total_seconds() if isinstance(value, timedelta) else value


def _in_seconds_or_none(value: Duration | None) -> float | None:
    return None if value is None else in_seconds(value)


@frozen(kw_only=True)
class PollSchedule:
    """
    When a wait looks again, and how much it bears.

    Durations are given in seconds or as `timedelta`, and held in seconds.

    Attributes:
        fraction: the next look comes after this part of the time elapsed.
        shortest: but no sooner than this.
        longest: and no later.
        jitter: each delay is made longer or shorter at random by up to this part of it, so that many waits spread.
        expected: how long the operations are thought to take: until then, a look comes only after half of what is left
            of it, however long that is, which saves looks.
        patience: throttling, faults of the service and broken connections are borne for so long without a good answer.
        not_found_grace: an operation may be unknown to the service for so long after the wait's start.

    Raises:
        InvalidRequestError: one or more of them are out of range; `problems` has them all.
    """

    fraction: float = 0.05
    shortest: float = field(default=5.0, converter=in_seconds)
    longest: float = field(default=60.0, converter=in_seconds)
    jitter: float = 0.1
    expected: float | None = field(default=None, converter=_in_seconds_or_none)
    patience: float = field(default=600.0, converter=in_seconds)
    not_found_grace: float = field(default=30.0, converter=in_seconds)

    def __attrs_post_init__(self) -> None:
        """Refuse what would look without a pause, or never."""
        given = asdict(self) | {"expected": 0.0 if self.expected is None else self.expected}
        problems = [problem for name, value in given.items() for problem in duration_problems(name, value)]
        refuse(problems or self._order_problems())

    def _order_problems(self) -> list[Problem]:
        problems: list[Problem] = []
        if not 0 < self.shortest <= self.longest:
            rule = f"it is more than 0 and at most longest, {self.longest:g}"
            problems.append(Problem("shortest", shown(self.shortest), rule, "write 0 < shortest <= longest"))
        for name, value in (("longest", self.longest), ("expected", self.expected)):
            if value == inf:
                problems.append(Problem(name, shown(value), "a pause has an end", "write a number such as 60.0"))
        if not self.jitter < 1:
            problems.append(Problem("jitter", shown(self.jitter), "it is a part of the delay", "write 0.1, or 0"))
        return problems

    def delay(self, elapsed: float, chance: float) -> float:
        """
        Return how long to wait until the next look.

        Args:
            elapsed: the time since the wait began, in seconds.
            chance: a random number of at least 0 and less than 1; 0.5 leaves the delay as it is.

        Returns:
            The delay in seconds.
        """
        even = min(max(self.fraction * elapsed, self.shortest), self.longest)
        delay = min(max(even * (1 + self.jitter * (2 * chance - 1)), self.shortest), self.longest)
        return delay if self.expected is None else max(delay, (self.expected - elapsed) / 2)
