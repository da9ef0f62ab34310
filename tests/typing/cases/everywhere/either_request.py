"""`SnapshotCopyRequest` is either request, told apart by its class."""

import json

from typing_extensions import assert_never, assert_type

from lightsail_copy import AutoSnapshotCopy, ManualSnapshotCopy, RegionName, SnapshotCopyRequest, Unrecognized
from lightsail_copy.typing import CopySnapshotParameters


def what_both_have(request: SnapshotCopyRequest) -> None:
    assert_type(request, ManualSnapshotCopy | AutoSnapshotCopy)
    assert_type(request.source_region, RegionName | Unrecognized)  # reject by zuban: its input type
    assert_type(request.source_name, str)
    assert_type(request.target_snapshot_name, str)
    assert_type(request.to_dict(), CopySnapshotParameters)
    request.source_snapshot_name  # reject: of one alone
    request.restore_date  # reject: of one alone


def from_and_to_wire_names(request: SnapshotCopyRequest, mapping: "dict[str, object]", text: str) -> None:
    assert_type(ManualSnapshotCopy.from_dict(mapping), ManualSnapshotCopy)
    assert_type(AutoSnapshotCopy.from_dict(mapping), AutoSnapshotCopy)
    ManualSnapshotCopy.from_dict(json.loads(text))
    AutoSnapshotCopy.from_dict(request.to_dict())
    assert_type(json.dumps(request.to_dict()), str)
    assert_type(request.to_dict()["targetSnapshotName"], str)
    request.to_dict()["target_snapshot_name"]  # reject: no wire name
    ManualSnapshotCopy.from_dict(None)  # reject
    ManualSnapshotCopy.from_dict([request.to_dict()])  # reject
    AutoSnapshotCopy.from_dict(text)  # reject
    AutoSnapshotCopy.from_dict(request)  # reject


def told_apart_by_match(request: SnapshotCopyRequest) -> str:
    match request:
        case ManualSnapshotCopy():
            assert_type(request, ManualSnapshotCopy)
            return request.source_snapshot_name
        case AutoSnapshotCopy(restore_date=None):
            return "latest"
        case AutoSnapshotCopy(source_resource_name=name):
            assert_type(name, str)
            return name
        case _:
            assert_never(request)


def told_apart_by_isinstance(request: SnapshotCopyRequest) -> str:
    if isinstance(request, ManualSnapshotCopy):
        return request.source_snapshot_name
    assert_type(request, AutoSnapshotCopy)
    return request.source_resource_name


def a_match_without_one(request: SnapshotCopyRequest) -> str:
    match request:
        case ManualSnapshotCopy():
            return request.source_snapshot_name
        case _:
            assert_never(request)  # reject


def one_is_not_the_other(manual: ManualSnapshotCopy, auto: AutoSnapshotCopy) -> "list[SnapshotCopyRequest]":
    as_manual: ManualSnapshotCopy = auto  # reject
    as_auto: AutoSnapshotCopy = manual  # reject
    as_either: SnapshotCopyRequest = {"sourceRegion": "us-east-1"}  # reject
    return [manual, auto]
