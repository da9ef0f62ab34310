"""
Parsing of foreign mappings: typed values, or an error with the dotted path of the fault.

A `Table` maps the members of a wire form to the attributes of a class, both ways. Sources: boto3's response dicts
(datetimes in the machine's zone), the AWS CLI's JSON (epoch seconds, or the ISO 8601 text of its version 2), and this
package's own `to_dict`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timezone
from enum import Enum
from typing import Any, Final, Generic, NamedTuple, TypeVar, cast

from attrs import Factory, field, frozen

from lightsail_copy.enums import OpenEnum, Unrecognized
from lightsail_copy.errors import UnexpectedResponseError, format_value

T = TypeVar("T")
E = TypeVar("E", bound=OpenEnum)
Parser = Callable[[object], T]

UTC = timezone.utc
REQUIRED: Final = object()

_DATE_LENGTH = len("YYYY-MM-DD")
_ISO_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:?\d\d)", re.ASCII)
_EPOCH = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)


class Fault(Exception):  # noqa: N818 - it becomes an error when the whole response is known
    """A value that cannot be parsed, with a sentence that says why, and its dotted path."""

    def __init__(self, sentence: str, path: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.path = path

    def within(self, key: object) -> Fault:
        """Return the fault with a key, or an index, in front of its path."""
        return Fault(self.sentence, f"{key}.{self.path}" if self.path else str(key))


def parse_response(parse: Parser[T], response: object) -> T:
    """Parse a whole response, or raise an `UnexpectedResponseError` that says where the fault is, and what started."""
    try:
        return parse(response)
    except Fault as fault:
        raise UnexpectedResponseError(
            fault.sentence, path=fault.path, response=response, operation_ids=operation_ids(response)
        ) from None


def operation_ids(response: object) -> tuple[str, ...]:
    """Return the operation ids in a response that cannot be parsed: in botocore's dict, or in the raw body."""
    content: object = response
    body = mapping_or_empty(response).get("body")
    if isinstance(body, bytes):
        try:
            content = json.loads(body)
        # JSON that is malformed, or too deep.
        except (ValueError, RecursionError):
            return ()
    operations: object = mapping_or_empty(content).get("operations")
    items = cast("list[object]", operations) if isinstance(operations, list) else []
    ids = (mapping_or_empty(item).get("id") for item in items)
    return tuple(each for each in ids if isinstance(each, str) and each.strip())


class Member(NamedTuple):
    """One member of a wire form."""

    attribute: str
    key: str
    parse: Parser[object]
    default: object = None  # the attribute if the member is absent or null; `REQUIRED` makes that a fault


@frozen(order=False, eq=False, repr=False)
class Table(Generic[T]):
    """The wire form of a class."""

    make: Callable[..., T]
    members: tuple[Member, ...]  # in the order of the class's attributes
    # The parts that parsing needs: Python unpacks a plain tuple five times as fast as a named one.
    _rows: tuple[tuple[str, Parser[object], object], ...] = field(
        init=False, default=Factory(lambda self: tuple(tuple(each[1:]) for each in self.members), takes_self=True)
    )

    def parse(self, value: object) -> T:
        """Parse a wire form; unknown keys are ignored, and a value that cannot be parsed is a fault."""
        mapping = to_mapping(value)
        values: list[object] = []
        key = ""
        try:
            for key, parse, default in self._rows:
                found = mapping.get(key)
                values.append(parse(found) if found is not None or default is REQUIRED else default)
        except Fault as fault:
            raise (fault if key in mapping else Fault("it is missing")).within(key) from None
        return self.make(*values)

    def to_dict(self, value: T) -> dict[str, object]:
        """Return the wire form of a value, ready for JSON; an attribute that is None is left out."""
        found = ((key, getattr(value, attribute)) for attribute, key, _, _ in self.members)
        return {key: _serialize(item) for key, item in found if item is not None}


def _serialize(value: object) -> object:
    if isinstance(value, (Enum, Unrecognized)):
        return str(value)
    if isinstance(value, datetime):
        return format_timestamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_serialize(item) for item in cast("tuple[object, ...]", value)]
    return cast("Any", value).to_dict() if hasattr(value, "to_dict") else value


