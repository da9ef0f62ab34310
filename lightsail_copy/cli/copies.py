"""`manual`, `auto` and `wait`: copies, and waiting for them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import click
from click.core import ParameterSource

from lightsail_copy import (
    AutoSnapshotCopy,
    CopyFailedError,
    CopyPlan,
    CopySnapshotResult,
    InvalidRequestError,
    ManualSnapshotCopy,
    Operation,
    SnapshotCopyRequest,
    UnexpectedResponseError,
    WaitTimeoutError,
    copy_snapshot,
    plan_copy,
    watch_operations,
)
from lightsail_copy.cli import demo
from lightsail_copy.cli.command import Command, RegionType, duration_option, if_exists_option, lookup_option
from lightsail_copy.cli.failures import Status, Stop, as_one, explain, gather, problem_sentence
from lightsail_copy.cli.fleet_files import DATE, copy_of, newest_date, takes_newest, today
from lightsail_copy.cli.output import put_result, say, shows_bars
from lightsail_copy.cli.progress import Display, Lines

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from lightsail_copy.cli.invocation import Connection, Invocation
    from lightsail_copy.cli.output import Form

_SOURCE_REGION = click.Option(["--source-region"], type=RegionType(), help="The Region of the source.  [required]")
_TARGET_NAME = click.Option(
    ["--target-snapshot-name"],
    metavar="NAME",
    help="The name of the new snapshot. {date} stands for the date of the automatic snapshot, or else of today."
    "  [required]",
)
_HOW = (
    if_exists_option("raise"),
    click.Option(["--dry-run"], is_flag=True, help="Copy nothing; print what would be copied, or why not."),
    click.Option(["--wait"], is_flag=True, help="Wait until the copy is done."),
    duration_option("--timeout", "3600", "With --wait, the longest wait; none waits forever."),
    lookup_option(),
)


class _How(NamedTuple):
    """The options of both commands on how to copy."""

    if_exists: Literal["raise", "adopt"]
    dry_run: bool
    wait: bool
    timeout: float
    lookup_timeout: float


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
        click.Option(["--source-snapshot-name"], metavar="NAME", help="The manual snapshot to copy.  [required]"),
        _TARGET_NAME,
        *_HOW,
    ],
)
def manual(
    call: Invocation,
    *,
    source_region: str | None,
    source_snapshot_name: str | None,
    target_snapshot_name: str | None,
    **how: Any,
) -> Status:
    """Copy a manual snapshot."""
    wire = {"sourceRegion": source_region, "sourceSnapshotName": source_snapshot_name}
    return _copy(call, ManualSnapshotCopy, wire, target_snapshot_name, today(call), _How(**how))


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
        click.Option(["--source-resource-name"], metavar="NAME", help="The instance or disk.  [required]"),
        click.Option(
            ["--restore-date"], metavar="YYYY-MM-DD", help="The date, in UTC, of the automatic snapshot to copy."
        ),
        click.Option(
            ["--use-latest-restorable-auto-snapshot/--no-use-latest-restorable-auto-snapshot"],
            default=False,
            help="Copy the latest automatic snapshot.",
        ),
        _TARGET_NAME,
        *_HOW,
    ],
)
def auto(
    call: Invocation,
    *,
    source_region: str | None,
    source_resource_name: str | None,
    target_snapshot_name: str | None,
    restore_date: str | None,
    use_latest_restorable_auto_snapshot: bool,
    **how: Any,
) -> Status:
    """Copy an automatic snapshot."""
    wire = {
        "sourceRegion": source_region,
        "sourceResourceName": source_resource_name,
        "restoreDate": restore_date,
        "useLatestRestorableAutoSnapshot": use_latest_restorable_auto_snapshot,
    }
    return _copy(call, AutoSnapshotCopy, wire, target_snapshot_name, restore_date or today(call), _How(**how))


def _copy(
    call: Invocation,
    kind: type[ManualSnapshotCopy | AutoSnapshotCopy],
    wire: dict[str, object],
    template: str | None,
    day: str,
    how: _How,
) -> Status:
    """Carry out a copy whose target name may have a date."""
    stops: list[Stop] = []
    wire["targetSnapshotName"] = template.replace(DATE, day) if template else template
    request = gather(lambda: kind.from_dict(wire, allow_unknown_region=call.allow_unknown_region), stops)
    connection = gather(lambda: call.connect(demo.TARGET), stops)
    if click.get_current_context().get_parameter_source("timeout") is ParameterSource.COMMANDLINE and not how.wait:
        stops.append(Stop(Status.BAD_REQUEST, "--timeout needs --wait: add --wait, or leave out --timeout."))
    if request is None or connection is None or stops:
        raise as_one(stops)
    if template and takes_newest(request, template):
        newest = newest_date(connection.client(str(request.source_region)), request.source_name)
        request = copy_of(newest, request, template)
    if how.dry_run:
        return _plan(connection, request, how)
    result = _start(call, connection, request, how)
    if how.wait:
        return follow(call, connection, result.operations, how.timeout, adopted=result.adopted)
    _put_operations(result.operations, connection.form, adopted=result.adopted)
    return _stop_if_failed(result.operations)


def _start(call: Invocation, connection: Connection, request: SnapshotCopyRequest, how: _How) -> CopySnapshotResult:
    client = connection.client(connection.region)
    try:
        return copy_snapshot(
            client, request, if_exists=how.if_exists, lookup_timeout=how.lookup_timeout, clock=call.tools.clock
        )
    except UnexpectedResponseError as error:
        raise Stop(Status.UNKNOWN_OUTCOME, *explain(error).sentences) from error
    except KeyboardInterrupt as error:
        sentence = "there was no response yet: the copy may have started."
        hint = f"To see whether {request.target_snapshot_name} exists:"
        notes = (hint, f"    {call.command(connection, 'snapshots')}")
        raise Stop(Status.INTERRUPTED, sentence, heading="Interrupted", notes=notes) from error


def _plan(connection: Connection, request: SnapshotCopyRequest, how: _How) -> Status:
    source, target = connection.client(str(request.source_region)), connection.client(connection.region)
    plan = plan_copy(source, target, request, if_exists=how.if_exists)
    if plan.adopts:
        say(f"Would adopt: {request.target_snapshot_name} (operation {plan.adopts.id}).")
    _put_plan(plan, connection.form)
    if not plan.possible:
        raise Stop(Status.FAILED, *map(problem_sentence, plan.problems))
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
    stops: list[Stop] = []
    if not (operation_ids or call.demo):
        stops.append(Stop(Status.BAD_REQUEST, "OPERATION_ID is missing: give the id that a copy printed, or several"))
    connection = gather(lambda: call.connect(demo.TARGET), stops)
    if connection is None or stops:
        raise as_one(stops)
    if operation_ids:
        return follow(call, connection, operation_ids, timeout)
    client = connection.client(connection.region)
    results = [copy_snapshot(client, request) for request in demo.COPIES]
    return follow(call, connection, [operation for result in results for operation in result.operations], timeout)


def follow(
    call: Invocation,
    connection: Connection,
    wanted: Sequence[Operation | str],
    timeout: float,
    *,
    adopted: bool | None = None,
) -> Status:
    """
    Wait until operations are done, show their state, and write the last one.

    Args:
        call: the shared options.
        connection: where the operations run.
        wanted: the operations, or their ids.
        timeout: how many seconds to wait; infinity waits forever.
        adopted: whether the operations were adopted; None if no copy was requested.

    Raises:
        Stop: the wait ended early, or a copy failed.
    """
    client, schedule = connection.client(connection.region), connection.schedule
    seen = tuple(each for each in wanted if isinstance(each, Operation))
    try:
        with _displayed(call, connection, client, seen) as display:
            for seen in watch_operations(client, wanted, timeout=timeout, schedule=schedule, clock=call.tools.clock):
                display.show(seen)
    except InvalidRequestError:
        raise
    # The copy goes on, so its id must not get lost.
    except (KeyboardInterrupt, Exception) as error:
        seen = getattr(error, "operations", ()) or seen
        if seen and not isinstance(error, KeyboardInterrupt):
            _put_operations(seen, connection.form, adopted=adopted)
        done = {operation.id for operation in seen if operation.done}
        ids = dict.fromkeys(each if isinstance(each, str) else each.id for each in wanted)
        command = call.command(connection, "wait", *(each for each in ids if each not in done))
        raise _ended_early(error, command, known=bool(seen), demo=call.demo) from error
    _put_operations(seen, connection.form, adopted=adopted)
    return _stop_if_failed(seen)


@contextmanager
def _displayed(
    call: Invocation, connection: Connection, client: Any, known: tuple[Operation, ...]
) -> Generator[Display]:
    """Return the display of a wait, within its context."""
    if not shows_bars():
        yield Lines(call.tools.clock.time)
        return
    from lightsail_copy.cli.bars import live_bars

    with live_bars(known, client, call.tools.clock, 2 * connection.schedule.min_delay) as bars:
        yield bars


def _stop_if_failed(operations: Sequence[Operation]) -> Status:
    """
    Return the status of operations none of which failed.

    Raises:
        Stop: one or more failed.
    """
    if any(operation.failed for operation in operations):
        raise explain(CopyFailedError(tuple(operations)))
    return Status.DONE


def _ended_early(error: BaseException, command: str, *, known: bool, demo: bool) -> Stop:
    """Return how a command ends whose wait ended early."""
    stop = explain(error)
    status = stop.status
    if isinstance(error, KeyboardInterrupt):
        sentence = "the copy goes on at AWS."
    elif isinstance(error, WaitTimeoutError):
        state = "the copy goes on at AWS" if known else "no operation was seen"
        sentence = f"the wait timed out after {error.waited:.0f} s; {state}."
    elif known:
        sentence = f"{stop.sentences[0].rstrip('.')}. The copy goes on at AWS."
        status = Status.FAILED if status is Status.BAD_REQUEST else status
    else:
        return stop
    hint = "The demo ends here; at AWS, this would resume the wait:" if demo else "To resume the wait:"
    return Stop(status, sentence, heading=stop.heading, notes=(hint, f"    {command}"))


def _put_operations(operations: Sequence[Operation], form: Form, *, adopted: bool | None = None) -> None:
    """
    Write operations.

    Args:
        operations: the operations.
        form: the form of the result.
        adopted: whether they were adopted; None if no copy was requested.
    """
    wire: dict[str, object] = {"operations": [operation.to_dict() for operation in operations]}
    put_result(
        form,
        wire if adopted is None else {**wire, "adopted": adopted},
        ("NAME", "SOURCE", "REGION", "STATUS", "CREATED", "ID"),
        [
            (
                operation.resource_name,
                operation.operation_details,
                operation.location.region_name,
                operation.status,
                operation.created_at,
                operation.id,
            )
            for operation in operations
        ],
    )


def _put_plan(plan: CopyPlan, form: Form) -> None:
    request = plan.request
    put_result(
        form,
        {"possible": plan.possible, **plan.to_dict(), "problems": [*map(problem_sentence, plan.problems)]},
        ("SOURCE", "SOURCE REGION", "DATE", "TARGET", "TARGET REGION", "GB", "POSSIBLE"),
        [
            (
                request.source_name,
                request.source_region,
                plan.restore_date,
                request.target_snapshot_name,
                plan.target_region,
                plan.size_in_gb,
                "adopts" if plan.adopts else "yes" if plan.possible else "no",
            )
        ],
    )
