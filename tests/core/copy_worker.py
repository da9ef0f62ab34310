"""
The process that `test_kill.py` has killed, and the one that makes it: a fork is ready to copy within a millisecond.

Both write lines of JSON. For a job, which is a dict of the arguments of `copy`, the worker writes the id of the process
that it has forked. That process starts when it gets an empty line, and writes what it has copied if it gets that far.
When it has ended, the worker writes so, and reaps it when told to: until then the id belongs to no other process, and
may be killed at any time.
"""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import asyncio
import gc
import json
import os
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

import boto3
from botocore.config import Config

from lightsail_copy import CopyJob, ManualSnapshotCopy, aio, copy_snapshot, copy_snapshots, make_clients

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lightsail_copy import CopyOutcome, CopySnapshotResult

CREDENTIALS: dict[str, Any] = {"aws_access_key_id": "any", "aws_secret_access_key": "any", "region_name": "us-west-2"}
REGIONS = ("us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2", "ca-central-1")
LIMITS: dict[str, Any] = {"max_calls": 8, "max_rate": 10_000.0, "max_running": 10_000}
SESSION: Any = boto3.Session(**CREDENTIALS)


@cache
def boto3_client(url: str) -> Any:
    """Return a client that has loaded all that it needs, without an open connection: forks must not share one."""
    config = Config(retries={"total_max_attempts": 1}, proxies={}, user_agent="tests")
    client = SESSION.client("lightsail", endpoint_url=url, config=config)
    client.get_operations()
    client.close()
    return client


def blocking(url: str) -> Callable[[str], CopySnapshotResult]:
    """Return what copies with boto3."""
    client = boto3_client(url)
    return lambda name: copy_snapshot(client, request(name), if_exists="adopt")


def threads(url: str) -> Callable[[str], CopySnapshotResult]:
    """Return what copies under asyncio, with boto3 in threads."""
    client = aio.in_threads(boto3_client(url))
    return lambda name: asyncio.run(aio.copy_snapshot(client, request(name), if_exists="adopt"))


@cache
def aiobotocore(url: str) -> Callable[[str], CopySnapshotResult]:
    """Return what copies under asyncio, with aiobotocore."""
    session: Any = import_module("aiobotocore.session").get_session()
    config = import_module("aiobotocore.config").AioConfig(retries={"total_max_attempts": 1})

    async def copy(name: str | None) -> Any:
        async with session.create_client("lightsail", endpoint_url=url, config=config, **CREDENTIALS) as client:
            if name is None:
                return await client.get_operations()
            return await aio.copy_snapshot(client, request(name), if_exists="adopt")

    asyncio.run(copy(None))  # loads all that a fork needs
    return lambda name: asyncio.run(copy(name))


def fleet(url: str, names: list[str]) -> Iterable[CopyOutcome]:
    """Copy to many Regions as one command would, with clients of its own."""
    os.environ["AWS_ENDPOINT_URL"] = url
    return copy_snapshots(jobs(names), clients=make_clients(SESSION, Config(proxies={}, user_agent="tests")), **LIMITS)


def fleet_in_threads(url: str, names: list[str]) -> Iterable[CopyOutcome]:
    """Copy to many Regions under asyncio, with boto3 in threads."""
    os.environ["AWS_ENDPOINT_URL"] = url
    client_for = make_clients(SESSION, Config(proxies={}, user_agent="tests"))
    clients = {region: aio.in_threads(client_for(region)) for region in REGIONS}
    return asyncio.run(aio.copy_snapshots(jobs(names), clients=clients, **LIMITS))


SINGLY: dict[str, Callable[[str], Callable[[str], CopySnapshotResult]]] = {
    "blocking": blocking,
    "threads": threads,
    "aiobotocore": aiobotocore,
}
FLEETS = {"fleet": fleet, "fleet in threads": fleet_in_threads}


def request(name: str) -> ManualSnapshotCopy:
    """Return the request of a nightly job."""
    return ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name=name)


def jobs(names: list[str]) -> list[CopyJob]:
    """Return the jobs of a fleet; the Regions take turns."""
    return [
        CopyJob(target_region=REGIONS[number % len(REGIONS)], request=request(name))
        for number, name in enumerate(names)
    ]


def copy(url: str, how: str, names: list[str]) -> dict[str, str]:
    """Copy to each of the names, as a nightly job does that may run twice; return the ids of the operations."""
    if how in FLEETS:
        outcomes = FLEETS[how](url, names)
        return {each.job.request.target_snapshot_name: each.operations[0].id for each in outcomes if each.succeeded}
    copy_one = SINGLY[how](url)
    copied: dict[str, str] = {}
    for name in names:
        (operation,) = copy_one(name).operations
        copied[name] = operation.id
    return copied


def main() -> None:
    """Do one job after another, until there are no more."""
    gc.disable()  # a collection would have each fork copy what it shares with this process
    say("ready")
    while (job := hear()) is not None:
        # So that a fork has loaded what it needs.
        if job["how"] == "aiobotocore":
            aiobotocore(job["url"])
        else:
            boto3_client(job["url"])
        pid = os.fork()
        if pid == 0:
            os.read(0, 1)
            work(job)
        say(pid)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        say("ended")
        hear()
        os.waitpid(pid, 0)


def work(job: dict[str, Any]) -> NoReturn:
    """Do a job, and write what it has copied."""
    say(copy(**job))
    os._exit(0)


def say(message: object) -> None:
    """Write a line, at once and as a whole."""
    os.write(1, json.dumps(message).encode() + b"\n")


def hear() -> Any:
    """Read a line, and no more than that, as another process may read the next; skip what a dead one left unread."""
    line = b""
    while not line.strip() or not line.endswith(b"\n"):
        letter = os.read(0, 1)
        if not letter:
            return None
        line += letter
    return json.loads(line)


if __name__ == "__main__":
    main()
