"""Whole processes, in turn: what an import and the command line cost, in CPU time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from statistics import median

from benchmarks.measure import Row

FIRST_CLIENT = "boto3.client('lightsail', region_name='us-west-2')"
ENVIRONMENT = {**os.environ, "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}


def cpu_seconds(command: list[str]) -> float:
    """Run a command, and return its CPU time."""
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} exited with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def ratio(command: list[str], other: list[str], rounds: int) -> float:
    """Return the ratio of the medians of two commands, run in turn."""
    pairs = [(cpu_seconds(command), cpu_seconds(other)) for _ in range(rounds)]
    return median(pair[0] for pair in pairs) / median(pair[1] for pair in pairs)


def processes(rounds: int) -> list[Row]:
    """Compare an import with boto3's, and the help of our command with the AWS CLI's version."""
    count = max(10, min(40, rounds // 10))
    python = sys.executable
    with_us = [python, "-c", f"import boto3, lightsail_copy; {FIRST_CLIENT}"]
    rows = [
        Row(
            name="import boto3, lightsail_copy and a first client / without us",
            value=ratio(with_us, [python, "-c", f"import boto3; {FIRST_CLIENT}"], count),
            aim="<= 1.05",
        )
    ]
    aws = shutil.which("aws")
    if aws is None:
        return [
            *rows,
            Row(name="lightsail-copy --help / aws --version", value=float("nan"), note="aws is not installed"),
        ]
    help_ = [python, "-m", "lightsail_copy", "--help"]
    return [
        *rows,
        Row(
            name="lightsail-copy --help / aws --version",
            value=ratio(help_, [aws, "--version"], count),
            aim="<= 0.30",
        ),
    ]
