"""Errors as values: what catches them, what they carry, and that they arrive whole wherever they are sent."""

# ruff: noqa: ANN401 - what is handed over on purpose is of any type, and so are boto3's clients
from __future__ import annotations

import copy
import gc
import importlib
import logging
import multiprocessing
import pickle
import pkgutil
import weakref
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from samples import ONE_ATTEMPT, PROTOCOLS, copy_once, new_session, operation_dict, raise_, response_fault, travelled

import lightsail_copy
from lightsail_copy import (
    AccessDeniedError,
    AccountSetupInProgressError,
    CopyFailedError,
    InvalidInputError,
    InvalidRequestError,
    LightsailCopyError,
    ManualSnapshotCopy,
    NameInUseError,
    NotFoundError,
    Operation,
    OperationFailureError,
    QuotaExceededError,
    RegionSetupInProgressError,
    ServiceError,
    ServiceFaultError,
    ServiceUnreachableError,
    ThrottledError,
    UnauthenticatedError,
    UnexpectedResponseError,
    UnknownOutcomeError,
    WaitTimeoutError,
    get_operation,
)
from lightsail_copy.testing import FakeLightsail, faults

if TYPE_CHECKING:
    from lightsail_copy.testing import Fault

REQUEST = ManualSnapshotCopy(
    source_region="us-east-1", source_snapshot_name="web-1-monday", target_snapshot_name="web-1-monday-copy"
)
SERVICE_ATTRIBUTES = (
    "code",
    "message",
    "docs",
    "tip",
    "detail_code",
    "request_id",
    "http_status",
    "response",
    "operation_name",
)

# A first response of each kind, the class of this package, and the name of the client's own class.
REFUSALS: list[tuple[Fault, type[ServiceError], str]] = [
    (faults.access_denied(), AccessDeniedError, "AccessDeniedException"),
    (faults.account_not_set_up(), AccountSetupInProgressError, "AccountSetupInProgressException"),
    (faults.error("InvalidInputException", "No.", detail="InvalidInput"), InvalidInputError, "InvalidInputException"),
    (
        faults.error("InvalidInputException", "Some names are already in use: a", detail="NameExists"),
        NameInUseError,
        "InvalidInputException",
    ),
    (faults.quota_exceeded(), QuotaExceededError, "InvalidInputException"),
    (faults.not_found(), NotFoundError, "NotFoundException"),
    (faults.operation_failure(), OperationFailureError, "OperationFailureException"),
    (faults.region_not_set_up(), RegionSetupInProgressError, "RegionSetupInProgressException"),
    (faults.service_fault(), ServiceFaultError, "ServiceException"),
    (faults.unauthenticated(), UnauthenticatedError, "UnauthenticatedException"),
]
BARE_REFUSALS: list[tuple[Fault, type[ServiceError], str]] = [
    (faults.throttled(), ThrottledError, "ClientError"),
    (faults.expired_token(), UnauthenticatedError, "ClientError"),
    (faults.unrecognized_client(), UnauthenticatedError, "ClientError"),
    (faults.service_unavailable(), ServiceFaultError, "ClientError"),
    (faults.error("OptInRequired", "No."), AccessDeniedError, "ClientError"),
    (faults.error("Gibberish", "No.", status=429), ThrottledError, "ClientError"),
    (faults.error("Gibberish", "No."), ServiceError, "ClientError"),
]
EACH_REFUSAL = pytest.mark.parametrize(
    ("fault", "cls", "theirs"), [pytest.param(*each, id=each[1].__name__) for each in REFUSALS + BARE_REFUSALS]
)


def raised_by(fake: FakeLightsail, client: Any, fault: Fault) -> LightsailCopyError:
    """Return the error in which a lookup meets a fault."""
    fake.fail_next("GetOperation", fault)
    with pytest.raises(LightsailCopyError) as caught:
        get_operation(client, "a-b")
    return caught.value


def invalid_request() -> InvalidRequestError:
    """Return the error of a request that breaks two rules."""
    with pytest.raises(InvalidRequestError) as caught:
        ManualSnapshotCopy(source_region="us-esat-1", source_snapshot_name="web-1-monday", target_snapshot_name="")
    return caught.value


