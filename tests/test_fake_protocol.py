"""The wire: what each reply bears, what a request that cannot be read is told, and what is recorded."""

from __future__ import annotations

import json
import re

import attrs
import pytest
from fake_support import LATEST, MANUAL, ONE_CALL, SOURCE, TARGET, ask, refusal, scene
from hypothesis import given
from hypothesis import strategies as st

from lightsail_copy.testing import Break, Call, FakeLightsail, Reply, faults
from lightsail_copy.testing.operations import OPERATIONS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = sorted({name for served in OPERATIONS.values() for name in served.required + served.optional})
WORDS = st.sampled_from(["web", "web-friday", "none", "2025-12-31", SOURCE, TARGET, True, False, None])
PARAMETERS = st.dictionaries(st.sampled_from(MEMBERS), WORDS | JSON)


def check(reply: Reply) -> None:
    """Assert that a reply is whole and that its status fits its body."""
    content = json.loads(reply.body)
    assert reply.headers["Content-Length"] == str(len(reply.body))
    assert (reply.status == 400) == ("__type" in content)
    assert reply.status in (200, 400)


@given(st.sampled_from(sorted(OPERATIONS)) | st.text(), st.binary())
def test_any_bytes_get_a_reply(operation: str, body: bytes) -> None:
    check(scene().answer(TARGET, operation, body))


@given(st.sampled_from(sorted(OPERATIONS)), JSON | PARAMETERS)
def test_any_json_gets_a_reply(operation: str, content: object) -> None:
    check(scene().answer(SOURCE, operation, json.dumps(content).encode()))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
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
    fake = scene()
    reply = fake.answer(TARGET, "GetOperations", body)
    assert reply.status == 400
    assert json.loads(reply.body)["__type"] == "SerializationException"
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
    status, code, text = refusal(scene(), TARGET, operation, **parameters)
    assert (status, code) == (400, "SerializationException")
    assert message in text


def test_a_null_is_as_good_as_absent_and_an_unknown_member_is_ignored() -> None:
    assert ask(scene(), TARGET, "GetOperations", pageToken=None, unheardOf=[1]) == {"operations": []}


@pytest.mark.parametrize("operation", ["DeleteInstance", "copysnapshot", "", "\ud800"])
def test_an_operation_that_is_not_served_is_unknown(operation: str) -> None:
    status, code, message = refusal(scene(), TARGET, operation)
    assert (status, code) == (400, "UnknownOperationException")
    assert operation in message


def test_boto3_raises_the_unknown_operation() -> None:
    client = scene().client(TARGET, config=ONE_CALL)
    with pytest.raises(client.exceptions.ClientError, match="UnknownOperationException"):
        client.get_key_pairs()


def test_each_reply_bears_an_id_of_its_own_a_date_a_type_and_a_length() -> None:
    fake = scene()
    fake.clock.advance(3723.9)
    good = fake.answer(TARGET, "GetOperations", b"{}")
    bad = fake.answer(TARGET, "GetOperation", b"{}")
    for reply in (good, bad):
        assert reply.headers.keys() == {"x-amzn-RequestId", "Content-Type", "Date", "Content-Length"}
        assert reply.headers["Content-Type"] == "application/x-amz-json-1.1"
        assert reply.headers["Date"] == "Thu, 01 Jan 2026 01:02:03 GMT"
        assert reply.headers["Content-Length"] == str(len(reply.body))
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", reply.headers["x-amzn-RequestId"])
    assert good.headers["x-amzn-RequestId"] != bad.headers["x-amzn-RequestId"]


def test_ids_are_the_same_in_every_run_whatever_was_asked_before() -> None:
    quiet, busy = scene(), scene()
    ask(busy, TARGET, "GetOperations")
    first, second = (ask(fake, TARGET, "CopySnapshot", **MANUAL)["operations"][0]["id"] for fake in (quiet, busy))
    assert first == second
    assert quiet.answer(TARGET, "GetOperations", b"{}") != busy.answer(TARGET, "GetOperations", b"{}")


def test_a_call_is_recorded_with_what_it_asked_and_what_it_got() -> None:
    fake = scene()
    fake.clock.advance(5)
    fake.client(TARGET).copy_snapshot(**MANUAL)
    fake.fail_next("GetOperations", faults.connection_closed())
    with pytest.raises(Break):
        fake.answer(SOURCE, "GetOperations", b"{}")
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
    reply = Reply(200, {"Content-Length": "9", "Date": "today"}, b"something")
    assert reply.with_body(b"{}") == Reply(200, {"Content-Length": "2", "Date": "today"}, b"{}")
