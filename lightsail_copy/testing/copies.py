"""
CopySnapshot: what is refused, and what an accepted copy leaves behind.

Sources: the API page of CopySnapshot for the three forms; recorded replies for the operation; public bug reports for
the message of a name conflict. Where no public sample of a message exists, the sentence is ours, and so is the order of
the checks.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from lightsail_copy.enums import RegionName
from lightsail_copy.testing import wire
from lightsail_copy.testing.replies import invalid, not_found
from lightsail_copy.testing.state import Disk, Instance, Operation, Resource, Snapshot, snapshot_type, usable_state

if TYPE_CHECKING:
    from lightsail_copy.testing.requests import Request
    from lightsail_copy.testing.state import AutoSnapshot, CopyFailure, Region, World

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,253}[A-Za-z0-9_]")
NAME_RULE = (
    "must have 2 to 255 characters, which are letters, digits, periods, hyphens and underscores, and begin and end with"
    " a letter, a digit or an underscore"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_REGIONS = frozenset(member.value for member in RegionName)


@frozen
class _Found:
    """What is to be copied."""

    source: Resource
    size_in_gb: int
    is_from_auto_snapshot: bool


def copy_snapshot(world: World, request: Request) -> wire.Wire:
    """
    Accept a copy: its snapshot holds the name from now on, and its operation tells how it goes.

    Raises:
        Refusal: the request has none of the three legal forms, its source is not there or not ready, or the target name
            is taken.
    """
    name = request.given("targetSnapshotName")
    _check_form(request)
    found = _find(world, request)
    target = world.region(request.region)
    if name in target.holdings:
        raise invalid(f"Some names are already in use: {name}", detail="NameExists", tip="Choose another name.")
    failure = world.copy_failures.popleft() if world.copy_failures else None
    ends_at = request.moment + world.copy_duration
    target.holdings[name] = _snapshot(request, found, ends_at, failure)
    operation = _operation(next(world.operation_ids), request, found, ends_at, failure)
    target.operations[operation.id] = operation
    return {"operations": [wire.operation(operation, request.moment)]}


def parse_date(text: str) -> date | None:
    """Return the day of a text of the form YYYY-MM-DD, or None where it is none."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _check_form(request: Request) -> None:
    manual, resource = request.text("sourceSnapshotName"), request.text("sourceResourceName")
    day, latest = request.text("restoreDate"), request.flag("useLatestRestorableAutoSnapshot")
    if not NAME.fullmatch(request.given("targetSnapshotName")):
        raise invalid(f"targetSnapshotName {NAME_RULE}")
    if (manual is None) == (resource is None):
        raise invalid("Specify either sourceSnapshotName or sourceResourceName, and not both")
    if manual is not None and (day is not None or latest):
        raise invalid("restoreDate and useLatestRestorableAutoSnapshot cannot be used with sourceSnapshotName")
    if resource is not None and (day is None) != latest:
        raise invalid("Specify either restoreDate or useLatestRestorableAutoSnapshot, and not both")
    if day is not None and parse_date(day) is None:
        raise invalid("restoreDate must be a date in the format YYYY-MM-DD")


def _find(world: World, request: Request) -> _Found:
    name = request.given("sourceRegion")
    region = world.region(name) if name in _REGIONS else world.regions.get(name)
    if region is None:
        raise invalid(f"sourceRegion is not a Region: {name}")
    manual = request.text("sourceSnapshotName")
    if manual is not None:
        return _find_manual(region, manual, request.moment)
    return _find_automatic(region, request.given("sourceResourceName"), request)


def _find_manual(region: Region, name: str, moment: float) -> _Found:
    held = region.holdings.get(name)
    if not isinstance(held, Snapshot):
        raise not_found("snapshot", name)
    if not held.is_usable_at(moment):
        raise invalid(f"The {held.resource_type} cannot be copied in its state {held.state_at(moment)}: {name}")
    return _Found(held.source, held.size_in_gb, held.is_from_auto_snapshot)


def _find_automatic(region: Region, name: str, request: Request) -> _Found:
    resource = region.holdings.get(name)
    if not isinstance(resource, (Instance, Disk)):
        raise not_found("resource", name)
    snapshot = _choose(region.auto_snapshots.get(name, ()), name, request.text("restoreDate"))
    if snapshot.status != "Success":
        state = f"its status {snapshot.status}: {name}"
        raise invalid(f"The automatic snapshot of {snapshot.date} cannot be copied in {state}")
    source = evolve(resource, attached_disks=snapshot.attached_disks) if isinstance(resource, Instance) else resource
    return _Found(source, resource.size_in_gb, is_from_auto_snapshot=True)


def _choose(newest_first: tuple[AutoSnapshot, ...], name: str, day: str | None) -> AutoSnapshot:
    restorable = (each for each in newest_first if each.status == "Success")
    of_the_day = (each for each in newest_first if each.date.isoformat() == day)
    snapshot = next(restorable if day is None else of_the_day, None)
    if snapshot is None:
        which = "latest restorable automatic snapshot" if day is None else f"automatic snapshot of {day}"
        raise not_found(which, name)
    return snapshot


def _snapshot(request: Request, found: _Found, ends_at: float, failure: CopyFailure | None) -> Snapshot:
    return Snapshot(
        name=request.given("targetSnapshotName"),
        region=request.region,
        created_at=request.moment,
        source=found.source,
        size_in_gb=found.size_in_gb,
        ready_at=ends_at,
        final_state=usable_state(found.source) if failure is None else "error",
        is_from_auto_snapshot=found.is_from_auto_snapshot,
    )


def _operation(
    identifier: str, request: Request, found: _Found, ends_at: float, failure: CopyFailure | None
) -> Operation:
    source = request.text("sourceSnapshotName") or request.given("sourceResourceName")
    return Operation(
        id=identifier,
        resource_name=request.given("targetSnapshotName"),
        resource_type=snapshot_type(found.source),
        region=request.region,
        created_at=request.moment,
        ends_at=ends_at,
        operation_type="CopySnapshot",
        details=f"{request.given('sourceRegion')}:{source}",
        error_code=None if failure is None else failure.code,
        error_details=None if failure is None else failure.details,
    )
