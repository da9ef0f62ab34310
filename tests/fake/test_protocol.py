"""The wire: what each response bears, what a request that cannot be read is told, and what is recorded."""

from __future__ import annotations

import json
import re

import attrs
import pytest
from fake_support import LATEST, MANUAL, ONE_CALL, SOURCE, TARGET, call, model, rejection, small_fake
from hypothesis import given
from hypothesis import strategies as st

from lightsail_copy.testing import BrokenConnection, Call, FakeLightsail, Response, faults
from lightsail_copy.testing.handlers import OPERATIONS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
SHAPES = [shape for name in OPERATIONS if (shape := model().operation_model(name).input_shape)]
MEMBERS = sorted({name for shape in SHAPES for name in shape.members})
WORDS = st.sampled_from(["web", "web-friday", "none", "2025-12-31", SOURCE, TARGET, True, False, None])
PARAMETERS = st.dictionaries(st.sampled_from(MEMBERS), WORDS | JSON)


def test_no_body_is_as_good_as_an_empty_object_where_no_member_is_required() -> None:
    fake = small_fake()
    assert fake.respond(TARGET, "GetOperations", b"").body == b'{"operations": []}'
    rejected = json.loads(fake.respond(TARGET, "GetOperation", b"").body)
    assert rejected["__type"] == "SerializationException"


def check(response: Response) -> None:
    """Assert that a response is whole and that its status fits its body."""
    content = json.loads(response.body)
    assert response.headers["Content-Length"] == str(len(response.body))
    assert (response.status == 400) == ("__type" in content)
    assert response.status in (200, 400)


@given(st.sampled_from(sorted(OPERATIONS)) | st.text(), st.binary())
def test_any_bytes_get_a_response(operation: str, body: bytes) -> None:
    check(small_fake().respond(TARGET, operation, body))


@given(st.sampled_from(sorted(OPERATIONS)), JSON | PARAMETERS)
def test_any_json_gets_a_response(operation: str, content: object) -> None:
    check(small_fake().respond(SOURCE, operation, json.dumps(content).encode()))


@pytest.mark.parametrize(
    "body",
    [
        b"nonsense",
        b'{"resourceName": "web", "a": NaN}',
        b'{"a": Infinity}',
        b'{"a": [-Infinity]}',
        b"\xff\xfe",
        b"[]",
        b"null",
        b'"text"',
        b"1" * 5000,
        b"[" * 200_000,
        b'{"a":' * 200_000,
        "{}".encode("utf-16"),
        b"\xef\xbb\xbf{}",
    ],
)
def test_a_body_that_is_no_json_object_is_a_serialization_exception(body: bytes) -> None:
    fake = small_fake()
    response = fake.respond(TARGET, "GetOperations", body)
    assert response.status == 400
    assert json.loads(response.body)["__type"] == "SerializationException"
    assert fake.calls[-1].parameters == {}


@pytest.mark.parametrize(
    ("operation", "parameters", "message"),
    [
        ("GetOperation", {"operationId": 7}, "operationId cannot be converted to String"),
        ("GetOperations", {"pageToken": ["x"]}, "pageToken cannot be converted to String"),
        ("CopySnapshot", {**LATEST, "useLatestRestorableAutoSnapshot": "true"}, "cannot be converted to Boolean"),
        ("CopySnapshot", {**LATEST, "useLatestRestorableAutoSnapshot": 1}, "cannot be converted to Boolean"),
        ("CopySnapshot", {**MANUAL, "restoreDate": {}}, "restoreDate cannot be converted to String"),
    ],
)
def test_a_member_of_the_wrong_type_is_a_serialization_exception(
    operation: str, parameters: dict[str, object], message: str
) -> None:
    status, code, text = rejection(small_fake(), TARGET, operation, **parameters)
    assert (status, code) == (400, "SerializationException")
    assert message in text


def test_a_null_is_as_good_as_absent_and_an_unknown_member_is_ignored() -> None:
    assert call(small_fake(), TARGET, "GetOperations", pageToken=None, unheardOf=[1]) == {"operations": []}


