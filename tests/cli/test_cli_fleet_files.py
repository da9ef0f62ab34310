"""The files of `lightsail-copy fleet`: their forms, their problems, and the names in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cli_support import Session, line, outcomes, run
from click.testing import CliRunner

from lightsail_copy.cli import Tools, app
from lightsail_copy.testing import FakeLightsail

if TYPE_CHECKING:
    from pathlib import Path


def test_every_problem_is_listed_with_the_number_of_its_line(fake: FakeLightsail, tmp_path: Path) -> None:
    path = tmp_path / "fleet.jsonl"
    bad = [line(target="us-wset-2"), 3, line(targetSnapshotName=None), line(sourceRegion="x")]
    path.write_text("\n".join(map(json.dumps, bad)) + "\n{\n")
    result = run(fake, "fleet", str(path))
    assert (result.exit_code, result.stdout, fake.calls) == (2, "", ())
    assert [text.split(":")[0].strip() for text in result.stderr.splitlines()[1:]] == [
        f"line {number}" for number in range(1, 6)
    ]


@pytest.mark.parametrize("words", [(), ("EMPTY",)])
def test_a_fleet_without_copies_is_status_2(fake: FakeLightsail, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "empty").write_text("\n")
    result = run(fake, "fleet", *[str(tmp_path / "empty") for _ in words])
    assert (result.exit_code, result.stdout) == (2, "")


TOML = """
# every night
[[copy]]
targetRegion = "us-west-2"
sourceRegion = "us-east-1"
sourceSnapshotName = "web-1-monday"
targetSnapshotName = "{source}-{date}"

