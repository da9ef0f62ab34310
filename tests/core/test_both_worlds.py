"""
A copy under asyncio ends as the blocking one does, whatever goes wrong.

Both drivers carry out the same flows, so one cell of the fault matrix for each cause shows that a driver passes on what
the cause is. What lookups meet, and all points, come up in these cells too.
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from typing import TYPE_CHECKING

import both_worlds
import pytest
from fault_matrix import ALL_CELLS, BOTH, CAUSES, LOOKUPS, MODES, POINTS, run

if TYPE_CHECKING:
    from fault_matrix import Cell, Copy

has_aiobotocore = pytest.mark.skipif(
    importlib.util.find_spec("aiobotocore") is None, reason="the session aiobotocore installs it"
)


def parts(cell: Cell) -> tuple[object, ...]:
    """Return what a cell consists of besides its cause."""
    return cell.point, cell.lookup, cell.mode, cell.if_exists


def one_cell_for_each_cause() -> list[Cell]:
    """Return a cell for each cause, the one whose parts were used least; the rarest points come last in the matrix."""
    chosen: list[Cell] = []
    used: Counter[object] = Counter()
    for cause in CAUSES:
        cells = [cell for cell in reversed(ALL_CELLS) if cell.cause is cause]
        chosen.append(min(cells, key=lambda cell: sum(used[part] for part in parts(cell))))
        used.update(parts(chosen[-1]))
    return chosen


CELLS = one_cell_for_each_cause()


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(both_worlds.copy_awaiting(both_worlds.threads), id="threads"),
        pytest.param(both_worlds.copy_awaiting(both_worlds.aiobotocore), id="aiobotocore", marks=has_aiobotocore),
    ],
)
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.cause.name)
def test_a_cell_ends_as_the_blocking_one_does(copy: Copy, cell: Cell) -> None:
    assert run(cell, copy=copy) == run(cell)


def test_the_cells_have_every_cause_and_every_part() -> None:
    assert [cell.cause for cell in CELLS] == list(CAUSES)
    assert {part for cell in CELLS for part in parts(cell)} == {*POINTS, *LOOKUPS, *MODES, *BOTH}
    assert {"adopted", "result"} < {run(cell).ending for cell in CELLS}
