"""
The demo: an embedded Lightsail with sample data, which lasts as long as the command.

It uses neither credentials nor configuration, and no AWS account.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from attrs import define

from lightsail_copy import ManualSnapshotCopy, PollSchedule, SnapshotCopyRequest
from lightsail_copy.cli.invocation import DEMO_SOURCE, Clock, Connection
from lightsail_copy.testing import FakeLightsail

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTE = "Demo: a Lightsail in memory, with sample data; no AWS account is used."
HINTS = (
    f"The demo has in {DEMO_SOURCE}:",
    "- manual snapshots: web-1-monday, web-1-friday, data-1-monday, data-1-friday",
    "- seven automatic snapshots each of the instances web-1 and web-2, and of the disk data-1",
    "Its copies last as long as the command that starts them.",
)
_COPY_SECONDS = 6.0
_SCHEDULE = PollSchedule(min_delay=0.5, max_delay=0.5, not_found_tolerance=0.0)
_DAY = timedelta(days=1)
_WEEKDAYS = {"monday": 0, "friday": 4}


@define
class _Calendar:
    """A clock that is set back while the samples of earlier days are added."""

    clock: Clock
    ago: timedelta = timedelta()

    def time(self) -> float:
        return self.clock.time() - self.ago.total_seconds()

    def today(self) -> datetime:
        return datetime.fromtimestamp(self.clock.time(), timezone.utc)


def connect(clock: Clock, region: str) -> Connection:
    """
    Return the connection to a new demo.

    Args:
        clock: the time that it lives in.
        region: the Region.
    """
    fake = _stocked(_Calendar(clock))
    return Connection(region, fake.client, _SCHEDULE)


def sample_copies() -> Iterator[SnapshotCopyRequest]:
    """Yield the copies that `wait --demo` waits for."""
    for name in ("web-1-monday", "data-1-monday"):
        yield ManualSnapshotCopy(
            source_region=DEMO_SOURCE, source_snapshot_name=name, target_snapshot_name=f"{name}-copy"
        )


def _stocked(calendar: _Calendar) -> FakeLightsail[_Calendar]:
    fake = FakeLightsail(clock=calendar, copy_duration=_COPY_SECONDS)
    calendar.ago = 30 * _DAY
    fake.add_disk("data-1", DEMO_SOURCE, size_in_gb=64)
    fake.add_instance("web-1", DEMO_SOURCE, size_in_gb=40, attached_disks=["data-1"])
    fake.add_instance("web-2", DEMO_SOURCE, size_in_gb=20)
    for weekday, number in _WEEKDAYS.items():
        calendar.ago = ((calendar.today().weekday() - number) % 7 or 7) * _DAY
        fake.add_manual_snapshot(f"web-1-{weekday}", DEMO_SOURCE, source="web-1")
        fake.add_manual_snapshot(f"data-1-{weekday}", DEMO_SOURCE, source="data-1")
    calendar.ago = timedelta()
    for days in range(7):
        for resource in ("web-1", "web-2", "data-1"):
            fake.add_auto_snapshot(resource, DEMO_SOURCE, calendar.today().date() - days * _DAY)
    return fake
