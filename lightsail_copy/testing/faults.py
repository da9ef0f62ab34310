"""
What can go wrong between a client and the service, as values.

Each fault is one `Fault`; the functions here make the usual ones, to be handed to ``FakeLightsail.fail_next``::

    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))

Sources: the errors that botocore's model gives Lightsail, the errors common to all AWS services, and what a real
connection can do.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Literal

from attrs import evolve, frozen

from lightsail_copy.testing.replies import REQUEST_ID, TIP, Break, BreakKind, Reply, encode, error_body

Edit = Callable[[Any], object]
Ending = Literal["closed", "reset", "read_timeout", "complete"]


@frozen(kw_only=True, order=False)
class Fault:
    """
    One thing that goes wrong, once.

    It starts from the service's true reply (an empty object where the work is not performed), and changes it in the
    order of its attributes.

    Attributes:
        name: what to call it in a record of calls.
        performed: whether the service has done the work when the fault strikes.
        edit: a function from the decoded JSON of the reply to what is sent instead of it.
        status: the HTTP status that is sent, None for the true one.
        body: the bytes that are sent instead of the reply's own, None for these.
        content_type: the type that is declared, None for the true one.
        foreign: whether something between the client and the service sends the reply, which has no request id then.
        kept: how many bytes of the body are sent, None for all.
        ending: how the connection breaks once these bytes are sent (before any, where `kept` is None); None where it
            does not, so that the reply arrives with the length of what is sent.
    """

    name: str
    performed: bool = False
    edit: Edit | None = None
    status: int | None = None
    body: bytes | None = None
    content_type: str | None = None
    foreign: bool = False
    kept: int | None = None
    ending: BreakKind | None = None

    def strike(self, reply: Reply) -> Reply:
        """
        Return what arrives in place of a reply.

        Raises:
            Break: the connection breaks instead.
        """
        changed = self._change(reply)
        partial = None if self.kept is None else changed.with_body(changed.body[: self.kept])
        if self.ending is None:
            return partial or changed
        raise Break(self.ending, partial and evolve(partial, headers=changed.headers))

    def _change(self, reply: Reply) -> Reply:
        if self.edit is not None:
            reply = reply.with_body(encode(self.edit(json.loads(reply.body))))
        if self.body is not None:
            reply = reply.with_body(self.body)
        if self.content_type is not None:
            reply = evolve(reply, headers={**reply.headers, "Content-Type": self.content_type})
        if self.foreign:
            headers = {name: value for name, value in reply.headers.items() if name != REQUEST_ID}
            reply = evolve(reply, headers=headers)
        return reply if self.status is None else evolve(reply, status=self.status)


def error(
    code: str, message: str, *, status: int = 400, performed: bool = False, detail: str | None = None, tip: str = TIP
) -> Fault:
    """
    Return a fault that answers with any error.

    Args:
        code: the exception's name, such as ``OptInRequired``.
        message: its message.
        status: the HTTP status.
        performed: whether the work is done all the same.
        detail: the narrower code that Lightsail's own errors carry beside ``docs`` and ``tip``; None for an error
            without the three.
        tip: the advice beside the detail.
    """
    return Fault(name=code, performed=performed, status=status, body=error_body(code, message, detail, tip))


def throttled() -> Fault:
    """Return the refusal of too many calls, which botocore re-sends."""
    return error("ThrottlingException", "Rate exceeded")


def service_fault(*, performed: bool = False) -> Fault:
    """Return a fault of the service's own, HTTP 500, which botocore re-sends."""
    message = "The service failed. Try again later."
    return error("ServiceException", message, status=500, performed=performed, detail="InternalFailure")


def service_unavailable(*, performed: bool = False) -> Fault:
    """Return the HTTP 503 of a load balancer, a page of HTML, which botocore re-sends."""
    page = b"<html><body><b>Http/1.1 Service Unavailable</b></body></html>"
    return Fault(name="ServiceUnavailable", performed=performed, status=503, body=page, content_type="text/html")


def expired_token() -> Fault:
    """Return the refusal of credentials whose time is over."""
    return error("ExpiredTokenException", "The security token included in the request is expired")


