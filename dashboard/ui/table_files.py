"""Tables as files, as they are displayed: CSV and XLSX of one sheet. What is not written here cannot leave in a file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from dashboard.ui import format as written
from dashboard.ui.format import Language
from dashboard.ui.translations import catalogue
from metrics.rounding import decimals_for

SPREADSHEET_FORMULA = ("=", "+", "-", "@", "\t", "\r")
NO_TIME = datetime(1980, 1, 1)
"""What a workbook says of when it was made, the first that a ZIP can say: the same table is the same bytes, whenever it is taken away."""
_SIGNED_NUMBER = re.compile(r"[+-][0-9][0-9.,]*%?")


@dataclass(frozen=True)
class Rate:
    """A ratio (0 to 1) that is shown as a percentage; None is shown as no activity."""

    value: float | None
    of: int | None = None
    """Of how many cases; None: it is not of cases."""


Cell = str | int | Rate | date | None
"""What a cell may hold. None is an unknown count and stays empty."""


@dataclass(frozen=True)
class Sheet:
    """One table: the stem of its file's name, a title with the lines below it that say what it covers, columns and rows."""

    name: str
    title: str
    about: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    language: Language = "vi"
    quality: tuple[str, ...] = ()
    """What its figures can bear (`dashboard.session.quality_line`): lines below the title, or a column of the CSV."""

    def texts(self) -> list[tuple[str, ...]]:
        """The rows as on screen."""
        return [tuple(text_of(cell, self.language) for cell in row) for row in self.rows]

    def content(self, kind: str) -> bytes | None:
        """The table as a file of a kind; None where there is no such kind."""
        return as_csv(self) if kind == "csv" else as_xlsx(self) if kind == "xlsx" else None


class Offer(Protocol):
    """What a page lets whoever looks take away: the stem of the file's name, and its content in a kind of file."""

    @property
    def name(self) -> str: ...

    def content(self, kind: str) -> bytes | None: ...


def text_of(cell: Cell, language: Language) -> str:
    """A cell as on screen."""
    if isinstance(cell, Rate):
        return written.NO_ACTIVITY if cell.value is None else written.percent(cell.value, language, of=cell.of)
    if isinstance(cell, int):
        return written.number(cell, language)
    if isinstance(cell, date):
        return written.day(cell, language)
    return cell or ""


def as_csv(sheet: Sheet) -> bytes:
    """For a spreadsheet: UTF-8 with its mark, semicolons, texts as displayed, and no cell that would run as a formula.

    What the table covers and what its figures can bear are columns, the same in every row: rows of several files can be put together.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    words = catalogue(sheet.language)
    told = [(words[head], "; ".join(lines)) for head, lines in (("frame.covers", sheet.about), ("why.quality", sheet.quality)) if lines]
    writer.writerow([_inert(column) for column in (*sheet.columns, *(head for head, _ in told))])
    writer.writerows([_inert(cell) for cell in (*row, *(text for _, text in told))] for row in sheet.texts())
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(sheet: Sheet) -> bytes:
    """One visible worksheet: title, what it covers, headings, rows; numbers and days as such, texts never as formulas."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"created": NO_TIME})
    bold, head = book.add_format({"bold": True, "font_size": 13}), book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    styles = {
        int: book.add_format({"num_format": "#,##0"}),
        Rate: book.add_format({"num_format": "0.00%"}),
        "whole": book.add_format({"num_format": "0%"}),
        date: book.add_format({"num_format": "d/m/yyyy"}),
    }
    page = book.add_worksheet("vanban")
    page.write_string(0, 0, sheet.title, bold)
    about = (*sheet.about, *sheet.quality)
    for number, line in enumerate(about, start=1):
        page.write_string(number, 0, line)
    top = len(about) + 2
    for column, name in enumerate(sheet.columns):
        page.write_string(top, column, name, head)
    for row, cells in enumerate(sheet.rows, start=top + 1):
        for column, cell in enumerate(cells):
            if isinstance(cell, Rate) and cell.value is not None:
                page.write_number(row, column, cell.value, styles[Rate if decimals_for(cell.of) else "whole"])
            elif isinstance(cell, int):
                page.write_number(row, column, cell, styles[int])
            elif isinstance(cell, date):
                page.write_datetime(row, column, cell, styles[date])
            elif text := text_of(cell, sheet.language):
                page.write_string(row, column, text)
    texts = sheet.texts()
    for column, name in enumerate(sheet.columns):
        page.set_column(column, column, min(60, 2 + max([len(name) // 2, 8, *(len(row[column]) for row in texts)])))
    page.freeze_panes(top + 1, 1)
    book.close()
    return file.getvalue()


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(SPREADSHEET_FORMULA) and not _SIGNED_NUMBER.fullmatch(cell) else cell


def rows_of(rows: Sequence[Sequence[Cell]]) -> tuple[tuple[Cell, ...], ...]:
    """Rows as a sheet keeps them."""
    return tuple(tuple(row) for row in rows)
