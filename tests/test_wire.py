"""From the service's codes and words to the class that tells what to do."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.retries.standard import ThrottledRetryableChecker
from samples import operation_dict

import lightsail_copy
from lightsail_copy import (
    AccessDeniedError,
    AccountSetupInProgressError,
    InvalidInputError,
    NameInUseError,
    NotFoundError,
    OperationFailureError,
    QuotaExceededError,
    RegionSetupInProgressError,
    ServiceError,
    ServiceFaultError,
    ThrottledError,
    UnauthenticatedError,
)
from lightsail_copy.wire import read_operations_page, service_error

BOTOCORES_OWN: Any = ThrottledRetryableChecker


def error_of(code: object, message: object = "No.", status: object = 400, /, **top: object) -> ServiceError:
    """Return the typed error of botocore's error with a code, a message and a status."""
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "a-b"},
        **top,
    }
    return service_error(ClientError(response, "CopySnapshot"))


@pytest.mark.parametrize(
    ("code", "cls"),
    [
        ("AccessDeniedException", AccessDeniedError),
        ("AccountSetupInProgressException", AccountSetupInProgressError),
        ("InvalidInputException", InvalidInputError),
        ("NotFoundException", NotFoundError),
        ("OperationFailureException", OperationFailureError),
        ("RegionSetupInProgressException", RegionSetupInProgressError),
        ("ServiceException", ServiceFaultError),
        ("UnauthenticatedException", UnauthenticatedError),
        ("AccessDenied", AccessDeniedError),
        ("OptInRequired", AccessDeniedError),
        ("UnauthorizedOperation", AccessDeniedError),
        ("InvalidParameterValueException", InvalidInputError),
        ("ValidationException", InvalidInputError),
        ("AuthFailure", UnauthenticatedError),
        ("ExpiredToken", UnauthenticatedError),
        ("ExpiredTokenException", UnauthenticatedError),
        ("IncompleteSignature", UnauthenticatedError),
        ("IncompleteSignatureException", UnauthenticatedError),
        ("InvalidClientTokenId", UnauthenticatedError),
        ("InvalidSignatureException", UnauthenticatedError),
        ("MissingAuthenticationToken", UnauthenticatedError),
        ("MissingAuthenticationTokenException", UnauthenticatedError),
        ("RequestExpired", UnauthenticatedError),
        ("SignatureDoesNotMatch", UnauthenticatedError),
        ("UnrecognizedClientException", UnauthenticatedError),
        ("TooManyRequestsException", ThrottledError),
        ("Gibberish", ServiceError),
        ("400", ServiceError),
        ("", ServiceError),
    ],
)
def test_each_code_has_its_class(code: str, cls: type[ServiceError]) -> None:
    error = error_of(code)
    assert type(error) is cls
    assert error.code == (code or "Unknown")


@pytest.mark.parametrize("code", BOTOCORES_OWN._THROTTLED_ERROR_CODES)
def test_every_code_that_botocore_takes_for_throttling_is_throttling(code: str) -> None:
    assert type(error_of(code)) is ThrottledError


@pytest.mark.parametrize(
    ("message", "cls"),
    [
        ("Some names are already in use: web-1-monday-copy", NameInUseError),
        ("some names are ALREADY IN USE: web-1", NameInUseError),
        ("Sorry, you've reached your maximum limit of Lightsail Snapshots.", QuotaExceededError),
        ("Sorry, you've reached your MAXIMUM LIMIT of Lightsail Static IPs", QuotaExceededError),
        ("The maximum length of a name is 255", InvalidInputError),
        ("There is a limit to everything", InvalidInputError),
        ("targetSnapshotName is not valid", InvalidInputError),
        ("", InvalidInputError),
    ],
)
def test_an_invalid_input_is_told_apart_by_its_message(message: str, cls: type[ServiceError]) -> None:
    assert type(error_of("InvalidInputException", message)) is cls
    assert issubclass(cls, InvalidInputError)


@pytest.mark.parametrize("code", ["AccessDeniedException", "Gibberish"])
def test_the_words_of_a_name_conflict_count_in_an_invalid_input_alone(code: str) -> None:
    assert not isinstance(error_of(code, "Some names are already in use: web-1"), NameInUseError)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("SnapshotDoesNotExist", "No."),
        ("InvalidInputException", "InstanceSnapshotDoesNotExist: web-1-monday"),
        ("Gibberish", "DoesNotExist"),
        ("NotFoundException", "The snapshot does not exist: web-1-monday"),
    ],
)
def test_what_does_not_exist_is_not_found_whatever_its_code(code: str, message: str) -> None:
    assert type(error_of(code, message)) is NotFoundError


