"""`delete_snapshots` under both drivers: what a plan does not keep goes, nothing else, and each outcome is told."""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import asyncio
import datetime as dt
import logging
from typing import TYPE_CHECKING, Any, Final

import attrs
import pytest
from botocore.exceptions import BotoCoreError, NoCredentialsError
from samples import ONE_ATTEMPT, travelled

from lightsail_copy import (
    AccessDeniedError,
    AutoSnapshotCopy,
    CopyJob,
    InvalidRequestError,
    LightsailCopyError,
    ManualSnapshotCopy,
    Operation,
    OperationType,
    RetentionDecision,
    RetentionPolicy,
    ServiceError,
    ServiceFaultError,
    ServiceUnreachableError,
    ThrottledError,
    UnexpectedResponseError,
    aio,
    copy_snapshot,
    copy_snapshots,
    delete_snapshots,
    list_snapshots,
    plan_retention,
)
from lightsail_copy.testing import FakeLightsail, faults

if TYPE_CHECKING:
    from collections.abc import Iterable

SOURCE, TARGET = "us-east-1", "us-west-2"
INSTANCE: Final = "DeleteInstanceSnapshot"
DISK: Final = "DeleteDiskSnapshot"
DELETIONS: Final = (INSTANCE, DISK)
KEEP_TWO = RetentionPolicy(keep_daily=2)


class World:
    """A fake with copies in the target Region, and a driver to delete them by."""

    def __init__(self, driver: str) -> None:
        self.fake: FakeLightsail = FakeLightsail(page_size=3)
        self.driver = driver
        self.client: Any = self.fake.client(TARGET, config=ONE_ATTEMPT)

    def add_copies(self, prefix: str = "web-1-", count: int = 6, resource_type: str = "InstanceSnapshot") -> None:
        """Add a copy for each of the last days, today's first."""
        for days in range(count):
            name = f"{prefix}{self.day(days)}"
            self.fake.add_manual_snapshot(name, TARGET, resource_type=resource_type)

    def day(self, ago: int) -> dt.date:
        return self.fake.clock.now().date() - dt.timedelta(days=ago)

    def names(self, *ago: int, prefix: str = "web-1-") -> list[str]:
        return [f"{prefix}{self.day(days)}" for days in ago]

    def plan(self, template: str = "web-1-{date}", policy: RetentionPolicy = KEEP_TWO) -> tuple[RetentionDecision, ...]:
        now = self.fake.clock.now()
        return plan_retention(list_snapshots(self.client), policy, target_snapshot_name=template, now=now)

    def delete(self, decisions: Iterable[RetentionDecision], client: Any = None) -> tuple[Operation, ...]:
        made = client or self.client
        return self.delete_by(made if self.driver == "sync" else aio.in_threads(made), decisions)

    def delete_by(self, client: Any, decisions: Iterable[RetentionDecision]) -> tuple[Operation, ...]:
        if self.driver == "sync":
            return delete_snapshots(client, decisions)
        return asyncio.run(aio.delete_snapshots(client, decisions))

    def deletions(self) -> list[tuple[str, str]]:
        """Return what was deleted by calls, in their order."""
        return [
            (call.operation, str(next(iter(call.parameters.values()))))
            for call in self.fake.calls
            if call.operation in DELETIONS
        ]

    def left(self) -> set[str]:
        return set(self.fake.snapshot_names(TARGET))


@pytest.fixture(params=["sync", "asyncio"])
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


def failure(world: World, decisions: Iterable[RetentionDecision], client: Any = None) -> LightsailCopyError:
    """Return the error of a deletion."""
    with pytest.raises(LightsailCopyError) as caught:
        world.delete(decisions, client)
    return caught.value


def names_of(operations: Iterable[Operation]) -> list[str]:
    return [each.resource_name for each in operations]


# What goes


def test_both_kinds_are_deleted_by_one_call_each_and_nothing_else_is_gone(world: World) -> None:
    world.add_copies("web-1-")
    world.add_copies("data-1-", resource_type="DiskSnapshot")
    for other in ("web-1-before-upgrade", "web-1-blog-2025-12-01", "golden"):
        world.fake.add_manual_snapshot(other, TARGET)
    before = world.left()
    operations = world.delete([*world.plan(), *world.plan("data-1-{date}")])
    gone = [*world.names(2, 3, 4, 5), *world.names(2, 3, 4, 5, prefix="data-1-")]
    assert before - world.left() == set(gone)
    assert world.deletions() == list(zip([INSTANCE] * 4 + [DISK] * 4, gone, strict=True))
    assert names_of(operations) == gone
    assert [each.operation_type for each in operations] == [
        *[OperationType.DELETE_INSTANCE_SNAPSHOT] * 4,
        *[OperationType.DELETE_DISK_SNAPSHOT] * 4,
    ]


