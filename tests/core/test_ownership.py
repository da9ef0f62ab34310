"""Whose copy uses a name: decided from operations and timestamps, without any call."""

# ruff: noqa: ANN401 - the fields of an operation are of several types

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import operation_dict

from lightsail_copy import AutoSnapshotCopy, ManualSnapshotCopy, Operation
from lightsail_copy.flows.ownership import CallStart, Finding, Verdict, call_start, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lightsail_copy import SnapshotCopyRequest

NAME = "web-1-copy"
MANUAL = ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name=NAME)
AUTOMATIC = AutoSnapshotCopy(
    source_region="us-east-1",
    source_resource_name="web-1",
    target_snapshot_name=NAME,
    use_latest_restorable_auto_snapshot=True,
)
CALL = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
EXACT = CallStart(CALL, is_exact=True)
INEXACT = CallStart(CALL, is_exact=False)
HTTP_DATE = "Thu, 01 Jan 2026 12:00:10 GMT"


def operation(kind: str, seconds: float = 1, details: str | None = None, **changes: Any) -> Operation:
    """Return an operation of the target name that started so many seconds after the call."""
    resource = kind.removeprefix("Create").removeprefix("Delete")
    wire = operation_dict(
        id=f"{kind}-{seconds}",
        resourceName=NAME,
        resourceType="InstanceSnapshot" if kind == "CopySnapshot" else resource,
        operationType=kind,
        createdAt=CALL + timedelta(seconds=seconds),
        status="Started",
        isTerminal=False,
        operationDetails=details,
    )
    return Operation.from_dict({**wire, **changes})


def copy(seconds: float = 1, details: str | None = "us-east-1:web-1-monday", **changes: Any) -> Operation:
    """Return the operation of a copy."""
    return operation("CopySnapshot", seconds, details, **changes)


def deletion(seconds: float, **changes: Any) -> Operation:
    """Return the operation of a deletion of the snapshot."""
    return operation("DeleteInstanceSnapshot", seconds, **changes)


def found(*operations: Operation, request: SnapshotCopyRequest = MANUAL, start: CallStart = EXACT) -> Finding:
    """Return the finding of operations, which is the same in either order."""
    finding = judge(request, operations, start)
    assert judge(request, operations[::-1], start) == finding
    return finding


@pytest.mark.parametrize("status", ["Started", "Succeeded", "Failed"])
def test_a_copy_of_the_same_source_since_the_call_is_its_own(status: str) -> None:
    own = copy(status=status)
    finding = found(own)
    assert finding == Finding(Verdict.OWN, own, is_same_source=True, was_removed=False)
    assert finding.adoptable(adopt=False) is own


def test_a_copy_of_the_latest_automatic_snapshot_is_recognized_by_its_resource() -> None:
    assert found(copy(details="us-east-1:web-1"), request=AUTOMATIC).verdict is Verdict.OWN


def test_a_copy_at_the_very_start_of_the_call_is_its_own() -> None:
    assert found(copy(0, details="us-east-1:web-1"), request=AUTOMATIC).verdict is Verdict.OWN


@pytest.mark.parametrize(("seconds", "verdict"), [(-5, Verdict.OWN), (-5.001, Verdict.EARLIER)])
def test_a_manual_copy_has_the_allowance_of_the_services_clock(seconds: float, verdict: Verdict) -> None:
    assert found(copy(seconds)).verdict is verdict


@pytest.mark.parametrize(("seconds", "verdict"), [(-300, Verdict.OWN), (-300.001, Verdict.EARLIER)])
def test_a_manual_copy_has_more_allowance_by_the_machines_clock(seconds: float, verdict: Verdict) -> None:
    assert found(copy(seconds), start=INEXACT).verdict is verdict


@pytest.mark.parametrize(("seconds", "verdict"), [(-0.001, Verdict.DOUBT), (-5, Verdict.DOUBT), (-6, Verdict.EARLIER)])
def test_an_automatic_copy_before_the_call_may_be_of_another_date(seconds: float, verdict: Verdict) -> None:
    assert found(copy(seconds, "us-east-1:web-1"), request=AUTOMATIC).verdict is verdict


def test_an_automatic_copy_is_not_known_for_its_own_without_the_services_clock() -> None:
    assert found(copy(1, "us-east-1:web-1"), request=AUTOMATIC, start=INEXACT).verdict is Verdict.DOUBT


def test_an_earlier_copy_of_the_same_source_is_returned_only_to_adopt() -> None:
    earlier = copy(-3600)
    finding = found(earlier)
    assert finding.verdict is Verdict.EARLIER
    assert finding.adoptable(adopt=False) is None
    assert finding.adoptable(adopt=True) is earlier


def test_an_earlier_copy_that_failed_is_not_adopted() -> None:
    assert found(copy(-3600, status="Failed")).adoptable(adopt=True) is None


@pytest.mark.parametrize("details", ["us-east-1:web-1-tuesday", "us-west-2:web-1-monday", "us-east-1:web-1-monday-2"])
def test_a_copy_of_another_source_is_anothers(details: str) -> None:
    finding = found(copy(details=details))
    assert finding.verdict is Verdict.OTHER
    assert finding.adoptable(adopt=True) is None


@pytest.mark.parametrize("details", ["US-EAST-1:web-1-monday", "us-east-1:WEB-1-Monday", " us-east-1:web-1-monday "])
def test_the_source_is_compared_without_regard_to_case_and_white_space(details: str) -> None:
    assert found(copy(details=details)).verdict is Verdict.OWN


