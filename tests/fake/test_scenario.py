"""Setting the scenario: what can be put into the fake, and what a misuse says."""

from __future__ import annotations

import time
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Any, cast

import pytest
from fake_support import MANUAL, SOURCE, TARGET, call, small_fake

from lightsail_copy.enums import (
    AutoSnapshotStatus,
    OperationType,
    RegionName,
    ResourceType,
    SnapshotState,
    Unrecognized,
)
from lightsail_copy.testing import FakeClock, FakeLightsail, faults

if TYPE_CHECKING:
    from collections.abc import Callable

MISUSES: dict[str, tuple[Callable[[FakeLightsail], object], str]] = {
    "an instance of a name in use": (lambda f: f.add_instance("web", SOURCE), "'web' is in use by Instance in"),
    "a disk of a name in use": (lambda f: f.add_disk("web-friday", SOURCE), "in use by InstanceSnapshot"),
    "a snapshot of a name in use": (lambda f: f.add_manual_snapshot("data", SOURCE), "choose another name"),
    "a bad name": (lambda f: f.add_disk("-", SOURCE), "2 to 255 characters"),
    "an instance without size": (lambda f: f.add_instance("new", SOURCE, size_in_gb=0), "from 1 to 16384"),
    "a disk without size": (lambda f: f.add_disk("new", SOURCE, size_in_gb=16385), "from 1 to 16384"),
    "a snapshot without size": (lambda f: f.add_manual_snapshot("new", SOURCE, size_in_gb=0), "from 1 to 16384"),
    "a disk that is not one": (lambda f: f.add_instance("new", SOURCE, attached_disks=["web"]), "not a free disk"),
    "a disk that is absent": (lambda f: f.add_instance("new", SOURCE, attached_disks=["none"]), "with add_instance or"),
    "too many disks": (
        lambda f: f.add_instance("new", SOURCE, attached_disks=map(str, range(22))),
        "attached_disks has 22 names: give at most 21",
    ),
    "a disk that is taken": (lambda f: f.add_instance("new", SOURCE, attached_disks=["logs"]), "not a free disk"),
    "a disk given twice": (
        lambda f: f.add_instance("new", SOURCE, attached_disks=["data"] * 2),
        "not a free disk",
    ),
    "an automatic snapshot of nothing": (lambda f: f.add_auto_snapshot("none", SOURCE), "no instance or disk 'none'"),
    "an automatic one of a snapshot": (lambda f: f.add_auto_snapshot("web-friday", SOURCE), "no instance or disk"),
    "an automatic one elsewhere": (lambda f: f.add_auto_snapshot("web", TARGET), "us-east-1 has no instance"),
    "a status that is no word": (
        lambda f: f.add_auto_snapshot("web", SOURCE, status=cast("Any", "Done")),
        "InProgress",
    ),
    "a date that is not one": (lambda f: f.add_auto_snapshot("web", SOURCE, "31.12.2025"), "'2026-01-31'"),
    "a datetime": (lambda f: f.add_auto_snapshot("web", SOURCE, datetime.now(timezone.utc)), "datetime.date"),
    "a source that is absent": (lambda f: f.add_manual_snapshot("new", SOURCE, source="none"), "has no instance"),
    "a type that is not one": (lambda f: f.add_manual_snapshot("new", SOURCE, resource_type="Disk"), "DiskSnapshot"),
    "a type of the other kind": (
        lambda f: f.add_manual_snapshot("new", SOURCE, source="web", resource_type="DiskSnapshot"),
        "a snapshot of 'web' is of type InstanceSnapshot",
    ),
    "a state of the other type": (lambda f: f.add_manual_snapshot("new", SOURCE, state="completed"), "available"),
    "removing nothing": (lambda f: f.remove("none", SOURCE), "no resource 'none'"),
    "an empty Region": (lambda f: f.add_disk("new", " "), "such as 'us-east-1'"),
    "a word that is no Region": (lambda f: f.add_disk("new", "nope"), "region is 'nope': give the name of a Region"),
    "a Region after a space": (lambda f: f.snapshot_names(" us-east-1"), "such as 'us-east-1'"),
    "a Region with the end of a line": (lambda f: f.remove("web", f"{SOURCE}\n"), "such as 'us-east-1'"),
    "a request to no Region": (lambda f: f.respond("nope", "GetDisks", b"{}"), "region is 'nope'"),
    "a client of no Region": (lambda f: f.client(""), "such as 'us-east-1'"),
    "a negative duration": (lambda _: FakeLightsail(copy_duration=-1), "zero or more"),
    "an endless duration": (lambda f: setattr(f, "copy_duration", float("inf")), "finite"),
    "a duration in text": (lambda _: FakeLightsail(copy_duration=cast("Any", "5")), "copy_duration is '5': give a"),
    "a page without room": (lambda _: FakeLightsail(page_size=0), "one or more"),
    "a part of a resource on a page": (lambda _: FakeLightsail(page_size=cast("Any", 2.5)), "page_size is 2.5: give a"),
    "a page in text": (lambda _: FakeLightsail(page_size=cast("Any", "5")), "page_size is '5': give a whole number"),
    "a part of a gigabyte": (lambda f: f.add_disk("new", SOURCE, size_in_gb=cast("Any", 1.5)), "give a whole number"),
    "the function of a fault": (lambda f: f.fail_next("GetDisks", cast("Any", faults.throttled)), "give a Fault, such"),
    "no fault": (lambda f: f.fail_next("GetDisks", cast("Any", None)), "fault is None: give a Fault, such as"),
    "a number for a code": (lambda f: f.fail_next_copy(cast("Any", 5), "5"), "error_code is 5: give a string"),
    "a number for details": (lambda f: f.fail_next_copy("5", cast("Any", 5)), "error_details is 5: give a string"),
}


