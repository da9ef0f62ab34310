"""A copy is never lost, and a second run is safe: what `copy_snapshot` makes of what the service tells of the name."""

# ruff: noqa: ANN401 - boto3 makes its client classes at run time
from __future__ import annotations

import json
import math
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NoReturn

import attrs
import pytest
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
from samples import ONE_ATTEMPT, copy_once, operation_dict, response_fault

from lightsail_copy import (
    AutoSnapshotCopy,
    CopyJob,
    CopySnapshotResult,
    InvalidRequestError,
    LightsailCopyError,
    ManualSnapshotCopy,
    NameInUseError,
    NotFoundError,
    OperationFailureError,
    OperationStatus,
    QuotaExceededError,
    ServiceFaultError,
    ServiceUnreachableError,
    ThrottledError,
    UnauthenticatedError,
    UnexpectedResponseError,
    UnknownOutcomeError,
    copy_snapshot,
    copy_snapshots,
)
from lightsail_copy.testing import BrokenConnection, FakeLightsail, faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from lightsail_copy import SnapshotCopyRequest

TARGET = "us-west-2"
NAME = "web-1-copy"
MANUAL = ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name=NAME)
DISK = ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name="data-1-monday", target_snapshot_name=NAME)
DAY = AutoSnapshotCopy(
    source_region="us-east-1", source_resource_name="web-1", target_snapshot_name=NAME, restore_date="2025-12-30"
)
LATEST = AutoSnapshotCopy(
    source_region="us-east-1",
    source_resource_name="data-1",
    target_snapshot_name=NAME,
    use_latest_restorable_auto_snapshot=True,
)
EACH_KIND = pytest.mark.parametrize("request_", [MANUAL, DISK, DAY, LATEST], ids=["manual", "disk", "day", "latest"])
LOST = faults.connection_closed(performed=True)
LOOKUP: Final = "GetOperationsForResource"


class Through:
    """A client of the two methods of a copy, whose responses to the lookup are changed on their way."""

    def __init__(self, client: Any, change: Callable[[Any], object]) -> None:
        self.copy_snapshot = client.copy_snapshot
        self._lookup_name = client.get_operations_for_resource
        self._change = change
        self.lookups: list[dict[str, str]] = []

    def get_operations_for_resource(self, **parameters: str) -> Any:
        self.lookups.append(parameters)
        return self._change(self._lookup_name(**parameters))


class Unobserved:
    """A client that does not tell of its attempts."""

    def __init__(self, client: Any) -> None:
        self.copy_snapshot = client.copy_snapshot
        self.get_operations_for_resource = client.get_operations_for_resource


def time_out_for(_: str) -> NoReturn:
    raise TimeoutError


def dated(date: str | None) -> Callable[[Any], object]:
    """Return a change of the `Date` header, or its removal."""

    def change(response: Any) -> object:
        response["ResponseMetadata"]["HTTPHeaders"].pop("date")
        if date is not None:
            response["ResponseMetadata"]["HTTPHeaders"]["date"] = date
        return response

    return change


def listing(*operations: object) -> faults.Fault:
    """Return a response to the lookup that lists these operations."""
    body = json.dumps({"operations": operations}).encode()
    return faults.replaced_response(body, performed=False)


def lose_the_response(fake: FakeLightsail, times: int = 1) -> None:
    """Have the next copy start, and its response be lost."""
    fake.fail_next("CopySnapshot", LOST, times=times)


def ids(fake: FakeLightsail) -> list[str]:
    """Return the ids of all operations of the target Region."""
    response = fake.respond(TARGET, "GetOperations", b"{}")
    return [each["id"] for each in json.loads(response.body)["operations"]]


def rejection(client: Any, request: SnapshotCopyRequest = MANUAL, **options: Any) -> NameInUseError:
    """Copy, and return the rejection of the name."""
    with pytest.raises(NameInUseError) as caught:
        copy_once(client, request, **options)
    return caught.value


# --- Lost responses ---


@EACH_KIND
def test_the_calls_own_copy_is_returned_with_the_id_of_the_response_that_proved_it(
    fake: FakeLightsail, request_: SnapshotCopyRequest
) -> None:
    lose_the_response(fake)
    result = copy_once(fake.client(TARGET), request_)
    assert result.adopted
    assert [operation.id for operation in result.operations] == ids(fake)
    assert result.request_id is not None
    assert fake.snapshot_names(TARGET) == (NAME,)
    reread = CopySnapshotResult.from_dict(json.loads(json.dumps(result.to_dict())))
    assert reread == result


def test_the_request_id_is_that_of_the_lookup(fake: FakeLightsail) -> None:
    lose_the_response(fake)
    responses: list[Any] = []

    def note(response: Any) -> Any:
        responses.append(response)
        return response

    result = copy_once(Through(fake.client(TARGET), note), MANUAL)
    assert [result.request_id] == [response["ResponseMetadata"]["RequestId"] for response in responses]


def test_only_the_target_name_is_called_about(fake: FakeLightsail) -> None:
    lose_the_response(fake)
    copy_once(fake.client(TARGET), MANUAL)
    (lookup,) = fake.calls_of(LOOKUP)
    assert (lookup.region, lookup.parameters) == (TARGET, {"resourceName": NAME})


class RacedFake(FakeLightsail):
    """A fake whose first copy comes to nothing, as its connection breaks, while somebody else takes the name."""

    rival: SnapshotCopyRequest | None = DISK

    def respond(self, region: str, operation: str, body: bytes) -> Any:
        if self.rival is not None:
            body, self.rival = json.dumps(self.rival.to_dict()).encode(), None
            super().respond(region, operation, body)
            raise BrokenConnection("closed")
        return super().respond(region, operation, body)


def test_another_callers_copy_that_takes_the_name_between_two_attempts_is_not_adopted() -> None:
    fake = RacedFake()
    for name in ("web-1-monday", "data-1-monday"):
        fake.add_manual_snapshot(name, "us-east-1")
    error = rejection(fake.client(TARGET))
    assert error.retry_attempts == 1
    assert "us-east-1:data-1-monday" in str(error)
    assert len(ids(fake)) == 1


def test_a_conflict_on_the_very_first_send_is_a_plain_one_and_nothing_is_called(fake: FakeLightsail) -> None:
    client = fake.client(TARGET)
    copy_once(client, MANUAL)
    error = rejection(client)
    assert error.retry_attempts == 0
    assert not fake.calls_of(LOOKUP)
    assert "may have started" not in str(error)


def test_a_copy_of_an_hour_ago_is_not_taken_for_the_calls_own(fake: FakeLightsail) -> None:
    client = fake.client(TARGET)
    copy_once(client, MANUAL)
    fake.clock.advance(timedelta(hours=1))
    fake.fail_next("CopySnapshot", faults.connection_closed())
    error = rejection(client)
    assert error.retry_attempts == 1
    assert f"CopySnapshot of us-east-1:web-1-monday (operation {ids(fake)[0]}" in str(error)
    assert copy_once(client, MANUAL, if_exists="adopt").adopted


