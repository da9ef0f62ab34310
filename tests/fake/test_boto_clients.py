"""Real boto3 clients of the fake: those it makes, those it is attached to, and many at once."""

from __future__ import annotations

import inspect
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.endpoint import Endpoint
from botocore.exceptions import ClientError, ParamValidationError
from botocore.retries.bucket import TokenBucket
from botocore.stub import Stubber
from fake_support import MANUAL, ONE_CALL, SOURCE, TARGET, Mode, call, small_fake
from samples import new_session

from lightsail_copy.testing import FakeLightsail, faults

if TYPE_CHECKING:
    from pathlib import Path

    from botocore.awsrequest import AWSPreparedRequest


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every connection an error."""

    def connect(*_: object) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket.socket, "connect", connect)


def own_client(service: str = "lightsail", **options: object) -> Any:  # noqa: ANN401 - a client of boto3's
    """Return a client as a user would make it."""
    session = new_session(aws_access_key_id="mine", aws_secret_access_key="mine")
    return session.client(service, region_name=TARGET, **options)


def test_a_client_is_a_real_one_of_its_region() -> None:
    client = small_fake().client(TARGET)
    assert type(client).__module__ == "botocore.client"
    assert client.meta.region_name == TARGET
    assert client.meta.endpoint_url == "https://lightsail.us-east-1.amazonaws.com"
    with pytest.raises(ParamValidationError):
        client.copy_snapshot(sourceSnapshotName=7)


def test_clients_share_what_is_slow_to_load() -> None:
    """The service's model is a megabyte of JSON, which botocore's loader reads once."""
    one, other = (small_fake().client(TARGET).meta.service_model for _ in range(2))
    assert one.metadata is other.metadata


def test_requests_are_signed_with_credentials_that_look_made_up() -> None:
    seen: list[str] = []

    def note(request: AWSPreparedRequest, **_: object) -> None:
        seen.append(str(request.headers["Authorization"]))

    client = small_fake().client(TARGET)
    client.meta.events.register_first("before-send.lightsail", note)
    client.get_operations()
    assert "AWS4-HMAC-SHA256 Credential=MADE-UP-KEY-OF-THE-FAKE/" in seen[0]


def test_an_unsigned_client_gets_a_response_too() -> None:
    client = small_fake().client(TARGET, config=Config(signature_version=UNSIGNED))
    assert client.copy_snapshot(**MANUAL)["operations"]


def test_neither_the_environment_nor_files_change_a_client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = tmp_path / "config"
    settings.write_text("[default]\nretry_mode = legacy\nmax_attempts = 9\n")
    for name, value in {
        "AWS_CONFIG_FILE": str(settings),
        "AWS_SHARED_CREDENTIALS_FILE": str(settings),
        "AWS_PROFILE": "absent",
        "AWS_MAX_ATTEMPTS": "8",
        "AWS_RETRY_MODE": "nonsense",
        "AWS_DEFAULTS_MODE": "auto",
        "AWS_ENDPOINT_URL": "nonsense",
        "AWS_CA_BUNDLE": "absent",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_ACCESS_KEY_ID": "mine",
    }.items():
        monkeypatch.setenv(name, value)
    fake = small_fake()
    client = fake.client(TARGET)
    assert client.meta.endpoint_url == "https://lightsail.us-east-1.amazonaws.com"
    fake.fail_next("GetOperations", faults.throttled(), times=9)
    with pytest.raises(ClientError):
        client.get_operations()
    assert len(fake.calls) < 8


def test_the_configuration_of_a_client_is_botocores_own() -> None:
    fake = small_fake()
    fake.fail_next("GetOperations", faults.throttled(), times=9)
    with pytest.raises(ClientError):
        fake.client(TARGET, config=Config(retries={"total_max_attempts": 7, "mode": "standard"})).get_operations()
    assert len(fake.calls) == 7


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_a_client_does_not_sleep_before_it_sends_again(mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    fake = small_fake()
    fake.fail_next("GetOperations", faults.throttled(), times=2)
    fake.client(TARGET, config=Config(retries={"mode": mode})).get_operations()
    assert slept == [0, 0]
    assert len(fake.retry_delays) == 2
    assert all(delay > 0 for delay in fake.retry_delays)
    assert fake.clock.monotonic() == 0


def test_the_rate_limiter_of_the_adaptive_mode_does_not_hold_a_client_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a throttle the limiter lets half a call pass in a second; it is never asked for leave."""

    def refuse(*_: object) -> None:
        pytest.fail("the client asked the rate limiter, which waits in real time")

    fake = small_fake()
    client = fake.client(TARGET, config=Config(retries={"mode": "adaptive"}))
    monkeypatch.setattr(TokenBucket, "acquire", refuse)
    fake.fail_next("GetOperations", faults.throttled(), times=2)
    for _ in range(3):
        client.get_operations()
    assert len(fake.retry_delays) == 2


