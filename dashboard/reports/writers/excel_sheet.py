"""One worksheet: a text, or one table or chart, columns as wide as they need, and set up to be printed on A4."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from dashboard.palette import LIGHT
from dashboard.reports.content.blocks import Cell, Chart, Column, Heading, Kind, Paragraph, Report, Table
from dashboard.reports.content.tables import DOUBTFUL
from dashboard.reports.layout.chart_values import NUMBER_FORMATS, drawn, number_format
from dashboard.reports.layout.official_form import balanced
from dashboard.reports.layout.printable_text import clipped, printable
from dashboard.reports.layout.text_width import width_pt
from dashboard.reports.writers.excel_chart import chart_height, chart_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

LONGEST_TEXT = 32_767
"""What one cell can hold."""
TALLEST_ROW_PT = 400
LINE_PT = 15
DIGIT_PT, PADDING_PT = 5.25, 6.0
WRAP_LOSS = 1.06
"""What breaking between words leaves of a line unused."""
A4 = 9
TEXT_WIDTHS, NUMBER_WIDTHS, ORDINAL_WIDTHS = (14, 46), (10, 18), (5, 8)
PRINTED_PT = {False: (496.0, 720.0), True: (743.0, 470.0)}
"""Width and height that the margins leave of A4, portrait and landscape."""
PAGE_SHARE = 0.94
"""How much of a page is planned with: a break that the program makes of itself must not come before the planned one."""
REPEATED_FROM_ROWS = 30
"""A table with fewer rows does not fill a page, and its head above whatever follows on the next would mislead."""
ABOUT_COLUMNS = 4
"""How far to the right the sentence reaches that a sheet of values shows on paper."""
LEAST_TOTAL = {False: 92, True: 132}
"""Widths that fill an A4 page at full size, portrait and landscape: narrower tables are widened, so that the print is not blown up."""
MOST_TOTAL = {False: 116, True: 180}
PT_PER_PX = 0.75
FONT, SIZE = "Times New Roman", 11
INK, GREY, WASH, HAIRLINE = LIGHT.ink, LIGHT.muted, LIGHT.wash, "#C9D0DB"

Value = str | float | int | date | None


class Styles:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Workbook, language: str) -> None:
        self._book, self._language = book, language
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self.tables: set[str] = set()
        """Names that tables of the workbook have already."""
        self._cells: dict[tuple[Kind, bool, int, bool, bool], Format] = {}

    def of(self, **looks: Any) -> Format:
        looks = {"font_name": FONT, "font_size": SIZE, "valign": "top", **looks}
        key = tuple(sorted(looks.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(looks)
        return self._made[key]

    def number(self, kind: Kind) -> str:
        """How a number of that kind is shown."""
        return "d mmm yyyy" if kind == "date" and self._language == "en" else NUMBER_FORMATS[kind]

    def cell(self, kind: Kind, is_strong: bool = False, indent: int = 0, is_head: bool = False, is_doubtful: bool = False) -> Format:
        """A cell of a table: numbers to the right, a strong row washed, the head above a line of ink, a doubtful number with its mark."""
        key = (kind, is_strong, indent, is_head, is_doubtful)
        if key in self._cells:
            return self._cells[key]
        looks: dict[str, Any] = {
            "border": 1,
            "border_color": HAIRLINE,
            "align": "left" if kind == "text" else "right",
            "text_wrap": kind == "text" or is_head,
        }
        if kind != "text" and not is_head:
            looks["num_format"] = self.number(kind) + (f' "{DOUBTFUL}"' if is_doubtful else "")
        if is_strong or is_head:
            looks |= {"bold": True, "bg_color": WASH}
        if is_head:
            looks |= {"valign": "vcenter", "align": "center" if kind != "text" else "left", "bottom": 2, "bottom_color": INK}
        if indent:
            looks["indent"] = indent
        return self._cells.setdefault(key, self.of(**looks))


class SheetWriter:
    """Writes a worksheet from the top down; what is said stands in the first column and runs over the empty ones beside it, nothing is merged."""

    def __init__(self, book: Workbook, name: str, styles: Styles, report: Report, words: dict[str, str], foot: str, is_landscape: bool) -> None:
        self._book, self._name, self._styles, self._report, self._words = book, name, styles, report, words
        self._sheet = book.add_worksheet(name)
        self._figures = {figure.key: figure for figure in report.figures}
        self._row = 0
        self._foot, self._is_landscape = foot, is_landscape
        self._widths: list[float] = []
        self._paper: tuple[int, int] | None = None
        """Last row and column that are printed; None: all."""
        self._head: tuple[int, int] | None = None
        """Row of the table's head and number of its rows."""
        self._heights: dict[int, float] = {}
        self._breaks: list[int] = []

    def title(self, text: str) -> None:
        """The sheet's first line; a notice below it where the data are made up."""
        self._title = printable(text)
        self._sheet.write_string(0, 0, self._title[:LONGEST_TEXT], self._styles.of(bold=True, font_size=14, font_color=INK))
        self._set_height(0, 22)
        self._row = 1
        if self._report.provenance.is_synthetic:
            self._sheet.write_string(1, 0, self._words["synthetic"], self._styles.of(italic=True, font_color=GREY))
            self._row = 2

    def text(self, blocks: Sequence[Heading | Paragraph]) -> None:
        """Headings and paragraphs, each whole in a cell of its own."""
        self._widths = [LEAST_TOTAL[self._is_landscape]]
        self._row += 1
        kept: list[bool] = []
        first = self._row
        for block in blocks:
            if isinstance(block, Heading):
                size = 13 if block.level == 1 else 12
                self._wrapped(f"{block.number} {block.text}", self._styles.of(bold=True, font_size=size, text_wrap=True), size)
            else:
                whole = all(run.is_strong for run in block.runs), all(run.is_emphasis for run in block.runs)
                self._wrapped(_sentence(block), self._styles.of(text_wrap=True, bold=whole[0], italic=whole[1]))
            kept.append(isinstance(block, Heading))
            if isinstance(block, Paragraph) and block.is_edited:
                self._wrapped(self._words["edited"], self._styles.of(italic=True, font_color=GREY, font_size=9))
                kept[-1] = True
                kept.append(False)
        self._break_between(first, kept)

    def table(self, block: Table, sentences: Sequence[Heading | Paragraph] = ()) -> None:
        """A table of Excel's own below its caption; its note, and the sentences that go with it, below."""
        self._widths = _widths(block.columns, [[cell.text for cell in row] for row in block.rows], self._is_landscape)
        self._said(block.caption, self._styles.of(bold=True))
        self._cells(block)
        if block.note:
            self._said(block.note, self._styles.of(italic=True, font_color=GREY))
        self._sentences(sentences)

    def chart(self, block: Chart, sentences: Sequence[Heading | Paragraph] = ()) -> None:
        """The cells that it is drawn from, as a table, and below them the chart."""
        categories, series = drawn(block, self._report.language)
        columns = (Column(self._words["about"], weight=2.0), *(Column(name, block.values_are) for name, _ in series))
        rows = tuple(
            (Cell(name), *(Cell("" if values[place] is None else "0", values[place]) for _, values in series))
            for place, name in enumerate(categories)
        )
        self._widths = _widths(columns, [[cell.text for cell in row] for row in rows], self._is_landscape)
        self._said(block.caption, self._styles.of(bold=True))
        head = self._cells(Table(block.key, "", columns, rows))
        if block.note:
            self._said(block.note, self._styles.of(italic=True, font_color=GREY))
        width, height = round(min(sum(self._widths), LEAST_TOTAL[self._is_landscape]) * 7), chart_height(block, self._is_landscape)
        code = number_format(block.values_are, self._report.language)
        chart = chart_of(self._book, block, self._name, (head, 0), code, self._report.language)
        chart.set_size({"width": width, "height": height})
        used = sum(self._heights.get(row, LINE_PT) for row in range(self._row))
        if used + height * PT_PER_PX > self._room():  # a page's end does not run through it
            self._breaks.append(self._row)
        self._sheet.insert_chart(self._row, 0, chart, {"description": clipped(block.alt, 1000), "object_position": 2, "x_offset": 2, "y_offset": 2})
        self._row += math.ceil(height * PT_PER_PX / LINE_PT) + 1
        self._sentences(sentences)

    def listed(
        self, key: str, heads: tuple[str, str], rows: Sequence[tuple[str, str]], widths: tuple[float, float], are_sheets: bool = False
    ) -> None:
        """Label and text, line by line; where the labels are names of sheets, as links to them."""
        self._widths, self._row = list(widths), self._row + 1
        cells = tuple((Cell(label), Cell(text)) for label, text in rows)
        head = self._cells(Table(key, "", (Column(heads[0]), Column(heads[1])), cells))
        for row, (label, text) in enumerate(rows, start=head + 1):
            self._set_height(row, max(_height(label, widths[0]), _height(text, widths[1])))
            if are_sheets:
                target = label.replace("'", "''")
                style = self._styles.of(font_color=LIGHT.good, underline=1, text_wrap=True, border=1, border_color=HAIRLINE)
                self._sheet.write_url(row, 0, f"internal:'{target}'!A1", style, label)

    def raw(self, about: Sequence[str], heads: Sequence[str], widths: Sequence[float], rows: Sequence[Sequence[tuple[Value, Kind]]]) -> None:
        """Values with the kind of each, a line a row, to be looked up and filtered; on paper stands only what they are about."""
        self._widths = list(widths)
        for line in about:
            self._sheet.write_string(self._row, 0, line[:LONGEST_TEXT], self._styles.of(italic=True, font_color=GREY))
            self._row += 1
        self._paper = (self._row - 1, ABOUT_COLUMNS)
        head = self._row
        titles = [self._styles.cell("text", is_head=True)] * len(heads)
        styles = {kind: self._styles.of(num_format=self._styles.number(kind)) for kind in NUMBER_FORMATS}
        self._excel_table("figures", head, len(rows), list(zip(heads, titles, strict=True)))
        self._set_height(head, max(_height(text, width, is_bold=True) for text, width in zip(heads, widths, strict=True)))
        for row, values in enumerate(rows, start=head + 1):
            for column, (value, kind) in enumerate(values):
                if isinstance(value, str):
                    self._sheet.write_string(row, column, printable(value)[:LONGEST_TEXT], styles[kind])
                elif value is not None:
                    self._value(row, column, value, "", kind, styles[kind])
        self._head = (head, 0)
        self._row = head + len(rows) + 2

    def close(self) -> None:
        """Sets widths, frozen panes and the printed page."""
        sheet = self._sheet
        for column, width in enumerate(self._widths):
            sheet.set_column(column, column, width)
        if self._head is not None and self._head[1] >= REPEATED_FROM_ROWS:
            sheet.repeat_rows(self._head[0])
        sheet.freeze_panes(1 if self._head is None else self._head[0] + 1, 0)
        sheet.set_paper(A4)
        if self._is_landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_h_pagebreaks(self._breaks)
        sheet.print_area(0, 0, *(self._paper or (max(self._row - 1, 1), len(self._widths) - 1)))
        sheet.set_margins(left=0.79, right=0.59, top=0.79, bottom=0.79)
        sheet.hide_gridlines(1 if self._paper else 2)
        face = f'&"{FONT},Regular"&9'
        sheet.set_footer(f"&L{face}{_steered(self._foot, 110)}&R{face}&P/&N")
        sheet.set_header(f"&R{face}{_steered(self._title, 90)}")

    def _set_height(self, row: int, points: float) -> None:
        self._heights[row] = points
        self._sheet.set_row(row, points)

    def _room(self) -> float:
        """Points of the rows that a printed page is planned with, the sheet being fitted to its width."""
        width, height = PRINTED_PT[self._is_landscape]
        return PAGE_SHARE * height * max(1.0, sum(DIGIT_PT * one + 3.75 for one in self._widths) / width)

    def _break_between(self, first: int, kept: Sequence[bool]) -> None:
        """Begins printed pages so that no row that is `kept` with the next one is the last of its page."""
        used = sum(self._heights.get(row, LINE_PT) for row in range(first))
        for place, row in enumerate(range(first, first + len(kept))):
            below = next((end for end in range(place, len(kept)) if not kept[end]), len(kept) - 1)
            begins = place == 0 or not kept[place - 1]
            needed = sum(self._heights.get(one, LINE_PT) for one in range(row, first + below + 1))
            if begins and used + needed > self._room():
                self._breaks.append(row)
                used = 0.0
            used += self._heights.get(row, LINE_PT)

    def _wrapped(self, text: str, style: Format, size: float = SIZE) -> None:
        """A text in one cell of the first column, which is as wide as the page."""
        text = printable(text)[:LONGEST_TEXT]
        self._sheet.write_string(self._row, 0, text, style)
        self._set_height(self._row, _height(text, self._widths[0], size) + (3 if size > SIZE else 0))
        self._row += 1

    def _said(self, text: str, style: Format) -> None:
        """A text above or below a table: a line a row, as long as the table is wide."""
        room = max(sum(self._widths), LEAST_TOTAL[False]) * DIGIT_PT
        for line in balanced(printable(text)[:LONGEST_TEXT], SIZE * WRAP_LOSS, room, is_bold=True):
            self._sheet.write_string(self._row, 0, line, style)
            self._row += 1

    def _sentences(self, blocks: Sequence[Heading | Paragraph]) -> None:
        for block in blocks:
            is_heading = isinstance(block, Heading)
            self._said(f"{block.number} {block.text}" if isinstance(block, Heading) else _sentence(block), self._styles.of(bold=is_heading))
            if isinstance(block, Paragraph) and block.is_edited:
                self._said(self._words["edited"], self._styles.of(italic=True, font_color=GREY, font_size=9))

    def _cells(self, block: Table) -> int:
        """Head and rows of a table, as one of Excel's own; the row of its head. One free row stays below it, so that no note becomes part of it."""
        head = self._row
        heads = [
            (clipped(one.title, 200), self._styles.cell(one.kind, indent=_indent(place, one), is_head=True))
            for place, one in enumerate(block.columns)
        ]
        self._excel_table(block.key, head, len(block.rows), heads)
        for place, cells in enumerate(block.rows):
            row, is_strong = head + 1 + place, place in block.strong_rows
            for column, (one, cell) in enumerate(zip(block.columns, cells, strict=True)):
                kind = self._kind(one.kind, cell)
                indent = cell.indent + _indent(column, one)
                style = self._styles.cell(kind, is_strong or cell.is_strong, indent, is_doubtful=cell.text.endswith(DOUBTFUL))
                self._value(row, column, cell.value if kind != "text" else None, cell.text, kind, style)
            texts = zip(block.columns, cells, self._widths, strict=True)
            self._set_height(row, max([LINE_PT, *(_height(cell.text, width - cell.indent) for one, cell, width in texts if one.kind == "text")]))
        self._head = (head, len(block.rows))
        self._row = head + len(block.rows) + 2
        return head

    def _excel_table(self, key: str, head: int, rows: int, heads: Sequence[tuple[str, Format]]) -> None:
        """Makes the cells a table of Excel's own: named, with a filter, and each head unlike the others, as Excel wants them."""
        titles: list[str] = []
        for title, _ in heads:
            title = title or " "
            taken = {other.casefold() for other in titles}
            title = title if title.casefold() not in taken else f"{title} – {titles[-1]}"
            titles.append(title if title.casefold() not in taken else f"{title} {len(titles) + 1}")
        if rows:
            name = ("t_" + re.sub(r"[^A-Za-z0-9]", "_", key))[:200]
            name = name if name.casefold() not in self._styles.tables else f"{name}_{len(self._styles.tables)}"
            self._styles.tables.add(name.casefold())
            columns = [{"header": title, "header_format": style} for title, (_, style) in zip(titles, heads, strict=True)]
            self._sheet.add_table(head, 0, head + rows, len(heads) - 1, {"name": name, "style": None, "columns": columns})
        else:  # Excel has no table without a row
            for column, (title, (_, style)) in enumerate(zip(titles, heads, strict=True)):
                self._sheet.write_string(head, column, title, style)
        self._set_height(head, max(_height(title, width, is_bold=True) for title, width in zip(titles, self._widths, strict=False)) + 4)

    def _kind(self, column: Kind, cell: Cell) -> Kind:
        """How a cell's number is to be read: as it says itself, else as its figure where it is that figure's value, else as its column."""
        if column == "text" or cell.kind is not None:
            return cell.kind or column
        figure = self._figures.get(cell.figure or "")
        return figure.kind if figure is not None and isinstance(cell.value, float) and cell.value == figure.value else column

    def _value(self, row: int, column: int, value: Value, text: str, kind: Kind, style: Format) -> None:
        if isinstance(value, datetime | date):
            self._sheet.write_datetime(row, column, value, style)
        elif isinstance(value, int | float) and kind != "text" and math.isfinite(value):
            self._sheet.write_number(row, column, value, style)
        elif printed := printable(value if isinstance(value, str) else text)[:LONGEST_TEXT]:
            self._sheet.write_string(row, column, printed, style)
        else:
            self._sheet.write_blank(row, column, None, style)


