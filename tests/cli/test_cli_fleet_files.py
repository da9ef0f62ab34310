"""The files of `lightsail-copy fleet`: their forms, their problems, and the names in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cli_support import Session, line, outcomes, run
from click.testing import CliRunner

from lightsail_copy.cli import Tools, app
from lightsail_copy.testing import FakeLightsail

if TYPE_CHECKING:
    from pathlib import Path


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
        "sourceRegion",
        "sourceSnapshotName",
        "targetSnapshotName",
    ]
    assert "Did you mean 'eu-west-1'?" in lines[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[copy]]\ntargetRegion =\n", "FILE is not valid TOML: Invalid value (at line 2"),
        ('[copies]\na = "b"\n', "FILE has copies: give a [[copy]] table for each copy, and nothing else."),
        ("copy = 3\n", "FILE has copy: give a [[copy]] table for each copy, and nothing else."),
        ("# nothing\n", "FILE lists no copies: give a JSON object or a [[copy]] table for each."),
        ("copy = [3]\n", "copy 1: must be a table, not 3."),
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
