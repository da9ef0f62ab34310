"""
The fault matrix as data: what goes wrong with a copy, at which point, how botocore retries, what lookups meet.

`run` runs one cell against the fake and returns the outcome. The test derives the expected outcome from the contract,
and checks with it the table in the documentation.

One cell, worked: the cause "connection closed", at the point "after the copy started, on the first attempt", with the
retry mode `standard`, ``if_exists="raise"`` and lookups that meet "not found once". The first CopySnapshot starts the
copy, but its response is lost. botocore retries; the service rejects the retry, as the name is in use. The first lookup
finds nothing. Half a second later, the second lookup lists the operation that the call started. The outcome is one
snapshot and a result with `adopted=True`, after two attempts of CopySnapshot and two lookups.
"""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from attrs import frozen
from botocore import UNSIGNED
from botocore.config import Config

from lightsail_copy import (
    AutoSnapshotCopy,
    CopySnapshotResult,
    LightsailCopyError,
    ManualSnapshotCopy,
    copy_snapshot,
)
from lightsail_copy.testing import FakeLightsail, Fault, faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lightsail_copy import SnapshotCopyRequest

SOURCE, TARGET, NAME = "us-east-1", "us-west-2", "web-copy"
MANUAL = ManualSnapshotCopy(source_region=SOURCE, source_snapshot_name="web-monday", target_snapshot_name=NAME)
AUTOMATIC = AutoSnapshotCopy(
    source_region=SOURCE, source_resource_name="web", target_snapshot_name=NAME, restore_date="2025-12-31"
)

IfExists = Literal["raise", "adopt"]
# What the caller gets where a send meets the cause: nothing, an error of the service, or what cannot be read.
Received = Literal["none", "fault", "throttle", "unparseable"]
Stage = Literal["before", "after", "during"]


@frozen
class Cause:
    """
    What goes wrong with one attempt.

    Attributes:
        name: what to call it in the table.
        received: what of the response is received.
        retried: whether botocore retries after it.
        before: the fault that occurs before the service has acted.
        after: the fault that occurs once the copy has started, in place of the whole response.
        during: the fault that occurs once the copy has started, in the middle of the response.
        why_not: why those of the three that are missing cannot be.
    """

    name: str
    received: Received
    retried: bool
    before: Fault | None = None
    after: Fault | None = None
    during: Fault | None = None
    why_not: str = ""

    def fault(self, stage: Stage) -> Fault | None:
        """Return the fault of a stage, or None where it cannot be."""
        return {"before": self.before, "after": self.after, "during": self.during}[stage]


def _unreadable(name: str, body: bytes) -> Cause:
    before, after = (faults.replaced_response(body, performed=performed) for performed in (False, True))
    why_not = "it replaces the whole response"
    return Cause(name, "unparseable", retried=False, before=before, after=after, why_not=why_not)


_NEVER_MADE = "nothing is sent over a connection that is not made"
_STATUS_FIRST = "the status comes first, and cannot change in the middle of a response"
_WITHIN = "by its nature, it occurs in the middle of a response"
CLOSED = Cause(
    "connection closed",
    "none",
    retried=True,
    before=faults.connection_closed(),
    after=faults.connection_closed(performed=True),
    why_not="that is a truncated response, which has its own part",
)
CAUSES = (
    Cause("connection refused", "none", retried=True, before=faults.connection_refused(), why_not=_NEVER_MADE),
    Cause("connect timeout", "none", retried=True, before=faults.connect_timeout(), why_not=_NEVER_MADE),
    CLOSED,
    Cause(
        "read timeout",
        "none",
        retried=True,
        before=faults.read_timeout(),
        after=faults.read_timeout(performed=True),
        during=faults.truncated_response(ending="read_timeout"),
    ),
    Cause(
        "HTTP 500, ServiceException",
        "fault",
        retried=True,
        before=faults.service_fault(),
        after=faults.service_fault(performed=True),
        why_not=_STATUS_FIRST,
    ),
    Cause(
        "HTTP 503, a page of HTML",
        "fault",
        retried=True,
        before=faults.service_unavailable(),
        after=faults.service_unavailable(performed=True),
        why_not=_STATUS_FIRST,
    ),
    Cause(
        "throttled",
        "throttle",
        retried=True,
        before=faults.throttled(),
        why_not="a throttled request is rejected before any work",
    ),
    Cause(
        "truncated response, connection reset",
        "none",
        retried=True,
        during=faults.truncated_response(ending="reset"),
        why_not=_WITHIN,
    ),
    Cause(
        "truncated response, truncated JSON",
        "unparseable",
        retried=False,
        during=faults.truncated_response(),
        why_not=_WITHIN,
    ),
    _unreadable("response not JSON", b"Please sign in to the network."),
    _unreadable("empty response", b""),
    _unreadable("response `null`", b"null"),
    _unreadable("response `[]`", b"[]"),
    _unreadable("response `{}`", b"{}"),
    _unreadable("response without operations", b'{"operations": []}'),
)


