"""Seed files: what they put into a fake, and what is said about one that is wrong."""

from __future__ import annotations

import json
import re
import textwrap
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest
from fake_support import call

from lightsail_copy.testing import FakeClock, FakeLightsail, seed

if TYPE_CHECKING:
    from pathlib import Path

REGION = "us-east-1"


def documented() -> object:
    """Return the seed that the documentation has."""
    block = re.search(r"json\n\n( +\{.*?\n    \}+\n)", seed.__doc__ or "", re.DOTALL)
    assert block is not None
    return json.loads(textwrap.dedent(block[1]))


def loaded(content: object) -> FakeLightsail:
    """Return a fake that has a seed."""
    fake = FakeLightsail()
    seed.load(fake, content)
    return fake


def in_region(**things: object) -> object:
    """Return a seed of one Region."""
    return {"regions": {REGION: things}}


def test_the_documented_seed_is_good() -> None:
    fake = FakeLightsail()
    fake.clock.advance(60 * 24 * 3600)
    seed.load(fake, documented())
    (snapshot,) = call(fake, REGION, "GetInstanceSnapshots")["instanceSnapshots"]
    monday = datetime(2026, 1, 26, 9, tzinfo=timezone.utc)
    assert (snapshot["name"], snapshot["createdAt"]) == ("web-1-monday", monday.timestamp())
    (disk,) = call(fake, REGION, "GetDisks")["disks"]
    assert (disk["name"], disk["sizeInGb"], disk["attachedTo"]) == ("data-1", 64, "web-1")
    (automatic,) = call(fake, REGION, "GetAutoSnapshots", resourceName="web-1")["autoSnapshots"]
    assert automatic["date"] == "2026-01-31"
    operation = call(fake, REGION, "GetOperation", operationId="0a1b")["operation"]
    assert (operation["operationType"], operation["status"]) == ("CreateInstance", "Succeeded")


def test_every_argument_can_be_given() -> None:
    fake = loaded(
        in_region(
            disks=[{"name": "logs"}],
            instances=[
                {
                    "name": "web",
                    "size_in_gb": 20,
                    "blueprint_id": "debian_12",
                    "bundle_id": "nano_3_0",
                    "attached_disks": ["logs"],
                }
            ],
            manual_snapshots=[
                {"name": "gone-1", "resource_type": "DiskSnapshot", "size_in_gb": 9, "state": "error"},
                {"name": "web-1", "source": "web"},
            ],
            auto_snapshots=[{"resource_name": "web", "status": "Failed"}],
            operations=[
                {
                    "operation_id": "x",
                    "resource_name": "web",
                    "resource_type": "Instance",
                    "operation_type": "RebootInstance",
                    "details": "made up",
                    "error_code": "Oops",
                    "error_details": "It went wrong.",
                }
            ],
        )
    )
    instance = call(fake, REGION, "GetInstance", instanceName="web")["instance"]
    assert (instance["blueprintId"], instance["bundleId"]) == ("debian_12", "nano_3_0")
    (automatic,) = call(fake, REGION, "GetAutoSnapshots", resourceName="web")["autoSnapshots"]
    assert (automatic["date"], automatic["status"]) == ("2026-01-01", "Failed")
    (snapshot,) = call(fake, REGION, "GetDiskSnapshots")["diskSnapshots"]
    assert (snapshot["state"], snapshot["sizeInGb"]) == ("error", 9)
    operation = call(fake, REGION, "GetOperation", operationId="x")["operation"]
    assert (operation["status"], operation["errorCode"], operation["errorDetails"]) == (
        "Failed",
        "Oops",
        "It went wrong.",
    )


@pytest.mark.parametrize("content", [{}, {"regions": {}}, in_region(), in_region(disks=[])])
def test_every_part_may_be_left_out(content: object) -> None:
    assert loaded(content).snapshot_names(REGION) == ()


def test_a_region_may_be_newer_than_this_package() -> None:
    content = {"regions": {"mx-central-7": {"manual_snapshots": [{"name": "s1"}]}}}
    assert loaded(content).snapshot_names("mx-central-7") == ("s1",)


NAMES = ("web-1", "data-1")
WEEK = ["2026-01-01", "2025-12-31", "2025-12-30", "2025-12-29", "2025-12-28", "2025-12-27", "2025-12-26"]


