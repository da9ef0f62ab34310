"""What a wait knows and what it does next, told what was seen and when: no client, no clock, no sleep."""

# ruff: noqa: ANN401 - the numbers of a schedule are of several types
from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, NoCredentialsError, ReadTimeoutError
from samples import operation_dict

from lightsail_copy import (
    AccessDeniedError,
    NotFoundError,
    Operation,
    PollSchedule,
    ServiceFaultError,
    ThrottledError,
    UnexpectedResponseError,
    WaitTimeoutError,
)
from lightsail_copy.watching import Watch

ANSWER: Any = {"Error": {"Code": "Some", "Message": "words"}}
BEARABLE = (
    ThrottledError(ANSWER, "GetOperation"),
    ServiceFaultError(ANSWER, "GetOperation"),
    ConnectionClosedError(endpoint_url="https://x"),
    ReadTimeoutError(endpoint_url="https://x"),
    ConnectionResetError("reset"),
    TimeoutError("timed out"),
)


def operation(name: str, status: str = "Started") -> Operation:
    """Return an operation of that id."""
    return Operation.from_dict(operation_dict(id=name, status=status, isTerminal=status != "Started"))


def watch(*operations: Operation | str, timeout: float | None = None, now: float = 1000, **schedule: Any) -> Watch:
    """Return a watch that starts at 1000 seconds."""
    return Watch(operations, timeout=timeout, schedule=PollSchedule(**schedule), now=now)


def test_operations_are_known_from_the_start_and_ids_are_not() -> None:
    known = operation("a")
    seen = watch(known, "b")
    assert list(seen.operations) == [known]
    assert [seen.all_seen, *seen.pending] == [False, "a", "b"]
    seen.saw("b", operation("b"), 1001)
    assert list(seen.operations) == [known, operation("b")]
    assert seen.all_seen


def test_what_is_done_is_not_pending() -> None:
    seen = watch(operation("a", "Succeeded"), operation("b"), operation("c", "Failed"))
    assert list(seen.pending) == ["b"]
    seen.saw("b", operation("b", "Completed"), 1001)
    assert not seen.pending


def test_the_order_given_is_kept_and_a_double_is_asked_for_once() -> None:
    seen = watch("b", operation("a"), "b")
    assert seen.pending == ("b", "a")
    seen.saw("b", operation("b"), 1001)
    assert [each.id for each in seen.operations] == ["b", "a", "b"]


def test_of_nothing_all_is_seen() -> None:
    seen = watch()
    assert seen.all_seen
    assert not seen.pending
    assert not seen.operations


@pytest.mark.parametrize("error", BEARABLE, ids=lambda error: type(error).__name__)
def test_throttling_faults_and_broken_connections_are_borne_for_the_patience(error: Exception) -> None:
    seen = watch("a", "b", patience=100)
    assert seen.bears("a", error, 1100)
    assert not seen.bears("a", error, 1100.1)
    seen.saw("a", operation("a"), 1100)
    assert seen.bears("a", error, 1200)
    assert not seen.bears("b", error, 1200)


def test_not_found_is_borne_for_its_grace_from_the_start_of_the_wait() -> None:
    error = NotFoundError(ANSWER, "GetOperation")
    seen = watch("a", not_found_grace=20)
    assert seen.bears("a", error, 1020)
    seen.saw("a", operation("a"), 1020)
    assert not seen.bears("a", error, 1020.1)


@pytest.mark.parametrize(
    "error",
    [
        AccessDeniedError(ANSWER, "GetOperation"),
        UnexpectedResponseError("odd", path="", response=None),
        NoCredentialsError(),
        TypeError("no client"),
        RuntimeError("odd"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_nothing_else_is_borne(error: Exception) -> None:
    assert not watch("a").bears("a", error, 1000)


def test_the_pause_is_the_schedules() -> None:
    assert watch("a").pause(1400, 0.5) == PollSchedule().delay(400, 0.5) == 20
    assert watch("a").pause(1400, 0) == 18


def test_the_last_pause_is_cut_to_the_time_left() -> None:
    seen = watch("a", timeout=7)
    assert seen.pause(1000, 0.5) == 5
    assert seen.pause(1005, 0.5) == 2


@pytest.mark.parametrize("now", [1007, 1007.5, 2000])
def test_no_pause_follows_the_time_out(now: float) -> None:
    seen = watch(operation("a"), timeout=7)
    with pytest.raises(WaitTimeoutError) as caught:
        seen.pause(now, 0.5)
    assert caught.value.waited == now - 1000
    assert caught.value.operations == (operation("a"),)


@pytest.mark.parametrize("start", [0.0, 0.1, 1e3, 123456.789, 1e6, 1.7e9])
@pytest.mark.parametrize("timeout", [0.1, 0.7, 17.1, 3600.0])
def test_pauses_that_pass_exactly_lead_to_the_time_out_whatever_floats_round_to(start: float, timeout: float) -> None:
    seen = watch("a", timeout=timeout, now=start)
    now = start
    for _ in range(120):
        if now >= start + timeout:
            break
        now += seen.pause(now, 0.5)
    assert now == start + timeout
    with pytest.raises(WaitTimeoutError) as caught:
        seen.pause(now, 0.5)
    assert caught.value.waited == pytest.approx(timeout, abs=1e-6)
