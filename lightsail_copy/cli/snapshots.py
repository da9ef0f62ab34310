"""`snapshots`, `auto-snapshots` and `prune`: the commands on lists of snapshots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import click
from botocore.exceptions import BotoCoreError

from lightsail_copy import (
    LightsailCopyError,
    NotFoundError,
    ResourceType,
    Snapshot,
    get_auto_snapshots,
    list_snapshots,
)
from lightsail_copy.cli import demo
from lightsail_copy.cli.command import Command, duration
from lightsail_copy.cli.failures import Status, Stop, as_one, explain, gather, term
from lightsail_copy.cli.fleet_files import DATE, parse_file
from lightsail_copy.cli.output import put_result, put_table, say

if TYPE_CHECKING:
    from lightsail_copy import RetentionDecision, RetentionPolicy
    from lightsail_copy.cli.invocation import Connection, Invocation

_PERIODS = ("last", "daily", "weekly", "monthly", "yearly")
_KEYS = {term(f"keep_{each}", in_file=True): f"keep_{each}" for each in (*_PERIODS, "within")}


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
    put_result(
        connection.form,
        {"resourceName": resource, "autoSnapshots": [snapshot.to_dict() for snapshot in listed]},
        ("DATE", "CREATED", "STATUS", "ATTACHED DISKS"),
        [
            (
                each.date,
                each.created_at,
                each.status,
                ", ".join(f"{disk.path} ({disk.size_in_gb} GB)" for disk in each.from_attached_disks),
            )
            for each in listed
        ],
    )
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
    disks = [each for each in listed if each.resource_type is ResourceType.DISK_SNAPSHOT]
    instances = [each for each in listed if each not in disks]
    put_result(
        connection.form,
        {
            "instanceSnapshots": [each.to_dict() for each in instances],
            "diskSnapshots": [each.to_dict() for each in disks],
        },
        ("NAME", "TYPE", "STATE", "GB", "CREATED", "FROM"),
        [(each.name, each.resource_type, each.state, each.size_in_gb, each.created_at, each.origin) for each in listed],
    )
    return Status.DONE


class _Decision(NamedTuple):
    """What becomes of a copy in a Region."""

    region: str
    decision: RetentionDecision

    @property
    def snapshot(self) -> Snapshot:
        return self.decision.snapshot

    def to_dict(self) -> dict[str, object]:
        """Return the decision ready for JSON."""
        return {
            "snapshot": self.snapshot.to_dict(),
            "keep": self.decision.keep,
            "reasons": list(self.decision.reasons),
        }

    def to_row(self) -> tuple[object, ...]:
        """Return the cells of a table."""
        verdict, reasons = "keep" if self.decision.keep else "delete", ", ".join(self.decision.reasons)
        return self.snapshot.name, self.region, self.snapshot.size_in_gb, verdict, reasons


@click.command(
    cls=Command,
    help="""
    Show which copies of a fleet are no longer needed, and with --delete, delete them.

    FILE is the file that `fleet` takes. Only snapshots whose whole name fits a target name of FILE with {date} are
    considered. The options say how many days, weeks, months or years keep their newest copy; a copy that one of them
    keeps stays. The table [retention] of FILE can have them too, as keepDaily = 7.

    \b
    Example, which needs no AWS account:
      lightsail-copy prune --demo --keep-daily 7 --keep-weekly 4
    """,
    params=[
        click.Argument(["file"], type=click.File("rb"), required=False),
        *(
            click.Option(
                [f"--keep-{each}"],
                type=click.IntRange(0),
                metavar="N",
                help="Keep the newest N copies." if each == "last" else f"Keep the newest copy of N {each} periods.",
            )
            for each in _PERIODS
        ),
        click.Option(
            ["--keep-within"],
            type=duration,
            metavar="DURATION",
            help="Keep all copies of this time, such as 30d.",
        ),
        click.Option(["--delete"], is_flag=True, help="Delete what the plan does not keep, after printing the plan."),
    ],
)
def prune(call: Invocation, *, file: IO[bytes] | None, delete: bool, **options: Any) -> Status:
    """Delete the copies that a fleet no longer needs."""
    from lightsail_copy import plan_retention

    listed = parse_file(call, file, None)
    copies = [copy for copy in listed.copies if DATE in copy.template]
    if not copies:
        raise Stop(Status.BAD_REQUEST, f"no targetSnapshotName of FILE has {DATE}, so no copy is one of a series.")
    stops: list[Stop] = []
    given = {name: value for name, value in options.items() if value is not None}
    policy = gather(lambda: _policy(listed.retention, given), stops)
    region = call.region or str(copies[0].job.target_region)
    connection = gather(lambda: call._replace(region=region).connect(demo.TARGET), stops)
    if policy is None or connection is None or stops:
        raise as_one(stops)
    templates = dict.fromkeys((str(copy.job.target_region), copy.template) for copy in copies)
    # Every page of every Region is read before anything is deleted.
    lists = {
        region: list_snapshots(connection.client(region)) for region in dict.fromkeys(each for each, _ in templates)
    }
    now = datetime.fromtimestamp(call.tools.clock.time(), timezone.utc)
    decisions = [
        _Decision(region, decision)
        for region, template in templates
        for decision in plan_retention(lists[region], policy, target_snapshot_name=template, now=now)
    ]
    _put_decisions(connection, decisions)
    goes = [each for each in decisions if not each.decision.keep]
    size = sum(each.snapshot.size_in_gb or 0 for each in goes)
    say(f"{len(decisions)} copies: {len(decisions) - len(goes)} stay, {len(goes)} go ({size} GB).")
    if delete:
        return _delete(connection, decisions)
    if goes:
        say("Nothing was deleted. To delete what goes, add --delete.")
    return Status.DONE


def _policy(table: Mapping[str, object], options: Mapping[str, Any]) -> RetentionPolicy:
    """Return the policy of a file's table and of the options, which take precedence."""
    from lightsail_copy import RetentionPolicy

    unknown = [key for key in table if key not in _KEYS]
    if unknown:
        keys = ", ".join(_KEYS)
        raise Stop(Status.BAD_REQUEST, f"[retention] has {', '.join(unknown)}. Use one of {keys}.")
    given: dict[str, Any] = {**{_KEYS[key]: value for key, value in table.items()}, **options}
    if isinstance(given.get("keep_within"), (str, int, float)):
        given["keep_within"] = _within(given["keep_within"])
    if not given:
        options_text = ", ".join(term(name) for name in _KEYS.values())
        raise Stop(
            Status.BAD_REQUEST, f"nothing says what to keep: give one of {options_text}, or [retention] in FILE."
        )
    return RetentionPolicy(**given)


