"""What a wait knows and decides, driven by hand: no client, no clock that runs, no sleep."""

# ruff: noqa: ANN401 - the numbers of a schedule are of several types
from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError
from samples import operation_dict

from lightsail_copy import (
    AccessDeniedError,
    CopySnapshotResult,
    NotFoundError,
    Operation,
    CopyFailedError,
    PollSchedule,
    ServiceFaultError,
    ServiceUnreachableError,
    ThrottledError,
    UnexpectedResponseError,
    WaitTimeoutError,
)
from lightsail_copy.flows import Call, Sleep
from lightsail_copy.flows.polling import Tolerance, Watch

RESPONSE: Any = {"Error": {"Code": "Some", "Message": "words"}}


def throttled() -> ThrottledError:
    return ThrottledError(RESPONSE, "GetOperation")


def not_found() -> NotFoundError:
    return NotFoundError(RESPONSE, "GetOperation")


TOLERATED = (
    throttled(),
    ServiceFaultError(RESPONSE, "GetOperation"),
    ServiceUnreachableError("reset", may_have_arrived=True),
)


@pytest.fixture(autouse=True)
def chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let chance leave every delay as it is."""
    monkeypatch.setattr("lightsail_copy.flows.polling.random", lambda: 0.5)


class Time:
    """A clock that is set by hand."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Driver:
    """A driver by hand: it responds to each call from a script, and moves the clock in each sleep."""

    def __init__(self, *script: object, seconds_a_call: float = 0.0) -> None:
        self.time = Time()
        self.script = list(script)
        self.seconds_a_call = seconds_a_call
        self.polled: list[str] = []
        self.slept: list[float] = []

    def watch(self, *operations: Operation | str, timeout: float | None = None, **schedule: Any) -> Watch:
        return Watch(operations, timeout=timeout, schedule=PollSchedule(**schedule), monotonic=self.time)

    def run(self, flow: Any) -> Any:
        try:
            step = next(flow)
            while True:
                if isinstance(step, Sleep):
                    self.slept.append(step.seconds)
                    self.time.now += step.seconds
                    step = flow.send(None)
                    continue
                assert isinstance(step, Call)
                self.polled.append(str(step.parameters["operationId"]))
                self.time.now += self.seconds_a_call
                response = self.script.pop(0)
                if isinstance(response, Exception):
                    step = flow.throw(response)
                else:
                    step = flow.send(wire(self.polled[-1], str(response)))
        except StopIteration as stop:
            return stop.value


def wire(name: str, status: str) -> dict[str, Any]:
    return {"operation": operation_dict(id=name, status=status, isTerminal=status != "Started")}


def operation(name: str, status: str = "Started") -> Operation:
    """Return an operation of that id."""
    return Operation.from_dict(wire(name, status)["operation"])


def test_operations_are_known_from_the_start_and_ids_are_not() -> None:
    watch = Driver().watch(operation("a"), "b")
    assert watch.operations == (operation("a"),)
    assert watch.pending == ("a", "b")


def test_a_wait_takes_the_result_of_a_copy_for_its_operations() -> None:
    result = CopySnapshotResult((operation("a"), operation("b")))
    watch = Watch(result, timeout=None, schedule=PollSchedule(), monotonic=Time())
    assert watch.pending == ("a", "b")


def test_what_is_done_is_not_polled() -> None:
    driver = Driver("Completed")
    watch = driver.watch(operation("a", "Succeeded"), operation("b"), operation("c", "Failed"))
    assert [each.done for each in driver.run(watch.next_state())] == [True, True, True]
    assert driver.polled == ["b"]
    assert watch.is_finished


def test_the_order_given_is_kept_and_a_duplicate_is_polled_once() -> None:
    driver = Driver("Succeeded", "Succeeded")
    state = driver.run(driver.watch("b", operation("a"), "b").next_state())
    assert [each.id for each in state] == ["b", "a", "b"]
    assert driver.polled == ["b", "a"]


def test_a_wait_for_nothing_is_finished_at_once() -> None:
    watch = Driver().watch()
    assert not watch.is_finished
    assert Driver().run(watch.next_state()) == ()
    assert watch.is_finished


def test_a_state_is_returned_once_all_are_known_and_then_when_one_changes() -> None:
    driver = Driver("Started", not_found(), "Started", "Started", "Started", "Started", "Succeeded", "Started")
    watch = driver.watch("a", "b")
    assert [each.status for each in driver.run(watch.next_state())] == ["Started", "Started"]
    assert driver.slept == [5]
    assert [each.status for each in driver.run(watch.next_state())] == ["Succeeded", "Started"]
    assert driver.slept == [5, 5, 5]


def test_a_response_with_another_id_is_unexpected() -> None:
    flow = Driver().watch("a").next_state()
    next(flow)
    with pytest.raises(UnexpectedResponseError, match="the id is 'zz', not 'a'"):
        flow.send(wire("zz", "Succeeded"))


@pytest.mark.parametrize("error", TOLERATED, ids=lambda error: type(error).__name__)
def test_passing_errors_are_tolerated_from_the_first_in_a_row(error: Exception) -> None:
    tolerance = Tolerance(PollSchedule(error_tolerance=100))
    assert tolerance.tolerates("a", error, 5000, 0)
    assert tolerance.tolerates("a", error, 5100, 0)
    assert not tolerance.tolerates("a", error, 5100.1, 0)
    tolerance.clear("a")
    assert tolerance.tolerates("a", error, 5200, 0)


