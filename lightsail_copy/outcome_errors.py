"""The errors of copies and waits: no connection, an unknown outcome, a failed operation, a timeout."""

from __future__ import annotations

from typing import Any

from lightsail_copy.errors import LightsailCopyError, as_sentence, describe_error, shorten
from lightsail_copy.operations import Operation
from lightsail_copy.requests import SnapshotCopyRequest

_MAX_LISTED = 5


class ServiceUnreachableError(LightsailCopyError):
    """
    No connection to the service was made, or it broke before a response.

    It is also an instance of botocore's class, so ``except EndpointConnectionError`` catches it.

    Attributes:
        may_have_arrived: whether a request may still have reached the service.
        may_pass: whether a later attempt may succeed with the same setup. It is False for a certificate that is not
            trusted, and for a header or a URL that cannot be sent.
    """

    operations: tuple[Operation, ...] = ()
    # As in botocore's classes, but without the request, whose headers are secret. Any: each class has its own type.
    request: Any = None
    response: Any = None

    def __init__(
        self,
        cause: str,
        *,
        may_have_arrived: bool,
        may_pass: bool = True,
        remedy: str = "Check the network, the proxy, the Region, and the endpoint.",
    ) -> None:
        sent = "" if may_have_arrived else "Nothing was sent."
        super().__init__(as_sentence(f"The service could not be reached: {cause}"), sent, remedy)
        self.may_have_arrived = may_have_arrived
        self.may_pass = may_pass


class UnknownOutcomeError(LightsailCopyError):
    """
    The service did not respond to a copy, and lookups did not show whether it started.

    Attributes:
        request: the copy's request.
    """

    def __init__(self, cause: str, *, request: SnapshotCopyRequest, findings: tuple[str, ...]) -> None:
        name = request.target_snapshot_name
        super().__init__(as_sentence(f"No response to the copy to {name!r}: {cause}"), *findings)
        self.request = request


class CopyFailedError(LightsailCopyError):
    """
    One or more of the operations failed; all of them are done.

    Attributes:
        operations: all of them, in the order given.
        failed: those that failed.
    """

    operations: tuple[Operation, ...]

    def __init__(self, operations: tuple[Operation, ...]) -> None:
        failed = tuple(operation for operation in operations if operation.failed)
        count = (
            f"{len(failed)} of {len(operations)} operations failed" if len(operations) > 1 else "The operation failed"
        )
        super().__init__(
            as_sentence(f"{count}: {_listed([*map(_format_failure, failed)], '; ')}"),
            "A failed copy can leave a snapshot: delete it before you use the name again.",
        )
        self.operations = operations
        self.failed = failed


class WaitTimeoutError(LightsailCopyError, TimeoutError):
    """
    A wait timed out; the operations go on.

    Attributes:
        operations: the operations as last seen, in the order given.
        waited: how long the wait lasted, in seconds.
    """

    operations: tuple[Operation, ...]

    def __init__(
        self,
        operations: tuple[Operation, ...],
        *,
        waited: float,
        unseen: tuple[str, ...] = (),
        was_requested: bool = True,
        trouble: Exception | None = None,
    ) -> None:
        pending = [f"{each.resource_name} ({each.id}, {each.status})" for each in operations if not each.done]
        states = pending + [f"{each} (not seen)" for each in unseen if operations]
        state = _listed(states, ", ") if states else "no operation was seen"
        said = "" if trouble is None else as_sentence(shorten(describe_error(trouble)))
        if was_requested:
            super().__init__(
                f"The wait timed out after {waited:.0f} s: {state}.",
                said and f"The last poll failed: {said}",
                "The operations go on." if pending else "",
                "To resume, wait for the same ids again.",
            )
        else:
            when = "" if said else ", before it requested this copy"
            super().__init__(
                f"Not started: the fleet timed out after {waited:.0f} s{when}.", said and f"The last try failed: {said}"
            )
        self.operations = operations
        self.waited = waited


def _format_failure(operation: Operation) -> str:
    reason = ", ".join(filter(None, (operation.error_code, operation.error_details))) or "no reason given"
    return f"{operation.resource_name} (operation {operation.id}): {shorten(reason)}"


def _listed(texts: list[str], separator: str) -> str:
    rest = len(texts) - _MAX_LISTED
    return separator.join([*texts[:_MAX_LISTED], f"and {rest} more"] if rest > 0 else texts)
