"""What is taken as a client, sync and awaited, and what is rejected in words before a call."""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import asyncio
import copy
import pickle
import time
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import AsyncMock, MagicMock, create_autospec

import boto3
import pytest
from botocore.config import Config
from samples import new_session, sample

from lightsail_copy import (
    ManualSnapshotCopy,
    UnexpectedResponseError,
    aio,
    copy_snapshot,
    get_operation,
    request_from_dict,
    typing,
)
from lightsail_copy.testing import FakeLightsail

REQUEST = ManualSnapshotCopy(
    source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name="web-1-copy"
)
RESPONSE: Mapping[str, Any] = {"operations": [sample("get_operation")["operation"]]}


def copy_in(client: Any, *, awaited: bool) -> Any:
    """Copy with a function of the package, or with that of `aio`."""
    return asyncio.run(aio.copy_snapshot(client, REQUEST)) if awaited else copy_snapshot(client, REQUEST)


def double(**methods: object) -> Any:
    """Return a client with these methods, of no type that a checker knows."""
    return SimpleNamespace(**methods)


class SnakeCase:
    """A client as of capo: snake-case parameters."""

    called = False

    def copy_snapshot(self, *, target_snapshot_name: str, source_region: str, **_: object) -> None:
        self.called = True


class SnakeCaseOnly:
    """The same, without any other parameters."""

    called = False

    def copy_snapshot(self, *, target_snapshot_name: str, source_region: str, source_snapshot_name: str) -> None:
        self.called = True


class InputObject:
    """A client as of the AWS SDK for Python v4: awaited, with one object for all parameters."""

    called = False

    async def copy_snapshot(self, input: object, plugins: object = None) -> None:  # noqa: A002 - as there
        self.called = True


class InputObjectInThreads:
    """The same, but not awaited."""

    called = False

    def copy_snapshot(self, input: object, plugins: object = None) -> None:  # noqa: A002 - as above
        self.called = True


@pytest.mark.parametrize("awaited", [False, True])
@pytest.mark.parametrize("make", [SnakeCase, SnakeCaseOnly, InputObject, InputObjectInThreads])
def test_a_client_with_other_parameters_is_rejected_in_words_before_a_call(make: Any, *, awaited: bool) -> None:
    client = make()
    with pytest.raises(TypeError) as caught:
        copy_in(client, awaited=awaited)
    message = str(caught.value)
    assert "client must take the parameters of copy_snapshot as keywords with their names in the API" in message
    assert "sourceRegion" in message
    assert make.__name__ in message
    assert "boto3.client('lightsail', ...)" in message
    assert "unexpected keyword" not in message
    assert "lightsail_copy.aio" not in message
    assert not client.called
    with pytest.raises(TypeError, match="must take the parameters"):
        aio.in_threads(client)


@pytest.mark.parametrize("awaited", [False, True])
def test_a_client_in_threads_is_judged_by_the_client_within(*, awaited: bool) -> None:
    client = SnakeCaseOnly()
    with pytest.raises(TypeError, match="must take the parameters"):
        copy_in(aio.ThreadedClient(cast("Any", client)), awaited=awaited)
    assert not client.called


def test_a_double_that_takes_the_wire_names_is_taken() -> None:
    def copy_by_names(*, targetSnapshotName: str, sourceRegion: str, sourceSnapshotName: str) -> Mapping[str, Any]:
        return RESPONSE

    async def copy_awaited(**_: object) -> Mapping[str, Any]:
        return RESPONSE

    for method in (copy_by_names, lambda **_: RESPONSE):
        assert copy_snapshot(double(copy_snapshot=method), REQUEST).operations
        assert asyncio.run(aio.copy_snapshot(aio.in_threads(double(copy_snapshot=copy_by_names)), REQUEST)).operations
    awaited = double(copy_snapshot=copy_awaited)
    assert asyncio.run(aio.copy_snapshot(awaited, REQUEST)).operations


def test_a_method_without_a_signature_is_called() -> None:
    with pytest.raises(UnexpectedResponseError) as caught:
        get_operation(double(get_operation=dict), "0a1b")  # `dict` is written in C, and has no signature
    assert caught.value.response == {"operationId": "0a1b"}


@pytest.mark.parametrize("awaited", [False, True])
def test_what_create_autospec_makes_of_a_client_is_taken(client: Any, *, awaited: bool) -> None:
    double = create_autospec(client)
    double.copy_snapshot.return_value = RESPONSE
    assert copy_in(aio.in_threads(double) if awaited else double, awaited=awaited).operations
    double.copy_snapshot.assert_called_once_with(**REQUEST.to_dict())