def _within(value: str | float) -> timedelta:
    try:
        return timedelta(seconds=duration(str(value)))
    except (click.BadParameter, OverflowError) as error:
        raise Stop(Status.BAD_REQUEST, f"keepWithin: {value!r} must be a duration such as 30d.") from error


def _put_decisions(connection: Connection, decisions: Sequence[_Decision]) -> None:
    headings, rows = ("NAME", "REGION", "GB", "PLAN", "REASONS"), [each.to_row() for each in decisions]
    if connection.form.is_chosen:
        put_result(connection.form, {"decisions": [each.to_dict() for each in decisions]}, headings, rows)
    else:
        put_table(headings, rows)


def _delete(connection: Connection, decisions: Sequence[_Decision]) -> Status:
    """Delete what does not stay; a Region that fails stops no other."""
    from lightsail_copy import delete_snapshots

    stops: list[Stop] = []
    for region in dict.fromkeys(each.region for each in decisions):
        here = [each.decision for each in decisions if each.region == region]
        try:
            for operation in delete_snapshots(connection.client(region), here):
                say(f"{region}: deleted {operation.resource_name}.")
        except (LightsailCopyError, BotoCoreError) as error:
            stop = explain(error)
            stops.append(Stop(stop.status, *(f"{region}: {sentence}" for sentence in stop.sentences)))
    if stops:
        raise as_one(stops)
    return Status.DONE
