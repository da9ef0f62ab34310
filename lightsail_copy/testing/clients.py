"""
Real boto3 clients whose requests end at the fake.

All of botocore runs but the socket: the fake answers on the ``before-send`` event, the last one before it. The errors
raised here are those that botocore's own HTTP session makes of a real connection's failures (botocore/httpsession.py).
"""

from __future__ import annotations

import functools
import io
import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.hooks import HierarchicalEmitter, first_non_none_response
from botocore.session import Session

from lightsail_copy.testing.replies import Break, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.awsrequest import AWSPreparedRequest
    from botocore.config import Config

Answer = Callable[[str, str, bytes], Reply]

_HANDLER = "lightsail-copy-fake"
_DELAYED = "retry-delayed"
_session_lock = threading.Lock()


class _RawReply(io.BytesIO):
    """The body of a reply, with the one method of urllib3's that botocore reads it by."""

    def stream(self) -> Iterator[bytes]:
        """Return the body in pieces, here in one."""
        return iter((self.read(),))


class _UnhurriedEmitter(HierarchicalEmitter):
    """Botocore's own event hooks, except that no client waits in real time before it sends again."""

    def emit(self, event_name: str, **kwargs: object) -> list[tuple[Any, Any]]:
        """Emit an event; those two that would lead to a wait do not."""
        if event_name.startswith("before-send."):
            # The fake's answer stands before the rate limiter of the retry mode `adaptive`, which waits on this event.
            return [self.emit_until_response(event_name, **kwargs)]
        responses: list[tuple[Any, Any]] = super().emit(event_name, **kwargs)
        if event_name.startswith("needs-retry."):
            return self._at_once(responses)
        return responses

    def _at_once(self, responses: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
        delay = first_non_none_response(responses)
        if delay is None or delay is False:
            return responses
        self.emit(_DELAYED, delay=delay)
        return [(None, 0)]


# boto3 makes its client classes at run time, so `Any` is all that can be said of one.
def make_client(region: str, config: Config | None, answer: Answer, delayed: Callable[[float], None]) -> Any:  # noqa: ANN401 - as above
    """
    Return a new client of a Region, which is answered by a function.

    Args:
        region: the name of the Region.
        config: botocore's own configuration.
        answer: takes the Region, the operation and the body of a request.
        delayed: takes the seconds for which botocore would have slept before it sent again.
    """
    with _session_lock:
        session: Any = _session()
        client = session.client("lightsail", region_name=region, config=config)

    def on_delay(delay: float, **_: object) -> None:
        delayed(delay)

    client.meta.events.register(_DELAYED, on_delay)
    attach(client, answer)
    return client


def attach(client: Any, answer: Answer) -> None:  # noqa: ANN401 - a client of boto3's, as above
    """
    Have a client be answered by a function, and no longer by the one before.

    Args:
        client: a boto3 client of Lightsail.
        answer: takes the Region, the operation and the body of a request.
    """
    region: str = client.meta.region_name

    def on_sending(request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse:
        operation = event_name.rpartition(".")[2]
        try:
            return _deliver(request, answer(region, operation, _body(request)))
        except Break as broken:
            if broken.kind == "closed" and broken.partial is not None:
                return _deliver(request, broken.partial)
            raise _as_botocore_raises(broken, request) from broken

    client.meta.events.unregister("before-send.lightsail", unique_id=_HANDLER)
    client.meta.events.register("before-send.lightsail", on_sending, unique_id=_HANDLER)


def _body(request: AWSPreparedRequest) -> bytes:
    body: Any = request.body
    return body.encode() if isinstance(body, str) else bytes(body or b"")


def _deliver(request: AWSPreparedRequest, reply: Reply) -> AWSResponse:
    headers: Any = dict(reply.headers)  # the stubs ask for botocore's own class; it takes any mapping
    return AWSResponse(str(request.url), reply.status, headers, _RawReply(reply.body))


def _as_botocore_raises(broken: Break, request: AWSPreparedRequest) -> Exception:
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
    """Return the session of all fakes: it holds no more than AWS's data, which is slow to read."""
    core = Session(session_vars=_hermetic_variables(), event_hooks=_UnhurriedEmitter())
    return boto3.Session(
        aws_access_key_id="MADE-UP-KEY-OF-THE-FAKE",
        aws_secret_access_key="made-up",  # noqa: S106 - it opens nothing
        botocore_session=core,
    )


def _hermetic_variables() -> dict[str, Any]:
    """Return botocore's settings with its own defaults, whatever the environment and the user's files say."""
    variables = {
        name: (in_file, None, default, convert)
        for name, (in_file, _, default, convert) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
    }
    variables["config_file"] = variables["credentials_file"] = (None, None, os.devnull, None)
    variables["ignore_configured_endpoint_urls"] = (None, None, True, None)
    return variables