@pytest.mark.parametrize(
    ("code", "message", "cls"),
    [
        ("InvalidInputException", "Some names are already in use: DoesNotExist-1", NameInUseError),
        ("AccessDeniedException", "No access to DoesNotExist-1", AccessDeniedError),
    ],
)
def test_a_name_that_holds_the_words_of_what_does_not_exist_is_none_of_them(
    code: str, message: str, cls: type[ServiceError]
) -> None:
    assert type(error_of(code, message)) is cls


@pytest.mark.parametrize(
    ("status", "cls"),
    [
        (400, ServiceError),
        (403, ServiceError),
        (428, ServiceError),
        (429, ThrottledError),
        (430, ServiceError),
        (499, ServiceError),
        (500, ServiceFaultError),
        (503, ServiceFaultError),
        (599, ServiceFaultError),
        (None, ServiceError),
        ("500", ServiceError),
    ],
)
def test_an_unknown_code_is_told_by_its_status(status: object, cls: type[ServiceError]) -> None:
    assert type(error_of("Gibberish", "No.", status)) is cls


@pytest.mark.parametrize(
    ("code", "cls"), [("ThrottlingException", ThrottledError), ("AccessDenied", AccessDeniedError)]
)
def test_a_known_code_counts_more_than_its_status(code: str, cls: type[ServiceError]) -> None:
    assert type(error_of(code, "No.", 503)) is cls


def test_the_four_members_of_a_lightsail_error_become_attributes() -> None:
    error = error_of(
        "NotFoundException", "Not there.", 404, docs="https://example.com", tip="Look.", code="DoesNotExist"
    )
    assert (error.code, error.message, error.http_status, error.request_id) == (
        "NotFoundException",
        "Not there.",
        404,
        "a-b",
    )
    assert (error.docs, error.tip, error.detail_code) == ("https://example.com", "Look.", "DoesNotExist")
    assert error.operation_name == "CopySnapshot"
    assert error.response.get("Error") == {"Code": "NotFoundException", "Message": "Not there."}


def test_what_a_reply_does_not_hold_is_none() -> None:
    error = service_error(ClientError({}, "GetOperation"))
    assert type(error) is ServiceError
    assert (error.code, error.message) == ("Unknown", "")
    assert {error.docs, error.tip, error.detail_code, error.request_id, error.http_status} == {None}


def test_what_is_no_text_is_no_text() -> None:
    error = error_of(7, ["No."], 400, docs=[], tip={}, code=3)
    assert (error.code, error.message) == ("Unknown", "")
    assert error.docs is error.tip is error.detail_code is None


@pytest.mark.parametrize("code", ["NotFoundException", "Gibberish", "AccessDenied", "InvalidInputException"])
def test_the_message_is_that_of_botocore_with_advice(code: str) -> None:
    error = error_of(code)
    assert str(error) == (
        f"An error occurred ({code}) when calling the CopySnapshot operation: No. -- {type(error).advice}"
    )
    assert error.advice.endswith(".")


def test_each_class_of_service_error_has_advice_of_its_own() -> None:
    classes = [
        getattr(lightsail_copy, name)
        for name in lightsail_copy.__all__
        if isinstance(getattr(lightsail_copy, name), type) and issubclass(getattr(lightsail_copy, name), ServiceError)
    ]
    assert len({cls.advice for cls in classes}) == len(classes) == 12


def test_a_page_of_operations_tells_where_the_next_begins_and_what_the_service_says_of_itself() -> None:
    headers = {"date": "Mon, 24 Nov 2025 16:00:00 GMT"}
    reply = {
        "operations": [operation_dict(), operation_dict(id="a-b")],
        "nextPageToken": "more",
        "ResponseMetadata": {"RequestId": "c-d", "HTTPHeaders": headers},
    }
    page = read_operations_page(reply)
    assert [operation.id for operation in page.operations] == [operation_dict()["id"], "a-b"]
    assert (page.next_token, page.request_id, page.headers) == ("more", "c-d", headers)


def test_the_last_page_of_operations_may_be_empty_and_bare() -> None:
    page = read_operations_page({"operations": []})
    assert (page.operations, page.next_token, page.request_id, dict(page.headers)) == ((), None, None, {})
