"""
The output: standard output has the result, standard error everything else.

A pipe may close early (`| head`). The command is done by then, so a closed pipe changes no exit status.
"""

from __future__ import annotations

import errno
import os
import sys
import textwrap
from typing import TextIO

import click

from lightsail_copy.cli.failures import Status, Stop

_CLOSED = {errno.EPIPE, errno.EINVAL}  # Windows calls a closed pipe EINVAL
GAP = "  "
_COMMAND_INDENT = "    "
_USUAL_WIDTH = 80


def is_screen(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that can do more than print."""
    # A stream that was closed from the start is None.
    return getattr(stream, "isatty", bool)() and os.environ.get("TERM") != "dumb"


def is_same_screen(stream: TextIO, other: TextIO) -> bool:
    """Return whether two streams are one terminal."""
    try:
        return is_screen(stream) and os.path.sameopenfile(stream.fileno(), other.fileno())
    except OSError:
        # A stream without a file.
        return False


def is_coloured(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that may show colours."""
    return is_screen(stream) and not os.environ.get("NO_COLOR")


def width_of(stream: TextIO) -> int:
    """Return the width of a terminal, and a usual one for any other stream."""
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
            width_of(sys.stderr),
            subsequent_indent=GAP * (2 if line.startswith(" ") else 1),
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def _emphasized(line: str) -> str:
    heading, colon, rest = line.partition(":")
    if heading not in {"Error", "Interrupted"} or not is_coloured(sys.stderr):
        return line
    return click.style(heading + colon, fg="red", bold=True) + rest
