"""
What the fake answers with, whatever carries it: a `Reply`, or a `Break` where the connection breaks instead.

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

BreakKind = Literal["refused", "connect_timeout", "closed", "reset", "read_timeout"]


@frozen(order=False)
class Reply:
    """
    A whole HTTP reply.

    Its ``Content-Length`` may promise more bytes than the body has: a reply that was cut short has the length of the
    true one.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    def with_body(self, body: bytes) -> Reply:
        """Return the reply with another body, and the length of that body."""
        return evolve(self, body=body, headers={**self.headers, "Content-Length": str(len(body))})


@frozen(order=False)
class Break(Exception):  # noqa: N818 - it is what happens to a connection, and the name is public
    """
    A connection that breaks where a reply should be.

    Attributes:
        kind: ``refused`` and ``connect_timeout`` before anything is sent; ``closed`` by an orderly end, ``reset`` by
            an abrupt one, or ``read_timeout`` by a silence, each of them after the request was sent.
        partial: the part of a reply that arrives before; None where nothing does.
    """

    kind: BreakKind
    partial: Reply | None = None


class Refusal(Exception):  # noqa: N818 - the service means it, so nothing went wrong
    """The service says no; the code and message are the reply's own, and so are the detail and tip of `error_body`."""

    def __init__(self, code: str, message: str, detail: str | None = None, tip: str = TIP) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail
        self.tip = tip

    def body(self) -> bytes:
        """Return the body that says so."""
        return error_body(self.code, self.message, self.detail, self.tip)


def invalid(message: str, *, detail: str = "InvalidInput", tip: str = TIP) -> Refusal:
    """Return the refusal of a request that breaks a rule."""
    return Refusal("InvalidInputException", message, detail, tip)


def not_found(resource_type: str, name: str) -> Refusal:
    """Return the refusal of a request for what is not there."""
    message = f"The {resource_type} does not exist: {name}"
    return Refusal("NotFoundException", message, "DoesNotExist", "Check the name and the Region.")


def unreadable(message: str) -> Refusal:
    """Return the refusal of a request whose body cannot be read."""
    return Refusal("SerializationException", message)


def encode(content: object) -> bytes:
    """Return the JSON of a reply's body."""
    return json.dumps(content).encode()


def error_body(code: str, message: str, detail: str | None = None, tip: str = TIP) -> bytes:
    """
    Return the body of an error.

    Args:
        code: the exception's name.
        message: the sentence for the reader.
        detail: the narrower code that Lightsail's own errors carry; without it the body has a code and a message
            alone, as the errors common to all services do.
        tip: the advice that comes with it.
    """
    if detail is None:
        return encode({"__type": code, "message": message})
    return encode({"__type": code, "code": detail, "message": message, "docs": DOCS, "tip": tip})


def build(status: int, body: bytes, *, request_id: str, moment: float) -> Reply:
    """
    Return a reply with the headers that the service sends.

    Args:
        status: the HTTP status.
        body: the body, JSON.
        request_id: the value of ``x-amzn-RequestId``.
        moment: epoch seconds, for the ``Date`` (RFC 7231).
    """
    date = format_datetime(datetime.fromtimestamp(int(moment), timezone.utc), usegmt=True)
    headers = {REQUEST_ID: request_id, "Content-Type": JSON_TYPE, "Date": date}
    return Reply(status, headers, b"").with_body(body)
