"""`manual` and `auto`: the two kinds of copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import click
from click.core import ParameterSource

from lightsail_copy import (
    AutoSnapshotCopy,
    CopySnapshotResult,
    ManualSnapshotCopy,
    SnapshotCopyRequest,
    UnexpectedResponseError,
    copy_snapshot,
    plan_copy,
)
from lightsail_copy.cli.command import Command
from lightsail_copy.cli.failures import Status, Stop, as_one, explain, gather
from lightsail_copy.cli.invocation import DEMO_TARGET
from lightsail_copy.cli.options import copy_options, source_region_option, target_name_option
from lightsail_copy.cli.printing import say
from lightsail_copy.cli.results import put_operations, put_plan
from lightsail_copy.cli.terms import problem_sentence
from lightsail_copy.cli.waiting import SettlingClock, follow, stop_if_failed

if TYPE_CHECKING:
    from collections.abc import Callable

    from lightsail_copy.cli.invocation import Connection, Invocation


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
        source_region_option(),
        click.Option(["--source-snapshot-name"], metavar="NAME", help="The manual snapshot to copy."),
        target_name_option(),
        *copy_options(),
    ],
)
def manual(
    call: Invocation,
    *,
    source_region: str | None,
    # A missing option is None, and the request reports it together with all other problems.
    source_snapshot_name: Any,
    target_snapshot_name: Any,
    **how: Any,
) -> Status:
    """Copy a manual snapshot."""

    def request() -> SnapshotCopyRequest:
        region: Any = call.region_of(source_region)
        return ManualSnapshotCopy(
            source_region=region,
            source_snapshot_name=source_snapshot_name,
            target_snapshot_name=target_snapshot_name,
        )

    return _copy(call, request, _How(**how))


@click.command(
    cls=Command,
    help="""
    Copy an automatic snapshot of an instance or a disk to the Region --region. The copy is a manual snapshot.

    Give either --restore-date or --use-latest-restorable-auto-snapshot.

    \b
    Example, which needs no AWS account:
      lightsail-copy auto --demo --wait \\
        --source-region us-east-1 --source-resource-name web-1 \\
        --use-latest-restorable-auto-snapshot \\
        --target-snapshot-name web-1-latest --region us-west-2
    """,
    params=[
        source_region_option(),
        click.Option(["--source-resource-name"], metavar="NAME", help="The instance or disk."),
        click.Option(
            ["--restore-date"], metavar="YYYY-MM-DD", help="The date, in UTC, of the automatic snapshot to copy."
        ),
        click.Option(
            ["--use-latest-restorable-auto-snapshot/--no-use-latest-restorable-auto-snapshot"],
            default=False,
            help="Copy the latest automatic snapshot.",
        ),
        target_name_option(),
        *copy_options(),
    ],
)
def auto(
    call: Invocation,
    *,
    source_region: str | None,
    # A missing option is None, and the request reports it together with all other problems.
    source_resource_name: Any,
    target_snapshot_name: Any,
    restore_date: Any,
    use_latest_restorable_auto_snapshot: Any,
    **how: Any,
) -> Status:
    """Copy an automatic snapshot."""

    def request() -> SnapshotCopyRequest:
        region: Any = call.region_of(source_region)
        return AutoSnapshotCopy(
            source_region=region,
            source_resource_name=source_resource_name,
            target_snapshot_name=target_snapshot_name,
            restore_date=restore_date,
            use_latest_restorable_auto_snapshot=use_latest_restorable_auto_snapshot,
        )

    return _copy(call, request, _How(**how))


def _copy(call: Invocation, make_request: Callable[[], SnapshotCopyRequest], how: _How) -> Status:
    stops: list[Stop] = []
    request = gather(make_request, stops)
    connection = gather(lambda: call.connect(DEMO_TARGET), stops)
    if click.get_current_context().get_parameter_source("timeout") is ParameterSource.COMMANDLINE and not how.wait:
        stops.append(Stop(Status.BAD_REQUEST, "--timeout needs --wait: add --wait, or leave out --timeout."))
    if request is None or connection is None or stops:
        raise as_one(stops)
    if how.dry_run:
        return _preview(call, connection, request, how)
    result = _start(call, connection, request, how)
    if result.adopted:
        say(f"Adopted: {request.target_snapshot_name} (operation {result.operations[0].id}).")
    if how.wait:
        return follow(call, connection, result.operations, how.timeout, adopted=result.adopted)
    put_operations(result.operations, call, adopted=result.adopted)
    return stop_if_failed(result.operations)


def _start(call: Invocation, connection: Connection, request: SnapshotCopyRequest, how: _How) -> CopySnapshotResult:
    try:
        return copy_snapshot(
            connection.client(connection.region),
            request,
            if_exists=how.if_exists,
            lookup_timeout=how.lookup_timeout,
            clock=SettlingClock(call.tools.clock),
        )
    except UnexpectedResponseError as error:
        raise Stop(Status.UNKNOWN_OUTCOME, *explain(error).sentences) from error
    except KeyboardInterrupt as error:
        sentence = "there was no response yet: the copy may have started."
        hint = f"To see whether {request.target_snapshot_name} exists:"
        notes = (hint, f"    {call.command(connection, 'snapshots')}")
        raise Stop(Status.INTERRUPTED, sentence, heading="Interrupted", notes=notes) from error


def _preview(call: Invocation, connection: Connection, request: SnapshotCopyRequest, how: _How) -> Status:
    source, target = connection.client(str(request.source_region)), connection.client(connection.region)
    plan = plan_copy(source, target, request, if_exists=how.if_exists)
    if plan.adopts:
        say(f"Would adopt: {request.target_snapshot_name} (operation {plan.adopts.id}).")
    put_plan(plan, call)
    if not plan.possible:
        raise Stop(Status.FAILED, *map(problem_sentence, plan.problems))
    return Status.DONE
