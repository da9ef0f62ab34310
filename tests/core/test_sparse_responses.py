"""
Responses that leave out members, and lists in any order.

The service's model requires no member of a response, and says nothing of the order of a list that holds in practice.
"""

# ruff: noqa: ANN401 - JSON is of any type, and boto3 makes its client classes at run time
from __future__ import annotations

import json
from copy import deepcopy
from typing import Any, Final

import pytest
from botocore.exceptions import ConnectionClosedError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import copy_once, operation_dict, response_fault, sample

from lightsail_copy import (
    AutoSnapshotCopy,
    CopySnapshotResult,
    LightsailCopyError,
    ManualSnapshotCopy,
    Operation,
    Snapshot,
    UnexpectedResponseError,
    UnknownOutcomeError,
    copy_snapshot,
    get_auto_snapshots,
    get_operation,
    get_snapshot,
    list_snapshots,
)
from lightsail_copy.testing import FakeClock, FakeLightsail

NAME = "web-1-monday-copy"
MANUAL = ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name=NAME)
LATEST = AutoSnapshotCopy(
    source_region="us-east-1",
    source_resource_name="web-1",
    target_snapshot_name=NAME,
    use_latest_restorable_auto_snapshot=True,
)
LOOKUP: Final = "GetOperationsForResource"
REQUIRED = {"id", "createdAt"}
ANY_FAKE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # each example queues its response

RECORDED = [
    sample("copy_snapshot")["operations"][0],
    sample("cli_version_2")["operations"][0],
    sample("get_operation")["operation"],
    sample("get_operation_global")["operation"],
]


def pruned(draw: st.DrawFn, wire: dict[str, Any], kept: set[str]) -> dict[str, Any]:
    """Return a mapping without some of its members, at any depth, or with null for them."""
    result: dict[str, Any] = {}
    for key, value in wire.items():
        fate = "keep" if key in kept else draw(st.sampled_from(["keep", "keep", "null", "drop"]))
        if fate == "null":
            result[key] = None
        elif fate == "keep":
            result[key] = pruned(draw, value, kept) if isinstance(value, dict) else deepcopy(value)
    return result


@st.composite
def sparse_operations(draw: st.DrawFn, *, kept: frozenset[str] = frozenset(REQUIRED)) -> dict[str, Any]:
    """Draw a recorded operation without some of its members."""
    return pruned(draw, draw(st.sampled_from(RECORDED)), set(kept))


@ANY_FAKE
@given(st.lists(sparse_operations(), min_size=1, max_size=3))
def test_a_copy_needs_no_member_of_an_operation_but_its_id_and_its_start(
    fake: FakeLightsail, client: Any, wires: list[dict[str, Any]]
) -> None:
    before = len(fake.calls)
    fake.fail_next("CopySnapshot", response_fault({"operations": wires}))
    result = copy_snapshot(client, MANUAL)
    assert not result.adopted
    assert result.operations == CopySnapshotResult.from_dict({"operations": wires}).operations
    for operation, wire in zip(result.operations, wires, strict=True):
        present = {key: value for key, value in wire.items() if value is not None}
        again = operation.to_dict()
        assert (again["id"], operation.resource_name) == (wire["id"], present.get("resourceName", ""))
        assert operation.status == present.get("status", "")
        assert operation.is_terminal is present.get("isTerminal", False)
        assert operation.location.availability_zone == (present.get("location", {}).get("availabilityZone") or "")
        assert Operation.from_dict(json.loads(json.dumps(again))) == operation
    assert [call.operation for call in fake.calls[before:]] == ["CopySnapshot"]


SPOILT: st.SearchStrategy[Any] = st.sampled_from([None, "soon", [], {}, 1e300])


