"""The fake over HTTP, for clients in any language: a thread for each connection, until the server is stopped."""

from __future__ import annotations

import functools
import logging
import socket
import sys
import threading
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from socketserver import TCPServer
from typing import TYPE_CHECKING

from lightsail_copy.testing.connections import Connections
from lightsail_copy.testing.http_handler import Handler, Service
from lightsail_copy.testing.state import identifiers

if TYPE_CHECKING:
    from collections.abc import Generator

    from lightsail_copy.testing.control import Control

CLIENT_TIMEOUT = 60.0
_GRACE = 2.0
_POLL = 0.02

_log = logging.getLogger(__name__)


class _Server(ThreadingHTTPServer):
    """Serves one fake; its attributes are those of `http_handler.Owner`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, service: Service, host: str, port: int, client_timeout: float, control: Control | None) -> None:
        self.service = service
        self.client_timeout = client_timeout
        self.control = control
        self.connections = Connections()
        self.request_ids = identifiers("requests over HTTP")
        family, _, _, _, address = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        self.address_family = family
        super().__init__((str(address[0]), port), functools.partial(Handler, self))

    @property
    def url(self) -> str:
        """The endpoint's URL."""
        host = f"[{self.server_name}]" if self.address_family == socket.AF_INET6 else self.server_name
        return f"http://{host}:{self.server_port}"

    def server_bind(self) -> None:
        """Bind the address; http.server would look up its name as well, which can take long."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """Log what went wrong with a connection, unless the client just left."""
        del request, client_address
        if not isinstance(sys.exc_info()[1], OSError):
            _log.exception("The fake could not respond to a request")

    def stop(self) -> None:
        """Stop serving, and end every connection."""
        self.shutdown()
        self.server_close()
        self.connections.end(_GRACE)


@contextmanager
def serve(
    service: Service, host: str, port: int, *, client_timeout: float = CLIENT_TIMEOUT, control: Control | None = None
) -> Generator[str, None, None]:
    """
    Serve a fake in threads of its own until the context ends.

    Args:
        service: the fake.
        host: the address to listen at.
        port: the port, or 0 for any free one.
        client_timeout: how many seconds a client may be silent.
        control: what steers the fake over HTTP; by default nothing does.

    Raises:
        OSError: the address is not available.
        OverflowError: the port is not a number from 0 to 65535.
    """
    server = _Server(service, host, port, client_timeout, control)
    thread = threading.Thread(target=server.serve_forever, args=(_POLL,), name="fake-lightsail", daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.stop()
        thread.join()
