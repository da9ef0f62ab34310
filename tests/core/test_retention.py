"""Which copies a plan keeps, and the reasons it gives: properties for any copies, and the words for some."""

# ruff: noqa: ANN401 - what is handed over on purpose is of any type

from __future__ import annotations

import datetime as dt
import json
import pickle
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import NoOffset

from lightsail_copy import InvalidRequestError, RetentionDecision, RetentionPolicy, Snapshot, plan_retention

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

UTC = dt.timezone.utc
NOW = dt.datetime(2026, 11, 28, 17, 30, tzinfo=UTC)
TODAY = NOW.date()
TEMPLATE = "web-1-{date}"
USABLE = ("available", "completed")
NOT_COUNTED = ("pending", "error", "unknown", "thawing")
RULES = ("keep_last", "keep_daily", "keep_weekly", "keep_monthly", "keep_yearly", "keep_within")


def snapshot(name: str, state: str = "available", created_at: dt.datetime = NOW, region: str = "us-west-2") -> Snapshot:
    return Snapshot.from_dict(
        {
            "name": name,
            "arn": f"arn:aws:lightsail:{region}:123456789012:InstanceSnapshot/{name}",
            "state": state,
            "resourceType": "DiskSnapshot" if state == "completed" else "InstanceSnapshot",
            "createdAt": created_at,
            "location": {"availabilityZone": "all", "regionName": region},
        }
    )


@cache
def copy(day: dt.date, state: str = "available") -> Snapshot:
    return snapshot(TEMPLATE.replace("{date}", day.isoformat()), state)


def ago(days: int, state: str = "available") -> Snapshot:
    return copy(TODAY - dt.timedelta(days=days), state)


def plan(
    snapshots: Iterable[Snapshot], policy: RetentionPolicy, now: dt.datetime = NOW, template: str = TEMPLATE
) -> tuple[RetentionDecision, ...]:
    return plan_retention(snapshots, policy, target_snapshot_name=template, now=now)


def kept(decisions: Iterable[RetentionDecision]) -> set[Snapshot]:
    return {each.snapshot for each in decisions if each.keep}


def reasons(decisions: Iterable[RetentionDecision]) -> dict[str, tuple[str, ...]]:
    return {each.snapshot.name: each.reasons for each in decisions}


POLICIES = st.builds(
    dict[str, int],
    st.dictionaries(st.sampled_from(RULES), st.integers(1, 12), min_size=1),
).map(lambda rules: RetentionPolicy(**rules))
COPIES = st.lists(
    st.tuples(st.integers(-3, 900), st.sampled_from(USABLE * 4 + NOT_COUNTED)),
    unique_by=lambda each: each[0],
    max_size=40,
).map(lambda pairs: [ago(*pair) for pair in pairs])
OTHERS = st.lists(
    st.sampled_from(
        [
            "web-1-before-upgrade",
            "web-1-blog-2026-11-01",
            "web-1-2026-11-01-golden",
            "web-1-2026-11-31",
            "web-1-2026-1-1",
            "web-1-20261101",
            "web-1-",
            "web-1-2026-11-01.",
            "my-web-1-2026-11-01",
            "web-12026-11-01",
            "WEB-1-2026-11-01",
            "web-1-2026-W44-7",
        ]
    ),
    unique=True,
).map(lambda names: [snapshot(name) for name in names])


# Properties


@given(COPIES, POLICIES)
def test_the_newest_usable_copy_stays(copies: list[Snapshot], policy: RetentionPolicy) -> None:
    usable = [each for each in copies if each.usable]
    newest = max(usable, key=lambda each: each.name, default=None)
    of_today = max((each for each in usable if each.name <= ago(0).name), key=lambda each: each.name, default=None)
    assert {newest, of_today} - {None} <= kept(plan(copies, policy))


@given(COPIES, OTHERS, POLICIES)
def test_a_name_that_does_not_fit_is_not_in_the_plan(
    copies: list[Snapshot], others: list[Snapshot], policy: RetentionPolicy
) -> None:
    assert plan(others + copies, policy) == plan(copies, policy)