def test_a_plan_that_keeps_all_makes_no_call(world: World) -> None:
    world.add_copies(count=2)
    plan = world.plan()
    calls = len(world.fake.calls)
    assert world.delete(plan) == world.delete([]) == ()
    assert len(world.fake.calls) == calls


def test_pruning_twice_deletes_nothing_the_second_time(world: World) -> None:
    world.add_copies()
    assert len(world.delete(world.plan())) == 4
    left = world.left()
    assert world.delete(world.plan()) == ()
    assert world.left() == left


def test_a_copy_that_is_running_or_failed_stays(world: World) -> None:
    world.fake.add_manual_snapshot("web-1-monday", SOURCE)
    world.fake.fail_next_copy("TargetFailure", "It broke.")
    for days in (5, 0):
        request = ManualSnapshotCopy(
            source_region=SOURCE, source_snapshot_name="web-1-monday", target_snapshot_name=f"web-1-{world.day(days)}"
        )
        copy_snapshot(world.client, request)
        if days:
            world.fake.clock.advance(600)
    world.fake.add_manual_snapshot(f"web-1-{world.day(1)}", TARGET)
    world.fake.add_manual_snapshot(f"web-1-{world.day(2)}", TARGET)
    assert names_of(world.delete(world.plan(policy=RetentionPolicy(keep_last=1)))) == world.names(2)
    assert world.left() == set(world.names(0, 1, 5))


def test_what_one_of_several_plans_keeps_is_not_deleted(world: World) -> None:
    world.add_copies()
    strict, mild = world.plan(), world.plan(policy=RetentionPolicy(keep_daily=4))
    assert names_of(world.delete([*strict, *mild, *strict])) == world.names(4, 5)
    assert [name for _, name in world.deletions()] == world.names(4, 5)


def test_a_snapshot_that_is_already_gone_counts_as_deleted(world: World) -> None:
    world.add_copies()
    plan = world.plan()
    world.fake.remove(world.names(3)[0], TARGET)
    assert names_of(world.delete(plan)) == world.names(2, 4, 5)
    assert world.left() == set(world.names(0, 1))


@pytest.mark.parametrize("operation", ["GetInstanceSnapshots", "GetDiskSnapshots"])
def test_a_page_that_fails_deletes_nothing(world: World, operation: Any) -> None:
    kind = operation.removeprefix("Get").removesuffix("s")
    world.add_copies(resource_type=kind)

    def failing(response: Any) -> object:
        world.fake.fail_next(operation, faults.service_fault())
        return response

    world.fake.fail_next(operation, faults.edited_response(failing))
    with pytest.raises(ServiceFaultError):
        world.delete(world.plan())
    assert world.deletions() == []
    assert len(world.left()) == 6


# What fails


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.access_denied(), AccessDeniedError),
        (faults.throttled(), ThrottledError),
        (faults.operation_failure(), ServiceError),
        (faults.connection_refused(), ServiceUnreachableError),
    ],
    ids=["access denied", "throttled", "failure", "never connected"],
)
def test_the_others_are_deleted_after_one_that_is_not(
    world: World, fault: Any, error: type[LightsailCopyError]
) -> None:
    world.add_copies()
    plan = world.plan()
    world.fake.fail_next(INSTANCE, fault)
    caught = failure(world, plan)
    assert isinstance(caught, error)
    assert names_of(caught.operations) == world.names(3, 4, 5)
    assert world.left() == set(world.names(0, 1, 2))
    lines = str(caught).splitlines()
    assert lines[0] == "1 of 4 snapshots was not deleted:"
    assert lines[1].startswith(f"  {world.names(2)[0]}: ")
    assert "may have been deleted" not in str(caught)


def test_the_error_is_that_of_the_client_and_travels_whole(world: World) -> None:
    world.add_copies()
    client = world.client
    world.fake.fail_next(INSTANCE, faults.access_denied())
    caught = failure(world, world.plan(), client)
    assert isinstance(caught, client.exceptions.AccessDeniedException)
    assert isinstance(caught.__cause__, client.exceptions.AccessDeniedException)
    for again in travelled(caught):
        assert type(again).__name__ == "AccessDeniedError"
        assert (str(again), again.operations) == (str(caught), caught.operations)


