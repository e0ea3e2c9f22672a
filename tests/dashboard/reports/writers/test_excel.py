"""The workbook read back: numbers are numbers, texts are texts, and each sheet prints."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from python_calamine import CalamineWorkbook

from dashboard.reports.content.blocks import Cell, Chart, Column, Heading, Paragraph, Report, Run, Table
from dashboard.reports.layout.printable_text import printable
from dashboard.reports.writers.excel import sheet_names, write
from data.language import use_words
from data.organisation import Words
from tests.dashboard.reports.office import converted
from tests.dashboard.reports.sample_report import ANNEXES, BARS, FIGURES, HOSTILE, JULY, UNITS, sample_report
from tests.dashboard.reports.sheets import sheets as pages_of

M = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
SHOWN = [block for block in sample_report().blocks if isinstance(block, Table | Chart)]


@pytest.fixture(scope="module")
def plain() -> bytes:
    use_words(Words(sector="ngành"))
    return write(sample_report())


@pytest.fixture(scope="module")
def hostile() -> bytes:
    return write(sample_report(hostile=True))


def sheets(book: bytes) -> dict[str, list[list[object]]]:
    found = CalamineWorkbook.from_filelike(io.BytesIO(book))
    return {name: found.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in found.sheet_names}  # type: ignore[misc]


def parts(book: bytes, pattern: str) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if re.fullmatch(pattern, name)}


def test_front_body_annexes_and_figures_stand_in_order(plain: bytes) -> None:
    shown = [f"Bảng {place}" for place in range(1, len(SHOWN) + 1)]
    names = ["Giới thiệu", "Mục lục", "Ghi chú", "Báo cáo", *shown, "Số liệu đơn vị", "Số liệu đơn vị 2", "Định nghĩa", "Số liệu gốc"]
    assert list(sheets(plain)) == names
    assert [row[0] for row in sheets(plain)["Mục lục"] if row[0] in names[2:]] == names[2:]


def test_no_cells_are_merged_and_no_sheet_has_more_than_one_table(plain: bytes, hostile: bytes) -> None:
    for book in (plain, hostile):
        for name, xml in parts(book, r"xl/worksheets/sheet\d+\.xml").items():
            assert b"mergeCell" not in xml and xml.count(b"<tablePart ") <= 1, name
        listed = [ElementTree.fromstring(part) for part in parts(book, r"xl/tables/table\d+\.xml").values()]
        assert len({table.get("name") for table in listed}) == len(listed) and all(table.find("{*}autoFilter") is not None for table in listed)
        assert all(str(table.get("ref")).startswith("A") for table in listed)


def test_the_front_sheet_says_where_the_figures_come_from(plain: bytes) -> None:
    said = "\n".join(str(cell) for row in sheets(plain)["Giới thiệu"] for cell in row)
    for part in ("Báo cáo sơ kết thí điểm", "31/7/2024 10:00", "Dữ liệu mô phỏng", "Cục Thống kê tội phạm"):
        assert part in said
    machines = ("20240731T100000Z", "b" * 64)
    assert not [part for part in machines if part in said], "a code is for machines, not for the cover"
    raw = "\n".join(str(cell) for row in sheets(plain)["Số liệu gốc"] for cell in row)
    assert all(part in raw for part in machines)
    feet = b"".join(re.findall(rb"<oddFooter>.*?</oddFooter>", b"".join(parts(plain, r"xl/worksheets/sheet\d+\.xml").values()))).decode()
    assert "20240731" not in feet and "31/7/2024" in feet


def test_every_figure_stands_on_the_raw_sheet_as_numbers(plain: bytes) -> None:
    rows = sheets(plain)["Số liệu gốc"]
    head = next(place for place, row in enumerate(rows) if row[0] == "Số liệu")
    read = {row[13]: row for row in rows[head + 1 :] if row[13]}
    assert set(read) == {one.key for one in FIGURES}
    for one in FIGURES:
        row = read[one.key]
        assert (row[0], row[1], row[2], row[10], row[11]) == (one.label, one.metric, "Toàn ngành", one.text, "1")
        assert (row[5], row[6]) == (one.period_from, one.period_to)
        assert row[7] == one.numerator and (row[8] or None) == one.denominator
        assert row[9] == pytest.approx(one.value, abs=1e-15)
        assert row[12] == ", ".join(one.failed_checks)


def test_a_table_keeps_numbers_dates_and_gaps(plain: bytes) -> None:
    rows = sheets(plain)["Số liệu đơn vị"]
    total = next(row for row in rows if row[0] == "Toàn ngành")
    assert total[1:3] == [2996, 1848]
    assert total[3] == pytest.approx(1848 / 2996, abs=1e-15)
    assert total[7] == date(2024, 7, 1)
    assert [row[0] for row in rows if str(row[0]).startswith("Viện kiểm sát")] == list(UNITS)
    assert next(row for row in rows if row[0] == UNITS[0])[6] == "–"


def formats_of(book: bytes, name: str) -> dict[str, str | None]:
    """Number format of each number of a sheet, by the number as stored."""
    styles = ElementTree.fromstring(parts(book, "xl/styles.xml")["xl/styles.xml"])
    codes = {one.get("numFmtId"): one.get("formatCode") for one in styles.iter(f"{M}numFmt")} | {"10": "0.00%", "3": "#,##0"}
    formats = [codes.get(one.get("numFmtId")) for one in styles.find(f"{M}cellXfs")]  # type: ignore[union-attr]
    sheet = ElementTree.fromstring(parts(book, name)[name])
    return {cell.findtext(f"{M}v") or "": formats[int(cell.get("s") or 0)] for cell in sheet.iter(f"{M}c") if cell.get("t") is None and len(cell)}


def test_rates_are_shown_as_percentages(plain: bytes) -> None:
    shown = formats_of(plain, f"xl/worksheets/sheet{list(sheets(plain)).index('Số liệu đơn vị') + 1}.xml")
    assert shown["2996"] == "#,##0"
    assert shown[next(value for value in shown if value.startswith("0.6168"))] == "0.00%"


def test_every_sheet_is_set_up_for_print_and_none_is_hidden(plain: bytes, hostile: bytes) -> None:
    for book in (plain, hostile):
        for name, xml in parts(book, r"xl/worksheets/sheet\d+\.xml").items():
            text = xml.decode()
            assert 'paperSize="9"' in text and 'fitToHeight="0"' in text and 'fitToPage="1"' in text, name
            assert "<pane " in text and "&amp;P/&amp;N" in text, name
            assert 'hidden="1"' not in text, name
        assert b'state="hidden"' not in parts(book, "xl/workbook.xml")["xl/workbook.xml"]
    wide = [name for name, xml in parts(plain, r"xl/worksheets/sheet\d+\.xml").items() if b'orientation="landscape"' in xml]
    names = list(sheets(plain))
    assert sorted(int(re.findall(r"\d+", name)[0]) - 1 for name in wide) == [names.index(name) for name in names if name[:7] == "Số liệu"]


def test_a_tables_head_stands_still_on_the_screen_and_repeats_on_each_printed_page(plain: bytes) -> None:
    place = list(sheets(plain)).index("Số liệu đơn vị")
    names = parts(plain, "xl/workbook.xml")["xl/workbook.xml"].decode()
    repeated = re.search(rf'Print_Titles" localSheetId="{place}">\'Số liệu đơn vị\'!\$(\d+):\$(\d+)<', names)
    assert repeated is not None
    row = int(repeated.group(1))
    assert sheets(plain)["Số liệu đơn vị"][row - 1][0] == "Đơn vị"
    sheet = parts(plain, f"xl/worksheets/sheet{place + 1}.xml")[f"xl/worksheets/sheet{place + 1}.xml"].decode()
    assert f'<pane ySplit="{row}"' in sheet
    assert "'Bảng 1'" not in "".join(re.findall(r"<definedName name=.{0,10}Print_Titles.*?</definedName>", names)), "a short table fills no page"


def test_a_heading_is_never_the_last_row_of_a_printed_page() -> None:
    blocks = [block for place in range(60) for block in (Heading(2, f"{place}.", "Mục"), Paragraph(f"p{place}", (Run("Một câu dài. " * 30),)))]
    book = write(replace(sample_report(), blocks=tuple(blocks), annexes=()))
    sheet = parts(book, "xl/worksheets/sheet4.xml")["xl/worksheets/sheet4.xml"].decode()
    breaks = [int(row) for row in re.findall(r'<brk id="(\d+)"', sheet)]
    rows = sheets(book)["Báo cáo"]
    assert len(breaks) > 3 and all(str(rows[row][0]).endswith("Mục") for row in breaks)


def charts_of(report: Report) -> list[Chart]:
    blocks = (*report.blocks, *(block for annex in report.annexes for block in annex.blocks))
    return [block for block in blocks if isinstance(block, Chart)]


def test_charts_are_native_and_drawn_from_cells_that_hold_their_values(plain: bytes) -> None:
    drawn = sorted(parts(plain, r"xl/charts/chart\d+\.xml").items(), key=lambda one: int(re.findall(r"\d+", one[0])[0]))
    wanted, cells = charts_of(sample_report()), sheets(plain)
    assert len(drawn) == len(wanted) == 6
    for (_, xml), chart in zip(drawn, wanted, strict=True):
        references = [one.text or "" for one in ElementTree.fromstring(xml).iterfind(f".//{C}val/{C}numRef/{C}f")]
        read = []
        for reference in references:
            sheet, column, first, last = re.fullmatch(r"'?(.+?)'?!\$(\w)\$(\d+):\$\w\$(\d+)", reference).groups()  # type: ignore[union-attr]
            read.append(tuple(cells[sheet][row][ord(column) - 65] for row in range(int(first) - 1, int(last))))
        series = [tuple("" if value is None else value for value in one.values) for one in chart.series]
        assert read == [*series, *([(chart.target,) * len(chart.categories)] if chart.target is not None else [])]


def test_charts_tell_those_who_cannot_see_them(plain: bytes) -> None:
    said = b"".join(parts(plain, r"xl/drawings/drawing\d+\.xml").values()).decode()
    assert all(f'descr="{chart.alt}"' in said for chart in charts_of(sample_report()))


def test_hostile_texts_are_texts(hostile: bytes) -> None:
    for name, xml in parts(hostile, r"xl/worksheets/sheet\d+\.xml").items():
        assert b"<f>" not in xml and b"<f " not in xml, name
    with zipfile.ZipFile(io.BytesIO(hostile)) as archive:
        assert not [name for name in archive.namelist() if b'TargetMode="External"' in archive.read(name)]
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(archive.read(name))
    cells = {cell for rows in sheets(hostile).values() for row in rows for cell in row if isinstance(cell, str)}
    assert [text for text in HOSTILE if printable(text) not in cells] == []


def test_sheets_have_names_that_excel_takes() -> None:
    report = sample_report()
    names = ["a/b:c*?[x]\\y", "History", "'quoted'", "", "Số liệu gốc", "SỐ LIỆU GỐC", "x" * 60, "x" * 50]
    annexes = tuple(replace(ANNEXES[1], sheet=name, number=str(place)) for place, name in enumerate(names))
    found = sheet_names(replace(report, annexes=annexes))
    assert len(found) == len({name.casefold() for name in found}) == len(names) + 5 + len(SHOWN)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") and name.strip("'") == name for name in found)
    assert "History" not in found
    assert list(sheets(write(replace(report, annexes=annexes)))) == found


def test_a_cell_is_read_as_it_says_itself_or_as_its_figure_or_as_its_column() -> None:
    """Numerator and rate refer to the same figure, and a column of counts may hold a rate."""
    columns = (Column("Chỉ số"), Column("Kỳ này", "count"))
    rows = tuple(
        (Cell("x"), cell)
        for cell in (
            Cell("1.848", 1848, "activation_rate:1"),
            Cell("61,68%", 1848 / 2996, "activation_rate:1"),
            Cell("25,00%", 0.25, kind="rate"),
            Cell("7", 7),
        )
    )
    book = write(replace(sample_report(), blocks=(Table("t", "", columns, rows),), annexes=()))
    assert formats_of(book, "xl/worksheets/sheet4.xml") == {"1848": "#,##0", "0.616822429906542": "0.00%", "0.25": "0.00%", "7": "#,##0"}


def test_a_rate_with_its_counts_is_three_numbers_and_a_pair_of_counts_two() -> None:
    columns = (Column("Nội dung"), Column("Hiện đạt"), Column("Phát hành / khai báo", "count"))
    rate = FIGURES[0]
    rows = (
        (Cell("Kích hoạt"), Cell("61,68% (1.848/2.996) (*)", figure=rate.key), Cell("1.848/2.996", figure=rate.key)),
        (Cell("Văn bản"), Cell("161", 161), Cell("–")),
    )
    book = write(replace(sample_report(), blocks=(Table("t", "", columns, rows),), annexes=()))
    read = sheets(book)["Bảng 1"]
    head = next(place for place, row in enumerate(read) if row[0] == "Nội dung")
    assert read[head] == ["Nội dung", "Hiện đạt", "Hiện đạt – tử số", "Hiện đạt – mẫu số", "Phát hành", "Khai báo"]
    assert read[head + 1] == ["Kích hoạt", rate.value, 1848, 2996, 1848, 2996]
    assert read[head + 2][:2] == ["Văn bản", 161]
    shown = formats_of(book, "xl/worksheets/sheet4.xml")
    assert shown["161"] == "#,##0" and shown[str(rate.value)[:17]].startswith("0.00%")  # type: ignore[union-attr]


def test_the_front_sheet_says_parameters_in_words() -> None:
    report = sample_report()
    told = (("period", "2024-07-01/2024-07-31"), ("population", "pilot"), ("language", "vi"))
    cells = {
        str(cell) for row in sheets(write(replace(report, provenance=replace(report.provenance, parameters=told))))["Giới thiệu"] for cell in row
    }
    assert {"01/7/2024 – 31/7/2024", "Thí điểm: tài khoản của nhóm 1, văn bản của cả hai nhóm", "Tiếng Việt"} <= cells


def test_without_body_or_annexes_the_figures_are_still_there() -> None:
    report = replace(sample_report(), blocks=(), annexes=(), form=None)
    assert list(sheets(write(report))) == ["Giới thiệu", "Mục lục", "Ghi chú", "Số liệu gốc"]
    assert BARS.caption not in str(sheets(write(report)))


def test_files_carry_the_snapshots_time_and_nobodys_name(plain: bytes) -> None:
    core = parts(plain, "docProps/core.xml")["docProps/core.xml"].decode()
    assert "2024-07-31T11:30:00Z" in core
    assert "<dc:creator></dc:creator>" in core
    assert JULY[0].isoformat() not in core


def test_the_printed_pages_show_every_sheet_whole(plain: bytes, tmp_path: Path) -> None:
    pages = pages_of(converted(plain, ".xlsx", tmp_path / "office"))
    said = "\n".join(page.text for page in pages)
    for part in ("Báo cáo sơ kết thí điểm", "Phụ lục I. Số liệu theo đơn vị", UNITS[0], UNITS[-1], "không in", f"1/{len(pages)}"):
        assert part in said
    assert "activation_rate" not in said, "the sheet of all figures is no paper"
    assert "###" not in said and "Err:" not in said
    wide = [page for page in pages if page.is_landscape and "Viện kiểm sát" in page.text]
    assert len(wide) > 2 and all("Tài khoản" in page.text for page in wide)


def test_each_table_of_an_annex_is_one_of_excels_own_on_a_sheet_of_its_own() -> None:
    columns = (Column("Đơn vị"), Column("Số", "count"), Column("Tỷ lệ", "rate"), Column("Số khác", "count"), Column("Tỷ lệ", "rate"))
    rows = ((Cell("A"), Cell("1", 1), Cell("50% (*)", 0.5), Cell("2", 2), Cell("25%", 0.25)),)
    blocks = tuple(Table(f"annex.{number}", f"Bảng {number}", columns, rows) for number in (1, 2))
    report = replace(sample_report(), blocks=(), annexes=(replace(ANNEXES[0], blocks=blocks, sheet="Phụ lục"),))
    assert sheet_names(report) == ["Giới thiệu", "Mục lục", "Ghi chú", "Phụ lục", "Phụ lục 2", "Số liệu gốc"]
    book = write(report)
    listed = [ElementTree.fromstring(part) for part in parts(book, r"xl/tables/table\d+\.xml").values()]
    names = [table.get("name") for table in listed]
    assert names[-3:] == ["t_annex_1", "t_annex_2", "t_figures"] and all(table.find("{*}autoFilter") is not None for table in listed)
    heads = [column.get("name") for column in listed[-3].findall("{*}tableColumns/{*}tableColumn")]
    assert heads == ["Đơn vị", "Số", "Tỷ lệ", "Số khác", "Tỷ lệ – Số khác"]
    row = next(row for row in sheets(book)["Phụ lục 2"] if row[0] == "A")
    assert row[:5] == ["A", 1, 0.5, 2, 0.25], "numbers stay numbers, with the mark in their format"
    assert b'"(*)"' in parts(book, "xl/styles.xml")["xl/styles.xml"].replace(b"&quot;", b'"')