@given(COPIES, POLICIES, POLICIES)
def test_another_rule_or_a_higher_number_removes_nothing(
    copies: list[Snapshot], policy: RetentionPolicy, other: RetentionPolicy
) -> None:
    both = {rule: max(getattr(policy, rule) or 0, getattr(other, rule) or 0) or None for rule in RULES}
    more = RetentionPolicy(**{rule: number for rule, number in both.items() if number})
    assert kept(plan(copies, policy)) | kept(plan(copies, other)) <= kept(plan(copies, more))


@given(COPIES.flatmap(lambda copies: st.tuples(st.just(copies), st.permutations(copies))), POLICIES)
def test_the_order_of_the_snapshots_does_not_matter(
    orders: tuple[list[Snapshot], list[Snapshot]], policy: RetentionPolicy
) -> None:
    assert plan(orders[0], policy) == plan(orders[1], policy)


@given(COPIES, POLICIES, st.integers(0, 24 * 3600 - 1), st.integers(-12, 14))
def test_the_hour_and_the_time_zone_of_the_run_do_not_matter(
    copies: list[Snapshot], policy: RetentionPolicy, seconds: int, hours: int
) -> None:
    now = dt.datetime.combine(TODAY, dt.time(tzinfo=UTC)) + dt.timedelta(seconds=seconds)
    elsewhere = now.astimezone(dt.timezone(dt.timedelta(hours=hours)))
    assert plan(copies, policy, elsewhere) == plan(copies, policy)


@given(COPIES, POLICIES)
def test_what_a_plan_keeps_another_plan_keeps(copies: list[Snapshot], policy: RetentionPolicy) -> None:
    left = kept(plan(copies, policy))
    assert kept(plan(left, policy)) == left


@given(COPIES, POLICIES)
def test_a_copy_that_is_not_usable_or_of_the_future_neither_counts_nor_goes(
    copies: list[Snapshot], policy: RetentionPolicy
) -> None:
    counted = [each for each in copies if each.usable and each.name <= ago(0).name]
    decisions = plan(copies, policy)
    assert kept(decisions) == kept(plan(counted, policy)) | (set(copies) - set(counted))
    alone = reasons(plan(counted, policy))
    assert {name: why for name, why in reasons(decisions).items() if name in alone} == alone


@given(COPIES, POLICIES)
def test_every_copy_has_a_decision_and_every_decision_a_reason(copies: list[Snapshot], policy: RetentionPolicy) -> None:
    decisions = plan(copies, policy)
    assert [each.snapshot for each in decisions] == sorted(copies, key=lambda each: each.name, reverse=True)
    assert all(each.reasons for each in decisions)
    names = {each.name for each in kept(decisions) if each.usable and each.name <= ago(0).name}
    for each in decisions:
        if not each.keep:
            assert len(each.reasons) == 1
            newer = each.reasons[0].removeprefix("superseded by ")
            # The oldest of the newer ones that stay.
            assert newer == min(name for name in names if name > each.snapshot.name)


PERIODS: dict[str, Callable[[dt.date], object]] = {
    "keep_daily": lambda day: day,
    "keep_weekly": lambda day: day - dt.timedelta(days=day.weekday()),
    "keep_monthly": lambda day: (day.year, day.month),
    "keep_yearly": lambda day: day.year,
}


def expected(days: list[dt.date], policy: RetentionPolicy, today: dt.date) -> set[dt.date]:
    """Return the days whose copies the words of a policy keep, if no copy was ever deleted; the days are sorted."""
    keep = set(days[-1:])
    keep |= set(days[-policy.keep_last :] if policy.keep_last else [])
    for rule, period_of in PERIODS.items():
        if number := getattr(policy, rule):
            last_of_periods = [list(group)[-1] for _, group in groupby(days, period_of)]
            keep |= set(last_of_periods[-number:])
    if policy.keep_within is not None:
        keep |= {day for day in days if day >= today - dt.timedelta(days=policy.keep_within)}
    return keep


