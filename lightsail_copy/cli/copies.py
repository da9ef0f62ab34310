"""`manual`, `auto`, and `wait`: copies, and waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import date
from functools import partial
from typing import Any

import click
from click.core import ParameterSource

from lightsail_copy import (
    AutoSnapshotCopy,
    AutoSnapshotStatus,
    CopyFailedError,
    CopyJob,
    CopySnapshotResult,
    InvalidRequestError,
    LightsailCopyError,
    ManualSnapshotCopy,
    Operation,
    SnapshotCopyRequest,
    UnexpectedResponseError,
    Unrecognized,
    WaitTimeoutError,
    copy_snapshot,
    get_auto_snapshots,
    plan_copy,
    watch_operations,
)
from lightsail_copy.cli import demo
from lightsail_copy.cli.command import DURATION, REGION, Command, if_exists_option, option
from lightsail_copy.cli.failures import FIELDS, Status, Stop, both, explain, problem_sentence, term
from lightsail_copy.cli.fleet_files import DATE, Copy
from lightsail_copy.cli.invocation import Connection, Invocation
from lightsail_copy.cli.output import Form, operation_lines, put_result, say, shows_bars

_NAME_HELP = "The name of the new snapshot. {date} stands for the automatic snapshot's date, or else for today's."
_SOURCE_REGION = option("--source-region", "The Region of the source.  [required]", **REGION)
_TARGET_NAME = option("--target-snapshot-name", f"{_NAME_HELP}  [required]", metavar="NAME")
_HOW = (
    option("--dry-run", "Copy nothing; print what would be copied, or why not.", is_flag=True),
    option("--wait", "Wait until the copy is done.", is_flag=True),
    option("--timeout", "With --wait, the longest wait; none waits forever.", default="3600", **DURATION),
    if_exists_option("raise"),
    option("--lookup-timeout", "How long to look up an unknown outcome.", default="30", **DURATION),
)


def _copy(kind: type[ManualSnapshotCopy | AutoSnapshotCopy], call: Invocation, **options: Any) -> None:
    wire = {term(name, in_file=True): options[name] for name in FIELDS if name in options}
    template: str = wire["targetSnapshotName"] or ""
    wire |= {"targetSnapshotName": template.replace(DATE, wire.get("restoreDate") or str(call.now.date())) or None}
    source = click.get_current_context().get_parameter_source("timeout")
    useless = Stop(Status.BAD_REQUEST, "--timeout needs --wait: add --wait, or leave out --timeout.")
    request, connection = both(
        lambda: kind.from_dict(wire, allow_unknown_region=call.allow_unknown_region),
        lambda: call.connect(demo.TARGET),
        *([useless] if source is ParameterSource.COMMANDLINE and not options["wait"] else []),
    )
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


def newest_date(client: Any, resource_name: str) -> date:
    """Return the date of the newest automatic snapshot that succeeded, from the source Region."""
    for snapshot in get_auto_snapshots(client, resource_name):
        if snapshot.status is AutoSnapshotStatus.SUCCESS:
            return snapshot.date
    remedy = "Turn automatic snapshots on, or wait for the first."
    raise LightsailCopyError(f"{resource_name} has no automatic snapshot yet.", remedy)


def _start(call: Invocation, connection: Connection, request: SnapshotCopyRequest, how: Any) -> CopySnapshotResult:
    try:
        return copy_snapshot(connection.client(connection.region), request, clock=call.tools.clock, **how)
    except UnexpectedResponseError as error:
        raise Stop(Status.UNKNOWN_OUTCOME, *explain(error).sentences) from error
    except KeyboardInterrupt as error:
        notes = f"To see whether {request.target_snapshot_name} exists:", call.command(connection, "snapshots")
        raise Stop(Status.INTERRUPTED, "there was no response yet: the copy may have started.", notes=notes) from error


def _plan(connection: Connection, request: SnapshotCopyRequest, if_exists: Any) -> None:
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


manual = Command(
    "manual",
    callback=partial(_copy, ManualSnapshotCopy),
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

auto = Command(
    "auto",
    callback=partial(_copy, AutoSnapshotCopy),
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
        option("--timeout", "The longest wait; none waits forever.", default="3600", **DURATION),
    ],
)
def wait(call: Invocation, operation_ids: tuple[str, ...], timeout: float) -> None:
    """Wait for operations."""
    ids, connection = both(lambda: _require_ids(call, operation_ids), lambda: call.connect(demo.TARGET))
    client = connection.client(connection.region)
    _follow(call, connection, ids or [copy_snapshot(client, each).operation for each in demo.COPIES], timeout)


def _require_ids(call: Invocation, operation_ids: tuple[str, ...]) -> tuple[str, ...]:
    if not operation_ids and not call.demo:
        raise Stop(Status.BAD_REQUEST, "OPERATION_ID is missing: give the id that a copy printed, or several")
    return operation_ids


def _follow(
    call: Invocation,
    connection: Connection,
    wanted: Sequence[Operation | str],
    timeout: float,
    *,
    adopted: bool | None = None,
) -> None:
    """Wait until operations are done, show each state, and write the last one."""
    client, schedule, clock = connection.client(connection.region), connection.schedule, call.tools.clock
    seen = tuple(each for each in wanted if isinstance(each, Operation))
    try:
        displayed: AbstractContextManager[Any] = nullcontext(operation_lines(clock.time))
        if shows_bars():
            from lightsail_copy.cli.bars import operation_bars

            displayed = operation_bars(seen, client, clock, delay=2 * schedule.min_delay)
        with displayed as show:
            for seen in watch_operations(client, wanted, timeout=timeout, schedule=schedule, clock=clock):
                show(seen)
    except InvalidRequestError:
        raise
    # The copy goes on, so its id must not get lost.
    except (KeyboardInterrupt, Exception) as error:
        seen = getattr(error, "operations", ()) or seen
        if seen and not isinstance(error, KeyboardInterrupt):
            with suppress(Stop, CopyFailedError):
                _end(seen, connection.form, adopted=adopted)
        done = {operation.id for operation in seen if operation.done}
        ids = dict.fromkeys(each if isinstance(each, str) else each.id for each in wanted)
        command = call.command(connection, "wait", *(each for each in ids if each not in done))
        hint = "The demo ends here; at AWS, this would resume the wait:" if call.demo else "To resume the wait:"
        raise _ended_early(error, (hint, command), is_known=bool(seen)) from error
    _end(seen, connection.form, adopted=adopted)


def _ended_early(error: BaseException, notes: tuple[str, ...], *, is_known: bool) -> Stop:
    """Return how a command ends after its wait ended early; the notes say how to resume it."""
    stop = explain(error)
    if isinstance(error, KeyboardInterrupt):
        return Stop(stop.status, "the copy goes on at AWS.", notes=notes)
    if isinstance(error, WaitTimeoutError):
        pending = any(not each.done for each in error.operations)
        unseen = "an operation was not seen" if is_known else "no operation was seen"
        state = "the copy goes on at AWS" if pending else unseen
        trouble = f" The last poll failed ({type(error.__cause__).__name__})." if error.__cause__ else ""
        return Stop(stop.status, f"the wait timed out after {error.waited:.0f} s; {state}.{trouble}", notes=notes)
    if not is_known:
        return stop
    status = Status.FAILED if stop.status is Status.BAD_REQUEST else stop.status
    return Stop(status, f"{stop.sentences[0].rstrip('.')}. The copy goes on at AWS.", notes=notes)


def _end(operations: Sequence[Operation], form: Form, *, adopted: bool | None) -> None:
    """Write operations, and whether they were adopted unless that is None; raise an error if one failed."""
    wire: dict[str, object] = {"operations": [operation.to_dict() for operation in operations]}
    rows = [
        (each.resource_name, each.operation_details, each.location.region_name, each.status, each.created_at, each.id)
        for each in operations
    ]
    headings = ("NAME", "SOURCE", "REGION", "STATUS", "CREATED", "ID")
    has_failed = any(operation.failed for operation in operations)
    try:
        put_result(form, wire if adopted is None else {**wire, "adopted": adopted}, headings, rows)
    except Stop as stop:
        # The ids must not get lost.
        stop.notes += tuple(f"{each.resource_name}: {each.status} (operation {each.id})" for each in operations)
        if not has_failed:
            raise
        say(*stop.lines())
    if has_failed:
        raise CopyFailedError(tuple(operations))