def unrecognized_client() -> Fault:
    """Return the refusal of credentials that no account has."""
    return error("UnrecognizedClientException", "The security token included in the request is invalid.")


def unauthenticated() -> Fault:
    """Return Lightsail's own refusal of a caller that it does not know."""
    return error("UnauthenticatedException", "The caller is not authenticated.", detail="Unauthenticated")


def access_denied() -> Fault:
    """Return the refusal of a caller whose policy does not allow the call."""
    message = "The caller is not authorized to perform this operation."
    return error("AccessDeniedException", message, detail="AccessDenied")


def region_not_set_up() -> Fault:
    """Return the refusal of a Region that is still being set up for the account."""
    message = "The Region is being set up for your account. Try again later."
    return error("RegionSetupInProgressException", message, detail="RegionSetupInProgress")


def account_not_set_up() -> Fault:
    """Return the refusal of an account that is still being set up."""
    message = "Your account is being set up. Try again later."
    return error("AccountSetupInProgressException", message, detail="AccountSetupInProgress")


def operation_failure() -> Fault:
    """Return the service's word that it tried and failed."""
    return error("OperationFailureException", "The operation failed to execute.", detail="OperationFailure")


def quota_exceeded() -> Fault:
    """Return the refusal of one snapshot too many, which is an invalid input with a message of its own."""
    message = "Sorry, you've reached your maximum limit of Lightsail Snapshots."
    return error("InvalidInputException", message, detail="LimitExceeded")


def not_found() -> Fault:
    """Return a not-found, such as GetOperation gives just after the start, before all of the service knows."""
    return error("NotFoundException", "The Operation does not exist", detail="DoesNotExist")


def connection_refused() -> Fault:
    """Return a connection that is refused, so that nothing is sent."""
    return Fault(name="connection refused", ending="refused")


def connect_timeout() -> Fault:
    """Return a connection that is never made, so that nothing is sent."""
    return Fault(name="connect timeout", ending="connect_timeout")


def connection_closed(*, performed: bool = False) -> Fault:
    """
    Return a connection that closes before any of the reply.

    Args:
        performed: whether the service did the work before.
    """
    return Fault(name="connection closed", performed=performed, ending="closed")


def read_timeout(*, performed: bool = False) -> Fault:
    """
    Return a silence in place of a reply, until the client's read timeout.

    Args:
        performed: whether the service did the work.
    """
    return Fault(name="read timeout", performed=performed, ending="read_timeout")


def cut_short(kept: int = 20, *, ending: Ending = "closed") -> Fault:
    """
    Return a reply of which only the beginning arrives; the work is done.

    Args:
        kept: how many bytes of the body arrive.
        ending: what follows them. ``closed`` is an orderly end before the promised length, which newer releases of
            botocore do not notice; ``reset`` an abrupt end and ``read_timeout`` a silence, for which it raises;
            ``complete`` a promised length that is just that short.
    """
    breaks = None if ending == "complete" else ending
    return Fault(name="reply cut short", performed=True, kept=kept, ending=breaks)


def replaced(body: bytes, *, performed: bool = True, status: int = 200, foreign: bool = False) -> Fault:
    """
    Return a reply with another body.

    Args:
        body: any bytes, such as ``b"null"``, ``b"{}"`` or ``b"[]"``.
        performed: whether the work is done.
        status: the HTTP status.
        foreign: whether it has no request id, as it is not the service that sends it.
    """
    return Fault(name="reply replaced", performed=performed, status=status, body=body, foreign=foreign)


def garbage(*, performed: bool = True) -> Fault:
    """Return a reply that is no JSON at all, as a proxy sends it with the status 200."""
    return evolve(replaced(b"Please sign in to the network.", performed=performed), name="garbage")


def empty_reply(*, performed: bool = True) -> Fault:
    """Return a reply without a body."""
    return evolve(replaced(b"", performed=performed), name="empty reply")


def edited(edit: Edit) -> Fault:
    """
    Return the true reply after a change: an unknown word, a null, a missing member.

    Args:
        edit: takes the decoded JSON of the reply and returns what is sent in its place.
    """
    return Fault(name="reply edited", performed=True, edit=edit)
