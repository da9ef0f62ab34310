"""`lightsail-copy fleet --dry-run`: what a fleet would do, from lookups alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cli_support import Session, line, outcomes, run, write_fleet

from lightsail_copy.testing import FakeClock, FakeLightsail, faults

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_fleet(tmp_path)


def test_a_plan_copies_nothing(fake: FakeLightsail, file: Path) -> None:
    result = run(fake, "fleet", str(file), "--dry-run")
    assert result.exit_code == 0
    assert [each["sizeInGb"] for each in outcomes(result.stdout)] == [40, 8, 40]
    assert not fake.calls_of("CopySnapshot")
    run(fake, "fleet", str(file), "--no-wait")
    fake.clock.advance(1)
    fake.remove("data-1-monday", "us-east-1")
    fake.remove("data-1-monday-2026-01-01", "us-west-2")
    table = run(fake, "fleet", str(file), "--dry-run", "--output", "table")
    assert table.exit_code == 1
    assert table.stdout.count("exists") == 2
    assert "us-east-1 has no manual snapshot with this name" in table.stdout


def test_a_plan_shows_each_source_its_date_and_its_size(fake: FakeLightsail) -> None:
    result = run(fake, "fleet", "--demo", "--dry-run", "--output", "table", clock=FakeClock())
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines()]
    assert lines[0] == ["SOURCE", "DATE", "GB", "TARGET", "REGION", "PLAN"]
    assert lines[1][:3] == ["web-1", "(us-east-1)", "2025-12-31"]
    assert lines[1][-3:] == ["us-west-2", "would", "copy"]


def test_a_plan_goes_on_after_a_call_that_failed(fake: FakeLightsail, file: Path) -> None:
    fake.fail_next("GetInstanceSnapshot", faults.access_denied())
    result = run(fake, "fleet", str(file), "--dry-run")
    assert result.exit_code == 1
    denied, *others = outcomes(result.stdout)
    assert denied["request"]["sourceSnapshotName"] == "web-1-monday"
    assert (denied["targetRegion"], denied["error"]["type"]) == ("us-west-2", "AccessDeniedError")
    assert denied["error"]["code"] == "AccessDeniedException"
    assert [each["possible"] for each in others] == [True, True]
    assert result.stderr.splitlines() == [
        "us-west-2: 2 copies, 1 new, 8 GB.",
        "eu-west-1: 1 copy, 1 new, 40 GB.",
        "all: 3 copies, 2 new, 48 GB.",
        "Error: 1 of 3 copies could not be checked.",
    ]


def test_the_table_of_a_plan_says_what_failed(fake: FakeLightsail, file: Path) -> None:
    fake.fail_next("GetInstanceSnapshot", faults.connection_refused())
    fake.remove("data-1-monday", "us-east-1")
    result = run(fake, "fleet", str(file), "--dry-run", "--output", "table")
    assert result.exit_code == 1
    _, *rows = result.stdout.splitlines()
    assert "us-west-2  not checked: The service could not be reached: EndpointConnectionError" in rows[0]
    assert "us-west-2  sourceSnapshotName: 'data-1-monday' does not exist: us-east-1 has no manual snapshot" in rows[1]
    assert rows[1].endswith("Check the name and the Region of the source.")
    assert rows[2].endswith("eu-west-1  would copy")
    assert result.stderr.splitlines()[-2:] == [
        "  1 of 3 copies cannot be made.",
        "  1 of 3 copies could not be checked.",
    ]


def test_the_problems_of_a_plan_name_the_fields_of_the_file(fake: FakeLightsail, file: Path) -> None:
    fake.remove("data-1-monday", "us-east-1")
    impossible = outcomes(run(fake, "fleet", str(file), "--dry-run").stdout)[1]
    (problem,) = impossible["problems"]
    assert impossible["possible"] is False
    assert (problem["field"], problem["remedy"]) == (
        "sourceSnapshotName",
        "Check the name and the Region of the source.",
    )


def test_a_query_applies_to_each_plan(fake: FakeLightsail, file: Path) -> None:
    result = run(fake, "fleet", str(file), "--dry-run", "--query", "sizeInGb")
    assert (result.exit_code, result.stdout) == (0, "40\n8\n40\n")


def test_the_text_of_a_plan_has_a_line_of_cells_for_each_copy(fake: FakeLightsail, file: Path) -> None:
    result = run(fake, "fleet", str(file), "--dry-run", "--output", "text")
    cells = result.stdout.splitlines()[1].split("\t")
    assert cells == [
        "data-1-monday (us-east-1)",
        "None",
        "8",
        "data-1-monday-2026-01-01",
        "us-west-2",
        "would copy",
    ]


def test_a_plan_makes_one_client_for_each_region(fake: FakeLightsail, file: Path) -> None:
    session = Session(fake)
    run(fake, "fleet", str(file), "--dry-run", session=session)
    assert len(session.endpoints) == 3


def test_a_plan_shows_which_copies_exist_already(fake: FakeLightsail, file: Path) -> None:
    run(fake, "fleet", str(file), "--no-wait")
    fake.clock.advance(600)
    result = run(fake, "fleet", str(file), "--dry-run")
    assert result.exit_code == 0
    assert [each["adopts"]["status"] for each in outcomes(result.stdout)] == ["Succeeded"] * 3
    table = run(fake, "fleet", str(file), "--dry-run", "--output", "table")
    assert (table.exit_code, table.stdout.count("  exists\n")) == (0, 3)


def test_a_target_name_that_something_else_has_makes_a_copy_impossible(fake: FakeLightsail, file: Path) -> None:
    fake.add_manual_snapshot("web-1-monday-2026-01-01", "us-west-2")
    file.write_text(json.dumps(line()))
    result = run(fake, "fleet", str(file), "--dry-run")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (1, "Error: 1 of 1 copies cannot be made.")
    (problem,) = outcomes(result.stdout)[0]["problems"]
    assert (problem["field"], problem["remedy"]) == ("targetSnapshotName", "Choose another name.")