@ANY_FAKE
@given(sparse_operations(kept=frozenset({"id"})), SPOILT, st.sampled_from(["raise", "adopt"]))
def test_an_id_says_that_the_copy_has_started_whatever_else_is_wrong(
    fake: FakeLightsail, client: Any, wire: dict[str, Any], created_at: object, if_exists: Any
) -> None:
    before = len(fake.calls)
    fake.fail_next("CopySnapshot", response_fault({"operations": [{**wire, "createdAt": created_at}]}))
    with pytest.raises(UnexpectedResponseError, match=f"The copy has started .operation {wire['id']}") as caught:
        copy_snapshot(client, MANUAL, if_exists=if_exists)
    assert caught.value.operation_ids == (wire["id"],)
    assert [call.operation for call in fake.calls[before:]] == ["CopySnapshot"]


@ANY_FAKE
@given(sparse_operations(kept=frozenset({"createdAt"})), st.sampled_from([None, "", " ", 7, []]))
def test_a_response_without_an_id_is_looked_up(
    fake: FakeLightsail, client: Any, wire: dict[str, Any], operation_id: object
) -> None:
    before = len(fake.calls)
    fake.fail_next("CopySnapshot", response_fault({"operations": [{**wire, "id": operation_id}]}))
    with pytest.raises(UnexpectedResponseError, match="may have started") as caught:
        copy_once(client, MANUAL)
    assert caught.value.operation_ids == ()
    assert [call.operation for call in fake.calls[before:]] == ["CopySnapshot", LOOKUP]


@ANY_FAKE
@given(sparse_operations())
def test_a_poll_needs_no_member_of_an_operation_but_its_id_and_its_start(
    fake: FakeLightsail, client: Any, wire: dict[str, Any]
) -> None:
    fake.fail_next("GetOperation", response_fault({"operation": wire}))
    operation = get_operation(client, wire["id"])
    assert operation == Operation.from_dict(wire)
    assert operation.done == (wire.get("isTerminal") is True or wire.get("status") in {"Succeeded", "Failed"})


