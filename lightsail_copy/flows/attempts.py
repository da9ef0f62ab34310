"""
The outcome of a call's attempts: the typed error for what the client raised, and whether anything may have started.

A driver observes the attempts (`drivers.observing`); this module judges them. An attempt is known to have started
nothing if it failed before a byte of its request was written, or if the service responded with a 4xx or a 501.

Sources: botocore 1.35 to 1.44 (httpsession.py, endpoint.py), aiobotocore 3.10, urllib3, aiohttp.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from botocore import exceptions as botocore_exceptions

from lightsail_copy.errors import (
    UnexpectedResponseError,
    chain_of,
    combined_class,
    describe_error,
    evolve,
    message_of,
    shorten,
)
from lightsail_copy.flows import Attempts
from lightsail_copy.operations import CopySnapshotResult
from lightsail_copy.outcome_errors import ServiceUnreachableError
from lightsail_copy.parsing import mapping_or_empty, operation_ids
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
# A connection was made and broke, whatever the error's own class is: urllib3 1.26 reports it as a proxy error.
_RESET = (BrokenPipeError, ConnectionAbortedError, ConnectionResetError)
_NO_FILE = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
# http.client and aiohttp reject these line breaks before they write anything.
_ILLEGAL_IN_HEADER = re.compile(rb"\n(?![ \t])|\r(?![ \t\n])")
_BAD_URL = re.compile(r"Invalid IPv6 URL|Port (could not|out of)|^netloc |does not appear to be an IPv[46]")
# A password may have any character but white space; botocore hides some with asterisks.
_USER_OF_URL = re.compile(r"//(?!\*+(:\*+)?@)[^\s\"'<>]*@")
# What an error keeps of a response, as plain values.
_KEPT: Mapping[str, Callable[[Any], object]] = {"status_code": int, "headers": dict, "body": bytes}
# OpenSSL's reasons for which a handshake fails: then no request is read.
_OF_HANDSHAKE = {
    "NO_PROTOCOLS_AVAILABLE",
    "SSLV3_ALERT_HANDSHAKE_FAILURE",
    "TLSV1_ALERT_PROTOCOL_VERSION",
    "UNSUPPORTED_PROTOCOL",
}
_CERTIFICATES = "Check AWS_CA_BUNDLE (or client_cert): it must name a file of certificates that can be read."
_ILLEGAL_HEADER = "Remove the line break from the access key, the session token, or the User-Agent."


def typed_error(
    error: Exception, attempts: Attempts, region_name: str | None = None, endpoint: str | None = None
) -> Exception:
    """
    Return the typed error for what a client raised.

    It is a `ServiceError`, an `UnexpectedResponseError`, a `ServiceUnreachableError`, or the error itself: a setup
    error, or one of the caller's hook.
    """
    if isinstance(error, botocore_exceptions.ClientError):
        return service_error(error, region_name, endpoint and hide_password(endpoint))
    if isinstance(error, _CONNECTION_ERRORS):
        return _unreachable(error, attempts)
    if isinstance(error, botocore_exceptions.BotoCoreError):
        return error
    # botocore lets any error of its parser escape: `ResponseParserError`, but also `AttributeError`, `TypeError`, ...
    # If the call was not observed, any other error may be one of those.
    if attempts.is_observed and attempts.request is None:
        return error
    raw = attempts.response
    response = raw and {name: make(raw[name]) for name, make in _KEPT.items()}
    if _is_parsable(response):
        return error
    fault = shorten(describe_error(error))
    return UnexpectedResponseError(fault, path="", response=response, operation_ids=operation_ids(response))


def may_have_started(error: Exception, attempts: Attempts | None) -> bool:
    """
    Return whether the service may have started a copy, although its call raised an error.

    If no attempt was observed, as with a double, it may have after a retry, any 5xx but a 501, a broken connection, or
    a response that cannot be parsed.
    """
    if attempts is not None and (attempts.request is not None or attempts.started_nothing is not None):
        return not _started_nothing(attempts)
    if isinstance(error, ServiceError):
        # Credentials may come from another service, whose rejection is not the copy's.
        is_own = error.operation_name == _OPERATION or not (attempts and attempts.is_observed)
        is_fault = error.http_status is not None and error.http_status >= SERVER_ERRORS
        return is_own and (error.retry_attempts > 0 or (is_fault and not is_rejection(error.http_status)))
    if isinstance(error, ServiceUnreachableError):
        return error.may_have_arrived
    return isinstance(error, UnexpectedResponseError)


def is_rejection(status: object) -> bool:
    """Return whether an HTTP status shows that the service started nothing."""
    return isinstance(status, int) and (CLIENT_ERRORS <= status < SERVER_ERRORS or status == NOT_IMPLEMENTED)


def _started_nothing(attempts: Attempts) -> bool:
    """Return whether every attempt is known to have started nothing."""
    if attempts.request is not None and not (attempts.response and is_rejection(attempts.response["status_code"])):
        return False
    return attempts.is_observed and attempts.started_nothing is not False


def wrote_nothing(error: Exception) -> bool:
    """Return whether an attempt whose error has no remedy failed before a byte of its request was written."""
    causes = tuple(_causes(error))
    # By its module, because ssl takes long to import.
    if any(_package(each) == "ssl" and getattr(each, "reason", None) in _OF_HANDSHAKE for each in causes):
        return True
    if isinstance(error, _BROKEN) or any(isinstance(each, _RESET) for each in causes):
        return False
    if isinstance(error, botocore_exceptions.EndpointConnectionError):
        # aiobotocore raises it for a broken connection too. If none was made, aiohttp's error has an `os_error`.
        return not any(_package(each) == "aiohttp" and not hasattr(each, "os_error") for each in causes)
    return isinstance(error, _NEVER_CONNECTED)


def remedy_of(error: Exception, request: object) -> str | None:
    """Return what to change in the setup so that an attempt can be sent, or None."""
    if _is_illegal(request):
        return _ILLEGAL_HEADER
    causes = tuple(_causes(error))
    if any(isinstance(each, _RESET) for each in causes):
        return None
    return next(filter(None, map(_remedy_of_cause, causes)), None)


def _remedy_of_cause(cause: BaseException) -> str | None:
    # The import is slow, and only an error needs it.
    from ssl import SSLCertVerificationError, SSLError  # noqa: PLC0415 - see above

    # urllib3 matches host names itself, and raises its own ValueError.
    if isinstance(cause, SSLCertVerificationError) or type(cause).__name__ == "CertificateError":
        return (
            "The certificate is not trusted: set AWS_CA_BUNDLE to the certificates of the proxy or of the endpoint,"
            " and check the endpoint's name."
        )
    # OpenSSL's X509 library parses a CA bundle, its SSL library a client's certificate.
    is_of_file = getattr(cause, "library", None) == "X509" or "PEM lib" in message_of(cause)
    if isinstance(cause, _NO_FILE) or (isinstance(cause, SSLError) and is_of_file):
        return _CERTIFICATES
    if _is_of_url(cause) or isinstance(cause, botocore_exceptions.InvalidProxiesConfigError):
        return "Check the URLs of the proxy (HTTPS_PROXY) and of the endpoint."
    return None


def _is_of_url(cause: BaseException) -> bool:
    """Return whether an error says that a URL cannot be parsed: urllib3's, aiohttp's, or the standard library's."""
    if not isinstance(cause, ValueError):
        # By name, because http.client takes long to import.
        return type(cause).__name__ == "InvalidURL"
    return _package(cause) in {"aiohttp", "urllib3"} or _BAD_URL.search(str(cause)) is not None


