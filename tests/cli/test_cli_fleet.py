"""`lightsail-copy fleet`: the copies of a file, each with its outcome."""

# ruff: noqa: ANN401 - JSON is of any type
from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cli_support import line, outcomes, run

import lightsail_copy.cli.fleets
from lightsail_copy.testing import FakeClock, FakeLightsail, faults

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "fleet.jsonl"
    lines = [line(), line("data-1-monday"), line(target="eu-west-1")]
    path.write_text("\n\n".join(map(json.dumps, lines)))
    return path


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


def test_ctrl_c_says_how_to_resume(fake: FakeLightsail, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(lightsail_copy.cli.fleets, "watch_copies", interrupted)
    result = run(fake, "fleet", str(file), "--date", "2025-12-31")
    assert result.exit_code == 130
    assert result.stderr.splitlines()[-1] == "To resume, run the same command again."
    result = run(fake, "fleet", str(file))
    assert result.exit_code == 130
    assert result.stderr.splitlines()[-2:] == [
        "To resume, run the same command again, with the date of its names:",
        f"    lightsail-copy fleet {file} --date 2026-01-01",
    ]