def test_a_copy_of_another_source_with_the_same_timestamp_is_another_callers(fake: FakeLightsail) -> None:
    client = fake.client(TARGET)
    copy_once(client, DISK)
    fake.fail_next("CopySnapshot", faults.connection_closed())
    error = rejection(client)
    assert "us-east-1:data-1-monday" in str(error)
    assert len(ids(fake)) == 1


def test_a_rejection_that_follows_a_retry_is_looked_up_too(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", LOST)
    fake.fail_next("CopySnapshot", faults.expired_token())
    assert copy_once(fake.client(TARGET), MANUAL).adopted


def test_credentials_that_end_between_two_attempts_leave_the_services_own_response(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", LOST)
    for operation in ("CopySnapshot", LOOKUP):
        fake.fail_next(operation, faults.expired_token())
    with pytest.raises(UnauthenticatedError, match=r"could not be looked up.*may have started"):
        copy_once(fake.client(TARGET), MANUAL)
    assert fake.snapshot_names(TARGET) == (NAME,)


def test_credentials_that_are_gone_on_a_retry_leave_the_outcome_unknown(fake: FakeLightsail) -> None:
    """Botocore signs each send anew, so that an error which cannot follow a sending can follow the first one."""
    client = fake.client(TARGET)
    fake.fail_next("CopySnapshot", LOST)
    signings: list[object] = []

    def sign(**_: object) -> None:
        signings.append(_)
        if len(signings) > 1:
            raise NoCredentialsError

    client.meta.events.register("before-sign.lightsail.CopySnapshot", sign)
    assert copy_once(client, MANUAL).adopted
    signings.clear()
    other = ManualSnapshotCopy(
        source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name="other"
    )
    fake.fail_next("CopySnapshot", faults.connection_closed())
    with pytest.raises(UnknownOutcomeError) as caught:
        copy_once(client, other)
    assert isinstance(caught.value.__cause__, NoCredentialsError)
    assert caught.value.request == other


def test_credentials_that_never_were_come_through_and_nothing_is_called(fake: FakeLightsail) -> None:
    client = fake.client(TARGET)

    def sign(**_: object) -> None:
        raise NoCredentialsError

    client.meta.events.register("before-sign.lightsail.CopySnapshot", sign)
    with pytest.raises(NoCredentialsError):
        copy_once(client, MANUAL)
    assert not fake.calls


def test_the_cause_of_an_unknown_outcome_is_the_error_of_the_connection(fake: FakeLightsail, client: Any) -> None:
    fake.fail_next("CopySnapshot", faults.read_timeout())
    with pytest.raises(UnknownOutcomeError, match="Read timeout") as caught:
        copy_once(client, MANUAL)
    assert isinstance(caught.value.__cause__, BotoCoreError)


# --- The service's clock, not the machine's ---


@pytest.mark.parametrize(
    ("zone", "years"), [("UTC", -30), ("UTC", 30), ("America/New_York", 0), ("Pacific/Kiritimati", 0)]
)
def test_the_machines_clock_does_not_count_if_the_response_has_a_date(
    fake: FakeLightsail, monkeypatch: pytest.MonkeyPatch, zone: str, years: int
) -> None:
    client = fake.client(TARGET)
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        set_zone()
        wrong = time.time() + years * 365 * 86400
        patch.setattr(time, "time", lambda: wrong)
        lose_the_response(fake)
        assert copy_once(client, MANUAL).adopted
        fake.clock.advance(3600)
        fake.fail_next("CopySnapshot", faults.connection_closed())
        rejection(client)
    set_zone()


def set_zone() -> None:
    """Have the machine take its zone from the environment, where it can."""
    if hasattr(time, "tzset"):
        time.tzset()


@pytest.mark.parametrize(
    ("date", "minutes", "is_own"),
    [
        (None, -60, True),
        (None, 0, True),
        (None, 4, True),
        (None, 6, False),
        ("", 4, True),
        ("Thu, 99 Foo 2026", 4, True),
    ],
)
def test_without_a_date_the_machines_clock_may_be_minutes_off(
    fake: FakeLightsail, monkeypatch: pytest.MonkeyPatch, date: str | None, minutes: int, *, is_own: bool
) -> None:
    client = Through(fake.client(TARGET), dated(date))
    machine = fake.clock.time() + 60 * minutes
    monkeypatch.setattr(time, "time", lambda: machine)
    lose_the_response(fake)
    if is_own:
        assert copy_once(client, MANUAL).adopted
    else:
        assert "CopySnapshot of us-east-1:web-1-monday" in str(rejection(client))
        assert copy_once(client, MANUAL, if_exists="adopt").adopted


class SlowFake(FakeLightsail):
    """A fake that takes a minute for each response."""

    def respond(self, region: str, operation: str, body: bytes) -> Any:
        try:
            return super().respond(region, operation, body)
        finally:
            self.clock.advance(60)


def test_a_call_that_takes_minutes_recognizes_its_copy_by_the_time_elapsed() -> None:
    fake = SlowFake()
    fake.add_manual_snapshot("web-1-monday", "us-east-1")
    clock = fake.clock
    fake.fail_next("CopySnapshot", faults.read_timeout(performed=True), times=10)
    client = fake.client(TARGET, config=Config(retries={"mode": "legacy"}))
    assert copy_once(client, MANUAL, clock=clock).adopted
    assert fake.clock.monotonic() == 6 * 60
    # The next call knows that this copy is not its own, though its sends are met by the same fault.
    with pytest.raises(UnknownOutcomeError, match="us-east-1:web-1-monday"):
        copy_once(client, MANUAL, clock=clock)


@pytest.mark.parametrize(("seconds", "is_own"), [(4, True), (7, False)])
def test_a_copy_started_a_little_before_the_call_may_be_its_own_as_the_services_hosts_differ(
    fake: FakeLightsail, seconds: float, *, is_own: bool
) -> None:
    client = fake.client(TARGET)
    copy_once(client, MANUAL)
    fake.clock.advance(seconds)
    fake.fail_next("CopySnapshot", faults.connection_closed())
    if is_own:
        assert copy_once(client, MANUAL).adopted
    else:
        rejection(client)


# --- What the service tells of the name ---


def test_a_later_operation_on_the_snapshot_does_not_hide_its_copy(fake: FakeLightsail) -> None:
    own = operation_dict(
        id="own",
        resourceName=NAME,
        operationType="CopySnapshot",
        operationDetails="us-east-1:web-1-monday",
        createdAt=1767225600,
    )
    later = operation_dict(
        id="later", operationType="TagResource", resourceName=NAME, operationDetails="", createdAt=1767225700
    )
    lose_the_response(fake)
    fake.fail_next(LOOKUP, listing(later, own))
    assert copy_once(fake.client(TARGET), MANUAL).operations[0].id == "own"


@pytest.mark.parametrize("if_exists", ["raise", "adopt"])
@pytest.mark.parametrize("details", ["", None, "us-east-1:web-1-tuesday"])
def test_a_copy_that_does_not_name_our_source_is_left_to_whoever_made_it(
    fake: FakeLightsail, details: str | None, if_exists: Any
) -> None:
    wire = operation_dict(resourceName=NAME, operationType="CopySnapshot", createdAt=1767225600)
    wire.pop("operationDetails")
    lose_the_response(fake)
    fake.fail_next(LOOKUP, listing(wire if details is None else {**wire, "operationDetails": details}))
    error = rejection(fake.client(TARGET), if_exists=if_exists)
    assert ("may have started" in str(error)) == (not details)
    assert (f"CopySnapshot of {details}" if details else "CopySnapshot (operation") in str(error)


@pytest.mark.parametrize("if_exists", ["raise", "adopt"])
def test_a_snapshot_created_by_hand_under_the_name_is_not_adopted(fake: FakeLightsail, if_exists: Any) -> None:
    fake.add_manual_snapshot(NAME, TARGET)
    by_hand = operation_dict(
        resourceName=NAME,
        operationType="CreateInstanceSnapshot",
        operationDetails="web-9",
        createdAt=1767225600,
    )
    fake.fail_next("CopySnapshot", faults.connection_closed())
    fake.fail_next(LOOKUP, listing(by_hand))
    error = rejection(fake.client(TARGET), if_exists=if_exists)
    assert "in use by CreateInstanceSnapshot of web-9" in str(error)
    assert "may have started" not in str(error)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (faults.not_found(), "1 lookup in 0 s found no operation with the name"),
        (listing(), "1 lookup in 0 s found no operation with the name"),
        (faults.not_json(), "could not be looked up (1 lookup in 0 s): UnexpectedResponseError. "),
        (listing({"id": "x"}), "found no operation with the name; 1 could not be parsed"),
        (faults.access_denied(), "could not be looked up (1 lookup in 0 s): AccessDeniedError"),
    ],
)
@pytest.mark.parametrize("if_exists", ["raise", "adopt"])
def test_if_the_origin_is_unknown_the_name_is_in_use(
    fake: FakeLightsail, fault: faults.Fault, words: str, if_exists: Any
) -> None:
    lose_the_response(fake)
    fake.fail_next(LOOKUP, fault)
    error = rejection(fake.client(TARGET), if_exists=if_exists)
    assert words in str(error)
    assert "may have started" in str(error)


