"""The copy over a real boto3 client: what is sent, what comes back, and what comes of a rejection."""

# ruff: noqa: ANN401 - what is handed over on purpose is of any type, and so are boto3's clients
from __future__ import annotations

import os
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import pytest
from botocore import exceptions as botocore_exceptions
from samples import ONE_SIGNED_ATTEMPT, copy_once, new_session, response_fault, sample, sample_bytes

from lightsail_copy import (
    AutoSnapshotCopy,
    CopySnapshotResult,
    InvalidInputError,
    LightsailCopyError,
    ManualSnapshotCopy,
    NameInUseError,
    NotFoundError,
    Operation,
    OperationStatus,
    OperationType,
    RegionName,
    RegionSetupInProgressError,
    ResourceLocation,
    ResourceType,
    SnapshotCopyRequest,
    UnauthenticatedError,
    UnexpectedResponseError,
    Unrecognized,
)
from lightsail_copy.testing import FakeLightsail, faults

if TYPE_CHECKING:
    from lightsail_copy.testing import Fault

MANUAL = ManualSnapshotCopy(
    source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name="web-1-monday-copy"
)
DISK = ManualSnapshotCopy(
    source_region="us-east-1", source_snapshot_name="data-1-monday", target_snapshot_name="data-1-monday-copy"
)
BY_DATE = AutoSnapshotCopy(
    source_region="us-east-1",
    source_resource_name="web-1",
    target_snapshot_name="kept",
    restore_date=date(2025, 12, 30),
)
LATEST = AutoSnapshotCopy(
    source_region="us-east-1",
    source_resource_name="data-1",
    target_snapshot_name="kept",
    use_latest_restorable_auto_snapshot=True,
)
SENT: list[tuple[SnapshotCopyRequest, dict[str, object], ResourceType, str]] = [
    (
        MANUAL,
        {"sourceRegion": "us-east-1", "sourceSnapshotName": "web-1-monday", "targetSnapshotName": "web-1-monday-copy"},
        ResourceType.INSTANCE_SNAPSHOT,
        "us-east-1:web-1-monday",
    ),
    (
        DISK,
        {
            "sourceRegion": "us-east-1",
            "sourceSnapshotName": "data-1-monday",
            "targetSnapshotName": "data-1-monday-copy",
        },
        ResourceType.DISK_SNAPSHOT,
        "us-east-1:data-1-monday",
    ),
    (
        BY_DATE,
        {
            "sourceRegion": "us-east-1",
            "sourceResourceName": "web-1",
            "restoreDate": "2025-12-30",
            "targetSnapshotName": "kept",
        },
        ResourceType.INSTANCE_SNAPSHOT,
        "us-east-1:web-1",
    ),
    (
        LATEST,
        {
            "sourceRegion": "us-east-1",
            "sourceResourceName": "data-1",
            "useLatestRestorableAutoSnapshot": True,
            "targetSnapshotName": "kept",
        },
        ResourceType.DISK_SNAPSHOT,
        "us-east-1:data-1",
    ),
]
EACH_FORM = pytest.mark.parametrize(
    ("request_", "parameters", "resource_type", "details"), SENT, ids=["manual", "disk", "by-date", "latest"]
)


class Double:
    """A client that is not boto3's: it records what it is called with, and returns or raises what it was given."""

    def __init__(self, outcome: object) -> None:
        self.outcome = outcome
        self.calls: list[dict[str, object]] = []

    def copy_snapshot(self, **parameters: Any) -> Any:
        self.calls.append(parameters)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


# What is sent


@EACH_FORM
def test_one_call_is_sent_with_exactly_the_parameters_of_the_request(
    fake: FakeLightsail,
    client: Any,
    request_: SnapshotCopyRequest,
    parameters: dict[str, object],
    resource_type: ResourceType,
    details: str,
) -> None:
    copy_once(client, request_)
    (call,) = fake.calls
    assert call.operation == "CopySnapshot"
    assert call.region == "us-west-2"
    assert call.parameters == parameters
    assert call.status == 200


