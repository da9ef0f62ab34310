"""What whole processes cost: an import with a first client, and the commands."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from pathlib import Path

from benchmarks.measure import compare_processes
from benchmarks.responses import TARGET_REGION
from benchmarks.tables import Aim, Row, Table

_ROUNDS = 15
_CLIENT = f"boto3.client('lightsail', region_name='{TARGET_REGION}')"
_METHOD = (
    "CPU time of whole processes in user and system mode, from start to exit, as the operating system counts it; the"
    f" median of {_ROUNDS} of each in turn, after one that fills the caches."
)


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def _skipped(title: str) -> Table | None:
    """Return the table of a benchmark that this system cannot run, or None."""
    return None if hasattr(os, "wait4") else Table(title, "Skipped: this operating system does not have `wait4`.", ())


def compare_imports() -> Table:
    """Compare an import and a first client with us and without us."""
    skipped = _skipped("Import")
    if skipped:
        return skipped
    taken = compare_processes(
        {
            "bare": _python(f"import boto3; {_CLIENT}"),
            "ours": _python(f"import boto3, lightsail_copy; {_CLIENT}"),
            "made": _python(f"import lightsail_copy; lightsail_copy.make_client('{TARGET_REGION}')"),
            "alone": _python("import lightsail_copy"),
            "python": _python(""),
        },
        _ROUNDS,
    )
    labels = {
        "python": "Python alone",
        "alone": "`import lightsail_copy`",
        "bare": "`import boto3`, and a first client",
        "ours": "`import boto3, lightsail_copy`, and a first client",
        "made": "`import lightsail_copy`, and a first client of `make_client`",
    }
    return Table(
        "Import",
        _METHOD,
        tuple(
            Row(
                label,
                {"ms": taken[key], "ratio": taken[key] / taken["bare"]},
                (Aim("ratio", 1.05),) if key == "ours" else (),
            )
            for key, label in labels.items()
        ),
    )


def _script(name: str) -> str | None:
    """Return the path of a command, which is looked up beside this interpreter first."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


def compare_commands() -> Table:
    """Compare the command's help with the version of the AWS CLI."""
    title = "`lightsail-copy --help`"
    skipped = _skipped(title)
    if skipped:
        return skipped
    aws = _script("aws")
    if aws is None:
        return Table(title, "Skipped: the AWS CLI is not installed.", ())
    if importlib.util.find_spec("click") is None:
        return Table(title, "Skipped: the extra `cli` is not installed.", ())
    command = [sys.executable, "-m", "lightsail_copy"]
    taken = compare_processes(
        {"aws": [aws, "--version"], "help": [*command, "--help"], "version": [*command, "--version"]}, _ROUNDS
    )
    base = taken["aws"]
    return Table(
        title,
        _METHOD,
        (
            Row("`aws --version`", {"ms": base, "ratio": 1.0}),
            Row("`lightsail-copy --help`", {"ms": taken["help"], "ratio": taken["help"] / base}, (Aim("ratio", 0.3),)),
            Row("`lightsail-copy --version`", {"ms": taken["version"], "ratio": taken["version"] / base}),
        ),
    )
