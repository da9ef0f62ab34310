"""The jobs of a fleet, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from attrs import field, frozen

from lightsail_copy.clients import validate_client
from lightsail_copy.dicts import CopyJobDict, CopyOutcomeDict, ErrorDict
from lightsail_copy.enums import RegionName, Unrecognized
from lightsail_copy.errors import InvalidRequestError, Problem
from lightsail_copy.messages import format_value
from lightsail_copy.operations import CopySnapshotResult, Operation
from lightsail_copy.requests import SnapshotCopyRequest, request_from_dict, require_mapping, require_request, to_region
from lightsail_copy.service_errors import ServiceError
from lightsail_copy.validation import raise_problems, validate_region

_TARGET_REGION = "targetRegion"


@frozen(order=False)
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
        """Validate the target Region."""
        require_request(self.request)
        raise_problems(validate_region("target_region", self.target_region), subject="job")

    @classmethod
    def from_dict(cls, mapping: Mapping[str, object]) -> CopyJob:
        """
        Construct a job from the parameters of CopySnapshot and `targetRegion`, as `to_dict` returns them.

        Raises:
            InvalidRequestError: a parameter is missing, unknown, or breaks a rule.
            TypeError: the argument is not a mapping.
        """
        require_mapping(mapping)
        wire = mapping.get(_TARGET_REGION)
        # A wire form was a job before: a Region that this release does not know was passed on purpose then.
        region = RegionName.parse(wire) if isinstance(wire, str) else cast("str", wire)
        try:
            request = request_from_dict({key: value for key, value in mapping.items() if key != _TARGET_REGION})
        except InvalidRequestError as error:
            problems = (*validate_region("target_region", region), *error.problems)
            raise InvalidRequestError(problems, "job") from None
        return cls(region, request)

    def to_dict(self) -> CopyJobDict:
        """Return the parameters of CopySnapshot and `targetRegion`, ready for JSON."""
        return {"targetRegion": str(self.target_region), **self.request.to_dict()}


@frozen(order=False)
class CopyOutcome:
    """
    What became of one job.

    Attributes:
        job: the job.
        result: the result of the copy, or None where it did not start.
        operations: the operations of the copy as last seen.
        error: why the copy failed, or None.
    """

    job: CopyJob
    result: CopySnapshotResult | None = None
    operations: tuple[Operation, ...] = ()
    error: Exception | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the copy started, and no error is known."""
        return self.result is not None and self.error is None

    def to_dict(self) -> CopyOutcomeDict:
        """Return the outcome ready for JSON: the job under its wire names, its operations, and the error."""
        outcome: CopyOutcomeDict = {
            "job": self.job.to_dict(),
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


def validate_jobs(jobs: tuple[CopyJob, ...], clients: object) -> list[Problem]:
    """
    Return the problems of a fleet: values that are not jobs, two jobs of one target, Regions without a client.

    Args:
        jobs: the jobs.
        clients: a mapping from Regions to clients, or a function.
    """
    problems: list[Problem] = []
    first: dict[tuple[str, str], int] = {}
    for index, job in enumerate(cast("tuple[object, ...]", jobs)):
        if not isinstance(job, CopyJob):
            problems.append(Problem(f"jobs[{index}]", format_value(job), "must be a CopyJob"))
            continue
        region, name = str(job.target_region), job.request.target_snapshot_name
        if isinstance(clients, Mapping) and region not in clients:
            problems.append(
                Problem(f"jobs[{index}].target_region", repr(region), "must be one of the Regions of clients")
            )
        earlier = first.setdefault((region, name), index)
        if earlier != index:
            rule = f"must not be the name of jobs[{earlier}], which has the same target Region"
            problems.append(Problem(f"jobs[{index}].target_snapshot_name", repr(name), rule))
    return problems


def validate_clients(clients: object, jobs: tuple[CopyJob, ...]) -> list[Problem]:
    """
    Return the problems of the clients of a fleet that are known before the first call: those of a mapping.

    Args:
        clients: a mapping from Regions to clients, or a function.
        jobs: the jobs; one that is not a job is skipped.
    """
    if not isinstance(clients, Mapping):
        return []
    mapping = cast("Mapping[str, object]", clients)
    targets = (str(job.target_region) for job in jobs if isinstance(cast("object", job), CopyJob))
    problems = [
        validate_client(f"clients[{region!r}]", mapping[region], region)
        for region in dict.fromkeys(targets)
        if region in mapping
    ]
    return [problem for each in problems for problem in each]
