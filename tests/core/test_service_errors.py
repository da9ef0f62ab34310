"""From the service's codes and words to the class that tells what to do."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.retries.standard import ThrottledRetryableChecker

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
    get_operation,
)
from lightsail_copy.service_errors import service_error
from lightsail_copy.testing import FakeLightsail, faults

BOTOCORES_OWN: Any = ThrottledRetryableChecker


def error_of(code: object, message: object = "No.", status: object = 400, /, **top: object) -> ServiceError:
    """Return the typed error of botocore's error with a code, a message and a status."""
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "a-b"},
        **top,
    }
    return service_error(ClientError(response, "CopySnapshot"))


CLASSES = {
    "AccessDeniedException": AccessDeniedError,
    "AccountSetupInProgressException": AccountSetupInProgressError,
    "InvalidInputException": InvalidInputError,
    "NotFoundException": NotFoundError,
    "OperationFailureException": OperationFailureError,
    "RegionSetupInProgressException": RegionSetupInProgressError,
    "ServiceException": ServiceFaultError,
    "UnauthenticatedException": UnauthenticatedError,
    "AccessDenied": AccessDeniedError,
    "OptInRequired": AccessDeniedError,
    "UnauthorizedOperation": AccessDeniedError,
    "InvalidParameterValueException": InvalidInputError,
    "ValidationException": InvalidInputError,
    "AuthFailure": UnauthenticatedError,
    "ExpiredToken": UnauthenticatedError,
    "ExpiredTokenException": UnauthenticatedError,
    "IncompleteSignature": UnauthenticatedError,
    "IncompleteSignatureException": UnauthenticatedError,
    "InvalidClientTokenId": UnauthenticatedError,
    "InvalidSignatureException": UnauthenticatedError,
    "MissingAuthenticationToken": UnauthenticatedError,
    "MissingAuthenticationTokenException": UnauthenticatedError,
    "RequestExpired": UnauthenticatedError,
    "SignatureDoesNotMatch": UnauthenticatedError,
    "UnrecognizedClientException": UnauthenticatedError,
    "TooManyRequestsException": ThrottledError,
    "Gibberish": ServiceError,
    "400": ServiceError,
    "": ServiceError,
}


def test_each_code_has_its_class() -> None:
    errors = {code: error_of(code) for code in CLASSES}
    assert {code: type(error) for code, error in errors.items()} == CLASSES
    assert all(error.code == (code or "Unknown") for code, error in errors.items())


def test_every_code_that_botocore_takes_for_throttling_is_throttling() -> None:
    assert {type(error_of(code)) for code in BOTOCORES_OWN._THROTTLED_ERROR_CODES} == {ThrottledError}


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
def test_the_message_decides_the_class_of_an_invalid_input(message: str, cls: type[ServiceError]) -> None:
    assert type(error_of("InvalidInputException", message)) is cls
    assert issubclass(cls, InvalidInputError)


@pytest.mark.parametrize("code", ["AccessDeniedException", "Gibberish"])
def test_the_words_of_a_name_conflict_count_only_in_an_invalid_input(code: str) -> None:
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
def test_what_does_not_exist_is_not_found_with_any_code(code: str, message: str) -> None:
    assert type(error_of(code, message)) is NotFoundError


@pytest.mark.parametrize(
    ("code", "message", "cls"),
    [
        ("InvalidInputException", "Some names are already in use: DoesNotExist-1", NameInUseError),
        ("AccessDeniedException", "No access to DoesNotExist-1", AccessDeniedError),
    ],
)
def test_a_name_that_has_the_words_of_what_does_not_exist_is_none_of_them(
    code: str, message: str, cls: type[ServiceError]
) -> None:
    assert type(error_of(code, message)) is cls


def test_the_status_decides_the_class_of_an_unknown_code() -> None:
    classes: dict[object, type[ServiceError]] = {
        400: ServiceError,
        403: ServiceError,
        428: ServiceError,
        429: ThrottledError,
        430: ServiceError,
        499: ServiceError,
        500: ServiceFaultError,
        503: ServiceFaultError,
        599: ServiceFaultError,
        None: ServiceError,
        "500": ServiceError,
    }
    assert {status: type(error_of("Gibberish", "No.", status)) for status in classes} == classes


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


def test_what_a_response_does_not_have_is_none() -> None:
    error = service_error(ClientError({}, "GetOperation"))
    assert type(error) is ServiceError
    assert (error.code, error.message) == ("Unknown", "")
    assert {error.docs, error.tip, error.detail_code, error.request_id, error.http_status} == {None}


