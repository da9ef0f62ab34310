"""Requests, results, operations and snapshots travel, and a wait goes on wherever an operation's id has got to."""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from typing import Any, get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import ONE_ATTEMPT, copy_once, travelled

from lightsail_copy import (
    AttachedDisk,
    AutoSnapshot,
    AutoSnapshotCopy,
    AutoSnapshotStatus,
    CopySnapshotResult,
    ManualSnapshotCopy,
    Operation,
    OperationStatus,
    OperationType,
    RegionName,
    ResourceLocation,
    ResourceType,
    Snapshot,
    SnapshotCopyRequest,
    SnapshotState,
    Unrecognized,
    get_auto_snapshots,
    get_snapshot,
    wait_for_operations,
)
from lightsail_copy.testing import FakeClock, FakeLightsail

REQUEST = ManualSnapshotCopy(
    source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name="web-1-copy"
)

TIMESTAMPS = st.datetimes(timezones=st.just(dt.timezone.utc)).map(lambda timestamp: timestamp.replace(fold=0))
TEXTS = st.text(max_size=20)
FILLED = st.from_regex(r"\w[ -~]{0,20}", fullmatch=True)
NAMES = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}[A-Za-z0-9_]", fullmatch=True)


def words(kind: Any) -> st.SearchStrategy[Any]:
    """Draw a word that is known or one that is not."""
    return st.sampled_from(list(kind)) | TEXTS.map(kind.parse)


REGIONS = st.sampled_from(RegionName) | st.sampled_from(["xx-new-1", "us-gov-east-2"]).map(Unrecognized)
LOCATIONS = st.builds(ResourceLocation, TEXTS, words(RegionName))
OPERATIONS = st.builds(
    Operation,
    FILLED,
    TEXTS,
    words(ResourceType),
    TIMESTAMPS,
    LOCATIONS,
    st.booleans(),
    words(OperationType),
    words(OperationStatus),
    st.none() | TEXTS,
    st.none() | TIMESTAMPS,
    st.none() | TEXTS,
    st.none() | TEXTS,
)
RESULTS = st.builds(
    CopySnapshotResult,
    st.lists(OPERATIONS, min_size=1, max_size=2).map(tuple),
    st.none() | TEXTS,
    adopted=st.booleans(),
)
DISKS = st.builds(AttachedDisk, TEXTS, st.integers())
AUTO_SNAPSHOTS = st.builds(
    AutoSnapshot, st.dates(), st.none() | TIMESTAMPS, words(AutoSnapshotStatus), st.lists(DISKS, max_size=2).map(tuple)
)
SNAPSHOTS = st.builds(
    Snapshot,
    FILLED,
    TEXTS,
    st.sampled_from([ResourceType.INSTANCE_SNAPSHOT, ResourceType.DISK_SNAPSHOT]),
    words(SnapshotState),
    TIMESTAMPS,
    LOCATIONS,
    st.none() | st.integers(),
    st.none() | FILLED,
    st.none() | st.integers(0, 100),
)
MANUAL = st.builds(ManualSnapshotCopy, source_region=REGIONS, source_snapshot_name=NAMES, target_snapshot_name=NAMES)
OF_A_DAY = st.builds(
    AutoSnapshotCopy,
    source_region=REGIONS,
    source_resource_name=NAMES,
    target_snapshot_name=NAMES,
    restore_date=st.dates(),
)
LATEST = st.builds(
    AutoSnapshotCopy,
    source_region=REGIONS,
    source_resource_name=NAMES,
    target_snapshot_name=NAMES,
    use_latest_restorable_auto_snapshot=st.just(value=True),
)
VALUES: st.SearchStrategy[Any] = st.one_of(OPERATIONS, RESULTS, AUTO_SNAPSHOTS, SNAPSHOTS, MANUAL, OF_A_DAY, LATEST)


@given(VALUES)
def test_every_value_arrives_whole_by_pickle_and_by_copy(value: Any) -> None:
    for again in travelled(value):
        assert again == value
        assert type(again) is type(value)
        assert hash(again) == hash(value)
        assert repr(again) == repr(value)
        assert [type(part) for part in attrs.astuple(again, recurse=False)] == [
            type(part) for part in attrs.astuple(value, recurse=False)
        ]


