"""What is put into the shapes of a slide (`templates/slide/shapes.xml`): runs and lines of text, cells of tables. Lengths are points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dashboard.reports.content.blocks import Paragraph
from dashboard.reports.layout.chart_values import HAIRLINE, INK, WASH
from dashboard.reports.layout.slide_plan import BULLET, TableBox


@dataclass(frozen=True)
class TextRun:
    """A stretch of text in one look; with `is_page_number` the field that shows the slide's number."""

    text: str
    size: float
    colour: str = INK
    is_bold: bool = False
    is_italic: bool = False
    is_page_number: bool = False


@dataclass(frozen=True)
class TextLine:
    """One paragraph; `hanging` is the indent of all its lines but the first."""

    runs: tuple[TextRun, ...]
    before: float = 0.0
    align: str = "l"
    hanging: float = 0.0


@dataclass(frozen=True)
class TableCell:
    """A cell with the colour of the line below it; no fill where that is empty."""

    line: TextLine
    below: str
    fill: str = ""
    indent: float = 0.0


def one_line(text: str, size: float, colour: str = INK, is_bold: bool = False, before: float = 0.0, align: str = "l") -> TextLine:
    """A paragraph in one look."""
    return TextLine((TextRun(text, size, colour, is_bold),), before, align)


def text_lines(paragraphs: Sequence[Paragraph], size: float, gap: float) -> Iterator[TextLine]:
    """Paragraphs of a report, strong and stressed runs as such, items with a dash; `gap` in type sizes."""
    for place, one in enumerate(paragraphs):
        bullet = (TextRun(BULLET, size),) if one.is_item else ()
        runs = (TextRun(part.text, size, is_bold=part.is_strong, is_italic=part.is_emphasis) for part in one.runs)
        yield TextLine((*bullet, *runs), gap * size if place else 0.0, hanging=0.8 * size if one.is_item else 0.0)


def table_rows(placed: TableBox) -> Iterator[tuple[float, list[TableCell]]]:
    """Height and cells of the head and of each row: a line of ink below the head, hairlines below the rows."""
    table, size = placed.table, placed.size
    sides = ["l" if column.kind == "text" else "r" for column in table.columns]
    head = [
        TableCell(one_line(column.title, size, is_bold=True, align=side if place else "l"), INK)
        for place, (column, side) in enumerate(zip(table.columns, sides, strict=True))
    ]
    yield placed.heights[0], head
    for place, (cells, height) in enumerate(zip(table.rows, placed.heights[1:], strict=True)):
        is_strong = place in table.strong_rows
        yield (
            height,
            [
                TableCell(
                    one_line(cell.text, size, is_bold=is_strong or cell.is_strong, align=side),
                    HAIRLINE,
                    WASH if is_strong else "",
                    cell.indent * size * 0.8,
                )
                for cell, side in zip(cells, sides, strict=True)
            ],
        )
