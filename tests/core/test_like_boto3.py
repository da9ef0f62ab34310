"""A client of `make_client` is the one that `boto3.client` would return at that moment, but for two settings."""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import gzip
import json
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import botocore
import pytest
from botocore.config import Config
from botocore.exceptions import ProfileNotFound
from botocore.loaders import Loader
from botocore.session import Session as BotocoreSession
from samples import new_session

from lightsail_copy import RegionName, make_client, make_clients
from lightsail_copy.testing import FakeClock, FakeLightsail, faults

MODEL = Path(botocore.__file__).parent / "data" / "lightsail" / "2016-11-28"
# Ours on purpose: `parameter_validation` is what `make_client` sets. Nothing else differs.
OURS = {"parameter_validation", "_user_provided_options"}
# Different in each request of any client.
UNIQUE_HEADERS = {"X-Amz-Date", "amz-sdk-invocation-id"}

CONFIG = """
[default]
region = eu-west-1
[profile other]
region = ap-south-1
retry_mode = standard
max_attempts = 7
use_dualstack_endpoint = true
[profile helper]
credential_process = {helper}
[profile own_endpoint]
services = own
aws_access_key_id = OWN
aws_secret_access_key = secret
[services own]
lightsail =
  endpoint_url = https://lightsail.example.com
"""
CREDENTIALS = """
[default]
aws_access_key_id = DEFAULT
aws_secret_access_key = secret
[other]
aws_access_key_id = OTHER
aws_secret_access_key = secret
aws_session_token = token
"""


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give this test settings of its own, and return the file that has a line for each run of a credential helper."""
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    runs = tmp_path / "runs"
    script = tmp_path / "helper.py"
    answer = {"Version": 1, "AccessKeyId": "HELPER", "SecretAccessKey": "secret"}
    script.write_text(f"open({str(runs)!r}, 'a').write('run\\n')\nprint({json.dumps(answer)!r})\n")
    helper = f'"{sys.executable}" "{script}"' if os.name == "nt" else shlex.join([sys.executable, str(script)])
    (tmp_path / "config").write_text(CONFIG.format(helper=helper))
    (tmp_path / "credentials").write_text(CREDENTIALS)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    return runs


def of_boto3(region: str = "us-west-2", **options: Any) -> Any:
    """Return what `boto3.client` returns at this moment, without leaving a default session behind."""
    if boto3.DEFAULT_SESSION is not None:
        return boto3.DEFAULT_SESSION.client("lightsail", region_name=region, **options)
    session: Any = boto3.Session()
    return session.client("lightsail", region_name=region, **options)


def request_of(client: Any) -> dict[str, Any]:
    """Return what a client sends, without what is unique to each request."""
    sent: list[Any] = []

    def keep(request: Any, **_: object) -> None:
        sent.append(request)

    client.meta.events.register_first("before-send.lightsail", keep)
    fake: FakeLightsail = FakeLightsail(clock=FakeClock())
    fake.attach(client)
    client.get_instance_snapshots()
    (request,) = sent
    texts = {name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
    headers = {name: value for name, value in texts.items() if name not in UNIQUE_HEADERS}
    # The access key, the date, the Region and the service; what follows is a signature of all headers.
    headers["Authorization"] = headers["Authorization"].partition(", SignedHeaders")[0]
    return {"method": request.method, "url": request.url, "body": request.body, "headers": headers}


def attempts_of(client: Any, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how often a client sends a request that fails."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    fake: FakeLightsail = FakeLightsail(clock=FakeClock())
    fake.attach(client)
    fake.fail_next("GetInstanceSnapshots", faults.service_fault(), times=20)
    with pytest.raises(client.exceptions.ClientError):
        client.get_instance_snapshots()
    return len(fake.calls)


def facts(client: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return all that makes a client what it is."""
    meta = client.meta
    operations = sorted(meta.method_to_api_mapping)
    return {
        "class": [type(client).__name__, *type(client).__mro__[1:]],
        "attributes": sorted(dir(client)),
        # The order counts too: it is the order in which parameters are serialized.
        "model": json.dumps(meta.service_model._service_description),
        "pages": [client.can_paginate(name) for name in operations],
        "waiters": client.waiter_names,
        "region": meta.region_name,
        "partition": meta.partition,
        "endpoint": meta.endpoint_url,
        "methods": meta.method_to_api_mapping,
        "config": {name: value for name, value in vars(meta.config).items() if name not in OURS},
        "request": request_of(client),
        "attempts": attempts_of(client, monkeypatch),
    }