[[ copy ]]
targetRegion = "eu-west-1"
sourceRegion = "us-east-1"
sourceResourceName = "web-1"
restoreDate = 2025-12-30
targetSnapshotName = "{source}-{date}"
"""


def test_toml_has_a_table_for_each_copy(fake: FakeLightsail, tmp_path: Path) -> None:
    path = tmp_path / "fleet.toml"
    path.write_text(TOML)
    names = {each["job"]["targetSnapshotName"] for each in outcomes(run(fake, "fleet", str(path)).stdout)}
    assert names == {"web-1-monday-2026-01-01", "web-1-2025-12-30"}


def test_the_problems_of_toml_have_the_lines_of_their_tables(fake: FakeLightsail, tmp_path: Path) -> None:
    path = tmp_path / "fleet.toml"
    path.write_text(TOML.replace("us-west-2", "us-wset-2").replace("us-east-1", "us-esat-1"))
    result = run(fake, "fleet", str(path))
    assert (result.exit_code, fake.calls) == (2, ())
    numbers = [text.split(":")[0].strip() for text in result.stderr.splitlines()[1:]]
    assert numbers == ["line 3", "line 3", "line 9"]


def test_every_problem_of_a_line_is_listed_at_once(fake: FakeLightsail, tmp_path: Path) -> None:
    path = tmp_path / "fleet.jsonl"
    wrong = {"targetRegion": "eu-wst-1", "sourceRegion": 3, "sourceSnapshotName": "a b", "targetSnapshotName": "x"}
    path.write_text(json.dumps(wrong))
    result = run(fake, "fleet", str(path))
    assert (result.exit_code, fake.calls) == (2, ())
    lines = [text.strip() for text in result.stderr.splitlines()[1:]]
    assert [line.split(": ")[1] for line in lines] == [
        "targetRegion",
        "sourceRegion",
        "sourceSnapshotName",
        "targetSnapshotName",
    ]
    assert "Did you mean 'eu-west-1'?" in lines[0]


@pytest.mark.measured
@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[copy]]\ntargetRegion =\n", "FILE is not valid TOML: Invalid value (at line 2"),
        (
            '[copies]\na = "b"\n',
            "FILE has copies: give a [[copy]] table for each copy, [defaults] and [retention], and nothing else.",
        ),
        (
            "copy = 3\n",
            "FILE has copy, defaults or retention in another form: give a [[copy]] table for each copy, [defaults]",
        ),
        (
            "# nothing\n",
            "FILE lists no copies: give TOML with a [[copy]] table for each copy, or a JSON object on each line.",
        ),
        ("copy = [3]\n", "copy 1: must be a table, not 3."),
    ],
)
def test_toml_of_another_form_is_status_2(fake: FakeLightsail, tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "fleet.toml"
    path.write_text(content)
    result = run(fake, "fleet", str(path))
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_standard_input_is_read_too(fake: FakeLightsail) -> None:
    tools = Tools(open_session=Session(fake), clock=fake.clock)
    for number, text in enumerate((json.dumps(line()), TOML)):
        result = CliRunner().invoke(app, ["fleet", "-"], input=text, obj=tools)
        assert (result.exit_code, len(outcomes(result.stdout))) == (0, number + 1)


def problems(fake: FakeLightsail, path: Path, *words: str) -> list[str]:
    """Return the problems of a file, after which nothing was sent."""
    result = run(fake, "fleet", str(path), *words)
    assert (result.exit_code, result.stdout, fake.calls) == (2, "", ())
    first, *rest = result.stderr.splitlines()
    return [line.strip() for line in rest] or [first.removeprefix("Error: ")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fleet"


@pytest.mark.parametrize("words", [(), ("--dry-run",)])
def test_two_lines_of_one_target_are_among_the_problems(
    fake: FakeLightsail, path: Path, words: tuple[str, ...]
) -> None:
    lines = [line(sourceRegion="x"), line(target="eu-west-1"), None, line(targetSnapshotName="web-1-monday-2026-01-01")]
    path.write_text("\n".join("" if each is None else json.dumps(each) for each in lines))
    first, last = problems(fake, path, *words)
    assert first.startswith("line 1: sourceRegion: 'x' is not a Lightsail Region.")
    shared = "is the target of line 1 too, in us-west-2. Choose another name."
    assert last == f"line 4: targetSnapshotName: 'web-1-monday-2026-01-01' {shared}"


def test_lines_without_a_region_have_no_shared_target(fake: FakeLightsail, path: Path) -> None:
    path.write_text("\n".join([json.dumps(line(targetRegion=None))] * 2))
    missing = "targetRegion is missing: give the target Region, such as us-west-2."
    assert problems(fake, path) == [f"line 1: {missing}", f"line 2: {missing}"]


def test_a_target_that_one_line_gives_twice_is_a_problem(fake: FakeLightsail, path: Path) -> None:
    path.write_text(json.dumps(line(target="us-west-2", targetRegion=["us-west-2", "us-west-2"])))
    (problem,) = problems(fake, path)
    assert problem.startswith("line 1: targetSnapshotName: 'web-1-monday-2026-01-01' is the target of line 1 too")


def test_a_target_region_newer_than_this_release_is_rejected_with_the_option_for_it(
    fake: FakeLightsail, path: Path
) -> None:
    path.write_text(json.dumps(line(targetRegion="xx-new-1")))
    (problem,) = problems(fake, path)
    assert problem.startswith("line 1: targetRegion: 'xx-new-1' is not a Lightsail Region.")
    assert problem.endswith("allow it (--allow-unknown-region).")


def test_a_region_of_another_type_is_a_problem(fake: FakeLightsail, path: Path) -> None:
    path.write_text(json.dumps(line(targetRegion={"name": "us-west-2"})))
    assert problems(fake, path)[0].startswith("line 1: targetRegion: {'name': 'us-west-2'} must be a string.")


def test_what_is_missing_has_the_name_of_its_field(fake: FakeLightsail, path: Path) -> None:
    path.write_text('{}\n{"sourceSnapshotName": "web-1-monday", "targetSnapshotName": null}')
    assert [each.split(" is missing")[0].split(": must")[0] for each in problems(fake, path)] == [
        *("line 1: targetRegion", "line 1: sourceRegion", "line 1: sourceSnapshotName", "line 1: targetSnapshotName"),
        *("line 2: targetRegion", "line 2: sourceRegion", "line 2: targetSnapshotName"),
    ]


def test_no_problem_of_a_file_names_an_option_or_an_argument(fake: FakeLightsail, path: Path) -> None:
    auto = {"sourceResourceName": "a b", "restoreDate": "2026-1-2", "useLatestRestorableAutoSnapshot": "yes"}
    lines = [line("a b"), line(targetSnapshotName=3), auto, {**auto, "restoreDate": 4}]
    lines += [{**auto, "restoreDate": "2026-01-02", "useLatestRestorableAutoSnapshot": True}]
    path.write_text("\n".join(map(json.dumps, lines)))
    found = problems(fake, path)
    assert not [each for each in found if "--" in each or "_" in each.replace("'_'", "")]
    assert "line 3: useLatestRestorableAutoSnapshot: 'yes' must be True or False." in found
    rule = "must be left out if useLatestRestorableAutoSnapshot is given. Leave one of the two out."
    assert f"line 5: restoreDate: '2026-01-02' {rule}" in found


def test_a_word_like_no_field_gets_all_fields(fake: FakeLightsail, tmp_path: Path) -> None:
    path = tmp_path / "fleet.toml"
    path.write_text('[[copy]]\nregion = "us-west-2"\n')
    result = run(fake, "fleet", str(path))
    assert "'region' is not a field of a copy. Use one of targetRegion, sourceRegion, " in result.stderr


def test_a_time_where_a_date_is_due_is_printed_as_the_file_has_it(fake: FakeLightsail, tmp_path: Path) -> None:
    path = tmp_path / "fleet.toml"
    path.write_text('[[copy]]\nsourceResourceName = "web-1"\nrestoreDate = 2026-11-25T10:00:00Z\n')
    result = run(fake, "fleet", str(path))
    assert "restoreDate: '2026-11-25T10:00:00+00:00' must be a calendar date" in result.stderr
    assert "Did you mean '2026-11-25'?" in result.stderr


def test_a_field_that_does_not_exist_hides_no_other_problem(fake: FakeLightsail, path: Path) -> None:
    wrong = line("a b", targetSnapshotName="x-{date}", sourceregion="us-esat-1", retries=3, restoreDate="2025-12-31")
    del wrong["sourceRegion"]
    path.write_text(json.dumps(wrong))
    assert [each.removeprefix("line 1: ").partition(". ")[0] for each in problems(fake, path)] == [
        "'sourceregion' is not a field of a copy",
        "'retries' is not a field of a copy",
        "restoreDate: '2025-12-31' is not a parameter of this request",
        "sourceRegion: 'us-esat-1' is not a Lightsail Region",
        "sourceSnapshotName: 'a b' must contain only ASCII letters, digits, '_', '-', and '.', not ' ' at position 2",
    ]
    assert "Did you mean sourceRegion?" in problems(fake, path)[0]


def test_the_date_may_be_in_the_name_of_the_source(fake: FakeLightsail, path: Path) -> None:
    fake.add_manual_snapshot("web-1-2026-01-01", "us-east-1")
    path.write_text(json.dumps(line("web-1-{date}", targetSnapshotName="{source}-copy")))
    (outcome,) = outcomes(run(fake, "fleet", str(path)).stdout)
    assert outcome["job"]["sourceSnapshotName"] == "web-1-2026-01-01"
    assert outcome["job"]["targetSnapshotName"] == "web-1-2026-01-01-copy"


def test_a_placeholder_that_does_not_exist_is_reported(fake: FakeLightsail, path: Path) -> None:
    lines = [line("{source}-x"), line(targetSnapshotName="{sorce}-{date}")]
    path.write_text("\n".join(map(json.dumps, lines)))
    assert problems(fake, path) == [
        "line 1: sourceSnapshotName: '{source}-x' has an unknown placeholder. Use {date}.",
        "line 1: targetSnapshotName: '{source}-x-2026-01-01' has an unknown placeholder. Use {source} or {date}.",
        "line 2: targetSnapshotName: '{sorce}-2026-01-01' has an unknown placeholder. Use {source} or {date}.",
    ]


@pytest.mark.parametrize("words", [("{path}",), ("-",)])
@pytest.mark.parametrize("content", [json.dumps(line()), TOML], ids=["json", "toml"])
def test_a_byte_order_mark_is_ignored(fake: FakeLightsail, path: Path, words: tuple[str, ...], content: str) -> None:
    path.write_bytes(content.encode("utf-8-sig"))
    tools = Tools(open_session=Session(fake), clock=fake.clock)
    arguments = ["fleet", *(word.format(path=path) for word in words)]
    assert CliRunner().invoke(app, arguments, input=path.read_bytes(), obj=tools).exit_code == 0


@pytest.mark.measured
@pytest.mark.parametrize(
    ("encoding", "message"),
    [
        ("utf-16", "FILE is not UTF-8 text, but looks like UTF-16: save it as UTF-8."),
        ("utf-16-le", "FILE is not UTF-8 text, but looks like UTF-16: save it as UTF-8."),
        ("latin-1", "FILE is not UTF-8 text: line 2 has the byte 0xE9. Save it as UTF-8."),
    ],
)
def test_another_encoding_is_status_2(fake: FakeLightsail, path: Path, encoding: str, message: str) -> None:
    content = (json.dumps(line()) + "\n" + json.dumps(line("caf\xe9"), ensure_ascii=False)).encode(encoding)
    path.write_bytes(content)
    assert problems(fake, path) == [message]
    tools = Tools(open_session=Session(fake), clock=fake.clock)
    piped = CliRunner().invoke(app, ["fleet", "-"], input=content, obj=tools)
    assert (piped.exit_code, piped.stderr) == (2, f"Error: {message}\n")


@pytest.mark.parametrize("content", ["[{}, {}]", "[\n{}\n]\n", '{\n"targetRegion": "us-west-2"\n}\n'])
def test_one_json_document_is_not_json_lines(fake: FakeLightsail, path: Path, content: str) -> None:
    path.write_text(content)
    (problem,) = problems(fake, path)
    assert problem.startswith("FILE is one JSON document: give each copy as an object on a separate line")


def test_a_line_that_cannot_be_parsed_says_where(fake: FakeLightsail, path: Path) -> None:
    path.write_text('{"a" 1}\n' + "[" * 100_000 + "\n" + json.dumps(line()) + "\n" + "9" * 5000 + "\r\n")
    assert [each[:51] for each in problems(fake, path)] == [
        f"line {number}: must be a JSON object, but cannot be parsed"[:51] for number in (1, 2, 4)
    ]
    assert problems(fake, path)[0].endswith("at column 6.")


def test_a_separator_within_a_string_ends_no_line(fake: FakeLightsail, path: Path) -> None:
    path.write_text(json.dumps(line("a\u2028b"), ensure_ascii=False), encoding="utf-8")
    assert [each.split(":")[0] for each in problems(fake, path)] == ["line 1", "line 1"]


def test_a_file_that_does_not_exist_is_status_2(fake: FakeLightsail, path: Path) -> None:
    (problem,) = problems(fake, path)
    assert "No such file or directory" in problem


DEFAULTS = """
[defaults]
sourceRegion = "us-east-1"
targetRegion = ["us-west-2", "eu-west-1", "eu-central-1"]
useLatestRestorableAutoSnapshot = true
targetSnapshotName = "{source}-{date}"

