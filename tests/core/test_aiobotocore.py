"""The functions of `lightsail_copy.aio` with clients of aiobotocore, in process and over HTTP."""

# ruff: noqa: ANN401 - aiobotocore makes its client classes at run time
from __future__ import annotations

import asyncio
import socket
import struct
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from both_worlds import AsyncClock
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

import lightsail_copy
from lightsail_copy import (
    CopyFailedError,
    CopyJob,
    CopySnapshotResult,
    ManualSnapshotCopy,
    NameInUseError,
    Operation,
    ServiceUnreachableError,
    UnexpectedResponseError,
    UnknownOutcomeError,
    aio,
)
from lightsail_copy.testing import FakeLightsail, faults

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

pytest.importorskip("aiobotocore", reason="the session aiobotocore installs it")

TARGET = "us-west-2"


def manual(target_snapshot_name: str = "web-1-copy") -> ManualSnapshotCopy:
    """Return a request to copy a snapshot of the fixture `fake`."""
    return ManualSnapshotCopy(
        source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name=target_snapshot_name
    )


def config(**settings: Any) -> Any:
    """Return a configuration of aiobotocore."""
    return import_module("aiobotocore.config").AioConfig(**settings)


def with_client(fake: FakeLightsail, job: Callable[[Any], Coroutine[Any, Any, Any]], **settings: Any) -> Any:
    """Run a coroutine with a client of the target Region."""

    async def main() -> Any:
        async with fake.aio_client(TARGET, config=config(**settings)) as client:
            return await job(client)

    return asyncio.run(main())


async def copy(client: Any) -> CopySnapshotResult:
    """Copy with the defaults."""
    return await aio.copy_snapshot(client, manual())


async def copy_at_once(client: Any) -> CopySnapshotResult:
    """Copy, and look up an open outcome once."""
    return await aio.copy_snapshot(client, manual(), lookup_timeout=0)


async def get_operation(client: Any) -> Operation:
    """Get an operation that does not exist."""
    return await aio.get_operation(client, "0a1b")


def served_client(url: str) -> AbstractAsyncContextManager[Any]:
    """Return a client of a served fake."""
    session: Any = import_module("aiobotocore.session").get_session()
    opened: AbstractAsyncContextManager[Any] = session.create_client(
        "lightsail",
        region_name=TARGET,
        endpoint_url=url,
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=config(retries={"total_max_attempts": 1}),
    )
    return opened


def test_a_copy_is_started_watched_and_waited_for(fake: FakeLightsail) -> None:
    async def job(client: Any) -> Any:
        clock = AsyncClock(fake.clock)
        result = await aio.copy_snapshot(client, manual(), clock=clock)
        watched: AsyncIterator[Any] = aio.watch_operations(client, result, clock=clock)
        return [state async for state in watched], await aio.wait_for_operations(client, result, clock=clock)

    states, (last,) = with_client(fake, job)
    assert [state[0].done for state in states] == [False, True]
    assert last.succeeded


def test_lookups_return_what_those_of_the_package_return(fake: FakeLightsail, source_client: Any) -> None:
    async def main() -> None:
        async with fake.aio_client("us-east-1") as client, fake.aio_client(TARGET) as target:
            assert await aio.list_snapshots(client) == lightsail_copy.list_snapshots(source_client)
            plan = await aio.plan_copy(client, target, manual())
            assert plan == lightsail_copy.plan_copy(source_client, fake.client(TARGET), manual())
            snapshots = await aio.get_auto_snapshots(client, "web-1")
            assert snapshots == lightsail_copy.get_auto_snapshots(source_client, "web-1")

    asyncio.run(main())


def test_a_lost_response_is_adopted_and_no_retry_sleeps(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
    started = time.monotonic()
    result = with_client(fake, copy)
    assert result.adopted
    assert len(fake.retry_delays) == 1
    assert time.monotonic() - started < 60


def test_the_adaptive_mode_does_not_sleep_either(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.throttled(), times=2)
    result = with_client(fake, copy, retries={"mode": "adaptive"})
    assert not result.adopted
    assert len(fake.retry_delays) == 2


def test_what_the_parser_stumbled_over_is_in_the_error(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.replaced_response(b"[]", performed=False))
    with pytest.raises(UnexpectedResponseError) as caught:
        with_client(fake, copy_at_once)
    response: Any = caught.value.response
    assert response["body"] == b"[]"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.connection_refused(), EndpointConnectionError),
        (faults.read_timeout(), ReadTimeoutError),
    ],
)
def test_a_broken_connection_is_also_the_class_of_botocore(fake: FakeLightsail, fault: Any, error: Any) -> None:
    fake.fail_next("GetOperation", fault, times=9)
    with pytest.raises(ServiceUnreachableError) as caught:
        with_client(fake, get_operation)
    assert isinstance(caught.value, error)


def test_a_name_in_use_is_its_own_error(fake: FakeLightsail) -> None:
    fake.add_manual_snapshot(manual().target_snapshot_name, TARGET)
    with pytest.raises(NameInUseError):
        with_client(fake, copy)


def test_a_failed_copy_ends_the_wait(fake: FakeLightsail) -> None:
    fake.fail_next_copy("Broken", "The disk broke.")

    async def job(client: Any) -> Any:
        clock = AsyncClock(fake.clock)
        return await aio.wait_for_operations(client, await aio.copy_snapshot(client, manual()), clock=clock)

    with pytest.raises(CopyFailedError, match="The disk broke"):
        with_client(fake, job)


