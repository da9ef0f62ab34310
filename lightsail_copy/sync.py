"""The public functions for boto3 clients: each runs a flow with the blocking driver."""

from __future__ import annotations

import time
from collections.abc import Iterator

from lightsail_copy.clients import region_of
from lightsail_copy.drivers.blocking import run
from lightsail_copy.flows import checks, copies, lookups
from lightsail_copy.flows.checks import CopyPlan
from lightsail_copy.flows.copies import IfExists
from lightsail_copy.flows.polling import Operations, Watch
from lightsail_copy.operations import CopySnapshotResult, Operation
from lightsail_copy.requests import SnapshotCopyRequest
from lightsail_copy.schedule import PollSchedule
from lightsail_copy.snapshots import AutoSnapshot, Snapshot
from lightsail_copy.typing import (
    AutoSnapshotClient,
    Clock,
    CopyClient,
    OperationClient,
    ResourceClient,
    SnapshotClient,
    SnapshotListClient,
)
from lightsail_copy.validation import Duration


def copy_snapshot(
    client: CopyClient,
    request: SnapshotCopyRequest,
    *,
    if_exists: IfExists = "raise",
    lookup_timeout: Duration | None = 30.0,
    clock: Clock = time,
) -> CopySnapshotResult:
    """
    Copy a snapshot into the client's Region.

    Calls CopySnapshot with exactly the request's parameters. The copy itself takes time: see `wait_for_operations`.

    Lightsail has no idempotency token. If botocore retries after a lost response, the service rejects the retry,
    because the copy that started already uses the name. After an error that may have left a copy behind, this function
    looks up the operations of the target name (GetOperationsForResource) until the outcome is known or `lookup_timeout`
    has passed. If they show that the call started the copy, the result contains its operation, and `adopted` is True.
    botocore retries each lookup too: a client with one attempt (`make_clients`) makes the fewest requests.

    Args:
        client: a boto3 Lightsail client of the **target** Region.
        request: what to copy.
        if_exists: what to do if the target name is in use: `raise` an error, or `adopt` the existing copy, running or
            done, if it has the same source, which makes a rerun safe. With `adopt`, a copy that is known not to have
            started is also requested again while time is left. An operation does not say which automatic snapshot it
            copies, so put the date into the target name: a copy of the latest one is adopted if it started within the
            last 24 hours, and a copy of a date if it started on that day or later.
        lookup_timeout: how long to look up an unknown outcome, from the first lookup, in seconds or as a `timedelta`.
            With 0, there is one lookup; with None, there is none.
        clock: an object with `monotonic()` and `sleep()`, such as the `time` module.

    Returns:
        The operations that the service started, or the one that a lookup found (`adopted`).

    Raises:
        NameInUseError: the target name is in use, and not by a copy to adopt.
        ServiceError: the service rejected the call (a subclass says why), or failed.
        ServiceUnreachableError: nothing was sent: there was no connection, its certificate is not trusted, or a header
            or a URL cannot be sent. With `lookup_timeout=None`, also if a connection broke: see the message.
        UnexpectedResponseError: a response cannot be parsed; the copy may have started, and has if `operation_ids` is
            not empty.
        UnknownOutcomeError: there was no response, and lookups did not show whether the copy started.
        InvalidRequestError: `if_exists` or `lookup_timeout` is not valid; nothing was sent.
        TypeError: `client` is not a boto3 Lightsail client, `request` is not a request, or `clock` is one for asyncio;
            nothing was sent.
        botocore.exceptions.BotoCoreError: a setup error (no credentials, no Region), as botocore raised it.

    Example:
        >>> request = ManualSnapshotCopy(
        ...     source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name="web-1-monday-copy"
        ... )
        >>> result = copy_snapshot(client, request, if_exists="adopt")
        >>> print(result.operation.status)
        Started
    """
    flow = copies.start_copy(
        request,
        if_exists=if_exists,
        lookup_timeout=lookup_timeout,
        monotonic=clock.monotonic,
        region_name=region_of(client),
    )
    return run(client, flow, clock)


