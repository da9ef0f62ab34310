"""
What a request over HTTP asks, read from its headers as AWS's JSON 1.1 protocol has it.

Pure functions. Signatures are not checked, as there is no secret to check them by, and of the credentials nothing but
the Region of their scope leaves this module. Sources: AWS's common errors, and replies of other AWS services that speak
the same protocol.
"""

from __future__ import annotations

import re

from lightsail_copy.testing.replies import Refusal

_SCHEME = "AWS4-HMAC-SHA256"
_PARAMETERS = ("Credential", "SignedHeaders", "Signature")
_REGION = re.compile(r"[a-z]{2,8}(-[a-z]{2,16}){1,3}-[0-9]{1,2}")
_TARGET = re.compile(r"Lightsail_20161128\.([A-Za-z]{1,64})")


def region_of(authorization: str | None) -> str:
    """
    Return the Region of the credential scope.

    Args:
        authorization: the header ``Authorization``.

    Raises:
        Refusal: the header is absent, incomplete, or scoped to something else.
    """
    if not authorization:
        raise Refusal("MissingAuthenticationTokenException", "Missing Authentication Token")
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
        Refusal: the header is absent, or names no operation of Lightsail's.
    """
    found = _TARGET.fullmatch(target or "")
    if found is None:
        message = "The header X-Amz-Target names no operation: it is Lightsail_20161128 and the name, as in"
        raise Refusal("UnknownOperationException", f"{message} Lightsail_20161128.GetOperation")
    return found[1]


def _scope(authorization: str) -> list[str]:
    scheme, _, rest = authorization.strip().partition(" ")
    pairs = [part.strip().partition("=") for part in rest.split(",")] if scheme == _SCHEME else []
    parameters = {name: value for name, _, value in pairs if value}
    for name in _PARAMETERS:
        if name not in parameters:
            raise _incomplete(f"Authorization header requires '{name}' parameter, after {_SCHEME}.")
    # From the right, as a made-up key may hold a slash.
    scope = parameters["Credential"].rsplit("/", 4)
    if len(scope) != len(("key id", "date", "region", "service", "terminator")):
        raise _incomplete("Credential must have exactly 5 slash-delimited elements: keyid/date/region/service/term.")
    return scope


def _incomplete(message: str) -> Refusal:
    return Refusal("IncompleteSignatureException", message)


def _badly_scoped(rest: str) -> Refusal:
    return Refusal("InvalidSignatureException", f"Credential should be scoped {rest}")
