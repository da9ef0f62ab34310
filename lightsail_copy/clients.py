"""
Clients: one that starts faster than boto3's own, and one for each Region.

botocore is imported only when a client is made. boto3 is not imported at all, but its default session is used if there
is one.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import cache
from inspect import iscoroutinefunction, signature
from threading import Lock
from typing import Any, cast
from weakref import WeakKeyDictionary

from lightsail_copy.enums import RegionName
from lightsail_copy.errors import Problem, format_value
from lightsail_copy.forks import import_lock, once_for_each, register_components, replaced_components
from lightsail_copy.parsing import UTC
from lightsail_copy.requests import to_region
from lightsail_copy.typing import BotoConfig, BotoSession
from lightsail_copy.validation import raise_problems, validate_region

# A pool keeps only the connections that are used, so a large one costs nothing.
_POOL_SIZE = 128
# Components of a botocore session.
_PARSERS, _LOADER = "response_parser_factory", "data_loader"


def region_of(client: object) -> str | None:
    """Return the Region of a client, or None if it does not have one."""
    return _text(getattr(getattr(client, "meta", None), "region_name", None))


def endpoint_of(client: object) -> str | None:
    """Return the URL that a client calls, or None if it does not have one."""
    return _text(getattr(getattr(client, "meta", None), "endpoint_url", None))


def _text(value: object) -> str | None:
    # By type: a string's mock from `create_autospec` passes `isinstance`.
    return value if type(value) is str else None


def validate_client(field: str, client: object, region: object) -> list[Problem]:
    """Return a problem if a client is not of the given Region, and so would copy into its own."""
    actual = region_of(client)
    if actual is None or actual == region:
        return []
    return [Problem(field, f"a client of {actual!r}", f"must be a client of the Region {str(region)!r}")]


# Any: the methods of a client take and return as many types as there are operations.
def client_method(client: object, name: str, parameters: Iterable[str], *, awaited: bool) -> Callable[..., Any]:
    """
    Return a client's method, if it takes these wire names and is awaited or not, as `awaited` says.

    Raises:
        TypeError: the client is not Lightsail's, lacks the method, is of the other kind (sync or async), or takes other
            parameters, as another library's does; nothing was sent.
    """
    # EC2 has a `copy_snapshot` too. A test double may have no model, or any attribute.
    model = getattr(getattr(client, "meta", None), "service_model", None)
    service = _text(getattr(model, "service_name", None))
    method: Callable[..., Any] | None = getattr(client, name, None)
    if method is None or service not in {None, "lightsail"}:
        raise TypeError(
            f"client must be a Lightsail client with the method {name}: boto3.client('lightsail', ...), not"
            f" {format_value(client)}"
        )
    if service is None:
        _require_parameters(client, name, method, parameters)
    # aiobotocore's methods are plain functions that return a coroutine; only `close` is a coroutine function.
    is_awaited = iscoroutinefunction(method) or iscoroutinefunction(getattr(type(client), "close", None))
    if is_awaited is awaited:
        return method
    if awaited:
        raise TypeError(
            f"client must be one whose methods are awaited, unlike those of {format_value(client)}: wrap a boto3 client"
            " with lightsail_copy.aio.in_threads(client)"
        )
    raise TypeError(
        f"client must be a boto3 client, but the methods of {format_value(client)} are awaited: use the function of"
        " that name in lightsail_copy.aio"
    )


def _require_parameters(client: object, name: str, method: Callable[..., Any], parameters: Iterable[str]) -> None:
    """Raise an error if a method does not take the wire names; boto3's methods take any keyword."""
    names = tuple(parameters)
    try:
        takes = signature(method)
    except (TypeError, ValueError):  # a mock, or a method that is not written in Python, may have no signature
        return
    try:
        takes.bind(**dict.fromkeys(names))
    except TypeError:
        raise TypeError(
            f"client must take the parameters of {name} as keywords with their names in the API ({', '.join(names)}),"
            f" as the clients of boto3 and aiobotocore do, unlike {format_value(client)}, whose method takes {takes}:"
            " make one with boto3.client('lightsail', ...)"
        ) from None