def test_every_failure_is_told_and_the_first_is_raised(world: World) -> None:
    world.add_copies()
    world.add_copies("data-1-", resource_type="DiskSnapshot")
    plan = [*world.plan(), *world.plan("data-1-{date}")]
    world.fake.fail_next(INSTANCE, faults.access_denied(), times=2)
    world.fake.fail_next(DISK, faults.expired_token())
    caught = failure(world, plan)
    assert isinstance(caught, AccessDeniedError)
    head, *lines = str(caught).splitlines()
    assert head == "3 of 8 snapshots were not deleted:"
    failed = [*world.names(2, 3), *world.names(2, prefix="data-1-")]
    assert [line.strip().partition(":")[0] for line in lines[:3]] == failed
    assert ["AccessDenied" in line for line in lines[:3]] == [True, True, False]
    # Each advice once.
    assert len(lines) == 5
    assert names_of(caught.operations) == [*world.names(4, 5), *world.names(3, 4, 5, prefix="data-1-")]


def test_a_deletion_whose_response_was_lost_is_retried_and_found_done(world: World) -> None:
    world.add_copies()
    plan = world.plan()
    world.fake.fail_next(INSTANCE, faults.connection_closed(performed=True))
    operations = world.delete(plan, world.fake.client(TARGET))
    assert names_of(operations) == world.names(3, 4, 5)
    assert world.left() == set(world.names(0, 1))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.connection_closed(performed=True), ServiceUnreachableError),
        (faults.read_timeout(performed=True), ServiceUnreachableError),
        (faults.service_fault(performed=True), ServiceFaultError),
        (faults.truncated_response(), (ServiceUnreachableError, UnexpectedResponseError)),
        (faults.empty_response(), UnexpectedResponseError),
        (faults.replaced_response(b'{"operations": null}'), UnexpectedResponseError),
        (faults.replaced_response(b'{"operations": [{"id": 5}]}'), UnexpectedResponseError),
    ],
    ids=["closed", "timeout", "500", "truncated", "empty", "null", "not an operation"],
)
def test_an_accepted_deletion_is_never_denied(world: World, fault: Any, error: Any) -> None:
    world.add_copies()
    plan = world.plan()
    world.fake.fail_next(INSTANCE, fault)
    caught = failure(world, plan)
    assert isinstance(caught, error)
    lines = str(caught).splitlines()
    assert lines[0] == "1 of 4 snapshots is not known to have been deleted:"
    assert lines[1].startswith(f"  {world.names(2)[0]}: ")
    assert lines[1].endswith("It may have been deleted.")
    assert names_of(caught.operations) == world.names(3, 4, 5)
    assert world.left() == set(world.names(0, 1))
    assert world.delete(plan) == ()


def test_a_response_without_an_operation_is_a_deletion_all_the_same(world: World) -> None:
    world.add_copies(count=3)
    plan = world.plan()
    world.fake.fail_next(INSTANCE, faults.replaced_response(b'{"operations": []}'))
    assert world.delete(plan) == ()
    assert world.left() == set(world.names(0, 1))


def test_three_deletions_in_a_row_without_a_response_end_it(world: World) -> None:
    world.add_copies(count=9)
    plan = world.plan()
    # One that is answered starts the count again.
    for fault, times in (
        (faults.connection_refused(), 2),
        (faults.access_denied(), 1),
        (faults.connection_refused(), 9),
    ):
        world.fake.fail_next(INSTANCE, fault, times=times)
    caught = failure(world, plan)
    assert isinstance(caught, ServiceUnreachableError)
    assert len(world.deletions()) == 6
    lines = str(caught).splitlines()
    assert lines[0] == "7 of 7 snapshots were not deleted:"
    assert lines[7] == f"  Not tried after that: {world.names(8)[0]}."
    assert "Nothing was sent" not in str(caught)
    assert len(world.left()) == 9


@pytest.mark.parametrize("gone", [False, True])
def test_each_answer_starts_the_count_of_those_without_one_again(world: World, *, gone: bool) -> None:
    world.add_copies(count=7)
    plan = world.plan()
    if gone:
        world.fake.remove(world.names(4)[0], TARGET)
    answered = faults.edited_response(lambda response: response)
    for fault, times in ((faults.connection_refused(), 2), (answered, 1), (faults.connection_refused(), 2)):
        world.fake.fail_next(INSTANCE, fault, times=times)
    caught = failure(world, plan)
    assert "Not tried" not in str(caught)
    assert names_of(caught.operations) == ([] if gone else world.names(4))


