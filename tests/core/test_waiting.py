"""Waiting through the real loop, on a clock that stands still until the loop sleeps."""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
from hypothesis import given
from hypothesis import strategies as st
from samples import operation_dict, travelled

from lightsail_copy import (
    AccessDeniedError,
    CopyFailedError,
    CopySnapshotResult,
    InvalidRequestError,
    LightsailCopyError,
    ManualSnapshotCopy,
    NotFoundError,
    Operation,
    PollSchedule,
    ServiceFaultError,
    ThrottledError,
    UnexpectedResponseError,
    WaitTimeoutError,
    copy_snapshot,
    wait_for_operations,
    watch_operations,
)
from lightsail_copy.testing import FakeClock, FakeLightsail, faults

if TYPE_CHECKING:
    from collections.abc import Sequence

TARGET = "us-west-2"
POLL: Final = "GetOperation"


@pytest.fixture(autouse=True)
def chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let chance leave every delay as it is."""
    monkeypatch.setattr("lightsail_copy.flows.polling.random", lambda: 0.5)


def start(fake: FakeLightsail, *durations: float) -> tuple[Operation, ...]:
    """Start a copy of each duration, and return the operations."""
    operations: list[Operation] = []
    for duration in durations:
        fake.copy_duration = duration
        body = {
            "sourceRegion": "us-east-1",
            "sourceSnapshotName": "web-1-monday",
            "targetSnapshotName": f"copy-{len(operations)}",
        }
        response = json.loads(fake.respond(TARGET, "CopySnapshot", json.dumps(body).encode()).body)
        operations += map(Operation.from_dict, response["operations"])
    return tuple(operations)


def asked(fake: FakeLightsail) -> list[object]:
    """Return the ids that were asked for, in order."""
    return [call.parameters["operationId"] for call in fake.calls_of(POLL)]


def last_seen(error: Exception) -> tuple[Operation, ...]:
    """Return what an error has of the wait that it ended, which may be an error of botocore's too."""
    assert isinstance(error, LightsailCopyError)
    return error.operations


# --- How often, and how soon ---


@pytest.mark.parametrize(("duration", "looks"), [(120, 25), (600, 57), (3600, 120)])
def test_the_loop_polls_as_often_as_the_schedule_promises(
    fake: FakeLightsail, client: Any, duration: float, looks: int
) -> None:
    (done,) = wait_for_operations(client, start(fake, duration), clock=fake.clock, timeout=None)
    assert done.succeeded
    assert abs(len(asked(fake)) - looks) <= looks / 10
    assert 0 <= fake.clock.monotonic() - duration < 0.05 * duration


