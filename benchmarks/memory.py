"""How much memory a copy takes while it runs: in a fleet, and in a thread with a wait of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.tables import Row, Table

_KIB = 1024


def _measured(kind: str, copies: int) -> dict[str, float]:
    """Return what a process of its own measures, so that each starts from the same."""
    command = [sys.executable, "-m", "benchmarks.memory_process", kind, str(copies)]
    ended = subprocess.run(command, capture_output=True, check=True, text=True)
    before, after = json.loads(ended.stdout)
    return {
        "before, MiB": before / _KIB**2,
        "at its peak, MiB": after / _KIB**2,
        "KiB for a copy": (after - before) / copies / _KIB,
    }


def compare_memory() -> Table:
    """Compare the memory of a fleet with that of threads."""
    title = "Memory of copies that run"
    if not Path("/proc/self/statm").exists():
        return Table(title, "Skipped: this operating system does not have `/proc/self/statm`.", ())
    return Table(
        title,
        "The resident memory of a process of its own, with a service that keeps nothing. Before: with boto3, the"
        " clients, and the jobs. At its peak: the highest until all copies have started and none has ended.",
        (
            Row("a fleet of 10,000 copies", _measured("fleet", 10_000)),
            Row("the Python objects of the same fleet, by `tracemalloc`", _measured("objects", 10_000)),
            Row("a fleet of 20,000 copies", _measured("fleet", 20_000)),
            Row("a fleet of 1,000 copies", _measured("fleet", 1000)),
            Row("1,000 threads, each in `wait_for_operations`", _measured("threads", 1000)),
        ),
    )
