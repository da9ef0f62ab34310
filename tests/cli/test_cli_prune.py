"""`lightsail-copy prune`: the plan of a file's copies, and what `--delete` does with it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from cli_support import run

from lightsail_copy.testing import FakeClock, FakeLightsail, faults

if TYPE_CHECKING:
    from pathlib import Path

FILE = """
[defaults]
sourceRegion = "us-east-1"
targetRegion = ["us-west-2", "eu-west-1"]
useLatestRestorableAutoSnapshot = true
targetSnapshotName = "{source}-{date}"

[[copy]]
sourceResourceName = ["web-1", "db-1"]
"""
TODAY = date(2026, 1, 1)
OTHERS = ("web-1-blog", "web-1-before-upgrade", "golden-image", "web-1-blog-2025-12-20", "web-1-2025-12-32")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "fleet.toml"
    path.write_text(FILE)
    return path


@pytest.fixture
def account() -> FakeLightsail:
    """Return an account with ten days of copies of two servers in two Regions, and other snapshots beside them."""
    fake = FakeLightsail()
    for region in ("us-west-2", "eu-west-1"):
        for server in ("web-1", "db-1"):
            for ago in range(10):
                fake.add_manual_snapshot(f"{server}-{TODAY - timedelta(days=ago)}", region)
        for name in OTHERS:
            fake.add_manual_snapshot(name, region)
    return fake


def names(fake: FakeLightsail, region: str = "us-west-2") -> set[str]:
    """Return the names of the snapshots that a Region has."""
    listed = json.loads(run(fake, "snapshots", "--region", region).stdout)
    return {each["name"] for each in listed["instanceSnapshots"]}


def test_a_plan_has_a_reason_for_each_copy_and_changes_nothing(account: FakeLightsail, file: Path) -> None:
    before = names(account)
    result = run(account, "prune", str(file), "--keep-daily", "3")
    assert result.exit_code == 0
    head, *rows = result.stdout.splitlines()
    assert head.split() == ["NAME", "REGION", "GB", "PLAN", "REASONS"]
    assert len(rows) == 40
    assert rows[0].split(maxsplit=4)[0::3] == ["web-1-2026-01-01", "keep"]
    assert "daily 1 of 3, newest usable copy" in rows[0]
    assert rows[3].split(maxsplit=4)[3:] == ["delete", "superseded by web-1-2025-12-30"]
    assert result.stderr.splitlines() == [
        "40 copies: 12 stay, 28 go (1120 GB).",
        "Nothing was deleted. To delete what goes, add --delete.",
    ]
    assert names(account) == before


def test_only_what_the_plan_said_is_gone_and_a_second_run_deletes_nothing(account: FakeLightsail, file: Path) -> None:
    result = run(account, "prune", str(file), "--keep-daily", "3", "--delete")
    assert result.exit_code == 0
    gone = {line.split()[0] for line in result.stdout.splitlines()[1:] if " delete " in line}
    kept = {f"{server}-{TODAY - timedelta(days=ago)}" for server in ("web-1", "db-1") for ago in range(3)}
    assert len(gone) == 14
    assert names(account) == names(account, "eu-west-1") == {*kept, *OTHERS}
    assert result.stderr.count(": deleted\n") == 28
    assert result.stderr.splitlines()[-1] == "Deleted 28 of 28 copies."
    again = run(account, "prune", str(file), "--keep-daily", "3", "--delete")
    assert (again.exit_code, again.stderr) == (0, "12 copies: 12 stay, 0 go (0 GB).\n")
    assert run(account, "prune", str(file), "--keep-daily", "3").stderr == again.stderr


def test_the_file_can_have_the_policy_and_options_take_precedence(account: FakeLightsail, file: Path) -> None:
    file.write_text(FILE + "[retention]\nkeepDaily = 3\nkeepWithin = 4\n")
    assert run(account, "prune", str(file)).stderr.startswith("40 copies: 20 stay, ")
    assert run(account, "prune", str(file), "--keep-within", "1").stderr.startswith("40 copies: 12 stay, ")


def test_the_result_can_be_json_and_queried(account: FakeLightsail, file: Path) -> None:
    result = run(account, "prune", str(file), "--keep-last", "1", "--output", "json")
    first, *_ = json.loads(result.stdout)["decisions"]
    assert (first["snapshot"]["name"], first["keep"]) == ("web-1-2026-01-01", True)
    query = run(account, "prune", str(file), "--keep-last", "1", "--query", "length(decisions[?!keep])")
    assert query.stdout == "36\n"


def test_a_snapshot_whose_name_fits_two_templates_stays_if_one_plan_keeps_it(
    account: FakeLightsail, file: Path
) -> None:
    both = "web-1-2025-12-20-2025-12-20"
    account.add_manual_snapshot(both, "us-west-2")
    account.add_manual_snapshot("web-1-2025-12-20-2025-12-25", "us-west-2")
    names = ["web-1-{date}-2025-12-20", "web-1-2025-12-20-{date}"]
    copies = "".join(f'\n[[copy]]\nsourceResourceName = "web-1"\ntargetSnapshotName = "{each}"\n' for each in names)
    file.write_text(FILE.partition("[[copy]]")[0] + copies)
    result = run(account, "prune", str(file), "--keep-last", "1", "--delete")
    assert result.exit_code == 0
    assert result.stderr.startswith("2 copies: 2 stay, 0 go ")
    assert both in account.snapshot_names("us-west-2")


def test_a_plan_that_cannot_be_printed_deletes_nothing(account: FakeLightsail, file: Path) -> None:
    result = run(account, "prune", str(file), "--keep-last", "1", "--delete", "--query", "length(decisions[0].keep)")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: the calls were made, but --query does not fit their result: ")
    assert result.stderr.endswith("\nNothing was deleted.\n")
    assert not account.calls_of("DeleteInstanceSnapshot")


def test_without_a_policy_nothing_is_planned(account: FakeLightsail, file: Path) -> None:
    result = run(account, "prune", str(file))
    assert (result.exit_code, result.stdout, account.calls) == (2, "", ())
    assert result.stderr.startswith("Error: [retention]: a policy without a rule would keep only the newest copy.")
    assert "--keep-last, --keep-daily" in result.stderr


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ("keepDayly = 3", "[retention] has keepDayly. Use one of keepLast, keepDaily, keepWeekly,"),
        ("keepDaily = -1", "Error: keepDaily: -1 must be"),
        ('keepDaily = "seven"', "Error: keepDaily: 'seven' must be"),
        ("keepWithin = 0", "Error: keepWithin: 0 must be"),
    ],
)
def test_a_policy_of_the_file_is_validated(account: FakeLightsail, file: Path, table: str, problem: str) -> None:
    file.write_text(f"{FILE}[retention]\n{table}\n")
    for command in ("prune", "fleet"):
        result = run(account, command, str(file))
        assert (result.exit_code, account.calls) == (2, ())
        assert problem in result.stderr
        assert "--keep" not in result.stderr


def test_an_option_of_retention_is_reported_by_its_name(account: FakeLightsail, file: Path) -> None:
    file.write_text(f"{FILE}[retention]\nkeepDaily = -1\n")
    result = run(account, "prune", str(file), "--keep-last", "0", "--keep-daily", "0")
    assert (result.exit_code, account.calls) == (2, ())
    assert "a policy without a rule would keep only the newest copy. Set one of --keep-last, " in result.stderr


def test_a_file_whose_names_have_no_date_has_no_series(account: FakeLightsail, file: Path) -> None:
    file.write_text(FILE.replace("{source}-{date}", "{source}-copy"))
    result = run(account, "prune", str(file), "--keep-last", "1")
    assert (result.exit_code, account.calls) == (2, ())
    assert "no targetSnapshotName of FILE has {date}" in result.stderr


def test_a_list_that_fails_deletes_nothing(account: FakeLightsail, file: Path) -> None:
    before = names(account)
    account.fail_next("GetDiskSnapshots", faults.access_denied())
    result = run(account, "prune", str(file), "--keep-last", "1", "--delete")
    assert (result.exit_code, result.stdout) == (1, "")
    assert names(account) == before


def test_a_region_that_rejects_a_deletion_stops_no_other(account: FakeLightsail, file: Path) -> None:
    account.fail_next("DeleteInstanceSnapshot", faults.access_denied())
    result = run(account, "prune", str(file), "--keep-last", "1", "--delete")
    assert result.exit_code == 1
    assert "\nDeleted 35 of 36 copies.\nError: us-west-2: The caller is not authorized" in result.stderr
    assert result.stderr.count(": deleted\n") == 35
    assert len(names(account, "eu-west-1")) == 2 + len(OTHERS)


def test_a_copy_that_was_gone_already_counts_as_deleted(account: FakeLightsail, file: Path) -> None:
    account.fail_next("DeleteInstanceSnapshot", faults.not_found())
    result = run(account, "prune", str(file), "--keep-last", "1", "--delete")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (0, "Deleted 36 of 36 copies.")


def test_the_plan_is_printed_before_anything_is_deleted(account: FakeLightsail, file: Path) -> None:
    account.fail_next("DeleteInstanceSnapshot", faults.expired_token(), times=99)
    result = run(account, "prune", str(file), "--keep-last", "1", "--delete")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 41
    assert "\nDeleted 0 of 36 copies.\nError: 2 problems:\n" in result.stderr


def test_the_demo_has_copies_to_prune() -> None:
    result = run(FakeLightsail(), "prune", "--demo", "--keep-daily", "7", "--keep-weekly", "4", clock=FakeClock())
    assert result.exit_code == 0
    assert " delete " in result.stdout
    assert " weekly " in result.stdout


def test_a_sample_of_four_servers_and_forty_days(tmp_path: Path) -> None:
    """Nothing but what the plan said is gone, with hand-made snapshots and copies of another job of the same prefix."""
    fake = FakeLightsail()
    servers = [f"web-{number}" for number in range(4)]
    days = [TODAY - timedelta(days=ago) for ago in range(40)]
    for server in servers:
        fake.add_instance(server, "us-east-1")
        fake.add_auto_snapshot(server, "us-east-1", TODAY)
        for day in days[1:]:
            fake.add_manual_snapshot(f"{server}-{day}", "us-west-2")
            fake.add_manual_snapshot(f"{server}-weekly-{day}", "us-west-2")
        fake.add_manual_snapshot(f"{server}-before-upgrade", "us-west-2")
    file = tmp_path / "fleet.toml"
    file.write_text(
        FILE.replace('["us-west-2", "eu-west-1"]', '"us-west-2"').replace('["web-1", "db-1"]', json.dumps(servers))
        + "[retention]\nkeepDaily = 7\nkeepWeekly = 4\nkeepMonthly = 2\n"
    )
    assert run(fake, "fleet", str(file)).exit_code == 0
    before = names(fake)
    assert len(before) == 4 * (40 + 39 + 1)
    plan = json.loads(run(fake, "prune", str(file), "--output", "json").stdout)["decisions"]
    assert names(fake) == before
    goes = {each["snapshot"]["name"] for each in plan if not each["keep"]}
    assert len(plan) == 160
    assert len(goes) > 100
    assert run(fake, "prune", str(file), "--delete").exit_code == 0
    assert names(fake) == before - goes
    assert run(fake, "prune", str(file), "--delete").stderr.endswith("stay, 0 go (0 GB).\n")
