from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date

from python_calamine import CalamineWorkbook

from dashboard.ui.table_files import Rate, Sheet, as_csv, as_xlsx

EVIL = '=HYPERLINK("http://198.51.100.7";"x")'
SHEET = Sheet(
    "t",
    "Bảng",
    ("phạm vi",),
    ("Đơn vị", "Số", "Tỷ lệ", "Ngày"),
    ((EVIL, 1234, Rate(0.61682), date(2024, 7, 25)), ("@x", 0, Rate(None), None)),
)


def test_the_csv_is_what_the_screen_shows_and_runs_nothing() -> None:
    data = as_csv(SHEET)
    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";")) == [
        ["Đơn vị", "Số", "Tỷ lệ", "Ngày", "Phạm vi số liệu"],
        [f"'{EVIL}", "1.234", "61,68%", "25/7/2024", "phạm vi"],
        ["'@x", "0", "–", "", "phạm vi"],
    ]


def test_a_signed_number_is_no_formula() -> None:
    rows = (("+5,5",), ("-35%",), ("+5,5+cmd|' /C calc'!A1",), ("+",))
    lines = as_csv(replace(SHEET, about=(), columns=("a",), rows=rows)).decode("utf-8-sig").splitlines()
    assert lines[1:] == ["+5,5", "-35%", "'+5,5+cmd|' /C calc'!A1", "'+"]


def test_what_the_figures_can_bear_goes_with_them() -> None:
    told = replace(SHEET, quality=("A: đủ 31 ngày", "=B: một phần"))
    header, *lines = csv.reader(io.StringIO(as_csv(told).decode("utf-8-sig")), delimiter=";")
    assert header[-1] == "Chất lượng"
    assert {line[-1] for line in lines} == {"A: đủ 31 ngày; =B: một phần"}
    rows = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx(told))).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[:4]] == ["Bảng", "phạm vi", "A: đủ 31 ngày", "=B: một phần"]
    assert rows[5] == ["Đơn vị", "Số", "Tỷ lệ", "Ngày"]


def test_the_workbook_has_one_visible_sheet_with_numbers_as_numbers_and_no_formula() -> None:
    data = as_xlsx(SHEET)
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert len(book.sheet_names) == 1
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0][0] == "Bảng"
    assert rows[1][0] == "phạm vi"
    assert rows[3] == ["Đơn vị", "Số", "Tỷ lệ", "Ngày"]
    assert rows[4] == [EVIL, 1234, 0.61682, date(2024, 7, 25)]
    assert rows[5][:3] == ["@x", 0, "–"]
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
        assert b"hidden" not in parts.read("xl/workbook.xml")
