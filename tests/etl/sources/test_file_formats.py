"""Source kind `files`, format by format: the same three declarations, as each program writes them, come out the same."""

from __future__ import annotations

import datetime as dt
import decimal
import gzip
import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from data.errors import ConfigurationError, SourceUnreachable
from data.paths import PROJECT, Home
from etl.setup.new_source import new_source
from etl.sources.files import delimited, formats
from tests.etl.landed_and_staged import Staged, land_and_stage, write_source

TITLES = ["Mã", "Từ", "Số", "Lúc", "Ghi chú"]
SQL = """
SELECT "Mã" AS unit_code, 'administrative_documents' AS metric_base, "Từ" AS from_on, '2024-07-31' AS to_on, "Số" AS value, "Lúc" AS declared_at,
    "Ghi chú" AS source_note
FROM file
"""
MEANT = [
    ("Đặng", "2024-07-01", "45", "2024-08-01 06:30:00", "Viện kiểm sát"),
    ("Hoà", "2024-07-01", "0", None, 'có ; và " bên trong'),
    ("hòa", "2024-07-02", "1234567", "2024-08-01 23:59:00", None),
]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "nhà")
    (home.root / "inbox").mkdir(parents=True)
    return home


def read(home: Home, options: str) -> Staged:
    head = 'kind = "files"\ntitle = "Khai báo"\nis_synthetic = true\n[entities.declared_total]\n'
    write_source(home, "khai", head + options, declared_total=SQL)
    return land_and_stage(home, "khai")["declared_total"]


def found(staged: Staged) -> list[tuple[str | None, ...]]:
    rows = []
    for row in staged.rows:
        at = row["declared_at"]
        local = dt.datetime.fromisoformat(at).astimezone(dt.timezone(dt.timedelta(hours=7))).strftime("%Y-%m-%d %H:%M:%S") if at else None
        rows.append((row["unit_code"], row["from_on"], row["value"], local, row["source_note"]))
    return sorted(rows)


def csv_text(delimiter: str = ";") -> str:
    def cell(value: str | None) -> str:
        quoted = (value or "").replace('"', '""')
        return f'"{quoted}"' if delimiter in quoted or '"' in quoted else quoted

    return "".join(delimiter.join(map(cell, row)) + "\r\n" for row in [TITLES, *MEANT])


def as_cp1258(text: str) -> bytes:
    """As Windows writes it: letters that the code page lacks as their base and a tone mark."""
    written = bytearray()
    for letter in text:
        try:
            written += letter.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            tone = next(mark for mark in parts if mark in "\u0300\u0309\u0303\u0301\u0323")
            written += (unicodedata.normalize("NFC", parts.replace(tone, "")) + tone).encode("cp1258")
    return bytes(written)


def write_parquet(path: Path, zone: str | None, unit: str) -> None:
    local = [dt.datetime.fromisoformat(row[3]) if row[3] else None for row in MEANT]
    instants = [at and (at - dt.timedelta(hours=7)).replace(tzinfo=dt.UTC) for at in local] if zone else local
    columns = {
        "Mã": pa.array([row[0] for row in MEANT]).dictionary_encode(),
        "Từ": pa.array([dt.date.fromisoformat(row[1]) for row in MEANT]),
        "Số": pa.array([decimal.Decimal(row[2]) for row in MEANT], pa.decimal128(12, 2)),
        "Lúc": pa.array(instants, pa.timestamp("us", zone)).cast(pa.timestamp(unit, zone)),
        "Ghi chú": pa.array([row[4] for row in MEANT]),
    }
    pq.write_table(pa.table(columns), path)


def write_workbook(path: Path, date_1904: bool, numbers_as_text: bool, merge: tuple[int, int, int, int] | None = None) -> None:
    book = xlsxwriter.Workbook(str(path), {"date_1904": date_1904, "default_date_format": "dd/mm/yyyy hh:mm"})
    page = book.add_worksheet("Khai báo")
    page.write_row(1, 0, TITLES)
    if merge:
        page.merge_range(*merge, "gộp")
    for number, (code, on, value, at, note) in enumerate(MEANT, start=2):
        page.write_string(number, 0, code)
        page.write_datetime(number, 1, dt.datetime.fromisoformat(on))
        page.write_string(number, 2, f" {value}\u00a0") if numbers_as_text else page.write_number(number, 2, int(value))
        if at:
            page.write_datetime(number, 3, dt.datetime.fromisoformat(at))
        page.write_string(number, 4, note or "")
    book.close()


def json_lines() -> str:
    """A member that is null, one that is absent, letters as escapes of their parts, blank lines between."""
    rows: list[dict[str, Any]] = [dict(zip(TITLES, row, strict=True)) for row in MEANT]
    rows[0]["Số"] = 45
    rows[0]["Ghi chú"] = "Vie\u0323\u0302n kiểm sát"
    del rows[1]["Lúc"]
    return "\n\n".join(json.dumps(row, ensure_ascii=number == 0) for number, row in enumerate(rows))


