"""
What a copy would do, asked beforehand by reads alone.

Sources: the reads of botocore's model (GetInstanceSnapshot, GetDiskSnapshot, GetAutoSnapshots, GetInstance, GetDisk).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from attrs import frozen

from lightsail_copy.calls import call
from lightsail_copy.enums import AutoSnapshotStatus, RegionName, Unrecognized
from lightsail_copy.errors import NotFoundError, Problem
from lightsail_copy.lookups import get_auto_snapshots, get_snapshot
from lightsail_copy.reading import shown
from lightsail_copy.requests import AutoSnapshotCopy, ManualSnapshotCopy, SnapshotCopyRequest, require_request
from lightsail_copy.rules import refuse
from lightsail_copy.wire import read_disk_size, read_instance_size

if TYPE_CHECKING:
    from lightsail_copy.snapshots import AutoSnapshot
    from lightsail_copy.typing import ResourceClient

# A name is one namespace across resource types; these are the types that a read by name tells of at no cost.
_READS_BY_NAME = (
    ("get_instance_snapshot", "instanceSnapshotName", "a snapshot of an instance"),
    ("get_disk_snapshot", "diskSnapshotName", "a snapshot of a disk"),
    ("get_instance", "instanceName", "an instance"),
    ("get_disk", "diskName", "a disk"),
)


@frozen
class CopyPlan:
    """
    What a copy would do, as far as reads can tell.

    Attributes:
        request: the copy that was checked.
        target_region: the Region that it would be made in, or None where the client does not tell.
        size_in_gb: how many GB it would hold, or None where that cannot be told.
        restore_date: the day of the automatic snapshot that it would keep, or None for a manual one.
        problems: why the service would refuse it; empty where nothing stands in its way.
    """

    request: SnapshotCopyRequest
    target_region: RegionName | Unrecognized | None
    size_in_gb: int | None
    restore_date: dt.date | None
    problems: tuple[Problem, ...]

    @property
    def possible(self) -> bool:
        """Whether nothing that was looked at stands in its way."""
        return not self.problems


@frozen
class _Source:
    size_in_gb: int | None = None
    restore_date: dt.date | None = None
    problems: tuple[Problem, ...] = ()


def check_copy(source_client: ResourceClient, target_client: ResourceClient, request: SnapshotCopyRequest) -> CopyPlan:
    """
    Say what a copy would do, without doing it.

    Asks only for what reading costs nothing: whether the source exists and is ready, which automatic snapshot would be
    taken, and whether the target name is free of snapshots, instances and disks. A name that a resource of another
    type holds (a static IP, a key pair, ...) shows only when the copy is made, as do quotas and permissions.

    Args:
        source_client: a boto3 Lightsail client of the **source** Region.
        target_client: a boto3 Lightsail client of the **target** Region.
        request: the copy to check.

    Returns:
        The plan, with the problems that were found.

    Raises:
        InvalidRequestError: `source_client` is of another Region than the request's source; nothing was sent.
        ServiceError: the service refused a read, or failed.
        UnexpectedResponseError: a reply came and is not understood.
        TypeError: a client is no Lightsail client, or `request` no request.
    """
    require_request(request)
    refuse(_region_problems(source_client, request))
    found = (
        _manual_source(source_client, request)
        if isinstance(request, ManualSnapshotCopy)
        else _auto_source(source_client, request)
    )
    region = _region_of(target_client)
    return CopyPlan(
        request,
        None if region is None else RegionName.read(region),
        found.size_in_gb,
        found.restore_date,
        (*found.problems, *_name_problems(target_client, request.target_snapshot_name)),
    )


def _region_of(client: object) -> str | None:
    name = getattr(getattr(client, "meta", None), "region_name", None)
    return name if isinstance(name, str) else None


def _region_problems(source_client: object, request: SnapshotCopyRequest) -> list[Problem]:
    region = _region_of(source_client)
    if region in {None, str(request.source_region)}:
        return []
    rule = f"the request's source_region is {str(request.source_region)!r}"
    return [Problem("source_client", f"of {region!r}", rule, "give a client of the source Region")]


def _manual_source(client: ResourceClient, request: ManualSnapshotCopy) -> _Source:
    field, name = "source_snapshot_name", request.source_snapshot_name
    try:
        snapshot = get_snapshot(client, name)
    except NotFoundError:
        return _Source(problems=(_missing(field, name, "manual snapshot", request),))
    if snapshot.usable:
        return _Source(snapshot.size_in_gb)
    rule = f"the snapshot's state is {snapshot.state}, and only a finished one can be copied"
    return _Source(snapshot.size_in_gb, problems=(Problem(field, shown(name), rule, "wait until it is finished"),))


def _auto_source(client: ResourceClient, request: AutoSnapshotCopy) -> _Source:
    name = request.source_resource_name
    try:
        snapshots = get_auto_snapshots(client, name)
        size = _resource_size(client, name)
    except NotFoundError:
        return _Source(problems=(_missing("source_resource_name", name, "instance or disk", request),))
    ready = [each for each in snapshots if each.status is AutoSnapshotStatus.SUCCESS]
    chosen = next((each for each in ready if request.restore_date in {None, each.date}), None)
    if chosen is None:
        return _Source(problems=(_no_such_day(request, ready),))
    return _Source(size + sum(disk.size_in_gb for disk in chosen.from_attached_disks), chosen.date)


def _resource_size(client: ResourceClient, name: str) -> int:
    try:
        return read_instance_size(call(client, "get_instance", {"instanceName": name}))
    except NotFoundError:
        return read_disk_size(call(client, "get_disk", {"diskName": name}))


def _missing(field: str, name: str, kind: str, request: SnapshotCopyRequest) -> Problem:
    rule = f"{request.source_region} has no {kind} of that name"
    return Problem(field, shown(name), rule, "check the name and source_region")


def _no_such_day(request: AutoSnapshotCopy, ready: list[AutoSnapshot]) -> Problem:
    days = ", ".join(str(each.date) for each in ready)
    remedy = f"write one of {days}" if days else "turn automatic snapshots on, or wait for the first"
    if request.restore_date is None:
        rule = f"{request.source_resource_name!r} has no finished automatic snapshot"
        return Problem("use_latest_restorable_auto_snapshot", "True", rule, remedy)
    rule = f"{request.source_resource_name!r} has no finished automatic snapshot of that day"
    return Problem("restore_date", str(request.restore_date), rule, remedy)


def _name_problems(client: ResourceClient, name: str) -> list[Problem]:
    for method, parameter, kind in _READS_BY_NAME:
        try:
            call(client, method, {parameter: name})
        except NotFoundError:
            continue
        rule = f"the target Region has {kind} of that name"
        return [Problem("target_snapshot_name", shown(name), rule, "choose another name, or delete what holds it")]
    return []
