"""The live bars on a terminal, which rich redraws in a thread of its own: they move during calls too."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, cast

from attrs import Factory, define
from botocore.exceptions import BotoCoreError
from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Column, Table
from rich.text import Text

from lightsail_copy import LightsailCopyError, NotFoundError, Operation, ResourceType, get_snapshot
from lightsail_copy.cli.invocation import Clock
from lightsail_copy.cli.output import clean, say
from lightsail_copy.cli.progress import duration_text, elapsed_text, route

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from rich.console import ConsoleOptions, RenderableType, RenderResult

_WIDEST = 110
# Below it there is no room for bars and Regions.
_NARROWEST = 70
# The terminal writes ^C where the cursor stands; in a line of full width it would fold, and leave that line behind.
_ROOM_FOR_CTRL_C = 2
# The widths of mark, percentage, status and time elapsed, the spaces between all columns, and the shortest bar.
_OTHERS, _SHORTEST_BAR = 1 + 4 + 9 + 7 + 6, 8
_MARKS = {"red": ("x", "✗"), "green": ("v", "✓"), "cyan": (" ", " ")}


@contextmanager
def _drawn(frame: RenderableType) -> Generator[Live]:
    """Draw a frame on standard error within the context, and leave it there in its last state."""
    # rich would send to standard error what is printed to standard output.
    console = Console(stderr=True, highlight=False)
    with Live(frame, console=console, refresh_per_second=10, redirect_stdout=False) as live:
        yield live


def _width(options: ConsoleOptions) -> int:
    return min(options.max_width - _ROOM_FOR_CTRL_C, _WIDEST)


@define(eq=False)
class Bars:
    """A line with a bar for each operation, and the progress of disk snapshots, by the id of their operation."""

    clock: Clock
    operations: tuple[Operation, ...]
    live: Live
    percentages: dict[str, int] = Factory(dict[str, int])

    def show(self, operations: tuple[Operation, ...]) -> None:
        """Show the newest state of all operations."""
        self.operations = operations
        self.live.refresh()

    def get_percentages(self, client: Any, delay: float, ended: Event, drawing: Lock) -> None:
        """Get the progress of disk snapshots again and again, until the wait has ended: only the snapshots have it."""
        while True:
            for operation in self.operations:
                if operation.resource_type is not ResourceType.DISK_SNAPSHOT or operation.done:
                    continue
                try:
                    progress = get_snapshot(client, operation.resource_name).progress
                except NotFoundError:
                    # A new snapshot may be listed later.
                    continue
                except (LightsailCopyError, BotoCoreError):
                    # The caller may lack the permission. The wait does not need it.
                    return
                self.percentages |= {} if progress is None else {operation.id: progress}
            with drawing:
                if ended.is_set():
                    return
                self.live.refresh()
            self.clock.sleep(delay)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it: the bars take the spare room, and long names are cut if there is none."""
        if not self.operations:
            yield Text("Getting the operations ...")
            return
        rows = [self._cells(operation, plain=options.ascii_only) for operation in self.operations]
        width = _width(options)
        shown = range(7) if width >= _NARROWEST else (0, 1, 4, 5, 6)
        room = width - _OTHERS - (max(len(row[2]) for row in rows) + _SHORTEST_BAR if width >= _NARROWEST else 0)
        columns = (
            Column(),
            Column(width=max(1, min(room, max(len(row[1]) for row in rows)))),
            Column(no_wrap=True),
            Column(ratio=1),
            Column(width=4, justify="right"),
            Column(min_width=9, no_wrap=True),
            Column(min_width=5, no_wrap=True, justify="right"),
        )
        grid = Table.grid(*(columns[number] for number in shown), padding=(0, 1), expand=True)
        grid.width = width
        for row in rows:
            grid.add_row(*(row[number] for number in shown))
        yield grid

    def _cells(self, operation: Operation, *, plain: bool) -> tuple[Any, ...]:
        style = "red" if operation.failed else "green" if operation.succeeded else "cyan"
        percentage = 100 if operation.succeeded else self.percentages.get(operation.id)
        bar = ProgressBar(completed=percentage or 0, complete_style=style, finished_style=style)
        return (
            Text(_MARKS[style][not plain], style),
            Text(clean(operation.resource_name), no_wrap=True, overflow="ellipsis"),
            Text(clean(route(operation, "->" if plain else "→")), "dim"),
            ProgressBar(pulse=True, pulse_style=style) if percentage is None and not operation.done else bar,
            Text("" if percentage is None else f"{percentage}%"),
            Text(clean(str(operation.status)), style),
            Text(elapsed_text(operation, self.clock.time())),
        )


@contextmanager
def live_bars(operations: tuple[Operation, ...], client: Any, clock: Clock, delay: float) -> Generator[Bars]:
    """Return bars for operations; `delay` is how long to wait before looking up the progress of disks again."""
    bars, ended, drawing = Bars(clock, operations, cast("Live", None)), Event(), Lock()
    with _drawn(bars) as bars.live:
        Thread(target=bars.get_percentages, args=(client, delay, ended, drawing), daemon=True).start()
        try:
            yield bars
        finally:
            # After it, nothing is drawn: the terminal may be closed.
            with drawing:
                ended.set()


@define(eq=False)
class FleetBars:
    """A line with a bar for each Region of a fleet and one for all, from counts of copies by state and Region."""

    clock: Clock
    totals: Counter[str]
    since: float
    live: Live
    counts: Counter[tuple[str, str]] = Factory(Counter[tuple[str, str]])

    def started(self, region: str, line: str) -> None:  # noqa: ARG002 - lines need it
        """Count a copy that has started."""
        self.counts["running", region] += 1
        self.live.refresh()

    def ended(self, region: str, line: str, *, had_started: bool, succeeded: bool) -> None:
        """Count an outcome, and print the line above the bars if the copy failed."""
        self.counts["running", region] -= had_started
        self.counts["done" if succeeded else "failed", region] += 1
        self.counts["started", region] += succeeded or had_started
        if not succeeded:
            # rich prints above the bars what goes to standard error.
            say(line)
        self.live.refresh()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it."""
        numbers = (Column(justify="right", min_width=5) for _ in range(4))
        grid = Table.grid(Column(no_wrap=True), Column(ratio=1), *numbers, padding=(0, 1), expand=True)
        grid.width = _width(options)
        elapsed = duration_text(self.clock.monotonic() - self.since)
        grid.add_row(elapsed, "", "started", "running", "done", "failed", style="dim")
        for region in (*self.totals, "all"):
            total = self.totals[region] or self.totals.total()
            running, done, failed, ended = (
                self._count(each, region) for each in ("running", "done", "failed", "started")
            )
            bar = ProgressBar(total=total, completed=done, complete_style="cyan", finished_style="green")
            styled = Text(str(done), "green" if done else ""), Text(str(failed), "red" if failed else "")
            grid.add_row(region, bar, f"{running + ended}/{total}", str(running), *styled)
        yield grid

    def _count(self, state: str, region: str) -> int:
        return sum(count for (each, where), count in self.counts.items() if each == state and region in {where, "all"})


@contextmanager
def fleet_bars(regions: Sequence[str], clock: Clock) -> Generator[FleetBars]:
    """Return bars for a fleet, of which each copy has a target Region."""
    bars = FleetBars(clock, Counter(regions), clock.monotonic(), cast("Live", None))
    with _drawn(bars) as bars.live:
        yield bars
