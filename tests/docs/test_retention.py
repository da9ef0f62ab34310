"""The recipe that deletes old copies, on the fake."""

# ruff: noqa: ANN401 - the recipe is a function of a page, which no checker sees
from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from documented import ROOT, blocks

from lightsail_copy import ManualSnapshotCopy, copy_snapshot
from lightsail_copy.testing import FakeLightsail

RECIPE = ROOT / "docs" / "howto" / "retention.md"


@pytest.fixture
def delete_old_copies() -> Any:
    """Return the function of the page's first example."""
    names: dict[str, Any] = {}
    first = next(iter(blocks(RECIPE, "python")))
    exec(first.code, names)  # noqa: S102 - it is what the page tells the reader to run
    return names["delete_old_copies"]


@pytest.fixture
def nights(fake: FakeLightsail) -> FakeLightsail:
    """Return a fake in which an instance and a disk have been copied on ten nights."""
    client = fake.client("us-west-2")
    for night in range(10):
        for source in ("web-1-monday", "data-1-monday"):
            copy_snapshot(
                client,
                ManualSnapshotCopy(
                    source_region="us-east-1", source_snapshot_name=source, target_snapshot_name=f"{source}-{night}"
                ),
            )
        fake.clock.advance(timedelta(days=1))
    return fake


@pytest.mark.parametrize("source", ["web-1-monday", "data-1-monday"])
def test_copies_of_more_than_seven_days_are_deleted_and_no_others(
    delete_old_copies: Any, nights: FakeLightsail, source: str
) -> None:
    before = set(nights.snapshot_names("us-west-2"))
    client = nights.client("us-west-2")
    deleted = delete_old_copies(client, nights.clock.now(), prefix=f"{source}-")
    assert sorted(deleted) == [f"{source}-{night}" for night in range(3)]
    assert before - set(nights.snapshot_names("us-west-2")) == set(deleted)


def test_the_newest_copies_stay_although_the_job_has_not_run_for_a_month(
    delete_old_copies: Any, nights: FakeLightsail
) -> None:
    nights.clock.advance(timedelta(days=30))
    client = nights.client("us-west-2")
    delete_old_copies(client, nights.clock.now(), prefix="web-1-monday-")
    kept = [name for name in nights.snapshot_names("us-west-2") if name.startswith("web-1-")]
    assert sorted(kept) == [f"web-1-monday-{night}" for night in (7, 8, 9)]
