"""`get_snapshot`: whether a finished copy is usable, and how far an unfinished one has come."""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import datetime as dt
from typing import Any, Final

import pytest
from samples import new_session, response_fault

from lightsail_copy import (
    AccessDeniedError,
    InvalidRequestError,
    ManualSnapshotCopy,
    NotFoundError,
    RegionName,
    ResourceLocation,
    ResourceType,
    ServiceFaultError,
    Snapshot,
    SnapshotState,
    UnexpectedResponseError,
    Unrecognized,
    copy_snapshot,
    get_snapshot,
    wait_for_operations,
)
from lightsail_copy.testing import FakeLightsail, faults

INSTANCE: Final = "GetInstanceSnapshot"
DISK: Final = "GetDiskSnapshot"
START = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)


def copied(client: Any, source: str) -> Any:
    """Start a copy, and return its operations."""
    request = ManualSnapshotCopy(
        source_region="us-east-1", source_snapshot_name=source, target_snapshot_name="the-copy"
    )
    return copy_snapshot(client, request).operations


def edited(**members: object) -> faults.Fault:
    """Return the true response of GetInstanceSnapshot with members changed; None removes one."""

    def change(response: Any) -> object:
        snapshot = {**response["instanceSnapshot"], **members}
        return {"instanceSnapshot": {name: value for name, value in snapshot.items() if value is not None}}

    return faults.edited_response(change)


def test_a_snapshot_of_an_instance_is_read_whole(fake: FakeLightsail, source_client: Any) -> None:
    snapshot = get_snapshot(source_client, "web-1-monday")
    assert snapshot == Snapshot(
        name="web-1-monday",
        arn=snapshot.arn,
        resource_type=ResourceType.INSTANCE_SNAPSHOT,
        state=SnapshotState.AVAILABLE,
        created_at=START,
        location=ResourceLocation("all", RegionName.US_EAST_1),
        size_in_gb=40,
        origin="web-1",
        progress=None,
    )
    assert snapshot.arn.startswith("arn:aws:lightsail:us-east-1:")
    assert snapshot.usable
    assert [call.operation for call in fake.calls] == [INSTANCE]


def test_a_snapshot_of_a_disk_is_requested_where_there_is_none_of_an_instance(
    fake: FakeLightsail, source_client: Any
) -> None:
    snapshot = get_snapshot(source_client, "data-1-monday")
    assert snapshot.resource_type is ResourceType.DISK_SNAPSHOT
    assert snapshot.state is SnapshotState.COMPLETED
    assert (snapshot.origin, snapshot.size_in_gb, snapshot.progress) == ("data-1", 8, 100)
    assert snapshot.usable
    assert [(call.operation, *call.parameters.items()) for call in fake.calls] == [
        (INSTANCE, ("instanceSnapshotName", "data-1-monday")),
        (DISK, ("diskSnapshotName", "data-1-monday")),
    ]


@pytest.mark.parametrize(
    ("source", "state", "progress"),
    [
        ("web-1-monday", SnapshotState.AVAILABLE, [None, None, None]),
        ("data-1-monday", SnapshotState.COMPLETED, [0, 50, 100]),
    ],
)
def test_a_copy_is_pending_until_it_is_usable_and_a_disk_has_its_progress(
    fake: FakeLightsail, client: Any, source: str, state: SnapshotState, progress: list[int | None]
) -> None:
    operations = copied(client, source)
    seen = [get_snapshot(client, "the-copy")]
    fake.clock.advance(60)
    seen.append(get_snapshot(client, "the-copy"))
    wait_for_operations(client, operations, clock=fake.clock)
    seen.append(get_snapshot(client, "the-copy"))
    assert [each.state for each in seen] == [SnapshotState.PENDING, SnapshotState.PENDING, state]
    assert [each.usable for each in seen] == [False, False, True]
    assert [each.progress for each in seen] == progress
    assert {each.location.region_name for each in seen} == {RegionName.US_WEST_2}