def test_with_chance_the_end_is_noticed_within_three_hundredths_of_the_duration_on_average(
    fake: FakeLightsail, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    chances = iter([0.1, 0.9, 0.5, 0.3, 0.7, 0.0, 0.99] * 1000)
    monkeypatch.setattr("lightsail_copy.flows.polling.random", lambda: next(chances))
    lags: list[float] = []
    for step in range(5):
        duration = 480 + 48 * step
        clock = FakeClock()
        other = FakeLightsail(clock=clock, copy_duration=duration)
        other.add_manual_snapshot("web-1-monday", "us-east-1")
        other.attach(client)
        wait_for_operations(client, start(other, duration), clock=clock)
        lags.append((clock.monotonic() - duration) / duration)
    assert sum(lags) / len(lags) < 0.03


def test_each_delay_has_a_chance_of_its_own(fake: FakeLightsail, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    chances = [0.9, 0.5, 0.7, 0.6]
    monkeypatch.setattr("lightsail_copy.flows.polling.random", iter(chances).__next__)
    wait_for_operations(client, start(fake, 20), clock=fake.clock)
    assert fake.clock.sleeps == pytest.approx([5.4, 5.0, 5.2, 5.1])


def test_the_first_poll_is_at_once_and_the_last_is_followed_by_no_sleep(fake: FakeLightsail, client: Any) -> None:
    operations = start(fake, 5)
    wait_for_operations(client, operations, clock=fake.clock)
    assert list(fake.clock.sleeps) == [5]
    assert len(asked(fake)) == 2


# --- What may be waited for ---


def test_an_operation_that_is_done_is_not_requested(fake: FakeLightsail, client: Any) -> None:
    done = Operation.from_dict(operation_dict(id="done", status="Succeeded", isTerminal=True))
    (other,) = start(fake, 7)
    first, last = wait_for_operations(client, [done, other], clock=fake.clock)
    assert first is done
    assert last.succeeded
    assert set(asked(fake)) == {other.id}


def test_if_all_operations_are_done_there_is_no_call_and_no_sleep(fake: FakeLightsail, client: Any) -> None:
    done = Operation.from_dict(operation_dict(status="Completed", isTerminal=False))
    assert list(watch_operations(client, [done, done], clock=fake.clock)) == [(done, done)]
    assert wait_for_operations(client, [], clock=fake.clock) == ()
    assert not fake.calls
    assert not fake.clock.sleeps


def test_the_order_and_duplicates_are_kept(fake: FakeLightsail, client: Any) -> None:
    slow, fast = start(fake, 300, 20)
    states = wait_for_operations(client, [slow, fast, slow.id, fast], clock=fake.clock)
    assert [each.id for each in states] == [slow.id, fast.id, slow.id, fast.id]
    assert all(each.succeeded for each in states)
    assert asked(fake).count(fast.id) < asked(fake).count(slow.id)
    assert len(asked(fake)) == len({(call.time, call.parameters["operationId"]) for call in fake.calls_of(POLL)})


@pytest.mark.parametrize("form", ["ids", "one id", "one operation", "result", "generator", "set", "keys"])
def test_a_wait_takes_operations_in_any_of_these_forms(fake: FakeLightsail, client: Any, form: str) -> None:
    (operation,) = start(fake, 20)
    forms: dict[str, Any] = {
        "ids": [operation.id],
        "one id": operation.id,
        "one operation": operation,
        "result": CopySnapshotResult((operation,)),
        "generator": (each for each in [operation]),
        "set": {operation},
        "keys": {operation.id: 1}.keys(),
    }
    (done,) = wait_for_operations(client, forms[form], clock=fake.clock)
    assert done.id == operation.id
    assert done.succeeded


# --- Watching ---


def test_a_state_is_printed_at_once_and_then_whenever_one_has_changed(fake: FakeLightsail, client: Any) -> None:
    first, second, third = start(fake, 100, 20, 100)
    seen = [
        (fake.clock.monotonic(), [str(each.status) for each in states])
        for states in watch_operations(client, [first, second, third], clock=fake.clock)
    ]
    assert [words for _, words in seen] == [
        ["Started", "Started", "Started"],
        ["Started", "Succeeded", "Started"],
        ["Succeeded", "Succeeded", "Succeeded"],
    ]
    assert [timestamp for timestamp, _ in seen] == [0, 20, 100]


def test_what_is_known_is_printed_though_the_first_poll_is_throttled(fake: FakeLightsail, client: Any) -> None:
    operations = start(fake, 20)
    fake.fail_next(POLL, faults.throttled())
    assert next(watch_operations(client, operations, clock=fake.clock)) == operations
    assert fake.clock.monotonic() == 0


def test_nothing_is_printed_of_ids_until_all_are_seen(fake: FakeLightsail, client: Any) -> None:
    one, other = start(fake, 100, 100)
    fake.fail_next(POLL, faults.not_found(), times=3)
    states = next(watch_operations(client, [one.id, other.id], clock=fake.clock))
    assert [each.id for each in states] == [one.id, other.id]
    assert fake.clock.monotonic() == 10


def test_to_stop_watching_leaves_the_operation_running(fake: FakeLightsail, client: Any) -> None:
    operations = start(fake, 100)
    for _ in watch_operations(client, operations, clock=fake.clock):
        break
    (done,) = wait_for_operations(client, operations, clock=fake.clock)
    assert done.succeeded


def test_a_wait_is_the_last_of_what_is_watched(fake: FakeLightsail, client: Any) -> None:
    operations = start(fake, 50, 70)
    waited = wait_for_operations(client, operations, clock=fake.clock)
    assert [waited] == list(watch_operations(client, waited, clock=fake.clock))


# --- Failures ---


def test_failures_are_raised_after_all_are_done_with_each_ones_code_and_details(
    fake: FakeLightsail, client: Any
) -> None:
    fake.fail_next_copy("TargetFailure", "The disk could not be read.")
    fake.fail_next_copy("QuotaFailure", "The account is full.")
    operations = start(fake, 20, 10, 300)
    with pytest.raises(CopyFailedError) as caught:
        wait_for_operations(client, operations, clock=fake.clock)
    error = caught.value
    assert fake.clock.monotonic() >= 300
    assert [each.id for each in error.operations] == [each.id for each in operations]
    assert all(each.done for each in error.operations)
    assert [(each.error_code, each.error_details) for each in error.failed] == [
        ("TargetFailure", "The disk could not be read."),
        ("QuotaFailure", "The account is full."),
    ]
    assert "2 of 3 operations failed" in str(error)
    assert "TargetFailure, The disk could not be read." in str(error)


def test_a_failure_known_before_is_a_failure_too(client: Any) -> None:
    failed = Operation.from_dict(operation_dict(status="Failed", isTerminal=False))
    with pytest.raises(CopyFailedError):
        wait_for_operations(client, failed, clock=FakeClock())


def test_watching_shows_a_failure_and_raises_nothing(fake: FakeLightsail, client: Any) -> None:
    fake.fail_next_copy("TargetFailure", "It broke.")
    *_, (operation,) = watch_operations(client, start(fake, 20), clock=fake.clock)
    assert operation.failed


# --- Time-outs ---


@pytest.mark.parametrize("timeout", [30, 30.0, timedelta(seconds=30)])
def test_the_time_out_is_kept_to_the_second_and_the_last_sleep_is_cut(
    fake: FakeLightsail, client: Any, timeout: float | timedelta
) -> None:
    operations = start(fake, 600, 10)
    with pytest.raises(WaitTimeoutError) as caught:
        wait_for_operations(client, operations, timeout=timeout, schedule=PollSchedule(min_delay=20), clock=fake.clock)
    assert list(fake.clock.sleeps) == [20, 10]
    assert fake.calls_of(POLL)[-1].time == fake.clock.now()
    error = caught.value
    assert error.waited == 30
    assert [each.id for each in error.operations] == [each.id for each in operations]
    assert [each.done for each in error.operations] == [False, True]
    assert isinstance(error, TimeoutError)
    for again in travelled(error):
        assert (again.waited, again.operations) == (30, error.operations)
        assert str(again) == str(error)


def test_a_time_out_of_zero_polls_once(fake: FakeLightsail, client: Any) -> None:
    operations = start(fake, 600)
    with pytest.raises(WaitTimeoutError):
        wait_for_operations(client, operations, timeout=0, clock=fake.clock)
    assert len(asked(fake)) == 1
    assert not fake.clock.sleeps
    fake.clock.advance(600)
    assert wait_for_operations(client, operations, timeout=0, clock=fake.clock)[0].succeeded


@pytest.mark.parametrize("timeout", [None, float("inf")])
def test_without_a_time_out_a_wait_lasts_as_long_as_it_takes(
    fake: FakeLightsail, client: Any, timeout: float | None
) -> None:
    (done,) = wait_for_operations(client, start(fake, 2 * 3600), timeout=timeout, clock=fake.clock)
    assert done.succeeded


def test_the_default_time_out_is_an_hour(fake: FakeLightsail, client: Any) -> None:
    with pytest.raises(WaitTimeoutError, match="timed out after 3600 s: copy-0"):
        wait_for_operations(client, start(fake, 3601), clock=fake.clock)
    assert fake.clock.monotonic() == 3600


def test_a_time_out_before_anything_was_seen_says_so(fake: FakeLightsail, client: Any) -> None:
    fake.fail_next(POLL, faults.throttled(), times=9)
    with pytest.raises(WaitTimeoutError, match="no operation was seen") as caught:
        wait_for_operations(client, "some-id", timeout=10, clock=fake.clock)
    assert caught.value.operations == ()


def test_a_time_out_names_what_was_not_seen(fake: FakeLightsail, client: Any) -> None:
    (done,) = wait_for_operations(client, start(fake, 1), clock=fake.clock)
    for _ in range(9):
        fake.fail_next(POLL, faults.edited_response(lambda response: response))
        fake.fail_next(POLL, faults.throttled())
    with pytest.raises(WaitTimeoutError, match=r"after 10 s: some-id \(not seen\)\.") as caught:
        wait_for_operations(client, [done.id, "some-id"], timeout=10, clock=fake.clock)
    assert "go on" not in str(caught.value)
    assert caught.value.operations == (done,)


def test_a_time_out_says_why_the_last_poll_failed(fake: FakeLightsail, client: Any) -> None:
    operations = start(fake, 100)
    fake.fail_next(POLL, faults.connection_refused(), times=9)
    with pytest.raises(WaitTimeoutError, match=r"The last poll failed: .*EndpointConnectionError") as caught:
        wait_for_operations(client, operations, timeout=10, clock=fake.clock)
    assert isinstance(caught.value.__cause__, EndpointConnectionError)
    assert caught.value.operations == tuple(operations)


@pytest.mark.parametrize("failing", [0, 1])
def test_a_time_out_tells_of_the_very_last_poll(fake: FakeLightsail, client: Any, failing: int) -> None:
    operations = start(fake, 100, 100)
    if failing:
        fake.fail_next(POLL, faults.edited_response(lambda response: response))
    fake.fail_next(POLL, faults.throttled())
    with pytest.raises(WaitTimeoutError) as caught:
        wait_for_operations(client, operations, timeout=0, clock=fake.clock)
    assert ("The last poll failed: ThrottledError" in str(caught.value)) is bool(failing)


@pytest.mark.parametrize("advance", [0.1, 1e6, 1.7e9])
def test_a_clock_that_has_run_for_long_changes_nothing(fake: FakeLightsail, client: Any, advance: float) -> None:
    fake.clock.advance(advance)
    for timeout in (0.1, 0.7, 17.1):
        fake.fail_next(POLL, faults.throttled(), times=20)
        with pytest.raises(WaitTimeoutError) as caught:
            wait_for_operations(client, "some-id", timeout=timeout, clock=fake.clock)
        assert caught.value.waited == pytest.approx(timeout, abs=1e-6)


BAD_TIMEOUTS = [-1, -0.1, float("nan"), "30", b"30", True, False, [30], timedelta(seconds=-1)]


@pytest.mark.parametrize("timeout", BAD_TIMEOUTS)
def test_what_is_not_a_time_out_is_rejected_before_any_call(fake: FakeLightsail, client: Any, timeout: Any) -> None:
    for function in (watch_operations, wait_for_operations):
        with pytest.raises(InvalidRequestError) as caught:
            function(client, start(fake), timeout=timeout, clock=fake.clock)
        assert [problem.field for problem in caught.value.problems] == ["timeout"]
    assert not fake.calls


@pytest.mark.parametrize("schedule", [None, 5, {"min_delay": 5}, PollSchedule])
def test_what_is_not_a_schedule_is_rejected_before_any_call(fake: FakeLightsail, client: Any, schedule: Any) -> None:
    with pytest.raises(InvalidRequestError, match="must be a PollSchedule"):
        watch_operations(client, "some-id", schedule=schedule, clock=fake.clock)
    assert not fake.calls


@pytest.mark.parametrize(("ids", "count"), [("", 1), (["a", " "], 1), ([None, 5, b"x"], 3), (b"ab", 2), ({"": 1}, 1)])
def test_what_is_not_a_id_is_rejected_before_any_call_all_of_it_at_once(
    fake: FakeLightsail, client: Any, ids: Any, count: int
) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        watch_operations(client, ids, timeout=-1, clock=fake.clock)
    assert [problem.field for problem in caught.value.problems] == ["operations"] * count + ["timeout"]
    assert not fake.calls


@pytest.mark.parametrize("operations", [None, 5, 1.5, object()])
def test_what_is_not_a_operations_at_all_is_a_type_error(client: Any, operations: Any) -> None:
    with pytest.raises(
        TypeError, match=r"must be operations, their ids, or the result of a copy, such as result\.operations"
    ):
        watch_operations(client, operations)


def test_a_response_that_is_not_parsed_is_a_type_error_and_a_dict_of_ids_is_not(
    fake: FakeLightsail, client: Any
) -> None:
    (operation,) = start(fake, 0)
    parsed = operation.to_dict()
    for wire in (parsed, {"operations": [parsed]}, {"operation": parsed}):
        with pytest.raises(TypeError, match=r"CopySnapshotResult\.from_dict or Operation\.from_dict"):
            wait_for_operations(client, wire, clock=fake.clock)
    assert not fake.calls_of(POLL)
    (waited,) = wait_for_operations(client, {operation.id: "job 1"}, clock=fake.clock)
    assert waited.succeeded


def test_what_is_not_a_client_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="must be a Lightsail client"):
        wait_for_operations(object(), "some-id", clock=FakeClock())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # the test's point


# --- What is borne ---

PASSING = {
    "throttled": faults.throttled(),
    "fault": faults.service_fault(),
    "unavailable": faults.service_unavailable(),
    "closed": faults.connection_closed(),
    "refused": faults.connection_refused(),
    "connect timeout": faults.connect_timeout(),
    "read timeout": faults.read_timeout(),
    "cut short": faults.truncated_response(ending="reset"),
    "not found": faults.not_found(),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_fault_that_passes_does_not_end_a_wait(fake: FakeLightsail, client: Any, fault: faults.Fault) -> None:
    (operation,) = start(fake, 60)
    fake.fail_next(POLL, fault, times=3)
    (done,) = wait_for_operations(client, operation.id, clock=fake.clock)
    assert done.succeeded


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.throttled(), ThrottledError),
        (faults.service_fault(), ServiceFaultError),
        (faults.service_unavailable(), ServiceFaultError),
        (faults.connection_closed(), ConnectionClosedError),
        (faults.read_timeout(), ReadTimeoutError),
    ],
)
def test_a_fault_that_does_not_pass_ends_a_wait_when_error_tolerance_is_over(
    fake: FakeLightsail, client: Any, fault: faults.Fault, error: type[Exception]
) -> None:
    watched = watch_operations(client, start(fake, 7200, 7200), clock=fake.clock, timeout=None)
    seen = next(watched)
    fake.clock.advance(100)
    fake.fail_next(POLL, fault, times=500)
    with pytest.raises(error) as caught:
        next(watched)
    assert last_seen(caught.value) == seen
    assert 760 >= fake.clock.monotonic() > 600
    assert len(asked(fake)) < 150
    lasted = fake.clock.monotonic() - 105  # when the first poll failed
    assert str(caught.value).endswith(f"The wait tolerated errors for {lasted:.0f} s.")
    assert [str(again) for again in travelled(caught.value)] == [str(caught.value)] * len([*travelled(0)])