@st.composite
def sparse_snapshots(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a snapshot of an instance without some of its members."""
    whole = {
        "name": "web-1-monday",
        "arn": "arn:aws:lightsail:us-east-1:1:InstanceSnapshot/1",
        "createdAt": 1767225600,
        "location": {"availabilityZone": "all", "regionName": "us-east-1"},
        "resourceType": "InstanceSnapshot",
        "state": "available",
        "progress": "100%",
        "fromInstanceName": "web-1",
        "sizeInGb": 40,
    }
    return pruned(draw, whole, {"name", "createdAt"})


@ANY_FAKE
@given(sparse_snapshots(), st.permutations(sample("get_auto_snapshots")["autoSnapshots"]), st.data())
def test_snapshots_need_no_member_but_what_names_them_and_come_newest_first_from_any_order(
    fake: FakeLightsail, source_client: Any, wire: dict[str, Any], listed: list[dict[str, Any]], data: st.DataObject
) -> None:
    fake.fail_next("GetInstanceSnapshot", response_fault({"instanceSnapshot": wire}))
    snapshot = get_snapshot(source_client, "web-1-monday")
    assert snapshot == Snapshot.from_dict(wire)
    assert snapshot.usable == (wire.get("state") == "available")
    automatic = [data.draw(st.composite(pruned)(each, {"date"})) for each in listed]
    fake.fail_next("GetAutoSnapshots", response_fault({"autoSnapshots": automatic}))
    dates = [str(each.date) for each in get_auto_snapshots(source_client, "web-1")]
    assert dates == sorted((each["date"] for each in automatic), reverse=True)


# Lists in any order


class Listing:
    """A client whose copies lose their response, and whose lookups return operations on pages, in an order."""

    def __init__(self, pages: list[list[dict[str, Any]]]) -> None:
        self._pages = pages

    def copy_snapshot(self, **_: object) -> Any:
        raise ConnectionClosedError(endpoint_url="https://lightsail.example")

    def get_operations_for_resource(self, *, pageToken: str = "0", **_: object) -> Any:
        number = int(pageToken)
        following = {"nextPageToken": str(number + 1)} if number + 1 < len(self._pages) else {}
        headers = {"date": "Thu, 01 Jan 2026 12:00:00 GMT"}
        metadata = {"RequestId": "a-b", "HTTPHeaders": headers}
        return {"operations": self._pages[number], "ResponseMetadata": metadata, **following}


TYPES = ["CopySnapshot", "CreateInstanceSnapshot", "DeleteInstanceSnapshot", "DeleteDisk", "TagResource", None]
DETAILS = ["us-east-1:web-1-monday", "us-east-1:web-1", "us-east-1:other", "", None]
NOON = 1767268800


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw operations of the name, some of which have members missing."""
    return [
        operation_dict(
            id=f"operation-{number}",
            resourceName=draw(st.sampled_from([NAME, NAME, NAME, "another", None])),
            resourceType=draw(st.sampled_from(["InstanceSnapshot", "Disk", None])),
            operationType=draw(st.sampled_from(TYPES)),
            operationDetails=draw(st.sampled_from(DETAILS)),
            createdAt=NOON + draw(st.sampled_from([-200_000, -3600, -4, 0, 0.25, 1])),
            status=draw(st.sampled_from(["Started", "Succeeded", "Failed", None])),
        )
        for number in range(draw(st.integers(0, 5)))
    ]


def outcome(client: Listing, request: Any, if_exists: Any) -> str:
    """Return what a copy ends in, as text."""
    try:
        result = copy_snapshot(client, request, if_exists=if_exists, lookup_timeout=1, clock=FakeClock())
    except LightsailCopyError as error:
        return f"{type(error).__name__}: {error}"
    return f"adopted {result.operations[0].id}"


@given(histories(), st.sampled_from([MANUAL, LATEST]), st.sampled_from(["raise", "adopt"]), st.data())
def test_what_became_of_a_copy_depends_on_no_order_of_operations_or_pages(
    history: list[dict[str, Any]], request_: Any, if_exists: str, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(history))
    cut = data.draw(st.integers(0, len(history)))
    expected = outcome(Listing([history]), request_, if_exists)
    assert outcome(Listing([list(shuffled)]), request_, if_exists) == expected
    assert outcome(Listing([shuffled[:cut], shuffled[cut:]]), request_, if_exists) == expected


@pytest.mark.parametrize("if_exists", ["raise", "adopt"])
def test_of_two_copies_with_one_timestamp_the_same_one_is_named_in_either_order(if_exists: str) -> None:
    details = {"operationType": "CopySnapshot", "operationDetails": "us-east-1:web-1-monday", "status": "Started"}
    twins = [operation_dict(id=each, resourceName=NAME, createdAt=NOON - 3600, **details) for each in "ab"]
    assert outcome(Listing([twins]), MANUAL, if_exists) == outcome(Listing([twins[::-1]]), MANUAL, if_exists)


def test_a_listing_keeps_the_order_of_the_service(fake: FakeLightsail, source_client: Any) -> None:
    names = ["b-1", "a-1", "c-1"]
    wires = [{"name": name, "createdAt": 1767225600} for name in names]
    fake.fail_next("GetInstanceSnapshots", response_fault({"instanceSnapshots": wires}))
    fake.fail_next("GetDiskSnapshots", response_fault({"diskSnapshots": []}))
    assert [each.name for each in list_snapshots(source_client)] == names


def test_a_lookup_without_a_list_leaves_the_outcome_unknown(fake: FakeLightsail, client: Any) -> None:
    fake.fail_next("CopySnapshot", response_fault(b""))
    fake.fail_next(LOOKUP, response_fault({}), times=9)
    with pytest.raises(LightsailCopyError, match="may have started") as caught:
        copy_snapshot(client, MANUAL, lookup_timeout=2, clock=fake.clock)
    assert not isinstance(caught.value, UnknownOutcomeError)
    assert len(fake.calls_of(LOOKUP)) == 4
