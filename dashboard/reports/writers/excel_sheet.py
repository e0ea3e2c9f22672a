"""One worksheet: blocks down the page, columns as wide as their tables need, and set up to be printed on A4."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from dashboard.palette import LIGHT
from dashboard.reports.content.blocks import Block, Cell, Chart, Column, Heading, Kind, Paragraph, Report, Table
from dashboard.reports.content.tables import DOUBTFUL
from dashboard.reports.layout.chart_values import NUMBER_FORMATS, drawn, number_format
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
DEEPEST_FREEZE = 9
"""A table whose head lies deeper than this many rows is not frozen: it would leave no room to scroll."""
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
    """Writes a worksheet from the top down."""

    def __init__(self, book: Workbook, name: str, styles: Styles, report: Report, words: dict[str, str], foot: str, is_landscape: bool) -> None:
        self._book, self._name, self._styles, self._report, self._words = book, name, styles, report, words
        self._sheet = book.add_worksheet(name)
        self._figures = {figure.key: figure for figure in report.figures}
        self._row = 0
        self._foot, self._is_landscape = foot, is_landscape
        self._widths: list[float] = []
        self._left = 0
        """First column of what has no ordinals: theirs stays narrow."""
        self._paper: tuple[int, int] | None = None
        """Last row and column that are printed; None: all."""
        self._heads: list[tuple[int, int]] = []
        """Row of the head and number of rows of each table."""
        self._heights: dict[int, float] = {}
        self._wholes: list[tuple[int, int]] = []
        """First row and the row below the last of what is not to be torn apart in print: a chart, the beginning of a table, with its heading."""
        self._is_listed = False
        self._opening: int | None = None
        """Row of the headings that wait for what they head."""

    def title(self, text: str) -> None:
        """The sheet's first line; a notice below it where the data are made up."""
        self._title = printable(text)
        self._sheet.write_string(0, 0, self._title[:LONGEST_TEXT], self._styles.of(bold=True, font_size=14, font_color=INK))
        self._set_height(0, 22)
        self._row = 1
        if self._report.provenance.is_synthetic:
            self._sheet.write_string(1, 0, self._words["synthetic"], self._styles.of(italic=True, font_color=GREY))
            self._row = 2
        self._row += 1

    def blocks(self, blocks: Sequence[Block], is_listed: bool = False) -> None:
        """All blocks, in order; charts follow the cells that they are drawn from.

        Where it `is_listed`, the table is one of Excel's own, with a filter.
        """
        self._is_listed = is_listed
        self._left = int(any(map(_has_ordinals, blocks)))
        self._widths = _widths(blocks, self._report, self._is_landscape, self._left)
        for block in blocks:
            if isinstance(block, Heading):
                self._opening = self._row if self._opening is None else self._opening
                self._line(f"{block.number} {block.text}", self._styles.of(bold=True, font_size=13 if block.level == 1 else 12, text_wrap=True), 13)
            elif isinstance(block, Paragraph):
                self._paragraph(block)
            elif isinstance(block, Table):
                self._table(block)
            else:
                self._chart(block)

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """Label and text, line by line."""
        self._widths = [26, 66]
        for label, text in rows:
            self._sheet.write_string(self._row, 0, label[:LONGEST_TEXT], self._styles.of(font_color=GREY, text_wrap=True))
            self._sheet.write_string(self._row, 1, text[:LONGEST_TEXT], self._styles.of(text_wrap=True))
            self._set_height(self._row, _height(text, self._widths[1]))
            self._row += 1
        self._row += 1

    def contents(self, title: str, sheets: Sequence[tuple[str, str]]) -> None:
        """The other sheets by name, as links within the workbook, with what each holds."""
        self._sheet.write_string(self._row, 0, title, self._styles.of(bold=True, font_size=12))
        self._row += 1
        for name, about in sheets:
            target = name.replace("'", "''")
            self._sheet.write_url(self._row, 0, f"internal:'{target}'!A1", self._styles.of(font_color=LIGHT.good, underline=1, text_wrap=True), name)
            self._sheet.write_string(self._row, 1, printable(about)[:LONGEST_TEXT], self._styles.of(text_wrap=True))
            self._set_height(self._row, max(_height(about, self._widths[1]), _height(name, self._widths[0])))
            self._row += 1

    def raw(self, about: str, heads: Sequence[str], widths: Sequence[float], rows: Iterable[Sequence[tuple[Value, Kind]]]) -> None:
        """Values with the kind of each, a line a row, to be looked up and filtered; on paper stands only what they are about."""
        self._sheet.write_string(self._row, 0, about, self._styles.of(italic=True, font_color=GREY))
        self._paper = (self._row, ABOUT_COLUMNS)
        self._widths, head = list(widths), self._row + 2
        for column, text in enumerate(heads):
            self._sheet.write_string(head, column, text, self._styles.cell("text", is_head=True))
        self._set_height(head, max(_height(text, width, is_bold=True) for text, width in zip(heads, widths, strict=True)))
        styles = {kind: self._styles.of(num_format=self._styles.number(kind)) for kind in NUMBER_FORMATS}
        row = head
        for row, values in enumerate(rows, start=head + 1):
            for column, (value, kind) in enumerate(values):
                if isinstance(value, str):
                    self._sheet.write_string(row, column, printable(value)[:LONGEST_TEXT], styles[kind])
                elif value is not None:
                    self._value(row, column, value, "", kind, styles[kind])
        self._sheet.autofilter(head, 0, row, len(heads) - 1)
        self._heads.append((head, 0))
        self._row = row + 2

    def close(self) -> None:
        """Sets widths, frozen panes and the printed page."""
        sheet = self._sheet
        for column, width in enumerate(self._widths):
            sheet.set_column(column, column, width)
        longest = max(self._heads, key=lambda head: head[1], default=None)
        if longest is not None and longest[1] >= REPEATED_FROM_ROWS:
            sheet.repeat_rows(longest[0])
        if longest is not None and longest[0] <= DEEPEST_FREEZE:
            sheet.freeze_panes(longest[0] + 1, 1)
        else:
            sheet.freeze_panes(1, 0)
        sheet.set_paper(A4)
        if self._is_landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_h_pagebreaks(self._breaks())
        sheet.print_area(0, 0, *(self._paper or (max(self._row - 1, 1), len(self._widths) - 1)))
        sheet.set_margins(left=0.79, right=0.59, top=0.79, bottom=0.79)
        sheet.hide_gridlines(1 if self._paper else 2)
        face = f'&"{FONT},Regular"&9'
        sheet.set_footer(f"&L{face}{_steered(self._foot, 110)}&R{face}&P/&N")
        sheet.set_header(f"&R{face}{_steered(self._title, 90)}")

    def _set_height(self, row: int, points: float) -> None:
        self._heights[row] = points
        self._sheet.set_row(row, points)

    def _breaks(self) -> list[int]:
        """Rows that begin a page so that no chart is torn, for programs that heed breaks on a page that is fitted to its width."""
        width, height = PRINTED_PT[self._is_landscape]
        room = PAGE_SHARE * height * max(1.0, sum(DIGIT_PT * one + 3.75 for one in self._widths) / width)
        breaks, used, whole = [], 0.0, dict(self._wholes)
        for row in range(0 if self._paper else self._row):
            needed = sum(self._heights.get(one, LINE_PT) for one in range(row, whole.get(row, row + 1)))
            if used and used + needed > room:
                breaks.append(row)
                used = 0.0
            used += self._heights.get(row, LINE_PT)
        return breaks

    def _line(self, text: str, style: Format, size: int = SIZE) -> None:
        text, last = printable(text)[:LONGEST_TEXT], len(self._widths) - 1
        if last > 0:
            self._sheet.merge_range(self._row, 0, self._row, last, "", style)
        self._sheet.write_string(self._row, 0, text, style)
        self._set_height(self._row, _height(text, sum(self._widths), size) + (3 if size > SIZE else 0))
        self._row += 1

    def _keep_whole(self, first: int, below: int) -> None:
        """Rows from `first`, with the headings right above them, are not to be torn apart."""
        self._wholes.append((first if self._opening is None else self._opening, below))
        self._opening = None

    def _paragraph(self, block: Paragraph) -> None:
        first = self._row
        text = f"– {block.text}" if block.is_item else block.text
        whole = all(run.is_strong for run in block.runs), all(run.is_emphasis for run in block.runs)
        self._line(text, self._styles.of(text_wrap=True, bold=whole[0], italic=whole[1]))
        if block.is_edited:
            self._line(self._words["edited"], self._styles.of(italic=True, font_color=GREY, font_size=9))
        self._keep_whole(first, self._row)

    def _table(self, block: Table) -> None:
        self._line(block.caption, self._styles.of(bold=True, text_wrap=True))
        head, left = self._row, 0 if _has_ordinals(block) else self._left
        widths = self._widths[left:]
        for column, one in enumerate(block.columns, start=left):
            self._sheet.write_string(head, column, clipped(one.title, 300), self._styles.cell(one.kind, is_head=True))
        self._set_height(head, max(_height(clipped(one.title, 300), width) for one, width in zip(block.columns, widths, strict=False)) + 4)
        for place, cells in enumerate(block.rows):
            row, is_strong = head + 1 + place, place in block.strong_rows
            for column, (one, cell) in enumerate(zip(block.columns, cells, strict=True), start=left):
                kind = self._kind(one.kind, cell)
                is_doubtful = cell.text.endswith(DOUBTFUL)
                indent = cell.indent + (1 if column > left and one.kind == "text" else 0)
                style = self._styles.cell(kind, is_strong or cell.is_strong, indent, is_doubtful=is_doubtful)
                self._value(row, column, cell.value if kind != "text" else None, cell.text, kind, style)
            texts = zip(block.columns, cells, widths, strict=False)
            self._set_height(row, max([LINE_PT, *(_height(cell.text, width - cell.indent) for one, cell, width in texts if one.kind == "text")]))
        if self._is_listed and block.rows:
            self._list(block, head, left)
        self._heads.append((head, len(block.rows)))
        self._keep_whole(head - 1, head + 1 + min(3, len(block.rows)))
        self._row = head + 1 + len(block.rows)
        if block.note:
            self._line(block.note, self._styles.of(italic=True, font_color=GREY, text_wrap=True))
        self._row += 1

    def _list(self, block: Table, head: int, left: int) -> None:
        """Makes the table one of Excel's own: named, with a filter, and each head unlike the others, as Excel wants them."""
        titles: list[str] = []
        for one in block.columns:
            title = clipped(one.title, 200) or " "
            taken = {other.casefold() for other in titles}
            title = title if title.casefold() not in taken else f"{title} – {titles[-1]}"
            titles.append(title if title.casefold() not in taken else f"{title} {len(titles) + 1}")
        columns = [
            {"header": title, "header_format": self._styles.cell(one.kind, is_head=True)} for title, one in zip(titles, block.columns, strict=True)
        ]
        name = ("t_" + re.sub(r"[^A-Za-z0-9]", "_", block.key))[:200]
        name = name if name.casefold() not in self._styles.tables else f"{name}_{len(self._styles.tables)}"
        self._styles.tables.add(name.casefold())
        where = (head, left, head + len(block.rows), left + len(block.columns) - 1)
        self._sheet.add_table(*where, {"name": name, "style": None, "columns": columns})
        heights = (_height(title, width) for title, width in zip(titles, self._widths[left:], strict=False))
        self._set_height(head, max(heights) + 4)

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

    def _chart(self, block: Chart) -> None:
        """The chart, and below it the cells that it is drawn from."""
        first = self._row
        self._line(block.caption, self._styles.of(bold=True, text_wrap=True))
        categories, series = drawn(block, self._report.language)
        width, height = round(min(sum(self._widths), LEAST_TOTAL[self._is_landscape]) * 7), chart_height(block, self._is_landscape)
        top = self._row
        self._row += math.ceil(height / 20) + 1
        if block.note:
            self._line(block.note, self._styles.of(italic=True, font_color=GREY, text_wrap=True))
        self._keep_whole(first, self._row + 3)
        head, left = self._row, self._left
        for column, name in enumerate(("", *(name for name, _ in series)), start=left):
            self._sheet.write_string(head, column, name, self._styles.cell("text" if column == left else "count", is_head=True))
        self._set_height(head, max([LINE_PT, *(_height(name, self._widths[place]) for place, (name, _) in enumerate(series, start=left + 1))]) + 4)
        for place, category in enumerate(categories, start=1):
            self._sheet.write_string(head + place, left, category, self._styles.cell("text"))
            self._set_height(head + place, _height(category, self._widths[left]))
            for column, (_, values) in enumerate(series, start=left + 1):
                self._value(head + place, column, values[place - 1], "", block.values_are, self._styles.cell(block.values_are))
        self._row = head + len(categories) + 2
        code = number_format(block.values_are, self._report.language)
        chart = chart_of(self._book, block, self._name, (head, left), code, self._report.language)
        chart.set_size({"width": width, "height": height})
        self._sheet.insert_chart(top, 0, chart, {"description": clipped(block.alt, 1000), "object_position": 2, "x_offset": 2, "y_offset": 2})