@pytest.mark.parametrize(
    ("policy", "missed"),
    [
        (RetentionPolicy(keep_daily=7, keep_weekly=4, keep_monthly=6, keep_yearly=2), 0),
        (RetentionPolicy(keep_weekly=3, keep_within=10), 5),
        (RetentionPolicy(keep_last=3, keep_yearly=5), 40),
    ],
    ids=["every rule", "weeks and days", "years"],
)
def test_pruning_every_night_for_two_years_keeps_what_the_policy_says_at_each_date(
    policy: RetentionPolicy, missed: int
) -> None:
    made: list[dt.date] = []
    left: set[Snapshot] = set()
    for night in range(2 * 365 + 1):
        today = dt.date(2024, 2, 27) + dt.timedelta(days=night)
        # Some nights, or some weeks in a row, the copy is missed; the pruning is not.
        if not missed or night % (3 * missed) >= missed:
            made.append(today)
            left.add(copy(today))
        now = dt.datetime.combine(today, dt.time(5, 17, tzinfo=UTC))
        left = kept(plan(left, policy, now))
        assert left == {copy(day) for day in expected(made, policy, today)}
    assert len(left) < len(made)


@given(COPIES, POLICIES)
def test_a_policy_keeps_what_its_words_say(copies: list[Snapshot], policy: RetentionPolicy) -> None:
    days = {dt.date.fromisoformat(each.name[-10:]): each for each in copies}
    counted = sorted(day for day, each in days.items() if each.usable and day <= TODAY)
    stays = {days[day] for day in expected(counted, policy, TODAY)}
    assert kept(plan(copies, policy)) & {days[day] for day in counted} == stays


# Words


def test_the_reasons_count_and_name_the_periods() -> None:
    policy = RetentionPolicy(
        keep_last=1, keep_daily=3, keep_weekly=2, keep_monthly=6, keep_yearly=2, keep_within=dt.timedelta(days=1)
    )
    decisions = plan([ago(days) for days in range(60) if days != 2] + [ago(400)], policy)
    told = {name[-10:]: why for name, why in reasons(decisions).items() if not why[0].startswith("superseded")}
    assert told == {
        "2026-11-28": (
            "last 1 of 1",
            "daily 1 of 3",
            "weekly 1 of 2 (2026-W48)",
            "monthly 1 of 6 (2026-11)",
            "yearly 1 of 2 (2026)",
            "within 1 day",
            "newest usable copy",
        ),
        "2026-11-27": ("daily 2 of 3", "within 1 day"),
        "2026-11-25": ("daily 3 of 3",),
        "2026-11-22": ("weekly 2 of 2 (2026-W47)",),
        "2026-10-31": ("monthly 2 of 6 (2026-10)",),
        "2026-09-30": ("monthly 3 of 6 (2026-09)",),
        "2025-10-24": ("monthly 4 of 6 (2025-10)", "yearly 2 of 2 (2025)"),
    }
    assert reasons(decisions)["web-1-2026-11-24"] == ("superseded by web-1-2026-11-25",)
    assert reasons(decisions)["web-1-2026-10-01"] == ("superseded by web-1-2026-10-31",)


def test_copies_within_some_days_are_those_of_at_most_that_age() -> None:
    decisions = plan([ago(days) for days in (0, 29, 30, 31)], RetentionPolicy(keep_within=30))
    assert [each.keep for each in decisions] == [True, True, True, False]
    assert decisions[2].reasons == ("within 30 days",)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("pending", "still being copied"),
        ("error", "failed: look at it, then delete it by hand"),
        ("unknown", "in state unknown: look at it, then delete it by hand"),
        ("thawing", "in state thawing: look at it, then delete it by hand"),
    ],
)
def test_a_copy_that_is_not_usable_says_why_it_stays(state: str, reason: str) -> None:
    (pending, newest, old) = plan([ago(2), ago(1), ago(0, state)], RetentionPolicy(keep_daily=1))
    assert (pending.keep, pending.reasons) == (True, (reason,))
    assert newest.reasons == ("daily 1 of 1", "newest usable copy")
    assert not old.keep


