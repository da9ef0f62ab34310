"""
A copy under asyncio ends as the blocking one does, whatever goes wrong.

Both drivers carry out the same flows, so one cell of the fault matrix for each cause shows that a driver passes on what
the cause is. What lookups meet, and all points, come up in these cells too.
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import both_worlds
import pytest
from fault_matrix import ALL_CELLS, CAUSES, LOOKUPS, POINTS, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fault_matrix import Cell, Copy

has_aiobotocore = pytest.mark.skipif(
    importlib.util.find_spec("aiobotocore") is None, reason="the session aiobotocore installs it"
)


def one_cell_for_each_cause() -> Iterator[Cell]:
    """Yield a cell for each cause; the points, the kinds of lookup and `if_exists` take turns."""
    for number, cause in enumerate(CAUSES):
        lookup, if_exists = LOOKUPS[number % len(LOOKUPS)], ("adopt", "raise")[number % 2]
        kind = (cause, lookup, if_exists)
        chosen = [cell for cell in ALL_CELLS if (cell.cause, cell.lookup, cell.if_exists) == kind]
        yield chosen[number % len(chosen)]


CELLS = [*one_cell_for_each_cause()]


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


def test_the_cells_are_of_every_cause_and_every_kind_of_lookup() -> None:
    assert [cell.cause for cell in CELLS] == list(CAUSES)
    assert {cell.lookup for cell in CELLS} == set(LOOKUPS)
    assert {cell.point for cell in CELLS} == set(POINTS)
    assert {"adopted", "result"} < {run(cell).ending for cell in CELLS}
