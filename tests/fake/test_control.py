"""Steering a served fake over HTTP."""

# ruff: noqa: ANN401 - JSON is of any type
from __future__ import annotations

import inspect
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from fake_support import SOURCE, TARGET, call, small_fake
from server_support import HttpResponse, request_once

from lightsail_copy.testing import FakeLightsail, faults
from lightsail_copy.testing.control import FAULTS
from lightsail_copy.testing.seed import sample

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def fake() -> FakeLightsail:
    return small_fake()


@pytest.fixture
def url(fake: FakeLightsail) -> Iterator[str]:
    with fake.serve(control=True) as url:
        yield url


def post(url: str, path: str, content: Any) -> HttpResponse:
    """Return the response to JSON that is sent to a control path."""
    return request_once(url, json.dumps(content).encode(), path=f"/_control/{path}", sent=JSON)


def test_a_queued_fault_occurs_as_many_times_as_requested(url: str, fake: FakeLightsail) -> None:
    assert post(url, "faults", {"operation": "GetOperations", "fault": "throttled", "times": 2}).status == 200
    statuses = [fake.respond(SOURCE, "GetOperations", b"{}").status for _ in range(3)]
    assert statuses == [400, 400, 200]


def test_a_queued_fault_takes_the_arguments_of_its_function(url: str, fake: FakeLightsail) -> None:
    arguments = {"body": "[]", "status": 202}
    post(url, "faults", {"operation": "GetOperations", "fault": "replaced_response", "arguments": arguments})
    response = fake.respond(SOURCE, "GetOperations", b"{}")
    assert (response.status, response.body) == (202, b"[]")


def test_every_fault_without_a_function_can_be_queued() -> None:
    makers = {
        name for name, made in inspect.getmembers(faults, inspect.isfunction) if made.__module__ == faults.__name__
    }
    assert set(FAULTS) == makers - {"edited_response"}
    assert len(FAULTS) > 15


def test_the_next_copy_fails_at_its_end(url: str, fake: FakeLightsail) -> None:
    assert post(url, "copy-failures", {"error_code": "Broken", "error_details": "The disk broke."}).status == 200
    parameters = {"sourceSnapshotName": "web-friday", "sourceRegion": SOURCE, "targetSnapshotName": "web-copy"}
    call(fake, TARGET, "CopySnapshot", **parameters)
    fake.clock.advance(fake.copy_duration)
    (operation,) = call(fake, TARGET, "GetOperations")["operations"]
    assert (operation["status"], operation["errorCode"]) == ("Failed", "Broken")


def test_a_fake_clock_moves(url: str, fake: FakeLightsail) -> None:
    assert post(url, "clock", {"advance": 60}).status == 200
    assert post(url, "clock", {"advance": 0.5}).status == 200
    assert fake.clock.monotonic() == 60.5


def test_real_time_does_not_move() -> None:
    with FakeLightsail(clock=time).serve(control=True) as url:
        response = post(url, "clock", {"advance": 60})
    assert (response.status, "--clock fake" in response.content["message"]) == (400, True)


def test_a_seed_is_added(url: str, fake: FakeLightsail) -> None:
    assert post(url, "seed", {"regions": {TARGET: {"disks": [{"name": "new"}]}}}).status == 200
    assert [each["name"] for each in call(fake, TARGET, "GetDisks")["disks"]] == ["new"]


def test_a_reset_forgets_all_but_the_time(url: str, fake: FakeLightsail) -> None:
    fake.fail_next("GetDisks", faults.throttled())
    fake.fail_next_copy("Broken", "It broke.")
    fake.clock.advance(60)
    assert post(url, "reset", {}).status == 200
    assert fake.calls == ()
    assert call(fake, SOURCE, "GetDisks") == {"disks": []}
    assert fake.snapshot_names(SOURCE) == ()
    assert fake.clock.monotonic() == 60
    fake.add_manual_snapshot("web-friday", SOURCE)
    parameters = {"sourceSnapshotName": "web-friday", "sourceRegion": SOURCE, "targetSnapshotName": "web-copy"}
    call(fake, TARGET, "CopySnapshot", **parameters)
    fake.clock.advance(fake.copy_duration)
    assert call(fake, TARGET, "GetOperations")["operations"][0]["status"] == "Succeeded"


def test_a_reset_returns_to_the_sample_that_the_server_started_with() -> None:
    fake = FakeLightsail(seed=sample)
    names = fake.snapshot_names("us-east-1")
    with fake.serve(control=True) as url:
        for name in names:
            fake.remove(name, "us-east-1")
        fake.clock.advance(86_400)
        assert post(url, "reset", {}).status == 200
    assert sorted(fake.snapshot_names("us-east-1")) == sorted(names)
    newest = call(fake, "us-east-1", "GetAutoSnapshots", resourceName="db-1")["autoSnapshots"][0]
    assert newest["date"] == "2026-01-01"  # as the time is now


