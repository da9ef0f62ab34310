"""
The rules for arguments: each function returns the problems with one value.

Sources: the API page of CopySnapshot (constraints), botocore's model (the pattern of names), and the Lightsail guide (2
to 255 characters, periods allowed). Where the model and the guide differ, a value that either accepts is accepted.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from itertools import chain
from math import inf
from typing import TypeAlias

from lightsail_copy.enums import RegionName, Unrecognized
from lightsail_copy.errors import FOLLOW_THE_RULE, InvalidRequestError, Problem, format_value
from lightsail_copy.parsing import parse_date

_MAX_NAME_LENGTH = 255
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,253}[A-Za-z0-9_]")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]{1,2}")
_DATE_IN_ANY_FORM = re.compile(r"(?s)([0-9]{4})\D?([0-9]{1,2})\D?([0-9]{1,2})(\D.*)?")
# How to use a Region that is newer than this release: in a constructor, and in a mapping.
AS_UNRECOGNIZED = "pass it as Unrecognized(...)"
BY_OPTION = "allow it (allow_unknown_region=True)"
_MAX_REGION_LENGTH = 40
_MAX_EDITS = 3
_MAX_COUNT = 10**30  # Python does not format an integer of more than some thousand digits
_MIN_RATE, _MAX_RATE = 0.001, 1_000_000


def raise_problems(*found: list[Problem], subject: str = "request") -> None:
    """Raise the problems of several values at once as an `InvalidRequestError`, if there are any."""
    if any(found):
        raise InvalidRequestError(tuple(chain.from_iterable(found)), subject)


def validate_name(field: str, value: object) -> list[Problem]:
    """Return the problems with the name of a resource or a snapshot: with its type, length, characters, and ends."""
    if not isinstance(value, str):
        remedy = _text_remedy(value, "Give the resource's name as a string.")
        return [Problem(field, format_value(value), "must be a string", remedy)]
    if _NAME.fullmatch(value):
        return []
    if value.startswith("arn:"):
        remedy = "That is an ARN: give the resource's name instead."
        return [Problem(field, format_value(value), "must be a name", remedy)]
    return [Problem(field, format_value(value), rule, _name_remedy(value)) for rule in _broken_name_rules(value)]


def _broken_name_rules(text: str) -> list[str]:
    broken: list[str] = []
    if not 1 < len(text) <= _MAX_NAME_LENGTH:
        broken.append(f"must have 2 to {_MAX_NAME_LENGTH} characters, not {len(text)}")
    invalid = _NOT_IN_NAMES.search(text)
    if invalid:
        at = f"{invalid[0]!r} at position {invalid.start() + 1}"
        broken.append(f"must contain only ASCII letters, digits, '_', '-', and '.', not {at}")
    for end, character in (("begin", text[:1]), ("end", text[-1:])):
        if character in {"-", "."}:
            broken.append(f"must {end} with a letter, a digit, or '_'")
    return broken


def _name_remedy(text: str) -> str:
    if len(text) > _MAX_NAME_LENGTH:
        return f"Shorten it by {len(text) - _MAX_NAME_LENGTH}."
    meant = _NOT_IN_NAMES.sub("-", _normalized(text)).strip("-.")
    return f"Did you mean {meant!r}?" if _NAME.fullmatch(meant) else FOLLOW_THE_RULE


def validate_region(field: str, value: object, newer_region: str = AS_UNRECOGNIZED) -> list[Problem]:
    """Return the problems with a Region's name; `newer_region` says how to use one newer than this release."""
    if isinstance(value, RegionName) or (isinstance(value, Unrecognized) and _REGION.fullmatch(value)):
        return []
    if not isinstance(value, str):
        remedy = _text_remedy(value, "Give a Region's name as a string, such as 'us-east-1'.")
        return [Problem(field, format_value(value), "must be a string", remedy)]
    return [Problem(field, format_value(value), "is not a Lightsail Region", _region_remedy(value, newer_region))]


def _region_remedy(text: str, newer_region: str) -> str:
    similar, edits = _similar_regions(text)
    remedy = f"Did you mean {' or '.join(map(repr, similar))}?" if similar else f"Use one of {', '.join(RegionName)}."
    # A new Region often differs from a known one only in its number.
    if _REGION.fullmatch(text) and (edits > 1 or any(text[:-1] == name[:-1] for name in similar)):
        remedy += " If the Region is newer than this release, " + newer_region + "."
    return remedy


def _similar_regions(text: str) -> tuple[list[str], int]:
    """Return the Regions closest to a text, if it is close to any, and the number of edits between them."""
    # A longer text is not close to any Region, and counting its edits would take long.
    typed = re.sub(r"[\s_.]+", "-", _normalized(text[:_MAX_NAME_LENGTH]).lower())[:_MAX_REGION_LENGTH]
    edits = {str(region): _count_edits(typed, region) for region in RegionName}
    fewest = min(edits.values())
    return [name for name, count in edits.items() if count == fewest <= _MAX_EDITS], fewest


