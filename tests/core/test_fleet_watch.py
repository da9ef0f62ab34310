"""How a fleet watches its running copies: by sweeps or by polls, and when it stops."""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from fleet_support import TARGETS, Fleet

from lightsail_copy import (
    AccessDeniedError,
    CopyFailedError,
    CopyOutcome,
    LightsailCopyError,
    PollSchedule,
    UnauthenticatedError,
    UnexpectedResponseError,
    UnknownOutcomeError,
    WaitTimeoutError,
)
from lightsail_copy.testing import FakeClock, FakeLightsail, faults

if TYPE_CHECKING:
    from collections.abc import Callable

ONE_REGION = TARGETS[:1]


@pytest.fixture(params=["sync", "asyncio"])
def make_fleet(request: pytest.FixtureRequest) -> Callable[..., Fleet]:
    return lambda *args, **options: Fleet(request.param, *args, **options)


def seconds(fleet: Fleet, operation: str) -> list[float]:
    """Return when an operation was called, in seconds since the first call."""
    first = fleet.fake.calls[0].time
    return [(call.time - first).total_seconds() for call in fleet.fake.calls_of(operation)]


class Staggered(FakeLightsail[FakeClock]):
    """A fake whose copies take longer and longer."""

    def respond(self, region: str, operation: str, body: bytes) -> Any:
        if operation == "CopySnapshot":
            self.copy_duration += 100
        return super().respond(region, operation, body)


