"""`FakeLightsail`; other modules carry the requests to it, from boto3 clients in the same process or over HTTP."""

from __future__ import annotations

import datetime as dt
import threading
from collections import defaultdict, deque
from collections.abc import Generator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager, suppress
from inspect import iscoroutinefunction
from typing import Any, Generic, Literal, Protocol, cast, get_args

from attrs import evolve, frozen
from botocore.config import Config
from typing_extensions import TypeVar

from lightsail_copy.enums import AutoSnapshotStatus, OperationType
from lightsail_copy.testing import handlers, protocol
from lightsail_copy.testing import seed as seeds
from lightsail_copy.testing import state as states
from lightsail_copy.testing.clock import Clock, FakeClock, is_aware, is_duration
from lightsail_copy.testing.faults import Fault
from lightsail_copy.testing.protocol import RejectionError, Response
from lightsail_copy.testing.state import Account, Region, Resource, Snapshot, Source

AnyClient = Any  # boto3 makes its classes at run time
ClockT = TypeVar("ClockT", bound=Clock, default=FakeClock)

# fmt: off
OperationName = Literal[
    "CopySnapshot", "CreateDiskFromSnapshot", "CreateDiskSnapshot", "CreateInstanceSnapshot",
    "CreateInstancesFromSnapshot", "DeleteAutoSnapshot", "DeleteDisk", "DeleteDiskSnapshot", "DeleteInstance",
    "DeleteInstanceSnapshot", "DisableAddOn", "EnableAddOn", "GetActiveNames", "GetAutoSnapshots", "GetBlueprints",
    "GetBundles", "GetDisk", "GetDiskSnapshot", "GetDiskSnapshots", "GetDisks", "GetInstance", "GetInstanceSnapshot",
    "GetInstanceSnapshots", "GetInstances", "GetOperation", "GetOperations", "GetOperationsForResource", "GetRegions",
    "TagResource",
]
# fmt: on
AutoSnapshotStatusName = Literal["Failed", "InProgress", "NotFound", "Success"]

_TIME_OF_DAY = dt.time(6, tzinfo=dt.timezone.utc)
_LETTERS = "fghijklmnopqrstuvwxyz"
_SERVED_CALLS = 10_000
_MOST_TIMES = 10_000


@frozen(kw_only=True, order=False)
class Call:
    """
    One request that the fake received; each retry by botocore is a separate call.

    Attributes:
        operation: the operation's name, such as ``CopySnapshot``.
        region: the Region that received it.
        parameters: the members of the request; empty if its body could not be parsed.
        time: when it arrived, in UTC.
        fault: the fault that it hit, or None.
        status: the HTTP status of the response, or None if the connection broke.
    """

    operation: str
    region: str
    parameters: Mapping[str, object]
    time: dt.datetime
    fault: Fault | None
    status: int | None


class BotoClient(Protocol):
    """The shape of any boto3 client, with or without stubs."""

    @property
    def meta(self) -> AnyClient:
        """The metadata of the client."""
        ...