def test_error_tolerance_starts_anew_with_every_good_response(fake: FakeLightsail, client: Any) -> None:
    schedule = PollSchedule(error_tolerance=20, min_delay=10, max_delay=10)
    (operation,) = start(fake, 300)
    for _ in range(10):
        fake.fail_next(POLL, faults.throttled(), times=2)
        fake.fail_next(POLL, faults.edited_response(lambda response: response))
    (done,) = wait_for_operations(client, operation.id, clock=fake.clock, schedule=schedule)
    assert done.succeeded


def test_error_tolerance_is_kept_for_each_operation(client: Any, fake: FakeLightsail) -> None:
    """A good response for one operation does not count for another."""
    good, silent = start(fake, 3600, 3600)
    client = OneSilent(client, silent.id)
    with pytest.raises(ConnectionResetError) as caught:
        wait_for_operations(client, [good, silent.id], clock=fake.clock)
    assert [each.id for each in last_seen(caught.value)] == [good.id]
    assert fake.clock.monotonic() > 600
    assert fake.clock.monotonic() < 700


class OneSilent:
    """A client to which nothing is said of one operation."""

    def __init__(self, client: Any, silent: str) -> None:
        self._client, self._silent = client, silent

    def get_operation(self, *, operationId: str) -> Any:
        if operationId == self._silent:
            raise ConnectionResetError("reset")
        return self._client.get_operation(operationId=operationId)


