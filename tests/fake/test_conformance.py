"""
The fake responds alike in process and over HTTP.

Each case is a conversation with real boto3 clients. It compares everything that boto3 returns, and checks every body
against botocore's own model.
"""

# ruff: noqa: ANN401 - boto3 makes its clients at run time, and JSON is of any type
from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable
from typing import Any

import botocore.httpsession
import pytest
from attrs import frozen
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from fake_support import LATEST, MANUAL, SOURCE, TARGET, call, check_shape, model, small_fake
from server_support import READ_TIMEOUT, client_of

from lightsail_copy.testing import FakeLightsail, faults
from lightsail_copy.testing.handlers import OPERATIONS

CONFIG = Config(retries={"total_max_attempts": 1}, read_timeout=READ_TIMEOUT)
ELSEWHERE = "eu-west-1"


@frozen
class Conversation:
    """
    One conversation.

    Attributes:
        fake: the fake that responds.
        connect: makes a client of a Region.
        outcomes: what came of each call: the response, or the name and message of the error.
    """

    fake: FakeLightsail
    connect: Callable[[str], Any]
    outcomes: list[object]

    def call(self, region: str, method: str, **parameters: object) -> Any:
        """Make one call, and return its response, which is empty where there was an error."""
        client = self.connect(region)
        client.meta.events.register("before-parse.lightsail", check_body, unique_id="check")
        try:
            response = getattr(client, method)(**parameters)
        except ClientError as error:
            self.outcomes.append((type(error).__name__, without_date(error.response)))
        except BotoCoreError as error:
            self.outcomes.append(type(error).__name__)
        except (AttributeError, TypeError) as error:  # what botocore's parser fails with
            self.outcomes.append((type(error).__name__, str(error)))
        else:
            self.outcomes.append(without_date(response))
            return response
        return {}


Case = Callable[[Conversation], None]


def without_date(response: Any) -> Any:
    """Return a response without its `Date`, which has the real time over HTTP."""
    del response["ResponseMetadata"]["HTTPHeaders"]["date"]
    return response


def check_body(operation_model: Any, response_dict: Any, **_: object) -> None:
    """Hold the body of a response against the model of the operation, or of its error."""
    if response_dict["headers"]["Content-Type"] != "application/x-amz-json-1.1":
        return
    body = json.loads(response_dict["body"])
    if response_dict["status_code"] == 200:
        check_shape(operation_model.output_shape, body, operation_model.name)
        return
    code = body.pop("__type")
    shapes = {shape.name: shape for shape in operation_model.error_shapes}
    check_shape(shapes.get(code, shapes["ServiceException"]), body, code)


def every_reading(conversation: Conversation) -> None:
    for region in (SOURCE, ELSEWHERE):
        for method in ("get_disks", "get_disk_snapshots", "get_instances", "get_instance_snapshots", "get_operations"):
            conversation.call(region, method)
        for method in ("get_active_names", "get_blueprints", "get_bundles", "get_regions"):
            conversation.call(region, method)
        conversation.call(region, "get_disk", diskName="logs")
        conversation.call(region, "get_disk_snapshot", diskSnapshotName="data-friday")
        conversation.call(region, "get_instance", instanceName="web")
        conversation.call(region, "get_instance_snapshot", instanceSnapshotName="web-friday")
        conversation.call(region, "get_operation", operationId="none")
        conversation.call(region, "get_operations_for_resource", resourceName="web")
        for name in ("web", "data", "none"):
            conversation.call(region, "get_auto_snapshots", resourceName=name)


def lists_of_what_the_fake_does_not_have(conversation: Conversation) -> None:
    for method in ("get_static_ips", "get_load_balancers", "get_relational_databases", "get_key_pairs", "get_buckets"):
        conversation.call(SOURCE, method)


def snapshots_and_restores(conversation: Conversation) -> None:
    conversation.call(SOURCE, "create_instance_snapshot", instanceName="web", instanceSnapshotName="web-new")
    conversation.call(SOURCE, "create_disk_snapshot", instanceName="web", diskSnapshotName="system")
    conversation.fake.clock.advance(600)
    zone: dict[str, object] = {"availabilityZone": f"{SOURCE}a"}
    given = {**zone, "bundleId": "small_3_0", "instanceSnapshotName": "web-new", "tags": [{"key": "drill"}]}
    conversation.call(SOURCE, "create_instances_from_snapshot", **given, instanceNames=["web-2", "web-3"])
    conversation.call(
        SOURCE, "create_disk_from_snapshot", **zone, diskName="system-2", sizeInGb=64, diskSnapshotName="system"
    )
    every_reading(conversation)


