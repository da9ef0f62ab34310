"""
What is written where: standard output holds the result, standard error all else.

A pipe may close early (`| head`). What was asked has happened by then, so a closed pipe changes no exit status.
"""

from __future__ import annotations

import errno
import json
import os
import sys
import textwrap
from datetime import timezone
from typing import TYPE_CHECKING, TextIO

import click

from lightsail_copy.cli.status import Status, Stop

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

_CLOSED = {errno.EPIPE, errno.EINVAL}  # Windows calls a closed pipe EINVAL
_GAP = "  "
_USUAL_WIDTH = 80


def is_screen(stream: TextIO) -> bool:
    """Tell whether a person looks at a stream, on a terminal that can do more than print."""
    # A stream that was closed from the start is None.
    return getattr(stream, "isatty", bool)() and os.environ.get("TERM") != "dumb"


def _coloured(stream: TextIO) -> bool:
    return is_screen(stream) and not os.environ.get("NO_COLOR")


def _width(stream: TextIO) -> int:
    try:
        # Not of shutil: that one measures standard output, and sometimes only standard error is a terminal.
        return os.get_terminal_size(stream.fileno()).columns or _USUAL_WIDTH
    except OSError:
        return _USUAL_WIDTH


def _write(stream: TextIO, text: str) -> OSError | None:
    """Write text and a newline, and return what kept it from being written."""
    try:
        click.echo(text, file=stream)
    except OSError as error:
        return error
    return None


def put(text: str) -> None:
    """
    Write the result.

    Raises:
        Stop: standard output takes no more, for another reason than a pipe that closed.
    """
    error = _write(sys.stdout, text)
    if error is not None and error.errno not in _CLOSED:
        sentence = f"what was asked is done, but the result cannot be written to standard output ({error.strerror})"
        raise Stop(Status.REFUSED, sentence)


def put_json(value: object) -> None:
    """Write the result as the AWS CLI does."""
    put(json.dumps(value, indent=4, default=_moment))


def _moment(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).isoformat()


def put_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """
    Write the result for people: a line for each row, or a block where a terminal is too narrow for that.

    Args:
        headings: the names of the columns.
        rows: what stands below them; None leaves its place empty.
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
    Write to standard error: on a screen folded at its width, else as it is.

    Args:
        lines: what to say; a line that begins with a space, such as a command to be copied, is not folded.
    """
    for line in lines:
        _write(sys.stderr, _emphasized(_folded(line)) if is_screen(sys.stderr) else line)


def _folded(line: str) -> str:
    if line.startswith(" "):
        return line
    # Names hold hyphens, and are to be copied whole.
    return "\n".join(
        textwrap.wrap(line, _width(sys.stderr), subsequent_indent=_GAP, break_long_words=False, break_on_hyphens=False)
    )


def _emphasized(line: str) -> str:
    heading, colon, rest = line.partition(":")
    if heading not in {"Error", "Interrupted"} or not _coloured(sys.stderr):
        return line
    return click.style(heading + colon, fg="red", bold=True) + rest
