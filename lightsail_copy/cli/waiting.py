"""Waiting for operations, with all that may end it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import Factory, define
from botocore.exceptions import BotoCoreError

from lightsail_copy import (
    InvalidRequestError,
    LightsailCopyError,
    NotFoundError,
    Operation,
    OperationFailedError,
    ResourceType,
    WaitTimeoutError,
    get_snapshot,
    watch_operations,
)
from lightsail_copy.cli.failures import explain
from lightsail_copy.cli.invocation import Clock
from lightsail_copy.cli.progress import Display, Lines, displayed
from lightsail_copy.cli.results import put_operations
from lightsail_copy.cli.status import Status, Stop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lightsail_copy import PollSchedule
    from lightsail_copy.cli.invocation import Connection, Invocation


@define
class _Lookout:
    """
    What was seen last, and the clock of the wait: before each pause it asks how far the snapshots of disks are.

    Attributes:
        client: a client of the Region where the operations run.
        clock: the clock that it stands before.
        display: shows what is seen.
        operations: the operations as last seen.
        percentages: how far they are, by id.
        asks: whether to ask for percentages.
    """

    client: Any
    clock: Clock
    display: Display
    operations: tuple[Operation, ...] = ()
    percentages: dict[str, int] = Factory(dict[str, int])
    asks: bool = True

    def saw(self, operations: tuple[Operation, ...]) -> None:
        """Take the newest state of all operations."""
        self.operations = operations
        self.display.show(operations, self.percentages)

    def monotonic(self) -> float:
        """Return the seconds since any start."""
        return self.clock.monotonic()

    def sleep(self, seconds: float, /) -> None:
        """Let time pass, after a question about the snapshots of disks."""
        if self.asks and self.display.shows_percentages:
            self._ask()
            self.saw(self.operations)
        self.clock.sleep(seconds)

    def _ask(self) -> None:
        for operation in self.operations:
            if operation.resource_type is ResourceType.DISK_SNAPSHOT and not operation.done:
                percentage = self._percentage(operation.resource_name)
                if percentage is not None:
                    self.percentages = {**self.percentages, operation.id: percentage}

    def _percentage(self, name: str) -> int | None:
        try:
            return get_snapshot(self.client, name).progress
        except NotFoundError:
            # It may take a moment until a new snapshot is listed.
            return None
        except (LightsailCopyError, BotoCoreError):
            # The wait does without, as the caller may not be allowed to ask.
            self.asks = False
            return None

    def watch(self, wanted: Sequence[Operation | str], timeout: float, schedule: PollSchedule) -> None:
        """Watch operations until they are done."""
        for seen in watch_operations(self.client, wanted, timeout=timeout, schedule=schedule, clock=self):
            self.saw(seen)

    def pending(self, wanted: Sequence[Operation | str]) -> list[str]:
        """Return the ids of those operations that are not known to be done."""
        done = {operation.id for operation in self.operations if operation.done}
        ids = [each if isinstance(each, str) else each.id for each in wanted]
        return [each for each in dict.fromkeys(ids) if each not in done]


def follow(call: Invocation, connection: Connection, wanted: Sequence[Operation | str], timeout: float) -> Status:
    """
    Wait until operations are done, show how they get on, and write their last state.

    Args:
        call: what the common options say.
        connection: where the operations run.
        wanted: the operations, or their ids.
        timeout: how many seconds to wait; infinity waits for ever.

    Raises:
        Stop: the wait ended too soon, or a copy failed.
    """
    clock = call.tools.clock
    known = tuple(each for each in wanted if isinstance(each, Operation))
    lookout = _Lookout(connection.client(connection.region), clock, Lines(clock.time), known)
    try:
        with displayed(clock.time, known) as lookout.display:
            lookout.watch(wanted, timeout, connection.schedule)
    except InvalidRequestError:
        raise
    # Whatever ends the wait, the copy goes on, and its id must not be lost.
    except (KeyboardInterrupt, Exception) as error:
        lookout.operations = getattr(error, "operations", lookout.operations)
        if lookout.operations and not isinstance(error, KeyboardInterrupt):
            put_operations(lookout.operations, call.output)
        command = call.command(connection, "wait", *lookout.pending(wanted))
        raise _broken_off(error, command, known=bool(lookout.operations), demo=call.demo) from error
    put_operations(lookout.operations, call.output)
    return refuse_failed(lookout.operations)


def refuse_failed(operations: Sequence[Operation]) -> Status:
    """
    Return the status of operations none of which failed.

    Raises:
        Stop: one or more failed.
    """
    if any(operation.failed for operation in operations):
        raise explain(OperationFailedError(tuple(operations)))
    return Status.DONE


def _broken_off(error: BaseException, command: str, *, known: bool, demo: bool) -> Stop:
    """Return how a command ends whose wait was broken off."""
    stop = explain(error)
    status = stop.status
    if isinstance(error, KeyboardInterrupt):
        sentence = "the copy goes on at AWS."
    elif isinstance(error, WaitTimeoutError):
        state = "not all is done; the copy goes on at AWS" if known else "nothing was heard of the operations"
        sentence = f"after {error.waited:.0f} s {state}."
    elif known:
        sentence = f"{stop.sentences[0].rstrip('.')}. The copy goes on at AWS."
        status = Status.REFUSED
    else:
        return stop
    hint = "The demo ends here, but at AWS this would wait for it again:" if demo else "To wait for it again:"
    return Stop(status, sentence, heading=stop.heading, notes=(hint, f"    {command}"))
