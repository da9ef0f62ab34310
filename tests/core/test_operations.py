"""Operations as values: read from every form in which they come, whatever the machine's zone, and back."""

# ruff: noqa: ANN401 - what is handed over on purpose is of any type, and so are boto3's clients
from __future__ import annotations

import json
import time
from datetime import date, datetime, timedelta, timezone
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import assume, example, given
from hypothesis import strategies as st
from samples import operation_dict, response_fault, sample, sample_bytes, travelled

from lightsail_copy import (
    CopySnapshotResult,
    Operation,
    OperationStatus,
    OperationType,
    RegionName,
    ResourceLocation,
    ResourceType,
    UnexpectedResponseError,
    Unrecognized,
    get_operation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lightsail_copy.testing import FakeLightsail

UTC = timezone.utc
FAILED = Operation(
    id="5e6f7a8b-2222-4333-8444-555566667777",
    resource_name="data-1-copy",
    resource_type=ResourceType.DISK_SNAPSHOT,
    created_at=datetime(2019, 9, 27, 19, 42, 45, 890000, UTC),
    location=ResourceLocation(availability_zone="all", region_name=RegionName.EU_WEST_3),
    is_terminal=True,
    operation_type=OperationType.COPY_SNAPSHOT,
    status=OperationStatus.FAILED,
    operation_details="",
    status_changed_at=datetime(2019, 9, 27, 19, 43, 21, tzinfo=UTC),
    error_code="InternalFailure",
    error_details="The copy could not be completed.",
)
REQUIRED = ("id", "createdAt")
EMPTY = {
    "resourceName": "",
    "resourceType": Unrecognized(""),
    "location": ResourceLocation("", Unrecognized("")),
    "isTerminal": False,
    "operationType": Unrecognized(""),
    "status": Unrecognized(""),
}
OPTIONAL = ("operationDetails", "statusChangedAt", "errorCode", "errorDetails")
MEMBERS = (*REQUIRED, *EMPTY, *OPTIONAL)
TIMESTAMP = datetime(2025, 11, 24, 16, 0, 0, 125000, UTC)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["1.5E9", "2026-01-01"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*MEMBERS, "regionName", "availabilityZone"]), inner, max_size=5)
    ),
    max_leaves=12,
)
OPERATIONS_GONE_WRONG = st.dictionaries(st.sampled_from(MEMBERS), JSON, max_size=4).map(
    lambda changes: operation_dict(**changes)
)
TIMESTAMPS = st.datetimes(
    timezones=st.timezones()
    | st.timedeltas(timedelta(hours=-23, minutes=-59), timedelta(hours=23, minutes=59)).map(timezone)
).filter(lambda timestamp: 1 < timestamp.year < 9999)


def in_a_reply(operation: object) -> dict[str, object]:
    """Return a response that holds what may be an operation."""
    return {"operations": [operation]}


def rejected_at(mapping: object) -> str:
    """Return the path for which an operation's wire form is rejected, with the whole of it as the response."""
    with pytest.raises(UnexpectedResponseError) as caught:
        Operation.from_dict(mapping)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - what a response may be
    assert caught.value.response is mapping
    return caught.value.path


@pytest.fixture(params=["UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati", "XYZ+11:30"])
def machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Have the machine be in a zone, and then again in its own."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


# What is read, from where


def test_all_twelve_fields_are_parsed_from_a_response_to_boto3(fake: FakeLightsail, client: Any) -> None:
    fake.fail_next("GetOperation", response_fault(sample_bytes("get_operation")))
    assert get_operation(client, FAILED.id) == FAILED
    assert None not in attrs.astuple(FAILED, recurse=False)
    assert len(attrs.fields(Operation)) == 12


def test_all_twelve_fields_are_parsed_from_the_json_of_the_aws_cli() -> None:
    assert Operation.from_dict(operation_dict()) == FAILED


def test_epoch_seconds_and_iso_text_of_the_same_timestamp_make_equal_operations() -> None:
    version_1, version_2 = (CopySnapshotResult.from_dict(sample(name)) for name in ("copy_snapshot", "cli_version_2"))
    assert version_1 == version_2
    assert version_1.operations[0].created_at == TIMESTAMP


def test_any_mapping_is_read() -> None:
    assert Operation.from_dict(MappingProxyType(operation_dict())) == FAILED


def test_what_is_unknown_is_passed_over() -> None:
    assert Operation.from_dict(operation_dict(brandNew={"a": 1})) == FAILED


