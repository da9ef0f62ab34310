"""Waiting for operations, and how a wait ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import Factory, define
from botocore.exceptions import BotoCoreError

from lightsail_copy import (
    CopyFailedError,
    InvalidRequestError,
    LightsailCopyError,
    NotFoundError,
    Operation,
    ResourceType,
    WaitTimeoutError,
    get_snapshot,
    watch_operations,
)
from lightsail_copy.cli.failures import Status, Stop, explain
from lightsail_copy.cli.invocation import Clock
from lightsail_copy.cli.printing import say
from lightsail_copy.cli.progress import Display, Lines, displayed
from lightsail_copy.cli.results import put_operations

_QUIET_SECONDS = 2.0

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lightsail_copy import PollSchedule
    from lightsail_copy.cli.invocation import Connection, Invocation


@define(eq=False, repr=False)
class SettlingClock:
    """
    The clock of a copy, which says that its outcome is being looked up where that takes more than two seconds.

    Attributes:
        clock: the clock behind it.
        slept: how long it slept, in seconds.
        has_spoken: whether it has said so.
    """

    clock: Clock
    slept: float = 0.0
    has_spoken: bool = False

    def monotonic(self) -> float:
        """Return the seconds since any start."""
        return self.clock.monotonic()

    def sleep(self, seconds: float, /) -> None:
        """Sleep."""
        self.slept += seconds
        if self.slept > _QUIET_SECONDS and not self.has_spoken:
            say("The outcome of the copy is open; looking it up ...")
            self.has_spoken = True
        self.clock.sleep(seconds)


@define(eq=False, repr=False)
class _Lookout:
    """
    The last known state, and the clock of the wait: before each delay it gets the progress of disk snapshots.

    Attributes:
        client: a client of the Region where the operations run.
        clock: the clock behind it.
        display: shows the state.
        operations: the operations as last seen.
        percentages: their progress, by id.
        gets_progress: whether to get the progress.
    """

    client: Any
    clock: Clock
    display: Display
    operations: tuple[Operation, ...] = ()
    percentages: dict[str, int] = Factory(dict[str, int])
    gets_progress: bool = True

    def saw(self, operations: tuple[Operation, ...]) -> None:
        """Take the newest state of all operations."""
        self.operations = operations
        self.display.show(operations, self.percentages)

    def monotonic(self) -> float:
        """Return the seconds since any start."""
        return self.clock.monotonic()

    def sleep(self, seconds: float, /) -> None:
        """Sleep, after getting the progress of disk snapshots."""
        if self.gets_progress and self.display.shows_percentages:
            self._get_progress()
            self.saw(self.operations)
        self.clock.sleep(seconds)

    def _get_progress(self) -> None:
        for operation in self.operations:
            if operation.resource_type is ResourceType.DISK_SNAPSHOT and not operation.done:
                percentage = self._percentage(operation.resource_name)
                if percentage is not None:
                    self.percentages = {**self.percentages, operation.id: percentage}

    def _percentage(self, name: str) -> int | None:
        try:
            return get_snapshot(self.client, name).progress
        except NotFoundError:
            # A new snapshot may be listed later.
            return None
        except (LightsailCopyError, BotoCoreError):
            # The caller may lack the permission. The wait does not need it.
            self.gets_progress = False
            return None

    def watch(self, wanted: Sequence[Operation | str], timeout: float, schedule: PollSchedule) -> None:
        """Watch operations until they are done."""
        for seen in watch_operations(self.client, wanted, timeout=timeout, schedule=schedule, clock=self):
            self.saw(seen)

    def pending(self, wanted: Sequence[Operation | str]) -> list[str]:
        """Return the ids of the operations that are not known to be done."""
        done = {operation.id for operation in self.operations if operation.done}
        ids = [each if isinstance(each, str) else each.id for each in wanted]
        return [each for each in dict.fromkeys(ids) if each not in done]


def follow(
    call: Invocation,
    connection: Connection,
    wanted: Sequence[Operation | str],
    timeout: float,
    *,
    adopted: bool | None = None,
) -> Status:
    """
    Wait until operations are done, show their state, and write the last one.

    Args:
        call: the shared options.
        connection: where the operations run.
        wanted: the operations, or their ids.
        timeout: how many seconds to wait; infinity waits forever.
        adopted: whether the operations were adopted; None where no copy was requested.

    Raises:
        Stop: the wait ended early, or a copy failed.
    """
    clock = call.tools.clock
    known = tuple(each for each in wanted if isinstance(each, Operation))
    lookout = _Lookout(connection.client(connection.region), clock, Lines(clock.time), known)
    try:
        with displayed(clock.time, known) as lookout.display:
            lookout.watch(wanted, timeout, connection.schedule)
    except InvalidRequestError:
        raise
    # The copy goes on, so its id must not get lost.
    except (KeyboardInterrupt, Exception) as error:
        lookout.operations = getattr(error, "operations", lookout.operations)
        if lookout.operations and not isinstance(error, KeyboardInterrupt):
            put_operations(lookout.operations, call, adopted=adopted)
        command = call.command(connection, "wait", *lookout.pending(wanted))
        raise _ended_early(error, command, known=bool(lookout.operations), demo=call.demo) from error
    put_operations(lookout.operations, call, adopted=adopted)
    return stop_if_failed(lookout.operations)


def stop_if_failed(operations: Sequence[Operation]) -> Status:
    """
    Return the status of operations none of which failed.

    Raises:
        Stop: one or more failed.
    """
    if any(operation.failed for operation in operations):
        raise explain(CopyFailedError(tuple(operations)))
    return Status.DONE


def _ended_early(error: BaseException, command: str, *, known: bool, demo: bool) -> Stop:
    """Return how a command ends whose wait ended early."""
    stop = explain(error)
    status = stop.status
    if isinstance(error, KeyboardInterrupt):
        sentence = "the copy goes on at AWS."
    elif isinstance(error, WaitTimeoutError):
        state = "the copy goes on at AWS" if known else "no operation was seen"
        sentence = f"the wait timed out after {error.waited:.0f} s; {state}."
    elif known:
        sentence = f"{stop.sentences[0].rstrip('.')}. The copy goes on at AWS."
        status = Status.FAILED
    else:
        return stop
    hint = "The demo ends here; at AWS, this would resume the wait:" if demo else "To resume the wait:"
    return Stop(status, sentence, heading=stop.heading, notes=(hint, f"    {command}"))
