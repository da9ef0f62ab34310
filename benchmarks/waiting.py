"""How many calls a wait costs, and how late it notices the end of a copy, by simulation."""

from __future__ import annotations

from benchmarks import schedules
from benchmarks.schedules import Delay, simulate
from benchmarks.tables import Row, Table
from lightsail_copy import PollSchedule

_COPIES = 3000


def _ways() -> dict[str, tuple[Delay, float]]:
    """Return ways to wait: the delays of each, and when its first poll comes."""
    return {
        "`PollSchedule()`, the default": (schedules.adaptive(PollSchedule()), 0.0),
        "Terraform's AWS provider: after 5 s, then 3 s, 6 s, and every 10 s": (
            schedules.terraform(),
            schedules.TERRAFORM_FIRST,
        ),
        "every 3 s": (schedules.fixed(3), 0.0),
        "every 5 s": (schedules.fixed(5), 0.0),
        "every 15 s, as botocore's waiters, which end after 40 attempts": (schedules.fixed(15), 0.0),
        "2 s to 120 s at random, as Smithy's waiters": (schedules.smithy(), 0.0),
        "exponential backoff: 1 s, doubled up to 60 s": (schedules.exponential(1, 2, 60), 0.0),
        "exponential backoff: 5 s, times 1.5, without a limit": (schedules.exponential(5, 1.5, float("inf")), 0.0),
    }


def compare_schedules() -> Table:
    """Compare schedules by calls for a copy and by lag."""
    around, any_size = schedules.copies_around_ten_minutes(_COPIES), schedules.copies_of_any_size(_COPIES)

    def row(label: str, delay: Delay, first: float) -> Row:
        near, far = simulate(delay, around, first=first), simulate(delay, any_size, first=first)
        figures = {
            "around 10 min: calls": near.calls,
            "lag, s": near.lag,
            "lag, %": 100 * near.relative_lag,
            "1 min to 4 h: calls": far.calls,
            "its lag, s": far.lag,
            "its lag, %": 100 * far.relative_lag,
        }
        return Row(label, figures)

    return Table(
        "Wait for a copy",
        f"By simulation, in the mean of {_COPIES:,} copies: calls for a copy, and the lag from the end of a copy to the"
        " poll that notices it. First with lognormal durations, half of them up to 10 minutes (sigma 0.5); then with"
        " durations from 1 minute to 4 hours, as many in each octave. A call takes no time.",
        tuple(row(label, delay, first) for label, (delay, first) in _ways().items()),
    )
