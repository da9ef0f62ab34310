"""
What can go wrong between a client and the service, as values.

Each fault is a `Fault`; the functions here make the usual ones, for ``FakeLightsail.fail_next``::

    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))

In each function, `performed` says whether the service has carried out the request when the fault happens. Sources: the
errors that botocore's model gives Lightsail, the errors common to all AWS services, and what a real connection can do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

from attrs import evolve, fields, frozen

from lightsail_copy.testing import protocol
from lightsail_copy.testing.protocol import TIP, BrokenConnection, BrokenConnectionKind, Response

Edit = Callable[[Any], object]
Ending = Literal["closed", "reset", "read_timeout", "complete"]

_BREAKS = get_args(BrokenConnectionKind)
_STATUSES = set(range(200, 600)) - {204, 205, 304}  # after these three, a client takes a body for the next response

# The values that attributes may have, so that a fault that cannot occur is reported when it is constructed.
_RULES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "name": (lambda value: isinstance(value, str), "a string"),
    "performed": (lambda value: isinstance(value, bool), "True or False"),
    "edit": (callable, "a function"),
    "status": (
        lambda value: type(value) is int and value in _STATUSES,
        "an HTTP status from 200 to 599 whose response has a body",
    ),
    "body": (lambda value: isinstance(value, bytes), "bytes"),
    "content_type": (
        lambda value: isinstance(value, str) and value.isascii() and value.isprintable(),
        "a type, such as 'text/html'",
    ),
    "from_proxy": (lambda value: isinstance(value, bool), "True or False"),
    "truncate_to": (lambda value: type(value) is int and value >= 0, "a whole number of bytes, zero or more"),
    "breaks": (lambda value: value in _BREAKS, f"one of {', '.join(_BREAKS)}"),
}


@frozen(kw_only=True, order=False)
class Fault:
    """
    One thing that goes wrong, once.

    It starts from the service's true response (an empty object if the request is not carried out), and changes it in
    the order of these attributes. A value that an attribute cannot have raises a ValueError.

    Attributes:
        name: its name in the recorded calls.
        performed: whether the service carries out the request.
        edit: a function from the decoded JSON of the response to what is sent instead.
        status: the HTTP status; None for the true one.
        body: the bytes of the body; None for the true ones.
        content_type: the media type; None for the true one.
        from_proxy: whether something between the client and the service responds, so that there is no request id.
        truncate_to: how many bytes of the body are sent; None for all.
        breaks: how the connection breaks after these bytes (before any byte of the response if `truncate_to` is
            None). None if it does not break: the ``Content-Length`` is then that of the bytes sent.
    """

    name: str
    performed: bool = False
    edit: Edit | None = None
    status: int | None = None
    body: bytes | None = None
    content_type: str | None = None
    from_proxy: bool = False
    truncate_to: int | None = None
    breaks: BrokenConnectionKind | None = None

    def __attrs_post_init__(self) -> None:
        for each in fields(Fault):
            value, (is_valid, rule) = getattr(self, each.name), _RULES[each.name]
            if value is not each.default and not is_valid(value):
                raise ValueError(f"{each.name} is {value!r}: give {rule}")

    def apply(self, response: Response) -> Response:
        """
        Return what arrives instead of a response.

        Raises:
            BrokenConnection: the connection breaks instead.
        """
        changed = self._change(response)
        partial = None if self.truncate_to is None else changed.with_body(changed.body[: self.truncate_to])
        if self.breaks is None:
            return partial or changed
        raise BrokenConnection(self.breaks, partial and evolve(partial, headers=changed.headers))

    def _change(self, response: Response) -> Response:
        if self.edit is not None:
            response = response.with_body(protocol.to_json(self.edit(json.loads(response.body))))
        if self.body is not None:
            response = response.with_body(self.body)
        if self.content_type is not None:
            response = evolve(response, headers={**response.headers, "Content-Type": self.content_type})
        if self.from_proxy:
            headers = {name: value for name, value in response.headers.items() if name != protocol.REQUEST_ID}
            response = evolve(response, headers=headers)
        return response if self.status is None else evolve(response, status=self.status)


def error(
    code: str, message: str, *, status: int = 400, performed: bool = False, detail: str | None = None, tip: str = TIP
) -> Fault:
    """
    Return any error of the service.

    Args:
        code: the exception's name, such as ``OptInRequired``.
        message: its message.
        status: the HTTP status.
        performed: whether the service still carries out the request.
        detail: the narrower code that Lightsail's own errors carry beside ``docs`` and ``tip``; None for an error
            without the three.
        tip: the advice that comes with the detail.
    """
    given = {"code": code, "message": message, "detail": detail, "tip": tip}
    for name, value in given.items():
        if not isinstance(value, str) and not (name == "detail" and value is None):
            raise ValueError(f"{name} is {value!r}: give a string")
    body = protocol.RejectionError(code, message, detail, tip).body()
    return Fault(name=code, performed=performed, status=status, body=body)


def throttled() -> Fault:
    """Return a ThrottlingException, the rejection of too many calls, which botocore retries."""
    return error("ThrottlingException", "Rate exceeded")


def service_fault(*, performed: bool = False) -> Fault:
    """Return a ServiceException, HTTP 500, which botocore retries."""
    message = "The service failed."
    return error("ServiceException", message, status=500, performed=performed, detail="InternalFailure")


def service_unavailable(*, performed: bool = False) -> Fault:
    """Return the HTTP 503 of a load balancer, with a page of HTML, which botocore retries."""
    page = b"<html><body><b>Http/1.1 Service Unavailable</b></body></html>"
    return Fault(name="ServiceUnavailable", performed=performed, status=503, body=page, content_type="text/html")


def expired_token() -> Fault:
    """Return an ExpiredTokenException, the rejection of expired credentials."""
    return error("ExpiredTokenException", "The security token included in the request is expired")


def unrecognized_client() -> Fault:
    """Return an UnrecognizedClientException, the rejection of credentials that belong to no account."""
    return error("UnrecognizedClientException", "The security token included in the request is invalid.")


def unauthenticated() -> Fault:
    """Return an UnauthenticatedException, Lightsail's own rejection of an unknown caller."""
    return error("UnauthenticatedException", "The caller is not authenticated.", detail="Unauthenticated")


