"""The blocking driver: it carries out a flow with a boto3 client."""

from __future__ import annotations

import time
from inspect import iscoroutinefunction
from typing import TypeVar

from lightsail_copy.clients import client_method
from lightsail_copy.drivers.observing import Observed
from lightsail_copy.errors import format_value
from lightsail_copy.flows import Call, Flow, Sleep
from lightsail_copy.typing import Clock

T = TypeVar("T")


def run(client: object, flow: Flow[T], clock: Clock = time) -> T:
    """Carry out a flow with a boto3 client and a clock for its sleeps, and return its result."""
    require_clock(clock)
    try:
        step = next(flow)
        while True:
            response = None
            try:
                if isinstance(step, Sleep):
                    clock.sleep(step.seconds)
                else:
                    response = perform(client, step)
            # The flow decides about every error; an interrupt passes through it too.
            except BaseException as error:  # noqa: BLE001 - see above
                step = flow.throw(error)
            else:
                step = flow.send(response)
    except StopIteration as stop:
        result: T = stop.value
        return result


def perform(client: object, call: Call[object]) -> object:
    """Carry out one call with a boto3 client, and return its response, or raise a typed error."""
    method = client_method(client, call.method, call.parameters, awaited=False)
    with Observed(client, call):
        response: object = method(**call.parameters)
    return response


def require_clock(clock: Clock) -> None:
    """Raise a TypeError if the clock's sleep() must be awaited: here, it would not sleep."""
    if clock is not time and iscoroutinefunction(clock.sleep):
        raise TypeError(
            f"clock must have a sleep() that blocks, as the time module has, unlike {format_value(clock)}: use the"
            " function of that name in lightsail_copy.aio"
        )