def without_credentials(client: Any, *, after: int) -> Any:
    """Return a client whose credentials are gone after some calls."""
    left = [after]

    def sign(**_: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise NoCredentialsError

    for operation in DELETIONS:
        client.meta.events.register(f"before-sign.lightsail.{operation}", sign)
    return client


def test_an_error_of_the_set_up_comes_through_as_botocore_raised_it(world: World) -> None:
    world.add_copies()
    plan = world.plan()
    with pytest.raises(NoCredentialsError) as caught:
        world.delete(plan, without_credentials(world.client, after=0))
    assert not isinstance(caught.value, LightsailCopyError)
    assert world.deletions() == []


def test_an_error_of_the_set_up_after_other_calls_has_what_they_started(world: World) -> None:
    world.add_copies()
    plan = world.plan()
    with pytest.raises(NoCredentialsError) as caught:
        world.delete(plan, without_credentials(world.client, after=2))
    error: Any = caught.value
    assert isinstance(error, LightsailCopyError)
    assert isinstance(error, BotoCoreError)
    assert names_of(error.operations) == world.names(2, 3)
    lines = str(error).splitlines()
    assert lines == [
        "2 of 4 snapshots were not deleted:",
        f"  {world.names(4)[0]}: Unable to locate credentials.",
        f"  Not tried after that: {world.names(5)[0]}.",
    ]
    assert world.left() == set(world.names(0, 1, 4, 5))


def test_an_error_of_a_hook_after_other_calls_has_what_they_started(world: World) -> None:
    world.add_copies()
    plan = world.plan()
    client = world.client

    def fail_on_the_third(**_: object) -> None:
        if len(world.deletions()) == 3:
            raise RuntimeError("the hook has a bug")

    client.meta.events.register("after-call.lightsail", fail_on_the_third)
    with pytest.raises(RuntimeError) as caught:
        world.delete(plan, client)
    error: Any = caught.value
    assert isinstance(error, LightsailCopyError)
    assert names_of(error.operations) == world.names(2, 3)
    assert str(error).splitlines() == [
        "2 of 4 snapshots are not known to have been deleted:",
        f"  {world.names(4)[0]}: the hook has a bug. It may have been deleted.",
        f"  Not tried after that: {world.names(5)[0]}.",
    ]
    assert world.left() == set(world.names(0, 1, 5))


# Arguments


def test_a_plan_for_another_region_deletes_nothing(world: World) -> None:
    world.add_copies()
    for name in world.names(0, 1, 2, 3, 4, 5):
        world.fake.add_manual_snapshot(name, SOURCE)
    with pytest.raises(InvalidRequestError, match="a plan for us-west-2 must be for us-east-1"):
        world.delete(world.plan(), world.fake.client(SOURCE))
    assert world.deletions() == []


def test_what_is_not_a_plan_deletes_nothing(world: World) -> None:
    world.add_copies()
    decisions: Any = [*world.plan(), world.plan()[-1].snapshot, "web-1-2025-12-31"]
    with pytest.raises(InvalidRequestError) as caught:
        world.delete(decisions)
    assert [problem.field for problem in caught.value.problems] == ["decisions", "decisions"]
    assert world.deletions() == []


@pytest.mark.measured
@pytest.mark.parametrize("member", ["location", "resourceType"])
def test_what_the_service_leaves_out_deletes_nothing_by_mistake(world: World, member: str) -> None:
    world.add_copies(count=3)

    def without(response: Any) -> object:
        listed = [
            {key: value for key, value in each.items() if key != member} for each in response["instanceSnapshots"]
        ]
        return {**response, "instanceSnapshots": listed}

    world.fake.fail_next("GetInstanceSnapshots", faults.edited_response(without))
    plan = world.plan()
    if member == "location":
        assert names_of(world.delete(plan)) == world.names(2)
    else:
        # Deleted as the wrong kind, it would be "not found", and count as deleted.
        with pytest.raises(InvalidRequestError, match="must be a snapshot of an instance or a disk, not ''"):
            world.delete(plan)
        assert world.deletions() == []
        assert world.delete([each for each in plan if each.keep]) == ()


def test_a_client_of_the_other_kind_deletes_nothing(world: World) -> None:
    world.add_copies()
    plan = world.plan()
    client: Any = aio.in_threads(world.client) if world.driver == "sync" else world.client
    with pytest.raises(TypeError, match="client must be"):
        world.delete_by(client, plan)
    assert world.deletions() == []


class OnlyDeletes:
    """A double that has the two methods and nothing else."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def delete_instance_snapshot(self, *, instanceSnapshotName: str) -> Any:
        return self._client.delete_instance_snapshot(instanceSnapshotName=instanceSnapshotName)

    def delete_disk_snapshot(self, *, diskSnapshotName: str) -> Any:
        return self._client.delete_disk_snapshot(diskSnapshotName=diskSnapshotName)


def test_a_client_needs_only_the_two_methods() -> None:
    world = World("sync")
    world.add_copies()
    plan = world.plan()
    assert names_of(delete_snapshots(OnlyDeletes(world.client), plan)) == world.names(2, 3, 4, 5)


# Logs


def test_each_deletion_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="lightsail_copy")
    world.add_copies(count=4)
    plan = world.plan()
    gone, deleted = world.names(2, 3)
    world.fake.remove(gone, TARGET)
    (operation,) = world.delete(plan)
    records: list[Any] = [record for record in caplog.records if record.name == "lightsail_copy"]
    assert [record.getMessage() for record in records] == [
        f"{TARGET}: {gone}: no longer exists",
        f"{TARGET}: {deleted}: deleted",
    ]
    assert [(record.region_name, record.snapshot_name) for record in records] == [(TARGET, gone), (TARGET, deleted)]
    assert records[1].operation_id == operation.id
    assert not hasattr(records[0], "operation_id")


# A job that copies and prunes


def test_a_fleet_of_twelve_servers_with_forty_days_of_copies_is_pruned() -> None:
    """Copies of another job with the same prefix, and snapshots made by hand, are as they were."""
    fake: FakeLightsail = FakeLightsail()
    fake.clock.advance(dt.timedelta(days=40))
    today = fake.clock.now().date()
    servers = [*(f"web-{number}" for number in range(1, 12)), "web-1-blog"]
    for name in servers:
        fake.add_instance(name, SOURCE)
        fake.add_auto_snapshot(name, SOURCE, today)
        for days in range(1, 40):
            made = fake.clock.now() - dt.timedelta(days=days)
            fake.add_manual_snapshot(f"{name}-{made.date()}", TARGET, created_at=made)
    jobs = [
        CopyJob(
            target_region=TARGET,
            request=AutoSnapshotCopy(
                source_region=SOURCE,
                source_resource_name=name,
                target_snapshot_name=f"{name}-{today}",
                use_latest_restorable_auto_snapshot=True,
            ),
        )
        for name in servers
    ]
    assert all(each.succeeded for each in copy_snapshots(jobs, clients=fake.client, clock=fake.clock))
    by_hand = {f"{name}-before-upgrade" for name in servers} | {"golden", f"web-1-{today}-golden", "web-1-2025"}
    for name in by_hand:
        fake.add_manual_snapshot(name, TARGET)
    client = fake.client(TARGET)
    policy = RetentionPolicy(keep_daily=7, keep_weekly=4, keep_monthly=6)
    before = set(fake.snapshot_names(TARGET))
    assert len(before) == 12 * 40 + len(by_hand)

    pruned = [name for name in servers if name != "web-1-blog"]
    snapshots = list_snapshots(client)
    plans = [
        plan_retention(snapshots, policy, target_snapshot_name=f"{name}-{{date}}", now=fake.clock.now())
        for name in pruned
    ]
    assert set(fake.snapshot_names(TARGET)) == before
    for name, plan in zip(pruned, plans, strict=True):
        assert {each.snapshot.name[: -len("-2026-01-01")] for each in plan} == {name}
        assert len(plan) == 40
    decisions = [each for plan in plans for each in plan]
    operations = delete_snapshots(client, decisions)
    after = set(fake.snapshot_names(TARGET))
    assert before - after == {each.snapshot.name for each in decisions if not each.keep} == set(names_of(operations))
    # Today is Tuesday, 2026-02-10: seven days, the Sundays of two more weeks, and the end of January.
    kept = {name.removeprefix("web-7-") for name in after if name.startswith("web-7-20")}
    assert kept == {
        *(f"2026-02-{day:02}" for day in range(4, 11)),
        *("2026-02-01", "2026-01-25", "2026-01-31"),
    }

    again = plan_retention(list_snapshots(client), policy, target_snapshot_name="web-1-{date}", now=fake.clock.now())
    assert delete_snapshots(client, again) == ()
    assert set(fake.snapshot_names(TARGET)) == after


def test_a_decision_made_by_hand_deletes_only_if_it_says_so(world: World) -> None:
    world.add_copies(count=1)
    (decision,) = world.plan()
    unclear: Any = None
    assert world.delete([attrs.evolve(decision, keep=unclear)]) == ()
    assert names_of(world.delete([attrs.evolve(decision, keep=False)])) == world.names(0)