# Any: the stubs know the client's type, but a user may have no stubs.
def make_client(
    region_name: RegionName | str,
    *,
    session: BotoSession | None = None,
    config: BotoConfig | None = None,
    endpoint_url: str | None = None,
) -> Any:
    """
    Return a Lightsail client that is set up for this library.

    It has the class that `boto3.client` returns, with the same credentials, endpoint, retries, and User-Agent. Through
    public settings of botocore, it starts faster, parses timestamps straight to UTC, and does not validate parameters
    again, because requests are validated when they are constructed.

    Each client resolves its own credentials. To sign in only once for several clients (with MFA, for example), make
    them with one `session`, or with `make_clients`.

    Args:
        region_name: the Region; for a copy, the target Region.
        session: the boto3 session to use; without one, boto3's default session if it exists, as after
            `boto3.setup_default_session` or `boto3.client`. Without either, the client has the settings that
            `boto3.client` would find now.
        config: botocore's settings, which take precedence over those of this function.
        endpoint_url: the URL to call instead of AWS's, such as an emulator's; AWS_ENDPOINT_URL sets one too.

    Raises:
        InvalidRequestError: the Region is not a Lightsail Region.
        TypeError: `session` or `config` is of another type.
        botocore.exceptions.BotoCoreError: a setup error, as botocore raised it.

    Example:
        >>> client = make_client("us-west-2")
        >>> [snapshot.name for snapshot in list_snapshots(client)][0]
        'web-1-2025-12-31'
    """
    raise_problems(validate_region("region_name", to_region(region_name)), subject="client")
    used: Any = _find_session() if session is None else session
    # boto3's method, or botocore's.
    make: Callable[..., Any] | None = getattr(used, "client", None) or getattr(used, "create_client", None)
    if make is None:
        raise TypeError(
            "session must be a boto3 session, such as boto3.Session(profile_name='backup'), not"
            f" {format_value(session)}"
        )
    core = _core_of(used)
    merged = _merged(_settings_for(core), config)
    elsewhere = {} if endpoint_url is None else {"endpoint_url": endpoint_url}
    lock = _locks.setdefault(core, {}).setdefault(os.getpid(), Lock())
    with lock, _set_up(core):
        return make("lightsail", region_name=str(region_name), config=merged, **elsewhere)


def make_clients(session: BotoSession | None = None, config: BotoConfig | None = None) -> Callable[[str], Any]:
    """
    Return a function that returns the client of a Region, and makes it on first use.

    The clients, and the errors of making one, are those of `make_client`; but each call has one attempt, because a
    fleet retries within its own rate, and the connection pool is large. With these settings, botocore ignores the
    connect timeout of AWS_DEFAULTS_MODE. The clients share a session, and so its credentials. After a fork, the child
    process makes new clients.

    Args:
        session: as for `make_client`; without one, the session is found when the first client is made.
        config: as for `make_client`.
    """
    find_session: Callable[[str], Any] = once_for_each(lambda _: _find_session() if session is None else session)

    def client_for(region_name: str) -> Any:
        settings = _make_config(retries={"total_max_attempts": 1}, max_pool_connections=_POOL_SIZE)
        return make_client(region_name, session=find_session("session"), config=_merged(settings, config))

    return once_for_each(client_for)


# By session and process: a session must not make clients in several threads at once.
_locks: WeakKeyDictionary[Any, dict[int, Lock]] = WeakKeyDictionary()
# The botocore sessions within boto3's.
_cores: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


def _settings_for(core: Any) -> Any:
    """Return the settings of a client, or None if they would override others of the user's session."""
    # With a Config of any kind, botocore ignores the connect timeout of AWS_DEFAULTS_MODE.
    if hasattr(core, "get_config_variable") and core.get_config_variable("defaults_mode").lower() != "legacy":
        return None
    return _make_config(parameter_validation=False)


def _merged(settings: Any, config: Any) -> Any:
    """Return settings with those of the caller, which take precedence; each may be None."""
    if config is not None and not hasattr(config, "merge"):
        raise TypeError(f"config must be a botocore.config.Config, not {format_value(config)}")
    return settings.merge(config) if settings and config else settings or config


def _make_config(**settings: object) -> Any:
    with import_lock:
        from botocore.config import Config
    return Config(**cast("dict[str, Any]", settings))


