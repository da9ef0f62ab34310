"""When waits poll: the default of this library, and what other tools do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from attrs import frozen

from lightsail_copy import PollSchedule

# Takes the time since the start and the number of polls so far, and returns the delay until the next poll.
Delay = Callable[[float, int], float]


@frozen
class Schedule:
    """
    When a wait polls.

    Attributes:
        label: what to call it.
        family: the kind of schedule, whose members are drawn alike.
        delay: the delay until the next poll.
    """

    label: str
    family: str
    delay: Delay


@frozen
class Cost:
    """
    What a schedule costs.

    Attributes:
        calls: polls for a copy, in the mean.
        lag: the seconds between the end of a copy and the poll that notices it, in the mean.
        relative_lag: the same, as a fraction of the duration of the copy.
    """

    calls: float
    lag: float
    relative_lag: float


def default(schedule: PollSchedule, chance: Random) -> Delay:
    """Return the delays of a `PollSchedule`."""
    return lambda elapsed, _: schedule.delay(elapsed, chance.random())


def fixed(seconds: float) -> Delay:
    """Return a delay that is always the same."""
    return lambda _elapsed, _polls: seconds


def exponential(first: float, factor: float, limit: float) -> Delay:
    """Return delays that grow by a factor up to a limit."""
    return lambda _, polls: min(limit, first * factor ** min(polls, 64))


def terraform(chance: Random) -> Delay:
    """
    Return the delays of Terraform's `StateChangeConf` where a resource sets no interval.

    They double from 100 ms to 10 s.
    """
    del chance
    return exponential(0.1, 2.0, 10.0)


def simulate(delay: Delay, durations: list[float]) -> Cost:
    """Return what a schedule costs for copies that take so long; a call takes no time."""
    calls, lags, relative = 0, 0.0, 0.0
    for duration in durations:
        for polls, at in enumerate(polls_of(delay), 1):
            if at >= duration:
                calls += polls
                lags += at - duration
                relative += (at - duration) / duration
                break
    number = len(durations)
    return Cost(calls / number, lags / number, relative / number)


def polls_of(delay: Delay) -> Iterator[float]:
    """Yield the times of the polls of a wait: at once, and then after each delay."""
    at, polls = 0.0, 0
    while True:
        yield at
        at += delay(at, polls)
        polls += 1
