"""
AWS's JSON 1.1 protocol: what a request means, and what is sent back.

Pure functions. A request has a Region, an operation, and the members of its body; a `Response` or a `BrokenConnection`
comes back. Signatures are not checked, because there is no secret to check them with; only the Region of the credential
scope leaves this module. Sources: AWS's common errors, responses of other AWS services that use the same protocol, and
the four members that botocore's model gives each error of Lightsail.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import Any, Literal, NoReturn, cast

from attrs import evolve, frozen
from botocore.loaders import Loader
from botocore.model import ListShape, ServiceModel, Shape, StructureShape

Json = dict[str, object]

_TYPES: Mapping[str, type[object]] = {"string": str, "boolean": bool, "integer": int, "list": list, "structure": dict}
_SCHEME = "AWS4-HMAC-SHA256"
_SCOPE = ("keyid", "date", "region", "service", "term")
_PARAMETERS = ("Credential", "SignedHeaders", "Signature")
_TARGET = re.compile(r"Lightsail_20161128\.([A-Za-z]{1,64})")

REGION = re.compile(r"[a-z]{2,8}(-[a-z]{2,16}){1,3}-[0-9]{1,2}")
JSON_TYPE = "application/x-amz-json-1.1"
DOCS = "https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/"
REQUEST_ID = "x-amzn-RequestId"
TIP = "See the documentation."

BrokenConnectionKind = Literal["refused", "connect_timeout", "closed", "reset", "read_timeout"]


LOADER = Loader()  # shared with the clients of the fake, because AWS's data is slow to load


@functools.cache
def service_model() -> ServiceModel:
    """Return botocore's model of Lightsail."""
    return ServiceModel(LOADER.load_service_model("lightsail", "service-2"))


@frozen(order=False)
class Response:
    """
    A whole HTTP response.

    Its ``Content-Length`` may exceed the body: a truncated response declares the length of the whole one.

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
            abrupt end), and ``read_timeout`` (silence) after it.
        partial: the part of the response that arrives first, or None.
    """

    kind: BrokenConnectionKind
    partial: Response | None = None


@frozen(order=False)
class RejectionError(Exception):
    """The service rejects a request, with an error of all services, or with Lightsail's own if it has a detail."""

    code: str
    message: str
    detail: str | None = None
    tip: str = TIP

    def body(self) -> bytes:
        """Return the body of the response."""
        own = {} if self.detail is None else {"code": self.detail, "docs": DOCS, "tip": self.tip}
        return to_json({"__type": self.code, "message": self.message, **own})


def invalid_input(message: str, *, detail: str = "InvalidInput", tip: str = TIP) -> RejectionError:
    """Return the rejection of a request that breaks a rule."""
    return RejectionError("InvalidInputException", message, detail, tip)


def not_found(resource_type: str, name: str) -> RejectionError:
    """Return the rejection of a request for something that does not exist."""
    message = f"The {resource_type} does not exist: {name}"
    return RejectionError("NotFoundException", message, "DoesNotExist", "Check the name and the Region.")


def malformed(message: str) -> RejectionError:
    """Return the rejection of a request whose body cannot be parsed."""
    return RejectionError("SerializationException", message)


def parse_json(content: bytes) -> object:
    """Parse JSON in UTF-8, or raise a ValueError; NaN and Infinity are not JSON."""

    def reject(word: str) -> NoReturn:
        raise ValueError(f"{word} is not JSON")

    try:
        return json.loads(content.decode("utf-8"), parse_constant=reject)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def to_json(content: object) -> bytes:
    """Return the body of a response as JSON."""
    return json.dumps(content).encode()


def build_response(status: int, body: bytes, *, request_id: str, now: float) -> Response:
    """Return a response with the headers that the service sends."""
    date = format_datetime(datetime.fromtimestamp(int(now), timezone.utc), usegmt=True)
    headers = {REQUEST_ID: request_id, "Content-Type": JSON_TYPE, "Date": date}
    return Response(status, headers, b"").with_body(body)


def member(shape: Shape, value: object, name: str) -> Any:
    """Return a member of a request, without nulls and unknown members, or raise a `RejectionError` for its type."""
    expected = _TYPES.get(shape.type_name)
    if expected is not None and type(value) is not expected:  # in JSON, a flag is not a number
        raise malformed(f"The member {name} cannot be converted to {shape.type_name.capitalize()}")
    if isinstance(shape, ListShape):
        return [member(shape.member, each, name) for each in cast("list[object]", value)]
    if isinstance(shape, StructureShape):
        given = cast("dict[str, object]", value)
        known = {key: each for key, each in shape.members.items() if given.get(key) is not None}
        return {key: member(each, given[key], key) for key, each in known.items()}
    return value


def required(members: Mapping[str, Any], name: str) -> Any:
    """Return a member, or raise a `RejectionError` if it is absent or empty."""
    value = members.get(name)
    if not value:
        raise invalid_input(f"{name} must not be null or empty")
    return value


def region_of(authorization: str | None) -> str:
    """Return the Region of the credential scope in the header ``Authorization``, or raise a `RejectionError`."""
    if not authorization:
        raise RejectionError("MissingAuthenticationTokenException", "Missing Authentication Token")
    key_id, _, region, service, terminator = _scope(authorization)
    rules = (
        (key_id and REGION.fullmatch(region), "to a valid Region, such as 'us-east-1'."),
        (service == "lightsail", "to correct service: 'lightsail'."),
        (terminator == "aws4_request", "with a valid terminator: 'aws4_request'."),
    )
    for is_kept, rule in rules:
        if not is_kept:
            raise RejectionError("InvalidSignatureException", f"Credential should be scoped {rule}")
    return region


def _scope(authorization: str) -> list[str]:
    scheme, _, rest = authorization.strip().partition(" ")
    pairs = [part.strip().partition("=") for part in rest.split(",")] if scheme == _SCHEME else []
    parameters = {name: value for name, _, value in pairs if value}
    missing = [f"Authorization header requires '{name}' parameter" for name in _PARAMETERS if name not in parameters]
    if missing:
        raise RejectionError("IncompleteSignatureException", f"{missing[0]}, after {_SCHEME}.")
    # From the right: a made-up access key may contain slashes.
    scope = parameters["Credential"].rsplit("/", 4)
    if len(scope) != len(_SCOPE):
        message = f"Credential must have exactly 5 slash-delimited elements: {'/'.join(_SCOPE)}."
        raise RejectionError("IncompleteSignatureException", message)
    return scope


def operation_of(target: str | None) -> str:
    """Return the name of the operation in the header ``X-Amz-Target``, or raise a `RejectionError`."""
    found = _TARGET.fullmatch(target or "")
    if found is None:
        message = "The header X-Amz-Target names no operation: it is Lightsail_20161128 and the name, as in"
        raise RejectionError("UnknownOperationException", f"{message} Lightsail_20161128.GetOperation")
    return found[1]


def parse_body(body: bytes) -> dict[str, object]:
    """Return the members of a request's body that are not null, or raise a `RejectionError` if it is not an object."""
    try:
        content = parse_json(body)
    except ValueError:
        raise malformed("The body of the request is not JSON in UTF-8") from None
    if not isinstance(content, dict):
        raise malformed("Start of structure or map found where not expected")
    return {name: value for name, value in cast("dict[str, object]", content).items() if value is not None}