def test_all_pages_of_the_operations_are_read(fake: FakeLightsail) -> None:
    paged = FakeLightsail(page_size=1)
    paged.add_manual_snapshot("web-1-monday", "us-east-1")
    client = paged.client(TARGET)
    for _ in range(3):
        copy_once(client, MANUAL)
        paged.remove(NAME, TARGET)
        paged.clock.advance(60)
    lose_the_response(paged)
    started: list[str] = []

    def note(parsed: Any, **_: object) -> None:
        started.extend(each["id"] for each in parsed.get("operations", []))

    client.meta.events.register("after-call.lightsail.GetOperationsForResource", note)
    (operation,) = copy_once(client, MANUAL).operations
    assert operation.id in started
    assert operation.created_at == paged.clock.now()
    assert len(paged.calls_of(LOOKUP)) == len(started) == 7


@pytest.mark.parametrize("circle", [["A"], ["A", "B"], ["A", "B", "C"]], ids=len)
def test_pages_that_lead_round_in_a_circle_come_to_an_end(fake: FakeLightsail, circle: list[str]) -> None:
    lose_the_response(fake)
    fake.fail_next(LOOKUP, faults.edited_response(lambda response: {**response, "nextPageToken": circle[0]}))
    client = fake.client(TARGET)
    for after in [*circle[1:], circle[0]]:
        fake.fail_next(LOOKUP, listing_page(after))
    result = copy_once(client, MANUAL)
    assert result.adopted
    assert [call.parameters.get("pageToken") for call in fake.calls_of(LOOKUP)] == [None, *circle]


def listing_page(token: str) -> faults.Fault:
    """Return a page without operations that names a next one."""
    return faults.replaced_response(json.dumps({"operations": [], "nextPageToken": token}).encode(), performed=False)


# --- A second run ---


@EACH_KIND
@pytest.mark.parametrize("seconds", [0, 86400])
def test_a_job_run_twice_ends_with_one_copy_and_no_error(
    fake: FakeLightsail, request_: SnapshotCopyRequest, seconds: float
) -> None:
    client = fake.client(TARGET)
    first = copy_once(client, request_, if_exists="adopt")
    fake.clock.advance(seconds)
    second = copy_once(client, request_, if_exists="adopt")
    assert (first.adopted, second.adopted) == (False, True)
    assert [each.id for each in first.operations] == [each.id for each in second.operations]
    assert second.operations[0].done == (seconds > fake.copy_duration - 1)
    assert fake.snapshot_names(TARGET) == (NAME,)


def test_two_dates_of_one_automatic_snapshot_look_alike(fake: FakeLightsail) -> None:
    """The documentation says so, and how to keep them apart: by the date in the target name."""
    client = fake.client(TARGET)
    first = copy_once(client, DAY)
    other = AutoSnapshotCopy(
        source_region="us-east-1", source_resource_name="web-1", target_snapshot_name=NAME, restore_date="2025-12-31"
    )
    assert copy_once(client, other, if_exists="adopt").operations == first.operations


@pytest.mark.parametrize("word", ["Adopt", "", None, True, "adopt "])
def test_another_word_for_what_to_do_is_rejected_before_any_call(fake: FakeLightsail, client: Any, word: Any) -> None:
    with pytest.raises(ValueError, match="must be 'raise' or 'adopt'"):
        copy_snapshot(client, MANUAL, if_exists=word)
    assert not fake.calls


def test_another_source_under_the_name_is_rejected_and_named(fake: FakeLightsail) -> None:
    client = fake.client(TARGET)
    copy_once(client, DISK)
    error = rejection(client, if_exists="adopt")
    assert error.retry_attempts == 0
    assert "in use by CopySnapshot of us-east-1:data-1-monday" in str(error)
    assert "may have started" not in str(error)


@pytest.mark.parametrize("seconds", [3, 3600])
@pytest.mark.parametrize("fault", [None, faults.connection_closed()], ids=["first attempt", "retry"])
def test_a_copy_that_failed_is_not_adopted_however_fresh(
    fake: FakeLightsail, seconds: float, fault: faults.Fault | None
) -> None:
    client = fake.client(TARGET)
    fake.copy_duration = 1
    fake.fail_next_copy("TargetFailure", "It broke.")
    copy_once(client, MANUAL)
    fake.clock.advance(seconds)
    if fault is not None:
        fake.fail_next("CopySnapshot", fault)
    assert "That operation failed: delete its snapshot" in str(rejection(client, if_exists="adopt"))


