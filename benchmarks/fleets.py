"""
A fleet of 10,000 copies to 16 Regions against the fake, on a clock that the fleet itself moves.

Each copy takes its own time, around ten minutes. One Region is throttled: each second call there is rejected until
the fleet has slowed down. The calls themselves take no time on that clock.
"""

from __future__ import annotations

import random
import resource
import time
from collections import Counter, defaultdict
from statistics import mean, median
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from benchmarks.measure import Row
from benchmarks.waiting import figures
from lightsail_copy import CopyJob, ManualSnapshotCopy, RegionName, watch_copies
from lightsail_copy.testing import FakeClock, FakeLightsail, faults

if TYPE_CHECKING:
    from lightsail_copy.testing import Response

REGIONS = sorted(str(region) for region in RegionName if region != "us-west-1")[:16]
THROTTLED = REGIONS[0]
SOURCE = "us-east-1"


class CountingFake(FakeLightsail):
    """A fake that counts calls by operation and Region, gives each copy its own duration, and throttles one Region."""

    def __init__(self, clock: FakeClock, rate: float) -> None:
        super().__init__(clock=clock)
        self.counts: Counter[tuple[str, str]] = Counter()
        self.rejected = 0
        self._chance = random.Random(20261124)  # noqa: S311 - the same in every run
        self._rate = rate
        self._allowance = rate
        self._last = clock.time()

    def respond(self, region: str, operation: str, body: bytes) -> Response:
        """Count a call, and respond to it."""
        self.counts[operation, region] += 1
        if region == THROTTLED:
            now = self.clock.time()
            self._allowance = min(self._rate, self._allowance + (now - self._last) * self._rate)
            self._last = now
            if self._allowance < 1:
                self.rejected += 1
                self.fail_next("GetDisk", faults.throttled())
                return super().respond(region, "GetDisk", b"{}")
            self._allowance -= 1
        if operation == "CopySnapshot":
            self.copy_duration = self._chance.lognormvariate(6.4, 0.6)
        return super().respond(region, operation, body)


def fleet(rounds: int, count: int = 10_000) -> list[Row]:
    """Run the fleet once, and print what it cost."""
    del rounds
    clock = FakeClock()
    fake = CountingFake(clock, rate=2.0)
    fake._backend.limit_calls(1)  # noqa: SLF001 - what the fake keeps is not the fleet's memory
    fake.add_manual_snapshot("web-1-monday", SOURCE)
    clients: dict[str, Any] = {
        region: fake.client(region, config=Config(retries={"total_max_attempts": 1})) for region in REGIONS
    }
    jobs = [job(number) for number in range(count)]
    before = peak_kib()
    start, cpu = time.perf_counter(), time.process_time()
    finished: dict[str, list[float]] = defaultdict(list)
    lags: list[float] = []
    for outcome in watch_copies(jobs, clients=clients, max_calls=2, max_running=10_000, clock=clock):
        if not outcome.succeeded:
            raise RuntimeError(f"{outcome.job.target_region}: {outcome.error}")
        (operation,) = outcome.operations
        changed = operation.status_changed_at
        assert changed is not None
        lags.append(clock.time() - changed.timestamp())
        finished[outcome.job.target_region].append(clock.time())
    taken, cpu = time.perf_counter() - start, time.process_time() - cpu
    launches = sum(number for (operation, _), number in fake.counts.items() if operation == "CopySnapshot")
    others = sum(fake.counts.values()) - launches
    last = {region: max(times) - clock.time() + clock.monotonic() for region, times in finished.items()}
    free = [each for region, each in last.items() if region != THROTTLED]
    return [
        Row(
            name=f"{count:,} copies, {len(REGIONS)} Regions: launch calls of a copy",
            value=launches / count,
            unit="calls",
        ),
        Row(name="watch calls of a copy", value=others / count, unit="calls"),
        Row(name="lag from the end of a copy until it is noticed, mean", value=mean(lags), unit="s"),
        Row(name="the same, median", value=median(lags), unit="s"),
        Row(name="CPU of a copy, the fake's share included", value=1000 * cpu / count, unit="ms"),
        Row(name="the whole fleet, real time", value=taken, unit="s"),
        Row(name="last copy of a free Region, on the fake's clock", value=median(free), unit="s"),
        Row(
            name="last copy of the throttled Region", value=last[THROTTLED], unit="s", note=f"{fake.rejected} rejected"
        ),
        Row(name="slowest free Region / median of the free", value=max(free) / median(free)),
        Row(
            name="memory that a copy adds to the process, the fake's share included",
            value=(peak_kib() - before) / count,
            unit="KiB",
        ),
        Row(
            name="one thread for each copy, by simulation: polls of a copy",
            value=figures()["this library, by default"][0],
            unit="calls",
        ),
        Row(
            name="peak memory of the process",
            value=peak_kib() / 1024,
            unit="MiB",
        ),
    ]


def peak_kib() -> float:
    """Return the peak memory of this process, in KiB (on Linux)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def job(number: int) -> CopyJob:
    """Return a job; the Regions take turns."""
    request = ManualSnapshotCopy(
        source_region=SOURCE, source_snapshot_name="web-1-monday", target_snapshot_name=f"web-{number}-copy"
    )
    return CopyJob(REGIONS[number % len(REGIONS)], request)
