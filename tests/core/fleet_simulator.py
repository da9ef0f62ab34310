"""
Random fleets over a service of its own, on virtual time, and the oracle that judges what came of them.

The service shares no code with the fake: it has outages, quotas that shift, rates, pages that are stale or repeated,
operations that it does not know yet or no longer lists, names that others use. Its clients answer as boto3's do. Under
asyncio, calls take virtual time and overlap; with threads, each call moves the clock while it is made.
"""

# ruff: noqa: ANN401, S311 - boto3 makes its client classes at run time; a scenario is the same in every run
from __future__ import annotations

import asyncio
import random
import selectors
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from threading import Lock, RLock
from typing import Any

from attrs import define, field, frozen
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    CredentialRetrievalError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from lightsail_copy import (
    AutoSnapshotCopy,
    CopyFailedError,
    CopyJob,
    CopyOutcome,
    ManualSnapshotCopy,
    PollSchedule,
    QuotaExceededError,
    UnknownOutcomeError,
    WaitTimeoutError,
    aio,
    watch_copies,
)

SOURCE = "us-east-1"
REGIONS = ("us-west-2", "eu-west-1", "ap-south-1")
MIDNIGHT = datetime(2026, 11, 20, tzinfo=timezone.utc)
ENDPOINT = "https://lightsail.example"

# What a call may meet: whether the service acts all the same, and the error.
FAULTS: dict[str, tuple[bool, Callable[[str], Exception]]] = {
    "refused": (False, lambda _: EndpointConnectionError(endpoint_url=ENDPOINT)),
    "broken": (False, lambda _: ConnectionClosedError(endpoint_url=ENDPOINT)),
    "lost": (True, lambda _: ReadTimeoutError(endpoint_url=ENDPOINT)),
    "failing": (False, lambda name: service_error("ServiceUnavailable", "Try later.", name, 503)),
    "failing late": (True, lambda name: service_error("ServiceException", "Oops.", name, 500)),
    "throttled": (False, lambda name: service_error("ThrottlingException", "Rate exceeded", name)),
    "credentials": (False, lambda _: CredentialRetrievalError(provider="any", error_msg="timed out")),
    "expired": (False, lambda name: service_error("ExpiredTokenException", "The token has expired.", name)),
    "denied": (False, lambda name: service_error("AccessDeniedException", "Not authorized.", name)),
    "bug": (False, lambda _: RuntimeError("a hook of the caller's has a bug")),
}
# Those that a fleet is expected to outlast.
PASSING = ("refused", "broken", "lost", "failing", "failing late", "throttled")


def service_error(code: str, message: str, operation: str, status: int = 400) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status, "RetryAttempts": 0, "RequestId": "any"},
    }
    return ClientError(response, operation)


@frozen
class Outage:
    """A time in which calls to a Region meet a fault, with a probability."""

    start: float
    end: float
    fault: str
    chance: float = 1.0
    methods: tuple[str, ...] = ()

    def hits(self, method: str, now: float, chance: random.Random) -> bool:
        """Return whether a call meets it."""
        within = self.start <= now < self.end and (not self.methods or method in self.methods)
        return within and chance.random() < self.chance


@frozen
class Nature:
    """How a Region behaves."""

    outages: tuple[Outage, ...] = ()
    quotas: tuple[tuple[float, int], ...] = ()  # from when on so many copies may run
    rate: float = 1e9  # more calls in the last ten seconds are throttled
    durations: tuple[float, float] = (30.0, 300.0)
    failures: float = 0.0
    page_size: int = 100
    staleness: float = 0.0
    repeats: float = 0.0  # the chance of a page that comes again
    unknown_for: float = 0.0  # new operations are not found
    unlisted: float = 0.0  # the chance that an operation is never listed
    latency: tuple[float, float] = (0.05, 0.3)
    hangs: float = 0.0  # the chance of a call that takes a minute


