"""The page on permissions says exactly what each function calls, and a how-to ends with what its examples call."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from cli_support import run
from documented import PAGES, ROOT, account, blocks, make_account, name_of, run_examples

from lightsail_copy import (
    AutoSnapshotCopy,
    CopyJob,
    ManualSnapshotCopy,
    RetentionPolicy,
    copy_snapshot,
    copy_snapshots,
    delete_snapshots,
    get_auto_snapshots,
    get_operation,
    get_snapshot,
    list_snapshots,
    plan_copy,
    plan_retention,
    wait_for_operations,
    watch_copies,
    watch_operations,
)
from lightsail_copy.testing import FakeLightsail, faults

PAGE = ROOT / "docs" / "permissions.md"
__all__ = ["account"]  # a fixture

SOURCE, TARGET = "us-east-1", "us-west-2"
MANUAL = ManualSnapshotCopy(
    source_region=SOURCE, source_snapshot_name="web-1-monday", target_snapshot_name="web-1-monday-copy"
)
DISK = ManualSnapshotCopy(
    source_region=SOURCE, source_snapshot_name="data-1-monday", target_snapshot_name="data-1-monday-copy"
)
AUTO = AutoSnapshotCopy(
    source_region=SOURCE,
    source_resource_name="web-1",
    target_snapshot_name="web-1-latest",
    use_latest_restorable_auto_snapshot=True,
)
DISK_AUTO = AutoSnapshotCopy(
    source_region=SOURCE,
    source_resource_name="data-1",
    target_snapshot_name="data-1-latest",
    use_latest_restorable_auto_snapshot=True,
)


def _copy(fake: FakeLightsail, _: str) -> None:
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
    copy_snapshot(fake.client(TARGET), MANUAL, clock=fake.clock)


def _check(fake: FakeLightsail, _: str) -> None:
    source, target = fake.client(SOURCE), fake.client(TARGET)
    for request in (MANUAL, DISK, AUTO, DISK_AUTO):
        plan_copy(source, target, request, if_exists="adopt")


def _prune(fake: FakeLightsail, _: str) -> None:
    client, now = fake.client(TARGET), fake.clock.now()
    # The same account, so that only the deletions are calls of this one.
    snapshots = list_snapshots(make_account().client(TARGET))
    plans = [
        plan_retention(snapshots, RetentionPolicy(keep_last=1), target_snapshot_name=name, now=now)
        for name in ("web-1-{date}", "data-1-{date}")
    ]
    delete_snapshots(client, [each for plan in plans for each in plan])


def _fleet(copy: Callable[..., Any]) -> Callable[[FakeLightsail, str], None]:
    def run(fake: FakeLightsail, _: str) -> None:
        fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
        many = [
            ManualSnapshotCopy(
                source_region=SOURCE, source_snapshot_name="web-1-monday", target_snapshot_name=f"copy-{number}"
            )
            for number in range(6)
        ]
        # One copy is polled by its id; many are polled together.
        for requests in ([AUTO], many):
            jobs = [CopyJob(target_region=TARGET, request=request) for request in requests]
            list(copy(jobs, clients=fake.client, clock=fake.clock, max_calls=1))

    return run


RUNS: dict[str, Callable[[FakeLightsail, str], object]] = {
    "copy_snapshot": _copy,
    "get_operation": lambda fake, running: get_operation(fake.client(TARGET), running),
    "watch_operations": lambda fake, running: list(watch_operations(fake.client(TARGET), running, clock=fake.clock)),
    "wait_for_operations": lambda fake, running: wait_for_operations(fake.client(TARGET), running, clock=fake.clock),
    "get_auto_snapshots": lambda fake, _: get_auto_snapshots(fake.client(SOURCE), "web-1"),
    "get_snapshot": lambda fake, _: get_snapshot(fake.client(SOURCE), "data-1-monday"),
    "list_snapshots": lambda fake, _: list_snapshots(fake.client(TARGET)),
    "delete_snapshots": _prune,
    "plan_copy": _check,
    "watch_copies": _fleet(watch_copies),
    "copy_snapshots": _fleet(copy_snapshots),
}


def _actions(row: str) -> set[tuple[str, str]]:
    _, _, source, target, _ = row.split("|")
    return {
        (region, action) for region, cell in ((SOURCE, source), (TARGET, target)) for action in re.findall(r"\w+", cell)
    }


ROWS: dict[str, set[tuple[str, str]]] = {
    name: _actions(row)
    for row in re.findall(r"^\| `.+\|$", PAGE.read_text("utf-8").partition("| command |")[0], re.MULTILINE)
    for name in re.findall(r"`(\w+)`", row.split("|")[1])
}


def test_every_function_that_calls_the_service_has_a_row() -> None:
    assert set(ROWS) == set(RUNS)


@pytest.mark.parametrize("function", RUNS)
def test_the_row_of_a_function_has_what_it_calls_and_no_more(function: str) -> None:
    fake = make_account()
    earlier = evolve(MANUAL, target_snapshot_name="earlier-copy")
    running = copy_snapshot(fake.client(TARGET), earlier).operations[0].id
    before = len(fake.calls)
    RUNS[function](fake, running)
    called = {(call.region, call.operation) for call in fake.calls[before:]}
    if function == "get_snapshot":
        called = {(TARGET, operation) for _, operation in called}
    assert called == ROWS[function]


def _policies(document: Path) -> list[dict[str, Any]]:
    parsed = [json.loads(block.code) for block in blocks(document, "json")]
    return [each for each in parsed if isinstance(each, dict) and "Statement" in each]


def _allowed(document: Path) -> set[tuple[str, str]]:
    return {
        (region, action.removeprefix("lightsail:"))
        for policy in _policies(document)
        for statement in policy["Statement"]
        for region in _regions(statement)
        for action in statement["Action"]
    }


def _regions(statement: dict[str, Any]) -> list[str]:
    regions: str | list[str] = statement["Condition"]["StringEquals"]["aws:RequestedRegion"]
    return [regions] if isinstance(regions, str) else regions


HOW_TOS = [page for page in PAGES if page.parent.name == "howto" and any(blocks(page, "python"))]


def _run_commands(document: Path, fake: FakeLightsail, folder: Path) -> None:
    """Run each command `lightsail-copy` of a page that is in no script, with the file that the page shows."""
    file = folder / "copies.toml"
    file.write_text("".join(block.code for block in blocks(document, "toml")), "utf-8")
    for block in blocks(document, "console"):
        for line in block.code.replace("\\\n", " ").splitlines():
            words = [str(file) if word.endswith(".toml") else word for word in shlex.split(line, comments=True)]
            if words[:1] == ["lightsail-copy"]:
                result = run(fake, *words[1:])
                assert result.exit_code == 0, f"{line}\n{result.stderr}"


@pytest.mark.parametrize("document", HOW_TOS, ids=name_of)
def test_a_how_to_ends_with_the_least_policy_for_its_examples(
    document: Path, account: FakeLightsail, tmp_path: Path
) -> None:
    """It allows what the examples call, and what they would call after a lost response, or with one copy less."""
    for package in re.findall(r"^import (cattrs|pydantic)$", document.read_text("utf-8"), re.MULTILINE):
        pytest.importorskip(package)
    run_examples(document)
    _run_commands(document, account, tmp_path)
    called = {(call.region, call.operation) for call in account.calls}
    others = {"CopySnapshot": "GetOperationsForResource", "GetOperations": "GetOperation"}
    assert _allowed(document) == called | {(region, others.get(operation, operation)) for region, operation in called}


@pytest.mark.parametrize("document", [PAGE, *HOW_TOS], ids=name_of)
def test_a_policy_has_the_form_that_iam_takes(document: Path) -> None:
    for policy in _policies(document):
        assert policy["Version"] == "2012-10-17"
        for statement in policy["Statement"]:
            assert set(statement) == {"Effect", "Action", "Resource", "Condition"}
            assert (statement["Effect"], statement["Resource"]) == ("Allow", "*")
            assert statement["Action"] == sorted(statement["Action"])
