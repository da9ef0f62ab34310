"""
Forks: what a fork waits for, what a child undoes, and values that each process finds for itself.

This module refers to nothing that is large: its functions live until the process has ended.
"""

from __future__ import annotations

import logging as logging  # noqa: PLC0414 - see import_lock
import os
from collections.abc import Callable, Generator, Hashable, Mapping
from contextlib import contextmanager
from threading import Lock, RLock
from typing import Any, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

# If a process forks while another thread imports a module, the child waits forever when it needs that module. So a fork
# waits until botocore is imported. `logging` is imported first, because a fork takes its lock too, and takes the locks
# in the reverse order of their registration.
import_lock: RLock = RLock()

# The components that sessions had before they were replaced, while they are.
_replaced: dict[Any, Mapping[str, Any]] = {}


@contextmanager
def replaced_components(session: Any, components: Mapping[str, Any]) -> Generator[None, None, None]:
    """Within the context, give a botocore session other components; a child forked meanwhile has the original ones."""
    originals = _replaced[session] = {name: session.get_component(name) for name in components}
    register_components(session, components)
    try:
        yield
    finally:
        register_components(session, originals)
        # A child that was forked within the context has none.
        _replaced.pop(session, None)


def register_components(session: Any, components: Mapping[str, Any]) -> None:
    """Register components with a botocore session."""
    for name, component in components.items():
        session.register_component(name, component)


def _after_fork() -> None:  # pragma: no cover - it runs in forked processes, which are not measured
    import_lock.release()
    for session, originals in _replaced.items():
        register_components(session, originals)
    _replaced.clear()


if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows does not fork
    os.register_at_fork(before=import_lock.acquire, after_in_parent=import_lock.release, after_in_child=_after_fork)


def once_for_each(find: Callable[[K], T]) -> Callable[[K], T]:
    """
    Return a function that finds a value once for each key, and never in two threads at a time.

    If `find` raises an error, the next call tries again. Keys do not wait for each other. A forked process finds its
    own values: connections must not be shared with the parent, and a lock that another thread of the parent held is
    never released.
    """
    locks: dict[tuple[int, K], Lock] = {}
    found: dict[tuple[int, K], T] = {}

    def find_once(key: K) -> T:
        here = os.getpid(), key
        with locks.setdefault(here, Lock()):
            if here not in found:
                found[here] = find(key)
            return found[here]

    return find_once
