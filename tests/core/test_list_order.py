"""No result depends on the order of the service's lists: AWS's pages say one thing, and its recordings another."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st
from samples import ONE_ATTEMPT

from lightsail_copy import (
    AutoSnapshotCopy,
    CopyJob,
    ManualSnapshotCopy,
    copy_snapshot,
    copy_snapshots,
    get_auto_snapshots,
    list_snapshots,
    wait_for_operations,
)
from lightsail_copy.testing import FakeLightsail, faults
from lightsail_copy.testing.seed import sample

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from lightsail_copy.testing.fake import OperationName

SOURCE, TARGET = "us-east-1", "us-west-2"
# They keep nothing from one call for the next, so that all fakes share them.
CLIENTS: dict[str, Any] = {region: FakeLightsail().client(region, config=ONE_ATTEMPT) for region in (SOURCE, TARGET)}
LISTS: tuple[OperationName, ...] = (
    "GetAutoSnapshots",
    "GetDiskSnapshots",
    "GetInstanceSnapshots",
    "GetOperations",
    "GetOperationsForResource",
)
MONDAY = ManualSnapshotCopy(
    source_region=SOURCE, source_snapshot_name="web-1-monday", target_snapshot_name="web-1-monday"
)
LATEST = AutoSnapshotCopy(
    source_region=SOURCE,
    source_resource_name="db-1",
    target_snapshot_name="db-1",
    use_latest_restorable_auto_snapshot=True,
)


def reorder_lists(fake: FakeLightsail, reorder: Callable[[list[object]], object]) -> None:
    """Change the order of every list that a fake responds with."""

    def edit(response: dict[str, Any]) -> dict[str, Any]:
        for members in response.values():
            if isinstance(members, list):
                reorder(cast("list[object]", members))
        return response

    for operation in LISTS:
        fake.fail_next(operation, faults.edited_response(edit), times=200)


def story(reorder: Callable[[list[object]], object]) -> tuple[object, ...]:
    """Return what comes of copies under names with a history, one of which loses its response, in one account."""
    fake = FakeLightsail(seed=sample)
    for client in CLIENTS.values():
        fake.attach(client)
    client = CLIENTS[TARGET]
    for request in (MONDAY, MONDAY, LATEST):
        copy_snapshot(client, request)
        fake.clock.advance(timedelta(days=1))
        fake.remove(request.target_snapshot_name, TARGET)
        fake.clock.advance(timedelta(hours=1))
    reorder_lists(fake, reorder)
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
    lost = copy_snapshot(client, MONDAY, clock=fake.clock)
    again = copy_snapshot(client, MONDAY, if_exists="adopt", clock=fake.clock)
    (done,) = wait_for_operations(client, lost, clock=fake.clock)
    jobs = [CopyJob(target_region=TARGET, request=request) for request in (MONDAY, LATEST)]
    outcomes = copy_snapshots(jobs, clients=CLIENTS, clock=fake.clock)
    return (
        lost,
        again,
        done,
        [(outcome.succeeded, [each.id for each in outcome.operations]) for outcome in outcomes],
        get_auto_snapshots(CLIENTS[SOURCE], "web-1"),
        sorted(each.name for each in list_snapshots(client)),
    )


AS_RECORDED = story(lambda _: None)


@settings(max_examples=10)
@given(st.randoms(use_true_random=False))
def test_lists_in_any_order_lead_to_the_same_results(random: Random) -> None:
    assert story(random.shuffle) == AS_RECORDED


def test_lists_that_are_oldest_first_lead_to_the_same_results() -> None:
    assert story(list.reverse) == AS_RECORDED
