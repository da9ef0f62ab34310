"""A plan is asked of two clients, and says what a copy would do."""

from datetime import date

from typing_extensions import assert_type

from lightsail_copy import CopyPlan, Problem, RegionName, SnapshotCopyRequest, Unrecognized, plan_copy
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
    assert_type(plan_copy(source, target, request), CopyPlan)
    plan_copy(source_client=source, target_client=target, request=request)


def rejected(source: ResourceClient, target: ResourceClient, copies: CopyClient, request: SnapshotCopyRequest) -> None:
    plan_copy(source, request)  # reject: two clients
    plan_copy(source, target)  # reject
    plan_copy(request, source, target)  # reject
    plan_copy(source, target, None)  # reject
    plan_copy(source, target, request.to_dict())  # reject
    plan_copy(source, copies, request)  # reject: it may not read
    plan_copy(source, target, request, if_exists="adopt")
    plan_copy(source, target, request, if_exists="maybe")  # reject
