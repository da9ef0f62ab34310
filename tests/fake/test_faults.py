"""What goes wrong on demand, met by real boto3 clients in each retry mode."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from fake_support import MANUAL, ONE_CALL, TARGET, Mode, call, rejection, small_fake

from lightsail_copy.testing import BrokenConnection, FakeLightsail, Fault, faults

if TYPE_CHECKING:
    from collections.abc import Callable

# The calls that one call of boto3 makes at most, by botocore's retry mode.
ATTEMPTS: dict[Mode, int] = {"legacy": 5, "standard": 3, "adaptive": 3}

RESENT: dict[str, tuple[Fault, type[Exception], str]] = {
    "throttled": (faults.throttled(), ClientError, "ThrottlingException"),
    "service fault": (faults.service_fault(), ClientError, "ServiceException"),
    "service unavailable": (faults.service_unavailable(), ClientError, "503"),
    "refused": (faults.connection_refused(), EndpointConnectionError, ""),
    "connect timeout": (faults.connect_timeout(), ConnectTimeoutError, ""),
    "closed": (faults.connection_closed(), ConnectionClosedError, ""),
    "read timeout": (faults.read_timeout(), ReadTimeoutError, ""),
}
FINAL: list[tuple[Fault, str, int]] = [
    (faults.expired_token(), "ExpiredTokenException", 400),
    (faults.unrecognized_client(), "UnrecognizedClientException", 400),
    (faults.unauthenticated(), "UnauthenticatedException", 400),
    (faults.access_denied(), "AccessDeniedException", 400),
    (faults.region_not_set_up(), "RegionSetupInProgressException", 400),
    (faults.account_not_set_up(), "AccountSetupInProgressException", 400),
    (faults.operation_failure(), "OperationFailureException", 400),
    (faults.quota_exceeded(), "InvalidInputException", 400),
    (faults.not_found(), "NotFoundException", 400),
    (faults.error("OptInRequired", "Subscribe first.", status=403), "OptInRequired", 403),
]


@pytest.fixture(autouse=True)
def _no_real_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every real sleep an error, so that no test of a fault can take time unnoticed."""

    def sleep(seconds: float) -> None:
        assert seconds == 0, "a real sleep"

    monkeypatch.setattr(time, "sleep", sleep)


def client(fake: FakeLightsail, mode: Mode) -> Any:  # noqa: ANN401 - a client of boto3's
    """Return a client of the target Region in a retry mode."""
    return fake.client(TARGET, config=Config(retries={"mode": mode}))


@pytest.mark.parametrize("mode", ATTEMPTS)
@pytest.mark.parametrize("kind", RESENT)
def test_botocore_resends_what_may_pass_and_raises_what_does_not_pass_in_time(kind: str, mode: Mode) -> None:
    fault, error, code = RESENT[kind]
    fake = small_fake()
    caller = client(fake, mode)
    fake.fail_next("CopySnapshot", fault, times=ATTEMPTS[mode])
    with pytest.raises(error) as caught:
        caller.copy_snapshot(**MANUAL)
    assert isinstance(caught.value, (ClientError, BotoCoreError))
    assert code == "" or getattr(caught.value, "response", {})["Error"]["Code"] == code
    assert [call.fault for call in fake.calls] == [fault] * ATTEMPTS[mode]
    assert fake.snapshot_names(TARGET) == ()
    assert len(fake.retry_delays) == ATTEMPTS[mode] - 1
    fake.fail_next("CopySnapshot", fault, times=ATTEMPTS[mode] - 1)
    response = caller.copy_snapshot(**MANUAL)
    assert response["ResponseMetadata"]["RetryAttempts"] == ATTEMPTS[mode] - 1
    assert fake.snapshot_names(TARGET) == ("web-copy",)
    assert len(fake.calls) == 2 * ATTEMPTS[mode]


@pytest.mark.parametrize("mode", ATTEMPTS)
def test_botocore_raises_what_would_not_pass_at_once_and_lightsails_as_a_class_of_the_client(mode: Mode) -> None:
    fake = small_fake()
    caller = client(fake, mode)
    for fault, code, status in FINAL:
        expected = getattr(caller.exceptions, code) if code in dir(caller.exceptions) else ClientError
        fake.fail_next("CopySnapshot", fault)
        with pytest.raises(expected) as caught:
            caller.copy_snapshot(**MANUAL)
        response: Any = caught.value.response
        assert response["Error"]["Code"] == code
        assert response["Error"]["Message"]
        assert response["ResponseMetadata"]["HTTPStatusCode"] == status
        assert ("docs" in response) == (expected is not ClientError)
    assert len(fake.calls) == len(FINAL)
    assert fake.retry_delays == ()


def test_a_service_fault_is_an_http_500() -> None:
    fake = small_fake()
    fake.fail_next("CopySnapshot", faults.service_fault())
    assert rejection(fake, TARGET, "CopySnapshot", **MANUAL)[:2] == (500, "ServiceException")