def test_the_calls_own_copy_is_returned_even_if_it_has_failed_by_then(fake: FakeLightsail) -> None:
    fake.copy_duration = 0
    fake.fail_next_copy("TargetFailure", "It broke.")
    lose_the_response(fake)
    (operation,) = copy_once(fake.client(TARGET), MANUAL).operations
    assert operation.status is OperationStatus.FAILED
    assert operation.error_code == "TargetFailure"


def test_a_name_deleted_since_is_free_again(fake: FakeLightsail) -> None:
    client = fake.client(TARGET)
    copy_once(client, MANUAL)
    fake.remove(NAME, TARGET)
    assert not copy_once(client, MANUAL, if_exists="adopt").adopted
    assert fake.snapshot_names(TARGET) == (NAME,)


@pytest.mark.parametrize("seconds", [1, 3600])
@pytest.mark.parametrize("fault", [None, faults.connection_closed()], ids=["first attempt", "retry"])
def test_a_copy_deleted_since_is_not_what_uses_the_name_now(
    fake: FakeLightsail, seconds: float, fault: faults.Fault | None
) -> None:
    client = fake.client(TARGET)
    copy_once(client, MANUAL)
    fake.clock.advance(seconds)
    fake.remove(NAME, TARGET)
    fake.add_manual_snapshot(NAME, TARGET)
    if fault is not None:
        fake.fail_next("CopySnapshot", fault)
    assert "found no operation with the name" in str(rejection(client, if_exists="adopt"))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.connection_refused(), ServiceUnreachableError),
        (faults.connection_closed(), UnknownOutcomeError),
        (faults.read_timeout(), UnknownOutcomeError),
    ],
)
@pytest.mark.parametrize("if_exists", ["raise", "adopt"])
def test_a_copy_deleted_a_timestamp_ago_is_not_taken_for_the_one_that_could_not_be_sent(
    fake: FakeLightsail, fault: faults.Fault, error: type[Exception], if_exists: Any
) -> None:
    client = fake.client(TARGET)
    copy_once(client, MANUAL)
    fake.clock.advance(1)
    fake.remove(NAME, TARGET)
    fake.fail_next("CopySnapshot", fault, times=9)
    with pytest.raises(error):
        copy_once(client, MANUAL, if_exists=if_exists)


def test_after_one_slow_lookup_another_one_at_once_decides_to_request_again(fake: FakeLightsail) -> None:
    """The lookups of an outage may take all of the time, and the copy is requested again nevertheless."""

    def slowly(response: Any) -> object:
        fake.clock.advance(40)
        return response

    fake.fail_next("CopySnapshot", faults.connection_closed(performed=False))
    through = Through(fake.client(TARGET, config=ONE_ATTEMPT), slowly)
    result = copy_once(through, MANUAL, if_exists="adopt", lookup_timeout=30, clock=fake.clock)
    assert (result.adopted, len(through.lookups), len(ids(fake))) == (False, 2, 1)


def test_a_rejection_of_the_copy_requested_again_ends_the_lookups_at_once(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=False))
    fake.fail_next("CopySnapshot", faults.operation_failure())
    client = fake.client(TARGET, config=ONE_ATTEMPT)
    with pytest.raises(OperationFailureError):
        copy_once(client, MANUAL, if_exists="adopt", lookup_timeout=30, clock=fake.clock)
    assert [call.operation for call in fake.calls].count(LOOKUP) == 2


@pytest.mark.parametrize(("lookup_timeout", "count"), [(0, "1 lookup in 0 s"), (0.5, "2 lookups in 0 s")])
def test_a_message_counts_the_lookups(fake: FakeLightsail, lookup_timeout: float, count: str) -> None:
    fake.fail_next("CopySnapshot", faults.service_fault())
    with pytest.raises(ServiceFaultError, match=count):
        copy_once(fake.client(TARGET, config=ONE_ATTEMPT), MANUAL, lookup_timeout=lookup_timeout, clock=fake.clock)


def test_the_delay_between_lookups_doubles_up_to_8_s_and_the_last_is_cut_to_the_time_left(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.service_fault())
    with pytest.raises(ServiceFaultError):
        copy_once(fake.client(TARGET, config=ONE_ATTEMPT), MANUAL, lookup_timeout=30, clock=fake.clock)
    times = [call.time for call in fake.calls_of(LOOKUP)]
    assert [(time - times[0]).total_seconds() for time in times] == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 23.5, 30]


def test_by_default_the_lookups_go_on_for_30_s(fake: FakeLightsail, client: Any) -> None:
    fake.fail_next("CopySnapshot", faults.service_fault())
    with pytest.raises(ServiceFaultError, match="lookups in 30 s"):
        copy_snapshot(client, MANUAL, clock=fake.clock)
    first, *_, last = [call.time for call in fake.calls_of(LOOKUP)]
    assert last - first == timedelta(seconds=30)


@pytest.mark.parametrize("lookup_timeout", [-1, math.nan, "5", True])
def test_a_lookup_timeout_that_is_not_a_duration_is_rejected_before_any_call(
    fake: FakeLightsail, client: Any, lookup_timeout: Any
) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        copy_snapshot(client, MANUAL, lookup_timeout=lookup_timeout)
    assert [problem.field for problem in caught.value.problems] == ["lookup_timeout"]
    assert not fake.calls


def test_with_a_lookup_timeout_of_0_there_is_one_lookup_and_no_second_copy(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=False))
    with pytest.raises(UnknownOutcomeError):
        copy_once(fake.client(TARGET, config=ONE_ATTEMPT), MANUAL, if_exists="adopt", lookup_timeout=0)
    assert [call.operation for call in fake.calls] == ["CopySnapshot", LOOKUP]


@pytest.mark.parametrize(
    "second", [faults.connection_closed(performed=False), faults.connection_refused(), faults.throttled()]
)
def test_a_copy_is_requested_again_after_two_lookups_after_any_passing_fault(
    fake: FakeLightsail, second: faults.Fault
) -> None:
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=False))
    fake.fail_next("CopySnapshot", second)
    client = fake.client(TARGET, config=ONE_ATTEMPT)
    copy_once(client, MANUAL, if_exists="adopt", lookup_timeout=30, clock=fake.clock)
    assert [call.operation for call in fake.calls] == [*["CopySnapshot", LOOKUP, LOOKUP] * 2, "CopySnapshot"]


