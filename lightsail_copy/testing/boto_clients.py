"""
Real boto3 clients whose requests go to the fake.

All of botocore runs but the socket: the fake responds to the ``before-send`` event, the last one before it.
"""

from __future__ import annotations

import functools
import io
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES
from botocore.exceptions import ConnectionClosedError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from botocore.hooks import HierarchicalEmitter, first_non_none_response
from botocore.session import Session

from lightsail_copy.testing.protocol import LOADER, BrokenConnection, Response

AnyClient = Any  # boto3 and aiobotocore make their classes at run time
Respond = Callable[[str, str, bytes], Response]
MakeResponse = Callable[[AWSPreparedRequest, Response], AWSResponse]

CREDENTIALS = {"aws_access_key_id": "MADE-UP-KEY-OF-THE-FAKE", "aws_secret_access_key": "made-up"}
_HANDLER = "lightsail-copy-fake"
DELAYED = "retry-delayed"
_session_lock = threading.Lock()


class _RawResponse(io.BytesIO):
    """The body of a response, with the only method of urllib3 that botocore calls."""

    def stream(self) -> Iterator[bytes]:
        """Return the body in pieces, here in one."""
        return iter((self.read(),))


class _NoSleepEmitter(HierarchicalEmitter):
    """Botocore's own event hooks, except that no client sleeps before a retry."""

    def emit(self, event_name: str, **kwargs: object) -> list[tuple[Any, Any]]:
        """Emit an event, except for the two that would lead to a sleep."""
        if event_name.startswith("before-send."):
            # The fake responds before the rate limiter of the retry mode `adaptive`, which sleeps on this event.
            return [self.emit_until_response(event_name, **kwargs)]
        responses: list[tuple[Any, Any]] = super().emit(event_name, **kwargs)
        delay = delay_of(event_name, responses)
        if delay is None:
            return responses
        self.emit(DELAYED, delay=delay)
        return [(None, 0)]


def delay_of(event_name: str, responses: list[tuple[Any, Any]]) -> float | None:
    """Return the seconds to sleep before a retry, or None if an event requests no retry."""
    delay: Any = first_non_none_response(responses) if event_name.startswith("needs-retry.") else None
    return None if delay is False else delay


def make_client(region: str, config: Config | None, respond: Respond, delayed: Callable[[float], None]) -> AnyClient:
    """Return a new client, served by `respond`; `delayed` gets the seconds that it does not sleep before a retry."""
    with _session_lock:
        session: Any = _session()
        client = session.client("lightsail", region_name=region, config=config)
    record_delays(client, delayed)
    attach(client, respond)
    return client


def record_delays(client: AnyClient, delayed: Callable[[float], None]) -> None:
    """Call a function with the seconds that a client of the fake would have slept before each retry."""

    def on_delay(delay: float, **_: object) -> None:
        delayed(delay)

    client.meta.events.register(DELAYED, on_delay)


def _aws_response(request: AWSPreparedRequest, response: Response) -> AWSResponse:
    headers: Any = dict(response.headers)  # the stubs ask for botocore's own class; it takes any mapping
    return AWSResponse(str(request.url), response.status, headers, _RawResponse(response.body))


def attach(client: AnyClient, respond: Respond, make: MakeResponse = _aws_response) -> None:
    """Let `respond` serve a client, instead of an earlier function; `make` makes the response that it parses."""
    region: str = client.meta.region_name

    def on_sending(request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse:
        body: Any = request.body or b""
        try:
            given = body.encode() if isinstance(body, str) else bytes(body)
            return make(request, respond(region, event_name.rpartition(".")[2], given))
        except BrokenConnection as broken:
            if broken.kind == "closed" and broken.partial is not None:
                return make(request, broken.partial)
            raise _botocore_error(broken, request) from broken

    client.meta.events.unregister("before-send.lightsail", unique_id=_HANDLER)
    client.meta.events.register("before-send.lightsail", on_sending, unique_id=_HANDLER)


def _botocore_error(broken: BrokenConnection, request: AWSPreparedRequest) -> Exception:
    """Return the error that botocore's HTTP session raises for a broken connection (botocore/httpsession.py)."""
    url: Any = request.url
    if broken.kind == "refused":
        return EndpointConnectionError(endpoint_url=url, error=ConnectionRefusedError("Connection refused"))
    if broken.kind == "connect_timeout":
        return ConnectTimeoutError(endpoint_url=url, error=TimeoutError("Connection timed out"))
    if broken.kind == "read_timeout":
        return ReadTimeoutError(endpoint_url=url, error=TimeoutError("Read timed out"))
    return ConnectionClosedError(endpoint_url=url, request=request, error=ConnectionResetError("Connection reset"))


@functools.cache
def _session() -> boto3.Session:
    """Return the session of all fakes. It has only AWS's data, which is slow to load."""
    core = Session(session_vars=hermetic_variables(), event_hooks=_NoSleepEmitter())
    core.register_component("data_loader", LOADER)
    return boto3.Session(**CREDENTIALS, botocore_session=core)


def hermetic_variables() -> dict[str, Any]:
    """Return botocore's settings with its own defaults, independent of the environment and the user's files."""
    variables = {
        name: (in_file, None, default, convert)
        for name, (in_file, _, default, convert) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
    }
    variables["config_file"] = variables["credentials_file"] = (None, None, os.devnull, None)
    variables["ignore_configured_endpoint_urls"] = (None, None, True, None)
    return variables