[[copy]]
sourceResourceName = ["web-1", "data-1"]

[[copy]]
sourceSnapshotName = "web-1-monday"
targetRegion = "us-west-2"

[[copy]]
sourceResourceName = "web-1"
restoreDate = [2025-12-29, 2025-12-30]
targetRegion = "us-west-2"
"""


def test_defaults_and_lists_make_a_copy_of_each_combination(fake: FakeLightsail, path: Path) -> None:
    path.write_text(DEFAULTS)
    result = run(fake, "fleet", str(path), "--no-wait")
    assert (result.exit_code, result.stderr.count("\n")) == (0, 9)
    copies = sorted(
        (each["job"]["targetSnapshotName"], each["job"]["targetRegion"]) for each in outcomes(result.stdout)
    )
    assert copies == [
        *(("data-1-2025-12-31", region) for region in ("eu-central-1", "eu-west-1", "us-west-2")),
        ("web-1-2025-12-29", "us-west-2"),
        ("web-1-2025-12-30", "us-west-2"),
        *(("web-1-2025-12-31", region) for region in ("eu-central-1", "eu-west-1", "us-west-2")),
        ("web-1-monday-2026-01-01", "us-west-2"),
    ]


def test_twelve_servers_in_three_regions_take_ten_lines(fake: FakeLightsail, path: Path) -> None:
    lines = ["[defaults]", 'targetRegion = "us-west-2"', "useLatestRestorableAutoSnapshot = true"]
    lines += ['targetSnapshotName = "{source}-{date}"']
    for region in ("us-east-1", "eu-west-1", "ap-south-1"):
        names = [f"{region}-{number}" for number in range(4)]
        for name in names:
            fake.add_instance(name, region)
            fake.add_auto_snapshot(name, region, "2025-12-31")
        lines += ["[[copy]]", f"sourceRegion = {region!r}", f"sourceResourceName = {json.dumps(names)}"]
    path.write_text("\n".join(lines))
    assert len(lines) <= 13
    result = run(fake, "fleet", str(path), "--no-wait")
    assert (result.exit_code, len(outcomes(result.stdout))) == (0, 12)


def test_the_problems_of_a_default_are_those_of_each_copy(fake: FakeLightsail, path: Path) -> None:
    path.write_text(DEFAULTS.replace("us-east-1", "us-esat-1").replace("useLatest", "useNewest"))
    found = problems(fake, path)
    assert len(found) == len(set(found))
    assert {each.split(":")[0] for each in found} == {"line 8", "line 11", "line 15"}


def test_a_list_without_values_is_reported(fake: FakeLightsail, path: Path) -> None:
    path.write_text(DEFAULTS.replace('["web-1", "data-1"]', "[]"))
    assert problems(fake, path) == ["line 8: sourceResourceName: the list is empty."]


def test_a_key_that_a_json_line_gives_twice_is_reported(fake: FakeLightsail, path: Path) -> None:
    path.write_text(json.dumps(line())[:-1] + ', "sourceRegion": "eu-west-1"}')
    assert problems(fake, path) == ["line 1: 'sourceRegion' is given twice. Leave one of the two out."]


@pytest.mark.parametrize(
    "content",
    [
        "---\n- targetRegion: us-west-2\n",
        "# nightly\ncopies:\n  - targetRegion: us-west-2\n",
        "targetRegion,sourceRegion,sourceSnapshotName\nus-west-2,us-east-1,web-1\n",
        "<copies/>",
    ],
    ids=["yaml", "yaml-mapping", "csv", "xml"],
)
def test_another_language_gets_one_sentence_on_what_is_taken(fake: FakeLightsail, path: Path, content: str) -> None:
    path.write_text(content)
    forms = "give TOML with a [[copy]] table for each copy, or a JSON object on each line"
    assert problems(fake, path) == [f"FILE is neither TOML nor JSON lines: {forms}."]
