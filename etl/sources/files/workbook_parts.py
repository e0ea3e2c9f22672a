"""Looks through the parts of an .xlsx workbook before a spreadsheet library holds any of it in memory.

The library forgives XML that is not whole, reserves room for every cell between two far corners, and writes a shared text out once for each cell that
points to it: a file of some kilobytes can thus cost gigabytes. Here every part is read once as a stream, in memory that does not grow with the file.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from pathlib import Path
from xml.parsers import expat

from etl.sources.open_file import FileRefused

HIGHEST_RATIO = 200
SMALLEST_BOMB = 64 << 20
"""Bytes. A sheet's XML packs to a tenth or a thirtieth."""
MOST_CELLS = 1_000_000
"""Cells with a value; what is larger comes as CSV or Parquet, which are read as a stream."""
SPREAD = 20
"""How many times its cells the rectangle around them may be; small sheets may be as empty as they like (SMALL_SHEET)."""
SMALL_SHEET = 200_000
LONGEST_TEXT = 32 << 20
"""Characters of all cells of a sheet together."""

NEVER_CALCULATED = "a formula that was never calculated"
MOST_VALUELESS = 10_000
"""Cells without a plain value that are written down."""

_BLOCK = 64 << 10
_LONGEST_TAG = 1 << 20
_DIGITS = 16
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


Valueless = tuple[int, int, str]
"""Row and column of a cell (from 0) that shows something, but holds no plain value, and what it holds instead."""


def check_parts(path: Path) -> dict[str, list[Valueless]]:
    """Cells without a plain value, by sheet: errors, and formulas that no program has calculated.

    Raises FileRefused for a workbook that is not what any program writes, OSError for what is not a whole archive.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > max(SMALLEST_BOMB, path.stat().st_size * HIGHEST_RATIO):
                raise FileRefused(f"it unpacks to more than {HIGHEST_RATIO} times its size, as no workbook does")
            contents = _Contents()
            # What points to parts first, then the shared texts: cells point into them by number.
            parts = [part for part in parts if part.filename.lower().endswith((".xml", ".rels"))]
            for part in sorted(parts, key=lambda part: not part.filename.endswith(".rels")):
                if part.filename.endswith(".rels"):
                    _read(archive, part, _Part(part.filename, contents))
            for part in sorted(parts, key=lambda part: _plain(part.filename) != contents.shared_texts):
                if not part.filename.endswith(".rels"):
                    _read(archive, part, _Part(part.filename, contents))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        if isinstance(error, FileRefused):
            raise
        raise OSError from None
    return {sheet: contents.valueless.get(contents.targets.get(relation, ""), []) for sheet, relation in contents.sheets.items()}


class _Contents:
    """What the parts of a workbook say of each other."""

    def __init__(self) -> None:
        self.lengths: list[int] = []
        """Of the shared texts."""
        self.shared_texts = "xl/sharedstrings.xml"
        self.sheets: dict[str, str] = {}
        """The relation of each sheet by its name."""
        self.targets: dict[str, str] = {}
        """The part of each relation of the workbook."""
        self.valueless: dict[str, list[Valueless]] = {}


def _plain(name: str, folder: str = "") -> str:
    """A part's name as all programs mean it: some write backslashes, capitals, or a path from the root."""
    name = name.replace("\\", "/").lower()
    return posixpath.normpath(name.lstrip("/") if name.startswith("/") else posixpath.join(folder, name))


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo, reader: _Part) -> None:
    """Reads a part to its end, where its checksum and length are compared, however the archive's table of contents speaks of it."""
    with archive.open(part) as file:
        while block := file.read(_BLOCK):
            reader.feed(block)
    reader.close()


