"""The live bars on a terminal, which rich redraws in a thread of its own: they move during calls too."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, NamedTuple

from attrs import Factory, define
from botocore.exceptions import BotoCoreError
from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Column, Table
from rich.text import Text

from lightsail_copy import LightsailCopyError, NotFoundError, Operation, ResourceType, get_snapshot
from lightsail_copy.cli.output import clean, is_same_screen, put
from lightsail_copy.cli.progress import duration_text, elapsed_text, route

if TYPE_CHECKING:
    from collections.abc import Generator

    from rich.console import ConsoleOptions, RenderResult

    from lightsail_copy.cli.invocation import Clock

_WIDEST = 110
# Below it there is no room for bars and Regions.
_NARROWEST = 70
# The terminal writes ^C where the cursor stands; in a line of full width it would fold, and leave that line behind.
_ROOM_FOR_CTRL_C = 2
_WHOLE = 100
_SHORTEST_BAR = 8
# The widths of mark, percentage, status and time elapsed, and the spaces between all columns.
_OTHERS = 1 + 4 + 9 + 7 + 6


def _live(frame: object) -> Live:
    console = Console(stderr=True, highlight=False)
    # rich would send to standard error what is printed to standard output.
    return Live(frame, console=console, refresh_per_second=10, redirect_stdout=False)  # type: ignore[arg-type]


def _refresh(live: Live | None) -> None:
    if live is not None:
        live.refresh()


class _Row(NamedTuple):
    mark: Text
    name: Text
    route: Text
    bar: ProgressBar
    percentage: Text
    status: Text
    elapsed: Text


@define(eq=False, repr=False)
class Bars:
    """
    A line with a bar for each operation.

    Attributes:
        now: returns the seconds since 1970-01-01 00:00 UTC.
        operations: the newest state of all.
        percentages: the progress of disk snapshots, by the id of their operation.
        live: rich's display, once it is there.
    """

    now: Callable[[], float]
    operations: tuple[Operation, ...] = ()
    percentages: dict[str, int] = Factory(dict[str, int])
    live: Live | None = None

    def show(self, operations: tuple[Operation, ...]) -> None:
        """Show the newest state of all operations."""
        self.operations = operations
        _refresh(self.live)

    def get_percentages(self, client: Any, clock: Clock, delay: float, ended: Event) -> None:
        """
        Get the progress of disk snapshots again and again, which only the snapshots themselves have.

        Args:
            client: a client of the target Region.
            clock: sleeps.
            delay: the seconds between two rounds.
            ended: set when the wait is over.
        """
        while not ended.is_set():
            for operation in self.operations:
                if operation.resource_type is ResourceType.DISK_SNAPSHOT and not operation.done:
                    try:
                        progress = get_snapshot(client, operation.resource_name).progress
                    except NotFoundError:
                        # A new snapshot may be listed later.
                        continue
                    except (LightsailCopyError, BotoCoreError):
                        # The caller may lack the permission. The wait does not need it.
                        return
                    if progress is not None:
                        self.percentages[operation.id] = progress
            _refresh(self.live)
            clock.sleep(delay)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it."""
        if not self.operations:
            yield Text("Getting the operations ...")
            return
        width = min(options.max_width - _ROOM_FOR_CTRL_C, _WIDEST)
        yield _grid([self._cells(operation, plain=options.ascii_only) for operation in self.operations], width)

    def _cells(self, operation: Operation, *, plain: bool) -> _Row:
        style = "red" if operation.failed else "green" if operation.succeeded else "cyan"
        percentage = _WHOLE if operation.succeeded else self.percentages.get(operation.id)
        return _Row(
            Text(_mark(operation, plain=plain), style),
            Text(clean(operation.resource_name), no_wrap=True, overflow="ellipsis"),
            Text(clean(route(operation, "->" if plain else "→")), "dim"),
            _bar(operation, percentage, style),
            Text("" if percentage is None else f"{percentage}%"),
            Text(clean(str(operation.status)), style),
            Text(elapsed_text(operation, self.now())),
        )


def _grid(rows: list[_Row], width: int) -> Table:
    """Return the rows as a grid: the bars take the spare room, and long names are cut where there is none."""
    roomy = width >= _NARROWEST
    names, routes = (
        max(len(cell) for cell in cells) for cells in zip(*((row.name, row.route) for row in rows), strict=True)
    )
    room = width - _OTHERS - (routes + _SHORTEST_BAR if roomy else 0)
    grid = Table.grid(
        Column(),
        Column(width=max(min(names, room), 1)),
        *([Column(no_wrap=True), Column(ratio=1)] if roomy else []),
        Column(justify="right", width=4),
        Column(min_width=9, no_wrap=True),
        Column(justify="right", min_width=5, no_wrap=True),
        padding=(0, 1),
        expand=True,
    )
    grid.width = width
    for row in rows:
        grid.add_row(*(row if roomy else (*row[:2], *row[4:])))
    return grid


