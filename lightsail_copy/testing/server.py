"""
The fake over HTTP, for clients in any language: a thread for each connection, until the server is stopped.

Requests come in AWS's JSON 1.1 protocol. A fault that breaks the connection breaks a real one here. Two can only be
approximated, because the request has arrived by then: ``refused`` is an abrupt end without a response, and
``connect_timeout`` is silence.

A web page cannot use the fake. A browser sends the page's origin in ``Origin`` or, if the page's host name was made to
resolve to this machine, that name in ``Host``; and both must be loopback addresses.
"""

from __future__ import annotations

import errno
import ipaddress
import logging
import os
import re
import socket
import struct
import sys
import threading
from contextlib import contextmanager, suppress
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from attrs import frozen

from lightsail_copy.testing import control, protocol
from lightsail_copy.testing.protocol import BrokenConnection, RejectionError, Response
from lightsail_copy.testing.state import identifiers

if TYPE_CHECKING:
    from collections.abc import Generator

    from lightsail_copy.testing.fake import FakeLightsail

LARGEST_BODY = 1024 * 1024
_LONGEST_LINE = 65536
_DISCARDED_PIECES = 256
_PIECE = 64 * 1024
# The paths that AWS's newer model gives its operations; the protocol does not need them.
_PATHS = re.compile(r"/?|/ls/api/2016-11-28/[A-Za-z]{1,64}")
# The names of the service itself, for clients that use the fake as a proxy.
_SERVICE_HOST = re.compile(r"lightsail(-fips)?\.[a-z0-9-]+\.(amazonaws\.com|api\.aws)")
_LENGTH = re.compile(r"[0-9]+")
# AWS's names for errors that are common to its services; all other statuses share one name.
_ERROR_NAMES = {
    HTTPStatus.FORBIDDEN: "AccessDeniedException",
    HTTPStatus.NOT_FOUND: "UnknownOperationException",
    HTTPStatus.METHOD_NOT_ALLOWED: "UnknownOperationException",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "RequestEntityTooLargeException",
}
_GRACE = 2.0
_POLL = 0.02
# For SO_LINGER: closing a socket ends its connection at once, so that the other side sees a reset.
ABRUPT = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)

_log = logging.getLogger(__name__)


@frozen(order=False)
class _HttpError(Exception):
    """A request is not one of the protocol."""

    status: int
    message: str | None = None


