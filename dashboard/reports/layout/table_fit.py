"""How a table fits between the margins: type size and column widths from what its words measure, the same in Word and PDF."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.reports.content.blocks import Table
from dashboard.reports.layout import text_width as typeface
from dashboard.reports.layout.official_form import literal

SIZES = (12.0, 11.0, 10.0, 9.0, 8.0)
"""Points."""
READABLE = SIZES[:3]
"""Smaller type only where nothing else holds the table."""
WORTH_IT = 0.93
"""A table is to become shorter than this share before its type becomes smaller or its columns are moved."""
PADDING_PT = 4.0
"""Left and right of a cell's text."""
INDENT_PT = 10.0
"""Per level of a cell's indent."""
WIDEST_WORD = 0.3
"""Share of the table's width that one word may claim; a longer one is cut by the line."""
LONGEST_UNBROKEN = 24
"""Characters. A number and what stands with it, `61,68% (1.848/2.996)`, stays on one line up to here."""
KEPT_ROWS = 8
"""A table of at most so many rows stays on one page."""
BEGUN_ROWS = 3
"""A longer one has at least so many rows on the page that it begins on."""
WIDEST_NAME, USUAL = 0.45, 0.95
"""Texts up to this share of the table's width are names, which stay on one line: all but the longest few of a column."""
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
    """Columns share `width` points by weight, but none is narrower than what shall not be broken in it.

    Numbers stay whole and so do short texts such as names where that makes the table shorter; the largest type is taken unless a smaller one saves
    lines. A table that no size of type holds so may break between the words of its numbers, and in the end between letters.
    """
    titles = tuple(literal(column.title) for column in table.columns)
    rows = tuple(tuple(literal(cell.text) for cell in row) for row in table.rows)
    measured = [[typeface.width_pt(text, 1.0, is_bold=True) for text in row] for row in rows]
    needs = {whole: _needs(table, titles, rows, measured, whole, width) for whole in ("numbers", "names", "words")}
    extra = [2 * PADDING_PT + INDENT_PT * max((row[place].indent for row in table.rows), default=0) for place in range(len(table.columns))]
    weights = [column.weight for column in table.columns]
    best: tuple[float, float, tuple[float, ...]] | None = None
    for size in SIZES:
        if best and size not in READABLE:
            break
        for whole in ("numbers", "names") if size in READABLE else ("numbers", "words"):
            least = [need * size + more for need, more in zip(needs[whole], extra, strict=True)]
            if sum(least) > width:
                continue
            widths = _shared(least, weights, width)
            score = sum(_row_lines(row, widths, size) for row in measured) * SIZES[0] / size
            if best is None or score < best[0] * WORTH_IT:
                best = (score, size, widths)
    if best is None:
        least = [min(need * SIZES[-1] + more, width * WIDEST_WORD) for need, more in zip(needs["words"], extra, strict=True)]
        scale = min(1.0, width / sum(least))
        best = (0.0, SIZES[-1], _shared([need * scale for need in least], weights, width))
    _, size, widths = best
    tall = (place for place, row in enumerate(measured) if _row_lines(row, widths, size) > TALL_LINES)
    return Fit(size, widths, titles, rows, frozenset(tall))


def _needs(
    table: Table, titles: Sequence[str], rows: Sequence[Sequence[str]], measured: Sequence[Sequence[float]], whole: str, width: float
) -> list[float]:
    """The widest thing of each column that shall not be broken, at one point of type size."""
    found = []
    for place, column in enumerate(table.columns):
        keeps_numbers = whole != "words" and column.kind != "text"
        words = set(titles[place].split())
        widest = 0.0
        for row, widths in zip(rows, measured, strict=True):
            if keeps_numbers and len(row[place]) <= LONGEST_UNBROKEN:
                widest = max(widest, widths[place])
            else:
                words.update(row[place].split())
        need = max((widest, *(typeface.width_pt(word, 1.0, is_bold=True) for word in words)))
        if whole == "names" and column.kind == "text" and measured:
            usual = sorted(widths[place] for widths in measured)[int((len(measured) - 1) * USUAL)]
            if usual * SIZES[0] <= width * WIDEST_NAME:
                need = max(need, usual)
        found.append(need + 0.05)
    return found


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


def _row_lines(measured: Sequence[float], widths: Sequence[float], size: float) -> int:
    """Lines of a row's highest cell; words do not fill a line to its end."""
    room = 1.08 * size
    return max(
        1 if one * size <= width - 2 * PADDING_PT else math.ceil(one * room / (width - 2 * PADDING_PT))
        for one, width in zip(measured, widths, strict=True)
    )
