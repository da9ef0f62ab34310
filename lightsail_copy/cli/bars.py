"""The live bars of a wait, which rich redraws in a thread of its own: they move during calls too."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from attrs import Factory, frozen
from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.progress_bar import ProgressBar
from rich.table import Column, Table
from rich.text import Text

from lightsail_copy import Operation
from lightsail_copy.cli.printing import is_same_screen, put
from lightsail_copy.cli.progress import elapsed_text, route

if TYPE_CHECKING:
    from collections.abc import Generator

    from rich.console import ConsoleOptions, RenderResult

_WIDEST = 110
# Below it there is no room for bars and Regions.
_NARROWEST = 70
# The terminal writes ^C where the cursor stands; in a line of full width it would fold, and leave that line behind.
_ROOM_FOR_CTRL_C = 2
_WHOLE = 100
_SHORTEST_BAR = 8
# The widths of mark, percentage, status and time elapsed, and the spaces between all columns.
_OTHERS = 1 + 4 + 9 + 7 + 6


class _Row(NamedTuple):
    mark: Text
    name: Text
    route: Text
    bar: ProgressBar
    percentage: Text
    status: Text
    elapsed: Text


@frozen
class Frame:
    """
    One state of a wait, drawn as a line with a bar for each operation.

    Attributes:
        now: returns the seconds since 1970-01-01 00:00 UTC.
        operations: the newest state of all.
        percentages: their progress, by id.
    """

    now: Callable[[], float]
    operations: tuple[Operation, ...] = ()
    percentages: Mapping[str, int] = Factory(dict[str, int])

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it."""
        if not self.operations:
            yield Text("Getting the operations ...")
            return
        width = min(options.max_width - _ROOM_FOR_CTRL_C, _WIDEST)
        rows = [self._cells(operation, plain=options.ascii_only) for operation in self.operations]
        yield _grid(rows, width)

    def _cells(self, operation: Operation, *, plain: bool) -> _Row:
        style = "red" if operation.failed else "green" if operation.succeeded else "cyan"
        percentage = _WHOLE if operation.succeeded else self.percentages.get(operation.id)
        return _Row(
            Text(_mark(operation, plain=plain), style),
            Text(operation.resource_name, no_wrap=True, overflow="ellipsis"),
            Text(route(operation, "->" if plain else "→"), "dim"),
            _bar(operation, percentage, style),
            Text("" if percentage is None else f"{percentage}%"),
            Text(str(operation.status), style),
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


@frozen
class Bars:
    """
    Shows frames on a terminal.

    Attributes:
        now: returns the seconds since 1970-01-01 00:00 UTC.
        live: rich's display.
    """

    now: Callable[[], float]
    live: Live
    shows_percentages: bool = True

    def show(self, operations: tuple[Operation, ...], percentages: Mapping[str, int]) -> None:
        """Take the newest state of all operations, and their progress."""
        self.live.update(Frame(self.now, operations, percentages), refresh=True)


@contextmanager
def live_bars(now: Callable[[], float], operations: tuple[Operation, ...]) -> Generator[Bars]:
    """
    Return bars that are drawn on standard error, and stay there in their last state.

    Args:
        now: returns the seconds since 1970-01-01 00:00 UTC.
        operations: the known ones.
    """
    console = Console(stderr=True, highlight=False)
    # rich would send to standard error what is printed to standard output.
    with Live(Frame(now, operations), console=console, refresh_per_second=10, redirect_stdout=False) as live:
        yield Bars(now, live)


@frozen
class FleetBars:
    """
    Shows the outcomes of a fleet on a terminal.

    Attributes:
        progress: rich's display.
        whole: the bar of all copies.
        parts: the bar of each Region.
    """

    progress: Progress
    whole: TaskID
    parts: Mapping[str, TaskID]

    def started(self, line: str) -> None:
        """Take the name of a copy that has started, which no bar shows."""

    def show(self, region: str, line: str, *, succeeded: bool) -> None:
        """Move the bars, and print the line above them if the copy failed."""
        self.progress.advance(self.whole)
        self.progress.advance(self.parts[region])
        if not succeeded:
            self._print_above(Text(line, "red"))

    def put(self, text: str) -> None:
        """Write a part of the result: above the bars if standard output is the terminal that they are on."""
        if is_same_screen(sys.stdout, sys.stderr):
            self._print_above(Text(text))
        else:
            put(text)

    def _print_above(self, text: Text) -> None:
        # Not folded: what is copied from a terminal must be whole.
        self.progress.console.print(text, soft_wrap=True)


@contextmanager
def fleet_bars(regions: Sequence[str]) -> Generator[FleetBars]:
    """
    Return what shows the outcomes of a fleet: a bar for the whole and one for each Region, above them what failed.

    Args:
        regions: the target Region of each job.
    """
    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # rich would send to standard error what is printed to standard output.
    with Progress(*columns, console=console, redirect_stdout=False) as progress:
        whole = progress.add_task("all", total=len(regions))
        parts = {region: progress.add_task(region, total=count) for region, count in Counter(regions).items()}
        yield FleetBars(progress, whole, parts)
