"""The files of `fleet`: JSON lines or TOML, in UTF-8, as entries whose place in the file is known."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any, NamedTuple, cast

from lightsail_copy.cli.failures import Status, Stop
from lightsail_copy.messages import format_value

# A JSON line begins with a brace; what begins with a table, a key or a comment is TOML.
_TOML = re.compile(r"\s*(\[\[?\s*[A-Za-z_]|#|[A-Za-z_]+\s*=)")
_COPY_TABLE = re.compile(r"\s*\[\[\s*copy\s*\]\]")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Entry(NamedTuple):
    """
    One copy of a file.

    Attributes:
        place: where it is in the file, such as `line 3`.
        wire: the parameters under their wire names; empty where they cannot be parsed.
        fault: why they cannot be parsed, or None.
    """

    place: str
    wire: dict[str, object]
    fault: str | None = None


def parse_file(content: bytes) -> Iterator[Entry]:
    """
    Yield the entries of a file.

    Raises:
        Stop: the file is not text in UTF-8, not valid TOML, or of another form.
    """
    text = _decode(content)
    return _toml_entries(text) if _TOML.match(text) else _json_entries(text)


def _decode(content: bytes) -> str:
    """Return the text of a file, without the byte order mark that PowerShell and editors of Windows write."""
    if content.startswith(_UTF_16) or b"\0" in content:
        raise Stop(Status.BAD_REQUEST, "FILE is not UTF-8 text, but looks like UTF-16: save it as UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        sentence = f"FILE is not UTF-8 text: line {number} has the byte 0x{content[error.start]:02X}. Save it as UTF-8."
        raise Stop(Status.BAD_REQUEST, sentence) from error


def _json_entries(text: str) -> Iterator[Entry]:
    if _is_one_document(text):
        sentence = (
            "FILE is one JSON document: give an object on a line of its own for each copy, as `jq -c '.[]'` does."
        )
        raise Stop(Status.BAD_REQUEST, sentence)
    # Not splitlines(): a JSON string may have other separators of lines.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield _json_entry(f"line {number}", line)


def _json_entry(place: str, line: str) -> Entry:
    try:
        return _entry(place, json.loads(line), "a JSON object")
    except json.JSONDecodeError as error:
        fault = f"must be a JSON object, but cannot be parsed: {error.msg} at column {error.colno}."
    except (ValueError, RecursionError) as error:
        fault = f"must be a JSON object, but cannot be parsed: {error}."
    return Entry(place, {}, fault)


def _is_one_document(text: str) -> bool:
    """Return whether a text is an array, or an object on several lines."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, list) or "\n" in text.strip()


def _toml_entries(text: str) -> Iterator[Entry]:
    # What became tomllib is another package before Python 3.11. Only a file in TOML is worth its import.
    toml: Any = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        content: dict[str, object] = toml.loads(text)
    except (ValueError, RecursionError) as error:
        raise Stop(Status.BAD_REQUEST, f"FILE is not valid TOML: {error}") from error
    copies = content.pop("copy", [])
    if content or not isinstance(copies, list):
        names = ", ".join(content) or "copy"
        raise Stop(Status.BAD_REQUEST, f"FILE has {names}: give a [[copy]] table for each copy, and nothing else.")
    values = cast("list[object]", copies)
    lines = [f"line {number}" for number, line in enumerate(text.split("\n"), 1) if _COPY_TABLE.match(line)]
    # An array of tables may be in another form, whose lines are not known.
    places = lines if len(lines) == len(values) else [f"copy {number}" for number in range(1, len(values) + 1)]
    return (_entry(place, value, "a table") for place, value in zip(places, values, strict=True))


def _entry(place: str, value: object, kind: str) -> Entry:
    if isinstance(value, dict):
        return Entry(place, cast("dict[str, object]", value))
    return Entry(place, {}, f"must be {kind}, not {format_value(value)}.")
