"""What may be asked: the two requests as values, and all that construction rejects."""

# ruff: noqa: ANN401 - what is handed over on purpose is of any type, and so are boto3's clients
from __future__ import annotations

import enum
import json
from collections import UserDict
from datetime import date, datetime, timezone
from typing import Any, cast

import attrs
import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st
from samples import travelled

from lightsail_copy import (
    AutoSnapshotCopy,
    InvalidRequestError,
    LightsailCopyError,
    ManualSnapshotCopy,
    Problem,
    RegionName,
    SnapshotCopyRequest,
    Unrecognized,
    request_from_dict,
)

MANUAL = ManualSnapshotCopy(
    source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name="web-1-monday-copy"
)
BY_DATE = AutoSnapshotCopy(
    source_region="us-east-1",
    source_resource_name="web-1",
    target_snapshot_name="web-1-kept",
    restore_date="2025-12-30",
)
LATEST = AutoSnapshotCopy(
    source_region="us-east-1",
    source_resource_name="web-1",
    target_snapshot_name="web-1-kept",
    use_latest_restorable_auto_snapshot=True,
)
EACH_REQUEST = pytest.mark.parametrize("request_", [MANUAL, BY_DATE, LATEST], ids=["manual", "by-date", "latest"])

MANUAL_FIELDS: dict[str, Any] = {
    "source_region": "us-east-1",
    "source_snapshot_name": "web-1-monday",
    "target_snapshot_name": "web-1-monday-copy",
}
BY_DATE_FIELDS: dict[str, Any] = {
    "source_region": "us-east-1",
    "source_resource_name": "web-1",
    "target_snapshot_name": "web-1-kept",
    "restore_date": "2025-12-30",
}
LATEST_FIELDS: dict[str, Any] = {
    "source_region": "us-east-1",
    "source_resource_name": "web-1",
    "target_snapshot_name": "web-1-kept",
    "use_latest_restorable_auto_snapshot": True,
}
NAME_FIELDS = [
    (ManualSnapshotCopy, MANUAL_FIELDS, "source_snapshot_name"),
    (ManualSnapshotCopy, MANUAL_FIELDS, "target_snapshot_name"),
    (AutoSnapshotCopy, BY_DATE_FIELDS, "source_resource_name"),
    (AutoSnapshotCopy, LATEST_FIELDS, "target_snapshot_name"),
]
NEITHER = {name: value for name, value in BY_DATE_FIELDS.items() if name != "restore_date"}


class HostileText(str):
    """A text whose `repr` fails."""

    __slots__ = ()

    def __repr__(self) -> str:
        raise RuntimeError


def make(cls: Any, fields: dict[str, Any]) -> Any:
    """Make a request of fields that no type checker would let pass."""
    return cls(**fields)


def refused(cls: Any, fields: dict[str, Any], **changes: object) -> tuple[Problem, ...]:
    """Return the problems for which a request is rejected."""
    with pytest.raises(InvalidRequestError) as caught:
        make(cls, {**fields, **changes})
    return caught.value.problems


def the_problem(cls: Any, fields: dict[str, Any], **changes: object) -> Problem:
    """Return the one problem for which a request is refused; it names the field that was changed, and its value."""
    ((field, value),) = changes.items()
    (problem,) = refused(cls, fields, **changes)
    assert problem.field == field
    assert problem.given == repr(str(value) if isinstance(value, Unrecognized) else value)
    return problem


# What is kept of a request


def test_a_manual_copy_has_its_fields() -> None:
    assert MANUAL.source_region is RegionName.US_EAST_1
    assert MANUAL.source_snapshot_name == MANUAL.source_name == "web-1-monday"
    assert MANUAL.target_snapshot_name == "web-1-monday-copy"


def test_an_automatic_copy_has_its_fields_and_its_day_as_a_date() -> None:
    assert BY_DATE.source_region is RegionName.US_EAST_1
    assert BY_DATE.source_resource_name == BY_DATE.source_name == "web-1"
    assert BY_DATE.target_snapshot_name == "web-1-kept"
    assert BY_DATE.restore_date == date(2025, 12, 30)
    assert type(BY_DATE.restore_date) is date
    assert BY_DATE.use_latest_restorable_auto_snapshot is False


