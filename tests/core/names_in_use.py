"""
The second half of the fault matrix: the target name is in use before the call, by one resource or another.

As in the first half, these are the cells and the way to run one; the test knows the outcomes.
"""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING

from attrs import evolve, frozen
from fault_matrix import (
    BOTH,
    FOREVER,
    LOOKUPS,
    MANUAL,
    NAME,
    STANDARD,
    TARGET,
    IfExists,
    Lookup,
    Outcome,
    attempt,
    small_fake,
)

from lightsail_copy import ManualSnapshotCopy, SnapshotCopyRequest
from lightsail_copy.testing import FakeLightsail, Fault, faults

if TYPE_CHECKING:
    from collections.abc import Iterator

OTHER = ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name="web-tuesday", target_snapshot_name=NAME)
HOUR = 3600.0


@frozen
class Resource:
    """
    What uses the name.

    Attributes:
        name: what to call it in the table.
        copied: the copy that was made an hour before, if there was one.
        is_done: whether that copy has ended by now.
        has_failed: whether it has failed.
        by_hand: whether, last of all, the copy was deleted and the name given to a snapshot that no copy made.
        details: the details of the copy's operation, where they are not the usual ones.
        is_on_a_later_page: whether newer operations of the name come first, on pages of one: of instances that were
            created from the snapshot, and of an instance of another name.
    """

    name: str
    copied: SnapshotCopyRequest | None = None
    is_done: bool = True
    has_failed: bool = False
    by_hand: bool = False
    details: str | None = None
    is_on_a_later_page: bool = False

    def take_the_name(self, fake: FakeLightsail) -> None:
        """Set the scenario."""
        if self.has_failed:
            fake.fail_next_copy("TargetFailure", "The disk of the source could not be read.")
        if self.copied is not None:
            fake.copy_duration = HOUR / 2 if self.is_done else 2 * HOUR
            fake.respond(TARGET, "CopySnapshot", json.dumps(self.copied.to_dict()).encode())
            fake.clock.advance(HOUR)
        if self.details is not None:
            operations = fake._account.region(TARGET).operations
            operations.update({each.id: evolve(each, details=self.details) for each in operations.values()})
        if self.is_on_a_later_page:
            fake._account.page_size = 1
            for number, name in enumerate((NAME, NAME.upper(), NAME)):
                fake.add_operation(
                    f"made-{number}",
                    TARGET,
                    resource_name=name,
                    resource_type="InstanceSnapshot",
                    operation_type="CreateInstancesFromSnapshot",
                )
        if self.by_hand and self.copied is not None:
            fake.remove(NAME, TARGET)
        if self.by_hand:
            fake.add_manual_snapshot(NAME, TARGET)


RESOURCES = (
    Resource("a copy of the same source, running", MANUAL, is_done=False),
    Resource("a copy of the same source, done", MANUAL),
    Resource("a copy of the same source, failed", MANUAL, has_failed=True),
    Resource("a copy of another source", OTHER),
    Resource("a copy of the same source, whose operation names it in capitals", MANUAL, details="US-EAST-1:WEB-MONDAY"),
    Resource("a copy whose operation does not name its source", MANUAL, details=""),
    Resource("a copy whose operation names an ARN", MANUAL, details="arn:aws:lightsail:us-east-1:1:InstanceSnapshot/0"),
    Resource("a copy of the same source, after pages of what was made from it", MANUAL, is_on_a_later_page=True),
    Resource("a snapshot without an operation", by_hand=True),
    Resource("such a snapshot, after a copy of the same source was deleted", MANUAL, by_hand=True),
)


@frozen
class Trouble:
    """
    What goes wrong with the attempts of the copy.

    Attributes:
        name: what to call it in the table.
        received: the response to the last attempt.
        attempts: how many there are.
        fault: what the first of them meets, or all where the last response is not a conflict.
    """

    name: str
    received: str
    attempts: int
    fault: Fault | None = None


TROUBLES = (
    Trouble("nothing: the first attempt is rejected for the name", "conflict", 1),
    Trouble("connection closed once, then the rejection", "conflict", 2, faults.connection_closed()),
    Trouble("throttled once, then the rejection", "conflict", 2, faults.throttled()),
    Trouble("connection closed on every attempt", "none", 3, faults.connection_closed()),
    Trouble("the rejection's response lost on every attempt", "none", 3, faults.read_timeout(performed=True)),
    Trouble("HTTP 503 on every attempt", "fault", 3, faults.service_unavailable()),
    Trouble("throttled on every attempt", "throttle", 3, faults.throttled()),
    Trouble("response not JSON", "unparseable", 1, faults.not_json(performed=False)),
)


@frozen
class NameCell:
    """One cell of this half: a client of the retry mode `standard`, and a name that is in use."""

    resource: Resource
    trouble: Trouble
    if_exists: IfExists
    lookup: Lookup


def _cells() -> Iterator[NameCell]:
    """Yield each resource with each trouble; the kinds of lookup take turns, two for each pair."""
    for row, (resource, trouble, if_exists) in enumerate(product(RESOURCES, TROUBLES, BOTH)):
        for lookup in LOOKUPS[row % 5 :: 5]:
            yield NameCell(resource, trouble, if_exists, lookup)


ALL_NAME_CELLS = tuple(_cells())


def queue(fake: FakeLightsail, trouble: Trouble) -> None:
    """Have the attempts of a copy meet a trouble."""
    if trouble.fault is not None:
        fake.fail_next(
            "CopySnapshot", trouble.fault, times=1 if trouble.received in {"conflict", "unparseable"} else FOREVER
        )


def run_name_cell(cell: NameCell) -> Outcome:
    """Run a cell; the resource of the name is left alone."""
    fake = small_fake()
    cell.resource.take_the_name(fake)
    queue(fake, cell.trouble)
    before = ids_of_operations(fake)
    outcome = attempt(fake, STANDARD, cell.if_exists, cell.lookup)
    assert ids_of_operations(fake) == before, cell
    return outcome


def ids_of_operations(fake: FakeLightsail) -> list[str]:
    """Return the ids of all operations of the target Region."""
    response = fake.respond(TARGET, "GetOperations", b"{}")
    return [operation["id"] for operation in json.loads(response.body)["operations"]]
