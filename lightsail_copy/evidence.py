"""
Whose copy holds a name: decided from what the service says of the name, never from the name alone.

Pure: operations and points in time in, a judgement out. Sources: replies seen on the wire (`operationDetails` of a copy
is `<source Region>:<source name>`; manual and automatic copies, and two dates of one automatic snapshot, look alike).
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, TypeGuard

from attrs import frozen

from lightsail_copy.enums import OperationType
from lightsail_copy.operations import Operation
from lightsail_copy.requests import SnapshotCopyRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

# The Date header is cut to the second, and the service's hosts may differ by a little.
_SERVICE_CLOCK_SKEW = timedelta(seconds=5)
# Where no header tells the service's time, the machine's own clock stands in for it, and may be minutes off.
_MACHINE_CLOCK_SKEW = timedelta(minutes=5)


@frozen
class Inquiry:
    """
    What the service, asked about the target name, says of a request's copy.

    Attributes:
        request: the copy asked for.
        since: operations begun before this moment are not of the call in question.
        operations: all operations of the target name, newest first; None where the service could not be asked.
        request_id: the id of the reply.
        obstacle: why the service could not be asked.
    """

    request: SnapshotCopyRequest
    since: datetime | None = None
    operations: tuple[Operation, ...] | None = None
    request_id: str | None = None
    obstacle: str = ""

    @property
    def own_copy(self) -> Operation | None:
        """The copy that the call in question began, if that is what holds the name, even one that failed."""
        holder, since = self.holder, self.since
        return holder if self._is_copy(holder) and since is not None and holder.created_at >= since else None

    @property
    def standing_copy(self) -> Operation | None:
        """The copy of the same source that holds the name, whoever began it and when, unless it failed."""
        holder = self.holder
        return holder if self._is_copy(holder) and not holder.failed else None

    @property
    def holder(self) -> Operation | None:
        """The operation that last made or removed what bears the name."""
        name = self.request.target_snapshot_name
        return next((each for each in self.operations or () if _makes_or_removes(each, name)), None)

    @property
    def name_is_held(self) -> bool:
        """Whether something is known to bear the name: then no copy under it can begin."""
        return self.holder is not None and not str(self.holder.operation_type).startswith("Delete")

    def _is_copy(self, operation: Operation | None) -> TypeGuard[Operation]:
        """Tell whether an operation is a copy of the request's source."""
        if operation is None or operation.operation_type is not OperationType.COPY_SNAPSHOT:
            return False
        return operation.operation_details == f"{self.request.source_region}:{self.request.source_name}"

    def __str__(self) -> str:
        name = self.request.target_snapshot_name
        if self.operations is None:
            return f"The service could not be asked about {name!r}: {self.obstacle}."
        holder = self.holder
        if holder is None:
            return f"The service, asked about {name!r}, can tell of no operation that made it."
        found = (
            f"The service, asked about {name!r}, names {holder.operation_type} of"
            f" {holder.operation_details or 'no stated source'} as what last acted on it (operation {holder.id},"
            f" {holder.status}, begun {holder.created_at.isoformat(timespec='seconds')})."
        )
        return f"{found} A failed snapshot holds the name: delete it first." if holder.failed else found


def _makes_or_removes(operation: Operation, name: str) -> bool:
    word = str(operation.operation_type)
    # What is made from a snapshot bears a name of its own.
    if word.endswith("FromSnapshot") and operation.resource_name != name:
        return False
    # A removal that failed has removed nothing; a making that failed still holds the name.
    return word.startswith(("Copy", "Create")) or (word.startswith("Delete") and not operation.failed)


def begun(headers: Mapping[str, str], elapsed: float, machine_time: float) -> datetime:
    """
    Return the moment before which nothing can have been begun by a call, on the service's clock where possible.

    Args:
        headers: those of a reply that came after the call, their names in lower case; `date` is the service's time.
        elapsed: the time from the call's start to that reply, in seconds.
        machine_time: the machine's time when the reply came, in epoch seconds.
    """
    # It takes longer to import than all else here, and only a call that went wrong comes this way.
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - see above

    try:
        date = parsedate_to_datetime(str(headers["date"]))
        # HTTP's dates are in GMT; one that names no zone is not in the machine's.
        now = date.astimezone(timezone.utc) if date.tzinfo else date.replace(tzinfo=timezone.utc)
        skew = _SERVICE_CLOCK_SKEW
    # A Date that cannot be read tells as much as none at all.
    except (KeyError, ValueError, OverflowError):
        now, skew = datetime.fromtimestamp(machine_time, timezone.utc), _MACHINE_CLOCK_SKEW
    return now - timedelta(seconds=elapsed) - skew
