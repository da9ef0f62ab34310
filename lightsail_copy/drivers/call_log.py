"""
One call on its way: it is logged, and what the client raises is raised as its typed error.

The logger `lightsail_copy` has each call at DEBUG with its duration and retries, and what was adopted and settled at
INFO. It never has parameters, headers or responses, so logs have no secrets.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from logging import Logger, getLogger
from time import perf_counter

from lightsail_copy.clients import region_of
from lightsail_copy.flows import Call
from lightsail_copy.flows.attempts import typed_error
from lightsail_copy.parsing import mapping_or_empty
from lightsail_copy.service_errors import ServiceError

logger: Logger = getLogger("lightsail_copy")


@contextmanager
def logged(client: object, call: Call[object]) -> Generator[Callable[[object], None], None, None]:
    """
    Log a call that is made within the context, whose value takes the response.

    Raises:
        LightsailCopyError: the typed error of what the client raised.
    """
    started_at = perf_counter()

    def returned(response: object) -> None:
        metadata = mapping_or_empty(mapping_or_empty(response).get("ResponseMetadata"))
        seconds, retries = perf_counter() - started_at, metadata.get("RetryAttempts", 0)
        logger.debug("%s returned in %.3f s (retries: %s)", call.method, seconds, retries)

    try:
        yield returned
    except Exception as error:
        typed = typed_error(error, region_of(client))
        seconds = perf_counter() - started_at
        retries = typed.retry_attempts if isinstance(typed, ServiceError) else "unknown"
        # By its class: a message may repeat what a caller sent.
        logger.debug("%s raised %s in %.3f s (retries: %s)", call.method, type(typed).__name__, seconds, retries)
        if typed is error:
            raise
        raise typed from error
