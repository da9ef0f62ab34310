"""The clock of the fake."""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from lightsail_copy.testing import FakeClock

if TYPE_CHECKING:
    from lightsail_copy.testing import Clock

START = datetime(2026, 1, 1, tzinfo=timezone.utc)


def test_it_starts_with_2026_and_does_not_move() -> None:
    clock = FakeClock()
    for _ in range(2):
        assert clock.now() == START
        assert clock.now().tzinfo is timezone.utc
        assert clock.time() == START.timestamp()
        assert clock.monotonic() == 0


def test_a_start_in_another_time_zone_is_the_same_point_in_time() -> None:
    zone = timezone(timedelta(hours=9))
    assert FakeClock(START.astimezone(zone)).now() == START


@pytest.mark.parametrize("start", [datetime(2026, 1, 1), date(2026, 1, 1), "2026-01-01T00:00:00Z"])  # noqa: DTZ001 - that is the mistake
def test_a_start_without_a_zone_is_rejected(start: Any) -> None:  # noqa: ANN401 - of any type
    with pytest.raises(ValueError, match="aware datetime"):
        FakeClock(start)


def test_a_sleep_moves_all_three_times_at_once_and_is_recorded() -> None:
    clock = FakeClock()
    before = time.monotonic()
    clock.sleep(3600)
    clock.sleep(0.5)
    assert time.monotonic() - before < 5
    assert clock.sleeps == (3600.0, 0.5)
    assert clock.monotonic() == 3600.5
    assert clock.time() == START.timestamp() + 3600.5
    assert clock.now() == START + timedelta(seconds=3600.5)


def test_an_advance_takes_seconds_or_a_timedelta_and_is_no_sleep() -> None:
    clock = FakeClock()
    clock.advance(30)
    clock.advance(timedelta(minutes=1))
    assert clock.monotonic() == 90
    assert clock.sleeps == ()


@pytest.mark.parametrize("seconds", [-1, -0.001, math.nan, math.inf, 10**400, True, "60", None])
def test_it_never_goes_backwards_nor_nowhere(seconds: Any) -> None:  # noqa: ANN401 - of any type
    clock = FakeClock()
    with pytest.raises(ValueError, match="zero or more"):
        clock.advance(seconds)
    with pytest.raises(ValueError, match="zero or more"):
        clock.sleep(seconds)
    assert clock.monotonic() == 0
    assert clock.sleeps == ()


def test_the_sleeps_of_many_threads_add_up() -> None:
    clock = FakeClock()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(clock.sleep, [1] * 800))
    assert clock.monotonic() == 800
    assert len(clock.sleeps) == 800


def test_the_standard_module_time_has_the_same_names() -> None:
    clock: Clock = time
    assert clock.time() > 0
    assert {"time", "monotonic", "sleep"} <= vars(time).keys()
