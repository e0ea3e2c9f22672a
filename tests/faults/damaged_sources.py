"""Sources of one file each with a count of its own: how many rows the file holds is found out here by another route than the loader takes.

`examine` damages the file, has the loader fetch and stage it, and says what is wrong with the account; nothing, if all is well.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
import re
import shutil
import sqlite3
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from data.errors import DataRefused, VanbanError
from data.paths import Home
from etl.sources.files.encodings import TCVN3, VNI
from etl.staging.stage import RECORD
from tests.etl.landed_and_staged import land_and_stage, person, write_source
from tests.faults.damage import damaged, packed, unpacked

ROWS = 40
TITLES = ["Mã", "Từ", "Số", "Ghi chú"]
DECLARED = (
    'SELECT "Mã" AS unit_code, \'administrative_documents\' AS metric_base, "Từ" AS from_on, \'2024-07-31\' AS to_on, "Số" AS value,'
    ' "Ghi chú" AS source_note FROM file'
)
EVENTS = "SELECT account_key, occurred_at, kind FROM event"
MESSAGES = """
SELECT message_key, kind, from_code, coalesce((SELECT min(to_code) FROM receiver r WHERE r.file_number = m.file_number), 'x') AS to_code,
    sent_at AS at, CASE WHEN security_marking IS NULL THEN 'ordinary' ELSE 'higher' END AS security_level
FROM message m
"""

Count = int | None
"""Rows of a damaged file; None where no part of it may be loaded."""


def _cells(number: int) -> list[str]:
    note = ("ghi chú", 'có , và " trong ô', "hai\ndòng", "Viện kiểm sát", "")[number % 5]
    return [f"DV{number:03d}", f"2024-07-{1 + number % 28:02d}", str(number * 7), note]


def _csv(delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([TITLES, *(_cells(number) for number in range(ROWS))])
    return out.getvalue()


def _records(text: str, delimiter: str) -> Count:
    """Records under the titles, by the states of RFC 4180 letter by letter; a quote inside a bare cell is a letter like any other."""
    records, state, has_content = 0, "start", False
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for letter in text + ("" if text.endswith("\n") else "\n"):
        if state == "quoted":
            state = "quote" if letter == '"' else "quoted"
            continue
        if letter == "\0":
            return None
        if state == "quote":
            if letter == '"':
                state = "quoted"
                continue
            if letter not in (delimiter, "\n"):
                return None
        if letter == "\n":
            records += has_content
            state, has_content = "start", False
        elif letter == delimiter:
            state, has_content = "start", True
        elif state == "start" and letter == '"':
            state, has_content = "quoted", True
        else:
            state, has_content = "bare", has_content or not letter.isspace()
    return None if state in ("quoted", "quote") else max(records - 1, 0)


def _csv_count(encoding: str, delimiter: str) -> Callable[[bytes], Count]:
    def count(content: bytes) -> Count:
        try:
            return _records(content.decode(encoding), delimiter)
        except UnicodeDecodeError:
            return None

    return count


def _json_lines() -> bytes:
    return "".join(json.dumps(dict(zip(TITLES, _cells(number), strict=True)), ensure_ascii=number % 2 == 0) + "\n" for number in range(ROWS)).encode()


def _json_count(content: bytes) -> Count:
    try:
        lines = [line for line in re.split("\r\n|\r|\n", content.decode("utf-8-sig")) if line.strip()]
        return len(lines) if all(isinstance(json.loads(line), dict) for line in lines) else None
    except (ValueError, RecursionError):
        return None


def _lines_count(content: bytes) -> Count:
    return content.count(b"\n") + (content[-1:] not in (b"\n", b""))


def _if_whole(count: Callable[[bytes], Count]) -> Callable[[bytes], Count]:
    def counted(content: bytes) -> Count:
        inner = unpacked(content)
        return None if inner is None else count(inner)

    return counted


def _old_font(table: dict[str, bytes]) -> bytes:
    text = unicodedata.normalize("NFC", _csv())
    return b"".join(table.get(letter) or letter.encode("cp1252", "replace") for letter in text)


def _windows_1258(text: str) -> bytes:
    """Letters that the code page lacks as their base with a tone mark after it."""
    written = bytearray()
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tones = "".join(mark for mark in parts[1:] if mark in "\u0300\u0309\u0303\u0301\u0323")
        written += (unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in tones)) + tones).encode("cp1258")
    return bytes(written)


def _parquet(checksum: bool) -> bytes:
    out = io.BytesIO()
    columns = [pa.array(column, pa.string()) for column in zip(*(_cells(number) for number in range(ROWS)), strict=True)]
    pq.write_table(pa.table(columns, names=TITLES), out, row_group_size=16, compression="zstd", write_page_checksum=checksum)
    return out.getvalue()


def _workbook() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet("Khai báo")
    page.write_row(0, 0, TITLES)
    for number in range(ROWS):
        code, on, value, note = _cells(number)
        page.write_string(number + 1, 0, code)
        page.write_datetime(number + 1, 1, dt.datetime.fromisoformat(on), book.add_format({"num_format": "dd/mm/yyyy"}) if number < 3 else None)
        page.write_number(number + 1, 2, int(value))
        page.write_string(number + 1, 3, note)
    book.close()
    return out.getvalue()


_SHEET = "xl/worksheets/sheet1.xml"


def _workbook_count(content: bytes) -> Count:
    """Rows under the titles with anything in a titled column, by zipfile and ElementTree, whatever was damaged of a namespace."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            sheet = ElementTree.fromstring(parts.read(_SHEET))
            shared = [
                "".join(piece.text or "" for piece in item.iterfind(".//{*}t"))
                for item in ElementTree.fromstring(parts.read("xl/sharedStrings.xml")).iterfind(".//{*}si")
            ]
    except (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, KeyError, ValueError, NotImplementedError, RuntimeError, OSError, EOFError):
        return None
    cells: dict[tuple[int, int], str] = {}
    for cell in sheet.iterfind(".//{*}c"):
        place = re.fullmatch("([A-Z]+)([0-9]+)", cell.get("r", ""))
        value = cell.find("{*}v")
        if place is None:
            return None
        text = "" if value is None else value.text or ""
        if cell.get("t") == "s":
            if not text.isdigit() or int(text) >= len(shared):
                return None
            text = shared[int(text)]
        column = 0
        for letter in place[1]:
            column = column * 26 + ord(letter) - 64
        cells[int(place[2]), column] = text
    first = min((row for row, _ in cells), default=1)
    titled = {column for (row, column), text in cells.items() if row == first and text.strip()}
    return len({row for (row, column), text in cells.items() if row > first and column in titled and text.strip()})


