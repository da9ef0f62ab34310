"""A plan is asked of two clients, and says what a copy would do."""

from datetime import date

from typing_extensions import assert_type

from lightsail_copy import CopyPlan, Problem, RegionName, SnapshotCopyRequest, Unrecognized, check_copy
from lightsail_copy.typing import CopyClient, ResourceClient


def attributes(plan: CopyPlan) -> None:
    assert_type(plan.request, SnapshotCopyRequest)
    assert_type(plan.target_region, RegionName | Unrecognized | None)
    assert_type(plan.size_in_gb, int | None)
    assert_type(plan.restore_date, date | None)
    assert_type(plan.problems, tuple[Problem, ...])
    assert_type(plan.possible, bool)
    plan.size_in_gb + 1  # reject: it may be None
    plan.restore_date.isoformat()  # reject: see above
    plan.possible()  # reject: a property
    plan.problems = ()  # reject
    plan.possible = True  # reject


def accepted(source: ResourceClient, target: ResourceClient, request: SnapshotCopyRequest) -> None:
    assert_type(check_copy(source, target, request), CopyPlan)
    check_copy(source_client=source, target_client=target, request=request)


def rejected(source: ResourceClient, target: ResourceClient, copies: CopyClient, request: SnapshotCopyRequest) -> None:
    check_copy(source, request)  # reject: two clients
    check_copy(source, target)  # reject
    check_copy(request, source, target)  # reject
    check_copy(source, target, None)  # reject
    check_copy(source, target, request.to_dict())  # reject
    check_copy(source, copies, request)  # reject: it may not read
    check_copy(source, target, request, if_exists="adopt")
    check_copy(source, target, request, if_exists="maybe")  # reject
