"""The alarm of `docs/howto/know-when-it-fails.md`, over what `snapshots --output json` prints."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from cli_support import run

from lightsail_copy.testing import FakeLightsail

SCRIPT = Path(__file__).parents[2] / "docs" / "examples" / "check_copies.py"
TODAY = datetime.now(timezone.utc).date()


@pytest.mark.parametrize(
    ("age", "state", "printed"),
    [
        (1, None, ""),
        (3, None, "web-1: the newest copy is of {day}\n"),
        (1, "error", "web-1: there is no usable copy\n"),
        (None, None, "web-1: there is no usable copy\n"),
    ],
    ids=["fresh", "old", "failed", "missing"],
)
def test_the_alarm_names_the_servers_whose_newest_copy_is_too_old(
    age: int | None, state: str | None, printed: str
) -> None:
    fake = FakeLightsail()
    day = TODAY - timedelta(days=age or 0)
    if age is not None:
        fake.add_manual_snapshot(f"web-1-{day}", "us-west-2", state=state)
    fake.add_manual_snapshot(f"web-1-blog-{TODAY}", "us-west-2")
    fake.add_manual_snapshot(f"data-1-{TODAY}", "us-west-2", resource_type="DiskSnapshot")
    listed = run(fake, "snapshots", "--region", "us-west-2", "--output", "json").stdout
    command = [sys.executable, str(SCRIPT), "2", "web-1", "data-1"]
    ended = subprocess.run(command, input=listed, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (int(bool(printed)), "", printed.format(day=day))


def test_the_alarm_has_about_twenty_lines() -> None:
    assert len(SCRIPT.read_text("utf-8").splitlines()) <= 26