@frozen
class Scenario:
    """A fleet, and the Regions that it meets."""

    seed: int
    natures: dict[str, Nature]
    jobs: tuple[CopyJob, ...]
    taken: dict[tuple[str, str], str]  # names in use, and the source of the copy that uses each
    options: dict[str, Any]
    start: float
    pause: float  # for how long the consumer takes each outcome
    is_kind: bool  # whether every copy is expected to succeed


@define(eq=False)
class Copy:
    """A copy of the service, or another operation that uses a name."""

    id: str
    name: str
    details: str | None
    started: float
    ends: float
    fails: bool
    is_listed: bool
    kind: str = "CopySnapshot"
    is_of_fleet: bool = True


@define(eq=False)
class Service:
    """One Region of the service, and what it saw."""

    region: str
    nature: Nature
    scenario: Scenario
    now: Callable[[], float]
    violations: list[str]
    copies: list[Copy] = field(factory=list[Copy])
    called_at: list[float] = field(factory=list[float])
    counts: Counter[str] = field(factory=Counter[str])
    requested: set[str] = field(factory=set[str])
    in_flight: int = 0
    most_in_flight: int = 0
    chance: random.Random = field(factory=random.Random)
    lock: Any = field(factory=RLock)
    is_exact: bool = True

    def __attrs_post_init__(self) -> None:
        self.chance.seed(f"{self.scenario.seed} {self.region}")

    @property
    def elapsed(self) -> float:
        return self.now() - self.scenario.start

    def begin(self, method: str) -> tuple[str | None, float]:
        """Record a call; return the fault that it meets, and how long it takes."""
        with self.lock:
            self.called_at.append(self.elapsed)
            self.counts[method] += 1
            self._check_rate()
            fault = next(
                (each.fault for each in self.nature.outages if each.hits(method, self.elapsed, self.chance)), None
            )
            recent = sum(at > self.elapsed - 10 for at in self.called_at[-1000:])
            if fault is None and recent > self.nature.rate * 10:
                fault = "throttled"
            latency = 60.0 if self.chance.random() < self.nature.hangs else self.chance.uniform(*self.nature.latency)
            return fault, latency

    def _check_rate(self) -> None:
        if len(self.called_at) > 1 and self.is_exact:
            gap = self.called_at[-1] - self.called_at[-2]
            if gap < 1 / self.scenario.options["max_rate"] - 1e-6:
                self.violations.append(f"{self.region}: two calls within {gap} s")

    def act(self, method: str, parameters: dict[str, Any], fault: str | None) -> dict[str, Any]:
        """Act on a call, and return its response, or raise the error that it meets."""
        with self.lock:
            self.requested.add(parameters.get("targetSnapshotName", ""))
            acts, error = FAULTS[fault] if fault else (True, None)
            try:
                response: dict[str, Any] = getattr(self, f"_{method}")(**parameters) if acts else {}
            except ClientError:
                if error is None:
                    raise
                response = {}
            if error is not None:
                raise error(method)
            date = format_datetime(self.datetime(self.elapsed), usegmt=True)
            return {**response, "ResponseMetadata": {"HTTPHeaders": {"date": date}, "HTTPStatusCode": 200}}

    def datetime(self, elapsed: float) -> datetime:
        return MIDNIGHT + timedelta(seconds=elapsed)

    def running(self) -> list[Copy]:
        """Return the copies that the fleet started, and that run."""
        return [each for each in self.copies if each.is_of_fleet and each.ends > self.elapsed]

    def add(self, name: str, details: str | None, kind: str, *, ends: float) -> None:
        """Let somebody else use a name."""
        number = len(self.copies)
        copy = Copy(
            f"{self.region}-{number}",
            name,
            details,
            -7200.0,
            ends,
            fails=False,
            is_listed=True,
            kind=kind,
            is_of_fleet=False,
        )
        self.copies.append(copy)

    def _copy_snapshot(self, **parameters: Any) -> dict[str, Any]:
        name = parameters["targetSnapshotName"]
        if any(each.name == name for each in self.copies):
            raise service_error("InvalidInputException", f"Some names are already in use: {name}", "CopySnapshot")
        quota = max([number for at, number in self.nature.quotas if at <= self.elapsed] or [10**6], key=lambda _: 0)
        for at, number in self.nature.quotas:
            quota = number if at <= self.elapsed else quota
        if len(self.running()) >= quota:
            text = self.chance.choice(
                [
                    "Sorry, you've reached your maximum limit of Lightsail Snapshots.",
                    "Too many snapshot copies in progress. The limit is 5 for this destination region.",
                ]
            )
            raise service_error("InvalidInputException", text, "CopySnapshot")
        source = parameters.get("sourceSnapshotName") or parameters["sourceResourceName"]
        copy = Copy(
            f"{self.region}-{len(self.copies)}",
            name,
            f"{parameters['sourceRegion']}:{source}",
            self.elapsed,
            self.elapsed + self.chance.uniform(*self.nature.durations),
            self.chance.random() < self.nature.failures,
            self.chance.random() >= self.nature.unlisted,
        )
        self.copies.append(copy)
        limit = self.scenario.options["max_running"]
        if self.scenario.options["wait"] and len(self.running()) > limit and self._is_strict:
            self.violations.append(f"{self.region}: {len(self.running())} copies run, the limit is {limit}")
        return {"operations": [self._wire(copy, self.elapsed)]}

    @property
    def _is_strict(self) -> bool:
        # Otherwise a copy that can no longer be watched may take longer than copies usually do.
        return self.nature.durations[0] == self.nature.durations[1]

    def _get_operation(self, operationId: str) -> dict[str, Any]:
        for each in self.copies:
            if each.id == operationId and self.elapsed - each.started >= self.nature.unknown_for:
                return {"operation": self._wire(each, self.elapsed)}
        raise service_error("NotFoundException", "No such operation.", "GetOperation")

    def _get_operations(self, pageToken: str = "0") -> dict[str, Any]:
        stale = self.elapsed - (self.nature.staleness if self.chance.random() < 0.5 else 0.0)
        known = [each for each in reversed(self.copies) if each.is_listed and each.started <= stale]
        start = int(pageToken)
        end = start if self.chance.random() < self.nature.repeats else start + self.nature.page_size
        page: dict[str, Any] = {
            "operations": [self._wire(each, stale) for each in known[start : start + self.nature.page_size]]
        }
        return {**page, "nextPageToken": str(end)} if end < len(known) else page

    def _get_operations_for_resource(self, resourceName: str, pageToken: str = "0") -> dict[str, Any]:
        found = [each for each in self.copies if each.name == resourceName]
        return {"operations": [self._wire(each, self.elapsed) for each in found]}

    def _wire(self, copy: Copy, elapsed: float) -> dict[str, Any]:
        done = copy.ends <= elapsed
        status = ("Failed" if copy.fails else "Succeeded") if done else "Started"
        wire: dict[str, Any] = {
            "id": copy.id,
            "resourceName": copy.name,
            "resourceType": "InstanceSnapshot",
            "createdAt": self.datetime(copy.started),
            "location": {"availabilityZone": "all", "regionName": self.region},
            "isTerminal": done,
            "operationType": copy.kind,
            "status": status,
        }
        return {**wire, "operationDetails": copy.details} if copy.details else wire