def test_a_reset_needs_no_body(url: str, fake: FakeLightsail) -> None:
    assert request_once(url, b"", path="/_control/reset", sent=JSON).status == 200
    assert fake.snapshot_names(SOURCE) == ()


def test_the_recorded_calls_are_listed(url: str, fake: FakeLightsail) -> None:
    fake.fail_next("GetDisks", faults.connection_closed())
    call(fake, SOURCE, "GetDisk", diskName="data")
    with pytest.raises(Exception, match="closed"):
        fake.respond(SOURCE, "GetDisks", b"{}")
    good, broken = request_once(url, b"", method="GET", path="/_control/calls", sent={}).content["calls"]
    assert good == {
        "operation": "GetDisk",
        "region": SOURCE,
        "parameters": {"diskName": "data"},
        "time": fake.clock.time(),
        "fault": None,
        "status": 200,
    }
    assert (broken["fault"], broken["status"]) == ("connection closed", None)


@pytest.mark.measured
@pytest.mark.parametrize(
    ("path", "content", "message"),
    [
        ("faults", [], "fault is []: give a JSON object"),
        ("faults", {"fault": "thunder"}, "fault is 'thunder': give one of access_denied,"),
        ("faults", {"fault": ["throttled"]}, "fault is ['throttled']: give one of"),
        ("faults", {"fault": "edited_response"}, "fault is 'edited_response': give one of"),
        ("faults", {"fault": "throttled"}, "operation is 'None': give one of CopySnapshot"),
        ("faults", {"fault": "throttled", "operation": "GetDisks", "times": "2"}, "times is '2': give a whole number"),
        ("faults", {"fault": "throttled", "operation": "GetDisks", "times": 0}, "times is 0"),
        ("faults", {"fault": "throttled", "operation": "GetDisks", "arguments": {"x": 1}}, "unexpected keyword"),
        ("faults", {"fault": "throttled", "operation": "GetDisks", "arguments": []}, "arguments is []"),
        ("faults", {"fault": "throttled", "operation": ["GetDisks"]}, "give one of CopySnapshot"),
        ("faults", {"fault": "throttled", "op": "GetDisks"}, "fault has 'op', which is not known"),
        ("copy-failures", {"error_code": "x"}, "error_details is None: give a string"),
        ("clock", {"advance": "60"}, "advance is '60': give a number of seconds"),
        ("clock", {"advance": -1}, "zero or more"),
        ("clock", {}, "advance is None"),
        ("seed", {"regions": 7}, "regions is 7: give a JSON object"),
        ("reset", {"all": True}, "reset has 'all', which is not known: give nothing"),
    ],
)
def test_a_wrong_request_says_what_to_give(url: str, path: str, content: object, message: str) -> None:
    response = post(url, path, content)
    assert response.status == 400
    assert message in response.content["message"]


@pytest.mark.measured
@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000])
def test_a_body_that_is_not_json_is_rejected(url: str, body: bytes) -> None:
    assert request_once(url, body, path="/_control/reset", sent=JSON).status == 400


def test_a_path_that_does_not_exist_names_those_that_do(url: str) -> None:
    response = post(url, "weather", {})
    assert response.status == 404
    assert "GET /_control/calls, POST /_control/faults" in response.content["message"]
    assert request_once(url, b"", method="GET", path="/_control/reset", sent={}).status == 404


def test_a_web_page_cannot_steer_it(url: str, fake: FakeLightsail) -> None:
    """A browser sends JSON to another origin only after a preflight request, which the server rejects."""
    assert request_once(url, b"{}", path="/_control/reset", sent={"Content-Type": "text/plain"}).status == 415
    assert request_once(url, b"{}", path="/_control/reset", sent={}).status == 415
    assert request_once(url, b"", method="OPTIONS", path="/_control/reset", sent=JSON).status == 405
    assert fake.snapshot_names(SOURCE)


def test_a_type_with_a_character_set_is_json_too(url: str) -> None:
    sent = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert request_once(url, b"{}", path="/_control/reset", sent=sent).status == 200


def test_control_is_off_unless_the_server_is_started_with_it(fake: FakeLightsail) -> None:
    with fake.serve() as url:
        assert post(url, "reset", {}).status == 404
        assert request_once(url, b"", method="GET", path="/_control/calls", sent={}).status == 405
    assert fake.snapshot_names(SOURCE)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.7", "example.com", ""])  # noqa: S104 - the test is about it
def test_control_is_for_loopback_addresses_only(host: str) -> None:
    with pytest.raises(ValueError, match="control is only for a loopback address"):
        FakeLightsail().serve(host=host, control=True)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_control_works_on_each_loopback_name(host: str) -> None:
    with FakeLightsail().serve(host=host, control=True) as url:
        assert post(url, "reset", {}).status == 200