@pytest.mark.parametrize("operation", ["copysnapshot", "GetSnapshots", "", "\ud800"])
def test_an_operation_that_does_not_exist_is_told_apart(operation: str) -> None:
    status, code, message = rejection(small_fake(), TARGET, operation)
    assert (status, code, message) == (
        400,
        "UnknownOperationException",
        f"Lightsail has no operation {operation}",
    )


@pytest.mark.parametrize("operation", ["RebootInstance", "GetKeyPair", "GetDistributionLatestCacheReset", "PeerVpc"])
def test_an_operation_that_is_not_served_says_which_are(operation: str) -> None:
    status, code, message = rejection(small_fake(), TARGET, operation)
    assert (status, code) == (400, "UnknownOperationException")
    assert message.startswith(f"The fake does not serve the operation {operation}. It serves CopySnapshot, ")
    assert all(each in message for each in OPERATIONS)


def test_boto3_raises_the_unknown_operation() -> None:
    client = small_fake().client(TARGET, config=ONE_CALL)
    with pytest.raises(client.exceptions.ClientError, match="UnknownOperationException"):
        client.peer_vpc()


def test_each_response_has_its_own_id_a_date_a_type_and_a_length() -> None:
    fake = small_fake()
    fake.clock.advance(3723.9)
    good = fake.respond(TARGET, "GetOperations", b"{}")
    bad = fake.respond(TARGET, "GetOperation", b"{}")
    for response in (good, bad):
        assert response.headers.keys() == {"x-amzn-RequestId", "Content-Type", "Date", "Content-Length"}
        assert response.headers["Content-Type"] == "application/x-amz-json-1.1"
        assert response.headers["Date"] == "Thu, 01 Jan 2026 01:02:03 GMT"
        assert response.headers["Content-Length"] == str(len(response.body))
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", response.headers["x-amzn-RequestId"])
    assert good.headers["x-amzn-RequestId"] != bad.headers["x-amzn-RequestId"]


def test_ids_are_the_same_in_every_run_after_any_earlier_calls() -> None:
    quiet, busy = small_fake(), small_fake()
    call(busy, TARGET, "GetOperations")
    first, second = (call(fake, TARGET, "CopySnapshot", **MANUAL)["operations"][0]["id"] for fake in (quiet, busy))
    assert first == second
    assert quiet.respond(TARGET, "GetOperations", b"{}") != busy.respond(TARGET, "GetOperations", b"{}")


def test_a_call_is_recorded_with_its_parameters_and_its_status() -> None:
    fake = small_fake()
    fake.clock.advance(5)
    fake.client(TARGET).copy_snapshot(**MANUAL)
    fake.fail_next("GetOperations", faults.connection_closed())
    with pytest.raises(BrokenConnection):
        fake.respond(SOURCE, "GetOperations", b"{}")
    copied, broken = fake.calls
    assert copied == Call(
        operation="CopySnapshot", region=TARGET, parameters=MANUAL, time=fake.clock.now(), fault=None, status=200
    )
    assert (broken.operation, broken.region, broken.status) == ("GetOperations", SOURCE, None)
    assert broken.fault == faults.connection_closed()
    assert fake.calls_of("GetOperations") == (broken,)
    assert fake.calls_of("GetDisk") == ()


def test_no_credential_or_header_is_recorded() -> None:
    fake = FakeLightsail()
    fake.client(TARGET).get_operations()
    recorded = repr([attrs.asdict(call) for call in fake.calls])
    for secret in ("MADE-UP", "Signature", "Credential", "X-Amz", "Authorization"):
        assert secret.lower() not in recorded.lower()


def test_a_body_may_be_replaced_with_its_length() -> None:
    response = Response(200, {"Content-Length": "9", "Date": "today"}, b"something")
    assert response.with_body(b"{}") == Response(200, {"Content-Length": "2", "Date": "today"}, b"{}")
