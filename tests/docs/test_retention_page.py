"""The page on retention: what it says of the snapshots that the old recipe deleted, and of its minimal policy."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from documented import ROOT, account, run_examples

from lightsail_copy import AccessDeniedError, RetentionPolicy, delete_snapshots, list_snapshots, plan_retention
from lightsail_copy.testing import FakeLightsail, faults

__all__ = ["account"]  # a fixture

PAGE = ROOT / "docs" / "howto" / "retention.md"


def test_the_examples_delete_what_the_page_shows_and_nothing_else(account: FakeLightsail) -> None:
    others = {"web-1-before-upgrade", "web-1-blog-2025-12-01", "web-1-golden", "web-1-2025-12-27-golden"}
    for name in others:
        account.add_manual_snapshot(name, "us-west-2")
    before = set(account.snapshot_names("us-west-2"))
    run_examples(PAGE)
    gone = before - set(account.snapshot_names("us-west-2"))
    shown = set(re.findall(r"^(\S+) goes:", PAGE.read_text("utf-8"), re.MULTILINE))
    assert gone == shown | {name.replace("web-1", "data-1") for name in shown}
    assert shown


def test_the_rules_of_the_table_are_those_of_a_policy() -> None:
    rules = dict(re.findall(r"`(keep_\w+)=(\d+)`", PAGE.read_text("utf-8")))
    policy = RetentionPolicy(**{rule: int(number) for rule, number in rules.items()})
    assert policy == RetentionPolicy(
        keep_last=3, keep_daily=7, keep_weekly=4, keep_monthly=6, keep_yearly=2, keep_within=timedelta(days=30)
    )


def test_after_a_month_without_copies_as_many_stay() -> None:
    fake: FakeLightsail = FakeLightsail()
    for days in range(10):
        fake.add_manual_snapshot(f"web-1-{fake.clock.now().date() - timedelta(days=days)}", "us-west-2")
    fake.clock.advance(timedelta(days=31))
    client = fake.client("us-west-2")
    plan = plan_retention(
        list_snapshots(client), RetentionPolicy(keep_daily=7), target_snapshot_name="web-1-{date}", now=fake.clock.now()
    )
    delete_snapshots(client, plan)
    days_left = sorted(date.fromisoformat(name[-10:]) for name in fake.snapshot_names("us-west-2"))
    assert len(days_left) == 7
    assert days_left[-1] == fake.clock.now().date() - timedelta(days=31)


def test_without_the_delete_actions_nothing_is_deleted(account: FakeLightsail) -> None:
    before = account.snapshot_names("us-west-2")
    account.fail_next("DeleteInstanceSnapshot", faults.access_denied(), times=99)
    with pytest.raises(AccessDeniedError):
        run_examples(PAGE)
    assert account.snapshot_names("us-west-2") == before
