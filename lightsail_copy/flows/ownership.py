"""
Whose copy uses a name: decided from the operations of the name, never from the name alone.

Pure: operations and timestamps in, a finding out. Sources: responses seen on the wire (`operationDetails` of a copy is
`<source Region>:<source name>`; manual and automatic copies, and two dates of one automatic snapshot, look alike).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from enum import Enum, auto
from typing import NamedTuple

from lightsail_copy.enums import OperationType
from lightsail_copy.operations import Operation
from lightsail_copy.requests import ManualSnapshotCopy, SnapshotCopyRequest

# The clocks of the service's hosts may differ a little.
_SERVICE_ALLOWANCE = timedelta(seconds=5)
# The machine's own clock may be minutes off.
_MACHINE_ALLOWANCE = timedelta(minutes=5)
# Automatic snapshots are daily: a copy of the latest one is of another date a day later.
_DAY = timedelta(days=1)
_SOURCE = re.compile(r"(?i)[a-z0-9-]+:[a-z0-9_.-]+")
_MADE = ("copy", "create", "allocate", "import", "register")
_REMOVED = ("delete", "release")
# These are made from a snapshot, and may have its name in their operations.
_DERIVED_RESOURCES = {"cloudformationstackrecord", "exportsnapshotrecord"}


class Verdict(Enum):
    """Whose copy uses a name."""

    FREE = auto()  # no operation shows that the name is in use
    OWN = auto()  # the copy that the call started
    EARLIER = auto()  # a copy of the same source that was started before the call
    DOUBT = auto()  # perhaps the copy that the call started
    OTHER = auto()  # another copy, or another resource


class CallStart(NamedTuple):
    """When a call started, by the service's clock."""

    at: datetime  # truncated to the second
    is_exact: bool  # whether the service's own clock is known from a `Date` header


class Finding(NamedTuple):
    """What the operations of the target name show."""

    verdict: Verdict
    operation: Operation | None = None  # the one that shows it, unless nothing uses the name
    is_same_source: bool = False  # whether that operation is a copy of the request's source
    is_other_date: bool = False  # whether it is a copy of an automatic snapshot of another date
    was_removed: bool = False  # whether the name was in use and a removal is listed

    def adoptable(self, *, adopt: bool, may_be_own: bool = True) -> Operation | None:
        """Return the operation that a call may return: its own or, with `adopt`, any of the same source and date."""
        if self.operation is None or (may_be_own and self.verdict is Verdict.OWN):
            return self.operation
        is_copy = self.is_same_source and not self.is_other_date and not self.operation.failed
        return self.operation if adopt and is_copy else None

    def __str__(self) -> str:
        found = self.operation
        if found is None:
            return ""
        what = str(found.operation_type or "an operation") + (
            f" of {found.operation_details}" if found.operation_details else ""
        )
        state = f"operation {found.id}, {found.status}, {found.created_at:%Y-%m-%dT%H:%M:%SZ}"
        return f"The name is in use by {what} ({state})."


def judge(request: SnapshotCopyRequest, operations: Iterable[Operation], start: CallStart) -> Finding:
    """Return whose copy uses the target name of a request, from the operations of that name in any order."""
    name = request.target_snapshot_name
    # A response may leave out any member.
    named = [each for each in operations if each.resource_name in {name, ""}]
    user = max((each for each in named if _is_made(each)), key=lambda each: _recency(each, request), default=None)
    if user is None or any(_is_later(each, user) for each in named if _is_removed(each)):
        return Finding(Verdict.FREE, was_removed=any(map(_is_removed, named)))
    same_source = _is_copy_of(user, request)
    return Finding(
        _verdict(user, request, start, same_source=same_source),
        user,
        is_same_source=same_source is True,
        is_other_date=same_source is True and _is_other_date(user, request, start),
    )


def _is_other_date(operation: Operation, request: SnapshotCopyRequest, start: CallStart) -> bool:
    """Return whether an operation is known to copy an automatic snapshot of another date than a request."""
    if isinstance(request, ManualSnapshotCopy):
        return False
    if request.restore_date is None:
        return operation.created_at < start.at - _DAY
    # The snapshot of a date is taken on that day (UTC), but may be copied long after.
    return operation.created_at.date() < request.restore_date


