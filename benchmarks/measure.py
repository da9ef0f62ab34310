"""Measuring: functions in turn, by the CPU time of the thread, and medians of what each took."""

from __future__ import annotations

import gc
import os
import subprocess
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from statistics import median
from tempfile import TemporaryDirectory

Function = Callable[[], object]

_WARM_UP = 20


def compare(functions: Mapping[str, Function], rounds: int, *, repeats: int = 1) -> dict[str, float]:
    """
    Return the median CPU time of each function, in microseconds for one call.

    The functions run in turn, in an order that is reversed in every other round, so that none profits from its place.

    Args:
        functions: the functions, by their names.
        rounds: how often each is measured.
        repeats: how many calls one measurement takes together, for functions that take only a few microseconds.
    """
    for function in functions.values():
        for _ in range(min(_WARM_UP, rounds)):
            function()
    taken: dict[str, list[int]] = {name: [] for name in functions}
    order = list(functions.items())
    with _without_collector():
        for _ in range(rounds):
            for name, function in order:
                taken[name].append(_cpu_of(function, repeats))
            order.reverse()
    return {name: median(each) / repeats / 1000 for name, each in taken.items()}


def _cpu_of(function: Function, repeats: int) -> int:
    started = time.thread_time_ns()
    for _ in range(repeats):
        function()
    return time.thread_time_ns() - started


@contextmanager
def _without_collector() -> Generator[None, None, None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def compare_processes(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, float]:
    """
    Return the median CPU time of each command, in milliseconds, from start to exit, in user and system mode.

    Args:
        commands: the commands, by their names; each must succeed.
        rounds: how often each runs.
    """
    taken: dict[str, list[float]] = {name: [] for name in commands}
    order = list(commands.items())
    with TemporaryDirectory() as folder:
        # Compiled modules are kept, as an installation has them, whatever the environment says of this run.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for number in range(rounds + 1):
            for name, command in order:
                cpu = _cpu_of_process(command, environment)
                # The first round compiles the modules, and fills the caches of the file system.
                if number:
                    taken[name].append(cpu)
            order.reverse()
    return {name: median(each) for name, each in taken.items()}


def _cpu_of_process(command: Sequence[str], environment: Mapping[str, str]) -> float:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} ended with status {process.returncode}")
    return (usage.ru_utime + usage.ru_stime) * 1000
