"""
The process that `test_fleet_kill.py` kills: a night of copies to many Regions, as one command would make them.

Arguments: how to copy (`blocking` or `threads`), the number of jobs and the Regions. It writes the outcomes' states.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from typing import Any

from botocore.config import Config

from lightsail_copy import CopyJob, ManualSnapshotCopy, aio, copy_snapshots, make_clients

LIMITS: dict[str, Any] = {"max_calls": 16, "max_rate": 10_000.0, "max_running": 10_000}


def job(number: int, regions: list[str]) -> CopyJob:
    """Return a job; the Regions take turns."""
    request = ManualSnapshotCopy(
        source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name=f"copy-{number}"
    )
    return CopyJob(target_region=regions[number % len(regions)], request=request)


def main(how: str, count: int, regions: list[str]) -> None:
    """Make all copies, or find those that exist, and wait for them."""
    jobs = [job(number, regions) for number in range(count)]
    client_for = make_clients(config=Config(proxies={}))
    if how == "blocking":
        outcomes = copy_snapshots(jobs, clients=client_for, **LIMITS)
    else:
        clients = {region: aio.in_threads(client_for(region)) for region in regions}
        outcomes = asyncio.run(aio.copy_snapshots(jobs, clients=clients, **LIMITS))
    states = Counter("succeeded" if outcome.succeeded else repr(outcome.error) for outcome in outcomes)
    sys.stdout.write(json.dumps(states))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
