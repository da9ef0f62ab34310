"""``python -m benchmarks``: print every row, or those of the named groups."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import version

from rich.console import Console
from rich.table import Table

from benchmarks.measure import Row

GROUPS = ("calls", "pages", "requests", "parsing", "processes", "server", "waiting", "fleet")


def group(name: str) -> Callable[[int], list[Row]]:
    """Return the benchmark of a group; each is imported when it runs, so that none pays for another."""
    if name in {"calls", "pages", "requests"}:
        from benchmarks import calls  # noqa: PLC0415 - see above

        return {"calls": calls.calls, "pages": calls.pages, "requests": calls.requests}[name]
    if name == "parsing":
        from benchmarks.parsing import parsing  # noqa: PLC0415 - see above

        return parsing
    if name == "processes":
        from benchmarks.processes import processes  # noqa: PLC0415 - see above

        return processes
    if name == "server":
        from benchmarks.server import server  # noqa: PLC0415 - see above

        return server
    if name == "waiting":
        from benchmarks.waiting import waiting  # noqa: PLC0415 - see above

        return waiting
    from benchmarks.fleets import fleet  # noqa: PLC0415 - see above

    return fleet


def versions() -> str:
    """Return the versions that the figures belong to."""
    names = ("lightsail-copy", "boto3", "botocore", "attrs")
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in names)])


def main() -> None:
    """Run the groups, and print a table or JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", help=f"which to run (default: all of {', '.join(GROUPS)})")
    parser.add_argument("--json", action="store_true", help="print JSON, for machines")
    parser.add_argument("--rounds", type=int, default=400, help="rounds of each comparison (default: %(default)s)")
    options = parser.parse_args()
    unknown = set(options.groups) - set(GROUPS)
    if unknown:
        parser.error(f"there is no group {', '.join(sorted(unknown))}: give one of {', '.join(GROUPS)}")
    # Clients sign with made-up credentials, and read no setting of the user's.
    os.environ.update(
        AWS_ACCESS_KEY_ID="any",
        AWS_SECRET_ACCESS_KEY="any",
        AWS_CONFIG_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
    )
    start = time.perf_counter()
    rows = {name: group(name)(options.rounds) for name in options.groups or GROUPS}
    if options.json:
        content = {
            "versions": versions(),
            "groups": {name: [row.to_dict() for row in each] for name, each in rows.items()},
        }
        sys.stdout.write(json.dumps(content, indent=2) + "\n")
        return
    console = Console(width=None if sys.stdout.isatty() else 140)
    for name, each in rows.items():
        table = Table("figure", "value", "unit", "aim", "note", title=name, title_justify="left")
        for row in each:
            table.add_row(
                row.name, f"{row.value:,.3g}" if row.value < 100 else f"{row.value:,.0f}", row.unit, row.aim, row.note
            )
        console.print(table)
    console.print(f"{versions()}; {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
