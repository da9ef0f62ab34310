"""A plan says what a copy would do, and asks for it by reads alone."""

from __future__ import annotations

import datetime as dt
import json
import pickle
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import MagicMock

import attrs
import pytest
from samples import response_fault

from lightsail_copy import (
    AccessDeniedError,
    AutoSnapshotCopy,
    InvalidRequestError,
    ManualSnapshotCopy,
    RegionName,
    SnapshotCopyRequest,
    copy_snapshot,
    plan_copy,
)
from lightsail_copy.testing import faults

if TYPE_CHECKING:
    from botocore.client import BaseClient

    from lightsail_copy.testing import FakeLightsail


def manual(**changes: str) -> ManualSnapshotCopy:
    arguments: dict[str, Any] = {
        "source_region": "us-east-1",
        "source_snapshot_name": "web-1-monday",
        "target_snapshot_name": "web-1-copy",
    }
    return ManualSnapshotCopy(**arguments | changes)


def automatic(resource: str = "web-1", *, day: str | None = None) -> AutoSnapshotCopy:
    arguments: dict[str, Any] = {"use_latest_restorable_auto_snapshot": True} if day is None else {"restore_date": day}
    return AutoSnapshotCopy(
        source_region="us-east-1", source_resource_name=resource, target_snapshot_name="web-1-copy", **arguments
    )


@pytest.mark.parametrize(
    ("request_", "size_in_gb", "day"),
    [
        (manual(), 40, None),
        (manual(source_snapshot_name="data-1-monday"), 8, None),
        (automatic(), 40, dt.date(2025, 12, 31)),
        (automatic(day="2025-12-29"), 40, dt.date(2025, 12, 29)),
        (automatic("data-1"), 8, dt.date(2025, 12, 31)),
    ],
)
def test_a_plan_has_the_size_the_date_and_the_region_of_what_can_be_copied(
    source_client: BaseClient, client: BaseClient, request_: SnapshotCopyRequest, size_in_gb: int, day: dt.date | None
) -> None:
    plan = plan_copy(source_client, client, request_)
    assert (plan.size_in_gb, plan.restore_date, plan.target_region) == (size_in_gb, day, RegionName.US_WEST_2)
    assert plan.possible
    assert plan.request == request_
    assert copy_snapshot(client, request_).operations
    assert pickle.loads(pickle.dumps(plan)) == plan  # noqa: S301 - what this test has just pickled


def test_a_plan_adds_the_disks_that_were_attached_to_the_instance(fake: FakeLightsail, client: BaseClient) -> None:
    fake.add_instance("web-2", "us-east-1", size_in_gb=20, attached_disks=["data-1"])
    fake.add_auto_snapshot("web-2", "us-east-1", "2025-12-31")
    assert plan_copy(fake.client("us-east-1"), client, automatic("web-2")).size_in_gb == 28


def test_a_plan_changes_nothing(fake: FakeLightsail, source_client: BaseClient, client: BaseClient) -> None:
    for request in (manual(), automatic(), manual(source_snapshot_name="no-such")):
        plan_copy(source_client, client, request)
    assert all(call.operation.startswith("Get") for call in fake.calls)
    assert fake.snapshot_names("us-west-2") == ()


@pytest.mark.measured
@pytest.mark.parametrize(
    ("request_", "field", "words"),
    [
        (
            manual(source_snapshot_name="no-such"),
            "source_snapshot_name",
            "does not exist: us-east-1 has no manual snapshot with this name",
        ),
        (
            automatic("no-such"),
            "source_resource_name",
            "does not exist: us-east-1 has no instance or disk with this name",
        ),
        (automatic(day="2025-12-01"), "restore_date", "2025-12-31, 2025-12-30, 2025-12-29"),
    ],
)
def test_a_source_that_is_not_there_is_a_problem(
    source_client: BaseClient, client: BaseClient, request_: SnapshotCopyRequest, field: str, words: str
) -> None:
    plan = plan_copy(source_client, client, request_)
    assert not plan.possible
    assert [problem.field for problem in plan.problems] == [field]
    assert words in str(plan.problems[0])


def test_an_unfinished_snapshot_is_a_problem(fake: FakeLightsail, client: BaseClient) -> None:
    fake.add_manual_snapshot("web-1-now", "us-east-1", source="web-1", state="pending")
    plan = plan_copy(fake.client("us-east-1"), client, manual(source_snapshot_name="web-1-now"))
    assert "pending" in str(plan.problems[0])
    assert plan.size_in_gb == 40


def test_a_resource_without_a_finished_automatic_snapshot_is_a_problem(fake: FakeLightsail, client: BaseClient) -> None:
    fake.add_disk("data-2", "us-east-1")
    fake.add_auto_snapshot("data-2", "us-east-1", "2025-12-31", status="InProgress")
    plan = plan_copy(fake.client("us-east-1"), client, automatic("data-2"))
    assert plan.restore_date is None
    assert plan.problems[0].field == "source_resource_name"
    assert "Turn automatic snapshots on" in plan.problems[0].remedy


