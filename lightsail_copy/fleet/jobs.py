"""The jobs of a fleet, and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import cast

from attrs import field, frozen
from botocore.exceptions import BotoCoreError

from lightsail_copy.clients import client_method, validate_client
from lightsail_copy.dicts import CopyJobDict, CopyOutcomeDict, ErrorDict
from lightsail_copy.enums import RegionName, Unrecognized
from lightsail_copy.errors import (
    InvalidRequestError,
    LightsailCopyError,
    Problem,
    as_sentence,
    chain_of,
    describe_error,
    format_value,
    shorten,
)
from lightsail_copy.flows.copies import IfExists
from lightsail_copy.forks import once_for_each
from lightsail_copy.operations import CopySnapshotResult, Operation
from lightsail_copy.requests import (
    ALL_FIELDS,
    MANUAL_FIELDS,
    SnapshotCopyRequest,
    missing_problem,
    region_from,
    request_from_dict,
    require_mapping,
    require_request,
    to_region,
    validate_keys,
)
from lightsail_copy.schedule import PollSchedule
from lightsail_copy.service_errors import ServiceError
from lightsail_copy.validation import (
    BY_OPTION,
    raise_problems,
    to_optional_seconds,
    validate_boolean,
    validate_choice,
    validate_count,
    validate_rate,
    validate_region,
    validate_seconds,
    validate_type,
)

_TARGET_REGION = "targetRegion"
# How many seconds a function that finds the client of a Region may delay the other Regions.
_TURN = 1.0


@frozen(kw_only=True, order=False)
class CopyJob:
    """
    One copy of a fleet: a request, and the Region to copy into.

    Attributes:
        target_region: the target Region.
        request: what to copy.

    Raises:
        InvalidRequestError: the Region is not a Lightsail Region.
        TypeError: `request` is not a request.
    """

    target_region: RegionName | Unrecognized = field(converter=to_region)
    request: SnapshotCopyRequest

    def __attrs_post_init__(self) -> None:
        require_request(self.request)
        raise_problems(validate_region("target_region", self.target_region), subject="job")

    @classmethod
    def from_dict(cls, mapping: Mapping[str, object], *, allow_unknown_region: bool = False) -> CopyJob:
        """
        Construct a job from the parameters of CopySnapshot and `targetRegion`, as `to_dict` returns them.

        Args:
            mapping: the parameters, under their wire names.
            allow_unknown_region: whether a Region that this release does not know is kept, as `Unrecognized`.

        Raises:
            InvalidRequestError: a parameter is missing, unknown, or breaks a rule.
            TypeError: the argument is not a mapping.
        """
        require_mapping(mapping)
        given = mapping.get(_TARGET_REGION)
        region = region_from(given, allow_unknown=allow_unknown_region)
        missing = missing_problem("target_region", _TARGET_REGION)
        problems = [missing] if given is None else validate_region("target_region", region, BY_OPTION)
        problems += validate_keys(mapping, (_TARGET_REGION, *ALL_FIELDS), "job")
        request = {key: value for key, value in mapping.items() if key in ALL_FIELDS}
        try:
            parsed = request_from_dict(request, allow_unknown_region=allow_unknown_region)
        except InvalidRequestError as error:
            raise InvalidRequestError((*problems, *error.problems), "job") from None
        raise_problems(problems, subject="job")
        return cls(target_region=region, request=parsed)

    def to_dict(self) -> CopyJobDict:
        """Return the parameters of CopySnapshot and `targetRegion`, ready for JSON."""
        return {"targetRegion": str(self.target_region), **self.request.to_dict()}


@frozen(order=False)
class CopyOutcome:
    """
    What is known of one job.

    Attributes:
        job: the job.
        result: the result of the copy, or None if it is not known to have started.
        operations: the operations of the copy as last seen.
        error: why the copy or the wait for it failed, or None.
        done: whether this is the end of the job; otherwise its copy has started.
    """

    job: CopyJob
    result: CopySnapshotResult | None = None
    operations: tuple[Operation, ...] = ()
    error: LightsailCopyError | BotoCoreError | None = None
    done: bool = True

    @property
    def succeeded(self) -> bool:
        """Whether the job is done without an error."""
        return self.done and self.error is None

    def to_dict(self) -> CopyOutcomeDict:
        """Return the outcome ready for JSON: the job under its wire names, its operations, and the error."""
        outcome: CopyOutcomeDict = {
            "job": self.job.to_dict(),
            "done": self.done,
            "succeeded": self.succeeded,
            "adopted": self.result is not None and self.result.adopted,
            "operations": [operation.to_dict() for operation in self.operations],
        }
        if self.error is not None:
            error: ErrorDict = {"type": type(self.error).__name__, "message": str(self.error)}
            if isinstance(self.error, ServiceError):
                error["code"] = self.error.code
            outcome["error"] = error
        return outcome


@frozen(order=False, eq=False)
class Options:
    """The options of a fleet, as `watch_copies` describes them; `timeout` is in seconds."""

    if_exists: IfExists
    wait: bool
    timeout: float | None = field(converter=to_optional_seconds)
    max_calls: int
    max_rate: float
    max_running: int
    schedule: PollSchedule

    def problems(self) -> tuple[list[Problem], ...]:
        """Return the problems with the options."""
        return (
            validate_count("max_calls", self.max_calls),
            validate_rate("max_rate", self.max_rate),
            validate_count("max_running", self.max_running),
            [] if self.timeout is None else validate_seconds("timeout", self.timeout),
            validate_choice("if_exists", self.if_exists, ("raise", "adopt")),
            validate_boolean("wait", self.wait),
            validate_type("schedule", self.schedule, PollSchedule),
        )


def to_outcome_error(error: Exception) -> LightsailCopyError | BotoCoreError:
    """
    Return the error of an outcome, without tracebacks, whose frames would keep objects alive.

    An error that is neither ours nor botocore's, such as that of a caller's hook, becomes the cause of one of ours.
    """
    if isinstance(error, (LightsailCopyError, BotoCoreError)):
        made: LightsailCopyError | BotoCoreError = error
    else:
        made = LightsailCopyError(as_sentence(shorten(describe_error(error))))
        made.__cause__ = error
    for each in chain_of(made):
        each.__traceback__ = None
    return made


def validate_jobs(jobs: tuple[CopyJob, ...], clients: object, *, awaited: bool) -> list[Problem]:
    """Return the problems with jobs, and with the clients in a mapping: a function is called later."""
    is_mapping, mapping = isinstance(clients, Mapping), cast("Mapping[str, object]", clients)
    problems: list[Problem] = []
    regions: dict[str, None] = {}
    first: dict[tuple[str, str], int] = {}
    for index, job in enumerate(cast("tuple[object, ...]", jobs)):
        if not isinstance(job, CopyJob):
            problems.append(Problem(f"jobs[{index}]", format_value(job), "must be a CopyJob"))
            continue
        region, name = str(job.target_region), job.request.target_snapshot_name
        if not is_mapping or region in mapping:
            regions[region] = None
        else:
            rule = "must be one of the Regions of clients"
            problems.append(Problem(f"jobs[{index}].target_region", repr(region), rule))
        earlier = first.setdefault((region, name), index)
        if earlier != index:
            rule = f"must not be the name of jobs[{earlier}], which has the same target Region"
            problems.append(Problem(f"jobs[{index}].target_snapshot_name", repr(name), rule))
    if is_mapping:
        for region in regions:
            client_method(mapping[region], "copy_snapshot", MANUAL_FIELDS, awaited=awaited)
            problems += validate_client(f"clients[{region!r}]", mapping[region], region)
    elif not callable(clients):
        rule = "must be a mapping from Regions to clients, or a function"
        problems.append(Problem("clients", format_value(clients), rule))
    return problems


def client_finder(find: Callable[[str], object]) -> Callable[[str], object]:
    """
    Return a function that finds the client of a Region, once, in the thread that needs it first.

    A boto3 session makes one client at a time, so a caller's function is called for one Region after another, but a
    slow call delays the others by no more than a second. The returned function raises an `InvalidRequestError` if the
    client is of another Region.
    """
    turn = Lock()

    def find_in_turn(region: str) -> object:
        has_turn = turn.acquire(timeout=_TURN)
        try:
            client = find(region)
        finally:
            if has_turn:
                turn.release()
        raise_problems(validate_client(f"clients({region!r})", client, region), subject="fleet")
        return client

    return once_for_each(find_in_turn)
