"""`auto-snapshots` and `snapshots`: what can be copied."""

from __future__ import annotations

import click

from lightsail_copy import NotFoundError, ResourceType, get_auto_snapshots, list_snapshots
from lightsail_copy.cli import demo
from lightsail_copy.cli.command import Command
from lightsail_copy.cli.failures import Status, Stop
from lightsail_copy.cli.invocation import Invocation
from lightsail_copy.cli.output import put_result


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
def auto_snapshots(call: Invocation, resource: str) -> None:
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


@click.command(
    cls=Command,
    help="""
    List the manual snapshots of instances and disks in a Region, copies included.

    \b
    Example, which needs no AWS account:
      lightsail-copy snapshots --demo --output table
    """,
)
def snapshots(call: Invocation) -> None:
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
