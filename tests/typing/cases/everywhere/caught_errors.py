"""Errors are caught by their families, and say what they know with its type."""

from typing import Any

from typing_extensions import assert_type

from lightsail_copy import (
    AccessDeniedError,
    AccountSetupInProgressError,
    CopyFailedError,
    InvalidInputError,
    InvalidRequestError,
    LightsailCopyError,
    NameInUseError,
    NotFoundError,
    Operation,
    OperationFailureError,
    Problem,
    QuotaExceededError,
    RegionSetupInProgressError,
    ServiceError,
    ServiceFaultError,
    SnapshotCopyRequest,
    ThrottledError,
    UnauthenticatedError,
    UnexpectedResponseError,
    UnknownOutcomeError,
    WaitTimeoutError,
    get_operation,
)
from lightsail_copy.typing import OperationClient


def of_a_request(error: InvalidRequestError) -> None:
    assert_type(error.problems, tuple[Problem, ...])
    assert_type(error.problems[0].field, str)
    assert_type(error.problems[0].given, str)
    assert_type(error.problems[0].rule, str)
    assert_type(error.problems[0].remedy, str)
    as_value_error: ValueError = error
    as_ours: LightsailCopyError = error
    error.problems.append(error.problems[0])  # reject: a tuple


def of_the_service(error: ServiceError) -> None:
    assert_type(error.code, str)
    assert_type(error.message, str)
    assert_type(error.docs, str | None)
    assert_type(error.tip, str | None)
    assert_type(error.detail_code, str | None)
    assert_type(error.request_id, str | None)
    assert_type(error.http_status, int | None)
    assert_type(error.retry_attempts, int)
    assert_type(error.operations, tuple[Operation, ...])
    as_ours: LightsailCopyError = error
    error.tip.lower()  # reject: it may be None
    error.http_status + 1  # reject: see above
    error.code + 1  # reject


def of_a_reply(error: UnexpectedResponseError) -> None:
    assert_type(error.path, str)
    assert_type(error.response, object)
    as_ours: LightsailCopyError = error
    as_service_error: ServiceError = error  # reject
    error.response["operations"]  # reject: it may be anything


def of_an_outcome(error: UnknownOutcomeError) -> None:
    assert_type(error.request, SnapshotCopyRequest)
    as_ours: LightsailCopyError = error


def of_a_wait(failed: CopyFailedError, late: WaitTimeoutError) -> None:
    assert_type(failed.operations, tuple[Operation, ...])
    assert_type(failed.failed, tuple[Operation, ...])
    assert_type(late.operations, tuple[Operation, ...])
    assert_type(late.waited, float)
    as_time_out: TimeoutError = late
    as_ours: list[LightsailCopyError] = [failed, late]
    failed.waited  # reject: of the other
    late.failed  # reject: of the other


def by_their_families(
    access: AccessDeniedError,
    account: AccountSetupInProgressError,
    refused: InvalidInputError,
    name: NameInUseError,
    quota: QuotaExceededError,
    missing: NotFoundError,
    failure: OperationFailureError,
    region: RegionSetupInProgressError,
    fault: ServiceFaultError,
    credentials: UnauthenticatedError,
    throttled: ThrottledError,
) -> None:
    of_the_service_1: list[ServiceError] = [access, account, refused, name, quota, missing]
    of_the_service_2: list[ServiceError] = [failure, region, fault, credentials, throttled]
    of_refused_input: list[InvalidInputError] = [name, quota]


def caught(client: OperationClient) -> None:
    try:
        get_operation(client, "1")
    except InvalidRequestError as error:
        assert_type(error.problems, tuple[Problem, ...])
    except NameInUseError as error:
        assert_type(error.code, str)
    except (ThrottledError, ServiceFaultError) as error:
        assert_type(error.http_status, int | None)
    except LightsailCopyError as error:
        # The base class is built below Operation.
        assert_type(error.operations, tuple[Any, ...])
        error.code  # reject: not every error is the service's


def an_error_is_no_problem_without_its_fields() -> None:
    Problem(field="a", given="b", rule="c", remedy="d")
    Problem(field="a", given="b")  # reject
    InvalidRequestError("message")  # reject