def _mark(operation: Operation, *, plain: bool) -> str:
    if operation.failed:
        return "x" if plain else "✗"
    if operation.done:
        return "v" if plain else "✓"
    return " "


def _bar(operation: Operation, percentage: int | None, style: str) -> ProgressBar:
    if percentage is None and not operation.done:
        return ProgressBar(pulse=True, pulse_style=style)
    return ProgressBar(completed=percentage or 0, total=_WHOLE, complete_style=style, finished_style=style)


@contextmanager
def live_bars(
    operations: tuple[Operation, ...], client: Any, clock: Clock, delay: float
) -> Generator[Bars]:
    """
    Return bars that are drawn on standard error, and stay there in their last state.

    Args:
        operations: the known ones.
        client: a client of the target Region, for the progress of disk snapshots.
        clock: has the time and sleeps.
        delay: the seconds between two looks at the progress.
    """
    bars, ended = Bars(clock.time, operations), Event()
    with _live(bars) as bars.live:
        # It does not hold the process.
        Thread(target=bars.get_percentages, args=(client, clock, delay, ended), daemon=True).start()
        try:
            yield bars
        finally:
            ended.set()


@define(eq=False, repr=False)
class FleetBars:
    """
    A line with a bar for each Region of a fleet, and one for all.

    Attributes:
        clock: has the time.
        totals: the number of copies to each Region.
        since: when the fleet started.
        counts: how many copies run, are done, failed, and failed after they had started, by state and Region.
        live: rich's display, once it is there.
    """

    clock: Clock
    totals: Mapping[str, int]
    since: float
    counts: Counter[tuple[str, str]] = Factory(Counter)
    live: Live | None = None

    def started(self, region: str, line: str) -> None:  # noqa: ARG002 - FleetDisplay
        """Count a copy that has started."""
        self.counts["running", region] += 1
        _refresh(self.live)

    def ended(self, region: str, line: str, *, had_started: bool, succeeded: bool) -> None:
        """Count an outcome, and print the line above the bars if the copy failed."""
        self.counts["running", region] -= had_started
        self.counts["done" if succeeded else "failed", region] += 1
        if not succeeded:
            self.counts["lost", region] += had_started
            self._print_above(Text(clean(line), "red"))
        _refresh(self.live)

    def put(self, text: str) -> None:
        """Write a part of the result: above the bars if standard output is the terminal that they are on."""
        if is_same_screen(sys.stdout, sys.stderr):
            self._print_above(Text(text))
        else:
            put(text)

    def _print_above(self, text: Text) -> None:
        assert self.live is not None  # noqa: S101 - for type checkers
        # Not folded: what is copied from a terminal must be whole.
        self.live.console.print(text, soft_wrap=True)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it."""
        grid = Table.grid(
            Column(no_wrap=True),
            Column(ratio=1),
            *(Column(justify="right", min_width=5) for _ in range(4)),
            padding=(0, 1),
            expand=True,
        )
        grid.width = min(options.max_width - _ROOM_FOR_CTRL_C, _WIDEST)
        elapsed = duration_text(self.clock.monotonic() - self.since)
        grid.add_row(elapsed, "", "started", "running", "done", "failed", style="dim")
        for region in (*self.totals, ""):
            running, done, failed, lost = (self._count(name, region) for name in ("running", "done", "failed", "lost"))
            total = self.totals.get(region) or sum(self.totals.values())
            bar = ProgressBar(completed=done, total=total, complete_style="cyan", finished_style="green")
            started = f"{running + done + lost}/{total}"
            styled = Text(str(done), "green" if done else ""), Text(str(failed), "red" if failed else "")
            grid.add_row(region or "all", bar, started, str(running), *styled)
        yield grid

    def _count(self, name: str, region: str) -> int:
        return sum(count for (what, where), count in self.counts.items() if what == name and region in {where, ""})


@contextmanager
def fleet_bars(regions: Sequence[str], clock: Clock) -> Generator[FleetBars]:
    """
    Return what shows the outcomes of a fleet: a bar for each Region and one for all, above them what failed.

    Args:
        regions: the target Region of each copy.
        clock: has the time.
    """
    bars = FleetBars(clock, Counter(regions), clock.monotonic())
    with _live(bars) as bars.live:
        yield bars
