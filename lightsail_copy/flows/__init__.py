"""
What a flow is: a generator that decides what to do next, and leaves it to a driver to do it.

A flow yields a `Call` or a `Sleep`. A driver (`sync`, `aio`) carries it out and sends the response back, or throws the
typed error into the flow. The flow returns its result. Nothing happens until a driver starts a flow, and a suspended
flow is a small value that can be kept.

This module has the values and types, and the one place that logs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Mapping
from contextlib import suppress
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from attrs import define

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


@define(order=False, eq=False, repr=False)
class Attempts:
    """
    What is known of the attempts that a client made to carry out one call.

    Attributes:
        is_observed: whether the client told of the call; a double does not.
        count: how many attempts were seen.
        started_nothing: whether each attempt with an outcome started nothing; None if there is none.
        remedy: what to change in the set-up, without which no attempt can be sent, or None.
        request: the request of an attempt that has no outcome yet, or None.
        response: its response that cannot be parsed yet, as botocore's parser takes it, or None.
    """

    is_observed: bool = False
    count: int = 0
    started_nothing: bool | None = None
    remedy: str | None = None
    request: object = None
    response: Mapping[str, Any] | None = None


@define(order=False, eq=False, repr=False)  # a frozen one takes three times as long to make
class Call(Generic[T_co]):
    """
    A call of one method of a client.

    In a flow, ``yield from call`` returns the parsed response.

    Attributes:
        method: the name of the client's method.
        parameters: its parameters, under their wire names.
        parse: turns the response into a result, or raises `UnexpectedResponseError`.
        attempts: what the driver that made the call last saw of its attempts; None before it is made.
        made_at: when it was last made, by the clock, if a planner made it later than the flow yielded it.
    """

    method: str
    parameters: Mapping[str, object]
    parse: Callable[[Any], T_co]  # Any: what a client returns
    attempts: Attempts | None = None
    made_at: float | None = None

    def __iter__(self) -> Generator[Call[object], object, T_co]:
        return self.parse((yield self))


class OutOfTime(BaseException):
    """
    Thrown into a flow by what carries it out: no time is left, and the flow ends with what it knows.

    It is no `Exception`, so that a flow does not take it for the error of a call.
    """


class Sleep(NamedTuple):
    """
    A delay.

    Attributes:
        seconds: how long.
    """

    seconds: float


Step: TypeAlias = Call[object] | Sleep
# A driver sends the response of a call, and None after a sleep.
Flow: TypeAlias = Generator[Step, object, T]


_logger = logging.getLogger("lightsail_copy")
is_logged: Callable[[int], bool] = _logger.isEnabledFor


def log(level: int, message: str, **fields: object) -> None:
    """
    Log what a person may want to know of a running job.

    Args:
        level: the level, as of `logging`.
        message: the whole message.
        fields: what it is about: `region_name`, `target_snapshot_name`, `operation_id`, and others; one that is None is
            left out. The record has them as attributes.
    """
    # As in the handlers of `logging` itself, a failure to log stops nothing: a copy may have started.
    with suppress(Exception):
        _logger.log(level, message, extra={key: value for key, value in fields.items() if value is not None})
