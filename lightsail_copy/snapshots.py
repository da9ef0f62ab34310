"""
What the service gave for snapshots.

Source: botocore's model of GetAutoSnapshots, GetInstanceSnapshot and GetDiskSnapshot, and replies seen on the wire.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from attrs import frozen

from lightsail_copy.enums import AutoSnapshotStatus, ResourceType, SnapshotState, Unrecognized
from lightsail_copy.operations import ResourceLocation
from lightsail_copy.reading import Reader, without_none, written

if TYPE_CHECKING:
    from collections.abc import Mapping

_PERCENT = re.compile(r"([0-9]{1,3})%?")
_USABLE = frozenset({SnapshotState.AVAILABLE, SnapshotState.COMPLETED})


@frozen
class AttachedDisk:
    """
    A disk that was attached to an instance when its automatic snapshot was taken.

    Attributes:
        path: where it was attached, such as `/dev/xvdf`.
        size_in_gb: its size in GB.
    """

    path: str
    size_in_gb: int

    @classmethod
    def read(cls, reader: Reader) -> AttachedDisk:
        """Read a disk's wire form."""
        return cls(reader.text("path"), reader.whole_number("sizeInGb"))

    def to_dict(self) -> dict[str, Any]:
        """Return the wire form, ready for JSON."""
        return {"path": self.path, "sizeInGb": self.size_in_gb}


@frozen
class AutoSnapshot:
    """
    An automatic snapshot of an instance or a disk.

    Attributes:
        date: its day in UTC, which `AutoSnapshotCopy` takes as `restore_date`.
        created_at: when it was taken, in UTC.
        status: how far it has come; only one of status Success can be copied.
        from_attached_disks: the disks that it holds beside the system disk.
    """

    date: dt.date
    created_at: dt.datetime
    status: AutoSnapshotStatus | Unrecognized
    from_attached_disks: tuple[AttachedDisk, ...] = ()

    @classmethod
    def from_dict(cls, mapping: Mapping[str, object]) -> AutoSnapshot:
        """
        Read an automatic snapshot from boto3's dict, from the AWS CLI's JSON, or from `to_dict`.

        Raises:
            UnexpectedResponseError: something required is missing, null, or of another type; `path` names it.
        """
        return cls.read(Reader.of(mapping))

    @classmethod
    def read(cls, reader: Reader) -> AutoSnapshot:
        """Read an automatic snapshot's wire form, wherever in a reply it stands."""
        return cls(
            reader.day("date"),
            reader.moment("createdAt"),
            AutoSnapshotStatus.read(reader.text("status")),
            tuple(map(AttachedDisk.read, reader.optional_each("fromAttachedDisks"))),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the wire form, ready for JSON; `from_dict` gives back an equal automatic snapshot."""
        return {
            "date": self.date.isoformat(),
            "createdAt": written(self.created_at),
            "status": str(self.status),
            "fromAttachedDisks": [disk.to_dict() for disk in self.from_attached_disks],
        }


@frozen
class Snapshot:
    """
    A manual snapshot of an instance or a disk, as a finished copy is one.

    Attributes:
        name: its name.
        arn: its Amazon Resource Name.
        resource_type: `INSTANCE_SNAPSHOT` or `DISK_SNAPSHOT`.
        state: how far it has come.
        created_at: when it was made, in UTC.
        location: where it is.
        size_in_gb: its size in GB, or None where the service gives none.
        origin: the name of the instance or disk that it was made from, or None where the service gives none.
        progress: how much of it is there, in percent, or None: the service gives it for disks alone.
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
        Read a snapshot from boto3's dict, from the AWS CLI's JSON, or from `to_dict`.

        Raises:
            UnexpectedResponseError: something required is missing, null, or of another type; `path` names it.
        """
        return cls.read(Reader.of(mapping))

    @classmethod
    def read(cls, reader: Reader) -> Snapshot:
        """Read a snapshot's wire form, wherever in a reply it stands."""
        percent = _PERCENT.fullmatch(reader.optional_text("progress") or "")
        return cls(
            reader.filled_text("name"),
            reader.text("arn"),
            ResourceType.read(reader.text("resourceType")),
            SnapshotState.read(reader.text("state")),
            reader.moment("createdAt"),
            ResourceLocation.read(reader.within("location")),
            reader.optional_whole_number("sizeInGb"),
            reader.optional_text("fromDiskName") or reader.optional_text("fromInstanceName"),
            int(percent[1]) if percent else None,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the wire form, ready for JSON; `from_dict` gives back an equal snapshot."""
        of_disk = self.resource_type is ResourceType.DISK_SNAPSHOT
        return without_none(
            {
                "name": self.name,
                "arn": self.arn,
                "createdAt": written(self.created_at),
                "location": self.location.to_dict(),
                "resourceType": str(self.resource_type),
                "state": str(self.state),
                "progress": None if self.progress is None else f"{self.progress}%",
                "fromDiskName" if of_disk else "fromInstanceName": self.origin,
                "sizeInGb": self.size_in_gb,
            }
        )

    @property
    def usable(self) -> bool:
        """Whether an instance or a disk can be made from it: its state is available or completed."""
        return self.state in _USABLE
