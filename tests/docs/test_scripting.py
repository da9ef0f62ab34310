"""The page on scripting has the exit statuses, and the fields of what each command prints."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from cli_support import run
from documented import ROOT, make_account

from lightsail_copy import dicts
from lightsail_copy.cli.failures import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE = (ROOT / "docs" / "scripting.md").read_text("utf-8")
COPY = "--source-region us-east-1 --source-snapshot-name web-1-monday --target-snapshot-name a-copy --region us-west-2"
LATEST = "--source-region us-east-1 --source-resource-name web-1 --use-latest-restorable-auto-snapshot"
RUNS = {
    "manual": f"manual {COPY}",
    "auto": f"auto {LATEST} --target-snapshot-name another-copy --region us-west-2",
    "manual --dry-run": f"manual --dry-run {COPY}",
    "auto --dry-run": f"auto --dry-run {LATEST} --target-snapshot-name another-copy --region us-west-2",
    "fleet": "fleet --demo --output json",
    "fleet --dry-run": "fleet --demo --dry-run --output json",
    "auto-snapshots": "auto-snapshots web-1 --region us-east-1",
    "snapshots": "snapshots --region us-east-1",
}


def _rows(heading: str) -> dict[str, set[str]]:
    table = re.search(rf"^\| {heading} \|.*\n\|---\|---\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    assert table is not None
    rows: dict[str, set[str]] = {}
    for line in table[1].splitlines():
        _, names, fields, _ = line.split("|")
        listed = set(re.findall(r"`(\w+)`", fields))
        if fields.strip().startswith("the same, and"):
            listed |= list(rows.values())[-1]
        rows |= dict.fromkeys(re.findall(r"`([^`]+)`", names), listed)
    return rows


def test_the_page_has_every_exit_status() -> None:
    statuses = re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)
    assert [int(status) for status in statuses] == [status.value for status in Status]


@pytest.mark.parametrize("command", RUNS)
def test_a_command_prints_the_fields_of_its_row(command: str) -> None:
    result = run(make_account(), *RUNS[command].split())
    lines = result.stdout.splitlines() if command.startswith("fleet") else [result.stdout]
    objects = [json.loads(line) for line in lines]
    assert objects
    fields = _rows("command")[command]
    assert all(set(each) <= fields for each in objects), objects[0].keys() - fields


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("operations", dicts.OperationDict.__annotations__),
        ("adopts", dicts.OperationDict.__annotations__),
        ("error", dicts.ErrorDict.__annotations__),
        ("problems", dicts.ProblemDict.__annotations__),
    ],
)
def test_the_fields_within_an_object_are_those_of_its_shape(name: str, shape: Mapping[str, object]) -> None:
    assert _rows("within")[name] == set(shape)


def test_the_rows_of_a_copy_and_of_a_plan_have_every_field_of_their_shapes() -> None:
    rows = _rows("command")
    assert rows["fleet"] == set(dicts.CopyOutcomeDict.__annotations__)
    assert rows["manual --dry-run"] == {"possible", *dicts.CopyPlanDict.__annotations__}
    assert rows["manual"] == set(dicts.CopySnapshotResultDict.__annotations__) - {"ResponseMetadata"}
