"""The restore drill of its page, on the fake: whatever happens, the instance is deleted."""

# ruff: noqa: ANN401 - the recipe is a function of a page, which no checker sees
from __future__ import annotations

from typing import Any

import pytest
from documented import ROOT, account, blocks

from lightsail_copy import CopyFailedError, NotFoundError, WaitTimeoutError
from lightsail_copy.testing import FakeLightsail, faults

__all__ = ["account"]  # a fixture

PAGE = ROOT / "docs" / "howto" / "restore-drill.md"
COPY = "web-1-2025-12-31"
WHERE = {"zone": "us-west-2a", "bundle_id": "small_3_0"}


@pytest.fixture
def drill() -> Any:
    """Return the function of the page's first example."""
    names: dict[str, Any] = {}
    exec(next(iter(blocks(PAGE, "python"))).code, names)  # noqa: S102 - it is what the page tells the reader to run
    return names["drill"]


def instances(fake: FakeLightsail) -> list[str]:
    return [each["name"] for each in fake.client("us-west-2").get_instances()["instances"]]


def test_the_check_sees_the_instance_and_the_instance_is_deleted(drill: Any, account: FakeLightsail) -> None:
    seen: list[Any] = []
    drill(account.client("us-west-2"), COPY, **WHERE, check=lambda each: seen.append((each, instances(account))))
    ((instance, running),) = seen
    assert instance["state"]["name"] == "running"
    assert running == [instance["name"]] == [f"drill-{COPY}"]
    assert instances(account) == []
    assert COPY in account.snapshot_names("us-west-2")


def test_a_check_that_fails_deletes_the_instance(drill: Any, account: FakeLightsail) -> None:
    def check(_: object) -> None:
        raise AssertionError("The data is not there.")

    with pytest.raises(AssertionError, match="not there"):
        drill(account.client("us-west-2"), COPY, **WHERE, check=check)
    assert len(account.calls_of("DeleteInstance")) == 1
    assert instances(account) == []


def test_an_instance_that_cannot_be_created_is_deleted_and_not_checked(drill: Any, account: FakeLightsail) -> None:
    def failed(response: Any) -> object:
        return {"operation": {**response["operation"], "status": "Failed", "errorDetails": "No capacity."}}

    account.fail_next("GetOperation", faults.edited_response(failed))
    seen: list[object] = []
    with pytest.raises(CopyFailedError, match="No capacity"):
        drill(account.client("us-west-2"), COPY, **WHERE, check=seen.append)
    assert seen == []
    assert instances(account) == []


def test_a_wait_that_times_out_deletes_the_instance(drill: Any, account: FakeLightsail) -> None:
    account.copy_duration = 7200
    with pytest.raises(WaitTimeoutError):
        drill(account.client("us-west-2"), COPY, **WHERE, check=print)
    assert instances(account) == []


def test_a_copy_that_is_not_usable_costs_nothing(drill: Any, account: FakeLightsail) -> None:
    account.add_manual_snapshot("running", "us-west-2", state="pending")
    for name, error in (("running", ValueError), ("missing", NotFoundError)):
        with pytest.raises(error):
            drill(account.client("us-west-2"), name, **WHERE, check=print)
    assert account.calls_of("CreateInstancesFromSnapshot") == ()
