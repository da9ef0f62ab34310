"""
What the service gave for snapshots.

Source: botocore's model of GetAutoSnapshots, and replies seen on the wire.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - attrs.fields and typing.get_type_hints show it at run time

from attrs import frozen

from lightsail_copy.enums import AutoSnapshotStatus, Unrecognized
from lightsail_copy.reading import Reader  # noqa: TC001 - typing.get_type_hints shows it at run time


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
    def read(cls, reader: Reader) -> AutoSnapshot:
        """Read an automatic snapshot's wire form."""
        disks = () if reader.mapping.get("fromAttachedDisks") is None else reader.each("fromAttachedDisks")
        return cls(
            reader.day("date"),
            reader.moment("createdAt"),
            AutoSnapshotStatus.read(reader.text("status")),
            tuple(map(AttachedDisk.read, disks)),
        )
