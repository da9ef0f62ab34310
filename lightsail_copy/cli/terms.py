"""The terms of the command line, where Python has arguments: the library's sentences are printed in these."""

from __future__ import annotations

from lightsail_copy import (
    InvalidRequestError,
    LightsailCopyError,
    ManualSnapshotCopy,
    Problem,
    RegionName,
    Unrecognized,
)
from lightsail_copy.messages import Text

OPTIONS = {
    "source_region": "--source-region",
    "source_snapshot_name": "--source-snapshot-name",
    "source_resource_name": "--source-resource-name",
    "target_snapshot_name": "--target-snapshot-name",
    "restore_date": "--restore-date",
    "use_latest_restorable_auto_snapshot": "--use-latest-restorable-auto-snapshot",
    "resource_name": "RESOURCE",
    "operations": "OPERATION_ID",
    "settle_timeout": "--settle-timeout",
    "timeout": "--timeout",
}
_TERMS = {
    **OPTIONS,
    "call_again": "run the command again",
    "call_with_adopt": "run the command again with --if-exists adopt",
    "date_example": "a date such as 2026-11-20",
    "get_auto_snapshots": "`lightsail-copy auto-snapshots`",
    "latest_is_given": "--use-latest-restorable-auto-snapshot is given",
    "more_attempts": "set AWS_MAX_ATTEMPTS=10",
    "newer_region": "add --allow-unknown-region",
    "operation_id_source": "the id that a copy printed",
}
_EXAMPLES = {
    "source_region": "the Region of the source, such as us-east-1",
    "source_snapshot_name": "the manual snapshot to copy (for an automatic one, use `lightsail-copy auto`)",
    "source_resource_name": "the instance or disk whose automatic snapshot to copy",
    "target_snapshot_name": "the name of the new snapshot",
}


def in_terms(text: str) -> str:
    """Return a sentence of the library in the command line's terms."""
    return text.in_terms(_TERMS) if isinstance(text, Text) else text


def error_sentence(error: LightsailCopyError) -> str:
    """Return the message of an error in the command line's terms."""
    return " ".join(map(in_terms, error.parts))


def problem_sentence(problem: Problem) -> str:
    """Return the sentence of one broken rule."""
    option = OPTIONS.get(problem.field, problem.field)
    example = _EXAMPLES.get(problem.field)
    if problem.given == "None" and example:
        return f"{option} is missing: give {example}."
    given = "" if problem.given == "None" else f" {problem.given}"
    remedy = "" if problem.is_plain else f" {in_terms(problem.remedy)}"
    return f"{option}:{given} {in_terms(problem.rule)}.{remedy}"


def region_of(text: str, *, allow_unknown: bool) -> str:
    """Return a Region as a request takes it; an unknown one only if that is allowed."""
    return Unrecognized(text) if allow_unknown else text


def region_problem(text: str, what: str, *, allow_unknown: bool) -> str | None:
    """
    Return the sentence of what is wrong with a Region, or None.

    Args:
        text: the Region.
        what: where it comes from, such as the name of an option.
        allow_unknown: whether a Region newer than this release is accepted.
    """
    # This request can break only the rules of a Region.
    try:
        ManualSnapshotCopy(
            source_region=region_of(text, allow_unknown=allow_unknown),
            source_snapshot_name="any",
            target_snapshot_name="any",
        )
    except InvalidRequestError as error:
        return what + "; ".join(map(problem_sentence, error.problems)).removeprefix(OPTIONS["source_region"])
    return None


def known_regions(beginning: str) -> list[str]:
    """Return the Regions whose names begin with a text."""
    return [str(region) for region in RegionName if region.startswith(beginning)]