def _environment(monkeypatch: pytest.MonkeyPatch, _: Path) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ENVIRONMENT")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    monkeypatch.setenv("AWS_RETRY_MODE", "adaptive")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    monkeypatch.setenv("AWS_SDK_UA_APP_ID", "nightly")
    monkeypatch.setenv("AWS_EXECUTION_ENV", "AWS_Lambda_python3.13")
    monkeypatch.setenv("AWS_DEFAULTS_MODE", "standard")


def _profile(monkeypatch: pytest.MonkeyPatch, _: Path) -> None:
    monkeypatch.setenv("AWS_PROFILE", "other")


def _endpoint(monkeypatch: pytest.MonkeyPatch, _: Path) -> None:
    monkeypatch.setenv("AWS_PROFILE", "own_endpoint")


def _helper(monkeypatch: pytest.MonkeyPatch, _: Path) -> None:
    monkeypatch.setenv("AWS_PROFILE", "helper")
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")


def _data_path(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Give the user a model of Lightsail with a change, as AWS_DATA_PATH and ~/.aws/models have it."""
    with gzip.open(MODEL / "service-2.json.gz") as file:
        model = json.load(file)
    model["metadata"]["endpointPrefix"] = "lightsail-preview"
    model["operations"]["CopySnapshotLater"] = {**model["operations"]["CopySnapshot"], "name": "CopySnapshotLater"}
    path = folder / "models" / "lightsail" / "2016-11-28"
    path.mkdir(parents=True, exist_ok=True)
    (path / "service-2.json").write_text(json.dumps(model))
    monkeypatch.setenv("AWS_DATA_PATH", str(folder / "models") + os.pathsep + str(folder / "missing"))


def _default_session(_: pytest.MonkeyPatch, __: Path) -> None:
    session = BotocoreSession()
    session.user_agent_extra = "nightly/1.0"
    session.set_default_client_config(Config(read_timeout=7, retries={"total_max_attempts": 4}))
    boto3.setup_default_session(botocore_session=session, profile_name="other")


def _defaults_mode(monkeypatch: pytest.MonkeyPatch, _: Path) -> None:
    """With a Config of any kind, botocore would ignore the mode's connect timeout."""
    monkeypatch.setenv("AWS_DEFAULTS_MODE", "in-region")


def _defaults_mode_of_a_session(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    _defaults_mode(monkeypatch, folder)
    boto3.setup_default_session(profile_name="other")


@pytest.mark.parametrize(
    "setup",
    [
        lambda _, __: None,
        _environment,
        _profile,
        _endpoint,
        _helper,
        _data_path,
        _default_session,
        _defaults_mode,
        _defaults_mode_of_a_session,
    ],
)
def test_it_is_what_boto3_would_return(
    setup: Callable[[pytest.MonkeyPatch, Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup(monkeypatch, tmp_path)
    theirs = facts(of_boto3(), monkeypatch)
    setup(monkeypatch, tmp_path)  # the User-Agent of a session's first client says how the credentials were found
    ours = facts(make_client("us-west-2"), monkeypatch)
    for name, fact in theirs.items():  # one by one, because the model is long
        assert ours[name] == fact, name
    assert "Boto3/" in ours["request"]["headers"]["User-Agent"]


def test_it_calls_the_endpoint_that_is_given_as_boto3_does() -> None:
    url = "http://127.0.0.1:4566"
    theirs, ours = request_of(of_boto3(endpoint_url=url)), request_of(make_client("us-west-2", endpoint_url=url))
    assert ours == theirs
    assert ours["url"] == f"{url}/"
    assert make_client("us-west-2", session=new_session(), endpoint_url=url).meta.endpoint_url == url


def test_it_has_boto3s_endpoint_in_each_region() -> None:
    client_for, session = make_clients(), new_session()
    for region in RegionName:
        theirs = session.client("lightsail", region_name=region.value)
        assert client_for(region).meta.endpoint_url == theirs.meta.endpoint_url


def test_an_initializer_of_botocore_that_names_another_sdk_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def rename(session: BotocoreSession) -> None:
        session.user_agent_name, session.user_agent_version = "Other", "9"

    botocore.register_initializer(rename)
    try:
        ours, theirs = request_of(make_client("us-west-2")), request_of(of_boto3())
    finally:
        botocore.unregister_initializer(rename)
    assert ours["headers"]["User-Agent"] == theirs["headers"]["User-Agent"]
    assert "Other/9" in ours["headers"]["User-Agent"]


def access_key(client: Any) -> str:
    authorization: str = request_of(client)["headers"]["Authorization"]
    return authorization.partition("Credential=")[2].partition("/")[0]


def test_a_change_of_the_environment_counts_for_the_next_client(monkeypatch: pytest.MonkeyPatch) -> None:
    before = make_client("us-west-2")
    monkeypatch.setenv("AWS_PROFILE", "other")
    other = make_client("us-west-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ENVIRONMENT")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("AWS_PROFILE")
    clients = [before, other, make_client("us-west-2")]
    assert [access_key(client) for client in clients] == ["DEFAULT", "OTHER", "ENVIRONMENT"]


def test_a_default_session_counts_from_when_it_is_set_up_until_it_is_replaced() -> None:
    keys = [access_key(make_client("us-west-2"))]
    boto3.setup_default_session(profile_name="other")
    keys.append(access_key(make_client("us-west-2")))
    boto3.setup_default_session(aws_access_key_id="GIVEN", aws_secret_access_key="secret")
    keys.append(access_key(make_client("us-west-2")))
    assert keys == ["DEFAULT", "OTHER", "GIVEN"]


def test_the_default_session_that_boto3_made_by_itself_counts_as_it_does_for_boto3(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client: Any = boto3.client
    assert access_key(client("lightsail", region_name="us-west-2")) == "DEFAULT"
    monkeypatch.setenv("AWS_PROFILE", "other")
    assert access_key(client("lightsail", region_name="us-west-2")) == "DEFAULT"
    assert access_key(make_client("us-west-2")) == "DEFAULT"


def test_clients_of_make_clients_share_their_credentials(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client_for = make_clients()
    monkeypatch.setenv("AWS_PROFILE", "helper")
    first = client_for("us-west-2")
    monkeypatch.setenv("AWS_PROFILE", "other")
    assert [access_key(client) for client in (first, client_for("eu-west-1"))] == ["HELPER"] * 2
    assert files.read_text() == "run\n"
    assert access_key(make_clients()("us-west-2")) == "OTHER"


def test_a_session_that_is_given_wins_over_the_default_one() -> None:
    boto3.setup_default_session(profile_name="other")
    session = new_session(aws_access_key_id="GIVEN", aws_secret_access_key="secret")
    assert access_key(make_client("us-west-2", session=session)) == "GIVEN"
    assert access_key(make_clients(session)("us-west-2")) == "GIVEN"


def test_a_missing_profile_is_reported_as_by_boto3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(ProfileNotFound) as theirs:
        of_boto3()
    with pytest.raises(ProfileNotFound, match="nobody") as ours:
        make_client("us-west-2")
    assert str(ours.value) == str(theirs.value)


def test_botocore_still_lists_every_service_before_it_loads_one() -> None:
    """The override of `list_available_services` is needless once this fails, as with botocore's pull request 3687."""
    listed: list[str] = []

    class Recording(Loader):
        def list_available_services(self, type_name: str) -> list[str]:
            listed.append(type_name)
            return super().list_available_services(type_name=type_name)

    Recording().load_service_model("lightsail", "service-2")
    assert listed, "botocore does not list the services any more: remove DataLoader from clients.py"
