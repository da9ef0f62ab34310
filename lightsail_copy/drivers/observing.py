"""
The attempts of a call, as botocore's public events report them.

botocore's errors do not say how often a request was sent, or which response could not be parsed. Four passive handlers
on the events of a client do. They note it in the record of the call in the current context: that of a thread, of a
task, or of the thread in which `asyncio.to_thread` runs a call.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextvars import ContextVar
from threading import Lock
from typing import Any
from weakref import ref

from lightsail_copy.flows import Attempts
from lightsail_copy.flows.attempts import is_rejection, remedy_of, wrote_nothing
from lightsail_copy.parsing import mapping_or_empty

# The record of the call under way.
CURRENT: ContextVar[Attempts | None] = ContextVar("lightsail_copy.attempts", default=None)

# The event hooks with the handlers, by `id` and method. A WeakKeyDictionary would take 1 % of a call's time.
_observed: dict[tuple[int, str], ref[Any]] = {}
_lock = Lock()
# If a process forked while another thread held the lock, the child could never acquire it.
if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows does not fork
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)


def observe(client: object, method: str) -> None:
    """Register the handlers on the events of a method, once for each client; a double may have no events."""
    meta: Any = getattr(client, "meta", None)
    events = getattr(meta, "events", None)
    key = (id(events), method)
    if _is_observed(key, events):
        return
    operation = mapping_or_empty(getattr(meta, "method_to_api_mapping", None)).get(method)
    if events is None or operation is None:
        return
    with _lock:
        if _is_observed(key, events):  # pragma: no cover - by another thread meanwhile
            return
        # First, so that a caller's handler that raises an error does not hide an event. A `unique_id` registers each
        # handler only once, even if the hooks of a client are copied.
        for event, handler in _HANDLERS.items():
            name = f"{event}.lightsail.{operation}"
            events.register_first(name, handler, unique_id=f"lightsail_copy.{name}")
        _observed[key] = ref(events, lambda _: _observed.pop(key, None))


def _is_observed(key: tuple[int, str], events: object) -> bool:
    # Python may reuse the `id` of events that are gone.
    known = _observed.get(key)
    return known is not None and known() is events


def _on_call(**_: object) -> None:
    attempts = CURRENT.get()
    if attempts is not None:
        attempts.is_observed = True


def _on_sending(request: object, **_: object) -> None:
    attempts = CURRENT.get()
    if attempts is not None:
        attempts.count += 1
        attempts.request = request


def _on_parsing(response_dict: Mapping[str, Any], **_: object) -> None:
    attempts = CURRENT.get()
    if attempts is not None:
        attempts.response = response_dict


def _on_outcome(exception: Exception | None, response_dict: Mapping[str, Any] | None, **_: object) -> None:
    attempts = CURRENT.get()
    if attempts is None:
        return
    if exception is not None:
        attempts.remedy = remedy_of(exception, attempts.request)
        started_nothing = wrote_nothing(exception, attempts.request)
    else:
        started_nothing = response_dict is not None and is_rejection(response_dict["status_code"])
    if attempts.started_nothing is not False:
        attempts.started_nothing = started_nothing
    attempts.request = attempts.response = None


_HANDLERS: Mapping[str, Any] = {
    "provide-client-params": _on_call,
    "before-send": _on_sending,
    "before-parse": _on_parsing,  # botocore 1.35.0 lacks it: a response that cannot be parsed is then unknown
    "response-received": _on_outcome,
}
