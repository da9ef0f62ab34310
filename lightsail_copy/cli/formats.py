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
    if call.query is not None:
        wire = _search(call.query, json.loads(json.dumps(wire, default=_timestamp)))
    if call.output == "json" or (call.output == "table" and call.query is not None):
        _put_json(wire)
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
