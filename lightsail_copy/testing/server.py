"""
The fake over HTTP, in AWS's JSON 1.1 protocol, for clients in any language.

A fault that breaks the connection breaks a real one here. Two of them can only be approached, as the request has come
in by then: ``refused`` is an abrupt end without an answer, and ``connect_timeout`` a silence.
"""

from __future__ import annotations

import functools
import logging
import re
import socket
import sys
import threading
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from lightsail_copy.testing import protocol, replies
from lightsail_copy.testing.connections import ABRUPT, Connections, shut
from lightsail_copy.testing.replies import Break, Refusal, Reply
from lightsail_copy.testing.state import identifiers

if TYPE_CHECKING:
    from collections.abc import Generator

    from lightsail_copy.testing.clock import Clock

LARGEST_BODY = 1024 * 1024
PATIENCE = 60.0
_GRACE = 2.0
_POLL = 0.02
_DISCARDED_AT_MOST = 256
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
        """The clock that dates its replies."""
        ...

    def answer(self, region: str, operation: str, body: bytes) -> Reply:
        """Answer one request, or raise a `Break`."""
        ...


class _Handler(BaseHTTPRequestHandler):
    """One connection, with one request after another."""

    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.0"  # what cannot be read gets a status and headers as well
    disable_nagle_algorithm = True  # no response is to wait
    wbufsize = 1 << 20  # headers and body go out in one write: with two, some clients fail now and then

    def __init__(self, server: _Server, *arguments: Any) -> None:  # noqa: ANN401 - what socketserver hands on
        self._held_by = server
        self._abrupt = False
        super().__init__(*arguments)

    def setup(self) -> None:
        super().setup()
        self.connection.settimeout(self._held_by.patience)
        self._held_by.connections.add(self.connection)

    def finish(self) -> None:
        self._held_by.connections.discard(self.connection)
        super().finish()
        if self._abrupt:
            self.connection.close()

    def do_POST(self) -> None:
        """Answer one request."""
        # A client that takes the fake for a proxy sends the whole address.
        if urlsplit(self.path).path not in {"", "/"}:
            self.send_error(404, "There is no such path: requests go to /")
            return
        length = self._length()
        if length is None:
            return
        if self.headers.get("Expect", "").lower() == "100-continue" and self.request_version != "HTTP/1.0":
            self.send_response_only(100)
            self.end_headers()
            self.wfile.flush()
        body = self.rfile.read(length)
        if len(body) < length:  # the client hung up
            self.close_connection = True
            return
        self._answer(body)

    def handle_expect_100(self) -> bool:
        """Put the answer to ``Expect`` off until the length of the request is known to be fine."""
        return True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """
        Refuse what is no request of the protocol, and end the connection.

        Args:
            code: the HTTP status.
            message: what is wrong with it.
            explain: more of the same, which is not used.
        """
        del explain
        # What http.server finds unimplemented is the method.
        status = HTTPStatus.METHOD_NOT_ALLOWED if code == HTTPStatus.NOT_IMPLEMENTED else HTTPStatus(code)
        self.close_connection = True
        self._send(self._built(status, _ERROR_NAMES.get(status, _MALFORMED), message or status.phrase))
        self._discard_the_rest()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
        """Write nothing, as the line of a request may hold a secret."""

    def _length(self) -> int | None:
        """Return the length of the request's body; None where the request was refused for it."""
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

    def _answer(self, body: bytes) -> None:
        try:
            region = protocol.region_of(self.headers.get("Authorization"))
            operation = protocol.operation_of(self.headers.get("X-Amz-Target"))
        except Refusal as refusal:
            _log.info("400 %s", refusal.code)
            self._send(self._built(400, refusal.code, refusal.message))
            return
        try:
            reply = self._held_by.service.answer(region, operation, body)
        except Break as broken:
            _log.info("%s %s, and the connection breaks: %s", region, operation, broken.kind)
            self._break(broken)
        else:
            _log.info("%s %s %s", region, operation, reply.status)
            self._send(reply)

    def _break(self, broken: Break) -> None:
        if broken.partial is not None:
            self._send(broken.partial)
        self.close_connection = True
        if broken.kind in {"read_timeout", "connect_timeout"}:
            self.connection.settimeout(None)
            while self.connection.recv(_PIECE):  # until the client hangs up, or the server stops
                pass
        elif broken.kind in {"reset", "refused"}:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABRUPT)
            self._abrupt = True

    def _send(self, reply: Reply) -> None:
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status == HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "POST")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)
        self.wfile.flush()

    def _built(self, status: int, name: str, message: str) -> Reply:
        body = replies.error_body(name, message)
        request_id = next(self._held_by.request_ids)
        return replies.build(status, body, request_id=request_id, moment=self._held_by.service.clock.time())

    def _discard_the_rest(self) -> None:
        """Read on for a while: a connection closed on unread bytes would take the reply with it."""
        shut(self.connection, socket.SHUT_WR)
        self.connection.settimeout(1.0)
        for _ in range(_DISCARDED_AT_MOST):
            if not self.connection.recv(_PIECE):
                break


class _Server(ThreadingHTTPServer):
    """
    Serves one fake, each connection in a thread of its own.

    Attributes:
        service: the fake.
        patience: how many seconds a client may be silent.
        connections: those that are open.
        request_ids: the ids of the requests that do not reach the fake.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, service: Service, host: str, port: int, patience: float = PATIENCE) -> None:
        self.service = service
        self.patience = patience
        self.connections = Connections()
        self.request_ids = identifiers("requests over HTTP")
        family, _, _, _, address = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        self.address_family = family
        super().__init__((str(address[0]), port), functools.partial(_Handler, self))

    @property
    def url(self) -> str:
        """The endpoint's URL."""
        host = f"[{self.server_name}]" if self.address_family == socket.AF_INET6 else self.server_name
        return f"http://{host}:{self.server_port}"

    def server_bind(self) -> None:
        """Take the address; http.server would look its name up as well, which can last."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """Log what went wrong with a connection, unless the client just left."""
        del request, client_address
        if not isinstance(sys.exc_info()[1], OSError):
            _log.exception("A request to the fake could not be answered")

    def stop(self) -> None:
        """End the serving, which has begun, and every connection."""
        self.shutdown()
        self.server_close()
        self.connections.end(_GRACE)


@contextmanager
def serve(service: Service, host: str, port: int, patience: float = PATIENCE) -> Generator[str, None, None]:
    """
    Serve a fake in threads of its own until the context is left.

    Args:
        service: the fake.
        host: the address to listen at.
        port: the port, or 0 for any that is free.
        patience: how many seconds a client may be silent.

    Raises:
        OSError: the address cannot be had.
        OverflowError: the port is no number from 0 to 65535.
    """
    server = _Server(service, host, port, patience)
    thread = threading.Thread(target=server.serve_forever, args=(_POLL,), name="fake-lightsail", daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.stop()
        thread.join()