def test_the_latest_automatic_copy_has_no_day() -> None:
    assert LATEST.restore_date is None
    assert LATEST.use_latest_restorable_auto_snapshot is True


def test_a_date_and_its_text_make_equal_requests() -> None:
    from_date = attrs.evolve(BY_DATE, restore_date=date(2025, 12, 30))
    assert from_date == BY_DATE
    assert hash(from_date) == hash(BY_DATE)


def test_a_region_and_its_text_make_equal_requests() -> None:
    from_member = attrs.evolve(MANUAL, source_region=RegionName.US_EAST_1)
    assert from_member == MANUAL
    assert hash(from_member) == hash(MANUAL)


@EACH_REQUEST
def test_requests_of_equal_fields_are_equal_and_hash_equally(request_: SnapshotCopyRequest) -> None:
    twin = attrs.evolve(request_)
    assert twin is not request_
    assert twin == request_
    assert {twin: 1}[request_] == 1
    assert request_ != attrs.evolve(request_, target_snapshot_name="another")


def test_requests_of_different_forms_are_not_equal() -> None:
    assert len({MANUAL, BY_DATE, LATEST}) == 3


@EACH_REQUEST
def test_a_request_does_not_change(request_: SnapshotCopyRequest) -> None:
    with pytest.raises(FrozenInstanceError):
        request_.target_snapshot_name = "another"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue] - it is the fact
    with pytest.raises(FrozenInstanceError):
        delattr(request_, "target_snapshot_name")
    assert not hasattr(request_, "__dict__")


@EACH_REQUEST
def test_a_request_arrives_as_it_was_sent(request_: SnapshotCopyRequest) -> None:
    for sent in travelled(request_):
        assert sent == request_
        assert type(sent) is type(request_)
        assert type(sent.source_region) is type(request_.source_region)


def test_a_request_with_a_newer_region_arrives_as_it_was_sent() -> None:
    request_ = attrs.evolve(MANUAL, source_region=Unrecognized("xx-new-1"))
    for sent in travelled(request_):
        assert sent == request_
        assert type(sent.source_region) is Unrecognized


def test_evolve_checks_as_construction_does() -> None:
    with pytest.raises(InvalidRequestError, match="target_snapshot_name"):
        attrs.evolve(MANUAL, target_snapshot_name="")
    with pytest.raises(InvalidRequestError, match="must be left out"):
        attrs.evolve(LATEST, restore_date="2025-12-30")


def test_evolve_goes_from_one_form_of_an_automatic_copy_to_the_other() -> None:
    changes: dict[str, Any] = {"restore_date": None, "use_latest_restorable_auto_snapshot": True}
    assert attrs.evolve(BY_DATE, **changes) == LATEST


def test_attrs_names_the_fields_in_the_order_of_the_documentation() -> None:
    assert [field.name for field in attrs.fields(ManualSnapshotCopy)] == [*MANUAL_FIELDS]
    assert [field.name for field in attrs.fields(AutoSnapshotCopy)] == [
        "source_region",
        "source_resource_name",
        "target_snapshot_name",
        "restore_date",
        "use_latest_restorable_auto_snapshot",
    ]


@EACH_REQUEST
def test_the_repr_of_a_request_shows_every_field(request_: SnapshotCopyRequest) -> None:
    assert repr(request_).startswith(f"{type(request_).__name__}(source_region=")
    for name, value in attrs.asdict(request_).items():
        assert f"{name}={value!r}" in repr(request_)


def test_to_dict_returns_the_parameters_of_each_form_under_their_wire_names() -> None:
    assert MANUAL.to_dict() == {
        "sourceRegion": "us-east-1",
        "sourceSnapshotName": "web-1-monday",
        "targetSnapshotName": "web-1-monday-copy",
    }
    common = {"sourceRegion": "us-east-1", "sourceResourceName": "web-1", "targetSnapshotName": "web-1-kept"}
    assert BY_DATE.to_dict() == {**common, "restoreDate": "2025-12-30"}
    assert LATEST.to_dict() == {**common, "useLatestRestorableAutoSnapshot": True}


