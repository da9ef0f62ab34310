"""The display of a wait: live bars on a terminal, otherwise a line for each change."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Protocol

from attrs import Factory, define

from lightsail_copy.cli.printing import is_screen, put, say

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from lightsail_copy import Operation


class Display(Protocol):
    """Shows the state of operations."""

    @property
    def shows_percentages(self) -> bool:
        """Whether it shows percentages."""
        ...

    def show(self, operations: tuple[Operation, ...], percentages: Mapping[str, int]) -> None:
        """Take the newest state of all operations, and their progress in percent, by id."""
        ...


@define(eq=False, repr=False)
class Lines:
    """
    Prints a line for each operation whose status has changed.

    Attributes:
        now: returns the seconds since 1970-01-01 00:00 UTC.
        statuses: the last printed status, by id.
    """

    now: Callable[[], float]
    statuses: dict[str, str] = Factory(dict[str, str])
    shows_percentages: bool = False

    def show(self, operations: tuple[Operation, ...], percentages: Mapping[str, int]) -> None:  # noqa: ARG002 - Display
        """Take the newest state of all operations."""
        for operation in operations:
            if self.statuses.get(operation.id) != operation.status:
                self.statuses[operation.id] = str(operation.status)
                say(self._line(operation))

    def _line(self, operation: Operation) -> str:
        elapsed = elapsed_text(operation, self.now())
        time = f" after {elapsed}" if operation.done else f", {elapsed} so far (operation {operation.id})"
        return f"{operation.resource_name} ({route(operation, 'to')}): {operation.status}{time}"


@contextmanager
def displayed(now: Callable[[], float], operations: tuple[Operation, ...]) -> Generator[Display]:
    """
    Return the display of a wait, within its context.

    Args:
        now: returns the seconds since 1970-01-01 00:00 UTC.
        operations: the known ones.
    """
    if not is_screen(sys.stderr):
        yield Lines(now)
        return
    from lightsail_copy.cli.bars import live_bars

    with live_bars(now, operations) as bars:
        yield bars


def route(operation: Operation, arrow: str) -> str:
    """
    Return the source and the target Region of a copy; for another operation, its Region.

    Args:
        operation: the operation.
        arrow: the text between the two.
    """
    target = str(operation.location.region_name)
    source, colon, _ = (operation.operation_details or "").partition(":")
    return f"{source} {arrow} {target}" if colon else target


def elapsed_text(operation: Operation, now: float) -> str:
    """
    Return how long an operation has taken, by the service's timestamps.

    Args:
        operation: the operation.
        now: the seconds since 1970-01-01 00:00 UTC.
    """
    present = datetime.fromtimestamp(now, timezone.utc)
    end = (operation.status_changed_at or present) if operation.done else present
    # The clocks of the service and of this machine may differ.
    minutes, seconds = divmod(max(0, int((end - operation.created_at).total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


class FleetDisplay(Protocol):
    """Shows the copies of a fleet, and writes its result between them."""

    def started(self, line: str) -> None:
        """Take the name of a copy that has started, from any thread."""
        ...

    def show(self, region: str, line: str, *, succeeded: bool) -> None:
        """Take an outcome: the target Region, what became of the copy, and whether it succeeded."""
        ...

    def put(self, text: str) -> None:
        """Write a part of the result to standard output."""
        ...


class FleetLines:
    """Prints a line for each copy that has started, and for each outcome."""

    def started(self, line: str) -> None:
        """Print the line."""
        say(line)

    def show(self, region: str, line: str, *, succeeded: bool) -> None:  # noqa: ARG002 - FleetDisplay
        """Print the line."""
        say(line)

    def put(self, text: str) -> None:
        """Write a part of the result."""
        put(text)


@contextmanager
def fleet_display(regions: Sequence[str]) -> Generator[FleetDisplay]:
    """
    Return the display of a fleet, within its context.

    On a terminal there is a bar for the whole and one for each Region, and lines for what failed; otherwise a line for
    each copy that has started, and for each outcome.

    Args:
        regions: the target Region of each job.
    """
    if not is_screen(sys.stderr):
        yield FleetLines()
        return
    from lightsail_copy.cli.bars import fleet_bars

    with fleet_bars(regions) as bars:
        yield bars