@pytest.mark.parametrize(("hour", "days"), [(5, [*WEEK[1:], "2025-12-25"]), (6, WEEK)])
def test_the_sample_has_a_week_of_automatic_snapshots_that_are_made_at_six(hour: int, days: list[str]) -> None:
    fake = FakeLightsail(clock=FakeClock(datetime(2026, 1, 1, hour, tzinfo=timezone.utc)), seed=seed.sample)
    assert set(fake.snapshot_names(REGION)) == {f"{name}-{day}" for name in NAMES for day in ("monday", "friday")}
    for name in ("web-1", "web-2", "db-1", "data-1"):
        found = call(fake, REGION, "GetAutoSnapshots", resourceName=name)["autoSnapshots"]
        assert [each["date"] for each in found] == days
        assert {each["status"] for each in found} == {"Success"}
    # The newest one is not copied yet, so that a nightly job has a copy to make at any hour.
    assert fake.snapshot_names("us-west-2")[-2:] == (f"web-1-{days[1]}", f"data-1-{days[1]}")
    assert len(fake.snapshot_names("us-west-2")) == 12


NOTHING: dict[str, object] = {}
DISK = {"name": "data"}


@pytest.mark.measured
@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], "seed is []: give a JSON object"),
        ({"region": {}}, "seed has 'region', which is not known: give regions"),
        ({"regions": None}, "regions is None: give a JSON object"),
        ({"regions": {REGION: []}}, "regions.us-east-1 is []: give a JSON object"),
        ({"regions": {" ": {"disks": [DISK]}}}, "regions. .disks[0]: region is ' ': give the name of a Region"),
        (in_region(discs=[]), "regions.us-east-1 has 'discs', which is not known: give disks, instances,"),
        (in_region(disks={}), "regions.us-east-1.disks is {}: give a JSON list"),
        (in_region(disks=[DISK, 7]), "regions.us-east-1.disks[1] is 7: give a JSON object"),
        (in_region(disks=[NOTHING]), "regions.us-east-1.disks[0] has no name: give a string"),
        (in_region(disks=[{"name": 7}]), "regions.us-east-1.disks[0].name is 7: give a string"),
        (in_region(disks=[{**DISK, "size_in_gb": True}]), "disks[0].size_in_gb is True: give a whole number"),
        (in_region(disks=[{**DISK, "size_in_gb": 8.0}]), "disks[0].size_in_gb is 8.0: give a whole number"),
        (
            in_region(disks=[{**DISK, "sizeInGb": 8}]),
            "has 'sizeInGb', which is not known: give name, size_in_gb",
        ),
        (in_region(instances=[{**DISK, "attached_disks": "data"}]), "attached_disks is 'data': give a list of strings"),
        (in_region(instances=[{**DISK, "attached_disks": [7]}]), "attached_disks is [7]: give a list of strings"),
        (
            in_region(disks=[DISK, DISK]),
            "disks[1]: 'data' is in use by Disk in us-east-1",
        ),
        (
            in_region(auto_snapshots=[{"resource_name": "x"}]),
            "[0]: us-east-1 has no instance or disk 'x'",
        ),
        (in_region(operations=[{"operation_id": "x"}]), "operations[0] has no resource_name: give a string"),
    ],
)
def test_a_fault_is_named_with_its_place(content: object, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        loaded(content)


def test_two_operations_have_two_ids() -> None:
    fake = FakeLightsail()
    about = {"resource_name": "web", "resource_type": "Instance", "operation_type": "StopInstance"}
    fake.add_operation("x", REGION, **about)
    fake.add_operation("x", "us-west-2", **about)
    with pytest.raises(ValueError, match="'x' is in use by an operation of us-east-1"):
        fake.add_operation("x", REGION, **about)


@pytest.mark.parametrize("content", [b"", b"{'regions': {}}", b"\xff", b"[" * 100_000])
def test_a_file_without_json_is_rejected(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "seed.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not JSON in UTF-8"):
        seed.parse_file(path)


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "seed.json"
    path.write_text(json.dumps(documented()), encoding="utf-8")
    assert seed.parse_file(path) == documented()
