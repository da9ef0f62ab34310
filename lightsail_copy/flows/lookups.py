"""Flows that look up operations and snapshots, and change nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from attrs import define, field

from lightsail_copy.errors import LightsailCopyError, evolve
from lightsail_copy.flows import Call, Flow, calls
from lightsail_copy.flows.calls import Page
from lightsail_copy.flows.ownership import CallStart, call_start
from lightsail_copy.operations import Operation
from lightsail_copy.service_errors import NotFoundError
from lightsail_copy.snapshots import AutoSnapshot, Snapshot
from lightsail_copy.validation import raise_problems, validate_name, validate_operation_id

T = TypeVar("T")


def get_operation(operation_id: str) -> Flow[Operation]:
    """Return an operation."""
    raise_problems(validate_operation_id("operation_id", operation_id))
    return (yield from calls.get_operation(operation_id))


def get_auto_snapshots(resource_name: str) -> Flow[tuple[AutoSnapshot, ...]]:
    """Return the automatic snapshots of an instance or a disk, newest first."""
    raise_problems(validate_name("resource_name", resource_name))
    return (yield from calls.get_auto_snapshots(resource_name))


def get_snapshot(name: str) -> Flow[Snapshot]:
    """Return a snapshot of an instance or of a disk: the service has a call for each kind."""
    raise_problems(validate_name("name", name))
    try:
        return (yield from calls.get_instance_snapshot(name))
    except NotFoundError:
        return (yield from calls.get_disk_snapshot(name))


def list_snapshots() -> Flow[tuple[Snapshot, ...]]:
    """Return all snapshots of instances, then of disks."""
    snapshots: list[Snapshot] = []
    try:
        for get_page in (calls.get_instance_snapshots, calls.get_disk_snapshots):
            yield from _fetch_pages(get_page, lambda page: snapshots.extend(page.items))
    except LightsailCopyError as error:
        if not snapshots:
            raise
        fetched = f"{len(snapshots)} snapshots of earlier pages were fetched."
        raise evolve(error, *error.parts, fetched) from error.__cause__
    return tuple(snapshots)


def _fetch_pages(get_page: Callable[[str | None], Call[Page[T]]], take: Callable[[Page[T]], None]) -> Flow[None]:
    token: str | None = None
    seen: set[str | None] = set()
    # A repeated token would make the loop endless.
    while token not in seen:
        seen |= {token, None}
        page = yield from get_page(token)
        take(page)
        token = page.next_token or None


@define(order=False, eq=False, repr=False)
class NameLookup:
    """What one lookup of the operations of a name fetched."""

    operations: list[Operation] = field(factory=list[Operation])
    start: CallStart | None = None  # None if nothing was fetched
    request_ids: dict[str, str | None] = field(factory=dict[str, str | None])  # by the operations' ids
    skipped: int = 0  # how many operations could not be parsed
    trouble: Exception | None = None  # what ended the lookup before all pages were fetched

    @property
    def is_complete(self) -> bool:
        """Whether every operation of the name was fetched and parsed."""
        return self.trouble is None and not self.skipped

    def fetched(self) -> list[Operation]:
        """Return the operations of all pages, or raise the error that ended the lookup before."""
        if self.trouble is not None:
            raise self.trouble
        return self.operations

    def fetch(self, name: str, started_at: float, monotonic: Callable[[], float]) -> Flow[None]:
        """Fetch all pages, or those before an error."""

        def take(page: Page[Operation]) -> None:
            self.operations += page.items
            self.skipped += page.skipped
            self.request_ids |= {each.id: page.request_id for each in page.items}
            self.start = call_start(page.headers, monotonic() - started_at, time.time())

        try:
            yield from _fetch_pages(partial(calls.get_operations_for_resource, name), take)
        # No error of a lookup may hide what became of the copy.
        except Exception as error:  # noqa: BLE001 - see above
            # An unknown name has no operations.
            self.trouble = None if isinstance(error, NotFoundError) and self.start is None else error