def test_each_operation_is_tolerated_on_its_own() -> None:
    tolerance = Tolerance(PollSchedule(error_tolerance=100))
    assert tolerance.tolerates("a", throttled(), 0, 0)
    assert tolerance.tolerates("b", throttled(), 200, 0)
    assert not tolerance.tolerates("a", throttled(), 200, 0)


def test_an_error_that_lasted_too_long_says_for_how_long_it_was_tolerated() -> None:
    tolerance, error = Tolerance(PollSchedule(error_tolerance=100)), throttled()
    tolerance.tolerates("a", error, 0, 0)
    tolerance.tolerates("a", error, 120, 0)
    assert str(error).endswith("The wait tolerated errors for 120 s.")


def test_an_error_that_was_tolerated_for_less_than_a_second_is_one_that_was_tolerated() -> None:
    tolerance, error = Tolerance(PollSchedule(error_tolerance=0.5)), throttled()
    assert tolerance.tolerates("a", error, 0, 0)
    assert not tolerance.tolerates("a", error, 0.75, 0)
    assert str(error).endswith("The wait tolerated errors for 1 s.")


def test_not_found_is_tolerated_only_soon_after_the_start() -> None:
    tolerance = Tolerance(PollSchedule(not_found_tolerance=20))
    assert tolerance.tolerates("a", not_found(), 20, 0)
    assert tolerance.tolerates("a", not_found(), 40, 0)
    assert not tolerance.tolerates("a", not_found(), 40.1, 0)
    assert not tolerance.tolerates("b", not_found(), 20.1, 0)


@pytest.mark.parametrize("error", [throttled(), not_found()], ids=["throttled", "not found"])
def test_with_a_tolerance_of_zero_the_first_error_ends_the_wait(error: Exception) -> None:
    tolerance = Tolerance(PollSchedule(error_tolerance=0, not_found_tolerance=0))
    before = str(error)
    assert not tolerance.tolerates("a", error, 0, 0)
    assert str(error) == before


@pytest.mark.parametrize(
    "error",
    [
        AccessDeniedError(RESPONSE, "GetOperation"),
        UnexpectedResponseError("odd", path="", response=None),
        NoCredentialsError(),
        TypeError("no client"),
        RuntimeError("odd"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_other_error_is_tolerated(error: Exception) -> None:
    driver = Driver("Started", error)
    with pytest.raises(type(error)) as caught:
        driver.run(driver.watch("a").last_state())
    assert caught.value is error
    assert getattr(error, "operations") == (operation("a"),)  # noqa: B009 - a type checker knows of none


def test_a_long_delay_does_not_use_up_the_tolerance() -> None:
    driver = Driver("Started", throttled(), "Succeeded")
    (last,) = driver.run(driver.watch("a", expected_duration=1300).last_state())
    assert last.succeeded
    assert driver.slept[:2] == [650, 325]


@pytest.mark.parametrize("error", TOLERATED, ids=lambda error: type(error).__name__)
def test_one_more_poll_follows_the_first_failure_however_long_the_delay(error: Exception) -> None:
    driver = Driver(error, "Succeeded")
    (last,) = driver.run(driver.watch("a", expected_duration=100_000).last_state())
    assert last.succeeded


def test_a_machine_that_was_suspended_polls_once_more() -> None:
    driver = Driver("Started", "Started", throttled(), "Succeeded")
    watch = driver.watch("a")
    driver.run(watch.next_state())
    driver.time.now += 100_000
    (last,) = driver.run(watch.last_state())
    assert last.succeeded


def test_the_last_state_is_raised_where_an_operation_failed() -> None:
    driver = Driver("Failed", "Succeeded")
    with pytest.raises(CopyFailedError) as caught:
        driver.run(driver.watch("a", "b").last_state())
    assert [each.id for each in caught.value.failed] == ["a"]


def test_the_last_sleep_is_cut_to_the_time_left() -> None:
    driver = Driver(*["Started"] * 3)
    with pytest.raises(WaitTimeoutError) as caught:
        driver.run(driver.watch("a", timeout=7).last_state())
    assert driver.slept == [5, 2]
    assert caught.value.waited == 7
    assert caught.value.operations == (operation("a"),)


def test_the_deadline_has_between_polls_after_the_first_round() -> None:
    names = [str(number) for number in range(20)]
    driver = Driver(*["Started"] * 100, seconds_a_call=300)
    with pytest.raises(WaitTimeoutError):
        driver.run(driver.watch(*names, timeout=60).last_state())
    assert driver.polled == names
    driver = Driver(*["Started"] * 100, seconds_a_call=300)
    with pytest.raises(WaitTimeoutError):
        driver.run(driver.watch(*names, timeout=6500).last_state())
    assert len(driver.polled) == 22


@pytest.mark.parametrize("start", [0.0, 0.1, 1e3, 123456.789, 1e6, 1.7e9])
@pytest.mark.parametrize("timeout", [0.1, 0.7, 17.1, 3600.0])
def test_exact_sleeps_lead_to_the_timeout_despite_the_rounding_of_floats(start: float, timeout: float) -> None:
    driver = Driver(*["Started"] * 200)
    driver.time.now = start
    with pytest.raises(WaitTimeoutError) as caught:
        driver.run(driver.watch("a", timeout=timeout).last_state())
    assert driver.time.now == start + timeout
    assert caught.value.waited == pytest.approx(timeout, abs=1e-6)


def test_a_flow_that_is_closed_midway_can_be_resumed() -> None:
    driver = Driver("Succeeded")
    watch = driver.watch("a")
    flow = watch.next_state()
    next(flow)
    flow.close()
    (last,) = driver.run(watch.last_state())
    assert last.succeeded