@pytest.mark.parametrize("source", ["web-1-monday", "data-1-monday"])
def test_a_copy_that_failed_leaves_a_snapshot_in_the_state_error(fake: FakeLightsail, client: Any, source: str) -> None:
    fake.fail_next_copy("TargetFailure", "It broke.")
    copied(client, source)
    fake.clock.advance(600)
    snapshot = get_snapshot(client, "the-copy")
    assert snapshot.state is SnapshotState.ERROR
    assert not snapshot.usable


def test_what_is_of_neither_kind_is_not_found(fake: FakeLightsail, client: Any) -> None:
    with pytest.raises(NotFoundError) as caught:
        get_snapshot(client, "nothing-here")
    assert caught.value.operation_name == "GetDiskSnapshot"
    assert [call.operation for call in fake.calls] == [INSTANCE, DISK]
    with pytest.raises(client.exceptions.NotFoundException):
        get_snapshot(client, "nothing-here")


def test_any_other_rejection_ends_the_search(fake: FakeLightsail, source_client: Any) -> None:
    fake.fail_next(INSTANCE, faults.access_denied())
    with pytest.raises(AccessDeniedError):
        get_snapshot(source_client, "data-1-monday")
    fake.fail_next(DISK, faults.service_fault())
    with pytest.raises(ServiceFaultError):
        get_snapshot(source_client, "data-1-monday")
    assert [call.operation for call in fake.calls] == [INSTANCE, INSTANCE, DISK]


@pytest.mark.parametrize("name", ["", "a", "-web", "a b", None, 5, b"web-1", "x" * 256])
def test_a_bad_name_never_reaches_the_client(fake: FakeLightsail, client: Any, name: Any) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        get_snapshot(client, name)
    assert {problem.field for problem in caught.value.problems} == {"name"}
    assert not fake.calls


def test_what_the_service_leaves_out_is_none(fake: FakeLightsail, source_client: Any) -> None:
    fake.fail_next(INSTANCE, edited(sizeInGb=None, fromInstanceName=None))
    snapshot = get_snapshot(source_client, "web-1-monday")
    assert (snapshot.size_in_gb, snapshot.origin, snapshot.progress) == (None, None, None)


def test_an_unknown_state_is_kept_and_is_not_usable(fake: FakeLightsail, source_client: Any) -> None:
    fake.fail_next(INSTANCE, edited(state="thawing"))
    snapshot = get_snapshot(source_client, "web-1-monday")
    assert isinstance(snapshot.state, Unrecognized)
    assert snapshot.state == "thawing"
    assert not snapshot.usable


@pytest.mark.parametrize("member", ["name", "createdAt"])
def test_a_required_member_that_is_not_there_is_named_by_its_path(
    fake: FakeLightsail, source_client: Any, member: str
) -> None:
    fake.fail_next(INSTANCE, edited(**{member: None}))
    with pytest.raises(UnexpectedResponseError) as caught:
        get_snapshot(source_client, "web-1-monday")
    assert caught.value.path == f"instanceSnapshot.{member}"


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{}", b"hello", b'{"instanceSnapshot": 5}', b'{"diskSnapshot": {}}']
)
def test_a_response_that_is_not_understood_ends_in_our_own_error(
    fake: FakeLightsail, source_client: Any, body: bytes
) -> None:
    fake.fail_next(INSTANCE, response_fault(body))
    with pytest.raises(UnexpectedResponseError):
        get_snapshot(source_client, "web-1-monday")


def test_what_is_not_a_client_is_a_type_error(fake: FakeLightsail) -> None:
    with pytest.raises(TypeError, match="must be a Lightsail client"):
        get_snapshot(object(), "web-1-monday")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # the test's point
    with pytest.raises(TypeError, match="must be a Lightsail client"):
        get_snapshot(new_session().client("sts", region_name="us-east-1"), "web-1-monday")