def test_a_throttled_copy_to_adopt_is_requested_again(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.throttled())
    client = fake.client(TARGET, config=ONE_ATTEMPT)
    copy_once(client, MANUAL, if_exists="adopt", lookup_timeout=30, clock=fake.clock)
    assert [call.operation for call in fake.calls] == ["CopySnapshot", LOOKUP, LOOKUP, "CopySnapshot"]


def test_two_lookups_after_one_that_failed_show_that_the_name_is_free(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=False))
    fake.fail_next(LOOKUP, faults.service_fault())
    client = fake.client(TARGET, config=ONE_ATTEMPT)
    copy_once(client, MANUAL, if_exists="adopt", lookup_timeout=30, clock=fake.clock)
    assert [call.operation for call in fake.calls] == ["CopySnapshot", LOOKUP, LOOKUP, LOOKUP, "CopySnapshot"]


def test_a_name_with_an_operation_that_cannot_be_parsed_is_not_free(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=False))
    fake.fail_next(LOOKUP, listing({"id": 5}, operation_dict(resourceName="another")), times=20)
    with pytest.raises(UnknownOutcomeError, match=r"; 1 could not be parsed\."):
        copy_once(
            fake.client(TARGET, config=ONE_ATTEMPT), MANUAL, if_exists="adopt", lookup_timeout=30, clock=fake.clock
        )
    assert len(fake.calls_of("CopySnapshot")) == 1


def test_an_unknown_outcome_has_100_characters_of_its_cause() -> None:
    class Unreachable:
        def copy_snapshot(self, **_: object) -> Any:
            raise ConnectionError("y" * 200)

    with pytest.raises(UnknownOutcomeError) as caught:
        copy_once(Unreachable(), MANUAL, lookup_timeout=0)
    cause = f"ConnectionError: {'y' * 200}"
    assert f": {cause[:97]}... " in str(caught.value)


def test_a_name_in_use_that_nothing_lists_is_looked_up_twice(fake: FakeLightsail) -> None:
    fake.add_manual_snapshot(NAME, TARGET)
    fake.fail_next(LOOKUP, listing(), times=10)
    rejection(fake.client(TARGET, config=ONE_ATTEMPT), if_exists="adopt", lookup_timeout=30, clock=fake.clock)
    assert [call.operation for call in fake.calls].count(LOOKUP) == 2


def test_the_services_own_sentence_is_printed_once(fake: FakeLightsail) -> None:
    fake.add_manual_snapshot(NAME, TARGET)
    error = rejection(fake.client(TARGET, config=ONE_ATTEMPT), if_exists="adopt")
    assert str(error).count(error.message) == 1


def test_a_copy_that_may_have_started_stays_one_after_any_later_fault(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=False))
    fake.fail_next("CopySnapshot", faults.connection_refused(), times=10)
    client = fake.client(TARGET, config=ONE_ATTEMPT)
    with pytest.raises(UnknownOutcomeError, match="may have started"):
        copy_once(client, MANUAL, if_exists="adopt", lookup_timeout=3, clock=fake.clock)


def test_an_error_without_a_message_is_named_by_its_class(fake: FakeLightsail) -> None:
    def time_out(**_: object) -> NoReturn:
        raise TimeoutError

    client = Unobserved(fake.client(TARGET))
    client.copy_snapshot = time_out
    with pytest.raises(UnknownOutcomeError, match=rf"^No response to the copy to '{NAME}': TimeoutError\. 1 lookup"):
        copy_once(client, MANUAL, lookup_timeout=0, clock=fake.clock)
    job = CopyJob(target_region=TARGET, request=MANUAL)
    (outcome,) = copy_snapshots([job], clients=time_out_for, clock=fake.clock)
    assert str(outcome.error) == "TimeoutError."


@pytest.mark.parametrize(("lookup_timeout", "may_have_started"), [(0, True), (0.5, False), (1.5, False)])
def test_a_throttled_copy_of_unobserved_attempts_whose_name_is_free_twice_did_not_start(
    fake: FakeLightsail, lookup_timeout: float, may_have_started: Any
) -> None:
    fake.fail_next("CopySnapshot", faults.throttled(), times=10)
    unobserved = Unobserved(fake.client(TARGET))
    with pytest.raises(ThrottledError) as caught:
        copy_once(unobserved, MANUAL, lookup_timeout=lookup_timeout, clock=fake.clock)
    assert ("may have started" in str(caught.value)) is may_have_started


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.service_fault(), ServiceFaultError),
        (faults.not_json(performed=False), UnexpectedResponseError),
        (faults.connection_refused(), ServiceUnreachableError),
    ],
)
def test_adopt_finds_the_existing_copy_after_any_response_and_raise_does_not(
    fake: FakeLightsail, client: Any, fault: faults.Fault, error: type[LightsailCopyError]
) -> None:
    copy_once(client, MANUAL)
    fake.clock.advance(3600)
    fake.fail_next("CopySnapshot", fault)
    with pytest.raises(error):
        copy_once(client, MANUAL)
    fake.fail_next("CopySnapshot", fault)
    assert copy_once(client, MANUAL, if_exists="adopt").adopted


# --- Which copies are adopted, and what is said of others ---


def automatic(date: str | None = None) -> AutoSnapshotCopy:
    """Return a copy of an automatic snapshot of web-1, of a date or the latest."""
    choice: Any = {"use_latest_restorable_auto_snapshot": True} if date is None else {"restore_date": date}
    return AutoSnapshotCopy(
        source_region="us-east-1", source_resource_name="web-1", target_snapshot_name=NAME, **choice
    )


@pytest.mark.measured
@pytest.mark.parametrize(("hours", "is_adopted"), [(23.9, True), (24.1, False), (48, False)])
def test_a_copy_of_the_latest_automatic_snapshot_is_adopted_within_a_day(
    fake: FakeLightsail, client: Any, hours: float, *, is_adopted: bool
) -> None:
    fake.clock.advance(4321)
    first = copy_once(client, automatic())
    fake.clock.advance(timedelta(hours=hours))
    if is_adopted:
        assert copy_once(client, automatic(), if_exists="adopt").operations[0].id == first.operations[0].id
    else:
        error = rejection(client, automatic(), if_exists="adopt")
        assert str(error).endswith("That copy is of another date: put the date into the target snapshot name.")


@pytest.mark.parametrize(("date", "is_adopted"), [("2025-12-30", True), ("2026-01-01", True), ("2026-01-02", False)])
def test_a_copy_of_a_date_is_adopted_if_it_started_on_that_day_or_later(
    fake: FakeLightsail, client: Any, date: str, *, is_adopted: bool
) -> None:
    fake.clock.advance(86_399)  # the last second of 2026-01-01
    first = copy_once(client, automatic("2025-12-30"))
    fake.add_auto_snapshot("web-1", "us-east-1", "2026-01-01")
    fake.add_auto_snapshot("web-1", "us-east-1", "2026-01-02")
    fake.clock.advance(timedelta(days=40))
    if is_adopted:
        assert copy_once(client, automatic(date), if_exists="adopt").operations[0].id == first.operations[0].id
    else:
        error = rejection(client, automatic(date), if_exists="adopt")
        assert str(error).endswith("That copy is of another date: put the date into the target snapshot name.")