def _rezipped(content: bytes, chance: random.Random) -> bytes:
    """Damages one part of a workbook and packs it again, so that every checksum is right."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        hit = chance.choice((_SHEET, _SHEET, _SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml", chance.choice(parts.namelist())))
        for name in parts.namelist():
            written.writestr(name, damaged(parts.read(name), chance) if name == hit else parts.read(name))
    return out.getvalue()


def _combined() -> bytes:
    return b"".join(
        f'10.9.8.7 - u{number:02d} [10/Jul/2024:06:{number:02d}:00 +0700] "POST /login HTTP/1.1" {302 if number % 5 else 401} 5 "-" "A"\n'.encode()
        for number in range(ROWS)
    )


def _w3c() -> bytes:
    head = b"#Software: made up\n#Fields: date time cs-method cs-uri-stem cs-username sc-status\n"
    return head + b"".join(f"2024-07-10 01:{number:02d}:00 POST /login u{number:02d} 302\n".encode() for number in range(ROWS))


def _edxml() -> bytes:
    to = "".join(f"<To><OrganId>G98.{number:02d}</OrganId></To>" for number in range(1, 4))
    header = (
        f"<MessageHeader>{to}<From><OrganId>000.00.12.G22</OrganId></From><DocumentId>000.00.12.G22,2024/07/03,12/CV-MP</DocumentId>"
        "<Code><CodeNumber>12</CodeNumber><CodeNotation>CV-MP</CodeNotation></Code>"
        "<PromulgationInfo><PromulgationDate>2024/07/03</PromulgationDate></PromulgationInfo></MessageHeader>"
        "<TraceHeaderList><TraceHeader><OrganId>G22</OrganId><Timestamp>2024/07/03 23:30:00</Timestamp></TraceHeader>"
        "<Bussiness><BussinessDocType>0</BussinessDocType></Bussiness></TraceHeaderList>"
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXMLEnvelope><edXMLHeader>'
        f"{header}</edXMLHeader><edXMLBody/></edXMLEnvelope><AttachmentEncoded>{'QUJD' * 60}</AttachmentEncoded></edXML>"
    ).encode()


def _sqlite() -> bytes:
    with sqlite3.connect(":memory:") as database:
        database.execute('CREATE TABLE file ("Mã", "Từ", "Số", "Ghi chú")')
        database.execute('CREATE INDEX by_code ON file ("Mã")')
        database.executemany("INSERT INTO file VALUES (?, ?, ?, ?)", [_cells(number) for number in range(ROWS)])
        database.commit()
        return bytes(database.serialize())


def _sqlite_count(content: bytes) -> Count:
    """Rows that SQLite hands over one by one, without an index and without counting."""
    with sqlite3.connect(":memory:") as database:
        try:
            database.deserialize(content)
            return sum(1 for _ in database.execute('SELECT "Mã", "Từ", "Số", "Ghi chú" FROM file NOT INDEXED'))
        except (sqlite3.Error, UnicodeDecodeError, OverflowError, MemoryError):
            return None


@dataclass(frozen=True)
class Kind:
    """One kind of file: what a whole one holds, and how a damaged one is counted."""

    file: str
    toml: str
    sql: str
    make: Callable[[], bytes]
    count: Callable[[bytes], Count]
    damage: Callable[[bytes, random.Random], bytes] = damaged
    is_prefix_kept: bool = False
    """Whether rows before the first damaged byte must be loaded if anything is."""

    @property
    def entity(self) -> str:
        return {"access_log": "access_event", "edxml": "axis_message"}.get(self.toml.split('"')[1], "declared_total")


def _files(file: str, options: str = "") -> str:
    return f'kind = "files"\ntitle = "Mô phỏng"\n[entities.declared_total]\nmax_rejected = 1\nfiles = "inbox/{file}"\n{options}'


def _log(file: str, form: str, account: str) -> str:
    rules = '[{ method = "POST", path = "/login", status = "302", kind = "login" }, { path = "/login", kind = "login_failed" }]'
    return (
        f'kind = "access_log"\ntitle = "Mô phỏng"\n[entities.access_event]\nmax_rejected = 1\nfiles = "inbox/{file}"\nformat = "{form}"\n'
        f'account = "{account}"\nrules = {rules}\n'
    )


def _packed(content: bytes, chance: random.Random) -> bytes:
    return packed(damaged(content, chance) if chance.random() < 0.6 else content, chance)


_TCVN3 = {letter: bytes([byte]) for byte, letter in TCVN3.items()}
_VNI = {letter: written.encode("cp1252") for written, letter in VNI.items() if len(letter) == 1}

KINDS: dict[str, Kind] = {
    "csv": Kind("a.csv", _files("a.csv"), DECLARED, lambda: _csv().encode(), _csv_count("utf-8-sig", ","), is_prefix_kept=True),
    "csv_gz": Kind("a.csv.gz", _files("a.csv.gz"), DECLARED, lambda: _csv().encode(), _if_whole(_csv_count("utf-8-sig", ",")), _packed),
    "csv_windows_1258": Kind(
        "a.csv",
        _files("a.csv", 'encoding = "windows-1258"\ndelimiter = ";"\n'),
        DECLARED,
        lambda: _windows_1258(_csv(";")),
        _csv_count("cp1258", ";"),
    ),
    "csv_tcvn3": Kind("a.csv", _files("a.csv", 'encoding = "tcvn3"\n'), DECLARED, lambda: _old_font(_TCVN3), _csv_count("latin-1", ",")),
    "csv_vni": Kind("a.csv", _files("a.csv", 'encoding = "vni"\n'), DECLARED, lambda: _old_font(_VNI), _csv_count("latin-1", ",")),
    "csv_utf_16": Kind("a.csv", _files("a.csv", 'encoding = "utf-16"\n'), DECLARED, lambda: _csv().encode("utf-16"), _csv_count("utf-16", ",")),
    "json_lines": Kind("a.jsonl", _files("a.jsonl"), DECLARED, _json_lines, _json_count, is_prefix_kept=True),
    "json_lines_gz": Kind("a.jsonl.gz", _files("a.jsonl.gz"), DECLARED, _json_lines, _if_whole(_json_count), _packed),
    "workbook": Kind("a.xlsx", _files("a.xlsx"), DECLARED, _workbook, _workbook_count),
    "workbook_parts": Kind("a.xlsx", _files("a.xlsx"), DECLARED, _workbook, _workbook_count, _rezipped),
    "parquet": Kind("a.parquet", _files("a.parquet"), DECLARED, lambda: _parquet(False), lambda content: ROWS),
    "parquet_with_checksums": Kind("a.parquet", _files("a.parquet"), DECLARED, lambda: _parquet(True), lambda content: ROWS),
    "combined": Kind("a.log", _log("a.log", "combined", "$remote_user"), EVENTS, _combined, _lines_count, is_prefix_kept=True),
    "combined_gz": Kind("a.log.gz", _log("a.log.gz", "combined", "$remote_user"), EVENTS, _combined, _if_whole(_lines_count), _packed),
    "w3c": Kind("a.log", _log("a.log", "w3c", "cs-username"), EVENTS, _w3c, _lines_count),
    "edxml": Kind(
        "a.edxml",
        'kind = "edxml"\ntitle = "Mô phỏng"\nfiles = "inbox/*.edxml"\n[entities.axis_message]\nmax_rejected = 1\n',
        MESSAGES,
        _edxml,
        lambda content: 1,
    ),
    "sqlite": Kind(
        "a.sqlite",
        'kind = "database"\ntitle = "Mô phỏng"\nurl_env = "DAMAGED_URL"\n[entities.declared_total]\nmax_rejected = 1\n',
        DECLARED,
        _sqlite,
        _sqlite_count,
    ),
}


def examine(root: Path, kind_name: str, seed: int) -> tuple[str, str]:
    """What became of one damaged file (loaded, refused) and what is wrong with it ("" where nothing is)."""
    kind = KINDS[kind_name]
    home = _home(root, kind_name)
    content = kind.make()
    hurt = kind.damage(content, random.Random(f"{kind_name} {seed}"))
    (home.root / "inbox" / kind.file).write_bytes(hurt)
    shutil.rmtree(home.landing, ignore_errors=True)
    try:
        counted = kind.count(hurt)
    except Exception as error:  # the count's own fault, and worth knowing
        return "counting", f"cannot be counted: {error!r}"
    try:
        staged = land_and_stage(home, "hurt")[kind.entity]
    except DataRefused as error:  # the account came out, or staging had said so; an event log without one usable row is no log
        return "refused", _unprintable(error)
    except VanbanError as error:
        return "refused", _unprintable(error)
    except BaseException as error:
        return "crashed", f"{type(error).__name__}: {error}"
    account = staged.account
    if counted is None:
        return "loaded", f"{account.rows_in} rows were taken from a file that is not whole"
    if account.rows_in != counted:
        return "loaded", f"{account.rows_in} rows came in where there are {counted}"
    if len(staged.rejects) != account.rows_rejected or len(staged.rows) != account.rows_loaded:
        return "loaded", "what is staged or refused is not what the account says"
    # A line that could not be read has its number in the log; a row that was read and then refused, its place among the rows that were landed.
    ordinals = [(column == RECORD, ordinal) for ordinal, column, _ in staged.rejects]
    if len(set(ordinals)) != len(ordinals) or not all(0 <= ordinal <= counted for _, ordinal in ordinals):
        return "loaded", "a refused row has a number that it cannot have"
    if kind.is_prefix_kept and (lost := _lost(kind, content, hurt, staged.rows)):
        return "loaded", f"rows that nobody touched are gone: {lost}"
    return "loaded", ""


def _unprintable(error: VanbanError) -> str:
    return "" if str(error).isprintable() else "its message holds control characters"


def _lost(kind: Kind, content: bytes, hurt: bytes, rows: list[dict[str, str]]) -> list[str]:
    """Keys of rows that end before the first damaged byte and are not loaded."""
    same = next((place for place, (one, other) in enumerate(zip(content, hurt, strict=False)) if one != other), min(len(content), len(hurt)))
    whole = content[: content[:same].rfind(b"\n") + 1].decode("utf-8", "ignore")
    if kind.entity == "access_event":
        people = {person(name) for name in re.findall(r" - (u\d\d) \[", whole)}
        return sorted(people - {row["account_key"] for row in rows})
    return sorted(set(re.findall(r"DV\d{3}(?=[,\"])", whole.rpartition("DV")[0])) - {row["unit_code"] for row in rows})


def _home(root: Path, kind_name: str) -> Home:
    """A home with one source named hurt; made once."""
    kind = KINDS[kind_name]
    home = Home(root / kind_name)
    if not home.config.exists():
        (home.root / "inbox").mkdir(parents=True)
        home.environment.write_text("DAMAGED_URL=sqlite:///{home}/inbox/a.sqlite\n", encoding="utf-8")
        home.config.write_text('title = "Thử"\n[etl]\nsources = ["hurt"]\n', encoding="utf-8")
        write_source(home, "hurt", kind.toml, **{kind.entity: kind.sql})
    return home


def examine_many(root: str, kind_name: str, first: str, last: str) -> None:
    """Examines the seeds first to last, printing the seed before and the outcome after, so that a crash of the whole process names its file."""
    for seed in range(int(first), int(last)):
        print(f"{seed}", end=" ", flush=True)
        outcome, wrong = examine(Path(root), kind_name, seed)
        print(json.dumps([outcome, wrong]), flush=True)


if __name__ == "__main__":
    print(examine(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