def test_what_is_not_a_text_is_not_a_text() -> None:
    error = error_of(7, ["No."], 400, docs=[], tip={}, code=3)
    assert (error.code, error.message) == ("Unknown", "")
    assert error.docs is error.tip is error.detail_code is None


@pytest.mark.parametrize("code", ["NotFoundException", "Gibberish", "AccessDenied", "InvalidInputException"])
def test_the_message_is_that_of_botocore_and_what_to_do(code: str) -> None:
    error = error_of(code)
    assert error.parts[0] == f"An error occurred ({code}) when calling the CopySnapshot operation: No."
    assert str(error) == " ".join(error.parts)
    assert len(error.parts) == 2


def test_each_class_of_service_error_has_advice_of_its_own() -> None:
    classes = [
        getattr(lightsail_copy, name)
        for name in lightsail_copy.__all__
        if isinstance(getattr(lightsail_copy, name), type) and issubclass(getattr(lightsail_copy, name), ServiceError)
    ]
    advice = {cls({"Error": {"Code": "X", "Message": "No."}}, "CopySnapshot").parts[1] for cls in classes}
    assert len(advice) == len(classes) == 12


def test_access_denied_names_the_action_and_the_region() -> None:
    denied = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "No."}}, "GetDisk")
    text = str(service_error(denied, "eu-west-1"))
    assert "Allow the action lightsail:GetDisk on the resource '*' in eu-west-1, or enable the Region" in text
    assert "Allow the action lightsail:GetDisk on the resource '*', or" in str(service_error(denied))


def test_what_is_not_found_has_the_advice_of_its_call() -> None:
    for operation, words in {"GetOperation": "operation's id", "CopySnapshot": "source", "GetDisk": "name"}.items():
        error = service_error(ClientError({"Error": {"Code": "NotFoundException"}}, operation))
        assert words in error.parts[1]
        # Only a copy of an automatic snapshot has the word on these.
        assert "seven" not in str(error)


@pytest.mark.measured
@pytest.mark.parametrize(
    ("operation", "code", "words"),
    [
        (
            "AssumeRole",
            "AccessDenied",
            "Allow the caller the action sts:AssumeRole, and name the caller in the role's",
        ),
        ("AssumeRoleWithWebIdentity", "AccessDenied", "Allow the caller the action sts:AssumeRoleWithWebIdentity"),
        ("AssumeRole", "ExpiredToken", "Renew the credentials"),
        ("AssumeRole", "Throttling", "Wait, then try again"),
        ("AssumeRole", "InternalFailure", "The service failed: try again later"),
        ("AssumeRole", "ValidationError", "The error comes from sts,"),
        ("GetRoleCredentials", "AccessDenied", "The error comes from sso,"),
        ("CreateToken", "InvalidGrantException", "The error comes from sso-oidc,"),
    ],
)
def test_an_error_of_the_service_of_the_credentials_has_its_own_advice(operation: str, code: str, words: str) -> None:
    status = 500 if code == "InternalFailure" else 403
    response: Any = {"Error": {"Code": code, "Message": "No."}, "ResponseMetadata": {"HTTPStatusCode": status}}
    error = service_error(ClientError(response, operation), "eu-west-1", "https://lightsail.example")
    assert words in error.parts[1]
    assert "lightsail" not in str(error)


@pytest.mark.parametrize(
    "code", ["ResourceLimitExceeded", "InvalidInputException", "OperationFailureException", "SnapshotLimitExceeded"]
)
def test_a_quota_of_copies_in_progress_is_a_quota(code: str) -> None:
    message = "Too many snapshot copies in progress. The limit is 5 for this destination region."
    assert type(error_of(code, message)) is QuotaExceededError


@pytest.mark.parametrize("code", ["SnapshotLimitExceeded", "ServiceQuotaExceededException", "LimitExceeded"])
def test_a_code_of_an_exceeded_limit_is_a_quota(code: str) -> None:
    assert type(error_of(code)) is QuotaExceededError


@pytest.mark.parametrize("message", ["", " ", None])
def test_an_empty_message_leaves_no_colon(message: object) -> None:
    assert error_of("ServiceException", message).parts[0] == (
        "An error occurred (ServiceException) when calling the CopySnapshot operation."
    )


def test_a_client_with_many_attempts_is_not_told_to_make_more(fake: FakeLightsail) -> None:
    client = fake.client("us-west-2", config=Config(retries={"total_max_attempts": 10}))
    fake.fail_next("GetOperation", faults.throttled(), times=10)
    with pytest.raises(ThrottledError, match=r"Rate exceeded\. Wait, then try again\.$"):
        get_operation(client, "any")
