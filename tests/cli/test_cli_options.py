"""What the command takes from the AWS CLI and from its environment: --query, --output, --version, signals, lookups."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from cli_support import AUTO, MANUAL, operations, run
from click.testing import CliRunner

import lightsail_copy
from lightsail_copy.cli import app
from lightsail_copy.testing import FakeLightsail, faults

if TYPE_CHECKING:
    from pathlib import Path


def test_the_version_is_that_of_the_package() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"lightsail-copy {lightsail_copy.__version__}\n")


@pytest.mark.measured
@pytest.mark.parametrize(
    ("query", "output", "printed"),
    [
        ("operations[0].resourceName", "json", '"web-1-monday-copy"\n'),
        ("operations[0].resourceName", "text", "web-1-monday-copy\n"),
        ("operations[].[resourceName, isTerminal]", "text", "web-1-monday-copy\tFalse\n"),
        ("operations[].resourceName", "text", "web-1-monday-copy\n"),
        ("operations[0].{a: resourceName, b: nothing}", "text", "web-1-monday-copy\tNone\n"),
        ("operations[0].location", "table", "availabilityZone  all\nregionName        us-west-2\n"),
    ],
)
def test_a_query_prints_a_part_of_the_result(fake: FakeLightsail, query: str, output: str, printed: str) -> None:
    result = run(fake, *MANUAL, "--query", query, "--output", output, "--no-cli-pager")
    assert (result.exit_code, result.stdout) == (0, printed)


def test_a_query_that_does_not_fit_hides_neither_the_operation_nor_its_failure(fake: FakeLightsail) -> None:
    fake.fail_next_copy("X", "boom")
    result = run(fake, *MANUAL, "--wait", "--query", "length(adopted)")
    assert (result.exit_code, result.stdout) == (3, "")
    *_, operation, failure = result.stderr.splitlines()
    assert "--query does not fit their result" in result.stderr
    assert operation.startswith("web-1-monday-copy: Failed (operation ")
    assert "X, boom" in failure


def test_a_query_that_is_not_a_expression_is_status_2(fake: FakeLightsail) -> None:
    result = run(fake, "snapshots", "--region", "us-east-1", "--query", "[")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--query is not a JMESPath expression" in result.stderr


def test_text_is_separated_by_tabs_and_has_no_header(fake: FakeLightsail) -> None:
    result = run(fake, "auto-snapshots", "web-1", "--region", "us-east-1", "--output", "text")
    assert result.stdout.splitlines()[0].split("\t")[0] == "2025-12-31"


def test_the_text_of_a_query_is_what_the_aws_cli_prints(fake: FakeLightsail) -> None:
    """The values of an object are in the order of its keys, and of nothing there is no line."""
    words = ("auto-snapshots", "web-1", "--region", "us-east-1", "--output", "text", "--query")
    swapped = run(fake, *words, "autoSnapshots[0].{b: date, a: status}")
    assert swapped.stdout == "Success\t2025-12-31\n"
    nothing = run(fake, *words, "autoSnapshots[?status == 'x']")
    assert (nothing.exit_code, nothing.stdout) == (0, "")


def test_the_result_says_whether_the_copy_was_adopted(fake: FakeLightsail) -> None:
    assert json.loads(run(fake, *MANUAL).stdout)["adopted"] is False
    assert json.loads(run(fake, *MANUAL, "--if-exists", "adopt").stdout)["adopted"] is True


def test_a_dry_run_prints_what_it_would_adopt(fake: FakeLightsail) -> None:
    (started,) = operations(run(fake, *MANUAL))
    result = run(fake, *MANUAL, "--dry-run", "--if-exists", "adopt")
    assert result.exit_code == 0
    assert result.stderr == f"Would adopt: web-1-monday-copy (operation {started['id']}).\n"
    assert json.loads(result.stdout)["adopts"]["id"] == started["id"]
    table = run(fake, *MANUAL, "--dry-run", "--if-exists", "adopt", "--output", "table")
    assert table.stdout.splitlines()[1].endswith("adopts")


def test_a_dry_run_for_a_date_that_does_not_exist_shows_that_date(fake: FakeLightsail) -> None:
    result = run(fake, *AUTO, "--restore-date", "2025-12-01", "--dry-run")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["restoreDate"] == "2025-12-01"


def test_a_copy_that_is_looked_up_for_longer_than_two_seconds_says_so_once(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
    fake.fail_next("GetOperationsForResource", faults.throttled(), times=5)
    result = run(fake, *MANUAL)
    assert result.exit_code == 0
    assert result.stderr.count("looking up what became of the copy") == 1


def test_the_time_for_lookups_is_an_option(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
    fake.fail_next("GetOperationsForResource", faults.throttled(), times=5)
    result = run(fake, *MANUAL, "--lookup-timeout", "0")
    assert result.exit_code == 5
    assert "1 lookup in 0 s" in result.stderr


def test_a_profile_is_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config"
    path.write_text("[profile work]\n[profile play]\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    option = next(param for param in app.params if param.name == "profile")
    items = option.shell_complete(app.make_context("x", ["snapshots"]), "w")
    assert [item.value for item in items] == ["work"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to send")
def test_a_signal_ends_a_wait_as_ctrl_c_does() -> None:
    command = [sys.executable, "-m", "lightsail_copy", *MANUAL, "--demo", "--wait"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        seen = [process.stderr.readline(), process.stderr.readline()]
        assert "(operation " in seen[1]
        process.send_signal(signal.SIGTERM)
        _, rest = process.communicate()
    assert process.returncode == 130
    assert "Interrupted: the copy goes on at AWS." in rest
    assert re.fullmatch(r"    .* -m lightsail_copy wait \S{36} --region us-west-2", rest.splitlines()[-1])


@pytest.mark.parametrize("query", ["[", "", "no_such(@)"])
def test_a_query_that_is_not_an_expression_is_reported_before_any_call(fake: FakeLightsail, query: str) -> None:
    result = run(fake, *MANUAL, "--query", query)
    assert (result.exit_code, result.stdout, fake.calls) == (2, "", ())
    assert "--query is not a JMESPath expression" in result.stderr


def test_a_query_that_does_not_fit_the_result_says_that_the_command_is_done(fake: FakeLightsail) -> None:
    result = run(fake, *MANUAL, "--query", "length(adopted)")
    assert (result.exit_code, len(fake.calls_of("CopySnapshot"))) == (1, 1)
    assert result.stderr.startswith("Error: the calls were made, but --query does not fit their result: ")
