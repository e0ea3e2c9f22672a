"""Files that were made to hurt are refused, in plain words and in bounded memory, whatever kind of source they come to."""

from __future__ import annotations

import gzip
import io
import re
import resource
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from data.errors import ConfigurationError, SourceUnreachable, VanbanError
from data.paths import Home
from etl.sources.access_log import lines as log_lines
from etl.sources.files import workbook_parts
from etl.sources.open_file import FileRefused
from tests.etl.landed_and_staged import land_and_stage, write_source
from tests.faults.damaged_sources import DECLARED, KINDS, MESSAGES, TITLES
from tests.faults.figures import Campaign
from tests.faults.fork_server import Forks

MOST_MEMORY = 64
"""MiB beyond what the program takes anyway."""

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def gz_of(piece: bytes, times: int) -> bytes:
    return gzip.compress(piece) * times  # a file may have any number of parts


def workbook(**parts: bytes) -> bytes:
    """A sound workbook with some parts replaced, named as in `sheet1_xml`."""
    plain, out = io.BytesIO(), io.BytesIO()
    book = xlsxwriter.Workbook(plain, {"in_memory": True})
    book.add_worksheet("Khai báo").write_row(0, 0, TITLES)
    book.close()
    with zipfile.ZipFile(plain) as sound, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in sound.namelist():
            made.writestr(name, parts.get(name.rpartition("/")[2].replace(".", "_"), sound.read(name)))
    return out.getvalue()


def sheet(rows: str) -> bytes:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def two_far_corners() -> bytes:
    text = '<c r="A1" t="inlineStr"><is><t>Mã</t></is></c>'
    return workbook(sheet1_xml=sheet(f'<row r="1">{text}</row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))


def one_text_for_many_cells() -> bytes:
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 60_000))
    shared = f'<sst xmlns="{MAIN}"><si><t>{"x" * 32_000}</t></si></sst>'.encode()
    return workbook(sheet1_xml=sheet(cells), sharedStrings_xml=shared)


def workbook_with_entities() -> bytes:
    return workbook(sheet1_xml=b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + sheet("<row><c><v>&b;</v></c></row>"))


def sheet_of_blanks(mebibytes: int) -> bytes:
    return workbook(sheet1_xml=sheet(" " * (mebibytes << 20)))


def false_table_of_contents() -> bytes:
    """A sheet of 150 MiB that the archive says is of 2,000 bytes."""
    made = bytearray(sheet_of_blanks(150))
    for signature, place in ((b"PK\1\2", 24), (b"PK\3\4", 22)):
        for found in re.finditer(re.escape(signature), bytes(made)):
            if struct.unpack_from("<I", made, found.start() + place)[0] > 1 << 20:
                struct.pack_into("<I", made, found.start() + place, 2_000)
    return bytes(made)


def sheet_in_another_place() -> bytes:
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="../../../etc/passwd"/></Relationships>'
    )
    return workbook(workbook_xml_rels=relations.encode())


def large_page() -> bytes:
    out = io.BytesIO()
    column = pa.array(["x" * (50 << 20)])
    pq.write_table(pa.table([column] * len(TITLES), names=TITLES), out, compression="zstd", use_dictionary=False)
    return out.getvalue()


def a_constant_times_ten_million() -> bytes:
    out = io.BytesIO()
    rows = pa.table([pa.nulls(1_000_000, pa.int8())] * len(TITLES), names=TITLES)
    with pq.ParquetWriter(out, rows.schema, compression="zstd") as writer:
        for _ in range(10):
            writer.write_table(rows, row_group_size=1_000_000)
    return out.getvalue()


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10))
    return f'<!DOCTYPE edXML [<!ENTITY l0 "ha">{entities}]><edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016">&l9;</edXML>'.encode()


def outside_entity() -> bytes:
    return b'<!DOCTYPE edXML [<!ENTITY x SYSTEM "file:///etc/passwd">]><edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016">&x;</edXML>'


