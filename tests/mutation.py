"""
Change the core in small ways, and report which changes no test notices.

    python tests/mutation.py FOLDER [COUNT]

It copies the package and its tests into the folder, which has to be new, as the changes are made on disk. With a count,
a random sample of so many changes is tried: the same sample each time for the same code. The tool is cosmic-ray.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[1]
SESSION = "session.sqlite"
# What decides: values, validation, parsing, and judgement. The drivers, the fake and the command line stay as they are.
ROOMS = (
    "attempts",
    "calls",
    "copies",
    "lookups",
    "messages",
    "operations",
    "outcome_errors",
    "ownership",
    "parsing",
    "plans",
    "polling",
    "request_fields",
    "requests",
    "results",
    "schedule",
    "service_errors",
    "snapshots",
    "validation",
)
# These start processes, run for long, or look at the form of the code. The other tests have the same facts.
LEFT_OUT = (
    "test_both_worlds.py",
    "test_fault_matrix.py",
    "test_fleet.py",
    "test_fleet_kill.py",
    "test_kill.py",
    "test_layout.py",
    "test_stateful.py",
)
# Annotations are not evaluated, and enum members and None are equal where they are identical.
WITHOUT_EFFECT = ("BitOr_", "_Is_Eq", "_IsNot_NotEq")
CONFIG = """\
[cosmic-ray]
module-path = [{modules}]
timeout = 120.0
excluded-modules = []
test-command = "{python} -m pytest -q -x -p no:cacheprovider -m 'not slow' tests/core {ignored}"
distributor.name = "local"
"""


def copy_tree(folder: Path) -> None:
    """Copy what is changed and what tests it."""
    folder.mkdir(parents=True)
    for name in ("lightsail_copy", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    config = CONFIG.format(
        modules=", ".join(f'"lightsail_copy/{room}.py"' for room in ROOMS),
        python=Path(sys.executable).as_posix(),
        ignored=" ".join(f"--ignore tests/core/{name}" for name in LEFT_OUT),
    )
    (folder / "config.toml").write_text(config, "utf-8")


def select(database: Path, count: int | None) -> None:
    """Leave out the changes that change nothing, and of the others keep a sample, the same each time."""
    with closing(sqlite3.connect(database)) as connection, connection:
        rows = connection.execute(
            "SELECT job_id, operator_name FROM mutation_specs"
            " ORDER BY module_path, start_pos_row, start_pos_col, operator_name, occurrence"
        ).fetchall()
        real = [job for job, operator in rows if not any(part in operator for part in WITHOUT_EFFECT)]
        sampler = random.Random(0)  # noqa: S311 - a sample needs no secret
        chosen = set(real if count is None else sampler.sample(real, min(count, len(real))))
        dropped = [(job,) for job, _ in rows if job not in chosen]
        for table in ("mutation_specs", "work_items"):
            connection.executemany(f"DELETE FROM {table} WHERE job_id = ?", dropped)  # noqa: S608 - our own words


def main(folder: Path, count: int | None) -> None:
    """Try the changes, and print the survivors and their rate."""
    copy_tree(folder)

    def run(*words: str) -> None:
        subprocess.run(words, cwd=folder, check=True)

    run("cosmic-ray", "init", "config.toml", SESSION)
    select(folder / SESSION, count)
    run("cosmic-ray", "--verbosity", "ERROR", "baseline", "config.toml")
    run("cosmic-ray", "--verbosity", "ERROR", "exec", "config.toml", SESSION)
    run("cr-report", "--surviving-only", "--show-diff", SESSION)
    run("cr-rate", SESSION)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None)