def test_a_date_in_the_future_pushes_nothing_out() -> None:
    (future, today, old) = plan([ago(-400), ago(0), ago(1)], RetentionPolicy(keep_last=1))
    assert (future.keep, future.reasons) == (True, ("dated in the future",))
    assert (today.keep, old.keep) == (True, False)


def test_the_newest_usable_copy_stays_however_old_it_is() -> None:
    (newest, older) = plan([ago(300), ago(301)], RetentionPolicy(keep_within=7))
    assert (newest.keep, newest.reasons) == (True, ("newest usable copy",))
    assert older.reasons == (f"superseded by {newest.snapshot.name}",)


def test_a_day_begins_at_midnight_utc() -> None:
    before = dt.datetime(2026, 11, 28, 23, 59, 59, tzinfo=UTC)
    tomorrow = ago(-1)
    assert plan([tomorrow], RetentionPolicy(keep_last=1), before)[0].reasons == ("dated in the future",)
    after = before + dt.timedelta(seconds=1)
    assert plan([tomorrow], RetentionPolicy(keep_last=1), after)[0].reasons == ("last 1 of 1", "newest usable copy")


def test_the_week_of_a_new_year_is_that_of_iso_8601() -> None:
    days = [dt.date(2026, 12, 31), dt.date(2027, 1, 1), dt.date(2027, 1, 3), dt.date(2027, 1, 4)]
    now = dt.datetime(2027, 1, 4, 12, tzinfo=UTC)
    decisions = plan([copy(day) for day in days], RetentionPolicy(keep_weekly=5), now)
    assert decisions[0].reasons == ("weekly 1 of 5 (2027-W01)", "newest usable copy")
    assert decisions[1].reasons == ("weekly 2 of 5 (2026-W53)",)
    assert [each.keep for each in decisions[2:]] == [False, False]


def test_a_snapshot_that_is_listed_twice_counts_once() -> None:
    copies = [ago(0), ago(0), ago(1), ago(2)]
    assert [each.keep for each in plan(copies, RetentionPolicy(keep_last=2))] == [True, True, False]


def test_of_two_copies_of_one_day_the_later_stays() -> None:
    name = ago(0).name
    early, late = (snapshot(name, created_at=NOW + dt.timedelta(hours=hours)) for hours in (-3, -1))
    for order in ([early, late], [late, early]):
        decisions = plan(order, RetentionPolicy(keep_daily=1))
        assert [(each.snapshot, each.keep) for each in decisions] == [(late, True), (early, False)]


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{date}", "2026-11-28"),
        ("web{date}", "web2026-11-28"),
        ("{date}.web-1", "2026-11-28.web-1"),
        ("a-2026-11-27-{date}-b", "a-2026-11-27-2026-11-28-b"),
        ("a.{date}", "a.2026-11-28"),
        ("{date}-web-{date}", "2026-11-28-web-2026-11-28"),
    ],
)
def test_the_date_may_be_anywhere_in_a_name(template: str, name: str) -> None:
    others = ["2026-11-27", "2026-11-28_web-1", f"{name}-2", f"x{name}", name.replace(".", "-") + "_"]
    decisions = plan(map(snapshot, [name, *others]), RetentionPolicy(keep_last=1), template=template)
    assert name in reasons(decisions)
    assert set(reasons(decisions)) <= {name, "2026-11-27"}


def test_two_dates_of_a_name_must_be_the_same() -> None:
    assert plan([snapshot("2026-11-28-2026-11-27")], RetentionPolicy(keep_last=1), template="{date}-{date}") == ()


def test_a_time_that_is_outside_the_calendar_in_utc_is_a_problem() -> None:
    last = dt.datetime.max.replace(tzinfo=dt.timezone(dt.timedelta(hours=-12)))
    with pytest.raises(InvalidRequestError, match="now"):
        plan([ago(0)], RetentionPolicy(keep_last=1), last)


def test_a_plan_of_nothing_is_empty() -> None:
    assert plan([], RetentionPolicy(keep_last=1)) == ()
    assert plan([snapshot("golden")], RetentionPolicy(keep_last=1)) == ()


