"""Each promise of a fleet that an attack has broken, once: by doubles whose methods answer as boto3's do."""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from fleet_simulator import (
    MIDNIGHT,
    AsyncClient,
    Clock,
    LoopClock,
    Nature,
    Outage,
    Scenario,
    VirtualLoop,
    World,
    judge,
    service_error,
)
from fleet_support import SOURCE, TARGETS, Fleet, job
from samples import ONE_ATTEMPT, ONE_SIGNED_ATTEMPT, new_session

from lightsail_copy import (
    AccessDeniedError,
    AutoSnapshotCopy,
    CopyJob,
    CopyOutcome,
    InvalidRequestError,
    LightsailCopyError,
    PollSchedule,
    QuotaExceededError,
    ThrottledError,
    UnauthenticatedError,
    UnknownOutcomeError,
    Unrecognized,
    WaitTimeoutError,
    aio,
    copy_snapshots,
    watch_copies,
)
from lightsail_copy.testing import FakeLightsail, faults

if TYPE_CHECKING:
    from collections.abc import Callable

WEST, IRELAND = TARGETS[:2]
OPTIONS: dict[str, Any] = {
    "if_exists": "adopt",
    "wait": True,
    "timeout": None,
    "max_calls": 32,
    "max_rate": 5.0,
    "max_running": 100,
    "schedule": PollSchedule(),
}


@pytest.fixture(params=["sync", "asyncio"])
def make_fleet(request: pytest.FixtureRequest) -> Callable[..., Fleet]:
    return lambda *args, **options: Fleet(request.param, *args, **options)


def simulate(nature: Nature, jobs: int, regions: tuple[str, ...] = (WEST,), **options: Any) -> World:
    """Return the world of a fleet over the simulated service, where the oracle found nothing wrong."""
    made = tuple(job(region, number) for region in regions for number in range(jobs))
    scenario = Scenario(
        0, dict.fromkeys(regions, nature), made, {}, {**OPTIONS, **options}, -12345.6, 0.0, is_kind=False
    )
    world = World(scenario, "asyncio")
    world.run()
    assert judge(world) == []
    return world


def ends_of(world: World) -> list[CopyOutcome]:
    return [outcome for _, outcome in world.changes if outcome.done]


def duration_of(world: World) -> float:
    return max(at for at, _ in world.changes) - world.scenario.start


def warnings_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


# What becomes known of a job.


