"""The display of waits and fleets away from a terminal: a line for each change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from attrs import Factory, frozen

from lightsail_copy.cli.output import say

if TYPE_CHECKING:
    from lightsail_copy import Operation


@frozen(eq=False)
class Lines:
    """Prints a line for each operation whose status has changed; `now` returns the time, as `time.time` does."""

    now: Callable[[], float]
    statuses: dict[str, str] = Factory(dict[str, str])

    def show(self, operations: tuple[Operation, ...]) -> None:
        """Print a line for each change."""
        for operation in operations:
            if self.statuses.get(operation.id) != operation.status:
                self.statuses[operation.id] = str(operation.status)
                elapsed = elapsed_text(operation, self.now())
                time = f" after {elapsed}" if operation.done else f", {elapsed} so far (operation {operation.id})"
                say(f"{operation.resource_name} ({route(operation, 'to')}): {operation.status}{time}")


class FleetLines:
    """Prints a line for each copy that has started, and for each outcome."""

    def started(self, region: str, line: str, **_: bool) -> None:  # noqa: ARG002 - the bars need it
        """Print the line."""
        say(line)

    ended = started


def route(operation: Operation, arrow: str) -> str:
    """Return the source and the target Region of a copy, with an arrow between them; otherwise its Region."""
    target = str(operation.location.region_name)
    source, colon, _ = (operation.operation_details or "").partition(":")
    return f"{source} {arrow} {target}" if colon else target


def elapsed_text(operation: Operation, now: float) -> str:
    """Return how long an operation has taken, by the service's timestamps."""
    present = datetime.fromtimestamp(now, timezone.utc)
    end = (operation.status_changed_at or present) if operation.done else present
    return duration_text((end - operation.created_at).total_seconds())


def duration_text(seconds: float) -> str:
    """Return a duration as hours, minutes and seconds."""
    # The clocks of the service and of this machine may differ.
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
