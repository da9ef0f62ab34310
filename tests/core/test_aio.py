"""The functions of `lightsail_copy.aio`: those of the package, awaited, on the same flows."""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import asyncio
import importlib.util
import inspect
import threading
from typing import Any

import pytest
from both_worlds import AsyncClock
from botocore.config import Config

import lightsail_copy
from lightsail_copy import (
    CopyFailedError,
    CopyJob,
    InvalidRequestError,
    ManualSnapshotCopy,
    NameInUseError,
    aio,
    copy_snapshot,
    copy_snapshots,
    flows,
    wait_for_operations,
)
from lightsail_copy.drivers.awaiting import run
from lightsail_copy.testing import FakeClock, FakeLightsail, faults

SOURCE, TARGET = "us-east-1", "us-west-2"
REQUEST = ManualSnapshotCopy(
    source_region=SOURCE, source_snapshot_name="web-1-monday", target_snapshot_name="web-1-copy"
)
SHARED = sorted(set(aio.__all__) & set(lightsail_copy.__all__))


@pytest.fixture
def fake() -> FakeLightsail:
    fake: FakeLightsail = FakeLightsail(clock=FakeClock())
    fake.add_instance("web-1", SOURCE)
    fake.add_manual_snapshot("web-1-monday", SOURCE, source="web-1")
    fake.add_auto_snapshot("web-1", SOURCE, "2025-12-31")
    return fake


def threads(fake: FakeLightsail, region: str = TARGET, **options: Any) -> aio.ThreadedClient:
    return aio.in_threads(fake.client(region, **options))


def test_a_copy_is_started_and_waited_for(fake: FakeLightsail) -> None:
    async def job() -> Any:
        clock = AsyncClock(fake.clock)
        result = await aio.copy_snapshot(threads(fake), REQUEST, clock=clock)
        states = [state async for state in aio.watch_operations(threads(fake), result, clock=clock)]
        (last,) = await aio.wait_for_operations(threads(fake), result, clock=clock)
        return states, last

    states, last = asyncio.run(job())
    assert [state[0].done for state in states] == [False, True]
    assert last.succeeded


def test_lookups_return_what_those_of_the_package_return(fake: FakeLightsail) -> None:
    async def job() -> None:
        source, client = threads(fake, SOURCE), fake.client(SOURCE)
        assert await aio.get_snapshot(source, "web-1-monday") == lightsail_copy.get_snapshot(client, "web-1-monday")
        assert await aio.get_auto_snapshots(source, "web-1") == lightsail_copy.get_auto_snapshots(client, "web-1")
        assert await aio.list_snapshots(source) == lightsail_copy.list_snapshots(client)
        plan = await aio.plan_copy(source, threads(fake), REQUEST)
        assert plan == lightsail_copy.plan_copy(client, fake.client(TARGET), REQUEST)
        started = (await aio.copy_snapshot(threads(fake), REQUEST)).operations[0]
        assert await aio.get_operation(threads(fake), started.id) == started

    asyncio.run(job())