def test_a_huge_number_keeps_all() -> None:
    huge = 10**30
    policy = RetentionPolicy(keep_last=huge, keep_daily=huge, keep_yearly=huge, keep_within=huge)
    assert all(each.keep for each in plan([ago(days) for days in range(10)], policy))


# Values


def test_a_policy_is_a_frozen_value() -> None:
    policy = RetentionPolicy(keep_daily=7, keep_within=dt.timedelta(days=30))
    assert policy == RetentionPolicy(keep_daily=7, keep_within=30)
    assert pickle.loads(pickle.dumps(policy)) == policy  # noqa: S301 - our own
    assert hash(policy) == hash(attrs.evolve(policy))
    assert attrs.evolve(policy, keep_daily=8).keep_daily == 8
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        policy.keep_daily = 8  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue] - the test's point


def test_a_decision_goes_to_json() -> None:
    (decision,) = plan([ago(0)], RetentionPolicy(keep_last=1))
    wire = json.loads(json.dumps(decision.to_dict()))
    assert Snapshot.from_dict(wire["snapshot"]) == decision.snapshot
    assert (wire["keep"], wire["reasons"]) == (True, ["last 1 of 1", "newest usable copy"])
    assert pickle.loads(pickle.dumps(decision)) == decision  # noqa: S301 - our own


@pytest.mark.parametrize(
    ("rules", "fields"),
    [
        ({}, ["policy"]),
        ({"keep_daily": 0}, ["policy"]),
        ({"keep_daily": -1}, ["keep_daily"]),
        ({"keep_daily": True}, ["keep_daily"]),
        ({"keep_daily": None, "keep_last": 1}, ["keep_daily"]),
        ({"keep_last": 10**30 + 1, "keep_within": 10**5000}, ["keep_last", "keep_within"]),
        ({"keep_weekly": 4.0}, ["keep_weekly"]),
        ({"keep_last": "3", "keep_yearly": -2}, ["keep_last", "keep_yearly"]),
        ({"keep_within": -1}, ["keep_within"]),
        ({"keep_within": 0, "keep_last": 1}, ["keep_within"]),
        ({"keep_within": False, "keep_last": 1}, ["keep_within"]),
        ({"keep_within": dt.timedelta(hours=36)}, ["keep_within"]),
        ({"keep_within": "30d"}, ["keep_within"]),
    ],
)
def test_a_policy_that_breaks_a_rule_never_exists(rules: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        RetentionPolicy(**rules)
    assert [problem.field for problem in caught.value.problems] == fields


def test_a_timedelta_that_is_not_of_whole_days_says_so() -> None:
    with pytest.raises(InvalidRequestError, match="must be an integer of at least 1, or a timedelta of whole days"):
        RetentionPolicy(keep_within=dt.timedelta(hours=36))


@pytest.mark.parametrize(
    "template", ["web-1", "", "{source}-{date}", "-{date}", "web 1-{date}", "x" * 246 + "{date}", None]
)
def test_a_template_that_makes_no_name_is_a_problem(template: Any) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        plan([ago(0)], RetentionPolicy(keep_last=1), template=template)
    (problem,) = caught.value.problems
    assert problem.field == "target_snapshot_name"
    assert problem.given == repr(template) or len(problem.given) < 320
    assert "with {date}" in problem.remedy


@pytest.mark.parametrize("now", [dt.datetime(2026, 11, 28), NOW.replace(tzinfo=NoOffset()), TODAY, None, 0])  # noqa: DTZ001 - the test's point
def test_a_time_without_a_zone_is_a_problem(now: Any) -> None:
    with pytest.raises(InvalidRequestError, match="time zone") as caught:
        plan([ago(0)], RetentionPolicy(keep_last=1), now)
    assert [problem.field for problem in caught.value.problems] == ["now"]


def test_all_problems_of_a_plan_are_raised_at_once() -> None:
    wrong: Any = {"keep_last": 1}
    names: Any = ["web-1-2026-11-28"]
    with pytest.raises(InvalidRequestError) as caught:
        plan(names, wrong, template="web-1")
    assert [problem.field for problem in caught.value.problems] == ["snapshots", "policy", "target_snapshot_name"]
