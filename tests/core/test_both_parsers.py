"""The plain parsers return what the careful ones do, or leave it to them."""

# ruff: noqa: ANN401 - JSON is of any type
from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from any_json import JSON, spoiled
from hypothesis import given
from hypothesis import strategies as st
from samples import operation_dict

from lightsail_copy import Operation, Snapshot, UnexpectedResponseError, operations, snapshots
from lightsail_copy.parsing import Fields

SNAPSHOT: dict[str, Any] = {
    "name": "data-1-monday",
    "arn": "arn:aws:lightsail:us-west-2:123456789012:DiskSnapshot/0a1b",
    "resourceType": "DiskSnapshot",
    "state": "pending",
    "createdAt": 1763942400.5,
    "location": {"availabilityZone": "all", "regionName": "us-west-2"},
    "sizeInGb": 64,
    "fromDiskName": "data-1",
    "fromInstanceName": "",
    "progress": "37%",
}
KINDS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "operation": (Operation, operations.parse_plain, operation_dict()),
    "snapshot": (Snapshot, snapshots.parse_plain, SNAPSHOT),
}
EACH_KIND = pytest.mark.parametrize("kind", KINDS)


def agree(kind: str, wire: Any) -> None:
    """Check that both parsers agree on a value of the wire, its error included."""
    cls, plain, _ = KINDS[kind]
    value = plain(wire)
    try:
        careful = cls.parse(Fields.of(wire))
    except UnexpectedResponseError as error:
        assert value is None
        with pytest.raises(UnexpectedResponseError) as caught:
            cls.from_dict(wire)
        assert (caught.value.path, str(caught.value)) == (error.path, str(error))  # noqa: PT017 - it is compared
    else:
        assert value in {None, careful}
        assert cls.from_dict(wire) == careful


@EACH_KIND
@given(JSON)
def test_they_agree_on_any_json(kind: str, wire: Any) -> None:
    agree(kind, wire)


@EACH_KIND
@given(st.data())
def test_they_agree_on_a_true_value_with_something_wrong(kind: str, data: st.DataObject) -> None:
    agree(kind, spoiled(KINDS[kind][2], data))


@EACH_KIND
@given(st.data())
def test_they_agree_on_a_wrong_value_of_any_member(kind: str, data: st.DataObject) -> None:
    wire = KINDS[kind][2]
    key = data.draw(st.sampled_from(sorted(wire)))
    agree(kind, {**wire, key: data.draw(JSON)})


@EACH_KIND
def test_a_usual_value_is_parsed_by_the_plain_one(kind: str) -> None:
    cls, plain, wire = KINDS[kind]
    boto3s = {**wire, "createdAt": datetime(2026, 1, 1, tzinfo=timezone.utc)}
    assert plain(wire) == cls.parse(Fields.of(wire))
    assert plain(boto3s) == cls.parse(Fields.of(boto3s))


@EACH_KIND
@pytest.mark.parametrize("missing", ["createdAt", "location", "resourceType"])
def test_a_missing_member_is_left_to_the_careful_one(kind: str, missing: str) -> None:
    _, plain, wire = KINDS[kind]
    assert plain({name: value for name, value in wire.items() if name != missing}) is None


@EACH_KIND
@pytest.mark.parametrize("zone", [timezone.utc, timezone(timedelta(hours=-8))])
def test_a_plain_datetime_is_in_utc_with_any_time_zone_of_the_client(kind: str, zone: timezone) -> None:
    _, plain, wire = KINDS[kind]
    created = plain({**wire, "createdAt": datetime(2026, 1, 1, tzinfo=zone)}).created_at
    assert (created, created.tzinfo) == (datetime(2026, 1, 1, tzinfo=zone), timezone.utc)
