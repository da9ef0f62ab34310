"""A certificate that is not trusted, as of a proxy that inspects TLS, ends a command at once, and says what to set."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from cli_support import MANUAL
from click.testing import CliRunner

from lightsail_copy.cli import Tools, app
from lightsail_copy.testing import FakeClock

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


@contextmanager
def tls_server(certificate: Path) -> Generator[tuple[int, list[bytes]]]:
    """Serve TLS on a port of this machine, to which a client may connect as to a proxy; note what it sends within."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    received: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        if connection.recv(1, socket.MSG_PEEK) == b"C":
            request = b""
            while not request.endswith(b"\r\n\r\n"):
                request += connection.recv(1)
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with context.wrap_socket(connection, server_side=True) as secure:
            received.append(secure.recv(1000))

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            try:
                serve(connection)
            except OSError:
                connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1], received
        finally:
            server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@pytest.mark.parametrize(
    ("way", "words"), [("proxy", MANUAL), ("endpoint", (*MANUAL, "--wait", "--if-exists", "adopt"))]
)
def test_a_certificate_that_is_not_trusted_ends_a_copy_at_once_with_the_remedy(
    certificate: Path, way: str, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_") or name.upper().endswith("_PROXY")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    with tls_server(certificate) as (port, received):
        if way == "proxy":
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        else:
            words = (*words, "--endpoint-url", f"https://127.0.0.1:{port}")
        clock = FakeClock()
        result = CliRunner().invoke(app, words, obj=Tools(clock=clock))
    # Nothing is looked up, and so nothing is waited for.
    assert not clock.sleeps
    assert (result.exit_code, result.stdout) == (1, ""), result.stderr
    assert "AWS_CA_BUNDLE" in result.stderr
    assert b"".join(received) == b""
