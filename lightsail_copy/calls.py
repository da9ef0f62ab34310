"""
One call of a client: ask, and turn whatever botocore raises into what a caller can act on.

A client's settings (re-sends, timeouts, proxies) are its owner's and are left alone, and nothing is registered with it:
what botocore does not say of a call that went wrong is read from the traceback of its error.
"""

from __future__ import annotations

from traceback import walk_tb
from typing import Any

from botocore import exceptions as botocore_exceptions

from lightsail_copy.errors import UnexpectedResponseError
from lightsail_copy.reading import shown
from lightsail_copy.wire import service_error

# A connection that could not be made or that broke: a request may have arrived all the same.
BROKEN_CONNECTION = (
    botocore_exceptions.HTTPClientError,
    botocore_exceptions.ConnectionError,
    botocore_exceptions.IncompleteReadError,
    ConnectionError,
    TimeoutError,
)


# Any: the parameters and the reply are of as many types as there are operations.
def call(client: object, method: str, parameters: Any) -> Any:  # noqa: ANN401 - see above
    """
    Call a method of a Lightsail client.

    Args:
        client: the client.
        method: the method's name.
        parameters: its parameters, under their wire names.

    Returns:
        What the client returned.

    Raises:
        TypeError: the client is none of Lightsail's; nothing was sent.
        ServiceError: the service refused, or failed.
        UnexpectedResponseError: a reply came which botocore's own parser stumbled over.
    """
    function = getattr(client, method, None)
    if function is None or _service_of(client) not in {None, "lightsail"}:
        raise TypeError(
            f"client is {shown(client)}, but it must be a boto3 client of Lightsail: boto3.client('lightsail', ...)"
        )
    try:
        return function(**parameters)
    except botocore_exceptions.ClientError as error:
        raise service_error(error) from error
    except Exception as error:
        unreadable = _unreadable_reply(error)
        if unreadable is None:
            raise
        raise unreadable from error


def _service_of(client: object) -> str | None:
    """Name the service of a boto3 client (EC2 has a `copy_snapshot` too), or None for what is not one."""
    model = getattr(getattr(client, "meta", None), "service_model", None)
    name = getattr(model, "service_name", None)
    # A test double may have any attribute, whatever is asked for.
    return name if isinstance(name, str) else None


def _unreadable_reply(error: Exception) -> UnexpectedResponseError | None:
    """
    Return the typed error of a reply that botocore's own parser stumbled over, or None where no reply had come.

    botocore lets whatever its parser raises escape (`ResponseParserError`, but also `AttributeError`, `TypeError`,
    `ValueError`, ...), and drops the reply.
    """
    reply = _local_of(error, "_do_get_response", "response_dict")
    if reply is None:
        return None
    response = {"status_code": reply["status_code"], "headers": dict(reply["headers"]), "body": bytes(reply["body"])}
    return UnexpectedResponseError(f"botocore says {shown(error)}", path="", response=response)


def sent_before(error: Exception) -> bool:
    """Tell whether botocore had sent the request before an error kept it from being sent again."""
    attempts = _local_of(error, "_send_request", "attempts")
    return attempts is not None and attempts > 1


def _local_of(error: Exception, function: str, name: str) -> Any:  # noqa: ANN401 - botocore's own, of any type
    """Return a local variable of the function of `botocore.endpoint` that an error came through, or None."""
    for frame, _ in walk_tb(error.__traceback__):
        if frame.f_code.co_name == function and frame.f_globals.get("__name__") == "botocore.endpoint":
            return frame.f_locals.get(name)
    return None
