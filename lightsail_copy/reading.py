"""
Reading what came from outside: one place that turns a foreign mapping into typed values and says where it hurt.

Sources: boto3's reply dicts (datetimes in the machine's zone), the AWS CLI's JSON (epoch seconds, or ISO 8601 text as
its version 2 prints) and this package's own `to_dict`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timezone
from reprlib import Repr
from typing import TYPE_CHECKING, Any, cast

from attrs import define

from lightsail_copy.errors import UnexpectedResponseError

if TYPE_CHECKING:
    from collections.abc import Iterator

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:?\d\d)", re.ASCII)
_EPOCH = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)

_short = Repr()
_short.maxstring = _short.maxother = 300


def shown(value: object) -> str:
    """Return a value's `repr`, shortened where it is long, and safe where the value's own `repr` fails."""
    return _short.repr(value)


@define  # a frozen one takes three times as long to make, and none outlives the reading of its reply
class Reader:
    """
    A mapping, the place where it stands, and the reply that it came in.

    Every method takes a key, returns the typed value, and raises `UnexpectedResponseError` with the dotted path where
    the value is missing (unless optional) or of another type.
    """

    mapping: Mapping[str, object]
    place: str
    response: object

    @classmethod
    def of(cls, response: object) -> Reader:
        """Return the reader of a whole reply."""
        return cls._of_part(response, "", response)

    @classmethod
    def _of_part(cls, part: object, place: str, response: object) -> Reader:
        # A dict is known for one at once, an abstract class has to look.
        if not isinstance(part, (dict, Mapping)):
            raise UnexpectedResponseError(f"it is {shown(part)}, not a mapping", path=place, response=response)
        return cls(cast("Mapping[str, object]", part), place, response)

    def text(self, key: str) -> str:
        """Return a text."""
        value = self.mapping.get(key)
        if not isinstance(value, str):
            raise self._fault(key, "a text")
        return value

    def filled_text(self, key: str) -> str:
        """Return a text that holds more than white space."""
        value = self.text(key)
        if not value.strip():
            raise self._fault(key, "a text that is not blank")
        return value

    def optional_text(self, key: str) -> str | None:
        """Return a text, or None where there is none."""
        return None if self.mapping.get(key) is None else self.text(key)

    def flag(self, key: str) -> bool:
        """Return a truth value."""
        value = self.mapping.get(key)
        if not isinstance(value, bool):
            raise self._fault(key, "true or false")
        return value

    def whole_number(self, key: str) -> int:
        """Return a whole number."""
        value = self.mapping.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._fault(key, "a whole number")
        return value

    def optional_whole_number(self, key: str) -> int | None:
        """Return a whole number, or None where there is none."""
        return None if self.mapping.get(key) is None else self.whole_number(key)

    def moment(self, key: str) -> datetime:
        """Return a point in time, in UTC, from an aware datetime, epoch seconds or ISO 8601 text with a zone."""
        moment = _moment(self.mapping.get(key))
        if moment is None:
            raise self._fault(key, "a time with its zone")
        return moment

    def optional_moment(self, key: str) -> datetime | None:
        """Return a point in time, in UTC, or None where there is none."""
        return None if self.mapping.get(key) is None else self.moment(key)

    def day(self, key: str) -> date:
        """Return a calendar day from `YYYY-MM-DD` text."""
        day = read_day(self.text(key))
        if day is None:
            raise self._fault(key, "a date as YYYY-MM-DD")
        return day

    def within(self, key: str) -> Reader:
        """Return the reader of a mapping inside this one."""
        part = self.mapping.get(key)
        if part is None:
            raise self._fault(key, "a mapping")
        return self._of_part(part, self._path(key), self.response)

    def each(self, key: str) -> Iterator[Reader]:
        """Yield a reader for each mapping of a list."""
        items = self.mapping.get(key)
        if not isinstance(items, Sequence) or isinstance(items, (str, bytes)):
            raise self._fault(key, "a list")
        for index, item in enumerate(cast("Sequence[object]", items)):
            yield self._of_part(item, f"{self._path(key)}.{index}", self.response)

    def optional_each(self, key: str) -> Iterator[Reader]:
        """Yield a reader for each mapping of a list, none where there is no list."""
        return iter(()) if self.mapping.get(key) is None else self.each(key)

    def _path(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def _fault(self, key: str, expected: str) -> UnexpectedResponseError:
        found = f"it is {shown(self.mapping[key])}" if key in self.mapping else "it is missing"
        return UnexpectedResponseError(
            f"{found}, where {expected} belongs", path=self._path(key), response=self.response
        )


def without_none(wire: dict[str, Any]) -> dict[str, Any]:
    """Return a wire form without what is None, as the service leaves out what it has nothing for."""
    return {key: value for key, value in wire.items() if value is not None}


def written(moment: datetime) -> str:
    """Return a point in time as ISO 8601 text in UTC, whatever the zone that a caller gave it."""
    return moment.astimezone(timezone.utc).isoformat()


def read_day(text: str) -> date | None:
    """Return the day of `YYYY-MM-DD` text in ASCII digits, or None where it is none."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _moment(value: object) -> datetime | None:
    try:
        if isinstance(value, datetime):
            return value.astimezone(timezone.utc) if value.tzinfo is not None else None
        if isinstance(value, str):
            return _moment_of_text(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, timezone.utc)
    # A number or a date outside the calendar is as unreadable as no time at all.
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _moment_of_text(text: str) -> datetime | None:
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(float(text), timezone.utc)
    match = _ISO_MOMENT.fullmatch(text)
    if match is None:
        return None
    # Python 3.10 reads neither "Z" nor a fraction of other than three or six digits.
    second, fraction, zone = match.groups()
    plain_zone = "+00:00" if zone == "Z" else f"{zone[:3]}:{zone[-2:]}"
    return datetime.fromisoformat(f"{second}.{(fraction or ''):0<6}{plain_zone}").astimezone(timezone.utc)
