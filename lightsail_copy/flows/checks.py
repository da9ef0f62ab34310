"""
The plan of a copy: two flows, one for each Region, find out what it would do, with calls that change nothing.

Sources: botocore's model (GetInstanceSnapshot, GetDiskSnapshot, GetAutoSnapshots, GetInstance, GetDisk).
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from attrs import frozen

from lightsail_copy.dicts import CopyPlanDict
from lightsail_copy.enums import AutoSnapshotStatus, RegionName, Unrecognized
from lightsail_copy.errors import Problem, format_value
from lightsail_copy.flows import Flow, calls
from lightsail_copy.flows.copies import IfExists
from lightsail_copy.flows.lookups import NameLookup, get_auto_snapshots, get_snapshot
from lightsail_copy.flows.ownership import judge
from lightsail_copy.operations import Operation
from lightsail_copy.requests import AutoSnapshotCopy, SnapshotCopyRequest, require_request
from lightsail_copy.service_errors import NotFoundError
from lightsail_copy.snapshots import AutoSnapshot
from lightsail_copy.validation import raise_problems, validate_choice


@frozen(order=False)
class CopyPlan:
    """
    What a copy would do, as far as lookups show.

    Attributes:
        request: the copy that was checked.
        target_region: the Region that it would be created in, or None if the client has none.
        size_in_gb: its size in GB, or None if that is not known.
        restore_date: the date of the automatic snapshot that it would copy, or None for a manual one.
        problems: why the service would reject it; empty if nothing was found.
        adopts: the operation that `copy_snapshot` with ``if_exists="adopt"`` would return, or None.
    """

    request: SnapshotCopyRequest
    target_region: RegionName | Unrecognized | None
    size_in_gb: int | None
    restore_date: dt.date | None
    problems: tuple[Problem, ...]
    adopts: Operation | None = None

    @property
    def possible(self) -> bool:
        """Whether no problem was found."""
        return not self.problems

    def to_dict(self) -> CopyPlanDict:
        """Return the plan ready for JSON: the request under its wire names; a value that is None is left out."""
        plan: CopyPlanDict = {
            "request": self.request.to_dict(),
            "problems": [
                {"field": each.field, "given": each.given, "rule": str(each.rule), "remedy": str(each.remedy)}
                for each in self.problems
            ],
        }
        if self.target_region is not None:
            plan["targetRegion"] = str(self.target_region)
        if self.size_in_gb is not None:
            plan["sizeInGb"] = self.size_in_gb
        if self.restore_date is not None:
            plan["restoreDate"] = self.restore_date.isoformat()
        if self.adopts is not None:
            plan["adopts"] = self.adopts.to_dict()
        return plan


class Source(NamedTuple):
    """What was found in the source Region, in the terms of `CopyPlan`."""

    size_in_gb: int | None = None
    restore_date: dt.date | None = None
    problems: tuple[Problem, ...] = ()


class Target(NamedTuple):
    """What was found in the target Region, in the terms of `CopyPlan`."""

    adopts: Operation | None = None
    problems: tuple[Problem, ...] = ()


def validate_check(request: SnapshotCopyRequest, if_exists: IfExists, source_region: str | None) -> None:
    """Validate the arguments of `plan_copy` before any call."""
    require_request(request)
    problems = validate_choice("if_exists", if_exists, ("raise", "adopt"))
    if source_region not in {None, str(request.source_region)}:
        rule = f"must be a client of the source Region, {str(request.source_region)!r}"
        problems.append(Problem("source_client", f"a client of {source_region!r}", rule))
    raise_problems(problems, subject="plan")


def check_source(request: SnapshotCopyRequest) -> Flow[Source]:
    """Look up the source of a copy."""
    if isinstance(request, AutoSnapshotCopy):
        return (yield from _check_auto_source(request))
    field, name = "source_snapshot_name", request.source_snapshot_name
    try:
        snapshot = yield from get_snapshot(name)
    except NotFoundError:
        return Source(problems=(_missing(field, name, "manual snapshot", request),))
    if snapshot.usable:
        return Source(snapshot.size_in_gb)
    rule = f"must be available, but its state is {snapshot.state}"
    remedy = "Wait until the snapshot is available."
    return Source(snapshot.size_in_gb, problems=(Problem(field, format_value(name), rule, remedy),))


def check_target(request: SnapshotCopyRequest, *, adopt: bool) -> Flow[Target]:
    """Look up the target name of a copy."""
    if adopt:
        operation = yield from _find_adoptable(request)
        if operation is not None:
            return Target(operation)
    problems = yield from _check_name(request.target_snapshot_name, adopt=adopt)
    return Target(problems=problems)


def make_plan(request: SnapshotCopyRequest, target_region: str | None, source: Source, target: Target) -> CopyPlan:
    """Return the plan from what was found in both Regions."""
    return CopyPlan(
        request,
        None if target_region is None else RegionName.parse(target_region),
        source.size_in_gb,
        source.restore_date,
        # An existing copy no longer needs its source.
        target.problems if target.adopts else (*source.problems, *target.problems),
        target.adopts,
    )


def _check_auto_source(request: AutoSnapshotCopy) -> Flow[Source]:
    name = request.source_resource_name
    try:
        snapshots = yield from get_auto_snapshots(name)
        size = yield from _resource_size(name)
    except NotFoundError:
        problem = _missing("source_resource_name", name, "instance or disk", request)
        return Source(restore_date=request.restore_date, problems=(problem,))
    ready = [each for each in snapshots if each.status is AutoSnapshotStatus.SUCCESS]
    chosen = next((each for each in ready if request.restore_date in {None, each.date}), None)
    if chosen is None:
        return Source(restore_date=request.restore_date, problems=(_no_such_date(request, ready),))
    return Source(size + sum(disk.size_in_gb for disk in chosen.from_attached_disks), chosen.date)


def _resource_size(name: str) -> Flow[int]:
    try:
        return (yield from calls.get_instance_size(name))
    except NotFoundError:
        return (yield from calls.get_disk_size(name))


def _missing(field: str, name: str, kind: str, request: SnapshotCopyRequest) -> Problem:
    rule = f"does not exist: {request.source_region} has no {kind} with this name"
    return Problem(field, format_value(name), rule, "Check the name and the Region of the source.")


def _no_such_date(request: AutoSnapshotCopy, ready: list[AutoSnapshot]) -> Problem:
    dates = ", ".join(str(each.date) for each in ready)
    if request.restore_date is None:
        rule = "must be the name of a resource with a finished automatic snapshot"
        remedy = "Turn automatic snapshots on, or wait for the first."
        return Problem("source_resource_name", format_value(request.source_resource_name), rule, remedy)
    remedy = f"Use one of {dates}." if dates else "Turn automatic snapshots on, or wait for the first."
    rule = f"must be the date of a finished automatic snapshot of {request.source_resource_name!r}"
    return Problem("restore_date", repr(str(request.restore_date)), rule, remedy)


def _find_adoptable(request: SnapshotCopyRequest) -> Flow[Operation | None]:
    lookup = NameLookup()
    yield from lookup.fetch(request.target_snapshot_name, 0.0, float)
    operations = lookup.fetched()
    # A name without operations has no pages, and so no start.
    return lookup.start and judge(request, operations, lookup.start).adoptable(adopt=True, may_be_own=False)


def _check_name(name: str, *, adopt: bool) -> Flow[tuple[Problem, ...]]:
    another = "Choose another name."
    snapshot = another if adopt else "Choose another name, or adopt it if it is this copy (if_exists='adopt')."
    for call, kind, remedy in (
        (calls.get_instance_snapshot(name), "a snapshot of an instance", snapshot),
        (calls.get_disk_snapshot(name), "a snapshot of a disk", snapshot),
        (calls.get_instance_size(name), "an instance", another),
        (calls.get_disk_size(name), "a disk", another),
    ):
        try:
            yield from calls.without_parsing(call)
        except NotFoundError:
            continue
        rule = f"is already in use: the target Region has {kind} with this name"
        return (Problem("target_snapshot_name", format_value(name), rule, remedy),)
    return ()
