"""Flows that look up operations and snapshots, and change nothing."""

from __future__ import annotations

import time
from collections.abc import Callable

from attrs import define, field

from lightsail_copy.errors import LightsailCopyError, evolve
from lightsail_copy.flows import Call, Flow, calls
from lightsail_copy.flows.ownership import CallStart, call_start
from lightsail_copy.operations import Operation
from lightsail_copy.service_errors import NotFoundError
from lightsail_copy.snapshots import AutoSnapshot, Snapshot
from lightsail_copy.validation import raise_problems, validate_name, validate_operation_id


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
    yield from _fetch_pages(calls.get_instance_snapshots, snapshots)
    yield from _fetch_pages(calls.get_disk_snapshots, snapshots)
    return tuple(snapshots)


def _fetch_pages(get_page: Callable[[str | None], Call[calls.Page[Snapshot]]], snapshots: list[Snapshot]) -> Flow[None]:
    token: str | None = None
    seen: set[str] = set()
    while True:
        try:
            page = yield from get_page(token)
        except LightsailCopyError as error:
            if not snapshots:
                raise
            fetched = f"{len(snapshots)} snapshots of earlier pages were fetched."
            raise evolve(error, *error.parts, fetched) from error.__cause__
        snapshots += page.items
        token = page.next_token
        # A repeated token would make the loop endless.
        if not token or token in seen:
            return
        seen.add(token)


@define(order=False, eq=False, repr=False)
class NameLookup:
    """
    What one lookup of the operations of a name fetched.

    Attributes:
        operations: the operations of the pages that were fetched.
        start: when the call started, by the service's clock; None if nothing was fetched.
        request_ids: the id of the request that fetched each operation, by the operation's id.
        skipped: how many operations could not be parsed.
        trouble: the error that ended the lookup before all pages were fetched, or None.
    """

    operations: list[Operation] = field(factory=list[Operation])
    start: CallStart | None = None
    request_ids: dict[str, str | None] = field(factory=dict[str, str | None])
    skipped: int = 0
    trouble: Exception | None = None

    @property
    def is_complete(self) -> bool:
        """Whether every operation of the name was fetched and parsed."""
        return self.trouble is None and not self.skipped

    def fetched(self) -> list[Operation]:
        """
        Return the operations of all pages.

        Raises:
            Exception: the error that ended the lookup before all were fetched.
        """
        if self.trouble is not None:
            raise self.trouble
        return self.operations

    def fetch(self, name: str, started_at: float, monotonic: Callable[[], float]) -> Flow[None]:
        """Fetch all pages, or those before an error."""
        token: str | None = None
        seen: set[str | None] = set()
        try:
            # A repeated token would make the loop endless.
            while token not in seen:
                seen |= {token, None}
                page = yield from calls.get_operations_for_resource(name, token)
                self.operations += page.items
                self.skipped += page.skipped
                self.request_ids |= {each.id: page.request_id for each in page.items}
                self.start = call_start(page.headers, monotonic() - started_at, time.time())
                token = page.next_token or None
        # No error of a lookup may hide what became of the copy.
        except Exception as error:  # noqa: BLE001 - see above
            # An unknown name has no operations.
            self.trouble = None if isinstance(error, NotFoundError) and self.start is None else error