@EACH_REQUEST
def test_to_dict_is_ready_for_json_and_plain(request_: SnapshotCopyRequest) -> None:
    parameters = request_.to_dict()
    assert json.loads(json.dumps(parameters)) == parameters
    assert type(parameters["sourceRegion"]) is str


# From the wire


@EACH_REQUEST
def test_a_request_goes_to_json_and_back(request_: SnapshotCopyRequest) -> None:
    for sent in (request_, attrs.evolve(request_, source_region=Unrecognized("xx-new-1"))):
        is_unknown = isinstance(sent.source_region, Unrecognized)
        back = type(sent).from_dict(json.loads(json.dumps(sent.to_dict())), allow_unknown_region=is_unknown)
        assert back == sent
        assert type(back.source_region) is type(sent.source_region)


@pytest.mark.parametrize(
    ("cls", "given_", "fields"),
    [
        (ManualSnapshotCopy, {}, ["source_region", "source_snapshot_name", "target_snapshot_name"]),
        (AutoSnapshotCopy, {}, ["source_region", "source_resource_name", "target_snapshot_name", "restore_date"]),
        (ManualSnapshotCopy, {**MANUAL.to_dict(), "sourceRegion": 7}, ["source_region"]),
        (AutoSnapshotCopy, {**BY_DATE.to_dict(), "restoreDate": "20251230"}, ["restore_date"]),
        (
            AutoSnapshotCopy,
            {**LATEST.to_dict(), "useLatestRestorableAutoSnapshot": "yes"},
            ["use_latest_restorable_auto_snapshot"],
        ),
        (ManualSnapshotCopy, BY_DATE.to_dict(), ["sourceResourceName", "restoreDate", "source_snapshot_name"]),
        (AutoSnapshotCopy, {**LATEST.to_dict(), "latest": True}, ["latest"]),
        (ManualSnapshotCopy, MANUAL_FIELDS, [*MANUAL_FIELDS] * 2),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_wire_form_is_held_to_the_same_rules(cls: Any, given_: dict[str, object], fields: list[str]) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        cls.from_dict(given_)
    assert [problem.field for problem in caught.value.problems] == fields


_NO_DATE = "must be a date, unless use_latest_restorable_auto_snapshot is given. Give one of the two."
_TWO_SOURCES = "Leave out either sourceSnapshotName or sourceResourceName."
_NO_SOURCE = "nothing was given. Give sourceSnapshotName or sourceResourceName."


@pytest.mark.measured
@pytest.mark.parametrize(
    ("wire", "problems"),
    [
        (
            {"sourceRegion": "us-east-1", "sourceSnapshotname": "web-1", "targetSnapshotName": "copy"},
            [
                "sourceSnapshotname: 'web-1' is not a parameter of this request. Did you mean sourceSnapshotName?",
                f"source_snapshot_name: {_NO_SOURCE}",
            ],
        ),
        ({"sourceRegion": "us-east-1", "targetSnapshotName": "copy"}, [f"source_snapshot_name: {_NO_SOURCE}"]),
        (
            {**BY_DATE.to_dict(), "sourceSnapshotName": "web-1", "restoreDate": None},
            [f"sourceResourceName: 'web-1' is not a parameter of this request. {_TWO_SOURCES}"],
        ),
        (
            {"sourceRegion": "us-east-1", "source_resource_name": "web-1", "targetSnapshotName": "copy"},
            [
                "source_resource_name: 'web-1' is not a parameter of this request. Did you mean sourceResourceName?",
                f"source_resource_name: {_NO_SOURCE}",
                f"restore_date: None {_NO_DATE}",
            ],
        ),
        (
            {**MANUAL.to_dict(), "source_region": "us-east-1", "sourceRegion": None},
            [
                "source_region: 'us-east-1' is not a parameter of this request. Did you mean sourceRegion?",
                "source_region: nothing was given. Give sourceRegion.",
            ],
        ),
    ],
)
def test_a_wire_form_with_a_wrong_key_is_told_which_was_meant(wire: dict[str, object], problems: list[str]) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        request_from_dict(wire)
    assert [str(problem) for problem in caught.value.problems] == problems


def test_each_class_asks_for_its_own_source_alone() -> None:
    wire = {**MANUAL.to_dict(), "useLatestRestorableAutoSnapshot": True}
    with pytest.raises(InvalidRequestError) as caught:
        AutoSnapshotCopy.from_dict(wire)
    other, missing = (str(problem) for problem in caught.value.problems)
    assert "Use one of sourceRegion, sourceResourceName," in other
    assert missing == "source_resource_name: nothing was given. Give sourceResourceName."


def test_a_mapping_is_read_by_its_keys_whatever_its_get_finds() -> None:
    class AnyCase(UserDict[str, object]):
        def get(self, key: str, default: object = None) -> object:
            return {name.lower(): value for name, value in self.items()}.get(key.lower(), default)

    with pytest.raises(InvalidRequestError, match="Did you mean sourceRegion"):
        ManualSnapshotCopy.from_dict(AnyCase({key.lower(): value for key, value in MANUAL.to_dict().items()}))


def test_a_name_that_is_a_member_of_an_enum_is_kept_as_plain_text() -> None:
    """Since Python 3.11, such a member is formatted with the name of its class, and so is no name of the service."""

    class Name(str, enum.Enum):
        WEB = "web-1"

    manual = ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name=Name.WEB, target_snapshot_name=Name.WEB)
    latest = AutoSnapshotCopy(
        source_region="us-east-1",
        source_resource_name=Name.WEB,
        target_snapshot_name=Name.WEB,
        use_latest_restorable_auto_snapshot=True,
    )
    for made in (manual, latest, attrs.evolve(manual, target_snapshot_name=Name.WEB)):
        assert {type(made.source_name), type(made.target_snapshot_name)} == {str}
        assert made.source_name == "web-1"


@pytest.mark.parametrize("cls", [ManualSnapshotCopy, AutoSnapshotCopy])
@pytest.mark.parametrize("given_", [None, [], "sourceRegion"])
def test_a_wire_form_that_is_not_a_mapping_is_rejected_as_such(cls: Any, given_: object) -> None:
    with pytest.raises(TypeError, match="must be a mapping from wire names"):
        cls.from_dict(given_)


# What Python itself rejects


@pytest.mark.parametrize("missing", MANUAL_FIELDS)
def test_a_missing_argument_of_a_manual_copy_is_a_type_error(missing: str) -> None:
    rest = {name: value for name, value in MANUAL_FIELDS.items() if name != missing}
    with pytest.raises(TypeError, match=missing):
        ManualSnapshotCopy(**rest)


@pytest.mark.parametrize("missing", ["source_region", "source_resource_name", "target_snapshot_name"])
def test_a_missing_argument_of_an_automatic_copy_is_a_type_error(missing: str) -> None:
    rest = {name: value for name, value in LATEST_FIELDS.items() if name != missing}
    with pytest.raises(TypeError, match=missing):
        AutoSnapshotCopy(**rest)


@pytest.mark.parametrize(("cls", "fields"), [(ManualSnapshotCopy, MANUAL_FIELDS), (AutoSnapshotCopy, BY_DATE_FIELDS)])
def test_unknown_and_positional_arguments_are_type_errors(cls: Any, fields: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="sourceRegion"):
        cls(**fields, sourceRegion="us-east-1")
    with pytest.raises(TypeError, match="positional"):
        cls(*fields.values())


@pytest.mark.parametrize("foreign", ["source_resource_name", "restore_date", "use_latest_restorable_auto_snapshot"])
def test_a_manual_copy_takes_nothing_of_an_automatic_one(foreign: str) -> None:
    with pytest.raises(TypeError, match=foreign):
        ManualSnapshotCopy(**MANUAL_FIELDS, **{foreign: "web-1"})


def test_an_automatic_copy_takes_no_snapshot_name() -> None:
    with pytest.raises(TypeError, match="source_snapshot_name"):
        make(AutoSnapshotCopy, {**BY_DATE_FIELDS, "source_snapshot_name": "web-1-monday"})


# Names


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("", "Change it to follow the rule."),
        ("a", "Change it to follow the rule."),
        ("web-1\n", "Did you mean 'web-1'?"),
        (" web-1 ", "Did you mean 'web-1'?"),
        ("ｗｅｂ－１", "Did you mean 'web-1'?"),  # noqa: RUF001 - full-width letters
        ("web-١٢", "Did you mean 'web-12'?"),  # Arabic digits
        ("web 1", "Did you mean 'web-1'?"),
        ("web/1", "Did you mean 'web-1'?"),
        ("wéb", "Did you mean 'w-b'?"),
        ("-web", "Did you mean 'web'?"),
        ("web.", "Did you mean 'web'?"),
        ("web\x00", "Did you mean 'web'?"),
        ("x" * 256, "Shorten it by 1."),
        (None, "Give the resource's name as a string."),
        (b"web-1", "Decode it: value.decode('ascii')."),
        (bytearray(b"web-1"), "Decode it: value.decode('ascii')."),
        (1, "Give the resource's name as a string."),
        (["web-1"], "Give the resource's name as a string."),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_bad_name_is_rejected_with_the_name_that_was_meant(name: object, remedy: str) -> None:
    for cls, fields, field in NAME_FIELDS:
        problems = refused(cls, fields, **{field: name})
        assert {(problem.field, problem.remedy) for problem in problems} == {(field, remedy)}


def test_each_rule_that_a_name_breaks_is_a_problem_of_its_own() -> None:
    rules = [
        problem.rule for problem in refused(ManualSnapshotCopy, MANUAL_FIELDS, target_snapshot_name="-" + "ü" * 300)
    ]
    assert rules == [
        "must have 2 to 255 characters, not 301",
        "must contain only ASCII letters, digits, '_', '-', and '.', not 'ü' at position 2",
        "must begin with a letter, a digit, or '_'",
    ]


@pytest.mark.parametrize("name", ["-", "."])
def test_a_name_that_ends_where_it_starts_is_rejected_for_its_length_and_its_ends(name: str) -> None:
    rules = [problem.rule for problem in refused(ManualSnapshotCopy, MANUAL_FIELDS, target_snapshot_name=name)]
    assert [rule.partition(",")[0] for rule in rules] == [
        "must have 2 to 255 characters",
        "must begin with a letter",
        "must end with a letter",
    ]


def test_what_was_given_is_shortened_where_it_is_long() -> None:
    (problem,) = refused(ManualSnapshotCopy, MANUAL_FIELDS, target_snapshot_name="x" * 100_000)
    assert len(problem.given) <= 310
    assert problem.remedy == "Shorten it by 99745."


def test_a_value_whose_own_repr_fails_is_rejected_anyway() -> None:
    (problem,) = refused(ManualSnapshotCopy, MANUAL_FIELDS, target_snapshot_name=HostileText("a name"))
    assert problem.given == "'a name'"


# Regions


@pytest.mark.parametrize(
    ("region", "suggested"),
    [
        ("us-esat-1", "'us-east-1'"),
        ("us-east-1a", "'us-east-1'"),
        ("US-EAST-1", "'us-east-1'"),
        ("us-east-1\n", "'us-east-1'"),
        ("us_east_1", "'us-east-1'"),
        ("us east 1", "'us-east-1'"),
        ("ｕｓ－ｅａｓｔ－１", "'us-east-1'"),  # noqa: RUF001 - full-width letters
        ("us-east-١", "'us-east-1'"),  # noqa: RUF001 - an Arabic digit
        ("useast1", "'us-east-1'"),
        ("eu-central-l", "'eu-central-1'"),
    ],
)
def test_a_slip_in_a_region_is_rejected_with_the_region_that_was_meant(region: str, suggested: str) -> None:
    problem = the_problem(ManualSnapshotCopy, MANUAL_FIELDS, source_region=region)
    assert problem.rule == "is not a Lightsail Region"
    assert problem.remedy.startswith(f"Did you mean {suggested}")


def test_a_region_as_near_to_two_suggests_both() -> None:
    problem = the_problem(ManualSnapshotCopy, MANUAL_FIELDS, source_region="us-est-1")
    assert problem.remedy == "Did you mean 'us-east-1' or 'us-west-1'?"


@pytest.mark.parametrize("region", ["", "-", "frankfurt", "x" * 100_000, "\N{BLACK SQUARE}" * 50])
def test_a_region_near_to_none_is_rejected_with_all_of_them(region: str) -> None:
    (problem,) = refused(AutoSnapshotCopy, BY_DATE_FIELDS, source_region=region)
    assert problem.remedy == f"Use one of {', '.join(RegionName)}."


@pytest.mark.parametrize("region", ["xx-new-1", "us-east-9", "af-new-3", "mx-central-1", "ca-west-1", "me-south-1"])
def test_a_region_newer_than_this_release_is_rejected_with_the_way_to_pass_it(region: str) -> None:
    problem = the_problem(ManualSnapshotCopy, MANUAL_FIELDS, source_region=region)
    assert problem.remedy.endswith(" If the Region is newer than this release, pass it as Unrecognized(...).")
    accepted = ManualSnapshotCopy(**{**MANUAL_FIELDS, "source_region": Unrecognized(region)}).source_region
    assert type(accepted) is Unrecognized
    assert accepted == region


@pytest.mark.parametrize(
    "word", ["", "xx-new-1\n", "XX-NEW-1", "xx", "x-new-1", "xx-new", "xx-new-123", "xx-new-\u0661", "xx--1"]
)
def test_an_unrecognized_word_that_does_not_look_like_a_region_is_rejected(word: str) -> None:
    problem = the_problem(ManualSnapshotCopy, MANUAL_FIELDS, source_region=Unrecognized(word))
    assert "newer" not in problem.remedy or word == "xx-new-1"


@pytest.mark.parametrize(("cls", "fields"), [(ManualSnapshotCopy, MANUAL_FIELDS), (AutoSnapshotCopy, LATEST_FIELDS)])
def test_a_known_region_becomes_its_member_however_it_is_written(cls: Any, fields: dict[str, Any]) -> None:
    for region in RegionName:
        for written in (region, region.value, Unrecognized(region.value)):
            assert cls(**{**fields, "source_region": written}).source_region is region


@pytest.mark.parametrize(
    ("region", "remedy"),
    [
        (None, "Give a Region's name as a string, such as 'us-east-1'."),
        (1, "Give a Region's name as a string, such as 'us-east-1'."),
        (["us-east-1"], "Give a Region's name as a string, such as 'us-east-1'."),
        (b"us-east-1", "Decode it: value.decode('ascii')."),
    ],
)
def test_a_region_that_is_not_a_text_is_rejected(region: object, remedy: str) -> None:
    problem = the_problem(ManualSnapshotCopy, MANUAL_FIELDS, source_region=region)
    assert problem.rule == "must be a string"
    assert problem.remedy == remedy


# Days


@pytest.mark.parametrize(
    ("day", "remedy"),
    [
        ("2026-02-30", "Give the date of an automatic snapshot."),
        ("20261120", "Did you mean '2026-11-20'?"),
        ("2026-11-2", "Did you mean '2026-11-02'?"),
        ("2026/11/20", "Did you mean '2026-11-20'?"),
        ("2026-11-20\n", "Did you mean '2026-11-20'?"),
        ("2026-11-20T06:00:00Z", "Did you mean '2026-11-20'?"),
        ("２０２６－１１－２０", "Did you mean '2026-11-20'?"),  # noqa: RUF001 - full-width digits
        ("٢٠٢٦-١١-٢٠", "Did you mean '2026-11-20'?"),  # noqa: RUF001 - Arabic digits
        ("20.11.2026", "Give the date of an automatic snapshot."),
        ("yesterday", "Give the date of an automatic snapshot."),
        ("", "Give the date of an automatic snapshot."),
        ("2026-W47-5", "Give the date of an automatic snapshot."),
        ("0000-01-01", "Give the date of an automatic snapshot."),
    ],
)
def test_a_text_that_is_not_a_day_is_rejected_with_the_day_that_was_meant(day: str, remedy: str) -> None:
    problem = the_problem(AutoSnapshotCopy, BY_DATE_FIELDS, restore_date=day)
    assert problem.rule == "must be a calendar date in the form YYYY-MM-DD"
    assert problem.remedy == remedy


@pytest.mark.parametrize("timestamp", [datetime(2026, 11, 20), datetime(2026, 11, 20, tzinfo=timezone.utc)])  # noqa: DTZ001 - a naive one is as wrong
def test_a_datetime_is_rejected_as_its_day_depends_on_a_zone(timestamp: datetime) -> None:
    problem = the_problem(AutoSnapshotCopy, BY_DATE_FIELDS, restore_date=timestamp)
    assert problem.rule == "must be a date without a time"
    assert problem.remedy == "Give the date of an automatic snapshot, in UTC."


@pytest.mark.parametrize(
    ("day", "remedy"),
    [
        (20261120, "Give a date such as '2026-11-20'."),
        (False, "Give a date such as '2026-11-20'."),
        (b"2026-11-20", "Decode it: value.decode('ascii')."),
    ],
)
def test_a_day_that_is_neither_a_date_nor_text_is_rejected(day: object, remedy: str) -> None:
    problem = the_problem(AutoSnapshotCopy, BY_DATE_FIELDS, restore_date=day)
    assert problem.rule == "must be a date"
    assert problem.remedy == remedy


@given(st.dates())
def test_every_date_is_taken_and_sent_in_the_documented_form(day: date) -> None:
    from_date = attrs.evolve(BY_DATE, restore_date=day)
    text = f"{day.year:04}-{day.month:02}-{day.day:02}"
    assert from_date == attrs.evolve(BY_DATE, restore_date=text)
    assert from_date.restore_date == day
    assert from_date.to_dict().get("restoreDate") == text


# Flags, and the choice between a day and the latest


@pytest.mark.parametrize("fields", [BY_DATE_FIELDS, LATEST_FIELDS])
@pytest.mark.parametrize("flag", [1, "true", None])
def test_a_flag_that_is_not_a_bool_is_rejected(fields: dict[str, Any], flag: object) -> None:
    problem = the_problem(AutoSnapshotCopy, fields, use_latest_restorable_auto_snapshot=flag)
    assert problem.rule == "must be True or False"


def test_both_a_day_and_the_latest_are_rejected() -> None:
    (problem,) = refused(AutoSnapshotCopy, BY_DATE_FIELDS, use_latest_restorable_auto_snapshot=True)
    assert problem.field == "restore_date"
    assert problem.given == "'2025-12-30'"
    assert problem.rule == "must be left out if use_latest_restorable_auto_snapshot is given"
    assert problem.remedy == "Leave one of the two out."


@pytest.mark.parametrize("changes", [{}, {"restore_date": None}, {"use_latest_restorable_auto_snapshot": False}])
def test_neither_a_day_nor_the_latest_is_rejected(changes: dict[str, Any]) -> None:
    (problem,) = refused(AutoSnapshotCopy, NEITHER, **changes)
    assert problem.field == "restore_date"
    assert problem.given == "None"
    assert problem.rule == "must be a date, unless use_latest_restorable_auto_snapshot is given"
    assert problem.remedy == "Give one of the two."


# All at once


def test_all_problems_come_at_once_in_the_order_of_the_fields() -> None:
    problems = refused(
        AutoSnapshotCopy,
        {},
        use_latest_restorable_auto_snapshot="yes",
        restore_date="2026-02-30",
        target_snapshot_name="",
        source_resource_name=None,
        source_region="us-esat-1",
    )
    assert [problem.field for problem in problems] == [field.name for field in attrs.fields(AutoSnapshotCopy)]
    problems = refused(
        ManualSnapshotCopy, {}, target_snapshot_name=b"", source_snapshot_name="web 1", source_region="US-EAST-1"
    )
    assert [problem.field for problem in problems] == [field.name for field in attrs.fields(ManualSnapshotCopy)]


def test_a_bad_day_beside_the_latest_breaks_two_rules() -> None:
    rules = [problem.rule for problem in refused(AutoSnapshotCopy, LATEST_FIELDS, restore_date="20261120")]
    assert [rule.split()[2] for rule in rules] == ["a", "left"]


def test_the_error_says_that_nothing_was_sent_and_lists_each_problem() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        ManualSnapshotCopy(**{**MANUAL_FIELDS, "source_region": "us-east-1a", "target_snapshot_name": "web 1"})
    assert str(caught.value) == (
        "2 problems with this request; nothing was sent:\n"
        "  source_region: 'us-east-1a' is not a Lightsail Region. Did you mean 'us-east-1'?\n"
        "  target_snapshot_name: 'web 1' must contain only ASCII letters, digits, '_', '-', and '.',"
        " not ' ' at position 4. Did you mean 'web-1'?"
    )
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, LightsailCopyError)


