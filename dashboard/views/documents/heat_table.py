"""Rates of a few kinds over time as a table of shaded cells: rows to compare, columns to follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from dashboard.ui.theme import step_of

MOST_WITH_TEXT = 14
"""With more columns the cells are too narrow for their numbers, which the table twin has."""


@dataclass(frozen=True)
class HeatCell:
    """A rate (None: no activity) with its text and what is behind it."""

    value: float | None
    text: str
    title: str


@dataclass(frozen=True)
class HeatRow:
    """One kind: its name, the counts and rate of the whole period, and a cell per part."""

    name: str
    counts: str
    rate: str
    cells: tuple[HeatCell, ...]


def heat_table(rows: Sequence[HeatRow], heads: Sequence[str], columns: Sequence[str], low: str, high: str, caption: str) -> str:
    """The table with the scale below it; `heads` are those of name, counts and rate, `columns` those of the cells."""
    is_narrow = len(columns) > MOST_WITH_TEXT
    every = max(1, round(len(columns) / 10)) if is_narrow else 1
    head = "".join(f'<th scope="col"{" class=number" if place else ""}>{escape(text)}</th>' for place, text in enumerate(heads))
    head += "".join(f'<th scope="col" class="cell">{escape(text) if place % every == 0 else ""}</th>' for place, text in enumerate(columns))
    body = "".join(_row(row, is_narrow) for row in rows)
    scale = "".join(f'<i class="q{step}"></i>' for step in range(6))
    size = " narrow" if is_narrow else ""
    head = f'<caption class="unseen">{escape(caption)}</caption><thead><tr>{head}</tr></thead>'
    table = f'<table class="figures heat{size}">{head}<tbody>{body}</tbody></table>'
    return (
        f'<div class="wide-table" tabindex="0" role="region" aria-label="{escape(caption)}">{table}</div>'
        f'<p class="scale" aria-hidden="true"><span>{escape(low)}</span>{scale}<span>{escape(high)}</span></p>'
    )


def _row(row: HeatRow, is_narrow: bool) -> str:
    cells = "".join(
        f'<td class="cell" title="{escape(cell.title)}"><span class="{"none" if cell.value is None else f"q{step_of(cell.value)}"}">'
        f'{escape("" if is_narrow else cell.text)}<span class="unseen">{escape(cell.text if is_narrow else "")}</span></span></td>'
        for cell in row.cells
    )
    return (
        f'<tr><th scope="row">{escape(row.name)}</th><td class="number">{escape(row.counts)}</td>'
        f'<td class="number strong">{escape(row.rate)}</td>{cells}</tr>'
    )
