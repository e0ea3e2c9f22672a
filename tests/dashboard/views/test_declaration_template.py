"""The form that the dashboard gives out is the form that the source of declarations reads."""

from __future__ import annotations

import io
import tomllib
from datetime import date

import duckdb
import polars as pl
from python_calamine import CalamineWorkbook

from dashboard.views.declarations.template import template
from data.csv_forms.declaration_form import HEADER_ROW, HEADINGS, SHEET
from data.paths import SAMPLE

UNITS = [("T25", "Viện mô phỏng"), ("H001", '=HYPERLINK("http://198.51.100.7")')]
SOURCE = SAMPLE / "home" / "sources" / "khai_bao"


def test_the_form_has_the_place_and_the_headings_that_the_source_reads() -> None:
    entity = tomllib.loads((SOURCE / "source.toml").read_text(encoding="utf-8"))["entities"]["declared_total"]
    assert (entity["sheet"], entity["header_row"]) == (SHEET, HEADER_ROW)
    book = CalamineWorkbook.from_filelike(io.BytesIO(template(UNITS, date(2024, 7, 1), date(2024, 7, 31))))
    assert book.sheet_names == [SHEET]
    rows = book.get_sheet_by_index(0).to_python()
    assert tuple(rows[3]) == HEADINGS
    assert [row[1:6] for row in rows[4:]] == [[code, name, date(2024, 7, 1), date(2024, 7, 31), ""] for code, name in UNITS]


def test_the_sources_own_query_understands_a_filled_form() -> None:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(template(UNITS, date(2024, 7, 1), date(2024, 7, 31)))).get_sheet_by_index(0).to_python()
    filled = [[str(cell) for cell in row] for row in rows[4:]]
    for row, total in zip(filled, (" 45 ", "1.234"), strict=True):
        row[5] = total
    file = pl.DataFrame(filled, schema=list(HEADINGS), orient="row")
    query = (SOURCE / "declared_total.sql").read_text(encoding="utf-8")
    with duckdb.connect() as memory:
        memory.register("file", file)
        read = memory.execute(query).pl()
    assert read["unit_code"].to_list() == ["T25", "H001"]
    assert read["value"].to_list() == ["45", "1234"]
    assert read["from_on"].to_list() == ["2024-07-01"] * 2
