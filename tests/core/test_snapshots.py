"""Snapshots as values: the automatic ones of a source, newest first, and a manual one as a copy becomes one."""

# ruff: noqa: ANN401 - what is handed over on purpose is of any type, and so are boto3's clients
from __future__ import annotations

import json
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from attrs.exceptions import FrozenInstanceError
from samples import response_fault, sample, sample_bytes, travelled

from lightsail_copy import (
    AttachedDisk,
    AutoSnapshot,
    AutoSnapshotStatus,
    InvalidRequestError,
    NotFoundError,
    RegionName,
    ResourceLocation,
    ResourceType,
    Snapshot,
    SnapshotState,
    UnexpectedResponseError,
    Unrecognized,
    get_auto_snapshots,
    get_snapshot,
)

if TYPE_CHECKING:
    from lightsail_copy.testing import FakeLightsail

NEWEST_FIRST = (
    AutoSnapshot(
        date=date(2025, 11, 24),
        created_at=datetime(2025, 11, 24, 6, tzinfo=timezone.utc),
        status=AutoSnapshotStatus.IN_PROGRESS,
    ),
    AutoSnapshot(
        date=date(2025, 11, 23),
        created_at=datetime(2025, 11, 23, 6, tzinfo=timezone.utc),
        status=AutoSnapshotStatus.SUCCESS,
        from_attached_disks=(AttachedDisk("/dev/xvdf", 32), AttachedDisk("/dev/xvdg", 8)),
    ),
    AutoSnapshot(
        date=date(2025, 11, 22),
        created_at=datetime(2025, 11, 22, 6, tzinfo=timezone.utc),
        status=AutoSnapshotStatus.SUCCESS,
    ),
)


OF_DISK = Snapshot(
    name="data-1-copy",
    arn="arn:aws:lightsail:eu-west-3:123456789012:DiskSnapshot/5e6f7a8b-2222-4333-8444-555566667777",
    resource_type=ResourceType.DISK_SNAPSHOT,
    state=SnapshotState.PENDING,
    created_at=datetime(2025, 11, 24, 16, tzinfo=timezone.utc),
    location=ResourceLocation("all", RegionName.EU_WEST_3),
    size_in_gb=8,
    origin="data-1",
    progress=37,
)


def snapshot_dict(**changes: object) -> dict[str, Any]:
    """Return the wire form of an automatic snapshot that has all members, after changes."""
    return {**sample("get_auto_snapshots")["autoSnapshots"][0], **changes}


def test_all_fields_are_read_and_the_newest_comes_first(fake: FakeLightsail, source_client: Any) -> None:
    fake.fail_next("GetAutoSnapshots", response_fault(sample_bytes("get_auto_snapshots")))
    assert get_auto_snapshots(source_client, "web-1") == NEWEST_FIRST


@pytest.mark.parametrize("name", ["web-1", "data-1"])
def test_the_source_region_lists_the_snapshots_of_an_instance_or_a_disk(
    fake: FakeLightsail, source_client: Any, name: str
) -> None:
    days = [snapshot.date.day for snapshot in get_auto_snapshots(source_client, name)]
    assert days == [31, 30, 29]
    (call,) = fake.calls
    assert (call.operation, call.region, call.parameters) == ("GetAutoSnapshots", "us-east-1", {"resourceName": name})


def test_of_two_snapshots_of_one_day_the_later_comes_first(fake: FakeLightsail, source_client: Any) -> None:
    twins = [snapshot_dict(createdAt=timestamp) for timestamp in (1763877600, 1763877700, 1763877500)]
    fake.fail_next("GetAutoSnapshots", response_fault({"autoSnapshots": twins}))
    listed = get_auto_snapshots(source_client, "web-1")
    seconds = [snapshot.created_at.timestamp() for snapshot in listed if snapshot.created_at is not None]
    assert seconds == [1763877700, 1763877600, 1763877500]


def test_a_resource_without_automatic_snapshots_has_none(fake: FakeLightsail, source_client: Any) -> None:
    fake.add_instance("web-2", "us-east-1")
    assert get_auto_snapshots(source_client, "web-2") == ()


def test_the_target_region_does_not_know_the_resource(client: Any) -> None:
    with pytest.raises(NotFoundError):
        get_auto_snapshots(client, "web-1")


@pytest.mark.parametrize("name", ["", "a", "web-1\n", "web 1", "ｗｅｂ", "w" * 256, None, b"web-1", 7])  # noqa: RUF001 - full-width letters
def test_a_bad_resource_name_never_reaches_the_client(fake: FakeLightsail, source_client: Any, name: Any) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        get_auto_snapshots(source_client, name)
    assert {problem.field for problem in caught.value.problems} == {"resource_name"}
    assert fake.calls == ()


def test_an_unknown_status_is_kept() -> None:
    snapshot = AutoSnapshot.from_dict(snapshot_dict(status="Pondering"))
    assert type(snapshot.status) is Unrecognized
    assert snapshot.status == "Pondering"


