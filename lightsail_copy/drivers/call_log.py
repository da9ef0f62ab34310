"""
One call: it is observed and logged, and what the client raises is raised as its typed error.

Each call is logged at DEBUG with its duration and retries. The logs never have parameters, headers or responses, and so
no secrets.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from logging import DEBUG
from time import perf_counter

from lightsail_copy.clients import endpoint_of, region_of
from lightsail_copy.drivers.observing import CURRENT, observe
from lightsail_copy.flows import Attempts, Call, log
from lightsail_copy.flows.attempts import is_secret, typed_error


@contextmanager
def observed(client: object, call: Call[object]) -> Generator[None, None, None]:
    """
    Make a call within: note what becomes of its attempts, log it, and raise the typed error of what the client raises.

    Args:
        client: the client.
        call: the call, which gets the attempts.

    Raises:
        LightsailCopyError: the typed error.
    """
    observe(client, call.method)
    call.attempts = attempts = Attempts()
    token = CURRENT.set(attempts)
    region, started_at = region_of(client), perf_counter()
    try:
        yield
    except Exception as error:
        typed = typed_error(error, attempts, region, endpoint_of(client))
        # By its class: a message may repeat what a caller sent.
        _log(f"raised {type(typed).__name__}", call, region, perf_counter() - started_at)
        if typed is error:
            raise
        raise typed from (None if is_secret(error, attempts) else error)
    else:
        _log("returned", call, region, perf_counter() - started_at)
    finally:
        CURRENT.reset(token)


def _log(what: str, call: Call[object], region: str | None, seconds: float) -> None:
    attempts = call.attempts.count if call.attempts else 0
    message = f"{region}: {call.method} {what} in {seconds:.3f} s (attempts: {attempts or 'unknown'})"
    log(DEBUG, message, region_name=region, method=call.method, seconds=seconds)
