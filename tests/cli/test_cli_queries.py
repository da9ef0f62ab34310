"""`auto-snapshots`, `snapshots` and `--dry-run`, the commands that change nothing; and the text of a query."""

from __future__ import annotations

import importlib.util
import io
import json
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from cli_support import AUTO, LATEST, MANUAL, Session, run
from hypothesis import given
from hypothesis import strategies as st
from samples import response_fault

from lightsail_copy import AutoSnapshot, Snapshot
from lightsail_copy.testing import FakeLightsail, faults

if TYPE_CHECKING:
    from collections.abc import Callable

# Without control characters, which we escape.
TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs"), include_characters="\n\t"), max_size=3)
KEYS = st.sampled_from(["", "a", "b", "Key"]) | TEXTS
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        # At a list of both objects and other values, the AWS CLI ends in an error.
        st.lists(inner.filter(lambda each: not isinstance(each, dict)), max_size=4)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.lists(st.dictionaries(KEYS, inner, max_size=4), max_size=4)
    ),
)

READS = ("GetInstanceSnapshot", "GetDiskSnapshot", "GetAutoSnapshots", "GetInstance", "GetDisk")


def test_automatic_snapshots_are_written_as_the_aws_cli_does(fake: FakeLightsail) -> None:
    result = run(fake, "auto-snapshots", "web-1", "--region", "us-east-1")
    assert (result.exit_code, result.stderr) == (0, "")
    written = json.loads(result.stdout)
    assert list(written) == ["resourceName", "autoSnapshots"]
    assert written["resourceName"] == "web-1"
    assert [each["date"] for each in written["autoSnapshots"]] == ["2025-12-31", "2025-12-30", "2025-12-29"]
    assert list(written["autoSnapshots"][0]) == ["date", "createdAt", "status", "fromAttachedDisks"]
    assert AutoSnapshot.from_dict(written["autoSnapshots"][0]).to_dict() == written["autoSnapshots"][0]


def test_automatic_snapshots_are_written_as_a_table_too(fake: FakeLightsail) -> None:
    fake.add_instance("web-2", "us-east-1", attached_disks=["data-1"])
    fake.add_auto_snapshot("web-2", "us-east-1", "2025-12-31")
    result = run(fake, "auto-snapshots", "web-2", "--region", "us-east-1", "--output", "table")
    assert result.stdout.splitlines() == [
        "DATE        CREATED               STATUS   ATTACHED DISKS",
        "2025-12-31  2025-12-31 06:00 UTC  Success  /dev/xvdf (8 GB)",
    ]


def test_a_resource_that_is_not_there_points_to_the_region(fake: FakeLightsail) -> None:
    result = run(fake, "auto-snapshots", "web-1", "--region", "us-west-2")
    assert (result.exit_code, result.stdout) == (1, "")
    sentence = "Error: us-west-2 has no instance or disk web-1: give its Region with --region\n"
    assert result.stderr == sentence


def test_a_bad_name_of_a_resource_is_a_bad_request(fake: FakeLightsail) -> None:
    result = run(fake, "auto-snapshots", "web 1", "--region", "us-west-2")
    assert (result.exit_code, fake.calls) == (2, ())
    assert result.stderr.startswith("Error: RESOURCE: 'web 1' must contain only ")


def test_snapshots_of_both_kinds_and_of_all_pages_are_listed_as_the_service_gave_them() -> None:
    fake = FakeLightsail(page_size=1)
    for name in ("web-1", "web-2"):
        fake.add_manual_snapshot(name, "us-east-1")
    fake.add_manual_snapshot("data-1", "us-east-1", resource_type="DiskSnapshot")
    result = run(fake, "snapshots", "--region", "us-east-1")
    assert (result.exit_code, result.stderr) == (0, "")
    written = json.loads(result.stdout)
    assert list(written) == ["instanceSnapshots", "diskSnapshots"]
    assert sorted(each["name"] for each in written["instanceSnapshots"]) == ["web-1", "web-2"]
    assert written["diskSnapshots"][0]["progress"] == "100%"
    assert written["diskSnapshots"][0]["createdAt"] == "2026-01-01T00:00:00+00:00"
    assert Snapshot.from_dict(written["diskSnapshots"][0]).name == "data-1"