def to_mapping(value: object) -> Mapping[str, object]:
    """Return a mapping unchanged; anything else is a fault."""
    # isinstance() is slow for an abstract class.
    if not isinstance(value, (dict, Mapping)):
        raise Fault(f"{format_value(value)} is not a mapping")
    return cast("Mapping[str, object]", value)


def at(key: str, parse: Parser[T]) -> Parser[T]:
    """Return a parser of mappings, which parses the value under one key."""

    def parse_value(value: object) -> T:
        mapping = to_mapping(value)
        try:
            return parse(mapping.get(key))
        except Fault as fault:
            raise (fault if key in mapping else Fault("it is missing")).within(key) from None

    return parse_value


def each(parse: Parser[T], *, skip: bool = False) -> Parser[tuple[T, ...]]:
    """Return a parser of lists, given the parser of an item; `skip` leaves out the items that cannot be parsed."""

    def parse_items(value: object) -> tuple[T, ...]:
        parsed: list[T] = []
        for index, item in enumerate(to_list(value)):
            try:
                parsed.append(parse(item))
            except Fault as fault:
                if not skip:
                    raise fault.within(index) from None
        return tuple(parsed)

    return parse_items


def to_list(value: object) -> Sequence[object]:
    """Return a list unchanged; anything else is a fault."""
    if not isinstance(value, (list, Sequence)) or isinstance(value, (str, bytes)):
        raise Fault(f"{format_value(value)} is not a list")
    return cast("Sequence[object]", value)


def to_text(value: object) -> str:
    """Return a string as a plain `str`; anything else is a fault."""
    if type(value) is str:
        return value
    if not isinstance(value, str):
        raise Fault(f"{format_value(value)} is not a string")
    return str.__str__(value)


def to_filled_text(value: object) -> str:
    """Return a string that is not blank, as `to_text` does; anything else is a fault."""
    text = to_text(value)
    if not text.strip():
        raise Fault(f"{format_value(text)} is blank")
    return text


def to_boolean(value: object) -> bool:
    """Return a Boolean unchanged; anything else is a fault."""
    if not isinstance(value, bool):
        raise Fault(f"{format_value(value)} is not a Boolean")
    return value


def to_integer(value: object) -> int:
    """Return an integer unchanged; anything else is a fault."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise Fault(f"{format_value(value)} is not an integer")
    return value


def to_member(enum: type[E]) -> Parser[E | Unrecognized]:
    """Return a parser of the values of an enum."""
    members = cast("Mapping[object, E]", enum.by_value())

    def parse_value(value: object) -> E | Unrecognized:
        try:
            return members[value]
        # TypeError: a value that is not hashable.
        except (KeyError, TypeError):
            text = to_text(value)
            return members.get(text) or Unrecognized(text)

    return parse_value


def to_timestamp(value: object) -> datetime:
    """Return a datetime in UTC, from an aware datetime, epoch seconds, or ISO 8601 text with a zone."""
    if isinstance(value, datetime) and value.tzinfo is UTC:
        return value
    timestamp = parse_timestamp(value)
    if timestamp is None:
        raise Fault(f"{format_value(value)} is not a timestamp with a time zone")
    return timestamp


def to_date(value: object) -> date:
    """Return a date from `YYYY-MM-DD` text."""
    parsed = parse_date(to_text(value))
    if parsed is None:
        raise Fault(f"{format_value(value)} is not a date in the form YYYY-MM-DD")
    return parsed


def mapping_or_empty(value: object) -> Mapping[str, Any]:
    """Return a dict unchanged, and an empty mapping for anything else: a malformed part must not break an error."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def text_or_none(value: object) -> str | None:
    """Return a string unchanged, and None for anything else."""
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
    """Return a datetime in UTC from any form of timestamp, or None."""
    try:
        if isinstance(value, datetime):
            return value.astimezone(UTC) if value.utcoffset() is not None else None
        if isinstance(value, str):
            return _parse_text(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    # A number or a date outside the calendar.
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _parse_text(text: str) -> datetime | None:
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(float(text), UTC)
    match = _ISO_TIMESTAMP.fullmatch(text)
    if match is None:
        return None
    # Python 3.10 parses neither "Z" nor a fraction of other than three or six digits.
    second, fraction, zone = match.groups()
    plain_zone = "+00:00" if zone == "Z" else f"{zone[:3]}:{zone[-2:]}"
    return datetime.fromisoformat(f"{second}.{(fraction or ''):0<6}{plain_zone}").astimezone(UTC)
