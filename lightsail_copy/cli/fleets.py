"""`fleet`: the copies of a file, to many Regions."""

from __future__ import annotations

import json
from typing import Any

import click

from lightsail_copy import CopyJob, CopyOutcome, CopyPlan, check_copy, watch_copies
from lightsail_copy.cli.command import Command
from lightsail_copy.cli.failures import Status, Stop, explain
from lightsail_copy.cli.fleet_files import parse_jobs
from lightsail_copy.cli.formats import put_table
from lightsail_copy.cli.invocation import DEMO_TARGET, Connection, Invocation
from lightsail_copy.cli.options import SecondsType
from lightsail_copy.cli.printing import put
from lightsail_copy.cli.progress import fleet_display
from lightsail_copy.cli.terms import problem_sentence

_TABLE = ("TARGET", "REGION", "OUTCOME")
_PLAN_TABLE = ("SOURCE", "DATE", "GB", "TARGET", "REGION", "PLAN")


@click.command(
    cls=Command,
    help="""
    Make the copies that FILE lists. For standard input, give "-". With --demo, you can leave out FILE.

    FILE has a JSON object on each line, or is TOML with a [[copy]] table for each copy: the parameters of CopySnapshot
    and targetRegion. In targetSnapshotName, {source} is the name of the source and {date} its restore date, or else the
    date of today in UTC, so that one file serves every night. A copy that exists is adopted: to resume, run the same
    command again.

    \b
    Example, which needs no AWS account:
      lightsail-copy fleet --demo --output table
    """,
    params=[
        click.Argument(["file"], type=click.File("r", encoding="utf-8"), required=False),
        click.Option(["--plan"], is_flag=True, help="Copy nothing; print what each copy would do."),
        click.Option(["--wait/--no-wait"], default=True, show_default=True, help="Wait until the copies are done."),
        click.Option(
            ["--timeout"],
            type=SecondsType(),
            default="none",
            show_default=True,
            help="The longest time for all copies, in seconds.",
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
    jobs = parse_jobs(call, file)
    connection = call._replace(region=call.region or str(jobs[0].target_region)).connect(DEMO_TARGET)
    if plan:
        return _print_plans(call, [_plan(connection, job) for job in jobs])
    outcomes: list[CopyOutcome] = []
    options: dict[str, Any] = {"wait": wait, "timeout": timeout, "max_running": max_running}
    try:
        with fleet_display([str(job.target_region) for job in jobs]) as display:
            for outcome in watch_copies(
                jobs, clients=connection.client, clock=call.tools.clock, schedule=connection.schedule, **options
            ):
                outcomes.append(outcome)
                line = f"{_target(outcome.job)}: {_state(outcome)}"
                display.show(str(outcome.job.target_region), line, succeeded=outcome.succeeded)
                if call.output == "json":
                    display.put(json.dumps(outcome.to_dict()))
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
        put_table(_PLAN_TABLE, [_plan_row(each) for each in plans])
    impossible = sum(not each.possible for each in plans)
    if impossible:
        raise Stop(Status.FAILED, f"{impossible} of {len(plans)} copies are not possible.")
    return Status.DONE


def _plan_row(plan: CopyPlan) -> tuple[str, ...]:
    request = plan.request
    return (
        f"{request.source_name} ({request.source_region})",
        str(plan.restore_date or ""),
        str(plan.size_in_gb or ""),
        request.target_snapshot_name,
        str(plan.target_region),
        "exists" if plan.adopts else "; ".join(map(problem_sentence, plan.problems)) or "would copy",
    )


def _target(job: CopyJob) -> str:
    return f"{job.request.target_snapshot_name} ({job.target_region})"


def _state(outcome: CopyOutcome) -> str:
    if outcome.error is not None:
        return " ".join(explain(outcome.error).sentences)
    states = ", ".join(str(operation.status) for operation in outcome.operations)
    return f"{states}, adopted" if outcome.result is not None and outcome.result.adopted else states
