"""`lightsail-copy fleet`: the copies of a file, each with its outcome."""

# ruff: noqa: ANN401 - JSON is of any type
from __future__ import annotations

import json
import os
import re
import shlex
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import NoCredentialsError
from cli_support import Session, line, outcomes, run, write_fleet
from click.testing import CliRunner

import lightsail_copy.cli.fleets
from lightsail_copy import CopyOutcome, watch_copies
from lightsail_copy.cli import Tools, app
from lightsail_copy.testing import FakeClock, FakeLightsail, faults

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_fleet(tmp_path)


def test_each_line_is_copied_under_a_name_with_its_source_and_date(fake: FakeLightsail, file: Path) -> None:
    result = run(fake, "fleet", str(file))
    assert result.exit_code == 0
    names = sorted(each["job"]["targetSnapshotName"] for each in outcomes(result.stdout))
    assert names == ["data-1-monday-2026-01-01", "web-1-monday-2026-01-01", "web-1-monday-2026-01-01"]
    assert all(each["succeeded"] for each in outcomes(result.stdout))
    assert "web-1-monday-2026-01-01 (eu-west-1): Succeeded" in result.stderr.splitlines()


def test_a_second_run_adopts_every_copy(fake: FakeLightsail, file: Path) -> None:
    run(fake, "fleet", str(file), "--no-wait")
    result = run(fake, "fleet", str(file), "--output", "table")
    assert result.exit_code == 0
    assert result.stdout.count("Succeeded, adopted") == 3
    assert result.stderr.count(": adopted operation ") == 3


def test_the_restore_date_is_the_date_in_the_name(fake: FakeLightsail, tmp_path: Path) -> None:
    path = tmp_path / "fleet.jsonl"
    job = line(sourceResourceName="web-1", restoreDate="2025-12-30")
    del job["sourceSnapshotName"]
    path.write_text(json.dumps(job))
    (outcome,) = outcomes(run(fake, "fleet", str(path)).stdout)
    assert outcome["job"]["targetSnapshotName"] == "web-1-2025-12-30"


def test_a_failed_copy_is_status_3_and_stops_no_other(fake: FakeLightsail, file: Path) -> None:
    fake.fail_next("CopySnapshot", faults.not_found())
    result = run(fake, "fleet", str(file))
    assert result.exit_code == 3
    assert sum(each["succeeded"] for each in outcomes(result.stdout)) == 2
    assert result.stderr.splitlines()[-1] == "Error: 1 of 3 copies failed."


def test_the_demo_brings_a_fleet_of_its_own(fake: FakeLightsail) -> None:
    result = run(fake, "fleet", "--demo", clock=FakeClock())
    assert result.exit_code == 0
    assert len(outcomes(result.stdout)) == 6


@pytest.mark.parametrize("command", ["fleet", "prune"])
def test_a_region_that_is_not_that_of_the_copies_is_rejected_before_any_call(
    fake: FakeLightsail, file: Path, command: str
) -> None:
    result = run(fake, command, str(file), "--region", "us-west-2")
    assert (result.exit_code, result.stdout, fake.calls) == (2, "", ())
    regions = "us-west-2, eu-west-1"
    assert result.stderr == (
        f"Error: --region: the copies have their own target Regions ({regions}): leave out --region\n"
    )


def test_to_resume_copies_that_must_be_new_they_are_adopted(fake: FakeLightsail, file: Path) -> None:
    result = run(fake, "fleet", str(file), "--if-exists", "raise", "--timeout", "1")
    assert result.exit_code == 3
    *_, how, command = result.stderr.splitlines()
    assert how == "To resume, run the same command again, with the date in its names and --if-exists adopt:"
    assert command == (
        f"    lightsail-copy fleet {file} --if-exists raise --timeout 1 --date 2026-01-01 --if-exists adopt"
    )
    assert run(fake, *shlex.split(command)[1:], "--timeout", "none").exit_code == 0