def _find_session() -> Any:
    """Return the session that `boto3.client` would use now, or a new one like it."""
    default = getattr(sys.modules.get("boto3"), "DEFAULT_SESSION", None)
    if default is not None:
        return default
    with import_lock:
        import botocore.session
    session = botocore.session.get_session()
    if session.user_agent_name == "Botocore":  # as boto3 does it
        extra = (session.user_agent_extra, f"Botocore/{session.user_agent_version}")
        session.user_agent_extra = " ".join(filter(None, extra))
        session.user_agent_name, session.user_agent_version = "Boto3", _boto3_version()
    # For good: the session is ours, and may make clients of STS or SSO for its credentials.
    register_components(session, _fast_loader(session.get_component(_LOADER)))
    return session


def _core_of(session: Any) -> Any:
    """Return the botocore session that a boto3 session wraps; any other session is returned as it is."""
    if not hasattr(session, "events"):
        return session
    # Once for each session, in one thread at a time: a client made meanwhile would copy the handler.
    with import_lock:
        return _cores.get(session) or _cores.setdefault(session, _find_core(session))


def _find_core(session: Any) -> Any:
    found: list[Any] = [session]

    def keep(session: object, **_: object) -> None:
        found.append(session)

    # boto3 has no public name for it, but botocore's events pass it.
    event = "service-data-loaded.lightsail"
    session.events.register(event, keep)
    try:
        session.get_available_regions("lightsail")
    finally:
        session.events.unregister(event, keep)
    return found[-1]


def _set_up(core: Any) -> AbstractContextManager[None]:
    """Let a session make a client that starts fast, with timestamps in UTC; its other clients do not change."""
    if not hasattr(core, "register_component"):  # a double
        return nullcontext()
    with import_lock:
        # It makes the first SSL context; with that, OpenSSL initializes itself, and takes locks of its own.
        core.get_component("credential_provider")
    return replaced_components(core, {_PARSERS: _utc_parsers(), **_fast_loader(core.get_component(_LOADER))})


def _utc_parsers() -> Any:
    from botocore.parsers import ResponseParserFactory

    parsers = ResponseParserFactory()
    # The AWS CLI sets its own parser of timestamps in this way.
    parsers.set_parser_defaults(timestamp_parser=_parse_timestamp)
    return parsers


@cache
def _boto3_version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("boto3")
    except PackageNotFoundError:  # pragma: no cover - an installation without metadata
        with import_lock:
            import boto3
        return boto3.__version__


def _fast_loader(loader: Any) -> Mapping[str, Any]:
    """Return a faster loader of the same data, as a component, if a session has botocore's own."""
    from botocore.loaders import JSONFileLoader, Loader

    is_own = type(loader) is Loader and type(loader.file_loader) is JSONFileLoader
    return {_LOADER: _data_loader(*loader.search_paths)} if is_own else {}


# The service's data is slow to load, and depends only on the folders that it is read from.
@cache
def _data_loader(*search_paths: str) -> Any:
    import gzip
    import json
    from os import scandir
    from pathlib import Path

    from botocore.loaders import JSONFileLoader, Loader, instance_cache

    class JsonFiles(JSONFileLoader):
        """botocore's data files, parsed into plain dicts: its OrderedDicts take twice as long."""

        def load_file(self, file_path: str) -> Any:
            """Return the data of a file, given without its extension, or None if it does not exist."""
            for path, open_file in ((Path(f"{file_path}.json"), open), (Path(f"{file_path}.json.gz"), gzip.open)):
                if path.is_file():
                    with open_file(path, "rb") as file:
                        return json.loads(file.read())
            return None

    class DataLoader(Loader):
        """A loader that finds a service without opening the folder of every other."""

        @instance_cache
        def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002 - the folders of all types
            """Return the names of all folders: `load_service_model` needs them to report an unknown service."""
            return sorted({entry.name for path in search_paths if Path(path).is_dir() for entry in scandir(path)})

    return DataLoader(list(search_paths), file_loader=JsonFiles(), include_default_search_paths=False)


def _parse_timestamp(value: Any) -> datetime:
    if isinstance(value, (int, float)):
        try:
            return datetime.fromtimestamp(value, UTC)
        # Outside the platform's range: botocore may still parse it.
        except (ValueError, OverflowError, OSError):
            pass
    from botocore.utils import parse_timestamp

    parsed = parse_timestamp(cast("Any", value))
    # Without a time zone, it is reported where it is used, as with any other client.
    return parsed.astimezone(UTC) if parsed.tzinfo else parsed