def test_the_functions_of_the_package_reject_it_before_anything_is_sent(fake: FakeLightsail) -> None:
    async def job(client: Any) -> None:
        lightsail_copy.copy_snapshot(client, manual())

    with pytest.raises(TypeError, match=r"lightsail_copy\.aio"):
        with_client(fake, job)
    assert fake.calls == ()


def copy_without_a_server(**options: Any) -> ServiceUnreachableError:
    """Copy with a client of a URL, and return the error."""

    async def main() -> None:
        session: Any = import_module("aiobotocore.session").get_session()
        made = {"aws_access_key_id": "made-up", "aws_secret_access_key": "made-up", **options}
        single = config(retries={"total_max_attempts": 1}, proxies={})
        async with session.create_client("lightsail", region_name=TARGET, config=single, **made) as client:
            await copy(client)

    with pytest.raises(ServiceUnreachableError) as caught:
        asyncio.run(main())
    return caught.value


def test_a_connection_that_broke_is_not_taken_for_one_that_was_not_made() -> None:
    """The package has one class for both."""

    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        linger: Any = writer.get_extra_info("socket")
        linger.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async def job() -> None:
        server = await asyncio.start_server(reset, "127.0.0.1")
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, served_client(url) as client:
            await copy_at_once(client)

    with pytest.raises(UnknownOutcomeError, match="may have started"):
        asyncio.run(job())


def test_what_could_not_be_sent_is_known(fake: FakeLightsail, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    started = time.monotonic()
    with fake.serve() as url:
        errors = [
            copy_without_a_server(endpoint_url=url, aws_access_key_id="made-up\n"),
            copy_without_a_server(endpoint_url="https://127.0.0.1:9", verify=str(tmp_path / "none.pem")),
            copy_without_a_server(endpoint_url="https://127.0.0.1:9", verify=str(broken)),
            copy_without_a_server(endpoint_url="http://127.0.0.1:9"),
        ]
    assert [error.may_have_arrived for error in errors] == [False] * 4
    assert time.monotonic() - started < 10
    assert fake.calls == ()


@pytest.mark.parametrize("event", ["before-parse", "response-received", "needs-retry", "after-call"])
def test_a_hook_that_fails_after_the_response_does_not_lose_the_copy(fake: FakeLightsail, event: str) -> None:
    async def job(client: Any) -> CopySnapshotResult:
        async def hook(**_: object) -> None:
            raise RuntimeError

        client.meta.events.register(f"{event}.lightsail.CopySnapshot", hook)
        return await copy(client)

    assert with_client(fake, job).adopted
    assert len(fake.calls_of("CopySnapshot")) == 1


def test_tasks_that_share_a_client_do_not_share_their_attempts(fake: FakeLightsail) -> None:
    for number in range(20):
        fault = faults.connection_closed(performed=True) if number % 2 else faults.connection_refused()
        fake.fail_next("CopySnapshot", fault)

    async def job(client: Any) -> list[Any]:
        clock = AsyncClock(fake.clock)
        copies = [aio.copy_snapshot(client, manual(f"copy-{number}"), clock=clock) for number in range(20)]
        return await asyncio.gather(*copies, return_exceptions=True)

    ends = with_client(fake, job, retries={"total_max_attempts": 1})
    assert sum(isinstance(end, CopySnapshotResult) and end.adopted for end in ends) == 10
    assert sum(isinstance(end, ServiceUnreachableError) and not end.may_have_arrived for end in ends) == 10


def test_three_copies_at_once_over_http() -> None:
    fake = FakeLightsail(clock=time, copy_duration=0)
    fake.add_manual_snapshot("web-1-monday", "us-east-1")
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))

    async def job(url: str) -> Any:
        async with served_client(url) as client:
            return await asyncio.gather(*(aio.copy_snapshot(client, manual(f"copy-{number}")) for number in range(3)))

    with fake.serve() as url:
        results = asyncio.run(job(url))
    assert sorted(fake.snapshot_names(TARGET)) == ["copy-0", "copy-1", "copy-2"]
    assert sorted(result.adopted for result in results) == [False, False, True]


def test_a_cancelled_copy_is_found_by_the_next_run(fake: FakeLightsail) -> None:
    async def job(client: Any) -> Any:
        def interrupt(_: object) -> object:
            task.cancel()
            return {}

        fake.fail_next("CopySnapshot", faults.edited_response(interrupt))
        task = asyncio.ensure_future(aio.copy_snapshot(client, manual()))
        with pytest.raises(asyncio.CancelledError):
            await task
        return await aio.copy_snapshot(client, manual(), if_exists="adopt")

    assert with_client(fake, job).adopted
    assert fake.snapshot_names(TARGET) == (manual().target_snapshot_name,)


def test_a_fleet_copies_to_several_regions(fake: FakeLightsail) -> None:
    regions = ("us-west-2", "eu-west-1")

    async def main() -> Any:
        async with fake.aio_client(regions[0]) as first, fake.aio_client(regions[1]) as second:
            clients: dict[str, Any] = dict(zip(regions, (first, second), strict=True))
            jobs = [CopyJob(target_region=region, request=manual(f"copy-{n}")) for region in regions for n in range(3)]
            return await aio.copy_snapshots(jobs, clients=clients, wait=False, clock=AsyncClock(fake.clock))

    assert all(outcome.succeeded is not False and outcome.error is None for outcome in asyncio.run(main()))
    assert [len(fake.snapshot_names(region)) for region in regions] == [3, 3]