@pytest.mark.parametrize("disks", [None, []])
def test_no_disks_are_not_disks_in_every_form(disks: object) -> None:
    assert AutoSnapshot.from_dict(snapshot_dict(fromAttachedDisks=disks)).from_attached_disks == ()
    wire = snapshot_dict()
    del wire["fromAttachedDisks"]
    assert AutoSnapshot.from_dict(wire).from_attached_disks == ()


@pytest.mark.parametrize("snapshot", NEWEST_FIRST, ids=lambda snapshot: str(snapshot.date))
def test_the_way_to_json_and_back_is_exact(snapshot: AutoSnapshot) -> None:
    assert AutoSnapshot.from_dict(json.loads(json.dumps(snapshot.to_dict()))) == snapshot


@pytest.mark.parametrize(
    ("wire", "path"),
    [
        ({}, "date"),
        (snapshot_dict(date=None), "date"),
        (snapshot_dict(date="2025-02-30"), "date"),
        (snapshot_dict(date="20251123"), "date"),
        (snapshot_dict(date=1763877600), "date"),
        (snapshot_dict(createdAt="soon"), "createdAt"),
        (snapshot_dict(status=7), "status"),
        (snapshot_dict(fromAttachedDisks={}), "fromAttachedDisks"),
        (snapshot_dict(fromAttachedDisks="/dev/xvdf"), "fromAttachedDisks"),
        (snapshot_dict(fromAttachedDisks=["/dev/xvdf"]), "fromAttachedDisks.0"),
        (snapshot_dict(fromAttachedDisks=[{"path": 8}]), "fromAttachedDisks.0.path"),
        (snapshot_dict(fromAttachedDisks=[{"path": "/dev/xvdf", "sizeInGb": 8.5}]), "fromAttachedDisks.0.sizeInGb"),
        (snapshot_dict(fromAttachedDisks=[{"path": "/dev/xvdf", "sizeInGb": True}]), "fromAttachedDisks.0.sizeInGb"),
    ],
    ids=lambda value: str(value)[-40:],
)
def test_a_fault_is_named_by_its_dotted_path(wire: dict[str, Any], path: str) -> None:
    with pytest.raises(UnexpectedResponseError) as caught:
        AutoSnapshot.from_dict(wire)
    assert caught.value.path == path
    assert caught.value.response is wire


@pytest.mark.parametrize("member", ["createdAt", "status", "fromAttachedDisks"])
def test_an_automatic_snapshot_needs_no_member_but_its_date(
    fake: FakeLightsail, source_client: Any, member: str
) -> None:
    wire = sample("get_auto_snapshots")
    wire["autoSnapshots"][1].pop(member, None)
    fake.fail_next("GetAutoSnapshots", response_fault(wire))
    sparse = get_auto_snapshots(source_client, "web-1")
    assert [each.date for each in sparse] == [each.date for each in NEWEST_FIRST]
    changes: dict[str, tuple[str, Any]] = {
        "createdAt": ("created_at", None),
        "status": ("status", Unrecognized("")),
        "fromAttachedDisks": ("from_attached_disks", ()),
    }
    name, value = changes[member]
    date = wire["autoSnapshots"][1]["date"]
    assert sparse == tuple(
        attrs.evolve(each, **{name: value}) if str(each.date) == date else each for each in NEWEST_FIRST
    )
    for each in sparse:
        assert AutoSnapshot.from_dict(json.loads(json.dumps(each.to_dict()))) == each


def test_an_automatic_snapshot_without_a_date_does_not_hide_the_others(fake: FakeLightsail, source_client: Any) -> None:
    wire = sample("get_auto_snapshots")
    date = wire["autoSnapshots"][0].pop("date")
    fake.fail_next("GetAutoSnapshots", response_fault(wire))
    others = get_auto_snapshots(source_client, "web-1")
    assert others == tuple(each for each in NEWEST_FIRST if str(each.date) != date)
    assert len(others) == len(NEWEST_FIRST) - 1


@pytest.mark.parametrize(("member", "value"), [("date", "2025-02-30"), ("date", 20251123), ("status", 7)])
def test_an_automatic_snapshot_that_cannot_be_parsed_is_not_taken_for_none(
    fake: FakeLightsail, source_client: Any, member: str, value: object
) -> None:
    wire = sample("get_auto_snapshots")
    wire["autoSnapshots"][1][member] = value
    fake.fail_next("GetAutoSnapshots", response_fault(wire))
    with pytest.raises(UnexpectedResponseError) as caught:
        get_auto_snapshots(source_client, "web-1")
    assert caught.value.path == f"autoSnapshots.1.{member}"


@pytest.mark.parametrize("body", [b"", b"null", b"{}", b'"text"', b'{"autoSnapshots": null}', b"Please sign in."])
def test_a_response_without_a_list_of_snapshots_is_not_taken_for_none(
    fake: FakeLightsail, source_client: Any, body: bytes
) -> None:
    fake.fail_next("GetAutoSnapshots", response_fault(body))
    with pytest.raises(UnexpectedResponseError):
        get_auto_snapshots(source_client, "web-1")