@pytest.mark.measured
@pytest.mark.parametrize("misuse", MISUSES)
def test_a_misuse_is_a_value_error_that_says_what_to_pass(misuse: str) -> None:
    act, words = MISUSES[misuse]
    fake = small_fake()
    with pytest.raises(ValueError, match=words):
        act(fake)
    assert fake.snapshot_names(SOURCE) == ("web-friday", "data-friday")
    assert [each["name"] for each in call(fake, SOURCE, "GetDisks")["disks"]] == ["logs", "data"]
    assert fake.copy_duration == 120


def test_a_region_that_is_no_text_is_rejected() -> None:
    none: Any = None
    with pytest.raises(ValueError, match="such as 'us-east-1'"):
        FakeLightsail().snapshot_names(none)


@pytest.mark.parametrize("region", [RegionName.EU_WEST_1, Unrecognized("eu-west-1"), "eu-west-1"])
def test_a_region_is_its_name_however_it_is_given(region: str) -> None:
    fake = FakeLightsail()
    fake.add_manual_snapshot("one", region)
    assert fake.snapshot_names("eu-west-1") == ("one",)
    held = call(fake, region, "GetInstanceSnapshot", instanceSnapshotName="one")["instanceSnapshot"]
    assert held["location"]["regionName"] == "eu-west-1"
    assert type(fake.calls[0].region) is str
    assert fake.client(region).meta.region_name == "eu-west-1"


def test_what_is_put_there_leaves_no_operation() -> None:
    assert call(small_fake(), SOURCE, "GetOperations") == {"operations": []}


def test_one_gigabyte_is_a_size() -> None:
    fake = FakeLightsail()
    fake.add_disk("small", SOURCE, size_in_gb=1)
    assert call(fake, SOURCE, "GetDisk", diskName="small")["disk"]["sizeInGb"] == 1


def test_a_snapshot_without_a_source_was_made_from_a_deleted_resource() -> None:
    fake = FakeLightsail()
    fake.add_manual_snapshot("one", SOURCE)
    fake.add_manual_snapshot("two", SOURCE, resource_type="DiskSnapshot", size_in_gb=99)
    one = call(fake, SOURCE, "GetInstanceSnapshot", instanceSnapshotName="one")["instanceSnapshot"]
    two = call(fake, SOURCE, "GetDiskSnapshot", diskSnapshotName="two")["diskSnapshot"]
    assert (one["fromInstanceName"], one["sizeInGb"], one["state"]) == ("one-source", 40, "available")
    assert (two["fromDiskName"], two["sizeInGb"], two["state"]) == ("two-source", 99, "completed")
    assert call(fake, SOURCE, "GetInstances") == {"instances": []}


