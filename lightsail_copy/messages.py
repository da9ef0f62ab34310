"""The words of messages: values that are shortened, and sentences that end once."""

from __future__ import annotations

from reprlib import Repr

_short = Repr()
_short.maxstring = _short.maxother = _short.maxlong = 300


def format_value(value: object) -> str:
    """
    Return the text of a value for a message: its `repr`, shortened if it is long.

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
    """Return a text on one line, cut if it is longer than a width: between two words, unless a word is very long."""
    line = " ".join(text.split())
    if len(line) <= width:
        return line
    space = line.rfind(" ", 0, width - 3)
    return line[: space if space > width // 2 else width - 3] + "..."


def describe_error(error: BaseException) -> str:
    """Return the name of an error's class and its message, if it has one, as the last line of a traceback does."""
    name, said = type(error).__name__, str(error)
    return f"{name}: {said}" if said.strip() else name


def as_sentence(text: str) -> str:
    """Return a text that ends as a sentence does."""
    return text if text.endswith((".", "?", "!")) else f"{text}."
