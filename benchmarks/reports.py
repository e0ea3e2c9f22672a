"""What official form, charts and checks cost: the pilot's review in four formats against its own tables written bare, and a sheet for each unit.

What a pin costs later: `verify` and `diff` of that review against building it and writing its files.

Peer: the same cells by the same libraries with nothing around them, at their fastest (DOCX as one string of table XML, typst as one plain table).
On the sample at scale `events` / 1 M. The 149 sheets have no peer but the 60 seconds that they may take.
"""

from __future__ import annotations

import io
import json
import logging
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from benchmarks.measured import Measured, in_turn
from data.paths import PROJECT, Home

if TYPE_CHECKING:
    from dashboard.reports.content.blocks import Report, Table
    from dashboard.reports.content.request import Request

DEFAULT_SIZES = (1_000_000,)
FORMATS = ("docx", "pdf", "xlsx", "pptx")
SHEETS_MAY_TAKE_MS = 60_000.0


def measure(events: int, kept_in: Path | None = None) -> list[Measured]:
    """Each format apart, the four together, and all units' sheets in Word and PDF."""
    from dashboard.reports.content.build import build
    from dashboard.reports.content.inputs import read_inputs, reader_for
    from dashboard.reports.content.request import Request
    from metrics.periods import Period

    logging.disable(logging.WARNING)
    july = Period(date(2024, 7, 1), date(2024, 7, 31))
    with tempfile.TemporaryDirectory() as folder:
        home = Home(kept_in or Path(folder) / "home")
        if not home.pointer.is_file():
            command = [sys.executable, str(PROJECT / "cli"), "demo", "--no-serve", "--scale", str(events / 1e6), "--home", str(home.root)]
            subprocess.run(command, check=True, capture_output=True)
        inputs = read_inputs(home)
        request = Request("so-ket", july, "pilot", flow=Period(july.from_on, date(2024, 7, 25)), number=5)
        report = build(reader_for(home, request, inputs), request, inputs)
        rows = [_one(report, name, events) for name in FORMATS]
        together = Measured(
            "review report, Word + PDF + Excel + PowerPoint",
            events,
            sum(row.us_ms for row in rows),
            "bare tables",
            sum(row.peer_ms for row in rows),
            max(row.peak_mib for row in rows),
        )
        return [*rows, together, *_kept(home, request, Path(folder) / "pinned", events), _sheets(home, Request("don-vi", july, "pilot"), events)]


def _kept(demo: Home, request: Request, folder: Path, events: int) -> list[Measured]:
    """Verifying the pinned review, and comparing it with the figures of today, each beside one more build with its files."""
    from dashboard.reports.archive.pinning import build_now, differences_of, make_files, pin_report, verify
    from dashboard.reports.content.inputs import read_inputs

    home = Home(folder)
    shutil.copytree(demo.snapshots, home.snapshots)
    for path in (demo.config, demo.root / "targets.csv"):
        shutil.copyfile(path, home.root / path.name)
    inputs = read_inputs(home, request)
    pin = pin_report(home, request, inputs, "Bench", FORMATS)

    def build() -> bool:
        return bool(make_files(build_now(home, request, inputs), FORMATS))

    ways = {"verify": lambda: all(file.is_equal for file in verify(home, pin.pin_id)), "diff": lambda: differences_of(home, pin.pin_id) == []}
    return [in_turn(f"{name} of the pinned review", events, way, "build and write it", build, times=3) for name, way in ways.items()]


def _one(report: Report, name: str, events: int) -> Measured:
    from dashboard.reports.writers import format_named

    tables = _tables(report, on_slides=name == "pptx")
    cells = sum(len(row) for table in tables for row in table)
    bare = {"docx": _bare_word, "pdf": _bare_pdf, "xlsx": _bare_workbook, "pptx": _bare_slides}[name]

    def us() -> int:
        assert format_named(name).write(report)
        return cells

    def peer() -> int:
        assert bare(tables)
        return sum(len(row) for table in tables for row in table)

    return in_turn(f"review report, {format_named(name).label}", events, us, "bare tables", peer, times=7)


def _sheets(home: Home, request: Request, events: int) -> Measured:
    from dashboard.reports.archive.report_per_unit import all_units
    from dashboard.reports.content.inputs import read_inputs

    begun = time.perf_counter()
    files = sum(1 for _ in all_units(home, request, read_inputs(home), ("docx", "pdf"), None, lambda *_: None))
    taken = (time.perf_counter() - begun) * 1000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Measured(f"{files // 3} unit sheets, Word + PDF", events, taken, "what they may take", SHEETS_MAY_TAKE_MS, peak)


Cells = Sequence[Sequence[str]]


def _tables(report: Report, on_slides: bool) -> list[list[list[str]]]:
    from dashboard.reports.content.blocks import Table

    blocks = [block for slide in report.slides or () for block in slide.blocks]
    if not on_slides:
        blocks = [*report.blocks, *(block for annex in report.annexes for block in annex.blocks)]
    return [_texts(block) for block in blocks if isinstance(block, Table)]


def _texts(table: Table) -> list[list[str]]:
    return [[column.title for column in table.columns], *([cell.text for cell in row] for row in table.rows)]


def _bare_word(tables: Sequence[Cells]) -> bytes:
    from docx import Document
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = Document()
    for table in tables:
        rows = "".join(
            "<w:tr>" + "".join(f"<w:tc><w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p></w:tc>" for text in row) + "</w:tr>" for row in table
        )
        grid = "<w:gridCol/>" * len(table[0])
        document.element.body.insert(0, parse_xml(f"<w:tbl {nsdecls('w')}><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"))
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def _bare_pdf(tables: Sequence[Cells]) -> bytes:
    import typst

    source = b"#let tables = json(bytes(sys.inputs.tables))\n#for rows in tables { table(columns: rows.at(0).len(), ..rows.flatten()) }\n"
    written: bytes = typst.compile(source, sys_inputs={"tables": json.dumps(tables)})
    return written


def _bare_workbook(tables: Sequence[Cells]) -> bytes:
    import xlsxwriter

    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        for table in tables:
            sheet = book.add_worksheet()
            for place, row in enumerate(table):
                for column, text in enumerate(row):
                    sheet.write_string(place, column, text)
    return packed.getvalue()


def _bare_slides(tables: Sequence[Cells]) -> bytes:
    from pptx import Presentation
    from pptx.util import Cm

    deck = Presentation()
    for table in tables:
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        shape = slide.shapes.add_table(len(table), len(table[0]), Cm(1), Cm(1), Cm(20), Cm(10))
        for place, row in enumerate(table):
            for column, text in enumerate(row):
                shape.table.cell(place, column).text = text
    packed = io.BytesIO()
    deck.save(packed)
    return packed.getvalue()


if __name__ == "__main__":
    for measured in measure(DEFAULT_SIZES[0]):
        print(measured)