def _package(error: BaseException) -> str:
    return type(error).__module__.partition(".")[0]


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that caused it: its arguments, and `error` in botocore's public `kwargs`."""
    yield error
    for part in (*error.args, mapping_or_empty(getattr(error, "kwargs", None)).get("error")):
        if isinstance(part, BaseException):
            yield from _causes(part)


def _is_illegal(request: object) -> bool:
    """Return whether a prepared request has a header that no HTTP client writes."""
    headers = cast("Mapping[str, object]", getattr(request, "headers", {}))
    values = (value.encode() if isinstance(value, str) else value for value in headers.values())
    return any(isinstance(value, bytes) and _ILLEGAL_IN_HEADER.search(value) for value in values)


def _is_parsable(response: Mapping[str, Any] | None) -> bool:
    """Return whether a raw response is that of a copy: then the error comes from a caller's hook or a logger."""
    try:
        CopySnapshotResult.from_dict(json.loads(response["body"] if response else b""))
    # JSON that is malformed, too deep, or not of a copy.
    except (ValueError, RecursionError, UnexpectedResponseError):
        return False
    return True


def _unreachable(error: Exception, attempts: Attempts) -> ServiceUnreachableError:
    cls = combined_class(ServiceUnreachableError, type(error))
    is_header = attempts.remedy == _ILLEGAL_HEADER
    text = type(error).__name__ if is_header else shorten(hide_password(describe_error(error)))
    how: dict[str, Any] = {} if attempts.remedy is None else {"may_pass": False, "remedy": attempts.remedy}
    made = cls(text, may_have_arrived=not _started_nothing(attempts), **how)
    if is_header or not isinstance(error, botocore_exceptions.BotoCoreError):
        return made
    # Only strings: a request's headers contain secrets.
    given = mapping_or_empty(getattr(error, "kwargs", None))
    kwargs = {name: hide_password(value) for name, value in given.items() if isinstance(value, str)}
    return evolve(made, *made.parts, kwargs=kwargs)


def is_secret(error: BaseException, attempts: Attempts) -> bool:
    """Return whether an error may show a secret: in a header that cannot be sent, or in a URL with a password."""
    if attempts.remedy == _ILLEGAL_HEADER:
        return True
    return any(_USER_OF_URL.search(message_of(each)) for each in chain_of(error))


def hide_password(text: str) -> str:
    """Return a text without the user names and passwords of its URLs."""
    return _USER_OF_URL.sub("//***@", text)
