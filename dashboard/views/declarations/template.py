"""The workbook in which units declare: the form that the source of declarations reads, filled in with codes, names and days."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.ui.table_files import NO_TIME
from data.csv_forms.declaration_form import HEADER_ROW, HEADINGS, SHEET

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)


def template(units: Sequence[tuple[str, str]], from_on: date, to_on: date) -> bytes:
    """The XLSX for these units (code, name) and this period; totals and signatures are left for the unit to fill in.

    The sheet itself refuses what loading would refuse: a total that is no whole number from 0, a day that is none.
    """
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": NO_TIME})
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    count = book.add_format({"num_format": "#,##0", "bg_color": "#FFF8E1"})
    sheet = book.add_worksheet(SHEET)
    sheet.write_string(0, 0, "BẢNG KHAI BÁO SỐ LƯỢNG VĂN BẢN HÀNH CHÍNH", bold)
    sheet.write_string(1, 0, f"Từ {from_on:%d/%m/%Y} đến {to_on:%d/%m/%Y}")
    for column, name in enumerate(HEADINGS):
        sheet.write_string(HEADER_ROW - 1, column, name, head)
    for number, (code, name) in enumerate(units, start=1):
        row = HEADER_ROW - 1 + number
        sheet.write_number(row, 0, number)
        sheet.write_string(row, 1, code)
        sheet.write_string(row, 2, name)
        sheet.write_datetime(row, 3, from_on, day)
        sheet.write_datetime(row, 4, to_on, day)
        sheet.write_blank(row, 5, None, count)
        sheet.write_blank(row, 7, None, day)
    last = HEADER_ROW - 1 + max(1, len(units))
    whole = {"validate": "integer", "criteria": ">=", "value": 0, "error_title": "Chưa đúng", "error_message": "Nhập một số nguyên từ 0 trở lên."}
    dated = {
        "validate": "date",
        "criteria": "between",
        "minimum": FIRST_DAY,
        "maximum": LAST_DAY,
        "error_message": "Nhập ngày theo dạng ngày/tháng/năm.",
    }
    sheet.data_validation(HEADER_ROW, 5, last, 5, whole)
    for column in (3, 4, 7):
        sheet.data_validation(HEADER_ROW, column, last, column, dated)
    for column, width in enumerate((5, 14, 52, 12, 12, 22, 20, 12, 20, 28)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(HEADER_ROW, 3)
    book.close()
    return file.getvalue()


@dataclass(frozen=True)
class Form:
    """The form for some units and days, as a page offers it."""

    name: str
    units: tuple[tuple[str, str], ...]
    from_on: date
    to_on: date

    def content(self, kind: str) -> bytes | None:
        """A workbook; None for other kinds."""
        return template(self.units, self.from_on, self.to_on) if kind == "xlsx" else None