@pytest.mark.parametrize("state", ["pending", "completed", "error", "unknown"])
def test_a_disk_snapshot_can_be_in_each_state_of_its_own(state: str) -> None:
    fake = small_fake()
    fake.add_manual_snapshot("odd", SOURCE, source="data", resource_type="DiskSnapshot", state=state)
    held = call(fake, SOURCE, "GetDiskSnapshot", diskSnapshotName="odd")["diskSnapshot"]
    assert (held["state"], held["progress"]) == (state, "100%" if state == "completed" else "0%")
    assert held["sizeInGb"] == 64


def test_only_the_latest_seven_automatic_snapshots_are_kept() -> None:
    fake = small_fake()
    for day in (date(2025, 12, number) for number in (20, 28, 27, 26, 25, 24, 23, 22, 21)):
        fake.add_auto_snapshot("web", SOURCE, day)
    kept = call(fake, SOURCE, "GetAutoSnapshots", resourceName="web")["autoSnapshots"]
    assert [each["date"][-2:] for each in kept] == ["31", "28", "27", "26", "25", "24", "23"]


def test_a_day_has_one_automatic_snapshot_whose_status_can_change() -> None:
    fake = small_fake()
    fake.add_auto_snapshot("web", SOURCE, "2025-12-31", status="InProgress")
    kept = call(fake, SOURCE, "GetAutoSnapshots", resourceName="web")["autoSnapshots"]
    assert [(each["date"], each["status"]) for each in kept] == [("2025-12-31", "InProgress")]


