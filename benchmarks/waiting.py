"""
How a wait polls, by simulation: the calls of a copy against the mean lag, for several ways to poll.

Durations are lognormal with a median of ten minutes (sigma 0.6), because nobody publishes real ones. The lag is the
time from the end of a copy until a poll notices it, as a share of the copy's duration.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from statistics import mean
from typing import Any

from attrs import frozen

from benchmarks.measure import Row
from lightsail_copy import PollSchedule

Delay = Callable[[float, int], float]
PLOT = Path(__file__).parents[1] / "docs" / "_static" / "waiting.svg"
COPIES = 2000


@frozen
class Way:
    """A way to poll: its name, and the delay after so many seconds and polls."""

    name: str
    delay: Delay


def ours(schedule: PollSchedule) -> Delay:
    """Return the delays of a schedule, without its jitter."""
    return lambda elapsed, _: schedule.delay(elapsed, 0.5)


def every(seconds: float) -> Delay:
    """Return a fixed delay."""
    return lambda _, __: seconds


def exponential(first: float, longest: float) -> Delay:
    """Return a delay that doubles."""
    return lambda _, polls: min(first * 2.0 ** min(polls, 30), longest)


WAYS = (
    Way("this library, by default", ours(PollSchedule())),
    Way("Terraform: every 3 s", every(3)),
    Way("every 5 s", every(5)),
    Way("SDKs' generic waiters: every 15 s", every(15)),
    Way("every 30 s", every(30)),
    Way("exponential backoff to 60 s", exponential(1, 60)),
    Way("exponential backoff to 120 s", exponential(1, 120)),
)


def simulate(delay: Delay, duration: float) -> tuple[int, float]:
    """Return the polls of one copy, and the lag as a share of its duration."""
    elapsed, polls = 0.0, 1
    while elapsed < duration:
        elapsed += delay(elapsed, polls - 1)
        polls += 1
    return polls, (elapsed - duration) / duration


def figures() -> dict[str, tuple[float, float]]:
    """Return the mean polls and the mean lag of each way, over the same copies."""
    chance = random.Random(20261124)  # noqa: S311 - the same in every run
    durations = [chance.lognormvariate(math.log(600), 0.6) for _ in range(COPIES)]
    results = {way.name: [simulate(way.delay, duration) for duration in durations] for way in WAYS}
    return {name: (mean(polls for polls, _ in each), mean(lag for _, lag in each)) for name, each in results.items()}


def waiting(rounds: int) -> list[Row]:
    """Simulate each way to poll, and draw the plot of the documentation where matplotlib is installed."""
    del rounds
    measured = figures()
    note = draw(measured)
    rows = [
        (
            Row(name=f"polls of a copy: {name}", value=polls, unit="calls"),
            Row(name=f"lag of a copy: {name}", value=100 * lag, unit="%", note=note),
        )
        for name, (polls, lag) in measured.items()
    ]
    return [row for pair in rows for row in pair]


def draw(measured: dict[str, tuple[float, float]]) -> str:
    """Draw calls against lag; return a note where it cannot be drawn."""
    try:
        matplotlib: Any = import_module("matplotlib")  # only the plot needs it
    except ImportError:
        return "no plot: matplotlib is not installed"
    matplotlib.use("svg")
    pyplot: Any = import_module("matplotlib.pyplot")  # after the choice of the backend

    colour = "#888888"  # readable on a light page and on a dark one
    matplotlib.rcParams.update({"svg.hashsalt": "lightsail-copy", "svg.fonttype": "none", "font.size": 10})
    figure, axes = pyplot.subplots(figsize=(7.5, 4.2))
    for name, (polls, lag) in measured.items():
        is_ours = name.startswith("this")
        axes.scatter([polls], [100 * lag], s=60, color="#e07b00" if is_ours else "#3f7fbf", zorder=3)
        axes.annotate(name, (polls, 100 * lag), xytext=(8, 4), textcoords="offset points", color=colour)
    axes.set_xlabel("polls of a copy (mean)", color=colour)
    axes.set_ylabel("lag, % of the duration (mean)", color=colour)
    axes.set_xlim(0, max(polls for polls, _ in measured.values()) * 1.35)
    axes.set_ylim(bottom=0)
    axes.tick_params(colors=colour)
    axes.grid(color=colour, alpha=0.25)
    for spine in axes.spines.values():
        spine.set_color(colour)
    figure.tight_layout()
    figure.savefig(PLOT, transparent=True, metadata={"Date": None})
    return ""
