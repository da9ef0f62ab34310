"""When a wait looks again: arithmetic alone, without a client or a clock."""

# ruff: noqa: ANN401 - what is rejected is of any type
from __future__ import annotations

import pickle
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightsail_copy import InvalidRequestError, PollSchedule

SECONDS = st.floats(min_value=0, max_value=1e6)
CHANCES = st.floats(min_value=0, max_value=1, exclude_max=True)
STEPS = (0.0, 0.5, 0.999)


@st.composite
def schedules(draw: st.DrawFn) -> PollSchedule:
    """Draw a schedule of any numbers that are allowed."""
    min_delay = draw(st.floats(min_value=0.001, max_value=1e4))
    return PollSchedule(
        fraction=draw(st.floats(min_value=0, max_value=10)),
        min_delay=min_delay,
        max_delay=draw(st.floats(min_value=min_delay, max_value=1e5)),
    )


def looks(schedule: PollSchedule, duration: float, chance: float = 0.5) -> tuple[int, float]:
    """Return how many looks notice the end of something that takes so long, the first at once; and when they do."""
    elapsed, count = 0.0, 1
    while elapsed < duration:
        elapsed += schedule.delay(elapsed, chance)
        count += 1
    return count, elapsed


@pytest.mark.parametrize(("duration", "count"), [(120, 25), (600, 57), (3600, 120)])
def test_the_defaults_look_so_often(duration: float, count: int) -> None:
    assert all(abs(looks(PollSchedule(), duration, chance)[0] - count) <= count / 10 for chance in (0.25, 0.5, 0.75))


@pytest.mark.parametrize("chance", STEPS)
def test_the_end_is_noticed_within_three_hundredths_of_the_duration_on_average(chance: float) -> None:
    for about in (600, 3600):
        durations = [about * (0.8 + 0.4 * step / 400) for step in range(400)]
        lags = [(looks(PollSchedule(), duration, chance)[1] - duration) / duration for duration in durations]
        assert sum(lags) / len(lags) < 0.03
        assert max(lags) < 0.06


def test_the_end_of_a_copy_of_two_minutes_is_noticed_within_three_hundredths_on_average() -> None:
    durations = [120 * (0.8 + 0.4 * step / 400) for step in range(400)]
    lags = [(looks(PollSchedule(), duration)[1] - duration) / duration for duration in durations]
    assert sum(lags) / len(lags) < 0.03


def test_an_even_interval_that_notices_a_short_copy_as_soon_polls_five_times_as_often_at_a_long_one() -> None:
    even = PollSchedule(fraction=0, min_delay=6, max_delay=6)
    assert looks(even, 3600)[0] > 5 * looks(PollSchedule(), 3600)[0]


def test_the_next_look_comes_after_a_twentieth_of_the_time_elapsed() -> None:
    assert PollSchedule().delay(400, 0.5) == pytest.approx(20)
    assert PollSchedule(fraction=0.1).delay(400, 0.5) == pytest.approx(40)


@pytest.mark.parametrize(("elapsed", "delay"), [(0, 5), (100, 5), (1200, 60), (1e9, 60)])
def test_the_delay_is_at_least_five_seconds_and_at_most_sixty(elapsed: float, delay: float) -> None:
    assert PollSchedule().delay(elapsed, 0.5) == delay
    assert all(5 <= PollSchedule().delay(elapsed, chance) <= 60 for chance in STEPS)


def test_the_jitter_is_a_tenth_either_way() -> None:
    schedule = PollSchedule()
    assert schedule.delay(400, 0) == pytest.approx(18)
    assert schedule.delay(400, 0.75) == pytest.approx(21)
    assert 21.99 < schedule.delay(400, 0.9999) < 22


@given(schedules(), SECONDS, CHANCES)
def test_the_delay_keeps_its_bounds(schedule: PollSchedule, elapsed: float, chance: float) -> None:
    assert schedule.min_delay <= schedule.delay(elapsed, chance) <= schedule.max_delay


