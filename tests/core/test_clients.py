"""`make_client` and `make_clients`: ordinary boto3 clients, set up by public settings."""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

from datetime import timezone
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError, ProfileNotFound
from botocore.loaders import JSONFileLoader, Loader
from botocore.session import Session
from samples import response_fault

from lightsail_copy import (
    InvalidRequestError,
    ManualSnapshotCopy,
    ServiceUnreachableError,
    ThrottledError,
    Unrecognized,
    copy_snapshot,
    make_client,
    make_clients,
)
from lightsail_copy.testing import FakeClock, FakeLightsail, faults
from lightsail_copy.testing.protocol import LOADER

REQUEST = ManualSnapshotCopy(
    source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name="web-1-copy"
)


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture
def fake() -> FakeLightsail:
    fake: FakeLightsail = FakeLightsail(clock=FakeClock())
    fake.add_instance("web-1", "us-east-1")
    fake.add_manual_snapshot("web-1-monday", "us-east-1", source="web-1")
    return fake


def attached(fake: FakeLightsail, **options: Any) -> Any:
    client = make_client("us-west-2", **options)
    fake.attach(client)
    return client


def test_it_is_an_ordinary_boto3_client() -> None:
    client = make_client("us-west-2")
    assert isinstance(client, BaseClient)
    assert (client.meta.service_model.service_name, client.meta.region_name) == ("lightsail", "us-west-2")


def test_a_copy_goes_through(fake: FakeLightsail) -> None:
    result = copy_snapshot(attached(fake), REQUEST, clock=fake.clock)
    assert result.operations[0].resource_name == "web-1-copy"


def test_timestamps_come_straight_in_utc(fake: FakeLightsail) -> None:
    response = attached(fake).copy_snapshot(**REQUEST.to_dict())
    assert response["operations"][0]["createdAt"].tzinfo is timezone.utc


@pytest.mark.measured
@pytest.mark.parametrize("kind", ["default", "given", "botocore's"])
def test_timestamps_of_a_session_stay_in_the_zone_of_the_machine_but_for_our_client(
    fake: FakeLightsail, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    core: Any = Session()
    core.register_component("data_loader", LOADER)
    session = core if kind == "botocore's" else boto3.Session(botocore_session=core)
    if kind == "default":
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)
    options = {} if kind == "default" else {"session": session}
    theirs = core.create_client("lightsail", region_name="us-west-2")
    ours, later = attached(fake, **options), core.create_client("lightsail", region_name="us-west-2")
    (operation,) = ours.copy_snapshot(**REQUEST.to_dict())["operations"]
    assert operation["createdAt"].tzinfo is timezone.utc
    for each in (theirs, later):
        fake.attach(each)
        assert each.get_operation(operationId=operation["id"])["operation"]["createdAt"].tzinfo is not timezone.utc


def test_a_session_of_botocore_starts_as_fast_as_one_of_our_own_and_keeps_its_loader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session: Any = Session()
    loader = session.get_component("data_loader")
    monkeypatch.delattr(JSONFileLoader, "load_file")  # botocore's own, which is slow
    assert make_client("us-west-2", session=session).meta.region_name == "us-west-2"
    assert session.get_component("data_loader") is loader


def test_a_loader_that_the_caller_registered_loads_the_data() -> None:
    loaded: list[str] = []

    class Recording(Loader):
        def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
            loaded.append(type_name)
            return super().load_service_model(service_name, type_name, api_version)

    session: Any = Session()
    session.register_component("data_loader", Recording())
    make_client("us-west-2", session=session)
    assert "service-2" in loaded


def snapshots_created_at(timestamp: object) -> Any:
    """Return what a client makes of a response with a timestamp of any form."""
    fake = FakeLightsail()
    fake.fail_next("GetInstanceSnapshots", response_fault({"instanceSnapshots": [{"createdAt": timestamp}]}))
    return attached(fake).get_instance_snapshots()["instanceSnapshots"][0]["createdAt"]


@pytest.mark.measured
@pytest.mark.parametrize("value", [1.5e9, 1_500_000_000, "1500000000", "2017-07-14T02:40:00Z"])
def test_each_form_of_a_timestamp_is_parsed(value: object) -> None:
    parsed = snapshots_created_at(value)
    assert parsed.isoformat() == "2017-07-14T02:40:00+00:00"
    assert parsed.tzinfo is timezone.utc