def each_error(fake: FakeLightsail, client: Any) -> list[LightsailCopyError]:
    """Return an error of each kind that the calls raise, each with a note."""
    errors = [raised_by(fake, client, fault) for fault, *_ in REFUSALS + BARE_REFUSALS]
    operations = (Operation.from_dict(operation_dict()), Operation.from_dict(operation_dict(status="Succeeded")))
    errors += [
        CopyFailedError(operations),
        WaitTimeoutError(operations, waited=61.5),
        UnknownOutcomeError("it broke", request=REQUEST, findings=("Nothing was found.",)),
    ]
    errors += [
        raised_by(fake, client, faults.not_json(performed=False)),
        raised_by(fake, client, response_fault(b"[]")),
        invalid_request(),
    ]
    for error in errors:
        error.__dict__["__notes__"] = ["seen on a Monday"]  # add_note, which Python 3.10 lacks
    return errors


def assert_same(sent: Any, original: LightsailCopyError) -> None:
    """Check that an error arrived as its importable class, with its message and attributes."""
    expected = next(cls for cls in type(original).__mro__ if cls is getattr(lightsail_copy, cls.__name__, None))
    assert type(sent) is expected
    assert str(sent) == str(original)
    assert sent.args == original.args
    assert sent.__dict__ == original.__dict__
    assert sent.__notes__ == ["seen on a Monday"]


# What catches them


@EACH_REFUSAL
def test_a_rejection_is_caught_as_ours_as_a_client_error_and_as_the_clients_own(
    fake: FakeLightsail, client: Any, fault: Fault, cls: type[ServiceError], theirs: str
) -> None:
    # The oldest botocore that we allow lacks the class of a Region's setup.
    clients_own = getattr(client.exceptions, theirs, ClientError)
    fake.fail_next("GetOperation", fault)
    with pytest.raises(clients_own) as caught:
        get_operation(client, "a-b")
    error = caught.value
    assert isinstance(error, cls)
    assert isinstance(error, (ClientError, ServiceError))
    assert isinstance(error, LightsailCopyError)
    assert type(error).__name__ == cls.__name__
    assert type(error).__doc__ == cls.__doc__
    assert type(error).__module__ == cls.__module__
    assert isinstance(error.__cause__, clients_own)
    assert not isinstance(error.__cause__, LightsailCopyError)
    assert str(error).startswith(f"{error.__cause__}")
    assert len(error.parts) == 2


def test_a_rejection_is_not_caught_as_another_of_the_clients_own(fake: FakeLightsail, client: Any) -> None:
    fake.fail_next("GetOperation", faults.not_found())
    with pytest.raises(NotFoundError) as caught:
        get_operation(client, "a-b")
    assert not isinstance(caught.value, (client.exceptions.InvalidInputException, InvalidInputError))


def test_the_tree_of_errors_is_the_documented_one() -> None:
    parents: dict[type, tuple[type, ...]] = {
        InvalidRequestError: (LightsailCopyError, ValueError),
        ServiceError: (LightsailCopyError, ClientError),
        UnexpectedResponseError: (LightsailCopyError,),
        **dict.fromkeys(
            (
                AccessDeniedError,
                AccountSetupInProgressError,
                InvalidInputError,
                NotFoundError,
                OperationFailureError,
                RegionSetupInProgressError,
                ServiceFaultError,
                UnauthenticatedError,
                ThrottledError,
            ),
            (ServiceError,),
        ),
        NameInUseError: (InvalidInputError,),
        QuotaExceededError: (InvalidInputError,),
    }
    assert {cls: cls.__bases__ for cls in parents} == parents


# What they carry


def test_an_error_has_everything_that_the_service_returned(fake: FakeLightsail, client: Any) -> None:
    tip = "Wait for the account."
    fault = faults.error("AccountSetupInProgressException", "Not yet.", status=400, detail="Setup", tip=tip)
    error = raised_by(fake, client, fault)
    assert isinstance(error, ServiceError)
    assert (error.code, error.message) == ("AccountSetupInProgressException", "Not yet.")
    assert (error.detail_code, error.tip, error.http_status) == ("Setup", tip, 400)
    assert error.docs is not None
    assert error.docs.startswith("https://docs.aws.amazon.com/")
    metadata: Any = error.response
    assert error.request_id == metadata["ResponseMetadata"]["RequestId"]
    assert error.operation_name == "GetOperation"


def test_a_rejection_without_the_four_members_carries_none(fake: FakeLightsail, client: Any) -> None:
    error = raised_by(fake, client, faults.throttled())
    assert isinstance(error, ServiceError)
    assert (error.code, error.message, error.http_status) == ("ThrottlingException", "Rate exceeded", 400)
    assert error.docs is error.tip is error.detail_code is None
    assert error.request_id


def test_a_rejection_without_json_is_recognized_by_its_status(fake: FakeLightsail, client: Any) -> None:
    error = raised_by(fake, client, faults.service_unavailable())
    assert isinstance(error, ServiceFaultError)
    assert (error.code, error.http_status) == ("503", 503)


