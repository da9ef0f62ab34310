"""Which kind of client a function was given: of which service and Region, and whether its methods are awaited."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from inspect import iscoroutinefunction
from typing import Any

from lightsail_copy.errors import Problem
from lightsail_copy.messages import format_value


def region_of(client: object) -> str | None:
    """Return the Region of a client, or None where it does not have one."""
    name = getattr(getattr(client, "meta", None), "region_name", None)
    return name if isinstance(name, str) else None


def validate_client(field: str, client: object, region: object) -> list[Problem]:
    """
    Return the problem of a client that is of another Region, and so would copy into that one.

    Args:
        field: the name of the argument.
        client: the client.
        region: the Region that it must be of.
    """
    actual = region_of(client)
    if actual is None or actual == region:
        return []
    return [Problem(field, f"a client of {actual!r}", f"must be a client of the Region {str(region)!r}")]


# Each class of clients has one, and inspect is slow for a plain function.
_is_coroutine_function = lru_cache(maxsize=64)(iscoroutinefunction)


# Any: the methods of a client take and return as many types as there are operations.
def client_method(client: object, name: str, *, awaited: bool) -> Callable[..., Any]:
    """
    Return a method of a client.

    Args:
        client: the client.
        name: the method's name.
        awaited: whether its response must be awaited.

    Raises:
        TypeError: it is not a Lightsail client, or has no such method, or a client of the other kind; nothing was sent.
    """
    # EC2 has a `copy_snapshot` too. A test double may have no model, or any attribute.
    model = getattr(getattr(client, "meta", None), "service_model", None)
    service = getattr(model, "service_name", None)
    method: Callable[..., Any] | None = getattr(client, name, None)
    if method is None or (isinstance(service, str) and service != "lightsail"):
        raise TypeError(
            f"client must be a Lightsail client with the method {name}: boto3.client('lightsail', ...), not"
            f" {format_value(client)}"
        )
    # The methods of aiobotocore's clients are plain functions that return a coroutine of this one.
    make_call = getattr(type(client), "_make_api_call", None)
    is_awaited = iscoroutinefunction(method) if make_call is None else _is_coroutine_function(make_call)
    if is_awaited is awaited:
        return method
    if is_awaited:
        raise TypeError(
            f"client must be a boto3 client, but the methods of {format_value(client)} are awaited: use the function of"
            " that name in lightsail_copy.aio"
        )
    raise TypeError(
        f"client must be one whose methods are awaited, unlike those of {format_value(client)}: wrap a boto3 client"
        " with lightsail_copy.aio.in_threads(client)"
    )
