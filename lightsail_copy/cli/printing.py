"""
The output: standard output has the result, standard error everything else.

A pipe may close early (`| head`). The command is done by then, so a closed pipe changes no exit status.
"""

from __future__ import annotations

import errno
import json
import os
import sys
import textwrap
from datetime import timezone
from typing import TYPE_CHECKING, TextIO, cast

import click

from lightsail_copy.cli.failures import Status, Stop

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from lightsail_copy.cli.invocation import Invocation

_CLOSED = {errno.EPIPE, errno.EINVAL}  # Windows calls a closed pipe EINVAL
_GAP = "  "
_COMMAND_INDENT = "    "
_USUAL_WIDTH = 80


def is_screen(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that can do more than print."""
    # A stream that was closed from the start is None.
    return getattr(stream, "isatty", bool)() and os.environ.get("TERM") != "dumb"


def _coloured(stream: TextIO) -> bool:
    return is_screen(stream) and not os.environ.get("NO_COLOR")


def _width(stream: TextIO) -> int:
    try:
        # Not with shutil: it measures standard output, and sometimes only standard error is a terminal.
        return os.get_terminal_size(stream.fileno()).columns or _USUAL_WIDTH
    except OSError:
        return _USUAL_WIDTH


def _write(stream: TextIO, text: str) -> OSError | None:
    """Write text and a newline, and return the error where that failed."""
    try:
        click.echo(text, file=stream)
    except OSError as error:
        return error
    return None


def put(text: str) -> None:
    """
    Write the result.

    Raises:
        Stop: standard output cannot be written to, for a reason other than a closed pipe.
    """
    error = _write(sys.stdout, text)
    if error is not None and error.errno not in _CLOSED:
        sentence = f"the command is done, but its result cannot be written to standard output ({error.strerror})"
        raise Stop(Status.FAILED, sentence)


def put_json(value: object) -> None:
    """Write the result as the AWS CLI does."""
    put(json.dumps(value, indent=4, default=_timestamp))


def _timestamp(value: datetime) -> str:
    return value.astimezone(timezone.utc).isoformat()


def put_result(call: Invocation, wire: object, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """
    Write the result in the form that --output and --query ask for.

    Args:
        call: the options.
        wire: the result under its wire names, ready for JSON.
        headings: the names of the columns of a table.
        rows: the cells of a table.
    """
    if call.query is not None:
        wire = _search(call.query, json.loads(json.dumps(wire, default=_timestamp)))
    if call.output == "json" or (call.output == "table" and call.query is not None):
        put_json(wire)
    elif call.output == "table":
        put_table(headings, rows)
    else:
        lines = _text_lines(wire) if call.query is not None else ["\t".join(map(_cell, row)) for row in rows]
        put("\n".join(lines))


def _search(query: str, wire: object) -> object:
    import jmespath  # noqa: PLC0415 - botocore brings it; only --query needs it
    from jmespath.exceptions import JMESPathError  # noqa: PLC0415 - as above

    try:
        return cast("object", jmespath.search(query, wire))
    except JMESPathError as error:
        raise Stop(Status.BAD_REQUEST, f"--query is not a JMESPath expression: {error}") from error


def _text_lines(value: object) -> list[str]:
    """Return the lines of the AWS CLI's text output: a line for each row, its cells separated by tabs."""
    if isinstance(value, dict):
        return ["\t".join(map(_cell, cast("dict[str, object]", value).values()))]
    if not isinstance(value, list):
        return [_cell(value)]
    items = cast("list[object]", value)
    if any(isinstance(item, (list, dict)) for item in items):
        return [line for item in items for line in _text_lines(item)]
    return ["\t".join(map(_cell, items))]


def _cell(value: object) -> str:
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)


def put_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """
    Write the result for people: a line for each row, or a block where a terminal is too narrow for that.

    Args:
        headings: the names of the columns.
        rows: the cells below them; None is an empty cell.
    """
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(headings, *cells, strict=True)]
    screen = is_screen(sys.stdout)
    if screen and sum(widths) + len(_GAP) * (len(widths) - 1) > _width(sys.stdout):
        put("\n\n".join(_block(headings, row) for row in cells))
        return
    head, *lines = (_line(row, widths) for row in [headings, *cells])
    put("\n".join([click.style(head, bold=True) if _coloured(sys.stdout) else head, *lines]))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _block(headings: Sequence[str], cells: Sequence[str]) -> str:
    width = max(map(len, headings))
    lines = [f"{name.ljust(width)}{_GAP}{cell}" for name, cell in zip(headings, cells, strict=True) if cell]
    return "\n".join(lines)


def say(*lines: str) -> None:
    """
    Write to standard error: on a terminal wrapped at its width, otherwise as it is.

    Args:
        lines: the lines; one that begins with four spaces, a command to copy, is not wrapped.
    """
    for line in lines:
        _write(sys.stderr, _emphasized(_wrapped(line)) if is_screen(sys.stderr) else line)


def _wrapped(line: str) -> str:
    if line.startswith(_COMMAND_INDENT):
        return line
    # Names have hyphens, and are copied whole.
    return "\n".join(
        textwrap.wrap(
            line,
            _width(sys.stderr),
            subsequent_indent=_GAP * (2 if line.startswith(" ") else 1),
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def _emphasized(line: str) -> str:
    heading, colon, rest = line.partition(":")
    if heading not in {"Error", "Interrupted"} or not _coloured(sys.stderr):
        return line
    return click.style(heading + colon, fg="red", bold=True) + rest
