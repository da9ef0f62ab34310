"""
The process that `test_kill.py` has killed, and the one that makes it: a fork is ready to copy within a millisecond.

Both speak in lines of JSON. To a list of names the worker answers with the id of the process that it has forked, which
begins when it gets an empty line, and says what it has copied if it gets that far. When that process has ended, the
worker says so, and reaps it when told to: until then the id is nobody else's, and may be killed at any time.
"""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import gc
import json
import os
import sys
from typing import Any, NoReturn

import boto3
from botocore.config import Config

from lightsail_copy import ManualSnapshotCopy, copy_snapshot


def main(url: str) -> None:
    """Do one job after another, until there are no more."""
    session: Any = boto3.Session("any", "any", region_name="us-west-2")
    config = Config(retries={"total_max_attempts": 1}, proxies={}, user_agent="tests")
    client = session.client("lightsail", endpoint_url=url, config=config)
    client.get_operations()
    client.close()  # a connection must not be shared by forks
    gc.freeze()  # so that a fork need not copy what it never changes
    say("ready")
    while (names := hear()) is not None:
        pid = os.fork()
        if pid == 0:
            os.read(0, 1)
            work(client, names)
        say(pid)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        say("ended")
        hear()
        os.waitpid(pid, 0)


def work(client: Any, names: list[str]) -> NoReturn:
    """Copy to each of the names, as a nightly job does that may run twice."""
    copied: dict[str, str] = {}
    for name in names:
        request = ManualSnapshotCopy(
            source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name=name
        )
        (operation,) = copy_snapshot(client, request, if_exists="adopt").operations
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
    main(sys.argv[1])