WRITERS: dict[str, tuple[str, str, Callable[[Path], Any]]] = {
    "csv utf-8": ("a.csv", 'delimiter = ";"', lambda path: path.write_bytes(csv_text().encode())),
    "csv utf-8 with a mark": ("a.csv", 'delimiter = ";"', lambda path: path.write_bytes(csv_text().encode("utf-8-sig"))),
    "csv utf-16": ("a.csv", 'encoding = "utf-16"\ndelimiter = "\\t"', lambda path: path.write_bytes(csv_text("\t").encode("utf-16"))),
    "csv windows-1258": ("a.CSV", 'encoding = "windows-1258"\ndelimiter = ";"', lambda path: path.write_bytes(as_cp1258(csv_text()))),
    "csv taken apart": ("a.csv", 'delimiter = ";"', lambda path: path.write_bytes(csv_text().replace("ệ", "e\u0323\u0302").encode())),
    "csv packed": ("a.csv.gz", 'delimiter = ";"', lambda path: path.write_bytes(gzip.compress(csv_text().encode()))),
    "csv packed in parts": (
        "a.csv.gz",
        'delimiter = ";"',
        lambda path: path.write_bytes(gzip.compress(csv_text().encode()[:50]) + gzip.compress(csv_text().encode()[50:])),
    ),
    "json lines": ("a.jsonl", "", lambda path: path.write_text(json_lines(), encoding="utf-8")),
    "json lines packed": ("a.jsonl.gz", "", lambda path: path.write_bytes(gzip.compress(json_lines().encode()))),
    "parquet": ("a.parquet", "", lambda path: write_parquet(path, None, "ms")),
    "parquet with a zone": ("a.parquet", "", lambda path: write_parquet(path, "UTC", "ns")),
    "workbook 1900": ("a.xlsx", "header_row = 2", lambda path: write_workbook(path, date_1904=False, numbers_as_text=False)),
    "workbook 1904": ("a.xlsx", "header_row = 2", lambda path: write_workbook(path, date_1904=True, numbers_as_text=True)),
}


@pytest.mark.parametrize("written", WRITERS)
def test_every_format_says_the_same(home: Home, written: str) -> None:
    name, options, write = WRITERS[written]
    write(home.root / "inbox" / name)
    staged = read(home, f'files = "inbox/{name}"\n{options}')
    assert found(staged) == sorted(MEANT, key=str)
    assert (staged.account.rows_in, staged.account.rows_loaded) == (3, 3)


@pytest.mark.parametrize(("encoding", "raw"), [("tcvn3", b"Vi\xd6n ki\xd3m s\xb8t"), ("vni", b"Vie\xe4n kie\xe5m sa\xf9t")])
def test_files_of_old_fonts_are_read_by_declaration(home: Home, encoding: str, raw: bytes) -> None:
    (home.root / "inbox" / "a.csv").write_bytes(b"ma,tu,so,ghi chu\nA,2024-07-01,7," + raw + b"\n")
    sql = "SELECT ma AS unit_code, 'x' AS metric_base, tu AS from_on, tu AS to_on, so AS value, \"ghi chu\" AS source_note FROM file"
    head = f'kind = "files"\ntitle = "x"\n[entities.declared_total]\nfiles = "inbox/*.csv"\nencoding = "{encoding}"\n'
    write_source(home, "cu", head, declared_total=sql)
    assert land_and_stage(home, "cu")["declared_total"].rows[0]["source_note"] == "Viện kiểm sát"


def test_a_file_that_quotes_nothing(home: Home) -> None:
    (home.root / "inbox" / "a.csv").write_text('Mã|Từ|Số|Lúc|Ghi chú\nA|2024-07-01|7||bản "mới\n', encoding="utf-8")
    staged = read(home, 'files = "inbox/*.csv"\ndelimiter = "|"\nquote = ""')
    assert staged.rows[0]["source_note"] == 'bản "mới'


