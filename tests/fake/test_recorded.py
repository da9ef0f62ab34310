"""
The fake beside what AWS recorded: the outputs on the pages of the AWS CLI, in their order and with their members.

The pages are read from the installed AWS CLI, so that a new release brings its own.
"""

from __future__ import annotations

import importlib.util
import json
import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from fake_support import LATEST, MANUAL, SOURCE, call, small_fake

from lightsail_copy.testing.handlers import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

SPEC = importlib.util.find_spec("awscli")
pytestmark = pytest.mark.skipif(SPEC is None, reason="there is no AWS CLI: the group `tests` of pyproject.toml has it")
PAGES = Path(SPEC.origin).parent / "examples" / "lightsail" if SPEC and SPEC.origin else Path()

# Calls of each recorded operation, between them in all states that the recordings show.
ZONE = f"{SOURCE}a"
RESTORED = {"availabilityZone": ZONE, "bundleId": "small_3_0", "instanceSnapshotName": "web-friday"}
NEW_DISK = {"availabilityZone": ZONE, "sizeInGb": 64, "diskSnapshotName": "data-friday"}
CALLS: dict[str, list[dict[str, object]]] = {
    "CopySnapshot": [{**MANUAL}, {**LATEST, "targetSnapshotName": "web-copy-2"}],
    "CreateDiskFromSnapshot": [{**NEW_DISK, "diskName": "data-2"}],
    "CreateDiskSnapshot": [
        {"diskName": "data", "diskSnapshotName": "data-new"},
        {"instanceName": "web", "diskSnapshotName": "system-new"},
    ],
    "CreateInstanceSnapshot": [{"instanceName": "web", "instanceSnapshotName": "web-new"}],
    "CreateInstancesFromSnapshot": [{**RESTORED, "instanceNames": ["web-2"]}],
    "GetActiveNames": [{}],
    "GetAutoSnapshots": [{"resourceName": "web"}],
    "GetBlueprints": [{}],
    "GetBundles": [{}],
    "GetDisk": [{"diskName": "logs"}, {"diskName": "data"}],
    "GetDiskSnapshot": [{"diskSnapshotName": "data-friday"}],
    "GetDiskSnapshots": [{}],
    "GetDisks": [{}],
    "GetInstance": [{"instanceName": "older"}],
    "GetInstanceSnapshot": [{"instanceSnapshotName": "web-friday"}],
    "GetInstanceSnapshots": [{}],
    "GetInstances": [{}],
    "GetOperations": [{}],
    "GetOperationsForResource": [{"resourceName": "web"}],
    "GetRegions": [{}],
    # Last, as they delete what the others need.
    "DeleteAutoSnapshot": [{"resourceName": "web", "date": "2025-12-31"}],
    "DeleteInstance": [{"instanceName": "web"}],
    "DeleteDisk": [{"diskName": "logs"}],
    "DeleteDiskSnapshot": [{"diskSnapshotName": "data-friday"}],
    "DeleteInstanceSnapshot": [{"instanceSnapshotName": "web-friday"}],
}
# What some recordings do not show: an add-on, a tag, the disks of a snapshot, a snapshot of a system disk in a list.
ONLY_OURS = re.compile(r"\.addOns|\.tags\[\]\.key|\.fromAttachedDisks\[\]|\.diskSnapshots\[\]\.fromInstance")
LISTS = {
    "GetAutoSnapshots": "autoSnapshots",
    "GetDisks": "disks",
    "GetDiskSnapshots": "diskSnapshots",
    "GetInstances": "instances",
    "GetInstanceSnapshots": "instanceSnapshots",
    "GetOperations": "operations",
    "GetOperationsForResource": "operations",
}


def recorded(operation: str) -> Iterator[Any]:
    """Yield the outputs on the page of an operation, if it has one."""
    page = PAGES / f"{re.sub(r'(?<!^)(?=[A-Z])', '-', operation).lower()}.rst"
    if page.exists():
        for block in re.findall(
            r"^Output::\n\n((?:[ ]+.*\n|\n)*[ ]*\}?)", page.read_text(encoding="utf-8"), re.MULTILINE
        ):
            # The end of a long list is left out.
            yield json.loads(re.sub(r",\s*\.\.\.\s*\}", "", textwrap.dedent(block)))


RECORDED = [name for name in OPERATIONS if SPEC and any(recorded(name))]


def paths(value: object, path: str = "") -> Iterator[str]:
    """Yield the paths of all members."""
    if isinstance(value, dict):
        for name, member in cast("dict[str, object]", value).items():
            yield f"{path}.{name}"
            yield from paths(member, f"{path}.{name}")
    elif isinstance(value, list):
        for member in cast("list[object]", value):
            yield from paths(member, f"{path}[]")


@pytest.fixture(scope="module")
def responses() -> dict[str, list[dict[str, Any]]]:
    """Return what the fake responds to each of the calls."""
    fake = small_fake(copy_duration=10)
    fake.add_auto_snapshot("web", SOURCE, "2025-12-30")
    call(fake, SOURCE, "CreateInstanceSnapshot", instanceName="web", instanceSnapshotName="web-monday")
    call(fake, SOURCE, "CreateDiskSnapshot", diskName="data", diskSnapshotName="data-monday")
    fake.clock.advance(10)
    call(fake, SOURCE, "CreateInstancesFromSnapshot", **RESTORED, instanceNames=["older"])
    for name in ("logs", "web-friday"):
        call(fake, SOURCE, "TagResource", resourceName=name, tags=[{"key": "no_delete"}])
    (operation, *_) = call(fake, SOURCE, "GetOperations")["operations"]
    found = {"GetOperation": [call(fake, SOURCE, "GetOperation", operationId=operation["id"])]}
    for operation, calls in CALLS.items():
        for parameters in calls:
            fake.clock.advance(1)
            found.setdefault(operation, []).append(call(fake, SOURCE, operation, **parameters))
    return found


def test_the_pages_have_most_of_the_operations() -> None:
    assert {"CopySnapshot", "GetInstances", "GetOperations", "DeleteInstance"} <= set(RECORDED)
    assert set(RECORDED) == {"GetOperation", *CALLS}


@pytest.mark.parametrize("operation", RECORDED)
def test_the_members_are_those_that_were_recorded(operation: str, responses: dict[str, list[dict[str, Any]]]) -> None:
    theirs = {path for output in recorded(operation) for path in paths(output)}
    ours = {path for output in responses[operation] for path in paths(output)}
    assert theirs - ours == set()
    assert {path for path in ours - theirs if not ONLY_OURS.search(path)} == set()


@pytest.mark.parametrize("operation", LISTS)
def test_lists_are_newest_first_as_all_recorded_ones(
    operation: str, responses: dict[str, list[dict[str, Any]]]
) -> None:
    for output in [*recorded(operation), *responses[operation]]:
        times = [each["createdAt"] for each in output[LISTS[operation]]]
        assert len(set(times)) > 1
        assert times == sorted(times, reverse=True)