def get_operation(client: OperationClient, operation_id: str) -> Operation:
    """
    Return an operation.

    Args:
        client: a boto3 Lightsail client of the Region where the operation runs; for a copy, the target Region.
        operation_id: the operation's id.

    Raises:
        InvalidRequestError: the id is blank or not a string; nothing was sent.
        NotFoundError: the Region has no such operation. Just after a copy started, the service may not list it yet.
        ServiceError: the service rejected the call for another reason, or failed.
        ServiceUnreachableError, UnexpectedResponseError: no response, or one that cannot be parsed or has a wrong id.
        TypeError: `client` is not a boto3 Lightsail client.
    """
    return run(client, lookups.get_operation(operation_id))


def get_auto_snapshots(client: AutoSnapshotClient, resource_name: str) -> tuple[AutoSnapshot, ...]:
    """
    Return the automatic snapshots of an instance or a disk, newest first.

    Args:
        client: a boto3 Lightsail client of the **source** Region, where the resource is.
        resource_name: the instance or disk.

    Raises:
        InvalidRequestError: the name breaks a rule; nothing was sent.
        NotFoundError: the Region has no such resource.
        ServiceError: the service rejected the call for another reason, or failed.
        ServiceUnreachableError, UnexpectedResponseError: no response, or one that cannot be parsed.
        TypeError: `client` is not a boto3 Lightsail client.

    Example:
        >>> newest = get_auto_snapshots(source_client, "web-1")[0]
        >>> print(newest.date, newest.status)
        2026-01-01 Success
    """
    return run(client, lookups.get_auto_snapshots(resource_name))


def get_snapshot(client: SnapshotClient, name: str) -> Snapshot:
    """
    Return a manual snapshot of an instance (GetInstanceSnapshot) or, failing that, of a disk (GetDiskSnapshot).

    Args:
        client: a boto3 Lightsail client of the Region where the snapshot is; for a copy, the target Region.
        name: the snapshot's name.

    Raises:
        InvalidRequestError: the name breaks a rule; nothing was sent.
        NotFoundError: the Region has neither kind of snapshot with that name.
        ServiceError: the service rejected the call for another reason, or failed.
        ServiceUnreachableError, UnexpectedResponseError: no response, or one that cannot be parsed.
        TypeError: `client` is not a boto3 Lightsail client.
    """
    return run(client, lookups.get_snapshot(name))


def list_snapshots(client: SnapshotListClient) -> tuple[Snapshot, ...]:
    """
    Return all manual snapshots of a Region: those of instances, then those of disks, in the service's order.

    Args:
        client: a boto3 Lightsail client of the Region.

    Raises:
        ServiceError: the service rejected a call, or failed.
        ServiceUnreachableError, UnexpectedResponseError: no response, or one that cannot be parsed.
        TypeError: `client` is not a boto3 Lightsail client.

    Example:
        >>> [snapshot.name for snapshot in list_snapshots(source_client)]
        ['web-1-monday', 'web-1-friday', 'data-1-monday', 'data-1-friday']
    """
    return run(client, lookups.list_snapshots())


def plan_copy(
    source_client: ResourceClient,
    target_client: ResourceClient,
    request: SnapshotCopyRequest,
    *,
    if_exists: IfExists = "raise",
) -> CopyPlan:
    """
    Return what a copy would do, without starting it.

    Looks up whether the source exists and is ready, which automatic snapshot would be copied, and whether a snapshot,
    an instance, or a disk in the target Region uses the name. It cannot detect a quota, a missing permission, or a
    resource of another type (a static IP, a key pair, ...) that uses the name.

    Args:
        source_client: a boto3 Lightsail client of the **source** Region.
        target_client: a boto3 Lightsail client of the **target** Region.
        request: the copy to check.
        if_exists: as for `copy_snapshot`; with `adopt`, the plan has the operation that `copy_snapshot` would return.

    Returns:
        The plan, with the problems that were found.

    Raises:
        InvalidRequestError: `source_client` is not a client of the source Region; nothing was sent.
        ServiceError: the service rejected a call, or failed.
        ServiceUnreachableError, UnexpectedResponseError: no response, or one that cannot be parsed.
        TypeError: a client is not a boto3 Lightsail client, or `request` is not a request.

    Example:
        >>> plan = plan_copy(source_client, client, request)
        >>> print(plan.possible, plan.size_in_gb)
        True 40
    """
    checks.validate_check(request, if_exists, region_of(source_client))
    source = run(source_client, checks.check_source(request))
    target = run(target_client, checks.check_target(request, adopt=if_exists == "adopt"))
    return checks.make_plan(request, region_of(target_client), source, target)


