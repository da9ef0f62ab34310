"""`fleet --plan`: what each copy would do, from lookups alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from attrs import frozen
from botocore.exceptions import BotoCoreError, ClientError

from lightsail_copy import CopyJob, CopyOutcome, CopyPlan, LightsailCopyError, Problem, plan_copy
from lightsail_copy.cli.failures import Status, Stop, explain
from lightsail_copy.cli.fleet_outcomes import error_dict, error_sentence
from lightsail_copy.cli.formats import line_of, put_table, wants_table
from lightsail_copy.cli.printing import put
from lightsail_copy.cli.terms import FILE, in_terms, problem_sentence

if TYPE_CHECKING:
    from lightsail_copy.cli.invocation import Invocation

_HEADINGS = ("SOURCE", "DATE", "GB", "TARGET", "REGION", "PLAN")


@frozen
class _Check:
    """
    What was found out about a job.

    Attributes:
        job: the job.
        found: what it would do, or the error of a lookup.
    """

    job: CopyJob
    found: CopyPlan | Exception

    @property
    def is_possible(self) -> bool:
        """Whether no problem was found."""
        return isinstance(self.found, CopyPlan) and self.found.possible

    def to_dict(self) -> dict[str, object]:
        """Return the plan under its wire names, or the request and the error."""
        if isinstance(self.found, CopyPlan):
            problems = [_problem_dict(problem) for problem in self.found.problems]
            return {"possible": self.is_possible, **self.found.to_dict(), "problems": problems}
        wire = {"request": self.job.request.to_dict(), "targetRegion": str(self.job.target_region)}
        return {**wire, "error": error_dict(CopyOutcome(self.job, error=self.found))}

    def to_row(self) -> tuple[object, ...]:
        """Return the cells of a table."""
        request, found = self.job.request, self.found
        date, size = (found.restore_date, found.size_in_gb) if isinstance(found, CopyPlan) else (None, None)
        source = f"{request.source_name} ({request.source_region})"
        return source, date, size, request.target_snapshot_name, str(self.job.target_region), _sentence(found)


def _problem_dict(problem: Problem) -> dict[str, str]:
    rule, remedy = in_terms(problem.rule, FILE), in_terms(problem.remedy, FILE)
    return {"field": FILE.names[problem.field], "given": problem.given, "rule": rule, "remedy": remedy}


def _sentence(found: CopyPlan | Exception) -> str:
    if not isinstance(found, CopyPlan):
        return f"not checked: {error_sentence(found)}"
    if found.adopts:
        return "exists"
    return "; ".join(problem_sentence(problem, FILE) for problem in found.problems) or "would copy"


def put_plans(call: Invocation, jobs: list[CopyJob], make_client: Callable[[str], Any]) -> Status:
    """
    Write what each job would do.

    Args:
        call: the options.
        jobs: the jobs.
        make_client: makes a client of a Region.

    Raises:
        Stop: a copy is not possible, or could not be checked, or nothing could be sent.
    """
    client = cache(make_client)
    checks: list[_Check] = []
    for job in jobs:
        checks.append(_check(client, job))
        if not wants_table(call):
            put(line_of(call, checks[-1].to_dict(), checks[-1].to_row()))
    if wants_table(call):
        put_table(_HEADINGS, [each.to_row() for each in checks])
    unknown = sum(not isinstance(each.found, CopyPlan) for each in checks)
    impossible = sum(not each.is_possible for each in checks) - unknown
    sentences = {"are not possible": impossible, "could not be checked": unknown}
    problems = [f"{count} of {len(jobs)} copies {what}." for what, count in sentences.items() if count]
    if problems:
        raise Stop(Status.FAILED, *problems)
    return Status.DONE


def _check(client: Callable[[str], Any], job: CopyJob) -> _Check:
    source, target = client(str(job.request.source_region)), client(str(job.target_region))
    try:
        return _Check(job, plan_copy(source, target, job.request, if_exists="adopt"))
    except (LightsailCopyError, BotoCoreError, ClientError) as error:
        # Without credentials, every call would meet the same error.
        if explain(error).status is Status.BAD_REQUEST:
            raise
        return _Check(job, error)