def test_an_operation_that_is_never_found_ends_a_wait_after_its_grace(fake: FakeLightsail, client: Any) -> None:
    (other,) = start(fake, 3600)
    with pytest.raises(NotFoundError) as caught:
        wait_for_operations(client, ["no-such-id", other.id], clock=fake.clock)
    assert 30 < fake.clock.monotonic() <= 36
    assert [each.id for each in caught.value.operations] == [other.id]


def test_an_operation_that_is_gone_later_ends_a_wait_at_once(fake: FakeLightsail, client: Any) -> None:
    watched = watch_operations(client, start(fake, 3600), clock=fake.clock)
    seen = next(watched)
    fake.clock.advance(40)
    fake.fail_next(POLL, faults.not_found())
    with pytest.raises(NotFoundError) as caught:
        next(watched)
    assert caught.value.operations == seen
    assert len(asked(fake)) == 2


def test_a_new_operation_that_is_not_found_by_a_slow_poll_is_still_tolerated(fake: FakeLightsail, client: Any) -> None:
    fake.clock.advance(1234)
    (operation,) = start(fake, 100)
    client.meta.events.register("before-send.lightsail.GetOperation", lambda **_: fake.clock.advance(60))
    fake.fail_next(POLL, faults.not_found())
    (done,) = wait_for_operations(client, operation.id, clock=fake.clock)
    assert done.succeeded


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.access_denied(), AccessDeniedError),
        (faults.not_json(performed=False), UnexpectedResponseError),
        (faults.replaced_response(b"[]", performed=False), UnexpectedResponseError),
    ],
)
def test_any_other_error_ends_a_wait_at_once_with_the_operations_as_last_seen(
    fake: FakeLightsail, client: Any, fault: faults.Fault, error: type[LightsailCopyError]
) -> None:
    one, other = start(fake, 100, 10)
    watched = watch_operations(client, [one, other, "given-as-an-id"], clock=fake.clock)
    fake.fail_next(POLL, faults.edited_response(lambda response: response), times=2)
    fake.fail_next(POLL, fault)
    with pytest.raises(error) as caught:
        next(watched)
    assert caught.value.operations == (one, other)
    assert not fake.clock.sleeps
    for again in travelled(caught.value):
        assert again.operations == (one, other)


