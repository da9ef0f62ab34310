"""
What a flow is: a generator that decides what to do next, and leaves it to a driver to do it.

A flow yields a `Call` or a `Sleep`. A driver (`sync`, `aio`) carries it out and sends the response back, or throws the
typed error into the flow. The flow returns its result. Nothing happens until a driver starts a flow, and a suspended
flow is a small value that can be kept.

This module has only the values and types.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
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
        started_nothing: whether each attempt with an outcome started nothing; None where there is none.
        request: the request of an attempt that has no outcome yet, or None.
        response: its response that cannot be parsed yet, as botocore's parser takes it, or None.
    """

    is_observed: bool = False
    started_nothing: bool | None = None
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
    """

    method: str
    parameters: Mapping[str, object]
    parse: Callable[[Any], T_co]  # Any: what a client returns
    attempts: Attempts | None = None

    def __iter__(self) -> Generator[Call[object], object, T_co]:
        return self.parse((yield self))


class OutOfTime(BaseException):
    """
    Thrown into a flow by whoever carries it out: no time is left, and the flow ends with what it knows.

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