def test_a_lost_response_is_looked_up(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
    fake.fail_next("GetOperationsForResource", faults.throttled(), times=2)
    client = threads(fake, config=Config(retries={"total_max_attempts": 1}))
    result = asyncio.run(aio.copy_snapshot(client, REQUEST, clock=AsyncClock(fake.clock)))
    assert result.adopted


def test_errors_are_those_of_the_package(fake: FakeLightsail) -> None:
    async def job() -> None:
        client, clock = threads(fake), AsyncClock(fake.clock)
        await aio.copy_snapshot(client, REQUEST, clock=clock)
        with pytest.raises(NameInUseError):
            await aio.copy_snapshot(client, REQUEST, clock=clock)
        with pytest.raises(client.exceptions.InvalidInputException):
            await aio.copy_snapshot(client, REQUEST, clock=clock)
        with pytest.raises(InvalidRequestError):
            await aio.get_operation(client, " ")

    asyncio.run(job())


def test_a_failed_operation_ends_a_wait(fake: FakeLightsail) -> None:
    fake.fail_next_copy("SnapshotCopyFailed", "The disk is damaged.")

    async def job() -> None:
        clock = AsyncClock(fake.clock)
        result = await aio.copy_snapshot(threads(fake), REQUEST, clock=clock)
        await aio.wait_for_operations(threads(fake), result, clock=clock)

    with pytest.raises(CopyFailedError, match="The disk is damaged"):
        asyncio.run(job())


def test_a_bare_boto3_client_is_a_type_error_before_anything_is_sent(fake: FakeLightsail) -> None:
    with pytest.raises(TypeError, match=r"in_threads\(client\)"):
        asyncio.run(aio.copy_snapshot(fake.client(TARGET), REQUEST))
    assert not fake.calls


def test_a_client_whose_methods_are_awaited_is_a_type_error_in_the_package(fake: FakeLightsail) -> None:
    client: Any = threads(fake)
    with pytest.raises(TypeError, match=r"lightsail_copy\.aio"):
        copy_snapshot(client, REQUEST)
    assert not fake.calls


def test_what_is_not_a_lightsail_client_cannot_run_in_threads() -> None:
    nothing: Any = object()
    with pytest.raises(TypeError, match="must be a Lightsail client"):
        aio.in_threads(nothing)


def test_the_client_in_threads_has_the_rest_of_boto3s(fake: FakeLightsail) -> None:
    client = threads(fake)
    assert client.meta.region_name == TARGET
    assert client.can_paginate("get_operations")
    asyncio.run(client.close())


def test_calls_run_outside_the_event_loops_thread(fake: FakeLightsail) -> None:
    seen: set[int] = set()
    client = fake.client(TARGET)

    def note(**_: object) -> None:
        seen.add(threading.get_ident())

    client.meta.events.register("before-call.lightsail.*", note)
    asyncio.run(aio.copy_snapshot(aio.in_threads(client), REQUEST))
    assert seen
    assert threading.get_ident() not in seen


def test_a_cancellation_passes_through_the_flow(fake: FakeLightsail) -> None:
    ended: list[BaseException] = []

    def flow() -> flows.Flow[None]:
        try:
            yield flows.Sleep(3600)
        except BaseException as error:
            ended.append(error)
            raise

    async def job() -> None:
        task = asyncio.create_task(run(threads(fake), flow()))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()

    asyncio.run(job())
    assert isinstance(ended[0], asyncio.CancelledError)


def test_a_copy_whose_call_was_cancelled_is_adopted_by_the_next_run(fake: FakeLightsail) -> None:
    async def job() -> bool:
        client, clock = threads(fake), AsyncClock(fake.clock)
        started = threading.Event()

        def note(**_: object) -> None:
            started.set()

        client.meta.events.register("after-call.lightsail.CopySnapshot", note)
        task = asyncio.create_task(aio.copy_snapshot(client, REQUEST, clock=clock))
        await asyncio.to_thread(started.wait)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return (await aio.copy_snapshot(client, REQUEST, if_exists="adopt", clock=clock)).adopted

    assert asyncio.run(job())


def test_three_copies_run_at_once(fake: FakeLightsail) -> None:
    async def job() -> Any:
        client, clock = threads(fake), AsyncClock(fake.clock)
        requests = [
            ManualSnapshotCopy(
                source_region=SOURCE, source_snapshot_name="web-1-monday", target_snapshot_name=f"web-1-copy-{number}"
            )
            for number in range(3)
        ]
        return await asyncio.gather(*(aio.copy_snapshot(client, each, clock=clock) for each in requests))

    assert len({result.operations[0].id for result in asyncio.run(job())}) == 3


def jobs() -> list[CopyJob]:
    return [CopyJob(target_region=TARGET, request=REQUEST)]


@pytest.mark.parametrize(
    "call",
    [
        lambda fake, clock: copy_snapshot(fake.client(TARGET), REQUEST, clock=clock),
        lambda fake, clock: wait_for_operations(fake.client(TARGET), "some-id", clock=clock),
        lambda fake, clock: copy_snapshots(jobs(), clients=fake.client, clock=clock),
    ],
)
def test_a_clock_that_is_awaited_is_a_type_error_in_the_package(fake: FakeLightsail, call: Any) -> None:
    with pytest.raises(TypeError, match=r"clock must have a sleep\(\) that blocks.* lightsail_copy\.aio"):
        call(fake, AsyncClock(fake.clock))
    assert fake.calls == ()


@pytest.mark.parametrize(
    "call",
    [
        lambda fake: aio.copy_snapshot(threads(fake), REQUEST, clock=fake.clock),
        lambda fake: aio.wait_for_operations(threads(fake), "some-id", clock=fake.clock),
        lambda fake: aio.copy_snapshots(jobs(), clients={TARGET: threads(fake)}, clock=fake.clock),
    ],
)
def test_a_clock_that_blocks_is_a_type_error_before_anything_is_sent(fake: FakeLightsail, call: Any) -> None:
    with pytest.raises(TypeError, match=r"clock must have a sleep\(\) that is awaited"):
        asyncio.run(call(fake))
    assert fake.calls == ()


class FutureClock(AsyncClock):
    """A clock whose sleep is a plain function that returns what is awaited."""

    def sleep(self, seconds: float, /) -> Any:
        return asyncio.ensure_future(super().sleep(seconds))


class CoroutineClock(AsyncClock):
    """A clock whose sleep is a plain function that returns a coroutine."""

    def sleep(self, seconds: float, /) -> Any:
        return super().sleep(seconds)


@pytest.mark.measured
@pytest.mark.parametrize("kind", [FutureClock, CoroutineClock])
def test_the_sleep_of_a_clock_may_return_any_awaitable(fake: FakeLightsail, kind: type[AsyncClock]) -> None:
    async def wait() -> Any:
        result = await aio.copy_snapshot(threads(fake), REQUEST)
        return await aio.wait_for_operations(threads(fake), result, clock=kind(fake.clock))

    (operation,) = asyncio.run(wait())
    assert operation.succeeded


def test_the_default_clock_sleeps_in_the_event_loop_also_if_its_sleep_is_replaced(
    fake: FakeLightsail, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        fake.clock.advance(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    fake.copy_duration = 60

    async def wait() -> Any:
        return await aio.wait_for_operations(threads(fake), await aio.copy_snapshot(threads(fake), REQUEST))

    (operation,) = asyncio.run(wait())
    assert operation.succeeded
    assert sum(slept) >= 60


def test_a_function_takes_the_arguments_of_its_twin() -> None:
    assert SHARED
    for name in SHARED:
        ours = inspect.signature(getattr(aio, name)).parameters
        twins = inspect.signature(getattr(lightsail_copy, name)).parameters
        assert list(ours) == list(twins), name
        defaults = {key: value.default for key, value in ours.items() if key != "clock"}
        assert defaults == {key: value.default for key, value in twins.items() if key != "clock"}, name
        assert [value.kind for value in ours.values()] == [value.kind for value in twins.values()], name


def test_every_function_of_the_package_that_takes_a_client_has_a_twin() -> None:
    names = {
        name
        for name in lightsail_copy.__all__
        if inspect.isfunction(function := getattr(lightsail_copy, name))
        and {"client", "source_client", "clients"} & inspect.signature(function).parameters.keys()
    }
    assert names == set(SHARED)


@pytest.mark.skipif(importlib.util.find_spec("aiobotocore") is not None, reason="aiobotocore is installed")
def test_a_client_of_aiobotocore_needs_the_package(fake: FakeLightsail) -> None:
    async def job() -> None:
        async with fake.aio_client(TARGET):
            pass

    with pytest.raises(ImportError, match="aiobotocore"):
        asyncio.run(job())
