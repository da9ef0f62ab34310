"""`manual`, `auto` and `wait`: copies, and waiting for them."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from lightsail_copy import (
    AutoSnapshotCopy,
    CopyFailedError,
    CopyJob,
    CopySnapshotResult,
    InvalidRequestError,
    ManualSnapshotCopy,
    Operation,
    SnapshotCopyRequest,
    UnexpectedResponseError,
    Unrecognized,
    WaitTimeoutError,
    copy_snapshot,
    plan_copy,
    watch_operations,
)
from lightsail_copy.cli import demo
from lightsail_copy.cli.command import Command, duration_option, flag, if_exists_option, option, region_option
from lightsail_copy.cli.failures import FIELDS, Status, Stop, as_one, explain, gather, problem_sentence, term
from lightsail_copy.cli.fleet_files import DATE, Copy, newest_date, today
from lightsail_copy.cli.output import put_result, say, shows_bars
from lightsail_copy.cli.progress import Lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lightsail_copy.cli.invocation import Connection, Invocation
    from lightsail_copy.cli.output import Form

_NAME_HELP = "The name of the new snapshot. {date} stands for the date of an automatic snapshot, or else of today."
_SOURCE_REGION = region_option("--source-region", "The Region of the source.  [required]")
_TARGET_NAME = option("--target-snapshot-name", f"{_NAME_HELP}  [required]", metavar="NAME")
_HOW = (
    flag("--dry-run", "Copy nothing; print what would be copied, or why not."),
    flag("--wait", "Wait until the copy is done."),
    duration_option("--timeout", "3600", "With --wait, the longest wait; none waits forever."),
    if_exists_option("raise"),
    duration_option("--lookup-timeout", "30", "How long to look up an unknown outcome."),
)


@click.command(
    cls=Command,
    help="""
    Copy a manual snapshot of an instance or a disk to the Region --region.

    \b
    Example, which needs no AWS account:
      lightsail-copy manual --demo --wait \\
        --source-region us-east-1 --source-snapshot-name web-1-monday \\
        --target-snapshot-name web-1-monday-copy --region us-west-2
    """,
    params=[
        _SOURCE_REGION,
        option("--source-snapshot-name", "The manual snapshot to copy.  [required]", metavar="NAME"),
        _TARGET_NAME,
        *_HOW,
    ],
)
def manual(call: Invocation, **options: Any) -> Status:
    """Copy a manual snapshot."""
    return _copy(call, ManualSnapshotCopy, options)


@click.command(
    cls=Command,
    help="""
    Copy an automatic snapshot of an instance or a disk to the Region --region. The copy is a manual snapshot.

    Give either --restore-date or --use-latest-restorable-auto-snapshot. With the latest one and {date} in the target
    name, the command looks up the newest automatic snapshot, and copies it by its date.

    \b
    Example, which needs no AWS account:
      lightsail-copy auto --demo --wait \\
        --source-region us-east-1 --source-resource-name web-1 \\
        --use-latest-restorable-auto-snapshot \\
        --target-snapshot-name web-1-{date} --region us-west-2
    """,
    params=[
        _SOURCE_REGION,
        option("--source-resource-name", "The instance or disk.  [required]", metavar="NAME"),
        option("--restore-date", "The date, in UTC, of the automatic snapshot to copy.", metavar="YYYY-MM-DD"),
        click.Option(
            ["--use-latest-restorable-auto-snapshot/--no-use-latest-restorable-auto-snapshot"],
            help="Copy the latest automatic snapshot.",
        ),
        _TARGET_NAME,
        *_HOW,
    ],
)
def auto(call: Invocation, **options: Any) -> Status:
    """Copy an automatic snapshot."""
    return _copy(call, AutoSnapshotCopy, options)


def _copy(call: Invocation, kind: type[ManualSnapshotCopy | AutoSnapshotCopy], options: dict[str, Any]) -> Status:
    stops: list[Stop] = []
    wire = {term(name, in_file=True): options[name] for name in FIELDS if name in options}
    template: str = wire["targetSnapshotName"] or ""
    wire |= {"targetSnapshotName": template.replace(DATE, wire.get("restoreDate") or today(call)) or None}
    request = gather(lambda: kind.from_dict(wire, allow_unknown_region=call.allow_unknown_region), stops)
    connection = gather(lambda: call.connect(demo.TARGET), stops)
    source = click.get_current_context().get_parameter_source("timeout")
    if source is ParameterSource.COMMANDLINE and not options["wait"]:
        stops.append(Stop(Status.BAD_REQUEST, "--timeout needs --wait: add --wait, or leave out --timeout."))
    if request is None or connection is None or stops:
        raise as_one(stops)
    copy = Copy(CopyJob(target_region=Unrecognized(connection.region), request=request), template, None)
    if copy.takes_newest:
        request = copy.of(newest_date(connection.client(copy.source[0]), copy.source[1])).job.request
    if options["dry_run"]:
        return _plan(connection, request, options["if_exists"])
    how = {name: options[name] for name in ("if_exists", "lookup_timeout")}
    result = _start(call, connection, request, how)
    if options["wait"]:
        return _follow(call, connection, result.operations, options["timeout"], adopted=result.adopted)
    return _end(result.operations, connection.form, adopted=result.adopted)


def _start(call: Invocation, connection: Connection, request: SnapshotCopyRequest, how: Any) -> CopySnapshotResult:
    try:
        return copy_snapshot(connection.client(connection.region), request, clock=call.tools.clock, **how)
    except UnexpectedResponseError as error:
        raise Stop(Status.UNKNOWN_OUTCOME, *explain(error).sentences) from error
    except KeyboardInterrupt as error:
        sentence = "there was no response yet: the copy may have started."
        command = call.command(connection, "snapshots")
        notes = (f"To see whether {request.target_snapshot_name} exists:", f"    {command}")
        raise Stop(Status.INTERRUPTED, sentence, heading="Interrupted", notes=notes) from error


def _plan(connection: Connection, request: SnapshotCopyRequest, if_exists: Any) -> Status:
    source, target = connection.client(str(request.source_region)), connection.client(connection.region)
    plan = plan_copy(source, target, request, if_exists=if_exists)
    if plan.adopts:
        say(f"Would adopt: {request.target_snapshot_name} (operation {plan.adopts.id}).")
    problems = [*map(problem_sentence, plan.problems)]
    verdict = "adopts" if plan.adopts else "yes" if plan.possible else "no"
    source_cells = request.source_name, request.source_region, plan.restore_date
    put_result(
        connection.form,
        {"possible": plan.possible, **plan.to_dict(), "problems": problems},
        ("SOURCE", "SOURCE REGION", "DATE", "TARGET", "TARGET REGION", "GB", "POSSIBLE"),
        [(*source_cells, request.target_snapshot_name, plan.target_region, plan.size_in_gb, verdict)],
    )
    if problems:
        raise Stop(Status.FAILED, *problems)
    return Status.DONE


@click.command(
    cls=Command,
    help="""
    Wait until operations are done. OPERATION_ID is an id that a copy printed.

    --region is the target Region of the copies. With --demo, leave out the ids: the command starts two sample copies.

    \b
    Example, which needs no AWS account:
      lightsail-copy wait --demo
    """,
    params=[
        click.Argument(["operation_ids"], nargs=-1, metavar="OPERATION_ID..."),
        duration_option("--timeout", "3600", "The longest wait; none waits forever."),
    ],
)
def wait(call: Invocation, operation_ids: tuple[str, ...], timeout: float) -> Status:
    """Wait for operations."""
    missing = Stop(Status.BAD_REQUEST, "OPERATION_ID is missing: give the id that a copy printed, or several")
    stops = [] if operation_ids or call.demo else [missing]
    connection = gather(lambda: call.connect(demo.TARGET), stops)
    if connection is None or stops:
        raise as_one(stops)
    if operation_ids:
        return _follow(call, connection, operation_ids, timeout)
    results = [copy_snapshot(connection.client(connection.region), request) for request in demo.COPIES]
    return _follow(call, connection, [operation for result in results for operation in result.operations], timeout)


def _follow(
    call: Invocation,
    connection: Connection,
    wanted: Sequence[Operation | str],
    timeout: float,
    *,
    adopted: bool | None = None,
) -> Status:
    """Wait until operations are done, show their state, and write the last one."""
    client, schedule = connection.client(connection.region), connection.schedule
    seen = tuple(each for each in wanted if isinstance(each, Operation))
    try:
        with _displayed(call, connection, seen) as display:
            for seen in watch_operations(client, wanted, timeout=timeout, schedule=schedule, clock=call.tools.clock):
                display.show(seen)
    except InvalidRequestError:
        raise
    # The copy goes on, so its id must not get lost.
    except (KeyboardInterrupt, Exception) as error:
        seen = getattr(error, "operations", ()) or seen
        if seen and not isinstance(error, KeyboardInterrupt):
            with suppress(Stop):
                _end(seen, connection.form, adopted=adopted)
        done = {operation.id for operation in seen if operation.done}
        ids = dict.fromkeys(each if isinstance(each, str) else each.id for each in wanted)
        command = call.command(connection, "wait", *(each for each in ids if each not in done))
        raise _ended_early(error, command, is_known=bool(seen), is_demo=call.demo) from error
    return _end(seen, connection.form, adopted=adopted)


def _displayed(call: Invocation, connection: Connection, known: tuple[Operation, ...]) -> Any:
    clock, client = call.tools.clock, connection.client(connection.region)
    if not shows_bars():
        return nullcontext(Lines(clock.time))
    from lightsail_copy.cli.bars import live_bars

    return live_bars(known, client, clock, 2 * connection.schedule.min_delay)


def _end(operations: Sequence[Operation], form: Form, *, adopted: bool | None) -> Status:
    """Write operations, and whether they were adopted unless that is None; return the status if none failed."""
    wire: dict[str, object] = {"operations": [operation.to_dict() for operation in operations]}
    rows = [
        (each.resource_name, each.operation_details, each.location.region_name, each.status, each.created_at, each.id)
        for each in operations
    ]
    headings = ("NAME", "SOURCE", "REGION", "STATUS", "CREATED", "ID")
    put_result(form, wire if adopted is None else {**wire, "adopted": adopted}, headings, rows)
    if any(operation.failed for operation in operations):
        raise explain(CopyFailedError(tuple(operations)))
    return Status.DONE


def _ended_early(error: BaseException, command: str, *, is_known: bool, is_demo: bool) -> Stop:
    """Return how a command ends whose wait ended early."""
    stop = explain(error)
    status = stop.status
    if isinstance(error, KeyboardInterrupt):
        sentence = "the copy goes on at AWS."
    elif isinstance(error, WaitTimeoutError):
        state = "the copy goes on at AWS" if is_known else "no operation was seen"
        sentence = f"the wait timed out after {error.waited:.0f} s; {state}."
    elif is_known:
        sentence = f"{stop.sentences[0].rstrip('.')}. The copy goes on at AWS."
        status = Status.FAILED if status is Status.BAD_REQUEST else status
    else:
        return stop
    hint = "The demo ends here; at AWS, this would resume the wait:" if is_demo else "To resume the wait:"
    return Stop(status, sentence, heading=stop.heading, notes=(hint, f"    {command}"))
