"""The limits of a fleet."""

from __future__ import annotations

from typing import NamedTuple

from lightsail_copy.durations import Duration, to_optional_seconds, validate_seconds
from lightsail_copy.errors import Problem
from lightsail_copy.validation import validate_count, validate_rate

DEFAULT_MAX_RUNNING = 100


class Limits(NamedTuple):
    """
    The limits of a fleet.

    Attributes:
        max_calls: how many calls may be in flight at once.
        max_rate: how many calls may be made in a second, in each Region.
        max_running: how many copies may run at once, in each Region.
        timeout: how long the fleet may take, in seconds, or None.
    """

    max_calls: int
    max_rate: float
    max_running: int
    timeout: float | None


def make_limits(*, max_calls: int, max_rate: float, max_running: int, timeout: Duration | None) -> Limits:
    """Return the limits with the timeout in seconds, for `validate_limits` to validate."""
    return Limits(max_calls, max_rate, max_running, to_optional_seconds(timeout))


def validate_limits(limits: Limits) -> list[Problem]:
    """Return the problems of limits that allow no progress."""
    return [
        *validate_count("max_calls", limits.max_calls),
        *validate_rate("max_rate", limits.max_rate),
        *validate_count("max_running", limits.max_running),
        *([] if limits.timeout is None else validate_seconds("timeout", limits.timeout)),
    ]
