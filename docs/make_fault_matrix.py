"""
Make `fault-matrix.md`, beside this script, by running every cell of the fault matrix against the fake.

    python docs/make_fault_matrix.py

The cells are those of the tests (`tests/core/fault_matrix.py` and `tests/core/names_in_use.py`), which derive what each
has to end in.
"""

# ruff: noqa: INP001 - a script, not a package
from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

DOCUMENT = Path(__file__).with_name("fault-matrix.md")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "core"))

from fault_matrix import ALL_CELLS, CAUSES, LOOKUPS, Cause, Cell, Outcome, run  # noqa: E402 - found by the line above
from names_in_use import ALL_NAME_CELLS, RESOURCES, Resource, run_name_cell  # noqa: E402 - as above

T = TypeVar("T")

HEAD = """\
# Every fault

The outcome of `copy_snapshot` for each fault at each point. A script, `docs/make_fault_matrix.py`, makes this page: it
runs each cell against the fake. The tests derive the expected outcome of each cell from the contract, and keep this
page up to date.

There are {cells} cells, of which {possible} are run. The other {impossible} are impossible: see below each
table. In {started} cells, the copy started, and the target Region has exactly one snapshot. In the others, it has none.
Another {held} cells follow, in which the name was in use before the call.

## How to read it

A cell has the number of snapshots in the target Region, the outcome, and the number of calls: `CopySnapshot` +
`GetOperationsForResource`. So `1 · adopted · 3+1` is one snapshot, a result with `adopted=True`, three attempts of the
copy and one lookup. `result` is a plain result; † marks an error that says that the copy may have started.

- The rows: the point at which the fault occurs, and how the client retries: botocore's retry modes `legacy` (5
  attempts) and `standard` (3), and a client of one attempt. `if_exists` is `raise` or `adopt`; `either` where both
  have the same outcome.
- The columns: what goes wrong with the lookups. A problem with "once" or "twice" passes after that many lookups. The
  others last until `lookup_timeout` has passed.
- botocore does not retry after a rejection for the name, nor after a response with the status 200, even if it cannot be
  parsed. So "after the copy started, on the first attempt" ends with a retry that is rejected for the name,
  which the call's own copy uses.
"""

HELD_HEAD = """\
## Where the name is in use

The client's retry mode is `standard`. The existing resource was created an hour before the call, and the call does not
change it.
"""


def main() -> None:
    """Write the document."""
    DOCUMENT.write_text(document(), encoding="utf-8")


def document() -> str:
    """Return the document as it has to be now."""
    possible = [cell for cell in ALL_CELLS if not cell.impossible]
    head = HEAD.format(
        cells=f"{len(ALL_CELLS):,}",
        possible=f"{len(possible):,}",
        impossible=f"{len(ALL_CELLS) - len(possible):,}",
        started=f"{sum(run(cell).snapshots for cell in possible):,}",
        held=f"{len(ALL_NAME_CELLS):,}",
    )
    parts = [head, *map(of_cause, CAUSES), HELD_HEAD, *map(of_resource, RESOURCES)]
    return "\n".join(parts)


def of_cause(cause: Cause) -> str:
    """Return the part of a cause."""
    own = [cell for cell in ALL_CELLS if cell.cause is cause]
    rows: list[tuple[str, str, str, str]] = []
    for point, at_point in grouped((cell for cell in own if not cell.impossible), lambda cell: cell.point.name):
        rows += [(point, *row) for row in rows_of_point(at_point)]
    return "\n".join(
        [
            f"## {cause.name[0].upper()}{cause.name[1:]}\n",
            *table(("point", "retry mode", "if_exists"), rows),
            "",
            *never(own),
            "",
        ]
    )


def rows_of_point(cells: list[Cell]) -> list[tuple[str, str, str]]:
    """Return the rows of a point: those of one retry mode and `if_exists`, those that are alike drawn together."""
    by_mode = {
        mode: merged({cell_if: shown(map(run, row)) for cell_if, row in grouped(of_mode, lambda cell: cell.if_exists)})
        for mode, of_mode in grouped(cells, lambda cell: cell.mode.name)
    }
    alike: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for mode, rows in by_mode.items():
        alike.setdefault(tuple(rows), []).append(mode)
    return [(", ".join(modes), if_exists, text) for rows, modes in alike.items() for if_exists, text in rows]


def never(cells: list[Cell]) -> list[str]:
    """Return the lines that say which cells are impossible, and why."""
    alike: dict[tuple[str, str], dict[str, None]] = {}
    for cell in cells:
        if cell.impossible:
            alike.setdefault((cell.point.name, cell.impossible), {})[cell.mode.name] = None
    return ["Impossible:\n", *(f"- {point} ({', '.join(modes)}): {why}" for (point, why), modes in alike.items())]


def of_resource(resource: Resource) -> str:
    """Return the part of what holds the name."""
    rows: list[tuple[str, str, str]] = []
    own = (cell for cell in ALL_NAME_CELLS if cell.resource is resource)
    for trouble, of_trouble in grouped(own, lambda cell: cell.trouble.name):
        texts = {word: shown(map(run_name_cell, row)) for word, row in grouped(of_trouble, lambda cell: cell.if_exists)}
        rows += [(trouble, *row) for row in merged(texts)]
    return "\n".join([f"### By {resource.name}\n", *table(("what goes wrong", "if_exists"), rows), ""])


def grouped(cells: Iterable[T], key: Callable[[T], str]) -> list[tuple[str, list[T]]]:
    """Return what has the same key, neighbours as they are."""
    return [(name, list(same)) for name, same in groupby(cells, key)]


def merged(texts: dict[str, str]) -> list[tuple[str, str]]:
    """Return the rows of both words of `if_exists`, one where they are alike."""
    return [("either", next(iter(texts.values())))] if len(set(texts.values())) == 1 else list(texts.items())


def shown(outcomes: Iterable[Outcome]) -> str:
    """Return a row of outcomes."""
    return " | ".join(
        f"{each.snapshots} · {each.ending}{'†' * each.may_have_started} · {each.copies}+{each.lookups}"
        for each in outcomes
    )


def table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Return the lines of a table, its last columns what becomes of the lookup."""
    heads = (*columns, *(lookup.name for lookup in LOOKUPS))
    return [f"| {' | '.join(line)} |" for line in (heads, ("---",) * len(heads), *rows)]


if __name__ == "__main__":
    main()
