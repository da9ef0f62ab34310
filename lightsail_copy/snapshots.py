"""
What the service returns for snapshots.

Sources: botocore's model of GetAutoSnapshots, GetInstanceSnapshot and GetDiskSnapshot, and responses seen on the wire.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from attrs import frozen

from lightsail_copy.dicts import AttachedDiskDict, AutoSnapshotDict, SnapshotDict
from lightsail_copy.enums import AutoSnapshotStatus, ResourceType, SnapshotState, Unrecognized
from lightsail_copy.operations import ResourceLocation
from lightsail_copy.parsing import Fields, format_timestamp

_MAX_DIGITS = 3
_USABLE = frozenset({SnapshotState.AVAILABLE, SnapshotState.COMPLETED})


@frozen(order=False)
class AttachedDisk:
    """
    A disk that was attached to an instance when its automatic snapshot was taken.

    Attributes:
        path: the path that it was attached at, such as `/dev/xvdf`.
        size_in_gb: its size in GB.
    """

    path: str
    size_in_gb: int

    @classmethod
    def parse(cls, fields: Fields) -> AttachedDisk:
        """Parse the wire form of a disk."""
        return cls(fields.text("path"), fields.integer("sizeInGb"))

    def to_dict(self) -> AttachedDiskDict:
        """Return the wire form, ready for JSON."""
        return {"path": self.path, "sizeInGb": self.size_in_gb}


@frozen(order=False)
class AutoSnapshot:
    """
    An automatic snapshot of an instance or a disk.

    Attributes:
        date: its date in UTC, which `AutoSnapshotCopy` takes as `restore_date`.
        created_at: when it was taken, in UTC.
        status: its status; only an automatic snapshot with the status Success can be copied.
        from_attached_disks: its disks other than the system disk.
    """

    date: dt.date
    created_at: dt.datetime
    status: AutoSnapshotStatus | Unrecognized
    from_attached_disks: tuple[AttachedDisk, ...] = ()

    @classmethod
    def from_dict(cls, mapping: Mapping[str, object]) -> AutoSnapshot:
        """
        Parse an automatic snapshot from boto3's dict, from the AWS CLI's JSON, or from `to_dict`.

        Raises:
            UnexpectedResponseError: a required value is missing, null, or of another type; `path` names it.
        """
        return cls.parse(Fields.of(mapping))

    @classmethod
    def parse(cls, fields: Fields) -> AutoSnapshot:
        """Parse the wire form of an automatic snapshot, at any place in a response."""
        return cls(
            fields.date("date"),
            fields.timestamp("createdAt"),
            AutoSnapshotStatus.parse(fields.text("status")),
            tuple(map(AttachedDisk.parse, fields.optional_each("fromAttachedDisks"))),
        )

    def to_dict(self) -> AutoSnapshotDict:
        """Return the wire form, ready for JSON; `from_dict` returns an equal automatic snapshot."""
        return {
            "date": self.date.isoformat(),
            "createdAt": format_timestamp(self.created_at),
            "status": str(self.status),
            "fromAttachedDisks": [disk.to_dict() for disk in self.from_attached_disks],
        }


@frozen(order=False)
class Snapshot:
    """
    A manual snapshot of an instance or a disk; a finished copy is one.

    Attributes:
        name: its name.
        arn: its Amazon Resource Name.
        resource_type: `INSTANCE_SNAPSHOT` or `DISK_SNAPSHOT`.
        state: its state.
        created_at: when it was created, in UTC.
        location: where it is.
        size_in_gb: its size in GB, or None where the service returns none.
        origin: the name of the instance or disk that it was created from, or None where the service returns none.
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
        return cls.parse(Fields.of(mapping))

    @classmethod
    def parse(cls, fields: Fields) -> Snapshot:
        """Parse the wire form of a snapshot, at any place in a response."""
        return cls(
            fields.filled_text("name"),
            fields.text("arn"),
            ResourceType.parse(fields.text("resourceType")),
            SnapshotState.parse(fields.text("state")),
            fields.timestamp("createdAt"),
            ResourceLocation.parse(fields.within("location")),
            fields.optional_integer("sizeInGb"),
            fields.optional_text("fromDiskName") or fields.optional_text("fromInstanceName"),
            parse_percent(fields.optional_text("progress") or ""),
        )

    def to_dict(self) -> SnapshotDict:
        """Return the wire form, ready for JSON; `from_dict` returns an equal snapshot."""
        wire: SnapshotDict = {
            "name": self.name,
            "arn": self.arn,
            "createdAt": format_timestamp(self.created_at),
            "location": self.location.to_dict(),
            "resourceType": str(self.resource_type),
            "state": str(self.state),
        }
        if self.progress is not None:
            wire["progress"] = f"{self.progress}%"
        if self.origin is not None:
            is_disk = self.resource_type is ResourceType.DISK_SNAPSHOT
            wire["fromDiskName" if is_disk else "fromInstanceName"] = self.origin
        if self.size_in_gb is not None:
            wire["sizeInGb"] = self.size_in_gb
        return wire

    @property
    def usable(self) -> bool:
        """Whether an instance or a disk can be created from it: its state is available or completed."""
        return self.state in _USABLE


def parse_percent(text: str) -> int | None:
    """Return the number of a percentage, whose sign may be missing, or None."""
    digits = text.removesuffix("%")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= _MAX_DIGITS else None