def _has_ordinals(block: Block) -> bool:
    """Whether the rows of a table are numbered."""
    return isinstance(block, Table) and block.columns[0].kind == "count"


def _widths(blocks: Sequence[Block], report: Report, is_landscape: bool, left: int) -> list[float]:
    """Width of each column, in characters: what the tables and the charts' numbers need, at least a page together."""
    widths: dict[int, float] = {}

    def need(column: int, kind: Kind, title: str, texts: Sequence[str]) -> None:
        least, most = TEXT_WIDTHS if kind == "text" else ORDINAL_WIDTHS if column < left else NUMBER_WIDTHS
        words = [len(word) + 3 for word in printable(title).split()]
        longest = max([*words, *(len(text) + 3 for text in texts)], default=0)
        widths[column] = max(widths.get(column, 0), min(most, max(least, longest)))

    for block in blocks:
        if isinstance(block, Table):
            first = 0 if _has_ordinals(block) else left
            for place, one in enumerate(block.columns):
                need(first + place, one.kind, one.title, [row[place].text for row in block.rows])
        elif isinstance(block, Chart):
            categories, series = drawn(block, report.language)
            need(left, "text", "", categories)
            for column, (name, _) in enumerate(series, start=left + 1):
                need(column, "count", name, ())
    if not widths:
        return [LEAST_TOTAL[is_landscape]]
    found = [widths[column] for column in sorted(widths)]
    surplus = sum(found) - MOST_TOTAL[is_landscape]
    loose = [max(0.0, width - TEXT_WIDTHS[0]) for width in found]
    if surplus > 0 and sum(loose) > 0:  # long texts break into more lines sooner than that the print shrinks out of sight
        share = min(1.0, surplus / sum(loose))
        found = [width - share * more for width, more in zip(found, loose, strict=True)]
    missing = LEAST_TOTAL[is_landscape] - sum(found)
    if missing > 0:
        wanted = [column.weight for column in _widest(blocks)] if _widest(blocks) else []
        shares = wanted if len(wanted) == len(found) else [*(0.0 for _ in range(left)), 2.0, *(1.0 for _ in found[left + 1 :])]
        found = [width + missing * share / sum(shares) for width, share in zip(found, shares, strict=True)]
    return found


def _widest(blocks: Sequence[Block]) -> tuple[Column, ...]:
    return max((block.columns for block in blocks if isinstance(block, Table)), key=len, default=())


def _height(text: str, width: float, size: float = SIZE, is_bold: bool = False) -> float:
    """Points that a wrapped text needs in a column of so many digits' width (half a type size each)."""
    room = max(1.0, width * DIGIT_PT - PADDING_PT)
    lines = max(1, math.ceil(width_pt(printable(text), size, is_bold) * WRAP_LOSS / room))
    return min(TALLEST_ROW_PT, lines * size * LINE_PT / SIZE)


def _steered(text: str, most: int) -> str:
    """Text for a page's header or footer, where `&` steers; XlsxWriter takes `&&G`, which would not, for a picture that is missing."""
    return clipped(text, most).replace("&", "＆")
