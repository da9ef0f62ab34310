"""Many copies to many Regions: each job gets its outcome, whatever happens to the others, under both drivers."""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import asyncio
import json
import sys
import tracemalloc
from collections import Counter
from itertools import pairwise
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, cast

import pytest
from both_worlds import AsyncClock
from botocore.exceptions import NoCredentialsError
from fleet_support import TARGETS, Fleet, job
from samples import ONE_ATTEMPT

import lightsail_copy
from lightsail_copy import (
    AccessDeniedError,
    CopyFailedError,
    CopyJob,
    CopyOutcome,
    InvalidRequestError,
    LightsailCopyError,
    NameInUseError,
    NotFoundError,
    PollSchedule,
    QuotaExceededError,
    ServiceUnreachableError,
    UnauthenticatedError,
    UnknownOutcomeError,
    Unrecognized,
    WaitTimeoutError,
    aio,
    watch_copies,
)
from lightsail_copy.testing import FakeLightsail, faults

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(params=["sync", "asyncio"])
def make_fleet(request: pytest.FixtureRequest) -> Callable[..., Fleet]:
    return lambda *args, **options: Fleet(request.param, *args, **options)


def test_every_job_gets_its_outcome_in_the_order_of_the_jobs(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet()
    outcomes = fleet.run()
    assert [outcome.job for outcome in outcomes] == fleet.jobs
    assert all(outcome.succeeded and outcome.operations[0].succeeded for outcome in outcomes)
    assert fleet.count("CopySnapshot") == len(fleet.jobs)


class UnspeakableError(Exception):
    """An error of a caller's hook that cannot be printed."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


def raise_with_a_cyclic_cause(**_: object) -> None:
    error = ValueError("again")
    raise error from error


def raise_what_cannot_be_printed(**_: object) -> None:
    raise UnspeakableError


@pytest.mark.measured
@pytest.mark.parametrize("hook", [raise_with_a_cyclic_cause, raise_what_cannot_be_printed])
def test_an_odd_error_of_a_hook_ends_its_job_alone(make_fleet: Callable[..., Fleet], hook: Callable[..., None]) -> None:
    fleet = make_fleet(snapshots=1)
    client = fleet.fake.client("us-west-2", config=ONE_ATTEMPT)
    client.meta.events.register("before-parameter-build.lightsail.CopySnapshot", hook)
    fleet.clients["us-west-2"] = client if fleet.driver == "sync" else aio.in_threads(client)
    assert [outcome.succeeded for outcome in fleet.run()] == [False, True, True]


@pytest.mark.measured
def test_a_function_for_clients_that_finds_none_ends_its_jobs_alone(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(snapshots=1)
    of_two = {region: client for region, client in fleet.clients.items() if region != "eu-west-1"}
    outcomes = fleet.run(clients=lambda region: next(of_two[each] for each in of_two if each == region))
    assert [outcome.succeeded for outcome in outcomes] == [True, False, True]
    assert "StopIteration" in str(outcomes[1].error)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="a generator that is suspended takes more on Python 3.10")
def test_a_running_copy_takes_at_most_four_kibibytes() -> None:
    fleet = Fleet("sync", snapshots=60, targets=["us-west-2"])
    changes = watch_copies(fleet.jobs, clients=fleet.clients, clock=fleet.fake.clock, max_running=60)
    tracemalloc.start()
    try:
        while not next(changes).done:
            pass
        taken = tracemalloc.take_snapshot()
    finally:
        tracemalloc.stop()
    package = Path(lightsail_copy.__file__).parent
    ours = [
        tracemalloc.Filter(inclusive=True, filename_pattern=f"{package}/*"),
        tracemalloc.Filter(inclusive=False, filename_pattern=f"{package}/testing/*"),
    ]
    sizes = [each.size for each in taken.filter_traces(ours).statistics("filename")]
    assert 1024 < sum(sizes) / len(fleet.jobs) < 4096


def test_a_second_run_adopts_every_copy(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet()
    fleet.run()
    assert all(outcome.succeeded and outcome.result is not None and outcome.result.adopted for outcome in fleet.run())
    assert len({name for target in TARGETS for name in fleet.fake.snapshot_names(target)}) == 4


def test_without_waiting_the_outcome_is_known_when_the_copy_has_started(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet()
    outcomes = fleet.run(wait=False)
    assert all(outcome.succeeded and not outcome.operations[0].done for outcome in outcomes)
    assert fleet.count("GetOperation") == fleet.count("GetOperations") == 0


def test_the_failure_of_one_copy_stops_no_other(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet()
    fleet.jobs[1] = job(TARGETS[1], 99)
    outcomes = fleet.run()
    assert isinstance(outcomes[1].error, NotFoundError)
    assert not outcomes[1].succeeded
    assert sum(outcome.succeeded for outcome in outcomes) == len(outcomes) - 1


def test_a_copy_that_fails_at_its_end_is_an_outcome_with_its_operations(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(1, TARGETS[:1])
    fleet.fake.fail_next_copy("SnapshotCopyFailed", "The disk is damaged.")
    (outcome,) = fleet.run()
    assert isinstance(outcome.error, CopyFailedError)
    assert outcome.operations[0].failed
    assert not outcome.succeeded


def test_an_outcome_is_ready_for_json(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(1, TARGETS[:1])
    fleet.fake.fail_next("CopySnapshot", faults.access_denied())
    (outcome,) = fleet.run()
    printed = json.loads(json.dumps(outcome.to_dict()))
    assert printed["job"] == outcome.job.to_dict()
    assert (printed["succeeded"], printed["adopted"], printed["operations"]) == (False, False, [])
    assert printed["error"]["type"] == "AccessDeniedError"
    assert printed["error"]["code"] == "AccessDeniedException"
    fleet.jobs = [job(TARGETS[0], 0)]
    (outcome,) = fleet.run()
    printed = json.loads(json.dumps(outcome.to_dict()))
    assert "error" not in printed
    assert len(printed["operations"]) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.expired_token(), UnauthenticatedError),
        (faults.access_denied(), AccessDeniedError),
        (faults.region_not_set_up(), LightsailCopyError),
    ],
    ids=["credentials", "access", "region"],
)
def test_an_error_that_all_jobs_would_meet_stops_only_its_region(
    make_fleet: Callable[..., Fleet], fault: Any, error: type[Exception]
) -> None:
    fleet = make_fleet(20, TARGETS[:1])
    fleet.fake.fail_next("CopySnapshot", fault, times=20)
    outcomes = fleet.run(max_calls=1)
    assert fleet.count("CopySnapshot") == 3
    assert all(isinstance(outcome.error, error) for outcome in outcomes[:3])
    stopped = [str(outcome.error) for outcome in outcomes[3:]]
    assert all(text.startswith("Not started: the copies to us-west-2 were stopped.") for text in stopped)


def test_an_unreachable_region_does_not_stop_the_others(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(6)
    dead = FakeLightsail(clock=fleet.fake.clock)
    dead.fail_next("CopySnapshot", faults.connection_refused(), times=1000)
    dead.fail_next("GetOperationsForResource", faults.connection_refused(), times=1000)
    client = dead.client(TARGETS[0], config=ONE_ATTEMPT)
    fleet.clients[TARGETS[0]] = client if fleet.driver == "sync" else aio.in_threads(client)
    by_region: dict[str, list[CopyOutcome]] = {}
    for outcome in fleet.run():
        by_region.setdefault(str(outcome.job.target_region), []).append(outcome)
    assert not any(outcome.succeeded for outcome in by_region[TARGETS[0]])
    assert isinstance(by_region[TARGETS[0]][0].error, ServiceUnreachableError)
    assert all(outcome.succeeded for target in TARGETS[1:] for outcome in by_region[target])


def test_a_client_that_cannot_be_made_stops_only_its_region(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(5)

    def client_for(region: str) -> Any:
        if region == TARGETS[0]:
            raise NoCredentialsError
        return fleet.clients[region]

    outcomes = fleet.run(clients=client_for)
    failed = [outcome for outcome in outcomes if not outcome.succeeded]
    assert {str(outcome.job.target_region) for outcome in failed} == {TARGETS[0]}
    assert isinstance(failed[0].error, NoCredentialsError)


def test_a_client_of_the_other_kind_is_a_type_error(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(1)
    other = Fleet("asyncio" if fleet.driver == "sync" else "sync", 0)
    with pytest.raises(TypeError, match=r"lightsail_copy\.aio"):
        fleet.run(clients=other.clients)


def test_a_throttled_call_is_made_again_more_slowly(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(10, TARGETS[:1])
    fleet.fake.fail_next("CopySnapshot", faults.throttled(), times=3)
    started = fleet.fake.clock.monotonic()
    assert all(outcome.succeeded for outcome in fleet.run(wait=False, max_calls=1))
    assert fleet.count("CopySnapshot") == 13
    assert fleet.fake.clock.monotonic() - started > 13 / 5


def test_throttling_without_end_is_the_outcome(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(1, TARGETS[:1])
    fleet.fake.fail_next("CopySnapshot", faults.throttled(), times=10_000)
    (outcome,) = fleet.run(schedule=PollSchedule(error_tolerance=60))
    assert type(outcome.error).__name__ == "ThrottledError"


def test_calls_to_a_region_keep_to_the_rate(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(20)
    started = fleet.fake.clock.monotonic()
    fleet.run(max_rate=2.0, wait=False)
    # The first call is made at once.
    assert fleet.fake.clock.monotonic() - started == pytest.approx(19 / 2.0)


def test_the_rate_counts_from_the_first_call_and_not_from_the_search_for_its_client(
    make_fleet: Callable[..., Fleet],
) -> None:
    fleet = make_fleet(4, TARGETS[:1])
    made_at: list[float] = []
    client = fleet.client(TARGETS[0])
    inner = client if fleet.driver == "sync" else fleet.fake.client(TARGETS[0])
    inner.meta.events.register_first("before-send.lightsail", lambda **_: made_at.append(fleet.fake.clock.monotonic()))

    def find(_: str) -> object:
        fleet.fake.clock.advance(5)
        return inner if fleet.driver == "sync" else aio.in_threads(inner)

    assert all(outcome.succeeded for outcome in fleet.run(clients=find, max_rate=1, wait=False))
    assert [later - earlier for earlier, later in pairwise(made_at)] == pytest.approx([1, 1, 1])


def test_sweeps_keep_to_a_schedule_of_short_delays(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(5, TARGETS[:1])
    fleet.fake.copy_duration = 1
    started = fleet.fake.clock.monotonic()
    assert all(outcome.succeeded for outcome in fleet.run(schedule=PollSchedule(min_delay=0.5)))
    assert fleet.fake.clock.monotonic() - started < 5


def test_copies_that_run_at_once_are_bounded(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(10, TARGETS[:1])
    assert all(outcome.succeeded for outcome in fleet.watch(max_running=3))
    # Four rounds of at most three copies, each of two minutes.
    assert fleet.fake.clock.monotonic() >= 4 * 120


def test_a_quota_lowers_the_number_of_running_copies_and_loses_no_job(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(6, TARGETS[:1])
    quota = faults.quota_exceeded()
    fleet.jobs, first = fleet.jobs[2:], fleet.jobs[:2]
    fleet.jobs = first + fleet.jobs
    fleet.fake.fail_next("CopySnapshot", quota, times=1)
    outcomes = fleet.run(max_calls=1)
    assert all(outcome.succeeded for outcome in outcomes)
    assert fleet.count("CopySnapshot") == 7


def test_a_quota_without_end_is_the_outcome(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(3, TARGETS[:1])
    fleet.fake.fail_next("CopySnapshot", faults.quota_exceeded(), times=1000)
    outcomes = fleet.run()
    assert all(isinstance(outcome.error, QuotaExceededError) for outcome in outcomes)
    assert fleet.fake.clock.monotonic() >= 600


def test_the_timeout_gives_every_job_an_outcome(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(10, TARGETS[:1])
    outcomes = fleet.run(timeout=60, max_running=5)
    assert all(isinstance(outcome.error, WaitTimeoutError) for outcome in outcomes)
    assert [outcome.result is not None for outcome in outcomes] == [True] * 5 + [False] * 5
    assert fleet.fake.clock.monotonic() <= 61


def test_a_launch_that_is_looked_up_at_the_timeout_may_have_started(
    make_fleet: Callable[..., Fleet],
) -> None:
    fleet = make_fleet(1, TARGETS[:1])
    fleet.fake.fail_next("CopySnapshot", faults.connection_closed(performed=False), times=100)
    fleet.fake.fail_next("GetOperationsForResource", faults.service_unavailable(), times=100)
    (outcome,) = fleet.run(timeout=5)
    assert isinstance(outcome.error, UnknownOutcomeError)
    assert "The copy may have started" in str(outcome.error)


def test_a_name_in_use_is_an_outcome_in_raise_mode(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(1)
    fleet.run()
    outcomes = fleet.run(if_exists="raise")
    assert all(isinstance(outcome.error, NameInUseError) for outcome in outcomes)


def test_a_sweep_replaces_a_poll_of_each_operation(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(25, TARGETS[:1])
    assert all(outcome.succeeded for outcome in fleet.run())
    assert fleet.count("GetOperation") == 0
    assert fleet.count("GetOperations") < 25


def test_a_long_history_of_the_account_is_not_swept(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(2, TARGETS[:1])

    def add_newer_operations(response: object) -> object:
        for number in range(700):
            name = f"other-{fleet.count('CopySnapshot')}-{number}"
            about = {"resource_name": name, "resource_type": "Instance", "operation_type": "CreateInstance"}
            fleet.fake.add_operation(name, TARGETS[0], **about)
        return response

    fleet.fake.fail_next("CopySnapshot", faults.edited_response(add_newer_operations), times=2)
    assert all(outcome.succeeded for outcome in fleet.run())
    # The sweep gives up after as many pages as there are operations.
    assert fleet.count("GetOperations") == 2
    assert fleet.count("GetOperation") > 0


@pytest.mark.parametrize(
    "fault", [faults.access_denied(), faults.service_unavailable(), faults.not_json()], ids=["denied", "5xx", "garbage"]
)
def test_where_sweeps_fail_each_operation_is_polled(make_fleet: Callable[..., Fleet], fault: Any) -> None:
    fleet = make_fleet(5, TARGETS[:1])
    fleet.fake.fail_next("GetOperations", fault, times=100)
    assert all(outcome.succeeded for outcome in fleet.run())
    assert fleet.count("GetOperation") >= 5


def test_a_poll_that_fails_for_good_is_the_outcome_of_its_copy(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(1, TARGETS[:1])
    fleet.fake.fail_next("GetOperation", faults.access_denied(), times=1)
    (outcome,) = fleet.run()
    assert isinstance(outcome.error, AccessDeniedError)
    assert outcome.error.operations == outcome.operations != ()


def test_passing_errors_of_polls_are_tolerated(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(1, TARGETS[:1])
    fleet.fake.fail_next("GetOperation", faults.connection_closed(), times=2)
    fleet.fake.fail_next("GetOperation", faults.throttled(), times=2)
    fleet.fake.fail_next("GetOperation", faults.service_fault(), times=2)
    (outcome,) = fleet.run()
    assert outcome.succeeded


def test_a_slow_region_takes_no_more_than_its_share(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(5)
    order = Counter(str(call.region) for call in _first_calls(fleet, 9))
    assert order == dict.fromkeys(TARGETS, 3)


def _first_calls(fleet: Fleet, number: int) -> list[Any]:
    fleet.run(max_calls=3)
    return [call for call in fleet.fake.calls if call.operation == "CopySnapshot"][:number]


def test_every_problem_is_reported_before_the_first_call(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(1)
    broken: Any = [*fleet.jobs, "no job", fleet.jobs[0], job("ap-south-1", 0)]
    fleet.jobs = broken
    with pytest.raises(InvalidRequestError) as caught:
        fleet.run(if_exists="maybe", schedule=60)
    assert [problem.field for problem in caught.value.problems] == [
        "jobs[3]",
        "jobs[4].target_snapshot_name",
        "jobs[5].target_region",
        "if_exists",
        "schedule",
    ]
    assert not fleet.fake.calls


def test_limits_and_jobs_are_validated_together(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(1)
    fleet.jobs[0] = job("ap-south-1", 0)
    with pytest.raises(InvalidRequestError) as caught:
        fleet.run(max_calls=0, timeout=-1)
    fields = [problem.field for problem in caught.value.problems]
    assert fields == ["jobs[0].target_region", "max_calls", "timeout"]


def test_a_client_of_another_region_in_a_mapping_is_rejected_before_any_call(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(1)
    fleet.clients[TARGETS[0]] = fleet.clients[TARGETS[1]]
    fleet.clients["no Region"] = fleet.clients[TARGETS[1]]
    with pytest.raises(InvalidRequestError) as caught:
        fleet.run()
    assert [str(problem) for problem in caught.value.problems] == [
        "clients['us-west-2']: a client of 'eu-west-1' must be a client of the Region 'us-west-2'."
    ]
    assert not fleet.fake.calls


def test_a_function_that_returns_a_client_of_another_region_copies_nothing(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(1)

    def client_for(_: str) -> Any:
        return fleet.clients[TARGETS[1]]

    outcomes = fleet.run(clients=client_for)
    assert [outcome.succeeded for outcome in outcomes] == [False, True, False]
    assert isinstance(outcomes[0].error, InvalidRequestError)
    assert outcomes[0].error.problems[0].field == "clients('us-west-2')"
    assert {call.region for call in fleet.fake.calls} == {TARGETS[1]}


def test_a_function_is_called_once_for_each_region_and_never_twice_at_a_time(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(10)
    regions: list[str] = []
    busy = Lock()

    def client_for(region: str) -> Any:
        assert busy.acquire(blocking=False)
        regions.append(region)
        client = fleet.client(region)
        busy.release()
        return client

    assert all(outcome.succeeded for outcome in fleet.run(clients=client_for, max_rate=1000))
    assert sorted(regions) == sorted(TARGETS)


def test_a_region_that_this_release_does_not_know_reaches_the_clients_as_such(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(1, ["us-west-2"])
    fleet.jobs = [
        CopyJob(target_region=region, request=fleet.jobs[0].request)
        for region in (Unrecognized("xx-new-1"), "us-west-2")
    ]
    given: dict[str, type] = {}

    def client_for(region: str) -> Any:
        given[region] = type(region)
        if region == "xx-new-1":
            raise NoCredentialsError
        return fleet.client(region)

    fleet.run(clients=client_for)
    assert given == {"xx-new-1": Unrecognized, "us-west-2": str}


def test_a_limit_that_allows_no_progress_is_rejected(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(1, TARGETS[:1])
    for limits in (
        {"max_calls": 0, "max_rate": 0, "max_running": 1.5, "timeout": -1},
        {"max_calls": True, "max_rate": 10**400},
    ):
        with pytest.raises(InvalidRequestError) as caught:
            fleet.run(**limits)
        assert {problem.field for problem in caught.value.problems} == limits.keys()
    assert not fleet.fake.calls


def test_a_fleet_without_jobs_has_no_outcomes(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(0)
    assert fleet.run() == ()


def test_outcomes_are_yielded_as_they_become_known(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(1)
    fleet.jobs[0] = job(TARGETS[0], 99)
    first, *rest = fleet.watch()
    assert isinstance(first.error, NotFoundError)
    assert all(outcome.succeeded for outcome in rest)


def test_a_watch_that_is_closed_leaves_the_copies_to_the_next_run() -> None:
    fleet = Fleet("sync")
    watch: Any = watch_copies(fleet.jobs, clients=fleet.clients, clock=fleet.fake.clock, wait=False)
    next(watch)
    watch.close()
    assert all(outcome.succeeded for outcome in fleet.run())
    started = {
        (call.region, json.dumps(call.parameters)) for call in fleet.fake.calls if call.operation == "CopySnapshot"
    }
    assert len(started) == len(fleet.jobs)


def test_a_watch_that_is_closed_does_not_wait_for_calls_in_flight() -> None:
    fleet = Fleet("sync", 1, TARGETS[:2])
    started, released, ended = Event(), Event(), Event()

    def block(**_: object) -> None:
        started.set()
        released.wait(60)
        ended.set()

    fleet.clients[TARGETS[1]].meta.events.register("before-call.lightsail", block)
    watch: Any = watch_copies(fleet.jobs, clients=fleet.clients, clock=fleet.fake.clock, wait=False)
    assert next(watch).succeeded
    assert started.wait(60)
    watch.close()
    assert not ended.is_set()
    released.set()


def test_a_cancelled_run_leaves_no_task_behind() -> None:
    fleet = Fleet("asyncio")

    async def cancel() -> int:
        watch: Any = aio.watch_copies(fleet.jobs, clients=fleet.clients, clock=AsyncClock(fleet.fake.clock), wait=False)
        await anext(watch)
        await watch.aclose()
        return len(asyncio.all_tasks())

    assert asyncio.run(cancel()) == 1
    assert all(outcome.succeeded for outcome in fleet.run())


def test_a_job_goes_to_a_dict_and_back() -> None:
    made = job("eu-west-1", 1)
    assert CopyJob.from_dict(json.loads(json.dumps(made.to_dict()))) == made
    assert made.to_dict()["targetRegion"] == "eu-west-1"


def test_the_problems_of_a_job_and_of_its_request_are_reported_at_once() -> None:
    wire = {**job("eu-west-1", 1).to_dict(), "targetRegion": "Mars", "targetSnapshotName": "x"}
    with pytest.raises(InvalidRequestError, match="2 problems with this job") as caught:
        CopyJob.from_dict(wire)
    assert [problem.field for problem in caught.value.problems] == ["target_region", "target_snapshot_name"]


def test_a_job_without_a_target_region_is_rejected() -> None:
    with pytest.raises(InvalidRequestError, match=r"target_region: nothing was given\. Give targetRegion\."):
        CopyJob.from_dict({**job("eu-west-1", 1).request.to_dict()})
    with pytest.raises(TypeError, match="must be a mapping"):
        CopyJob.from_dict(cast("Any", 3))
    with pytest.raises(TypeError, match="request must be"):
        CopyJob(target_region="eu-west-1", request=cast("Any", None))


def test_an_unknown_key_of_a_job_is_told_that_the_target_region_is_one_too() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        CopyJob.from_dict({**job("eu-west-1", 1).to_dict(), "target_region": "eu-west-1", "retries": 3})
    meant, others = (str(problem) for problem in caught.value.problems)
    assert meant == "target_region: 'eu-west-1' is not a parameter of this job. Did you mean targetRegion?"
    assert "Use one of targetRegion, sourceRegion," in others


def test_a_job_takes_keywords_only() -> None:
    with pytest.raises(TypeError, match="positional"):
        cast("Any", CopyJob)("eu-west-1", job("eu-west-1", 1).request)


def test_the_error_of_an_outcome_need_not_be_the_services() -> None:
    outcome = CopyOutcome(job("eu-west-1", 1), error=WaitTimeoutError((), waited=3.0))
    printed = outcome.to_dict()
    assert printed.get("error") == {"type": "WaitTimeoutError", "message": str(outcome.error)}


def test_an_error_of_the_set_up_during_a_poll_is_the_outcome_of_its_copy() -> None:
    fleet = Fleet("sync", 1, TARGETS[:1])

    def sign(**_: object) -> None:
        raise NoCredentialsError

    fleet.clients[TARGETS[0]].meta.events.register("before-sign.lightsail.GetOperation", sign)
    (outcome,) = fleet.run()
    assert isinstance(outcome.error, NoCredentialsError)
    assert outcome.operations
