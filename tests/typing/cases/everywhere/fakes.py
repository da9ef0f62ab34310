"""The fake rejects an operation that it does not serve, and takes the service's words as text and as members."""

from lightsail_copy import AutoSnapshotStatus, OperationStatus, OperationType, RegionName, ResourceType, SnapshotState
from lightsail_copy.testing import FakeLightsail, faults


def slips(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.throttled())
    fake.fail_next("CopySnapshto", faults.throttled())  # reject
    fake.fail_next(OperationType.COPY_SNAPSHOT, faults.throttled())
    fake.add_auto_snapshot("web-1", "us-east-1", status="Success")
    fake.add_auto_snapshot("web-1", "us-east-1", status="Sucess")  # reject
    fake.add_auto_snapshot("web-1", RegionName.US_EAST_1, status=AutoSnapshotStatus.FAILED)
    fake.add_auto_snapshot("web-1", "us-east-1", status=OperationStatus.FAILED)  # reject
    fake.add_manual_snapshot(
        "web-1-monday", "us-east-1", resource_type=ResourceType.INSTANCE_SNAPSHOT, state=SnapshotState.AVAILABLE
    )
    fake.add_operation(
        "1",
        "us-east-1",
        resource_name="web-1",
        resource_type=ResourceType.INSTANCE,
        operation_type=OperationType.CREATE_INSTANCE,
    )