@pytest.mark.parametrize("fault", [faults.throttled(), faults.not_found(), faults.connection_closed()])
def test_with_a_tolerance_of_zero_the_first_error_ends_a_wait(
    fake: FakeLightsail, client: Any, fault: faults.Fault
) -> None:
    schedule = PollSchedule(error_tolerance=0, not_found_tolerance=0)
    fake.fail_next(POLL, fault)
    with pytest.raises(LightsailCopyError) as caught:
        wait_for_operations(client, start(fake, 60), clock=fake.clock, schedule=schedule)
    assert "tolerated" not in str(caught.value)
    assert not fake.clock.sleeps


@pytest.mark.parametrize(
    ("schedule", "sleeps"),
    [
        (PollSchedule(fraction=1, max_delay=900), [5, 10, 20, 40, 80, 160, 300]),
        (PollSchedule(fraction=0, min_delay=900, max_delay=900), [300, 300]),
        (PollSchedule(fraction=1, min_delay=60, max_delay=90), [60, 90, 90, 90, 90, 90, 90]),
    ],
    ids=["long", "even", "short"],
)
def test_polls_that_fail_come_again_soon_so_that_a_tolerance_is_worth_several_of_them(
    fake: FakeLightsail, client: Any, schedule: PollSchedule, sleeps: list[float]
) -> None:
    fake.clock.advance(1234)
    operations = start(fake, 10_000)
    watched = watch_operations(client, operations, timeout=None, schedule=schedule, clock=fake.clock)
    next(watched)
    fake.clock.advance(5000)
    before = len(fake.clock.sleeps)
    fake.fail_next(POLL, faults.throttled(), times=2)
    fake.fail_next(POLL, faults.edited_response(lambda response: response))
    fake.fail_next(POLL, faults.throttled(), times=100)
    with pytest.raises(ThrottledError):
        next(watched)
    _, first, second, _, *others = fake.clock.sleeps[before:]
    assert [first, second] == sleeps[:2]
    # A poll that succeeds starts a tolerance anew.
    assert others[:-1] == sleeps[: len(others) - 1]
    assert sum(others[:-1]) <= 600 < sum(others)