def test_a_load_balancer_responds_in_html() -> None:
    fake = small_fake()
    fake.fail_next("CopySnapshot", faults.service_unavailable(performed=True))
    response = fake.respond(TARGET, "CopySnapshot", json.dumps(MANUAL).encode())
    assert (response.status, response.headers["Content-Type"]) == (503, "text/html")
    assert response.body.startswith(b"<html>")
    assert fake.snapshot_names(TARGET) == ("web-copy",)


@pytest.mark.parametrize("mode", ATTEMPTS)
@pytest.mark.parametrize(
    "fault",
    [
        faults.service_fault(performed=True),
        faults.service_unavailable(performed=True),
        faults.connection_closed(performed=True),
        faults.read_timeout(performed=True),
        faults.truncated_response(ending="reset"),
        faults.truncated_response(ending="read_timeout"),
    ],
    ids=lambda fault: fault.name,
)
def test_a_response_lost_after_the_copy_started_turns_into_a_name_conflict(fault: Fault, mode: Mode) -> None:
    fake = small_fake()
    fake.fail_next("CopySnapshot", fault)
    caller = client(fake, mode)
    with pytest.raises(caller.exceptions.InvalidInputException, match="Some names are already in use: web-copy"):
        caller.copy_snapshot(**MANUAL)
    assert [call.fault for call in fake.calls] == [fault, None]
    (operation,) = call(fake, TARGET, "GetOperationsForResource", resourceName="web-copy")["operations"]
    assert operation["status"] == "Started"


