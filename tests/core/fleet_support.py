"""A fleet over the fake, under either driver."""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from both_worlds import AsyncClock
from samples import ONE_ATTEMPT

from lightsail_copy import CopyJob, CopyOutcome, ManualSnapshotCopy, aio, copy_snapshots, watch_copies
from lightsail_copy.testing import FakeClock, FakeLightsail

if TYPE_CHECKING:
    from collections.abc import Iterable

SOURCE = "us-east-1"
TARGETS = ("us-west-2", "eu-west-1", "eu-central-1")


class Fleet:
    """A fake, its jobs, and a driver to carry them out by."""

    def __init__(
        self, driver: str, snapshots: int = 4, targets: Iterable[str] = TARGETS, fake: FakeLightsail | None = None
    ) -> None:
        self.fake: FakeLightsail = fake or FakeLightsail(clock=FakeClock())
        self.driver = driver
        self.jobs: list[CopyJob] = []
        self.clients: dict[str, Any] = {target: self.client(target) for target in targets}
        for number in range(snapshots):
            self.fake.add_instance(f"web-{number}", SOURCE)
            self.fake.add_manual_snapshot(f"web-{number}-monday", SOURCE, source=f"web-{number}")
            self.jobs += [job(target, number) for target in targets]

    def client(self, region: str) -> Any:
        client = self.fake.client(region, config=ONE_ATTEMPT)
        return client if self.driver == "sync" else aio.in_threads(client)

    def run(self, **options: Any) -> tuple[CopyOutcome, ...]:
        """Return the outcomes in the order of the jobs."""
        given: dict[str, Any] = {"clients": self.clients, **options}
        if self.driver == "sync":
            return copy_snapshots(self.jobs, clock=self.fake.clock, **given)
        return asyncio.run(aio.copy_snapshots(self.jobs, clock=AsyncClock(self.fake.clock), **given))

    def watch(self, **options: Any) -> list[CopyOutcome]:
        """Return the end of each job, in the order in which they became known."""
        return [outcome for outcome in self.changes(**options) if outcome.done]

    def changes(self, **options: Any) -> list[CopyOutcome]:
        """Return what became known of the jobs, in that order."""
        given: dict[str, Any] = {"clients": self.clients, **options}
        if self.driver == "sync":
            return list(watch_copies(self.jobs, clock=self.fake.clock, **given))

        async def collect() -> list[CopyOutcome]:
            watch = aio.watch_copies(self.jobs, clock=AsyncClock(self.fake.clock), **given)
            return [outcome async for outcome in watch]

        return asyncio.run(collect())

    def count(self, operation: str, region: str | None = None) -> int:
        """Return how often an operation was called."""
        return sum(call.operation == operation and region in {None, str(call.region)} for call in self.fake.calls)


def job(target: str, number: int) -> CopyJob:
    request = ManualSnapshotCopy(
        source_region=SOURCE, source_snapshot_name=f"web-{number}-monday", target_snapshot_name=f"web-{number}-copy"
    )
    return CopyJob(target_region=target, request=request)
