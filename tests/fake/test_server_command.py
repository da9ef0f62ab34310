"""``python -m lightsail_copy.testing``: what it prints, what it serves, and how it ends."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from server_support import bare_environment, headers, request_once

from lightsail_copy.testing import FakeLightsail, __main__
from lightsail_copy.testing.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

# Of two snapshots, that of the last weekday is first.
SNAPSHOTS = (["web-1-monday", "web-1-friday"], ["web-1-friday", "web-1-monday"])
pytestmark = pytest.mark.usefixtures("measured_processes")
COMMAND = [sys.executable, "-W", "error", "-m", "lightsail_copy.testing"]


@contextlib.contextmanager
def started(*arguments: str) -> Generator[tuple[subprocess.Popen[str], str], None, None]:
    """Give a server in a process of its own, and its URL."""
    with subprocess.Popen(
        [*COMMAND, *arguments], env=bare_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().split()[-1]
        finally:
            process.kill()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """End a server by SIGTERM as soon as it serves."""

    def sleep(_: float) -> None:
        signal.raise_signal(signal.SIGTERM)

    ending = SimpleNamespace(time=time.time, sleep=sleep)
    monkeypatch.setattr(__main__, "time", ending)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to send")
def test_ctrl_c_ends_it_cleanly_even_during_a_connection() -> None:
    with started("--sample", "--verbose", "--copy-duration", "0") as (process, url):
        response = request_once(url, sent=headers("GetInstanceSnapshots"))
        assert [each["name"] for each in response.content["instanceSnapshots"]] in SNAPSHOTS
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
    assert process.returncode == 130
    assert out == ""
    assert "us-east-1 GetInstanceSnapshots 200" in err.splitlines()
    assert "Traceback" not in err


def test_a_clock_that_only_control_moves_ends_a_copy_at_once_and_sigterm_the_server() -> None:
    with started("--sample", "--clock", "fake", "--control", "--copy-duration", "600") as (process, url):
        parameters = {"sourceSnapshotName": "web-1-monday", "sourceRegion": "us-east-1", "targetSnapshotName": "copy"}
        request_once(url, json.dumps(parameters).encode(), sent=headers("CopySnapshot"))
        statuses: list[str] = []
        for _ in range(2):
            (operation,) = request_once(url, sent=headers("GetOperations")).content["operations"]
            statuses.append(operation["status"])
            moved = request_once(
                url, b'{"advance": 600}', path="/_control/clock", sent={"Content-Type": "application/json"}
            )
            assert moved.status == 200
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=10)
    assert statuses == ["Started", "Succeeded"]
    assert "Traceback" not in err
    assert process.returncode == 0 or sys.platform == "win32"


@pytest.mark.usefixtures("at_once")
def test_one_line_goes_to_standard_output_and_ends_with_the_url(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    out, err = capsys.readouterr()
    line, url = out.rstrip("\n").rsplit(" ", 1)
    assert line == "Serving a fake Lightsail at"
    assert url.startswith("http://127.0.0.1:")
    assert f"--endpoint-url {url} --region us-east-1" in err
    assert "It is empty" in err


@pytest.mark.usefixtures("at_once")
def test_a_sample_is_not_called_empty(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--sample"]) == 0
    assert "It is empty" not in capsys.readouterr().err


def test_a_second_signal_does_not_disturb_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def impatient(_: float) -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    assert signal.SIG_IGN not in before
    monkeypatch.setattr(__main__, "time", SimpleNamespace(time=time.time, sleep=impatient))
    assert main([]) == 130
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


@pytest.mark.measured
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--seed", "bad.json"], "bad.json: seed is []: give a JSON object"),
        (["--seed", "none.json"], "No such file or directory: 'none.json'"),
        (["--copy-duration", "-1"], "copy_duration is -1.0: give a finite number of seconds, zero or more"),
        (["--port", "70000"], "port"),
        (["--host", "256.256.256.256"], ""),
    ],
)
def test_the_reason_why_it_cannot_start_is_one_line(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "bad.json").write_text("[]", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("python -m lightsail_copy.testing: ")
    assert message in err
    assert err.count("\n") == 1


def test_a_port_in_use_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    with FakeLightsail().serve() as url:
        assert main(["--port", url.rpartition(":")[2]]) == 2
    assert "in use" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--help"], ["--sample", "--seed", "s.json"], ["--sam"], ["more"]])
def test_the_command_line_explains_itself(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == (0 if arguments == ["--help"] else 2)
    assert "usage: python -m lightsail_copy.testing" in "".join(capsys.readouterr())


def test_it_starts_without_boto3() -> None:
    script = (
        "import sys, signal, lightsail_copy.testing.__main__ as it, types\n"
        "it.time = types.SimpleNamespace(time=it.time.time, sleep=lambda _: signal.raise_signal(signal.SIGTERM))\n"
        "assert it.main(['--sample']) == 0\n"
        "print(*sorted({'asyncio', 'boto3', 'botocore.client', 'botocore.session'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], env=bare_environment(), capture_output=True, check=True, text=True
    )
    assert ran.stdout.splitlines()[1:] == [""]


@pytest.mark.usefixtures("at_once")
def test_a_seed_file_is_served_in_real_time_beside_another_server(tmp_path: Path) -> None:
    path = tmp_path / "seed.json"
    path.write_text(json.dumps({"regions": {"eu-west-1": {"manual_snapshots": [{"name": "s1"}]}}}), encoding="utf-8")
    copy = {"sourceRegion": "eu-west-1", "sourceSnapshotName": "s1", "targetSnapshotName": "s2"}
    with started("--seed", str(path), "--copy-duration", "0") as (_, url):
        assert main([]) == 0
        (operation,) = request_once(url, json.dumps(copy).encode(), sent=headers("CopySnapshot")).content["operations"]
    assert operation["isTerminal"]
    assert abs(operation["createdAt"] - time.time()) < 60
