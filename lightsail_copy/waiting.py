"""Waiting: one loop, which watches; a wait is the last thing that it shows."""

from __future__ import annotations

import time
from collections.abc import Iterable
from itertools import chain
from random import random
from typing import TYPE_CHECKING, TypeAlias, cast

from lightsail_copy.errors import OperationFailedError, Problem
from lightsail_copy.lookups import get_operation
from lightsail_copy.operations import Operation
from lightsail_copy.reading import shown
from lightsail_copy.rules import duration_problems, id_problems, refuse
from lightsail_copy.schedule import Duration, PollSchedule, in_seconds
from lightsail_copy.watching import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lightsail_copy.typing import Clock, OperationClient

Operations: TypeAlias = Operation | str | Iterable[Operation | str]
_DEFAULT_SCHEDULE = PollSchedule()


def watch_operations(
    client: OperationClient,
    operations: Operations,
    *,
    timeout: Duration | None = 3600.0,
    schedule: PollSchedule = _DEFAULT_SCHEDULE,
    clock: Clock = time,
) -> Iterator[tuple[Operation, ...]]:
    """
    Yield the newest state of operations: at once, then whenever one has changed, until all are done.

    Throttling, faults of the service (5xx) and broken connections do not end it until they have lasted for
    `schedule.patience` without a good answer, and neither does an operation that the service does not know within
    `schedule.not_found_grace` of the start. Operations already done are not asked for. To stop watching leaves the
    operations running.

    Args:
        client: a boto3 Lightsail client of the Region where the operations run; for copies, the target.
        operations: the operations, or their ids, or one of either.
        timeout: how long to wait, in seconds or as a `timedelta`; None waits for ever. 0 looks once.
        schedule: when to look, and how much to bear.
        clock: what tells the time and sleeps: the module `time`, or anything with its `monotonic` and `sleep`.

    Returns:
        An iterator over tuples of all the operations, in the order given.

    Raises:
        InvalidRequestError: an id is blank, or the time-out no duration; raised at once.
        WaitTimeoutError: the time is up; the operations go on.
        LightsailCopyError: another error, as of `get_operation`; its `operations` holds them as last seen.
        TypeError: `client` is no Lightsail client.
    """
    wanted = _listed(operations)
    refuse(
        chain.from_iterable(id_problems("operations", each) for each in wanted if not isinstance(each, Operation)),
        [] if timeout is None else duration_problems("timeout", in_seconds(timeout)),
        _schedule_problems(schedule),
    )
    seconds = None if timeout is None else in_seconds(timeout)
    return _looks(client, Watch(wanted, timeout=seconds, schedule=schedule, now=clock.monotonic()), clock)


def wait_for_operations(
    client: OperationClient,
    operations: Operations,
    *,
    timeout: Duration | None = 3600.0,
    schedule: PollSchedule = _DEFAULT_SCHEDULE,
    clock: Clock = time,
) -> tuple[Operation, ...]:
    """
    Wait until all operations are done, and return them.

    Bears what `watch_operations` bears, and takes the same arguments.

    Args:
        client: a boto3 Lightsail client of the Region where the operations run; for copies, the target.
        operations: the operations, or their ids, or one of either.
        timeout: how long to wait, in seconds or as a `timedelta`; None waits for ever. 0 looks once.
        schedule: when to look, and how much to bear.
        clock: what tells the time and sleeps: the module `time`, or anything with its `monotonic` and `sleep`.

    Returns:
        The operations in the order given, all done, none failed.

    Raises:
        OperationFailedError: one or more failed; raised when all are done.
        InvalidRequestError: an id is blank, or the time-out no duration; raised at once.
        WaitTimeoutError: the time is up; the operations go on.
        LightsailCopyError: another error, as of `get_operation`; its `operations` holds them as last seen.
        TypeError: `client` is no Lightsail client.
    """
    last: tuple[Operation, ...] = ()
    for seen in watch_operations(client, operations, timeout=timeout, schedule=schedule, clock=clock):
        last = seen
    if any(operation.failed for operation in last):
        raise OperationFailedError(last)
    return last


def _listed(operations: Operations) -> tuple[Operation | str, ...]:
    # A text is iterable too, but an id is not as many operations as it has letters.
    if isinstance(operations, (Operation, str)):
        return (operations,)
    if not isinstance(cast("object", operations), Iterable):
        raise TypeError(
            f"operations is {shown(operations)}, but it must be operations or their ids, such as result.operations"
        )
    return tuple(operations)


def _schedule_problems(schedule: object) -> list[Problem]:
    if isinstance(schedule, PollSchedule):
        return []
    return [Problem("schedule", shown(schedule), "it is a PollSchedule", "write PollSchedule(expected=600.0)")]


def _looks(client: OperationClient, watch: Watch, clock: Clock) -> Iterator[tuple[Operation, ...]]:
    seen: tuple[Operation, ...] | None = None
    while True:
        for operation_id in watch.pending:
            _look(client, watch, operation_id, clock)
        if watch.all_seen and watch.operations != seen:
            seen = watch.operations
            yield seen
        if not watch.pending:
            return
        clock.sleep(watch.pause(clock.monotonic(), random()))  # noqa: S311 - jitter needs no secret


def _look(client: OperationClient, watch: Watch, operation_id: str, clock: Clock) -> None:
    try:
        operation = get_operation(client, operation_id)
    except Exception as error:
        if watch.bears(operation_id, error, clock.monotonic()):
            return
        setattr(error, "operations", watch.operations)  # noqa: B010 - botocore's own errors get it too
        raise
    watch.saw(operation_id, operation, clock.monotonic())
