"""
The contract that every carrier of the fake keeps: the same questions, asked in memory and over HTTP.

Each case is one conversation with real boto3 clients. What is compared is all that boto3 hands out; every body is held
against botocore's own model as well.
"""

# ruff: noqa: ANN401 - boto3 makes its clients at run time, and JSON is of any type
from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any

import botocore.httpsession
import pytest
from attrs import frozen
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from fake_support import LATEST, MANUAL, SOURCE, TARGET, check_shape, scene
from server_support import READ_TIMEOUT, client_of

from lightsail_copy.testing import FakeLightsail, faults
from lightsail_copy.testing.operations import OPERATIONS

CONFIG = Config(retries={"total_max_attempts": 1}, read_timeout=READ_TIMEOUT)
ELSEWHERE = "eu-west-1"


@frozen
class Talk:
    """
    One conversation.

    Attributes:
        fake: the fake that answers.
        connect: makes a client of a Region.
        heard: what came of each call: the reply, or the name and message of the error.
    """

    fake: FakeLightsail
    connect: Callable[[str], Any]
    heard: list[object]

    def ask(self, region: str, method: str, **parameters: object) -> Any:
        """Make one call, and return its reply, which is empty where there was an error."""
        client = self.connect(region)
        client.meta.events.register("before-parse.lightsail", check_body)
        try:
            reply = getattr(client, method)(**parameters)
        except ClientError as error:
            self.heard.append((type(error).__name__, error.response))
        except BotoCoreError as error:
            self.heard.append(type(error).__name__)
        except (AttributeError, TypeError) as error:  # what botocore's parser fails with
            self.heard.append((type(error).__name__, str(error)))
        else:
            self.heard.append(reply)
            return reply
        return {}


Case = Callable[[Talk], None]


def check_body(operation_model: Any, response_dict: Any, **_: object) -> None:
    """Hold the body of a reply against the model of the operation, or of its error."""
    if response_dict["headers"]["Content-Type"] != "application/x-amz-json-1.1":
        return
    body = json.loads(response_dict["body"])
    if response_dict["status_code"] == 200:
        check_shape(operation_model.output_shape, body, operation_model.name)
        return
    code = body.pop("__type")
    shapes = {shape.name: shape for shape in operation_model.error_shapes}
    check_shape(shapes.get(code, shapes["ServiceException"]), body, code)


def every_reading(talk: Talk) -> None:
    for region in (SOURCE, ELSEWHERE):
        for method in ("get_disks", "get_disk_snapshots", "get_instances", "get_instance_snapshots", "get_operations"):
            talk.ask(region, method)
        talk.ask(region, "get_disk", diskName="logs")
        talk.ask(region, "get_disk_snapshot", diskSnapshotName="data-friday")
        talk.ask(region, "get_instance", instanceName="web")
        talk.ask(region, "get_instance_snapshot", instanceSnapshotName="web-friday")
        talk.ask(region, "get_operation", operationId="none")
        talk.ask(region, "get_operations_for_resource", resourceName="web")
        for name in ("web", "data", "none"):
            talk.ask(region, "get_auto_snapshots", resourceName=name)


def a_copy_from_its_start_to_its_end(talk: Talk) -> None:
    (operation,) = talk.ask(TARGET, "copy_snapshot", **MANUAL)["operations"]
    for _ in range(3):
        talk.ask(TARGET, "get_operation", operationId=operation["id"])
        talk.ask(TARGET, "get_instance_snapshot", instanceSnapshotName="web-copy")
        talk.fake.clock.advance(61)
    talk.ask(TARGET, "get_operations_for_resource", resourceName="web-copy")


def copies_of_automatic_snapshots(talk: Talk) -> None:
    talk.ask(TARGET, "copy_snapshot", **LATEST)
    by_date = {"sourceResourceName": "data", "restoreDate": "2025-12-31", "sourceRegion": SOURCE}
    talk.ask(SOURCE, "copy_snapshot", **by_date, targetSnapshotName="data-copy")
    talk.fake.clock.advance(30)
    talk.ask(SOURCE, "get_disk_snapshot", diskSnapshotName="data-copy")


def deletions(talk: Talk) -> None:
    talk.ask(SOURCE, "delete_instance_snapshot", instanceSnapshotName="web-friday")
    talk.ask(SOURCE, "delete_disk_snapshot", diskSnapshotName="data-friday")
    talk.ask(SOURCE, "delete_disk_snapshot", diskSnapshotName="data-friday")


def refused_copies(talk: Talk) -> None:
    talk.ask(TARGET, "copy_snapshot", **MANUAL)
    talk.ask(TARGET, "copy_snapshot", **MANUAL)
    wrong: list[dict[str, object]] = [
        {**MANUAL, "sourceSnapshotName": "none"},
        {**MANUAL, "sourceRegion": ELSEWHERE},
        {**MANUAL, "sourceRegion": "mars"},
        {**MANUAL, "restoreDate": "2025-12-31"},
        {**MANUAL, "targetSnapshotName": "no name"},
        {**LATEST, "restoreDate": "2025-12-31"},
        {**LATEST, "sourceResourceName": "logs"},
        {"sourceRegion": SOURCE, "targetSnapshotName": "x1"},
    ]
    for parameters in wrong:
        talk.ask(TARGET, "copy_snapshot", **parameters)