@pytest.mark.parametrize("bad", ["web 1", "", None])
def test_an_invalid_request_carries_its_problems(bad: Any) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        ManualSnapshotCopy(source_region="us-esat-1", source_snapshot_name="web-1", target_snapshot_name=bad)
    problems = caught.value.problems
    assert isinstance(problems, tuple)
    assert [problem.field for problem in problems] == ["source_region", "target_snapshot_name"]
    for problem in problems:
        assert str(problem).startswith(f"{problem.field}: {problem.given} {problem.rule}.")
        assert f"\n  {problem}" in str(caught.value)


# How they travel


def test_every_error_arrives_as_its_importable_class_with_all_it_carries_and_travels_on(
    fake: FakeLightsail, client: Any
) -> None:
    for original in each_error(fake, client):
        for sent in travelled(original):
            assert_same(sent, original)
            assert sent.__cause__ is None
            assert_same(copy.copy(sent), original)
            assert_same(pickle.loads(pickle.dumps(sent)), original)  # noqa: S301 - our own


def test_a_copy_of_a_service_error_has_its_attributes(fake: FakeLightsail, client: Any) -> None:
    original = raised_by(fake, client, faults.not_found())
    sent = copy.deepcopy(original)
    assert isinstance(sent, NotFoundError)
    assert {name: getattr(sent, name) for name in SERVICE_ATTRIBUTES} == {
        name: getattr(original, name) for name in SERVICE_ATTRIBUTES
    }
    assert sent.code == "NotFoundException"


def test_every_error_comes_whole_out_of_a_process_pool(fake: FakeLightsail, client: Any) -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        for original in each_error(fake, client):
            assert_same(pool.submit(raise_, original).exception(), original)


def test_a_class_made_for_a_client_does_not_outlive_it() -> None:
    client: Any = FakeLightsail().client("us-west-2", config=ONE_ATTEMPT)
    with pytest.raises(NotFoundError) as caught:
        get_operation(client, "a-b")
    made = weakref.ref(type(caught.value))
    assert made() is not NotFoundError
    assert issubclass(type(caught.value), client.exceptions.NotFoundException)
    *_, sent = travelled(caught.value)
    del client, caught
    gc.collect()
    assert made() is None
    assert type(sent) is NotFoundError


# What they do not carry


def secrets_in(text: str | bytes) -> list[str]:
    """Return which of the credentials of the tests a text holds."""
    whole = text if isinstance(text, str) else text.decode("latin-1")
    return [secret for secret in ("AKIAMADEUPMADEUPMADE", "made-up-secret-key", "made-up-token") if secret in whole]


