"""A copy of a manual snapshot takes three keywords, each of its own type."""

from typing import Any

from typing_extensions import assert_type

from lightsail_copy import ManualSnapshotCopy, RegionName, Unrecognized


def accepted(text: str, region: RegionName, word: "RegionName | Unrecognized", wire: dict[str, Any]) -> None:
    ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name="web-1", target_snapshot_name="copy-1")
    ManualSnapshotCopy(source_region=text, source_snapshot_name=text, target_snapshot_name=text)
    ManualSnapshotCopy(source_region=region, source_snapshot_name=text, target_snapshot_name=text)
    ManualSnapshotCopy(source_region=RegionName.US_EAST_1, source_snapshot_name=text, target_snapshot_name=text)
    ManualSnapshotCopy(source_region=Unrecognized(text), source_snapshot_name=text, target_snapshot_name=text)
    ManualSnapshotCopy(source_region=word, source_snapshot_name=text, target_snapshot_name=text)
    ManualSnapshotCopy(**wire)


def attributes(request: ManualSnapshotCopy) -> None:
    assert_type(request.source_region, RegionName | Unrecognized)  # reject by zuban: its input type
    assert_type(request.source_snapshot_name, str)
    assert_type(request.target_snapshot_name, str)
    assert_type(request.source_name, str)
    request.restore_date  # reject: a field of the other request


def wrong_regions(region: "RegionName | None") -> None:
    ManualSnapshotCopy(source_region=None, source_snapshot_name="s-1", target_snapshot_name="t-1")  # reject
    ManualSnapshotCopy(source_region=1, source_snapshot_name="s-1", target_snapshot_name="t-1")  # reject
    ManualSnapshotCopy(source_region=b"us-east-1", source_snapshot_name="s-1", target_snapshot_name="t-1")  # reject
    ManualSnapshotCopy(source_region=RegionName, source_snapshot_name="s-1", target_snapshot_name="t-1")  # reject
    ManualSnapshotCopy(source_region=region, source_snapshot_name="s-1", target_snapshot_name="t-1")  # reject
    ManualSnapshotCopy(source_region=["us-east-1"], source_snapshot_name="s-1", target_snapshot_name="t-1")  # reject


def wrong_names(name: "str | None") -> None:
    ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name=None, target_snapshot_name="t-1")  # reject
    ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name=name, target_snapshot_name="t-1")  # reject
    ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name=1, target_snapshot_name="t-1")  # reject
    ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name=b"s-1", target_snapshot_name="t-1")  # reject
    ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name="s-1", target_snapshot_name=None)  # reject
    ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name="s-1", target_snapshot_name=name)  # reject
    ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name="s-1", target_snapshot_name=1)  # reject
    ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name="s-1", target_snapshot_name=b"t-1")  # reject


def wrong_arguments(text: str) -> None:
    ManualSnapshotCopy()  # reject
    ManualSnapshotCopy(source_snapshot_name=text, target_snapshot_name=text)  # reject: no source_region
    ManualSnapshotCopy(source_region=text, target_snapshot_name=text)  # reject: no source_snapshot_name
    ManualSnapshotCopy(source_region=text, source_snapshot_name=text)  # reject: no target_snapshot_name
    ManualSnapshotCopy(text, text, text)  # reject: keywords only
    ManualSnapshotCopy(text, source_snapshot_name=text, target_snapshot_name=text)  # reject: see above
    ManualSnapshotCopy(source_region=text, source_snapshot_name=text, target_snapshot_name=text, tags=[])  # reject
    ManualSnapshotCopy(sourceRegion=text, sourceSnapshotName=text, targetSnapshotName=text)  # reject: wire names
    ManualSnapshotCopy(source_region=text, source_resource_name=text, target_snapshot_name=text)  # reject
    ManualSnapshotCopy(source_region="", source_snapshot_name="", target_snapshot_name="", restore_date=text)  # reject