def a_copy_that_fails(talk: Talk) -> None:
    talk.fake.fail_next_copy("Oops", "The copy went wrong.")
    (operation,) = talk.ask(TARGET, "copy_snapshot", **MANUAL)["operations"]
    talk.fake.clock.advance(120)
    talk.ask(TARGET, "get_operation", operationId=operation["id"])
    talk.ask(TARGET, "get_instance_snapshot", instanceSnapshotName="web-copy")


def pages(talk: Talk) -> None:
    for number in range(5):
        talk.ask(TARGET, "copy_snapshot", **{**MANUAL, "targetSnapshotName": f"copy-{number}"})
    for method in ("get_operations", "get_instance_snapshots"):
        reply = talk.ask(TARGET, method)
        while "nextPageToken" in reply:
            reply = talk.ask(TARGET, method, pageToken=reply["nextPageToken"])
    talk.ask(TARGET, "get_operations", pageToken="none")


def meeting(fault: faults.Fault) -> Case:
    """Return the case of a copy that meets a fault, and of what is there afterwards."""

    def case(talk: Talk) -> None:
        talk.fake.fail_next("CopySnapshot", fault)
        talk.ask(TARGET, "copy_snapshot", **MANUAL)
        talk.ask(TARGET, "get_operations")
        talk.ask(TARGET, "copy_snapshot", **MANUAL)

    return case


CONVERSATIONS = [
    every_reading,
    a_copy_from_its_start_to_its_end,
    copies_of_automatic_snapshots,
    deletions,
    refused_copies,
    a_copy_that_fails,
    pages,
]

ERRORS = {
    "throttled": faults.throttled(),
    "service fault": faults.service_fault(),
    "service fault after the work": faults.service_fault(performed=True),
    "expired token": faults.expired_token(),
    "unrecognized client": faults.unrecognized_client(),
    "unauthenticated": faults.unauthenticated(),
    "access denied": faults.access_denied(),
    "Region not set up": faults.region_not_set_up(),
    "account not set up": faults.account_not_set_up(),
    "operation failure": faults.operation_failure(),
    "quota exceeded": faults.quota_exceeded(),
    "not found": faults.not_found(),
    "any error": faults.error("OptInRequired", "Subscribe first.", status=403),
}

# Not here are the refused connection and the one that is never made: over HTTP a connection was made already.
BREAKS = {
    "closed": faults.connection_closed(),
    "closed after the work": faults.connection_closed(performed=True),
    "silence": faults.read_timeout(),
    "silence after the work": faults.read_timeout(performed=True),
    "cut short and reset": faults.cut_short(ending="reset"),
    "cut short and silent": faults.cut_short(ending="read_timeout"),
}

# What these send is no JSON of the model, on purpose.
BODIES = {
    "cut short and closed": faults.cut_short(),
    "cut short and complete": faults.cut_short(ending="complete"),
    "garbage": faults.garbage(),
    "empty": faults.empty_reply(),
    "null": faults.replaced(b"null"),
    "list": faults.replaced(b"[]"),
    "HTML": faults.service_unavailable(),
    "null members": faults.edited(lambda reply: {**reply, "operations": None}),
}


# An older botocore notices that a connection ended too early; the fake answers as newer ones do.
NOTICES = "enforce_content_length=False" not in inspect.getsource(botocore.httpsession)
NOT_HERE = {"cut short and closed": "this botocore notices that a connection ended too early"} if NOTICES else {}


def cases(faulty: dict[str, faults.Fault]) -> list[Any]:
    """Return the cases of faults, by their name."""
    return [
        pytest.param(
            meeting(fault), id=name, marks=pytest.mark.skipif(name in NOT_HERE, reason=NOT_HERE.get(name, "it runs"))
        )
        for name, fault in faulty.items()
    ]


def in_memory(case: Case) -> list[object]:
    """Return what is heard in a conversation with the fake itself."""
    fake = scene(page_size=2)
    talk = Talk(fake, lambda region: fake.client(region, config=CONFIG), [])
    case(talk)
    return talk.heard


def over_http(case: Case) -> list[object]:
    """Return what is heard in a conversation with the server."""
    fake = scene(page_size=2)
    with fake.serve() as url:
        talk = Talk(fake, lambda region: client_of(url, region), [])
        case(talk)
    return talk.heard


@pytest.mark.parametrize("case", [*CONVERSATIONS, *cases(ERRORS), *cases(BREAKS)])
def test_both_carriers_say_the_same_in_shapes_of_the_model(case: Case) -> None:
    heard = in_memory(case)
    assert heard
    assert over_http(case) == heard


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let bodies pass that are no JSON of the model."""

    def pass_by(**_: object) -> None:
        pass

    monkeypatch.setattr("test_conformance.check_body", pass_by)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("case", cases(BODIES))
def test_both_carriers_bring_a_broken_body_alike(case: Case) -> None:
    assert over_http(case) == in_memory(case)


def test_the_conversations_reach_every_operation() -> None:
    fake = scene()
    talk = Talk(fake, lambda region: fake.client(region, config=CONFIG), [])
    every_reading(talk)
    a_copy_from_its_start_to_its_end(talk)
    deletions(talk)
    assert {call.operation for call in fake.calls} == set(OPERATIONS)
