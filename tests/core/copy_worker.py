"""
The process that `test_kill.py` has killed, and the one that makes it: a fork is ready to copy within a millisecond.

Both write lines of JSON. For a list of names the worker writes the id of the process that it has forked. That process
starts when it gets an empty line, and writes what it has copied if it gets that far. When it has ended, the worker
writes so, and reaps it when told to: until then the id belongs to no other process, and may be killed at any time.

Arguments: the URL of the fake, and how to copy: `blocking`, `threads` (asyncio with boto3) or `aiobotocore`.
"""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, NoReturn

import boto3
from botocore.config import Config

from lightsail_copy import CopySnapshotResult, ManualSnapshotCopy, aio, copy_snapshot

Copier = Callable[[str], CopySnapshotResult]
CREDENTIALS: dict[str, Any] = {"aws_access_key_id": "any", "aws_secret_access_key": "any", "region_name": "us-west-2"}


def boto3_client(url: str) -> Any:
    """Return a client that has loaded all that it needs, without an open connection: forks must not share one."""
    session: Any = boto3.Session(**CREDENTIALS)
    config = Config(retries={"total_max_attempts": 1}, proxies={}, user_agent="tests")
    client = session.client("lightsail", endpoint_url=url, config=config)
    client.get_operations()
    client.close()
    return client


def blocking(url: str) -> Copier:
    """Return what copies with boto3."""
    client = boto3_client(url)
    return lambda name: copy_snapshot(client, request(name), if_exists="adopt")


def threads(url: str) -> Copier:
    """Return what copies under asyncio, with boto3 in threads."""
    client = aio.in_threads(boto3_client(url))
    return lambda name: asyncio.run(aio.copy_snapshot(client, request(name), if_exists="adopt"))


def aiobotocore(url: str) -> Copier:
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


def request(name: str) -> ManualSnapshotCopy:
    """Return the request of a nightly job."""
    return ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name=name)


def main(url: str, how: str) -> None:
    """Do one job after another, until there are no more."""
    makers = {"blocking": blocking, "threads": threads, "aiobotocore": aiobotocore}
    copy = makers[how](url)
    gc.freeze()  # so that a fork need not copy what it never changes
    say("ready")
    while (names := hear()) is not None:
        pid = os.fork()
        if pid == 0:
            os.read(0, 1)
            work(copy, names)
        say(pid)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        say("ended")
        hear()
        os.waitpid(pid, 0)


def work(copy: Copier, names: list[str]) -> NoReturn:
    """Copy to each of the names, as a nightly job does that may run twice."""
    copied: dict[str, str] = {}
    for name in names:
        (operation,) = copy(name).operations
        copied[name] = operation.id
    say(copied)
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
    main(*sys.argv[1:])
