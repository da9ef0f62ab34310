"""
What `memory` starts: it prints its memory before and during the wait for many copies, in bytes.

    python -m benchmarks.memory_process fleet 10000
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import tracemalloc
import uuid
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any

from benchmarks.fleet_runs import REGIONS, make_jobs
from benchmarks.page import SIZE
from benchmarks.responses import isolate_settings, operation_body, respond_with
from lightsail_copy import copy_snapshot, make_client, make_clients, wait_for_operations, watch_copies
from lightsail_copy.testing import FakeClock

_RATE = 5.0


def resident() -> int:
    """Return the resident memory of this process, in bytes."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def traced() -> int:
    """Return the memory of the Python objects that were made since tracing started, in bytes."""
    return tracemalloc.get_traced_memory()[0]


class _Clock(FakeClock):
    """A clock that notes the highest memory whenever a fleet sleeps while all copies run."""

    def __init__(self, measure: Callable[[], int], all_end_at: float) -> None:
        super().__init__()
        self.peak = 0
        self.all_end_at = all_end_at
        self._measure = measure

    def sleep(self, seconds: float) -> None:
        if self.monotonic() < self.all_end_at:
            self.peak = max(self.peak, self._measure())
        super().sleep(seconds)


class _Service:
    """The service in one Region: every copy ends at the same time, so that nothing has to be kept but their number."""

    def __init__(self, clock: _Clock, region: str) -> None:
        self._clock = clock
        self._region = region
        self._copies = 0

    def __call__(self, operation: str, body: bytes) -> bytes:
        parameters = json.loads(body)
        if operation == "CopySnapshot":
            self._copies += 1
            number = int(parameters["targetSnapshotName"].split("-")[1])
            return json.dumps({"operations": [self._operation(number, "Started")]}).encode()
        return json.dumps(self._page(int(parameters.get("pageToken", 0)))).encode()

    def forget(self) -> None:
        """Forget the copies."""
        self._copies = 0

    def _page(self, start: int) -> dict[str, Any]:
        status = "Started" if self._clock.monotonic() < self._clock.all_end_at else "Succeeded"
        end = min(start + SIZE, self._copies)
        page = {"operations": [self._operation(each, status) for each in range(start, end)]}
        return page if end == self._copies else {**page, "nextPageToken": str(end)}

    def _operation(self, number: int, status: str) -> dict[str, Any]:
        """Return the operation of the copy that `make_jobs` makes, with an id as random as the service's."""
        digest = blake2b(f"{self._region} {number}".encode(), digest_size=16)
        return operation_body(number, status=status, region=self._region) | {
            "id": str(uuid.UUID(digest.hexdigest())),
            "resourceName": f"web-{number}-copy",
            "operationDetails": f"us-east-1:web-{number}",
        }


def measure_fleet(copies: int, measure: Callable[[], int] = resident) -> tuple[int, int]:
    """Return the memory before a fleet, and the highest while its copies run."""
    # With time for sweeps between the launches.
    clock, find_client = _Clock(measure, 15 + 1.2 * copies / len(REGIONS) / _RATE), make_clients()
    services = {region: _Service(clock, region) for region in REGIONS}
    clients = {region: respond_with(find_client(region), service) for region, service in services.items()}
    jobs = make_jobs(copies)
    # The first calls of a client load parts of botocore, which are no memory of copies.
    for region, client in clients.items():
        copy_snapshot(client, jobs[0].request)
        client.get_operations()
        services[region].forget()
    gc.collect()
    before = measure()
    for outcome in watch_copies(jobs, clients=clients, clock=clock, max_rate=_RATE, max_running=copies):
        if outcome.error is not None:
            raise outcome.error
    return before, clock.peak


def measure_objects(copies: int) -> tuple[int, int]:
    """Return the memory of Python's objects before a fleet, and the highest while its copies run."""
    tracemalloc.start()
    return measure_fleet(copies, traced)


class _Gate:
    """A clock whose sleep lasts until all threads sleep, and the memory is measured."""

    def __init__(self) -> None:
        self.sleeping = threading.Semaphore(0)
        self.opened = threading.Event()

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, _: float) -> None:
        self.sleeping.release()
        self.opened.wait()


def measure_threads(copies: int) -> tuple[int, int]:
    """Return the memory before so many threads, and while each sleeps in a wait of its own."""
    gate = _Gate()

    def respond(_: str, body: bytes) -> bytes:
        number = int(json.loads(body)["operationId"].rpartition("-")[2])
        status = "Succeeded" if gate.opened.is_set() else "Started"
        return json.dumps({"operation": operation_body(number, status=status)}).encode()

    client = respond_with(make_client(REGIONS[0]), respond)
    ids = [str(operation_body(each)["id"]) for each in range(copies)]
    gc.collect()
    before = resident()
    threads = [
        threading.Thread(target=wait_for_operations, args=(client, each), kwargs={"clock": gate}) for each in ids
    ]
    for thread in threads:
        thread.start()
    for _ in threads:
        gate.sleeping.acquire()
    peak = resident()
    gate.opened.set()
    for thread in threads:
        thread.join()
    return before, peak


if __name__ == "__main__":
    isolate_settings()
    kind = {"fleet": measure_fleet, "objects": measure_objects, "threads": measure_threads}[sys.argv[1]]
    sys.stdout.write(json.dumps(kind(int(sys.argv[2]))) + "\n")