@pytest.mark.parametrize("request_", [MANUAL, automatic("2025-12-30")], ids=["manual", "date"])
def test_an_existing_copy_is_adopted_although_its_source_is_gone(
    fake: FakeLightsail, client: Any, request_: SnapshotCopyRequest
) -> None:
    first = copy_once(client, request_)
    fake.fail_next("CopySnapshot", faults.not_found())
    assert copy_once(client, request_, if_exists="adopt").operations[0].id == first.operations[0].id
    fake.fail_next("CopySnapshot", faults.not_found())
    before = len(fake.calls)
    with pytest.raises(NotFoundError):
        copy_once(client, request_)
    assert len(fake.calls) == before + 1


def test_an_existing_copy_is_adopted_although_a_quota_is_reached(fake: FakeLightsail, client: Any) -> None:
    first = copy_once(client, MANUAL)
    fake.fail_next("CopySnapshot", faults.quota_exceeded(), times=2)
    with pytest.raises(QuotaExceededError):
        copy_once(client, MANUAL)
    assert not fake.calls_of(LOOKUP)
    assert copy_once(client, MANUAL, if_exists="adopt").operation.id == first.operation.id
    assert len(fake.calls_of(LOOKUP)) == 1


def test_a_quota_is_reported_as_it_is_if_nothing_uses_the_name(fake: FakeLightsail, client: Any) -> None:
    fake.fail_next("CopySnapshot", faults.quota_exceeded(), times=2)
    with pytest.raises(QuotaExceededError) as plain:
        copy_once(client, MANUAL)
    with pytest.raises(QuotaExceededError) as caught:
        copy_once(client, MANUAL, if_exists="adopt")
    assert str(caught.value) == str(plain.value)
    assert len(fake.calls_of(LOOKUP)) == 1


@pytest.mark.parametrize("lookup_timeout", [0, 30, None])
def test_a_source_that_does_not_exist_is_looked_up_once_to_adopt(
    fake: FakeLightsail, client: Any, lookup_timeout: float | None
) -> None:
    missing = attrs.evolve(MANUAL, source_snapshot_name="gone")
    with pytest.raises(NotFoundError) as plain:
        copy_snapshot(client, missing, clock=fake.clock)
    with pytest.raises(NotFoundError) as caught:
        copy_snapshot(client, missing, if_exists="adopt", lookup_timeout=lookup_timeout, clock=fake.clock)
    assert str(caught.value) == str(plain.value)
    assert not fake.clock.sleeps
    assert len(fake.calls_of(LOOKUP)) == (lookup_timeout is not None)


def test_only_a_missing_automatic_source_has_the_word_on_automatic_snapshots(client: Any) -> None:
    for request in (automatic("2025-12-01"), attrs.evolve(MANUAL, source_snapshot_name="gone")):
        with pytest.raises(NotFoundError) as caught:
            copy_once(client, request)
        assert ("seven automatic snapshots" in str(caught.value)) == isinstance(request, AutoSnapshotCopy)


@pytest.mark.parametrize("fault", [None, faults.connection_closed(), faults.service_unavailable()])
def test_advice_never_repeats_what_the_caller_has_done(fake: FakeLightsail, fault: faults.Fault | None) -> None:
    client = fake.client(TARGET)
    copy_once(client, DISK)
    fake.clock.advance(3600)
    for if_exists in ("raise", "adopt"):
        if fault is not None:
            fake.fail_next("CopySnapshot", fault)
        error = rejection(client, if_exists=if_exists)
        assert ("if_exists='adopt'" in str(error)) == (if_exists == "raise" and fault is None)
        assert "hoose another target snapshot name" in str(error)


def test_who_cannot_look_up_what_uses_the_name_is_not_advised_to_copy_again_under_another(
    fake: FakeLightsail, client: Any
) -> None:
    copy_once(client, MANUAL)
    fake.fail_next(LOOKUP, faults.access_denied())
    with pytest.raises(NameInUseError) as caught:
        copy_once(client, MANUAL, if_exists="adopt")
    assert str(caught.value).endswith("It may be this copy: try again before you choose another name.")


def test_a_copy_that_was_rejected_has_not_started_whoever_uses_the_name(fake: FakeLightsail, client: Any) -> None:
    copy_once(client, DISK)
    for missing in ("operationDetails", "operationType"):
        operation = dict(client.get_operations_for_resource(resourceName=NAME)["operations"][0])
        operation["createdAt"] = operation["statusChangedAt"] = fake.clock.now().isoformat()
        del operation[missing]
        fake.fail_next(LOOKUP, listing(operation))
        with pytest.raises(NameInUseError) as caught:
            copy_once(client, MANUAL, if_exists="adopt")
        assert "may have started" not in str(caught.value)
        kind = "CopySnapshot" if missing == "operationDetails" else "an operation of us-east-1:data-1-monday"
        assert f"The name is in use by {kind} (operation " in str(caught.value)
        assert str(caught.value).endswith("Choose another target snapshot name.")


@pytest.mark.parametrize("if_exists", ["raise", "adopt"])
@pytest.mark.parametrize("lookup_timeout", [0, 3, None])
def test_an_unknown_outcome_advises_to_adopt_only_those_who_have_not(
    fake: FakeLightsail, client: Any, if_exists: Any, lookup_timeout: float | None
) -> None:
    for operation in ("CopySnapshot", LOOKUP):
        fake.fail_next(operation, faults.service_unavailable(), times=99)
    with pytest.raises(ServiceFaultError, match="The copy may have started") as caught:
        copy_snapshot(client, MANUAL, if_exists=if_exists, lookup_timeout=lookup_timeout, clock=fake.clock)
    assert ("if_exists='adopt'" in str(caught.value)) == (if_exists == "raise")


@pytest.mark.parametrize("advance", [0.0, 2.3, 2.8, 492.3, 1e9 + 0.1])
def test_lookups_end_on_time_no_matter_how_the_clock_rounds(fake: FakeLightsail, client: Any, advance: float) -> None:
    fake.clock.advance(advance)
    lose_the_response(fake, times=9)
    fake.fail_next(LOOKUP, faults.service_unavailable(), times=300)
    before = fake.clock.monotonic()
    with pytest.raises(UnknownOutcomeError, match="8 lookups in 30 s"):
        copy_snapshot(client, MANUAL, clock=fake.clock)
    assert fake.clock.monotonic() - before == pytest.approx(30)


