"""Runs of fleets and of single waits over the fake, on a clock that they share with it."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from math import nan
from typing import Any, cast

from attrs import frozen

from benchmarks import schedules
from lightsail_copy import (
    CopyJob,
    ManualSnapshotCopy,
    Operation,
    RegionName,
    copy_snapshot,
    make_clients,
    wait_for_operations,
    watch_copies,
)
from lightsail_copy.testing import FakeClock, FakeLightsail, Response, faults

_SOURCE = "us-east-1"
REGIONS = tuple(str(region) for region in RegionName if region not in {RegionName.US_EAST_1, RegionName.US_WEST_1})[:16]
_LIMITED_INTERVAL = 10.0


class Service(FakeLightsail[FakeClock]):
    """
    A fake whose copies take a lognormal time, and which may limit the calls of one Region.

    Attributes:
        counts: the calls, by their operations.
        cpu: the CPU time of the fake's own work, in seconds.
    """

    def __init__(self, durations: list[float], *, limited: str | None = None) -> None:
        """Take the durations of the copies, and the Region that allows one call in ten seconds."""
        super().__init__(clock=FakeClock())
        self.counts: Counter[str] = Counter()
        self.cpu = 0.0
        self._durations = durations
        self._limited = limited
        self._allowed_at = 0.0
        self._order = threading.Lock()

    def respond(self, region: str, operation: str, body: bytes) -> Response:
        """Respond to one request, in its turn."""
        with self._order:
            self.counts[operation] += 1
            if operation == "CopySnapshot":
                # A copy takes as long in every run, in whatever order the copies are launched.
                number = int(json.loads(body)["targetSnapshotName"].split("-")[1])
                self.copy_duration = self._durations[number * len(REGIONS) + REGIONS.index(region)]
            if region == self._limited and not self._is_allowed():
                self.fail_next(cast("Any", operation), faults.throttled())
            started = time.thread_time()
            try:
                return super().respond(region, operation, body)
            finally:
                self.cpu += time.thread_time() - started

    def _is_allowed(self) -> bool:
        now = self.clock.monotonic()
        if now < self._allowed_at:
            return False
        self._allowed_at = now + _LIMITED_INTERVAL
        return True


@frozen
class Run:
    """
    What a run of a fleet cost.

    Attributes:
        counts: the calls, by their operations.
        lags: for each Region, the seconds between the ends of its copies and their outcomes.
        ends: for each Region, the time of its last outcome, in seconds since the start.
        cpu: the CPU time of the process without that of the fake, in seconds.
    """

    counts: Counter[str]
    lags: dict[str, list[float]]
    ends: dict[str, float]
    cpu: float

    @property
    def all_lags(self) -> list[float]:
        """The lags of all Regions."""
        return [lag for lags in self.lags.values() for lag in lags]

    @property
    def watching(self) -> int:
        """How many calls watched copies that were running."""
        return self.counts["GetOperation"] + self.counts["GetOperations"]


def make_jobs(number: int) -> list[CopyJob]:
    """Return so many jobs, as many to each Region."""
    return [
        CopyJob(target_region=REGIONS[each % len(REGIONS)], request=_request(each // len(REGIONS)))
        for each in range(number)
    ]


def _request(number: int) -> ManualSnapshotCopy:
    return ManualSnapshotCopy(
        source_region=_SOURCE, source_snapshot_name=f"web-{number}", target_snapshot_name=f"web-{number}-copy"
    )


def _service(number: int, limited: str | None = None) -> Service:
    service = Service(schedules.copies_around_ten_minutes(number + len(REGIONS)), limited=limited)
    for each in range(-(-number // len(REGIONS))):
        service.add_manual_snapshot(f"web-{each}", _SOURCE)
    return service


def _clients(service: Service) -> dict[str, Any]:
    find_client = make_clients()
    clients = {region: find_client(region) for region in REGIONS}
    for client in clients.values():
        service.attach(client)
    return clients


def run_fleet(number: int, *, max_running: int, limited: str | None = None) -> Run:
    """
    Carry out copies as a fleet.

    Args:
        number: how many copies.
        max_running: how many copies may run at once in each Region.
        limited: a Region that throttles.
    """
    service = _service(number, limited)
    jobs, clients, clock = make_jobs(number), _clients(service), service.clock
    lags: dict[str, list[float]] = {region: [] for region in REGIONS}
    ends: dict[str, float] = {}
    started = time.process_time()
    for outcome in watch_copies(jobs, clients=clients, clock=clock, max_running=max_running):
        if outcome.error is not None:
            raise outcome.error
        if not outcome.done:
            continue
        region = str(outcome.job.target_region)
        ends[region] = clock.monotonic()
        lags[region] += [_lag_of(operation, clock) for operation in outcome.operations]
    return Run(service.counts, lags, ends, time.process_time() - started - service.cpu)


def run_waits(number: int) -> Run:
    """Carry out copies one after the other, each with a wait of its own, with the calls that a thread would make."""
    service = _service(number)
    clock = service.clock
    lags: dict[str, list[float]] = {region: [] for region in REGIONS}
    jobs, clients = make_jobs(number), _clients(service)
    started = time.process_time()
    for job in jobs:
        region = str(job.target_region)
        result = copy_snapshot(clients[region], job.request)
        operations = wait_for_operations(clients[region], result, timeout=None, clock=clock)
        lags[region] += [_lag_of(operation, clock) for operation in operations]
    return Run(service.counts, lags, {}, time.process_time() - started - service.cpu)


def _lag_of(operation: Operation, clock: FakeClock) -> float:
    ended_at = operation.status_changed_at
    return nan if ended_at is None else clock.time() - ended_at.timestamp()
