"""Durations: seconds or `timedelta` from a caller, seconds within."""

from __future__ import annotations

from datetime import timedelta
from math import inf
from typing import TypeAlias

from lightsail_copy.errors import Problem
from lightsail_copy.messages import format_value

Duration: TypeAlias = float | timedelta

# About thirty years. Beyond a few hundred years, time.sleep() and timestamps overflow.
_MAX_SECONDS = 1_000_000_000


def to_seconds(value: Duration) -> float:
    """Return a duration in seconds; what is not a duration is returned as it is, for `validate_seconds` to report."""
    return value.total_seconds() if isinstance(value, timedelta) else value


def to_optional_seconds(value: Duration | None) -> float | None:
    """Return a duration in seconds, or None, as `to_seconds` does."""
    return None if value is None else to_seconds(value)


def validate_seconds(field: str, value: object, *, finite: bool = False) -> list[Problem]:
    """
    Return the problems of a duration in seconds.

    Args:
        field: the argument's name.
        value: the argument's value.
        finite: whether infinity is a problem too.
    """
    # In Python, a bool is an int, but True is not meant as a duration.
    number = value if isinstance(value, (int, float)) and not isinstance(value, bool) else -1
    if 0 <= number <= _MAX_SECONDS or (number == inf and not finite):
        return []
    rule = f"must be a number of seconds from 0 to {_MAX_SECONDS:,}, or a timedelta"
    return [Problem(field, format_value(value), rule)]
