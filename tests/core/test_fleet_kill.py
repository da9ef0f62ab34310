"""A fleet that is killed again and again, and run again, makes each copy once."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lightsail_copy.testing import Clock, FakeLightsail, faults

if TYPE_CHECKING:
    from lightsail_copy.testing import Response

WORKER = Path(__file__).with_name("fleet_worker.py")
REGIONS = ("us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2", "ca-central-1")
JOBS, KILLS = 200, 5
LONG = 120.0

has_sigkill = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="only POSIX kills a process at once")


class DeadlyFake(FakeLightsail[Clock]):
    """A fake that kills the process that calls it, at a chosen request."""

    process: subprocess.Popen[str] | None = None
    requests_left = 0

    def __init__(self) -> None:
        super().__init__(clock=time, copy_duration=0)
        self.has_process = threading.Event()

    def respond(self, region: str, operation: str, body: bytes) -> Response:
        response = super().respond(region, operation, body)
        self.requests_left -= 1
        if self.requests_left == 0:
            self.has_process.wait(LONG)
            assert self.process is not None
            self.process.kill()
        return response

    def run(self, how: str, url: str, kill_at: int = 0) -> str:
        """Run a process, which is killed at a request where that is not 0; return what it wrote."""
        self.has_process.clear()
        self.requests_left = kill_at
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        env = {
            **kept,
            "AWS_ACCESS_KEY_ID": "any",
            "AWS_SECRET_ACCESS_KEY": "any",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_ENDPOINT_URL": url,
        }
        command = [sys.executable, str(WORKER), how, str(JOBS), *REGIONS]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=env, text=True) as process:
            self.process = process
            self.has_process.set()
            written, _ = process.communicate(timeout=LONG)
        return written

    def copies(self) -> list[str]:
        """Return the name of each copy that was started, in every Region."""
        names: list[str] = []
        for region in REGIONS:
            for name in self.snapshot_names(region):
                body = json.dumps({"resourceName": name}).encode()
                response = json.loads(super().respond(region, "GetOperationsForResource", body).body)
                names += [each["resourceName"] for each in response["operations"]]
        return names


@pytest.mark.slow
@has_sigkill
@pytest.mark.parametrize("how", ["blocking", "threads"])
def test_a_fleet_killed_five_times_finishes_the_rest_and_repeats_nothing(how: str) -> None:
    chance = random.Random(20261124)  # noqa: S311 - the same in every run
    fake = DeadlyFake()
    fake.add_manual_snapshot("web-1-monday", "us-east-1")
    started: set[int] = set()
    with fake.serve() as url:
        for number in range(KILLS):
            if chance.random() < 0.5:
                fake.fail_next("CopySnapshot", faults.connection_closed(performed=True), times=3)
            assert fake.run(how, url, kill_at=chance.randint(1, 80 * (number + 1))) == ""
            started.add(len(fake.copies()))
        assert json.loads(fake.run(how, url)) == {"succeeded": JOBS}
    assert sorted(fake.copies()) == sorted(f"copy-{number}" for number in range(JOBS))
    assert len(started) >= 2, "the kills happened at different stages"
