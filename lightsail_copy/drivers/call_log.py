"""
One call: it is observed and logged, and an error of the client is raised as a typed one.

Each call is logged at DEBUG with its duration and attempts. The only parameters in the log are the target snapshot name
and the operation's id. It contains no headers and no responses, and so no secrets.
"""

from __future__ import annotations

from logging import DEBUG
from time import perf_counter

from lightsail_copy.clients import endpoint_of, region_of
from lightsail_copy.drivers.observing import CURRENT, observe
from lightsail_copy.flows import Attempts, Call, is_logged, log
from lightsail_copy.flows.attempts import is_secret, typed_error


class Observed:
    """
    A context manager for a call: it observes the attempts, logs the call, and raises typed errors.

    Args:
        client: the client.
        call: the call, which gets the attempts.

    Raises:
        LightsailCopyError: the typed error for what the client raised.
    """

    def __init__(self, client: object, call: Call[object]) -> None:
        observe(client, call.method)
        self._client = client
        self._call = call
        self._attempts = call.attempts = Attempts()

    def __enter__(self) -> None:
        self._token = CURRENT.set(self._attempts)
        self._started_at = perf_counter()

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        CURRENT.reset(self._token)
        if error is None:
            self._log("returned")
        elif isinstance(error, Exception):
            typed = typed_error(error, self._attempts, region_of(self._client), endpoint_of(self._client))
            # Only the class: a message may repeat what a caller sent.
            self._log(f"raised {type(typed).__name__}")
            if typed is not error:
                raise typed from (None if is_secret(error, self._attempts) else error)

    def _log(self, what: str) -> None:
        if not is_logged(DEBUG):
            return
        region, method, seconds = region_of(self._client), self._call.method, perf_counter() - self._started_at
        place, attempts = f"{region}: {method}" if region else method, self._attempts.count or "unknown"
        log(
            DEBUG,
            f"{place} {what} in {seconds:.3f} s (attempts: {attempts})",
            region_name=region,
            method=method,
            seconds=seconds,
            target_snapshot_name=self._call.parameters.get("targetSnapshotName"),
            operation_id=self._call.parameters.get("operationId"),
        )
