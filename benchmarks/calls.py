"""A wrapped call beside the bare call of boto3, in process: botocore does everything but the socket."""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.validate import ParamValidator

from benchmarks.measure import Row, in_turn
from lightsail_copy import (
    ManualSnapshotCopy,
    Operation,
    copy_snapshot,
    get_operation,
    make_client,
    wait_for_operations,
)
from lightsail_copy.sync import list_snapshots

REQUEST = {"source_region": "us-east-1", "source_snapshot_name": "web-1-monday", "target_snapshot_name": "web-1-copy"}
PARAMETERS = {"sourceRegion": "us-east-1", "sourceSnapshotName": "web-1-monday", "targetSnapshotName": "web-1-copy"}
HEADERS = {"x-amzn-RequestId": "00000000-0000-4000-8000-000000000000", "Content-Type": "application/x-amz-json-1.1"}


def operation(number: int = 0) -> dict[str, object]:
    """Return an operation of the wire."""
    return {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "resourceName": f"web-{number}-copy",
        "resourceType": "InstanceSnapshot",
        "createdAt": 1763942400.123 + number,
        "location": {"availabilityZone": "all", "regionName": "us-west-2"},
        "isTerminal": True,
        "operationDetails": f"us-east-1:web-{number}-monday",
        "operationType": "CopySnapshot",
        "status": "Succeeded",
        "statusChangedAt": 1763942460.5 + number,
    }


class _Body(io.BytesIO):
    def stream(self) -> Iterator[bytes]:
        return iter((self.read(),))


def respond(client: Any, content: Mapping[str, object]) -> Any:
    """Have a client get the same recorded response to each request, and return the client."""
    body = json.dumps(content).encode()

    def on_sending(**_: object) -> AWSResponse:
        headers: Any = HEADERS
        return AWSResponse("https://example.com/", 200, headers, _Body(body))

    client.meta.events.register("before-send.lightsail", on_sending)
    return client


def bare_client(content: Mapping[str, object], config: Config | None = None) -> Any:
    """Return a client as boto3 makes it."""
    session: Any = boto3.Session("any", "any", region_name="us-west-2")
    return respond(session.client("lightsail", config=config), content)


def made_client(content: Mapping[str, object]) -> Any:
    """Return a client of `make_client`, which takes its credentials from the environment."""
    return respond(make_client("us-west-2"), content)


def calls(rounds: int) -> list[Row]:
    """Compare a copy and a poll with the bare calls, and a client of ours with boto3's."""
    copied, polled = {"operations": [operation()]}, {"operation": operation()}
    copier, poller = bare_client(copied), bare_client(polled)
    our_copier, our_poller = made_client(copied), made_client(polled)
    request, identifier = ManualSnapshotCopy(**REQUEST), str(operation()["id"])
    running = Operation.from_dict({**operation(), "isTerminal": False, "status": "Started"})
    pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "copy": (lambda: copy_snapshot(copier, request), lambda: copier.copy_snapshot(**PARAMETERS)),
        "copy, made": (lambda: copy_snapshot(our_copier, request), lambda: copier.copy_snapshot(**PARAMETERS)),
        "poll": (lambda: get_operation(poller, identifier), lambda: poller.get_operation(operationId=identifier)),
        "wait": (
            lambda: wait_for_operations(poller, running),
            lambda: poller.get_operation(operationId=identifier),
        ),
        "wait, made": (
            lambda: wait_for_operations(our_poller, running),
            lambda: poller.get_operation(operationId=identifier),
        ),
    }
    taken = {name: in_turn({"ours": ours, "bare": bare}, rounds=rounds) for name, (ours, bare) in pairs.items()}
    ratios = {name: each["ours"] / each["bare"] for name, each in taken.items()}
    return [
        Row(name="a copy / the bare call, the caller's client", value=ratios["copy"], aim="<= 1.03"),
        Row(name="a copy with make_client / the bare call", value=ratios["copy, made"], aim="<= 0.95"),
        Row(name="get_operation / the bare call", value=ratios["poll"]),
        Row(name="one poll of a wait / the bare call", value=ratios["wait"]),
        Row(name="one poll of a wait with make_client / the bare call", value=ratios["wait, made"]),
        Row(name="the bare call", value=taken["copy"]["bare"] * 1e6, unit="µs"),
    ]


def pages(rounds: int) -> list[Row]:
    """Compare a page of 200 operations or snapshots, from the wire to our objects, with boto3's dicts."""
    operations = {"operations": [operation(number) for number in range(200)]}
    bare, made = bare_client(operations), made_client(operations)
    parse = Operation.from_dict
    taken = in_turn(
        {
            "bare": bare.get_operations,
            "ours": lambda: [parse(each) for each in made.get_operations()["operations"]],
        },
        rounds=max(10, rounds // 10),
    )
    snapshots = {
        "instanceSnapshots": [
            {
                "name": f"web-{number}",
                "arn": f"arn:aws:lightsail:us-west-2:123456789012:InstanceSnapshot/{number}",
                "resourceType": "InstanceSnapshot",
                "state": "available",
                "createdAt": 1763942400.123,
                "location": {"availabilityZone": "all", "regionName": "us-west-2"},
                "sizeInGb": 40,
                "fromInstanceName": "web-1",
                "isFromAutoSnapshot": False,
            }
            for number in range(200)
        ],
        "diskSnapshots": [],
    }
    bare_lister, lister = bare_client(snapshots), made_client(snapshots)

    def bare_list() -> None:
        bare_lister.get_instance_snapshots()
        bare_lister.get_disk_snapshots()

    listed = in_turn({"bare": bare_list, "ours": lambda: list_snapshots(lister)}, rounds=max(10, rounds // 10))
    return [
        Row(
            name="200 operations to objects, make_client / boto3's dicts",
            value=taken["ours"] / taken["bare"],
            aim="<= 0.55",
        ),
        Row(name="200 snapshots to objects, make_client / boto3's dicts", value=listed["ours"] / listed["bare"]),
    ]


def requests(rounds: int) -> list[Row]:
    """Compare building and validating a request with botocore's own validation of the same parameters."""
    shape = bare_client({}).meta.service_model.operation_model("CopySnapshot").input_shape
    validator = ParamValidator()
    taken = in_turn(
        {
            "ours": lambda: ManualSnapshotCopy(**REQUEST),
            "botocore": lambda: validator.validate(PARAMETERS, shape),
        },
        rounds=rounds,
        repeat=100,
    )
    return [
        Row(
            name="building and validating a request / botocore's parameter validation",
            value=taken["ours"] / taken["botocore"],
            aim="<= 0.5",
        )
    ]
