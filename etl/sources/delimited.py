"""Reads a CSV file of a declared dialect as text, and counts its records a second time by another way.

DuckDB's own reader is not used: its sniffer drops preambles and its reject tables lose count (promises.md, known traps).
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from etl.sources.titles import FileRefused, read_titles


def read_delimited(path: Path, options: Mapping[str, Any]) -> tuple[list[str], Iterator[tuple[int, list[str | None]]]]:
    """Column titles, and rows as (line number of the record's last line, text per column); empty lines are left out.

    Options: encoding (default utf-8; a byte order mark is passed over), delimiter (default ","), header_row (default 1; the lines above are skipped).
    Raises FileRefused for a wrong encoding, NUL characters, a row of another width or quotes that do not pair up; OSError for an unreadable file.
    """
    encoding = options.get("encoding", "utf-8")
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise FileRefused(f"there is no encoding {encoding} (encoding in source.toml)") from None
    delimiter = options.get("delimiter", ",")
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise FileRefused("its delimiter must be one character (delimiter in source.toml)")
    records = _records(path, "utf-8-sig" if name == "utf-8" else name, delimiter, options.get("header_row", 1))
    try:
        header_row, cells = next(records)
    except StopIteration:
        raise FileRefused("it holds no row of column titles (header_row in source.toml)") from None
    titles = read_titles(cells, header_row)
    if "" in titles:
        raise FileRefused(f"column {titles.index('') + 1} has no title in row {header_row}")
    return titles, _rows(records, len(titles))


def _rows(records: Iterator[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str | None]]]:
    for number, values in records:
        if len(values) != width:
            raise FileRefused(f"line {number} has {len(values)} columns where the titles have {width}")
        yield number, [value or None for value in values]


def _records(path: Path, encoding: str, delimiter: str, header_row: int) -> Iterator[tuple[int, list[str]]]:
    """Every record from the titles on with the number of its last line."""
    counted = _LineCount()
    parsed = 0
    with path.open(encoding=encoding, errors="strict", newline="") as file:
        reader = csv.reader(counted.watch(file, header_row), delimiter=delimiter, strict=True)
        try:
            for values in reader:
                if not values or (len(values) == 1 and not values[0].strip()):
                    continue
                parsed += 1
                yield counted.line, values
        except csv.Error as error:
            raise FileRefused(f"line {counted.line} is not proper CSV ({error})") from None
        except UnicodeDecodeError as error:
            raise FileRefused(f"after line {counted.line} it is not {encoding} text ({error.reason})") from None
    if counted.is_inside_quotes or counted.records != parsed:
        raise FileRefused(f"its quotes do not pair up: {parsed} records were read where its lines make {counted.records}")


class _LineCount:
    """Counts records by line breaks outside quotes, without the CSV parser's help: a stray quote swallows lines silently there."""

    def __init__(self) -> None:
        self.line = 0
        self.records = 0
        self.is_inside_quotes = False

    def watch(self, lines: Iterator[str], header_row: int) -> Iterator[str]:
        for line in lines:
            self.line += 1
            if "\0" in line:
                raise FileRefused(f"line {self.line} holds a NUL character")
            if self.line < header_row:
                continue
            starts_record = not self.is_inside_quotes
            self.is_inside_quotes ^= line.count('"') % 2 == 1
            if not self.is_inside_quotes and not (starts_record and not line.strip()):
                self.records += 1
            yield line
