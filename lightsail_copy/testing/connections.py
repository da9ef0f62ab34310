"""The open connections of the server, and the ways to end one."""

from __future__ import annotations

import os
import socket
import struct
import threading
from contextlib import suppress

# For SO_LINGER: closing a socket ends its connection at once, so that the other side sees a reset.
ABRUPT = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


class Connections:
    """The open connections, so that they can be ended together."""

    def __init__(self) -> None:
        self._open: set[socket.socket] = set()
        self._ending = False
        self._changed = threading.Condition()

    def add(self, connection: socket.socket) -> None:
        """Add a connection; where the server is stopping already, stop reading from it."""
        with self._changed:
            self._open.add(connection)
            if self._ending:
                shut(connection, socket.SHUT_RD)

    def discard(self, connection: socket.socket) -> None:
        """Drop a connection that has ended."""
        with self._changed:
            self._open.discard(connection)
            self._changed.notify_all()

    def end(self, grace: float) -> None:
        """Wait some seconds for the responses in progress, and end the connections that are still open."""
        with self._changed:
            self._ending = True
            for each in self._open:
                shut(each, socket.SHUT_RD)
            if not self._changed.wait_for(lambda: not self._open, grace):
                for each in self._open:
                    shut(each, socket.SHUT_RDWR)


def shut(connection: socket.socket, how: int) -> None:
    """
    End one direction of a connection, or both, unless the other side was faster.

    Args:
        connection: any connection.
        how: the direction, a constant of the module `socket`.
    """
    with suppress(OSError):
        connection.shutdown(how)
