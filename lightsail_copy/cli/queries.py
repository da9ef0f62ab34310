"""`wait`, `auto-snapshots` and `snapshots`: the commands that change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lightsail_copy import NotFoundError, copy_snapshot, get_auto_snapshots
from lightsail_copy.cli.command import Command
from lightsail_copy.cli.failures import Status, Stop, as_one, gather
from lightsail_copy.cli.invocation import DEMO_SOURCE, DEMO_TARGET
from lightsail_copy.cli.options import timeout_option
from lightsail_copy.cli.results import put_auto_snapshots, put_snapshots
from lightsail_copy.cli.waiting import follow

if TYPE_CHECKING:
    from lightsail_copy.cli.invocation import Invocation

_LISTS = {"instanceSnapshots": "get_instance_snapshots", "diskSnapshots": "get_disk_snapshots"}


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
        timeout_option("The longest wait in seconds"),
    ],
)
def wait(call: Invocation, operation_ids: tuple[str, ...], timeout: float) -> Status:
    """Wait for operations."""
    stops: list[Stop] = []
    if not (operation_ids or call.demo):
        stops.append(Stop(Status.BAD_REQUEST, "OPERATION_ID is missing: give the id that a copy printed, or several"))
    connection = gather(lambda: call.connect(DEMO_TARGET), stops)
    if connection is None or stops:
        raise as_one(stops)
    if operation_ids:
        return follow(call, connection, operation_ids, timeout)
    from lightsail_copy.cli.demo import sample_copies

    client = connection.client(connection.region)
    results = [copy_snapshot(client, request) for request in sample_copies()]
    return follow(call, connection, [operation for result in results for operation in result.operations], timeout)


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
    connection = call.connect(DEMO_SOURCE)
    try:
        client = connection.client(connection.region)
        listed = get_auto_snapshots(client, resource)
        resource_type = str(client.get_auto_snapshots(resourceName=resource).get("resourceType", ""))
    except NotFoundError as error:
        sentence = f"{connection.region} has no instance or disk {resource}: give its Region with --region"
        raise Stop(Status.FAILED, sentence) from error
    put_auto_snapshots(resource, resource_type, listed, call)
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
    connection = call.connect(DEMO_SOURCE)
    client = connection.client(connection.region)
    lists = {member: client.get_paginator(method).paginate().build_full_result() for member, method in _LISTS.items()}
    put_snapshots({member: result.get(member, []) for member, result in lists.items()}, call)
    return Status.DONE
