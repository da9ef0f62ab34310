"""`{date}` in a target name is the date of the data, which the command looks up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cli_support import AUTO, LATEST, MANUAL, outcomes, run

from lightsail_copy.testing import FakeLightsail, faults

if TYPE_CHECKING:
    from pathlib import Path

LATEST_COPY = {
    "targetRegion": "us-west-2",
    "sourceRegion": "us-east-1",
    "sourceResourceName": "web-1",
    "useLatestRestorableAutoSnapshot": True,
    "targetSnapshotName": "{source}-{date}",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "fleet.jsonl"
    path.write_text(json.dumps(LATEST_COPY))
    return path


def sent(fake: FakeLightsail) -> list[tuple[object, ...]]:
    """Return what was asked for: the date, whether the latest, and the name."""
    wires = [call.parameters for call in fake.calls_of("CopySnapshot")]
    return [
        tuple(wire.get(key) for key in ("restoreDate", "useLatestRestorableAutoSnapshot", "targetSnapshotName"))
        for wire in wires
    ]


def test_the_newest_automatic_snapshot_is_copied_by_its_date_under_its_date(fake: FakeLightsail, file: Path) -> None:
    result = run(fake, "fleet", str(file), "--no-wait")
    assert result.exit_code == 0
    assert sent(fake) == [("2025-12-31", None, "web-1-2025-12-31")]
    assert len(fake.calls_of("GetAutoSnapshots")) == 1


def test_a_snapshot_that_did_not_succeed_is_not_the_newest(fake: FakeLightsail, file: Path) -> None:
    fake.add_auto_snapshot("web-1", "us-east-1", "2026-01-01", status="Failed")
    assert run(fake, "fleet", str(file), "--no-wait").exit_code == 0
    assert sent(fake) == [("2025-12-31", None, "web-1-2025-12-31")]


def test_a_rerun_after_a_new_snapshot_makes_a_new_copy(fake: FakeLightsail, file: Path) -> None:
    run(fake, "fleet", str(file))
    fake.add_auto_snapshot("web-1", "us-east-1", "2026-01-01")
    (outcome,) = outcomes(run(fake, "fleet", str(file)).stdout)
    assert (outcome["adopted"], outcome["job"]["targetSnapshotName"]) == (False, "web-1-2026-01-01")


def test_a_rerun_before_it_adopts_the_copy(fake: FakeLightsail, file: Path) -> None:
    run(fake, "fleet", str(file))
    (outcome,) = outcomes(run(fake, "fleet", str(file)).stdout)
    assert outcome["adopted"] is True


def test_the_option_chooses_a_date_without_a_lookup(fake: FakeLightsail, file: Path) -> None:
    assert run(fake, "fleet", str(file), "--date", "2025-12-30", "--no-wait").exit_code == 0
    assert sent(fake) == [("2025-12-30", None, "web-1-2025-12-30")]
    assert not fake.calls_of("GetAutoSnapshots")


def test_a_name_without_a_date_leaves_the_choice_to_the_service(fake: FakeLightsail, file: Path) -> None:
    file.write_text(json.dumps({**LATEST_COPY, "targetSnapshotName": "web-1-newest"}))
    assert run(fake, "fleet", str(file), "--no-wait").exit_code == 0
    assert sent(fake) == [(None, True, "web-1-newest")]
    assert not fake.calls_of("GetAutoSnapshots")


def test_a_source_is_looked_up_once_for_all_its_targets(fake: FakeLightsail, file: Path) -> None:
    targets = ["us-west-2", "eu-west-1", "eu-central-1"]
    file.write_text(json.dumps({**LATEST_COPY, "targetRegion": targets}))
    assert run(fake, "fleet", str(file), "--no-wait").exit_code == 0
    assert len(fake.calls_of("GetAutoSnapshots")) == 1
    assert [name for _, _, name in sent(fake)] == ["web-1-2025-12-31"] * 3


def test_a_source_without_a_snapshot_fails_its_copies_and_stops_no_other(fake: FakeLightsail, file: Path) -> None:
    fake.add_instance("web-2", "us-east-1")
    file.write_text(json.dumps({**LATEST_COPY, "sourceResourceName": ["web-1", "web-2", "no-such"]}))
    result = run(fake, "fleet", str(file))
    assert result.exit_code == 3
    messages = {
        each["job"]["sourceResourceName"]: each.get("error", {}).get("message", "") for each in outcomes(result.stdout)
    }
    assert messages["web-1"] == ""
    assert messages["web-2"].startswith("web-2 has no automatic snapshot yet.")
    assert "does not exist" in messages["no-such"]
    assert len(fake.calls_of("CopySnapshot")) == 1


def test_a_lookup_that_may_pass_is_status_75(fake: FakeLightsail, file: Path) -> None:
    fake.fail_next("GetAutoSnapshots", faults.throttled(), times=30)
    result = run(fake, "fleet", str(file), "--lookup-timeout", "20")
    assert len(fake.calls_of("GetAutoSnapshots")) == 5
    assert (result.exit_code, fake.calls_of("CopySnapshot")) == (75, ())
    assert result.stderr.splitlines()[-2] == "Error: 1 of 1 copies failed for a reason that may pass."


@pytest.mark.measured
@pytest.mark.parametrize("words", [(), ("--dry-run",)])
def test_a_date_is_looked_up_for_as_long_as_errors_are_tolerated(
    fake: FakeLightsail, file: Path, words: tuple[str, ...]
) -> None:
    fake.fail_next("GetAutoSnapshots", faults.throttled(), times=100)
    result = run(fake, "fleet", str(file), *words)
    assert result.exit_code == 0
    assert result.stderr.count("the date of web-1 cannot be looked up yet (ThrottledError)") == 1


@pytest.mark.parametrize("words", [("manual",), ("fleet",)])
def test_an_endpoint_without_lightsail_is_named_at_once_with_status_1(
    fake: FakeLightsail, file: Path, words: tuple[str, ...]
) -> None:
    missing = faults.replaced_response(b"", performed=False, status=501)
    for operation in ("CopySnapshot", "GetAutoSnapshots"):
        fake.fail_next(operation, missing, times=9)
    started_at = fake.clock.monotonic()
    result = run(fake, *MANUAL) if words == ("manual",) else run(fake, "fleet", str(file))
    assert result.exit_code == (1 if words == ("manual",) else 3)
    assert "AWS_ENDPOINT_URL" in result.stderr + result.stdout
    assert fake.clock.monotonic() == started_at


def test_the_time_limit_of_a_fleet_holds_while_dates_are_looked_up(fake: FakeLightsail, file: Path) -> None:
    fake.fail_next("GetAutoSnapshots", faults.throttled(), times=100)
    started_at = fake.clock.monotonic()
    result = run(fake, "fleet", str(file), "--timeout", "10")
    assert result.exit_code == 75
    assert fake.clock.monotonic() - started_at == 10


def test_a_dry_run_shows_the_date_of_the_data_and_that_of_the_name(fake: FakeLightsail, file: Path) -> None:
    manual = {
        "targetRegion": "us-west-2",
        "sourceRegion": "us-east-1",
        "sourceSnapshotName": "web-1-monday",
        "targetSnapshotName": "{source}-{date}",
    }
    file.write_text(json.dumps(LATEST_COPY) + "\n" + json.dumps(manual))
    result = run(fake, "fleet", str(file), "--dry-run")
    plans = outcomes(result.stdout)
    assert [(each.get("restoreDate"), each["nameDate"]) for each in plans] == [
        ("2025-12-31", "2025-12-31"),
        (None, "2026-01-01"),
    ]
    table = run(fake, "fleet", str(file), "--dry-run", "--output", "table").stdout.splitlines()
    assert table[1].split()[2:5] == ["2025-12-31", "40", "web-1-2025-12-31"]


def test_a_dry_run_goes_on_after_a_source_without_a_snapshot(fake: FakeLightsail, file: Path) -> None:
    fake.add_instance("web-2", "us-east-1")
    file.write_text(json.dumps({**LATEST_COPY, "sourceResourceName": ["web-2", "web-1"]}))
    result = run(fake, "fleet", str(file), "--dry-run", "--output", "table")
    assert result.exit_code == 1
    assert "not checked: web-2 has no automatic snapshot yet." in result.stdout
    assert result.stdout.splitlines()[2].endswith("would copy")
    json_lines = outcomes(run(fake, "fleet", str(file), "--dry-run").stdout)
    assert json_lines[0]["error"]["type"] == "LightsailCopyError"


def test_auto_takes_the_date_of_the_data_too(fake: FakeLightsail) -> None:
    words = [word.replace("web-1-copy", "web-1-{date}") for word in AUTO]
    assert run(fake, *words, LATEST).exit_code == 0
    assert run(fake, *words, "--restore-date", "2025-12-30").exit_code == 0
    assert sent(fake) == [("2025-12-31", None, "web-1-2025-12-31"), ("2025-12-30", None, "web-1-2025-12-30")]


def test_resuming_keeps_the_date_that_was_looked_up(fake: FakeLightsail, file: Path) -> None:
    result = run(fake, "fleet", str(file), "--timeout", "1")
    assert result.stderr.splitlines()[-1] == f"    lightsail-copy fleet {file} --timeout 1 --date 2025-12-31"