def test_the_type_of_a_copy_is_compared_without_regard_to_case() -> None:
    assert found(copy(operationType="copySnapshot")).verdict is Verdict.OWN


@pytest.mark.parametrize(
    "details", [None, "", " ", "web-1-monday", "arn:aws:lightsail:us-east-1:123456789012:InstanceSnapshot/0a1b"]
)
@pytest.mark.parametrize(("seconds", "verdict"), [(1, Verdict.DOUBT), (-3600, Verdict.OTHER)])
def test_a_copy_that_does_not_name_its_source_is_in_doubt_since_the_call(
    details: str | None, seconds: float, verdict: Verdict
) -> None:
    finding = found(copy(seconds, details))
    assert finding.verdict is verdict
    assert finding.adoptable(adopt=True) is None


@pytest.mark.parametrize("kind", ["CreateInstanceSnapshot", "CreateDisk", "AllocateStaticIp", "ImportKeyPair"])
def test_another_type_of_resource_is_never_the_calls_own_with_any_details(kind: str) -> None:
    finding = found(operation(kind, details="us-east-1:web-1-monday"))
    assert finding.verdict is Verdict.OTHER
    assert finding.adoptable(adopt=True) is None


@pytest.mark.parametrize("kind", ["TagResource", "GetAlarms", "ExportSnapshot", "UpdateBucket", "RebootInstance"])
def test_an_operation_that_neither_makes_nor_removes_is_ignored(kind: str) -> None:
    assert found(operation(kind, 2), copy()).verdict is Verdict.OWN


def test_an_operation_of_another_name_is_ignored() -> None:
    assert found(copy(resourceName="web-1-copy-2")).verdict is Verdict.FREE
    assert found(copy(), deletion(60, resourceName="other")).verdict is Verdict.OWN


@pytest.mark.parametrize(
    ("kind", "resource"),
    [
        ("CreateInstancesFromSnapshot", "InstanceSnapshot"),
        ("CreateDiskFromSnapshot", "DiskSnapshot"),
        ("CreateCloudFormationStack", "CloudFormationStackRecord"),
        ("CreateExport", "ExportSnapshotRecord"),
    ],
)
def test_what_is_made_from_the_snapshot_does_not_use_its_name(kind: str, resource: str) -> None:
    assert found(operation(kind, 60, resourceType=resource), copy()).verdict is Verdict.OWN


def test_a_copy_that_was_deleted_later_leaves_the_name_free() -> None:
    finding = found(copy(), deletion(2))
    assert finding == Finding(Verdict.FREE, was_removed=True)
    assert finding.adoptable(adopt=True) is None


def test_a_deletion_that_failed_removed_nothing() -> None:
    assert found(copy(), deletion(2, status="Failed")).verdict is Verdict.OWN


def test_what_was_made_after_a_deletion_uses_the_name() -> None:
    assert found(copy(), deletion(2), operation("CreateInstanceSnapshot", 3)).verdict is Verdict.OTHER
    assert found(copy(-60), deletion(-30), copy(1)).verdict is Verdict.OWN


def test_the_release_of_a_static_ip_leaves_the_name_free() -> None:
    release = operation("ReleaseStaticIp", 2, resourceType="StaticIp")
    assert found(operation("AllocateStaticIp", 1, resourceType="StaticIp"), release).verdict is Verdict.FREE


@pytest.mark.parametrize("fraction", [0, 0.5])
def test_a_deletion_in_the_same_second_hides_no_copy_unless_it_is_known_to_be_later(fraction: float) -> None:
    assert found(copy(1 + fraction), deletion(1)).verdict is Verdict.OWN
    assert found(copy(1), deletion(1 + fraction)).verdict is Verdict.OWN
    assert found(copy(1.25), deletion(1.75)).verdict is Verdict.FREE
    assert found(copy(1.75), deletion(1.25)).verdict is Verdict.OWN
    assert found(copy(1.25), deletion(1.25)).verdict is Verdict.OWN


def test_of_two_copies_in_one_second_that_of_the_same_source_counts() -> None:
    assert found(copy(1), copy(1, "us-east-1:web-9", id="other")).verdict is Verdict.OWN


def test_without_operations_the_name_is_free() -> None:
    assert found() == Finding(Verdict.FREE, operation=None, is_same_source=False, was_removed=False)


def test_a_finding_names_what_uses_the_name() -> None:
    assert str(found(copy())) == (
        "The name is in use by CopySnapshot of us-east-1:web-1-monday"
        " (operation CopySnapshot-1, Started, 2026-01-01T12:00:01Z)."
    )
    assert str(found(operation("CreateDisk"))).startswith("The name is in use by CreateDisk (operation")
    assert not str(found())


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


def test_the_call_started_before_the_services_date_cut_to_the_second() -> None:
    assert call_start({"date": HTTP_DATE}, 10, 0.0) == EXACT
    assert call_start({"date": HTTP_DATE}, 9.2, 0.0) == EXACT


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
def test_the_services_date_is_parsed_in_every_form_of_http_in_any_time_zone(date: str) -> None:
    assert call_start({"date": date}, 10, 0.0) == EXACT


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
def test_without_a_date_the_machines_clock_takes_its_place(headers: dict[str, str]) -> None:
    assert call_start(headers, 10, CALL.timestamp() + 10) == INEXACT


@given(st.text() | st.from_regex(r"\w{3}, \d{1,3} \w{3} \d{1,5} \d\d:\d\d:\d\d [+-]\d{4,6}"))
def test_any_date_header_results_in_a_start(date: str) -> None:
    assert call_start({"date": date}, 10, 0.0).at.tzinfo is timezone.utc
