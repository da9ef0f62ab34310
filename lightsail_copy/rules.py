"""
The rules that a request must keep, each a function that returns the problems of one value.

A problem comes with a remedy, and where what was meant can be told, the remedy spells it out.

Sources: the API page of CopySnapshot (constraints), botocore's model (name pattern), and the Lightsail guide (2 to 255
characters, periods allowed). Where the model and the guide differ, whatever either of them takes is taken here.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from itertools import chain
from typing import TYPE_CHECKING

from lightsail_copy.enums import RegionName, Unrecognized
from lightsail_copy.errors import InvalidRequestError, Problem
from lightsail_copy.reading import read_day, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_NAME = 255
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,253}[A-Za-z0-9_]")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]{1,2}")
_LONGEST_REGION = 40
_NEAR = 3
_DAY_IN_SOME_FORM = re.compile(r"([0-9]{4})\D?([0-9]{1,2})\D?([0-9]{1,2})(\D.*)?", re.DOTALL)


def refuse(*found: Iterable[Problem]) -> None:
    """
    Refuse what has problems.

    Args:
        found: the problems of each value.

    Raises:
        InvalidRequestError: there is at least one.
    """
    problems = tuple(chain.from_iterable(found))
    if problems:
        raise InvalidRequestError(problems)


def name_problems(field: str, value: object) -> list[Problem]:
    """
    Return what is wrong with the name of a resource or a snapshot.

    Args:
        field: the argument's name.
        value: what was given.

    Returns:
        One problem for each of: its type, its length, its characters, its ends.
    """
    if not isinstance(value, str):
        return [Problem(field, shown(value), "a name is text", _as_text(value, "write the resource's name in quotes"))]
    if _NAME.fullmatch(value):
        return []
    return [Problem(field, shown(value), rule, _name_remedy(value)) for rule in _rules_broken_by_name(value)]


def _rules_broken_by_name(text: str) -> list[str]:
    broken: list[str] = []
    if not 1 < len(text) <= _LONGEST_NAME:
        broken.append(f"a name has 2 to {_LONGEST_NAME} characters, and this has {len(text)}")
    foreign = _NOT_IN_NAMES.search(text)
    if foreign:
        broken.append(
            "a name holds only the ASCII letters, digits, '_', '-' and '.',"
            f" and this has {foreign[0]!r} at position {foreign.start() + 1}"
        )
    if text[:1] in {"-", "."} or text[-1:] in {"-", "."}:
        broken.append("a name begins and ends with a letter, a digit or '_'")
    return broken


def _name_remedy(text: str) -> str:
    if len(text) > _LONGEST_NAME:
        return f"shorten it by {len(text) - _LONGEST_NAME}"
    meant = _NOT_IN_NAMES.sub("-", _plain(text)).strip("-.")
    return f"did you mean {meant!r}?" if _NAME.fullmatch(meant) else "write a whole name, such as 'web-1-2026-11-20'"


def region_problems(field: str, value: object) -> list[Problem]:
    """
    Return what is wrong with the name of a Region.

    Args:
        field: the argument's name.
        value: what was given: a `RegionName` is right, and an `Unrecognized` is where it looks like a Region.
    """
    if isinstance(value, RegionName) or (isinstance(value, Unrecognized) and _REGION.fullmatch(value)):
        return []
    if not isinstance(value, str):
        remedy = _as_text(value, "write a Region's name in quotes, such as 'us-east-1'")
        return [Problem(field, shown(value), "a Region's name is text", remedy)]
    remedy = _region_remedy(value)
    if _REGION.fullmatch(value):
        remedy += f" (a Region newer than this release is passed as Unrecognized({str(value)!r}))"
    return [Problem(field, shown(value), "a Region is one that Lightsail names", remedy)]


def _region_remedy(text: str) -> str:
    plain = re.sub(r"[\s_.]+", "-", _plain(text[: 2 * _LONGEST_REGION]).lower())
    slips = {str(region): _slips(plain, region) for region in RegionName} if len(plain) <= _LONGEST_REGION else {}
    fewest = min(slips.values(), default=_NEAR + 1)
    if fewest > _NEAR:
        return f"write one of {', '.join(RegionName)}"
    return f"did you mean {' or '.join(repr(name) for name, count in slips.items() if count == fewest)}?"


def _slips(typed: str, meant: str) -> int:
    """Count the slips of the keys between two words: a letter too many, missing, wrong, or two of them swapped."""
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for i, letter in enumerate(typed, 1):
        before, above, row = row, before, [i]
        for j, wanted in enumerate(meant, 1):
            slips = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == meant[j - 2] and typed[i - 2] == wanted:
                slips = min(slips, above[j - 2] + 1)
            row.append(slips)
    return row[-1]


def day_problems(field: str, value: object) -> list[Problem]:
    """
    Return what is wrong with a calendar day.

    Args:
        field: the argument's name.
        value: what was given; a `datetime` is refused, as its day depends on a zone.
    """
    if isinstance(value, datetime):
        remedy = "give the day in UTC that get_auto_snapshots lists, such as moment.astimezone(timezone.utc).date()"
        return [Problem(field, shown(value), "it is a day, and a datetime's day depends on a zone", remedy)]
    if isinstance(value, date):
        return []
    if isinstance(value, str):
        meant = _meant_day(value)
        remedy = f"did you mean '{meant}'?" if meant else "write one of the days that get_auto_snapshots lists"
        return [Problem(field, shown(value), "it is a day of the calendar, written YYYY-MM-DD", remedy)]
    remedy = _as_text(value, "write datetime.date(2026, 11, 20) or '2026-11-20'")
    return [Problem(field, shown(value), "it is a datetime.date or its text", remedy)]


def _meant_day(text: str) -> date | None:
    match = _DAY_IN_SOME_FORM.fullmatch(_plain(text[:_LONGEST_NAME]))
    return read_day(f"{match[1]}-{match[2]:0>2}-{match[3]:0>2}") if match else None


def flag_problems(field: str, value: object) -> list[Problem]:
    """Return what is wrong with a flag."""
    if isinstance(value, bool):
        return []
    return [Problem(field, shown(value), "a flag is a bool", "write True or False, without quotes")]


def id_problems(field: str, value: object) -> list[Problem]:
    """Return what is wrong with the id of an operation."""
    if isinstance(value, str) and value.strip():
        return []
    return [Problem(field, shown(value), "an operation's id is text that is not blank", "give operation.id")]


def duration_problems(field: str, value: object) -> list[Problem]:
    """Return what is wrong with a duration in seconds, or with any other number that is at least 0."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0:
        return []
    rule = "it is a number of at least 0, of seconds where it is a duration"
    return [Problem(field, shown(value), rule, "write a number such as 30.0, or for a duration a timedelta")]


def _as_text(value: object, otherwise: str) -> str:
    return "decode it: value.decode('ascii')" if isinstance(value, (bytes, bytearray)) else otherwise


def _plain(text: str) -> str:
    """Return a text as it was probably meant: full-width letters and foreign digits in ASCII, and no outer space."""
    narrow = unicodedata.normalize("NFKC", text).strip()
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in narrow)
