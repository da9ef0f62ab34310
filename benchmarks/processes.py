"""What whole processes cost: a start with a first client, and the commands."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from pathlib import Path

from benchmarks.measure import compare_processes
from benchmarks.responses import TARGET_REGION
from benchmarks.served import served_fake
from benchmarks.tables import Row, Table

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


def compare_starts() -> Table:
    """Compare the start of a program that makes a first client, with us and without us."""
    title = "The start of a program"
    skipped = _skipped(title)
    if skipped:
        return skipped
    taken = compare_processes(
        {
            "bare": _python(f"import boto3; {_CLIENT}"),
            "attrs": _python(f"import boto3, attrs; {_CLIENT}"),
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
        "attrs": "`import boto3, attrs`, and a first client",
        "ours": "`import boto3, lightsail_copy`, and a first client",
        "made": "`import lightsail_copy`, and a first client of `make_client`",
    }
    rows = [Row(label, {"ms": taken[key], "ratio": taken[key] / taken["bare"]}) for key, label in labels.items()]
    return Table(title, _METHOD, tuple(rows))


def _script(name: str) -> str | None:
    """Return the path of a command, which is looked up beside this interpreter first."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


def compare_commands() -> Table:
    """Compare the command's help and a list of snapshots with those of the AWS CLI."""
    title = "The commands"
    skipped = _skipped(title)
    if skipped:
        return skipped
    aws = _script("aws")
    if aws is None:
        return Table(title, "Skipped: the AWS CLI is not installed.", ())
    if importlib.util.find_spec("click") is None:
        return Table(title, "Skipped: the extra `cli` is not installed.", ())
    ours = [sys.executable, "-m", "lightsail_copy"]
    with served_fake() as (host, port):
        served = ["--region", "us-east-1", "--endpoint-url", f"http://{host}:{port}"]
        commands = {
            "aws --version": [aws, "--version"],
            "lightsail-copy --help": [*ours, "--help"],
            "lightsail-copy --version": [*ours, "--version"],
            "aws lightsail get-instance-snapshots": [aws, "lightsail", "get-instance-snapshots", *served],
            "lightsail-copy snapshots": [*ours, "snapshots", *served],
        }
        taken = compare_processes(commands, _ROUNDS)
    version, listing = taken["aws --version"], taken["aws lightsail get-instance-snapshots"]
    rows = [
        Row(f"`{name}`", {"ms": cpu, "ratio": cpu / (listing if "snapshots" in name else version)})
        for name, cpu in taken.items()
    ]
    method = " The lists are of the served fake; their ratio is to the list of the AWS CLI."
    return Table(title, _METHOD + method, tuple(rows))
