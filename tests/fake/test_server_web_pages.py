"""A web page cannot use the served fake, also not with a name of its own for this machine; and each request is one."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from fake_support import SOURCE, small_fake
from server_support import exchange, headers, raw_request, request_once

from lightsail_copy.testing import FakeLightsail

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERYWHERE = "0.0.0.0"  # noqa: S104 - the test is about it
FOREIGN = [
    "rebound.example",
    "127.0.0.1.example",
    "127.x.example",
    "localhost.example",
    "lightsail.example",
    "s3.us-east-1.amazonaws.com",
    "lightsail.us-east-1.amazonaws.com.example",
    "192.168.0.7",
]


@pytest.fixture
def fake() -> FakeLightsail:
    return small_fake()


@pytest.fixture
def url(fake: FakeLightsail) -> Iterator[str]:
    with fake.serve(control=True) as url:
        yield url


def control(method: str, path: str, *, body: bytes = b"", **changes: str) -> bytes:
    """Return the bytes of a request to a control path, after which the connection ends."""
    sent = {"Host": "localhost", "Content-Type": "application/json", "Connection": "close"}
    sent |= {name.replace("_", "-"): value for name, value in changes.items()}
    if body:
        sent.setdefault("Content-Length", str(len(body)))
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return f"{method} /_control/{path} HTTP/1.1\r\n{lines}\r\n".encode() + body


def status(response: bytes) -> int:
    """Return the status of the one response to a request."""
    assert len(re.findall(rb"HTTP/1\.1 \d{3} ", response)) == 1, response
    return int(response.split(b" ", 2)[1])


@pytest.mark.parametrize("host", FOREIGN)
def test_a_name_that_leads_to_this_machine_reads_and_changes_nothing(url: str, fake: FakeLightsail, host: str) -> None:
    """After DNS rebinding, the browser takes the page and the fake for one origin; only `Host` tells."""
    read = exchange(url, control("GET", "calls", Host=f"{host}:80"))
    reset = exchange(url, control("POST", "reset", body=b"{}", Host=host))
    called = exchange(url, raw_request(Host=host))
    assert [status(each) for each in (read, reset, called)] == [403] * 3
    assert b"AccessDeniedException" in called
    assert fake.calls == ()
    assert fake.snapshot_names(SOURCE)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1:99", "LOCALHOST:4580", "[::1]:80", "localhost"])
def test_a_loopback_address_by_any_name_is_served(url: str, host: str) -> None:
    assert status(exchange(url, control("GET", "calls", Host=host))) == 200
    assert status(exchange(url, raw_request(Host=host, Connection="close"))) == 200


@pytest.mark.parametrize(
    "host",
    ["lightsail.us-east-1.amazonaws.com", "lightsail-fips.us-east-1.amazonaws.com", "lightsail.eu-west-1.api.aws"],
)
def test_a_client_that_takes_the_fake_for_a_proxy_names_the_service(url: str, host: str) -> None:
    assert status(exchange(url, raw_request(Host=host, Connection="close"))) == 200
    assert request_once(url, path=f"http://{host}/").status == 200
    assert request_once(url, path="http://rebound.example/").status == 403


def test_a_server_for_other_machines_has_any_name_but_no_web_page() -> None:
    with FakeLightsail().serve(host=EVERYWHERE) as everywhere:
        near = everywhere.replace(EVERYWHERE, "127.0.0.1")
        assert status(exchange(near, raw_request(Host="lightsail:4580", Connection="close"))) == 200
        page = raw_request(Host="rebound.example", Origin="http://rebound.example")
        assert status(exchange(near, page)) == 403


@pytest.mark.parametrize(
    "origin", ["http://page.example", "https://localhost", "http://localhost:1", "null", "http://127.0.0.1", "http://["]
)
def test_a_page_of_another_origin_is_rejected(url: str, fake: FakeLightsail, origin: str) -> None:
    expected = 400 if origin.endswith("[") else 403
    for request in (
        control("GET", "calls", Origin=origin),
        control("POST", "reset", body=b"{}", Origin=origin),
        raw_request(Origin=origin),
    ):
        assert status(exchange(url, request)) == expected
    assert fake.calls == ()
    assert fake.snapshot_names(SOURCE)


def test_the_fakes_own_origin_is_served(url: str) -> None:
    own = url.removeprefix("http://")
    assert status(exchange(url, control("GET", "calls", Host=own, Origin=url))) == 200


@pytest.mark.parametrize("name", [b"Content-Length", b"content-length"])
def test_the_body_of_a_get_is_never_a_second_request(url: str, fake: FakeLightsail, name: bytes) -> None:
    hidden = control("POST", "reset", body=b"{}")
    first = control("GET", "calls", body=hidden, Connection="keep-alive").replace(b"Content-Length", name, 1)
    response = exchange(url, first + raw_request(Connection="close"))
    assert response.count(b"HTTP/1.1 200 OK") == 2
    assert b'{"calls": []}' in response
    assert response.endswith(b'{"operations": []}')
    assert fake.snapshot_names(SOURCE)


@pytest.mark.parametrize(
    "changes", [{"Transfer_Encoding": "chunked"}, {"Content_Length": "two"}, {"Content_Length": "9" * 99}]
)
def test_a_get_whose_body_has_no_known_end_is_rejected(url: str, fake: FakeLightsail, changes: dict[str, str]) -> None:
    hidden = b"0\r\n\r\n" + control("POST", "reset", body=b"{}")
    assert status(exchange(url, control("GET", "calls", body=hidden, **changes))) in {400, 411, 413}
    assert fake.snapshot_names(SOURCE)


DIGITS = "9" * 400


@pytest.mark.measured
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", '{"operation": "GetDisks", "fault": "throttled", "times": 1000000000000000000000000000000}'),
        ("faults", '{"operation": "GetDisks", "fault": "throttled", "times": DIGITS}'),
        ("faults", '{"operation": "GetDisks", "fault": "throttled", "times": 1e999}'),
        ("clock", '{"advance": 1e300}'),
        ("clock", '{"advance": 1e999}'),
        ("clock", '{"advance": DIGITS}'),
        ("clock", '{"advance": ' + "9" * 5000 + "}"),
        ("clock", '{"advance": NaN}'),
        ("clock", '{"advance": -0.5}'),
        ("clock", '{"advance": 260000000000}'),
        ("seed", '{"regions": {"us-east-1": {"disks": [{"name": "d1", "size_in_gb": DIGITS}]}}}'),
        ("seed", '{"regions": {"us-east-1": {"manual_snapshots": [{"name": "s1", "created_at": "now"}]}}}'),
        (
            "seed",
            '{"regions": {"us-east-1": {"manual_snapshots": [{"name": "s1", "created_at": "0001-01-01T00:00"}]}}}',
        ),
    ],
)
def test_a_number_that_nothing_can_hold_is_rejected_and_silences_nothing(
    url: str, fake: FakeLightsail, path: str, body: str
) -> None:
    response = exchange(url, control("POST", path, body=body.replace("DIGITS", DIGITS).encode()))
    assert status(response) == 400
    assert json.loads(response.partition(b"\r\n\r\n")[2])["message"]
    assert fake.clock.monotonic() == 0
    after = request_once(url, sent=headers("GetDisks"))
    assert (after.status, after.content) == (200, {"disks": []})
    assert status(exchange(url, control("GET", "calls"))) == 200


@pytest.mark.measured
@pytest.mark.parametrize(
    ("fault", "arguments", "message"),
    [
        ("error", {"code": 7, "message": "x"}, "code is 7: give a string"),
        ("error", {"code": "x", "message": None}, "message is None: give a string"),
        ("error", {"code": "x", "message": "x", "detail": 1}, "detail is 1: give a string"),
        ("error", {"code": "x", "message": "x", "tip": []}, "tip is []: give a string"),
        ("error", {"code": "x", "message": "x", "status": 700}, "status is 700: give an HTTP status from 200 to 599"),
        ("error", {"code": "x", "message": "x", "status": "500"}, "status is '500'"),
        ("error", {"code": "x", "message": "x", "status": True}, "status is True"),
        ("replaced_response", {"body": "x", "status": 100}, "status is 100"),
        ("replaced_response", {"body": "x", "status": 204}, "whose response has a body"),
        ("replaced_response", {"body": 7}, "body is 7: give bytes"),
        ("replaced_response", {"body": "x", "from_proxy": "no"}, "from_proxy is 'no': give True or False"),
        ("replaced_response", {"body": "\ud800"}, "surrogates not allowed"),
        ("connection_closed", {"performed": 1}, "performed is 1: give True or False"),
        ("truncated_response", {"size": -1}, "truncate_to is -1: give a whole number of bytes"),
        ("truncated_response", {"size": 1.5}, "truncate_to is 1.5"),
        ("truncated_response", {"ending": "burnt"}, "breaks is 'burnt': give one of refused, connect_timeout"),
        ("truncated_response", {"ending": ["closed"]}, "breaks is ['closed']"),
    ],
)
def test_the_arguments_of_a_fault_are_validated_when_it_is_queued(
    url: str, fault: str, arguments: dict[str, object], message: str
) -> None:
    content = {"operation": "GetDisks", "fault": fault, "arguments": arguments}
    response = exchange(url, control("POST", "faults", body=json.dumps(content).encode()))
    assert status(response) == 400
    assert message in json.loads(response.partition(b"\r\n\r\n")[2])["message"]
    assert request_once(url, sent=headers("GetDisks")).status == 200