def access_denied() -> Fault:
    """Return an AccessDeniedException, the rejection of a caller whose policy does not allow the call."""
    message = "The caller is not authorized to perform this operation."
    return error("AccessDeniedException", message, detail="AccessDenied")


def region_not_set_up() -> Fault:
    """Return a RegionSetupInProgressException: the Region is still being set up for the account."""
    message = "The Region is being set up for your account."
    return error("RegionSetupInProgressException", message, detail="RegionSetupInProgress")


def account_not_set_up() -> Fault:
    """Return an AccountSetupInProgressException: the account is still being set up."""
    message = "Your account is being set up."
    return error("AccountSetupInProgressException", message, detail="AccountSetupInProgress")


def operation_failure() -> Fault:
    """Return an OperationFailureException: the service tried and failed."""
    return error("OperationFailureException", "The operation failed to execute.", detail="OperationFailure")


def quota_exceeded() -> Fault:
    """Return the rejection of one snapshot too many, an InvalidInputException with its own message."""
    message = "Sorry, you've reached your maximum limit of Lightsail Snapshots."
    return error("InvalidInputException", message, detail="LimitExceeded")


def not_found() -> Fault:
    """Return a NotFoundException, as GetOperation may just after the start of an operation."""
    return error("NotFoundException", "The Operation does not exist", detail="DoesNotExist")


def connection_refused() -> Fault:
    """Return a refused connection: the request is not sent."""
    return Fault(name="connection refused", breaks="refused")


def connect_timeout() -> Fault:
    """Return a connection that is never made: the request is not sent."""
    return Fault(name="connect timeout", breaks="connect_timeout")


def connection_closed(*, performed: bool = False) -> Fault:
    """Return a connection that closes before any byte of the response."""
    return Fault(name="connection closed", performed=performed, breaks="closed")


def read_timeout(*, performed: bool = False) -> Fault:
    """Return silence instead of a response, until the client's read timeout."""
    return Fault(name="read timeout", performed=performed, breaks="read_timeout")


def truncated_response(size: int = 20, *, ending: Ending = "closed") -> Fault:
    """
    Return a truncated response; the service carries out the request.

    Args:
        size: how many bytes of the body arrive.
        ending: what follows them. ``closed`` is an orderly end before the declared length, which newer releases of
            botocore do not notice; ``reset`` is an abrupt end, and ``read_timeout`` silence, for which botocore raises;
            ``complete`` is a response whose declared length is that of the truncated body.
    """
    breaks = None if ending == "complete" else ending
    return Fault(name="truncated response", performed=True, truncate_to=size, breaks=breaks)


def replaced_response(body: bytes, *, performed: bool = True, status: int = 200, from_proxy: bool = False) -> Fault:
    """
    Return a response with another body.

    Args:
        body: any bytes, such as ``b"null"``, ``b"{}"`` or ``b"[]"``.
        performed: whether the service carries out the request.
        status: the HTTP status.
        from_proxy: whether it lacks a request id, as the response of a proxy does.
    """
    return Fault(name="replaced response", performed=performed, status=status, body=body, from_proxy=from_proxy)


def not_json(*, performed: bool = True) -> Fault:
    """Return a response that is not JSON, such as the page of a proxy with the status 200."""
    return evolve(replaced_response(b"Please sign in to the network.", performed=performed), name="not JSON")


def empty_response(*, performed: bool = True) -> Fault:
    """Return a response without a body."""
    return evolve(replaced_response(b"", performed=performed), name="empty response")


def edited_response(edit: Edit) -> Fault:
    """
    Return the true response with a change, such as an unknown value, a null, or a missing member.

    Args:
        edit: takes the decoded JSON of the response and returns what is sent instead.
    """
    return Fault(name="edited response", performed=True, edit=edit)
