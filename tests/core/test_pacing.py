"""The limits of one Region: a rate that throttling lowers, a backoff, and a number of copies that a quota lowers."""

from __future__ import annotations

from itertools import pairwise
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightsail_copy.fleet.pacing import Backoff, Capacity, Pace

NOW = 1e6
EVENTS = st.lists(st.tuples(st.sampled_from(["throttled", "succeeded"]), st.floats(0, 1000)), max_size=50)


def test_a_call_is_made_an_interval_after_the_last() -> None:
    pace = Pace(4.0)
    assert pace.next_at == -inf
    pace.called(NOW)
    assert pace.next_at == NOW + 0.25


def test_a_rate_falls_once_for_the_calls_that_were_in_flight_together() -> None:
    pace = Pace(4.0)
    for called_at in (NOW - 3, NOW - 2, NOW):
        pace.throttled(NOW, called_at)
    assert pace.rate == 2.0
    assert pace.next_at == NOW + 0.5
    pace.throttled(NOW + 1, NOW + 0.1)
    assert pace.rate == 1.0
    pace.throttled(NOW + 2, NOW + 1)
    assert pace.rate == 1.0
    assert pace.next_at == NOW + 3


@pytest.mark.parametrize("highest", [5.0, 100.0])
def test_each_success_raises_a_rate_by_a_quarter_and_by_at_most_a_fiftieth_of_the_highest(highest: float) -> None:
    """A service that allows far less than the highest rate is not asked for many times what it allows."""
    pace = Pace(highest)
    for number in range(20):
        pace.throttled(NOW + number + 1, NOW + number + 0.5)
    rates = [pace.rate]
    for _ in range(75):
        pace.succeeded()
        rates.append(pace.rate)
    assert (rates[0], rates[-1]) == (1 / 30, highest)
    for old, new in pairwise(rates):
        assert new - old == pytest.approx(min(old / 4, highest / 50, highest - old))


def test_a_rate_that_is_slow_from_the_start_falls_to_an_eighth() -> None:
    pace = Pace(0.01)
    for number in range(20):
        pace.throttled(NOW + number + 1, NOW + number + 0.5)
    assert pace.rate == 0.01 / 8


@given(EVENTS, st.sampled_from([5.0, 0.01]))
def test_a_rate_stays_within_its_limits(events: list[tuple[str, float]], highest: float) -> None:
    pace = Pace(highest)
    for event, now in sorted(events, key=lambda each: each[1]):
        pace.throttled(now, now) if event == "throttled" else pace.succeeded()
        assert min(1 / 30, highest / 8) <= pace.rate <= highest


def test_a_hold_is_never_made_shorter() -> None:
    pace = Pace(1.0)
    pace.hold(NOW + 10)
    pace.hold(NOW + 5)
    assert pace.next_at == NOW + 10


def test_the_delay_after_failures_in_a_row_doubles_up_to_a_minute() -> None:
    backoff, now, delays = Backoff(), NOW, list[float]()
    assert backoff.held_until == -inf
    for _ in range(8):
        backoff.failed(now, now)
        delays.append(backoff.held_until - now)
        now = backoff.held_until
    assert delays == [1, 2, 4, 8, 16, 32, 60, 60]
    assert (backoff.count, backoff.since) == (8, NOW)
    backoff.succeeded()
    assert (backoff.count, backoff.since, backoff.held_until) == (0, inf, -inf)


def test_failures_of_calls_in_flight_together_are_one() -> None:
    backoff = Backoff()
    backoff.failed(NOW, NOW - 5)
    backoff.failed(NOW + 9, NOW - 1)
    backoff.failed(NOW + 9, NOW)
    assert (backoff.count, backoff.held_until) == (1, NOW + 1)
    backoff.failed(NOW + 9, NOW + 1)
    assert (backoff.count, backoff.held_until) == (2, NOW + 11)


def test_a_failure_without_a_delay_counts_and_holds_nothing() -> None:
    backoff = Backoff()
    backoff.failed(NOW, NOW, has_delay=False)
    assert (backoff.count, backoff.held_until) == (1, -inf)


def test_failures_have_lasted_since_the_first_of_them() -> None:
    backoff = Backoff()
    assert backoff.since == inf
    backoff.failed(NOW, NOW)
    backoff.failed(NOW + 50, NOW + 40)
    assert backoff.since == NOW


def test_failures_that_are_far_apart_have_not_lasted() -> None:
    backoff = Backoff()
    backoff.failed(NOW, NOW - 1)
    backoff.failed(NOW + 1200, NOW + 1199)
    assert backoff.count == 2
    assert backoff.since == NOW + 1200
    backoff.failed(NOW + 1260, NOW + 1259)
    assert backoff.since == NOW + 1200


def test_without_a_quota_error_the_number_of_copies_is_the_highest() -> None:
    capacity = Capacity(3)
    assert not capacity.is_lowered
    assert not capacity.launched(3)
    assert capacity.next_at(2) == -inf
    assert capacity.next_at(3) == inf


def test_a_quota_error_leaves_room_for_what_runs_and_one_more_is_tried_soon() -> None:
    capacity = Capacity(10)
    capacity.exceeded(NOW, NOW - 1, running=4)
    assert (capacity.size, capacity.is_lowered, capacity.idle_since) == (4, True, inf)
    assert capacity.next_at(3) == -inf
    assert capacity.next_at(4) == NOW + 5
    # While that one is on its way, no other.
    assert capacity.next_at(5) == inf


def test_the_delay_of_the_next_try_doubles_up_to_a_minute_until_one_succeeds() -> None:
    capacity, now, delays = Capacity(10), NOW, list[float]()
    for _ in range(6):
        capacity.exceeded(now, now, running=2)
        delays.append(capacity.probe_at - now)
        now = capacity.probe_at
    assert delays == [5, 10, 20, 40, 60, 60]
    assert not capacity.launched(2)
    assert capacity.launched(3)
    capacity.exceeded(now, now, running=3)
    assert capacity.probe_at - now == 5


def test_quota_errors_of_launches_in_flight_together_are_one() -> None:
    capacity = Capacity(10)
    for running in (8, 7, 6):
        capacity.exceeded(NOW, NOW - 1, running)
    assert (capacity.size, capacity.probe_at) == (6, NOW + 5)
    capacity.exceeded(NOW + 2, NOW, running=5)
    assert (capacity.size, capacity.probe_at) == (5, NOW + 5)


def test_each_success_beyond_the_number_allows_one_more() -> None:
    capacity = Capacity(5)
    capacity.exceeded(NOW, NOW, running=1)
    assert capacity.launched(2)
    assert capacity.size == 3
    assert capacity.launched(4)
    assert capacity.size == 5
    assert not capacity.is_lowered


def test_a_quota_that_is_exceeded_though_nothing_runs_is_timed() -> None:
    capacity = Capacity(5)
    capacity.exceeded(NOW, NOW, running=0)
    capacity.exceeded(NOW + 9, NOW + 8, running=0)
    assert (capacity.size, capacity.idle_since) == (0, NOW)
    assert capacity.next_at(0) == NOW + 19
    capacity.exceeded(NOW + 20, NOW + 19, running=1)
    assert capacity.idle_since == inf
    capacity.exceeded(NOW + 30, NOW + 29, running=0)
    capacity.launched(1)
    assert capacity.idle_since == inf
