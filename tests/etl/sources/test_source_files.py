"""Source kind `files`: workbooks and CSV files as units really write them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from data.errors import ConfigurationError, SourceUnreachable, VanbanError
from tests.etl.tiny_system import TinySystem

TITLES = ["Mã đơn vị", "Từ", "Đến", "Số", "Ngày khai"]
SQL = """
SELECT "Mã đơn vị" AS unit_code, 'administrative_documents' AS metric_base, "Từ" AS from_on, "Đến" AS to_on, "Số" AS value,
    "Ngày khai" AS declared_at, file_name || ':' || row_number AS source_note
FROM file
"""


@pytest.fixture
def declared(tiny: TinySystem) -> TinySystem:
    """The tiny system with a second source of files in the folder `inbox`."""
    (tiny.home.root / "inbox").mkdir()
    (tiny.home.sources / "khai").mkdir()
    tiny.home.config.write_text('[etl]\nsources = ["tiny", "khai"]\n', encoding="utf-8")
    (tiny.home.sources / "khai" / "declared_total.sql").write_text(SQL, encoding="utf-8")
    return tiny


def describe(tiny: TinySystem, options: str) -> Path:
    (tiny.home.sources / "khai" / "source.toml").write_text(
        f'kind = "files"\ntitle = "Khai báo"\nis_synthetic = true\n[entities.declared_total]\n{options}\n', encoding="utf-8"
    )
    return tiny.home.root / "inbox"


def workbook(path: Path, rows: list[list[Any]], titles: list[str] | None = None, sheet: str = "Khai báo", header_row: int = 4) -> None:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    page = book.add_worksheet(sheet)
    page.write_string(0, 0, "BÁO CÁO (dữ liệu mô phỏng)")
    page.write_row(header_row - 1, 0, TITLES if titles is None else titles)
    for number, row in enumerate(rows, start=header_row):
        page.write_row(number, 0, row)
    book.close()


XLSX = 'files = "inbox/*.xlsx"\nsheet = "Khai báo"\nheader_row = 4\nmax_rejected = 0.5'
CSV = 'files = "inbox/*.csv"\ndelimiter = ";"'


def totals(tiny: TinySystem) -> list[tuple[Any, ...]]:
    return tiny.ask("SELECT unit_code, from_on::VARCHAR, to_on::VARCHAR, value, source_note FROM declared_total ORDER BY source_note")


def test_a_workbook_is_read_as_people_fill_it_in(declared: TinySystem) -> None:
    inbox = describe(declared, XLSX)
    workbook(
        inbox / "a.xlsx",
        [
            ["A", date(2024, 7, 1), "31/07/2024", 45, datetime(2024, 8, 1, 6, 30)],
            [],
            ["B", "2024-07-01", "2024-07-31", " 45 ", ""],
            ["B", "2024-08-01", "2024-08-31", "bốn lăm", ""],
            ["B", "2024-09-01", "2024-09-30", 4.5, ""],
        ],
    )
    workbook(inbox / "b.xlsx", [["A", "2024-08-01", "2024-08-31", 1.0, ""]])
    workbook(inbox / "~$a.xlsx", [["A", "2030-08-01", "2030-08-31", 1.0, ""]])  # the lock file of a spreadsheet that is open
    result = declared.run()
    assert totals(declared) == [
        ("A", "2024-07-01", "2024-07-31", 45, "a.xlsx:5"),
        ("B", "2024-07-01", "2024-07-31", 45, "a.xlsx:7"),
        ("A", "2024-08-01", "2024-08-31", 1, "b.xlsx:5"),
    ]
    assert declared.account_of(result, "declared_total") == (5, 3, 0, 0, 2)
    assert declared.ask("SELECT day(declared_at AT TIME ZONE 'Asia/Ho_Chi_Minh') FROM declared_total WHERE value = 45 AND unit_code = 'A'") == [(1,)]
    assert declared.run().status == "unchanged"


@pytest.mark.parametrize(
    ("content", "options"),
    [
        ("\ufeffMã đơn vị;Từ;Đến;Số;Ngày khai\r\nA;2024-07-01;2024-07-31;45;\r\n", CSV),
        ("Mã đơn vị;Từ;Đến;Số;Ngày khai\nA;2024-07-01;2024-07-31;45;", CSV),
        ('"Mã đơn vị";"Từ";"Đến";"Số";"Ngày khai"\n"A";"2024-07-01";"2024-07-31";"45";""\n\n', CSV),
        ("Kính gửi\n\nMã đơn vị;Từ;Đến;Số;Ngày khai\nA;2024-07-01;2024-07-31;45;\n", CSV + "\nheader_row = 3"),
    ],
)
def test_a_csv_file_is_read_by_its_declared_dialect(declared: TinySystem, content: str, options: str) -> None:
    inbox = describe(declared, options)
    (inbox / "a.csv").write_bytes(content.encode())
    declared.run()
    assert [row[:4] for row in totals(declared)] == [("A", "2024-07-01", "2024-07-31", 45)]


def test_a_csv_file_of_another_encoding_and_with_line_breaks_in_cells(declared: TinySystem) -> None:
    inbox = describe(declared, CSV + '\nencoding = "utf-16"')
    (inbox / "a.csv").write_bytes('Mã đơn vị;Từ;Đến;Số;Ngày khai\n"A\n";2024-07-01;2024-07-31;45;\nB;2024-07-01;2024-07-31;1;\n'.encode("utf-16"))
    assert declared.account_of(declared.run(), "declared_total") == (2, 2, 0, 0, 0)
    assert [row[0] for row in totals(declared)] == ["A", "B"]


HEAD = "Mã đơn vị;Từ;Đến;Số;Ngày khai\n"
ROW = "A;2024-07-01;2024-07-31;45;\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEAD + "A;2024-07-01;2024-07-31\n", "line 2 has 3 columns where the titles have 5"),
        (HEAD + 'A;"2024-07-01"x;2024-07-31;45;\n', "line 2 is not proper CSV"),
        (HEAD + ROW + 'B;"2024-07-01;2024-07-31;45;\n' + ROW, "not proper CSV"),
        (HEAD + 'A;2024-07-01;2024-07-31;45;bản "mới\n' + ROW, "quotes do not pair up"),
        (HEAD + "A\0;2024-07-01;2024-07-31;45;\n", "line 2 holds a NUL character"),
        (HEAD.replace("Số", "Từ") + ROW, "the column title Từ stands twice in row 1"),
        (HEAD.replace("Số", "") + ROW, "line 2 has a value in column 4, which has no title in row 1"),
        ("", "no row of column titles"),
        (b"\xff\xfeM\x00", "it is UTF-16 text"),
        (b"M\xe3\n", "not utf-8 text"),
    ],
)
def test_a_broken_csv_file_is_refused_and_nothing_vanishes(declared: TinySystem, content: str | bytes, said: str) -> None:
    inbox = describe(declared, CSV)
    (inbox / "a.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigurationError) as caught:
        declared.run()
    assert "source khai: a.csv:" in str(caught.value)
    assert said in str(caught.value)


def test_a_title_that_one_unit_misspelt_is_named(declared: TinySystem) -> None:
    inbox = describe(declared, XLSX)
    workbook(inbox / "a.xlsx", [["A", "2024-07-01", "2024-07-31", 45, ""]])
    workbook(inbox / "b.xlsx", [["B", "2024-07-01", "2024-07-31", 45, ""]], titles=["Mã đơn vị", "Từ", "Đến", "Sô", "Ngày khai"])
    with pytest.raises(ConfigurationError, match=r"b\.xlsx: its column titles differ from the other files' in: Sô, Số"):
        declared.run()


@pytest.mark.parametrize(
    ("options", "kind", "said"),
    [
        ('files = "inbox/*.xlsx"\nsheet = "Tờ 1"\nheader_row = 4', ConfigurationError, "there is no sheet Tờ 1; it has: Khai báo"),
        ('files = "inbox/*.xlsx"\nheader_row = 3', ConfigurationError, "row 3 holds no column titles"),
        ('files = "inbox/*.xlsx"\nheader_row = 99', ConfigurationError, "has no row 99"),
        ('files = "outbox/*.xlsx"', SourceUnreachable, "no file matches outbox/*.xlsx"),
        ('files = "../*.xlsx"', ConfigurationError, "pattern below"),
        ('files = "/etc/*"', ConfigurationError, "pattern below"),
        ('sheet = "x"', ConfigurationError, "files is missing"),
        ('files = "inbox/*.xlsx"\nencoding = 8', ConfigurationError, "encoding must be text"),
        ('files = "inbox/*.xlsx"\nskip = 3', ConfigurationError, "unknown key skip"),
        ('files = "*.toml"', ConfigurationError, "vanban.toml is none of the kinds that can be read"),
    ],
)
def test_a_wrong_description_of_files_is_told(declared: TinySystem, options: str, kind: type[VanbanError], said: str) -> None:
    inbox = describe(declared, options)
    workbook(inbox / "a.xlsx", [["A", "2024-07-01", "2024-07-31", 45, ""]])
    with pytest.raises(kind) as caught:
        declared.run()
    assert said in str(caught.value)


def test_half_a_workbook_is_told(declared: TinySystem) -> None:
    inbox = describe(declared, XLSX)
    workbook(inbox / "a.xlsx", [["A", "2024-07-01", "2024-07-31", 45, ""]])
    (inbox / "a.xlsx").write_bytes((inbox / "a.xlsx").read_bytes()[:2000])
    with pytest.raises(SourceUnreachable, match=r"a\.xlsx cannot be read"):
        declared.run()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT content AS unit_code FROM read_text('/etc/hostname')",
        "SELECT * FROM '/etc/hostname'",
        "SELECT * FROM read_csv('inbox/a.csv')",
        "SELECT getenv('HOME') AS unit_code",
        "SELECT * FROM titles",
        "SELECT 1) q; DROP TABLE file; SELECT * FROM (SELECT 1",
    ],
)
def test_a_mapping_of_files_reaches_nothing_but_its_table(declared: TinySystem, sql: str) -> None:
    inbox = describe(declared, XLSX)
    workbook(inbox / "a.xlsx", [["A", "2024-07-01", "2024-07-31", 45, ""]])
    (declared.home.sources / "khai" / "declared_total.sql").write_text(sql, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"declared_total\.sql"):
        declared.run()
