"""A policy has numbers, a plan has decisions, and only a plan is deleted."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from typing_extensions import assert_type

from lightsail_copy import (
    Operation,
    RetentionDecision,
    RetentionPolicy,
    Snapshot,
    aio,
    delete_snapshots,
    list_snapshots,
    plan_retention,
)
from lightsail_copy.typing import (
    AsyncSnapshotDeletionClient,
    CopyClient,
    SnapshotClient,
    SnapshotDeletionClient,
    SnapshotListClient,
)


class DeletesByAwaiting:
    async def delete_instance_snapshot(self, *, instanceSnapshotName: str) -> dict[str, object]:
        return {}

    async def delete_disk_snapshot(self, *, diskSnapshotName: str) -> dict[str, object]:
        return {}


def policies(days: timedelta) -> None:
    RetentionPolicy(keep_last=1)
    RetentionPolicy(keep_daily=7, keep_weekly=4, keep_monthly=6, keep_yearly=2)
    RetentionPolicy(keep_within=30)
    RetentionPolicy(keep_within=days)
    RetentionPolicy(keep_last=1, keep_within=None)
    RetentionPolicy(7)  # reject: keywords only
    RetentionPolicy(keep_daily="7")  # reject
    RetentionPolicy(keep_daily=None)  # reject
    RetentionPolicy(keep_daily=7.5)  # reject
    RetentionPolicy(keep_within="30d")  # reject
    RetentionPolicy(keep_hourly=24)  # reject


def attributes(policy: RetentionPolicy, decision: RetentionDecision) -> None:
    assert_type(policy.keep_daily, int)
    assert_type(policy.keep_within, int | None)  # reject by zuban: its input type
    assert_type(decision.snapshot, Snapshot)
    assert_type(decision.keep, bool)
    assert_type(decision.reasons, tuple[str, ...])
    assert_type(decision.to_dict()["reasons"], list[str])
    policy.keep_daily = 8  # reject
    decision.keep = False  # reject
    decision.reasons = ()  # reject


def plans(snapshots: Iterator[Snapshot], policy: RetentionPolicy, now: datetime, day: date) -> None:
    plan = plan_retention(snapshots, policy, target_snapshot_name="web-1-{date}", now=now)
    assert_type(plan, tuple[RetentionDecision, ...])
    plan_retention(snapshots, policy, "web-1-{date}", now)  # reject: keywords
    plan_retention(snapshots, policy, target_snapshot_name="web-1-{date}")  # reject: at which time
    plan_retention(snapshots, policy, target_snapshot_name="web-1-{date}", now=day)  # reject
    plan_retention(snapshots, policy, target_snapshot_name=None, now=now)  # reject
    plan_retention(["web-1"], policy, target_snapshot_name="web-1-{date}", now=now)  # reject
    plan_retention(snapshots, {"keep_daily": 7}, target_snapshot_name="web-1-{date}", now=now)  # reject


def deletions(
    client: SnapshotDeletionClient, lists: SnapshotListClient, gets: SnapshotClient, plan: tuple[RetentionDecision, ...]
) -> None:
    assert_type(delete_snapshots(client, plan), tuple[Operation, ...])
    delete_snapshots(client, [*plan, *plan])
    delete_snapshots(client, (each for each in plan if not each.keep))
    delete_snapshots(client, list_snapshots(lists))  # reject: snapshots are no decisions
    delete_snapshots(client, ["web-1-2026-11-28"])  # reject
    delete_snapshots(client, plan[0])  # reject
    delete_snapshots(client)  # reject
    delete_snapshots(plan, client)  # reject: the other way round
    delete_snapshots(gets, plan)  # reject: it does not delete


async def awaited(
    client: AsyncSnapshotDeletionClient, bare: SnapshotDeletionClient, copies: CopyClient, plan: list[RetentionDecision]
) -> None:
    assert_type(await aio.delete_snapshots(client, plan), tuple[Operation, ...])
    await aio.delete_snapshots(DeletesByAwaiting(), plan)
    await aio.delete_snapshots(aio.in_threads(copies), plan)
    await aio.delete_snapshots(bare, plan)  # reject
    delete_snapshots(DeletesByAwaiting(), plan)  # reject