@given(VALUES)
def test_every_value_arrives_whole_as_json(value: Any) -> None:
    text = json.dumps(value.to_dict(), allow_nan=False)
    is_unknown = isinstance(getattr(value, "source_region", None), Unrecognized)
    again = value.__class__.from_dict(json.loads(text), **({"allow_unknown_region": True} if is_unknown else {}))
    assert again == value
    assert repr(again) == repr(value)
    assert json.dumps(again.to_dict()) == text


def test_what_the_service_gave_arrives_whole(fake: FakeLightsail, client: Any, source_client: Any) -> None:
    result = copy_once(client, REQUEST)
    fake.clock.advance(0.123)
    adopted = copy_once(client, REQUEST, if_exists="adopt")
    snapshots = [get_snapshot(client, "web-1-copy"), get_snapshot(source_client, "data-1-monday")]
    values: list[Any] = [result, adopted, *result.operations, *snapshots, *get_auto_snapshots(source_client, "web-1")]
    for value in values:
        assert value.__class__.from_dict(json.loads(json.dumps(value.to_dict()))) == value
        assert all(again == value for again in travelled(value))


def test_a_request_is_of_one_of_two_classes() -> None:
    assert get_args(SnapshotCopyRequest) == (ManualSnapshotCopy, AutoSnapshotCopy)


@pytest.mark.parametrize("form", ["id", "operation as JSON", "result as JSON"])
def test_a_wait_goes_on_in_another_client_from_what_was_kept(fake: FakeLightsail, client: Any, form: str) -> None:
    result = copy_once(client, REQUEST)
    kept = json.loads(json.dumps(result.to_dict()))
    start: dict[str, Any] = {
        "id": result.operations[0].id,
        "operation as JSON": Operation.from_dict(kept["operations"][0]),
        "result as JSON": CopySnapshotResult.from_dict(kept).operations,
    }
    elsewhere = fake.client("us-west-2", config=ONE_ATTEMPT)
    (done,) = wait_for_operations(elsewhere, start[form], clock=fake.clock)
    assert done.succeeded
    assert done.id == result.operations[0].id


class PassingFake(FakeLightsail):
    """A fake on whose clock half a minute passes with every lookup."""

    def respond(self, region: str, operation: str, body: bytes) -> Any:
        self.clock.advance(30)
        return super().respond(region, operation, body)


ELSEWHERE = """
import json, sys
from lightsail_copy import make_client, wait_for_operations
from lightsail_copy.testing import FakeClock

kept = json.load(sys.stdin)
client = make_client(kept["region"], endpoint_url=kept["url"])
(done,) = wait_for_operations(client, kept["id"], clock=FakeClock())
json.dump(done.to_dict(), sys.stdout)
"""


def test_a_wait_in_another_process_needs_only_an_id() -> None:
    fake = PassingFake()
    fake.add_manual_snapshot("web-1-monday", "us-east-1")
    (operation,) = copy_once(fake.client("us-west-2"), REQUEST).operations
    with fake.serve() as url:
        kept = {"url": url, "region": str(operation.location.region_name), "id": operation.id}
        ran = subprocess.run(
            [sys.executable, "-c", ELSEWHERE],
            input=json.dumps(kept),
            env={**os.environ, "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"},
            capture_output=True,
            check=True,
            text=True,
        )
    done = Operation.from_dict(json.loads(ran.stdout))
    assert done.id == operation.id
    assert done.succeeded
    assert len(fake.calls_of("GetOperation")) == 4


def test_a_schedule_and_a_clock_are_not_needed_to_go_on() -> None:
    """What a wait needs is an id and a client of the Region, which the operation itself names."""
    fake = FakeLightsail(copy_duration=0)
    fake.add_manual_snapshot("web-1-monday", "us-east-1")
    (operation,) = copy_once(fake.client("us-west-2"), REQUEST).operations
    client = fake.client(str(operation.location.region_name))
    assert wait_for_operations(client, operation.id, clock=FakeClock())[0].succeeded