def test_a_machine_that_was_suspended_polls_once_more(fake: FakeLightsail, client: Any) -> None:
    watched = watch_operations(client, start(fake, 50_000), timeout=None, clock=fake.clock)
    next(watched)
    fake.clock.advance(100_000)
    fake.fail_next(POLL, faults.connection_closed())
    (done,) = next(watched)
    assert done.succeeded


def test_a_wait_that_timed_out_while_its_state_was_handled_polls_once_more(fake: FakeLightsail, client: Any) -> None:
    fake.clock.advance(777)
    short, long, *others = start(fake, 150, 1000, 700, 700)
    watched = watch_operations(client, short, timeout=100, clock=fake.clock)
    next(watched)
    fake.clock.advance(200)
    (done,) = next(watched)
    assert done.succeeded
    running = watch_operations(client, long, timeout=100, clock=fake.clock)
    next(running)
    fake.clock.advance(200)
    before = len(fake.calls)
    with pytest.raises(WaitTimeoutError):
        next(running)
    assert len(fake.calls) == before + 1
    both = watch_operations(client, others, timeout=100, clock=fake.clock)
    next(both)
    fake.clock.advance(500)
    assert all(each.succeeded for each in next(both))


class Slow:
    """A client whose polls take five minutes each."""

    def __init__(self, client: Any, clock: FakeClock) -> None:
        self._client, self._clock = client, clock

    def get_operation(self, **parameters: Any) -> Any:
        self._clock.advance(300)
        return self._client.get_operation(**parameters)