def _count_edits(typed: str, meant: str) -> int:
    """Count the letters that are extra, missing, or wrong; two swapped letters count as one."""
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for i, letter in enumerate(typed, 1):
        before, above, row = row, before, [i]
        for j, wanted in enumerate(meant, 1):
            edits = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == meant[j - 2] and typed[i - 2] == wanted:
                edits = min(edits, above[j - 2] + 1)
            row.append(edits)
    return row[-1]


def validate_date(field: str, value: object) -> list[Problem]:
    """Return the problems with a date; a `datetime` is not accepted, because its date depends on a time zone."""
    if isinstance(value, datetime):
        remedy = "Give the date of an automatic snapshot, in UTC."
        return [Problem(field, format_value(value), "must be a date without a time", remedy)]
    if isinstance(value, date):
        return []
    if isinstance(value, str):
        meant = _similar_date(value)
        remedy = f"Did you mean {str(meant)!r}?" if meant else "Give the date of an automatic snapshot."
        return [Problem(field, format_value(value), "must be a calendar date in the form YYYY-MM-DD", remedy)]
    remedy = _text_remedy(value, "Give a date such as '2026-11-20'.")
    return [Problem(field, format_value(value), "must be a date", remedy)]


def _similar_date(text: str) -> date | None:
    match = _DATE_IN_ANY_FORM.fullmatch(_normalized(text[:_MAX_NAME_LENGTH]))
    return parse_date(f"{match[1]}-{match[2]:0>2}-{match[3]:0>2}") if match else None


def validate_boolean(field: str, value: object) -> list[Problem]:
    """Return the problems with a Boolean."""
    return [] if isinstance(value, bool) else [Problem(field, format_value(value), "must be True or False")]


def validate_operation_id(field: str, value: object) -> list[Problem]:
    """Return the problems with an operation's id."""
    if isinstance(value, str) and value.strip():
        return []
    return [Problem(field, format_value(value), "must be a string that is not blank", "Give the id of an operation.")]


def validate_choice(field: str, value: object, choices: tuple[str, ...]) -> list[Problem]:
    """Return the problems with a value that must be one of a few strings."""
    if isinstance(value, str) and value in choices:
        return []
    return [Problem(field, format_value(value), f"must be {' or '.join(map(repr, choices))}")]


def validate_count(field: str, value: object, minimum: int = 1, alternative: str = "") -> list[Problem]:
    """Return the problems with a count that has a minimum; `alternative` says what else its argument takes."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= minimum:
        return [] if value <= _MAX_COUNT else [Problem(field, format_value(value), "must be at most 10**30")]
    return [Problem(field, format_value(value), f"must be an integer of at least {minimum}{alternative}")]


def validate_rate(field: str, value: object) -> list[Problem]:
    """Return the problems with a rate in calls a second."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and _MIN_RATE <= value <= _MAX_RATE:
        return []
    return [Problem(field, format_value(value), f"must be from {_MIN_RATE} to {_MAX_RATE:,} calls a second")]


def validate_type(field: str, value: object, expected: type, remedy: str = FOLLOW_THE_RULE) -> list[Problem]:
    """Return a problem if a value is not an instance of a class."""
    if isinstance(value, expected):
        return []
    return [Problem(field, format_value(value), f"must be a {expected.__name__}", remedy)]


def _text_remedy(value: object, otherwise: str) -> str:
    return "Decode it: value.decode('ascii')." if isinstance(value, (bytes, bytearray)) else otherwise


def _normalized(text: str) -> str:
    """Return a text without outer white space, its full-width letters and foreign digits converted to ASCII."""
    import unicodedata  # noqa: PLC0415 - only for a value that breaks a rule

    narrow = unicodedata.normalize("NFKC", text).strip()
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in narrow)


Duration: TypeAlias = float | timedelta

# About thirty years. Beyond a few hundred years, time.sleep() and timestamps overflow.
_MAX_SECONDS = 1_000_000_000


def to_seconds(value: Duration) -> float:
    """Return a duration in seconds; any other value is returned unchanged, for `validate_seconds` to report."""
    return value.total_seconds() if isinstance(value, timedelta) else value


def to_optional_seconds(value: Duration | None) -> float | None:
    """Return a duration in seconds, or None, as `to_seconds` does."""
    return None if value is None else to_seconds(value)


def validate_seconds(field: str, value: object, *, finite: bool = False) -> list[Problem]:
    """Return the problems with a duration in seconds; with `finite`, infinity is a problem too."""
    # In Python, a bool is an int, but True is not meant as a duration.
    number = value if isinstance(value, (int, float)) and not isinstance(value, bool) else -1
    if 0 <= number <= _MAX_SECONDS or (number == inf and not finite):
        return []
    rule = f"must be a number of seconds from 0 to {_MAX_SECONDS:,}, or a timedelta"
    return [Problem(field, format_value(value), rule)]