@pytest.mark.parametrize("region", ["us-west-2", "eu-central-1", "us-east-1"])
def test_the_copy_lands_in_the_region_of_the_client(fake: FakeLightsail, region: str) -> None:
    result = copy_once(fake.client(region), MANUAL)
    assert result.operations[0].location.region_name == region
    assert "web-1-monday-copy" in fake.snapshot_names(region)


def test_a_region_newer_than_this_release_is_sent_as_it_was_given(fake: FakeLightsail, client: Any) -> None:
    fake.fail_next("CopySnapshot", response_fault(sample_bytes("copy_snapshot")))
    request_ = ManualSnapshotCopy(
        source_region=Unrecognized("xx-new-1"), source_snapshot_name="web-1-monday", target_snapshot_name="a-copy"
    )
    copy_once(client, request_)
    assert fake.calls[0].parameters["sourceRegion"] == "xx-new-1"


def test_a_client_that_is_not_boto3s_is_called_in_the_same_words() -> None:
    double = Double(sample("copy_snapshot"))
    assert copy_once(double, MANUAL).operations[0].resource_name == "web-1-monday-copy"
    assert double.calls == [MANUAL.to_dict()]
    assert type(double.calls[0]["sourceRegion"]) is str


def test_the_settings_of_the_client_stay_unchanged_and_its_events_are_observed_once(
    fake: FakeLightsail, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    before = repr(client.meta.config.__dict__)
    copy_once(client, DISK)
    for name in ("register", "register_first", "register_last", "unregister"):
        monkeypatch.setattr(client.meta.events.__class__, name, refuse)
    for fault in (faults.not_json(performed=False), faults.not_found(), response_fault(b"[]")):
        fake.fail_next("CopySnapshot", fault)
        with pytest.raises(LightsailCopyError):
            copy_once(client, MANUAL)
    copy_once(client, MANUAL)
    assert repr(client.meta.config.__dict__) == before


# What comes back


@EACH_FORM
def test_the_operation_of_the_copy_comes_back(
    fake: FakeLightsail,
    client: Any,
    request_: SnapshotCopyRequest,
    parameters: dict[str, object],
    resource_type: ResourceType,
    details: str,
) -> None:
    fake.clock.advance(0.25)
    (operation,) = copy_once(client, request_).operations
    started = datetime(2026, 1, 1, 0, 0, 0, 250000, timezone.utc)
    assert operation == Operation(
        id=operation.id,
        resource_name=request_.target_snapshot_name,
        resource_type=resource_type,
        created_at=started,
        location=ResourceLocation("all", RegionName.US_WEST_2),
        is_terminal=False,
        operation_type=OperationType.COPY_SNAPSHOT,
        status=OperationStatus.STARTED,
        operation_details=details,
        status_changed_at=started,
    )
    assert operation.id
    assert not operation.done
    assert operation.created_at.tzinfo is timezone.utc


def test_the_result_has_the_id_of_the_request_and_is_not_adopted(fake: FakeLightsail, client: Any) -> None:
    request_ids: list[str] = []

    def note(parsed: Any, **_: object) -> None:
        request_ids.append(parsed["ResponseMetadata"]["RequestId"])

    client.meta.events.register("after-call.lightsail.CopySnapshot", note)
    result = copy_once(client, MANUAL)
    assert isinstance(result, CopySnapshotResult)
    assert isinstance(result.operations, tuple)
    assert [result.request_id] == request_ids
    assert result.adopted is False


def test_a_recorded_response_is_read(fake: FakeLightsail, client: Any) -> None:
    fake.fail_next("CopySnapshot", response_fault(sample_bytes("copy_snapshot")))
    result = copy_once(client, MANUAL)
    assert result.operations == CopySnapshotResult.from_dict(sample("copy_snapshot")).operations
    assert result.operations[0].operation_type is OperationType.COPY_SNAPSHOT


def test_a_copy_within_one_region_and_under_the_rules_of_names_is_one_like_any_other(fake: FakeLightsail) -> None:
    request_ = ManualSnapshotCopy(
        source_region=RegionName.US_EAST_1, source_snapshot_name="web-1-monday", target_snapshot_name="_a.b-c_"
    )
    assert copy_once(fake.client("us-east-1"), request_).operations[0].resource_name == "_a.b-c_"


# Rejections


def test_a_name_in_use_is_rejected_by_name(fake: FakeLightsail, client: Any) -> None:
    fake.add_disk("web-1-monday-copy", "us-west-2")
    with pytest.raises(NameInUseError) as caught:
        copy_once(client, MANUAL)
    assert caught.value.message == "Some names are already in use: web-1-monday-copy"
    assert isinstance(caught.value, client.exceptions.InvalidInputException)
    assert "Choose another target snapshot name" in str(caught.value)
    assert [call.operation for call in fake.calls] == ["CopySnapshot"]


@pytest.mark.parametrize(
    "request_",
    [
        ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name="gone", target_snapshot_name="kept"),
        ManualSnapshotCopy(source_region="eu-west-1", source_snapshot_name="web-1-monday", target_snapshot_name="kept"),
        AutoSnapshotCopy(
            source_region="us-east-1",
            source_resource_name="web-1",
            target_snapshot_name="kept",
            restore_date="2025-12-01",
        ),
        AutoSnapshotCopy(
            source_region="us-east-1",
            source_resource_name="gone",
            target_snapshot_name="kept",
            use_latest_restorable_auto_snapshot=True,
        ),
    ],
    ids=["snapshot", "region", "day", "resource"],
)
def test_a_source_that_is_not_there_is_not_found(
    fake: FakeLightsail, client: Any, request_: SnapshotCopyRequest
) -> None:
    with pytest.raises(NotFoundError) as caught:
        copy_once(client, request_)
    assert isinstance(caught.value, client.exceptions.NotFoundException)
    assert caught.value.operation_name == "CopySnapshot"
    assert len(fake.calls) == 1
    assert fake.snapshot_names("us-west-2") == ()