HEAD = (",".join(TITLES) + "\n").encode()
HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "csv: 1 GiB out of 1 MiB": ("csv_gz", lambda: gz_of(b"a,b,c,d\n" * (1 << 17), 1024), "unpacks to more than 500 times its size"),
    "csv: a line of 40 MiB": ("csv", lambda: HEAD + b"x" * (40 << 20), "is longer than 1,048,576 characters"),
    "csv: one open quote and 40 MiB": ("csv", lambda: HEAD + b'"' + b"x,\n" * (13 << 20), r"field larger than field limit|do not pair up"),
    "json: deep": ("json_lines", lambda: b"[" * 900_000 + b"\n", "nested too deeply|not a JSON object|not JSON"),
    "json: a number of 900,000 digits": ("json_lines", lambda: b'{"a": ' + b"9" * 900_000 + b"}\n", "titles|columns|binder|failed"),
    "json: 1 GiB out of 1 MiB": ("json_lines_gz", lambda: gz_of(b"{}\n" * (1 << 18), 1400), "unpacks to more than 500 times its size"),
    "log: 100 MiB of line ends out of 100 KiB": ("combined_gz", lambda: gz_of(b"\n" * (1 << 20), 100), "unpacks to more than 500 times its size"),
    "workbook: two far corners": ("workbook", two_far_corners, "row 1048576, column 16384 .* far away"),
    "workbook: one text for many cells": ("workbook", one_text_for_many_cells, "come to more than 33,554,432 characters"),
    "workbook: entities": ("workbook", workbook_with_entities, "has a DTD"),
    "workbook: 200 MiB out of 200 KiB": ("workbook", lambda: sheet_of_blanks(200), "unpacks to more than 200 times its size"),
    "workbook: false table of contents": ("workbook", false_table_of_contents, "cannot be read"),
    "workbook: a sheet elsewhere": ("workbook", sheet_in_another_place, "not an XML part"),
    "parquet: 200 MiB in four pages": ("parquet", large_page, "unpacks to more than 500 times its size"),
    "parquet: ten million rows of nothing": ("parquet", a_constant_times_ten_million, "values in .* bytes"),
    "edxml: billion laughs": ("edxml", laughs, "has a DTD"),
    "edxml: a file from outside": ("edxml", outside_entity, "has a DTD"),
    "sqlite: text that is no database": ("sqlite", lambda: b"\x1b]0;title\x07" * 1_000, "damaged"),
}