class FakeLightsail(Generic[ClockT]):
    """
    Any number of Lightsail Regions in memory.

    Threads may share one fake and its clients; two fakes share nothing. A name is unique in its Region. Methods that
    take a Region accept its name or its `RegionName`, and raise a ValueError for anything else.

    Args:
        clock: a `FakeClock`, by default a new one; the `time` module for real time; or anything with ``time()``.
        copy_duration: how many seconds a copy, or any other operation that takes time, lasts on that clock.
        page_size: how many resources or operations one page of a list has.
        seed: what it contains at first, and after a `reset`, in the form that `lightsail_copy.testing.seed` describes,
            or a function of the clock that returns it, such as ``seed.sample``; by default nothing.

    Attributes:
        clock: the clock of its timestamps and durations.

    Raises:
        ValueError: the duration is not a finite number, zero or more; the page size is not a whole number, one or more;
            or the seed is not valid.
    """

    def __init__(
        self,
        *,
        clock: ClockT | None = None,
        copy_duration: float = 120.0,
        page_size: int = 200,
        seed: seeds.Seed | None = None,
    ) -> None:
        if type(page_size) is not int or page_size < 1:
            raise ValueError(f"page_size is {page_size!r}: give a whole number, one or more")
        self.clock = cast("ClockT", FakeClock()) if clock is None else clock
        # Re-entrant, because the function of an edited response may use the fake.
        self._lock = threading.RLock()
        self._account = Account(copy_duration=copy_duration, page_size=page_size)
        self.copy_duration = copy_duration
        self._seed: seeds.Seed = {} if seed is None else seed
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._calls: deque[Call] = deque()
        self._retry_delays: list[float] = []
        self.reset()

    @property
    def copy_duration(self) -> float:
        """How many seconds the next copies and other operations take; it can be set."""
        return self._account.copy_duration

    @copy_duration.setter
    def copy_duration(self, seconds: float) -> None:
        if not is_duration(seconds):
            raise ValueError(f"copy_duration is {seconds!r}: give a finite number of seconds, zero or more")
        with self._lock:
            self._account.copy_duration = seconds

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
            name: its name.
            region: where it is.
            size_in_gb: the size of its system disk.
            blueprint_id: its operating system image.
            bundle_id: the plan that it runs on.
            attached_disks: the names of disks of that Region.

        Raises:
            ValueError: the name is invalid or in use, the size is not a whole number from 1 to 16384, a disk does not
                exist or is already attached, or more than 21 are given.
        """
        with self._open(region) as (place, now):
            disks = _attach(place, attached_disks)
            instance = _new(place, "Instance", name, size_in_gb, now)
            _add(place, evolve(instance, blueprint_id=blueprint_id, bundle_id=bundle_id, attached_disks=disks))

    def add_disk(self, name: str, region: str, *, size_in_gb: int = 8) -> None:
        """
        Add a disk.

        Args:
            name: its name.
            region: where it is.
            size_in_gb: its size.

        Raises:
            ValueError: the name is invalid or in use, or the size is not a whole number from 1 to 16384.
        """
        with self._open(region) as (place, now):
            _add(place, _new(place, "Disk", name, size_in_gb, now))

    def add_auto_snapshot(
        self,
        resource_name: str,
        region: str,
        date: dt.date | str | None = None,
        *,
        status: AutoSnapshotStatusName | AutoSnapshotStatus = "Success",
    ) -> None:
        """
        Add or replace the automatic snapshot of a day; only the latest seven are kept.

        This turns on the resource's add-on for automatic snapshots.

        Args:
            resource_name: an instance or a disk.
            region: where it is.
            date: the UTC day, a date or text in the form YYYY-MM-DD; by default today on the fake's clock.
            status: one of Success, Failed, InProgress, and NotFound.

        Raises:
            ValueError: the resource does not exist, the date is not valid, or the status is unknown.
        """
        with self._open(region) as (place, now):
            resource = _find(place, resource_name)
            if status not in get_args(AutoSnapshotStatusName):
                raise ValueError(f"status is {status!r}: give one of {', '.join(get_args(AutoSnapshotStatusName))}")
            day = _day(date, now)
            # A past day's snapshot was taken at six in the morning. A day that the clock has not reached is accepted:
            # a test that names real days should not have to move the clock first.
            created_at = min(now, dt.datetime.combine(day, _TIME_OF_DAY).timestamp())
            disks = resource.attached_disks
            taken = states.AutoSnapshot(date=day, created_at=created_at, status=str(status), attached_disks=disks)
            place.add_auto_snapshot(resource_name, taken)
            time = resource.auto_snapshot_time or handlers.DEFAULT_SNAPSHOT_TIME
            place.resources[resource_name] = evolve(resource, auto_snapshot_time=time)

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
            name: its name.
            region: where it is.
            source: the instance or disk of that Region that it was made from; by default one that no longer exists.
            resource_type: InstanceSnapshot or DiskSnapshot; by default that of the source, or InstanceSnapshot
                without one.
            size_in_gb: its size; by default that of the source.
            state: its state, as the service names it; by default the one in which it can be copied.
            created_at: when it was created, with a time zone; by default now, on the fake's clock.

        Raises:
            ValueError: the name is invalid or in use, the source does not exist, or another argument does not fit.
        """
        with self._open(region) as (place, now):
            taken_from = _source(place, name, source, resource_type, now)
            kind = f"{taken_from.resource_type}Snapshot"
            if state is not None:
                shape: Any = protocol.service_model().shape_for(f"{kind}State")
                if state not in shape.enum:
                    known = ", ".join(shape.enum)
                    raise ValueError(f"state is {state!r}: for a snapshot of this type, give one of {known}")
            snapshot = states.take_snapshot(taken_from, kind, _past(created_at, now))
            size = snapshot.size_in_gb if size_in_gb is None else size_in_gb
            _add(place, evolve(snapshot, name=name, size_in_gb=size, final_state=str(state or snapshot.final_state)))

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
            if operation_id in place.operations:
                raise ValueError(f"{operation_id!r} is in use by an operation of {place.name}: choose another id")
            place.operations[operation_id] = states.Operation(
                id=operation_id,
                resource_name=resource_name,
                resource_type=str(resource_type),
                region=place.name,
                created_at=now,
                ends_at=now,
                operation_type=str(operation_type),
                details=details,
                error_code=error_code,
                error_details=error_details,
            )

    def remove(self, name: str, region: str) -> None:
        """
        Delete an instance, a disk, or a manual snapshot; one that does not exist raises a ValueError.

        Its automatic snapshots are deleted too. Its operations stay, and the deletion is the last of them.
        """
        with self._open(region) as (place, now):
            if name not in place.resources:
                raise ValueError(f"{place.name} has no resource {name!r}: check the name and the Region")
            resource = place.delete(name)
            deletion = f"Delete{resource.resource_type}"
            handlers.Request(self._account, deletion, place.name, {}, now).start(resource, lasts=False)

    def snapshot_names(self, region: str) -> tuple[str, ...]:
        """Return the names of the manual snapshots of a Region, oldest first, whatever their state."""
        with self._open(region) as (place, _):
            names = reversed(states.newest_first(place.resources))
            return tuple(name for name in names if isinstance(place.resources[name], Snapshot))

    def fail_next(self, operation: OperationName | OperationType, fault: Fault, *, times: int = 1) -> None:
        """
        Make the next calls of an operation fail with a fault; faults queue up.

        Each retry by botocore is a call too: to make all retries fail, set `times` to the number of attempts.

        Args:
            operation: the operation's name, such as ``CopySnapshot``, or its member of `OperationType` if it has one.
            fault: what goes wrong.
            times: how many calls fail.

        Raises:
            ValueError: the fake does not serve that operation, `fault` is not a `Fault`, or `times` is not a whole
                number from 1 to 10,000.
        """
        if operation not in handlers.OPERATIONS:
            raise ValueError(f"operation is {operation!r}: give one of {', '.join(handlers.OPERATIONS)}")
        if not isinstance(cast("object", fault), Fault):
            raise seeds.problem("fault", fault, "a Fault, such as faults.throttled()")
        if type(times) is not int or not 1 <= times <= _MOST_TIMES:
            raise ValueError(f"times is {times!r}: give a whole number from 1 to {_MOST_TIMES}")
        with self._lock:
            self._faults[operation].extend([fault] * times)

    def fail_next_copy(self, error_code: str, error_details: str) -> None:
        """
        Make the next accepted copy fail at its end, with the code and the details of an error.

        Its snapshot gets the state ``error``, and still uses the name. What is not a string raises a ValueError.
        """
        given: dict[str, object] = {"error_code": error_code, "error_details": error_details}
        for name, value in given.items():
            if not isinstance(value, str):
                raise seeds.problem(name, value, "a string")
        with self._lock:
            self._account.copy_failures.append((error_code, error_details))

    def reset(self) -> None:
        """Return to the seed, without queued faults or recorded calls; the clock keeps its time."""
        with self._lock:
            self._account.clear()
            self._faults.clear()
            self._calls.clear()
            self._retry_delays.clear()
            seeds.load(self, self._seed(self.clock) if callable(self._seed) else self._seed)

    @property
    def calls(self) -> tuple[Call, ...]:
        """All requests so far, in order of arrival. Their headers are not kept, because they contain secrets."""
        with self._lock:
            return tuple(self._calls)

    def calls_of(self, operation: str) -> tuple[Call, ...]:
        """Return the requests of one operation, in order of arrival."""
        return tuple(each for each in self.calls if each.operation == operation)

    @property
    def retry_delays(self) -> tuple[float, ...]:
        """The seconds that botocore would have slept before each retry, for the clients made by `client`."""
        return tuple(self._retry_delays)

    def client(self, region: str, *, config: Config | None = None) -> AnyClient:
        """
        Return a new boto3 client of a Region, served by this fake.

        It signs with made-up credentials and ignores the settings of the environment and of files. It sleeps neither
        before a retry (see `retry_delays`) nor for the rate limiter of the retry mode ``adaptive``.

        Args:
            region: the client's Region, which is where copies go.
            config: botocore's configuration, such as a retry mode.
        """
        from lightsail_copy.testing import boto_clients  # noqa: PLC0415 - boto3 is slow to import, and a server needs none

        return boto_clients.make_client(_region_name(region), config, self.respond, self._retry_delays.append)

    def aio_client(self, region: str, *, config: Config | None = None) -> AbstractAsyncContextManager[Any]:
        """
        Return a new aiobotocore client of a Region for ``async with``, served and configured as by `client`.

        Args:
            region: the client's Region, which is where copies go.
            config: aiobotocore's configuration.

        Raises:
            ImportError: aiobotocore is not installed.
        """
        from lightsail_copy.testing import aio_clients  # noqa: PLC0415 - as in `client`

        return aio_clients.make_client(_region_name(region), config, self.respond, self._retry_delays.append)

    def attach(self, client: BotoClient) -> None:
        """
        Serve an existing client, instead of the service or another fake.

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
        Respond to one request, by any transport, and record it.

        Args:
            region: the Region that received it.
            operation: the operation's name, without its prefix in the header ``X-Amz-Target``.
            body: the body of the request, any bytes.

        Raises:
            BrokenConnection: a fault breaks the connection.
        """
        region = _region_name(region)
        with self._lock:
            now = self.clock.time()
            queue = self._faults.get(operation)
            fault = queue.popleft() if queue else None
            time, given = dt.datetime.fromtimestamp(now, dt.timezone.utc), dict[str, object]()
            with suppress(RejectionError):
                given = protocol.parse_body(body)
            status: int | None = None
            try:
                response = self._response(region, operation, body, now, fault)
                status = response.status
            finally:
                self._calls.append(
                    Call(operation=operation, region=region, parameters=given, time=time, fault=fault, status=status)
                )
            return response

    def serve(self, *, host: str = "127.0.0.1", port: int = 0, control: bool = False) -> AbstractContextManager[str]:
        """
        Serve this fake over HTTP until the context ends; its value is the endpoint's URL.

        Clients in any language can use it, with any credentials, whose scope sets the Region. The ``Date`` header has
        the real time whatever the fake's clock says, because some SDKs correct their own clock by it. From then on,
        `calls` keeps only the latest 10,000.

        Args:
            host: the address to listen on; by default one that only this machine can reach.
            port: the port; by default any free one.
            control: whether clients can control the fake over HTTP (see `lightsail_copy.testing.control`).

        Raises:
            ValueError: `control` is set and the host is not a loopback address.
            OSError: the address is not available; its message names a port that is in use.
        """
        from lightsail_copy.testing import server  # noqa: PLC0415 - for those who serve

        if control and not server.is_loopback(host):
            raise ValueError(f"host is {host!r}: control is only for a loopback address, such as '127.0.0.1'")
        # A server that is polled for days must not grow.
        with self._lock:
            self._calls = deque(self._calls, maxlen=_SERVED_CALLS)
        return server.serve(self, host, port, control=control)

    @contextmanager
    def _open(self, region: str) -> Generator[tuple[Region, float], None, None]:
        name = _region_name(region)
        with self._lock:
            yield self._account.region(name), self.clock.time()

    def _response(self, region: str, operation: str, body: bytes, now: float, fault: Fault | None) -> Response:
        """Return the service's response to a request, as a fault, if there is one, changes it."""
        status, content = 200, b"{}"
        if fault is None or fault.performed:
            try:
                content = protocol.to_json(handlers.handle(self._account, operation, region, body, now))
            except RejectionError as rejection:
                status, content = 400, rejection.body()
        request_id = next(self._account.request_ids)
        response = protocol.build_response(status, content, request_id=request_id, now=now)
        return response if fault is None else fault.apply(response)


