"""Snapshots, restores, deletions, add-ons and tags: what the fake starts, what comes of it, and what it rejects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fake_support import MANUAL, ONE_CALL, SOURCE, TARGET, call, rejection, small_fake

if TYPE_CHECKING:
    from lightsail_copy.testing import FakeLightsail

Parameters = dict[str, object]

INVALID, ABSENT = (400, "InvalidInputException"), (400, "NotFoundException")
ZONE = f"{SOURCE}b"
INSTANCE: Parameters = {
    "instanceNames": ["new"],
    "availabilityZone": ZONE,
    "bundleId": "small_3_0",
    "instanceSnapshotName": "web-friday",
}
DISK: Parameters = {"diskName": "new", "availabilityZone": ZONE, "sizeInGb": 64, "diskSnapshotName": "data-friday"}
LATEST_INSTANCE = {**INSTANCE, "instanceSnapshotName": None, "sourceInstanceName": "web"}
LATEST_DISK = {**DISK, "diskSnapshotName": None, "sourceDiskName": "data"}
SUMMARY = ("operationType", "resourceName", "resourceType", "operationDetails")


def changed(fake: FakeLightsail, operation: str, **parameters: object) -> list[dict[str, Any]]:
    """Return the operations that a change in the source Region has started."""
    operations: list[dict[str, Any]] = call(fake, SOURCE, operation, **parameters)["operations"]
    for each in operations:
        assert call(fake, SOURCE, "GetOperation", operationId=each["id"])["operation"] == each
    return operations


def summary(operations: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    """Return the members of operations that tell them apart."""
    return [tuple(each.get(name) for name in SUMMARY) for each in operations]


def instance(fake: FakeLightsail, name: str) -> Any:  # noqa: ANN401 - JSON
    return call(fake, SOURCE, "GetInstance", instanceName=name)["instance"]


def disk(fake: FakeLightsail, name: str) -> Any:  # noqa: ANN401 - JSON
    return call(fake, SOURCE, "GetDisk", diskName=name)["disk"]


def test_a_snapshot_of_an_instance_starts_an_operation_of_each_of_the_two() -> None:
    fake = small_fake(copy_duration=60)
    operations = changed(fake, "CreateInstanceSnapshot", instanceName="web", instanceSnapshotName="web-new")
    assert summary(operations) == [
        ("CreateInstanceSnapshot", "web-new", "InstanceSnapshot", "web"),
        ("CreateInstanceSnapshot", "web", "Instance", "web-new"),
    ]
    assert [each["location"]["availabilityZone"] for each in operations] == ["all", f"{SOURCE}a"]
    assert {each["status"] for each in operations} == {"Started"}
    fake.clock.advance(59)
    (newest, _) = call(fake, SOURCE, "GetInstanceSnapshots")["instanceSnapshots"]
    assert (newest["name"], newest["state"], newest["fromInstanceName"]) == ("web-new", "pending", "web")
    fake.clock.advance(1)
    (newest, _) = call(fake, SOURCE, "GetInstanceSnapshots")["instanceSnapshots"]
    assert (newest["state"], newest["isFromAutoSnapshot"]) == ("available", False)
    call(fake, TARGET, "CopySnapshot", **{**MANUAL, "sourceSnapshotName": "web-new"})


def test_a_snapshot_of_a_disk_is_a_disk_snapshot() -> None:
    fake = small_fake(copy_duration=0)
    operations = changed(fake, "CreateDiskSnapshot", diskName="data", diskSnapshotName="data-new")
    assert summary(operations) == [
        ("CreateDiskSnapshot", "data-new", "DiskSnapshot", "data"),
        ("CreateDiskSnapshot", "data", "Disk", "data-new"),
    ]
    taken = call(fake, SOURCE, "GetDiskSnapshot", diskSnapshotName="data-new")["diskSnapshot"]
    assert (taken["fromDiskName"], taken["sizeInGb"], taken["state"]) == ("data", 64, "completed")


def test_a_snapshot_of_a_system_disk_names_the_instance() -> None:
    fake = small_fake(copy_duration=0)
    operations = changed(fake, "CreateDiskSnapshot", instanceName="web", diskSnapshotName="system")
    assert summary(operations) == [
        ("CreateDiskSnapshot", "system", "DiskSnapshot", "web"),
        ("CreateDiskSnapshot", "web", "Instance", "system"),
    ]
    taken = call(fake, SOURCE, "GetDiskSnapshot", diskSnapshotName="system")["diskSnapshot"]
    assert (taken["fromInstanceName"], taken["fromInstanceArn"]) == ("web", instance(fake, "web")["arn"])
    assert "fromDiskName" not in taken
    call(fake, TARGET, "CopySnapshot", **{**MANUAL, "sourceSnapshotName": "system"})
    assert "system" in fake.snapshot_names(SOURCE)


def test_an_instance_is_restored_from_a_snapshot_and_runs_when_the_operation_ends() -> None:
    fake = small_fake(copy_duration=60)
    (operation,) = changed(fake, "CreateInstancesFromSnapshot", **INSTANCE)
    assert summary([operation]) == [("CreateInstancesFromSnapshot", "new", "Instance", None)]
    assert operation["location"]["availabilityZone"] == ZONE
    assert instance(fake, "new")["state"] == {"code": 0, "name": "pending"}
    fake.clock.advance(60)
    made = instance(fake, "new")
    assert made["state"] == {"code": 16, "name": "running"}
    assert (made["bundleId"], made["blueprintId"], made["sshKeyName"]) == (
        "small_3_0",
        "ubuntu_24_04",
        "LightsailDefaultKeyPair",
    )
    assert [each["sizeInGb"] for each in made["hardware"]["disks"]] == [60]
    (newest, *_) = call(fake, SOURCE, "GetInstances")["instances"]
    assert newest["name"] == "new"


def test_an_instance_is_restored_with_what_the_request_says() -> None:
    fake = small_fake(copy_duration=0)
    add_on = {"addOnType": "AutoSnapshot", "autoSnapshotAddOnRequest": {"snapshotTimeOfDay": "03:00"}}
    more = {"keyPairName": "mine", "tags": [{"key": "for", "value": "a drill"}, {"key": "new"}], "addOns": [add_on]}
    wanted = {**INSTANCE, "instanceNames": ["new", "newer"], "bundleId": "not_in_the_catalog_9_0", **more}
    assert [each["resourceName"] for each in changed(fake, "CreateInstancesFromSnapshot", **wanted)] == ["new", "newer"]
    made = instance(fake, "newer")
    assert (made["sshKeyName"], made["bundleId"]) == ("mine", "not_in_the_catalog_9_0")
    assert made["hardware"]["disks"][0]["sizeInGb"] == 40
    assert made["tags"] == [{"key": "for", "value": "a drill"}, {"key": "new"}]
    assert made["addOns"][0]["snapshotTimeOfDay"] == "03:00"


@pytest.mark.parametrize("which", [{"restoreDate": "2025-12-31"}, {"useLatestRestorableAutoSnapshot": True}])
def test_automatic_snapshots_can_be_restored(which: Parameters) -> None:
    fake = small_fake(copy_duration=0)
    changed(fake, "CreateInstancesFromSnapshot", **LATEST_INSTANCE, **which)
    changed(fake, "CreateDiskFromSnapshot", **{**LATEST_DISK, **which, "diskName": "new-disk"})
    assert instance(fake, "new")["state"]["name"] == "running"
    assert disk(fake, "new-disk")["sizeInGb"] == 64


def test_a_disk_is_restored_from_a_snapshot() -> None:
    fake = small_fake(copy_duration=60)
    tags = [{"key": "drill"}]
    (operation,) = changed(fake, "CreateDiskFromSnapshot", **{**DISK, "sizeInGb": 128, "tags": tags})
    assert summary([operation]) == [("CreateDiskFromSnapshot", "new", "Disk", None)]
    assert disk(fake, "new")["state"] == "pending"
    fake.clock.advance(60)
    made = disk(fake, "new")
    assert (made["state"], made["sizeInGb"], made["iops"], made["tags"]) == ("available", 128, 384, tags)
    assert made["location"]["availabilityZone"] == ZONE


def test_a_copy_is_restored_checked_and_deleted() -> None:
    """The drill that a copy is for, by a real client."""
    fake = small_fake(copy_duration=10)
    client = fake.client(TARGET, config=ONE_CALL)
    client.copy_snapshot(**MANUAL)
    fake.clock.advance(10)
    client.create_instances_from_snapshot(
        instanceNames=["drill"], availabilityZone=f"{TARGET}a", bundleId="small_3_0", instanceSnapshotName="web-copy"
    )
    fake.clock.advance(10)
    assert client.get_instance(instanceName="drill")["instance"]["state"]["name"] == "running"
    (deleted,) = client.delete_instance(instanceName="drill")["operations"]
    assert (deleted["operationType"], deleted["status"]) == ("DeleteInstance", "Succeeded")
    with pytest.raises(client.exceptions.NotFoundException):
        client.get_instance(instanceName="drill")
    assert fake.snapshot_names(TARGET) == ("web-copy",)


@pytest.mark.measured
@pytest.mark.parametrize(
    ("operation", "parameters", "kind", "words"),
    [
        ("CreateInstanceSnapshot", {"instanceName": "data", "instanceSnapshotName": "new"}, ABSENT, "Instance"),
        ("CreateInstanceSnapshot", {"instanceName": "web", "instanceSnapshotName": "data"}, INVALID, "in use: data"),
        ("CreateInstanceSnapshot", {"instanceName": "web", "instanceSnapshotName": "-"}, INVALID, "resource name"),
        ("CreateDiskSnapshot", {"diskSnapshotName": "new"}, INVALID, "either diskName or instanceName"),
        ("CreateDiskSnapshot", {"diskSnapshotName": "new", "diskName": "web"}, ABSENT, "The Disk does not exist: web"),
        (
            "CreateDiskSnapshot",
            {"diskSnapshotName": "new", "diskName": "data", "instanceName": "web"},
            INVALID,
            "and not both",
        ),
        ("CreateInstancesFromSnapshot", {**INSTANCE, "instanceSnapshotName": "none"}, ABSENT, "InstanceSnapshot"),
        ("CreateInstancesFromSnapshot", {**INSTANCE, "instanceSnapshotName": "data-friday"}, ABSENT, "data-friday"),
        ("CreateInstancesFromSnapshot", {**INSTANCE, "instanceSnapshotName": None}, INVALID, "either instanceSnapsh"),
        ("CreateInstancesFromSnapshot", {**INSTANCE, "availabilityZone": f"{TARGET}a"}, INVALID, f"of {SOURCE}"),
        ("CreateInstancesFromSnapshot", {**INSTANCE, "availabilityZone": f"{SOURCE}z"}, INVALID, "availabilityZone"),
        ("CreateInstancesFromSnapshot", {**INSTANCE, "bundleId": "nano_3_0"}, INVALID, "less storage"),
        ("CreateInstancesFromSnapshot", {**INSTANCE, "instanceNames": ["new", "web"]}, INVALID, "in use: web"),
        ("CreateInstancesFromSnapshot", {**INSTANCE, "instanceNames": ["new", "new"]}, INVALID, "given twice"),
        ("CreateInstancesFromSnapshot", {**INSTANCE, "instanceNames": []}, INVALID, "instanceNames must not be"),
        ("CreateInstancesFromSnapshot", {**LATEST_INSTANCE, "restoreDate": "2025-12-01"}, ABSENT, "2025-12-01"),
        ("CreateInstancesFromSnapshot", LATEST_INSTANCE, INVALID, "restoreDate or useLatest"),
        (
            "CreateInstancesFromSnapshot",
            {**LATEST_INSTANCE, "sourceInstanceName": "data", "useLatestRestorableAutoSnapshot": True},
            ABSENT,
            "The Instance does not exist: data",
        ),
        ("CreateDiskFromSnapshot", {**DISK, "sizeInGb": 63}, INVALID, "between 64 and 16384"),
        ("CreateDiskFromSnapshot", {**DISK, "sizeInGb": 10**30}, INVALID, "between 64 and 16384"),
        ("CreateDiskFromSnapshot", {**DISK, "diskName": "web"}, INVALID, "in use: web"),
        ("CreateDiskFromSnapshot", {**DISK, "diskSnapshotName": "web-friday"}, ABSENT, "The DiskSnapshot does not"),
        ("DeleteInstance", {"instanceName": "data"}, ABSENT, "The Instance does not exist: data"),
        ("DeleteDisk", {"diskName": "web"}, ABSENT, "The Disk does not exist: web"),
        ("DeleteDisk", {"diskName": "logs"}, INVALID, "attached to web"),
        ("DeleteAutoSnapshot", {"resourceName": "web", "date": "2025-12-30"}, ABSENT, "automatic snapshot of 2025-12"),
        ("DeleteAutoSnapshot", {"resourceName": "none", "date": "2025-12-31"}, ABSENT, "resource does not exist: none"),
        ("DeleteAutoSnapshot", {"resourceName": "logs", "date": "today"}, ABSENT, "snapshot of today"),
        (
            "EnableAddOn",
            {"resourceName": "web-friday", "addOnRequest": {"addOnType": "AutoSnapshot"}},
            ABSENT,
            "web-fr",
        ),
        ("EnableAddOn", {"resourceName": "web", "addOnRequest": {}}, INVALID, "addOnRequest must not be null or empty"),
        ("EnableAddOn", {"resourceName": "web", "addOnRequest": {"x": 1}}, INVALID, "addOnType must not be null"),
        ("DisableAddOn", {"resourceName": "web", "addOnType": "StopInstanceOnIdle"}, INVALID, "must be AutoSnapshot"),
        ("TagResource", {"resourceName": "none", "tags": [{"key": "a"}]}, ABSENT, "The resource does not exist: none"),
        ("TagResource", {"resourceName": "web", "tags": [{"value": "a"}]}, INVALID, "key must not be null or empty"),
    ],
)
def test_what_the_service_rejects_changes_nothing(
    operation: str, parameters: Parameters, kind: tuple[int, str], words: str
) -> None:
    fake = small_fake()
    before = call(fake, SOURCE, "GetActiveNames")
    status, code, message = rejection(fake, SOURCE, operation, **parameters)
    assert (status, code) == kind
    assert words in message
    assert call(fake, SOURCE, "GetActiveNames") == before
    assert call(fake, SOURCE, "GetOperations") == {"operations": []}


@pytest.mark.parametrize(
    ("operation", "parameters", "member"),
    [
        (
            "CreateInstancesFromSnapshot",
            {**INSTANCE, "instanceNames": "new"},
            "instanceNames cannot be converted to List",
        ),
        (
            "CreateInstancesFromSnapshot",
            {**INSTANCE, "instanceNames": [7]},
            "instanceNames cannot be converted to String",
        ),
        ("CreateDiskFromSnapshot", {**DISK, "sizeInGb": "64"}, "sizeInGb cannot be converted to Integer"),
        ("CreateDiskFromSnapshot", {**DISK, "sizeInGb": True}, "sizeInGb cannot be converted to Integer"),
        ("EnableAddOn", {"resourceName": "web", "addOnRequest": [1]}, "addOnRequest cannot be converted to Structure"),
        ("TagResource", {"resourceName": "web", "tags": ["a"]}, "tags cannot be converted to Structure"),
        ("TagResource", {"resourceName": "web", "tags": [{"key": 7}]}, "key cannot be converted to String"),
        ("GetRegions", {"includeAvailabilityZones": "yes"}, "includeAvailabilityZones cannot be converted to Boolean"),
    ],
)
def test_a_member_of_the_wrong_type_is_named(operation: str, parameters: Parameters, member: str) -> None:
    status, code, message = rejection(small_fake(), SOURCE, operation, **parameters)
    assert (status, code, message) == (400, "SerializationException", f"The member {member}")


@pytest.mark.parametrize("time", ["6:00", "24:00", "06:30", "noon"])
def test_the_hour_of_automatic_snapshots_is_a_full_one(time: str) -> None:
    add_on = {"addOnType": "AutoSnapshot", "autoSnapshotAddOnRequest": {"snapshotTimeOfDay": time}}
    status, code, message = rejection(small_fake(), SOURCE, "EnableAddOn", resourceName="web", addOnRequest=add_on)
    assert ((status, code), message) == (INVALID, f"snapshotTimeOfDay must be in the format HH:00: {time}")


def test_a_snapshot_that_is_still_pending_cannot_be_restored() -> None:
    fake = small_fake()
    changed(fake, "CreateInstanceSnapshot", instanceName="web", instanceSnapshotName="web-new")
    given = {**INSTANCE, "instanceSnapshotName": "web-new"}
    assert "in its state pending" in rejection(fake, SOURCE, "CreateInstancesFromSnapshot", **given)[2]


def test_the_disks_of_a_deleted_instance_are_detached_from_it() -> None:
    fake = small_fake()
    operations = changed(fake, "DeleteInstance", instanceName="web")
    assert summary(operations) == [
        ("DetachDisk", "logs", "Disk", "web"),
        ("DetachDisk", "web", "Instance", "logs"),
        ("DeleteInstance", "web", "Instance", None),
    ]
    assert [each["isTerminal"] for each in operations] == [False, False, True]
    assert (disk(fake, "logs")["isAttached"], disk(fake, "logs")["attachmentState"]) == (False, "detached")
    changed(fake, "DeleteDisk", diskName="logs")
    assert [each["name"] for each in call(fake, SOURCE, "GetDisks")["disks"]] == ["data"]


def test_one_automatic_snapshot_is_deleted_and_the_others_stay() -> None:
    fake = small_fake()
    fake.add_auto_snapshot("web", SOURCE, "2025-12-30")
    (operation,) = changed(fake, "DeleteAutoSnapshot", resourceName="web", date="2025-12-31")
    assert summary([operation]) == [("DeleteAutoSnapshot", "web", "Instance", "DeleteAutoSnapshot-2025-12-31")]
    left = call(fake, SOURCE, "GetAutoSnapshots", resourceName="web")["autoSnapshots"]
    assert [each["date"] for each in left] == ["2025-12-30"]


def test_a_resource_with_automatic_snapshots_has_the_add_on() -> None:
    fake = small_fake()
    add_on = {
        "name": "AutoSnapshot",
        "status": "Enabled",
        "snapshotTimeOfDay": "06:00",
        "nextSnapshotTimeOfDay": "06:00",
    }
    assert instance(fake, "web")["addOns"] == disk(fake, "data")["addOns"] == [add_on]
    assert "addOns" not in disk(fake, "logs")


def test_the_add_on_is_switched_on_changed_and_off_and_what_exists_stays() -> None:
    fake = small_fake()
    at_nine = {"addOnType": "AutoSnapshot", "autoSnapshotAddOnRequest": {"snapshotTimeOfDay": "09:00"}}
    (operation,) = changed(fake, "EnableAddOn", resourceName="logs", addOnRequest={"addOnType": "AutoSnapshot"})
    assert summary([operation]) == [("EnableAddOn", "logs", "Disk", "AutoSnapshot")]
    assert disk(fake, "logs")["addOns"][0]["snapshotTimeOfDay"] == "06:00"
    changed(fake, "EnableAddOn", resourceName="web", addOnRequest=at_nine)
    fake.add_auto_snapshot("web", SOURCE, "2025-12-30")
    assert instance(fake, "web")["addOns"][0]["snapshotTimeOfDay"] == "09:00"
    changed(fake, "DisableAddOn", resourceName="web", addOnType="AutoSnapshot")
    assert "addOns" not in instance(fake, "web")
    assert len(call(fake, SOURCE, "GetAutoSnapshots", resourceName="web")["autoSnapshots"]) == 2


@pytest.mark.parametrize("name", ["web", "data", "web-friday", "data-friday"])
def test_tags_are_added_and_their_values_changed(name: str) -> None:
    fake = small_fake()
    changed(fake, "TagResource", resourceName=name, tags=[{"key": "a", "value": "1"}, {"key": "b"}])
    (operation,) = changed(fake, "TagResource", resourceName=name, tags=[{"key": "a", "value": "2"}, {"key": "c"}])
    assert (operation["operationType"], operation["resourceName"]) == ("TagResource", name)
    lists = ("GetInstances", "GetDisks", "GetInstanceSnapshots", "GetDiskSnapshots")
    resources = [each for operation in lists for found in call(fake, SOURCE, operation).values() for each in found]
    (tagged,) = (each for each in resources if each["name"] == name)
    assert tagged["tags"] == [{"key": "a", "value": "2"}, {"key": "b"}, {"key": "c"}]


def test_the_catalog_is_the_same_in_every_region() -> None:
    fake = small_fake()
    for operation, member, key in (
        ("GetRegions", "regions", "name"),
        ("GetBundles", "bundles", "bundleId"),
        ("GetBlueprints", "blueprints", "blueprintId"),
    ):
        here, there = (call(fake, region, operation)[member] for region in (SOURCE, TARGET))
        assert here == there
        assert len({each[key] for each in here}) == len(here) > 4


def test_zones_are_listed_on_request() -> None:
    fake = small_fake()
    assert all(each["availabilityZones"] == [] for each in call(fake, SOURCE, "GetRegions")["regions"])
    for each in call(fake, SOURCE, "GetRegions", includeAvailabilityZones=True)["regions"]:
        assert each["availabilityZones"][0] == {"zoneName": f"{each['name']}a", "state": "available"}


def test_the_names_in_use_are_those_of_all_resources() -> None:
    fake = small_fake(page_size=3)
    first = call(fake, SOURCE, "GetActiveNames")
    second = call(fake, SOURCE, "GetActiveNames", pageToken=first["nextPageToken"])
    assert first["activeNames"] + second["activeNames"] == ["data-friday", "web-friday", "web", "logs", "data"]
