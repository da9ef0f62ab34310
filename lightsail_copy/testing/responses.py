"""
What the fake sends back: a `Response`, or a `BrokenConnection` in its place.

Sources: the AWS JSON 1.1 protocol, and the four members that botocore's model gives each error of Lightsail.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import Literal

from attrs import evolve, frozen

JSON_TYPE = "application/x-amz-json-1.1"
DOCS = "https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/"
REQUEST_ID = "x-amzn-RequestId"
TIP = "See the documentation."

BrokenConnectionKind = Literal["refused", "connect_timeout", "closed", "reset", "read_timeout"]


@frozen(order=False)
class Response:
    """
    A whole HTTP response.

    Its ``Content-Length`` may promise more bytes than the body has: a truncated response has the length of the whole
    one.

    Attributes:
        status: the HTTP status.
        headers: the headers by name.
        body: the bytes of the body.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    def with_body(self, body: bytes) -> Response:
        """Return the response with another body, and the length of that body."""
        return evolve(self, body=body, headers={**self.headers, "Content-Length": str(len(body))})


@frozen(order=False)
class BrokenConnection(Exception):  # noqa: N818 - it is what happens to a connection, and the name is public
    """
    A connection that breaks before the whole response has arrived.

    Attributes:
        kind: ``refused`` and ``connect_timeout`` before the request is sent; ``closed`` (an orderly end), ``reset`` (an
            abrupt end) and ``read_timeout`` (silence) after it.
        partial: the part of the response that arrives first, or None.
    """

    kind: BrokenConnectionKind
    partial: Response | None = None


class Rejection(Exception):  # noqa: N818 - the service works as it should
    """
    The service rejects a request.

    Attributes:
        code: the exception's name on the wire.
        message: its message.
        detail: the narrower code of Lightsail's own errors, or None; see `error_body`.
        tip: the advice that comes with the detail.
    """

    def __init__(self, code: str, message: str, detail: str | None = None, tip: str = TIP) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail
        self.tip = tip

    def body(self) -> bytes:
        """Return the body of the response."""
        return error_body(self.code, self.message, self.detail, self.tip)


def invalid_input(message: str, *, detail: str = "InvalidInput", tip: str = TIP) -> Rejection:
    """Return the rejection of a request that breaks a rule."""
    return Rejection("InvalidInputException", message, detail, tip)


def not_found(resource_type: str, name: str) -> Rejection:
    """Return the rejection of a request for something that does not exist."""
    message = f"The {resource_type} does not exist: {name}"
    return Rejection("NotFoundException", message, "DoesNotExist", "Check the name and the Region.")


def malformed(message: str) -> Rejection:
    """Return the rejection of a request whose body cannot be parsed."""
    return Rejection("SerializationException", message)


def to_json(content: object) -> bytes:
    """Return the body of a response as JSON."""
    return json.dumps(content).encode()


def error_body(code: str, message: str, detail: str | None = None, tip: str = TIP) -> bytes:
    """
    Return the body of an error.

    Args:
        code: the exception's name.
        message: its message.
        detail: the narrower code that Lightsail's own errors carry beside ``docs`` and ``tip``. Without it, the
            body has a code and a message only, as the errors common to all services do.
        tip: the advice that comes with the detail.
    """
    if detail is None:
        return to_json({"__type": code, "message": message})
    return to_json({"__type": code, "code": detail, "message": message, "docs": DOCS, "tip": tip})


def build_response(status: int, body: bytes, *, request_id: str, now: float) -> Response:
    """
    Return a response with the headers that the service sends.

    Args:
        status: the HTTP status.
        body: the body, JSON.
        request_id: the value of ``x-amzn-RequestId``.
        now: epoch seconds, for the ``Date`` header (RFC 7231).
    """
    date = format_datetime(datetime.fromtimestamp(int(now), timezone.utc), usegmt=True)
    headers = {REQUEST_ID: request_id, "Content-Type": JSON_TYPE, "Date": date}
    return Response(status, headers, b"").with_body(body)