@pytest.fixture
def client_with_secrets(fake: FakeLightsail, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a client that signs with credentials which can be told when they leak."""
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    session = new_session(
        aws_access_key_id="AKIAMADEUPMADEUPMADE",
        aws_secret_access_key="made-up-secret-key",
        aws_session_token="made-up-token",
        region_name="us-west-2",
    )
    client = session.client("lightsail", config=ONE_ATTEMPT)
    fake.attach(client)
    return client


def test_no_error_and_no_log_record_of_the_package_has_a_secret(
    fake: FakeLightsail, client_with_secrets: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="lightsail_copy")
    unreadable = [faults.not_json(performed=False), *map(response_fault, (b"[]", b"{}", b"null", b"\xff", b'"text"'))]
    for fault in [*(fault for fault, *_ in REFUSALS + BARE_REFUSALS), *unreadable, faults.connection_refused()]:
        fake.fail_next("CopySnapshot", fault)
        with pytest.raises(LightsailCopyError) as caught:
            copy_once(client_with_secrets, REQUEST)
        error = caught.value
        texts: list[str | bytes] = [str(error), repr(error), repr(error.__dict__)]
        texts += [pickle.dumps(error, protocol) for protocol in PROTOCOLS]
        assert [secrets_in(text) for text in texts] == [[]] * len(texts)
    ours = [record for record in caplog.records if record.name.startswith("lightsail_copy")]
    assert [secrets_in(record.getMessage()) for record in ours] == [[]] * len(ours)


# How operations end


def test_the_message_of_a_failed_operation_has_its_code_and_details() -> None:
    failed, ended = Operation.from_dict(operation_dict()), Operation.from_dict(operation_dict(status="Succeeded"))
    error = CopyFailedError((ended, failed))
    assert (error.operations, error.failed) == ((ended, failed), (failed,))
    assert "1 of 2 operations failed: data-1-copy" in str(error)
    assert "InternalFailure, The copy could not be completed." in str(error)


def test_a_timeout_is_also_pythons_own_and_lists_what_is_pending() -> None:
    pending = Operation.from_dict(operation_dict(status="Started", isTerminal=False))
    ended = Operation.from_dict(operation_dict(id="a-b"))
    error = WaitTimeoutError((pending, ended), waited=61.5)
    assert isinstance(error, TimeoutError)
    assert (error.operations, error.waited, error.errno) == ((pending, ended), 61.5, None)
    assert f"data-1-copy ({pending.id}, Started)" in str(error)
    assert "a-b" not in str(error)


# A response that is not understood


def test_an_unexpected_response_carries_the_response_and_the_advice(fake: FakeLightsail, client: Any) -> None:
    error = raised_by(fake, client, response_fault({"operation": {}}))
    assert isinstance(error, UnexpectedResponseError)
    assert error.path == "operation.id"
    response: Any = error.response
    assert response["operation"] == {}
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert str(error) == "A response from the service cannot be parsed at operation.id: it is missing."


@pytest.mark.parametrize(
    "body", [b"[]", b'"text"', b"7", b"true", b"\xff\xfe", b'{"operation": 7}', b'{"operation": {"createdAt": "soon"}}']
)
def test_a_response_that_botocores_parser_stumbles_over_is_kept_as_it_came(
    fake: FakeLightsail, client: Any, body: bytes
) -> None:
    error = raised_by(fake, client, response_fault(body))
    assert isinstance(error, UnexpectedResponseError)
    assert error.path == ""
    response: Any = error.response
    assert response["body"] == body
    assert response["status_code"] == 200
    assert response["headers"]["Content-Length"] == str(len(body))
    assert str(error).startswith("A response from the service cannot be parsed: ")
    assert "may have started" not in str(error)


def test_a_response_that_cannot_be_pickled_does_not_keep_its_error_from_it() -> None:
    error = UnexpectedResponseError("odd", path="x", response=lambda: None)
    sent = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (str(sent), sent.path, sent.response) == (str(error), "x", None)


def test_an_error_of_the_connection_is_still_botocores_and_has_no_request(fake: FakeLightsail, client: Any) -> None:
    fake.fail_next("GetOperation", faults.connection_closed())
    with pytest.raises(ConnectionClosedError) as caught:
        get_operation(client, "a-b")
    error = caught.value
    assert isinstance(error, ServiceUnreachableError)
    assert set(vars(error)) == {"parts", "may_have_arrived", "may_pass", "kwargs"}
    assert vars(error)["kwargs"] == {"endpoint_url": "https://lightsail.us-west-2.amazonaws.com/"}
    sent = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert type(sent) is ServiceUnreachableError
    assert (str(sent), sent.may_have_arrived, sent.may_pass) == (str(error), True, True)


@pytest.mark.parametrize(("count", "more"), [(4, ""), (5, ""), (6, "and 1 more"), (8, "and 3 more")])
def test_a_message_lists_five_operations_and_counts_the_others(count: int, more: str) -> None:
    running = tuple(
        Operation.from_dict(operation_dict(id=f"id-{number}", status="Started", isTerminal=False))
        for number in range(count)
    )
    text = str(WaitTimeoutError(running, waited=60))
    assert [f"id-{number}" in text for number in range(count)] == [number < 5 for number in range(count)]
    assert (" more" in text) is bool(more)
    assert more in text


def test_a_message_counts_the_failed_operations_of_several() -> None:
    failed = Operation.from_dict(operation_dict(id="one", status="Failed"))
    succeeded = Operation.from_dict(operation_dict(id="two", status="Succeeded"))
    assert str(CopyFailedError((failed,))).startswith("The operation failed")
    assert str(CopyFailedError((failed, succeeded))).startswith("1 of 2 operations failed")


def test_how_long_a_wait_lasted_is_given_by_name() -> None:
    with pytest.raises(TypeError):
        WaitTimeoutError((), 3.0)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # the test's point


def test_an_error_without_metadata_has_no_retries() -> None:
    assert ServiceError({"Error": {"Code": "X"}}, "CopySnapshot").retry_attempts == 0


ROOMS = [
    importlib.import_module(f"lightsail_copy.{room.name}")
    for room in pkgutil.iter_modules(lightsail_copy.__path__)
    if not room.ispkg and room.name != "__main__"
]
VALUES = {each for room in ROOMS for each in vars(room).values() if isinstance(each, type) and attrs.has(each)}


def test_no_value_is_less_than_another() -> None:
    assert VALUES
    assert not [cls for cls in VALUES if {"__lt__", "__le__", "__gt__", "__ge__"} & vars(cls).keys()]