def test_ctrl_c_says_how_to_resume(fake: FakeLightsail, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> Iterator[CopyOutcome]:
        yield from ()
        raise KeyboardInterrupt

    monkeypatch.setattr(lightsail_copy.cli.fleets, "watch_copies", interrupted)
    result = run(fake, "fleet", str(file), "--date", "2025-12-31")
    assert result.exit_code == 130
    assert result.stderr.splitlines()[-1] == "To resume, run the same command again."
    result = run(fake, "fleet", str(file))
    assert result.exit_code == 130
    assert result.stderr.splitlines()[-2:] == [
        "To resume, run the same command again, with the date in its names:",
        f"    lightsail-copy fleet {file} --date 2026-01-01",
    ]
    auto = line(sourceSnapshotName=None, sourceResourceName="web-1", restoreDate="2025-12-30")
    file.write_text(json.dumps(auto))
    assert run(fake, "fleet", str(file)).stderr.splitlines()[-1] == "To resume, run the same command again."


def test_a_query_applies_to_each_outcome(fake: FakeLightsail, file: Path) -> None:
    result = run(fake, "fleet", str(file), "--query", "job.targetRegion")
    assert (result.exit_code, sorted(result.stdout.splitlines())) == (0, ['"eu-west-1"', '"us-west-2"', '"us-west-2"'])
    text = run(fake, "fleet", str(file), "--query", "[adopted, succeeded]", "--output", "text")
    assert text.stdout.splitlines() == ["True\tTrue"] * 3
    table = run(fake, "fleet", str(file), "--query", "adopted", "--output", "table")
    assert table.stdout.splitlines() == ["True"] * 3


def test_text_has_a_line_of_cells_for_each_outcome(fake: FakeLightsail, file: Path) -> None:
    result = run(fake, "fleet", str(file), "--output", "text")
    assert "data-1-monday-2026-01-01\tus-west-2\tSucceeded" in result.stdout.splitlines()
    assert len(result.stdout.splitlines()) == 3


@pytest.mark.parametrize("words", [("--query", "["), ("--dry-run", "--query", "no_such(@)")])
def test_a_query_that_is_not_valid_is_reported_before_any_call(
    fake: FakeLightsail, file: Path, words: tuple[str, ...]
) -> None:
    result = run(fake, "fleet", str(file), *words)
    assert (result.exit_code, result.stdout, fake.calls) == (2, "", ())


def test_a_query_that_fits_no_outcome_stops_no_copy(fake: FakeLightsail, file: Path) -> None:
    result = run(fake, "fleet", str(file), "--query", "length(error)")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count(": Succeeded") == 3
    assert "Error: the calls were made, but --query does not fit their result: " in result.stderr
    fake.fail_next_copy("OutOfSpace", "There was no room.")
    failed = run(fake, "fleet", str(file), "--query", "length(error)", "--date", "2026-01-02")
    assert failed.exit_code == 3
    assert failed.stderr.splitlines()[-3:-1] == ["Error: 2 problems:", "  1 of 3 copies failed."]


def test_a_line_says_that_a_copy_has_started(fake: FakeLightsail, file: Path) -> None:
    first = run(fake, "fleet", str(file))
    assert sorted(line for line in first.stderr.splitlines() if line.endswith("Started")) == [
        "data-1-monday-2026-01-01 (us-west-2): Started",
        "web-1-monday-2026-01-01 (eu-west-1): Started",
        "web-1-monday-2026-01-01 (us-west-2): Started",
    ]
    assert "Started" not in run(fake, "fleet", str(file)).stderr


def test_without_a_wait_a_copy_that_has_started_is_said_once(fake: FakeLightsail, file: Path) -> None:
    lines = run(fake, "fleet", str(file), "--no-wait").stderr.splitlines()
    assert len(lines) == len(set(lines)) == 3


def test_a_copy_that_is_done_at_once_is_not_said_to_have_started(fake: FakeLightsail, file: Path) -> None:
    def done(response: dict[str, Any]) -> object:
        (operation,) = response["operations"]
        return {**response, "operations": [{**operation, "status": "Succeeded", "isTerminal": True}]}

    fake.fail_next("CopySnapshot", faults.edited_response(done), times=3)
    lines = run(fake, "fleet", str(file)).stderr.splitlines()
    assert len(lines) == len(set(lines)) == 3


def test_the_calls_of_a_fleet_have_one_attempt_and_a_large_pool(fake: FakeLightsail, file: Path) -> None:
    session = Session(fake)
    result = run(fake, "fleet", str(file), "--endpoint-url", "http://127.0.0.1:9", session=session)
    assert result.exit_code == 0
    assert session.endpoints == ["http://127.0.0.1:9"] * 2
    settings: list[Any] = list(session.configs)
    assert [each.retries["total_max_attempts"] for each in settings] == [1, 1]
    assert min(each.max_pool_connections for each in settings) > 32


def test_a_fleet_accepts_a_region_that_is_newer_than_this_release(fake: FakeLightsail, tmp_path: Path) -> None:
    path = tmp_path / "fleet.jsonl"
    path.write_text(json.dumps(line(target="us-west-9")))
    assert run(fake, "fleet", str(path)).exit_code == 2
    assert run(fake, "fleet", str(path), "--allow-unknown-region").exit_code == 0


def test_an_endpoint_that_is_not_valid_is_reported_once(file: Path) -> None:
    result = CliRunner().invoke(app, ["fleet", str(file), "--endpoint-url", "nonsense"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: Invalid endpoint: nonsense: give --endpoint-url")


@pytest.mark.measured
@pytest.mark.parametrize("words", [(), ("--dry-run",)])
def test_a_fleet_without_credentials_is_status_2(
    file: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(file.with_name("none")))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    # After three errors, the others of a Region are stopped.
    file.write_text("\n".join(json.dumps(line(targetSnapshotName=f"web-{number}")) for number in range(5)))
    words = ("fleet", str(file), *words, "--endpoint-url", "http://127.0.0.1:9")
    result = CliRunner().invoke(app, words, obj=Tools(clock=FakeClock()))
    assert result.exit_code == 2
    assert "Error: no AWS credentials were found" in result.stderr


def test_credentials_that_are_missing_for_some_copies_fail_those(fake: FakeLightsail, file: Path) -> None:
    class WithoutCredentials(Session):
        def client(self, service: str, /, *, region_name: str, config: Any = None) -> Any:
            if region_name == "eu-west-1":
                raise NoCredentialsError
            return super().client(service, region_name=region_name, config=config)

    result = run(fake, "fleet", str(file), session=WithoutCredentials(fake))
    assert result.exit_code == 3
    assert [each["succeeded"] for each in outcomes(result.stdout)].count(True) == 2
    assert result.stderr.splitlines()[-1] == "Error: 1 of 3 copies failed."


def test_copies_that_time_out_have_not_succeeded_and_can_be_resumed(fake: FakeLightsail, file: Path) -> None:
    result = run(fake, "fleet", str(file), "--timeout", "1")
    assert result.exit_code == 3
    assert [each["error"]["type"] for each in outcomes(result.stdout)] == ["WaitTimeoutError"] * 3
    assert result.stderr.splitlines()[-3:] == [
        "Error: 3 of 3 copies timed out; those that were started go on at AWS.",
        "To resume, run the same command again, with the date in its names:",
        f"    lightsail-copy fleet {file} --timeout 1 --date 2026-01-01",
    ]


def test_a_copy_of_unknown_outcome_has_not_succeeded(fake: FakeLightsail, file: Path) -> None:
    fake.fail_next("CopySnapshot", faults.connection_closed())
    fake.fail_next("GetOperationsForResource", faults.access_denied(), times=9)
    result = run(fake, "fleet", str(file))
    assert result.exit_code == 3
    assert "Error: the outcome of 1 of 3 copies is unknown." in result.stderr


def test_the_jobs_of_a_region_that_was_stopped_failed_too(fake: FakeLightsail, tmp_path: Path) -> None:
    path = tmp_path / "fleet.jsonl"
    path.write_text("\n".join(json.dumps(line(targetSnapshotName=f"web-{number}")) for number in range(5)))
    fake.fail_next("CopySnapshot", faults.access_denied(), times=9)
    result = run(fake, "fleet", str(path))
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (3, "Error: 5 of 5 copies failed.")


def test_the_advice_of_a_fleet_has_the_fields_of_its_file(fake: FakeLightsail, tmp_path: Path) -> None:
    fake.add_manual_snapshot("taken", "us-west-2")
    path = tmp_path / "fleet.jsonl"
    path.write_text(json.dumps(line(targetSnapshotName="taken")))
    result = run(fake, "fleet", str(path))
    (outcome,) = outcomes(result.stdout)
    assert outcome["error"]["message"].endswith("Choose another target snapshot name.")
    assert "Choose another target snapshot name.\n" in result.stderr
    fake.fail_next("CopySnapshot", faults.throttled(), times=999)
    throttled = run(fake, "fleet", str(path), "--output", "table")
    assert "Wait, then try again" in throttled.stdout


def test_ctrl_c_prints_the_table_of_what_is_known(
    fake: FakeLightsail, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*args: Any, **options: Any) -> Iterator[CopyOutcome]:
        for outcome in watch_copies(*args, **options):
            yield outcome
            if outcome.done:
                raise KeyboardInterrupt

    monkeypatch.setattr(lightsail_copy.cli.fleets, "watch_copies", interrupted)
    result = run(fake, "fleet", str(file), "--output", "table")
    assert result.exit_code == 130
    assert len(result.stdout.splitlines()) == 2
    assert "Interrupted: 1 of 3 is known (1 succeeded, 0 failed), 2 run on." in result.stderr


def test_ctrl_c_says_that_a_known_copy_failed(fake: FakeLightsail, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*args: Any, **options: Any) -> Iterator[CopyOutcome]:
        for outcome in watch_copies(*args, **options):
            yield outcome
            if outcome.error:
                raise KeyboardInterrupt

    monkeypatch.setattr(lightsail_copy.cli.fleets, "watch_copies", interrupted)
    fake.fail_next("CopySnapshot", faults.not_found())
    result = run(fake, "fleet", str(file))
    assert result.exit_code == 130
    ended = re.search(r"^Interrupted: 1 of 3 is known \(0 succeeded, 1 failed\), ", result.stderr, re.MULTILINE)
    assert ended, result.stderr


def test_ctrl_c_in_the_demo_says_that_it_ends(monkeypatch: pytest.MonkeyPatch, fake: FakeLightsail) -> None:
    def interrupted(*_: object, **__: object) -> Iterator[CopyOutcome]:
        yield from ()
        raise KeyboardInterrupt

    monkeypatch.setattr(lightsail_copy.cli.fleets, "watch_copies", interrupted)
    lines = run(fake, "--demo", "fleet", "--no-wait", "--").stderr.splitlines()
    assert lines[-2] == "The demo ends here; at AWS, the same command resumes, with the date in its names:"
    assert lines[-1] == "    lightsail-copy --demo fleet --no-wait --date 2025-12-31 --"


@pytest.mark.parametrize("value", ["today", "2026-1-2", "20260102", "2026-02-30"])
def test_a_date_that_is_not_one_is_status_2(fake: FakeLightsail, file: Path, value: str) -> None:
    result = run(fake, "fleet", str(file), "--date", value)
    assert (result.exit_code, fake.calls) == (2, ())
    assert f"'--date': '{value}' must be a date such as 2026-11-20" in result.stderr


def test_the_date_of_names_can_be_given(fake: FakeLightsail, file: Path) -> None:
    run(fake, "fleet", str(file))
    fake.clock.advance(24 * 3600)
    result = run(fake, "fleet", str(file), "--date", "2026-01-01")
    assert [each["adopted"] for each in outcomes(result.stdout)] == [True] * 3


def test_ctrl_c_counts_what_runs_on_and_what_was_not_started(fake: FakeLightsail, file: Path) -> None:
    class ClockWithCtrlC(FakeClock):
        def sleep(self, seconds: float) -> None:
            raise KeyboardInterrupt

    result = run(fake, "fleet", str(file), clock=ClockWithCtrlC())
    assert result.exit_code == 130
    assert "\nInterrupted: 0 of 3 are known, 2 run on, 1 may not have started.\n" in result.stderr
    assert result.stderr.splitlines()[-1] == f"    lightsail-copy fleet {file} --date 2026-01-01"


def test_a_pipe_that_closes_early_stops_no_copy(
    fake: FakeLightsail, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    pipe = os.fdopen(writer, "w", encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", pipe)
    with pytest.raises(SystemExit) as ended:
        app.main(["fleet", str(file), "--no-wait"], obj=Tools(open_session=Session(fake), clock=fake.clock))
    with suppress(BrokenPipeError):
        pipe.close()
    assert (ended.value.code, capsys.readouterr().err.count(": Started\n")) == (0, 3)
