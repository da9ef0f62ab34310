"""
The logger `lightsail_copy`: each call at DEBUG with its duration and retries, what was adopted and settled at INFO.

It never has parameters, headers or responses, so logs have no secrets.
"""

from __future__ import annotations

from logging import Logger, getLogger
from time import perf_counter

from lightsail_copy.flows import Call
from lightsail_copy.parsing import mapping_or_empty
from lightsail_copy.service_errors import ServiceError

logger: Logger = getLogger("lightsail_copy")


class CallLog:
    """
    The record of one call.

    It is a class because it keeps the start of the call until its end.
    """

    def __init__(self, call: Call[object]) -> None:
        """Take the start of a call."""
        self._method = call.method
        self._started_at = perf_counter()

    def returned(self, response: object) -> None:
        """Log a response."""
        metadata = mapping_or_empty(mapping_or_empty(response).get("ResponseMetadata"))
        seconds, retries = perf_counter() - self._started_at, metadata.get("RetryAttempts", 0)
        logger.debug("%s returned in %.3f s (retries: %s)", self._method, seconds, retries)

    def raised(self, error: Exception) -> None:
        """Log an error by its class: a message may repeat what a caller sent."""
        seconds = perf_counter() - self._started_at
        retries = error.retry_attempts if isinstance(error, ServiceError) else "unknown"
        logger.debug("%s raised %s in %.3f s (retries: %s)", self._method, type(error).__name__, seconds, retries)
