"""The library's words in those of the command line, whose user has options where Python has arguments."""

from __future__ import annotations

import re

from lightsail_copy import InvalidRequestError, ManualSnapshotCopy, Problem, RegionName, Unrecognized

OPTIONS = {
    "source_region": "--source-region",
    "source_snapshot_name": "--source-snapshot-name",
    "source_resource_name": "--source-resource-name",
    "target_snapshot_name": "--target-snapshot-name",
    "restore_date": "--restore-date",
    "use_latest_restorable_auto_snapshot": "--use-latest-restorable-auto-snapshot",
    "resource_name": "RESOURCE",
    "operations": "OPERATION_ID",
}
_EXAMPLES = {
    "source_region": "the Region of the source, such as us-east-1",
    "source_snapshot_name": "the manual snapshot to copy (of an automatic one, `lightsail-copy auto` makes a copy)",
    "source_resource_name": "the instance or disk whose automatic snapshot to copy",
    "target_snapshot_name": "the name of the new snapshot",
}
_UNRECOGNIZED = re.compile(r"Unrecognized\((.*)\)")
_DATE = re.compile(r"datetime\.date\((\d+), (\d+), (\d+)\)")
# Python's spelling of what a command line spells in another way; the longer ones first, as they hold shorter ones.
_SPELLINGS = (
    ("use_latest_restorable_auto_snapshot=True", "--use-latest-restorable-auto-snapshot"),
    (r"passed as Unrecognized\([^)]*\)", "taken with --allow-unknown-region"),
    (r"let botocore re-send more often: Config\(retries=\{'max_attempts': (\d+)\}\)", r"set AWS_MAX_ATTEMPTS=\1"),
    (r"call again with if_exists='adopt'", "run the command again with --if-exists adopt"),
    (r"if_exists='adopt' returns it", "--if-exists adopt returns it"),
    ("get_auto_snapshots lists", "`lightsail-copy auto-snapshots` lists"),
    ("give operation.id", "give the id that a copy printed"),
    (r"repeat(ing)? the call\b", r"repeat\1 the command"),
    # What has no underscore is a word of plain English too.
    *((field, option) for field, option in OPTIONS.items() if "_" in field),
)


def in_option_names(text: str) -> str:
    """
    Return a sentence of the library's as the command line says it.

    Args:
        text: the sentence; what it quotes is the user's own and stays as it is.
    """
    for python, ours in _SPELLINGS:
        text = re.sub(rf"(?<![\w.'-]){python}(?![\w'-])", ours, text)
    return text


def problem_sentence(problem: Problem) -> str:
    """Return the sentence of one broken rule."""
    option = OPTIONS.get(problem.field, problem.field)
    if problem.given == "None":
        example = _EXAMPLES.get(problem.field)
        rule, remedy = in_option_names(problem.rule), in_option_names(problem.remedy)
        return f"{option} is missing: give {example}" if example else f"{rule}: {remedy}"
    given = _UNRECOGNIZED.sub(r"\1", problem.given)
    given = _DATE.sub(lambda date: f"'{date[1]}-{date[2]:0>2}-{date[3]:0>2}'", given)
    return f"{option} is {given}, but {in_option_names(problem.rule)}: {in_option_names(problem.remedy)}"


def region_of(text: str, *, allow_unknown: bool) -> str:
    """Return a Region as a request takes it; one that this release does not know only on purpose."""
    return Unrecognized(text) if allow_unknown else text


def region_problem(text: str, what: str, *, allow_unknown: bool) -> str | None:
    """
    Return the sentence of what is wrong with a Region, or None.

    Args:
        text: the Region.
        what: what it was given by, such as the name of an option.
        allow_unknown: whether a Region newer than this release is taken.
    """
    # The rules of a Region are those of a request, so a request with nothing else in it to refuse is asked.
    try:
        ManualSnapshotCopy(
            source_region=region_of(text, allow_unknown=allow_unknown),
            source_snapshot_name="any",
            target_snapshot_name="any",
        )
    except InvalidRequestError as error:
        return what + problem_sentence(error.problems[0]).removeprefix(OPTIONS["source_region"])
    return None


def known_regions(beginning: str) -> list[str]:
    """Return the Regions whose names begin so."""
    return [str(region) for region in RegionName if region.startswith(beginning)]
