"""The logger `lightsail_copy`: each call at DEBUG, what was adopted at INFO, and never a secret."""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import asyncio
import logging
import re
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError

from lightsail_copy import (
    LightsailCopyError,
    ManualSnapshotCopy,
    UnknownOutcomeError,
    aio,
    copy_snapshot,
    get_auto_snapshots,
    get_operation,
)
from lightsail_copy.testing import FakeLightsail, faults

REQUEST = ManualSnapshotCopy(
    source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name="web-1-copy"
)


@pytest.fixture(autouse=True)
def _debug(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="lightsail_copy")


def lines(caplog: pytest.LogCaptureFixture, level: int = logging.DEBUG) -> list[str]:
    return [
        record.getMessage() for record in caplog.records if record.name == "lightsail_copy" and record.levelno == level
    ]


def copied(client: Any, *, awaited: bool) -> None:
    if awaited:
        asyncio.run(aio.copy_snapshot(aio.in_threads(client), REQUEST))
    else:
        copy_snapshot(client, REQUEST)


@pytest.mark.parametrize("awaited", [False, True], ids=["sync", "asyncio"])
def test_a_call_is_logged_with_its_duration_and_retries(
    fake: FakeLightsail, client: Any, caplog: pytest.LogCaptureFixture, *, awaited: bool
) -> None:
    copied(client, awaited=awaited)
    (line,) = lines(caplog)
    assert re.fullmatch(r"us-west-2: copy_snapshot returned in 0\.\d{3} s \(attempts: 1\)", line)


