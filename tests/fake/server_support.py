"""What the tests of the server share: raw requests over a socket, and boto3 clients of an endpoint."""

# ruff: noqa: ANN401 - JSON is of any type, and boto3 makes its clients at run time
from __future__ import annotations

import contextlib
import functools
import http.client
import json
import os
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from attrs import frozen
from botocore.config import Config

from lightsail_copy.testing.protocol import LOADER

if TYPE_CHECKING:
    from collections.abc import Generator

KEY_ID = "AKIDEXAMPLE"
SIGNATURE = "5d672d79c15b13162d9279b0855cfba6"
READ_TIMEOUT = 0.2


@frozen
class HttpResponse:
    """A whole response over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of an error."""
        code: str = self.content["__type"]
        return code


def authorization(region: str = "us-east-1", service: str = "lightsail", end: str = "aws4_request") -> str:
    """Return the header of a signed request."""
    scope = f"{KEY_ID}/20261123/{region}/{service}/{end}"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature={SIGNATURE}"


def headers(operation: str = "GetOperations", **changes: str) -> dict[str, str]:
    """Return the headers of a good request, after changes; a header that is changed to nothing is left out."""
    good = {
        "Authorization": authorization(),
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"Lightsail_20161128.{operation}",
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }
    return {name: value for name, value in good.items() if value}


def connection(url: str) -> http.client.HTTPConnection:
    """Return a connection, which is kept alive until it is closed."""
    place = urlsplit(url)
    assert place.hostname is not None
    return http.client.HTTPConnection(place.hostname, place.port, timeout=10)


def call(
    over: http.client.HTTPConnection,
    body: bytes = b"{}",
    *,
    method: str = "POST",
    path: str = "/",
    sent: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return the response to one request."""
    over.request(method, path, body, headers() if sent is None else dict(sent))
    response = over.getresponse()
    return HttpResponse(response.status, dict(response.getheaders()), response.read())


def request_once(url: str, body: bytes = b"{}", **request: Any) -> HttpResponse:
    """Return the response to one request on a connection of its own."""
    with contextlib.closing(connection(url)) as over:
        return call(over, body, **request)


def raw_request(body: bytes = b"{}", *, operation: str = "GetOperations", **changes: str) -> bytes:
    """Return the bytes of a request."""
    sent = headers(operation, **{"Host": "localhost", "Content_Length": str(len(body)), **changes})
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return f"POST / HTTP/1.1\r\n{lines}\r\n".encode() + body


@contextlib.contextmanager
def open_socket(url: str) -> Generator[socket.socket, None, None]:
    """Give a bare connection."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port or 80), timeout=10) as bare:
        yield bare


def rest(bare: socket.socket) -> bytes:
    """Return all that comes until the other side ends the connection."""
    return b"".join(iter(lambda: bare.recv(65536), b""))


def exchange(url: str, *pieces: bytes) -> bytes:
    """Return all that comes back for some bytes, until the server ends the connection."""
    with open_socket(url) as bare:
        for piece in pieces:
            bare.sendall(piece)
        return rest(bare)


def client_of(url: str, region: str = "us-east-1") -> Any:
    """Return a boto3 client of an endpoint, which sends each call once."""
    config = Config(retries={"total_max_attempts": 1}, read_timeout=READ_TIMEOUT, proxies={})
    return _session().client("lightsail", region_name=region, endpoint_url=url, config=config)


@functools.cache
def _session() -> Any:
    """Return one session for all clients: it is slow to make, and the user's files are not ours to read."""
    nothing = (None, None, os.devnull, None)
    ours = {"profile": (None, None, None, None), "config_file": nothing, "credentials_file": nothing}
    core = botocore.session.Session(session_vars=ours)
    core.register_component("data_loader", LOADER)
    return boto3.Session(aws_access_key_id=KEY_ID, aws_secret_access_key="made-up", botocore_session=core)


def bare_environment(**additions: str) -> dict[str, str]:
    """Return the environment of a subprocess: nothing of the user's AWS, and how coverage is measured."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("COVERAGE", "PATH", "SYSTEMROOT"))}
    return {**kept, **additions}