@pytest.mark.parametrize(
    ("fault", "cls"),
    [
        (faults.region_not_set_up(), RegionSetupInProgressError),
        (faults.expired_token(), UnauthenticatedError),
        (faults.quota_exceeded(), InvalidInputError),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_a_plain_rejection_is_raised_after_one_call(
    fake: FakeLightsail, client: Any, fault: Fault, cls: type[LightsailCopyError]
) -> None:
    fake.fail_next("CopySnapshot", fault)
    with pytest.raises(cls):
        copy_once(client, MANUAL)
    assert [call.operation for call in fake.calls] == ["CopySnapshot"]
    assert copy_once(client, MANUAL).operations


# Responses that are not understood


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b"", "operations"),
        (b"{}", "operations"),
        (b'{"operations": null}', "operations"),
        (b'{"operations": []}', "operations"),
        (b'{"operations": [null]}', None),
        (b'{"operations": [{}]}', "operations.0.id"),
        (b"Please sign in to the network.", "operations"),
        (b'{"operations": [', "operations"),
        (b'{"operations": {}}', None),
        (b"null", ""),
        (b"[]", ""),
        (b'"text"', ""),
        (b"\xff\xfe", ""),
    ],
    ids=repr,
)
def test_a_response_that_is_not_understood_ends_in_our_own_error(
    fake: FakeLightsail, client: Any, body: bytes, path: str | None
) -> None:
    fake.fail_next("CopySnapshot", response_fault(body))
    with pytest.raises(UnexpectedResponseError) as caught:
        copy_once(client, MANUAL)
    if path is not None:
        assert caught.value.path == path
    response: Any = caught.value.response
    assert response.get("body") == body or response["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert "may have started" in str(caught.value)
    assert len(fake.calls_of("CopySnapshot")) == 1


@pytest.mark.parametrize("is_null", [True, False], ids=["null", "missing"])
def test_a_response_without_an_id_is_looked_up_and_named_by_its_path(
    fake: FakeLightsail, client: Any, *, is_null: bool
) -> None:
    wire = sample("copy_snapshot")
    wire["operations"][0].update(id=None) if is_null else wire["operations"][0].pop("id")
    fake.fail_next("CopySnapshot", response_fault(wire))
    with pytest.raises(UnexpectedResponseError) as caught:
        copy_once(client, MANUAL)
    assert (caught.value.path, caught.value.operation_ids) == ("operations.0.id", ())
    # botocore drops what is null, so that both look alike.
    assert "is missing" in str(caught.value)
    assert "may have started" in str(caught.value)
    assert [call.operation for call in fake.calls] == ["CopySnapshot", "GetOperationsForResource"]


@pytest.mark.parametrize("response", [None, [], "text", 7, b"bytes", object()], ids=lambda value: type(value).__name__)
def test_a_double_that_returns_no_mapping_is_not_understood(response: object) -> None:
    with pytest.raises(UnexpectedResponseError) as caught:
        copy_once(Double(response), MANUAL)
    assert caught.value.path == ""
    assert caught.value.response is response


# What cannot follow a sending


def test_missing_credentials_come_through_as_botocore_raises_them(
    fake: FakeLightsail, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    for name, value in {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    client = new_session().client("lightsail", region_name="us-west-2", config=ONE_SIGNED_ATTEMPT)
    fake.attach(client)
    with pytest.raises(botocore_exceptions.NoCredentialsError) as caught:
        copy_once(client, MANUAL)
    assert type(caught.value) is botocore_exceptions.NoCredentialsError
    assert caught.value.__cause__ is None
    assert fake.calls == ()


def test_invalid_parameters_come_through_as_botocore_raises_them(fake: FakeLightsail, client: Any) -> None:
    def spoil(params: dict[str, object], **_: object) -> None:
        params["targetSnapshotName"] = 7

    client.meta.events.register("provide-client-params.lightsail.CopySnapshot", spoil)
    with pytest.raises(botocore_exceptions.ParamValidationError, match="targetSnapshotName"):
        copy_once(client, MANUAL)
    assert fake.calls == ()


@pytest.mark.parametrize(
    "error",
    [
        botocore_exceptions.NoRegionError(),
        botocore_exceptions.NoCredentialsError(),
        botocore_exceptions.ParamValidationError(report="No."),
        botocore_exceptions.ProfileNotFound(profile="none"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_that_cannot_follow_a_sending_is_the_very_one_that_the_client_raised(error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        copy_once(Double(error), MANUAL)
    assert caught.value is error
    assert error.__cause__ is None


def test_any_other_error_of_a_double_may_be_one_of_botocores_parser() -> None:
    error = RuntimeError("no such member")
    with pytest.raises(UnexpectedResponseError, match="RuntimeError: no such member") as caught:
        copy_once(Double(error), MANUAL)
    assert caught.value.__cause__ is error
    assert caught.value.response is None
    assert "may have started" in str(caught.value)


# What is no client, and what is no request


@pytest.mark.parametrize("client", [None, 7, "lightsail", object(), {}], ids=lambda value: type(value).__name__)
def test_what_is_not_a_client_is_a_type_error(client: Any) -> None:
    with pytest.raises(
        TypeError, match=r"must be a Lightsail client with the method copy_snapshot: boto3.client\('lightsail', ...\)"
    ):
        copy_once(client, MANUAL)


@pytest.mark.parametrize(
    "request_", [None, MANUAL.to_dict(), "web-1", ManualSnapshotCopy, object()], ids=lambda value: type(value).__name__
)
def test_what_is_not_a_request_is_a_type_error_before_any_call(fake: FakeLightsail, client: Any, request_: Any) -> None:
    with pytest.raises(TypeError, match="must be a ManualSnapshotCopy or an AutoSnapshotCopy"):
        copy_once(client, request_)
    assert fake.calls == ()


@pytest.mark.parametrize("if_exists", ["replace", "", None, True, "RAISE"])
def test_a_word_that_if_exists_does_not_have_is_a_value_error_before_any_call(
    fake: FakeLightsail, client: Any, if_exists: Any
) -> None:
    with pytest.raises(ValueError, match=r"if_exists: .* must be 'raise' or 'adopt'"):
        copy_once(client, MANUAL, if_exists=if_exists)
    assert fake.calls == ()


def test_a_double_that_has_any_attribute_is_a_client() -> None:
    """A MagicMock names a service of its own making, which says nothing."""
    double = MagicMock()
    double.copy_snapshot.return_value = sample("copy_snapshot")
    assert copy_once(double, MANUAL).operations
