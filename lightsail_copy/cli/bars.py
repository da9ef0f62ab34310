"""The live bars on a terminal, which rich redraws in a separate thread, so that they move during calls too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from threading import Event, Lock, Thread
from typing import Any

from botocore.exceptions import BotoCoreError
from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Column, Table
from rich.text import Text

from lightsail_copy import CopyOutcome, LightsailCopyError, NotFoundError, Operation, ResourceType, get_snapshot
from lightsail_copy.cli.invocation import Clock
from lightsail_copy.cli.output import clean, duration_text, elapsed_text, route, say

_WIDEST = 110
# Below it there is no room for bars and Regions.
_NARROWEST, _SHORTEST_BAR = 70, 8
# The terminal prints ^C at the cursor; a line of full width would wrap, and stay on the screen.
_ROOM_FOR_CTRL_C = 2
_MARKS = {"red": ("x", "✗"), "green": ("v", "✓"), "cyan": (" ", " ")}


def _live(draw: Callable[[Console], RenderableType]) -> Live:
    """Return a context that draws on standard error, and leaves the last drawing there."""
    console = Console(stderr=True, highlight=False)
    # By default, rich redirects standard output to standard error.
    return Live(get_renderable=lambda: draw(console), console=console, refresh_per_second=10, redirect_stdout=False)


def _grid(console: Console, *columns: Column) -> Table:
    grid = Table.grid(*columns, padding=(0, 1), expand=True)
    grid.width = min(console.width - _ROOM_FOR_CTRL_C, _WIDEST)
    return grid


def _operation_grid(
    console: Console, operations: Iterable[Operation], percentages: Mapping[str, int], now: float
) -> RenderableType:
    """Draw the operations: the bars take the spare room, and long names are cut if there is none."""
    if not operations:
        return "Getting the operations ..."
    is_plain, is_wide = console.options.ascii_only, console.width >= _NARROWEST + _ROOM_FOR_CTRL_C
    grid = _grid(
        console,
        Column(no_wrap=True),
        Column(ratio=None if is_wide else 1),
        *((Column(no_wrap=True), Column(ratio=1, width=_SHORTEST_BAR)) if is_wide else ()),
        Column(width=4, justify="right"),
        Column(min_width=9, no_wrap=True),
        Column(min_width=5, no_wrap=True, justify="right"),
    )
    for each in operations:
        style = "red" if each.failed else "green" if each.succeeded else "cyan"
        percentage = 100 if each.succeeded else percentages.get(each.id)
        pulse = percentage is None and not each.done
        bar = ProgressBar(completed=percentage or 0, pulse=pulse, pulse_style=style)
        bar.complete_style = bar.finished_style = style
        grid.add_row(
            Text(_MARKS[style][not is_plain], style),
            Text(clean(each.resource_name), no_wrap=True, overflow="ellipsis"),
            *((Text(clean(route(each, "->" if is_plain else "→")), "dim"), bar) if is_wide else ()),
            "" if percentage is None else f"{percentage}%",
            Text(clean(str(each.status)), style),
            elapsed_text(each, now),
        )
    return grid


@contextmanager
def operation_bars(
    operations: Iterable[Operation], client: Any, clock: Clock, delay: float
) -> Generator[Callable[[Iterable[Operation]], None]]:
    """Return a function that shows operations as bars; `delay` is the time between lookups of disks' progress."""
    percentages: dict[str, int] = {}
    ended, drawing = Event(), Lock()

    def get_percentages() -> None:
        """Keep getting the progress of disk snapshots until the wait has ended: their operations have none."""
        while True:
            for each in operations:
                if each.resource_type is ResourceType.DISK_SNAPSHOT and not each.done:
                    try:
                        progress = get_snapshot(client, each.resource_name).progress
                    except NotFoundError:
                        # A new snapshot may be listed later.
                        continue
                    except (LightsailCopyError, BotoCoreError):
                        # The caller may lack the permission. The wait does not need it.
                        return
                    percentages.update({} if progress is None else {each.id: progress})
            with drawing:
                if ended.is_set():
                    return
                live.refresh()
            clock.sleep(delay)

    def show(newest: Iterable[Operation]) -> None:
        nonlocal operations
        operations = newest
        live.refresh()

    with _live(lambda console: _operation_grid(console, operations, percentages, clock.time())) as live:
        show(operations)
        Thread(target=get_percentages, daemon=True).start()
        try:
            yield show
        finally:
            # From now on, nothing is drawn: the terminal may be closed.
            with drawing:
                ended.set()


@contextmanager
def fleet_bars(
    regions: Iterable[str], latest: Iterable[CopyOutcome], clock: Clock
) -> Generator[Callable[[CopyOutcome, str], None]]:
    """Return a function that shows what is known of a fleet, as a bar for each Region and one for all."""
    totals, since = Counter(regions), clock.monotonic()

    def draw(console: Console) -> RenderableType:
        numbers = (Column(justify="right", min_width=5) for _ in range(4))
        grid = _grid(console, Column(no_wrap=True), Column(ratio=1), *numbers)
        grid.add_row(duration_text(clock.monotonic() - since), "", "started", "running", "done", "failed", style="dim")
        outcomes = [*latest]  # a copy, because another thread adds to it
        for region in (*totals, "all"):
            known = [each for each in outcomes if region in {str(each.job.target_region), "all"}]
            started, running = sum(each.result is not None for each in known), sum(not each.done for each in known)
            done, total = sum(each.succeeded for each in known), totals[region] or totals.total()
            failed = len(known) - running - done
            bar = ProgressBar(total=total, completed=done, complete_style="cyan", finished_style="green")
            ended = Text(str(done), "green" if done else ""), Text(str(failed), "red" if failed else "")
            grid.add_row(region, bar, f"{started}/{total}", str(running), *ended)
        return grid

    def show(outcome: CopyOutcome, line: str) -> None:
        if outcome.done and not outcome.succeeded:
            # rich prints standard error above the bars.
            say(line)
        live.refresh()

    with _live(draw) as live:
        yield show
