"""The demo: an embedded Lightsail with sample data, which lasts as long as the command, and needs no AWS account."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from lightsail_copy import ManualSnapshotCopy, PollSchedule

if TYPE_CHECKING:
    from collections.abc import Callable

    from lightsail_copy.testing import Clock

# Where the sample is, and where its copies go.
SOURCE, TARGET = "us-east-1", "us-west-2"
NOTE = "Demo: a Lightsail in memory, with sample data; no AWS account is used."
HINTS = (
    f"In {SOURCE}, the demo has:",
    "- manual snapshots: web-1-monday, web-1-friday, data-1-monday, data-1-friday",
    "- seven automatic snapshots each of the instances web-1, web-2 and db-1, and of the disk data-1",
    "Its copies last as long as the command that starts them.",
)
SCHEDULE = PollSchedule(min_delay=0.5, max_delay=0.5, not_found_tolerance=0.0)
FLEET = f"""
[defaults]
sourceRegion = "{SOURCE}"
targetRegion = ["{TARGET}", "eu-west-1"]
useLatestRestorableAutoSnapshot = true
targetSnapshotName = "{{source}}-{{date}}"

[[copy]]
sourceResourceName = ["web-1", "web-2", "data-1"]
"""
COPIES = tuple(
    ManualSnapshotCopy(source_region=SOURCE, source_snapshot_name=name, target_snapshot_name=f"{name}-copy")
    for name in ("web-1-monday", "data-1-monday")
)


def new_clients(clock: Clock) -> Callable[[str], Any]:
    """Return a function that makes the clients of a new demo, whose time is that of a clock."""
    from lightsail_copy.testing import FakeLightsail, sample

    fake = FakeLightsail(clock=clock, copy_duration=6.0, seed=sample)
    now = datetime.fromtimestamp(clock.time(), timezone.utc)
    # Copies of earlier days, for `prune`. Automatic snapshots are taken at 06:00 UTC.
    for time in (now - timedelta(days=days) for days in range(7, 16)):
        fake.add_manual_snapshot(f"web-1-{(time - timedelta(hours=6)).date()}", TARGET, created_at=time)
    return fake.client
