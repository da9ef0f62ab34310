"""The rules against oracles of their own: what they let through, and what they suggest instead of the rest."""

from __future__ import annotations

import math
import re
import string
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from lightsail_copy import AutoSnapshotCopy, InvalidRequestError, ManualSnapshotCopy, RegionName, Unrecognized
from lightsail_copy.validation import _count_edits, validate_count, validate_rate, validate_seconds

if TYPE_CHECKING:
    from lightsail_copy import Problem

ENDS = frozenset(string.ascii_letters + string.digits + "_")
INSIDE = ENDS | {"-", "."}
KEYS = string.ascii_lowercase + string.digits + "-"

# Texts that are names, and texts that miss it by little.
NEARLY_NAMES = st.one_of(
    st.text(sorted(INSIDE), max_size=5),
    st.tuples(st.sampled_from("a-"), st.integers(252, 256)).map(lambda pair: pair[0] + "b" * pair[1]),
    st.text(st.one_of(st.sampled_from(sorted(INSIDE)), st.sampled_from(" \n\x00éßｗ١/")), max_size=6),  # noqa: RUF001 - a full-width letter
    st.text(max_size=4),
)


def is_name(text: str) -> bool:
    """Tell by the words of the guide whether a text is a name."""
    return 2 <= len(text) <= 255 and set(text) <= INSIDE and text[0] in ENDS and text[-1] in ENDS


def problems_of(*, region: str = "us-east-1", name: str = "web-1") -> tuple[Problem, ...]:
    """Return the problems of a manual copy."""
    try:
        ManualSnapshotCopy(source_region=region, source_snapshot_name="web-1-monday", target_snapshot_name=name)
    except InvalidRequestError as error:
        return error.problems
    return ()


def problems_of_day(text: str) -> tuple[Problem, ...]:
    """Return the problems of an automatic copy of a day."""
    try:
        AutoSnapshotCopy(
            source_region="us-east-1", source_resource_name="web-1", target_snapshot_name="kept", restore_date=text
        )
    except InvalidRequestError as error:
        return error.problems
    return ()


def suggested(problem: Problem) -> list[str]:
    """Return what a remedy suggests by name."""
    meant = problem.remedy.partition(" If the Region")[0]
    return re.findall(r"'([^']*)'", meant) if meant.startswith("Did you mean") else []


@given(NEARLY_NAMES)
@example("ab")
@example("a" * 255)
@example("a" * 256)
@example("_a")
@example("a.b")
@example("ab\n")
def test_exactly_the_names_of_the_guide_are_taken(name: str) -> None:
    assert (problems_of(name=name) == ()) == is_name(name)


@given(st.text(sorted(INSIDE), min_size=3, max_size=12), st.data())
def test_a_letter_that_no_name_has_is_suggested_as_a_hyphen(name: str, data: st.DataObject) -> None:
    assume(is_name(name))
    place = data.draw(st.integers(1, len(name) - 2))
    wrong = data.draw(st.sampled_from(" /:éß"))
    (problem,) = problems_of(name=f"{name[:place]}{wrong}{name[place + 1 :]}")
    assert suggested(problem) == [f"{name[:place]}-{name[place + 1 :]}"]


@given(NEARLY_NAMES)
def test_a_suggested_name_is_one(name: str) -> None:
    for problem in problems_of(name=name):
        assert all(is_name(meant) for meant in suggested(problem))


