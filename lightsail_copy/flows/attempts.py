"""
What botocore raised, and what it hides: how often a request was sent, and which response it could not parse.

botocore's public errors do not say this; the frames of its traceback do. aiobotocore has the same functions, with the
same names of variables, in `aiobotocore.endpoint`. A client of `make_client` also keeps the outcome of each attempt.

Sources: botocore 1.35 to 1.44, aiobotocore 3.10.
"""

from __future__ import annotations

from collections.abc import Mapping
from traceback import walk_tb
from typing import Any, cast

from botocore import exceptions as botocore_exceptions

from lightsail_copy.errors import UnexpectedResponseError
from lightsail_copy.messages import shorten
from lightsail_copy.outcome_errors import ServiceUnreachableError
from lightsail_copy.parsing import mapping_or_empty
from lightsail_copy.service_errors import CLIENT_ERRORS, SERVER_ERRORS, ServiceError, service_error

# The key, in the context of a request, under which a client of make_client keeps the outcome of each attempt.
OUTCOMES_KEY = "lightsail_copy.outcomes"
_CONNECTION_ERRORS = (
    botocore_exceptions.HTTPClientError,
    botocore_exceptions.ConnectionError,
    botocore_exceptions.IncompleteReadError,
    ConnectionError,
    TimeoutError,
)
# No connection was made: the attempt sent nothing.
_NEVER_CONNECTED = (
    botocore_exceptions.EndpointConnectionError,
    botocore_exceptions.ConnectTimeoutError,
    botocore_exceptions.ProxyConnectionError,
    ConnectionRefusedError,
)
_ENDPOINTS = {"botocore.endpoint", "aiobotocore.endpoint"}
_CLIENTS = {"botocore.client", "aiobotocore.client"}


def typed_error(error: Exception, region_name: str | None) -> Exception:
    """
    Return the typed error for what a client raised, or the error itself if it has none.

    Args:
        error: what the client raised.
        region_name: the client's Region.

    Returns:
        A `ServiceError`, an `UnexpectedResponseError`, a `ServiceUnreachableError`, or an error of the set-up as
        botocore raised it.
    """
    if isinstance(error, botocore_exceptions.ClientError):
        return service_error(error, region_name)
    if isinstance(error, _CONNECTION_ERRORS):
        return _unreachable(error)
    return _unparseable(error) or error


def may_have_started(error: Exception) -> bool:
    """
    Return whether the service may have started what was requested, although the call raised an error.

    Args:
        error: the typed error, with its traceback.

    Returns:
        True after a retry whose earlier attempts are not known to have failed before any work, after any 5xx, after
        a connection that broke, and after a response that cannot be parsed.
    """
    if isinstance(error, ServiceError):
        if error.http_status is not None and error.http_status >= SERVER_ERRORS:
            return True
        return error.retry_attempts > 0 and not _all_known_unstarted(error.__cause__ or error)
    if isinstance(error, ServiceUnreachableError):
        return error.may_have_arrived
    if isinstance(error, UnexpectedResponseError):
        return True
    return _was_sent_before(error)


def record_outcomes(client: Any) -> None:  # noqa: ANN401 - boto3 makes its client classes at run time
    """
    Make a client record the outcome of each attempt of a copy, as the clients of `make_client` do.

    If nothing was sent, a copy then raises `ServiceUnreachableError`.

    Args:
        client: a boto3 Lightsail client of your own.
    """
    client.meta.events.register("response-received.lightsail.CopySnapshot", _record_outcome)


def _record_outcome(
    context: dict[str, Any], exception: Exception | None, response_dict: Mapping[str, Any] | None, **_: object
) -> None:
    """Keep the outcome of one attempt: a handler of botocore's event `response-received`."""
    status = None if response_dict is None else response_dict.get("status_code")
    never_connected = isinstance(exception, _NEVER_CONNECTED)
    rejected = isinstance(status, int) and CLIENT_ERRORS <= status < SERVER_ERRORS
    context.setdefault(OUTCOMES_KEY, []).append(never_connected or rejected)


def _unreachable(error: Exception) -> ServiceUnreachableError:
    single = isinstance(error, _NEVER_CONNECTED) and _attempts(error) == 1
    namespace = {
        "__doc__": ServiceUnreachableError.__doc__,
        "__module__": ServiceUnreachableError.__module__,
        "_importable": ServiceUnreachableError,
    }
    bases = (ServiceUnreachableError, type(error))
    cls = cast("type[ServiceUnreachableError]", type(ServiceUnreachableError.__name__, bases, namespace))
    return cls(
        f"{type(error).__name__}: {shorten(str(error))}",
        may_have_arrived=not (single or _all_known_unstarted(error)),
    )


def _unparseable(error: Exception) -> UnexpectedResponseError | None:
    """
    Return the typed error of a response that botocore's own parser failed on, or None where there was no response.

    botocore lets any error of its parser escape (`ResponseParserError`, but also `AttributeError`, `TypeError`,
    `ValueError`, ...), and drops the response.
    """
    found = _local(error, _ENDPOINTS, "_do_get_response", "response_dict")
    if found is None:
        return None
    response = {"status_code": found["status_code"], "headers": dict(found["headers"]), "body": bytes(found["body"])}
    return UnexpectedResponseError(f"{type(error).__name__}: {shorten(str(error))}", path="", response=response)


def _was_sent_before(error: Exception) -> bool:
    attempts = _attempts(error)
    return attempts is not None and attempts > 1 and not _all_known_unstarted(error)


def _attempts(error: BaseException) -> int | None:
    attempts = _local(error, _ENDPOINTS, "_send_request", "attempts")
    return attempts if isinstance(attempts, int) else None


def _all_known_unstarted(error: BaseException) -> bool:
    """Return whether every attempt is known to have failed before the service did any work."""
    context = _local(error, _CLIENTS, "_make_api_call", "request_context")
    outcomes = cast("list[bool]", mapping_or_empty(context).get(OUTCOMES_KEY, []))
    return bool(outcomes) and all(outcomes)


def _local(error: BaseException, modules: set[str], function: str, name: str) -> Any:  # noqa: ANN401 - any type
    """Return a local variable of a function of botocore's that an error came through, or None."""
    for frame, _ in walk_tb(error.__traceback__):
        if frame.f_code.co_name == function and frame.f_globals.get("__name__") in modules:
            return frame.f_locals.get(name)
    return None
