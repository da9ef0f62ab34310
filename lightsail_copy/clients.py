"""
Clients: a faster one than boto3's own default, and one for each Region.

boto3 is imported when a client is made, and not before.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache, lru_cache
from inspect import iscoroutinefunction
from threading import Lock
from typing import Any, TypeVar, cast

from lightsail_copy.enums import RegionName
from lightsail_copy.errors import Problem
from lightsail_copy.messages import format_value
from lightsail_copy.parsing import UTC
from lightsail_copy.requests import to_region
from lightsail_copy.typing import BotoConfig, BotoSession
from lightsail_copy.validation import raise_problems, validate_region


def region_of(client: object) -> str | None:
    """Return the Region of a client, or None if it does not have one."""
    name = getattr(getattr(client, "meta", None), "region_name", None)
    return name if isinstance(name, str) else None


def endpoint_of(client: object) -> str | None:
    """Return the URL that a client calls, or None if it does not have one."""
    url = getattr(getattr(client, "meta", None), "endpoint_url", None)
    return url if isinstance(url, str) else None


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


T = TypeVar("T")

# A pool keeps only the connections that are used, so that a large one costs nothing.
_POOL_SIZE = 128
_lock = Lock()


# Any: the stubs know the client's type, but a user may have no stubs.
def make_client(
    region_name: RegionName | str, *, session: BotoSession | None = None, config: BotoConfig | None = None
) -> Any:
    """
    Return a boto3 Lightsail client that is set up for this library.

    It is an ordinary boto3 client, by public settings of botocore: parameters are not validated a second time, as
    requests are validated when they are constructed; and timestamps are parsed straight to UTC.

    Args:
        region_name: the Region; for a copy, the target Region.
        session: the boto3 session to make it from; without one, a session that the clients of this function share. A
            session of yours keeps its own parser of timestamps, because that belongs to the whole session.
        config: botocore's settings, which take precedence over those of this function.

    Raises:
        InvalidRequestError: the Region is not a Lightsail Region.
        botocore.exceptions.BotoCoreError: an error of the set-up, as botocore raised it.
    """
    from botocore.config import Config  # noqa: PLC0415 - not before it is needed

    raise_problems(validate_region("region_name", to_region(region_name)), subject="client")
    settings: Any = Config(parameter_validation=False)
    # A session is not safe to make clients from in several threads.
    with _lock:
        client: Any = (session or _shared_session()).client(
            "lightsail", region_name=str(region_name), config=settings.merge(config) if config else settings
        )
    return client


@cache
def _shared_session() -> Any:
    import boto3  # noqa: PLC0415 - not before it is needed
    import botocore.session  # noqa: PLC0415 - not before it is needed

    session = botocore.session.get_session()
    # The AWS CLI sets its own parser of timestamps in this way.
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_parse_timestamp)
    return boto3.Session(botocore_session=session)


def _parse_timestamp(value: Any) -> datetime:
    if isinstance(value, (int, float)):
        try:
            return datetime.fromtimestamp(value, UTC)
        # Outside of what the platform converts: botocore may know more.
        except (ValueError, OverflowError, OSError):
            pass
    from botocore.utils import parse_timestamp  # noqa: PLC0415 - only for a rare form

    return parse_timestamp(cast("Any", value)).astimezone(UTC)


def make_clients(session: BotoSession | None = None, config: BotoConfig | None = None) -> Callable[[str], Any]:
    """
    Return a function that returns the client of a Region, and makes it on first use.

    Its clients are those of `make_client`, with one attempt for each call and a large pool of connections: a fleet
    makes its own retries, within its rate.

    Args:
        session: as for `make_client`.
        config: as for `make_client`.
    """

    def client_for(region_name: str) -> Any:
        from botocore.config import Config  # noqa: PLC0415 - not before it is needed

        settings: Any = Config(retries={"total_max_attempts": 1}, max_pool_connections=_POOL_SIZE)
        return make_client(region_name, session=session, config=settings.merge(config) if config else settings)

    return once_for_each_region(client_for)


def once_for_each_region(find: Callable[[str], T]) -> Callable[[str], T]:
    """
    Return a function that finds the client of a Region, once for each Region, and never in two threads at a time.

    Args:
        find: finds or makes the client of a Region. If it raises an error, the next call tries again.
    """
    found: dict[str, T] = {}
    lock = Lock()

    def find_client(region_name: str) -> T:
        with lock:
            if region_name not in found:
                client = find(region_name)
                raise_problems(validate_client(f"clients({region_name!r})", client, region_name), subject="fleet")
                found[region_name] = client
            return found[region_name]

    return find_client