@pytest.mark.parametrize(
    "value", [NEWEST_FIRST[1], AttachedDisk("/dev/xvdf", 8)], ids=lambda value: type(value).__name__
)
def test_snapshots_are_frozen_slotted_equal_hashable_and_arrive_as_they_were_sent(value: Any) -> None:
    name = value.__attrs_attrs__[0].name
    with pytest.raises(FrozenInstanceError):
        setattr(value, name, None)
    assert not hasattr(value, "__dict__")
    for sent in [attrs.evolve(value), *travelled(value)]:
        assert sent == value
        assert {sent: 1}[value] == 1
    assert attrs.evolve(value, **{name: "other"}) != value


# Manual snapshots


@pytest.mark.parametrize(
    ("name", "resource_type", "state", "origin", "progress"),
    [
        ("web-1-monday", ResourceType.INSTANCE_SNAPSHOT, SnapshotState.AVAILABLE, "web-1", None),
        ("data-1-monday", ResourceType.DISK_SNAPSHOT, SnapshotState.COMPLETED, "data-1", 100),
    ],
)
def test_a_snapshot_of_either_kind_is_looked_up_by_its_name(
    source_client: Any, name: str, resource_type: ResourceType, state: SnapshotState, origin: str, progress: int | None
) -> None:
    snapshot = get_snapshot(source_client, name)
    assert (snapshot.name, snapshot.resource_type, snapshot.state) == (name, resource_type, state)
    assert (snapshot.origin, snapshot.progress, snapshot.usable) == (origin, progress, True)
    assert snapshot.created_at == datetime(2026, 1, 1, tzinfo=timezone.utc)
    assert snapshot.location.region_name is RegionName.US_EAST_1
    assert snapshot.arn.startswith("arn:aws:lightsail:us-east-1:")
    assert snapshot.size_in_gb in {8, 40}


def test_a_snapshot_that_is_not_there_is_not_found_after_both_kinds_were_requested(
    fake: FakeLightsail, client: Any
) -> None:
    with pytest.raises(NotFoundError):
        get_snapshot(client, "web-1-monday")
    assert [call.operation for call in fake.calls] == ["GetInstanceSnapshot", "GetDiskSnapshot"]


def test_a_bad_snapshot_name_never_reaches_the_client(fake: FakeLightsail, source_client: Any) -> None:
    with pytest.raises(InvalidRequestError, match="name: 'web 1'"):
        get_snapshot(source_client, "web 1")
    assert fake.calls == ()


@pytest.mark.parametrize(
    ("state", "usable"),
    [
        ("pending", False),
        ("available", True),
        ("completed", True),
        ("error", False),
        ("unknown", False),
        ("new", False),
    ],
)
def test_a_snapshot_is_usable_once_it_is_whole(state: str, *, usable: bool) -> None:
    assert Snapshot.from_dict({**OF_DISK.to_dict(), "state": state}).usable is usable


@pytest.mark.parametrize(
    ("progress", "percent"), [("37%", 37), ("100%", 100), ("5", 5), ("1000%", None), ("soon", None), ("", None)]
)
def test_progress_is_parsed_from_the_text_that_the_service_sends(progress: str, percent: int | None) -> None:
    assert Snapshot.from_dict({**OF_DISK.to_dict(), "progress": progress}).progress == percent


@pytest.mark.parametrize(
    "snapshot",
    [
        OF_DISK,
        attrs.evolve(OF_DISK, resource_type=ResourceType.INSTANCE_SNAPSHOT, progress=None),
        attrs.evolve(OF_DISK, size_in_gb=None, origin=None, progress=None, state=Unrecognized("new")),
    ],
    ids=["disk", "instance", "bare"],
)
def test_a_manual_snapshot_goes_to_json_and_back(snapshot: Snapshot) -> None:
    assert Snapshot.from_dict(json.loads(json.dumps(snapshot.to_dict()))) == snapshot
    assert all(sent == snapshot for sent in travelled(snapshot))


@pytest.mark.measured
@pytest.mark.parametrize(
    "key", ["name", "arn", "resourceType", "state", "createdAt", "location", "sizeInGb", "fromDiskName", "progress"]
)
def test_a_fault_of_a_manual_snapshot_is_named_by_its_path(key: str) -> None:
    with pytest.raises(UnexpectedResponseError) as caught:
        Snapshot.from_dict({**OF_DISK.to_dict(), key: ["a"]})
    assert caught.value.path == key


def test_the_name_of_the_instance_of_a_snapshot_is_text() -> None:
    of_instance = attrs.evolve(OF_DISK, resource_type=ResourceType.INSTANCE_SNAPSHOT)
    with pytest.raises(UnexpectedResponseError) as caught:
        Snapshot.from_dict({**of_instance.to_dict(), "fromInstanceName": 5})
    assert caught.value.path == "fromInstanceName"


@pytest.mark.parametrize(
    ("kind", "key"),
    [("DiskSnapshot", "fromDiskName"), ("InstanceSnapshot", "fromInstanceName"), ("New", "fromInstanceName")],
)
def test_the_origin_has_the_wire_name_of_its_kind(kind: str, key: str) -> None:
    wire = {**OF_DISK.to_dict(), "resourceType": kind}
    written = Snapshot.from_dict(wire).to_dict()
    assert {name for name in written if name.startswith("from")} == {key}