def _verdict(
    operation: Operation, request: SnapshotCopyRequest, start: CallStart, *, same_source: bool | None
) -> Verdict:
    if same_source is False:
        return Verdict.OTHER
    # How far the clock that stamps an operation may be behind.
    allowance = _SERVICE_ALLOWANCE if start.is_exact else _MACHINE_ALLOWANCE
    if operation.created_at < start.at - allowance:
        return Verdict.EARLIER if same_source else Verdict.OTHER
    if same_source is None:
        return Verdict.DOUBT
    # The allowance is only for a copy with the same content: not for one of an automatic snapshot, whose date may
    # differ, or one that has already failed.
    is_since = operation.created_at >= start.at
    if isinstance(request, ManualSnapshotCopy):
        return Verdict.OWN if is_since or not operation.failed else Verdict.EARLIER
    return Verdict.OWN if is_since and start.is_exact else Verdict.DOUBT


def _is_copy_of(operation: Operation, request: SnapshotCopyRequest) -> bool | None:
    """Return whether an operation is a copy of a request's source, or None if it does not name its source."""
    if not operation.operation_type:
        return None
    if operation.operation_type.casefold() != OperationType.COPY_SNAPSHOT.casefold():
        return False
    details = (operation.operation_details or "").strip()
    # An ARN, or text of any other form, may name the same source in another way.
    if not _SOURCE.fullmatch(details):
        return None
    return details.casefold() == f"{request.source_region}:{request.source_name}".casefold()


def _is_made(operation: Operation) -> bool:
    kind = operation.operation_type.casefold()
    if "fromsnapshot" in kind or operation.resource_type.casefold() in _DERIVED_RESOURCES:
        return False
    return not kind or kind.startswith(_MADE)


def _is_removed(operation: Operation) -> bool:
    # A removal that failed removed nothing; a copy that failed can still use the name.
    if operation.failed:
        return False
    # A response may leave out the type of the resource.
    if not operation.resource_type:
        return operation.operation_type.casefold().startswith(_REMOVED)
    return operation.operation_type.removesuffix(operation.resource_type).casefold() in _REMOVED


def _recency(operation: Operation, request: SnapshotCopyRequest) -> tuple[datetime, bool, datetime, str]:
    # Within a second, a copy of the request's source comes first. The id breaks ties.
    second = operation.created_at.replace(microsecond=0)
    return second, _is_copy_of(operation, request) is True, operation.created_at, operation.id


def _is_later(removal: Operation, other: Operation) -> bool:
    """Return whether a removal is known to be later: timestamps without fractions have no order within a second."""
    is_in_later_second = removal.created_at.replace(microsecond=0) > other.created_at.replace(microsecond=0)
    have_fractions = bool(removal.created_at.microsecond and other.created_at.microsecond)
    return is_in_later_second or (have_fractions and removal.created_at > other.created_at)


def call_start(headers: Mapping[str, str], elapsed: float, machine_time: float) -> CallStart:
    """
    Return when a call started, by the service's clock if possible.

    Args:
        headers: those of a response that came after the call, their names in lower case.
        elapsed: the time from the start of the call to that response, in seconds.
        machine_time: the machine's time at that response, in epoch seconds.
    """
    # The import is slow, and only a copy whose outcome is unknown needs it.
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - see above

    took = timedelta(seconds=elapsed)
    start, is_exact = datetime.fromtimestamp(machine_time, timezone.utc) - took, False
    # A header that cannot be parsed counts as missing.
    with suppress(KeyError, ValueError, OverflowError):
        date = parsedate_to_datetime(str(headers["date"]))
        # HTTP dates are in GMT, so one without a time zone is in GMT too.
        start = (date if date.tzinfo else date.replace(tzinfo=timezone.utc)).astimezone(timezone.utc) - took
        is_exact = True
    return CallStart(start.replace(microsecond=0), is_exact)