def read_hostile(root: str, kind_name: str) -> None:
    """In a process of its own: says what became of the file, and prints the MiB that it took at the most beyond what a sound one takes."""
    home, kind = Home(Path(root)), KINDS[kind_name]
    sound = Home(home.root / "sound")
    (sound.root / "inbox").mkdir(parents=True)
    (sound.root / "inbox" / kind.file).write_bytes(gzip.compress(kind.make()) if kind.file.endswith(".gz") else kind.make())
    shutil.copy(home.environment, sound.environment)
    write_source(sound, "hurt", kind.toml, **{kind.entity: kind.sql})
    land_and_stage(sound, "hurt")
    before = int(re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[1])  # type: ignore[index]
    try:
        staged = land_and_stage(home, "hurt")[kind.entity]
        print("refused: " + "; ".join(reason for _, _, reason in staged.rejects) if staged.rejects and not staged.rows else "loaded")
    except VanbanError as error:
        print(f"refused: {error}")
    print("MiB", (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)


def what_became_of(folder: Path, forks: Forks, name: str) -> tuple[str, int]:
    """The words about a hostile file that came to a source of its kind, and the MiB that it took beyond a sound one."""
    kind_name, make, _ = HOSTILE[name]
    kind, home = KINDS[kind_name], Home(folder)
    (folder / "inbox").mkdir(parents=True)
    (folder / "inbox" / kind.file).write_bytes(make())
    home.environment.write_text("DAMAGED_URL=sqlite:///{home}/inbox/a.sqlite\n", encoding="utf-8")
    write_source(home, "hurt", kind.toml, **{kind.entity: kind.sql})
    ended = forks.call("tests.faults.test_hostile_files:read_hostile", folder, kind_name)
    assert ended.code == 0, ended.said
    answer, _, mebibytes = ended.said.rpartition("MiB")
    return answer, int(mebibytes)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_bounded_memory(tmp_path: Path, forks: Forks, name: str) -> None:
    answer, mebibytes = what_became_of(tmp_path, forks, name)
    assert answer.startswith("refused: "), answer[:300]
    assert re.search(HOSTILE[name][2], answer), answer[:600]
    assert answer.strip().isprintable()
    assert mebibytes <= MOST_MEMORY, f"{mebibytes} MiB"


@pytest.mark.long
def test_all_hostile_files_and_the_most_memory_that_one_took(tmp_path: Path, forks: Forks) -> None:
    campaign = Campaign(
        "S4", "files made to hurt: bombs, DTDs, deep and endless values, false tables of contents", f"refused, ≤ {MOST_MEMORY} MiB of extra memory"
    )
    seen = {name: what_became_of(tmp_path / str(number), forks, name) for number, name in enumerate(HOSTILE)}
    refused = [name for name, (answer, _) in seen.items() if answer.startswith("refused: ")]
    most = max(mebibytes for _, mebibytes in seen.values())
    campaign.record(f"{len(seen)} files of {len({kind for kind, _, _ in HOSTILE.values()})} kinds: {len(refused)} refused, {most} MiB at the most")
    assert len(refused) == len(seen)
    assert most <= MOST_MEMORY


def test_a_sheet_of_too_many_cells_is_to_come_as_csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_parts, "MOST_CELLS", 1_000)
    (tmp_path / "a.xlsx").write_bytes(workbook(sheet1_xml=sheet("<row>" + "<c><v>1</v></c>" * 1_001 + "</row>")))
    with pytest.raises(FileRefused, match=r"more than 1,000 cells\. Hand it in as CSV"):
        workbook_parts.check_parts(tmp_path / "a.xlsx")


def test_a_block_of_a_log_has_so_many_lines_at_the_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or a file of nothing but line ends would make eight million lines of a block."""
    monkeypatch.setattr(log_lines, "MOST_LINES", 3)
    content = b"\n" * 20 + b"x" * 5_000 + b"\n" + b"ab\n" * 9 + b"the end"
    (tmp_path / "a.log").write_bytes(content)
    blocks = list(log_lines.blocks(log_lines.survey(tmp_path / "a.log").stretch(0, len(content))))
    assert b"".join(blocks) == content + b"\n"
    assert max(block.count(b"\n") for block in blocks) == 3
    assert all(block.endswith(b"\n") for block in blocks)


@pytest.mark.parametrize("pattern", ["../secret.csv", "inbox/../../secret.csv", "/etc/passwd", "~/x.csv"])
def test_names_lead_nowhere_outside_the_home(tmp_path: Path, pattern: str) -> None:
    home = Home(tmp_path / "home")
    (home.root / "inbox").mkdir(parents=True)
    (tmp_path / "secret.csv").write_bytes(KINDS["csv"].make())
    write_source(home, "hurt", KINDS["csv"].toml.replace("inbox/a.csv", pattern), declared_total=DECLARED)
    with pytest.raises((ConfigurationError, SourceUnreachable), match=r"files must be a pattern below|no file matches"):
        land_and_stage(home, "hurt")


def test_messages_named_to_hurt_are_read_or_refused_like_others(tmp_path: Path) -> None:
    home = Home(tmp_path)
    (tmp_path / "inbox").mkdir()
    names = [
        "..%2f..%2fetc.edxml",
        "$(reboot).edxml",
        "'; DROP TABLE message; --.edxml",
        "\x1b[2J.edxml",
        "-rf.edxml",
        "con.edxml",
        "\u202egnp.edxml",
    ]
    for name in names:
        (tmp_path / "inbox" / name).write_bytes(KINDS["edxml"].make())
    write_source(home, "hurt", KINDS["edxml"].toml, axis_message=MESSAGES)
    assert land_and_stage(home, "hurt")["axis_message"].account.rows_in == len(names)