@pytest.mark.measured
@pytest.mark.parametrize(("timeout", "count"), [(60, 20), (6500, 22)])
def test_a_wait_times_out_between_two_polls_once_each_operation_was_polled(
    fake: FakeLightsail, client: Any, timeout: float, count: int
) -> None:
    fake.clock.advance(777)
    operations = start(fake, *[90_000] * 20)
    with pytest.raises(WaitTimeoutError) as caught:
        wait_for_operations(Slow(client, fake.clock), operations, timeout=timeout, clock=fake.clock)
    assert asked(fake) == [each.id for each in (*operations, *operations)][:count]
    assert caught.value.waited >= timeout


# --- Credentials, and errors of the set-up ---


def failing(client: Any, *errors: Exception | None) -> Any:
    """Have the signing of the next calls raise errors; None leaves one alone."""
    left = list(errors)

    def sign(**_: object) -> None:
        error = left.pop(0) if left else None
        if error is not None:
            raise error

    client.meta.events.register(f"before-sign.lightsail.{POLL}", sign)
    return client


REFRESH = CredentialRetrievalError(provider="custom", error_msg="the endpoint did not respond")
ENDED = [
    UnauthorizedSSOTokenError(),
    TokenRetrievalError(provider="sso", error_msg="expired"),
    NoCredentialsError(),
    PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
]


def test_a_refresh_of_credentials_that_fails_after_they_have_worked_is_tolerated(
    fake: FakeLightsail, client: Any
) -> None:
    (done,) = wait_for_operations(failing(client, None, REFRESH, REFRESH), start(fake, 60), clock=fake.clock)
    assert done.succeeded


def test_a_refresh_of_credentials_that_fails_after_the_copy_itself_is_tolerated(
    fake: FakeLightsail, client: Any
) -> None:
    fake.copy_duration = 60
    request = ManualSnapshotCopy(
        source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name="copy-0"
    )
    result = copy_snapshot(client, request, clock=fake.clock)
    (done,) = wait_for_operations(failing(client, REFRESH), result, clock=fake.clock)
    assert done.succeeded


def test_credentials_that_stay_away_end_a_wait_when_error_tolerance_is_over(fake: FakeLightsail, client: Any) -> None:
    with pytest.raises(CredentialRetrievalError, match="The wait tolerated errors for 6"):
        wait_for_operations(failing(client, None, *[REFRESH] * 99), start(fake, 6000), clock=fake.clock)


def test_credentials_that_have_never_worked_end_a_wait_at_once(fake: FakeLightsail, client: Any) -> None:
    with pytest.raises(CredentialRetrievalError) as caught:
        wait_for_operations(failing(client, REFRESH), start(fake, 60), clock=fake.clock)
    assert not fake.clock.sleeps
    assert len(last_seen(caught.value)) == 1


@pytest.mark.parametrize("error", ENDED, ids=lambda error: type(error).__name__)
def test_an_error_of_the_set_up_ends_a_wait_at_once_as_botocores_and_as_ours(
    fake: FakeLightsail, client: Any, error: Exception
) -> None:
    operations = start(fake, 60)
    before = str(error)
    with pytest.raises(type(error)) as caught:
        wait_for_operations(failing(client, None, error), operations, clock=fake.clock)
    raised = caught.value
    assert last_seen(raised) == operations
    assert raised.__cause__ is error
    assert str(raised).startswith(before)
    # botocore's own error is left as it was.
    assert (str(error), hasattr(error, "operations")) == (before, False)
    for again in travelled(raised):
        assert isinstance(again, LightsailCopyError)
        assert (str(again), again.operations) == (str(raised), operations)