@pytest.mark.parametrize("key", OPTIONAL)
def test_what_is_optional_is_none_where_it_is_missing_or_null(key: str) -> None:
    wire = operation_dict()
    del wire[key]
    missing = Operation.from_dict(wire)
    assert missing == Operation.from_dict(operation_dict(**{key: None}))
    assert list(attrs.asdict(missing).values()).count(None) == 1
    assert key not in missing.to_dict()


def test_empty_details_stay_an_empty_text() -> None:
    assert FAILED.operation_details == ""
    assert FAILED.to_dict().get("operationDetails") == ""


# Timestamps


@pytest.mark.measured
@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        (1764000000.125, TIMESTAMP),
        (1764000000, TIMESTAMP.replace(microsecond=0)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (-1.5, datetime(1969, 12, 31, 23, 59, 58, 500000, UTC)),
        (json.loads("1.764000000125E9"), TIMESTAMP),
        ("1764000000.125", TIMESTAMP),
        ("1.764000000125E9", TIMESTAMP),
        ("2025-11-24T16:00:00.125Z", TIMESTAMP),
        ("2025-11-24T16:00:00.125000Z", TIMESTAMP),
        ("2025-11-24T16:00:00.125000999Z", TIMESTAMP),
        ("2025-11-24T16:00:00.1Z", TIMESTAMP.replace(microsecond=100000)),
        ("2025-11-24T16:00:00Z", TIMESTAMP.replace(microsecond=0)),
        ("2025-11-24 16:00:00.125+00:00", TIMESTAMP),
        ("2025-11-24T21:45:00.125+05:45", TIMESTAMP),
        ("2025-11-24T12:30:00.125-0330", TIMESTAMP),
        (TIMESTAMP, TIMESTAMP),
        (TIMESTAMP.astimezone(ZoneInfo("Asia/Kathmandu")), TIMESTAMP),
        (
            datetime(2025, 10, 26, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin")),
            datetime(2025, 10, 26, 1, 30, tzinfo=UTC),
        ),
        (
            datetime(2025, 10, 26, 2, 30, fold=0, tzinfo=ZoneInfo("Europe/Berlin")),
            datetime(2025, 10, 26, 0, 30, tzinfo=UTC),
        ),
    ],
    ids=repr,
)
def test_a_timestamp_is_read_in_every_form_it_comes_in(given_: object, expected: datetime) -> None:
    operation = Operation.from_dict(operation_dict(createdAt=given_, statusChangedAt=given_))
    assert operation.created_at == operation.status_changed_at == expected
    assert operation.created_at.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        True,
        "",
        "soon",
        "1_764_000_000",
        "nan",
        "2025-11-24T16:00:00",
        "2025-11-24",
        "2025-02-30T16:00:00Z",
        "2025-11-24T16:00:00Z\n",
        "2025-11-24T16:00:00+25:00",
        "٢٠٢٥-11-24T16:00:00Z",
        "9999-12-31T23:59:59-10:00",
        datetime(2025, 11, 24, 16),  # noqa: DTZ001 - a naive one names no timestamp
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))),
        date(2025, 11, 24),
        1e300,
        -1e300,
        float("nan"),
        float("inf"),
        "-Infinity",
        10**400,
        [1764000000],
        {"epoch": 1764000000},
        b"2025-11-24T16:00:00Z",
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_not_a_timestamp_is_rejected_by_its_path(value: object) -> None:
    for key in ("createdAt", "statusChangedAt"):
        assert rejected_at(operation_dict(**{key: value})) == key


def test_timestamps_of_a_response_are_utc_in_any_time_zone_of_the_machine(
    machine_zone: str, fake: FakeLightsail, client: Any
) -> None:
    fake.fail_next("GetOperation", response_fault(sample_bytes("get_operation")))
    operation = get_operation(client, FAILED.id)
    assert (operation.created_at.isoformat(), operation.created_at.tzinfo) == ("2019-09-27T19:42:45.890000+00:00", UTC)
    assert operation == FAILED


def test_timestamps_of_json_are_utc_in_any_time_zone_of_the_machine(machine_zone: str) -> None:
    assert Operation.from_dict(operation_dict()) == FAILED
    assert Operation.from_dict(FAILED.to_dict()) == FAILED


# There and back


def test_to_dict_has_the_names_of_the_wire_and_times_in_utc() -> None:
    assert FAILED.to_dict() == {
        "id": "5e6f7a8b-2222-4333-8444-555566667777",
        "resourceName": "data-1-copy",
        "resourceType": "DiskSnapshot",
        "createdAt": "2019-09-27T19:42:45.890000+00:00",
        "location": {"availabilityZone": "all", "regionName": "eu-west-3"},
        "isTerminal": True,
        "operationDetails": "",
        "operationType": "CopySnapshot",
        "status": "Failed",
        "statusChangedAt": "2019-09-27T19:43:21+00:00",
        "errorCode": "InternalFailure",
        "errorDetails": "The copy could not be completed.",
    }


