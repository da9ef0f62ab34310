"""What is no request of the protocol, and clients that leave or dawdle: the server lives on, without a traceback."""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING

import pytest
from fake_support import small_fake
from server_support import exchange, headers, open_socket, raw_request, request_once, rest

from lightsail_copy.testing import FakeLightsail, server
from lightsail_copy.testing.server import ABRUPT

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = server.LARGEST_BODY


@pytest.fixture
def fake() -> FakeLightsail:
    return small_fake()


@pytest.fixture
def url(fake: FakeLightsail, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Iterator[str]:
    """Give a URL that responds, after the test too, and see that nobody was told of any trouble."""
    with fake.serve() as url:
        yield url
        assert request_once(url).status == 200
    assert capfd.readouterr() == ("", "")
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def status(response: bytes) -> int:
    """Return the status of a response, which has to be a whole one of JSON."""
    head, _, body = response.partition(b"\r\n\r\n")
    assert b"Connection: close\r\n" in head + b"\r\n"
    assert f"Content-Length: {len(body)}\r\n".encode() in head
    assert body.startswith(b'{"__type": "')
    return int(head.split(b" ", 2)[1])


@pytest.mark.measured
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"Content_Length": ""}, 411),
        ({"Content_Length": "", "Transfer_Encoding": "chunked"}, 411),
        ({"Transfer_Encoding": "chunked"}, 411),
        ({"Content_Length": "two"}, 400),
        ({"Content_Length": "-1"}, 400),
        ({"Content_Length": "+2"}, 400),
        ({"Content_Length": "0x2"}, 400),
        ({"Content_Length": "1_0"}, 400),
        ({"Content_Length": "\u00b2"}, 400),
        ({"Content_Length": "2\r\nContent-Length: 3"}, 400),
        ({"Content_Length": "2, 2"}, 400),
        ({"Content_Length": str(LIMIT + 1)}, 413),
        ({"Content_Length": "9" * 5000}, 413),
        ({"Content_Length": "9" * 5000, "Expect": "100-continue"}, 413),
    ],
)
def test_a_body_without_a_good_length_is_rejected_unread(url: str, changes: dict[str, str], expected: int) -> None:
    assert status(exchange(url, raw_request(b"", **changes).replace("\u00b2".encode(), b"\xb2"))) == expected


@pytest.mark.parametrize("length", ["2 ", "0000000002", "0" * 5000 + "2"])
def test_a_length_may_have_blanks_and_zeros(url: str, length: str) -> None:
    assert request_once(url, sent=headers(Content_Length=length)).status == 200


def test_a_length_of_nothing_but_zeros_is_that_of_no_body(url: str) -> None:
    response = exchange(url, raw_request(b"", Content_Length="0" * 5000, Connection="close"))
    assert response.startswith(b"HTTP/1.1 200 ")


def test_the_largest_body_is_read(url: str) -> None:
    assert request_once(url, b"{}".ljust(LIMIT)).status == 200


def test_a_client_that_sends_too_much_still_gets_its_response(url: str) -> None:
    response = request_once(url, b" " * (4 * LIMIT))
    assert (response.status, response.code) == (413, "RequestEntityTooLargeException")


def test_there_is_a_limit_to_what_is_read_for_nothing(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(server, "_DISCARDED_PIECES", 1)
    with open_socket(url) as bare:
        bare.sendall(raw_request(b"", Content_Length=str(LIMIT + 1)))
        assert status(rest(bare)) == 413
        with pytest.raises(OSError, match=r"reset|[Bb]roken|aborted"):
            bare.sendall(b" " * (64 * LIMIT))


@pytest.mark.measured
@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"POST / SPAM/1.1\r\n\r\n", 400),
        (b"POST / HTTP/1.1.1\r\n\r\n", 400),
        (b"POST / HTTP/\xb2.0\r\n\r\n", 400),
        (b"POST / / HTTP/1.1\r\n\r\n", 400),
        (b"POST / HTTP/2.0\r\n\r\n", 505),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS hello\r\n\r\n", 400),
        (b"POST /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"POST / HTTP/1.1\r\nA: " + b"a" * 70_000 + b"\r\n\r\n", 431),
        (b"POST / HTTP/1.1\r\n" + b"A: a\r\n" * 200 + b"\r\n", 431),
        (b"POST / HTTP/1.1\r\nno header\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n", 411),
        (b"POST http://[/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"POST http://localhost:x/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: [\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 405),
        (b"POST /\r\n\r\n", 400),
        (b"\xff\xfe / HTTP/1.1\r\n\r\n", 405),
    ],
)
def test_what_is_not_a_request_is_rejected(url: str, request_: bytes, expected: int) -> None:
    assert status(exchange(url, request_)) == expected


@pytest.mark.parametrize("line", [b"\r\n", b""])
def test_no_request_gets_no_response(url: str, line: bytes) -> None:
    with open_socket(url) as bare:
        bare.sendall(line)
        bare.shutdown(socket.SHUT_WR)
        assert rest(bare) == b""


def test_a_connection_of_http_1_0_gets_one_response(url: str) -> None:
    response = exchange(url, raw_request().replace(b"HTTP/1.1", b"HTTP/1.0"))
    assert response.startswith(b"HTTP/1.1 200 OK\r\n")
    assert response.endswith(b'{"operations": []}')


def test_a_client_that_expects_100_continue_gets_it(url: str) -> None:
    body = b'{"pageToken": "none"}'
    with open_socket(url) as bare:
        bare.sendall(raw_request(b"", Expect="100-Continue", Connection="close", Content_Length=str(len(body))))
        assert bare.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        bare.sendall(body)
        assert rest(bare).startswith(b"HTTP/1.1 400 Bad Request\r\n")


@pytest.mark.measured
@pytest.mark.parametrize("size", [*range(1, len(raw_request()), 20), len(raw_request()) - 1])
def test_a_client_may_hang_up_anywhere_and_nothing_is_done(url: str, fake: FakeLightsail, size: int) -> None:
    with open_socket(url) as bare:
        bare.sendall(raw_request()[:size])
        bare.shutdown(socket.SHUT_WR)
        assert b"200 OK" not in rest(bare)
    assert fake.calls == ()


def test_a_client_may_leave_abruptly_before_its_response(url: str) -> None:
    for _ in range(20):
        with open_socket(url) as bare:
            bare.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABRUPT)
            bare.sendall(raw_request())


@pytest.mark.parametrize("sent", [b"", b"POST / HT", raw_request()[:-1], raw_request()])
def test_a_client_that_is_silent_for_too_long_is_left(
    sent: bytes, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server._Handler, "timeout", 0.05)
    with FakeLightsail().serve() as url, open_socket(url) as bare:
        bare.sendall(sent)
        assert rest(bare).count(b"HTTP/1.1 200 OK") == (sent == raw_request())
    assert capfd.readouterr() == ("", "")


def test_requests_may_come_without_waiting_for_the_responds(url: str) -> None:
    several = exchange(url, raw_request() * 2 + raw_request(Connection="close"))
    assert several.count(b"HTTP/1.1 200 OK") == 3
