"""The forms of a result on standard output: JSON, a table, or lines of text, as the AWS CLI has them."""

from __future__ import annotations

import json
import sys
from datetime import timezone
from typing import TYPE_CHECKING, cast

import click

from lightsail_copy.cli.failures import Status, Stop
from lightsail_copy.cli.printing import GAP, is_coloured, is_screen, put, width_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from lightsail_copy.cli.invocation import Invocation


def _put_json(value: object) -> None:
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
    if wants_table(call):
        put_table(headings, rows)
    elif call.output == "text" and call.query is None:
        put("\n".join(map(_text_row, rows)))
    elif call.output == "text":
        put("\n".join(_text_lines(_found(call, wire))))
    else:
        _put_json(_found(call, wire))


def wants_table(call: Invocation) -> bool:
    """Return whether the result is a table for people; the result of a query has no columns, so it is JSON."""
    return call.output == "table" and call.query is None


def line_of(call: Invocation, wire: object, row: Sequence[object]) -> str:
    """
    Return one of many results: JSON on one line, or cells separated by tabs.

    Args:
        call: the options.
        wire: the result under its wire names, ready for JSON; --query applies to it alone.
        row: its cells.

    Raises:
        Stop: --query does not fit the result.
    """
    if call.output != "text":
        return json.dumps(_found(call, wire), default=_timestamp)
    return _text_row(row) if call.query is None else "\n".join(_text_lines(_found(call, wire)))


def validate_query(query: str) -> None:
    """
    Validate an expression before any call.

    Raises:
        Stop: it is not a JMESPath expression, or calls an unknown function.
    """
    import jmespath
    from jmespath.exceptions import JMESPathError, JMESPathTypeError

    try:
        # On no value at all, so that a function within it is looked up too.
        jmespath.search(query, None)
    except JMESPathTypeError:
        # The type of what a function takes depends on the result.
        return
    except JMESPathError as error:
        raise Stop(Status.BAD_REQUEST, f"--query is not a JMESPath expression: {error}") from error


def _found(call: Invocation, wire: object) -> object:
    """Return what --query finds in a result; without it, the result."""
    if call.query is None:
        return wire
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        return cast("object", jmespath.search(call.query, json.loads(json.dumps(wire, default=_timestamp))))
    except JMESPathError as error:
        raise Stop(Status.FAILED, f"the command is done, but --query does not fit its result: {error}") from error


def _text_row(row: Sequence[object]) -> str:
    return "\t".join(map(_cell, row))


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
    if screen and sum(widths) + len(GAP) * (len(widths) - 1) > width_of(sys.stdout):
        put("\n\n".join(_block(headings, row) for row in cells))
        return
    head, *lines = (_line(row, widths) for row in [headings, *cells])
    put("\n".join([click.style(head, bold=True) if is_coloured(sys.stdout) else head, *lines]))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return GAP.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _block(headings: Sequence[str], cells: Sequence[str]) -> str:
    width = max(map(len, headings))
    lines = [f"{name.ljust(width)}{GAP}{cell}" for name, cell in zip(headings, cells, strict=True) if cell]
    return "\n".join(lines)
