"""The asyncio driver: it carries out a flow with a client whose methods are awaited."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from functools import partial
from inspect import isawaitable, iscoroutine, iscoroutinefunction
from typing import TypeVar

from lightsail_copy.clients import client_method
from lightsail_copy.drivers.observing import Observed
from lightsail_copy.drivers.threads import Threads
from lightsail_copy.errors import format_value
from lightsail_copy.flows import Call, Flow, Sleep
from lightsail_copy.typing import AsyncClock

T = TypeVar("T")


class EventLoopClock:
    """The machine's clock, with the event loop's sleep."""

    def monotonic(self) -> float:
        """Return the time in seconds."""
        return time.monotonic()

    def sleep(self, seconds: float, /) -> Awaitable[None]:
        """Sleep for so many seconds, while other tasks go on."""
        return asyncio.sleep(seconds)


CLOCK = EventLoopClock()


async def run(client: object, flow: Flow[T], clock: AsyncClock = CLOCK) -> T:
    """Carry out a flow with a client whose methods are awaited, and return its result."""
    require_clock(clock)
    try:
        step = next(flow)
        while True:
            response: object = None
            try:
                if isinstance(step, Sleep):
                    await clock.sleep(step.seconds)
                else:
                    response = await perform(client, step)
            # The flow decides about every error; a cancellation passes through it too.
            except BaseException as error:  # noqa: BLE001 - see above
                step = flow.throw(error)
            else:
                step = flow.send(response)
    except StopIteration as stop:
        result: T = stop.value
        return result


def require_clock(clock: AsyncClock) -> None:
    """Raise a TypeError if the clock's sleep() is not awaited: it would block the event loop."""
    if clock is CLOCK or iscoroutinefunction(clock.sleep):
        return
    # A plain function may return an awaitable. sleep(0) returns at once.
    sleep: object = clock.sleep(0)
    if not isawaitable(sleep):
        raise TypeError(
            f"clock must have a sleep() that is awaited, unlike {format_value(clock)}: leave it out, or make its"
            " sleep() async"
        )
    if iscoroutine(sleep):
        sleep.close()


async def perform(client: object, call: Call[object]) -> object:
    """Carry out one call with a client whose methods are awaited, and return its response."""
    method = client_method(client, call.method, call.parameters, awaited=True)
    with Observed(client, call):
        response: object = await method(**call.parameters)
    return response


# The threads of the fleet that the current task belongs to; None means asyncio's default executor.
THREADS: ContextVar[Threads | None] = ContextVar("lightsail_copy.threads", default=None)


async def call_in_thread(function: Callable[[], T]) -> T:
    """Call a function in a thread: one of the fleet's, or one of asyncio's default executor."""
    threads, call = THREADS.get(), partial(_without_stop_iteration, function)
    if threads is None:
        return await asyncio.to_thread(call)
    return await asyncio.wrap_future(threads.submit(call))


def _without_stop_iteration(function: Callable[[], T]) -> T:
    try:
        return function()
    # An asyncio future rejects it, and would never be done.
    except StopIteration as error:
        raise RuntimeError("a function raised StopIteration") from error