def words(enum: type[ResourceType | OperationType | OperationStatus | RegionName]) -> st.SearchStrategy[str]:
    """Return a strategy of known and unknown words."""
    return st.sampled_from([str(member) for member in enum]) | st.text()


@st.composite
def wire_operations(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the wire form of an operation, as boto3 returns it."""
    required = {
        "id": draw(st.text(min_size=1).filter(str.strip)),
        "resourceName": draw(st.text()),
        "resourceType": draw(words(ResourceType)),
        "createdAt": draw(TIMESTAMPS),
        "location": {"availabilityZone": draw(st.text()), "regionName": draw(words(RegionName))},
        "isTerminal": draw(st.booleans()),
        "operationType": draw(words(OperationType)),
        "status": draw(words(OperationStatus)),
    }
    texts = st.fixed_dictionaries(
        {}, optional={"operationDetails": st.text(), "errorCode": st.text(), "errorDetails": st.text()}
    )
    return {**required, **draw(texts), **draw(st.fixed_dictionaries({}, optional={"statusChangedAt": TIMESTAMPS}))}


@given(wire_operations())
def test_the_way_to_json_and_back_is_exact(wire: dict[str, Any]) -> None:
    operation = Operation.from_dict(wire)
    assert operation.created_at == wire["createdAt"].astimezone(UTC)
    back = Operation.from_dict(json.loads(json.dumps(operation.to_dict())))
    assert back == operation
    assert list(map(type, attrs.astuple(back))) == list(map(type, attrs.astuple(operation)))


@given(TIMESTAMPS)
@example(datetime(1900, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=30, seconds=15))))
def test_an_operation_that_a_caller_builds_in_another_zone_keeps_its_timestamps(timestamp: datetime) -> None:
    # A timestamp that its zone has twice or never is equal to none in another zone.
    assume(timestamp.replace(fold=1 - timestamp.fold).utcoffset() == timestamp.utcoffset())
    operation = attrs.evolve(FAILED, created_at=timestamp, status_changed_at=timestamp)
    assert Operation.from_dict(json.loads(json.dumps(operation.to_dict()))) == operation


@pytest.mark.parametrize("name", ["copy_snapshot", "cli_version_2"])
def test_a_result_goes_to_json_and_back(name: str) -> None:
    result = CopySnapshotResult.from_dict(sample(name))
    assert CopySnapshotResult.from_dict(json.loads(json.dumps(result.to_dict()))) == result
    for changed in (attrs.evolve(result, adopted=True), attrs.evolve(result, request_id="a-b")):
        assert CopySnapshotResult.from_dict(json.loads(json.dumps(changed.to_dict()))) == changed


def test_a_result_names_its_operations_as_the_aws_cli_prints_them() -> None:
    wire = sample("cli_version_2")
    result = CopySnapshotResult.from_dict(wire)
    assert result.to_dict()["operations"] == [operation.to_dict() for operation in result.operations]
    assert [*result.to_dict()["operations"][0]] == [*wire["operations"][0]]


@pytest.mark.parametrize("metadata", [None, {}, {"RequestId": None}, {"RequestId": 7}, [], "a-b"])
def test_a_result_without_a_readable_request_id_has_none(metadata: object) -> None:
    assert CopySnapshotResult.from_dict({**sample("copy_snapshot"), "ResponseMetadata": metadata}).request_id is None


def test_a_result_keeps_all_operations_in_the_order_of_the_service() -> None:
    wires = [operation_dict(id=each) for each in ("b1", "a2", "c0")]
    assert [operation.id for operation in CopySnapshotResult.from_dict({"operations": wires}).operations] == [
        "b1",
        "a2",
        "c0",
    ]


# Words


def test_words_outside_the_enums_survive() -> None:
    wire = operation_dict(
        resourceType="Spaceship",
        operationType="CreateDomainEntry",
        status="Pondering",
        location={"availabilityZone": "all", "regionName": "xx-new-1"},
    )
    operation = Operation.from_dict(wire)
    kept = (operation.resource_type, operation.operation_type, operation.status, operation.location.region_name)
    assert kept == ("Spaceship", "CreateDomainEntry", "Pondering", "xx-new-1")
    assert {type(word) for word in kept} == {Unrecognized}
    assert operation.to_dict()["operationType"] == "CreateDomainEntry"
    assert {type(word) for word in operation.to_dict().values()} == {str, bool, dict}
    assert {type(word) for word in operation.to_dict()["location"].values()} == {str}


def test_an_operation_in_the_region_global_is_read(fake: FakeLightsail, client: Any) -> None:
    fake.fail_next("GetOperation", response_fault(sample_bytes("get_operation_global")))
    operation = get_operation(client, "9c0d1e2f-3333-4444-8555-666677778888")
    assert operation.location == ResourceLocation("all", Unrecognized("global"))
    assert type(operation.location.region_name) is Unrecognized
    assert operation.operation_type == "CreateDomainEntry"
    assert (operation.error_code, operation.status_changed_at, operation.operation_details) == (None, None, None)


@pytest.mark.parametrize(
    ("status", "is_terminal", "done", "succeeded", "failed"),
    [
        ("NotStarted", False, False, False, False),
        ("NotStarted", True, True, False, False),
        ("Started", False, False, False, False),
        ("Started", True, True, False, False),
        ("Failed", False, True, False, True),
        ("Failed", True, True, False, True),
        ("Completed", False, True, True, False),
        ("Completed", True, True, True, False),
        ("Succeeded", False, True, True, False),
        ("Succeeded", True, True, True, False),
        ("Pondering", False, False, False, False),
        ("Pondering", True, True, False, False),
    ],
)
def test_the_status_and_is_terminal_decide_how_it_ended(
    status: str, *, is_terminal: bool, done: bool, succeeded: bool, failed: bool
) -> None:
    operation = Operation.from_dict(operation_dict(status=status, isTerminal=is_terminal))
    assert (operation.done, operation.succeeded, operation.failed) == (done, succeeded, failed)


def test_a_status_is_compared_by_its_value() -> None:
    failed = attrs.evolve(Operation.from_dict(operation_dict()), status=Unrecognized("Failed"))
    assert (failed.done, failed.succeeded, failed.failed) == (True, False, True)


# What is not understood


@pytest.mark.parametrize("key", REQUIRED)
def test_a_missing_field_is_named_by_its_path(key: str) -> None:
    wire = operation_dict()
    del wire[key]
    assert rejected_at(wire) == key


@pytest.mark.parametrize("key", REQUIRED)
def test_a_field_that_is_null_is_named_by_its_path(key: str) -> None:
    assert rejected_at(operation_dict(**{key: None})) == key


@pytest.mark.parametrize(("key", "value"), EMPTY.items(), ids=EMPTY)
@pytest.mark.parametrize("is_null", [True, False], ids=["null", "missing"])
def test_any_other_member_that_is_absent_has_an_empty_value(key: str, value: object, *, is_null: bool) -> None:
    wire = operation_dict(**{key: None})
    if not is_null:
        del wire[key]
    operation = Operation.from_dict(wire)
    changed = [each for each in attrs.fields(Operation) if getattr(operation, each.name) != getattr(FAILED, each.name)]
    assert [getattr(operation, each.name) for each in changed] in ([value], [True])
    assert type(getattr(operation, changed[0].name)) is type(value)
    assert Operation.from_dict(json.loads(json.dumps(operation.to_dict()))) == operation


@pytest.mark.parametrize("key", MEMBERS)
def test_a_field_of_another_type_is_named_by_its_path(key: str) -> None:
    for value in ([], ["a"], b"text", object()):
        assert rejected_at(operation_dict(**{key: value})) == key
    if key != "location":  # which may have any members, and none
        assert rejected_at(operation_dict(**{key: {"a": 1}})) == key


@pytest.mark.parametrize("key", ["id", "resourceName", "resourceType", "operationType", "status", *OPTIONAL])
def test_a_text_is_not_made_of_anything_else(key: str) -> None:
    for value in (True, 0.5j):
        assert rejected_at(operation_dict(**{key: value})) == key


@pytest.mark.parametrize("value", [0, 1, "true", "", "Succeeded"])
def test_whether_it_is_terminal_is_a_bool_and_nothing_like_one(value: object) -> None:
    assert rejected_at(operation_dict(isTerminal=value)) == "isTerminal"


@pytest.mark.parametrize("value", ["", " ", "\n\t"])
def test_a_blank_id_is_rejected_as_nothing_could_be_called_of_it(value: str) -> None:
    assert rejected_at(operation_dict(id=value)) == "id"


@pytest.mark.parametrize("key", ["availabilityZone", "regionName"])
@pytest.mark.parametrize("value", [7, ["us-east-1"]])
def test_a_fault_within_the_location_is_named_by_its_dotted_path(key: str, value: object) -> None:
    location = {"availabilityZone": "all", "regionName": "eu-west-3"}
    assert rejected_at(operation_dict(location={**location, key: value})) == f"location.{key}"


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ({"availabilityZone": "all"}, ResourceLocation("all", Unrecognized(""))),
        ({"regionName": "eu-west-3", "availabilityZone": None}, ResourceLocation("", RegionName.EU_WEST_3)),
        ({}, ResourceLocation("", Unrecognized(""))),
    ],
    ids=repr,
)
def test_a_location_has_empty_values_for_what_it_lacks(location: object, expected: ResourceLocation) -> None:
    operation = Operation.from_dict(operation_dict(location=location))
    assert operation.location == expected
    assert type(operation.location.region_name) is type(expected.region_name)


@pytest.mark.parametrize("whole", [None, [], "text", b"bytes", 7, True])
def test_what_is_not_a_mapping_at_all_is_rejected_at_its_top(whole: object) -> None:
    assert rejected_at(whole) == ""


@pytest.mark.parametrize(
    ("wire", "path"),
    [
        ({}, "operations"),
        ({"operations": None}, "operations"),
        ({"operations": {}}, "operations"),
        ({"operations": "text"}, "operations"),
        ({"operations": b"bytes"}, "operations"),
        ({"operations": []}, "operations"),
        ({"operations": [None]}, "operations.0"),
        ({"operations": [operation_dict(), "text"]}, "operations.1"),
        ({"operations": [operation_dict(), operation_dict(createdAt="soon")]}, "operations.1.createdAt"),
        ({"operations": [operation_dict(location={"regionName": 7})]}, "operations.0.location.regionName"),
        ({"operations": [operation_dict(location=[])]}, "operations.0.location"),
        ([], ""),
        (None, ""),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_result_names_the_place_of_its_fault(wire: Any, path: str) -> None:
    with pytest.raises(UnexpectedResponseError) as caught:
        CopySnapshotResult.from_dict(wire)
    assert caught.value.path == path
    assert caught.value.response is wire


def test_the_error_says_what_was_found_and_what_was_expected() -> None:
    with pytest.raises(UnexpectedResponseError, match="at isTerminal: 'no' is not a Boolean"):
        Operation.from_dict(operation_dict(isTerminal="no"))
    with pytest.raises(UnexpectedResponseError, match="at createdAt: it is missing"):
        Operation.from_dict({key: value for key, value in operation_dict().items() if key != "createdAt"})
    with pytest.raises(UnexpectedResponseError, match="parsed: 7 is not a mapping"):
        Operation.from_dict(7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - what a response may be


@pytest.mark.parametrize("cls", [Operation, CopySnapshotResult])
@given(wire=JSON | OPERATIONS_GONE_WRONG | (JSON | OPERATIONS_GONE_WRONG).map(in_a_reply))
def test_any_json_is_either_parsed_or_rejected_by_our_own_error(cls: Any, wire: Any) -> None:
    try:
        value = cls.from_dict(wire)
    except UnexpectedResponseError:
        return
    assert isinstance(value, cls)


# Values


@pytest.mark.parametrize(
    "value", [FAILED, FAILED.location, CopySnapshotResult((FAILED,), "a-b")], ids=lambda value: type(value).__name__
)
def test_results_are_frozen_slotted_equal_hashable_and_arrive_as_they_were_sent(value: Any) -> None:
    name = value.__attrs_attrs__[0].name
    with pytest.raises(FrozenInstanceError):
        setattr(value, name, None)
    assert not hasattr(value, "__dict__")
    for sent in [attrs.evolve(value), *travelled(value)]:
        assert sent == value
        assert {sent: 1}[value] == 1
        assert type(sent) is type(value)
    assert attrs.evolve(value, **{name: "other"}) != value


def test_a_result_is_not_adopted_and_has_no_request_id_by_itself() -> None:
    assert CopySnapshotResult((FAILED,)) == CopySnapshotResult(operations=(FAILED,), request_id=None, adopted=False)


def test_a_text_of_another_type_leaves_nothing_of_its_type_in_the_values_parsed_later() -> None:
    class Text(str):
        __slots__ = ()
        __hash__: Any = None  # it cannot be a key

    for zone in (Text("all"), RegionName.US_WEST_1, "all", "us-west-1"):
        location = {"availabilityZone": zone, "regionName": Text("us-west-2")}
        parsed = Operation.from_dict({"id": Text("op-1"), "createdAt": 0, "location": location})
        assert {type(each) for each in (parsed.id, parsed.location.availability_zone)} == {str}
        assert parsed.location.region_name is RegionName.US_WEST_2
