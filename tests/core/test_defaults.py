"""What a value has where the service gave nothing."""

from __future__ import annotations

import pytest
from botocore.exceptions import ConnectionClosedError, IncompleteReadError
from samples import operation_dict, response_fault

from lightsail_copy import (
    CopySnapshotResult,
    InvalidRequestError,
    ManualSnapshotCopy,
    Operation,
    ServiceUnreachableError,
    UnexpectedResponseError,
    copy_snapshot,
    request_from_dict,
)
from lightsail_copy.flows import Attempts
from lightsail_copy.flows.attempts import typed_error
from lightsail_copy.testing import FakeLightsail

OPTIONAL = ("operationDetails", "statusChangedAt", "errorCode", "errorDetails")
REQUEST = ManualSnapshotCopy(
    source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name="web-1-copy"
)


def test_the_optional_fields_of_an_operation_are_none_by_default() -> None:
    whole = Operation.from_dict(operation_dict())
    bare = Operation(
        id=whole.id,
        resource_name=whole.resource_name,
        resource_type=whole.resource_type,
        created_at=whole.created_at,
        location=whole.location,
        is_terminal=whole.is_terminal,
        operation_type=whole.operation_type,
        status=whole.status,
    )
    assert (bare.operation_details, bare.status_changed_at, bare.error_code, bare.error_details) == (None,) * 4
    wire = {name: value for name, value in operation_dict().items() if name not in OPTIONAL}
    assert Operation.from_dict(wire) == bare
    assert bare.to_dict().keys() == wire.keys()


@pytest.mark.parametrize("metadata", [{}, {"ResponseMetadata": {}}, {"ResponseMetadata": {"RequestId": None}}])
def test_a_result_without_a_request_id_prints_no_metadata(metadata: dict[str, object]) -> None:
    result = CopySnapshotResult.from_dict({"operations": [operation_dict()], **metadata})
    assert result.request_id is None
    assert result.to_dict().keys() == {"operations", "adopted"}


def test_a_result_prints_its_request_id() -> None:
    result = CopySnapshotResult((Operation.from_dict(operation_dict()),), "0a1b")
    assert result.to_dict().get("ResponseMetadata") == {"RequestId": "0a1b"}
    assert not result.adopted


@pytest.mark.parametrize("region", [7, ["us-east-1"], b"us-east-1"])
def test_a_region_that_is_not_text_is_a_problem_of_its_field(region: object) -> None:
    wire = {**REQUEST.to_dict(), "sourceRegion": region}
    with pytest.raises(InvalidRequestError) as caught:
        request_from_dict(wire)
    (problem,) = caught.value.problems
    assert (problem.field, problem.rule) == ("source_region", "must be a string")


def test_an_unparseable_response_has_the_parsers_error_as_its_cause() -> None:
    fake = FakeLightsail()
    fake.fail_next("CopySnapshot", response_fault(b"[]"))
    with pytest.raises(UnexpectedResponseError) as caught:
        copy_snapshot(fake.client("us-west-2"), REQUEST, lookup_timeout=0)
    assert isinstance(caught.value.__cause__, (AttributeError, TypeError, ValueError))


@pytest.mark.parametrize(
    "error",
    [
        IncompleteReadError(actual_bytes=7, expected_bytes=9),
        ConnectionClosedError(endpoint_url="https://example.com/"),
    ],
)
def test_an_error_of_a_broken_connection_is_also_botocores(error: Exception) -> None:
    typed = typed_error(error, Attempts(), "us-west-2")
    assert isinstance(typed, ServiceUnreachableError)
    assert isinstance(typed, type(error))
    assert typed.may_have_arrived
