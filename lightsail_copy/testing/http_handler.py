"""
One connection to the served fake: requests in AWS's JSON 1.1 protocol, and their responses.

A fault that breaks the connection breaks a real one here. Two can only be approximated, because the request has arrived
by then: ``refused`` is an abrupt end without a response, and ``connect_timeout`` is silence.
"""

from __future__ import annotations

import logging
import re
import socket
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from lightsail_copy.testing import protocol, responses
from lightsail_copy.testing.connections import ABRUPT, Connections, shut
from lightsail_copy.testing.responses import BrokenConnection, Rejection, Response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lightsail_copy.testing.clock import Clock
    from lightsail_copy.testing.control import Control

LARGEST_BODY = 1024 * 1024
_LONGEST_LINE = 65536
_DISCARDED_PIECES = 256
_PIECE = 64 * 1024
_LENGTH = re.compile(r"[0-9]+")
# AWS's names for errors that are common to its services; those of other statuses are all the same.
_MALFORMED = "MalformedHttpRequestException"
_ERROR_NAMES = {
    HTTPStatus.NOT_FOUND: "UnknownOperationException",
    HTTPStatus.METHOD_NOT_ALLOWED: "UnknownOperationException",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "RequestEntityTooLargeException",
}

_log = logging.getLogger(__name__)


class Service(Protocol):
    """What is served; a `FakeLightsail` is one."""

    @property
    def clock(self) -> Clock:
        """The clock of its timestamps."""
        ...

    def respond(self, region: str, operation: str, body: bytes) -> Response:
        """Respond to one request, or raise a `BrokenConnection`."""
        ...


class Owner(Protocol):
    """
    What a connection needs of its server.

    Attributes:
        service: the fake.
        client_timeout: how many seconds a client may be silent.
        connections: those that are open.
        request_ids: the ids of requests that do not reach the fake.
        control: what steers the fake over HTTP, or None.
    """

    service: Service
    client_timeout: float
    connections: Connections
    request_ids: Iterator[str]
    control: Control | None


