"""What the fake tells about itself: every operation that gets or deletes, its pages and its shapes."""

# ruff: noqa: ANN401 - what is rejected is of any type

from __future__ import annotations

import json
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Any, cast

import pytest
from fake_support import LATEST, MANUAL, ONE_CALL, SOURCE, TARGET, call, model, rejection, small_fake
from samples import NoOffset

from lightsail_copy.testing import faults
from lightsail_copy.testing.handlers import OPERATIONS

if TYPE_CHECKING:
    from lightsail_copy.testing import FakeLightsail

ABSENT = (400, "NotFoundException")


def start(fake: FakeLightsail, *names: str) -> list[str]:
    """Start a copy for each name, a second apart, and return the ids of their operations."""
    identifiers: list[str] = []
    for name in names:
        (operation,) = call(fake, TARGET, "CopySnapshot", **{**MANUAL, "targetSnapshotName": name})["operations"]
        identifiers.append(operation["id"])
        fake.clock.advance(1)
    return identifiers


@pytest.mark.parametrize(
    ("operation", "parameters", "message"),
    [
        ("GetAutoSnapshots", {"resourceName": "none"}, "The resource does not exist: none"),
        ("GetAutoSnapshots", {"resourceName": "web-friday"}, "The resource does not exist: web-friday"),
        ("GetDisk", {"diskName": "web"}, "The Disk does not exist: web"),
        ("GetDiskSnapshot", {"diskSnapshotName": "web-friday"}, "The DiskSnapshot does not exist: web-friday"),
        ("GetInstance", {"instanceName": "data"}, "The Instance does not exist: data"),
        ("GetInstanceSnapshot", {"instanceSnapshotName": "none"}, "The InstanceSnapshot does not exist: none"),
        ("GetOperation", {"operationId": "none"}, "The Operation does not exist: none"),
    ],
)
def test_what_is_not_there_or_of_another_type_is_not_found(
    operation: str, parameters: dict[str, str], message: str
) -> None:
    assert rejection(small_fake(), SOURCE, operation, **parameters) == (*ABSENT, message)


def test_boto3_raises_its_own_not_found() -> None:
    client = small_fake().client(SOURCE, config=ONE_CALL)
    with pytest.raises(client.exceptions.NotFoundException) as caught:
        client.get_operation(operationId="none")
    assert caught.value.response["code"] == "DoesNotExist"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def required_of(operation: str) -> list[str]:
    """Return the members that botocore's model requires in a request."""
    shape = model().operation_model(operation).input_shape
    return [] if shape is None else shape.required_members


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if required_of(each)])
def test_a_required_member_that_is_missing_is_rejected(operation: str) -> None:
    status, code, message = rejection(small_fake(), SOURCE, operation)
    assert (status, code) == (400, "InvalidInputException")
    assert message == f"{required_of(operation)[0]} must not be null or empty"


@pytest.mark.parametrize("value", ["", None])
def test_a_required_member_that_is_empty_is_as_good_as_missing(value: str | None) -> None:
    message = rejection(small_fake(), SOURCE, "GetDisk", diskName=value)[2]
    assert message == "diskName must not be null or empty"


def test_an_instance_is_running_with_its_system_disk_and_what_is_attached() -> None:
    instance = call(small_fake(), SOURCE, "GetInstance", instanceName="web")["instance"]
    assert instance["state"] == {"code": 16, "name": "running"}
    assert instance["location"] == {"availabilityZone": "us-west-2a", "regionName": SOURCE}
    assert instance["blueprintId"] == "ubuntu_24_04"
    assert instance["bundleId"] == "small_3_0"
    disks = [(disk["path"], disk["sizeInGb"], disk["isSystemDisk"]) for disk in instance["hardware"]["disks"]]
    assert disks == [("/dev/xvda", 40, True), ("/dev/xvdf", 8, False)]


def test_a_disk_says_whose_it_is() -> None:
    fake = small_fake()
    free = call(fake, SOURCE, "GetDisk", diskName="data")["disk"]
    assert (free["state"], free["isAttached"], free["sizeInGb"]) == ("available", False, 64)
    assert "attachedTo" not in free
    taken = call(fake, SOURCE, "GetDisk", diskName="logs")["disk"]
    assert (taken["state"], taken["isAttached"]) == ("in-use", True)
    assert (taken["attachedTo"], taken["path"]) == ("web", "/dev/xvdf")