BROKEN: dict[str, tuple[Callable[[], Fault], type[Exception]]] = {
    "closed": (lambda: faults.connection_closed(performed=True), ConnectionClosedError),
    "read timeout": (lambda: faults.read_timeout(performed=True), ReadTimeoutError),
    "reset in the body": (lambda: faults.truncated_response(ending="reset"), ConnectionClosedError),
    "silence in the body": (lambda: faults.truncated_response(ending="read_timeout"), ReadTimeoutError),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_connection_is_the_error_that_a_real_socket_leads_to(kind: str) -> None:
    fault, error = BROKEN[kind]
    fake = small_fake()
    fake.fail_next("CopySnapshot", fault())
    with pytest.raises(error, match=r"https://lightsail\.us-east-1\.amazonaws\.com/"):
        fake.client(TARGET, config=ONE_CALL).copy_snapshot(**MANUAL)
    assert fake.snapshot_names(TARGET) == ("web-copy",)


@pytest.mark.parametrize("ending", ["closed", "complete"])
def test_botocore_does_not_notice_a_response_that_ends_early(ending: faults.Ending) -> None:
    fake = small_fake()
    fake.fail_next("CopySnapshot", faults.truncated_response(ending=ending))
    response = fake.client(TARGET).copy_snapshot(**MANUAL)
    assert response.keys() == {"ResponseMetadata"}
    length = int(response["ResponseMetadata"]["HTTPHeaders"]["content-length"])
    assert (length == 20) == (ending == "complete")
    assert len(fake.calls) == 1


def test_a_broken_connection_has_the_part_that_arrived_before_it() -> None:
    fake = small_fake()
    fake.fail_next("GetOperations", faults.truncated_response(5, ending="reset"))
    with pytest.raises(BrokenConnection) as caught:
        fake.respond(TARGET, "GetOperations", b"{}")
    assert caught.value.kind == "reset"
    assert caught.value.partial is not None
    assert caught.value.partial.body == b'{"ope'
    assert caught.value.partial.headers["Content-Length"] == str(len(b'{"operations": []}'))


def test_nothing_arrives_of_a_response_that_is_lost() -> None:
    fake = small_fake()
    fake.fail_next("GetOperations", faults.connection_closed(performed=True))
    with pytest.raises(BrokenConnection) as caught:
        fake.respond(TARGET, "GetOperations", b"{}")
    assert (caught.value.kind, caught.value.partial) == ("closed", None)


@pytest.mark.parametrize(
    "fault", [faults.not_json(), faults.empty_response(), faults.replaced_response(b"{}")], ids=lambda f: f.name
)
def test_a_response_without_the_operations_reaches_the_caller_without_them(fault: Fault) -> None:
    fake = small_fake()
    fake.fail_next("CopySnapshot", fault)
    response = fake.client(TARGET).copy_snapshot(**MANUAL)
    assert "operations" not in response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert fake.snapshot_names(TARGET) == ("web-copy",)


def test_a_foreign_response_has_no_request_id() -> None:
    fake = small_fake()
    fake.fail_next("CopySnapshot", faults.replaced_response(b"{}", from_proxy=True))
    assert "RequestId" not in fake.client(TARGET).copy_snapshot(**MANUAL)["ResponseMetadata"]


@pytest.mark.parametrize("body", [b"null", b"[1]", b'"text"', b"\xff"])
def test_a_response_that_botocore_cannot_parse_breaks_its_parser(body: bytes) -> None:
    fake = small_fake()
    fake.fail_next("CopySnapshot", faults.replaced_response(body))
    with pytest.raises((AttributeError, TypeError, ValueError)):
        fake.client(TARGET).copy_snapshot(**MANUAL)
    assert fake.snapshot_names(TARGET) == ("web-copy",)


@pytest.mark.parametrize(
    "fault",
    [
        faults.not_json(performed=False),
        faults.empty_response(performed=False),
        faults.replaced_response(b"{}", performed=False),
        faults.replaced_response(b"", performed=False, status=500),
    ],
)
def test_a_fault_in_place_of_the_work_starts_no_copy(fault: Fault) -> None:
    fake = small_fake()
    fake.fail_next("CopySnapshot", fault)
    response = fake.respond(TARGET, "CopySnapshot", json.dumps(MANUAL).encode())
    assert (response.body, response.status) == (fault.body, fault.status)
    assert fake.snapshot_names(TARGET) == ()


def test_a_response_can_be_edited() -> None:
    def edit(content: Any) -> object:  # noqa: ANN401 - JSON
        operation = content["operations"][0]
        del operation["id"]
        return {"operations": [{**operation, "status": "Paused", "isTerminal": None}], "unheardOf": 1}

    fake = small_fake()
    fake.fail_next("CopySnapshot", faults.edited_response(edit))
    (operation,) = fake.client(TARGET).copy_snapshot(**MANUAL)["operations"]
    assert operation["status"] == "Paused"
    assert operation.keys().isdisjoint({"id", "isTerminal", "unheardOf"})
    assert fake.snapshot_names(TARGET) == ("web-copy",)


def test_an_edit_may_look_at_the_fake() -> None:
    fake = small_fake()
    fake.fail_next(
        "CopySnapshot", faults.edited_response(lambda content: {**content, "seen": fake.snapshot_names(TARGET)})
    )
    response = fake.respond(TARGET, "CopySnapshot", json.dumps(MANUAL).encode())
    assert json.loads(response.body)["seen"] == ["web-copy"]


def test_a_fault_of_ones_own_combines_the_dimensions() -> None:
    fault = Fault(
        name="mine", performed=True, edit=lambda _: {"operations": []}, status=202, truncate_to=5, breaks="reset"
    )
    fake = small_fake()
    fake.fail_next("CopySnapshot", fault)
    with pytest.raises(BrokenConnection) as caught:
        fake.respond(TARGET, "CopySnapshot", json.dumps(MANUAL).encode())
    assert caught.value.partial is not None
    assert (caught.value.partial.status, caught.value.partial.body) == (202, b'{"ope')
    assert fake.snapshot_names(TARGET) == ("web-copy",)


def test_a_rejection_can_be_lost_too() -> None:
    fake = small_fake()
    fake.fail_next("CopySnapshot", faults.read_timeout(performed=True))
    with pytest.raises(ReadTimeoutError):
        fake.client(TARGET, config=ONE_CALL).copy_snapshot(**{**MANUAL, "sourceSnapshotName": "none"})
    assert fake.snapshot_names(TARGET) == ()


def test_faults_queue_and_affect_only_their_own_operation() -> None:
    fake = small_fake()
    fake.fail_next("GetOperations", faults.throttled(), times=2)
    fake.fail_next("GetOperations", faults.access_denied())
    fake.fail_next("GetInstances", faults.not_found())
    codes: list[str] = []
    for _ in range(4):
        content = json.loads(fake.respond(TARGET, "GetOperations", b"{}").body)
        codes.append(content.get("__type", "none"))
    assert codes == ["ThrottlingException", "ThrottlingException", "AccessDeniedException", "none"]
    assert call(fake, TARGET, "GetDisks") == {"disks": []}


def test_a_copy_that_fails_in_one_fake_does_not_in_another() -> None:
    first, second = small_fake(), small_fake()
    first.fail_next("GetOperations", faults.throttled())
    assert call(second, TARGET, "GetOperations") == {"operations": []}


@pytest.mark.parametrize("operation", ["GetOperatoin", "get_operation", ""])
def test_a_fault_of_an_unknown_operation_is_rejected(operation: Any) -> None:  # noqa: ANN401 - wrong on purpose
    with pytest.raises(ValueError, match=r"give one of CopySnapshot, .*GetOperationsForResource"):
        FakeLightsail().fail_next(operation, faults.throttled())


@pytest.mark.parametrize("times", [0, -1, 10_001, 10**30, True, 1.5])
def test_the_times_of_a_fault_are_a_number_that_memory_can_hold(times: int) -> None:
    with pytest.raises(ValueError, match=f"times is {times}: give a whole number from 1 to 10000"):
        FakeLightsail().fail_next("GetOperation", faults.throttled(), times=times)


def test_a_fault_is_a_frozen_value() -> None:
    assert faults.throttled() == faults.throttled()
    assert faults.service_fault() != faults.service_fault(performed=True)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        faults.throttled().performed = True  # type: ignore[misc]  # that is the mistake  # pyright: ignore[reportAttributeAccessIssue]
