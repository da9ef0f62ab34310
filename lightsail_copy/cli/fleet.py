"""`fleet`: the copies of a file, to many Regions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any, cast

import attrs
import click

from lightsail_copy import CopyJob, CopyOutcome, CopyPlan, InvalidRequestError, check_copy, watch_copies
from lightsail_copy.cli.command import Command
from lightsail_copy.cli.failures import as_one, explain
from lightsail_copy.cli.invocation import DEMO_SOURCE, DEMO_TARGET, Connection, Invocation
from lightsail_copy.cli.options import SecondsType
from lightsail_copy.cli.printing import put, put_table, say
from lightsail_copy.cli.status import Status, Stop
from lightsail_copy.cli.terms import problem_sentence, region_problem

_DEMO = [
    {
        "targetRegion": target,
        "sourceRegion": DEMO_SOURCE,
        "sourceResourceName": name,
        "useLatestRestorableAutoSnapshot": True,
        "targetSnapshotName": "{source}-{date}",
    }
    for name in ("web-1", "web-2", "data-1")
    for target in (DEMO_TARGET, "eu-west-1")
]
_TABLE = ("TARGET", "REGION", "OUTCOME")


@click.command(
    cls=Command,
    short_help="Make the copies that a file lists, to many Regions.",
    help="""
    Make the copies that FILE lists; "-" is standard input, and with --demo, leave FILE out.

    Each line is a JSON object with the parameters of CopySnapshot and targetRegion. In targetSnapshotName, {source} is
    the name of the source and {date} its restore date, or else the date of today in UTC, so that one file serves every
    night. A copy that exists is adopted: to resume, run the same command again.

    \b
    Example, which needs no AWS account:
      lightsail-copy fleet --demo --output table
    """,
    params=[
        click.Argument(["file"], type=click.File("r", encoding="utf-8"), required=False),
        click.Option(["--plan"], is_flag=True, help="Copy nothing; print what each copy would do."),
        click.Option(["--wait/--no-wait"], default=True, show_default=True, help="Wait until the copies are done."),
        click.Option(
            ["--timeout"], type=SecondsType(), default="none", show_default=True, help="The longest time for all."
        ),
        click.Option(
            ["--max-running"],
            type=click.IntRange(1),
            default=100,
            show_default=True,
            help="How many copies run at once in each Region.",
        ),
    ],
)
def fleet(call: Invocation, *, file: Any, plan: bool, wait: bool, timeout: float, max_running: int) -> Status:  # noqa: ANN401 - a text stream
    """Make the copies of a file."""
    jobs = _jobs(call, file)
    connection = attrs.evolve(call, region=call.region or str(jobs[0].target_region)).connect(DEMO_TARGET)
    if plan:
        return _print_plans(call, [_plan(connection, job) for job in jobs])
    outcomes: list[CopyOutcome] = []
    options: dict[str, Any] = {"wait": wait, "timeout": timeout, "max_running": max_running}
    try:
        for outcome in watch_copies(
            jobs, clients=connection.client, clock=call.tools.clock, schedule=connection.schedule, **options
        ):
            outcomes.append(outcome)
            say(f"{_target(outcome.job)}: {_state(outcome)}")
            if call.output == "json":
                put(json.dumps(outcome.to_dict()))
    except KeyboardInterrupt as error:
        sentence = f"{len(outcomes)} of {len(jobs)} outcomes are known; the copies go on at AWS."
        note = "To resume, run the same command again."
        raise Stop(Status.INTERRUPTED, sentence, heading="Interrupted", notes=(note,)) from error
    if call.output != "json":
        rows = [(each.job.request.target_snapshot_name, each.job.target_region, _state(each)) for each in outcomes]
        put_table(_TABLE, rows)
    failed = sum(not outcome.succeeded for outcome in outcomes)
    if failed:
        raise Stop(Status.COPY_FAILED, f"{failed} of {len(jobs)} copies failed.")
    return Status.DONE


def _plan(connection: Connection, job: CopyJob) -> CopyPlan:
    source, target = connection.client(str(job.request.source_region)), connection.client(str(job.target_region))
    return check_copy(source, target, job.request, if_exists="adopt")


def _print_plans(call: Invocation, plans: list[CopyPlan]) -> Status:
    if call.output == "json":
        put("\n".join(json.dumps(plan.to_dict()) for plan in plans))
    else:
        rows = [(each.request.target_snapshot_name, each.target_region, _forecast(each)) for each in plans]
        put_table(_TABLE, rows)
    impossible = sum(not each.possible for each in plans)
    if impossible:
        raise Stop(Status.FAILED, f"{impossible} of {len(plans)} copies are not possible.")
    return Status.DONE


def _forecast(plan: CopyPlan) -> str:
    if plan.adopts:
        return "exists"
    size = "" if plan.size_in_gb is None else f", {plan.size_in_gb} GB"
    date = "" if plan.restore_date is None else f" of {plan.restore_date}"
    return "; ".join(map(problem_sentence, plan.problems)) or f"would copy{date}{size}"


def _target(job: CopyJob) -> str:
    return f"{job.request.target_snapshot_name} ({job.target_region})"


def _state(outcome: CopyOutcome) -> str:
    if outcome.error is not None:
        return " ".join(explain(outcome.error).sentences)
    states = ", ".join(str(operation.status) for operation in outcome.operations)
    return f"{states}, adopted" if outcome.result is not None and outcome.result.adopted else states


def _jobs(call: Invocation, file: Any) -> list[CopyJob]:  # noqa: ANN401 - a text stream
    """
    Return the jobs of a file.

    Raises:
        Stop: a line is not valid, or there is none; every problem is listed with the number of its line.
    """
    if file is None and not call.demo:
        raise Stop(Status.BAD_REQUEST, "FILE is missing: give a file of JSON lines, or - for standard input.")
    today = datetime.fromtimestamp(call.tools.clock.time(), timezone.utc).date().isoformat()
    jobs: list[CopyJob] = []
    stops: list[Stop] = []
    lines = enumerate(map(json.dumps, _DEMO), 1) if file is None else _lines(file)
    for number, line in lines:
        job, problems = _job(line, today, allow_unknown=call.allow_unknown_region)
        jobs += [] if job is None else [job]
        stops += [Stop(Status.BAD_REQUEST, f"line {number}: {problem}") for problem in problems]
    if stops:
        raise as_one(stops)
    if not jobs:
        raise Stop(Status.BAD_REQUEST, "FILE lists no copies: give a JSON object on each line.")
    return jobs


def _job(line: str, today: str, *, allow_unknown: bool) -> tuple[CopyJob | None, list[str]]:
    """Return the job of a line, or None, and the sentences of its problems."""
    try:
        job = CopyJob.from_dict(_filled(json.loads(line), today))
    except InvalidRequestError as error:
        return None, list(map(problem_sentence, error.problems))
    except (TypeError, ValueError) as error:
        return None, [f"must be a JSON object: {error}"]
    regions = {"targetRegion": job.target_region, "sourceRegion": job.request.source_region}
    problems = (region_problem(str(region), name, allow_unknown=allow_unknown) for name, region in regions.items())
    return job, [problem for problem in problems if problem]


def _lines(file: Any) -> Iterator[tuple[int, str]]:  # noqa: ANN401 - a text stream
    return ((number, line) for number, line in enumerate(file, 1) if line.strip())


def _filled(wire: object, today: str) -> Mapping[str, object]:
    """Return the parameters of a job with the placeholders of its target name filled in."""
    if not isinstance(wire, dict):
        raise TypeError(type(wire).__name__)
    parameters = cast("dict[str, object]", wire)
    name = parameters.get("targetSnapshotName")
    if not isinstance(name, str):
        return parameters
    source = parameters.get("sourceSnapshotName") or parameters.get("sourceResourceName") or ""
    date = parameters.get("restoreDate") or today
    return {**parameters, "targetSnapshotName": name.replace("{source}", str(source)).replace("{date}", str(date))}
