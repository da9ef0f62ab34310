"""CopySnapshot: what the fake accepts, what comes of it, and what it rejects."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
from fake_support import LATEST, MANUAL, ONE_CALL, SOURCE, TARGET, call, rejection, small_fake

if TYPE_CHECKING:
    from lightsail_copy.testing import FakeLightsail

INVALID = (400, "InvalidInputException")
ABSENT = (400, "NotFoundException")
NOW = datetime(2026, 1, 1, tzinfo=timezone.utc).timestamp()


def copy(fake: FakeLightsail, **changes: object) -> Any:  # noqa: ANN401 - JSON
    """Return the one operation of a copy that is accepted."""
    (operation,) = call(fake, TARGET, "CopySnapshot", **{**MANUAL, **changes})["operations"]
    return operation


def rejected(fake: FakeLightsail, **parameters: object) -> tuple[tuple[int, str], str]:
    """Return the status and code, and the message, of a copy that is rejected without a trace."""
    names = fake.snapshot_names(TARGET), fake.snapshot_names(SOURCE)
    status, code, message = rejection(fake, TARGET, "CopySnapshot", **parameters)
    assert (fake.snapshot_names(TARGET), fake.snapshot_names(SOURCE)) == names
    assert call(fake, TARGET, "GetOperations") == {"operations": []}
    return (status, code), message


def test_an_accepted_copy_is_one_started_operation_of_the_target_region() -> None:
    operation = copy(small_fake())
    assert len(operation.pop("id")) == 36
    assert operation == {
        "createdAt": NOW,
        "isTerminal": False,
        "location": {"availabilityZone": "all", "regionName": TARGET},
        "operationDetails": f"{SOURCE}:web-friday",
        "operationType": "CopySnapshot",
        "resourceName": "web-copy",
        "resourceType": "InstanceSnapshot",
        "status": "Started",
        "statusChangedAt": NOW,
    }


def test_boto3_reads_an_accepted_copy() -> None:
    fake = small_fake()
    (operation,) = fake.client(TARGET).copy_snapshot(**MANUAL)["operations"]
    assert operation["createdAt"] == fake.clock.now()
    assert operation["status"] == "Started"
    assert fake.snapshot_names(TARGET) == ("web-copy",)


def test_the_operation_names_the_resource_of_an_automatic_snapshot() -> None:
    (operation,) = call(small_fake(), TARGET, "CopySnapshot", **LATEST)["operations"]
    assert operation["operationDetails"] == f"{SOURCE}:web"


def test_an_instance_snapshot_is_pending_until_the_copy_ends_and_available_then() -> None:
    fake = small_fake(copy_duration=90)
    identifier = copy(fake)["id"]
    fake.clock.advance(89.999)
    assert snapshot(fake)["state"] == "pending"
    assert call(fake, TARGET, "GetOperation", operationId=identifier)["operation"]["status"] == "Started"
    fake.clock.advance(0.001)
    assert snapshot(fake)["state"] == "available"
    operation = call(fake, TARGET, "GetOperation", operationId=identifier)["operation"]
    assert (operation["status"], operation["isTerminal"]) == ("Succeeded", True)
    assert (operation["createdAt"], operation["statusChangedAt"]) == (NOW, NOW + 90)
    assert "errorCode" not in operation


def snapshot(fake: FakeLightsail, name: str = "web-copy") -> Any:  # noqa: ANN401 - JSON
    """Return an instance snapshot of the target Region."""
    return call(fake, TARGET, "GetInstanceSnapshot", instanceSnapshotName=name)["instanceSnapshot"]


def test_a_disk_snapshot_counts_its_progress_and_ends_as_completed() -> None:
    fake = small_fake(copy_duration=200)
    assert copy(fake, sourceSnapshotName="data-friday")["resourceType"] == "DiskSnapshot"
    seen: list[tuple[str, str]] = []
    for seconds in (0, 75, 124, 1):
        fake.clock.advance(seconds)
        held = call(fake, TARGET, "GetDiskSnapshot", diskSnapshotName="web-copy")["diskSnapshot"]
        seen.append((held["state"], held["progress"]))
    assert seen == [("pending", "0%"), ("pending", "37%"), ("pending", "99%"), ("completed", "100%")]


def test_an_instance_snapshot_has_no_progress() -> None:
    fake = small_fake()
    copy(fake)
    assert "progress" not in snapshot(fake)


def test_a_copy_keeps_what_its_source_was_taken_from() -> None:
    fake = small_fake()
    copy(fake)
    held = snapshot(fake)
    original = call(fake, SOURCE, "GetInstanceSnapshot", instanceSnapshotName="web-friday")["instanceSnapshot"]
    same = ("fromInstanceName", "fromInstanceArn", "fromBlueprintId", "fromBundleId", "fromAttachedDisks", "sizeInGb")
    assert {name: held[name] for name in same} == {name: original[name] for name in same}
    assert held["fromAttachedDisks"] == [{"path": "/dev/xvdf", "sizeInGb": 8}]
    assert held["location"]["regionName"] == TARGET
    assert held["arn"] != original["arn"]
    assert not held["isFromAutoSnapshot"]


def test_a_copy_of_an_automatic_snapshot_is_marked_as_one_and_so_is_its_copy() -> None:
    fake = small_fake(copy_duration=0)
    call(fake, TARGET, "CopySnapshot", **LATEST)
    again = {"sourceSnapshotName": "web-copy", "sourceRegion": TARGET, "targetSnapshotName": "web-copy-2"}
    call(fake, TARGET, "CopySnapshot", **again)
    assert snapshot(fake, "web-copy")["isFromAutoSnapshot"]
    assert snapshot(fake, "web-copy-2")["isFromAutoSnapshot"]


def test_a_copy_of_an_automatic_snapshot_has_the_disks_of_that_day() -> None:
    fake = small_fake()
    fake.remove("logs", SOURCE)
    call(fake, TARGET, "CopySnapshot", **LATEST)
    assert snapshot(fake)["fromAttachedDisks"] == [{"path": "/dev/xvdf", "sizeInGb": 8}]


def test_an_automatic_snapshot_of_a_disk_becomes_a_disk_snapshot() -> None:
    (operation,) = call(small_fake(), TARGET, "CopySnapshot", **{**LATEST, "sourceResourceName": "data"})["operations"]
    assert operation["resourceType"] == "DiskSnapshot"


def test_a_copy_within_one_region_is_accepted() -> None:
    fake = small_fake()
    call(fake, SOURCE, "CopySnapshot", **MANUAL)
    assert fake.snapshot_names(SOURCE) == ("web-friday", "data-friday", "web-copy")


def test_the_day_of_a_restore_date_is_copied() -> None:
    fake = small_fake()
    by_date = {**LATEST, "restoreDate": "2025-12-31"}
    del by_date["useLatestRestorableAutoSnapshot"]
    call(fake, TARGET, "CopySnapshot", **by_date)
    assert fake.snapshot_names(TARGET) == ("web-copy",)


def test_a_flag_that_is_off_is_as_good_as_none() -> None:
    fake = small_fake()
    call(fake, TARGET, "CopySnapshot", **MANUAL, useLatestRestorableAutoSnapshot=False)
    by_date = {**LATEST, "targetSnapshotName": "other", "restoreDate": "2025-12-31"}
    call(fake, TARGET, "CopySnapshot", **{**by_date, "useLatestRestorableAutoSnapshot": False})
    assert fake.snapshot_names(TARGET) == ("web-copy", "other")


def test_the_latest_restorable_one_is_the_latest_that_succeeded() -> None:
    fake = small_fake()
    fake.remove("logs", SOURCE)
    fake.add_auto_snapshot("web", SOURCE, "2026-01-01", status="InProgress")
    call(fake, TARGET, "CopySnapshot", **LATEST)
    assert snapshot(fake)["fromAttachedDisks"] != []


def test_a_name_in_use_is_rejected_in_the_words_of_the_service() -> None:
    fake = small_fake()
    fake.add_manual_snapshot("web-copy", TARGET)
    assert rejected(fake, **MANUAL) == (INVALID, "Some names are already in use: web-copy")


@pytest.mark.parametrize("kind", ["instance", "disk", "disk snapshot"])
def test_names_are_one_namespace_across_types(kind: str) -> None:
    fake = small_fake()
    if kind == "instance":
        fake.add_instance("web-copy", TARGET)
    elif kind == "disk":
        fake.add_disk("web-copy", TARGET)
    else:
        fake.add_manual_snapshot("web-copy", TARGET, resource_type="DiskSnapshot")
    assert rejected(fake, **MANUAL) == (INVALID, "Some names are already in use: web-copy")


def test_a_running_copy_uses_its_name() -> None:
    fake = small_fake()
    copy(fake)
    status, code, message = rejection(fake, TARGET, "CopySnapshot", **MANUAL)
    assert ((status, code), message) == (INVALID, "Some names are already in use: web-copy")


def test_the_same_name_is_free_in_another_region() -> None:
    fake = small_fake()
    copy(fake)
    call(fake, "eu-west-1", "CopySnapshot", **MANUAL)
    assert fake.snapshot_names("eu-west-1") == ("web-copy",)


def test_a_removed_copy_frees_its_name() -> None:
    fake = small_fake()
    copy(fake)
    fake.remove("web-copy", TARGET)
    copy(fake)
    assert fake.snapshot_names(TARGET) == ("web-copy",)


def test_a_name_conflict_has_the_four_members_of_an_error_for_boto3_to_leave_at_the_top() -> None:
    fake = small_fake()
    fake.add_manual_snapshot("web-copy", TARGET)
    client = fake.client(TARGET, config=ONE_CALL)
    with pytest.raises(client.exceptions.InvalidInputException) as caught:
        client.copy_snapshot(**MANUAL)
    response = caught.value.response
    assert response["code"] == "NameExists"
    assert response["message"] == response["Error"]["Message"] == "Some names are already in use: web-copy"
    assert response["docs"]
    assert response["tip"]
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize("name", ["web", "data", "web-fridax"])
def test_a_source_that_is_no_snapshot_is_not_found(name: str) -> None:
    assert rejected(small_fake(), **{**MANUAL, "sourceSnapshotName": name}) == (
        ABSENT,
        f"The snapshot does not exist: {name}",
    )


def test_a_source_in_another_region_than_the_source_region_is_not_found() -> None:
    assert rejected(small_fake(), **{**MANUAL, "sourceRegion": "eu-west-1"})[0] == ABSENT


@pytest.mark.parametrize("state", ["pending", "error"])
def test_a_source_that_is_not_ready_is_rejected(state: str) -> None:
    fake = small_fake()
    fake.add_manual_snapshot("young", SOURCE, source="web", state=state)
    kind, message = rejected(fake, **{**MANUAL, "sourceSnapshotName": "young"})
    assert kind == INVALID
    assert state in message


def test_a_copy_that_is_not_ready_cannot_be_copied_on() -> None:
    fake = small_fake()
    copy(fake)
    on = {"sourceSnapshotName": "web-copy", "sourceRegion": TARGET, "targetSnapshotName": "web-copy-2"}
    assert rejection(fake, "eu-west-1", "CopySnapshot", **on)[:2] == INVALID
    fake.clock.advance(120)
    call(fake, "eu-west-1", "CopySnapshot", **on)


@pytest.mark.parametrize("name", ["web-friday", "absent"])
def test_a_source_resource_that_is_none_is_not_found(name: str) -> None:
    assert rejected(small_fake(), **{**LATEST, "sourceResourceName": name}) == (
        ABSENT,
        f"The resource does not exist: {name}",
    )


def test_a_resource_without_automatic_snapshots_has_no_latest_one() -> None:
    kind, message = rejected(small_fake(), **{**LATEST, "sourceResourceName": "logs"})
    assert kind == ABSENT
    assert "latest restorable automatic snapshot" in message


def test_a_day_without_an_automatic_snapshot_is_not_found() -> None:
    parameters = {**LATEST, "useLatestRestorableAutoSnapshot": None, "restoreDate": "2025-12-30"}
    kind, message = rejected(small_fake(), **parameters)
    assert kind == ABSENT
    assert "2025-12-30" in message


@pytest.mark.parametrize("status", ["Failed", "InProgress", "NotFound"])
def test_an_automatic_snapshot_that_did_not_succeed_is_rejected(status: Any) -> None:  # noqa: ANN401 - one of a few
    fake = small_fake()
    fake.add_auto_snapshot("web", SOURCE, "2025-12-31", status=status)
    by_date = {**LATEST, "useLatestRestorableAutoSnapshot": None, "restoreDate": "2025-12-31"}
    kind, message = rejected(fake, **by_date)
    assert kind == INVALID
    assert status in message
    assert rejected(fake, **LATEST)[0] == ABSENT


@pytest.mark.measured
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sourceSnapshotName": None}, "either sourceSnapshotName or sourceResourceName"),
        ({"sourceResourceName": "web"}, "either sourceSnapshotName or sourceResourceName"),
        ({"restoreDate": "2025-12-31"}, "cannot be used with sourceSnapshotName"),
        ({"useLatestRestorableAutoSnapshot": True}, "cannot be used with sourceSnapshotName"),
        ({"targetSnapshotName": ""}, "targetSnapshotName must not be null or empty"),
        ({"targetSnapshotName": None}, "targetSnapshotName must not be null or empty"),
        ({"sourceRegion": None}, "sourceRegion must not be null or empty"),
        ({"sourceRegion": "us-esat-1"}, "sourceRegion is not a Region: us-esat-1"),
    ],
)
def test_a_form_that_is_none_of_the_three_is_rejected(changes: dict[str, object], words: str) -> None:
    kind, message = rejected(small_fake(), **{**MANUAL, **changes})
    assert kind == INVALID
    assert words in message


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"useLatestRestorableAutoSnapshot": None}, "either restoreDate or useLatestRestorableAutoSnapshot"),
        ({"useLatestRestorableAutoSnapshot": False}, "either restoreDate or useLatestRestorableAutoSnapshot"),
        ({"restoreDate": "2025-12-31"}, "either restoreDate or useLatestRestorableAutoSnapshot"),
    ],
)
def test_an_automatic_copy_needs_a_date_or_the_flag_and_not_both(changes: dict[str, object], words: str) -> None:
    kind, message = rejected(small_fake(), **{**LATEST, **changes})
    assert kind == INVALID
    assert words in message


@pytest.mark.measured
@pytest.mark.parametrize(
    "day", ["", "nonsense", "2025-12-32", "20251231", "2025-W52-3", "2025-12-31T00:00", "\uff12025-12-31"]
)
def test_a_restore_date_that_is_no_date_is_rejected(day: str) -> None:
    parameters = {**LATEST, "useLatestRestorableAutoSnapshot": None, "restoreDate": day}
    assert rejected(small_fake(), **parameters) == (INVALID, "restoreDate must be a date in the format YYYY-MM-DD")


@pytest.mark.parametrize("name", ["a", "a" * 256, "-web", "web-", ".web", "web.", "we b", "wéb", "web\n"])
def test_a_bad_target_name_is_rejected(name: str) -> None:
    kind, message = rejected(small_fake(), **{**MANUAL, "targetSnapshotName": name})
    assert kind == INVALID
    rule = "Resource names must be at least 2 characters long and contain only alphanumerics, -, _, and ."
    assert message == f"{name} is not a valid resource name. {rule}"


@pytest.mark.parametrize("name", ["ab", "a" * 255, "_web_", "1.2", "web.2026-01-01_b"])
def test_a_good_target_name_is_taken(name: str) -> None:
    assert copy(small_fake(), targetSnapshotName=name)["resourceName"] == name


def test_a_region_that_is_new_is_a_region_once_something_is_there() -> None:
    fake = small_fake()
    fake.add_manual_snapshot("far", "xx-new-1")
    copy(fake, sourceRegion="xx-new-1", sourceSnapshotName="far")
    assert fake.snapshot_names(TARGET) == ("web-copy",)


def test_a_copy_can_fail_at_its_end_and_goes_on_holding_its_name() -> None:
    fake = small_fake()
    fake.fail_next_copy("CopyFailed", "The snapshot could not be copied.")
    identifier = copy(fake)["id"]
    assert call(fake, TARGET, "GetOperation", operationId=identifier)["operation"]["status"] == "Started"
    fake.clock.advance(120)
    operation = call(fake, TARGET, "GetOperation", operationId=identifier)["operation"]
    assert (operation["status"], operation["isTerminal"]) == ("Failed", True)
    assert operation["errorCode"] == "CopyFailed"
    assert operation["errorDetails"] == "The snapshot could not be copied."
    assert snapshot(fake)["state"] == "error"
    assert rejection(fake, TARGET, "CopySnapshot", **MANUAL)[2] == "Some names are already in use: web-copy"


def test_a_disk_copy_that_failed_has_no_progress_to_show() -> None:
    fake = small_fake()
    fake.fail_next_copy("CopyFailed", "The snapshot could not be copied.")
    copy(fake, sourceSnapshotName="data-friday")
    fake.clock.advance(120)
    held = call(fake, TARGET, "GetDiskSnapshot", diskSnapshotName="web-copy")["diskSnapshot"]
    assert (held["state"], held["progress"]) == ("error", "0%")


def test_only_a_copy_that_is_accepted_uses_up_a_failure() -> None:
    fake = small_fake()
    fake.fail_next_copy("CopyFailed", "The snapshot could not be copied.")
    rejected(fake, **{**MANUAL, "sourceRegion": "us-esat-1"})
    copy(fake)
    copy(fake, targetSnapshotName="other")
    fake.clock.advance(120)
    statuses = [each["status"] for each in call(fake, TARGET, "GetOperations")["operations"]]
    assert statuses == ["Succeeded", "Failed"]


def test_the_duration_can_change_for_the_copies_to_come() -> None:
    fake = small_fake(copy_duration=10)
    copy(fake)
    fake.copy_duration = 1000
    copy(fake, targetSnapshotName="slow")
    assert fake.copy_duration == 1000
    fake.clock.advance(10)
    statuses = [each["status"] for each in call(fake, TARGET, "GetOperations")["operations"]]
    assert statuses == ["Started", "Succeeded"]


def test_a_copy_that_takes_no_time_is_over_in_the_response_that_accepts_it() -> None:
    operation = copy(small_fake(copy_duration=0))
    assert (operation["status"], operation["isTerminal"]) == ("Succeeded", True)