@pytest.mark.skipif(
    "is False" not in inspect.getsource(Endpoint),
    reason="this botocore takes False for a delay of no seconds, and would send forever",
)
def test_a_handler_of_a_user_may_forbid_a_resend() -> None:
    def forbid(**_: object) -> bool:
        return False

    fake = small_fake()
    client = fake.client(TARGET, config=Config(retries={"mode": "standard", "total_max_attempts": 2}))
    client.meta.events.register("needs-retry.lightsail.GetOperations", forbid)
    fake.fail_next("GetOperations", faults.throttled())
    with pytest.raises(ClientError):
        client.get_operations()
    assert len(fake.calls) == 1
    assert fake.retry_delays == ()


def test_a_client_of_ones_own_can_be_served() -> None:
    fake = small_fake()
    client = own_client()
    fake.attach(client)
    client.copy_snapshot(**MANUAL)
    assert fake.snapshot_names(TARGET) == ("web-copy",)
    assert fake.calls[0].region == TARGET


def test_a_client_of_ones_own_keeps_its_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    fake = small_fake()
    client = own_client(config=Config(retries={"mode": "standard"}))
    fake.attach(client)
    fake.fail_next("GetOperations", faults.throttled())
    client.get_operations()
    assert [delay > 0 for delay in slept] == [True]
    assert fake.retry_delays == ()


def test_a_client_belongs_to_the_fake_that_was_attached_last() -> None:
    first, second = small_fake(), small_fake()
    client = first.client(TARGET)
    second.attach(client)
    second.attach(client)
    client.get_operations()
    assert (len(first.calls), len(second.calls)) == (0, 1)


def test_a_client_of_another_service_is_rejected() -> None:
    with pytest.raises(ValueError, match="client is one of sts"):
        FakeLightsail().attach(own_client("sts"))


def test_a_stub_stands_before_the_fake() -> None:
    fake = small_fake()
    client = fake.client(TARGET)
    with Stubber(client) as stub:
        stub.add_response("get_operations", {"operations": []})
        assert client.get_operations()["operations"] == []
    assert fake.calls == ()


def test_the_handlers_of_a_user_run_before_the_fake_responds() -> None:
    fake = small_fake()
    client = fake.client(TARGET)
    seen: list[str] = []

    def note(event_name: str, **_: object) -> None:
        seen.append(event_name)

    client.meta.events.register("before-send.lightsail.GetOperations", note)
    client.get_operations()
    assert seen == ["before-send.lightsail.GetOperations"]
    assert len(fake.calls) == 1


def test_clients_of_two_regions_see_their_own() -> None:
    fake = small_fake()
    source, target = fake.client(SOURCE), fake.client(TARGET)
    target.copy_snapshot(**MANUAL)
    names = [
        [each["name"] for each in client.get_instance_snapshots()["instanceSnapshots"]] for client in (source, target)
    ]
    assert names == [["web-friday"], ["web-copy"]]


def test_a_body_that_is_text_is_read_as_well() -> None:
    """Botocore sends bytes, and a handler of a user may put text in their place."""

    def change(request: AWSPreparedRequest, **_: object) -> None:
        assert isinstance(request.body, bytes)
        request.body = request.body.decode()

    fake = small_fake()
    client = fake.client(TARGET)
    client.meta.events.register_first("before-send.lightsail", change)
    client.copy_snapshot(**MANUAL)
    assert fake.calls[0].parameters == MANUAL


def test_if_many_threads_request_one_name_exactly_one_gets_it() -> None:
    fake = small_fake()
    client = fake.client(TARGET, config=ONE_CALL)

    def attempt(_: int) -> bool:
        try:
            client.copy_snapshot(**MANUAL)
        except client.exceptions.InvalidInputException:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(attempt, range(64)))
    assert outcomes.count(True) == 1
    assert len(call(fake, TARGET, "GetOperations")["operations"]) == 1
    assert len(fake.calls_of("CopySnapshot")) == 64


def test_threads_may_each_make_a_client_of_one_fake() -> None:
    fake = small_fake()

    def attempt(number: int) -> str:
        client = fake.client(TARGET, config=ONE_CALL)
        (operation,) = client.copy_snapshot(**{**MANUAL, "targetSnapshotName": f"copy-{number}"})["operations"]
        identifier: str = operation["id"]
        return identifier

    with ThreadPoolExecutor(16) as pool:
        identifiers = list(pool.map(attempt, range(16)))
    assert len(set(identifiers)) == 16
    assert sorted(fake.snapshot_names(TARGET)) == sorted(f"copy-{number}" for number in range(16))