def _region_name(region: object) -> str:
    if not isinstance(region, str) or not protocol.REGION.fullmatch(region):
        raise ValueError(f"region is {region!r}: give the name of a Region, such as 'us-east-1'")
    return str(region)


def _new(region: Region, kind: str, name: str, size: int, now: float) -> Source:
    place, zone = region.name, f"{region.name}{states.ZONES[0]}"
    return Source(resource_type=kind, name=name, region=place, zone=zone, created_at=now, size_in_gb=size)


def _add(region: Region, resource: Resource) -> None:
    if not handlers.NAME.fullmatch(resource.name):
        which = "which are letters, digits, periods, hyphens and underscores"
        ends = "begin and end with a letter, a digit or an underscore"
        raise ValueError(
            f"{resource.name!r} is not a valid name: it must have 2 to 255 characters, {which}, and {ends}"
        )
    if resource.name in region.resources:
        kind = region.resources[resource.name].resource_type
        raise ValueError(f"{resource.name!r} is in use by {kind} in {region.name}: choose another name")
    if type(resource.size_in_gb) is not int or not 1 <= resource.size_in_gb <= handlers.LARGEST_DISK_IN_GB:
        rule = f"give a whole number of gigabytes, from 1 to {handlers.LARGEST_DISK_IN_GB}"
        raise ValueError(f"size_in_gb is {resource.size_in_gb!r}: {rule}")
    region.resources[resource.name] = resource


