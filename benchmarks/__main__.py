"""`python -m benchmarks`: run the benchmarks, and print their tables as Markdown, or as JSON."""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module, metadata
from pathlib import Path

from benchmarks.responses import isolate_settings
from benchmarks.tables import Table

# Each is imported when it is run, so that a choice of them needs only its own packages.
BENCHMARKS = {
    "copy": "calls:compare_copies",
    "poll": "calls:compare_polls",
    "parse": "parsing:compare_parsers",
    "page": "parsing:compare_pages",
    "request": "requests:compare_requests",
    "start": "processes:compare_starts",
    "command": "processes:compare_commands",
    "served": "served:measure_served",
    "waiting": "waiting:compare_schedules",
    "fleet": "fleet:compare_fleets",
    "fairness": "fleet:compare_regions",
    "memory": "memory:compare_memory",
}
_PACKAGES = ("lightsail-copy", "boto3", "botocore", "attrs", "pydantic", "cattrs", "msgspec", "mashumaro", "awscli")


class _Options(argparse.Namespace):
    """The parsed command line."""

    names: list[str]
    json: bool
    plot: Path | None


def _parse(arguments: Sequence[str] | None) -> _Options:
    parser = argparse.ArgumentParser("python -m benchmarks", description="Run the benchmarks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"run only these: {', '.join(BENCHMARKS)}")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="only draw the plot of the schedules, as SVG")
    options = parser.parse_args(arguments, namespace=_Options())
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark has the name {unknown[0]!r}; choose from {', '.join(BENCHMARKS)}")
    return options


def _run(name: str) -> Table:
    module, _, function = BENCHMARKS[name].partition(":")
    benchmark: Callable[[], Table] = getattr(import_module(f"benchmarks.{module}"), function)
    started = time.monotonic()
    table = benchmark()
    sys.stderr.write(f"{name}: {time.monotonic() - started:.0f} s\n")
    return table


def _versions() -> dict[str, str]:
    python = {platform.python_implementation(): platform.python_version(), "on": platform.system()}
    return {**python, **{package: _version(package) for package in _PACKAGES}}


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmarks that the command line names, or all."""
    options = _parse(arguments)
    isolate_settings()
    if options.plot is not None:
        from benchmarks.plot import draw  # noqa: PLC0415 - only the plot needs matplotlib

        draw(options.plot)
        return
    versions = _versions()
    if not options.json:
        sys.stdout.write(", ".join(f"{name} {version}" for name, version in versions.items()) + "\n\n")
    tables: dict[str, Table] = {}
    for name in options.names or BENCHMARKS:
        tables[name] = _run(name)
        if not options.json:
            sys.stdout.write(tables[name].to_markdown() + "\n")
            sys.stdout.flush()
    if options.json:
        content = {"versions": versions, "benchmarks": {name: table.to_dict() for name, table in tables.items()}}
        sys.stdout.write(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    main()
