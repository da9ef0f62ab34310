"""`lightsail-copy fleet`: the copies of a file, each with its outcome."""

# ruff: noqa: ANN401 - JSON is of any type
from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cli_support import Session, run
from click.testing import CliRunner

import lightsail_copy.cli.fleets
from lightsail_copy.cli import Tools, app
from lightsail_copy.testing import FakeClock, FakeLightsail, faults

if TYPE_CHECKING:
    from pathlib import Path


def line(source: str = "web-1-monday", target: str = "us-west-2", **changes: Any) -> dict[str, Any]:
    return {
        "targetRegion": target,
        "sourceRegion": "us-east-1",
        "sourceSnapshotName": source,
        "targetSnapshotName": "{source}-{date}",
        **changes,
    }


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "fleet.jsonl"
    lines = [line(), line("data-1-monday"), line(target="eu-west-1")]
    path.write_text("\n\n".join(map(json.dumps, lines)))
    return path


def outcomes(stdout: str) -> list[dict[str, Any]]:
    return [json.loads(text) for text in stdout.splitlines()]


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


def test_every_problem_is_listed_with_the_number_of_its_line(fake: FakeLightsail, tmp_path: Path) -> None:
    path = tmp_path / "fleet.jsonl"
    bad = [line(target="us-wset-2"), 3, line(targetSnapshotName=None), line(sourceRegion="x")]
    path.write_text("\n".join(map(json.dumps, bad)) + "\n{\n")
    result = run(fake, "fleet", str(path))
    assert (result.exit_code, result.stdout, fake.calls) == (2, "", ())
    assert [text.split(":")[0].strip() for text in result.stderr.splitlines()[1:]] == [
        f"line {number}" for number in range(1, 6)
    ]


@pytest.mark.parametrize("words", [(), ("EMPTY",)])
def test_a_fleet_without_copies_is_status_2(fake: FakeLightsail, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "empty").write_text("\n")
    result = run(fake, "fleet", *[str(tmp_path / "empty") for _ in words])
    assert (result.exit_code, result.stdout) == (2, "")


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


def test_the_demo_brings_a_fleet_of_its_own(fake: FakeLightsail) -> None:
    result = run(fake, "fleet", "--demo", clock=FakeClock())
    assert result.exit_code == 0
    assert len(outcomes(result.stdout)) == 6


def test_ctrl_c_says_how_to_resume(fake: FakeLightsail, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(lightsail_copy.cli.fleets, "watch_copies", interrupted)
    result = run(fake, "fleet", str(file))
    assert result.exit_code == 130
    assert result.stderr.splitlines()[-1] == "To resume, run the same command again."


TOML = """
# every night
[[copy]]
targetRegion = "us-west-2"
sourceRegion = "us-east-1"
sourceSnapshotName = "web-1-monday"
targetSnapshotName = "{source}-{date}"

[[ copy ]]
targetRegion = "eu-west-1"
sourceRegion = "us-east-1"
sourceResourceName = "web-1"
restoreDate = 2025-12-30
targetSnapshotName = "{source}-{date}"
"""


def test_toml_has_a_table_for_each_copy(fake: FakeLightsail, tmp_path: Path) -> None:
    path = tmp_path / "fleet.toml"
    path.write_text(TOML)
    names = {each["job"]["targetSnapshotName"] for each in outcomes(run(fake, "fleet", str(path)).stdout)}
    assert names == {"web-1-monday-2026-01-01", "web-1-2025-12-30"}


def test_the_problems_of_toml_have_the_lines_of_their_tables(fake: FakeLightsail, tmp_path: Path) -> None:
    path = tmp_path / "fleet.toml"
    path.write_text(TOML.replace("us-west-2", "us-wset-2").replace("us-east-1", "us-esat-1"))
    result = run(fake, "fleet", str(path))
    assert (result.exit_code, fake.calls) == (2, ())
    numbers = [text.split(":")[0].strip() for text in result.stderr.splitlines()[1:]]
    assert numbers == ["line 3", "line 3", "line 9"]


def test_every_problem_of_a_line_is_listed_at_once(fake: FakeLightsail, tmp_path: Path) -> None:
    path = tmp_path / "fleet.jsonl"
    wrong = {"targetRegion": "eu-wst-1", "sourceRegion": 3, "sourceSnapshotName": "a b", "targetSnapshotName": "x"}
    path.write_text(json.dumps(wrong))
    result = run(fake, "fleet", str(path))
    assert (result.exit_code, fake.calls) == (2, ())
    lines = [text.strip() for text in result.stderr.splitlines()[1:]]
    assert [line.split(": ")[1] for line in lines] == [
        "targetRegion",
        "--source-region",
        "--source-snapshot-name",
        "--target-snapshot-name",
    ]
    assert "Did you mean 'eu-west-1'?" in lines[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[copy]]\ntargetRegion =\n", "FILE is not valid TOML: Invalid value (at line 2"),
        ('[copies]\na = "b"\n', "FILE has copies: give a [[copy]] table for each copy, and nothing else."),
        ("copy = 3\n", "FILE has copy: give a [[copy]] table for each copy, and nothing else."),
        ("# nothing\n", "FILE lists no copies: give a JSON object or a [[copy]] table for each."),
        ("copy = [3]\n", "line 0: must be a JSON object: int"),
    ],
)
def test_toml_of_another_form_is_status_2(fake: FakeLightsail, tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "fleet.toml"
    path.write_text(content)
    result = run(fake, "fleet", str(path))
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_standard_input_is_read_too(fake: FakeLightsail) -> None:
    tools = Tools(open_session=Session(fake), clock=fake.clock)
    for number, text in enumerate((json.dumps(line()), TOML)):
        result = CliRunner().invoke(app, ["fleet", "-"], input=text, obj=tools)
        assert (result.exit_code, len(outcomes(result.stdout))) == (0, number + 1)
