"""What a fleet of copies costs, and whether a Region that throttles slows the others."""

from __future__ import annotations

from statistics import mean, quantiles

from benchmarks.fleet_runs import REGIONS, Run, run_fleet, run_waits
from benchmarks.schedules import copies_around_ten_minutes
from benchmarks.tables import Row, Table

_COPIES = 10_000
_WAITS = 200
_FAIR_COPIES = 1600
_ALL_AT_ONCE = 1000
_DEFAULT = 100


def _row(label: str, run: Run, copies: int) -> Row:
    lags = run.all_lags
    figures = {
        "launch calls for a copy": run.counts["CopySnapshot"] / copies,
        "watch calls for a copy": run.watching / copies,
        "mean lag, s": mean(lags),
        "99 % within, s": quantiles(lags, n=100)[-1],
        "CPU for a copy, ms": run.cpu / copies * 1000,
    }
    if run.ends:
        figures["calls a second and Region"] = run.counts.total() / len(REGIONS) / max(run.ends.values())
        figures["last outcome after, min"] = max(run.ends.values()) / 60
    else:
        # Each Region's share of the copies would be polled at the same time.
        seconds = mean(copies_around_ten_minutes(_WAITS))
        figures["calls a second and Region"] = _COPIES / len(REGIONS) * run.counts.total() / copies / seconds
    return Row(label, figures)


def compare_fleets() -> Table:
    """Compare a fleet with a thread and a wait for each copy."""
    return Table(
        f"A fleet of {_COPIES:,} copies to {len(REGIONS)} Regions",
        "`watch_copies` with clients of `make_clients()`, over the fake, on a clock that the two share: a call takes no"
        " time on it. At most 5 calls a second in each Region; durations as of about 10 minutes above. The lag is the"
        " time from the end of a copy to its outcome. The CPU time is that of the process, without the fake's own."
        f" The last row is measured with {_WAITS} waits one after the other, which make the calls that as many threads"
        f" would make; its calls a second are for {_COPIES:,} copies at once. A service that throttles would not"
        " allow them.",
        (
            _row("fleet, all copies at once", run_fleet(_COPIES, max_running=_ALL_AT_ONCE), _COPIES),
            _row(
                f"fleet, at most {_DEFAULT} in each Region (the default)",
                run_fleet(_COPIES, max_running=_DEFAULT),
                _COPIES,
            ),
            _row("a thread and a wait for each copy", run_waits(_WAITS), _WAITS),
        ),
    )


def compare_regions() -> Table:
    """Compare the Regions of a fleet, of which one throttles."""
    limited, *others = REGIONS
    even = run_fleet(_FAIR_COPIES, max_running=_DEFAULT)
    throttled = run_fleet(_FAIR_COPIES, max_running=_DEFAULT, limited=limited)

    def row(label: str, run: Run, regions: list[str]) -> Row:
        ends = mean(run.ends[region] for region in regions)
        lag = mean(each for region in regions for each in run.lags[region])
        base = mean(even.ends[region] for region in regions)
        return Row(label, {"mean lag, s": lag, "last outcome after, min": ends / 60, "ratio": ends / base})

    return Table(
        f"A fleet of {_FAIR_COPIES:,} copies, where one Region of {len(REGIONS)} throttles",
        "As above; that Region accepts one call in ten seconds. The same copies take as long in both runs. The ratio is"
        " of the time of the last outcome, in the mean of the Regions, to that where no Region throttles.",
        (
            row("the Region that throttles", throttled, [limited]),
            row("the same Region where none throttles", even, [limited]),
            row("the other Regions", throttled, others),
            row("the other Regions where none throttles", even, others),
        ),
    )