def test_an_earlier_copy_of_the_same_source_can_be_adopted_and_the_error_says_so(
    fake: FakeLightsail, client: Any
) -> None:
    copy_once(client, MANUAL)
    fake.clock.advance(3600)
    fake.fail_next("CopySnapshot", faults.service_unavailable())
    with pytest.raises(ServiceFaultError) as caught:
        copy_once(client, MANUAL)
    assert str(caught.value).endswith(
        "This copy did not start: choose another target snapshot name, or adopt that copy (if_exists='adopt')."
    )


def test_an_earlier_copy_that_failed_does_not_show_that_this_one_did_not_start(
    fake: FakeLightsail, client: Any
) -> None:
    failed = operation_dict(
        id="failed",
        resourceName=NAME,
        operationType="CopySnapshot",
        operationDetails="us-east-1:web-1-monday",
        createdAt=1767225600,
        status="Failed",
    )
    fake.clock.advance(3600)
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True), times=2)
    fake.fail_next(LOOKUP, listing(failed), times=2)
    assert copy_snapshot(client, MANUAL, clock=fake.clock).operations[0].id == ids(fake)[0]
    other = attrs.evolve(MANUAL, target_snapshot_name="other")
    failed["resourceName"] = "other"
    fake.fail_next(LOOKUP, listing(failed), times=99)
    with pytest.raises(UnknownOutcomeError, match=r"in use by CopySnapshot.*Failed.*The copy may have started"):
        copy_snapshot(client, other, lookup_timeout=2, clock=fake.clock)


@pytest.mark.parametrize("resource_type", ["InstanceSnapshot", None])
def test_an_earlier_copy_on_a_page_is_not_adopted_until_all_pages_are_fetched(
    fake: FakeLightsail, client: Any, resource_type: str | None
) -> None:
    """A later page may show that it was deleted."""
    first = copy_once(client, MANUAL)
    fake.clock.advance(3600)
    page = {"operations": [first.operations[0].to_dict()], "nextPageToken": "more"}
    deleted = operation_dict(
        id="deleted",
        resourceName=NAME,
        resourceType=resource_type,
        operationType="DeleteInstanceSnapshot",
        createdAt=1767229000,
        status="Succeeded",
    )
    for second in (faults.service_fault(), listing(deleted)):
        fake.fail_next(LOOKUP, faults.replaced_response(json.dumps(page).encode(), performed=False))
        fake.fail_next(LOOKUP, second)
    fake.fail_next(LOOKUP, listing(), times=99)
    error = rejection(client, if_exists="adopt", lookup_timeout=30, clock=fake.clock)
    assert "no operation with the name" in str(error)


def test_the_request_id_is_that_of_the_page_with_the_copy(fake: FakeLightsail, client: Any) -> None:
    lose_the_response(fake)
    fake.fail_next(LOOKUP, faults.edited_response(lambda response: {**response, "nextPageToken": "more"}))
    fake.fail_next(LOOKUP, listing())
    seen: list[str] = []

    def note(parsed: Any, **_: object) -> None:
        seen.append(parsed["ResponseMetadata"]["RequestId"])

    client.meta.events.register("after-call.lightsail.GetOperationsForResource", note)
    assert copy_once(client, MANUAL).request_id == seen[0]
    assert len(set(seen)) == 2


# --- Without lookups, and credentials ---


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.connection_closed(), ServiceUnreachableError),
        (faults.service_fault(), ServiceFaultError),
        (faults.not_json(performed=False), UnexpectedResponseError),
    ],
)
@pytest.mark.parametrize("if_exists", ["raise", "adopt"])
def test_with_a_lookup_timeout_of_none_nothing_is_looked_up(
    fake: FakeLightsail, client: Any, fault: faults.Fault, error: type[Exception], if_exists: Any
) -> None:
    fake.fail_next("CopySnapshot", fault)
    with pytest.raises(error, match="The copy may have started") as caught:
        copy_snapshot(client, MANUAL, if_exists=if_exists, lookup_timeout=None, clock=fake.clock)
    assert str(caught.value).count("try again") == 1
    assert [call.operation for call in fake.calls] == ["CopySnapshot"]
    assert not fake.clock.sleeps


def failing_to_sign(client: Any, operation: str, *errors: Exception | None) -> Any:
    """Have the signing of the next calls of an operation raise errors; None leaves one alone."""
    left = list(errors)

    def sign(**_: object) -> None:
        error = left.pop(0) if left else None
        if error is not None:
            raise error

    client.meta.events.register(f"before-sign.lightsail.{operation}", sign)
    return client


REFRESH = CredentialRetrievalError(provider="custom", error_msg="no response")


def test_a_refresh_of_credentials_that_fails_does_not_end_lookups(fake: FakeLightsail, client: Any) -> None:
    lose_the_response(fake)
    failing_to_sign(client, LOOKUP, REFRESH)
    assert copy_snapshot(client, MANUAL, clock=fake.clock).adopted
    assert fake.clock.sleeps == (0.5,)


@pytest.mark.parametrize(
    "error",
    [UnauthorizedSSOTokenError(), TokenRetrievalError(provider="sso", error_msg="expired"), NoCredentialsError()],
    ids=lambda error: type(error).__name__,
)
def test_a_sign_in_that_has_ended_ends_lookups_at_once(fake: FakeLightsail, client: Any, error: Exception) -> None:
    lose_the_response(fake)
    failing_to_sign(client, LOOKUP, error)
    with pytest.raises(UnknownOutcomeError, match=f"could not be looked up .*{type(error).__name__}.*may have started"):
        copy_snapshot(client, MANUAL, clock=fake.clock)
    assert not fake.clock.sleeps


