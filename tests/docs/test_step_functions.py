"""The example for Step Functions, its definition executed by an interpreter of the States language."""

from __future__ import annotations

import io
import json
import runpy
import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import boto3
import pytest
from documented import ROOT, make_account

from lightsail_copy.testing import FakeLightsail, faults

moto: Any = pytest.importorskip("moto", reason="the interpreter is in the dependency group docs")

FILES = ROOT / "docs" / "examples" / "step_functions"
DEFINITION = (FILES / "state_machine.json").read_text("utf-8")
POLICIES = json.loads((FILES / "policies.json").read_text("utf-8"))
SCHEDULE = json.loads((FILES / "schedule.json").read_text("utf-8"))
REGION = "us-west-2"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> FakeLightsail:
    fake = make_account()
    monkeypatch.setattr("lightsail_copy.make_client", fake.client)
    return fake


def _client(service: str) -> Any:  # noqa: ANN401 - boto3 makes its client classes at run time
    session: Any = boto3.Session("any", "any", region_name=REGION)
    return session.client(service)


class Functions:
    """A client of Lambda whose functions are the handlers of the example."""

    def __init__(self) -> None:
        handlers = runpy.run_path(str(FILES / "handlers.py"))
        self.handlers: dict[str, Callable[..., Any]] = {
            "lightsail-copy-start": handlers["start"],
            "lightsail-copy-poll": handlers["poll"],
        }
        self.invoked: list[str] = []

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        self.invoked.append(FunctionName)
        try:
            returned = self.handlers[FunctionName](json.loads(Payload), None)
        # As Lambda does: an error is a payload with the name of its class.
        except Exception as error:  # noqa: BLE001 - any error of a handler
            payload = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return {
                "StatusCode": 200,
                "FunctionError": "Unhandled",
                "Payload": io.BytesIO(json.dumps(payload).encode()),
            }
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(returned).encode())}


@pytest.fixture
def run(account: FakeLightsail, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], dict[str, Any]]]:
    """Return a function that executes the definition for one night; its waits move the clock of the fake."""
    parser = "moto.stepfunctions.parser.asl.component"
    functions = Functions()

    def wait(self: object, env: object, wait_seconds: float) -> None:
        account.clock.advance(wait_seconds)

    def client_of_lambda(**_: object) -> Functions:
        return functions

    class Time:
        sleep = staticmethod(account.clock.advance)

    monkeypatch.setattr(f"{parser}.state.exec.state_task.lambda_eval_utils.boto_client_for", client_of_lambda)
    monkeypatch.setattr(f"{parser}.state.wait.wait_function.wait_function.WaitFunction._wait_interval", wait)
    monkeypatch.setattr(f"{parser}.common.retry.retrier_decl.time", Time)
    with moto.mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        states = _client("stepfunctions")
        machine = states.create_state_machine(
            name="lightsail-copy", definition=DEFINITION, roleArn="arn:aws:iam::123456789012:role/lightsail-copy"
        )["stateMachineArn"]
        text = SCHEDULE["Target"]["Input"]

        def execute() -> dict[str, Any]:
            started = states.start_execution(stateMachineArn=machine, name=str(uuid4()), input=text)["executionArn"]
            pause = threading.Event()
            while (state := states.describe_execution(executionArn=started))["status"] == "RUNNING":
                pause.wait(0.01)
            return dict(state)

        yield execute


def _names(account: FakeLightsail) -> set[str]:
    """Return the names of the copies that were made, without those of earlier nights."""
    return set(account.snapshot_names(REGION)) - set(make_account().snapshot_names(REGION))


def _copies(account: FakeLightsail, *names: str) -> set[str]:
    """Return the names of the copies of the data of the day that the account was made on."""
    return {f"{name}-{FakeLightsail().clock.now().date()}" for name in names}


def test_each_resource_of_the_inventory_is_copied(run: Callable[[], dict[str, Any]], account: FakeLightsail) -> None:
    state = run()
    assert state["status"] == "SUCCEEDED", state
    outcomes = json.loads(state["output"])["outcomes"]
    assert [each["succeeded"] for each in outcomes] == [True, True]
    assert _names(account) == _copies(account, "web-1", "db-1")


def test_a_failed_copy_fails_the_execution_and_stops_no_other(
    run: Callable[[], dict[str, Any]], account: FakeLightsail
) -> None:
    account.fail_next_copy("InternalError", "The disk could not be read.")
    state = run()
    assert (state["status"], state["error"]) == ("FAILED", "CopiesFailed")
    outcomes = json.loads(state["cause"])
    assert sorted((each["succeeded"], each["error"]) for each in outcomes) == [
        (False, "The disk could not be read."),
        (True, None),
    ]


