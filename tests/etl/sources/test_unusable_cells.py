"""Workbooks and tables as programs really write them: what holds no plain value is named, and judged only where the SELECT uses it."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from data.errors import ConfigurationError
from data.paths import Home
from tests.etl.landed_and_staged import Staged, land_and_stage, write_source

TITLES = ["code", "name", "parent", "remark"]
ROWS = [["A", "Phòng A", "R", "x"], ["B", "Phòng B", "R", "y"], ["C", "Phòng C", "R", "z"]]
SQL = "SELECT code AS unit_code, name, parent AS parent_code, 'phong' AS level FROM file"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    (home.root / "inbox").mkdir()
    return home


def read(home: Home, files: str) -> Staged:
    head = f'kind = "files"\ntitle = "Đơn vị (mô phỏng)"\nis_synthetic = true\n[entities.org_unit]\nfiles = "inbox/{files}"\n'
    write_source(home, "ct", head, org_unit=SQL)
    return land_and_stage(home, "ct")["org_unit"]


def write(path: Path, change: Callable[[Worksheet], object] = lambda page: None) -> None:
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("Đơn vị")
    for number, row in enumerate([TITLES, *ROWS]):
        page.write_row(number, 0, row)
    change(page)
    book.close()


def rewrite(path: Path, change: Callable[[str, bytes], tuple[str, bytes]]) -> None:
    """The workbook again, with other names or contents of its parts."""
    with zipfile.ZipFile(path) as archive:
        parts = [change(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts:
            archive.writestr(name, content)


def in_sheet(old: str, new: str) -> Callable[[str, bytes], tuple[str, bytes]]:
    def change(name: str, content: bytes) -> tuple[str, bytes]:
        if not name.endswith("sheet1.xml"):
            return name, content
        assert old.encode() in content
        return name, content.replace(old.encode(), new.encode())

    return change


def parents(staged: Staged) -> dict[str, str | None]:
    return {str(row["unit_code"]): row["parent_code"] for row in staged.rows}


def test_cells_merged_within_a_column_all_have_what_they_show(home: Home) -> None:
    write(home.root / "inbox" / "a.xlsx", lambda page: page.merge_range("C2:C4", "R"))
    assert parents(read(home, "a.xlsx")) == {"A": "R", "B": "R", "C": "R"}


def test_cells_merged_across_columns_are_named(home: Home) -> None:
    write(home.root / "inbox" / "a.xlsx", lambda page: page.merge_range("B3:C3", "Phòng B"))
    with pytest.raises(ConfigurationError, match=r"column name: the cells B3:C3 are merged across columns"):
        read(home, "a.xlsx")


def test_a_heading_merged_between_the_rows_is_a_row_like_others(home: Home) -> None:
    write(home.root / "inbox" / "a.xlsx", lambda page: page.merge_range("A6:D6", "II. Cấp tỉnh"))
    assert read(home, "a.xlsx").account.rows_in == 4


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?"])
def test_an_error_is_named_with_its_cell(home: Home, error: str) -> None:
    path = home.root / "inbox" / "a.xlsx"
    write(path, lambda page: page.write_formula("C3", "=1", None, "chỗ"))
    rewrite(path, in_sheet('t="str"><f>1</f><v>chỗ</v>', f't="e"><f>1</f><v>{error}</v>'))
    with pytest.raises(ConfigurationError, match=r"a\.xlsx: column parent: cell C3 holds #.*leave the column out of org_unit\.sql"):
        read(home, "a.xlsx")


@pytest.mark.parametrize("formula", ["<f>1+1</f>", "<f>1+1</f><v/>", "<f>1+1</f><v></v>", '<f t="shared" si="0"/>', '<f t="array" ref="C3">1</f>'])
def test_a_formula_that_was_never_calculated_is_named(home: Home, formula: str) -> None:
    path = home.root / "inbox" / "a.xlsx"
    write(path, lambda page: page.write_formula("C3", "=1", None, "chỗ"))
    rewrite(path, in_sheet('t="str"><f>1</f><v>chỗ</v>', f">{formula}"))
    with pytest.raises(ConfigurationError, match="column parent: cell C3 holds a formula that was never calculated"):
        read(home, "a.xlsx")


def test_a_formula_that_came_to_an_empty_text_is_empty(home: Home) -> None:
    path = home.root / "inbox" / "a.xlsx"
    write(path, lambda page: page.write_formula("C3", "=1", None, "chỗ"))
    rewrite(path, in_sheet("<v>chỗ</v>", "<v></v>"))
    assert parents(read(home, "a.xlsx")) == {"A": "R", "B": None, "C": "R"}


def test_what_nobody_selects_stops_nothing(home: Home) -> None:
    path = home.root / "inbox" / "a.xlsx"
    write(path, lambda page: page.write_formula("D2", "=1", None, "chỗ"))
    rewrite(path, in_sheet('t="str"><f>1</f><v>chỗ</v>', 't="e"><f>1</f><v>#N/A</v>'))
    assert len(read(home, "a.xlsx").rows) == 3


def test_an_error_that_excel_has_learnt_since_and_one_that_is_a_text_are_named_with_their_cell(home: Home) -> None:
    path = home.root / "inbox" / "a.xlsx"
    write(path, lambda page: page.write_formula("C3", "=1", None, "chỗ"))
    rewrite(path, in_sheet('t="str"><f>1</f><v>chỗ</v>', 't="e"><f>1</f><v>#GETTING_DATA</v>'))
    with pytest.raises(ConfigurationError, match=r"a\.xlsx: cell C3 of Đơn vị holds #GETTING_DATA, which cannot be read"):
        read(home, "a.xlsx")
    write(path, lambda page: page.write_string("C3", "#REF!"))
    with pytest.raises(ConfigurationError, match=r"column parent: cell C3 holds #REF!"):
        read(home, "a.xlsx")
    (home.root / "inbox" / "a.csv").write_text('code,name,parent\nA,"Phòng\nA",R\nB,Phòng B,#VALUE!\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"column parent: line 4 holds #VALUE!"):
        read(home, "a.csv")


def test_the_first_sheet_is_the_first_that_is_shown_and_has_cells(home: Home) -> None:
    book = xlsxwriter.Workbook(str(home.root / "inbox" / "a.xlsx"))
    choices, chart = book.add_worksheet("choices"), book.add_chart({"type": "line"})
    chart.add_series({"values": "=page!$A$1:$A$2"})
    book.add_chartsheet("chart").set_chart(chart)
    page = book.add_worksheet("page")
    for sheet, rows in ((choices, ["Z"]), (page, ["A", "B"])):
        for number, row in enumerate([TITLES, *([code, "Phòng", "R", "x"] for code in rows)]):
            sheet.write_row(number, 0, row)
    page.activate()
    choices.very_hidden()
    book.close()
    assert parents(read(home, "a.xlsx")) == {"A": "R", "B": "R"}


def test_a_duration_is_named_where_it_is_selected(home: Home) -> None:
    path = home.root / "inbox" / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("Đơn vị")
    for number, row in enumerate([TITLES, *ROWS]):
        page.write_row(number, 0, row)
    for cell in ("D2", "C3"):
        page.write_datetime(cell, dt.timedelta(hours=30), book.add_format({"num_format": "[h]:mm:ss"}))
    book.close()
    with pytest.raises(ConfigurationError, match=r"column parent: cell C3 holds a duration\. Calculate"):
        read(home, "a.xlsx")


def test_names_of_parts_as_other_programs_write_them(home: Home) -> None:
    path = home.root / "inbox" / "a.xlsx"
    write(path)
    rewrite(path, lambda name, content: (name.replace("/", "\\"), content))
    assert len(read(home, "a.xlsx").rows) == 3


def test_a_path_from_the_root_leads_to_the_sheet_too(home: Home) -> None:
    path = home.root / "inbox" / "a.xlsx"
    write(path, lambda page: page.write_formula("C3", "=1", None, "chỗ"))
    rewrite(path, in_sheet('t="str"><f>1</f><v>chỗ</v>', "><f>1</f>"))
    rewrite(path, lambda name, content: (name, content.replace(b'Target="worksheets/', b'Target="/xl/worksheets/')))
    with pytest.raises(ConfigurationError, match="cell C3 holds a formula"):
        read(home, "a.xlsx")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"<html><body><table><tr><td>code</td></tr></table></body></html>", r"a web page \(HTML\)"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html>\n<title>Sign in</title>", r"a web page \(HTML\)"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "an XML table of Excel 2003"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), r"an old Excel workbook \(.xls\)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a workbook protected by a password"),
        (b"%PDF-1.7\n", "a PDF file"),
        (b"code,name\nA,x\n", "plain text, such as CSV"),
        ("code\tname\nA\tx\n".encode("utf-16"), "plain text, such as CSV"),
        (b"", "empty"),
    ],
)
def test_a_file_that_is_no_workbook_is_named_for_what_it_is(home: Home, content: bytes, kind: str) -> None:
    (home.root / "inbox" / "a.xlsx").write_bytes(content)
    with pytest.raises(ConfigurationError, match=rf"a\.xlsx: it is {kind}, whatever its name says.*save it as \.xlsx"):
        read(home, "a.xlsx")


def test_an_opendocument_file_and_a_binary_workbook_are_told_apart(home: Home) -> None:
    path = home.root / "inbox" / "a.xlsx"
    for member, kind in {"content.xml": "an OpenDocument file", "xl/workbook.bin": "a binary Excel workbook", "a.txt": "a packed file"}.items():
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(member, "")
        with pytest.raises(ConfigurationError, match=f"it is {kind}"):
            read(home, "a.xlsx")


CSV = "code;name;parent;remark\r\nA;Phòng A;R;x\r\nB;Phòng B;R;y\r\n"


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\r\n" + CSV,
        "sep=;;;\r\n" + CSV,
        '"sep=;"\r\n' + CSV,
        "sep=\t\r\n" + CSV.replace(";", "\t"),
        "\ufeffSEP=;\n" + CSV,
        "sep=,\r\n" + CSV.replace("\r\n", ";\r\n").replace(";", ","),
        "sep=;\r\n" + CSV.replace(";parent", ";;parent").replace(";R", ";;R"),
        "sep=;\r\n" + CSV.replace(";x\r", ";x;;\r"),
        "sep= ;\r\n" + CSV.replace("A;", '="A";').replace(";R;", ';="R";'),
    ],
)
def test_a_line_that_names_the_delimiter_and_columns_without_anything_are_passed_over(home: Home, text: str) -> None:
    (home.root / "inbox" / "a.csv").write_text(text, encoding="utf-8", newline="")
    assert parents(read(home, "a.csv")) == {"A": "R", "B": "R"}


def test_a_value_in_a_column_without_a_title_is_named(home: Home) -> None:
    (home.root / "inbox" / "a.csv").write_text("code,name,,parent\nA,Phòng A,,R\nB,Phòng B,hai,R\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="line 3 has a value in column 3, which has no title in row 1"):
        read(home, "a.csv")


def test_a_web_page_named_csv_is_named_for_what_it_is(home: Home) -> None:
    (home.root / "inbox" / "a.csv").write_text("<!doctype html><html>Đăng nhập</html>", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"it is a web page \(HTML\)"):
        read(home, "a.csv")


@pytest.mark.parametrize(
    ("raw", "options", "said"),
    [
        (CSV.encode(), "", "row 1 is one title without a ',', but with ';': write delimiter = \";\""),
        (CSV.replace(";", "\t").encode(), "", r'write delimiter = "\\t"'),
        (CSV.encode("utf-16"), "", 'it is UTF-16 text: write encoding = "utf-16"'),
        (CSV.encode(), 'delimiter = ";"\nencoding = "windows-1258"', 'it is UTF-8 text and not cp1258: write encoding = "utf-8"'),
        (CSV.replace("code", "ma").encode(), 'delimiter = ";"', "columns are called by the titles in the file; header_row, delimiter"),
    ],
)
def test_a_table_that_is_read_in_another_way_than_it_was_written_says_which(home: Home, raw: bytes, options: str, said: str) -> None:
    (home.root / "inbox" / "a.csv").write_bytes(raw)
    with pytest.raises(ConfigurationError, match=said):
        read(home, f'a.csv"\n{options}\n#"')


def test_a_parquet_column_of_numbers_with_nothing_in_it_and_a_zone_that_only_its_writer_knows(home: Home) -> None:
    since = pa.array([1_719_792_000_000, None], pa.timestamp("ms", "SE Asia Standard Time"))
    columns = {"code": pa.array([1.0, 2.0]), "name": ["A", "B"], "parent": pa.array([float("nan"), 1.0]), "since": since}
    pq.write_table(pa.table(columns), home.root / "inbox" / "a.parquet")
    sql = SQL.replace(" FROM", ", since AS valid_from FROM")
    head = 'kind = "files"\ntitle = "Đơn vị (mô phỏng)"\nis_synthetic = true\n[entities.org_unit]\nfiles = "inbox/a.parquet"\n'
    write_source(home, "ct", head, org_unit=sql)
    rows = land_and_stage(home, "ct")["org_unit"].rows
    assert [(row["unit_code"], row["parent_code"], row["valid_from"]) for row in rows] == [("1", None, "2024-07-01"), ("2", "1", None)]


def test_a_column_of_lists_that_nobody_selects_stops_nothing(home: Home) -> None:
    table = {"code": ["A"], "name": ["Phòng A"], "parent": ["R"], "remark": [["x", "y"]]}
    pq.write_table(pa.table(table), home.root / "inbox" / "a.parquet")
    assert parents(read(home, "a.parquet")) == {"A": "R"}


@pytest.mark.parametrize("unit", ["us", "ms", "s"])
def test_instants_beyond_the_year_9999_are_no_reason_to_stop(home: Home, unit: str) -> None:
    highest = {"us": 2**63 - 1, "ms": 2**60, "s": 2**50}[unit]
    columns = {
        "code": ["A", "B"],
        "name": ["Phòng A", "Phòng B"],
        "parent": ["R", "R"],
        "until": pa.array([highest, 1_720_000_000], pa.int64()).cast(pa.timestamp(unit)),
    }
    pq.write_table(pa.table(columns), home.root / "inbox" / "a.parquet", allow_truncated_timestamps=True)
    sql = SQL.replace(" FROM", ", until AS valid_to FROM")
    head = 'kind = "files"\ntitle = "Đơn vị (mô phỏng)"\nis_synthetic = true\n[entities.org_unit]\nfiles = "inbox/a.parquet"\n'
    write_source(home, "ct", head, org_unit=sql)
    found = land_and_stage(home, "ct")["org_unit"]
    assert found.account.rows_in == 2
    # The largest number of microseconds is infinity: no last day. A larger year than any calendar has is none.
    assert ((0, "valid_to", "not a date") in found.rejects) == (unit != "us")
