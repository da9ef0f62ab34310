"""The plot of the schedules for the documentation: the lag of a wait against its calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks import schedules
from benchmarks.schedules import Cost, Delay, simulate
from lightsail_copy import PollSchedule

_COPIES = 2000
_INK = "#1c2b41"
# Any, here and below: the types of matplotlib's arguments are not complete.
_SETTINGS: Any = {
    "svg.hashsalt": "lightsail_copy",  # the same ids in every run
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 11,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}


def _families() -> dict[str, tuple[str, list[Delay]]]:
    """Return the curves: for each family its colour, and its schedules from few calls to many."""
    fractions = (0.4, 0.2, 0.1, 0.05, 0.025, 0.0125)
    return {
        "a fraction of the time elapsed": ("#1f66c1", [schedules.adaptive(_scaled(each)) for each in fractions]),
        "a fixed interval": ("#b35900", [schedules.fixed(each) for each in (120, 60, 30, 15, 7.5, 5)]),
        "exponential backoff, doubled": (
            "#3b7d3b",
            [schedules.exponential(1, 2, longest) for longest in (480, 240, 120, 60, 30, 15, 7.5)],
        ),
    }


def _scaled(fraction: float) -> PollSchedule:
    """Return the default schedule with another fraction, and its limits in proportion."""
    scale = fraction / PollSchedule().fraction
    return PollSchedule(fraction=fraction, min_delay=5 * scale, max_delay=60 * scale)


def _tools(copies: list[float], default_offset: tuple[int, int]) -> dict[str, tuple[Cost, tuple[int, int]]]:
    """Return the points: the cost of each tool, and where its label is, from the point."""
    terraform = simulate(schedules.terraform(), copies, first=schedules.TERRAFORM_FIRST)
    return {
        "PollSchedule()": (simulate(schedules.adaptive(PollSchedule()), copies), default_offset),
        "Terraform": (terraform, (8, 4)),
        "every 15 s": (simulate(schedules.fixed(15), copies), (8, 4)),
        "Smithy": (simulate(schedules.smithy(), copies), (8, 6)),
    }


def _draw(axes: Any, copies: list[float], title: str, *, relative: bool) -> None:  # noqa: ANN401 - see above
    def height(cost: Cost) -> float:
        return 100 * cost.relative_lag if relative else cost.lag

    for label, (colour, delays) in _families().items():
        costs = [simulate(delay, copies) for delay in delays]
        axes.plot([each.calls for each in costs], [height(each) for each in costs], "-", color=colour, label=label)
    for label, (cost, offset) in _tools(copies, (-96, -12) if relative else (8, 4)).items():
        axes.plot([cost.calls], [height(cost)], "o", color=_INK, markersize=4)
        axes.annotate(label, (cost.calls, height(cost)), offset, textcoords="offset points")
    calls = (10, 20, 50, 100, 200, 500)
    lags = (0.5, 1, 2, 5, 10, 20, 50, 100)
    axes.set(title=title, xscale="log", yscale="log", xlabel="calls for a copy")
    axes.set(ylabel="mean lag, % of the duration" if relative else "mean lag, seconds")
    axes.set(xticks=calls, xticklabels=[f"{each}" for each in calls])
    axes.set(yticks=lags, yticklabels=[f"{each:g}" for each in lags])
    axes.minorticks_off()
    axes.grid(visible=True, color="#d5dbe5")


def draw(path: Path) -> None:
    """
    Draw the plot, the same in every run of one version of matplotlib.

    Args:
        path: the SVG file to write. Its background is white, so that it is legible on a light and on a dark page.
    """
    library: Any = mpl
    with library.rc_context(_SETTINGS):
        figure: Any = Figure(figsize=(9.6, 4.8), layout="constrained")
        left, right = figure.subplots(1, 2)
        _draw(left, schedules.copies_around_ten_minutes(_COPIES), "Copies of about 10 minutes", relative=False)
        _draw(right, schedules.copies_of_any_size(_COPIES), "Copies of 1 minute to 4 hours", relative=True)
        figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