def test_a_throttled_start_is_retried(run: Callable[[], dict[str, Any]], account: FakeLightsail) -> None:
    # More often than botocore retries within one invocation.
    account.fail_next("CopySnapshot", faults.throttled(), times=12)
    state = run()
    assert state["status"] == "SUCCEEDED", state
    assert _names(account) == _copies(account, "web-1", "db-1")


def test_the_name_has_the_date_of_the_data_even_if_the_night_is_another_day(
    run: Callable[[], dict[str, Any]], account: FakeLightsail
) -> None:
    newest = account.clock.now().date()
    account.clock.advance(20 * 3600)
    assert account.clock.now().date() > newest
    assert run()["status"] == "SUCCEEDED"
    assert _names(account) == _copies(account, "web-1", "db-1")
    # A newer snapshot of one of them is another copy.
    account.add_auto_snapshot("web-1", "us-east-1", account.clock.now().date())
    assert run()["status"] == "SUCCEEDED"
    assert _names(account) == _copies(account, "web-1", "db-1") | {f"web-1-{account.clock.now().date()}"}


def test_a_resource_without_an_automatic_snapshot_is_an_outcome(
    run: Callable[[], dict[str, Any]], account: FakeLightsail
) -> None:
    account.remove("db-1", "us-east-1")
    account.add_instance("db-1", "us-east-1")
    outcomes = json.loads(run()["cause"])
    assert {"sourceResourceName": "db-1", "succeeded": False, "error": "LookupError"} in outcomes


def test_a_poll_is_retried_as_a_start_is(run: Callable[[], dict[str, Any]], account: FakeLightsail) -> None:
    states = json.loads(DEFINITION)["States"]["CopyEach"]["ItemProcessor"]["States"]
    (start,), (poll,) = states["Start"]["Retry"], states["Poll"]["Retry"]
    assert set(start["ErrorEquals"]) <= set(poll["ErrorEquals"])
    account.fail_next("GetOperation", faults.not_json(), times=2)
    assert run()["status"] == "SUCCEEDED"


def test_a_source_that_does_not_exist_is_an_outcome_and_not_retried(
    run: Callable[[], dict[str, Any]], account: FakeLightsail
) -> None:
    account.remove("db-1", "us-east-1")
    state = run()
    outcomes = json.loads(state["cause"])
    assert {"sourceResourceName": "db-1", "succeeded": False, "error": "NotFoundError"} in outcomes
    assert _names(account) == _copies(account, "web-1")


def test_a_second_execution_of_the_same_night_copies_nothing_again(
    run: Callable[[], dict[str, Any]], account: FakeLightsail
) -> None:
    first, second = run(), run()
    assert (first["status"], second["status"]) == ("SUCCEEDED", "SUCCEEDED")
    assert first["output"] == second["output"]
    assert len(_names(account)) == len(json.loads(first["output"])["outcomes"])


def test_the_policy_of_the_functions_allows_what_they_call_and_no_more(
    run: Callable[[], dict[str, Any]], account: FakeLightsail
) -> None:
    account.fail_next("CopySnapshot", faults.connection_closed(performed=True))
    run()
    allowed = {
        (action, statement["Condition"]["StringEquals"]["aws:RequestedRegion"])
        for statement in POLICIES["functions"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    assert {(f"lightsail:{call.operation}", str(call.region)) for call in account.calls} == allowed


def test_the_policy_of_the_state_machine_allows_the_functions_that_it_invokes() -> None:
    definition = json.loads(DEFINITION)
    states = definition["States"]["CopyEach"]["ItemProcessor"]["States"].values()
    invoked = {each["Parameters"]["FunctionName"] for each in states if each["Type"] == "Task"}
    functions, *own = POLICIES["stateMachine"]["Statement"]
    assert {arn.rsplit(":", 1)[-1] for arn in functions["Resource"]} == invoked
    # What a distributed map needs, of the state machine itself.
    assert own[0]["Resource"] == POLICIES["schedule"]["Statement"][0]["Resource"]
    assert own[1]["Resource"] == own[0]["Resource"].replace("stateMachine", "execution") + "/*"


def test_the_schedule_has_the_form_that_the_scheduler_takes() -> None:
    client = _client("scheduler")
    model = client.meta.service_model.operation_model("CreateSchedule")
    # botocore's own validation, without a call.
    client._convert_to_request_dict(
        SCHEDULE, model, endpoint_url="https://example.invalid", context={"client_region": REGION}
    )
    assert SCHEDULE["Target"]["Arn"] == POLICIES["schedule"]["Statement"][0]["Resource"]
