"""Entries as files: an empty template to fill in, and what comes back, with every fault told by its row and column."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from dashboard.ledger.entered.kinds import Content, EntryKind, Field, FieldError, checked
from dashboard.refusal import Refused
from dashboard.ui.table_files import NO_TIME

FORMATS = ("xlsx", "csv")
LARGEST_FILE, LARGEST_UNPACKED = 500_000, 20_000_000
"""Bytes; a workbook of a thousand units has about sixty thousand."""
MOST_ROWS = 5_000
LAST_HEADING_ROW = 10
"""The row of headings is looked for down to here: forms have titles above it."""


@dataclass(frozen=True)
class RowFault:
    """What is wrong in a row (from 1, as a spreadsheet shows it) and column of a file; `key` and `given` as in FieldError."""

    row: int
    column: str
    key: str
    given: str
    words: str

    def __str__(self) -> str:
        return f"row {self.row}, column {self.column}: {self.words}"


def heading_of(field: Field) -> str:
    """What a template calls a field."""
    return field.headings[0] if field.headings else field.name


def blank_file(kind: EntryKind, file_format: str, units: Sequence[tuple[str, str]] = ()) -> bytes:
    """An empty template: a heading per field, and for kinds of one unit a line for each of these units (code, name).

    Raises ConfigurationError for another format than FORMATS.
    """
    if file_format not in FORMATS:
        raise Refused("template_format", given=file_format)
    headings = [heading_of(field) for field in kind.fields]
    codes = [code for code, _ in units] if kind.identity[:1] == ("unit_code",) else []
    if file_format == "csv":
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerows([headings, *([code, *[""] * (len(headings) - 1)] for code in codes)])
        return text.getvalue().encode("utf-8-sig")
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"created": NO_TIME})
    sheet, bold = book.add_worksheet(), book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    text_cell = book.add_format({"num_format": "@"})
    for column, (heading, field) in enumerate(zip(headings, kind.fields, strict=True)):
        sheet.write_string(0, column, heading, bold)
        sheet.set_column(column, column, 40 if field.kind in ("text", "line") else 16, text_cell if field.kind == "unit" else None)
    for row, code in enumerate(codes, start=1):
        sheet.write_string(row, 0, code)
    sheet.freeze_panes(1, 0)
    book.close()
    return file.getvalue()


def read_file(
    kind: EntryKind, name: str, content: bytes, units: Collection[str], levels: Collection[str] = ()
) -> tuple[list[Content], list[RowFault]]:
    """The entries of a filled-in template, and what is wrong in it; rows without anything in their own fields are left out.

    The columns are found by their headings in one of the first rows, whatever stands between them, so that the form that declarations were
    always made on can be sent in too. Raises ConfigurationError where it cannot be read as a file of its kind.
    """
    if len(content) > LARGEST_FILE:
        raise Refused("file_large", file=name, most=LARGEST_FILE // 1000)
    ending = name.lower().rpartition(".")[2]
    if ending not in FORMATS:
        raise Refused("file_kind", file=name)
    rows = list(_workbook_rows(name, content) if ending == "xlsx" else _csv_rows(name, content))
    if len(rows) > MOST_ROWS:
        raise Refused("file_rows", file=name, most=MOST_ROWS)
    first, places = _headings(kind, name, rows)
    contents: list[Content] = []
    faults: list[RowFault] = []
    seen: dict[tuple[object, ...], int] = {}
    for number, row in enumerate(rows[first:], start=first + 1):
        given = {field: row[place] if place < len(row) else "" for field, place in places.items()}
        if not _is_filled(kind, given):
            continue
        try:
            one = checked(kind, given, units, levels)
        except FieldError as error:
            faults.append(RowFault(number, heading_of(kind.field(error.field)), error.key, error.given, str(error)))
            continue
        thing = tuple(one[field] for field in kind.identity)
        if kind.identity and thing in seen:
            faults.append(RowFault(number, heading_of(kind.fields[0]), "twice", str(seen[thing]), f"says again what row {seen[thing]} says"))
        seen.setdefault(thing, number)
        contents.append(one)
    if not contents and not faults:
        raise Refused("file_empty", file=name)
    return ([] if faults else contents), faults


def _is_filled(kind: EntryKind, given: dict[str, object]) -> bool:
    """Whether a row says anything: lines that a template came with, and lines of sums, have nothing in the field that matters."""
    own = [kind.value_field] if kind.value_field else [field.name for field in kind.fields if field.kind not in ("unit", "day")]
    return any(str(given.get(name) if given.get(name) is not None else "").strip() for name in own) and (
        kind.identity[:1] != ("unit_code",) or bool(str(given.get("unit_code") or "").strip())
    )


def _headings(kind: EntryKind, name: str, rows: Sequence[Sequence[object]]) -> tuple[int, dict[str, int]]:
    """How many rows there are down to the headings, and the column of each field. Raises ConfigurationError naming those that are missing."""
    best: list[str] = [heading_of(field) for field in kind.fields if field.is_required]
    for number, row in enumerate(rows[:LAST_HEADING_ROW], start=1):
        cells = [str(cell).strip() for cell in row]
        places = {field.name: cells.index(title) for field in kind.fields for title in (*field.headings, field.name) if title in cells}
        missing = [heading_of(field) for field in kind.fields if field.is_required and field.name not in places]
        if not missing:
            return number, places
        best = min(best, missing, key=len)
    raise Refused("file_headings", file=name, headings=", ".join(best))


def _csv_rows(name: str, content: bytes) -> Iterator[list[object]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("file_utf8", file=name, byte=error.start) from None
    head = text.partition("\n")[0]
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",", strict=True):
            yield list(row)
    except csv.Error as error:
        raise Refused("file_csv", file=name, fault=error) from None


def _workbook_rows(name: str, content: bytes) -> Iterator[list[object]]:
    """The rows of the first sheet; formulas come as the values that were calculated."""
    import python_calamine

    broken = Refused("file_workbook", file=name)
    try:
        _refuse_bomb(name, content)
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False, nrows=MOST_ROWS + 1)
    except (python_calamine.CalamineError, zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError):
        raise broken from None
    for row in rows:
        yield list(row)


def _refuse_bomb(name: str, content: bytes) -> None:
    """What a workbook unpacks to is counted before it is read, whatever it says of itself."""
    left = LARGEST_UNPACKED
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for part in archive.infolist():
            with archive.open(part) as stream:
                while chunk := stream.read(65_536):
                    left -= len(chunk)
                    if left < 0:
                        raise Refused("file_bomb", file=name, most=LARGEST_UNPACKED // 1_000_000)
