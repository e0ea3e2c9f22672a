"""Every table that goes out as a file says what the screen says: each figure's CSV and XLSX against its table twin."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page
from python_calamine import CalamineWorkbook

Open = Callable[..., Page]
Serve = Callable[[Path], str]

JULY = "from=2024-07-01&to=2024-07-31&population=pilot&role=statistics"
TWINS = """() => [...document.querySelectorAll('[data-panel]')]
    .map(one => one.closest('.st-key-drawn_funnel_plot') || one)
    .filter(one => one.querySelector('[data-file=csv]') && one.querySelector('.twin table'))
    .map(one => [one.querySelector('[data-file=csv]').dataset.of, [...one.querySelectorAll('.twin table tr')].map(
        row => [...row.cells].map(cell => cell.textContent.trim()))])"""


def file_of(page: Page, figure: str, kind: str) -> bytes:
    with page.expect_download() as waiting:
        page.evaluate("([figure, kind]) => document.querySelector(`[data-file=${kind}][data-of=${figure}]`).click()", [figure, kind])
    return Path(waiting.value.path()).read_bytes()


def as_number(text: object) -> float | None:
    """A figure in any of its three spellings: 1.848, 61,68% and 0.6168 (of a file)."""
    if isinstance(text, int | float) and not isinstance(text, bool):
        return float(text)
    written = str(text).strip()
    plain = written.rstrip("%").strip().replace(".", "").replace(",", ".")
    try:
        return float(plain) / (100 if written.endswith("%") else 1)
    except ValueError:
        return None


def agrees(cell: object, written: str) -> bool:
    """Whether a cell of a workbook is what is written, to the digits that are written."""
    if str(cell).strip() == written:
        return True
    there, here = as_number(cell), as_number(written)
    digits = len(written.rstrip("%").partition(",")[2]) + (2 if written.endswith("%") else 0)
    return there is not None and here is not None and abs(there - here) <= 0.5000001 * 10**-digits


@pytest.mark.parametrize("place", ["?", "compare?", "documents?", "unit?unit=T25&"])
def test_each_file_says_what_its_table_on_the_screen_says(place: str, served: Serve, demo_home: Path, open_page: Open) -> None:
    page = open_page(f"{served(demo_home)}/{place}{JULY}")
    twins = page.evaluate(TWINS)
    assert twins, "no figure with a table and files"
    for figure, rows in twins:
        assert len(rows) > 1
        lines = list(csv.reader(io.StringIO(file_of(page, figure, "csv").decode("utf-8-sig")), delimiter=";"))
        assert [line[: len(rows[0])] for line in lines] == rows, figure
        assert lines[0][len(rows[0]) :] in (["Phạm vi số liệu"], ["Phạm vi số liệu", "Chất lượng"]), "what the screen says elsewhere"
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(file_of(page, figure, "xlsx"))).get_sheet_by_index(0).to_python()
        body = sheet[sheet.index(rows[0]) :]
        assert len(body) >= len(rows), figure
        for there, here in zip(body, rows, strict=False):
            assert all(agrees(cell, written) for cell, written in zip(there, here, strict=True)), (figure, there, here)