def test_a_role_that_is_denied_in_a_lookup_is_named_as_one_of_sts(fake: FakeLightsail, client: Any) -> None:
    lose_the_response(fake)
    denied: Any = {"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
    failing_to_sign(client, LOOKUP, ClientError(denied, "AssumeRole"))
    with pytest.raises(UnknownOutcomeError, match="allow sts:AssumeRole"):
        copy_snapshot(client, MANUAL, clock=fake.clock)


def test_a_copy_waits_for_an_outage_that_passes_if_it_may_adopt(fake: FakeLightsail, client: Any) -> None:
    fake.fail_next("CopySnapshot", faults.connection_refused(), times=2)
    fake.fail_next(LOOKUP, faults.connection_refused(), times=3)
    assert not copy_snapshot(client, MANUAL, if_exists="adopt", clock=fake.clock).adopted
    assert 0 < fake.clock.monotonic() < 30
    assert fake.snapshot_names(TARGET) == (NAME,)


def test_one_failed_refresh_of_credentials_costs_a_copy_to_adopt_nothing_but_lookups(
    fake: FakeLightsail, client: Any
) -> None:
    failing_to_sign(client, "CopySnapshot", REFRESH, None, REFRESH)
    assert not copy_snapshot(client, MANUAL, if_exists="adopt", clock=fake.clock).adopted
    assert [call.operation for call in fake.calls] == [LOOKUP, LOOKUP, "CopySnapshot"]
    # Without `adopt`, nothing is requested again.
    with pytest.raises(CredentialRetrievalError):
        copy_snapshot(client, attrs.evolve(MANUAL, target_snapshot_name="another"), clock=fake.clock)


def test_credentials_that_fail_twice_in_a_row_are_wrong_and_end_a_copy_to_adopt_at_once(
    fake: FakeLightsail, client: Any
) -> None:
    failure = CredentialRetrievalError(provider="custom", error_msg="no helper")
    failure.__context__ = FileNotFoundError("helper")
    failing_to_sign(client, "CopySnapshot", failure)
    failing_to_sign(client, LOOKUP, REFRESH)
    with pytest.raises(CredentialRetrievalError) as caught:
        copy_snapshot(client, MANUAL, if_exists="adopt", clock=fake.clock)
    assert caught.value is failure
    # The helper's own error stays what it was raised during.
    assert isinstance(failure.__context__, FileNotFoundError)
    assert not failure.__suppress_context__
    assert not fake.clock.sleeps
    assert not fake.calls


def test_credentials_that_are_gone_when_a_copy_is_requested_again_come_through_as_they_are(
    fake: FakeLightsail,
) -> None:
    """Botocore's error, and not an unknown outcome: neither request has started anything."""
    client = failing_to_sign(fake.client(TARGET, config=ONE_ATTEMPT), "CopySnapshot", None, NoCredentialsError())
    fake.fail_next("CopySnapshot", faults.throttled())
    with pytest.raises(NoCredentialsError):
        copy_snapshot(client, MANUAL, if_exists="adopt", clock=fake.clock)
    assert fake.snapshot_names(TARGET) == ()


def test_the_last_request_is_followed_by_a_lookup_that_may_find_its_copy(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.connection_closed(), times=2)
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=True))
    client = fake.client(TARGET, config=ONE_ATTEMPT)
    assert copy_snapshot(client, MANUAL, if_exists="adopt", lookup_timeout=1, clock=fake.clock).adopted
    assert [call.operation for call in fake.calls][-2:] == ["CopySnapshot", LOOKUP]
    assert sum(fake.clock.sleeps) == 1


def test_a_lookup_after_the_last_request_leads_to_no_further_one(fake: FakeLightsail) -> None:
    fake.fail_next("CopySnapshot", faults.connection_closed(), times=9)
    client = fake.client(TARGET, config=ONE_ATTEMPT)
    with pytest.raises(UnknownOutcomeError, match="found no operation with the name"):
        copy_snapshot(client, MANUAL, if_exists="adopt", lookup_timeout=1, clock=fake.clock)
    assert [call.operation for call in fake.calls][-2:] == ["CopySnapshot", LOOKUP]
    assert len(fake.calls_of("CopySnapshot")) == 3


# --- Interrupted ---


def interrupt(_: object) -> object:
    """Be interrupted by the user."""
    raise KeyboardInterrupt


def test_an_interrupt_comes_through_and_the_copy_is_found_by_the_next_run(fake: FakeLightsail) -> None:
    client = fake.client(TARGET)
    fake.fail_next("CopySnapshot", faults.edited_response(interrupt))
    with pytest.raises(KeyboardInterrupt):
        copy_once(client, MANUAL)
    assert not fake.calls_of(LOOKUP)
    assert copy_once(client, MANUAL, if_exists="adopt").adopted
    assert fake.snapshot_names(TARGET) == (NAME,)


def test_an_interrupt_of_a_retry_comes_through(fake: FakeLightsail) -> None:
    client = fake.client(TARGET)
    lose_the_response(fake)
    fake.fail_next("CopySnapshot", faults.edited_response(interrupt))
    with pytest.raises(KeyboardInterrupt):
        copy_once(client, MANUAL)
    assert not fake.calls_of(LOOKUP)
    assert copy_once(client, MANUAL, if_exists="adopt").adopted


def test_an_interrupt_of_the_lookup_comes_through(fake: FakeLightsail) -> None:
    client = fake.client(TARGET)
    lose_the_response(fake)
    fake.fail_next(LOOKUP, faults.edited_response(interrupt))
    with pytest.raises(KeyboardInterrupt):
        copy_once(client, MANUAL)
    assert copy_once(client, MANUAL, if_exists="adopt").adopted


def test_throttled_retries_do_not_hide_an_attempt_that_may_have_started_the_copy(fake: FakeLightsail) -> None:
    client = fake.client(TARGET, config=Config(retries={"mode": "standard", "total_max_attempts": 3}))
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=False))
    fake.fail_next("CopySnapshot", faults.throttled(), times=2)
    with pytest.raises(ThrottledError, match="The copy may have started"):
        copy_snapshot(client, MANUAL, clock=fake.clock)


def test_without_lookups_adopt_gets_no_advice_to_adopt(fake: FakeLightsail) -> None:
    fake.add_instance(NAME, TARGET)
    with pytest.raises(NameInUseError) as caught:
        copy_snapshot(fake.client(TARGET), MANUAL, if_exists="adopt", lookup_timeout=None, clock=fake.clock)
    # Another name would be a second copy, if the first is the caller's.
    assert str(caught.value).endswith("give a lookup_timeout of 0 or more, or another name.")
    assert "adopt" not in str(caught.value)


def test_without_lookups_a_hook_that_fails_after_the_copy_started_leaves_its_outcome_unknown(
    fake: FakeLightsail,
) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("a bug")

    client = fake.client(TARGET)
    client.meta.events.register("after-call.lightsail.CopySnapshot", fail)
    with pytest.raises(UnknownOutcomeError, match=r"RuntimeError: a bug.*may have started"):
        copy_snapshot(client, MANUAL, lookup_timeout=None, clock=fake.clock)
    assert len(fake.calls) == 1


def test_a_second_request_whose_response_has_only_an_id_has_started(fake: FakeLightsail) -> None:
    client = fake.client(TARGET, config=Config(retries={"total_max_attempts": 1}))
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=False))
    fake.fail_next("CopySnapshot", response_fault({"operations": [{"id": "0a1b"}]}))
    with pytest.raises(UnexpectedResponseError, match="The copy has started") as caught:
        copy_snapshot(client, MANUAL, if_exists="adopt", clock=fake.clock)
    assert caught.value.operation_ids == ("0a1b",)


def test_a_copy_is_requested_again_as_often_as_it_is_shown_not_to_have_started(fake: FakeLightsail) -> None:
    client = fake.client(TARGET, config=Config(retries={"total_max_attempts": 1}))
    fake.fail_next("CopySnapshot", faults.connection_closed(performed=False), times=2)
    assert not copy_snapshot(client, MANUAL, if_exists="adopt", clock=fake.clock).adopted
    assert len(fake.calls_of("CopySnapshot")) == 3
