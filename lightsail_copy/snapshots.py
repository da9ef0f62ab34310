"""
Automatic and manual snapshots.

Sources: botocore's model of GetAutoSnapshots, GetInstanceSnapshot and GetDiskSnapshot, and responses seen on the wire.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import cast

from attrs import frozen

from lightsail_copy.dicts import AttachedDiskDict, AutoSnapshotDict, SnapshotDict
from lightsail_copy.enums import AutoSnapshotStatus, ResourceType, SnapshotState, Unrecognized
from lightsail_copy.operations import NOWHERE, ResourceLocation, to_location
from lightsail_copy.parsing import (
    REQUIRED,
    Member,
    Table,
    each,
    parse_response,
    to_date,
    to_filled_text,
    to_integer,
    to_mapping,
    to_member,
    to_text,
    to_timestamp,
)

_MAX_DIGITS = 3
_USABLE = frozenset({SnapshotState.AVAILABLE, SnapshotState.COMPLETED})


@frozen(order=False)
class AttachedDisk:
    """
    A disk that was attached to an instance when its automatic snapshot was taken.

    Attributes:
        path: the path where it was attached, such as `/dev/xvdf`.
        size_in_gb: its size in GB.
    """

    path: str
    size_in_gb: int

    def to_dict(self) -> AttachedDiskDict:
        """Return the wire form, ready for JSON."""
        return cast("AttachedDiskDict", _DISK.to_dict(self))


_DISK = Table(AttachedDisk, (Member("path", "path", to_text, ""), Member("size_in_gb", "sizeInGb", to_integer, 0)))


@frozen(order=False)
class AutoSnapshot:
    """
    An automatic snapshot of an instance or a disk.

    Attributes:
        date: its date in UTC, which `AutoSnapshotCopy` takes as `restore_date`.
        created_at: when it was taken, in UTC, or None if the service does not say.
        status: its status; only an automatic snapshot with the status Success can be copied.
        from_attached_disks: its disks other than the system disk.
    """

    date: dt.date
    created_at: dt.datetime | None
    status: AutoSnapshotStatus | Unrecognized
    from_attached_disks: tuple[AttachedDisk, ...] = ()

    @classmethod
    def from_dict(cls, mapping: Mapping[str, object]) -> AutoSnapshot:
        """
        Parse an automatic snapshot from boto3's dict, from the AWS CLI's JSON, or from `to_dict`.

        Raises:
            UnexpectedResponseError: a required value is missing, null, or of another type; `path` names it.
        """
        return parse_response(AUTO_SNAPSHOT.parse, mapping)

    def to_dict(self) -> AutoSnapshotDict:
        """Return the wire form, ready for JSON; `from_dict` returns an equal automatic snapshot."""
        return cast("AutoSnapshotDict", AUTO_SNAPSHOT.to_dict(self))


# Only the date is required: without one, an automatic snapshot cannot be copied.
AUTO_SNAPSHOT = Table(
    AutoSnapshot,
    (
        Member("date", "date", to_date, REQUIRED),
        Member("created_at", "createdAt", to_timestamp),
        Member("status", "status", to_member(AutoSnapshotStatus), Unrecognized("")),
        Member("from_attached_disks", "fromAttachedDisks", each(_DISK.parse), ()),
    ),
)


@frozen(order=False)
class Snapshot:
    """
    A manual snapshot of an instance or a disk; a finished copy is one.

    Attributes:
        name: its name.
        arn: its Amazon Resource Name.
        resource_type: `INSTANCE_SNAPSHOT` or `DISK_SNAPSHOT`.
        state: its state; see `usable`.
        created_at: when it was created, in UTC.
        location: where it is.
        size_in_gb: its size in GB, or None if the service returns none.
        origin: the name of the instance or disk that it was created from, or None if the service returns none.
        progress: how much of it is done, in percent, or None: the service returns it for disks only.
    """

    name: str
    arn: str
    resource_type: ResourceType | Unrecognized
    state: SnapshotState | Unrecognized
    created_at: dt.datetime
    location: ResourceLocation
    size_in_gb: int | None = None
    origin: str | None = None
    progress: int | None = None

    @classmethod
    def from_dict(cls, mapping: Mapping[str, object]) -> Snapshot:
        """
        Parse a snapshot from boto3's dict, from the AWS CLI's JSON, or from `to_dict`.

        Raises:
            UnexpectedResponseError: a required value is missing, null, or of another type; `path` names it.
        """
        return parse_response(parse_snapshot, mapping)

    def to_dict(self) -> SnapshotDict:
        """Return the wire form, ready for JSON; `from_dict` returns an equal snapshot."""
        is_of_disk = self.resource_type is ResourceType.DISK_SNAPSHOT
        wire = cast("SnapshotDict", (_OF_DISK if is_of_disk else _OF_INSTANCE).to_dict(self))
        if self.progress is not None:
            wire["progress"] = f"{self.progress}%"
        return wire

    @property
    def usable(self) -> bool:
        """Whether an instance or a disk can be created from it: its state is available or completed."""
        return self.state in _USABLE


def to_percentage(value: object) -> int | None:
    """Return the number of a percentage, with or without its sign, or None if the text is not a percentage."""
    digits = to_text(value).removesuffix("%")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= _MAX_DIGITS else None


def _table(origin: str) -> Table[Snapshot]:
    return Table(
        Snapshot,
        (
            Member("name", "name", to_filled_text, REQUIRED),
            Member("arn", "arn", to_text, ""),
            Member("resource_type", "resourceType", to_member(ResourceType), Unrecognized("")),
            Member("state", "state", to_member(SnapshotState), Unrecognized("")),
            Member("created_at", "createdAt", to_timestamp, REQUIRED),
            Member("location", "location", to_location, NOWHERE),
            Member("size_in_gb", "sizeInGb", to_integer),
            Member("origin", origin, to_text),
            Member("progress", "progress", to_percentage),
        ),
    )


_OF_DISK, _OF_INSTANCE = _table("fromDiskName"), _table("fromInstanceName")


def parse_snapshot(value: object) -> Snapshot:
    """Parse a snapshot of a disk or of an instance."""
    is_of_disk = to_mapping(value).get("fromDiskName") is not None
    return (_OF_DISK if is_of_disk else _OF_INSTANCE).parse(value)
