"""
What the attempts of a call came to: the typed error of what the client raised, and whether anything may have started.

A driver observes the attempts (`drivers.observing`); this module judges them. An attempt is known to have started
nothing if it failed before a byte of its request was written, or if the service responded with a 4xx or a 501.

Sources: botocore 1.35 to 1.44 (httpsession.py, endpoint.py), aiobotocore 3.10, urllib3, aiohttp.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ssl import SSLCertVerificationError, SSLError
from typing import Any, cast

from botocore import exceptions as botocore_exceptions

from lightsail_copy.errors import UnexpectedResponseError
from lightsail_copy.flows import Attempts
from lightsail_copy.messages import shorten
from lightsail_copy.outcome_errors import ServiceUnreachableError
from lightsail_copy.parsing import mapping_or_empty
from lightsail_copy.service_errors import CLIENT_ERRORS, NOT_IMPLEMENTED, SERVER_ERRORS, ServiceError, service_error

_OPERATION = "CopySnapshot"
_CONNECTION_ERRORS = (
    botocore_exceptions.HTTPClientError,
    botocore_exceptions.ConnectionError,
    botocore_exceptions.IncompleteReadError,
    ConnectionError,
    TimeoutError,
)
# No connection was made.
_NEVER_CONNECTED = (
    botocore_exceptions.EndpointConnectionError,
    botocore_exceptions.ConnectTimeoutError,
    botocore_exceptions.ProxyConnectionError,
    ConnectionRefusedError,
)
# A connection was made and broke.
_BROKEN = (botocore_exceptions.ConnectionClosedError, botocore_exceptions.ReadTimeoutError)
# A connection was made and broke, whatever the error's own class is: urllib3 1.26 takes it for an error of a proxy.
_RESET = (BrokenPipeError, ConnectionAbortedError, ConnectionResetError)
# What hides in an error of another class, where the connection could not be set up: by the server's certificate, a
# file (the CA bundle), or the settings of a proxy.
_NEVER_SET_UP = (
    SSLCertVerificationError,
    FileNotFoundError,
    IsADirectoryError,
    NotADirectoryError,
    PermissionError,
    botocore_exceptions.InvalidProxiesConfigError,
)
# What http.client and aiohttp refuse to write, before they write anything.
_ILLEGAL_IN_HEADER = re.compile(rb"\n(?![ \t])|\r(?![ \t\n])")


def typed_error(error: Exception, region_name: str | None, attempts: Attempts) -> Exception:
    """
    Return the typed error for what a client raised, or the error itself if it has none.

    Args:
        error: what the client raised.
        region_name: the client's Region.
        attempts: what was observed of the attempts.

    Returns:
        A `ServiceError`, an `UnexpectedResponseError`, a `ServiceUnreachableError`, or an error as the client raised
        it: of the set-up, or of a hook of the caller's.
    """
    if isinstance(error, botocore_exceptions.ClientError):
        return service_error(error, region_name)
    if isinstance(error, _CONNECTION_ERRORS):
        return _unreachable(error, may_have_arrived=not _started_nothing(attempts))
    if isinstance(error, botocore_exceptions.BotoCoreError):
        return error
    # botocore lets any error of its parser escape: `ResponseParserError`, but also `AttributeError`, `TypeError`, ...
    # Where nothing was observed, any other error may be one of those.
    if attempts.is_observed and attempts.request is None:
        return error
    return UnexpectedResponseError(
        f"{type(error).__name__}: {shorten(str(error))}", path="", response=_plain(attempts.response)
    )


def may_have_started(error: Exception, attempts: Attempts | None) -> bool:
    """
    Return whether the service may have started a copy, although its call raised an error.

    Args:
        error: the typed error.
        attempts: what was observed of the attempts; None if the call was not made.

    Returns:
        What was observed. Where no attempt was, as with a double: True after a retry, after any 5xx but a 501, after a
        connection that broke, and after a response that cannot be parsed.
    """
    if attempts is not None and (attempts.request is not None or attempts.started_nothing is not None):
        return not _started_nothing(attempts)
    if isinstance(error, ServiceError):
        # Credentials may come from another service, whose rejection is not one of the copy.
        is_own = error.operation_name == _OPERATION or not (attempts and attempts.is_observed)
        is_fault = error.http_status is not None and error.http_status >= SERVER_ERRORS
        return is_own and (error.retry_attempts > 0 or (is_fault and not is_rejection(error.http_status)))
    if isinstance(error, ServiceUnreachableError):
        return error.may_have_arrived
    return isinstance(error, UnexpectedResponseError)


def is_rejection(status: object) -> bool:
    """Return whether a response with a status tells that the service started nothing."""
    return isinstance(status, int) and (CLIENT_ERRORS <= status < SERVER_ERRORS or status == NOT_IMPLEMENTED)


def _started_nothing(attempts: Attempts) -> bool:
    """Return whether every attempt is known to have started nothing."""
    if attempts.request is not None and not (attempts.response and is_rejection(attempts.response["status_code"])):
        return False
    return attempts.is_observed and attempts.started_nothing is not False


def wrote_nothing(error: Exception, request: object) -> bool:
    """Return whether an attempt failed before a byte of its request was written."""
    if _is_illegal(request):
        return True
    causes = tuple(_causes(error))
    if isinstance(error, _BROKEN) or any(isinstance(each, _RESET) for each in causes):
        return False
    if isinstance(error, botocore_exceptions.EndpointConnectionError):
        # aiobotocore makes it of a connection that broke, too. If none was made, aiohttp's error has an `os_error`.
        return not any(_package(each) == "aiohttp" and not hasattr(each, "os_error") for each in causes)
    return isinstance(error, _NEVER_CONNECTED) or any(map(_is_of_set_up, causes))


def _is_of_set_up(cause: BaseException) -> bool:
    # OpenSSL's X509 library reads CA bundles, and takes no part in a connection that is made.
    if isinstance(cause, _NEVER_SET_UP) or (isinstance(cause, SSLError) and getattr(cause, "library", None) == "X509"):
        return True
    # A URL that cannot be parsed, or a certificate for another name.
    return isinstance(cause, ValueError) and _package(cause) in {"aiohttp", "urllib3"}


def _package(error: BaseException) -> str:
    return type(error).__module__.partition(".")[0]


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error of botocore's and what it was made of, which botocore's public `kwargs` have as `error`."""
    yield error
    for part in (*error.args, mapping_or_empty(getattr(error, "kwargs", None)).get("error")):
        if isinstance(part, BaseException):
            yield from _causes(part)


def _is_illegal(request: object) -> bool:
    """Return whether a prepared request has a header that no HTTP client writes."""
    headers = cast("Mapping[str, object]", getattr(request, "headers", {}))
    values = (value.encode() if isinstance(value, str) else value for value in headers.values())
    return any(isinstance(value, bytes) and _ILLEGAL_IN_HEADER.search(value) for value in values)


def _plain(response: Mapping[str, Any] | None) -> dict[str, object] | None:
    if response is None:
        return None
    headers, body = dict(response["headers"]), bytes(response["body"])
    return {"status_code": response["status_code"], "headers": headers, "body": body}


def _unreachable(error: Exception, *, may_have_arrived: bool) -> ServiceUnreachableError:
    namespace = {
        "__doc__": ServiceUnreachableError.__doc__,
        "__module__": ServiceUnreachableError.__module__,
        "_importable": ServiceUnreachableError,
    }
    bases = (ServiceUnreachableError, type(error))
    cls = cast("type[ServiceUnreachableError]", type(ServiceUnreachableError.__name__, bases, namespace))
    return cls(f"{type(error).__name__}: {shorten(str(error))}", may_have_arrived=may_have_arrived)
