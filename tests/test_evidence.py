"""Whose copy holds a name: decided from operations and points in time, without any call."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from samples import operation_dict

from lightsail_copy import AutoSnapshotCopy, ManualSnapshotCopy, Operation
from lightsail_copy.evidence import Inquiry, begun

if TYPE_CHECKING:
    from collections.abc import Iterator

MANUAL = ManualSnapshotCopy(
    source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name="web-1-copy"
)
AUTOMATIC = AutoSnapshotCopy(
    source_region="us-east-1",
    source_resource_name="web-1",
    target_snapshot_name="web-1-copy",
    use_latest_restorable_auto_snapshot=True,
)
CALL = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
HTTP_DATE = "Thu, 01 Jan 2026 12:00:10 GMT"


@pytest.fixture
def machine_in_new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set the machine's zone to one that is not UTC, where the system has zones that can be set."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "America/New_York")
        _set_zone()
        yield
    _set_zone()


def _set_zone() -> None:
    if hasattr(time, "tzset"):
        time.tzset()


def operation(kind: str, seconds: float = 1, details: str | None = "", status: str = "Started") -> Operation:
    """Return an operation that began so many seconds after the call."""
    wire = operation_dict(
        id=f"{kind}-{seconds}",
        resourceName="web-1-copy",
        operationType=kind,
        createdAt=(CALL + timedelta(seconds=seconds)).timestamp(),
        status=status,
        isTerminal=status != "Started",
        operationDetails=details,
    )
    return Operation.from_dict(wire)


def copy(seconds: float = 1, details: str | None = "us-east-1:web-1-monday", status: str = "Started") -> Operation:
    """Return the operation of a copy."""
    return operation("CopySnapshot", seconds, details, status)


def inquiry(*newest_first: Operation, since: datetime | None = CALL) -> Inquiry:
    """Return what the service says, with the moment of the call."""
    return Inquiry(MANUAL, since, newest_first, "id")


def test_what_was_made_from_the_copy_under_another_name_does_not_hold_its_name() -> None:
    made = evolve(operation("CreateInstancesFromSnapshot", 60), resource_name="web-2")
    assert inquiry(made, copy()).standing_copy == copy()


@pytest.mark.parametrize("status", ["Started", "Succeeded", "Failed"])
def test_a_copy_of_the_same_source_begun_since_the_call_is_its_own(status: str) -> None:
    own = copy(status=status)
    assert inquiry(own).own_copy is own


def test_a_copy_of_the_latest_automatic_snapshot_is_told_by_its_resource() -> None:
    own = copy(details="us-east-1:web-1")
    assert Inquiry(AUTOMATIC, CALL, (own,), None).own_copy is own


def test_a_copy_begun_at_the_very_moment_is_the_calls_own() -> None:
    assert inquiry(copy(0)).own_copy is not None


def test_a_copy_begun_before_the_call_is_not_its_own_and_stands_all_the_same() -> None:
    earlier = copy(-0.001)
    assert inquiry(earlier).own_copy is None
    assert inquiry(earlier).standing_copy is earlier


@pytest.mark.parametrize(
    "details",
    [
        None,
        "",
        "us-east-1:web-1-tuesday",
        "us-west-2:web-1-monday",
        "us-east-1:web-1-monday-2",
        "web-1-monday",
        "US-EAST-1:web-1-monday",
        " us-east-1:web-1-monday",
    ],
)
def test_a_copy_whose_details_name_another_source_or_none_is_somebody_elses(details: str | None) -> None:
    found = inquiry(copy(details=details))
    assert found.own_copy is None
    assert found.standing_copy is None
    assert found.name_is_held


@pytest.mark.parametrize("kind", ["CreateInstanceSnapshot", "CreateDisk", "DeleteInstanceSnapshot", "CopySomething"])
def test_what_is_no_copy_is_not_ours_whatever_its_details(kind: str) -> None:
    found = inquiry(operation(kind, details="us-east-1:web-1-monday"))
    assert found.own_copy is None
    assert found.standing_copy is None


def test_a_failed_copy_does_not_stand() -> None:
    found = inquiry(copy(-3600, status="Failed"))
    assert found.standing_copy is None
    assert found.name_is_held
    assert str(found).endswith("A failed snapshot holds the name: delete it first.")


@pytest.mark.parametrize("kind", ["TagResource", "UntagResource", "GetAlarms", "ExportSnapshot", "UpdateBucket"])
def test_an_operation_that_neither_makes_nor_removes_says_nothing_of_the_holder(kind: str) -> None:
    own = copy()
    found = inquiry(operation(kind, 2), own)
    assert found.holder is own
    assert found.own_copy is own
    assert found.standing_copy is own


@pytest.mark.parametrize("kind", ["DeleteInstanceSnapshot", "DeleteDiskSnapshot", "DeleteSomethingNew"])
def test_a_copy_deleted_since_is_nobodys_and_the_name_is_not_held(kind: str) -> None:
    found = inquiry(operation(kind, 2), copy())
    assert found.own_copy is None
    assert found.standing_copy is None
    assert not found.name_is_held


def test_a_deletion_that_failed_has_deleted_nothing() -> None:
    own = copy()
    assert inquiry(operation("DeleteInstanceSnapshot", 2, status="Failed"), own).own_copy is own


def test_what_was_made_after_a_copy_was_deleted_is_not_that_copy() -> None:
    found = inquiry(operation("CreateInstanceSnapshot", 3), operation("DeleteInstanceSnapshot", 2), copy())
    assert found.own_copy is None
    assert found.standing_copy is None
    assert found.name_is_held


def test_without_the_moment_of_the_call_no_copy_is_its_own() -> None:
    assert inquiry(copy(), since=None).own_copy is None


@pytest.mark.parametrize("operations", [None, ()])
def test_where_nothing_is_told_nothing_is_held_by_anybody(operations: tuple[Operation, ...] | None) -> None:
    found = Inquiry(MANUAL, CALL, operations, obstacle="it rains")
    assert found.holder is None
    assert found.own_copy is None
    assert found.standing_copy is None
    assert not found.name_is_held


def test_the_sentence_says_what_was_found() -> None:
    assert str(Inquiry(MANUAL, obstacle="it rains")) == "The service could not be asked about 'web-1-copy': it rains."
    assert str(inquiry()) == "The service, asked about 'web-1-copy', can tell of no operation that made it."
    assert str(inquiry(copy())) == (
        "The service, asked about 'web-1-copy', names CopySnapshot of us-east-1:web-1-monday as what last acted on it"
        " (operation CopySnapshot-1, Started, begun 2026-01-01T12:00:01+00:00)."
    )
    assert "names CreateDisk of no stated source as" in str(inquiry(operation("CreateDisk", details=None)))
    assert "names CreateDisk of no stated source as" in str(inquiry(operation("CreateDisk")))


def test_the_call_began_so_long_before_the_services_date_with_allowance_for_its_hosts() -> None:
    assert begun({"date": HTTP_DATE}, 10, 0.0) == CALL - timedelta(seconds=5)


@pytest.mark.parametrize(
    "date",
    [
        "Thu, 01 Jan 2026 12:00:10 GMT",
        "Thu, 01 Jan 2026 12:00:10 -0000",
        "Thu, 01 Jan 2026 12:00:10",
        "Thu, 01 Jan 2026 07:00:10 -0500",
        "Thursday, 01-Jan-26 12:00:10 GMT",
        "Thu Jan  1 12:00:10 2026",
    ],
)
@pytest.mark.usefixtures("machine_in_new_york")
def test_the_services_date_is_read_in_every_form_of_http_whatever_the_machines_zone(date: str) -> None:
    assert begun({"date": date}, 10, 0.0) == CALL - timedelta(seconds=5)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Date": HTTP_DATE},
        {"date": ""},
        {"date": "yesterday"},
        {"date": "Thu, 99 Jan 2026 12:00:10 GMT"},
        {"date": "Thu, 01 Jan 2026 12:00:10 +99999999999999"},
        {"date": None},
        {"date": 5},
    ],
)
@pytest.mark.usefixtures("machine_in_new_york")
def test_without_a_date_the_machines_clock_stands_in_with_more_allowance(headers: dict[str, str]) -> None:
    assert begun(headers, 10, CALL.timestamp() + 10) == CALL - timedelta(minutes=5)


@given(st.text() | st.from_regex(r"\w{3}, \d{1,3} \w{3} \d{1,5} \d\d:\d\d:\d\d [+-]\d{4,6}"))
def test_any_date_at_all_gives_a_moment(date: str) -> None:
    assert begun({"date": date}, 10, 0.0).tzinfo is timezone.utc