def test_a_copy_is_yielded_when_it_has_started_and_at_its_end(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(2)
    changes = fleet.changes()
    started = [outcome for outcome in changes if not outcome.done]
    assert (
        {outcome.job for outcome in started} == set(fleet.jobs) == {outcome.job for outcome in changes if outcome.done}
    )
    assert len(changes) == 2 * len(fleet.jobs)
    for outcome in started:
        assert not outcome.succeeded
        assert outcome.error is None
        assert outcome.result is not None
        assert outcome.operations == outcome.result.operations
        assert outcome.to_dict()["done"] is False
    # The copies that exist end at once.
    assert [outcome.done for outcome in fleet.changes()] == [True] * len(fleet.jobs)


def test_a_job_from_a_dict_is_strict_about_regions() -> None:
    wire: Any = {**job("us-west-2", 1).to_dict(), "targetRegion": "us-wset-2"}
    with pytest.raises(InvalidRequestError, match="Did you mean 'us-west-2'"):
        CopyJob.from_dict(wire)
    with pytest.raises(InvalidRequestError, match="target_region"):
        CopyJob.from_dict({**wire, "targetRegion": "Mars"}, allow_unknown_region=True)
    newer = CopyJob(target_region=Unrecognized("xx-new-1"), request=job("us-west-2", 1).request)
    with pytest.raises(InvalidRequestError, match="xx-new-1"):
        CopyJob.from_dict(newer.to_dict())
    assert CopyJob.from_dict(newer.to_dict(), allow_unknown_region=True) == newer


# 1. A timeout.


def test_a_timeout_tells_an_unknown_outcome_from_a_job_that_was_never_requested() -> None:
    nature = Nature(outages=(Outage(0, 1e9, "lost", methods=("copy_snapshot",)), Outage(0, 1e9, "failing")))
    first, second = ends_of(simulate(nature, 2, timeout=20.0, max_running=1))
    assert {type(first.error), type(second.error)} == {UnknownOutcomeError, WaitTimeoutError}
    (unknown,) = (each for each in (first, second) if isinstance(each.error, UnknownOutcomeError))
    (waiting,) = (each for each in (first, second) if isinstance(each.error, WaitTimeoutError))
    assert "The copy may have started" in str(unknown.error)
    assert str(waiting.error) == "Not started: the fleet timed out after 20 s, before it requested this copy."


# 2. and 7. Quotas.


def test_a_quota_error_after_a_lost_response_is_looked_up_and_not_launched_again(
    make_fleet: Callable[..., Fleet],
) -> None:
    fleet = make_fleet(1, [WEST])
    # As one call, botocore retries after the lost response, and the retry is rejected.
    fleet.fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
    fleet.fake.fail_next("CopySnapshot", faults.quota_exceeded())
    client = fleet.fake.client(WEST)
    fleet.clients = {WEST: client if fleet.driver == "sync" else aio.in_threads(client)}
    (outcome,) = fleet.run()
    assert outcome.succeeded
    assert outcome.result is not None
    assert outcome.result.adopted
    assert fleet.count("CopySnapshot") == 2


def test_a_quota_holds_a_copy_that_is_requested_again_because_lookups_showed_that_it_has_not_started(
    make_fleet: Callable[..., Fleet],
) -> None:
    fleet = make_fleet(1, [WEST])
    fleet.fake.fail_next("CopySnapshot", faults.connection_closed(performed=False))
    fleet.fake.fail_next("CopySnapshot", faults.quota_exceeded())
    (outcome,) = fleet.run(schedule=PollSchedule(error_tolerance=20))
    assert outcome.succeeded
    assert (fleet.count("GetOperationsForResource"), fleet.count("CopySnapshot")) == (2, 3)
    assert fleet.fake.snapshot_names(WEST) == (outcome.job.request.target_snapshot_name,)


def test_a_quota_holds_no_region_once_its_last_copy_has_started(caplog: pytest.LogCaptureFixture) -> None:
    simulate(Nature(quotas=((0.0, 2),), durations=(60.0, 60.0), latency=(0.01, 0.01)), 3)
    held, goes_on = warnings_of(caplog)
    assert "quota reached" in held
    assert "goes on, no longer held by a quota" in goes_on


def test_one_quota_error_costs_a_fleet_seconds(caplog: pytest.LogCaptureFixture) -> None:
    nature = Nature(quotas=((0.0, 0), (0.1, 1000)), durations=(60.0, 60.0), latency=(0.01, 0.01))
    world = simulate(nature, 30)
    assert all(outcome.succeeded for outcome in ends_of(world))
    # 66 s without the error.
    assert duration_of(world) < 100
    assert [text.split(",")[0] for text in warnings_of(caplog)][1:] == [f"{WEST}: goes on"]
    assert warnings_of(caplog)[0].startswith(f'{WEST}: quota reached ("')
    assert warnings_of(caplog)[0].endswith('"); 0 copies run, next try in 5 s')


def test_a_quota_of_running_copies_is_used_in_full(caplog: pytest.LogCaptureFixture) -> None:
    nature = Nature(quotas=((0.0, 5),), durations=(100.0, 100.0), latency=(0.01, 0.01))
    world = simulate(nature, 30)
    assert warnings_of(caplog)[0].endswith('"); 5 copies run, next try in 5 s')
    assert all(outcome.succeeded for outcome in ends_of(world))
    # Six rounds of five copies, and the lag of each.
    assert duration_of(world) < 6 * 125


def test_a_quota_that_stays_full_ends_the_region_once(caplog: pytest.LogCaptureFixture) -> None:
    world = simulate(Nature(quotas=((0.0, 0),)), 60, schedule=PollSchedule(error_tolerance=600))
    assert all(isinstance(outcome.error, QuotaExceededError) for outcome in ends_of(world))
    assert 600 <= duration_of(world) < 700
    assert world.calls < 30
    held, stopped = warnings_of(caplog)
    assert "quota reached" in held
    assert stopped.startswith(f"{WEST}: stopped (QuotaExceededError: ")


# 3. The start of a call.


def copy_of_today(fleet: Fleet) -> AutoSnapshotCopy:
    """Make a fleet copy today's automatic snapshot of web-0 alone, and return the request."""
    today = fleet.fake.clock.now().date()
    fleet.fake.add_auto_snapshot("web-0", SOURCE, today)
    request = AutoSnapshotCopy(
        source_region=SOURCE, source_resource_name="web-0", target_snapshot_name="web-0-copy", restore_date=today
    )
    fleet.jobs = [CopyJob(target_region=WEST, request=request)]
    return request


def test_the_copy_of_another_during_ten_minutes_of_throttling_is_not_adopted_as_ones_own(
    make_fleet: Callable[..., Fleet],
) -> None:
    fleet = make_fleet(1, [WEST])
    fake = fleet.fake
    request = copy_of_today(fleet)
    calls = 0

    def somebody_else_copies(**_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            other: Any = fake.client(WEST)
            fake.copy_duration = 0
            other.copy_snapshot(**request.to_dict())
            fake.fail_next("CopySnapshot", faults.throttled())
            fake.fail_next("CopySnapshot", faults.connection_closed())

    client: Any = fake.client(WEST, config=ONE_ATTEMPT)
    client.meta.events.register("before-call.lightsail.CopySnapshot", somebody_else_copies)
    fleet.clients = {WEST: client if fleet.driver == "sync" else aio.in_threads(client)}
    fake.fail_next("CopySnapshot", faults.throttled(), times=4)
    (outcome,) = fleet.run(if_exists="raise", max_rate=0.1)
    assert calls == 6
    assert outcome.result is None
    assert "The name is in use by" in str(outcome.error)


def test_the_copy_of_another_while_a_client_is_made_is_not_adopted_as_ones_own(
    make_fleet: Callable[..., Fleet],
) -> None:
    fleet = make_fleet(1, [WEST])
    fake, client = fleet.fake, fleet.clients[WEST]
    request = copy_of_today(fleet)

    def make_slowly(_: str) -> Any:
        fake.clock.advance(60)
        fake.client(WEST).copy_snapshot(**request.to_dict())
        fake.clock.advance(60)
        fake.fail_next("CopySnapshot", faults.connection_closed())
        return client

    (outcome,) = fleet.run(clients=make_slowly, if_exists="raise")
    assert outcome.result is None
    assert "The name is in use by" in str(outcome.error)


# 4. An error of one job ends nothing else.


class NoMethods:
    """A client without any method."""


def test_a_client_without_a_method_is_the_outcome_of_its_jobs(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(4, [WEST, IRELAND])
    outcomes = fleet.run(clients=lambda region: NoMethods() if region == WEST else fleet.clients[region])
    failed = [outcome for outcome in outcomes if outcome.job.target_region == WEST]
    assert all(type(outcome.error) is LightsailCopyError for outcome in failed)
    assert "must be a Lightsail client" in str(failed[0].error)
    assert all(outcome.succeeded for outcome in outcomes if outcome.job.target_region == IRELAND)


def test_a_clients_function_that_raises_is_the_outcome_of_its_jobs(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(4, [WEST, IRELAND])

    def client_for(region: str) -> Any:
        if region == WEST:
            raise KeyError(region)
        return fleet.clients[region]

    outcomes = fleet.run(clients=client_for)
    assert all(outcome.succeeded == (outcome.job.target_region == IRELAND) for outcome in outcomes)
    assert isinstance(outcomes[0].error, LightsailCopyError)
    assert isinstance(outcomes[0].error.__cause__, KeyError)


def test_a_hook_with_a_bug_is_the_outcome_of_the_jobs_that_met_it(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(3, [WEST])

    def hook(params: Any, **_: object) -> None:
        if "web-1-copy" in str(params):
            raise RuntimeError("a bug")

    client: Any = fleet.fake.client(WEST)
    client.meta.events.register("provide-client-params.lightsail.CopySnapshot", hook)
    fleet.clients = {WEST: client if fleet.driver == "sync" else aio.in_threads(client)}
    assert [outcome.succeeded for outcome in fleet.run()] == [True, False, True]


class Canceling:
    """A client that cancels its own calls."""

    async def copy_snapshot(self, **_: Any) -> Any:
        raise asyncio.CancelledError


class Exiting:
    """A client with a hook that exits its thread."""

    def copy_snapshot(self, **_: Any) -> Any:
        raise SystemExit


def test_a_call_that_ends_without_an_error_is_an_outcome() -> None:
    (canceled,) = asyncio.run(aio.copy_snapshots([job(WEST, 1)], clients={WEST: Canceling()}))
    assert str(canceled.error) == "The call ended with CancelledError."
    (exited,) = copy_snapshots([job(WEST, 1)], clients={WEST: Exiting()})
    assert str(exited.error) == "The call ended with SystemExit."


# 5. One id for two operations.


class Fixed:
    """A stub whose every response has the same operation."""

    def __init__(self) -> None:
        self.polls = 0

    def _operation(self, status: str) -> Any:
        return {
            "id": "always-1",
            "createdAt": MIDNIGHT,
            "status": status,
            "isTerminal": status == "Succeeded",
            "resourceName": "any",
            "operationType": "CopySnapshot",
        }

    def copy_snapshot(self, **_: Any) -> Any:
        return {"operations": [self._operation("Started")]}

    def get_operation(self, operationId: str) -> Any:
        return {"operation": self._operation("Succeeded")}

    def get_operations(self, **_: Any) -> Any:
        self.polls += 1
        return {"operations": [self._operation("Started" if self.polls < 3 else "Succeeded")]}


def test_jobs_whose_operations_have_one_id_have_an_outcome_each() -> None:
    jobs = [job(WEST, number) for number in range(4)]
    outcomes = copy_snapshots(jobs, clients={WEST: Fixed()}, clock=Clock(77.0))
    assert [outcome.job for outcome in outcomes] == jobs
    assert all(outcome.succeeded for outcome in outcomes)


def test_pages_that_outnumber_the_copies_are_not_swept() -> None:
    # Every page lists the newest operation, and says that there are more.
    world = simulate(Nature(page_size=1, repeats=1.0, durations=(60.0, 60.0), latency=(0.01, 0.01)), 3)
    assert all(outcome.succeeded for outcome in ends_of(world))
    assert world.services[WEST].counts["get_operations"] <= 5
    assert world.services[WEST].counts["get_operation"] >= 3


# 6. How many copies run.


def test_a_copy_whose_wait_failed_counts_as_running_until_copies_usually_end() -> None:
    denied = Outage(0, 130, "denied", methods=("get_operation", "get_operations"))
    nature = Nature(outages=(denied,), durations=(400.0, 400.0), latency=(0.01, 0.01))
    # The oracle counts the copies that run.
    world = simulate(nature, 6, max_running=2, schedule=PollSchedule(min_delay=20))
    errors = Counter(type(outcome.error) for outcome in ends_of(world))
    assert errors[AccessDeniedError] >= 1
    assert errors[type(None)] >= 1
    assert duration_of(world) > 1200


def test_a_copy_whose_wait_failed_counts_as_running_for_as_long_as_the_longest_copy_took() -> None:
    denied = Outage(110, 1e9, "denied", methods=("get_operation", "get_operations"))
    # The oracle counts the copies that run.
    world = simulate(Nature(outages=(denied,), durations=(100.0, 100.0), latency=(0.01, 0.01)), 3, max_running=1)
    errors = [type(outcome.error) for outcome in ends_of(world)]
    assert errors == [type(None), AccessDeniedError, AccessDeniedError]
    assert 200 < duration_of(world) < 400


def test_a_copy_that_is_not_watched_counts_until_a_sweep_lists_its_end() -> None:
    outages = (
        Outage(0, 12, "failing", methods=("get_operations",)),
        Outage(0, 8.5, "denied", methods=("get_operation",)),
    )
    world = simulate(Nature(outages=outages, durations=(60.0, 60.0), latency=(0.01, 0.01)), 9, max_running=3)
    assert any(isinstance(outcome.error, AccessDeniedError) for outcome in ends_of(world))
    assert duration_of(world) < 400


def test_lookups_that_are_throttled_end_when_errors_are_no_longer_tolerated() -> None:
    outages = (
        Outage(0, 1, "lost", methods=("copy_snapshot",)),
        Outage(0, 1e9, "throttled", methods=("get_operations_for_resource",)),
    )
    world = simulate(Nature(outages=outages), 1, schedule=PollSchedule(error_tolerance=90))
    (outcome,) = ends_of(world)
    assert isinstance(outcome.error, UnknownOutcomeError)
    assert 90 < duration_of(world) < 400


# 8. Regions that hang.


class Hanging:
    """Two Regions; the calls to one of them hang."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.jobs = [job(region, number) for region in (WEST, IRELAND) for number in range(20)]
        self.clients: dict[str, Any] = {}
        for region in (WEST, IRELAND):
            fake = FakeLightsail(clock=time, copy_duration=0)
            for number in range(20):
                fake.add_manual_snapshot(f"web-{number}-monday", SOURCE)
            self.clients[region] = fake.client(region)
        self.options: dict[str, Any] = {"max_rate": 1000.0, "wait": False}

    def hang(self, **_: object) -> None:
        self.released.wait(60)

    def judge(self, outcomes: list[CopyOutcome], started: float) -> None:
        assert {str(outcome.job.target_region) for outcome in outcomes} == {IRELAND}
        assert time.monotonic() - started < 10
        self.released.set()

    async def watch(self, clients: dict[str, Any]) -> list[CopyOutcome]:
        watching: Any = aio.watch_copies(self.jobs, clients=clients, **self.options)
        found = [await anext(watching) for _ in range(20)]
        await watching.aclose()
        return found


def test_a_region_that_hangs_delays_no_other_with_threads() -> None:
    hanging, started = Hanging(), time.monotonic()
    hanging.clients[WEST].meta.events.register("before-call.lightsail", hanging.hang)
    watching: Any = watch_copies(hanging.jobs, clients=hanging.clients, **hanging.options)
    found = [next(watching) for _ in range(20)]
    watching.close()
    hanging.judge(found, started)


def test_a_region_that_hangs_delays_no_other_with_clients_in_threads() -> None:
    hanging, started = Hanging(), time.monotonic()
    hanging.clients[WEST].meta.events.register("before-call.lightsail", hanging.hang)
    clients = {region: aio.in_threads(client) for region, client in hanging.clients.items()}
    hanging.judge(asyncio.run(hanging.watch(clients)), started)


def test_a_region_that_hangs_delays_no_other_with_coroutines() -> None:
    hanging, started = Hanging(), time.monotonic()

    class Awaited:
        def __init__(self, region: str) -> None:
            self.region = region

        async def copy_snapshot(self, **parameters: Any) -> Any:
            if self.region == WEST:
                await asyncio.sleep(60)
            return hanging.clients[IRELAND].copy_snapshot(**parameters)

    hanging.judge(asyncio.run(hanging.watch({region: Awaited(region) for region in (WEST, IRELAND)})), started)


@pytest.mark.measured
@pytest.mark.parametrize(("max_calls", "share"), [(2, 1), (3, 1), (8, 4)])
def test_a_region_takes_no_more_than_its_share_of_the_calls_in_flight(max_calls: int, share: int) -> None:
    nature = Nature(latency=(9.0, 9.0), durations=(30.0, 30.0))
    world = simulate(nature, 40, (WEST, IRELAND), max_calls=max_calls, timeout=100.0)
    assert [service.most_in_flight for service in world.services.values()] == [share, share]


def test_regions_take_turns_where_one_call_may_be_in_flight() -> None:
    nature = Nature(latency=(0.05, 0.05))
    world = simulate(nature, 9, (WEST, IRELAND), max_calls=1, max_rate=100.0, wait=False)
    ends = [service.called_at[-1] for service in world.services.values()]
    assert max(ends) - min(ends) < 0.1


def test_launches_leave_one_call_of_a_share_to_polls() -> None:
    world = simulate(Nature(latency=(9.0, 9.0)), 40, (WEST, IRELAND), max_calls=8, timeout=100.0, wait=False)
    assert [service.most_in_flight for service in world.services.values()] == [3, 3]


@pytest.mark.parametrize("way", ["threads", "in_threads"])
def test_a_slow_clients_function_delays_no_other_region(way: str) -> None:
    released = threading.Event()
    fake: Any = FakeLightsail(clock=time, copy_duration=0)
    fleet = Fleet("sync" if way == "threads" else "asyncio", 3, [WEST, IRELAND], fake)

    def client_for(region: str) -> Any:
        if region == WEST:
            released.wait(60)
        return fleet.clients[region]

    limits: dict[str, Any] = {"wait": False, "max_rate": 1000.0, "clients": client_for}

    async def three() -> list[CopyOutcome]:
        watching: Any = aio.watch_copies(fleet.jobs, **limits)
        found = [await anext(watching) for _ in range(3)]
        released.set()
        await watching.aclose()
        return found

    if way == "threads":
        watching: Any = watch_copies(fleet.jobs, **limits)
        found = [next(watching) for _ in range(3)]
        released.set()
        watching.close()
    else:
        found = asyncio.run(three())
    assert {str(outcome.job.target_region) for outcome in found} == {IRELAND}


class SlowWorld(World):
    """A world whose client is found after two seconds of virtual time, in a thread."""

    async def _watch(self, loop: VirtualLoop) -> None:
        found = threading.Event()
        client = AsyncClient(self.services[WEST], self)

        def find(_: str) -> Any:
            found.wait(60)
            return client

        def tick() -> None:
            loop.call_later(0.05, tick)

        loop.call_later(2.0, found.set)
        tick()
        options = self.scenario.options
        async for outcome in aio.watch_copies(self.scenario.jobs, clients=find, clock=LoopClock(loop), **options):
            self.changes.append((loop.time(), outcome))


def test_the_rate_holds_after_a_slow_clients_function() -> None:
    made = tuple(job(WEST, number) for number in range(12))
    options = {**OPTIONS, "wait": False}
    world = SlowWorld(Scenario(0, {WEST: Nature()}, made, {}, options, 5e5, 0.0, is_kind=True), "asyncio")
    world.run()
    # The oracle knows the rate.
    assert judge(world) == []
    assert all(outcome.succeeded for outcome in ends_of(world))


# 9. The deadline.


def test_jobs_that_were_never_launched_end_at_the_deadline_though_a_call_hangs() -> None:
    nature = Nature(latency=(500.0, 500.0))
    world = simulate(nature, 6, timeout=30.0, max_calls=1)
    times = sorted(at - world.scenario.start for at, outcome in world.changes if outcome.done)
    assert times[:5] == pytest.approx([30.0] * 5, abs=0.1)
    # The launch in flight is not lost.
    assert times[5] == pytest.approx(500.0, abs=0.1)


class Sluggish:
    """A client whose polls and whose second launch take long."""

    async def copy_snapshot(self, targetSnapshotName: str, **_: Any) -> Any:
        await asyncio.sleep(100 if targetSnapshotName == "web-1-copy" else 0)
        operation = {"id": targetSnapshotName, "createdAt": MIDNIGHT, "resourceName": targetSnapshotName}
        return {"operations": [operation]}

    async def get_operation(self, **_: Any) -> Any:
        await asyncio.sleep(10)
        raise service_error("AccessDeniedException", "Too late.", "GetOperation")


def test_a_poll_that_ends_after_the_deadline_changes_nothing() -> None:
    loop = VirtualLoop(9.5e5)
    clock = LoopClock(loop)
    jobs = [job(WEST, number) for number in range(2)]
    watching = aio.copy_snapshots(jobs, clients={WEST: Sluggish()}, clock=clock, timeout=8.0)
    first, second = loop.run_until_complete(watching)
    loop.close()
    assert isinstance(first.error, WaitTimeoutError)
    assert isinstance(second.error, WaitTimeoutError)
    # The second launch was in flight: its copy has started.
    assert second.result is not None


def test_a_fleet_does_not_spin_while_a_call_hangs_after_the_deadline() -> None:
    reads = 0

    class Counting:
        def monotonic(self) -> float:
            nonlocal reads
            reads += 1
            return time.monotonic()

        sleep = staticmethod(time.sleep)

    class Slow:
        def copy_snapshot(self, **_: Any) -> Any:
            threading.Event().wait(1.0)
            raise service_error("NotFoundException", "No.", "CopySnapshot")

    outcomes = copy_snapshots(
        [job(WEST, 1), job(WEST, 2)], clients={WEST: Slow()}, timeout=0.1, max_calls=1, clock=Counting()
    )
    assert not any(outcome.succeeded for outcome in outcomes)
    assert reads < 200


def test_a_job_that_was_rejected_until_the_deadline_says_why_it_was_not_started() -> None:
    world = simulate(Nature(quotas=((0.0, 0),)), 2, timeout=60.0)
    for outcome in ends_of(world):
        assert str(outcome.error).startswith("Not started: the fleet timed out after 6")
    assert any("The last try failed: QuotaExceededError" in str(outcome.error) for outcome in ends_of(world))


def test_a_copy_that_waits_for_its_turn_at_the_deadline_was_not_started() -> None:
    nature = Nature(
        outages=(Outage(0.0, 1e9, "denied", methods=("get_operations",)),),
        durations=(600.0, 600.0),
        latency=(0.01, 0.01),
    )
    # The oracle knows which copies were requested.
    world = simulate(nature, 60, max_rate=1.0, timeout=60.0)
    assert sum(str(outcome.error).startswith("Not started") for outcome in ends_of(world)) > 9


# 10. Failures of calls in flight together.


@pytest.mark.parametrize("fault", ["expired", "credentials"])
def test_a_moment_of_failing_credentials_costs_no_job(fault: str) -> None:
    nature = Nature(outages=(Outage(3.0, 3.6, fault),), latency=(0.5, 0.5))
    assert all(outcome.succeeded for outcome in ends_of(simulate(nature, 30)))


def test_a_launch_that_fails_is_not_a_copy_that_runs(caplog: pytest.LogCaptureFixture) -> None:
    world = simulate(Nature(outages=(Outage(0.0, 10.0, "refused"),)), 40)
    assert all(outcome.succeeded for outcome in ends_of(world))
    assert warnings_of(caplog)[0].startswith(f"{WEST}: no connection (")
    assert "; 0 copies run, next try in " in warnings_of(caplog)[0]


@pytest.mark.parametrize("fault", ["refused", "broken", "lost", "failing"])
def test_an_outage_of_a_minute_costs_no_job(fault: str, caplog: pytest.LogCaptureFixture) -> None:
    world = simulate(Nature(outages=(Outage(3.0, 63.0, fault),)), 25)
    assert all(outcome.succeeded for outcome in ends_of(world))
    first, last = warnings_of(caplog)
    assert first.startswith(
        tuple(f"{WEST}: {what} (" for what in ("no connection", "no response", "the service fails"))
    )
    assert last.startswith(f"{WEST}: goes on, no longer without a response after ")


def test_what_cannot_pass_stops_a_region_at_the_third_time(caplog: pytest.LogCaptureFixture) -> None:
    world = simulate(Nature(outages=(Outage(0.0, 1e9, "expired"),), latency=(0.01, 0.01)), 50)
    assert world.calls == 3
    errors = [outcome.error for outcome in ends_of(world)]
    assert sum(isinstance(error, UnauthenticatedError) for error in errors) == 3
    assert sum(str(error).startswith("Not started: ") for error in errors) == 47
    assert duration_of(world) < 10
    (record,) = warnings_of(caplog)
    assert record.startswith(f"{WEST}: stopped (UnauthenticatedError: ")


def test_a_launch_that_fails_after_three_denied_polls_ends_no_wait() -> None:
    outages = (
        Outage(0.0, 1e9, "denied", methods=("get_operations",)),
        Outage(0.0, 16.0, "denied", methods=("get_operation",)),
    )
    nature = Nature(outages=outages, durations=(100.0, 100.0), latency=(0.01, 0.01))
    made = tuple(job(WEST, number) for number in range(20))
    taken = {(WEST, each.request.target_snapshot_name): "instance" for each in made[2::3]}
    options = {**OPTIONS, "if_exists": "raise", "max_rate": 0.7}
    world = World(Scenario(0, {WEST: nature}, made, taken, options, 5e5, 0.0, is_kind=False), "asyncio")
    world.run()
    assert judge(world) == []
    stopped = [str(outcome.error) for outcome in ends_of(world) if "The wait was stopped" in str(outcome.error)]
    assert not [text for text in stopped if "AccessDeniedError" not in text]


def test_credentials_that_fail_to_refresh_after_a_launch_that_worked_cost_no_job() -> None:
    outage = Outage(1.0, 100.0, "credentials", methods=("copy_snapshot",))
    world = simulate(Nature(outages=(outage,), durations=(20.0, 20.0), latency=(0.01, 0.01)), 3, max_running=1)
    assert all(outcome.succeeded for outcome in ends_of(world))
    assert duration_of(world) > 100


def test_denials_that_are_not_in_a_row_stop_no_region(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(6, [WEST])
    for _ in range(2):
        fleet.fake.fail_next("CopySnapshot", faults.access_denied(), times=2)
        fleet.fake.fail_next("CopySnapshot", faults.edited_response(lambda response: response))
    outcomes = fleet.run(max_calls=1, wait=False)
    assert [outcome.succeeded for outcome in outcomes] == [False, False, True] * 2
    assert fleet.count("CopySnapshot") == 6


def test_each_time_of_throttling_is_tolerated_for_as_long_as_errors_are() -> None:
    times = ((0.0, 400.0), (460.0, 900.0))
    outages = tuple(Outage(start, end, "throttled", methods=("copy_snapshot",)) for start, end in times)
    nature = Nature(outages=outages, durations=(100.0, 100.0), latency=(0.01, 0.01))
    world = simulate(nature, 2, max_running=1, schedule=PollSchedule(error_tolerance=600))
    assert all(outcome.succeeded for outcome in ends_of(world))
    assert duration_of(world) > 900


def test_three_jobs_that_are_denied_leave_nothing_to_stop(caplog: pytest.LogCaptureFixture) -> None:
    world = simulate(Nature(outages=(Outage(0.0, 1e9, "denied"),)), 3)
    assert all(isinstance(outcome.error, AccessDeniedError) for outcome in ends_of(world))
    assert warnings_of(caplog) == []


def test_a_key_that_cannot_be_sent_stops_a_region_soon() -> None:
    client = new_session().client(
        "lightsail",
        region_name=WEST,
        endpoint_url="http://localhost:9",
        aws_access_key_id="broken\nkey",
        aws_secret_access_key="any",
        config=ONE_SIGNED_ATTEMPT,
    )
    clock = Clock(4.5)
    outcomes = copy_snapshots([job(WEST, number) for number in range(12)], clients={WEST: client}, clock=clock)
    assert [type(outcome.error).__name__ for outcome in outcomes[:3]] == ["ServiceUnreachableError"] * 3
    assert all(str(outcome.error).startswith("Not started: ") for outcome in outcomes[3:])
    assert "Nothing was sent." in str(outcomes[0].error)
    assert clock.monotonic() - 4.5 < 5


def test_an_emulator_without_lightsail_stops_a_region_soon(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(12, [WEST])
    fleet.fake.fail_next("CopySnapshot", faults.replaced_response(b"", performed=False, status=501), times=100)
    outcomes = fleet.run()
    assert fleet.count("CopySnapshot") == 3
    assert not any(outcome.succeeded for outcome in outcomes)


def test_throttling_is_said_once_and_its_end_once(caplog: pytest.LogCaptureFixture) -> None:
    world = simulate(Nature(outages=(Outage(1.0, 20.0, "throttled"),)), 40)
    assert all(outcome.succeeded for outcome in ends_of(world))
    first, last = warnings_of(caplog)
    assert first.startswith(f"{WEST}: throttled; ")
    assert last.startswith(f"{WEST}: goes on, no longer throttled after ")
    assert {record.__dict__["region_name"] for record in caplog.records if "condition" in record.__dict__} == {WEST}


@pytest.mark.parametrize("count", [1, 5])
def test_a_small_fleet_that_was_throttled_says_that_it_goes_on_though_it_is_launched_more_slowly(
    make_fleet: Callable[..., Fleet], caplog: pytest.LogCaptureFixture, count: int
) -> None:
    fleet = make_fleet(count, [WEST])
    fleet.fake.fail_next("CopySnapshot", faults.throttled())
    assert all(outcome.succeeded for outcome in fleet.run())
    first, last = warnings_of(caplog)
    assert first.startswith(f"{WEST}: throttled; ")
    assert last.startswith(f"{WEST}: goes on, no longer throttled after ")


@pytest.mark.parametrize("operation", ["GetOperation", "GetOperations", "GetOperationsForResource"])
def test_a_region_that_was_throttled_after_its_last_launch_goes_on_at_the_latest_at_its_end(
    make_fleet: Callable[..., Fleet], caplog: pytest.LogCaptureFixture, operation: Any
) -> None:
    fleet = make_fleet(3 if operation == "GetOperations" else 1, [WEST])
    fleet.fake.fail_next(operation, faults.throttled())
    if operation == "GetOperationsForResource":
        fleet.fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
    assert all(outcome.succeeded for outcome in fleet.run(wait=operation != "GetOperationsForResource"))
    texts = warnings_of(caplog)
    assert any(text.startswith(f"{WEST}: throttled; ") for text in texts)
    assert any(text.startswith(f"{WEST}: goes on, no longer throttled after ") for text in texts)


def test_a_service_that_allows_less_than_the_highest_rate_is_said_to_throttle_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = simulate(Nature(rate=1.0), 40)
    assert all(outcome.succeeded for outcome in ends_of(world))
    assert len([text for text in warnings_of(caplog) if text.startswith(f"{WEST}: throttled; ")]) == 1


# 11. A consumer that takes its time.


def test_a_consumer_that_pauses_uses_up_no_time_of_lookups() -> None:
    made = (job(WEST, 0), job(IRELAND, 0))
    lost = Outage(0.0, 1.0, "lost", methods=("copy_snapshot",))
    silent = Outage(0.0, 3000.0, "failing", methods=("get_operations_for_resource",))
    natures = {WEST: Nature(outages=(lost, silent)), IRELAND: Nature(latency=(5.0, 5.0))}
    scenario = Scenario(0, natures, made, {}, {**OPTIONS, "wait": False}, 5e5, 2990.0, is_kind=False)
    world = World(scenario, "asyncio")
    world.run()
    assert judge(world) == []
    assert all(outcome.succeeded for outcome in ends_of(world))


# 12. Limits, memory, threads.


def test_a_slow_rate_is_lowered_by_throttling_and_never_raised() -> None:
    nature = Nature(outages=(Outage(0.0, 50.0, "throttled"),))
    world = simulate(nature, 2, max_rate=0.02, wait=False)
    first, second, *_ = world.services[WEST].called_at
    assert second - first > 75


def test_absurd_rates_and_no_clients_are_problems_like_others(make_fleet: Callable[..., Fleet]) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        make_fleet(1).run(clients=None, max_rate=1e-300, wait="yes")
    assert [problem.field for problem in caught.value.problems] == ["clients", "max_rate", "wait"]


def test_a_failed_outcome_keeps_no_frames(make_fleet: Callable[..., Fleet]) -> None:
    fleet = make_fleet(1, [WEST])
    fleet.fake.fail_next("CopySnapshot", faults.access_denied())
    (outcome,) = fleet.run()
    link: BaseException | None = outcome.error
    assert link is not None
    while link is not None:
        assert link.__traceback__ is None
        link = link.__cause__ or link.__context__


def test_polls_go_on_while_launches_hang() -> None:
    nature = Nature(durations=(20.0, 20.0), latency=(0.01, 0.01), outages=())
    world = simulate(nature, 90, max_rate=1.0, max_calls=2)
    first_end = min(at for at, outcome in world.changes if outcome.done) - world.scenario.start
    assert first_end < 60


def test_launches_go_on_while_many_copies_are_polled() -> None:
    nature = Nature(
        outages=(Outage(0.0, 1e9, "denied", methods=("get_operations",)),),
        durations=(600.0, 600.0),
        latency=(0.01, 0.01),
    )
    world = simulate(nature, 30, max_rate=1.0)
    last_start = max(at for at, outcome in world.changes if not outcome.done) - world.scenario.start
    assert last_start < 80


SCRIPT = """
import signal, sys, threading
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
from lightsail_copy import CopyJob, ManualSnapshotCopy, aio, copy_snapshots
class Hanging:
    def copy_snapshot(self, **_):
        print("called", flush=True)
        threading.Event().wait(100)
request = ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name="web-1", target_snapshot_name="web-2")
jobs = [CopyJob(target_region="us-west-2", request=request)]
if sys.argv[1] == "sync":
    copy_snapshots(jobs, clients={"us-west-2": Hanging()})
else:
    import asyncio
    asyncio.run(aio.copy_snapshots(jobs, clients={"us-west-2": aio.in_threads(Hanging())}))
"""


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is a signal on POSIX only")
@pytest.mark.parametrize("driver", ["sync", "asyncio"])
def test_ctrl_c_ends_a_script_at_once_though_a_call_hangs(driver: str) -> None:
    command = [sys.executable, "-c", SCRIPT, driver]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "called\n"
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, printed = process.communicate(timeout=60)
    assert "KeyboardInterrupt" in printed
    assert time.monotonic() - started < 20


def test_a_region_that_fails_at_every_launch_is_stopped_when_the_error_tolerance_is_over(
    make_fleet: Callable[..., Fleet],
) -> None:
    """Each launch may have started its copy, and is looked up; the others do not wait for one after another."""
    fleet = make_fleet(snapshots=20, targets=[WEST])
    fleet.fake.fail_next("CopySnapshot", faults.service_fault(), times=10_000)
    before = fleet.fake.clock.monotonic()
    outcomes = fleet.run()
    assert fleet.fake.clock.monotonic() - before < 2 * PollSchedule().error_tolerance
    assert not any(outcome.succeeded for outcome in outcomes)


@pytest.mark.parametrize("copies", [2, 4])
def test_where_only_sweeps_are_throttled_polls_soon_see_the_end(make_fleet: Callable[..., Fleet], copies: int) -> None:
    fleet = make_fleet(snapshots=copies, targets=[WEST], fake=FakeLightsail(copy_duration=120))
    fleet.fake.fail_next("GetOperations", faults.throttled(), times=10_000)
    before = fleet.fake.clock.monotonic()
    assert all(outcome.succeeded for outcome in fleet.run())
    assert fleet.fake.clock.monotonic() - before < 120 + 300


@pytest.mark.parametrize("copies", [2, 4])
def test_throttled_polls_and_sweeps_end_the_waits_when_the_error_tolerance_is_over(
    make_fleet: Callable[..., Fleet], copies: int
) -> None:
    fleet = make_fleet(snapshots=copies, targets=[WEST], fake=FakeLightsail(copy_duration=120))
    for operation in ("GetOperations", "GetOperation"):
        fleet.fake.fail_next(operation, faults.throttled(), times=10_000)
    before = fleet.fake.clock.monotonic()
    assert all(isinstance(outcome.error, ThrottledError) for outcome in fleet.run())
    assert fleet.fake.clock.monotonic() - before < 2 * PollSchedule().error_tolerance
