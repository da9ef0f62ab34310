"""Sentences that each interface prints in its own terms: Python has arguments where the command line has options."""

from __future__ import annotations

from collections.abc import Mapping
from reprlib import Repr

from lightsail_copy.compat import Self

_short = Repr()
_short.maxstring = _short.maxother = _short.maxlong = 300


def format_value(value: object) -> str:
    """
    Return the text of a value for a message: its `repr`, shortened where it is long.

    It never raises, whatever the value: an integer of 5,000 digits, a deep structure, or a `repr` that fails is
    described by its type.
    """
    # A subclass such as Unrecognized is still the caller's text.
    plain = str.__str__(value) if isinstance(value, str) else value
    try:
        return _short.repr(plain)
    # A `repr` is the caller's code.
    except Exception:  # noqa: BLE001 - see above
        return f"<{type(value).__name__}>"


def shorten(text: str, width: int = 300) -> str:
    """Return a text on one line, cut between two words where it is longer than a width."""
    line = " ".join(text.split())
    if len(line) <= width:
        return line
    return line[: line.rfind(" ", 0, width - 3) if " " in line[: width - 3] else width - 3] + "..."


def as_sentence(text: str) -> str:
    """Return a text that ends as a sentence does."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


class Text(str):  # noqa: SLOT000 - a subclass of str can have no slots of its own
    """
    A sentence in Python's terms, which another interface can format in its own.

    The template names terms in braces, such as ``{restore_date}``. In Python's terms, a term without an entry in
    `PYTHON_TERMS` is its own name. Values fill their places unchanged in every interface's terms.
    """

    template: str
    values: Mapping[str, str]

    def __new__(cls, template: str, /, **values: str) -> Self:
        """Format the template in Python's terms."""
        text = super().__new__(cls, template.format_map(_Terms({**PYTHON_TERMS, **values})))
        text.template = template
        text.values = values
        return text

    def __getnewargs_ex__(self) -> tuple[tuple[str], Mapping[str, str]]:
        return (self.template,), self.values

    def in_terms(self, terms: Mapping[str, str]) -> str:
        """Return the sentence with the terms of another interface; a term that it lacks is Python's."""
        return self.template.format_map(_Terms({**PYTHON_TERMS, **terms, **self.values}))


class _Terms(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return name


PYTHON_TERMS: Mapping[str, str] = {
    "call_again": "call again",
    "call_with_adopt": "call again with if_exists='adopt'",
    "date_example": "datetime.date(2026, 11, 20) or '2026-11-20'",
    "get_auto_snapshots": "get_auto_snapshots()",
    "latest_is_given": "use_latest_restorable_auto_snapshot is True",
    "more_attempts": "Config(retries={'max_attempts': 10})",
    "newer_region": "pass it as Unrecognized(...)",
    "operation_id_source": "operation.id",
}