class Client:
    """A client whose calls block; each takes virtual time."""

    def __init__(self, service: Service, clock: Clock, world: World) -> None:
        self._service, self._clock, self._world = service, clock, world

    def _call(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self._world.enter()
        try:
            fault, latency = self._service.begin(method)
            self._clock.sleep(latency)
            return self._service.act(method, parameters, fault)
        finally:
            self._world.leave()

    def copy_snapshot(self, **parameters: Any) -> dict[str, Any]:
        return self._call("copy_snapshot", parameters)

    def get_operation(self, **parameters: Any) -> dict[str, Any]:
        return self._call("get_operation", parameters)

    def get_operations(self, **parameters: Any) -> dict[str, Any]:
        return self._call("get_operations", parameters)

    def get_operations_for_resource(self, **parameters: Any) -> dict[str, Any]:
        return self._call("get_operations_for_resource", parameters)


class AsyncClient:
    """A client whose calls are awaited, and overlap in virtual time."""

    def __init__(self, service: Service, world: World) -> None:
        self._service, self._world = service, world

    async def _call(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self._world.enter()
        self._service.in_flight += 1
        self._service.most_in_flight = max(self._service.most_in_flight, self._service.in_flight)
        try:
            fault, latency = self._service.begin(method)
            await asyncio.sleep(latency / 2)
            # A response may come long after the service has acted.
            try:
                return self._service.act(method, parameters, fault)
            finally:
                await asyncio.sleep(latency / 2)
        finally:
            self._service.in_flight -= 1
            self._world.leave()

    async def copy_snapshot(self, **parameters: Any) -> dict[str, Any]:
        return await self._call("copy_snapshot", parameters)

    async def get_operation(self, **parameters: Any) -> dict[str, Any]:
        return await self._call("get_operation", parameters)

    async def get_operations(self, **parameters: Any) -> dict[str, Any]:
        return await self._call("get_operations", parameters)

    async def get_operations_for_resource(self, **parameters: Any) -> dict[str, Any]:
        return await self._call("get_operations_for_resource", parameters)


class Clock:
    """A clock that starts anywhere, and moves when somebody sleeps."""

    def __init__(self, start: float) -> None:
        self._now, self._lock = start, Lock()

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        with self._lock:
            self._now += seconds


class _Selector(selectors.DefaultSelector):
    """A selector that lets virtual time pass where others wait."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> Any:
        assert timeout is not None, "everything waits for ever"
        self.loop.now += max(0.0, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time starts anywhere, and passes at once."""

    def __init__(self, start: float) -> None:
        self.now = start
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.now


class LoopClock:
    """The clock of a virtual loop."""

    def __init__(self, loop: VirtualLoop) -> None:
        self.monotonic = loop.time

    async def sleep(self, seconds: float, /) -> None:
        await asyncio.sleep(seconds)


class World:
    """A scenario that runs under one driver."""

    def __init__(self, scenario: Scenario, driver: str) -> None:
        self.scenario, self.driver = scenario, driver
        self.violations: list[str] = []
        self.changes: list[tuple[float, CopyOutcome]] = []
        self.services: dict[str, Service] = {}
        self._in_flight, self._calls, self._lock = 0, 0, Lock()

    @property
    def calls(self) -> int:
        """How many calls were made."""
        return self._calls

    def enter(self) -> None:
        """Record that a call starts."""
        with self._lock:
            self._in_flight += 1
            self._calls += 1
            if self._in_flight > self.scenario.options["max_calls"]:
                self.violations.append(f"{self._in_flight} calls are in flight")
            assert self._calls < 20_000, "the fleet makes calls without end"

    def leave(self) -> None:
        """Record that a call ends."""
        with self._lock:
            self._in_flight -= 1

    def run(self) -> None:
        """Carry out the fleet, and record what becomes known."""
        if self.driver == "sync":
            clock = Clock(self.scenario.start)
            self._open(clock.monotonic, is_exact=self.scenario.options["max_calls"] == 1)
            clients = {region: Client(service, clock, self) for region, service in self.services.items()}
            for outcome in watch_copies(self.scenario.jobs, clients=clients, clock=clock, **self.scenario.options):
                self.changes.append((clock.monotonic(), outcome))
                clock.sleep(self.scenario.pause)
            return
        loop = VirtualLoop(self.scenario.start)
        try:
            self._open(loop.time, is_exact=True)
            loop.run_until_complete(self._watch(loop))
        finally:
            loop.close()

    async def _watch(self, loop: VirtualLoop) -> None:
        clients = {region: AsyncClient(service, self) for region, service in self.services.items()}
        clock = LoopClock(loop)
        async for outcome in aio.watch_copies(
            self.scenario.jobs, clients=clients, clock=clock, **self.scenario.options
        ):
            self.changes.append((loop.time(), outcome))
            await asyncio.sleep(self.scenario.pause)

    def _open(self, now: Callable[[], float], *, is_exact: bool) -> None:
        for region, nature in self.scenario.natures.items():
            service = Service(region, nature, self.scenario, now, self.violations, is_exact=is_exact)
            self.services[region] = service
            for (where, name), source in self.scenario.taken.items():
                if where == region:
                    kind = "CreateInstance" if source == "instance" else "CopySnapshot"
                    service.add(name, None if source == "instance" else source, kind, ends=-3600.0)


def judge(world: World) -> list[str]:
    """Return what a fleet did that it must not do."""
    scenario, found = world.scenario, list(world.violations)
    ends = Counter(outcome.job for _, outcome in world.changes if outcome.done)
    found += [f"{ends[job]} ends of {name_of(job)}" for job in scenario.jobs if ends[job] != 1]
    started: Counter[CopyJob] = Counter()
    for at, outcome in world.changes:
        if not outcome.done:
            started[outcome.job] += 1
            if outcome.error or outcome.succeeded or outcome.result is None or started[outcome.job] > 1:
                found.append(f"a wrong start of {name_of(outcome.job)}")
            continue
        found += [f"{name_of(outcome.job)}: {text}" for text in judge_end(world, at, outcome)]
    if scenario.options["timeout"] is not None and world.changes:
        last = max(at for at, _ in world.changes) - scenario.start
        latency = max(61.0, *(nature.latency[1] + 1 for nature in scenario.natures.values()))
        allowed = scenario.options["timeout"] + latency + scenario.pause * len(world.changes) * 2
        found += [f"the last outcome came after {last} s"] * (last > allowed)
    return found


def judge_end(world: World, at: float, outcome: CopyOutcome) -> list[str]:
    """Return what is wrong with the end of a job."""
    scenario, job, error = world.scenario, outcome.job, outcome.error
    service = world.services[str(job.target_region)]
    name = job.request.target_snapshot_name
    taken = scenario.taken.get((service.region, name))
    copies = {each.id: each for each in service.copies if each.name == name}
    own = [each for each in copies.values() if each.is_of_fleet]
    source = f"{SOURCE}:{job.request.source_name}"
    found: list[str] = []
    found += ["two copies of one job"] * (len(own) > 1)
    if outcome.result is not None:
        seen = [copies.get(each.id) for each in outcome.result.operations]
        found += ["the copy of another"] * any(each is None or each.details != source for each in seen)
        found += ["the result of a failed launch"] * isinstance(error, UnknownOutcomeError)
    elif own and not ("may have started" in str(error) or isinstance(error, UnknownOutcomeError)):
        found.append(f"a copy that is lost: {error!r}")
    if str(error).startswith("Not started") and own:
        found.append(f"a copy that has started: {error}")
    if isinstance(error, WaitTimeoutError) and name not in service.requested:
        found += ["a copy that goes on but was not requested"] * (not str(error).startswith("Not started"))
    if outcome.succeeded and scenario.options["wait"]:
        operation = outcome.operations[0]
        actual = copies[operation.id]
        found += ["a success too early"] * (
            actual.ends > at - scenario.start or actual.fails or not operation.succeeded
        )
    if isinstance(error, CopyFailedError):
        found += ["a failure that is none"] * (not copies[outcome.operations[0].id].fails)
    if isinstance(error, WaitTimeoutError):
        timeout = scenario.options["timeout"]
        found += ["a timeout too early"] * (timeout is None or at - scenario.start < timeout - 1e-6)
    is_failure = taken is not None and taken != source
    # A quota error after a call that may have started the copy is no reason to launch it again.
    is_failure = is_failure or (isinstance(error, QuotaExceededError) and "may have started" in str(error))
    if scenario.is_kind and not is_failure and error is not None and not isinstance(error, CopyFailedError):
        found.append(f"an error where everything passes: {error!r}")
    frames: BaseException | None = error
    while frames is not None and frames.__traceback__ is None:
        frames = frames.__cause__
    found += ["frames that are kept"] * (frames is not None)
    return found


def name_of(job: CopyJob) -> str:
    return f"{job.target_region}/{job.request.target_snapshot_name}"


def make_scenario(seed: int) -> Scenario:
    """Return a scenario; each number has its own."""
    chance = random.Random(seed)
    regions = REGIONS[: chance.choice([1, 1, 2, 3])]
    jobs = tuple(
        CopyJob(target_region=region, request=make_request(number, chance))
        for region in regions
        for number in range(chance.randint(1, 9))
    )
    is_kind = chance.random() < 0.5
    natures = {region: make_nature(chance, is_kind=is_kind) for region in regions}
    timeout = None if is_kind or chance.random() < 0.6 else chance.choice([0.0, 1.0, 30.0, 200.0, 1000.0])
    taken = {
        (str(job.target_region), job.request.target_snapshot_name): chance.choice(
            ["instance", f"{SOURCE}:other", f"{SOURCE}:{job.request.source_name}"]
        )
        for job in jobs
        if chance.random() < 0.1
    }
    options = {
        "if_exists": "adopt" if is_kind else chance.choice(["adopt", "adopt", "raise"]),
        "wait": chance.random() < 0.85,
        "timeout": timeout,
        "max_calls": chance.choice([1, 2, 3, 8, 32]),
        "max_rate": chance.choice([0.5, 5.0, 5.0, 100.0]),
        "max_running": chance.choice([1, 2, 5, 100]),
        "schedule": PollSchedule(error_tolerance=600.0, not_found_tolerance=60.0),
    }
    start, pause = chance.choice([0.0, 12.5, -5e4, 3e6]), chance.choice([0.0, 0.0, 0.0, 7.0, 120.0])
    return Scenario(seed, natures, jobs, taken, options, start, pause, is_kind)


def make_request(number: int, chance: random.Random) -> ManualSnapshotCopy | AutoSnapshotCopy:
    if chance.random() < 0.7:
        return ManualSnapshotCopy(
            source_region=SOURCE, source_snapshot_name=f"web-{number}-monday", target_snapshot_name=f"copy-{number}"
        )
    return AutoSnapshotCopy(
        source_region=SOURCE,
        source_resource_name=f"web-{number}",
        target_snapshot_name=f"copy-{number}",
        restore_date="2026-11-19",
    )


def make_nature(chance: random.Random, *, is_kind: bool) -> Nature:
    """Return how a Region behaves; if it is kind, every copy can succeed."""
    outages: list[Outage] = []
    for _ in range(chance.choice([0, 1, 1, 2])):
        fault = chance.choice(PASSING if is_kind else tuple(FAULTS))
        start, length = chance.choice([0.0, chance.uniform(0, 300)]), chance.choice([0.6, 5.0, 60.0, 200.0])
        if not is_kind and chance.random() < 0.3:
            length = 5000.0
        methods = chance.choice([(), (), ("copy_snapshot",), ("get_operation", "get_operations")])
        outages.append(Outage(start, start + length, fault, chance.choice([1.0, 1.0, 0.5, 0.2]), methods))
    quotas = chance.choice(
        [(), (), ((0.0, 2),), ((0.0, 1), (200.0, 4)), ((0.0, 100), (60.0, 1)), ((0.0, 0), (90.0, 50))]
    )
    length = chance.choice([5.0, 60.0, 250.0])
    return Nature(
        outages=tuple(outages),
        quotas=quotas if is_kind or chance.random() < 0.8 else ((0.0, 0),),
        rate=chance.choice([1e9, 1e9, 1e9, 2.0, 0.6]),
        durations=(length, length) if chance.random() < 0.5 else (1.0, 2 * length),
        failures=chance.choice([0.0, 0.0, 0.2]),
        page_size=chance.choice([1, 2, 5, 100]),
        staleness=chance.choice([0.0, 0.0, 20.0]),
        repeats=chance.choice([0.0, 0.0, 0.3, 1.0]),
        unknown_for=chance.choice([0.0, 0.0, 10.0]),
        unlisted=chance.choice([0.0, 0.0, 0.2]),
        hangs=0.0 if chance.random() < 0.7 else 0.03,
    )