def watch_operations(
    client: OperationClient,
    operations: Operations,
    *,
    timeout: Duration | None = 3600.0,
    schedule: PollSchedule = PollSchedule(),
    clock: Clock = time,
) -> Iterator[tuple[Operation, ...]]:
    """
    Yield the newest state of operations: at once, then whenever one has changed, until all are done.

    Throttling, service faults (5xx), connection errors, and credentials that cannot be refreshed after they have worked
    are tolerated for `schedule.error_tolerance`, and an operation that is not found for `schedule.not_found_tolerance`.
    Operations that are done are not polled. If you stop watching, the operations go on.

    Args:
        client: a boto3 Lightsail client of the Region where the operations run; for copies, the target Region.
        operations: the operations, their ids, one of either, or the result of a copy.
        timeout: how long to wait, in seconds or as a `timedelta`; None waits forever. 0 polls once.
        schedule: when to poll, and which errors to tolerate.
        clock: an object with `monotonic()` and `sleep()`, such as the `time` module.

    Returns:
        An iterator over tuples of all the operations, in the order given.

    Raises:
        InvalidRequestError: an id is blank, or an argument is not valid; raised at once.
        WaitTimeoutError: the wait timed out; the operations go on.
        LightsailCopyError: any other error of `get_operation`; `operations` has the last known states.
        TypeError: `client` is not a boto3 Lightsail client, or `clock` is one for asyncio.

    Example:
        >>> result = copy_snapshot(client, request)
        >>> for operations in watch_operations(client, result):
        ...     print(operations[0].resource_name, operations[0].status)
        web-1-monday-copy Started
        web-1-monday-copy Succeeded
    """
    return _states(client, Watch(operations, timeout=timeout, schedule=schedule, monotonic=clock.monotonic), clock)


def _states(client: OperationClient, watch: Watch, clock: Clock) -> Iterator[tuple[Operation, ...]]:
    while not watch.is_finished:
        yield run(client, watch.next_state(), clock)


def wait_for_operations(
    client: OperationClient,
    operations: Operations,
    *,
    timeout: Duration | None = 3600.0,
    schedule: PollSchedule = PollSchedule(),
    clock: Clock = time,
) -> tuple[Operation, ...]:
    """
    Wait until all operations are done, and return them. Tolerates the same errors as `watch_operations`.

    Args:
        client: a boto3 Lightsail client of the Region where the operations run; for copies, the target Region.
        operations: the operations, their ids, one of either, or the result of a copy.
        timeout: how long to wait, in seconds or as a `timedelta`; None waits forever. 0 polls once.
        schedule: when to poll, and which errors to tolerate.
        clock: an object with `monotonic()` and `sleep()`, such as the `time` module.

    Returns:
        The operations in the order given, all done, none failed.

    Raises:
        CopyFailedError: one or more failed; raised when all are done.
        InvalidRequestError: an id is blank, or an argument is not valid; raised at once.
        WaitTimeoutError: the wait timed out; the operations go on.
        LightsailCopyError: any other error of `get_operation`; `operations` has the last known states.
        TypeError: `client` is not a boto3 Lightsail client, or `clock` is one for asyncio.

    Example:
        >>> result = copy_snapshot(client, request)
        >>> for operation in wait_for_operations(client, result, timeout=7200):
        ...     print(operation.resource_name, operation.status)
        web-1-monday-copy Succeeded
    """
    watch = Watch(operations, timeout=timeout, schedule=schedule, monotonic=clock.monotonic)
    return run(client, watch.last_state(), clock)
