"""What every test stands on: a fake with something to copy, and real boto3 clients of it."""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from hypothesis import settings
from samples import ONE_ATTEMPT

from lightsail_copy.testing import FakeLightsail

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

# The first call of a client loads botocore's data, which is slower than any deadline that would mean something.
settings.register_profile("lightsail_copy", deadline=None, derandomize=True, max_examples=40)
settings.register_profile("part", settings.get_profile("lightsail_copy"), max_examples=10)
settings.load_profile("lightsail_copy")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the nox sessions."""
    parser.addoption("--first-parameters", action="store_true", help="run each test with its first parameters only")
    parser.addoption("--fleets", type=int, default=40, help="how many random fleets the simulator has under a driver")


def pytest_configure(config: pytest.Config) -> None:
    """Draw fewer examples where a part of the tests runs, and let Ctrl-C interrupt the processes that tests start."""
    if config.getoption("first_parameters"):
        settings.load_profile("part")
    # A shell has what it runs in the background ignore Ctrl-C.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


# Whether a test has an item before this one, with other parameters.
IS_REPEATED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Note which items are the first of their tests, and leave only those if the option says so."""
    seen: set[str] = set()
    for item in items:
        test = item.nodeid.partition("[")[0]
        item.stash[IS_REPEATED] = test in seen
        seen.add(test)
    if config.getoption("first_parameters"):
        items[:] = [item for item in items if not item.stash[IS_REPEATED]]


def pytest_collection_finish() -> None:
    """Collect garbage less often, and never in what was imported: that took a sixth of the tests' time."""
    gc.freeze()
    gc.set_threshold(10_000)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """
    Leave out of the coverage what reaches no branch for the first time, as measuring takes half as much time again.

    That is the slow tests, and the other parameters of a test that is not marked as `measured`.
    """
    tracer, of_threads = sys.gettrace(), threading.gettrace()
    is_left_out = item.get_closest_marker("slow") or (
        item.stash[IS_REPEATED] and not item.get_closest_marker("measured")
    )
    if not is_left_out or not type(tracer).__module__.startswith("coverage"):
        return (yield)
    sys.settrace(None)
    threading.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)
        threading.settrace(of_threads)


# By these variables, coverage measures the processes that this one starts, and makes each of them twice as slow.
MEASURES = ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START")


@pytest.fixture(scope="session", autouse=True)
def measures() -> dict[str, str]:
    """Start processes that are not measured, and return what `measured_processes` sets again."""
    return {name: os.environ.pop(name) for name in MEASURES if name in os.environ}


@pytest.fixture
def measured_processes(measures: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure the processes that a test starts: only they reach some branch."""
    for name, value in measures.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def no_default_session() -> Generator[None, None, None]:
    """Remove boto3's default session, which `boto3.client` creates, before the next test."""
    yield
    boto3.DEFAULT_SESSION = None


@pytest.fixture
def fake() -> FakeLightsail:
    """Return a fake with an instance and a disk in us-east-1, each with a manual and some automatic snapshots."""
    fake = FakeLightsail()
    fake.add_instance("web-1", "us-east-1")
    fake.add_manual_snapshot("web-1-monday", "us-east-1", source="web-1")
    fake.add_disk("data-1", "us-east-1")
    fake.add_manual_snapshot("data-1-monday", "us-east-1", source="data-1")
    for name in ("web-1", "data-1"):
        for day in ("2025-12-29", "2025-12-31", "2025-12-30"):
            fake.add_auto_snapshot(name, "us-east-1", day)
    return fake


@pytest.fixture
def client(fake: FakeLightsail) -> Any:
    """Return a client of the target Region that sends each call once."""
    return fake.client("us-west-2", config=ONE_ATTEMPT)


@pytest.fixture
def source_client(fake: FakeLightsail) -> Any:
    """Return a client of the source Region that sends each call once."""
    return fake.client("us-east-1", config=ONE_ATTEMPT)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a certificate for 127.0.0.1 that nobody trusts; its key is in ``key.pem`` beside it."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate")
    folder = tmp_path_factory.mktemp("certificate")
    kind = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    names = "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out certificate.pem"
    subprocess.run(["openssl", *kind.split(), *names.split()], check=True, capture_output=True, cwd=folder)  # noqa: S607 - its place differs
    return folder / "certificate.pem"
