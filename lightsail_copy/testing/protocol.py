"""
What a request means, in AWS's JSON 1.1 protocol: its Region, its operation, and the members of its body.

Pure functions. Signatures are not checked, because there is no secret to check them with; of the credentials, only the
Region of their scope leaves this module. Sources: AWS's common errors, and responses of other AWS services that use the
same protocol.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import cast

from attrs import frozen

from lightsail_copy.testing.responses import Rejection, malformed

_SCHEME = "AWS4-HMAC-SHA256"
_PARAMETERS = ("Credential", "SignedHeaders", "Signature")
_REGION = re.compile(r"[a-z]{2,8}(-[a-z]{2,16}){1,3}-[0-9]{1,2}")
_TARGET = re.compile(r"Lightsail_20161128\.([A-Za-z]{1,64})")


@frozen
class Request:
    """
    A request whose members were parsed and checked for type.

    Attributes:
        operation: the operation's name.
        region: the Region that received it.
        parameters: the members of its body.
        now: when it arrived, in epoch seconds.
    """

    operation: str
    region: str
    parameters: Mapping[str, object]
    now: float

    def required(self, name: str) -> str:
        """Return a text that the table of operations requires."""
        return cast("str", self.parameters[name])

    def text(self, name: str) -> str | None:
        """Return a text, or None where it is absent."""
        return cast("str | None", self.parameters.get(name))

    def flag(self, name: str) -> bool:
        """Return a flag, which is false where it is absent."""
        return self.parameters.get(name) is True


def region_of(authorization: str | None) -> str:
    """
    Return the Region of the credential scope.

    Args:
        authorization: the header ``Authorization``.

    Raises:
        Rejection: the header is absent, incomplete, or scoped to something else.
    """
    if not authorization:
        raise Rejection("MissingAuthenticationTokenException", "Missing Authentication Token")
    key_id, _, region, service, terminator = _scope(authorization)
    if not key_id or not _REGION.fullmatch(region):
        raise _badly_scoped("to a valid Region, such as 'us-east-1'.")
    if service != "lightsail":
        raise _badly_scoped("to correct service: 'lightsail'.")
    if terminator != "aws4_request":
        raise _badly_scoped("with a valid terminator: 'aws4_request'.")
    return region


def operation_of(target: str | None) -> str:
    """
    Return the name of the operation.

    Args:
        target: the header ``X-Amz-Target``.

    Raises:
        Rejection: the header is absent, or names no operation of Lightsail's.
    """
    found = _TARGET.fullmatch(target or "")
    if found is None:
        message = "The header X-Amz-Target names no operation: it is Lightsail_20161128 and the name, as in"
        raise Rejection("UnknownOperationException", f"{message} Lightsail_20161128.GetOperation")
    return found[1]


def parse_body(body: bytes) -> dict[str, object]:
    """
    Return the members of a request's body, without those that are null.

    Raises:
        Rejection: the body is not a JSON object.
    """
    try:
        content = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise malformed("The body of the request is not JSON in UTF-8") from None
    if not isinstance(content, dict):
        raise malformed("Start of structure or map found where not expected")
    return {name: value for name, value in cast("dict[str, object]", content).items() if value is not None}


def _scope(authorization: str) -> list[str]:
    scheme, _, rest = authorization.strip().partition(" ")
    pairs = [part.strip().partition("=") for part in rest.split(",")] if scheme == _SCHEME else []
    parameters = {name: value for name, _, value in pairs if value}
    for name in _PARAMETERS:
        if name not in parameters:
            raise _incomplete(f"Authorization header requires '{name}' parameter, after {_SCHEME}.")
    # From the right: a made-up access key may contain slashes.
    scope = parameters["Credential"].rsplit("/", 4)
    if len(scope) != len(("key id", "date", "region", "service", "terminator")):
        raise _incomplete("Credential must have exactly 5 slash-delimited elements: keyid/date/region/service/term.")
    return scope


def _incomplete(message: str) -> Rejection:
    return Rejection("IncompleteSignatureException", message)


def _badly_scoped(rest: str) -> Rejection:
    return Rejection("InvalidSignatureException", f"Credential should be scoped {rest}")