def test_mocks_are_taken() -> None:
    mock, awaited = MagicMock(), AsyncMock()
    mock.copy_snapshot.return_value = awaited.copy_snapshot.return_value = RESPONSE
    assert copy_in(mock, awaited=False).operations
    assert copy_in(awaited, awaited=True).operations


def test_a_client_of_another_service_is_rejected_and_not_called() -> None:
    """MemoryDB has a `copy_snapshot` too, as EC2 has, and a model that is sooner loaded than EC2's."""

    def refuse(**_: object) -> None:
        raise AssertionError

    client = new_session(aws_access_key_id="any", aws_secret_access_key="any").client("memorydb", "us-west-2")
    assert callable(client.copy_snapshot)
    client.meta.events.register("before-call", refuse)
    for awaited in (False, True):
        with pytest.raises(TypeError, match="must be a Lightsail client"):
            copy_in(client, awaited=awaited)
    with pytest.raises(TypeError, match="must be a Lightsail client"):
        aio.in_threads(client)


def test_a_client_in_threads_has_what_the_client_has(fake: FakeLightsail) -> None:
    client = fake.client("us-west-2")
    threaded = aio.in_threads(client)
    assert hasattr(threaded, "get_operation")
    assert not hasattr(threaded, "get_opperation")
    with pytest.raises(AttributeError, match="get_opperation"):
        threaded.get_opperation  # noqa: B018 - the look-up is what is tested
    assert threaded.meta is client.meta
    assert threaded.exceptions is client.exceptions
    with_one = aio.ThreadedClient(double(copy_snapshot=dict))
    assert [hasattr(with_one, name) for name in ("copy_snapshot", "meta", "exceptions")] == [True, False, False]


def test_a_copy_of_a_client_in_threads_has_the_same_client(fake: FakeLightsail) -> None:
    client = fake.client("us-west-2")
    copied = copy.copy(aio.in_threads(client))
    assert isinstance(copied, aio.ThreadedClient)
    assert copied.meta is client.meta
    assert asyncio.run(aio.list_snapshots(copied)) == ()


class Double:
    """A client that pickles, unlike boto3's."""

    def __init__(self, response: Mapping[str, Any]) -> None:
        self.response = response

    def copy_snapshot(self, **_: object) -> Mapping[str, Any]:
        return self.response


def test_a_client_in_threads_pickles_if_its_client_does(fake: FakeLightsail) -> None:
    threaded = aio.in_threads(Double(RESPONSE))
    for made in (pickle.loads(pickle.dumps(threaded)), copy.deepcopy(threaded)):  # noqa: S301 - our own
        assert copy_in(made, awaited=True).operations
    client = fake.client("us-west-2")
    with pytest.raises(pickle.PicklingError) as theirs:
        pickle.dumps(client)
    with pytest.raises(pickle.PicklingError) as ours:
        pickle.dumps(aio.in_threads(client))
    assert str(ours.value) == str(theirs.value)


def test_client_types_can_be_checked_at_run_time(fake: FakeLightsail) -> None:
    client = fake.client("us-west-2")
    threaded = aio.in_threads(client)
    for protocol in (
        typing.CanCopySnapshots,
        typing.CanGetOperations,
        typing.CanGetAutoSnapshots,
        typing.CanGetSnapshots,
        typing.CanListSnapshots,
        typing.CanGetResources,
        typing.UntypedClient,
    ):
        assert isinstance(client, protocol)
        assert not isinstance(double(), protocol)
    assert isinstance(threaded, typing.UntypedAsyncClient)
    assert isinstance(time, typing.Clock)
    assert isinstance(fake.clock, typing.Clock)
    assert not isinstance(client, typing.AsyncClock)
    assert isinstance(boto3.Session(), typing.BotoSession)
    assert isinstance(Config(), typing.BotoConfig)


def test_a_mapping_is_rejected_as_a_request_with_the_function_that_makes_one(fake: FakeLightsail) -> None:
    wire: Any = REQUEST.to_dict()
    with pytest.raises(TypeError, match=r"request_from_dict\(\.\.\.\)"):
        copy_snapshot(fake.client("us-west-2"), wire)
    other: Any = "web-1-monday"
    with pytest.raises(TypeError) as caught:
        copy_snapshot(fake.client("us-west-2"), other)
    assert "request_from_dict" not in str(caught.value)
    assert copy_snapshot(fake.client("us-west-2"), request_from_dict(wire)).operations
    assert [call.operation for call in fake.calls] == ["CopySnapshot"]
