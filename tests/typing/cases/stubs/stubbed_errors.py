"""With the stubs of botocore: an error of the service's is also the `ClientError` that it was before."""

from botocore.exceptions import ClientError
from types_boto3_lightsail import LightsailClient
from typing_extensions import assert_type

from lightsail_copy import (
    InvalidInputError,
    InvalidRequestError,
    LightsailCopyError,
    NameInUseError,
    NotFoundError,
    ServiceError,
    UnexpectedResponseError,
    get_operation,
)


def what_a_client_error_has(error: ServiceError) -> None:
    as_client_error: ClientError = error
    assert_type(error.operation_name, str)
    error.response.get("Error")
    error.no_such_attribute  # reject
    error.response["no_such_key"]  # reject


def one_is_not_the_other(
    ours: LightsailCopyError, refused: InvalidInputError, missing: NotFoundError, service: ServiceError
) -> None:
    as_name: NameInUseError = refused  # reject
    as_refused: InvalidInputError = missing  # reject
    as_value_error: ValueError = service  # reject
    as_service_error: ServiceError = ours  # reject


def not_every_error_is_a_client_error(invalid: InvalidRequestError, reply: UnexpectedResponseError) -> None:
    as_client_error: ClientError = invalid  # reject
    as_client_error = reply  # reject


def caught_as_before(client: LightsailClient) -> None:
    try:
        get_operation(client, "1")
    except client.exceptions.NotFoundException as error:
        assert_type(error.operation_name, str)
    except NotFoundError as error:
        assert_type(error.code, str)
    except ClientError as error:
        error.code  # reject: only ours have it
