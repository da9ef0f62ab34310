"""`fleet`: the copies of a file, to many Regions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import IO, Any

import click

from lightsail_copy import CopyOutcome, CopySnapshotResult, LightsailCopyError, watch_copies
from lightsail_copy.cli.command import Command
from lightsail_copy.cli.failures import Status, Stop
from lightsail_copy.cli.fleet_jobs import Fleet, parse_fleet
from lightsail_copy.cli.fleet_outcomes import Outcomes
from lightsail_copy.cli.fleet_plans import put_plans
from lightsail_copy.cli.invocation import DEMO_TARGET, Connection, Invocation, fleet_clients
from lightsail_copy.cli.options import DateType, SecondsType
from lightsail_copy.cli.progress import FleetDisplay, fleet_display


@click.command(
    cls=Command,
    help="""
    Make the copies that FILE lists. For standard input, give "-". With --demo, you can leave out FILE.

    FILE has a JSON object on each line, or is TOML with a [[copy]] table for each copy: the parameters of CopySnapshot
    and targetRegion. In targetSnapshotName, {source} is the name of the source. In all names, {date} is the restore
    date, or else --date, so that one file serves every night. A copy that exists is adopted: to resume, run the same
    command again.

    \b
    Example, which needs no AWS account:
      lightsail-copy fleet --demo --output table
    """,
    params=[
        click.Argument(["file"], type=click.File("rb"), required=False),
        click.Option(["--plan"], is_flag=True, help="Copy nothing; print what each copy would do."),
        click.Option(
            ["--date"], type=DateType(), metavar="YYYY-MM-DD", help="The date for {date}.  [default: today in UTC]"
        ),
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
def fleet(
    call: Invocation,
    *,
    file: IO[bytes] | None,
    plan: bool,
    date: str | None,
    **options: Any,
) -> Status:
    """Make the copies of a file."""
    listed = parse_fleet(call, file, date)
    connected = call._replace(region=call.region or str(listed.jobs[0].target_region))
    if plan:
        return put_plans(call, listed.jobs, connected.connect(DEMO_TARGET).client)
    connection = connected.connect(DEMO_TARGET, fleet_clients)
    # An endpoint that is not valid is reported here, and not as the outcome of each copy.
    connection.client(str(listed.jobs[0].target_region))
    outcomes = Outcomes(call, len(listed.jobs))
    try:
        with fleet_display([str(job.target_region) for job in listed.jobs]) as display:
            for outcome in _watch(call, listed, connection, display, options):
                outcomes.take(outcome, display)
    except KeyboardInterrupt as error:
        outcomes.put_table()
        raise _interrupted(call, listed, len(outcomes.known)) from error
    outcomes.put_table()
    return outcomes.end(_resume(call, listed))


def _watch(
    call: Invocation, listed: Fleet, connection: Connection, display: FleetDisplay, options: dict[str, Any]
) -> Iterator[CopyOutcome]:
    def client(region: str) -> Any:
        made = connection.client(region)
        if options["wait"]:
            show = partial(_show_start, display.started, region)
            made.meta.events.register("after-call.lightsail.CopySnapshot", show, unique_id="lightsail-copy-start")
        return made

    return watch_copies(listed.jobs, clients=client, clock=call.tools.clock, schedule=connection.schedule, **options)


def _show_start(started: Callable[[str], None], region: str, parsed: Any, **_: Any) -> None:
    try:
        operations = CopySnapshotResult.from_dict(parsed).operations
    except LightsailCopyError:
        # An error, or a response that cannot be parsed: its outcome is looked up.
        return
    for operation in operations:
        if not operation.done:
            started(f"{operation.resource_name} ({region}): {operation.status}")


def _resume(call: Invocation, listed: Fleet) -> tuple[str, ...]:
    """Return the lines on how to resume."""
    again = "To resume, run the same command again"
    if call.demo:
        again = "The demo ends here; at AWS, the same command resumes"
    if listed.date_of_names is None:
        return (f"{again}.",)
    return (f"{again}, with the date of its names:", f"    {call.command_with('--date', listed.date_of_names)}")


def _interrupted(call: Invocation, listed: Fleet, known: int) -> Stop:
    sentence = f"{known} of {len(listed.jobs)} outcomes are known; the copies go on at AWS."
    return Stop(Status.INTERRUPTED, sentence, heading="Interrupted", notes=_resume(call, listed))
