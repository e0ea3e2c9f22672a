"""Reads a CSV file of a declared dialect as text, and counts its records a second time by another way.

DuckDB's own reader is not used: its sniffer drops preambles and its reject tables lose count (promises.md, known traps).
"""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from etl.sources.files.encodings import check_encoding, text_lines
from etl.sources.files.titles import read_titles
from etl.sources.open_file import FileRefused, opened

OPTIONS: dict[str, type] = {"encoding": str, "delimiter": str, "quote": str, "header_row": int}


def read_delimited(path: Path, options: Mapping[str, Any]) -> tuple[list[str], Iterator[tuple[int, list[str | None]]]]:
    """Column titles, and rows as (line number of the record's last line, text per column in NFC); empty lines are left out.

    Options: encoding (default utf-8; a byte order mark is passed over), delimiter (default ","), quote (default '"'; "" for files that quote
    nothing), header_row (default 1; the lines above are skipped).
    Raises FileRefused for a wrong encoding, NUL characters, a row of another width, quotes that do not pair up or a damaged .gz; OSError for an
    unreadable file.
    """
    encoding = check_encoding(options.get("encoding", "utf-8"))
    delimiter, quote = options.get("delimiter", ","), options.get("quote", '"')
    if len(delimiter) != 1 or delimiter in "\r\n" or delimiter == quote:
        raise FileRefused("its delimiter must be one character, and not the one that quotes (delimiter in source.toml)")
    if len(quote) > 1 or quote in ("\r", "\n"):
        raise FileRefused('its quote must be one character, or "" for none (quote in source.toml)')
    header_row = options.get("header_row", 1)
    records = _records(path, encoding, delimiter, quote, header_row)
    try:
        titled_row, cells = next(records)
    except StopIteration:
        raise FileRefused("it holds no row of column titles (header_row in source.toml)") from None
    titles = read_titles(cells, titled_row)
    if "" in titles:
        raise FileRefused(f"column {titles.index('') + 1} has no title in row {header_row}")
    return titles, _rows(records, len(titles))


def _rows(records: Iterator[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str | None]]]:
    for number, values in records:
        if len(values) != width:
            raise FileRefused(f"line {number} has {len(values)} columns where the titles have {width}")
        yield number, [value or None for value in values]


def _records(path: Path, encoding: str, delimiter: str, quote: str, header_row: int) -> Iterator[tuple[int, list[str]]]:
    """Every record from the titles on with the number of its last line."""
    counted = _LineCount(quote)
    parsed = 0
    with opened(path) as file, contextlib.closing(text_lines(file, encoding)) as lines:
        reader = csv.reader(
            counted.watch(lines, header_row),
            delimiter=delimiter,
            quotechar=quote or None,
            quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
            strict=True,
        )
        try:
            for values in reader:
                if not values or (len(values) == 1 and not values[0].strip()):
                    continue
                parsed += 1
                yield counted.line, values
        except csv.Error as error:
            raise FileRefused(f"line {counted.line} is not proper CSV ({error})") from None
        except UnicodeDecodeError as error:
            raise FileRefused(f"after line {counted.line} it is not {encoding} text ({error.reason}); see encoding in source.toml") from None
    if counted.is_inside_quotes or counted.records != parsed:
        raise FileRefused(f"its quotes do not pair up: {parsed} records were read where its lines make {counted.records}")


class _LineCount:
    """Counts records by line breaks outside quotes, without the CSV parser's help: a stray quote swallows lines silently there."""

    def __init__(self, quote: str) -> None:
        self.line = 0
        self.records = 0
        self.is_inside_quotes = False
        self._quote = quote

    def watch(self, lines: Iterator[str], header_row: int) -> Iterator[str]:
        for line in lines:
            self.line += 1
            if "\0" in line:
                raise FileRefused(f"line {self.line} holds a NUL character")
            if self.line < header_row:
                continue
            starts_record = not self.is_inside_quotes
            if self._quote:
                self.is_inside_quotes ^= line.count(self._quote) % 2 == 1
            if not self.is_inside_quotes and not (starts_record and not line.strip()):
                self.records += 1
            yield line