def test_today_is_the_day_in_utc_on_the_clock_of_the_fake() -> None:
    fake = FakeLightsail(clock=FakeClock(datetime(2026, 3, 1, 23, 59, 59, tzinfo=timezone.utc)))
    fake.add_disk("data", SOURCE)
    fake.add_auto_snapshot("data", SOURCE)
    fake.clock.advance(1)
    fake.add_auto_snapshot("data", SOURCE)
    kept = call(fake, SOURCE, "GetAutoSnapshots", resourceName="data")["autoSnapshots"]
    assert [each["date"] for each in kept] == ["2026-03-02", "2026-03-01"]


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system cannot change its zone for one process")
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_zone_of_the_machine_changes_nothing(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def responses() -> list[object]:
        fake = small_fake()
        fake.add_auto_snapshot("web", SOURCE)
        call(fake, TARGET, "CopySnapshot", **MANUAL)
        asked = [("GetAutoSnapshots", {"resourceName": "web"}), ("GetInstance", {"instanceName": "web"})]
        return [*(call(fake, SOURCE, name, **given) for name, given in asked), fake.calls[0].time]

    here = responses()
    with monkeypatch.context() as changed:
        changed.setenv("TZ", zone)
        time.tzset()
        there = responses()
    time.tzset()
    assert there == here


def test_the_automatic_snapshots_of_a_resource_go_with_it() -> None:
    fake = small_fake()
    fake.remove("web", SOURCE)
    fake.add_instance("web", SOURCE)
    assert call(fake, SOURCE, "GetAutoSnapshots", resourceName="web")["autoSnapshots"] == []


def test_a_manual_snapshot_outlives_its_source() -> None:
    fake = small_fake()
    fake.remove("web", SOURCE)
    held = call(fake, SOURCE, "GetInstanceSnapshot", instanceSnapshotName="web-friday")["instanceSnapshot"]
    assert held["fromInstanceName"] == "web"


def test_a_removed_instance_frees_its_disks_and_a_removed_disk_leaves_its_instance() -> None:
    fake = small_fake()
    fake.remove("web", SOURCE)
    assert call(fake, SOURCE, "GetDisk", diskName="logs")["disk"]["isAttached"] is False
    fake.add_instance("web-2", SOURCE, attached_disks=["logs", "data"])
    fake.remove("logs", SOURCE)
    disks = call(fake, SOURCE, "GetInstance", instanceName="web-2")["instance"]["hardware"]["disks"]
    assert [disk["path"] for disk in disks] == ["/dev/xvda", "/dev/xvdg"]


@pytest.mark.parametrize(("name", "kind"), [("web", "Instance"), ("data", "Disk"), ("data-friday", "DiskSnapshot")])
def test_a_removal_is_the_last_operation_of_its_name(name: str, kind: str) -> None:
    fake = small_fake()
    fake.remove(name, SOURCE)
    (operation,) = call(fake, SOURCE, "GetOperationsForResource", resourceName=name)["operations"]
    assert (operation["operationType"], operation["resourceType"]) == (f"Delete{kind}", kind)
    assert (operation["status"], operation["isTerminal"]) == ("Succeeded", True)


def test_a_fake_can_run_in_real_time() -> None:
    fake = FakeLightsail(clock=time, copy_duration=3600)
    fake.add_manual_snapshot("web-friday", SOURCE)
    before = time.time()
    (operation,) = call(fake, TARGET, "CopySnapshot", **MANUAL)["operations"]
    assert before - 1 <= operation["createdAt"] <= time.time() + 1
    assert operation["status"] == "Started"
    assert fake.clock is time


def test_two_fakes_share_nothing_and_a_new_one_begins_anew() -> None:
    first, second = small_fake(), small_fake()
    (one,) = first.client(TARGET).copy_snapshot(**MANUAL)["operations"]
    assert second.snapshot_names(TARGET) == ()
    assert second.calls == ()
    assert second.clock is not first.clock
    (other,) = second.client(TARGET).copy_snapshot(**MANUAL)["operations"]
    assert one["id"] == other["id"]


def test_a_word_of_the_service_is_its_text_or_its_member() -> None:
    fakes = [FakeLightsail(), FakeLightsail()]
    words: list[Callable[[Any], Any]] = [str, lambda member: member]
    for fake, word in zip(fakes, words, strict=True):
        region = word(RegionName.EU_WEST_1)
        fake.add_instance("web", region)
        fake.add_auto_snapshot("web", region, status=word(AutoSnapshotStatus.FAILED))
        kind, state = word(ResourceType.DISK_SNAPSHOT), word(SnapshotState.COMPLETED)
        fake.add_manual_snapshot("gone", region, resource_type=kind, state=state)
        kind, change = word(ResourceType.INSTANCE), word(OperationType.CREATE_INSTANCE)
        fake.add_operation("1", region, resource_name="web", resource_type=kind, operation_type=change)
    text, member = (
        [
            fake.respond("eu-west-1", operation, b'{"resourceName": "web"}').body
            for operation in ("GetAutoSnapshots", "GetDiskSnapshots", "GetOperations")
        ]
        for fake in fakes
    )
    assert text == member
    assert b'"Failed"' in text[0]


def test_a_fake_starts_with_its_seed_and_returns_to_it() -> None:
    fake = FakeLightsail(seed={"regions": {TARGET: {"disks": [{"name": "data"}]}}})
    call(fake, TARGET, "DeleteDisk", diskName="data")
    fake.add_disk("other", TARGET)
    fake.fail_next("GetDisks", faults.throttled())
    fake.clock.advance(60)
    fake.reset()
    assert [each["name"] for each in call(fake, TARGET, "GetDisks")["disks"]] == ["data"]
    assert fake.calls_of("DeleteDisk") == ()
    with pytest.raises(ValueError, match=r"regions\.us-east-1 has 'discs', which is not known"):
        FakeLightsail(seed={"regions": {TARGET: {"discs": []}}})


def test_a_clock_cannot_pass_the_last_year() -> None:
    fake = FakeLightsail()
    fake.clock.advance(7900 * 365 * 86_400)
    for seconds in (100 * 366 * 86_400, 1e300, 10**400):
        with pytest.raises(ValueError, match="a clock "):
            fake.clock.advance(seconds)
    assert call(fake, TARGET, "GetOperations") == {"operations": []}
