"""A copy of an automatic snapshot takes exactly one of a date and the flag for the latest."""

from datetime import date
from typing import Literal, TypedDict

from typing_extensions import assert_type

from lightsail_copy import AutoSnapshotCopy, RegionName, Unrecognized


def accepted(day: date, text: str, no: Literal[False], yes: Literal[True]) -> None:
    AutoSnapshotCopy(source_region=text, source_resource_name=text, target_snapshot_name=text, restore_date=day)
    AutoSnapshotCopy(source_region=text, source_resource_name=text, target_snapshot_name=text, restore_date=text)
    AutoSnapshotCopy(
        source_region=RegionName.US_EAST_1,
        source_resource_name="web-1",
        target_snapshot_name="copy-1",
        restore_date=date(2026, 11, 20),
    )
    AutoSnapshotCopy(
        source_region="us-east-1",
        source_resource_name="web-1",
        target_snapshot_name="copy-1",
        restore_date="2026-11-20",
        use_latest_restorable_auto_snapshot=False,
    )
    AutoSnapshotCopy(
        source_region=Unrecognized("xx-new-1"),
        source_resource_name="web-1",
        target_snapshot_name="copy-1",
        use_latest_restorable_auto_snapshot=True,
    )
    AutoSnapshotCopy(
        source_region=text,
        source_resource_name=text,
        target_snapshot_name=text,
        restore_date=None,
        use_latest_restorable_auto_snapshot=True,
    )
    AutoSnapshotCopy(
        source_region=text,
        source_resource_name=text,
        target_snapshot_name=text,
        restore_date=day,
        use_latest_restorable_auto_snapshot=no,
    )
    AutoSnapshotCopy(
        source_region=text,
        source_resource_name=text,
        target_snapshot_name=text,
        use_latest_restorable_auto_snapshot=yes,
    )


def attributes(request: AutoSnapshotCopy) -> None:
    assert_type(request.source_region, RegionName | Unrecognized)  # reject by zuban: its input type
    assert_type(request.source_resource_name, str)
    assert_type(request.target_snapshot_name, str)
    assert_type(request.restore_date, date | None)  # reject by zuban: the same
    assert_type(request.use_latest_restorable_auto_snapshot, bool)
    assert_type(request.source_name, str)
    request.source_snapshot_name  # reject: a field of the other request


def a_call_makes_a_request(text: str) -> None:
    made = AutoSnapshotCopy(source_region=text, source_resource_name=text, target_snapshot_name=text, restore_date=text)
    assert_type(made, AutoSnapshotCopy)


class Source(TypedDict):
    """What every form has in common. With it, a rejected call fits on one line, which all checkers then name."""

    source_region: str
    source_resource_name: str
    target_snapshot_name: str


def accepted_beside_the_source(source: Source, day: date) -> None:
    AutoSnapshotCopy(**source, restore_date=day)  # reject by pyrefly: an open TypedDict
    AutoSnapshotCopy(**source, restore_date=day, use_latest_restorable_auto_snapshot=False)  # reject by pyrefly
    AutoSnapshotCopy(**source, use_latest_restorable_auto_snapshot=True)  # reject by pyrefly
    AutoSnapshotCopy(**source, restore_date=None, use_latest_restorable_auto_snapshot=True)  # reject by pyrefly


def neither(source: Source, text: str) -> None:
    AutoSnapshotCopy(source_region=text, source_resource_name=text, target_snapshot_name=text)  # reject
    AutoSnapshotCopy(**source)  # reject
    AutoSnapshotCopy(**source, restore_date=None)  # reject
    AutoSnapshotCopy(**source, use_latest_restorable_auto_snapshot=False)  # reject
    AutoSnapshotCopy(**source, restore_date=None, use_latest_restorable_auto_snapshot=False)  # reject


def both(source: Source, day: date) -> None:
    AutoSnapshotCopy(**source, restore_date=day, use_latest_restorable_auto_snapshot=True)  # reject
    AutoSnapshotCopy(**source, restore_date="2026-11-20", use_latest_restorable_auto_snapshot=True)  # reject


