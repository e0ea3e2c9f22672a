"""What units declare each month: administrative documents, not secret, whether or not the software saw them; and the workbooks they send."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import xlsxwriter

from data.demo import pilot_figures as pilot
from data.demo.calendar import Month
from data.demo.draws import apportion, random_for
from data.demo.months.pilot_documents import PARTS_EXCEED_TOTAL
from data.demo.organisation.units import Units

SHEET = "Khai báo"
HEADINGS = (
    "STT",
    "Mã đơn vị",
    "Tên đơn vị",
    "Từ ngày",
    "Đến ngày",
    "Tổng số văn bản hành chính (không mật)",
    "Người khai",
    "Ngày khai",
    "Người duyệt",
    "Ghi chú",
)
POINTED = ("2026-03", "VKSTC-NVP", 1234)
"""A number written as text with a point for thousands."""
NOT_A_NUMBER = ("2024-08", "VKSTC-TCKS", "chưa tổng hợp")
NOT_DECLARED = ("2024-11", "VKSTC-V9")
"""A unit that issued documents and declared nothing that month."""
REPEATED = "2024-08"
"""The month whose workbook holds one row twice."""


def plan_declarations(issued: pl.DataFrame, month: Month, seed: int) -> pl.DataFrame:
    """unit_code, value (as the unit writes it), declared: one row per unit that issued documents, in the order of the units.

    `issued` has unit_code, electronic and paper: counted documents of the month. In July 2024 the total is the published one.
    """
    rng = random_for(seed, "declarations", month.label)
    issuing = issued.filter(pl.col("electronic") + pl.col("paper") > 0)
    seen = (issuing["electronic"] + issuing["paper"]).to_numpy().astype(np.int64)
    if month.is_pilot:
        bad = (issuing["unit_code"] == PARTS_EXCEED_TOTAL).to_numpy()
        fixed = np.where(bad, issuing["electronic"].to_numpy() - 3, -1)
        low = np.where(bad, fixed, seen)
        high = np.where(bad, fixed, pilot.DECLARED)
        value = apportion(pilot.DECLARED, seen * rng.uniform(1.15, 2.2, len(seen)), low=low, high=high)
    else:
        progress = min(1.0, month.since_start / 26.0)
        value = seen + rng.binomial(seen, 0.62 - 0.5 * progress) + rng.integers(0, 2, len(seen))
    frame = issuing.select("unit_code").with_columns(value=pl.Series(value.astype(np.int64)))
    if month.label == NOT_DECLARED[0]:
        frame = frame.filter(pl.col("unit_code") != NOT_DECLARED[1])
    if month.label == POINTED[0] and POINTED[1] not in frame["unit_code"].to_list():
        frame = pl.concat([frame, pl.DataFrame({"unit_code": [POINTED[1]], "value": [POINTED[2]]}, schema=frame.schema)])
    if month.label == NOT_A_NUMBER[0] and NOT_A_NUMBER[1] not in frame["unit_code"].to_list():
        frame = pl.concat([frame, pl.DataFrame({"unit_code": [NOT_A_NUMBER[1]], "value": [0]}, schema=frame.schema)])
    return frame.with_columns(
        value=pl.when((pl.col("unit_code") == POINTED[1]) & pl.lit(month.label == POINTED[0])).then(POINTED[2]).otherwise("value"),
        is_refused=(pl.col("unit_code") == NOT_A_NUMBER[1]) & pl.lit(month.label == NOT_A_NUMBER[0]),
        is_repeated=pl.lit(False),
    ).pipe(_with_repeated, month)


def _with_repeated(frame: pl.DataFrame, month: Month) -> pl.DataFrame:
    if month.label != REPEATED:
        return frame
    return pl.concat([frame, frame.filter(~pl.col("is_refused")).head(1).with_columns(is_repeated=pl.lit(True))])


def write_workbook(path: Path, declared: pl.DataFrame, units: Units, month: Month) -> None:
    """One month's workbook as units send it: a title above, headings in row 4, numbers partly as text, a sum below."""
    names = dict(units.frame.select("unit_code", "name").iter_rows())
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": datetime.combine(month.last_day, time(17)), "title": "Bảng khai báo (dữ liệu mô phỏng)"})
    day, bold = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"bold": True})
    sheet = book.add_worksheet(SHEET)
    sheet.write(0, 0, "BẢNG KHAI BÁO SỐ LƯỢNG VĂN BẢN HÀNH CHÍNH (dữ liệu mô phỏng)", bold)
    sheet.write(1, 0, f"Tháng {month.month:02}/{month.year}")
    sheet.write_row(3, 0, HEADINGS, bold)
    sheet.set_column(2, 2, 60)
    sent_on = month.last_day + timedelta(days=1)
    row = 4
    for number, (code, value, is_refused) in enumerate(declared.select("unit_code", "value", "is_refused").iter_rows(), start=1):
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
            sheet.write_string(row, 5, NOT_A_NUMBER[2])
        elif value >= 1000 and (month.label, code) == POINTED[:2]:
            sheet.write_string(row, 5, f"{value:,}".replace(",", "."))
        elif number % 11 == 0:
            sheet.write_string(row, 5, f" {value} ")
        else:
            sheet.write_number(row, 5, value)
        sheet.write_string(row, 6, f"van.thu.{code.lower()}")
        sheet.write_datetime(row, 7, sent_on, day)
        sheet.write_string(row, 8, f"lanh.dao.{code.lower()}")
        sheet.write_string(row, 9, "")
        row += 1
    total = int(declared.filter(~pl.col("is_refused"))["value"].sum())
    sheet.write(row, 2, "Cộng", bold)
    sheet.write_number(row, 5, total, bold)
    book.close()
