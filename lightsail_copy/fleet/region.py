"""
One Region of a fleet: the jobs that wait for their launch, and the flow of each copy under way.

A copy is one flow from its launch to its outcome. The flows share what is known of the Region: its rate, whether its
calls fail, how many copies run, and what a sweep (the operations of the Region, page by page) has listed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from copy import copy
from functools import partial
from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import cast

from attrs import define, field
from botocore.exceptions import BotoCoreError, ConnectionClosedError, CredentialRetrievalError, ReadTimeoutError

from lightsail_copy.errors import LightsailCopyError, UnexpectedResponseError, describe_error, shorten
from lightsail_copy.fleet.jobs import CopyJob, CopyOutcome, Options, to_outcome_error
from lightsail_copy.fleet.listing import Listing
from lightsail_copy.fleet.pacing import Backoff, Capacity, Conditions, Pace
from lightsail_copy.flows import Call, Flow, OutOfTime, Sleep, copies
from lightsail_copy.flows.attempts import may_have_started
from lightsail_copy.flows.polling import Watch
from lightsail_copy.operations import CopySnapshotResult, Operation
from lightsail_copy.outcome_errors import (
    CopyFailedError,
    ServiceUnreachableError,
    UnknownOutcomeError,
    WaitTimeoutError,
)
from lightsail_copy.service_errors import (
    AccessDeniedError,
    AccountSetupInProgressError,
    QuotaExceededError,
    RegionSetupInProgressError,
    ServiceFaultError,
    ThrottledError,
    UnauthenticatedError,
)

# This many failures in a row that cannot pass stop a Region.
_MAX_FAILURES = 3
# After this many seconds without a failure, the log says that a Region goes on.
_CALM = 5.0
# How long a copy that is no longer watched counts as running, until the Region has shown how long copies take.
_USUAL_DURATION = 1200.0
# Errors that every copy to the Region would meet.
_DENIED = (AccessDeniedError, AccountSetupInProgressError, RegionSetupInProgressError)
_NO_CALL: Call[object] = Call("", {}, lambda response: response)


@define(order=False, eq=False)
class Task:
    """What makes calls: a copy under way, or the sweeps of a Region."""

    region: Region
    job: CopyJob | None  # None for sweeps
    flow: Flow[None] = field(init=False)  # what it does next
    # The call that it waits to make, or that is in flight; none is kept while it sleeps.
    call: Call[object] = field(init=False, default=_NO_CALL)
    called_at: float = field(init=False)
    is_in_flight: bool = field(init=False, default=False)
    # Since when its calls have been throttled in a row; infinity if they have not.
    throttled_since: float = field(init=False, default=inf)
    # Whether the last request for the copy failed, and may have started it.
    may_have_started: bool = field(init=False, default=False)
    result: CopySnapshotResult | None = field(init=False, default=None)
    watch: Watch | None = field(init=False, default=None)

    @property
    def is_launch(self) -> bool:
        """Whether the call requests a copy."""
        return self.call.method == "copy_snapshot"

    @property
    def is_poll(self) -> bool:
        """Whether the call gets the newest state of an operation."""
        return self.call.method == "get_operation"

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations of the copy as last seen."""
        return () if self.watch is None else self.watch.operations


