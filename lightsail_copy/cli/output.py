"""The output: the result goes to standard output, all else to standard error. A pipe may close early (`| head`)."""

from __future__ import annotations

import errno
import json
import logging
import os
import re
import stat
import sys
import textwrap
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from itertools import zip_longest
from typing import NamedTuple, TextIO, cast

import click

from lightsail_copy import Operation
from lightsail_copy.cli.failures import Status, Stop

_CLOSED = {errno.EPIPE, errno.EINVAL}  # Windows calls a closed pipe EINVAL
_NOT_WRITTEN = "the calls were made, but their result cannot be written to standard output"
_GAP = "  "
_COMMAND_INDENT = "    "
_NARROWEST, _NARROWEST_SENTENCE = 6, 12
# Also line separators and bidirectional formatting characters.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_USER_INFO = re.compile(r"(?<=://)[^\s/]*(?:/[^\s]*)?@")
_HEADING = re.compile(r"^(Error|Interrupted):")


class Form(NamedTuple):
    """The form of the result: `json`, `table`, `text`, or None if nobody chose one; and a JMESPath expression."""

    output: str | None = None
    query: str | None = None

    @property
    def is_table(self) -> bool:
        """Whether the whole result is one table with columns of our own; that of a query has its own."""
        return self.output == "table" and self.query is None

    @property
    def is_chosen(self) -> bool:
        """Whether somebody chose a form."""
        return self.output is not None or self.query is not None

    @property
    def is_for_people(self) -> bool:
        """Whether nobody chose a form, and the result goes to a terminal."""
        return not self.is_chosen and is_screen(sys.stdout)


def is_screen(stream: TextIO | None) -> bool:
    """Return whether a stream is a terminal that can do more than print."""
    return getattr(stream, "isatty", bool)() and os.environ.get("TERM") != "dumb"


def shows_bars(*, with_lines: bool = False) -> bool:
    """Return whether there is a terminal for bars, to which no lines go: neither ours nor those of a pipe's reader."""
    try:
        is_pipe = stat.S_ISFIFO(os.fstat(sys.stdout.fileno()).st_mode)
    except (AttributeError, OSError):
        is_pipe = False  # standard output is closed, or has no file
    return is_screen(sys.stderr) and not is_pipe and not (with_lines and is_screen(sys.stdout))


def _is_coloured(stream: TextIO) -> bool:
    return is_screen(stream) and not os.environ.get("NO_COLOR")


def _width_of(stream: TextIO) -> int:
    try:
        # Not with shutil: it measures standard output, and sometimes only standard error is a terminal.
        return os.get_terminal_size(stream.fileno()).columns or 80
    except OSError:
        return 80


def clean(text: str) -> str:
    """Return a text with control characters escaped, and without the password of a URL."""
    return _USER_INFO.sub("***@", _CONTROL.sub(lambda match: ascii(match[0])[1:-1], text))


def _write(stream: TextIO | None, text: str) -> None:
    # A stream that was closed from the start is None, which click takes for standard output.
    if stream is not None:
        click.echo(text, file=stream)


def put(text: str) -> None:
    """Write a part of the result."""
    try:
        _write(sys.stdout, text)
    except UnicodeEncodeError as error:
        why = f"its encoding, {sys.stdout.encoding}, lacks a character: use --output json"
        raise Stop(Status.FAILED, f"{_NOT_WRITTEN} ({why})") from error
    except OSError as error:
        if error.errno not in _CLOSED:
            raise Stop(Status.FAILED, f"{_NOT_WRITTEN} ({error.strerror})") from error


def say(*lines: str) -> None:
    """Write lines to standard error, wrapped at the width of a terminal, except for a command after four spaces."""
    for line in clean("\n".join(lines)).split("\n"):
        is_wrapped = is_screen(sys.stderr) and not line.startswith(_COMMAND_INDENT)
        text = folded(line, sys.stderr) if is_wrapped else line
        if _is_coloured(sys.stderr):
            text = _HEADING.sub(lambda match: click.style(match[0], fg="red", bold=True), text, 1)
        with suppress(OSError):
            _write(sys.stderr, text)