def test_json_lines_of_several_files_may_lack_members_and_keep_every_digit(home: Home) -> None:
    lines = ['{"Mã": 12345678901234567890, "Từ": "2024-07-01", "Số": 1, "Ghi chú": {"a": [1.50, null, "x"]}}']
    (home.root / "inbox" / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (home.root / "inbox" / "b.jsonl").write_text('{"Lúc": null, "Mã": "B", "Từ": "2024-07-01", "Số": 2}\n', encoding="utf-8")
    staged = read(home, 'files = "inbox/*.jsonl"')
    assert [(row["unit_code"], row["source_note"]) for row in staged.rows] == [("12345678901234567890", '{"a": [1.50, null, "x"]}'), ("B", None)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"Mã": 1', "line 2 is not JSON"),
        ("[1, 2]", "line 2 is not a JSON object"),
        ('{"Mã": 1, "Mã": 2}', "line 2 has a name twice"),
        ('{"Mã": NaN}', "line 2 holds NaN"),
        ('{"Mã": "\\ud800"}', "line 2 holds half a character"),
        ('{"Mã": "a\\u0000b"}', "line 2 holds a NUL character"),
        ('{"mã": 1}', "the column title Mã stands twice"),
        ("[" * 100_000, "line 2 is nested too deeply"),
    ],
)
def test_broken_json_lines_are_refused(home: Home, line: str, said: str) -> None:
    (home.root / "inbox" / "a.jsonl").write_text('{"Mã": "A"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read(home, 'files = "inbox/*.jsonl"')
    assert said in str(caught.value)


def test_a_damaged_gz_is_refused_before_anything_of_it_is_read(home: Home) -> None:
    whole = gzip.compress(("Mã;Từ;Số;Lúc;Ghi chú\n" + "A;2024-07-01;7;;x\n" * 5000).encode())
    path = home.root / "inbox" / "a.csv.gz"
    bombs = {
        "truncated": whole[: len(whole) // 2],
        "truncated .gz": whole[:-3],
        "damaged": whole[:-6] + bytes([whole[-6] ^ 1]) + whole[-5:],
        "it is a damaged": b"no gzip at all",
        "end is missing": b"",
        "more than 500 times": gzip.compress(bytes(40 << 20)),
    }
    for said, content in bombs.items():
        path.write_bytes(content)
        with pytest.raises(ConfigurationError, match=said):
            read(home, 'files = "inbox/*.gz"\ndelimiter = ";"')
    assert not list(home.root.rglob("*.parquet*"))


def test_a_damaged_parquet_file_is_refused(home: Home) -> None:
    path = home.root / "inbox" / "a.parquet"
    write_parquet(path, None, "ms")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SourceUnreachable, match=r"a\.parquet cannot be read"):
        read(home, 'files = "inbox/*.parquet"')
    pq.write_table(pa.table({"Mã": [["A"]]}), path)
    with pytest.raises(ConfigurationError, match="column Mã: it holds list"):
        read(home, 'files = "inbox/*.parquet"')


@pytest.mark.parametrize(
    ("merge", "is_refused"),
    [((1, 2, 1, 3), True), ((0, 1, 1, 1), True), ((1, 4, 2, 4), True), ((0, 0, 0, 4), False), ((6, 0, 6, 4), False)],
)
def test_merged_titles_are_refused_and_other_merged_cells_are_not(home: Home, merge: tuple[int, int, int, int], is_refused: bool) -> None:
    write_workbook(home.root / "inbox" / "a.xlsx", date_1904=False, numbers_as_text=False, merge=merge)
    if is_refused:
        with pytest.raises(ConfigurationError, match=r"the cells [A-E]\d:[A-E]\d are merged, and row 2 is to hold one title per column"):
            read(home, 'files = "inbox/*.xlsx"\nheader_row = 2')
    else:
        assert read(home, 'files = "inbox/*.xlsx"\nheader_row = 2').account.rows_loaded == 3


@pytest.mark.parametrize(
    ("name", "option"), [("a.csv", 'sheet = "Khai báo"'), ("a.parquet", "header_row = 2"), ("a.jsonl", 'encoding = "vni"'), ("a.xlsx", 'quote = ""')]
)
def test_an_option_that_says_nothing_about_a_format_is_told(home: Home, name: str, option: str) -> None:
    (home.root / "inbox" / name).write_bytes(b"")
    with pytest.raises(ConfigurationError, match=f"{option.partition(' ')[0]} says nothing about files such as {name}"):
        read(home, f'files = "inbox/{name}"\n{option}')


@pytest.mark.parametrize("known", formats.FORMATS, ids=lambda known: known.endings[0])
def test_every_ending_stands_in_the_guide_with_its_options(known: formats.Format) -> None:
    guide = PROJECT / "docs" / "connecting.md"
    endings = ", ".join(f"`{ending}`" for ending in known.endings)
    line = re.search(rf"^\| {re.escape(endings)} \|.*$", guide.read_text(encoding="utf-8"), re.MULTILINE)
    assert line, f"{guide} has no line for {endings}, which etl/sources/files/formats.py can read. Add it to the table of files."
    missing = [option for option in known.option_types if f"`{option}`" not in line[0] or option not in known.options_explained]
    assert not missing, f"{missing} of {endings} are missing in {guide} or in options_explained of etl/sources/files/formats.py"


def test_a_new_format_is_one_entry_in_the_table(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    path = home.root / "inbox" / "a.tsv"
    path.write_bytes(csv_text("\t").encode())
    with pytest.raises(ConfigurationError, match=r"a\.tsv is none of the kinds that can be read \(\.xlsx, \.csv, \.csv\.gz, \.jsonl"):
        read(home, 'files = "inbox/*.tsv"\n')
    tsv = formats.Format((".tsv",), delimited.read_delimited, {"encoding": str}, 'encoding = "utf-8"', fixed_options={"delimiter": "\t"})
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, tsv))
    assert found(read(home, 'files = "inbox/*.tsv"\n')) == sorted(MEANT)
    with pytest.raises(ConfigurationError, match=r"none of the kinds that can be read \(\.xlsx.*\.parquet, \.tsv\)"):
        (home.root / "inbox" / "a.doc").write_bytes(b"")
        read(home, 'files = "inbox/*"\n')
    source_toml = new_source(Home(home.root.parent / "empty"), "new", "files") / "source.toml"
    assert ".parquet or .tsv" in source_toml.read_text(encoding="utf-8")
