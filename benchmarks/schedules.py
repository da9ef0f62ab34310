"""
When waits poll: the default of this library, and what other tools do.

Sources: the waiters in botocore's data of EC2 (15 s); the retries of waiters in the Smithy specification (2 s to
120 s); Terraform's AWS provider, whose wait for a Lightsail operation has a delay of 5 s and intervals from 3 s on.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log, pow  # noqa: A004 - for floats only, unlike the built-in one
from random import Random

from attrs import frozen

from lightsail_copy import PollSchedule

# Takes the time since the start and the number of polls so far, and returns the delay until the next poll.
Delay = Callable[[float, int], float]

_MEDIAN = 600.0
_SIGMA = 0.5
_SHORTEST, _LONGEST = 60.0, 4 * 3600.0


@frozen
class Cost:
    """
    What a schedule costs, in the mean of many copies.

    Attributes:
        calls: the polls for one copy.
        lag: the seconds between the end of a copy and the poll that notices it.
        relative_lag: the same, as a fraction of the duration of the copy.
    """

    calls: float
    lag: float
    relative_lag: float


def copies_around_ten_minutes(number: int) -> list[float]:
    """Return durations in seconds: lognormal, half of them up to ten minutes, the same in every run."""
    chance = Random(1)  # noqa: S311 - a simulation needs no secret
    return [_MEDIAN * chance.lognormvariate(0.0, _SIGMA) for _ in range(number)]


def copies_of_any_size(number: int) -> list[float]:
    """Return durations in seconds: one minute to four hours, as many in each octave, the same in every run."""
    chance = Random(1)  # noqa: S311 - as above
    return [_SHORTEST * (_LONGEST / _SHORTEST) ** chance.random() for _ in range(number)]


def simulate(delay: Delay, copies: list[float], *, first: float = 0.0) -> Cost:
    """
    Return what a schedule costs. A call takes no time.

    Args:
        delay: the delay until the next poll.
        copies: the durations of the copies.
        first: when the first poll comes.
    """
    calls, lag, relative_lag = 0, 0.0, 0.0
    for duration in copies:
        at, polls = first, 1
        while at < duration:
            at += delay(at, polls)
            polls += 1
        calls += polls
        lag += at - duration
        relative_lag += (at - duration) / duration
    number = len(copies)
    return Cost(calls / number, lag / number, relative_lag / number)


def adaptive(schedule: PollSchedule) -> Delay:
    """Return the delays of a `PollSchedule`."""
    chance = Random(2)  # noqa: S311 - as above
    return lambda elapsed, _: schedule.delay(elapsed, chance.random())


def fixed(seconds: float) -> Delay:
    """Return a delay that is always the same, as of botocore's waiters."""
    return lambda _elapsed, _polls: seconds


def exponential(first: float, factor: float, longest: float) -> Delay:
    """Return delays that grow by a factor, up to the longest."""

    def delay(_: float, polls: int) -> float:
        return min(longest, first * pow(factor, min(polls - 1, 64)))

    return delay


def smithy(shortest: float = 2.0, longest: float = 120.0) -> Delay:
    """Return the delays of the waiters of SDKs that are generated from Smithy models: a random part of a backoff."""
    chance = Random(3)  # noqa: S311 - as above
    ceiling = int(log(longest / shortest) / log(2)) + 1

    def delay(_: float, polls: int) -> float:
        highest = longest if polls > ceiling else shortest * pow(2, polls - 1)
        return chance.uniform(shortest, highest)

    return delay


def terraform() -> Delay:
    """Return the delays of Terraform's wait: from 200 ms on, doubled each time, but at least 3 s and at most 10 s."""

    def delay(_: float, polls: int) -> float:
        return min(max(0.1 * pow(2, min(polls, 10)), 3.0), 10.0)

    return delay


TERRAFORM_FIRST = 5.0