def folded(text: str, stream: TextIO) -> str:
    """Return a line, wrapped at the width of a terminal."""
    # Not at hyphens: a name is easier to copy whole.
    indent = _GAP * (2 if text.startswith(" ") else 1)
    width = _width_of(stream)
    return textwrap.fill(clean(text), width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


class _Handler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage())


@contextmanager
def logged(level: int) -> Generator[None]:
    """Within the context, print the library's log records of a level and above."""
    logger, handler = logging.getLogger("lightsail_copy"), _Handler()
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


def put_result(form: Form, wire: object, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write the result, given as a value that is ready for JSON, and as the headings and rows of a table."""
    if form.is_table:
        put_table(headings, rows)
    else:
        put_value(form, wire, rows, indent=4)


def put_value(form: Form, wire: object, rows: Iterable[Sequence[object]], *, indent: int | None = None) -> None:
    """Write a result as JSON, as the table of a query, or as lines of cells separated by tabs; there may be none."""
    if form.query is not None:
        misfit = "the calls were made, but --query does not fit their result"
        wire = _search(form.query, wire, Status.FAILED, misfit)
        if form.output == "table":
            put_table(*_query_table(wire))
            return
        rows = _text_rows(wire)
    text = ["\t".join(map(_text, row)) for row in rows] if form.output == "text" else [_json(wire, indent)]
    if text:
        put(clean("\n".join(text)))


def _json(wire: object, indent: int | None) -> str:
    """Return JSON as the AWS CLI writes it, with its letters as they are, unless the encoding lacks one."""
    text = _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(wire, indent=indent, ensure_ascii=False))
    with suppress(UnicodeEncodeError):
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
        return text
    return json.dumps(wire, indent=indent)


def validate_query(query: str) -> None:
    """Validate an expression before any call."""
    # Searching None looks up its functions too. The types of their arguments depend on the result.
    _search(query, None, Status.BAD_REQUEST, "--query is not a JMESPath expression", ignores_types=True)


def _search(query: str, wire: object, status: Status, what: str, *, ignores_types: bool = False) -> object:
    import jmespath
    from jmespath.exceptions import JMESPathError, JMESPathTypeError

    try:
        return cast("object", jmespath.search(query, wire))
    except JMESPathError as error:
        if ignores_types and isinstance(error, JMESPathTypeError):
            return None
        # Below its first line, jmespath draws the expression and a caret.
        first, *drawing = str(error).splitlines()
        raise Stop(status, f"{what}: {first}", notes=tuple(_COMMAND_INDENT + line for line in drawing)) from error


def _text_rows(value: object, label: tuple[str, ...] = ()) -> Iterator[Sequence[object]]:
    """Yield the rows of the AWS CLI's text output; the label is the key of the value, in capitals."""
    items = cast("list[object]", value) if isinstance(value, list) else [value]
    lists = cast("list[object]", [item for item in items if isinstance(item, list)])
    objects = cast("list[dict[str, object]]", [item for item in items if isinstance(item, dict)])
    if scalars := [item for item in items if _is_scalar(item)]:
        yield from [(*label, scalar) for scalar in scalars] if label else [scalars]
    for nested in lists:
        yield from _text_rows(nested, label)
    # The rows of the objects have the same columns. What is nested in an object follows its row.
    columns = sorted({key for each in objects for key in each if _is_scalar(each[key])})
    for each in objects:
        if columns:
            yield (*label, *(each.get(key, "") for key in columns))
        for key in sorted(each.keys() - columns):
            yield from _text_rows(each[key], (key.upper(),))


def _query_table(value: object) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
    """
    Return the headings and the rows of any result.

    An object has a row for each key. A list has a row for each item, and a column for each key of its objects.
    """
    if isinstance(value, dict):
        return (), sorted(cast("dict[str, object]", value).items())
    items = cast("list[object]", value) if isinstance(value, list) else [value] if value is not None else []
    objects = cast("list[dict[str, object]]", [item for item in items if isinstance(item, dict)])
    if len(objects) == len(items):
        keys = sorted({key for each in objects for key in each})
        return keys, [[each.get(key) for key in keys] for each in objects]
    rows = [cast("list[object]", item) if isinstance(item, list) else [item] for item in items]
    width = max(map(len, rows))
    return (), [row + [None] * (width - len(row)) for row in rows]


def _is_scalar(value: object) -> bool:
    return not isinstance(value, (dict, list))


def _text(value: object) -> str:
    return value.astimezone(timezone.utc).isoformat() if isinstance(value, datetime) else str(value)


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    text = str(value) if _is_scalar(value) else json.dumps(value, ensure_ascii=False)
    return "" if value is None else clean(text)


class _CellWrapper(textwrap.TextWrapper):
    # A name that does not fit is broken after a hyphen, even before a digit.
    wordsep_re = re.compile(r"(\s+|[^\s-]*-+)")


def put_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write the result for people, with or without headings; a terminal wraps long cells. None is an empty cell."""
    cells = [[_cell(cell) for cell in row] for row in (headings, *rows) if row]
    columns = [*zip(*cells, strict=True)]
    widths = [max(1, *map(len, column)) for column in columns]
    if is_screen(sys.stdout):
        words = [max(len(word) for cell in column for word in cell.split() or [""]) for column in columns]
        spare = _width_of(sys.stdout) - len(_GAP) * (len(widths) - 1)
        while sum(widths) > spare and max(widths) > _NARROWEST:
            # Words are broken only if nothing else helps; those of the last column, which has sentences, first.
            words[-1] = min(words[-1], _NARROWEST_SENTENCE)
            number = max(range(len(widths)), key=lambda column: (widths[column] > words[column], widths[column]))
            widths[number] -= 1
    texts: list[str] = []
    for row in cells:
        wrapped = [_CellWrapper(width).wrap(cell) for cell, width in zip(row, widths, strict=True)]
        lines = zip_longest(*wrapped, fillvalue="")
        texts.append("\n".join(_GAP.join(map(str.ljust, line, widths)).rstrip() for line in lines))
    if headings and _is_coloured(sys.stdout):
        texts[0] = click.style(texts[0], bold=True)
    if texts:
        put("\n".join(texts))


def operation_lines(now: Callable[[], float]) -> Callable[[Iterable[Operation]], None]:
    """Return a function that prints a line for each operation whose status has changed; `now` returns the time."""
    statuses: dict[str, str] = {}

    def show(operations: Iterable[Operation]) -> None:
        for operation in operations:
            if statuses.get(operation.id) != operation.status:
                statuses[operation.id] = operation.status
                elapsed = elapsed_text(operation, now())
                time = f" after {elapsed}" if operation.done else f", {elapsed} so far (operation {operation.id})"
                say(f"{operation.resource_name} ({route(operation, 'to')}): {operation.status}{time}")

    return show


def route(operation: Operation, arrow: str) -> str:
    """Return the source and the target Region of a copy, with an arrow between them; otherwise its Region."""
    target = str(operation.location.region_name)
    source, colon, _ = (operation.operation_details or "").partition(":")
    return f"{source} {arrow} {target}" if colon else target


def elapsed_text(operation: Operation, now: float) -> str:
    """Return how long an operation has taken, by the service's timestamps."""
    present = datetime.fromtimestamp(now, timezone.utc)
    end = (operation.status_changed_at or present) if operation.done else present
    return duration_text((end - operation.created_at).total_seconds())


def duration_text(seconds: float) -> str:
    """Return a duration as hours, minutes, and seconds."""
    # The clocks of the service and of this machine may differ.
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
