"""The copy: one call, and where its outcome is in doubt, the question to the service that settles it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

from lightsail_copy.calls import BROKEN_CONNECTION, call, sent_before
from lightsail_copy.errors import (
    LightsailCopyError,
    NameInUseError,
    NotFoundError,
    ServiceError,
    UnexpectedResponseError,
    UnknownOutcomeError,
)
from lightsail_copy.evidence import Inquiry, begun
from lightsail_copy.operations import CopySnapshotResult
from lightsail_copy.reading import shown
from lightsail_copy.requests import SnapshotCopyRequest, require_request
from lightsail_copy.wire import SERVER_ERRORS, read_operations_page

if TYPE_CHECKING:
    from lightsail_copy.operations import Operation
    from lightsail_copy.typing import CopyClient


def copy_snapshot(
    client: CopyClient, request: SnapshotCopyRequest, *, if_exists: Literal["raise", "adopt"] = "raise"
) -> CopySnapshotResult:
    """
    Copy a snapshot into the client's Region.

    Sends exactly one CopySnapshot with exactly the request's parameters. The copy then takes its time: see
    `wait_for_operations`.

    A copy that the service accepted is never lost. Lightsail has no idempotency token, so when botocore sends a request
    again after a reply was lost, the service answers with a conflict of names for a copy that did start. After an
    error that followed a re-send, any 5xx, a broken connection, or a reply that cannot be read, the service is asked
    whose copy holds the target name (GetOperationsForResource); the call's own copy is returned as adopted.

    Args:
        client: a boto3 Lightsail client of the **target** Region.
        request: what to copy.
        if_exists: what to do where the target name is taken: `raise` the service's refusal; or `adopt` the copy that
            is there, running or done, if it is of the same source, which makes a re-run safe. Two dates of one
            automatic snapshot look alike to the service: put the date into the target name.

    Returns:
        The operations that the service began, or the one that was looked up (`adopted`).

    Raises:
        NameInUseError: the target name is held by anything else, or its origin can no longer be told.
        ServiceError: the service refused (its subclasses tell why), or failed.
        UnexpectedResponseError: a reply came and is not understood; the copy may have started.
        UnknownOutcomeError: no answer came, and asking did not settle whether the copy started.
        TypeError: `client` is no Lightsail client, or `request` no request.
        ValueError: `if_exists` is none of its words.
        botocore.exceptions.BotoCoreError: nothing could be sent (no credentials, no Region); as botocore raised it.
    """
    require_request(request)
    if if_exists not in {"raise", "adopt"}:
        raise ValueError(f"if_exists is {shown(if_exists)}, but it must be 'raise' or 'adopt'")
    adopt = if_exists == "adopt"
    started_at = time.monotonic()
    try:
        return CopySnapshotResult.from_dict(call(client, "copy_snapshot", request.to_dict()))
    except Exception as error:
        if not (_may_have_started(error) or (adopt and isinstance(error, NameInUseError))):
            raise
        inquiry = _inquire(client, request, started_at)
        copy = inquiry.standing_copy if adopt else inquiry.own_copy
        if copy is not None:
            return CopySnapshotResult((copy,), inquiry.request_id, adopted=True)
        if not isinstance(error, LightsailCopyError):
            raise UnknownOutcomeError(shown(error), request=request, found=_explanation(inquiry)) from error
        error.say_more(_explanation(inquiry) if _may_have_started(error) else str(inquiry))
        raise


def _may_have_started(error: Exception) -> bool:
    if isinstance(error, ServiceError):
        return error.retry_attempts > 0 or (error.http_status or 0) >= SERVER_ERRORS
    return isinstance(error, (UnexpectedResponseError, *BROKEN_CONNECTION)) or sent_before(error)


def _inquire(client: CopyClient, request: SnapshotCopyRequest, started_at: float) -> Inquiry:
    if not hasattr(client, "get_operations_for_resource"):
        return Inquiry(request, obstacle="the client has no get_operations_for_resource")
    operations: list[Operation] = []
    parameters = {"resourceName": request.target_snapshot_name}
    asked: set[str] = set()
    try:
        while True:
            reply = call(client, "get_operations_for_resource", parameters)
            replied_at = time.monotonic()
            page = read_operations_page(reply)
            operations += page.operations
            # A token that comes again would lead round in a circle.
            if not page.next_token or page.next_token in asked:
                break
            asked.add(page.next_token)
            parameters["pageToken"] = page.next_token
    except NotFoundError:
        return Inquiry(request, operations=())
    # Whatever keeps the service from being asked must not hide what went wrong with the copy.
    except Exception as error:  # noqa: BLE001 - see above
        return Inquiry(request, obstacle=shown(error))
    since = begun(page.headers, replied_at - started_at, time.time())
    newest_first = sorted(operations, key=lambda operation: operation.created_at, reverse=True)
    return Inquiry(request, since, tuple(newest_first), page.request_id)


def _explanation(inquiry: Inquiry) -> str:
    if inquiry.name_is_held:
        return str(inquiry)
    return (
        f"{inquiry} The copy may have started all the same: before copying again, look for the target name in the"
        " target Region, or call again with if_exists='adopt'."
    )