def test_snapshots_are_written_as_a_table_too(fake: FakeLightsail) -> None:
    result = run(fake, "snapshots", "--region", "us-east-1", "--output", "table")
    assert result.stdout.splitlines() == [
        "NAME           TYPE              STATE      GB  CREATED               FROM",
        "web-1-monday   InstanceSnapshot  available  40  2026-01-01 00:00 UTC  web-1",
        "data-1-monday  DiskSnapshot      completed  8   2026-01-01 00:00 UTC  data-1",
    ]


def test_a_region_without_snapshots_is_an_empty_list(fake: FakeLightsail) -> None:
    result = run(fake, "snapshots", "--region", "us-west-2")
    assert json.loads(result.stdout) == {"instanceSnapshots": [], "diskSnapshots": []}
    assert run(fake, "snapshots", "--region", "us-west-2", "--output", "table").stdout.count("\n") == 1


def test_a_list_that_is_rejected_is_status_1(fake: FakeLightsail) -> None:
    fake.fail_next("GetInstanceSnapshots", faults.access_denied())
    result = run(fake, "snapshots", "--region", "us-west-2")
    assert result.exit_code == 1
    assert "AccessDeniedException" in result.stderr


def test_a_read_that_is_responded_to_by_nonsense_is_status_1_as_nothing_can_have_started(fake: FakeLightsail) -> None:
    fake.fail_next("GetAutoSnapshots", response_fault({"autoSnapshots": ["?"]}))
    assert run(fake, "auto-snapshots", "web-1", "--region", "us-east-1").exit_code == 1


def test_a_dry_run_prints_what_would_be_copied_and_copies_nothing(fake: FakeLightsail) -> None:
    session = Session(fake)
    result = run(fake, *MANUAL, "--dry-run", "--wait", session=session)
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == {
        "possible": True,
        "request": {
            "sourceRegion": "us-east-1",
            "sourceSnapshotName": "web-1-monday",
            "targetSnapshotName": "web-1-monday-copy",
        },
        "targetRegion": "us-west-2",
        "sizeInGb": 40,
        "problems": [],
    }
    assert {call.operation for call in fake.calls} <= set(READS)
    assert {call.region for call in fake.calls} == {"us-east-1", "us-west-2"}


def test_a_dry_run_of_the_latest_prints_its_date(fake: FakeLightsail) -> None:
    assert json.loads(run(fake, *AUTO, LATEST, "--dry-run").stdout)["restoreDate"] == "2025-12-31"


def test_a_dry_run_is_written_as_a_table_too(fake: FakeLightsail) -> None:
    result = run(fake, *AUTO, "--restore-date", "2025-12-30", "--dry-run", "--output", "table")
    assert result.stdout.splitlines() == [
        "SOURCE  SOURCE REGION  DATE        TARGET      TARGET REGION  GB  POSSIBLE",
        "web-1   us-east-1      2025-12-30  web-1-copy  us-west-2      40  yes",
    ]


@pytest.mark.parametrize("output", ["json", "table"])
def test_a_dry_run_of_what_would_be_rejected_is_status_1_and_prints_all_reasons(
    fake: FakeLightsail, output: str
) -> None:
    fake.remove("web-1-monday", "us-east-1")
    fake.add_instance("web-1-monday-copy", "us-west-2")
    result = run(fake, *MANUAL, "--dry-run", "--output", output)
    assert result.exit_code == 1
    head, *reasons = result.stderr.splitlines()
    assert head == "Error: 2 problems:"
    assert [reason.split()[0].strip(":") for reason in reasons] == ["--source-snapshot-name", "--target-snapshot-name"]
    if output == "json":
        written = json.loads(result.stdout)
        assert (written["possible"], [f"  {each}" for each in written["problems"]]) == (False, reasons)
    else:
        assert result.stdout.splitlines()[1].endswith("  no")