class Region:
    """One Region of a fleet."""

    def __init__(
        self,
        name: str,
        find_client: Callable[[str], object],
        options: Options,
        *,
        monotonic: Callable[[], float],
        working_time: Callable[[], float],
        outcomes: deque[CopyOutcome],
    ) -> None:
        """Construct a Region; `working_time` is `monotonic` less the time that the consumer of the outcomes took."""
        self.name = name
        self.find_client = find_client
        self.client: object = None
        self._has_client = False  # whether `client` was noticed
        self.jobs: deque[CopyJob] = deque()  # those to launch
        self.share = 1  # how many calls may be in flight at once
        self.in_flight: int = 0
        self._options = options
        self._monotonic = monotonic
        self._working_time = working_time  # all times are by this clock
        self._outcomes = outcomes
        # The copies under way, and when each makes its next call.
        self._copies = set[Task]()
        self._ready = deque[Task]()
        self._asleep: list[tuple[float, int, Task]] = []
        self._order = count()
        self._launching = 0
        self._is_turn_of_launch = True
        self._time_waited: float | None = None
        # What is known of the Region.
        self._pace = Pace(options.max_rate)
        self._capacity = Capacity(options.max_running)
        self._launches, self._refused_launches, self._refused_polls = Backoff(), Backoff(), Backoff()
        self._last_errors: dict[CopyJob, Exception] = {}
        self._is_stopped = self._has_worked = False
        self._unreachable_at: dict[str, float] = {}
        self._conditions = Conditions(str(name), working_time, lambda: self._started)
        # The copies that are no longer watched, until when each counts as running, and its operations.
        self._unwatched: dict[CopyJob, tuple[float, tuple[str, ...]]] = {}
        self._longest = 0.0
        self._listing = Listing(options.schedule, working_time, self._sweep, self._saw)
        self._sweeps = Task(self, None)

    @property
    def is_finished(self) -> bool:
        """Whether every job has its outcome."""
        return not (self.jobs or self._copies)

    def due_at(self, now: float) -> float:
        """Return when a call may be made next; infinity means after the next response."""
        # The first call finds the client, which may take long: the others would wait for it, and then be made at once.
        if self.in_flight >= (1 if self.client is None else self.share):
            return inf
        if not self._has_client and self.client is not None:
            self._has_client = True
            self._pace.restart(now)
        wake_at = self._asleep[0][0] if self._asleep else inf
        return max(now if self._ready else min(wake_at, self._launch_at(now)), self._pace.next_at)

    def next_task(self, now: float) -> Task | None:
        """Return a task whose call is made now, or None if there is none."""
        while self._asleep and self._asleep[0][0] <= now:
            task = heappop(self._asleep)[2]
            if not self._is_over(task):
                self._advance(task, partial(next, task.flow))
        # Launches and polls take turns, so that neither starves the other.
        is_launched = (self._is_turn_of_launch or not self._ready) and self._launch_at(now) <= now
        self._is_turn_of_launch = not is_launched
        if is_launched:
            self._launch(self.jobs.popleft())
        while self._ready:
            task = self._ready.popleft()
            if self._is_over(task):  # pragma: no cover - its outcome was known while it was waiting for its turn
                continue
            task.called_at, task.is_in_flight = now, True
            self.in_flight += 1
            self._launching += task.is_launch
            self._pace.called(now)
            return task
        return None

    def ended(self, task: Task, error: Exception | None, response: object) -> None:
        """Record the end of a call, and let its flow go on; or make the call, or launch the job, again later."""
        now, is_launch, is_poll = self._working_time(), task.is_launch, task.is_poll
        task.is_in_flight = False
        self.in_flight -= 1
        self._launching -= is_launch
        if error is None:
            self._succeeded(task)
        else:
            self._failed(task, error, now)
        if self._is_over(task):
            return
        if error is None:
            self._advance(task, partial(task.flow.send, response))
            if self.is_finished and not self._is_stopped:
                self._conditions.end_all()
            return
        if not (self._repeat(task, error, now) or self._put_back(task, error, now)):
            self._advance(task, partial(task.flow.throw, error))
        if is_launch and self._is_hopeless(error, now):
            self._stop_launches(error)
        elif is_poll and self._refused_polls.count >= _MAX_FAILURES:
            self._stop_waits(error)

    def time_out(self, waited: float) -> None:
        """End what can end: a copy whose launch is in flight ends with the response."""
        self._time_waited = waited
        while self.jobs:
            job = self.jobs.popleft()
            trouble = self._last_errors.get(job)
            self._end_job(job, WaitTimeoutError((), waited=waited, was_requested=False, trouble=trouble))
        for task in tuple(self._copies):
            if not (task.is_in_flight and task.is_launch):
                self._advance(task, partial(task.flow.throw, OutOfTime()))

    # A copy.

    def _copy(self, task: Task, job: CopyJob) -> Flow[None]:
        """Copy a snapshot, and wait for it."""
        options = self._options
        task.result = result = yield from copies.start_copy(
            job.request,
            if_exists=options.if_exists,
            lookup_timeout=max(copies.DEFAULT_LOOKUP_TIMEOUT, options.schedule.error_tolerance),
            monotonic=self._monotonic,
            working_time=self._working_time,
            region_name=str(self.name),
        )
        task.watch = watch = Watch(
            result,
            timeout=None,
            schedule=options.schedule,
            monotonic=self._working_time,
            get_operation=partial(self._listing.newest_state, partial(self._resume, task)),
            is_new=True,
        )
        self._listing.watch(result.operations)
        self._launched(job)
        if options.wait and watch.pending:
            self._outcomes.append(CopyOutcome(job, result, result.operations, done=False))
            while not watch.is_finished:
                yield from watch.next_state()

    def _advance(self, task: Task, resume: Callable[[], object]) -> None:
        """Let a flow go on until its next call, its next sleep, or its end."""
        try:
            step = resume()
            if self._time_waited is not None:
                step = task.flow.throw(OutOfTime())
        except StopIteration:
            failed = any(each.failed for each in task.operations)
            self._end(task, CopyFailedError(task.operations) if failed else None)
        except OutOfTime:
            trouble = None if task.watch is None else task.watch.trouble
            self._end(task, WaitTimeoutError(task.operations, waited=self._time_waited or 0.0, trouble=trouble))
        # Any error is the outcome of its job.
        except Exception as error:  # noqa: BLE001 - see above
            self._end(task, error)
        else:
            if not isinstance(step, Sleep):
                task.call = cast("Call[object]", step)
                self._ready.append(task)
                return
            task.call = _NO_CALL
            # An endless sleep ends with a sweep.
            if step.seconds != inf:
                heappush(self._asleep, (self._working_time() + step.seconds, next(self._order), task))

    def _end(self, task: Task, error: Exception | None) -> None:
        if task.job is None:
            return
        self._copies.discard(task)
        now = self._working_time()
        is_running = error is not None and (task.may_have_started or isinstance(error, UnexpectedResponseError))
        if task.watch is not None:
            is_running = bool(error and task.watch.pending)
            if not task.watch.pending:
                self._longest = max(self._longest, now - task.watch.started_at)
            self._listing.forget(task.operations)
        if is_running:
            ids = tuple(each.id for each in task.operations)
            self._unwatched[task.job] = now + (self._longest or _USUAL_DURATION), ids
        self._end_job(task.job, error, task)
        if isinstance(error, UnknownOutcomeError):
            self._refused_launches.failed(now, task.called_at)
            if self._refused_launches.count >= _MAX_FAILURES:
                self._stop_launches(error)

    def _end_job(self, job: CopyJob, error: Exception | None, task: Task | None = None) -> None:
        result, operations = (None, ()) if task is None else (task.result, task.operations)
        self._outcomes.append(CopyOutcome(job, result, operations, None if error is None else to_outcome_error(error)))

    def _is_over(self, task: Task) -> bool:
        """Whether a copy has its outcome, although one of its calls or sleeps was under way."""
        return task.job is not None and task not in self._copies

    # Launches.

    @property
    def _running(self) -> int:
        return len(self._copies) + len(self._unwatched)

    @property
    def _started(self) -> int:
        return sum(task.watch is not None for task in self._copies) + len(self._unwatched)

    def _launch_at(self, now: float) -> float:
        # One of the calls in flight is left to polls.
        if not self.jobs or self._launching >= max(1, self.share - 1):
            return inf
        for job in [job for job, (until, _) in self._unwatched.items() if until <= now]:
            del self._unwatched[job]
        at = self._capacity.next_at(self._running)
        if at == inf and self._unwatched:
            at = min(until for until, _ in self._unwatched.values())
        return max(at, self._launches.held_until, self._refused_launches.held_until)

    def _launch(self, job: CopyJob) -> None:
        task = Task(self, job)
        task.flow = self._copy(task, job)
        self._copies.add(task)
        self._advance(task, partial(next, task.flow))
        # Its call comes next, because the flow takes now as the start of the call.
        self._ready.rotate(1)

    def _launched(self, job: CopyJob) -> None:
        """Record that a copy has started."""
        self._last_errors.pop(job, None)
        self._launches.succeeded()
        self._refused_launches.succeeded()
        if self._capacity.launched(self._running) or not self.jobs:
            self._conditions.end("quota")
        self._reached("launches")

    def _put_back(self, task: Task, error: Exception, now: float) -> bool:
        """Launch a job again later if its launch started nothing and may succeed then; return whether that is so."""
        if not task.is_launch or task.job is None:
            return False
        # It is requested again only after lookups have shown that it has not started.
        task.may_have_started = may_have_started(error, task.call.attempts)
        if task.may_have_started or self._time_waited is not None:
            return False
        is_quota = isinstance(error, QuotaExceededError)
        is_passing = is_quota or self._is_passing(error)
        if not (is_passing or _is_of_set_up(error)):
            return False
        self._copies.discard(task)
        task.flow.close()
        self._last_errors[task.job] = error
        # An error of this job alone does not hold the others.
        self.jobs.insert(0 if is_passing else len(self.jobs), task.job)
        if isinstance(error, QuotaExceededError):
            self._capacity.exceeded(now, task.called_at, self._running)
            sentence = f'quota reached ("{shorten(error.message)}")'
            self._conditions.start("quota", sentence, self._capacity.probe_at - now)
        return True

    def _is_hopeless(self, error: Exception, now: float) -> bool:
        """Return whether no launch is going to succeed, after the error of one."""
        tolerance = self._options.schedule.error_tolerance
        if self._is_stopped or self._refused_launches.count >= _MAX_FAILURES:
            return True
        # An error of one job alone, such as a name in use, says nothing about the others.
        if isinstance(error, QuotaExceededError):
            return now - self._capacity.idle_since > tolerance
        return self._is_passing(error) and now - self._launches.since > tolerance

    def _stop_launches(self, error: Exception) -> None:
        """End the jobs that are not launched: each with its own error, if it has been tried."""
        self._is_stopped = True
        if not self.jobs:  # pragma: no cover - the last one has just ended
            return
        left = f"{len(self.jobs)} {'job is' if len(self.jobs) == 1 else 'jobs are'} not started"
        self._conditions.start("stopped", f"stopped ({_brief(error)}); {left}")
        while self.jobs:
            job = self.jobs.popleft()
            own = self._last_errors.pop(job, None)
            if own is None and isinstance(error, QuotaExceededError):
                own = copy(error)
            self._end_job(job, own or _stopped(f"Not started: the copies to {self.name} were stopped.", error))

    # What calls show of the Region.

    def _succeeded(self, task: Task) -> None:
        self._has_worked = True
        task.throttled_since = inf
        self._pace.succeeded()
        # After the last launch, the rate may never be the highest again.
        if self._pace.rate == self._pace.max_rate or (task.is_launch and not self.jobs):
            self._conditions.end("throttled")
        if not task.is_launch:
            self._refused_polls.succeeded()
            self._reached("polls")

    def _failed(self, task: Task, error: Exception, now: float) -> None:
        is_passing = self._is_passing(error)
        if isinstance(error, ThrottledError):
            self._pace.throttled(now, task.called_at)
            self._conditions.start("throttled", "throttled", 1 / self._pace.rate)
        if is_passing and task.is_launch:
            # For a throttled call, the rate is delay enough.
            self._launches.failed(now, task.called_at, has_delay=not isinstance(error, ThrottledError))
        # A sweep that fails is replaced by polls.
        if is_passing and not isinstance(error, ThrottledError) and task.job is not None:
            self._unreachable_at["launches" if task.is_launch else "polls"] = now
            delay = self._launches.held_until - now if task.is_launch else None
            self._conditions.start("unreachable", _unreachable(error), delay)
        if is_passing:
            return
        if not (_is_of_set_up(error) or _is_denied(error)):
            # The service rejected one copy, so it responds to the others too.
            if task.is_launch:
                self._launches.succeeded()
                self._refused_launches.succeeded()
                self._reached("launches")
        elif task.is_launch:
            self._refused_launches.failed(now, task.called_at)
        elif task.is_poll:
            self._refused_polls.failed(now, task.called_at)
            self._pace.hold(self._refused_polls.held_until)

    def _is_passing(self, error: Exception) -> bool:
        """Return whether the same call may succeed later."""
        if isinstance(error, (ServiceUnreachableError, ServiceFaultError)):
            return error.may_pass
        return isinstance(error, ThrottledError) or (self._has_worked and isinstance(error, CredentialRetrievalError))

    def _reached(self, kind: str) -> None:
        """Record that the Region responds to launches or to polls; not at once, because one in two may fail."""
        is_last = kind == "launches" and not self.jobs
        if is_last or self._working_time() - self._unreachable_at.get(kind, inf) >= _CALM:
            self._unreachable_at.pop(kind, None)
            if not self._unreachable_at:
                self._conditions.end("unreachable")

    # Polls and sweeps.

    def _repeat(self, task: Task, error: Exception, now: float) -> bool:
        """Make a throttled lookup or sweep again, and return whether it is; waits decide about their polls."""
        if not isinstance(error, ThrottledError) or task.is_launch or task.is_poll:
            return False
        task.throttled_since = min(task.throttled_since, now)
        schedule = self._options.schedule
        # Polls may go through where a sweep does not.
        tolerance = schedule.error_tolerance if task.job else min(schedule.error_tolerance, schedule.max_delay)
        if now - task.throttled_since > tolerance:
            return False
        self._ready.append(task)
        return True

    def _sweep(self, flow: Flow[None]) -> None:
        self._sweeps.flow = flow
        self._advance(self._sweeps, partial(next, flow))

    def _resume(self, task: Task, listed: Operation | None) -> None:
        if not self._is_over(task):
            self._advance(task, partial(task.flow.send, listed))

    def _saw(self, operation: Operation) -> None:
        """Record an operation that a sweep has listed: its copy may no longer be watched."""
        if operation.done and self._unwatched:
            for job in [job for job, (_, ids) in self._unwatched.items() if operation.id in ids]:
                del self._unwatched[job]

    def _stop_waits(self, error: Exception) -> None:
        """End the waits of the Region, except for those whose polls are in flight."""
        waits = [task for task in self._copies if task.watch is not None and not task.is_in_flight]
        if waits:  # pragma: no branch - all polls may be in flight
            left = f"{len(waits)} {'copy is' if len(waits) == 1 else 'copies are'} no longer watched"
            self._conditions.start("stopped", f"stopped ({_brief(error)}); {left}", of="waits")
        for task in waits:
            self._end(task, _stopped(f"The wait was stopped: polls of the copies to {self.name} fail.", error))


