"""The tables that the benchmarks report, as Markdown for people and as dicts for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from typing import Any

from attrs import asdict, frozen

_LARGE = 1000


@frozen
class Aim:
    """
    The aim for one figure of a row.

    Attributes:
        column: the figure's column.
        limit: the value to reach.
        at_most: whether the figure must be at most the limit; otherwise, at least.
    """

    column: str
    limit: float
    at_most: bool = True

    def is_met(self, value: float) -> bool:
        """Return whether a value reaches the aim."""
        return value <= self.limit if self.at_most else value >= self.limit

    def format(self, value: float) -> str:
        """Return the aim in a few words, with whether a value reaches it."""
        sign = "at most" if self.at_most else "at least"
        return f"{sign} {self.limit:.2f}: {'met' if self.is_met(value) else '**missed**'}"


@frozen
class Row:
    """
    A row of a table.

    Attributes:
        label: what was measured.
        figures: the figures, by their columns.
        aims: what they must reach.
    """

    label: str
    figures: Mapping[str, float]
    aims: tuple[Aim, ...] = ()


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
        has_aims = any(row.aims for row in self.rows)
        heads = ["", *self.columns, *(["aim"] if has_aims else [])]
        lines = [_line(heads), _line(["---", *("---:" for _ in self.columns), *(["---"] if has_aims else [])])]
        for row in self.rows:
            cells = [format_figure(column, row.figures.get(column)) for column in self.columns]
            aims = ["; ".join(aim.format(row.figures[aim.column]) for aim in row.aims)] if has_aims else []
            lines.append(_line([row.label, *cells, *aims]))
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