def test_an_automatic_snapshot_of_an_unknown_status_is_not_finished(fake: FakeLightsail, client: BaseClient) -> None:
    listed = {"date": "2026-01-01", "createdAt": 1767225600, "status": "Uploading"}
    fake.fail_next("GetAutoSnapshots", response_fault({"autoSnapshots": [listed]}))
    plan = plan_copy(fake.client("us-east-1"), client, automatic())
    assert (plan.restore_date, len(plan.problems)) == (None, 1)


@pytest.mark.parametrize("kind", ["an instance", "a disk", "a snapshot of an instance", "a snapshot of a disk"])
def test_a_name_that_is_taken_is_a_problem(fake: FakeLightsail, client: BaseClient, kind: str) -> None:
    match kind:
        case "an instance":
            fake.add_instance("web-1-copy", "us-west-2")
        case "a disk":
            fake.add_disk("web-1-copy", "us-west-2")
        case _:
            of_disk = kind.endswith("disk")
            kind_of_snapshot = "DiskSnapshot" if of_disk else "InstanceSnapshot"
            fake.add_manual_snapshot("web-1-copy", "us-west-2", resource_type=kind_of_snapshot)
    plan = plan_copy(fake.client("us-east-1"), client, manual())
    assert [problem.rule for problem in plan.problems] == [
        f"is already in use: the target Region has {kind} with this name"
    ]


def test_every_problem_comes_at_once(fake: FakeLightsail, client: BaseClient) -> None:
    fake.add_disk("web-1-copy", "us-west-2")
    plan = plan_copy(fake.client("us-east-1"), client, manual(source_snapshot_name="no-such"))
    assert [problem.field for problem in plan.problems] == ["source_snapshot_name", "target_snapshot_name"]


def test_a_source_client_of_another_region_is_rejected_before_any_call(fake: FakeLightsail, client: BaseClient) -> None:
    with pytest.raises(InvalidRequestError, match="'us-west-2' must be a client of the source Region, 'us-east-1'"):
        plan_copy(client, client, manual())
    assert fake.calls == ()


def test_a_rejected_read_is_the_services_own_error(
    fake: FakeLightsail, source_client: BaseClient, client: BaseClient
) -> None:
    fake.fail_next("GetInstanceSnapshot", faults.access_denied())
    with pytest.raises(AccessDeniedError):
        plan_copy(source_client, client, manual())


def test_what_is_not_a_request_is_rejected(source_client: BaseClient, client: BaseClient) -> None:
    with pytest.raises(TypeError, match="must be a ManualSnapshotCopy or an AutoSnapshotCopy"):
        plan_copy(source_client, client, cast("Any", {"targetSnapshotName": "x"}))


def test_a_mock_with_any_attribute_has_no_region(source_client: BaseClient) -> None:
    assert plan_copy(source_client, MagicMock(), manual()).target_region is None


def test_a_target_client_without_a_region_leaves_it_open(fake: FakeLightsail, source_client: BaseClient) -> None:
    class Double:
        def __getattr__(self, method: str) -> Any:  # noqa: ANN401 - a method of boto3's
            if method == "meta":
                raise AttributeError(method)
            return getattr(fake.client("us-west-2"), method)

    double: Any = Double()
    assert plan_copy(source_client, double, manual()).target_region is None


def test_a_plan_goes_to_json(fake: FakeLightsail, source_client: BaseClient, client: BaseClient) -> None:
    plan = plan_copy(source_client, client, automatic(day="2025-12-30"))
    assert json.loads(json.dumps(plan.to_dict())) == {
        "request": plan.request.to_dict(),
        "targetRegion": "us-west-2",
        "sizeInGb": plan.size_in_gb,
        "restoreDate": "2025-12-30",
        "problems": [],
    }
    bare = attrs.evolve(plan, target_region=None, size_in_gb=None, restore_date=None)
    assert {**bare.to_dict()} == {"request": plan.request.to_dict(), "problems": []}


def test_a_plan_names_the_copy_that_would_be_adopted(
    fake: FakeLightsail, source_client: BaseClient, client: BaseClient
) -> None:
    request = manual()
    (started,) = copy_snapshot(client, request).operations
    plan = plan_copy(source_client, client, request, if_exists="adopt")
    assert plan.possible
    assert plan.adopts == started
    assert plan.to_dict().get("adopts") == started.to_dict()
    refused = plan_copy(source_client, client, request)
    assert refused.adopts is None
    assert "adopt it if it is this copy (if_exists='adopt')" in refused.problems[0].remedy


def test_a_plan_to_adopt_what_is_another_copy_has_a_problem(
    fake: FakeLightsail, source_client: BaseClient, client: BaseClient
) -> None:
    copy_snapshot(client, manual(source_snapshot_name="data-1-monday"))
    plan = plan_copy(source_client, client, manual(), if_exists="adopt")
    assert not plan.possible
    assert plan.problems[0].remedy == "Choose another name."


def test_a_lookup_that_fails_is_the_error_of_a_plan_to_adopt(
    fake: FakeLightsail, source_client: BaseClient, client: BaseClient
) -> None:
    fake.fail_next("GetOperationsForResource", faults.access_denied())
    with pytest.raises(AccessDeniedError, match="lightsail:GetOperationsForResource"):
        plan_copy(source_client, client, manual(), if_exists="adopt")