def test_a_disk_snapshot_names_its_disk() -> None:
    fake = small_fake()
    held = call(fake, SOURCE, "GetDiskSnapshot", diskSnapshotName="data-friday")["diskSnapshot"]
    assert held["fromDiskName"] == "data"
    assert held["fromDiskArn"] == call(fake, SOURCE, "GetDisk", diskName="data")["disk"]["arn"]
    assert (held["state"], held["progress"], held["sizeInGb"]) == ("completed", "100%", 64)
    assert held["location"] == {"availabilityZone": "all", "regionName": SOURCE}


@pytest.mark.parametrize(
    ("operation", "member", "names"),
    [
        ("GetDisks", "disks", ["logs", "data"]),
        ("GetDiskSnapshots", "diskSnapshots", ["data-friday"]),
        ("GetInstances", "instances", ["web"]),
        ("GetInstanceSnapshots", "instanceSnapshots", ["web-friday"]),
    ],
)
def test_a_list_has_resources_of_one_type(operation: str, member: str, names: list[str]) -> None:
    response = call(small_fake(), SOURCE, operation)
    assert [each["name"] for each in response[member]] == names
    assert response.keys() == {member}


def test_a_region_that_nothing_was_put_into_is_empty() -> None:
    fake = small_fake()
    assert call(fake, "eu-west-1", "GetInstanceSnapshots") == {"instanceSnapshots": []}
    assert call(fake, "eu-west-1", "GetOperations") == {"operations": []}
    assert fake.snapshot_names("eu-west-1") == ()


def test_automatic_snapshots_come_newest_first_with_their_day_in_utc() -> None:
    fake = small_fake()
    fake.add_auto_snapshot("web", SOURCE, "2025-12-29", status="Failed")
    fake.add_auto_snapshot("web", SOURCE)
    response = call(fake, SOURCE, "GetAutoSnapshots", resourceName="web")
    assert (response["resourceName"], response["resourceType"]) == ("web", "Instance")
    assert [(each["date"], each["status"]) for each in response["autoSnapshots"]] == [
        ("2026-01-01", "Success"),
        ("2025-12-31", "Success"),
        ("2025-12-29", "Failed"),
    ]
    assert [each["createdAt"] for each in response["autoSnapshots"]] == [1767225600.0, 1767160800.0, 1766988000.0]
    assert response["autoSnapshots"][0]["fromAttachedDisks"] == [{"path": "/dev/xvdf", "sizeInGb": 8}]


def test_the_automatic_snapshots_of_a_disk_have_no_disks() -> None:
    response = call(small_fake(), SOURCE, "GetAutoSnapshots", resourceName="data")
    assert response["resourceType"] == "Disk"
    assert response["autoSnapshots"][0]["fromAttachedDisks"] == []


def test_a_resource_may_have_no_automatic_snapshot() -> None:
    assert call(small_fake(), SOURCE, "GetAutoSnapshots", resourceName="logs")["autoSnapshots"] == []


def test_operations_come_newest_first() -> None:
    fake = small_fake(copy_duration=1)
    first, second = start(fake, "one", "two")
    fake.remove("one", TARGET)
    (third,) = start(fake, "one")
    every = [each["id"] for each in call(fake, TARGET, "GetOperations")["operations"]]
    assert every[0] == third
    assert every[2:] == [second, first]
    of_one = call(fake, TARGET, "GetOperationsForResource", resourceName="one")["operations"]
    assert [each["operationType"] for each in of_one] == ["CopySnapshot", "DeleteInstanceSnapshot", "CopySnapshot"]
    assert [of_one[0]["id"], of_one[2]["id"]] == [third, first]


def test_a_name_without_a_history_has_no_operations() -> None:
    assert call(small_fake(), TARGET, "GetOperationsForResource", resourceName="none") == {"operations": []}


def test_operations_are_those_of_the_clients_region() -> None:
    fake = small_fake()
    (identifier,) = start(fake, "one")
    assert call(fake, SOURCE, "GetOperations") == {"operations": []}
    assert rejection(fake, SOURCE, "GetOperation", operationId=identifier)[:2] == ABSENT


