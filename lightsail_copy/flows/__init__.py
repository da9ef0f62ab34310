"""
Flows: generators that decide what to do next, and leave it to a driver to do it.

A flow yields a `Call` or a `Sleep`. A driver (`drivers`, `fleet`) carries it out and sends the response back, or throws
the typed error into the flow. The flow returns its result. Nothing happens until a driver starts a flow, and a
suspended flow is a small value that can be kept.

This module has their values and types, and the only function that logs.
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
    """What is known of the attempts that a client made to carry out one call."""

    is_observed: bool = False  # whether the client reported the call; a double does not
    count: int = 0
    started_nothing: bool | None = None  # whether each attempt with an outcome started nothing; None if none has one
    remedy: str | None = None  # what to change in the setup so that an attempt can be sent
    request: object = None  # that of an attempt that has no outcome yet
    response: Mapping[str, Any] | None = None  # its response before it is parsed, as botocore's parser takes it


@define(order=False, eq=False, repr=False)  # a frozen one takes three times as long to construct
class Call(Generic[T_co]):
    """
    A call of one method of a client.

    In a flow, ``yield from call`` returns the parsed response.
    """

    method: str
    parameters: Mapping[str, object]  # under their wire names
    parse: Callable[[Any], T_co]  # Any: what a client returns
    attempts: Attempts | None = None  # what was observed when the call was last made
    made_at: float | None = None  # by the clock, if a planner made the call later than the flow yielded it

    def __iter__(self) -> Generator[Call[object], object, T_co]:
        return self.parse((yield self))


class OutOfTime(BaseException):
    """Thrown into a flow when no time is left; not an `Exception`, as a flow takes those for the error of a call."""


class Sleep(NamedTuple):
    """A delay."""

    seconds: float


Step: TypeAlias = Call[object] | Sleep
# A driver sends the response of a call, and None after a sleep.
Flow: TypeAlias = Generator[Step, object, T]


_logger = logging.getLogger("lightsail_copy")
is_logged: Callable[[int], bool] = _logger.isEnabledFor


def log(level: int, message: str, **fields: object) -> None:
    """Log what a person may want to know about a running job; `fields` are attributes of the record, if not None."""
    # As in the handlers of `logging` itself, a failure to log stops nothing: a copy may have started.
    with suppress(Exception):
        _logger.log(level, message, extra={key: value for key, value in fields.items() if value is not None})
