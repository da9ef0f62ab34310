"""Looking up an operation over a real boto3 client."""

# ruff: noqa: ANN401 - what is handed over on purpose is of any type, and so are boto3's clients
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from samples import ONE_ATTEMPT, copy_once, new_session, response_fault

from lightsail_copy import (
    InvalidRequestError,
    ManualSnapshotCopy,
    NotFoundError,
    OperationStatus,
    ThrottledError,
    UnexpectedResponseError,
    get_auto_snapshots,
    get_operation,
    list_snapshots,
)
from lightsail_copy.testing import FakeLightsail, faults

if TYPE_CHECKING:
    from collections.abc import Callable

REQUEST = ManualSnapshotCopy(
    source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name="web-1-monday-copy"
)
LOOKUPS = pytest.mark.parametrize("look_up", [get_operation, get_auto_snapshots])


def test_an_operation_is_looked_up_by_its_id_in_the_region_of_the_client(fake: FakeLightsail, client: Any) -> None:
    (started,) = copy_once(client, REQUEST).operations
    assert get_operation(client, started.id) == started
    call = fake.calls[-1]
    assert (call.operation, call.region, call.parameters) == ("GetOperation", "us-west-2", {"operationId": started.id})
    assert len(fake.calls) == 2


def test_a_looked_up_operation_is_as_it_is_now(fake: FakeLightsail, client: Any) -> None:
    (started,) = copy_once(client, REQUEST).operations
    fake.clock.advance(3600)
    ended = get_operation(client, started.id)
    assert (ended.status, ended.is_terminal, ended.succeeded) == (OperationStatus.SUCCEEDED, True, True)
    assert ended.status_changed_at is not None
    assert ended.status_changed_at > ended.created_at == started.created_at


def test_a_failed_operation_has_its_code_and_details(fake: FakeLightsail, client: Any) -> None:
    fake.fail_next_copy("InternalFailure", "The copy could not be completed.")
    (started,) = copy_once(client, REQUEST).operations
    fake.clock.advance(3600)
    ended = get_operation(client, started.id)
    assert (ended.failed, ended.done, ended.succeeded) == (True, True, False)
    assert (ended.error_code, ended.error_details) == ("InternalFailure", "The copy could not be completed.")


def test_an_operation_that_is_not_there_is_not_found(client: Any) -> None:
    with pytest.raises(NotFoundError) as caught:
        get_operation(client, "1a2b3c4d-1111-4222-8333-444455556666")
    assert isinstance(caught.value, client.exceptions.NotFoundException)
    assert caught.value.operation_name == "GetOperation"


@pytest.mark.parametrize("operation_id", ["", " ", "\n", None, 7, b"a-b", ["a-b"]])
def test_a_bad_id_never_reaches_the_client(fake: FakeLightsail, client: Any, operation_id: Any) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        get_operation(client, operation_id)
    assert len(caught.value.problems) == 1
    problem = caught.value.problems[0]
    assert (problem.field, problem.given) == ("operation_id", repr(operation_id))
    assert problem.rule == "must be a string that is not blank"
    assert problem.remedy
    assert fake.calls == ()


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b"", "operation"),
        (b"null", ""),
        (b"{}", "operation"),
        (b'{"operation": null}', "operation"),
        (b"Please sign in to the network.", "operation"),
        (b'{"operation": {}}', "operation.id"),
        (b'{"operation": {"id": "a-b"}}', "operation.createdAt"),
    ],
    ids=repr,
)
def test_a_response_that_is_not_understood_is_named_by_its_path(
    fake: FakeLightsail, client: Any, body: bytes, path: str
) -> None:
    fake.fail_next("GetOperation", response_fault(body))
    with pytest.raises(UnexpectedResponseError) as caught:
        get_operation(client, "a-b")
    assert caught.value.path == path


@LOOKUPS
@pytest.mark.parametrize("client", [None, 7, object()], ids=lambda value: type(value).__name__)
def test_what_is_not_a_client_is_a_type_error(look_up: Callable[[object, str], object], client: object) -> None:
    with pytest.raises(TypeError, match="must be a Lightsail client"):
        look_up(client, "web-1")


@LOOKUPS
def test_a_client_of_another_service_is_a_type_error(look_up: Callable[[object, str], object]) -> None:
    with pytest.raises(TypeError, match="must be a Lightsail client"):
        look_up(new_session().client("sts", region_name="us-west-2"), "web-1")


@LOOKUPS
def test_a_broken_connection_comes_through_as_botocore_raises_it(
    fake: FakeLightsail, client: Any, look_up: Callable[[object, str], object]
) -> None:
    """A lookup changes nothing, so a lost response leaves nothing in doubt."""
    for fault, error in (
        (faults.connection_refused(), EndpointConnectionError),
        (faults.read_timeout(), ReadTimeoutError),
    ):
        for operation in ("GetOperation", "GetAutoSnapshots"):
            fake.fail_next(operation, fault)
        with pytest.raises(error):
            look_up(client, "web-1")


@pytest.fixture
def paged() -> FakeLightsail:
    """Return a fake that lists two snapshots on a page."""
    paged: FakeLightsail = FakeLightsail(page_size=2)
    paged.add_instance("web-1", "us-east-1")
    paged.add_disk("data-1", "us-east-1")
    for number in range(5):
        paged.add_manual_snapshot(f"web-1-{number}", "us-east-1", source="web-1")
    paged.add_manual_snapshot("data-1-0", "us-east-1", source="data-1")
    return paged


def test_all_pages_of_snapshots_are_listed(paged: FakeLightsail) -> None:
    names = [snapshot.name for snapshot in list_snapshots(paged.client("us-east-1"))]
    assert sorted(names) == ["data-1-0", *(f"web-1-{number}" for number in range(5))]


def test_a_listing_that_fails_on_a_later_page_says_what_was_fetched(paged: FakeLightsail) -> None:
    client = paged.client("us-east-1", config=ONE_ATTEMPT)
    paged.fail_next("GetDiskSnapshots", faults.throttled())
    with pytest.raises(ThrottledError, match=r"5 snapshots of earlier pages were fetched\."):
        list_snapshots(client)
    paged.fail_next("GetInstanceSnapshots", faults.throttled())
    with pytest.raises(ThrottledError) as caught:
        list_snapshots(client)
    assert "were fetched" not in str(caught.value)
