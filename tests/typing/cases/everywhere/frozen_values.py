"""No value can be changed or derived from; `attrs.evolve` makes another one."""

from datetime import date, datetime

import attrs
from typing_extensions import assert_type

from lightsail_copy import (
    AttachedDisk,
    AutoSnapshot,
    AutoSnapshotCopy,
    CopySnapshotResult,
    ManualSnapshotCopy,
    Operation,
    OperationStatus,
    PollSchedule,
    Problem,
    RegionName,
    ResourceLocation,
    Snapshot,
    Unrecognized,
)


def requests_cannot_be_changed(manual: ManualSnapshotCopy, auto: AutoSnapshotCopy) -> None:
    manual.source_region = RegionName.US_EAST_1  # reject
    manual.source_snapshot_name = "other"  # reject
    manual.target_snapshot_name = "other"  # reject
    manual.source_name = "other"  # reject
    manual.tags = ()  # reject except by pyrefly
    auto.source_region = RegionName.US_EAST_1  # reject
    auto.source_resource_name = "other"  # reject
    auto.target_snapshot_name = "other"  # reject
    auto.restore_date = None  # reject
    auto.restore_date = date(2026, 11, 20)  # reject
    auto.use_latest_restorable_auto_snapshot = True  # reject
    auto.source_name = "other"  # reject


def results_cannot_be_changed(operation: Operation, result: CopySnapshotResult, moment: datetime) -> None:
    operation.id = "other"  # reject
    operation.status = OperationStatus.SUCCEEDED  # reject
    operation.created_at = moment  # reject
    operation.error_code = None  # reject
    operation.succeeded = True  # reject
    operation.location.region_name = RegionName.US_EAST_1  # reject
    result.operations = ()  # reject
    result.request_id = None  # reject
    result.adopted = True  # reject


def other_values_cannot_be_changed(
    location: ResourceLocation,
    automatic: AutoSnapshot,
    disk: AttachedDisk,
    snapshot: Snapshot,
    problem: Problem,
    schedule: PollSchedule,
) -> None:
    location.availability_zone = "all"  # reject
    automatic.date = date(2026, 11, 20)  # reject
    automatic.from_attached_disks = ()  # reject
    disk.path = "/dev/xvdf"  # reject
    disk.size_in_gb = 8  # reject
    snapshot.progress = 100  # reject
    snapshot.usable = True  # reject
    problem.remedy = "other"  # reject
    schedule.max_delay = 1.0  # reject


def evolve_and_fields_are_accepted(
    manual: ManualSnapshotCopy, auto: AutoSnapshotCopy, operation: Operation, schedule: PollSchedule
) -> None:
    assert_type(attrs.evolve(manual, target_snapshot_name="copy-2"), ManualSnapshotCopy)
    assert_type(attrs.evolve(auto, target_snapshot_name="copy-2"), AutoSnapshotCopy)
    assert_type(attrs.evolve(auto, restore_date=date(2026, 11, 20)), AutoSnapshotCopy)
    assert_type(attrs.evolve(operation, status=OperationStatus.FAILED), Operation)
    assert_type(attrs.evolve(schedule, min_delay=10.0), PollSchedule)
    attrs.fields(ManualSnapshotCopy)  # reject by zuban: no attrs class for it
    attrs.fields(AutoSnapshotCopy)  # reject by zuban
    attrs.fields(Operation)  # reject by zuban
    attrs.asdict(auto)  # reject by zuban
    hash(manual), hash(auto), hash(operation)
    {manual: auto}


class DerivedManualSnapshotCopy(ManualSnapshotCopy):  # reject
    pass


class DerivedAutoSnapshotCopy(AutoSnapshotCopy):  # reject
    pass


class DerivedWord(Unrecognized):  # reject
    pass


class DerivedRegion(RegionName):  # reject
    pass
