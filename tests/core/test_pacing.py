"""The limits of one Region: a rate that throttling lowers, and a number of copies that a quota error lowers."""

from __future__ import annotations

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from lightsail_copy.fleet.pacing import Capacity, Pace

TIMES = st.lists(st.tuples(st.sampled_from(["throttled", "succeeded"]), st.floats(0, 1000)), max_size=50)


def test_a_rate_falls_once_for_the_calls_that_were_in_flight_together() -> None:
    pace = Pace(4.0)
    for _ in range(5):
        pace.throttled(10.0)
    assert pace.rate == 2.0
    assert pace.next_at == 10.5
    pace.throttled(10.6)
    assert pace.rate == 1.0


def test_fifty_successes_raise_a_rate_from_nothing_to_its_highest() -> None:
    pace = Pace(5.0)
    for now in range(0, 1000, 100):
        pace.throttled(float(now))
    assert pace.rate == 1 / 30
    for _ in range(50):
        pace.succeeded()
    assert pace.rate == 5.0


@given(TIMES)
def test_a_rate_stays_within_its_limits(events: list[tuple[str, float]]) -> None:
    pace = Pace(5.0)
    for event, now in sorted(events, key=lambda each: each[1]):
        pace.throttled(now) if event == "throttled" else pace.succeeded()
        assert 1 / 30 <= pace.rate <= 5.0


def test_a_quota_error_leaves_room_for_what_runs_and_for_what_is_being_launched() -> None:
    capacity = Capacity(10)
    assert capacity.exceeded(0.0, running=4) == 0.0
    assert capacity.size == 4
    # As soon as one has ended, the next may be launched.
    assert capacity.next_at(4) == inf
    assert capacity.next_at(3) <= 0.0


def test_where_nothing_runs_the_next_launch_after_a_quota_error_is_a_minute_later() -> None:
    capacity = Capacity(10)
    capacity.exceeded(100.0, running=0)
    assert capacity.size == 1
    assert capacity.next_at(0) == 160.0
    assert capacity.exceeded(160.0, running=0) == 60.0


def test_a_launch_that_succeeds_forgets_since_when_a_quota_was_exceeded() -> None:
    capacity = Capacity(10)
    capacity.exceeded(100.0, running=0)
    capacity.launched(160.0)
    assert capacity.exceeded(200.0, running=1) == 0.0


def test_the_number_of_copies_rises_by_one_in_ten_minutes_without_a_quota_error() -> None:
    capacity = Capacity(4)
    capacity.exceeded(0.0, running=2)
    for now, size in ((599.0, 2), (600.0, 3), (1199.0, 3), (1200.0, 4), (1800.0, 4)):
        capacity.launched(now)
        assert capacity.size == size
    capacity.exceeded(1900.0, running=3)
    capacity.launched(2000.0)
    assert capacity.size == 3


def test_without_a_quota_error_the_number_of_copies_is_the_highest() -> None:
    capacity = Capacity(3)
    capacity.launched(10_000.0)
    assert capacity.size == 3
    assert capacity.next_at(2) == -inf
    assert capacity.next_at(3) == inf
