"""How a table fits between the margins: type size and column widths from what its words measure, the same in Word and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.reports import typeface
from dashboard.reports.blocks import Table
from dashboard.reports.official import literal

SIZES = (12.0, 11.0, 10.0, 9.0, 8.0)
"""Points; the largest that holds the table is taken."""
PADDING_PT = 4.0
"""Left and right of a cell's text."""
INDENT_PT = 10.0
"""Per level of a cell's indent."""
WIDEST_WORD = 0.3
"""Share of the table's width that one word may claim; a longer one is cut by the line."""
LONGEST_UNBROKEN = 24
"""A number and what stands with it, `61,68% (1.848/2.996)`, stays on one line up to this many characters."""
KEPT_ROWS = 8
"""A table of at most so many rows stays on one page."""
TALL_LINES = 18
"""A row of more lines may break across pages: kept together it could outgrow one."""


@dataclass(frozen=True)
class Fit:
    """Type size and column widths in points, with the printed text of every cell."""

    size: float
    widths: tuple[float, ...]
    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    tall_rows: frozenset[int]


def fitted(table: Table, width: float) -> Fit:
    """Columns share `width` points by weight, but none is narrower than its longest word."""
    titles = tuple(literal(column.title) for column in table.columns)
    rows = tuple(tuple(literal(cell.text) for cell in row) for row in table.rows)
    for keeps_numbers in (True, False):
        unit_widths = _needs(table, titles, rows, keeps_numbers)
        for size in SIZES if keeps_numbers else SIZES[2:]:
            needs = [need * size + 2 * PADDING_PT + indent for need, indent in zip(unit_widths, _indents(table), strict=True)]
            if sum(needs) <= width:
                return _fit(size, _shared(needs, [column.weight for column in table.columns], width), titles, rows)
    most = width * WIDEST_WORD
    needs = [min(need * SIZES[-1] + 2 * PADDING_PT + indent, most) for need, indent in zip(unit_widths, _indents(table), strict=True)]
    scale = min(1.0, width / sum(needs))
    return _fit(SIZES[-1], _shared([need * scale for need in needs], [column.weight for column in table.columns], width), titles, rows)


def _needs(table: Table, titles: Sequence[str], rows: Sequence[Sequence[str]], keeps_numbers: bool) -> list[float]:
    """The widest thing of each column that shall not be broken, at one point of type size."""
    needs = []
    for place, column in enumerate(table.columns):
        unbroken = set(titles[place].split())
        for row in rows:
            text = row[place]
            whole = keeps_numbers and column.kind != "text" and len(text) <= LONGEST_UNBROKEN
            unbroken.update((text,) if whole else text.split())
        needs.append(max((typeface.width_pt(word, 1.0, is_bold=True) for word in unbroken), default=0.0) + 0.05)
    return needs


def _indents(table: Table) -> list[float]:
    return [INDENT_PT * max((row[place].indent for row in table.rows), default=0) for place in range(len(table.columns))]


def _shared(needs: Sequence[float], weights: Sequence[float], width: float) -> tuple[float, ...]:
    """Widths by weight; a column that needs more than its share takes what it needs, and the others share the rest."""
    fixed: dict[int, float] = {}
    while True:
        free = [place for place in range(len(needs)) if place not in fixed]
        per_weight = (width - sum(fixed.values())) / sum(weights[place] for place in free)
        short = {place: needs[place] for place in free if per_weight * weights[place] < needs[place] - 1e-9}
        if not short or len(short) == len(free):
            return tuple(fixed.get(place, per_weight * weights[place]) for place in range(len(needs)))
        fixed |= short


def _fit(size: float, widths: tuple[float, ...], titles: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Fit:
    tall = (place for place, row in enumerate(rows) if any(_lines(*one, size) > TALL_LINES for one in zip(row, widths, strict=True)))
    return Fit(size, widths, titles, rows, frozenset(tall))


def _lines(text: str, width: float, size: float) -> float:
    if len(text) < TALL_LINES:
        return 1.0
    return typeface.width_pt(text, size, is_bold=True) / max(width - 2 * PADDING_PT, 1.0) * 1.2
