"""`FakeLightsail`: the fake itself, which holds the Regions and answers for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Iterable
from contextlib import AbstractContextManager, contextmanager
from inspect import iscoroutinefunction
from typing import Any, Generic, Literal, Protocol, cast, overload

from botocore.config import Config
from typing_extensions import TypeVar

from lightsail_copy.testing import scene
from lightsail_copy.testing.clock import Clock, FakeClock
from lightsail_copy.testing.engine import Call, Engine
from lightsail_copy.testing.faults import Fault
from lightsail_copy.testing.operations import OPERATIONS
from lightsail_copy.testing.replies import Reply
from lightsail_copy.testing.state import CopyFailure, Disk, Instance, Operation, Region, Snapshot, World

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
    def meta(self) -> Any:  # noqa: ANN401 - botocore's own
        """The metadata of the client."""
        ...


class FakeLightsail(Generic[ClockT]):
    """
    Any number of Lightsail Regions in memory.

    Threads may share one fake and its clients; two fakes share nothing. A Region is given as its name or its
    `RegionName`; a method that takes one raises ValueError where it is neither.

    Attributes:
        clock: the clock that it reads.
    """

    @overload
    def __init__(
        self: FakeLightsail[FakeClock], *, clock: None = None, copy_duration: float = 120.0, page_size: int = 200
    ) -> None: ...

    @overload
    def __init__(self, *, clock: ClockT, copy_duration: float = 120.0, page_size: int = 200) -> None: ...

    def __init__(self, *, clock: ClockT | None = None, copy_duration: float = 120.0, page_size: int = 200) -> None:
        """
        Make a fake without any resources.

        Args:
            clock: a `FakeClock`, the module `time` for real time, or anything with ``time()``; by default a new
                `FakeClock`.
            copy_duration: how many seconds a copy takes on that clock.
            page_size: how many things one page of a list holds.

        Raises:
            ValueError: the duration is negative, or the page size less than one.
        """
        if page_size < 1:
            raise ValueError(f"page_size is {page_size!r}: give a whole number, one or more")
        self.clock = cast("ClockT", FakeClock()) if clock is None else clock
        self._engine = Engine(World(copy_duration=scene.duration(copy_duration), page_size=page_size), self.clock)
        self._retry_delays: list[float] = []

    @property
    def copy_duration(self) -> float:
        """How many seconds a copy takes that is accepted from now on; it can be set."""
        return self._engine.world.copy_duration

    @copy_duration.setter
    def copy_duration(self, seconds: float) -> None:
        with self._engine.lock:
            self._engine.world.copy_duration = scene.duration(seconds)

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
            blueprint_id: what it was made from.
            bundle_id: the plan that it runs on.
            attached_disks: the names of disks of that Region.

        Raises:
            ValueError: the name is bad or in use, the size is no size, or a disk is not there or attached already.
        """
        with self._open(region) as (place, moment):
            instance = Instance(
                name=name,
                region=place.name,
                created_at=moment,
                size_in_gb=size_in_gb,
                blueprint_id=blueprint_id,
                bundle_id=bundle_id,
                attached_disks=scene.attach_disks(place, attached_disks),
            )
            scene.put(place, instance)

    def add_disk(self, name: str, region: str, *, size_in_gb: int = 8) -> None:
        """
        Add a disk.

        Args:
            name: its name, unique in its Region.
            region: where it is.
            size_in_gb: its size.

        Raises:
            ValueError: the name is bad or in use, or the size is no size.
        """
        with self._open(region) as (place, moment):
            scene.put(place, Disk(name=name, region=place.name, created_at=moment, size_in_gb=size_in_gb))

    def add_auto_snapshot(
        self,
        resource_name: str,
        region: str,
        date: dt.date | str | None = None,
        *,
        status: AutoSnapshotStatusName = "Success",
    ) -> None:
        """
        Add the automatic snapshot of a day, or change the one that is there; only the latest seven are kept.

        Args:
            resource_name: an instance or a disk.
            region: where it is.
            date: the UTC day, a date or a text of the form YYYY-MM-DD; by default today on the fake's clock.
            status: the service's word, one of Success, Failed, InProgress and NotFound.

        Raises:
            ValueError: the resource is not there, the date is none, or the status is no such word.
        """
        with self._open(region) as (place, moment):
            scene.add_auto_snapshot(place, resource_name, date, status, moment)

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
            source: the instance or disk of that Region that it was taken from; by default one that is gone by now.
            resource_type: InstanceSnapshot or DiskSnapshot; by default what the source says, and InstanceSnapshot where
                that is gone.
            size_in_gb: its size; by default that of the source.
            state: the service's word for its state; by default the one in which it can be copied.
            created_at: when it was created, with a time zone; by default now, on the fake's clock.

        Raises:
            ValueError: the name is bad or in use, the source is not there, or the type, size, state or
                time does not fit.
        """
        with self._open(region) as (place, moment):
            taken_from = scene.source(place, name, source, resource_type, moment)
            created = scene.timestamp(created_at, moment)
            scene.put(place, scene.manual_snapshot(name, taken_from, size_in_gb, state, created))

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
        Add an operation that is over.

        Args:
            operation_id: its id, unique in its Region.
            region: where it was.
            resource_name: what it was about, which may be gone.
            resource_type: the type of that, such as ``Instance``.
            operation_type: what it did, such as ``CreateInstance``.
            details: what the service says beside.
            error_code: the code of its failure; by default it succeeded.
            error_details: the sentence to that.

        Raises:
            ValueError: the id is in use.
        """
        with self._open(region) as (place, moment):
            operation = Operation(
                id=operation_id,
                resource_name=resource_name,
                resource_type=resource_type,
                region=place.name,
                created_at=moment,
                ends_at=moment,
                operation_type=operation_type,
                details=details,
                error_code=error_code,
                error_details=error_details,
            )
            scene.put_operation(place, operation)

    def remove(self, name: str, region: str) -> None:
        """
        Delete a resource or a snapshot.

        The automatic snapshots of a resource go with it. Its operations stay, and the deletion is the last of them.

        Args:
            name: its name.
            region: where it is.

        Raises:
            ValueError: nothing there has that name.
        """
        with self._open(region) as (place, moment):
            scene.remove(self._engine.world, place, name, moment)

    def snapshot_names(self, region: str) -> tuple[str, ...]:
        """Return the names of the manual snapshots of a Region, oldest first, whatever their state."""
        with self._open(region) as (place, _):
            return tuple(name for name, held in place.holdings.items() if isinstance(held, Snapshot))

    def fail_next(self, operation: OperationName, fault: Fault, *, times: int = 1) -> None:
        """
        Have the next calls of an operation meet a fault; faults queue.

        A re-send by botocore is a call too, so that a fault outlasts the re-sends only if it is met as many times.

        Args:
            operation: the operation's name, such as ``CopySnapshot``.
            fault: what goes wrong.
            times: how many calls meet it.

        Raises:
            ValueError: the fake does not serve that operation, or the times are less than one.
        """
        if operation not in OPERATIONS:
            raise ValueError(f"operation is {operation!r}: give one of {', '.join(OPERATIONS)}")
        if times < 1:
            raise ValueError(f"times is {times!r}: give a whole number, one or more")
        with self._engine.lock:
            self._engine.faults[operation].extend([fault] * times)

    def fail_next_copy(self, error_code: str, error_details: str) -> None:
        """
        Have the next copy that is accepted fail at its end; its snapshot goes on holding the name, in state error.

        Args:
            error_code: the code of the failed operation.
            error_details: its sentence.
        """
        with self._engine.lock:
            self._engine.world.copy_failures.append(CopyFailure(error_code, error_details))

    @property
    def calls(self) -> tuple[Call, ...]:
        """All requests so far, in the order in which they came; no header is kept, so no secret either."""
        with self._engine.lock:
            return tuple(self._engine.calls)

    def calls_of(self, operation: str) -> tuple[Call, ...]:
        """Return the requests of one operation, in the order in which they came."""
        return tuple(call for call in self.calls if call.operation == operation)

    @property
    def retry_delays(self) -> tuple[float, ...]:
        """The seconds that botocore would have slept before each re-send, for the clients that `client` made."""
        return tuple(self._retry_delays)

    # boto3 makes its client classes at run time, so there is no narrower type.
    def client(self, region: str, *, config: Config | None = None) -> Any:  # noqa: ANN401 - as above
        """
        Return a new boto3 client of a Region, answered by this fake.

        It signs with made-up credentials, heeds no setting of the environment or of files, and does not sleep before it
        sends again (see `retry_delays`), nor wait for the rate limiter of the retry mode ``adaptive``.

        Args:
            region: the client's Region, which is where copies go.
            config: botocore's configuration, for a retry mode and the like.
        """
        from lightsail_copy.testing import clients  # noqa: PLC0415 - boto3 is slow to import, and a server needs none

        return clients.make_client(scene.region_name(region), config, self.answer, self._retry_delays.append)

    def attach(self, client: BotoClient) -> None:
        """
        Answer a client that you have built, in place of the service or of another fake.

        It keeps its credentials and settings, and it does sleep before it sends again.

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
        from lightsail_copy.testing import clients  # noqa: PLC0415 - as in `client`

        clients.attach(client, self.answer)

    def answer(self, region: str, operation: str, body: bytes) -> Reply:
        """
        Answer one request, whatever carried it here.

        Args:
            region: the Region that was asked.
            operation: the operation's name, without the prefix that it has in the header ``X-Amz-Target``.
            body: the body of the request, any bytes.

        Raises:
            Break: a fault breaks the connection.
        """
        return self._engine.answer(region, operation, body)

    def serve(self, *, host: str = "127.0.0.1", port: int = 0) -> AbstractContextManager[str]:
        """
        Serve this fake over HTTP, and give the endpoint's URL, until the context is left.

        Clients in any language may use it, with any credentials; the Region is that of the credentials' scope.

        Args:
            host: the address to listen at, by default one that this machine alone can reach.
            port: the port, by default any that is free.

        From then on, `calls` has the last 10,000.
        """
        from lightsail_copy.testing import server  # noqa: PLC0415 - for those who serve

        # A server that is polled for days must not grow.
        self._engine.bound_calls(_SERVED_CALLS)
        return server.serve(self, host, port)

    @contextmanager
    def _open(self, region: str) -> Generator[tuple[Region, float], None, None]:
        name = scene.region_name(region)
        with self._engine.lock:
            yield self._engine.world.region(name), self.clock.time()
