"""Retention: which copies to keep, and the deletion of the others."""

from __future__ import annotations

from collections.abc import Iterable

from lightsail_copy.clients import region_of
from lightsail_copy.drivers.blocking import run
from lightsail_copy.operations import Operation
from lightsail_copy.retention import deletions
from lightsail_copy.retention.plans import RetentionDecision
from lightsail_copy.typing import SnapshotDeletionClient


def delete_snapshots(client: SnapshotDeletionClient, decisions: Iterable[RetentionDecision]) -> tuple[Operation, ...]:
    """
    Delete the snapshots that a plan of `plan_retention` does not keep, and no others. Deletions cannot be undone.

    Makes one call for each, DeleteInstanceSnapshot or DeleteDiskSnapshot. A snapshot that no longer exists counts as
    deleted. A rejected deletion does not stop the others; a setup error, or three calls in a row without a response,
    does.

    Args:
        client: a boto3 Lightsail client of the Region where the snapshots are.
        decisions: the plan, or several for the same Region. A snapshot that one of them keeps is not deleted.

    Returns:
        The operations that the service started, in the order of the plan.

    Raises:
        ServiceError: the service rejected a deletion, or failed. Of several errors, here and below, the first is
            raised: its message says which snapshots were not deleted, and `operations` has the accepted deletions.
        ServiceUnreachableError, UnexpectedResponseError: no response, or one that cannot be parsed; the snapshot may
            have been deleted.
        InvalidRequestError: `decisions` is not a plan, or not one for the client's Region; nothing was sent.
        TypeError: `client` is not a boto3 Lightsail client.
        botocore.exceptions.BotoCoreError: a setup error (no credentials, no Region), as botocore raised it. After other
            calls, it is also a `LightsailCopyError` with `operations`.
    """
    return run(client, deletions.delete_snapshots(decisions, region_of(client)))