@pytest.mark.parametrize(
    ("operation", "parameters", "member"),
    [
        ("GetOperations", {}, "operations"),
        ("GetInstanceSnapshots", {}, "instanceSnapshots"),
    ],
)
def test_pages_have_everything_once_and_in_order(operation: str, parameters: dict[str, str], member: str) -> None:
    fake = small_fake(page_size=2)
    start(fake, "c1", "c2", "c3", "c4", "c5")
    found: list[str] = []
    response = call(fake, TARGET, operation, **parameters)
    sizes = [len(response[member])]
    found += [each.get("resourceName") or each["name"] for each in response[member]]
    while "nextPageToken" in response:
        response = call(fake, TARGET, operation, pageToken=response["nextPageToken"], **parameters)
        found += [each.get("resourceName") or each["name"] for each in response[member]]
        sizes.append(len(response[member]))
    assert found == ["c5", "c4", "c3", "c2", "c1"]
    assert sizes == [2, 2, 1]


def test_a_full_page_is_the_last_one_if_nothing_follows() -> None:
    fake = small_fake(page_size=2)
    start(fake, "c1", "c2")
    assert "nextPageToken" not in call(fake, TARGET, "GetOperations")


def test_the_pages_of_one_resource_stay_whole_while_operations_are_added() -> None:
    fake = small_fake(page_size=1)
    (first,) = start(fake, "one")
    fake.remove("one", TARGET)
    page = call(fake, TARGET, "GetOperationsForResource", resourceName="one")
    start(fake, "one")
    rest = call(fake, TARGET, "GetOperationsForResource", resourceName="one", pageToken=page["nextPageToken"])
    assert [each["id"] for each in rest["operations"]] == [first]


def test_what_is_removed_between_two_pages_is_missing_from_the_second() -> None:
    fake = small_fake(page_size=1)
    start(fake, "c1", "c2")
    page = call(fake, TARGET, "GetInstanceSnapshots")
    fake.remove("c1", TARGET)
    assert call(fake, TARGET, "GetInstanceSnapshots", pageToken=page["nextPageToken"]) == {"instanceSnapshots": []}


@pytest.mark.parametrize("token", ["", "1", "invented"])
def test_an_invented_token_is_rejected(token: str) -> None:
    status, code, message = rejection(small_fake(), TARGET, "GetOperations", pageToken=token)
    assert (status, code, message) == (400, "InvalidInputException", "The pageToken is not valid")


def test_a_token_of_another_list_or_region_is_rejected() -> None:
    fake = small_fake(page_size=1)
    start(fake, "c1", "c2")
    token = call(fake, TARGET, "GetOperations")["nextPageToken"]
    assert rejection(fake, TARGET, "GetInstanceSnapshots", pageToken=token)[1] == "InvalidInputException"
    assert rejection(fake, SOURCE, "GetOperations", pageToken=token)[1] == "InvalidInputException"


def test_the_paginators_of_boto3_read_all_pages() -> None:
    fake = small_fake(page_size=3)
    start(fake, *(f"c{number}" for number in range(10)))
    pages = list(fake.client(TARGET).get_paginator("get_operations").paginate())
    assert [len(page["operations"]) for page in pages] == [3, 3, 3, 1]


def test_timestamps_travel_as_seconds_to_the_millisecond() -> None:
    fake = small_fake()
    fake.clock.advance(0.1234567)
    (identifier,) = start(fake, "one")
    body = fake.respond(TARGET, "GetOperation", json.dumps({"operationId": identifier}).encode()).body
    assert b'"createdAt": 1767225600.123,' in body


def test_every_served_operation_of_a_busy_fake_fits_the_model() -> None:
    """`call` holds each response against the model; here each has something to show in each of its states."""
    fake = small_fake(copy_duration=10)
    call(fake, TARGET, "CopySnapshot", **LATEST)
    call(
        fake,
        TARGET,
        "CopySnapshot",
        **{**MANUAL, "sourceSnapshotName": "data-friday", "targetSnapshotName": "disk-copy"},
    )
    fake.fail_next_copy("CopyFailed", "The snapshot could not be copied.")
    call(fake, TARGET, "CopySnapshot", **{**MANUAL, "targetSnapshotName": "failed"})
    for _ in range(2):
        for operation in ("GetOperations", "GetInstanceSnapshots", "GetDiskSnapshots"):
            assert any(call(fake, TARGET, operation).values())
        fake.clock.advance(10)
    fake.add_manual_snapshot("odd", SOURCE, resource_type="DiskSnapshot", state="unknown")
    for operation in ("GetInstances", "GetDisks", "GetInstanceSnapshots", "GetDiskSnapshots"):
        assert any(call(fake, SOURCE, operation).values())