def add_ons_and_tags(conversation: Conversation) -> None:
    conversation.call(SOURCE, "enable_add_on", resourceName="logs", addOnRequest={"addOnType": "AutoSnapshot"})
    conversation.call(SOURCE, "disable_add_on", resourceName="web", addOnType="AutoSnapshot")
    conversation.call(SOURCE, "tag_resource", resourceName="web", tags=[{"key": "a", "value": "b"}, {"key": "c"}])
    conversation.call(SOURCE, "delete_auto_snapshot", resourceName="web", date="2025-12-31")
    conversation.call(SOURCE, "get_instance", instanceName="web")


def a_copy_from_its_start_to_its_end(conversation: Conversation) -> None:
    (operation,) = conversation.call(TARGET, "copy_snapshot", **MANUAL)["operations"]
    for _ in range(3):
        conversation.call(TARGET, "get_operation", operationId=operation["id"])
        conversation.call(TARGET, "get_instance_snapshot", instanceSnapshotName="web-copy")
        conversation.fake.clock.advance(61)
    conversation.call(TARGET, "get_operations_for_resource", resourceName="web-copy")


def copies_of_automatic_snapshots(conversation: Conversation) -> None:
    conversation.call(TARGET, "copy_snapshot", **LATEST)
    by_date = {"sourceResourceName": "data", "restoreDate": "2025-12-31", "sourceRegion": SOURCE}
    conversation.call(SOURCE, "copy_snapshot", **by_date, targetSnapshotName="data-copy")
    conversation.fake.clock.advance(30)
    conversation.call(SOURCE, "get_disk_snapshot", diskSnapshotName="data-copy")


def deletions(conversation: Conversation) -> None:
    conversation.call(SOURCE, "delete_instance_snapshot", instanceSnapshotName="web-friday")
    conversation.call(SOURCE, "delete_disk_snapshot", diskSnapshotName="data-friday")
    conversation.call(SOURCE, "delete_disk_snapshot", diskSnapshotName="data-friday")
    conversation.call(SOURCE, "delete_disk", diskName="logs")
    conversation.call(SOURCE, "delete_instance", instanceName="web")
    conversation.call(SOURCE, "delete_disk", diskName="logs")


def rejected_copies(conversation: Conversation) -> None:
    conversation.call(TARGET, "copy_snapshot", **MANUAL)
    conversation.call(TARGET, "copy_snapshot", **MANUAL)
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
        conversation.call(TARGET, "copy_snapshot", **parameters)


def a_copy_that_fails(conversation: Conversation) -> None:
    conversation.fake.fail_next_copy("Oops", "The copy went wrong.")
    (operation,) = conversation.call(TARGET, "copy_snapshot", **MANUAL)["operations"]
    conversation.fake.clock.advance(120)
    conversation.call(TARGET, "get_operation", operationId=operation["id"])
    conversation.call(TARGET, "get_instance_snapshot", instanceSnapshotName="web-copy")


def pages(conversation: Conversation) -> None:
    for number in range(5):
        conversation.call(TARGET, "copy_snapshot", **{**MANUAL, "targetSnapshotName": f"copy-{number}"})
    for method in ("get_operations", "get_instance_snapshots"):
        response = conversation.call(TARGET, method)
        while "nextPageToken" in response:
            response = conversation.call(TARGET, method, pageToken=response["nextPageToken"])
    conversation.call(TARGET, "get_operations", pageToken="none")


def meeting(fault: faults.Fault) -> Case:
    """Return the case of a copy that meets a fault, and of what is there afterwards."""

    def case(conversation: Conversation) -> None:
        conversation.fake.fail_next("CopySnapshot", fault)
        conversation.call(TARGET, "copy_snapshot", **MANUAL)
        conversation.call(TARGET, "get_operations")
        conversation.call(TARGET, "copy_snapshot", **MANUAL)

    return case


ERRORS = [
    faults.throttled(),
    faults.service_fault(),
    faults.service_fault(performed=True),
    faults.expired_token(),
    faults.unrecognized_client(),
    faults.unauthenticated(),
    faults.access_denied(),
    faults.region_not_set_up(),
    faults.account_not_set_up(),
    faults.operation_failure(),
    faults.quota_exceeded(),
    faults.not_found(),
    faults.error("OptInRequired", "Subscribe first.", status=403),
]


def errors(conversation: Conversation) -> None:
    for number, error in enumerate(ERRORS):
        conversation.fake.fail_next("CopySnapshot", error)
        for _ in range(2):
            conversation.call(TARGET, "copy_snapshot", **{**MANUAL, "targetSnapshotName": f"copy-{number}"})


