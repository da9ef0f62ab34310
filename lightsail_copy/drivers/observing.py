"""
One call: its attempts are observed, it is logged, and an error of the client is raised as a typed one.

botocore's errors do not say how often a request was sent, or which response could not be parsed. Four passive handlers
on the public events of a client do. They note it in the record of the call in the current context: that of a thread, of
a task, or of the thread in which `asyncio.to_thread` runs a call.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextvars import ContextVar
from logging import DEBUG
from threading import Lock
from time import perf_counter
from typing import Any
from weakref import ref

from lightsail_copy.clients import endpoint_of, region_of
from lightsail_copy.flows import Attempts, Call, is_logged, log
from lightsail_copy.flows.attempts import is_rejection, is_secret, remedy_of, typed_error, wrote_nothing
from lightsail_copy.parsing import mapping_or_empty

# The record of the call under way.
_current: ContextVar[Attempts | None] = ContextVar("lightsail_copy.attempts", default=None)

# The event hooks with the handlers, by `id` and method: those of a double may not be hashable, or equal others.
_observed: dict[tuple[int, str], ref[Any]] = {}
_lock = Lock()
# If a process forked while another thread held the lock, the child could never acquire it.
if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows does not fork
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)


class Observed:
    """Observes the attempts of a call, logs it, and raises the typed error for what the client raises."""

    def __init__(self, client: object, call: Call[object]) -> None:
        _register_handlers(client, call.method)
        self._client, self._call = client, call
        self._attempts = call.attempts = Attempts()

    def __enter__(self) -> None:
        self._token = _current.set(self._attempts)
        self._started_at = perf_counter()

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        _current.reset(self._token)
        if error is None:
            self._log("returned")
        elif isinstance(error, Exception):
            typed = typed_error(error, self._attempts, region_of(self._client), endpoint_of(self._client))
            # Only the class: a message may repeat what a caller sent.
            self._log(f"raised {type(typed).__name__}")
            if typed is not error:
                raise typed from (None if is_secret(error, self._attempts) else error)

    def _log(self, what: str) -> None:
        """Log the call; of its parameters, only the target snapshot name and the id, which are no secrets."""
        if not is_logged(DEBUG):
            return
        region, method, seconds = region_of(self._client), self._call.method, perf_counter() - self._started_at
        place, attempts = f"{region}: {method}" if region else method, self._attempts.count or "unknown"
        given, is_lookup = self._call.parameters, method == "get_operations_for_resource"
        log(
            DEBUG,
            f"{place} {what} in {seconds:.3f} s (attempts: {attempts})",
            region_name=region,
            method=method,
            seconds=seconds,
            target_snapshot_name=given.get("resourceName" if is_lookup else "targetSnapshotName"),
            operation_id=given.get("operationId"),
        )


def _register_handlers(client: object, method: str) -> None:
    """Register the handlers on the events of a method, once for each client; a double may have no events."""
    meta: Any = getattr(client, "meta", None)
    events = getattr(meta, "events", None)
    key = id(events), method
    if _is_observed(key, events):
        return
    operation = mapping_or_empty(getattr(meta, "method_to_api_mapping", None)).get(method)
    if events is None or operation is None:
        return
    with _lock:
        if _is_observed(key, events):  # pragma: no cover - another thread was faster
            return
        # First, so that a caller's handler that raises an error does not hide an event. A `unique_id` registers each
        # handler only once, even if the hooks of a client are copied.
        for event, handler in _HANDLERS.items():
            name = f"{event}.lightsail.{operation}"
            events.register_first(name, handler, unique_id=f"lightsail_copy.{name}")
        _observed[key] = ref(events, lambda _: _observed.pop(key, None))


def _is_observed(key: tuple[int, str], events: object) -> bool:
    # Python may reuse the `id` of hooks that are gone.
    known = _observed.get(key)
    return known is not None and known() is events


def _on_call(**_: object) -> None:
    attempts = _current.get()
    if attempts is not None:
        attempts.is_observed = True


def _on_sending(request: object, **_: object) -> None:
    attempts = _current.get()
    if attempts is not None:
        attempts.count += 1
        attempts.request = request


def _on_parsing(response_dict: Mapping[str, Any], **_: object) -> None:
    attempts = _current.get()
    if attempts is not None:
        attempts.response = response_dict


def _on_outcome(exception: Exception | None, response_dict: Mapping[str, Any] | None, **_: object) -> None:
    attempts = _current.get()
    if attempts is None:
        return
    if exception is not None:
        attempts.remedy = remedy_of(exception, attempts.request)
        started_nothing = attempts.remedy is not None or wrote_nothing(exception)
    else:
        started_nothing = response_dict is not None and is_rejection(response_dict["status_code"])
    if attempts.started_nothing is not False:
        attempts.started_nothing = started_nothing
    attempts.request = attempts.response = None


_HANDLERS: Mapping[str, Any] = {
    "provide-client-params": _on_call,
    "before-send": _on_sending,
    "before-parse": _on_parsing,
    "response-received": _on_outcome,
}
