"""The terms of the command line and of its files, where Python has arguments: the library's sentences in these."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from lightsail_copy import (
    InvalidRequestError,
    LightsailCopyError,
    ManualSnapshotCopy,
    Problem,
    RegionName,
    Unrecognized,
)


class Terms(NamedTuple):
    """
    The terms of an interface.

    Attributes:
        names: the name of each argument.
        words: the terms within sentences that are not names.
        examples: what to give for each argument that is missing.
        sentences: sentences that hold for no other interface, by those of the library, or by their templates.
    """

    names: Mapping[str, str]
    words: Mapping[str, str]
    examples: Mapping[str, str]
    sentences: Mapping[str, str] = MappingProxyType({})


COMMAND_LINE = Terms(
    names={
        "source_region": "--source-region",
        "source_snapshot_name": "--source-snapshot-name",
        "source_resource_name": "--source-resource-name",
        "target_snapshot_name": "--target-snapshot-name",
        "restore_date": "--restore-date",
        "use_latest_restorable_auto_snapshot": "--use-latest-restorable-auto-snapshot",
        "resource_name": "RESOURCE",
        "operations": "OPERATION_ID",
        "lookup_timeout": "--lookup-timeout",
        "timeout": "--timeout",
    },
    words={
        "call_again": "run the command again",
        "call_with_adopt": "run the command again with --if-exists adopt",
        "date_example": "a date such as 2026-11-20",
        "get_auto_snapshots": "`lightsail-copy auto-snapshots`",
        "latest_is_given": "--use-latest-restorable-auto-snapshot is given",
        "more_attempts": "set AWS_MAX_ATTEMPTS=10",
        "newer_region": "add --allow-unknown-region",
        "operation_id_source": "the id that a copy printed",
    },
    examples={
        "source_region": "the Region of the source, such as us-east-1",
        "source_snapshot_name": "the manual snapshot to copy (for an automatic one, use `lightsail-copy auto`)",
        "source_resource_name": "the instance or disk whose automatic snapshot to copy",
        "target_snapshot_name": "the name of the new snapshot",
    },
)
# Of a file, whose copies are always adopted, and whose calls botocore never retries.
FILE = Terms(
    names={
        "target_region": "targetRegion",
        "source_region": "sourceRegion",
        "source_snapshot_name": "sourceSnapshotName",
        "source_resource_name": "sourceResourceName",
        "target_snapshot_name": "targetSnapshotName",
        "restore_date": "restoreDate",
        "use_latest_restorable_auto_snapshot": "useLatestRestorableAutoSnapshot",
    },
    words={
        **COMMAND_LINE.words,
        "call_with_adopt": "run the command again",
        "latest_is_given": "useLatestRestorableAutoSnapshot is true",
    },
    examples={
        **COMMAND_LINE.examples,
        "target_region": "the target Region, such as us-west-2",
        "source_snapshot_name": "the manual snapshot to copy (for an automatic one, give sourceResourceName)",
        "source_resource_name": (
            "the instance or disk whose automatic snapshot to copy (for a manual one, give sourceSnapshotName)"
        ),
    },
    sentences={
        "must be True or False": "must be true or false",
        "Choose another {target_snapshot_name}, or {call_with_adopt}.": "Choose another {target_snapshot_name}.",
        "Wait, then {call_again}, or allow botocore more attempts: {more_attempts}.": "Wait, then {call_again}.",
        "The operations go on. To resume, wait for the same ids again.": (
            "The operations go on. To resume, {call_again}."
        ),
    },
)


def in_terms(text: str, terms: Terms = COMMAND_LINE) -> str:
    """Return a sentence of the library with the names of an interface."""
    text = re.sub(r"\b(if_exists)='(\w+)'", r"--if-exists \2", text)
    text = re.sub(r"\b(allow_unknown_region)=True", "--allow-unknown-region", text)
    return re.sub(r"\b[a-z]+(_[a-z]+)+\b", lambda match: terms.names.get(match[0], match[0]), text)


def error_sentence(error: LightsailCopyError, terms: Terms = COMMAND_LINE) -> str:
    """Return the message of an error in the terms of an interface."""
    return " ".join(in_terms(part, terms) for part in error.parts)


def problem_sentence(problem: Problem, terms: Terms = COMMAND_LINE) -> str:
    """Return the sentence of one broken rule in the terms of an interface."""
    name = terms.names.get(problem.field, problem.field)
    example = terms.examples.get(problem.field)
    if problem.given == "None" and example:
        return f"{name} is missing: give {example}."
    given = "" if problem.given == "None" else f" {problem.given}"
    remedy = "" if problem.is_plain else f" {in_terms(problem.remedy, terms)}"
    return f"{name}:{given} {in_terms(problem.rule, terms)}.{remedy}"


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
        return what + "; ".join(map(problem_sentence, error.problems)).removeprefix(COMMAND_LINE.names["source_region"])
    return None


def known_regions(beginning: str) -> list[str]:
    """Return the Regions whose names begin with a text."""
    return [str(region) for region in RegionName if region.startswith(beginning)]