CONVERSATIONS = [
    every_reading,
    a_copy_from_its_start_to_its_end,
    copies_of_automatic_snapshots,
    lists_of_what_the_fake_does_not_have,
    snapshots_and_restores,
    add_ons_and_tags,
    deletions,
    rejected_copies,
    a_copy_that_fails,
    pages,
    errors,
]

# Without the refused connection and the connect timeout: over HTTP, there already is a connection.
BREAKS = {
    "closed": faults.connection_closed(),
    "closed after the work": faults.connection_closed(performed=True),
    "silence": faults.read_timeout(),
    "silence after the work": faults.read_timeout(performed=True),
    "truncated, reset": faults.truncated_response(ending="reset"),
    "truncated, silent": faults.truncated_response(ending="read_timeout"),
}

# What these send is no JSON of the model, on purpose.
BODIES = {
    "truncated, closed": faults.truncated_response(),
    "truncated, complete": faults.truncated_response(ending="complete"),
    "not JSON": faults.not_json(),
    "empty": faults.empty_response(),
    "null": faults.replaced_response(b"null"),
    "list": faults.replaced_response(b"[]"),
    "HTML": faults.service_unavailable(),
    "null members": faults.edited_response(lambda response: {**response, "operations": None}),
}


# An older botocore notices that a connection ended too early; the fake responds as newer ones do.
NOTICES = "enforce_content_length=False" not in inspect.getsource(botocore.httpsession)
NOT_HERE = {"truncated, closed": "this botocore notices that a connection ended too early"} if NOTICES else {}


def cases(faulty: dict[str, faults.Fault]) -> list[Any]:
    """Return the cases of faults, by their name."""
    return [
        pytest.param(
            meeting(fault), id=name, marks=pytest.mark.skipif(name in NOT_HERE, reason=NOT_HERE.get(name, "it runs"))
        )
        for name, fault in faulty.items()
    ]


def in_memory(case: Case) -> list[object]:
    """Return the outcomes of a conversation with the fake itself."""
    fake = small_fake(page_size=2)
    conversation = Conversation(fake, functools.cache(lambda region: fake.client(region, config=CONFIG)), [])
    case(conversation)
    return conversation.outcomes


def over_http(case: Case) -> list[object]:
    """Return the outcomes of a conversation with the server."""
    fake = small_fake(page_size=2)
    with fake.serve() as url:
        conversation = Conversation(fake, functools.cache(lambda region: client_of(url, region)), [])
        case(conversation)
    return conversation.outcomes


@pytest.mark.parametrize("case", [*CONVERSATIONS, *cases(BREAKS)])
def test_both_transports_respond_alike_in_shapes_of_the_model(case: Case) -> None:
    outcomes = in_memory(case)
    assert outcomes
    assert over_http(case) == outcomes


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let bodies pass that are no JSON of the model."""

    def pass_by(**_: object) -> None:
        pass

    monkeypatch.setattr("test_conformance.check_body", pass_by)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("case", cases(BODIES))
def test_both_transports_carry_a_broken_body_alike(case: Case) -> None:
    assert over_http(case) == in_memory(case)


def test_the_conversations_reach_every_operation() -> None:
    fake = small_fake()
    conversation = Conversation(fake, functools.cache(lambda region: fake.client(region, config=CONFIG)), [])
    a_copy_from_its_start_to_its_end(conversation)
    snapshots_and_restores(conversation)
    add_ons_and_tags(conversation)
    deletions(conversation)
    assert {call.operation for call in fake.calls} == set(OPERATIONS)


def test_every_list_without_required_arguments_is_served_and_empty_if_the_fake_has_nothing_of_it() -> None:
    """Paginators and inventories of real programs call them all."""
    fake = small_fake()
    for name in model().operation_names:
        takes, gives = model().operation_model(name).input_shape, model().operation_model(name).output_shape
        assert takes is not None
        assert gives is not None
        lists = {key for key, member in gives.members.items() if member.type_name == "list"}
        if name.startswith("Get") and lists and not takes.required_members:
            response = call(fake, TARGET, name)
            assert response.keys() == lists
            assert name in OPERATIONS or not any(response.values())


def test_lightsail_speaks_the_protocol_that_the_fake_serves() -> None:
    """A newer model may list others, which clients would then prefer."""
    service = small_fake().client(TARGET).meta.service_model
    assert getattr(service, "resolved_protocol", service.metadata["protocol"]) == "json"
    assert service.metadata["jsonVersion"] == "1.1"
