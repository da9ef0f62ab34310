"""`lightsail-copy fleet --plan`: what a fleet would do, from lookups alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cli_support import line, outcomes, run

from lightsail_copy.testing import FakeClock, FakeLightsail

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "fleet.jsonl"
    lines = [line(), line("data-1-monday"), line(target="eu-west-1")]
    path.write_text("\n\n".join(map(json.dumps, lines)))
    return path


def test_a_plan_copies_nothing(fake: FakeLightsail, file: Path) -> None:
    result = run(fake, "fleet", str(file), "--plan")
    assert result.exit_code == 0
    assert [each["sizeInGb"] for each in outcomes(result.stdout)] == [40, 8, 40]
    assert not fake.calls_of("CopySnapshot")
    run(fake, "fleet", str(file), "--no-wait")
    fake.clock.advance(1)
    fake.remove("data-1-monday", "us-east-1")
    fake.remove("data-1-monday-2026-01-01", "us-west-2")
    table = run(fake, "fleet", str(file), "--plan", "--output", "table")
    assert table.exit_code == 1
    assert table.stdout.count("exists") == 2
    assert "must be the name of an existing manual snapshot" in table.stdout


def test_a_plan_shows_each_source_its_date_and_its_size(fake: FakeLightsail) -> None:
    result = run(fake, "fleet", "--demo", "--plan", "--output", "table", clock=FakeClock())
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines()]
    assert lines[0] == ["SOURCE", "DATE", "GB", "TARGET", "REGION", "PLAN"]
    assert lines[1][:3] == ["web-1", "(us-east-1)", "2026-01-01"]
    assert lines[1][-3:] == ["us-west-2", "would", "copy"]