@given(schedules(), SECONDS, SECONDS, CHANCES)
def test_the_delay_never_shrinks(schedule: PollSchedule, elapsed: float, more: float, chance: float) -> None:
    assert schedule.delay(elapsed, chance) <= schedule.delay(elapsed + more, chance)


@given(schedules(), SECONDS, CHANCES, CHANCES)
def test_two_chances_are_apart_by_no_more_than_the_jitter(
    schedule: PollSchedule, elapsed: float, one: float, other: float
) -> None:
    low, high = sorted((schedule.delay(elapsed, one), schedule.delay(elapsed, other)))
    assert high * 0.9 <= low * 1.1 * (1 + 1e-9)


@given(schedules())
def test_a_schedule_always_comes_to_the_end(schedule: PollSchedule) -> None:
    assert looks(schedule, 10 * schedule.min_delay)[1] <= 10 * schedule.min_delay + schedule.max_delay


def test_durations_are_seconds_or_timedeltas() -> None:
    minutes = PollSchedule(
        min_delay=timedelta(seconds=5),
        max_delay=timedelta(minutes=1),
        error_tolerance=timedelta(minutes=10),
        not_found_tolerance=timedelta(seconds=30),
    )
    assert minutes == PollSchedule()
    assert hash(minutes) == hash(PollSchedule())
    assert pickle.loads(pickle.dumps(minutes)) == minutes  # noqa: S301 - our own


def test_a_schedule_is_frozen_and_named_by_keyword() -> None:
    with pytest.raises(AttributeError):
        PollSchedule().min_delay = 1  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]  # the test's point
    with pytest.raises(TypeError):
        PollSchedule(0.1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # the test's point


def test_a_fraction_may_be_anything_below_a_thousand() -> None:
    assert PollSchedule(fraction=999.9).fraction == 999.9
    with pytest.raises(InvalidRequestError, match="fraction: 1000 must be a number of at least 0 and less than 1,000"):
        PollSchedule(fraction=1000)


FIELDS = ("fraction", "min_delay", "max_delay", "error_tolerance", "not_found_tolerance")


@pytest.mark.parametrize("value", [-1, -0.001, float("nan"), "5", True, [5], b"5", timedelta(seconds=-1)])
def test_what_is_not_a_duration_is_rejected_by_name(value: Any) -> None:
    for name in FIELDS:
        with pytest.raises(InvalidRequestError) as caught:
            PollSchedule(**{name: value})
        assert [problem.field for problem in caught.value.problems] == [name]


@pytest.mark.parametrize("name", FIELDS)
def test_nothing_of_a_schedule_may_be_none(name: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        PollSchedule(**{name: None})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # the test's point
    assert [problem.field for problem in caught.value.problems] == [name]


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"min_delay": 0}, ["min_delay"]),
        ({"min_delay": 61}, ["min_delay"]),
        ({"max_delay": 4}, ["min_delay"]),
        ({"max_delay": float("inf")}, ["max_delay"]),
        ({"max_delay": 10**400, "fraction": 10**400, "min_delay": 1e11}, ["fraction", "min_delay", "max_delay"]),
        ({"max_delay": timedelta.max}, ["max_delay"]),
        ({"max_delay": float("inf"), "min_delay": float("inf")}, ["min_delay", "max_delay"]),
        ({"fraction": -1, "error_tolerance": "x", "min_delay": 0}, ["fraction", "min_delay", "error_tolerance"]),
    ],
)
def test_a_schedule_that_would_look_without_a_pause_or_never_is_rejected(values: Any, fields: list[str]) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        PollSchedule(**values)
    assert [problem.field for problem in caught.value.problems] == fields


def test_the_message_of_a_rejection_says_what_to_do() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        PollSchedule(min_delay=90)
    assert str(caught.value) == (
        "1 problem with this schedule; nothing was sent:\n  min_delay: 90 must be at most max_delay, which is 60."
    )
