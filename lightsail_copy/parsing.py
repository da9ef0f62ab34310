"""
Parsing of foreign mappings: typed values, or an error with the dotted path of the fault.

Sources: boto3's response dicts (datetimes in the machine's zone), the AWS CLI's JSON (epoch seconds, or the ISO 8601
text of its version 2) and this package's own `to_dict`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timezone
from typing import Any, cast

from attrs import define

from lightsail_copy.errors import UnexpectedResponseError
from lightsail_copy.messages import format_value

UTC = timezone.utc

_DATE_LENGTH = len("YYYY-MM-DD")
# Compiled on first use: boto3's responses have datetimes.
_ISO_TIMESTAMP = r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:?\d\d)"
_EPOCH = r"-?\d+(\.\d+)?([eE][+-]?\d+)?"


@define(order=False, eq=False, repr=False)  # a frozen one takes three times as long to make
class Fields:
    """
    The fields of a mapping, with its place in a response.

    Every method takes a key, returns the typed value, and raises `UnexpectedResponseError` with the dotted path where
    the value is missing (unless optional) or of another type.
    """

    mapping: Mapping[str, object]
    place: str
    response: object

    @classmethod
    def of(cls, response: object) -> Fields:
        """Return the fields of a whole response."""
        return cls._of_part(response, "", response)

    @classmethod
    def _of_part(cls, part: object, place: str, response: object) -> Fields:
        # isinstance() is fast for a dict, and slow for an abstract class.
        if not isinstance(part, (dict, Mapping)):
            raise UnexpectedResponseError(f"{format_value(part)} is not a mapping", path=place, response=response)
        return cls(cast("Mapping[str, object]", part), place, response)

    def text(self, key: str) -> str:
        """Return a string."""
        value = self.mapping.get(key)
        if not isinstance(value, str):
            raise self.fault(key, "a string")
        return value

    def filled_text(self, key: str) -> str:
        """Return a string that is not blank."""
        value = self.text(key)
        if not value.strip():
            raise self.fault(key, "a string that is not blank")
        return value

    def optional_text(self, key: str) -> str | None:
        """Return a string, or None where it is absent."""
        return None if self.mapping.get(key) is None else self.text(key)

    def boolean(self, key: str) -> bool:
        """Return a Boolean."""
        value = self.mapping.get(key)
        if not isinstance(value, bool):
            raise self.fault(key, "a Boolean")
        return value

    def integer(self, key: str) -> int:
        """Return an integer."""
        value = self.mapping.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.fault(key, "an integer")
        return value

    def optional_integer(self, key: str) -> int | None:
        """Return an integer, or None where it is absent."""
        return None if self.mapping.get(key) is None else self.integer(key)

    def timestamp(self, key: str) -> datetime:
        """Return a datetime in UTC, from an aware datetime, epoch seconds or ISO 8601 text with a zone."""
        timestamp = parse_timestamp(self.mapping.get(key))
        if timestamp is None:
            raise self.fault(key, "a timestamp with a time zone")
        return timestamp

    def optional_timestamp(self, key: str) -> datetime | None:
        """Return a datetime in UTC, or None where it is absent."""
        return None if self.mapping.get(key) is None else self.timestamp(key)

    def date(self, key: str) -> date:
        """Return a date from `YYYY-MM-DD` text."""
        value = parse_date(self.text(key))
        if value is None:
            raise self.fault(key, "a date in the form YYYY-MM-DD")
        return value

    def within(self, key: str) -> Fields:
        """Return the fields of a mapping inside this one."""
        part = self.mapping.get(key)
        if part is None:
            raise self.fault(key, "a mapping")
        return self._of_part(part, self._path(key), self.response)

    def each(self, key: str) -> Iterator[Fields]:
        """Yield the fields of each mapping in a list."""
        for index, item in enumerate(self.items(key)):
            yield self._of_part(item, f"{self._path(key)}.{index}", self.response)

    def optional_each(self, key: str) -> Iterator[Fields]:
        """Yield the fields of each mapping in a list; nothing where the list is absent."""
        return iter(()) if self.mapping.get(key) is None else self.each(key)

    def items(self, key: str) -> Sequence[object]:
        """Return a list."""
        items = self.mapping.get(key)
        if not isinstance(items, Sequence) or isinstance(items, (str, bytes)):
            raise self.fault(key, "a list")
        return cast("Sequence[object]", items)

    def fault(self, key: str, expected: str) -> UnexpectedResponseError:
        """Return the error for a value that is not what is expected."""
        found = (
            f"{format_value(self.mapping[key])} is not {expected}" if key in self.mapping else f"{expected} is missing"
        )
        return UnexpectedResponseError(found, path=self._path(key), response=self.response)

    def _path(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key


def mapping_or_empty(value: object) -> Mapping[str, Any]:
    """Return a dict as it is, and an empty mapping for anything else: a malformed part must not break an error."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def text_or_none(value: object) -> str | None:
    """Return a string as it is, and None for anything else."""
    return value if isinstance(value, str) else None


def format_timestamp(value: datetime) -> str:
    """Return ISO 8601 text in UTC."""
    return value.astimezone(UTC).isoformat()


def parse_date(text: str) -> date | None:
    """Return the date of `YYYY-MM-DD` text in ASCII digits, or None."""
    # From Python 3.11 on, fromisoformat() takes other forms of ISO 8601 too.
    if len(text) != _DATE_LENGTH or not text[4] == text[7] == "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_timestamp(value: object) -> datetime | None:
    """Return a datetime in UTC from any of the forms of a timestamp, or None."""
    try:
        if isinstance(value, datetime):
            return value.astimezone(UTC) if value.tzinfo is not None else None
        if isinstance(value, str):
            return _parse_text(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    # A number or a date outside the calendar.
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _parse_text(text: str) -> datetime | None:
    if re.fullmatch(_EPOCH, text, re.ASCII):
        return datetime.fromtimestamp(float(text), UTC)
    match = re.fullmatch(_ISO_TIMESTAMP, text, re.ASCII)
    if match is None:
        return None
    # Python 3.10 parses neither "Z" nor a fraction of other than three or six digits.
    second, fraction, zone = match.groups()
    plain_zone = "+00:00" if zone == "Z" else f"{zone[:3]}:{zone[-2:]}"
    return datetime.fromisoformat(f"{second}.{(fraction or ''):0<6}{plain_zone}").astimezone(UTC)
