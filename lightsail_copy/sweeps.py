"""Sweeps: the flow that gets all operations of a Region, where one call answers for many running copies."""

from __future__ import annotations

from collections.abc import Callable

from lightsail_copy import calls
from lightsail_copy.flows import Flow
from lightsail_copy.lanes import Lane
from lightsail_copy.operations import Operation


def sweep(lane: Lane, saw: Callable[[Lane, Operation], None]) -> Flow[None]:
    """
    Get the operations of a Region page by page, unless the pages outnumber the running operations.

    Args:
        lane: the lane of the Region.
        saw: takes each operation.
    """
    lane.sweep += 1
    token: str | None = None
    pages = 0
    while pages < len(lane.rows):
        page = yield from calls.get_operations(token)
        pages += 1
        for operation in page.items:
            lane.mark(operation.id)
            saw(lane, operation)
        token = page.next_token
        # No page is kept while the next one is fetched.
        del page
        if not token:
            lane.pages = pages
            lane.poll_unlisted()
            return
    # The account's history is long: a poll of each operation costs less.
    lane.pages = pages + 1
