"""
Threads that carry out blocking calls and never keep the process from exiting.

Python waits at exit for the threads of a ThreadPoolExecutor. A call in flight can take as long as its timeout, so these
are daemon threads, which Ctrl-C does not wait for.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from functools import partial
from queue import SimpleQueue
from threading import Lock, Thread
from typing import TypeVar

T = TypeVar("T")


class Threads:
    """Daemon threads, started as needed."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._lock = Lock()
        self._count = self._idle = 0

    def submit(self, function: Callable[[], T]) -> Future[T]:
        """Let a thread call a function, in the caller's context."""
        future: Future[T] = Future()
        self._work.put(partial(copy_context().run, partial(_complete, future, function)))
        with self._lock:
            if self._idle:
                self._idle -= 1
            elif self._count < self._limit:
                self._count += 1
                Thread(target=self._run, name=f"lightsail_copy_{self._count}", daemon=True).start()
        return future

    def close(self) -> None:
        """Let each thread end after its call, without waiting for it."""
        for _ in range(self._count):
            self._work.put(None)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()
            # Not kept while the thread waits, because it refers to a response.
            del work
            with self._lock:
                self._idle += 1


def _complete(future: Future[T], function: Callable[[], T]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = function()
    # Any error belongs to the caller that waits for the result.
    except BaseException as error:  # noqa: BLE001 - see above
        future.set_exception(error)
    else:
        future.set_result(result)
