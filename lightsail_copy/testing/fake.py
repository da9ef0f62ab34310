"""`FakeLightsail`: the fake itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Iterable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from inspect import iscoroutinefunction
from typing import Any, Generic, Literal, Protocol, cast, overload

from botocore.config import Config
from typing_extensions import TypeVar

from lightsail_copy.testing import scenario
from lightsail_copy.testing.backend import Backend, Call
from lightsail_copy.testing.clock import Clock, FakeClock
from lightsail_copy.testing.faults import Fault
from lightsail_copy.testing.handlers import OPERATIONS
from lightsail_copy.testing.responses import Response
from lightsail_copy.testing.state import Account, CopyFailure, Disk, Instance, Operation, Region, Snapshot

ClockT = TypeVar("ClockT", bound=Clock, default=FakeClock)


OperationName = Literal[
    "CopySnapshot",
    "DeleteDiskSnapshot",
    "DeleteInstanceSnapshot",
    "GetAutoSnapshots",
    "GetDisk",
    "GetDiskSnapshot",
    "GetDiskSnapshots",
    "GetDisks",
    "GetInstance",
    "GetInstanceSnapshot",
    "GetInstanceSnapshots",
    "GetInstances",
    "GetOperation",
    "GetOperations",
    "GetOperationsForResource",
]
AutoSnapshotStatusName = Literal["Failed", "InProgress", "NotFound", "Success"]

_SERVED_CALLS = 10_000


class BotoClient(Protocol):
    """Has what each client of boto3 has, with stubs and without."""

    @property
    def meta(self) -> Any:
        """The metadata of the client."""
        ...


class FakeLightsail(Generic[ClockT]):
    """
    Any number of Lightsail Regions in memory.

    Threads may share one fake and its clients; two fakes share nothing. A Region is its name or its `RegionName`;
    methods that take one raise ValueError where it is neither.

    Attributes:
        clock: the clock of its timestamps and durations.
    """

    @overload
    def __init__(
        self: FakeLightsail[FakeClock], *, clock: None = None, copy_duration: float = 120.0, page_size: int = 200
    ) -> None: ...

    @overload
    def __init__(self, *, clock: ClockT, copy_duration: float = 120.0, page_size: int = 200) -> None: ...

    def __init__(self, *, clock: ClockT | None = None, copy_duration: float = 120.0, page_size: int = 200) -> None:
        """
        Make a fake without resources.

        Args:
            clock: a `FakeClock`, the module `time` for real time, or anything with ``time()``; by default a new
                `FakeClock`.
            copy_duration: how many seconds a copy takes on that clock.
            page_size: how many resources or operations one page of a list has.

        Raises:
            ValueError: the duration is negative, or the page size less than one.
        """
        if page_size < 1:
            raise ValueError(f"page_size is {page_size!r}: give a whole number, one or more")
        self.clock = cast("ClockT", FakeClock()) if clock is None else clock
        self._backend = Backend(
            Account(copy_duration=scenario.duration(copy_duration), page_size=page_size), self.clock
        )
        self._retry_delays: list[float] = []

    @property
    def copy_duration(self) -> float:
        """How many seconds the next copies take; it can be set."""
        return self._backend.account.copy_duration

    @copy_duration.setter
    def copy_duration(self, seconds: float) -> None:
        with self._backend.lock:
            self._backend.account.copy_duration = scenario.duration(seconds)

    def add_instance(
        self,
        name: str,
        region: str,
        *,
        size_in_gb: int = 40,
        blueprint_id: str = "ubuntu_24_04",
        bundle_id: str = "small_3_0",
        attached_disks: Iterable[str] = (),
    ) -> None:
        """
        Add a running instance.

        Args:
            name: its name, unique in its Region.
            region: where it is.
            size_in_gb: the size of its system disk.
            blueprint_id: its operating system image.
            bundle_id: the plan that it runs on.
            attached_disks: the names of disks of that Region.

        Raises:
            ValueError: the name is invalid or in use, the size is less than one, or a disk does not exist or is already
                attached.
        """
        with self._open(region) as (place, now):
            instance = Instance(
                name=name,
                region=place.name,
                created_at=now,
                size_in_gb=size_in_gb,
                blueprint_id=blueprint_id,
                bundle_id=bundle_id,
                attached_disks=scenario.attach_disks(place, attached_disks),
            )
            scenario.add(place, instance)

    def add_disk(self, name: str, region: str, *, size_in_gb: int = 8) -> None:
        """
        Add a disk.

        Args:
            name: its name, unique in its Region.
            region: where it is.
            size_in_gb: its size.

        Raises:
            ValueError: the name is invalid or in use, or the size is less than one.
        """
        with self._open(region) as (place, now):
            scenario.add(place, Disk(name=name, region=place.name, created_at=now, size_in_gb=size_in_gb))

    def add_auto_snapshot(
        self,
        resource_name: str,
        region: str,
        date: dt.date | str | None = None,
        *,
        status: AutoSnapshotStatusName = "Success",
    ) -> None:
        """
        Add or replace the automatic snapshot of a day; only the latest seven are kept.

        Args:
            resource_name: an instance or a disk.
            region: where it is.
            date: the UTC day, a date or text of the form YYYY-MM-DD; by default today on the fake's clock.
            status: one of Success, Failed, InProgress and NotFound.

        Raises:
            ValueError: the resource does not exist, the date is not valid, or the status is unknown.
        """
        with self._open(region) as (place, now):
            scenario.add_auto_snapshot(place, resource_name, date, status, now)

    def add_manual_snapshot(
        self,
        name: str,
        region: str,
        *,
        source: str | None = None,
        resource_type: str | None = None,
        size_in_gb: int | None = None,
        state: str | None = None,
        created_at: dt.datetime | None = None,
    ) -> None:
        """
        Add a manual snapshot.

        Args:
            name: its name, unique in its Region.
            region: where it is.
            source: the instance or disk of that Region that it was made from; by default one that no longer exists.
            resource_type: InstanceSnapshot or DiskSnapshot; by default that of the source, or InstanceSnapshot
                without one.
            size_in_gb: its size; by default that of the source.
            state: its state, as the service names it; by default the one in which it can be copied.
            created_at: when it was created, with a time zone; by default now, on the fake's clock.

        Raises:
            ValueError: the name is invalid or in use, the source does not exist, or the type, size, state or
                time does not fit.
        """
        with self._open(region) as (place, now):
            taken_from = scenario.find_source(place, name, source, resource_type, now)
            created = scenario.timestamp(created_at, now)
            scenario.add(place, scenario.manual_snapshot(name, taken_from, size_in_gb, state, created))

    def add_operation(
        self,
        operation_id: str,
        region: str,
        *,
        resource_name: str,
        resource_type: str,
        operation_type: str,
        details: str = "",
        error_code: str | None = None,
        error_details: str | None = None,
    ) -> None:
        """
        Add an operation that has ended.

        Args:
            operation_id: its id, unique in its Region.
            region: where it was.
            resource_name: the resource that it changed, which does not have to exist.
            resource_type: the type of that resource, such as ``Instance``.
            operation_type: what it did, such as ``CreateInstance``.
            details: its details.
            error_code: the code of its failure; by default it succeeded.
            error_details: the message of that failure.

        Raises:
            ValueError: the id is in use.
        """
        with self._open(region) as (place, now):
            operation = Operation(
                id=operation_id,
                resource_name=resource_name,
                resource_type=resource_type,
                region=place.name,
                created_at=now,
                ends_at=now,
                operation_type=operation_type,
                details=details,
                error_code=error_code,
                error_details=error_details,
            )
            scenario.add_operation(place, operation)

    def remove(self, name: str, region: str) -> None:
        """
        Delete an instance, a disk or a manual snapshot.

        Its automatic snapshots go with it. Its operations stay, and the deletion is the last of them.

        Args:
            name: its name.
            region: where it is.

        Raises:
            ValueError: the Region has no resource of that name.
        """
        with self._open(region) as (place, now):
            scenario.remove(self._backend.account, place, name, now)

    def snapshot_names(self, region: str) -> tuple[str, ...]:
        """Return the names of the manual snapshots of a Region, oldest first, whatever their state."""
        with self._open(region) as (place, _):
            return tuple(name for name, resource in place.resources.items() if isinstance(resource, Snapshot))

    def fail_next(self, operation: OperationName, fault: Fault, *, times: int = 1) -> None:
        """
        Make the next calls of an operation fail with a fault; faults queue up.

        Each retry by botocore is a call too: to make all retries fail, set `times` to the number of attempts.

        Args:
            operation: the operation's name, such as ``CopySnapshot``.
            fault: what goes wrong.
            times: how many calls fail.

        Raises:
            ValueError: the fake does not serve that operation, or `times` is less than one.
        """
        if operation not in OPERATIONS:
            raise ValueError(f"operation is {operation!r}: give one of {', '.join(OPERATIONS)}")
        if times < 1:
            raise ValueError(f"times is {times!r}: give a whole number, one or more")
        with self._backend.lock:
            self._backend.faults[operation].extend([fault] * times)

    def fail_next_copy(self, error_code: str, error_details: str) -> None:
        """
        Make the next accepted copy fail at its end; its snapshot gets the state error, and still uses the name.

        Args:
            error_code: the code of the failed operation.
            error_details: its message.
        """
        with self._backend.lock:
            self._backend.account.copy_failures.append(CopyFailure(error_code, error_details))

    def reset(self) -> None:
        """Forget all resources, operations, queued faults and recorded calls; the clock keeps its time."""
        self._backend.reset()

    @property
    def calls(self) -> tuple[Call, ...]:
        """All requests so far, in order of arrival. Their headers are not kept, because they have secrets."""
        with self._backend.lock:
            return tuple(self._backend.calls)

    def calls_of(self, operation: str) -> tuple[Call, ...]:
        """Return the requests of one operation, in order of arrival."""
        return tuple(call for call in self.calls if call.operation == operation)

    @property
    def retry_delays(self) -> tuple[float, ...]:
        """The seconds that botocore would have slept before each retry, for the clients made by `client`."""
        return tuple(self._retry_delays)

    # boto3 makes its client classes at run time, so there is no narrower type.
    def client(self, region: str, *, config: Config | None = None) -> Any:
        """
        Return a new boto3 client of a Region, served by this fake.

        It signs with made-up credentials and ignores the settings of the environment and of files. It sleeps neither
        before a retry (see `retry_delays`) nor for the rate limiter of the retry mode ``adaptive``.

        Args:
            region: the client's Region, which is where copies go.
            config: botocore's configuration, such as a retry mode.
        """
        from lightsail_copy.testing import boto_clients  # noqa: PLC0415 - boto3 is slow to import, and a server needs none

        return boto_clients.make_client(scenario.region_name(region), config, self.respond, self._retry_delays.append)

    def aio_client(self, region: str, *, config: Config | None = None) -> AbstractAsyncContextManager[Any]:
        """
        Return a new aiobotocore client of a Region, served by this fake, for ``async with``.

        As a client of `client`, it ignores all settings and never sleeps. It needs aiobotocore, which you install.

        Args:
            region: the client's Region, which is where copies go.
            config: aiobotocore's configuration.

        Raises:
            ImportError: aiobotocore is not installed.
        """
        from lightsail_copy.testing import aio_clients  # noqa: PLC0415 - as in `client`

        return aio_clients.make_client(scenario.region_name(region), config, self.respond, self._retry_delays.append)

    def attach(self, client: BotoClient) -> None:
        """
        Serve a client that you have made, in place of the service or of another fake.

        It keeps its credentials and settings, and it does sleep before a retry.

        Args:
            client: a boto3 client of Lightsail.

        Raises:
            TypeError: it is not a boto3 client, or its methods are awaited.
            ValueError: it is a client of another service.
        """
        make_call = getattr(cast("object", client).__class__, "_make_api_call", None)
        if make_call is None or iscoroutinefunction(make_call):
            raise TypeError(f"client must be a boto3 client of Lightsail, not {client!r}")
        service = client.meta.service_model.service_name
        if service != "lightsail":
            raise ValueError(f"client is one of {service}: give one of lightsail")
        from lightsail_copy.testing import boto_clients  # noqa: PLC0415 - as in `client`

        boto_clients.attach(client, self.respond)

    def respond(self, region: str, operation: str, body: bytes) -> Response:
        """
        Respond to one request, whatever carried it here.

        Args:
            region: the Region that received it.
            operation: the operation's name, without its prefix in the header ``X-Amz-Target``.
            body: the body of the request, any bytes.

        Raises:
            BrokenConnection: a fault breaks the connection.
        """
        return self._backend.respond(region, operation, body)

    def serve(self, *, host: str = "127.0.0.1", port: int = 0, control: bool = False) -> AbstractContextManager[str]:
        """
        Serve this fake over HTTP until the context ends; the context is the endpoint's URL.

        Clients in any language can use it, with any credentials; the Region is that of the credentials' scope. The
        ``Date`` header has the real time whatever the fake's clock says: some SDKs correct their own clock by it. From
        then on, `calls` has the latest 10,000.

        Args:
            host: the address to listen at; by default one that only this machine can reach.
            port: the port; by default any free one.
            control: whether clients can steer the fake over HTTP (see `lightsail_copy.testing.control`).

        Raises:
            ValueError: `control` is set and the host is not a loopback address.
        """
        from lightsail_copy.testing import server  # noqa: PLC0415 - for those who serve
        from lightsail_copy.testing.control import Control  # noqa: PLC0415 - as above

        if control and host not in {"localhost", "::1"} and not host.startswith("127."):
            raise ValueError(f"host is {host!r}: control is only for a loopback address, such as '127.0.0.1'")

        # A server that is polled for days must not grow.
        self._backend.limit_calls(_SERVED_CALLS)
        return server.serve(self, host, port, control=Control(self) if control else None)

    @contextmanager
    def _open(self, region: str) -> Generator[tuple[Region, float], None, None]:
        name = scenario.region_name(region)
        with self._backend.lock:
            yield self._backend.account.region(name), self.clock.time()