@frozen
class Step:
    """One attempt that goes wrong."""

    cause: Cause
    fault: Fault


@frozen
class Point:
    """
    When a cause occurs.

    Attributes:
        name: what to call it in the table.
        stage: when within one attempt.
        always: whether it occurs until botocore gives up; otherwise once.
        after_lost_response: whether the response to a first attempt was lost before; the cause is then met by retries.
        before_lost_response: whether the response to the retry is lost, too.
    """

    name: str
    stage: Stage
    always: bool = False
    after_lost_response: bool = False
    before_lost_response: bool = False

    def steps(self, cause: Cause) -> tuple[Step, ...]:
        """Return the attempts that go wrong, the last until botocore gives up if `always`; empty if impossible."""
        fault = cause.fault(self.stage) or (cause.during if self.after_lost_response else None)
        if fault is None or CLOSED.after is None:
            return ()
        lost = Step(CLOSED, CLOSED.after)
        return (lost,) * self.after_lost_response + (Step(cause, fault),) + (lost,) * self.before_lost_response


POINTS = (
    Point("before the service acts, on the first attempt", "before"),
    Point("before the service acts, on every attempt", "before", always=True),
    Point("before the service acts, and the retry's response is lost", "before", before_lost_response=True),
    Point("after the copy started, on the first attempt", "after"),
    Point("after the copy started, on every attempt", "after", always=True),
    Point("in the middle of the response, on the first attempt", "during"),
    Point("in the middle of the response, on every attempt", "during", always=True),
    Point("on every retry after a lost response", "before", always=True, after_lost_response=True),
)


@frozen
class Mode:
    """How a client retries."""

    name: str
    attempts: int

    @property
    def config(self) -> Config:
        """The configuration of such a client."""
        retries: Any = {"total_max_attempts": 1} if self.attempts == 1 else {"mode": self.name}
        # Half of the time of a call goes into the signature and the User-Agent, which have no part in this.
        return Config(retries=retries, signature_version=UNSIGNED, user_agent="tests")


LEGACY, STANDARD, ONCE = Mode("legacy", 5), Mode("standard", 3), Mode("one attempt", 1)
MODES = (LEGACY, STANDARD, ONCE)


@frozen
class Lookup:
    """
    What the lookups of the name's operations meet.

    Attributes:
        name: what to call it in the table.
        fault: what goes wrong, or None.
        lookups: how many lookups meet it.
        retried: whether botocore retries after it.
        has_method: whether the client can look operations up.
        fails: whether the lookups say so; otherwise they list nothing.
    """

    name: str
    fault: Fault | None = None
    lookups: int = 0
    retried: bool = False
    has_method: bool = True
    fails: bool = True

    @property
    def passes(self) -> bool:
        """Whether the service lists what it knows in the end."""
        return self.has_method and self.lookups < FOREVER

    def times(self, mode: Mode) -> int:
        """Return how many calls meet the fault."""
        return self.lookups * (mode.attempts if self.retried else 1)


FOREVER = 1000
_NOTHING = faults.replaced_response(b'{"operations": []}', performed=False)
LOOKUPS = (
    Lookup("successful"),
    Lookup("nothing listed once", _NOTHING, 1, fails=False),
    Lookup("not found once", faults.not_found(), 1, fails=False),
    Lookup("throttled twice", faults.throttled(), 2, retried=True),
    Lookup("connection closed once", faults.connection_closed(), 1, retried=True),
    Lookup("unparseable once", faults.not_json(), 1),
    Lookup("nothing listed", _NOTHING, FOREVER, fails=False),
    Lookup("access denied", faults.access_denied(), FOREVER),
    Lookup("connection closed", faults.connection_closed(), FOREVER, retried=True),
    Lookup("no such method", lookups=FOREVER, has_method=False),
)


@frozen
class Cell:
    """One cell of the matrix."""

    cause: Cause
    point: Point
    mode: Mode
    if_exists: IfExists
    lookup: Lookup


BOTH: tuple[IfExists, ...] = ("raise", "adopt")


def _modes(cause: Cause, point: Point) -> tuple[Mode, ...]:
    """Return the retry modes in which a cause can occur at a point."""
    if not point.steps(cause):
        return ()
    if not (point.always or point.before_lost_response):
        return MODES
    if not (cause.retried or point.after_lost_response):
        return ()  # botocore takes it for a response, after which it does not retry
    return tuple(mode for mode in MODES if mode.attempts > 1)  # a client of one attempt has no retries


