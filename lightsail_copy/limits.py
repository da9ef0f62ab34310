"""The limits of a fleet."""

from __future__ import annotations

from attrs import field, frozen

from lightsail_copy.durations import to_optional_seconds, validate_seconds
from lightsail_copy.validation import raise_problems, validate_count, validate_rate

DEFAULT_MAX_RUNNING = 100


@frozen(order=False, kw_only=True)
class Limits:
    """
    The limits of a fleet.

    Attributes:
        max_calls: how many calls may be in flight at once.
        max_rate: how many calls may be made in a second, in each Region.
        max_running: how many copies may run at once, in each Region.
        timeout: how long the fleet may take, in seconds, or None.

    Raises:
        InvalidRequestError: one or more are out of range.
    """

    max_calls: int
    max_rate: float
    max_running: int
    timeout: float | None = field(converter=to_optional_seconds)

    def __attrs_post_init__(self) -> None:
        """Validate that every limit allows some progress."""
        raise_problems(
            validate_count("max_calls", self.max_calls),
            validate_rate("max_rate", self.max_rate),
            validate_count("max_running", self.max_running),
            [] if self.timeout is None else validate_seconds("timeout", self.timeout),
            subject="fleet",
        )