def test_the_last_copies_are_polled_by_the_schedule(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(4, ONE_REGION, Staggered(clock=FakeClock()))
    assert all(outcome.succeeded for outcome in fleet.run(max_calls=1))
    sweeps, polls = seconds(fleet, "GetOperations"), seconds(fleet, "GetOperation")
    # The third copy ends after 420 s, the fourth after 520 s.
    assert 410 < max(sweeps) < 440
    assert min(polls) > max(sweeps)
    assert len(polls) >= 4


def test_sweeps_watch_copies_again_as_soon_as_there_are_enough(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(6, ONE_REGION)
    assert all(outcome.succeeded for outcome in fleet.run(max_running=2, max_calls=1))
    # While two copies run, no operation is polled.
    assert fleet.count("GetOperation") == 0


def test_sweeps_keep_to_the_delays_of_the_schedule(make_fleet: Callable[..., Fleet]) -> None:
    fast, slow = make_fleet(4, ONE_REGION), make_fleet(4, ONE_REGION)
    fast.run(schedule=PollSchedule(min_delay=1, max_delay=2))
    slow.run(schedule=PollSchedule(min_delay=40, max_delay=60))
    assert 120 / 2 <= fast.count("GetOperations") <= 120 / 2 + 2
    assert 120 / 40 <= slow.count("GetOperations") <= 120 / 40 + 2


def test_operations_that_a_sweep_does_not_list_are_polled_at_once(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(4, ONE_REGION)
    fleet.fake.fail_next("GetOperations", faults.edited_response(lambda page: {**page, "operations": []}), times=100)
    assert all(outcome.succeeded for outcome in fleet.run())
    # Each sweep is followed by a poll of each operation, and nothing else is polled.
    assert 4 * (fleet.count("GetOperations") - 2) <= fleet.count("GetOperation") <= 4 * fleet.count("GetOperations")


def test_the_last_copy_is_polled_where_sweeps_list_nothing(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(2, ONE_REGION, Staggered(clock=FakeClock()))
    fleet.fake.fail_next("GetOperations", faults.edited_response(lambda page: {**page, "operations": []}), times=100)
    assert all(outcome.succeeded for outcome in fleet.run(max_calls=1, timeout=1000))


def two_operations(response: Any) -> Any:
    """Add to a copy's response the operation of another copy, which ends later."""
    (operation,) = response["operations"]
    return {**response, "operations": [operation, {**operation, "id": "late-1", "resourceName": "late"}]}


def test_a_copy_of_several_operations_is_done_when_they_all_are(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(3, ONE_REGION)
    fleet.fake.fail_next("CopySnapshot", faults.edited_response(two_operations))
    fleet.fake.add_operation(
        "late-1", TARGETS[0], resource_name="late", resource_type="Disk", operation_type="CopySnapshot"
    )
    outcomes = fleet.run(max_calls=1)
    assert all(outcome.succeeded for outcome in outcomes)
    assert [len(outcome.operations) for outcome in outcomes] == [2, 1, 1]
    assert all(operation.succeeded for operation in outcomes[0].operations)
    assert outcomes[0].result is not None
    # The result is what the launch returned, when nothing had ended yet.
    assert not any(operation.done for operation in outcomes[0].result.operations)
    assert fleet.fake.clock.monotonic() >= 120


def test_an_operation_that_sweeps_never_list_is_polled_where_its_copy_has_several(
    make_fleet: Callable[..., Fleet],
) -> None:
    fleet = make_fleet(3, ONE_REGION)
    fleet.fake.fail_next("CopySnapshot", faults.edited_response(two_operations))
    fleet.fake.add_operation(
        "late-1", TARGETS[0], resource_name="late", resource_type="Disk", operation_type="CopySnapshot"
    )

    def without_late(page: Any) -> Any:
        return {**page, "operations": [each for each in page["operations"] if each["id"] != "late-1"]}

    fleet.fake.fail_next("GetOperations", faults.edited_response(without_late), times=100)
    outcomes = fleet.run(max_calls=1, timeout=600)
    assert all(outcome.succeeded for outcome in outcomes)
    assert fleet.fake.clock.monotonic() < 150


def test_the_state_as_last_seen_is_in_the_outcome_of_a_timeout(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(2, ONE_REGION)

    def progressed(page: Any) -> Any:
        return {**page, "operations": [{**each, "status": "Completing"} for each in page["operations"]]}

    fleet.fake.fail_next("GetOperations", faults.edited_response(progressed), times=100)
    for outcome in fleet.run(timeout=60):
        assert isinstance(outcome.error, WaitTimeoutError)
        assert [operation.status for operation in outcome.operations] == ["Completing"]
        assert outcome.error.operations == outcome.operations
        assert outcome.result is not None
        assert [operation.status for operation in outcome.result.operations] == ["Started"]


def test_a_state_that_goes_back_is_as_last_seen_too(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(2, ONE_REGION)

    def progressed(page: Any) -> Any:
        return {**page, "operations": [{**each, "status": "Completing"} for each in page["operations"]]}

    fleet.fake.fail_next("GetOperations", faults.edited_response(progressed))
    for outcome in fleet.run(timeout=60):
        assert outcome.result is not None
        assert outcome.operations == outcome.result.operations


@pytest.mark.parametrize("fault", [faults.access_denied(), faults.service_unavailable()], ids=["denied", "5xx"])
def test_where_sweeps_fail_polls_keep_to_the_schedule(make_fleet: Callable[..., Fleet], fault: Any) -> None:
    fleet = make_fleet(12, ONE_REGION)
    fleet.fake.fail_next("GetOperations", fault, times=100)
    assert all(outcome.succeeded for outcome in fleet.run(schedule=PollSchedule(min_delay=50)))
    # The first sweep fails when the second copy has started.
    assert min(seconds(fleet, "GetOperation")) > 45
    # A sweep that is denied once is not tried again; one that failed is.
    assert fleet.count("GetOperations") == 1 if fault == faults.access_denied() else fleet.count("GetOperations") > 2


def test_after_a_sweep_that_failed_sweeps_go_on(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(12, ONE_REGION)
    fleet.fake.fail_next("GetOperations", faults.service_unavailable(), times=2)
    assert all(outcome.succeeded for outcome in fleet.run())
    sweeps = seconds(fleet, "GetOperations")
    assert [poll for poll in seconds(fleet, "GetOperation") if poll > sweeps[2]] == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [(faults.expired_token(), UnauthenticatedError), (faults.access_denied(), AccessDeniedError)],
    ids=["credentials", "access"],
)
def test_an_error_that_every_poll_would_meet_ends_the_waits_of_its_region_alone(
    make_fleet: Callable[..., Fleet], fault: Any, error: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    fleet = make_fleet(8, TARGETS[:2])
    dead, alive = TARGETS[:2]
    other: FakeLightsail = FakeLightsail(clock=fleet.fake.clock)
    for number in range(8):
        other.add_instance(f"web-{number}", "us-east-1")
        other.add_manual_snapshot(f"web-{number}-monday", "us-east-1", source=f"web-{number}")
    other.fail_next("GetOperation", fault, times=1000)
    other.fail_next("GetOperations", fault, times=1000)
    fleet.clients[dead] = Fleet(fleet.driver, 0, [dead], other).clients[dead]
    outcomes: dict[str, list[CopyOutcome]] = {dead: [], alive: []}
    for outcome in fleet.watch(max_calls=2):
        outcomes[str(outcome.job.target_region)].append(outcome)
    assert all(outcome.succeeded for outcome in outcomes[alive])
    assert len(other.calls_of("GetOperation")) == 3
    assert all(isinstance(outcome.error, error) for outcome in outcomes[dead][:3])
    for outcome in outcomes[dead][3:]:
        # The copy started, so its result is not lost.
        assert outcome.result is not None
        assert outcome.operations
        assert isinstance(outcome.error, LightsailCopyError)
        assert isinstance(outcome.error.__cause__, error)
        assert str(outcome.error).startswith(
            f"The wait was stopped: polls of the copies to {dead} fail. {error.__name__}:"
        )
    assert len(outcomes[dead]) == 8
    stopped = [record for record in caplog.records if record.levelname == "WARNING"]
    # The launches of the Region, if some are left, are stopped by errors of their own.
    (record,) = [each for each in stopped if "no longer watched" in each.getMessage()]
    assert record.getMessage().startswith(f"{dead}: stopped ({error.__name__}: ")
    assert (getattr(record, "region_name", None), getattr(record, "condition", None)) == (dead, "stopped")


def test_errors_of_polls_with_successes_between_them_end_no_other_wait(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(8, ONE_REGION)
    fleet.fake.fail_next("GetOperations", faults.access_denied())
    polls = 0

    def deny(**_: object) -> None:
        nonlocal polls
        polls += 1
        if polls in {1, 2, 4, 5}:
            fleet.fake.fail_next("GetOperation", faults.access_denied())

    client: Any = fleet.clients[TARGETS[0]]
    client.meta.events.register("before-call.lightsail.GetOperation", deny)
    outcomes = fleet.run(max_calls=1)
    assert sum(isinstance(outcome.error, AccessDeniedError) for outcome in outcomes) == 4
    assert sum(outcome.succeeded for outcome in outcomes) == 4


def test_polls_that_fail_for_reasons_of_their_own_end_no_other_wait(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(8, ONE_REGION)
    fleet.fake.fail_next("GetOperations", faults.access_denied())
    fleet.fake.fail_next("GetOperation", faults.not_json(), times=4)
    outcomes = fleet.run(max_calls=1)
    assert sum(isinstance(outcome.error, UnexpectedResponseError) for outcome in outcomes) == 4
    assert sum(outcome.succeeded for outcome in outcomes) == 4


def test_outcomes_that_stay_unknown_stop_the_region(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(10, ONE_REGION)
    fleet.fake.fail_next("CopySnapshot", faults.read_timeout(), times=100)
    fleet.fake.fail_next("GetOperationsForResource", faults.service_unavailable(), times=1000)
    outcomes = fleet.run(max_calls=1, max_running=1)
    assert all(isinstance(outcome.error, UnknownOutcomeError) for outcome in outcomes[:3])
    assert all(str(outcome.error).startswith("Not started: ") for outcome in outcomes[3:])
    assert fleet.count("CopySnapshot") == 3


def test_a_copy_that_has_failed_when_its_launch_returns_is_a_failure_at_once(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(1, ONE_REGION)

    def failed(response: Any) -> Any:
        return {"operations": [{**each, "status": "Failed", "isTerminal": True} for each in response["operations"]]}

    fleet.fake.fail_next("CopySnapshot", faults.edited_response(failed))
    (outcome,) = fleet.run()
    assert isinstance(outcome.error, CopyFailedError)
    assert fleet.fake.clock.monotonic() < timedelta(seconds=1).total_seconds()
