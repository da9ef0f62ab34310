"""Any response at all, to any of the calls, ends in a value or in one of our errors."""

# ruff: noqa: ANN401 - JSON is of any type, and boto3 makes its client classes at run time
from __future__ import annotations

import functools
import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from any_json import JSON, spoiled
from hypothesis import example, given, settings
from hypothesis import strategies as st
from samples import ONE_ATTEMPT, copy_once

from lightsail_copy import (
    AutoSnapshot,
    CopySnapshotResult,
    LightsailCopyError,
    ManualSnapshotCopy,
    NameInUseError,
    Operation,
    PollSchedule,
    ServiceError,
    Snapshot,
    UnexpectedResponseError,
    get_auto_snapshots,
    get_operation,
    get_snapshot,
    wait_for_operations,
)
from lightsail_copy.testing import FakeClock, FakeLightsail, faults

if TYPE_CHECKING:
    from collections.abc import Callable

REQUEST = ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name="web-monday", target_snapshot_name="copy")


@functools.cache
def small_fake() -> tuple[FakeLightsail, Any]:
    """Return a fake with all that the calls ask for, and a client of it that sends once."""
    fake = FakeLightsail(copy_duration=0)
    fake.add_instance("web", "us-east-1")
    fake.add_disk("disk", "us-east-1")
    fake.add_auto_snapshot("web", "us-east-1")
    fake.add_manual_snapshot("web-monday", "us-east-1", source="web")
    fake.add_manual_snapshot("disk-monday", "us-east-1", source="disk")
    client = fake.client("us-east-1", config=ONE_ATTEMPT)
    copy_once(client, REQUEST)
    return fake, client


def copy(client: Any) -> object:
    """Copy to a name that is in use, by a copy of the same source, so that the lookup is asked."""
    return copy_once(client, REQUEST, if_exists="adopt")


def wait(client: Any) -> object:
    """Wait for an operation, for two looks."""
    clock = FakeClock()
    return wait_for_operations(client, "some-id", timeout=5, clock=clock, schedule=PollSchedule(error_tolerance=0))


OK = 200
CALLS: dict[str, tuple[str, Callable[[Any], object], type]] = {
    "copy_snapshot": ("CopySnapshot", copy, CopySnapshotResult),
    "its lookup": ("GetOperationsForResource", copy, CopySnapshotResult),
    "get_operation": ("GetOperation", lambda client: get_operation(client, "some-id"), Operation),
    "wait_for_operations": ("GetOperation", wait, tuple),
    "get_auto_snapshots": ("GetAutoSnapshots", lambda client: get_auto_snapshots(client, "web"), tuple),
    "get_snapshot": ("GetInstanceSnapshot", lambda client: get_snapshot(client, "web-monday"), Snapshot),
    "get_snapshot of a disk": ("GetDiskSnapshot", lambda client: get_snapshot(client, "disk-monday"), Snapshot),
}
EACH_CALL = pytest.mark.parametrize("call", CALLS)


@functools.cache
def true_response(operation: str) -> Any:
    """Return a true response of an operation."""
    fake, _ = small_fake()
    (made,) = json.loads(fake.respond("us-east-1", "GetOperations", b"{}").body)["operations"]
    name = "disk-monday" if operation == "GetDiskSnapshot" else "web-monday"
    parameters = {
        "CopySnapshot": {},
        "GetOperation": {"operationId": made["id"]},
        "GetOperationsForResource": {"resourceName": "copy"},
        "GetAutoSnapshots": {"resourceName": "web"},
    }.get(operation, {f"{operation[3:4].lower()}{operation[4:]}Name": name})
    if operation == "CopySnapshot":
        return {"operations": [made]}
    return json.loads(fake.respond("us-east-1", operation, json.dumps(parameters).encode()).body)


def check_error(error: LightsailCopyError, call: str, status: int) -> None:
    """Check that an error says what is wrong: with the status 200, only that the response cannot be parsed."""
    expected: Any = (ServiceError, UnexpectedResponseError)
    if status == OK:
        expected = NameInUseError if call == "its lookup" else UnexpectedResponseError
    assert isinstance(error, expected)
    if isinstance(error, UnexpectedResponseError):
        assert "cannot be parsed" in str(error.parts[0])
        assert error.path in str(error.parts[0])


def ends_well(call: str, body: bytes, status: int) -> None:
    """Assert that a call whose response has this body ends in a value of its type, or in one of our errors."""
    name, function, kind = CALLS[call]
    operation: Any = name
    fake, client = small_fake()
    fake._faults.clear()
    fake.fail_next(operation, faults.replaced_response(body, performed=False, status=status), times=3)
    try:
        value = function(client)
    except LightsailCopyError as caught:
        arrived = pickle.loads(pickle.dumps(caught))  # noqa: S301 - our own
        assert str(arrived) == str(caught)  # noqa: PT017 - any of our errors will do, or none
        check_error(caught, call, status)
        return
    assert isinstance(value, kind)
    values: Any = value if kind is tuple else (value,)
    for each in values:
        assert isinstance(each, (CopySnapshotResult, Operation, AutoSnapshot, Snapshot))
        assert type(each).from_dict(json.loads(json.dumps(each.to_dict()))) == each


@EACH_CALL
@settings(max_examples=20, deadline=None, derandomize=True)
@given(JSON, st.sampled_from([200, 200, 201, 301, 400, 429, 503]))
def test_any_json_at_all(call: str, content: object, status: int) -> None:
    ends_well(call, json.dumps(content).encode(), status)


@EACH_CALL
@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.data())
def test_a_true_response_with_something_wrong_in_it(call: str, data: st.DataObject) -> None:
    ends_well(call, json.dumps(spoiled(true_response(CALLS[call][0]), data)).encode(), 200)


@EACH_CALL
@settings(max_examples=10, deadline=None, derandomize=True)
@given(st.binary(max_size=40), st.sampled_from([200, 400, 503]))
@example(b"[" * 100_000, 200)
@example(b'{"a":' * 100_000, 200)
@example(b"\xff\xfe{\x00}\x00", 200)
@example(b"\xef\xbb\xbf{}", 200)
@example(b"1" * 5000, 200)
@example(b"[" * 100_000, 400)
@example(b"[]", 400)
@example(b'{"__type": 5}', 400)
@example(b'{"__type": "a#b:c", "message": null, "code": [], "docs": {}, "tip": 1}', 400)
def test_any_bytes_at_all(call: str, body: bytes, status: int) -> None:
    ends_well(call, body, status)
