"""The workbooks in which units send their declarations, filled in as people fill them in."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path

import polars as pl
import xlsxwriter

from data.csv_forms.declaration_form import HEADER_ROW, HEADINGS, SHEET
from data.demo.calendar import Month
from data.demo.months.declarations import POINTED
from data.demo.organisation.units import Units

NOT_A_NUMBER = "chưa tổng hợp"


def write_workbook(path: Path, declared: pl.DataFrame, units: Units, month: Month) -> None:
    """One month's workbook as units send it: a title above, headings in row 4, numbers partly as text, a sum below."""
    names = dict(units.frame.select("unit_code", "name").iter_rows())
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": datetime.combine(month.last_day, time(17)), "title": "Bảng khai báo (dữ liệu mô phỏng)"})
    day, bold = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"bold": True})
    sheet = book.add_worksheet(SHEET)
    sheet.write(0, 0, "BẢNG KHAI BÁO SỐ LƯỢNG VĂN BẢN HÀNH CHÍNH (dữ liệu mô phỏng)", bold)
    sheet.write(1, 0, f"Tháng {month.month:02}/{month.year}")
    sheet.write_row(HEADER_ROW - 1, 0, HEADINGS, bold)
    sheet.set_column(2, 2, 60)
    sent_on = month.last_day + timedelta(days=1)
    for number, (code, value, is_refused) in enumerate(declared.select("unit_code", "value", "is_refused").iter_rows(), start=1):
        row = HEADER_ROW - 1 + number
        sheet.write_number(row, 0, number)
        sheet.write_string(row, 1, f" {code}" if number % 17 == 0 else code)
        sheet.write_string(row, 2, names[code])
        # Some units type dates as text, most as dates.
        for column, limit in ((3, month.first_day), (4, month.last_day)):
            if number % 5 == 0:
                sheet.write_string(row, column, f"{limit.day}/{limit.month}/{limit.year}")
            else:
                sheet.write_datetime(row, column, limit, day)
        if is_refused:
            sheet.write_string(row, 5, NOT_A_NUMBER)
        elif (month.label, code) == POINTED[:2]:
            sheet.write_string(row, 5, f"{value:,}".replace(",", "."))
        elif number % 11 == 0:
            sheet.write_string(row, 5, f" {value} ")
        else:
            sheet.write_number(row, 5, value)
        sheet.write_string(row, 6, f"van.thu.{code.lower()}")
        sheet.write_datetime(row, 7, sent_on, day)
        sheet.write_string(row, 8, f"lanh.dao.{code.lower()}")
        sheet.write_string(row, 9, "")
    total = int(declared.filter(~pl.col("is_refused"))["value"].sum())
    sheet.write(HEADER_ROW + len(declared), 2, "Cộng", bold)
    sheet.write_number(HEADER_ROW + len(declared), 5, total, bold)
    book.close()
