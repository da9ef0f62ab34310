"""The planner of a fleet: it decides which copy may make its next call. One thread uses it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from math import inf
from typing import cast

from lightsail_copy.enums import Unrecognized
from lightsail_copy.errors import LightsailCopyError
from lightsail_copy.fleet.jobs import CopyJob, CopyOutcome, Options, client_finder, validate_jobs
from lightsail_copy.fleet.region import Region, Task
from lightsail_copy.validation import raise_problems

# A shorter sleep may not move the clock.
_SHORTEST = 0.001


class Planner:
    """The plan of a fleet."""

    def __init__(
        self,
        jobs: tuple[CopyJob, ...],
        clients: object,
        options: Options,
        monotonic: Callable[[], float],
        *,
        awaited: bool = False,
    ) -> None:
        """Validate the arguments, and assign the jobs to their Regions."""
        raise_problems(validate_jobs(jobs, clients, awaited=awaited), *options.problems(), subject="fleet")
        self.max_calls: int = options.max_calls
        self._monotonic = monotonic
        self._paused = 0.0
        self._started_at = monotonic()
        self._deadline = inf if options.timeout is None else self._started_at + options.timeout
        self._outcomes: deque[CopyOutcome] = deque()
        # Not called for a mapping.
        find_client = client_finder(cast("Callable[[str], object]", clients))
        regions: dict[str, Region] = {}
        for job in jobs:
            target = job.target_region
            if target not in regions:
                # Clients are found by a plain name; a Region that this release does not know keeps its type.
                name = target if isinstance(target, Unrecognized) else str(target)
                regions[target] = Region(
                    name, find_client, options, monotonic=monotonic, working_time=self.time, outcomes=self._outcomes
                )
                if isinstance(clients, Mapping):
                    regions[target].client = cast("Mapping[str, object]", clients)[name]
            regions[target].jobs.append(job)
        self._regions = deque(regions.values())

    @property
    def is_finished(self) -> bool:
        """Whether every job has its outcome, even if nobody has taken it yet."""
        return not self._regions

    @property
    def has_outcomes(self) -> bool:
        """Whether there are new outcomes."""
        return bool(self._outcomes)

    def time(self) -> float:
        """Return the clock's time less the time that the consumer of the outcomes took, in seconds."""
        return self._monotonic() - self._paused

    def outcomes(self) -> Iterator[CopyOutcome]:
        """Yield the new outcomes, to a consumer who may take time over each."""
        while self._outcomes:
            yielded_at = self._monotonic()
            yield self._outcomes.popleft()
            self._paused += self._monotonic() - yielded_at

    def next_task(self, in_flight: int) -> Task | float:
        """Return a task whose call to make now, or the seconds to wait for one, unless a call ends earlier."""
        while True:
            now = self.time()
            if self._monotonic() >= self._deadline:
                self._time_out()
            self._regions = deque(region for region in self._regions if not region.is_finished)
            left = self._deadline - self._monotonic()
            if not self._regions or in_flight >= self.max_calls:
                return max(left, _SHORTEST)
            task = self._task_of_a_region(now)
            if task is not None:
                return task
            due = min(region.due_at(now) for region in self._regions)
            if self._outcomes or due > now:  # pragma: no branch - false if another Region is due by now
                return max(min(due - now, left), _SHORTEST)

    def ended(self, task: Task, error: BaseException | None, response: object) -> None:
        """Record the end of a call: the response, or an error."""
        if error is not None and not isinstance(error, Exception):
            # A client may cancel its own call, and a hook may exit its thread.
            made = LightsailCopyError(f"The call ended with {type(error).__name__}.")
            made.__cause__ = error
            error = made
        task.region.ended(task, error, response)

    def _task_of_a_region(self, now: float) -> Task | None:
        # Each Region has its share of the calls in flight, so that one whose calls hang does not delay the others.
        share = max(1, self.max_calls // len(self._regions))
        for region in tuple(self._regions):
            self._regions.rotate(-1)
            region.share = share
            if region.due_at(now) <= now:
                task = region.next_task(now)
                if task is not None:
                    return task
        return None

    def _time_out(self) -> None:
        waited = self._monotonic() - self._started_at
        self._deadline = inf
        for region in self._regions:
            region.time_out(waited)
