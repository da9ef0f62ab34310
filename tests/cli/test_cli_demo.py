"""`--demo`: every command works on an embedded Lightsail, and nothing of AWS is read or asked."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from typing import NoReturn

import pytest
from cli_support import LATEST, MANUAL, operations
from click.testing import CliRunner, Result

from lightsail_copy.cli import Tools, app
from lightsail_copy.testing import FakeClock

NOTE = "Demo: a Lightsail in memory, with sample data; no AWS account is used."
NOW = datetime(2026, 11, 25, 12, tzinfo=timezone.utc)  # a Wednesday


def run_demo(*words: str, clock: FakeClock | None = None) -> Result:
    """Run a command line of the demo, in which nothing may open a session of AWS's."""

    def open_session(profile: str | None, endpoint_url: str | None) -> NoReturn:
        raise AssertionError("the demo opened a session")

    tools = Tools(open_session=open_session, clock=clock or FakeClock(NOW))
    return CliRunner().invoke(app, words, obj=tools)


def test_the_example_of_the_readme_starts_a_copy() -> None:
    result = run_demo(*MANUAL, "--demo")
    assert (result.exit_code, result.stderr) == (0, f"{NOTE}\n")
    (operation,) = operations(result)
    assert (operation["resourceName"], operation["status"]) == ("web-1-monday-copy", "Started")
    assert operation["createdAt"] == "2026-11-25T12:00:00+00:00"


def test_demo_may_be_before_the_command() -> None:
    assert run_demo("--demo", *MANUAL).exit_code == 0


def test_without_a_region_a_copy_goes_to_another_one_than_its_source() -> None:
    (operation,) = operations(run_demo(*MANUAL[:-2], "--demo"))
    assert operation["location"]["regionName"] == "us-west-2"


def test_a_wait_ends_after_seconds_that_one_can_watch() -> None:
    clock = FakeClock(NOW)
    result = run_demo(*MANUAL, "--demo", "--wait", clock=clock)
    assert [operation["status"] for operation in operations(result)] == ["Succeeded"]
    assert 5 <= clock.monotonic() <= 8


def test_a_wait_without_ids_starts_copies_to_wait_for() -> None:
    result = run_demo("wait", "--demo")
    assert result.exit_code == 0
    assert [(each["resourceType"], each["status"]) for each in operations(result)] == [
        ("InstanceSnapshot", "Succeeded"),
        ("DiskSnapshot", "Succeeded"),
    ]


def test_an_id_of_an_earlier_command_is_rejected_at_once_with_the_reason() -> None:
    clock = FakeClock(NOW)
    result = run_demo("wait", "1234", "--demo", clock=clock)
    assert (result.exit_code, clock.monotonic() < 1) == (1, True)
    assert result.stderr.endswith("Its copies last as long as the command that starts them.\n")


def test_an_interrupted_wait_says_that_the_demo_is_over() -> None:
    result = run_demo(*MANUAL, "--demo", "--wait", "--timeout", "1")
    assert result.exit_code == 4
    assert result.stderr.splitlines()[-2] == "The demo ends here; at AWS, this would resume the wait:"


@pytest.mark.parametrize("resource", ["web-1", "web-2", "db-1", "data-1"])
def test_there_are_seven_automatic_snapshots_up_to_today(resource: str) -> None:
    written = json.loads(run_demo("auto-snapshots", resource, "--demo").stdout)
    days = [date.fromisoformat(each["date"]) for each in written["autoSnapshots"]]
    assert days == [NOW.date() - timedelta(days=ago) for ago in range(7)]


@pytest.mark.parametrize("which", [[LATEST], ["--restore-date", "2026-11-20"]], ids=["latest", "date"])
def test_automatic_snapshots_can_be_copied(which: list[str]) -> None:
    words = ["--source-region", "us-east-1", "--source-resource-name", "web-1", "--target-snapshot-name", "web-1-copy"]
    assert run_demo("auto", "--demo", *words, *which).exit_code == 0


@pytest.mark.parametrize("hour", [5, 7])
def test_its_copies_are_of_each_of_the_fifteen_days_before_the_newest_snapshot(hour: int) -> None:
    clock = FakeClock(NOW.replace(hour=hour))
    written = json.loads(run_demo("prune", "--demo", "--keep-last", "1", "--output", "json", clock=clock).stdout)
    names = [each["snapshot"]["name"] for each in written["decisions"]]
    newest = NOW.date() - timedelta(days=int(hour < 6))
    assert names[:15] == [f"web-1-{newest - timedelta(days=days)}" for days in range(1, 16)]


@pytest.mark.parametrize("day", range(7))
def test_the_snapshots_of_a_weekday_were_made_on_that_day(day: int) -> None:
    today = NOW + timedelta(days=day)
    result = run_demo("snapshots", "--demo", clock=FakeClock(today))
    lists = json.loads(result.stdout)
    made = {each["name"]: datetime.fromisoformat(each["createdAt"]) for some in lists.values() for each in some}
    assert set(made) == {"web-1-monday", "web-1-friday", "data-1-monday", "data-1-friday"}
    assert max(made.values()) < today
    assert all(f"{timestamp:%A}".lower() == name.rpartition("-")[2] for name, timestamp in made.items())


def test_a_dry_run_works_too() -> None:
    result = run_demo(*MANUAL, "--demo", "--dry-run")
    assert (result.exit_code, json.loads(result.stdout)["sizeInGb"]) == (0, 40)


@pytest.mark.parametrize(
    "words",
    [
        ["manual", "--source-region", "us-east-1", "--source-snapshot-name", "nope", "--target-snapshot-name", "copy"],
        ["auto-snapshots", "web-1", "--region", "us-west-2"],
    ],
    ids=["manual", "auto-snapshots"],
)
def test_what_is_not_found_is_responded_to_by_what_there_is(words: list[str]) -> None:
    result = run_demo(*words, "--demo")
    assert result.exit_code == 1
    assert "- manual snapshots: web-1-monday, web-1-friday, data-1-monday, data-1-friday\n" in result.stderr


def test_other_rejections_are_not() -> None:
    result = run_demo("manual", "--demo", "--source-region", "us-east-1")
    assert result.exit_code == 2
    assert "The demo has" not in result.stderr