class _Part:
    """Counts cells, the rectangle around them, and the letters that they come to, and writes down what is to be known of other parts."""

    def __init__(self, name: str, contents: _Contents) -> None:
        self._name = name
        self._contents = contents
        self._lengths = contents.lengths
        self._is_shared_texts = _plain(name) == contents.shared_texts
        self._is_of_workbook = _plain(name) in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
        self._kind = ""
        self._is_formula = self._has_value = False
        self._fed = 0
        self._cells = self._letters = 0
        self._row = self._column = 0
        self._rows: tuple[int, int] | None = None
        self._columns = (0, 0)
        self._farthest = ""
        self._is_shared = False
        self._length: int | None = None
        self._start_of_text = ""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        self._parser = parser

    def feed(self, block: bytes) -> None:
        self._parse(block, False)
        self._fed += len(block)
        if self._fed - self._parser.CurrentByteIndex > _LONGEST_TAG:
            raise FileRefused(f"its part {self._name} holds a tag of more than 1 MiB")

    def close(self) -> None:
        self._parse(b"", True)
        if self._rows is None:
            return
        area = (self._rows[1] - self._rows[0] + 1) * (self._columns[1] - self._columns[0] + 1)
        if area > max(SMALL_SHEET, SPREAD * self._cells):
            raise FileRefused(f"the cell {self._farthest} of {self._name} stands far away from the others. Delete it there")

    def _parse(self, block: bytes, is_last: bool) -> None:
        try:
            self._parser.Parse(block, is_last)
        except expat.ExpatError:
            raise FileRefused(f"its part {self._name} is not whole XML") from None

    def _doctype(self, *declaration: object) -> None:
        raise FileRefused(f"its part {self._name} has a DTD")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(" ")[2]:
            case "row":
                number = attributes.get("r", "")
                self._row = int(number) if number.isdecimal() and len(number) < 10 else self._row + 1
                self._column = 0
            case "c":
                self._kind = attributes.get("t", "")
                self._is_shared = self._kind == "s"
                self._is_formula = self._has_value = False
                self._move_to(attributes.get("r", ""))
            case "f":
                self._is_formula = True
            case "v" | "t":
                self._length, self._start_of_text = 0, ""
            case "sheet" if self._is_of_workbook:
                relation = next((value for key, value in attributes.items() if key.endswith("relationships id")), "")
                self._contents.sheets[attributes.get("name", "")] = relation
            case "Relationship" if self._is_of_workbook and attributes.get("Type", "").endswith("/sharedStrings"):
                self._contents.shared_texts = _plain(attributes.get("Target", ""), "xl")
            case "si" if self._is_shared_texts:
                self._lengths.append(0)
            case "Relationship" if attributes.get("Type", "").endswith("/worksheet"):
                if not attributes.get("Target", "").lower().endswith(".xml"):
                    raise FileRefused("one of its sheets is not an XML part")
                self._contents.targets[attributes.get("Id", "")] = _plain(attributes["Target"], "xl")

    def _end(self, name: str) -> None:
        if name.rpartition(" ")[2] == "c" and (self._kind == "e" or (self._is_formula and not self._has_value)):
            what = (self._start_of_text.strip() or "an error") if self._kind == "e" else NEVER_CALCULATED
            found = self._contents.valueless.setdefault(_plain(self._name), [])
            if len(found) < MOST_VALUELESS:
                found.append((self._row - 1, self._column - 1, what))
        if name.rpartition(" ")[2] not in ("v", "t") or self._length is None:
            return
        length, self._length = self._length, None
        self._has_value = length > 0 or self._kind == "str"  # a formula that came to an empty text is one of kind "str"
        if not self._is_shared_texts:
            self._count(length)
        elif self._lengths:
            self._lengths[-1] += length

    def _characters(self, text: str) -> None:
        if self._length is not None:
            self._length += len(text)
            if len(self._start_of_text) < _DIGITS:
                self._start_of_text += text[:_DIGITS]

    def _move_to(self, place: str) -> None:
        """To the cell named as B7; without a name it is the next one of its row."""
        found = _PLACE.fullmatch(place)
        if found is None:
            self._column += 1
            return
        self._row, self._column = int(found[2]), 0
        for letter in found[1]:
            self._column = self._column * 26 + ord(letter) - ord("A") + 1

    def _count(self, length: int) -> None:
        """One cell's value."""
        self._cells += 1
        number = self._start_of_text.strip()
        if self._is_shared:
            if not number.isdecimal() or int(number) >= len(self._lengths):
                raise FileRefused(f"a cell in row {self._row} of {self._name} points to a text that the workbook does not hold")
            length = self._lengths[int(number)]
        self._letters += length
        if self._letters > LONGEST_TEXT:
            raise FileRefused(f"the cells of {self._name} come to more than {LONGEST_TEXT:,} characters")
        if self._cells > MOST_CELLS:
            raise FileRefused(f"{self._name} has more than {MOST_CELLS:,} cells. Hand it in as CSV")
        first, last = self._rows or (self._row, self._row)
        left, right = self._columns if self._rows else (self._column, self._column)
        if not (first <= self._row <= last and left <= self._column <= right):
            self._farthest = f"in row {self._row}, column {self._column}"
        self._rows = (min(first, self._row), max(last, self._row))
        self._columns = (min(left, self._column), max(right, self._column))