def test_a_timestamp_without_a_zone_is_in_none() -> None:
    assert snapshots_created_at("2017-07-14T02:40:00").tzinfo is None


def test_what_is_no_session_and_no_config_is_rejected_by_its_name() -> None:
    wrong: Any = "backup"
    with pytest.raises(TypeError, match=r"^session must be a boto3 session, .* not 'backup'"):
        make_client("us-west-2", session=wrong)
    with pytest.raises(TypeError, match=r"^config must be a botocore.config.Config, not 'backup'"):
        make_client("us-west-2", config=wrong)


def test_a_timestamp_outside_the_calendar_is_left_to_botocore() -> None:
    with pytest.raises(RuntimeError, match="Unable to calculate"):
        snapshots_created_at(1e30)


def test_parameters_are_not_validated_twice(fake: FakeLightsail) -> None:
    # The service rejects what botocore would have rejected.
    with pytest.raises(ClientError):
        attached(fake).get_operation(operationId=3)


def test_the_callers_config_takes_precedence() -> None:
    client = make_client("us-west-2", config=Config(parameter_validation=True, read_timeout=7))
    assert client.meta.config.read_timeout == 7
    with pytest.raises(ParamValidationError):
        client.get_operation(operationId=3)


def test_a_region_that_is_none_of_lightsails_is_rejected() -> None:
    with pytest.raises(InvalidRequestError, match="Did you mean 'us-west-2'"):
        make_client("us-wset-2")
    assert make_client(Unrecognized("xx-new-1")).meta.region_name == "xx-new-1"


def test_a_connection_that_every_attempt_was_rejected_has_sent_nothing(fake: FakeLightsail) -> None:
    client = attached(fake, config=Config(retries={"total_max_attempts": 2}))
    fake.fail_next("CopySnapshot", faults.connection_refused(), times=2)
    with pytest.raises(ServiceUnreachableError, match="Nothing was sent") as caught:
        copy_snapshot(client, REQUEST, clock=fake.clock)
    assert not caught.value.may_have_arrived
    assert [call.operation for call in fake.calls] == ["CopySnapshot"] * 2


def test_a_connection_that_one_attempt_lost_may_have_started_a_copy(fake: FakeLightsail) -> None:
    client = attached(fake, config=Config(retries={"total_max_attempts": 2}))
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
    fake.fail_next("CopySnapshot", faults.connection_refused())
    assert copy_snapshot(client, REQUEST, clock=fake.clock).adopted


def test_throttling_of_every_attempt_has_started_nothing(fake: FakeLightsail) -> None:
    client = attached(fake, config=Config(retries={"total_max_attempts": 2}))
    fake.fail_next("CopySnapshot", faults.throttled(), times=2)
    with pytest.raises(ThrottledError) as caught:
        copy_snapshot(client, REQUEST, clock=fake.clock)
    assert "may have started" not in str(caught.value)
    assert [call.operation for call in fake.calls] == ["CopySnapshot"] * 2


def test_a_5xx_of_one_attempt_may_have_started_a_copy(fake: FakeLightsail) -> None:
    client = attached(fake, config=Config(retries={"total_max_attempts": 2}))
    fake.fail_next("CopySnapshot", faults.service_fault(performed=True))
    assert copy_snapshot(client, REQUEST, clock=fake.clock).adopted


def test_each_region_has_one_client_of_one_attempt() -> None:
    client_for = make_clients()
    client = client_for("us-west-2")
    assert client_for("us-west-2") is client
    assert client_for("eu-west-1") is not client
    assert client.meta.config.retries["total_max_attempts"] == 1
    assert client.meta.config.max_pool_connections >= 32


def test_the_settings_of_clients_can_be_changed() -> None:
    client_for = make_clients(config=Config(max_pool_connections=3))
    assert client_for("us-west-2").meta.config.max_pool_connections == 3


def test_the_configs_of_a_defaults_mode_and_of_the_caller_hold_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULTS_MODE", "standard")
    assert make_client("us-west-2").meta.config.connect_timeout < 60
    assert make_client("us-west-2", config=Config(connect_timeout=7)).meta.config.connect_timeout == 7


def test_a_client_that_could_not_be_made_is_made_by_the_next_call(monkeypatch: pytest.MonkeyPatch) -> None:
    client_for = make_clients()
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(ProfileNotFound):
        client_for("us-west-2")
    monkeypatch.delenv("AWS_PROFILE")
    assert client_for("us-west-2").meta.region_name == "us-west-2"
