"""`snapshots`, `auto-snapshots` and `prune`: the commands on lists of snapshots."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import IO, TYPE_CHECKING, Any

import click
from botocore.exceptions import BotoCoreError

from lightsail_copy import (
    LightsailCopyError,
    NotFoundError,
    ResourceType,
    RetentionPolicy,
    delete_snapshots,
    get_auto_snapshots,
    list_snapshots,
    plan_retention,
)
from lightsail_copy.cli import demo
from lightsail_copy.cli.command import Command, flag, option
from lightsail_copy.cli.failures import Status, Stop, as_one, explain, gather, term
from lightsail_copy.cli.fleet_files import DATE, parse_file
from lightsail_copy.cli.output import put_result, say

if TYPE_CHECKING:
    from lightsail_copy import RetentionDecision
    from lightsail_copy.cli.invocation import Connection, Invocation
    from lightsail_copy.cli.output import Form

_PLANS, _UNITS = ("delete", "keep"), {"daily": "days", "weekly": "weeks", "monthly": "months", "yearly": "years"}
_KEEPS = {each: f"Keep the newest copy of each of the latest N {unit}." for each, unit in _UNITS.items()}


@click.command(
    cls=Command,
    help="""
    List the automatic snapshots of the instance or disk RESOURCE, newest first.

    --region is the Region where the resource is: the source Region of a copy.

    \b
    Example, which needs no AWS account:
      lightsail-copy auto-snapshots web-1 --demo --output table
    """,
    params=[click.Argument(["resource"])],
)
def auto_snapshots(call: Invocation, resource: str) -> Status:
    """List the automatic snapshots of a resource."""
    connection = call.connect(demo.SOURCE)
    try:
        listed = get_auto_snapshots(connection.client(connection.region), resource)
    except NotFoundError as error:
        sentence = f"{connection.region} has no instance or disk {resource}: give its Region with --region"
        raise Stop(Status.FAILED, sentence) from error
    wire = {"resourceName": resource, "autoSnapshots": [snapshot.to_dict() for snapshot in listed]}
    disks = [", ".join(f"{disk.path} ({disk.size_in_gb} GB)" for disk in each.from_attached_disks) for each in listed]
    rows = [(each.date, each.created_at, each.status, text) for each, text in zip(listed, disks, strict=True)]
    put_result(connection.form, wire, ("DATE", "CREATED", "STATUS", "ATTACHED DISKS"), rows)
    return Status.DONE


@click.command(
    cls=Command,
    help="""
    List the manual snapshots of instances and disks in a Region, copies included.

    \b
    Example, which needs no AWS account:
      lightsail-copy snapshots --demo --output table
    """,
)
def snapshots(call: Invocation) -> Status:
    """List the manual snapshots of a Region."""
    connection = call.connect(demo.SOURCE)
    listed = list_snapshots(connection.client(connection.region))
    wire: dict[str, list[object]] = {"instanceSnapshots": [], "diskSnapshots": []}
    for each in listed:
        kind = "diskSnapshots" if each.resource_type is ResourceType.DISK_SNAPSHOT else "instanceSnapshots"
        wire[kind].append(each.to_dict())
    rows = [
        (each.name, each.resource_type, each.state, each.size_in_gb, each.created_at, each.origin) for each in listed
    ]
    put_result(connection.form, wire, ("NAME", "TYPE", "STATE", "GB", "CREATED", "FROM"), rows)
    return Status.DONE


@click.command(
    cls=Command,
    help="""
    Show which copies of a fleet are no longer needed, and with --delete, delete them.

    FILE is the file that `fleet` takes. Only snapshots whose whole name fits a target name of FILE with {date} are
    considered. The options say what to keep, each on its own. The newest usable copy always stays. The table
    [retention] of FILE can have them too, as keepDaily = 7.

    \b
    Example, which needs no AWS account:
      lightsail-copy prune --demo --keep-daily 7 --keep-weekly 4
    """,
    params=[
        click.Argument(["file"], type=click.File("rb"), required=False),
        option("--keep-last", "Keep the newest N copies.", type=click.IntRange(0), metavar="N"),
        *(option(f"--keep-{each}", text, type=click.IntRange(0), metavar="N") for each, text in _KEEPS.items()),
        option("--keep-within", "Keep all copies up to this age.", type=click.IntRange(1), metavar="DAYS"),
        flag("--delete", "Delete what the plan does not keep, after printing the plan."),
    ],
)
def prune(call: Invocation, *, file: IO[bytes] | None, delete: bool, **options: Any) -> Status:
    """Show or delete the copies that a fleet no longer needs."""
    listed, retention = parse_file(call, file, None)
    copies = [copy for copy in listed if DATE in copy.template]
    if not copies:
        raise Stop(Status.BAD_REQUEST, f"no targetSnapshotName of FILE has {DATE}, so no copy is one of a series.")
    stops: list[Stop] = []
    policy = gather(lambda: _policy(retention, options), stops)
    region = call.region or str(copies[0].job.target_region)
    connection = gather(lambda: call._replace(region=region).connect(demo.TARGET), stops)
    if policy is None or connection is None or stops:
        raise as_one(stops)
    templates = dict.fromkeys((str(copy.job.target_region), copy.template) for copy in copies)
    # Every page of every Region is read before anything is deleted.
    lists = {region: list_snapshots(connection.client(region)) for region in dict(templates.keys())}
    now = datetime.fromtimestamp(call.tools.clock.time(), timezone.utc)
    decisions = [
        (region, decision)
        for region, template in templates
        for decision in plan_retention(lists[region], policy, target_snapshot_name=template, now=now)
    ]
    _put_decisions(connection.form, decisions)
    sizes = [decision.snapshot.size_in_gb or 0 for _, decision in decisions if not decision.keep]
    say(f"{len(decisions)} copies: {len(decisions) - len(sizes)} stay, {len(sizes)} go ({sum(sizes)} GB).")
    if delete:
        return _delete(connection, decisions)
    if sizes:
        say("Nothing was deleted. To delete what goes, add --delete.")
    return Status.DONE


def _policy(table: dict[str, Any], options: dict[str, Any]) -> RetentionPolicy:
    """Return the policy of a file's table and of the options, which take precedence."""
    keys = {term(name, in_file=True): name for name in options}
    unknown = ", ".join(key for key in table if key not in keys)
    if unknown:
        raise Stop(Status.BAD_REQUEST, f"[retention] has {unknown}. Use one of {', '.join(keys)}.")
    given = {name: value for name, value in options.items() if value is not None}
    return RetentionPolicy(**{keys[key]: value for key, value in table.items()} | given)


def _put_decisions(form: Form, decisions: list[tuple[str, RetentionDecision]]) -> None:
    rows = [
        (each.snapshot.name, region, each.snapshot.size_in_gb, _PLANS[each.keep], ", ".join(each.reasons))
        for region, each in decisions
    ]
    # For people, unless somebody chose another form.
    form = form if form.is_chosen else form._replace(output="table")
    wire = {"decisions": [each.to_dict() for _, each in decisions]}
    put_result(form, wire, ("NAME", "REGION", "GB", "PLAN", "REASONS"), rows)


def _delete(connection: Connection, decisions: list[tuple[str, RetentionDecision]]) -> Status:
    """Delete what does not stay; a Region that fails stops no other."""
    stops: list[Stop] = []
    for region in dict(decisions):
        here = [decision for where, decision in decisions if where == region]
        try:
            delete_snapshots(connection.client(region), here)
        except (LightsailCopyError, BotoCoreError) as error:
            stop = explain(error)
            stops.append(Stop(stop.status, *(f"{region}: {sentence}" for sentence in stop.sentences)))
    if stops:
        raise as_one(stops)
    return Status.DONE