@pytest.mark.parametrize("error", [RuntimeError("a bug"), TypeError("another")], ids=str)
def test_an_error_of_a_hook_ends_a_wait_as_it_is(fake: FakeLightsail, client: Any, error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        wait_for_operations(failing(client, None, error), start(fake, 60), clock=fake.clock)
    assert caught.value is error
    # It still tells what it was raised during.
    assert not error.__suppress_context__


# --- Interrupted ---


class InterruptedClock(FakeClock):
    """A clock on which the user loses patience while the loop sleeps."""

    def sleep(self, seconds: float) -> None:
        raise KeyboardInterrupt


def test_an_interrupt_comes_through_and_the_copy_goes_on(fake: FakeLightsail, client: Any) -> None:
    operations = start(fake, 100)
    with pytest.raises(KeyboardInterrupt):
        wait_for_operations(client, operations, clock=InterruptedClock())
    (done,) = wait_for_operations(client, operations, clock=fake.clock)
    assert done.succeeded


def interrupt(_: object) -> object:
    """Be interrupted by the user."""
    raise KeyboardInterrupt


def test_an_interrupt_of_a_look_comes_through(fake: FakeLightsail, client: Any) -> None:
    operations = start(fake, 100)
    fake.fail_next(POLL, faults.edited_response(interrupt))
    with pytest.raises(KeyboardInterrupt):
        wait_for_operations(client, operations, clock=fake.clock)
    assert wait_for_operations(client, operations, clock=fake.clock)[0].succeeded


# --- Any durations, any faults ---


class Service:
    """A client whose operations end when they are said to, and whose looks go wrong as they are said to."""

    def __init__(self, clock: FakeClock, ends: Sequence[tuple[float, str]], errors: Sequence[str]) -> None:
        self.clock = clock
        self.ends = ends
        self.errors = list(errors)
        self.responded_at = [0.0] * len(ends)
        self.looks = 0

    def get_operation(self, *, operationId: str) -> Any:
        self.looks += 1
        error = self.errors.pop() if self.errors else ""
        if error == "closed":
            raise ConnectionClosedError(endpoint_url="https://x")
        if error:
            response: Any = {"Error": {"Code": error, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": 400}}
            raise ClientError(response, "GetOperation")
        self.responded_at[int(operationId)] = self.clock.monotonic()
        end, status = self.ends[int(operationId)]
        done = self.clock.monotonic() >= end
        wire = operation_dict(id=operationId, status=status if done else "Started", isTerminal=done)
        return {"operation": wire}


ENDS = st.tuples(st.floats(min_value=0, max_value=5000), st.sampled_from(["Succeeded", "Completed", "Failed", "New"]))
ERRORS = st.sampled_from(["", "", "", "closed", "ThrottlingException", "ServiceException"])


@given(st.lists(ENDS, max_size=4), st.lists(ERRORS, max_size=200), st.sampled_from([30.0, 300.0]), st.data())
def test_a_wait_ends_with_the_truth_or_with_the_fault_that_outlasted_its_error_tolerance(
    ends: list[tuple[float, str]], errors: list[str], error_tolerance: float, data: st.DataObject
) -> None:
    clock = FakeClock()
    service = Service(clock, ends, errors)
    schedule = PollSchedule(error_tolerance=error_tolerance)
    timeout = data.draw(st.none() | st.floats(0, 6000))
    ids = [str(index) for index in range(len(ends))]
    truth = [status for _, status in ends]
    try:
        seen = wait_for_operations(service, ids, clock=clock, schedule=schedule, timeout=timeout)
    except CopyFailedError as failure:
        assert len(failure.failed) == truth.count("Failed") > 0  # noqa: PT017 - what a wait ends in is up to chance
        assert [str(each.status) for each in failure.operations] == truth  # noqa: PT017 - as above
    except WaitTimeoutError:
        assert clock.monotonic() == timeout
        assert errors or any(end > clock.monotonic() for end, _ in ends)
    except (ConnectionClosedError, ThrottledError, ServiceFaultError):
        assert clock.monotonic() - min(service.responded_at) > error_tolerance
    else:
        assert [str(each.status) for each in seen] == truth
        assert "Failed" not in truth
    assert service.looks <= len(ends) * (2 + clock.monotonic() / 5)
    assert clock.monotonic() <= 5000 + 60 + 60 * 200