def perhaps(source: Source, flag: bool, day: "date | None", text: "str | None") -> None:
    AutoSnapshotCopy(**source, use_latest_restorable_auto_snapshot=flag)  # reject
    AutoSnapshotCopy(**source, restore_date="2026-11-20", use_latest_restorable_auto_snapshot=flag)  # reject
    AutoSnapshotCopy(**source, restore_date=day)  # reject
    AutoSnapshotCopy(**source, restore_date=text)  # reject
    AutoSnapshotCopy(**source, restore_date=day, use_latest_restorable_auto_snapshot=True)  # reject
    AutoSnapshotCopy(**source, restore_date=day, use_latest_restorable_auto_snapshot=day is None)  # reject


def wrong_dates(source: Source) -> None:
    AutoSnapshotCopy(**source, restore_date=20261120)  # reject
    AutoSnapshotCopy(**source, restore_date=1795443973.0)  # reject
    AutoSnapshotCopy(**source, restore_date=b"2026-11-20")  # reject
    AutoSnapshotCopy(**source, restore_date=(2026, 11, 20))  # reject
    AutoSnapshotCopy(**source, restore_date=date)  # reject


def wrong_flags(source: Source) -> None:
    AutoSnapshotCopy(**source, use_latest_restorable_auto_snapshot=1)  # reject
    AutoSnapshotCopy(**source, use_latest_restorable_auto_snapshot="yes")  # reject
    AutoSnapshotCopy(**source, use_latest_restorable_auto_snapshot="true")  # reject
    AutoSnapshotCopy(**source, use_latest_restorable_auto_snapshot=None)  # reject
    AutoSnapshotCopy(**source, restore_date="2026-11-20", use_latest_restorable_auto_snapshot=0)  # reject
    AutoSnapshotCopy(**source, restore_date="2026-11-20", use_latest_restorable_auto_snapshot=None)  # reject


def wrong_regions(day: date) -> None:
    AutoSnapshotCopy(source_region=None, source_resource_name="n", target_snapshot_name="t", restore_date=day)  # reject
    AutoSnapshotCopy(source_region=1, source_resource_name="n", target_snapshot_name="t", restore_date=day)  # reject
    AutoSnapshotCopy(source_region=b"r", source_resource_name="n", target_snapshot_name="t", restore_date=day)  # reject


def wrong_names(r: str, day: date) -> None:
    AutoSnapshotCopy(source_region=r, source_resource_name=None, target_snapshot_name="t", restore_date=day)  # reject
    AutoSnapshotCopy(source_region=r, source_resource_name=1, target_snapshot_name="t", restore_date=day)  # reject
    AutoSnapshotCopy(source_region=r, source_resource_name=b"n", target_snapshot_name="t", restore_date=day)  # reject
    AutoSnapshotCopy(source_region=r, source_resource_name="n", target_snapshot_name=None, restore_date=day)  # reject
    AutoSnapshotCopy(source_region=r, source_resource_name="n", target_snapshot_name=1, restore_date=day)  # reject
    AutoSnapshotCopy(source_region=r, source_resource_name="n", target_snapshot_name=b"t", restore_date=day)  # reject


def wrong_arguments(source: Source, text: str, day: date) -> None:
    AutoSnapshotCopy()  # reject
    AutoSnapshotCopy(restore_date=day)  # reject
    AutoSnapshotCopy(source_resource_name=text, target_snapshot_name=text, restore_date=day)  # reject: no source_region
    AutoSnapshotCopy(source_region=text, target_snapshot_name=text, restore_date=day)  # reject: no source_resource_name
    AutoSnapshotCopy(source_region=text, source_resource_name=text, restore_date=day)  # reject: no target_snapshot_name
    AutoSnapshotCopy(text, text, text, day)  # reject: keywords only
    AutoSnapshotCopy(text, source_resource_name=text, target_snapshot_name=text, restore_date=day)  # reject: see above
    AutoSnapshotCopy(**source, restore_date=day, source_snapshot_name=text)  # reject: a field of the other request
    AutoSnapshotCopy(**source, restoreDate=text)  # reject: a wire name
    AutoSnapshotCopy(**source, useLatestRestorableAutoSnapshot=True)  # reject: a wire name
    AutoSnapshotCopy(**source, restore_date=day, tags=[])  # reject