def _indent(place: int, column: Column) -> int:
    """Texts stand a little away from the numbers to their left."""
    return 1 if place and column.kind == "text" else 0


def _sentence(block: Paragraph) -> str:
    return f"– {block.text}" if block.is_item else block.text


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[str]], is_landscape: bool) -> list[float]:
    """Width of each column, in characters: what its head and its cells need, a page together at least."""
    found: list[float] = []
    for place, column in enumerate(columns):
        is_ordinal = place == 0 and column.kind == "count"
        least, most = TEXT_WIDTHS if column.kind == "text" else ORDINAL_WIDTHS if is_ordinal else NUMBER_WIDTHS
        words = [len(word) + 3 for word in printable(column.title).split()]
        longest = max([*words, *(len(row[place]) + 3 for row in rows)], default=0)
        found.append(min(most, max(least, longest)))
    loose = {place: columns[place].weight for place, width in enumerate(found) if width > TEXT_WIDTHS[0]}
    if loose and sum(found) > MOST_TOTAL[is_landscape]:  # long texts break into more lines sooner than that the print shrinks out of sight
        room = MOST_TOTAL[is_landscape] - sum(width for place, width in enumerate(found) if place not in loose)
        shares = {place: max(TEXT_WIDTHS[0], room * weight / sum(loose.values())) for place, weight in loose.items()}
        found = [min(width, shares.get(place, width)) for place, width in enumerate(found)]
    missing = LEAST_TOTAL[is_landscape] - sum(found)
    if missing > 0:
        weights = [column.weight for column in columns]
        found = [width + missing * share / sum(weights) for width, share in zip(found, weights, strict=True)]
    return found


def _height(text: str, width: float, size: float = SIZE, is_bold: bool = False) -> float:
    """Points that a wrapped text needs in a column of so many digits' width (half a type size each)."""
    room = max(1.0, width * DIGIT_PT - PADDING_PT)
    lines = max(1, math.ceil(width_pt(printable(text), size, is_bold) * WRAP_LOSS / room))
    return min(TALLEST_ROW_PT, lines * size * LINE_PT / SIZE)


def _steered(text: str, most: int) -> str:
    """Text for a page's header or footer, where `&` steers; XlsxWriter takes `&&G`, which would not, for a picture that is missing."""
    return clipped(text, most).replace("&", "＆")