def _attach(region: Region, names: Iterable[str]) -> tuple[states.AttachedDisk, ...]:
    """Return disks as an instance sees them, at the paths ``/dev/xvdf``, ``/dev/xvdg``, and so on."""
    attached: dict[str, states.AttachedDisk] = {}
    disks = tuple(names)
    if len(disks) > len(_LETTERS):
        raise ValueError(f"attached_disks has {len(disks)} names: give at most {len(_LETTERS)}")
    for letter, name in zip(_LETTERS, disks, strict=False):
        disk = _find(region, name)
        if disk.resource_type != "Disk" or region.owner_of(name) or name in attached:
            raise ValueError(f"{name!r} is not a free disk in {region.name}: add one first, with add_disk")
        attached[name] = states.AttachedDisk(name=name, path=f"/dev/xvd{letter}", size_in_gb=disk.size_in_gb)
    return tuple(attached.values())


def _find(region: Region, name: str) -> Source:
    resource = region.resources.get(name)
    if isinstance(resource, Source):
        return resource
    raise ValueError(f"{region.name} has no instance or disk {name!r}: add it first, with add_instance or add_disk")


def _day(date: dt.date | str | None, now: float) -> dt.date:
    today = dt.datetime.fromtimestamp(now, dt.timezone.utc).date()
    day = today if date is None else handlers.parse_date(date) if isinstance(date, str) else date
    # In Python, a datetime is a date, but its day depends on a time zone.
    if day is None or isinstance(day, dt.datetime):
        raise ValueError(f"date is {date!r}: give a datetime.date, or a text such as '2026-01-31'")
    return day


def _past(time: dt.datetime | None, now: float) -> float:
    if time is not None and (not is_aware(time) or time.timestamp() > now):
        raise ValueError(f"created_at is {time!r}: give a datetime with a time zone, not later than the fake's clock")
    return now if time is None else time.timestamp()


def _source(region: Region, snapshot_name: str, name: str | None, resource_type: str | None, now: float) -> Source:
    """Return the source of a manual snapshot: the named resource or, without a name, one that no longer exists."""
    if resource_type not in (None, *states.USABLE_STATES):
        raise ValueError(f"resource_type is {resource_type!r}: give one of {', '.join(states.USABLE_STATES)}")
    if name is None:
        kind, size = ("Disk", 8) if resource_type == "DiskSnapshot" else ("Instance", 40)
        return _new(region, kind, f"{snapshot_name}-source", size, now)
    source = _find(region, name)
    kind = f"{source.resource_type}Snapshot"
    if resource_type not in (None, kind):
        raise ValueError(f"resource_type is {resource_type!r}: a snapshot of {name!r} is of type {kind}")
    return source
