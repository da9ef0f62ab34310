"""
One call on its way: it is observed and logged, and what the client raises is raised as its typed error.

The logger `lightsail_copy` has each call at DEBUG with its duration and retries, and what was adopted and settled at
INFO. It never has parameters, headers or responses, so logs have no secrets.
"""

from __future__ import annotations

from contextvars import Token
from logging import DEBUG, Logger, getLogger
from time import perf_counter

from attrs import define, field

from lightsail_copy.clients import region_of
from lightsail_copy.compat import Self
from lightsail_copy.drivers.observing import CURRENT, observe
from lightsail_copy.flows import Attempts, Call
from lightsail_copy.flows.attempts import typed_error
from lightsail_copy.parsing import mapping_or_empty
from lightsail_copy.service_errors import ServiceError

logger: Logger = getLogger("lightsail_copy")


@define(order=False, eq=False, repr=False)
class Logged:
    """
    The context that a call is made in. It notes in the call what became of its attempts.

    Attributes:
        client: the client.
        call: the call.
    """

    client: object
    call: Call[object]
    _started_at: float = field(init=False)
    _token: Token[Attempts | None] = field(init=False)

    def __enter__(self) -> Self:
        self._started_at = perf_counter()
        observe(self.client, self.call.method)
        self.call.attempts = attempts = Attempts()
        self._token = CURRENT.set(attempts)
        return self

    def returned(self, response: object) -> None:
        """Log that the client returned a response."""
        if not logger.isEnabledFor(DEBUG):
            return
        metadata = mapping_or_empty(mapping_or_empty(response).get("ResponseMetadata"))
        seconds, retries = perf_counter() - self._started_at, metadata.get("RetryAttempts", 0)
        logger.debug("%s returned in %.3f s (retries: %s)", self.call.method, seconds, retries)

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """
        Log an error, and raise the typed one.

        Raises:
            LightsailCopyError: the typed error of what the client raised.
        """
        CURRENT.reset(self._token)
        if not isinstance(error, Exception):
            return
        typed = typed_error(error, region_of(self.client), self.call.attempts or Attempts())
        seconds = perf_counter() - self._started_at
        retries = typed.retry_attempts if isinstance(typed, ServiceError) else "unknown"
        # By its class: a message may repeat what a caller sent.
        logger.debug("%s raised %s in %.3f s (retries: %s)", self.call.method, type(typed).__name__, seconds, retries)
        if typed is not error:
            raise typed from error
