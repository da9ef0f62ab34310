"""Retention: which copies to keep, and why, in the terms of restic (rules count independently) and Borg (ages)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import cast

from attrs import asdict, evolve, field, frozen

from lightsail_copy.dicts import RetentionDecisionDict
from lightsail_copy.enums import SnapshotState
from lightsail_copy.errors import Problem, format_value
from lightsail_copy.parsing import parse_date, parse_timestamp
from lightsail_copy.snapshots import Snapshot
from lightsail_copy.validation import raise_problems, validate_count, validate_name, validate_type

_PLACEHOLDER = "{date}"


def to_days(value: int | timedelta | None) -> int | None:
    """Return the number of days in a `timedelta` of whole days; any other value is returned unchanged."""
    if isinstance(value, timedelta) and value == timedelta(days=value.days):
        return value.days
    return cast("int | None", value)


@frozen(kw_only=True, order=False)
class RetentionPolicy:
    """
    How many copies to keep. Each rule counts independently, and a copy stays if one of them keeps it.

    A rule for days, weeks, months, or years keeps the newest copy of each of the latest periods. They are calendar
    periods in UTC, with the weeks of ISO 8601, and a period without a copy does not count.

    Attributes:
        keep_last: how many of the latest copies to keep; in this and the next four rules, 0 means no rule.
        keep_daily: for how many days to keep a copy.
        keep_weekly: for how many weeks to keep a copy.
        keep_monthly: for how many months to keep a copy.
        keep_yearly: for how many years to keep a copy.
        keep_within: the age in days up to which to keep all copies, as an integer or a `timedelta`; None means no rule.

    Raises:
        InvalidRequestError: a number is not valid, or there is no rule.
    """

    keep_last: int = 0
    keep_daily: int = 0
    keep_weekly: int = 0
    keep_monthly: int = 0
    keep_yearly: int = 0
    keep_within: int | None = field(default=None, converter=to_days)

    def __attrs_post_init__(self) -> None:
        rules, or_days = asdict(self), ", or a timedelta of whole days"
        remedy = f"Set one of {', '.join(rules)}."
        empty = Problem("policy", "a policy without a rule", "would keep only the newest copy", remedy)
        raise_problems(
            *(validate_count(rule, n, 0) for rule, n in rules.items() if rule != "keep_within"),
            [] if self.keep_within is None else validate_count("keep_within", self.keep_within, alternative=or_days),
            [] if any(rules.values()) or self.keep_within is not None else [empty],
            subject="retention policy",
        )


@frozen(order=False)
class RetentionDecision:
    """
    Whether to keep a copy, and why.

    Attributes:
        snapshot: the copy.
        keep: whether it stays.
        reasons: why, such as ``daily 3 of 7`` and ``monthly 2 of 6 (2026-10)``, or ``superseded by web-1-2026-11-28``.
    """

    snapshot: Snapshot
    keep: bool
    reasons: tuple[str, ...]

    def to_dict(self) -> RetentionDecisionDict:
        """Return the decision ready for JSON: the snapshot under its wire names."""
        return {"snapshot": self.snapshot.to_dict(), "keep": self.keep, "reasons": list(self.reasons)}


def plan_retention(
    snapshots: Iterable[Snapshot], policy: RetentionPolicy, *, target_snapshot_name: str, now: datetime
) -> tuple[RetentionDecision, ...]:
    """
    Return which copies of a source to keep and which to delete. Makes no call: `delete_snapshots` deletes them.

    The date of a copy is the one in its name. The newest usable copy always stays, and so does a copy that is not
    usable or whose date is in the future; those two do not count.

    Args:
        snapshots: the snapshots of one Region, as `list_snapshots` returns them.
        policy: the rules.
        target_snapshot_name: the template of the copies' names, such as ``web-1-{date}``. The plan has only snapshots
            whose whole name fits it, with a date in the form YYYY-MM-DD.
        now: the current time, with a time zone; only its date in UTC matters.

    Returns:
        A decision for each copy, the newest first.

    Raises:
        InvalidRequestError: an argument is not valid.

    Example:
        >>> policy = RetentionPolicy(keep_last=1)
        >>> now = datetime.now(timezone.utc)
        >>> plan = plan_retention(list_snapshots(client), policy, target_snapshot_name="web-1-{date}", now=now)
        >>> for decision in plan[:2]:
        ...     print(decision.snapshot.name, decision.keep, *decision.reasons, sep=", ")
        web-1-2025-12-31, True, last 1 of 1, newest usable copy
        web-1-2025-12-30, False, superseded by web-1-2025-12-31
    """
    listed = tuple(snapshots)
    in_utc = parse_timestamp(now) if isinstance(cast("object", now), datetime) else None
    naive = Problem("now", format_value(now), "must be a datetime with a time zone", "Give datetime.now(timezone.utc).")
    raise_problems(
        *(validate_type("snapshots", each, Snapshot, "Give what list_snapshots returns.") for each in listed),
        validate_type("policy", policy, RetentionPolicy),
        _validate_template(target_snapshot_name),
        [naive] if in_utc is None else [],
        subject="plan",
    )
    today = cast("datetime", in_utc).date()
    copies = _find_copies(listed, target_snapshot_name)
    kept = _apply(policy, [(day, each) for day, each in copies if each.usable and day <= today], today)
    decisions: list[RetentionDecision] = []
    newer = ""
    for _, each in copies:
        reasons = tuple(kept.get(each, (_why_not_counted(each),)))
        decisions.append(RetentionDecision(each, bool(reasons), reasons or (f"superseded by {newer}",)))
        newer = each.name if kept.get(each) else newer
    return tuple(decisions)


def _find_copies(snapshots: Iterable[Snapshot], template: str) -> list[tuple[date, Snapshot]]:
    """Return the snapshots whose names fit a template, each once, with their dates, the newest first."""
    start = template.index(_PLACEHOLDER)
    copies: list[tuple[date, Snapshot]] = []
    for each in dict.fromkeys(snapshots):
        day = parse_date(each.name[start : start + len("YYYY-MM-DD")])
        if day is not None and each.name == template.replace(_PLACEHOLDER, str(day)):
            copies.append((day, each))
    # Names are unique in a Region. If one is given twice, the order still does not depend on that of the input.
    return sorted(copies, key=lambda copy: (copy[0], copy[1].created_at, repr(copy[1])), reverse=True)


def _apply(policy: RetentionPolicy, copies: list[tuple[date, Snapshot]], today: date) -> dict[Snapshot, list[str]]:
    """Return the reasons to keep each copy that counts; `copies` has the newest first."""
    kept: dict[Snapshot, list[str]] = {each: [] for _, each in copies}
    for number, (_, each) in enumerate(copies[: policy.keep_last], 1):
        kept[each].append(f"last {number} of {policy.keep_last}")
    for rule, period_of in _PERIODS.items():
        count: int = getattr(policy, f"keep_{rule}")
        newest: dict[str, Snapshot] = {}
        for day, each in copies:
            newest.setdefault(period_of(day), each)
        for number, (period, each) in enumerate(list(newest.items())[:count], 1):
            kept[each].append(f"{rule} {number} of {count}" + ("" if rule == "daily" else f" ({period})"))
    limit = policy.keep_within
    for day, each in copies:
        if limit is not None and (today - day).days <= limit:
            kept[each].append(f"within {limit} day{'s' if limit > 1 else ''}")
    for _, each in copies[:1]:
        kept[each].append("newest usable copy")
    return kept


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


_PERIODS: Mapping[str, Callable[[date], str]] = {
    "daily": date.isoformat,
    "weekly": _week,
    "monthly": lambda day: day.isoformat()[:7],
    "yearly": lambda day: day.isoformat()[:4],
}


def _why_not_counted(snapshot: Snapshot) -> str:
    if snapshot.usable:
        return "dated in the future"
    if snapshot.state is SnapshotState.PENDING:
        return "still being copied"
    state = "failed" if snapshot.state is SnapshotState.ERROR else f"in state {snapshot.state}"
    return f"{state}: look at it, then delete it by hand"


def _validate_template(template: object) -> list[Problem]:
    field_name, remedy = "target_snapshot_name", "Give the name of the copies with {date}, such as 'web-1-{date}'."
    name = template.replace(_PLACEHOLDER, "2026-11-20") if isinstance(template, str) else template
    no_date = [Problem(field_name, "", "must have {date} where the copies have their date")]
    problems = validate_name(field_name, name) or (no_date if name == template else [])
    return [evolve(each, given=format_value(template), remedy=remedy) for each in problems]
