"""A copy under asyncio ends as the blocking one does, in every cell of the fault matrix."""

from __future__ import annotations

import importlib.util

import both_worlds
import pytest
from both_worlds import OpenClient, World
from fault_matrix import ALL_CELLS, run

PARTS = 12
POSSIBLE = [cell for cell in ALL_CELLS if not cell.impossible]
has_aiobotocore = pytest.mark.skipif(
    importlib.util.find_spec("aiobotocore") is None, reason="the session aiobotocore installs it"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "open_client",
    [both_worlds.threads, pytest.param(both_worlds.aiobotocore, marks=has_aiobotocore)],
    ids=["threads", "aiobotocore"],
)
@pytest.mark.parametrize("part", range(PARTS))
def test_a_cell_ends_as_the_blocking_one_does(open_client: OpenClient, part: int) -> None:
    cells = POSSIBLE[part::PARTS]
    assert len(cells) > 200
    with pytest.MonkeyPatch.context() as monkeypatch, World(monkeypatch, open_client) as world:
        outcomes = [world.run(cell) for cell in cells]
    differing = [
        (cell, outcome, run(cell)) for cell, outcome in zip(cells, outcomes, strict=True) if outcome != run(cell)
    ]
    assert differing == []