class Handler(BaseHTTPRequestHandler):
    """One connection, with one request after another."""

    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.0"  # what cannot be parsed gets a status and headers as well
    disable_nagle_algorithm = True  # so that no response waits
    close_connection: bool
    raw_requestline: bytes
    wbufsize = 1 << 20  # headers and body go out in one write: with two, some clients fail now and then

    def __init__(self, owner: Owner, *arguments: Any) -> None:
        self._owner = owner
        self._abrupt = False
        super().__init__(*arguments)

    def setup(self) -> None:
        """Prepare the connection, and register it with the server."""
        super().setup()
        self.connection.settimeout(self._owner.client_timeout)
        self._owner.connections.add(self.connection)

    def finish(self) -> None:
        """End the connection, abruptly after a fault that says so."""
        self._owner.connections.discard(self.connection)
        super().finish()
        if self._abrupt:
            self.connection.close()

    def parse_request(self) -> bool:
        """Parse the request line and the headers, after at most one blank line (RFC 9112, section 2.2)."""
        if self.raw_requestline in {b"\r\n", b"\n"}:
            self.raw_requestline = self.rfile.readline(_LONGEST_LINE)
        return super().parse_request()

    def do_GET(self) -> None:
        """Respond to a request of the control path; the protocol itself has only POST."""
        self._handle(has_body=False)

    def do_POST(self) -> None:
        """Respond to one request."""
        self._handle(has_body=True)

    def handle_expect_100(self) -> bool:
        """Put off the response to ``Expect`` until the length of the request is known to be valid."""
        return True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """
        Reject what is not a request of the protocol, and end the connection.

        Args:
            code: the HTTP status.
            message: what is wrong with it.
            explain: more of the same, which is not used.
        """
        del explain
        # What http.server does not find implemented is the method.
        status = HTTPStatus.METHOD_NOT_ALLOWED if code == HTTPStatus.NOT_IMPLEMENTED else HTTPStatus(code)
        self.close_connection = True
        self._send(self._error(status, _ERROR_NAMES.get(status, _MALFORMED), message or status.phrase))
        self._discard_rest()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
        """Log nothing: the request line may hold a secret."""

    def _handle(self, *, has_body: bool) -> None:
        # A client that uses the fake as a proxy sends the whole URL.
        path = urlsplit(self.path).path
        control = self._owner.control
        is_control = control is not None and control.has(path)
        if not is_control and not has_body:
            self.send_error(HTTPStatus.METHOD_NOT_ALLOWED)
        elif not is_control and path not in {"", "/"}:
            self.send_error(HTTPStatus.NOT_FOUND, "There is no such path: requests go to /")
        else:
            body = self._body() if has_body else b""
            if body is None:
                return
            if control is None or not is_control:
                self._respond(body)
            else:
                self._send(control.respond(self.command, path, self.headers.get("Content-Type"), body))

    def _body(self) -> bytes | None:
        """Return the body of the request; None where it was rejected or is incomplete."""
        length = self._length()
        if length is None:
            return None
        if self.headers.get("Expect", "").lower() == "100-continue" and self.request_version != "HTTP/1.0":
            self.send_response_only(100)
            self.end_headers()
            self.wfile.flush()
        body = self.rfile.read(length)
        if len(body) < length:  # the client closed the connection
            self.close_connection = True
            return None
        return body

    def _length(self) -> int | None:
        """Return the length of the request's body; None where the request was rejected for it."""
        given = [each.strip() for each in self.headers.get_all("Content-Length", [])]
        if not given or "Transfer-Encoding" in self.headers:
            self.send_error(411, "Send the body in one piece, with its Content-Length")
        elif len(given) > 1 or not _LENGTH.fullmatch(given[0]):
            self.send_error(400, "The Content-Length is not a number")
        elif len(given[0].lstrip("0")) > len(str(LARGEST_BODY)) or int(given[0]) > LARGEST_BODY:
            self.send_error(413, f"The body may have {LARGEST_BODY} bytes")
        else:
            return int(given[0])
        return None

    def _respond(self, body: bytes) -> None:
        try:
            region = protocol.region_of(self.headers.get("Authorization"))
            operation = protocol.operation_of(self.headers.get("X-Amz-Target"))
        except Rejection as rejection:
            _log.info("400 %s", rejection.code)
            self._send(self._error(400, rejection.code, rejection.message))
            return
        try:
            response = self._owner.service.respond(region, operation, body)
        except BrokenConnection as broken:
            _log.info("%s %s, and the connection breaks: %s", region, operation, broken.kind)
            self._break(broken)
        else:
            _log.info("%s %s %s", region, operation, response.status)
            self._send(response)

    def _break(self, broken: BrokenConnection) -> None:
        if broken.partial is not None:
            self._send(broken.partial)
        self.close_connection = True
        if broken.kind in {"read_timeout", "connect_timeout"}:
            self.connection.settimeout(None)
            while self.connection.recv(_PIECE):  # until the client closes the connection, or the server stops
                pass
        elif broken.kind in {"reset", "refused"}:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABRUPT)
            self._abrupt = True

    def _send(self, response: Response) -> None:
        self.send_response_only(response.status)
        # Some SDKs correct their own clock by this header, so it has the real time whatever the fake's clock says.
        for name, value in {**response.headers, "Date": formatdate(usegmt=True)}.items():
            self.send_header(name, value)
        if response.status == HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "POST")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)
        self.wfile.flush()

    def _error(self, status: int, name: str, message: str) -> Response:
        body = responses.error_body(name, message)
        request_id = next(self._owner.request_ids)
        return responses.build_response(status, body, request_id=request_id, now=self._owner.service.clock.time())

    def _discard_rest(self) -> None:
        """Read on for a while: closing a connection with unread bytes would discard the response."""
        shut(self.connection, socket.SHUT_WR)
        self.connection.settimeout(1.0)
        for _ in range(_DISCARDED_PIECES):
            if not self.connection.recv(_PIECE):
                break