def text_of(value: object, output: str = "text") -> str:
    """Return what is printed for the result of a query, which is a literal."""
    # In a literal of JMESPath, a backtick is the end.
    literal = json.dumps(value).replace("`", "\\u0060")
    result = run(FakeLightsail(), "snapshots", "--region", "us-east-1", "--output", output, "--query", f"`{literal}`")
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


@pytest.fixture(scope="module")
def format_text() -> Callable[[object, io.StringIO], None]:
    """Return the AWS CLI's own function; its package is not imported, as that changes where botocore looks for data."""
    spec = importlib.util.find_spec("awscli")
    if spec is None or spec.origin is None:
        pytest.skip("there is no AWS CLI: the group `tests` of pyproject.toml has it")
    names = runpy.run_path(str(Path(spec.origin).with_name("text.py")))
    return cast("Callable[[object, io.StringIO], None]", names["format_text"])


@given(VALUES)
def test_the_text_of_any_value_is_what_the_aws_cli_prints(
    format_text: Callable[[object, io.StringIO], None], value: object
) -> None:
    stream = io.StringIO()
    format_text(value, stream)
    assert text_of(value) == stream.getvalue()


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("", "\n"),
        ([], ""),
        ({}, ""),
        ([None, True, 1.5, ""], "None\tTrue\t1.5\t\n"),
        ({"b": 1, "a": {"c": "x", "d": ["y", "z"]}}, "1\nA\tx\nD\ty\nD\tz\n"),
        ({"a": [{"b": 1}, {"c": 2, "d": [{"e": 3}]}]}, "A\t1\t\nA\t\t2\nD\t3\n"),
        ([["a", "b"], "c", [["d"]], []], "c\na\tb\nd\n"),
        ([{"a": [1]}, {"a": {"b": 2}}], "A\t1\nA\t2\n"),
        ({"a": ["b", ["c"]]}, "A\tb\nA\tc\n"),
        ([{"a": "\x1b[31m"}], "\\x1b[31m\n"),
        ([{"a": 1}, "b", ["c"]], "b\nc\n1\n"),
    ],
)
def test_the_text_of_a_nested_value_has_a_line_for_each_part(value: object, printed: str) -> None:
    assert text_of(value) == printed


@pytest.mark.measured
@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("web-1", "web-1\n"),
        (None, ""),
        ([], ""),
        ([[], []], ""),
        ([{}], ""),
        (["web-1", 40, True], "web-1\n40\nTrue\n"),
        ([["web-1", 40], ["data-1"], "data-2"], "web-1   40\ndata-1\ndata-2\n"),
        ({"name": "web-1", "gb": 40}, "gb    40\nname  web-1\n"),
        ([{"name": "web-1", "gb": 40}, {"name": "data-1"}], "gb  name\n40  web-1\n    data-1\n"),
        ([{"name": "é", "at": {"zone": "é"}}], 'at             name\n{"zone": "é"}  é\n'),
        ([{"name": "web-1"}, "data-1"], '{"name": "web-1"}\ndata-1\n'),
    ],
)
def test_the_table_of_a_query_has_a_row_for_each_item_and_a_column_for_each_key(value: object, printed: str) -> None:
    assert text_of(value, "table") == printed


@given(VALUES)
def test_any_value_can_be_a_table_and_a_cell_of_one(value: object) -> None:
    assert text_of([value, "last"], "table").endswith("last\n")
    assert text_of({"first": value}, "table").startswith("first")


def test_the_text_of_an_operation_has_its_location_on_a_line_of_its_own(fake: FakeLightsail) -> None:
    result = run(fake, *MANUAL, "--output", "text", "--query", "operations[0].{name: resourceName, location: location}")
    assert result.stdout == "web-1-monday-copy\nLOCATION\tall\tus-west-2\n"
