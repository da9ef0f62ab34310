"""A process or a fleet that is killed at any instant, again and again, and is run again, makes each copy once."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from itertools import count
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest
from attrs import frozen
from copy_worker import REGIONS

from lightsail_copy.testing import FakeLightsail, faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Self

    from lightsail_copy.testing import Response

WORKER = Path(__file__).with_name("copy_worker.py")
KILLS = 25
COPIES_OF_A_FLEET, KILLS_OF_A_FLEET = 200, 5
NAMES_OF_A_JOB = 3
REQUESTS_OF_A_JOB = 2 * NAMES_OF_A_JOB
LONG = 60.0

has_aiobotocore = pytest.mark.skipif(
    importlib.util.find_spec("aiobotocore") is None, reason="the session aiobotocore installs it"
)
can_fork = pytest.mark.skipif(
    not (hasattr(os, "fork") and hasattr(os, "waitid")), reason="only forks are quick enough to kill so many of them"
)


@frozen
class Shot:
    """
    When a process is to be killed.

    Attributes:
        request: at which of its requests, counted from 1; 0 for none.
        is_done: whether the service has done by then what that request asks for.
        seconds: or how long after its start.
    """

    request: int = 0
    is_done: bool = False
    seconds: float = LONG


class DeadlyFake(FakeLightsail):
    """A fake that outlives the processes that ask it, and can kill one at a chosen request."""

    victim = 0
    shot = Shot()
    requests = count(1)
    has_struck = threading.Event()

    def __init__(self) -> None:
        super().__init__(copy_duration=0)
        self.add_manual_snapshot("web-1-monday", "us-east-1")

    def aim(self, victim: int, shot: Shot) -> None:
        """Choose whom to kill, and when."""
        self.victim, self.shot, self.requests = victim, shot, count(1)
        self.has_struck = threading.Event()

    def respond(self, region: str, operation: str, body: bytes) -> Response:
        is_hit = next(self.requests) == self.shot.request
        if is_hit and not self.shot.is_done:
            os.kill(self.victim, signal.SIGKILL)
        try:
            return super().respond(region, operation, body)
        finally:
            if is_hit:
                os.kill(self.victim, signal.SIGKILL)
                self.has_struck.set()


class Worker:
    """The process that forks those that are killed."""

    def __init__(self) -> None:
        env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        env |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
        command = [sys.executable, str(WORKER)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=env)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._pipe(self._process.stdout), selectors.EVENT_READ)
        self._unread = b""

    def __enter__(self) -> Self:
        try:
            assert self._hear(LONG) == "ready"
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe(self._process.stdin).close()
        self._process.wait(LONG)
        self._pipe(self._process.stdout).close()
        self._selector.close()

    def run(self, fake: DeadlyFake, job: dict[str, Any], shot: Shot) -> dict[str, str] | None:
        """Have a process do a job; return the ids of what it copied, or None where it was killed before."""
        self._say(job)
        pid = self._hear(LONG)
        fake.aim(pid, shot)
        self._write(b"\n")
        heard = self._hear(shot.seconds)
        if heard is None:
            os.kill(pid, signal.SIGKILL)
            heard = self._hear(LONG)
        copied: dict[str, str] | None = None
        if heard != "ended":
            copied = heard
            assert self._hear(LONG) == "ended"
        has_struck = copied is not None or not shot.request or fake.has_struck.wait(LONG)
        fake.aim(0, Shot())
        self._say("reap")
        assert has_struck, "the request of a dead process is dealt with, too"
        return copied

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None
        return pipe

    def _say(self, message: object) -> None:
        self._write(json.dumps(message).encode() + b"\n")

    def _write(self, line: bytes) -> None:
        self._pipe(self._process.stdin).write(line)

    def _hear(self, seconds: float) -> Any:  # noqa: ANN401 - JSON is of any type
        """Return the next line, or None where none comes in time."""
        while b"\n" not in self._unread:
            if not self._selector.select(seconds):
                return None
            piece = os.read(self._pipe(self._process.stdout).fileno(), 65536)
            assert piece, "the worker has ended by itself"
            self._unread += piece
        line, _, self._unread = self._unread.partition(b"\n")
        return json.loads(line)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """Start the process that forks all those that are killed; to start takes as long as many copies."""
    with Worker() as worker:
        yield worker


def copies(fake: FakeLightsail, names: list[str]) -> dict[str, list[str]]:
    """Return the ids of the copies that the service has started to each of these names, in any Region."""
    started: dict[str, list[str]] = {name: [] for name in names}
    for region in REGIONS:
        for name in started.keys() & fake.snapshot_names(region):
            body = json.dumps({"resourceName": name}).encode()
            response = json.loads(FakeLightsail.respond(fake, region, "GetOperationsForResource", body).body)
            started[name] += [each["id"] for each in response["operations"]]
    return started


def random_shot(chance: random.Random, seconds: float) -> Shot:
    """Return a shot at a random request or at a random time of a run that takes so long."""
    if chance.random() < 0.5:
        return Shot(seconds=chance.uniform(0, seconds))
    return Shot(request=chance.randint(1, REQUESTS_OF_A_JOB), is_done=chance.random() < 0.5)


@pytest.mark.slow
@can_fork
@pytest.mark.parametrize("how", ["blocking", "threads", pytest.param("aiobotocore", marks=has_aiobotocore)])
def test_a_job_killed_at_any_instant_and_run_again_with_adopt_ends_with_one_copy_each(worker: Worker, how: str) -> None:
    chance = random.Random(20261123)  # noqa: S311 - the same in every run
    fake = DeadlyFake()
    seconds = 0.05
    every_name: list[str] = []
    stages: Counter[int] = Counter()
    with fake.serve() as url:
        # Kills are to strike before, between, and after the copies.
        while sum(stages.values()) < KILLS or len(stages) <= NAMES_OF_A_JOB:
            names = [f"job-{len(every_name) + number}" for number in range(NAMES_OF_A_JOB)]
            job: dict[str, Any] = {"url": url, "how": how, "names": names}
            every_name += names
            for _ in range(chance.randint(1, 8)):
                if chance.random() < 0.3:
                    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
                if worker.run(fake, job, random_shot(chance, seconds)) is None:
                    stages[sum(map(len, copies(fake, names).values()))] += 1
            started_at_time = time.perf_counter()
            copied = worker.run(fake, job, Shot())
            seconds = 1.2 * (time.perf_counter() - started_at_time)
            assert copied is not None
            assert {name: [identifier] for name, identifier in copied.items()} == copies(fake, names)
    assert list(fake.snapshot_names("us-west-2")) == every_name


@can_fork
@pytest.mark.parametrize("is_done", [False, True], ids=["as the request arrives", "before the response is sent"])
def test_a_process_killed_around_the_start_of_its_copy_finds_it_when_run_again(
    worker: Worker, *, is_done: bool
) -> None:
    fake = DeadlyFake()
    with fake.serve() as url:
        job = {"url": url, "how": "blocking", "names": ["copy-1"]}
        assert worker.run(fake, job, Shot(request=1, is_done=is_done)) is None
        ((identifier,),) = copies(fake, ["copy-1"]).values()
        assert worker.run(fake, job, Shot()) == {"copy-1": identifier}
    assert fake.snapshot_names("us-west-2") == ("copy-1",)


@pytest.mark.slow
@can_fork
@pytest.mark.parametrize("how", ["fleet", "fleet in threads"])
def test_a_fleet_killed_five_times_finishes_the_rest_and_repeats_nothing(worker: Worker, how: str) -> None:
    chance = random.Random(20261124)  # noqa: S311 - the same in every run
    fake = DeadlyFake()
    names = [f"copy-{number}" for number in range(COPIES_OF_A_FLEET)]
    started: set[int] = set()
    with fake.serve() as url:
        job = {"url": url, "how": how, "names": names}
        for number in range(1, KILLS_OF_A_FLEET + 1):
            if chance.random() < 0.5:
                fake.fail_next("CopySnapshot", faults.connection_closed(performed=True), times=3)
            assert worker.run(fake, job, Shot(request=chance.randint(1, 80 * number), is_done=True)) is None
            started.add(sum(map(len, copies(fake, names).values())))
        copied = worker.run(fake, job, Shot())
    assert copied is not None
    assert {name: [identifier] for name, identifier in copied.items()} == copies(fake, names)
    assert len(started) >= 2, "the kills happened at different stages"
