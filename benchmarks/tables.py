"""The tables that the benchmarks report, as Markdown for people and as dicts for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from typing import Any

from attrs import asdict, frozen

_LARGE = 1000


@frozen
class Row:
    """
    A row of a table.

    Attributes:
        label: what was measured.
        figures: the figures, by their columns.
    """

    label: str
    figures: Mapping[str, float]


@frozen
class Table:
    """
    What one benchmark reports.

    Attributes:
        title: its heading.
        method: how it was measured, in a sentence or two.
        rows: its rows.
    """

    title: str
    method: str
    rows: tuple[Row, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of all rows, in the order of their first use."""
        return tuple(dict.fromkeys(column for row in self.rows for column in row.figures))

    def to_markdown(self) -> str:
        """Return the table as Markdown, with its heading and its method."""
        lines = [_line(["", *self.columns]), _line(["---", *("---:" for _ in self.columns)])]
        for row in self.rows:
            cells = [format_figure(column, row.figures.get(column)) for column in self.columns]
            lines.append(_line([row.label, *cells]))
        return "\n".join([f"## {self.title}", "", self.method, "", *lines, ""]) if self.rows else self._skipped()

    def _skipped(self) -> str:
        return f"## {self.title}\n\n{self.method}\n"

    def to_dict(self) -> dict[str, Any]:
        """Return the table ready for JSON."""
        return asdict(self)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def format_figure(column: str, value: float | None) -> str:
    """Return a figure as a cell: ratios with three decimals, others with three digits."""
    if value is None or isnan(value):
        return ""
    if "ratio" in column or "times" in column:
        return f"{value:.3f}"
    return f"{value:,.0f}" if abs(value) >= _LARGE else f"{value:.3g}"