def test_a_record_of_a_call_names_the_copy_or_the_operation(
    fake: FakeLightsail, client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    operation = copy_snapshot(client, REQUEST).operation
    get_operation(client, operation.id)
    copy, poll = (vars(record) for record in caplog.records)
    assert (copy["region_name"], copy["target_snapshot_name"]) == ("us-west-2", "web-1-copy")
    assert (poll["region_name"], poll["operation_id"]) == ("us-west-2", operation.id)


def test_a_record_of_a_lookup_names_the_copy_that_is_looked_up(
    fake: FakeLightsail, client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
    copied(client, awaited=False)
    (record,) = (vars(each) for each in caplog.records if "get_operations_for_resource" in each.getMessage())
    assert record["target_snapshot_name"] == "web-1-copy"
    # Of another call, the resource is not the target.
    get_auto_snapshots(fake.client("us-east-1"), "web-1")
    assert "target_snapshot_name" not in vars(caplog.records[-1])


def test_a_record_of_a_double_without_a_region_names_none(
    fake: FakeLightsail, client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    class Double:
        def copy_snapshot(self, **parameters: Any) -> Any:
            return client.copy_snapshot(**parameters)

    copied(Double(), awaited=False)
    assert lines(caplog)[0].startswith("copy_snapshot returned in 0.")


def test_lookups_that_hang_are_said_though_no_sleep_is_left(
    fake: FakeLightsail, client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    class Slow:
        meta = client.meta

        def copy_snapshot(self, **parameters: Any) -> Any:
            return client.copy_snapshot(**parameters)

        def get_operations_for_resource(self, **parameters: Any) -> Any:
            fake.clock.sleep(60)
            return client.get_operations_for_resource(**parameters)

    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
    fake.fail_next("GetOperationsForResource", faults.read_timeout())
    with pytest.raises(UnknownOutcomeError):
        copy_snapshot(Slow(), REQUEST, clock=fake.clock)
    assert lines(caplog, logging.INFO) == [
        "us-west-2: web-1-copy: looking up what became of the copy (ServiceUnreachableError)"
    ]


@pytest.mark.parametrize("awaited", [False, True], ids=["sync", "asyncio"])
def test_an_error_is_logged_by_its_class(
    fake: FakeLightsail, client: Any, caplog: pytest.LogCaptureFixture, *, awaited: bool
) -> None:
    fake.fail_next("CopySnapshot", faults.access_denied())
    with pytest.raises(LightsailCopyError):
        copied(client, awaited=awaited)
    assert lines(caplog)[0].startswith("us-west-2: copy_snapshot raised AccessDeniedError in 0.")


@pytest.mark.parametrize("awaited", [False, True], ids=["sync", "asyncio"])
def test_an_error_of_the_set_up_is_logged_and_comes_through(
    client: Any, caplog: pytest.LogCaptureFixture, *, awaited: bool
) -> None:
    def sign(**_: object) -> None:
        raise NoCredentialsError

    client.meta.events.register("before-sign.lightsail.CopySnapshot", sign)
    with pytest.raises(NoCredentialsError):
        copied(client, awaited=awaited)
    assert lines(caplog)[0].startswith("us-west-2: copy_snapshot raised NoCredentialsError in 0.")


def test_an_adopted_copy_is_logged_with_its_lookups(
    fake: FakeLightsail, client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
    copy_snapshot(client, REQUEST, clock=fake.clock)
    (line,) = lines(caplog, logging.INFO)
    assert re.fullmatch(r"us-west-2: web-1-copy: adopted operation [0-9a-f-]{36} \(1 lookup in 0 s\)", line)


def test_a_copy_that_is_requested_again_is_logged(
    fake: FakeLightsail, client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    fake.fail_next("CopySnapshot", faults.connection_closed())
    copy_snapshot(client, REQUEST, if_exists="adopt", clock=fake.clock)
    assert lines(caplog, logging.INFO) == ["us-west-2: web-1-copy: requesting the copy again: it has not started"]


def test_no_secret_is_logged(fake: FakeLightsail, caplog: pytest.LogCaptureFixture) -> None:
    client = fake.client("us-west-2")
    fake.fail_next("GetOperation", faults.connection_closed(), times=9)
    with pytest.raises(LightsailCopyError):
        get_operation(client, "a-b")
    credentials = client._request_signer._credentials
    assert credentials.secret_key not in caplog.text
    assert credentials.access_key not in " ".join(lines(caplog))
    assert "Authorization" not in " ".join(lines(caplog))


def test_nothing_is_logged_unless_requested(fake: FakeLightsail, client: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger="lightsail_copy")
    copy_snapshot(client, REQUEST)
    assert not lines(caplog)


def records(caplog: pytest.LogCaptureFixture, level: int) -> list[dict[str, Any]]:
    return [vars(each) for each in caplog.records if each.name == "lightsail_copy" and each.levelno == level]


def test_a_record_has_fields_for_what_it_is_about(
    fake: FakeLightsail, client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
    result = copy_snapshot(client, REQUEST, clock=fake.clock)
    (adopted,) = records(caplog, logging.INFO)
    assert (adopted["region_name"], adopted["target_snapshot_name"]) == ("us-west-2", "web-1-copy")
    assert adopted["operation_id"] == result.operations[0].id
    calls = records(caplog, logging.DEBUG)
    assert [each["method"] for each in calls] == ["copy_snapshot", "get_operations_for_resource"]
    assert {each["region_name"] for each in calls} == {"us-west-2"}
    assert all(each["seconds"] >= 0 for each in calls)


@pytest.mark.parametrize(("lookup_timeout", "is_said"), [(0, False), (2, False), (3.5, True), (30, True)])
def test_a_copy_that_is_looked_up_for_longer_than_two_seconds_says_so_once(
    fake: FakeLightsail, client: Any, caplog: pytest.LogCaptureFixture, lookup_timeout: float, *, is_said: bool
) -> None:
    fake.clock.advance(5000)
    fake.fail_next("CopySnapshot", faults.service_unavailable())
    with pytest.raises(LightsailCopyError):
        copy_snapshot(client, REQUEST, lookup_timeout=lookup_timeout, clock=fake.clock)
    expected = ["us-west-2: web-1-copy: looking up what became of the copy (ServiceFaultError)"]
    assert lines(caplog, logging.INFO) == (expected if is_said else [])


class Failing(logging.Handler):
    """A handler with a bug."""

    def emit(self, record: logging.LogRecord) -> None:
        raise RuntimeError(record.getMessage())


def test_a_handler_that_fails_loses_nothing(fake: FakeLightsail, client: Any) -> None:
    logger, failing = logging.getLogger("lightsail_copy"), Failing()
    logger.addHandler(failing)
    try:
        assert not copy_snapshot(client, REQUEST).adopted
        adopted = copy_snapshot(client, REQUEST, if_exists="adopt").operations[0]
        assert get_operation(client, adopted.id).id == adopted.id
    finally:
        logger.removeHandler(failing)
    assert len(fake.snapshot_names("us-west-2")) == 1