def test_a_problem_is_a_value_too() -> None:
    problem = Problem("source_region", "1", "a Region's name is text", "write it")
    assert [{problem: 1}[sent] for sent in travelled(problem)] == [1] * len([*travelled(problem)])
    assert [field.name for field in attrs.fields(Problem)] == ["field", "given", "rule", "remedy"]
    with pytest.raises(FrozenInstanceError):
        problem.field = "x"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue] - it is the fact


@EACH_REQUEST
def test_the_parameters_decide_the_class_of_a_request(request_: SnapshotCopyRequest) -> None:
    assert request_from_dict(json.loads(json.dumps(request_.to_dict()))) == request_
    with pytest.raises(TypeError, match="must be a mapping"):
        request_from_dict(cast("Any", "text"))


FROM_A_MAPPING = pytest.mark.parametrize("parse", ["the class", "request_from_dict"])


def parsed(parse: str, like: SnapshotCopyRequest, mapping: dict[str, Any], **options: bool) -> SnapshotCopyRequest:
    """Return the request of a mapping, by the class of a request or by the function for either."""
    return (
        request_from_dict(mapping, **options)
        if parse == "request_from_dict"
        else type(like).from_dict(mapping, **options)
    )


@FROM_A_MAPPING
@EACH_REQUEST
def test_a_mapping_with_a_misspelled_region_is_rejected(request_: SnapshotCopyRequest, parse: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        parsed(parse, request_, {**request_.to_dict(), "sourceRegion": "us-esat-1"})
    (problem,) = caught.value.problems
    assert (problem.field, problem.given) == ("source_region", "'us-esat-1'")
    assert problem.remedy.startswith("Did you mean 'us-east-1'?")


@FROM_A_MAPPING
@EACH_REQUEST
def test_a_mapping_with_a_newer_region_needs_the_option(request_: SnapshotCopyRequest, parse: str) -> None:
    newer = attrs.evolve(request_, source_region=Unrecognized("us-east-3"))
    wire: Any = newer.to_dict()
    with pytest.raises(InvalidRequestError, match=r"allow it \(allow_unknown_region=True\)"):
        parsed(parse, request_, wire)
    again = parsed(parse, request_, wire, allow_unknown_region=True)
    assert again == newer
    assert type(again.source_region) is Unrecognized
    known: Any = request_.to_dict()
    assert type(parsed(parse, request_, known, allow_unknown_region=True).source_region) is RegionName
    for other in ("Mars", "us-east-1\n", "", 7, None):
        with pytest.raises(InvalidRequestError):
            parsed(parse, request_, {**wire, "sourceRegion": other}, allow_unknown_region=True)


@FROM_A_MAPPING
@EACH_REQUEST
def test_a_parameter_that_is_none_counts_as_left_out(request_: SnapshotCopyRequest, parse: str) -> None:
    wire: Any = request_.to_dict()
    every = {key: None for each in (MANUAL, BY_DATE, LATEST) for key in each.to_dict()}
    assert parsed(parse, request_, {**every, **wire}) == request_
    with pytest.raises(InvalidRequestError, match="restoredate: None is not a parameter"):
        parsed(parse, request_, {**wire, "restoredate": None})
    for key in wire.keys() & {"sourceRegion", "targetSnapshotName", "restoreDate", "useLatestRestorableAutoSnapshot"}:
        without = {each: value for each, value in wire.items() if each != key}
        with pytest.raises(InvalidRequestError) as left_out:
            parsed(parse, request_, without)
        with pytest.raises(InvalidRequestError) as none:
            parsed(parse, request_, {**without, key: None})
        assert none.value.problems == left_out.value.problems