@st.composite
def slips(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a known Region, and what one slip of the keys makes of it."""
    region = str(draw(st.sampled_from(RegionName)))
    at = draw(st.integers(0, len(region) - 1))
    before, letter, after = region[:at], region[at], region[at + 1 :]
    other = draw(st.sampled_from(KEYS))
    kind = draw(st.sampled_from(["swap", "drop", "double", "wrong", "extra", "shift"]))
    made = {
        "swap": before + after[:1] + letter + after[1:],
        "drop": before + after,
        "double": before + letter * 2 + after,
        "wrong": before + other + after,
        "extra": before + other + letter + after,
        "shift": before + letter.upper() + after,
    }
    return region, made[kind]


@given(slips())
@example(("us-east-1", "us-esat-1"))
@example(("us-east-1", "s-east-1"))
@example(("eu-north-1", "ue-north-1"))
@example(("eu-north-1", "eu-north1-"))
def test_any_single_slip_of_the_keys_suggests_the_region_that_was_meant(region_and_slip: tuple[str, str]) -> None:
    region, typed = region_and_slip
    assume(typed not in list(RegionName))
    (problem,) = problems_of(region=typed)
    assert region in suggested(problem)


def edits(typed: str, meant: str) -> int:
    """Count extra, missing, wrong and swapped letters, by the definition."""
    if not typed or not meant:
        return len(typed) + len(meant)
    fewest = min(
        edits(typed[:-1], meant) + 1,
        edits(typed, meant[:-1]) + 1,
        edits(typed[:-1], meant[:-1]) + (typed[-1] != meant[-1]),
    )
    if typed[-2:] == meant[-2:][::-1] and len(typed) > 1 and len(meant) > 1:
        return min(fewest, edits(typed[:-2], meant[:-2]) + 1)
    return fewest


@given(st.text("abc-", max_size=5), st.text("abc-", max_size=5))
@example("ba", "ab")
@example("cba", "ab")
@example("ab", "bca")
@example("aaa", "a")
def test_edits_are_counted_as_defined(typed: str, meant: str) -> None:
    assert _count_edits(typed, meant) == edits(typed, meant)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("us-esat-1", ["us-east-1"]),
        ("eu-wets-1", ["eu-west-1"]),
        ("us-east", ["us-east-1", "us-east-2"]),
        ("ca-centrall-1", ["ca-central-1"]),
        ("xxxus-east-1", ["us-east-1"]),
        ("xxxxus-east-1", []),
        (f"us{' ' * 247}east_1", ["us-east-1"]),
        (f"us{' ' * 248}east_1", ["us-east-1", "us-east-2"]),  # the last of 256 characters does not count
        ("a", []),
    ],
)
def test_only_the_nearest_regions_are_suggested(typed: str, names: list[str]) -> None:
    (problem,) = problems_of(region=typed)
    assert suggested(problem) == names


@given(st.one_of(st.text(max_size=50), slips().map(lambda pair: pair[1])))
def test_a_suggested_region_is_one(typed: str) -> None:
    for problem in problems_of(region=typed):
        assert set(suggested(problem)) <= set(map(str, RegionName))


@given(st.one_of(st.text(max_size=12), st.from_regex(r"[a-z]+(-[a-z]+)*-?[0-9]*", fullmatch=True)))
@example("a-new-1")
@example("aa-new-123")
def test_exactly_what_looks_like_a_region_passes_as_unrecognized(word: str) -> None:
    *places, number = word.split("-")
    letters = set(string.ascii_lowercase)
    is_like_a_region = (
        len(places) >= 2
        and len(places[0]) >= 2
        and all(place and set(place) <= letters for place in places)
        and 1 <= len(number) <= 2
        and set(number) <= set(string.digits)
    )
    assert (problems_of(region=Unrecognized(word)) == ()) == is_like_a_region


@given(
    st.dates(),
    st.sampled_from(
        ["{:04}{:02}{:02}", "{:04}/{:02}/{:02}", "{:04}-{}-{}", " {:04}-{:02}-{:02}", "{:04}.{:02}.{:02}T06Z"]
    ),
)
def test_a_day_in_another_form_suggests_that_day(day: date, form: str) -> None:
    typed = form.format(day.year, day.month, day.day)
    assume(typed != day.isoformat())
    (problem,) = problems_of_day(typed)
    assert problem.remedy == f"Did you mean '{day.isoformat()}'?"


def is_day(text: str) -> bool:
    """Tell whether Python writes a day so."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@given(st.text(max_size=12) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True))
def test_exactly_what_python_writes_for_a_day_is_one(text: str) -> None:
    problems = problems_of_day(text)
    assert {problem.field for problem in problems} == (set() if is_day(text) else {"restore_date"})
    assert all(is_day(meant) for problem in problems for meant in suggested(problem))


@given(st.integers() | st.floats() | st.text(max_size=3) | st.booleans() | st.none())
def test_exactly_the_numbers_from_nought_are_durations(value: object) -> None:
    is_duration = (
        type(value) in {int, float}
        and isinstance(value, (int, float))
        and value >= 0
        and (value <= 1e9 or value == math.inf)
    )
    problems = validate_seconds("timeout", value)
    assert [problem.field for problem in problems] == ([] if is_duration else ["timeout"])


def test_an_arn_is_not_a_name() -> None:
    with pytest.raises(InvalidRequestError, match="That is an ARN: give the resource's name") as caught:
        ManualSnapshotCopy(
            source_region="us-east-1",
            source_snapshot_name="arn:aws:lightsail:us-east-1:123456789012:InstanceSnapshot/0a1b",
            target_snapshot_name="copy",
        )
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize("rate", [0.001, 5, 1_000_000])
def test_a_rate_is_from_a_thousandth_to_a_million(rate: float) -> None:
    assert validate_rate("max_rate", rate) == []


@pytest.mark.parametrize("value", [0, -1, 0.0009, 1e-300, 1_000_001, math.nan, math.inf, True, "5", None])
def test_no_other_value_is_a_rate(value: object) -> None:
    (problem,) = validate_rate("max_rate", value)
    assert problem.rule == "must be from 0.001 to 1,000,000 calls a second"


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "5", None])
def test_a_count_is_an_integer_of_at_least_1(value: object) -> None:
    assert validate_count("max_calls", 1) == validate_count("max_calls", 10**30) == []
    (problem,) = validate_count("max_calls", value)
    assert problem.rule == "must be an integer of at least 1"


def test_a_count_is_one_that_python_can_format() -> None:
    for value in (10**30 + 1, 10**5000):
        (problem,) = validate_count("max_calls", value)
        assert problem.rule == "must be at most 10**30"


@pytest.mark.parametrize("name", ["-x", "-" + "x" * 254])
def test_a_name_of_2_or_255_characters_has_no_problem_of_its_length(name: str) -> None:
    (problem,) = problems_of(name=name)
    assert problem.rule == "must begin with a letter, a digit, or '_'"
    assert "horten" not in problem.remedy
