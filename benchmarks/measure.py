"""Measuring: two functions in turn, by the CPU time of this process, and the ratio of their medians."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable, Mapping
from statistics import median

from attrs import asdict, frozen

Step = Callable[[], object]


@frozen(kw_only=True)
class Row:
    """
    One figure.

    Attributes:
        name: what is compared.
        value: the figure.
        unit: what it counts, such as ``ratio``.
        aim: what it should reach, as text; empty where there is no aim.
        note: what a reader should know of it.
    """

    name: str
    value: float
    unit: str = "ratio"
    aim: str = ""
    note: str = ""

    def to_dict(self) -> Mapping[str, object]:
        """Return it for JSON."""
        return asdict(self)


def in_turn(steps: Mapping[str, Step], *, rounds: int, repeat: int = 1) -> dict[str, float]:
    """
    Return the median CPU seconds of each step.

    Args:
        steps: what to measure, by name; each round carries out every one in turn.
        rounds: how many times.
        repeat: how often a step is carried out within one measurement, so that the clock's own cost vanishes.
    """
    taken: dict[str, list[float]] = {name: [] for name in steps}
    for step in steps.values():  # what is only slow at first does not count
        step()
    chance = random.Random(20261124)  # noqa: S311 - the same in every run
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, step in chance.sample(list(steps.items()), len(steps)):  # none always follows the same other
                start = time.process_time_ns()
                for _ in range(repeat):
                    step()
                taken[name].append((time.process_time_ns() - start) / 1e9 / repeat)
    finally:
        gc.enable()
    return {name: median(times) for name, times in taken.items()}