def _cells() -> Iterator[Cell]:
    """Yield each cause at each point, where it can be; a third of the lookups and the retry modes take turns."""
    for row, (cause, point, if_exists) in enumerate(product(CAUSES, POINTS, BOTH)):
        modes = _modes(cause, point)
        for turn, lookup in enumerate(LOOKUPS[row % 3 :: 3] if modes else (), row // 3):
            yield Cell(cause, point, modes[turn % len(modes)], if_exists, lookup)


ALL_CELLS = tuple(_cells())


@frozen
class Outcome:
    """
    What came of a cell.

    Attributes:
        snapshots: how many snapshots are in the target Region.
        ending: `result`, `adopted`, or the name of the error's class.
        may_have_started: whether an error says that the copy may have started.
        copies: how many CopySnapshot requests were sent.
        lookups: how many GetOperationsForResource requests were sent.
        message: what an error says.
    """

    snapshots: int
    ending: str
    may_have_started: bool
    copies: int
    lookups: int
    message: str = ""


class _CopyOnly:
    """A client that can copy and not look up."""

    def __init__(self, client: Any) -> None:
        self.meta = client.meta
        self.copy_snapshot = client.copy_snapshot


class _Clients:
    """
    Clients to be used again, as to make one takes as long as ten calls.

    The retry mode `standard` has a quota of 500, from which a retry takes 10 at most. A cell takes 252 at most, so a
    client starts no other cell after 30 calls.
    """

    _CALLS = 30

    def __init__(self) -> None:
        self._kept: dict[Mode, tuple[Any, list[FakeLightsail]]] = {}

    def get(self, mode: Mode, fake: FakeLightsail) -> Any:
        """Return a client of the fake's target Region."""
        client, served = self._kept.get(mode, (None, []))
        if client is None or (mode is STANDARD and sum(len(each.calls) for each in served) > self._CALLS):
            client, served = fake.client(TARGET, config=mode.config), []
        self._kept[mode] = (client, [*served, fake] if mode is STANDARD else [])
        fake.attach(client)
        return client


_clients = _Clients()


def copy_blocking(
    fake: FakeLightsail, mode: Mode, request: SnapshotCopyRequest, *, if_exists: IfExists, can_look_up: bool
) -> CopySnapshotResult:
    """Copy with a boto3 client of the fake."""
    client = _clients.get(mode, fake)
    return copy_snapshot(client if can_look_up else _CopyOnly(client), request, if_exists=if_exists, clock=fake.clock)


Copy: TypeAlias = "Callable[..., CopySnapshotResult]"  # with the arguments of `copy_blocking`


def small_fake() -> FakeLightsail:
    """Return a fake with something to copy."""
    fake = FakeLightsail()
    fake.add_instance("web", SOURCE)
    fake.add_manual_snapshot("web-monday", SOURCE, source="web")
    fake.add_manual_snapshot("web-tuesday", SOURCE, source="web")
    fake.add_auto_snapshot("web", SOURCE, "2025-12-31")
    return fake


def run(cell: Cell, request: SnapshotCopyRequest = MANUAL, copy: Copy = copy_blocking) -> Outcome:
    """Run a cell in a Region where nothing has the name."""
    fake = small_fake()
    steps = cell.point.steps(cell.cause)
    for index, step in enumerate(steps, 1):
        fake.fail_next("CopySnapshot", step.fault, times=FOREVER if cell.point.always and index == len(steps) else 1)
    return attempt(fake, cell.mode, cell.if_exists, cell.lookup, request, copy)


def attempt(
    fake: FakeLightsail,
    mode: Mode,
    if_exists: IfExists,
    lookup: Lookup,
    request: SnapshotCopyRequest = MANUAL,
    copy: Copy = copy_blocking,
) -> Outcome:
    """Copy once, and say what came of it."""
    if lookup.fault is not None:
        fake.fail_next("GetOperationsForResource", lookup.fault, times=lookup.times(mode))
    before = len(fake.calls)
    message = ""
    try:
        result = copy(fake, mode, request, if_exists=if_exists, can_look_up=lookup.has_method)
    except LightsailCopyError as error:
        ending, message = error.__reduce__()[1][0].__name__, str(error)
    else:
        ending = "adopted" if result.adopted else "result"
    operations = [call.operation for call in fake.calls[before:]]
    copies, lookups = operations.count("CopySnapshot"), operations.count("GetOperationsForResource")
    assert len(operations) == copies + lookups, operations
    snapshots = len(fake.snapshot_names(TARGET))
    return Outcome(snapshots, ending, "may have started" in message, copies, lookups, message)