def _is_denied(error: Exception) -> bool:
    """Return whether every copy to the Region would meet an error, unless a policy names its resource."""
    # An error that is neither ours nor botocore's comes from the client, or from a caller's hook.
    return isinstance(error, _DENIED) or not isinstance(error, (LightsailCopyError, BotoCoreError))


def _is_of_set_up(error: Exception) -> bool:
    """Return whether an error comes from the credentials, the endpoint, or the machine's setup."""
    if isinstance(error, (ServiceUnreachableError, ServiceFaultError)):
        return not error.may_pass
    return isinstance(error, UnauthenticatedError) or (
        isinstance(error, BotoCoreError) and not isinstance(error, LightsailCopyError)
    )


def _unreachable(error: Exception) -> str:
    if isinstance(error, ServiceFaultError):
        return f"the service fails ({error.code})"
    if isinstance(error, CredentialRetrievalError):
        return f"no credentials ({type(error).__name__})"
    cause = error.__cause__ or error
    what = "response" if isinstance(cause, (ConnectionClosedError, ReadTimeoutError)) else "connection"
    return f"no {what} ({type(cause).__name__})"


def _brief(error: Exception) -> str:
    if isinstance(error, LightsailCopyError):
        return shorten(f"{type(error).__name__}: {error.parts[0]}", 150)
    return shorten(describe_error(error), 150)


def _stopped(sentence: str, cause: Exception) -> LightsailCopyError:
    error = LightsailCopyError(sentence, shorten(describe_error(cause)))
    error.__cause__ = cause
    return error