class _Handler(BaseHTTPRequestHandler):
    """One connection, with one request after another."""

    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.0"  # a request that cannot be parsed gets a status and headers too
    disable_nagle_algorithm = True  # so that no response waits
    timeout = 60.0  # how many seconds a client may be silent
    close_connection: bool
    raw_requestline: bytes
    wbufsize = 1 << 20  # headers and body go out in one write: with two, some clients fail now and then

    @property
    def _owner(self) -> _Server:
        return cast("_Server", self.server)

    def parse_request(self) -> bool:
        """Parse the request line and the headers, after at most one blank line (RFC 9112, section 2.2)."""
        if self.raw_requestline in {b"\r\n", b"\n"}:
            self.raw_requestline = self.rfile.readline(_LONGEST_LINE)
        return super().parse_request()

    def do_GET(self) -> None:
        """Respond to a request of the control path; the protocol itself has only POST."""
        self.do_POST()

    def do_POST(self) -> None:
        """Respond to one request."""
        try:
            path = self._control_path()
            body = self._body()
        except _HttpError as error:
            self.send_error(error.status, error.message)
            return
        try:
            if path is None:
                self._respond(body)
            else:
                content_type = self.headers.get("Content-Type")
                self._send(control.respond(self._owner.service, self.command, path, content_type, body))
        except OSError:  # the client left
            raise
        except Exception:
            self.close_connection = True
            self._send(self._error(500, "InternalFailure", "The fake failed: its log says why"))
            raise

    def handle_expect_100(self) -> bool:
        """Put off the response to ``Expect`` until the length of the request is known to be valid."""
        return True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Reject what is not a request of the protocol, and end the connection."""
        del explain
        # For http.server, an unknown method is not implemented.
        status = HTTPStatus.METHOD_NOT_ALLOWED if code == HTTPStatus.NOT_IMPLEMENTED else HTTPStatus(code)
        self.close_connection = True
        self._send(
            self._error(status, _ERROR_NAMES.get(status, "MalformedHttpRequestException"), message or status.phrase)
        )
        # Closing a connection with unread bytes would discard the response.
        _shut(self.connection, socket.SHUT_WR)
        self.connection.settimeout(1.0)
        for _ in range(_DISCARDED_PIECES):
            if not self.connection.recv(_PIECE):
                break

    def log_message(self, *_: object, **__: object) -> None:
        """Log nothing: the request line may contain a secret."""

    def _control_path(self) -> str | None:
        """Return the control path of the request, None if it is one of the protocol, or raise an `_HttpError`."""
        path = self._path()
        if self._owner.control and path.startswith(control.PREFIX):
            return path
        if self.command != "POST":
            raise _HttpError(HTTPStatus.METHOD_NOT_ALLOWED)
        if not _PATHS.fullmatch(path):
            raise _HttpError(HTTPStatus.NOT_FOUND, "There is no such path: requests go to /")
        return None

    def _path(self) -> str:
        """Return the path of the request, or raise an `_HttpError` for its target, `Host`, or `Origin`."""
        hosts = self.headers.get_all("Host", [])
        try:
            target = urlsplit(self.path)
            # A client that uses the fake as a proxy sends the whole URL, whose host then counts (RFC 9112, 3.2.2).
            place = target if target.netloc else urlsplit(f"//{hosts[0] if hosts else 'localhost'}")
            origins = [urlsplit(each) for each in self.headers.get_all("Origin", [])]
            name, _ = place.hostname or "", place.port
        except ValueError:
            raise _HttpError(400, "The target of the request, its Host or its Origin cannot be parsed") from None
        if len(hosts) > 1 or (not hosts and self.request_version not in {"HTTP/0.9", "HTTP/1.0"}):
            raise _HttpError(400, "Send one Host header")
        if is_loopback(self._owner.server_name) and not is_loopback(name) and not _SERVICE_HOST.fullmatch(name):
            message = "The Host must be a loopback address, such as 127.0.0.1, because the server listens on one"
            raise _HttpError(403, message)
        own = ("http", place.netloc)
        if any((each.scheme, each.netloc) != own or not is_loopback(each.hostname or "") for each in origins):
            raise _HttpError(403, "The fake does not serve web pages of another Origin")
        return target.path

    def _body(self) -> bytes:
        """Return the body of the request, or raise an `_HttpError`."""
        if self.command == "GET" and "Content-Length" not in self.headers and "Transfer-Encoding" not in self.headers:
            return b""
        given = [each.strip() for each in self.headers.get_all("Content-Length", [])]
        if not given or "Transfer-Encoding" in self.headers:
            raise _HttpError(411, "Send the body in one piece, with its Content-Length")
        if len(given) > 1 or not _LENGTH.fullmatch(given[0]):
            raise _HttpError(400, "The Content-Length is not a number")
        digits = given[0].lstrip("0") or "0"
        if len(digits) > len(str(LARGEST_BODY)) or int(digits) > LARGEST_BODY:
            raise _HttpError(413, f"The body may have at most {LARGEST_BODY} bytes")
        if self.headers.get("Expect", "").lower() == "100-continue" and self.request_version != "HTTP/1.0":
            self.send_response_only(100)
            self.end_headers()
            self.wfile.flush()
        body = self.rfile.read(int(digits))
        if len(body) < int(digits):
            raise ConnectionAbortedError("the client closed the connection")
        return body

    def _respond(self, body: bytes) -> None:
        try:
            region = protocol.region_of(self.headers.get("Authorization"))
            operation = protocol.operation_of(self.headers.get("X-Amz-Target"))
        except RejectionError as rejection:
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
            self.connection.close()  # at the end of the handler, and before the server would end it in order

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
        body = RejectionError(name, message).body()
        request_id = next(self._owner.request_ids)
        return protocol.build_response(status, body, request_id=request_id, now=self._owner.service.clock.time())


class _Server(ThreadingHTTPServer):
    """The server of one fake, with ids for the requests that do not reach it."""

    request_queue_size = 128

    def __init__(self, service: FakeLightsail[Any], host: str, port: int, *, control: bool) -> None:
        self.service = service
        self.control = control
        self.request_ids = identifiers("requests over HTTP")
        self._open: set[Any] = set()
        self._changed = threading.Condition()
        family, _, _, _, address = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        self.address_family = family
        super().__init__((str(address[0]), port), _Handler)

    @property
    def url(self) -> str:
        """The endpoint's URL."""
        host = f"[{self.server_name}]" if self.address_family == socket.AF_INET6 else self.server_name
        return f"http://{host}:{self.server_port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread, and remember it until it is closed."""
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def close_request(self, request: Any) -> None:
        """Forget a connection, and close it."""
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()
        super().close_request(request)

    def server_bind(self) -> None:
        """Bind the address; http.server would look up its name as well, which can take long."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """Log what went wrong with a connection, unless the client disconnected."""
        del request, client_address
        if not isinstance(sys.exc_info()[1], OSError):
            _log.exception("The fake could not respond to a request")

    def stop(self) -> None:
        """Stop serving: wait some seconds for the responses in progress, and end the connections still open."""
        self.shutdown()
        self.server_close()
        with self._changed:
            for each in self._open:
                _shut(each, socket.SHUT_RD)
            self._changed.wait_for(lambda: not self._open, _GRACE)
            for each in self._open:
                _shut(each, socket.SHUT_RDWR)


@contextmanager
def serve(service: FakeLightsail[Any], host: str, port: int, *, control: bool) -> Generator[str, None, None]:
    """Serve a fake in separate threads until the context ends; see `FakeLightsail.serve`."""
    try:
        server = _Server(service, host, port, control=control)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        message = f"port {port} of {host} is already in use: stop the program that uses it, or choose another port"
        raise OSError(errno.EADDRINUSE, message) from error
    thread = threading.Thread(target=server.serve_forever, args=(_POLL,), name="fake-lightsail", daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.stop()
        thread.join()


def is_loopback(host: str) -> bool:
    """Return whether a host is a loopback address, or the name that stands for one."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _shut(connection: socket.socket, how: int) -> None:
    """End one direction of a connection, or both, unless the other side was faster."""
    with suppress(OSError):
        connection.shutdown(how)