@pytest.mark.parametrize(
    ("kind", "name"), [("InstanceSnapshot", "web-friday"), ("DiskSnapshot", "data-friday")], ids=["instance", "disk"]
)
def test_a_snapshot_is_deleted_by_an_operation_and_its_name_is_free_afterwards(kind: str, name: str) -> None:
    fake = small_fake()
    parameter = f"{kind[0].lower()}{kind[1:]}Name"
    (operation,) = call(fake, SOURCE, f"Delete{kind}", **{parameter: name})["operations"]
    assert (operation["operationType"], operation["resourceName"]) == (f"Delete{kind}", name)
    assert operation["status"] == "Succeeded"
    assert name not in fake.snapshot_names(SOURCE)
    assert rejection(fake, SOURCE, f"Delete{kind}", **{parameter: name})[1] == "NotFoundException"
    fake.add_manual_snapshot(name, SOURCE)


def test_a_snapshot_of_the_other_type_is_not_deleted() -> None:
    fake = small_fake()
    assert rejection(fake, SOURCE, "DeleteDiskSnapshot", diskSnapshotName="web-friday")[1] == "NotFoundException"
    assert "web-friday" in fake.snapshot_names(SOURCE)


def test_a_manual_snapshot_can_be_older_than_the_fake() -> None:
    fake = small_fake()
    monday = datetime(2025, 12, 29, 6, tzinfo=timezone.utc)
    fake.add_manual_snapshot("web-monday", SOURCE, source="web", created_at=monday)
    snapshot = call(fake, SOURCE, "GetInstanceSnapshot", instanceSnapshotName="web-monday")["instanceSnapshot"]
    assert (snapshot["createdAt"], snapshot["state"]) == (monday.timestamp(), "available")


@pytest.mark.parametrize(
    "created_at",
    [
        datetime(2025, 12, 29),  # noqa: DTZ001 - a naive one is as wrong
        datetime(2025, 12, 29, tzinfo=NoOffset()),
        datetime(2100, 1, 1, tzinfo=timezone.utc),
        date(2025, 12, 29),
        "2025-12-29T00:00:00Z",
    ],
)
def test_a_manual_snapshot_is_created_at_a_known_time_and_not_in_the_future(created_at: Any) -> None:
    with pytest.raises(ValueError, match="give a datetime with a time zone, not later than the fake's clock"):
        small_fake().add_manual_snapshot("web-monday", SOURCE, created_at=created_at)


def test_page_tokens_are_not_kept_forever() -> None:
    fake = small_fake(page_size=1)
    for _ in range(1001):
        fake.respond(SOURCE, "GetDisks", b"{}")
    assert len(fake._account.listings) == 1000


@pytest.mark.slow
def test_the_calls_of_a_served_fake_are_bounded() -> None:
    fake = small_fake()
    fake.fail_next("GetDisks", faults.throttled(), times=10_000)  # the responses that are soonest made
    with fake.serve():
        for _ in range(10_001):
            fake.respond(SOURCE, "GetDisks", b"{}")
    assert len(fake.calls) == 10_000
    assert [fake.calls[0].status, fake.calls[-1].status] == [400, 200]


@pytest.mark.parametrize("client", [None, object(), "client"])
def test_what_is_not_a_boto3_client_cannot_be_attached(client: Any) -> None:
    with pytest.raises(TypeError, match="must be a boto3 client of Lightsail"):
        small_fake().attach(client)


def test_a_client_whose_methods_are_awaited_cannot_be_attached() -> None:
    class Awaited:
        async def _make_api_call(self) -> None: ...

    with pytest.raises(TypeError, match="must be a boto3 client of Lightsail"):
        small_fake().attach(cast("Any", Awaited()))
