"""
CopySnapshot: what it rejects, and what an accepted copy creates.

Sources: the API page of CopySnapshot for the three forms; recorded responses for the operation; public bug reports for
the message of a name conflict. Where no sample of a message is public, the message is made up, and so is the order of
the checks.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from lightsail_copy.enums import RegionName
from lightsail_copy.testing import serialization
from lightsail_copy.testing.responses import invalid_input, not_found
from lightsail_copy.testing.state import Disk, Instance, Operation, Snapshot, Source, snapshot_type, usable_state

if TYPE_CHECKING:
    from lightsail_copy.testing.protocol import Request
    from lightsail_copy.testing.state import Account, AutoSnapshot, CopyFailure, Region

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,253}[A-Za-z0-9_]")
NAME_RULE = (
    "must have 2 to 255 characters, which are letters, digits, periods, hyphens and underscores, and begin and end with"
    " a letter, a digit or an underscore"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_REGIONS = frozenset(member.value for member in RegionName)


@frozen
class _CopySource:
    """What the copy is made from."""

    source: Source
    size_in_gb: int
    is_from_auto_snapshot: bool


def copy_snapshot(account: Account, request: Request) -> serialization.Json:
    """
    Start a copy: create its snapshot, pending at first, and its operation.

    Raises:
        Rejection: the request has none of the three documented forms, its source does not exist or is not ready, or the
            target name is in use.
    """
    name = request.required("targetSnapshotName")
    _check_form(request)
    found = _find(account, request)
    target = account.region(request.region)
    if name in target.resources:
        raise invalid_input(f"Some names are already in use: {name}", detail="NameExists", tip="Choose another name.")
    failure = account.copy_failures.popleft() if account.copy_failures else None
    ends_at = request.now + account.copy_duration
    target.resources[name] = _snapshot(request, found, ends_at, failure)
    operation = _operation(next(account.operation_ids), request, found, ends_at, failure)
    target.operations[operation.id] = operation
    return {"operations": [serialization.operation(operation, request.now)]}


def parse_date(text: str) -> date | None:
    """Return the date of a text of the form YYYY-MM-DD, or None where it is not one."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _check_form(request: Request) -> None:
    manual, resource = request.text("sourceSnapshotName"), request.text("sourceResourceName")
    day, latest = request.text("restoreDate"), request.flag("useLatestRestorableAutoSnapshot")
    if not NAME.fullmatch(request.required("targetSnapshotName")):
        raise invalid_input(f"targetSnapshotName {NAME_RULE}")
    if (manual is None) == (resource is None):
        raise invalid_input("Specify either sourceSnapshotName or sourceResourceName, and not both")
    if manual is not None and (day is not None or latest):
        raise invalid_input("restoreDate and useLatestRestorableAutoSnapshot cannot be used with sourceSnapshotName")
    if resource is not None and (day is None) != latest:
        raise invalid_input("Specify either restoreDate or useLatestRestorableAutoSnapshot, and not both")
    if day is not None and parse_date(day) is None:
        raise invalid_input("restoreDate must be a date in the format YYYY-MM-DD")


def _find(account: Account, request: Request) -> _CopySource:
    name = request.required("sourceRegion")
    region = account.region(name) if name in _REGIONS else account.regions.get(name)
    if region is None:
        raise invalid_input(f"sourceRegion is not a Region: {name}")
    manual = request.text("sourceSnapshotName")
    if manual is not None:
        return _find_manual(region, manual, request.now)
    return _find_automatic(region, request.required("sourceResourceName"), request)


def _find_manual(region: Region, name: str, now: float) -> _CopySource:
    resource = region.resources.get(name)
    if not isinstance(resource, Snapshot):
        raise not_found("snapshot", name)
    if not resource.is_usable_at(now):
        raise invalid_input(
            f"The {resource.resource_type} cannot be copied in its state {resource.state_at(now)}: {name}"
        )
    return _CopySource(resource.source, resource.size_in_gb, resource.is_from_auto_snapshot)


def _find_automatic(region: Region, name: str, request: Request) -> _CopySource:
    resource = region.resources.get(name)
    if not isinstance(resource, (Instance, Disk)):
        raise not_found("resource", name)
    snapshot = _choose(region.auto_snapshots.get(name, ()), name, request.text("restoreDate"))
    if snapshot.status != "Success":
        state = f"its status {snapshot.status}: {name}"
        raise invalid_input(f"The automatic snapshot of {snapshot.date} cannot be copied in {state}")
    source = evolve(resource, attached_disks=snapshot.attached_disks) if isinstance(resource, Instance) else resource
    return _CopySource(source, resource.size_in_gb, is_from_auto_snapshot=True)


def _choose(newest_first: tuple[AutoSnapshot, ...], name: str, day: str | None) -> AutoSnapshot:
    restorable = (each for each in newest_first if each.status == "Success")
    of_the_day = (each for each in newest_first if each.date.isoformat() == day)
    snapshot = next(restorable if day is None else of_the_day, None)
    if snapshot is None:
        which = "latest restorable automatic snapshot" if day is None else f"automatic snapshot of {day}"
        raise not_found(which, name)
    return snapshot


def _snapshot(request: Request, found: _CopySource, ends_at: float, failure: CopyFailure | None) -> Snapshot:
    return Snapshot(
        name=request.required("targetSnapshotName"),
        region=request.region,
        created_at=request.now,
        source=found.source,
        size_in_gb=found.size_in_gb,
        ready_at=ends_at,
        final_state=usable_state(found.source) if failure is None else "error",
        is_from_auto_snapshot=found.is_from_auto_snapshot,
    )


def _operation(
    identifier: str, request: Request, found: _CopySource, ends_at: float, failure: CopyFailure | None
) -> Operation:
    source = request.text("sourceSnapshotName") or request.required("sourceResourceName")
    return Operation(
        id=identifier,
        resource_name=request.required("targetSnapshotName"),
        resource_type=snapshot_type(found.source),
        region=request.region,
        created_at=request.now,
        ends_at=ends_at,
        operation_type="CopySnapshot",
        details=f"{request.required('sourceRegion')}:{source}",
        error_code=None if failure is None else failure.code,
        error_details=None if failure is None else failure.details,
    )
