"""Reads a CSV file of a declared dialect as text, and counts its records a second time by another way.

DuckDB's own reader is not used: its sniffer drops preambles and its reject tables lose count (promises.md, known traps).
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from etl.sources.files.disguises import refuse_disguised
from etl.sources.files.encodings import check_encoding, text_lines
from etl.sources.files.titles import read_titles
from etl.sources.files.unusable_cells import ERRORS, UnusableCells
from etl.sources.open_file import FileRefused, opened

_QUOTED_FORMULA = re.compile(r'\A="([^"]*)"\Z')
"""How programs write a text that Excel is to leave alone: ="001" is 001."""

OPTIONS: dict[str, type] = {"encoding": str, "delimiter": str, "quote": str, "header_row": int}


def read_delimited(path: Path, options: Mapping[str, Any], unusable: UnusableCells) -> tuple[list[str], Iterator[tuple[int, list[str | None]]]]:
    """Column titles, and rows as (line number of the record's last line, text per column in NFC); empty lines are left out.

    Options: encoding (default utf-8; a byte order mark is passed over), delimiter (default ","), quote (default '"'; "" for files that quote
    nothing), header_row (default 1; the lines above are skipped).
    Raises FileRefused for a wrong encoding, NUL characters, a row of another width, quotes that do not pair up or a damaged .gz; OSError for an
    unreadable file.
    """
    encoding = check_encoding(options.get("encoding", "utf-8"))
    if path.name.lower().endswith(".csv"):
        refuse_disguised(path, ".csv")
    named = _named_delimiter(path, encoding)
    delimiter, quote = options.get("delimiter", named or ","), options.get("quote", '"')
    if len(delimiter) != 1 or delimiter in "\r\n" or delimiter == quote:
        raise FileRefused("its delimiter must be one character, and not the one that quotes (delimiter in source.toml)")
    if len(quote) > 1 or quote in ("\r", "\n"):
        raise FileRefused('its quote must be one character, or "" for none (quote in source.toml)')
    header_row = max(options.get("header_row", 1), 2 if named else 1)
    records = _records(path, encoding, delimiter, quote, header_row)
    try:
        titled_row, cells = next(records)
    except StopIteration:
        raise FileRefused("it holds no row of column titles (header_row in source.toml)") from None
    titles = read_titles(cells, titled_row)
    places = [place for place, title in enumerate(titles) if title]
    _refuse_other_delimiter(cells, delimiter, titled_row)
    return [titles[place] for place in places], _rows(records, titles[: places[-1] + 1], header_row, unusable)


def _refuse_other_delimiter(cells: list[str], delimiter: str, titled_row: int) -> None:
    """One title that is full of what separates titles elsewhere; how it reads is not told: it may be a row of values."""
    meant = max(";,|\t", key=cells[0].count) if len(cells) == 1 else ""
    if meant and meant in cells[0]:
        written = "\\t" if meant == "\t" else meant
        raise FileRefused(f'row {titled_row} is one title without a {delimiter!r}, but with {meant!r}: write delimiter = "{written}" in source.toml')


def _named_delimiter(path: Path, encoding: str) -> str | None:
    """That of a first line such as `sep=;`, which tells Excel the delimiter and is shown by no program."""
    with opened(path) as file, contextlib.closing(text_lines(file, encoding)) as lines, contextlib.suppress(UnicodeDecodeError):
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) and not encoding.startswith("utf-16"):
            raise FileRefused('it is UTF-16 text: write encoding = "utf-16" in source.toml')
        file.seek(0)
        found = re.fullmatch(r'"?sep= *(.)"?\1*\s*', next(lines, ""), re.IGNORECASE)
        return found[1] if found else None
    return None


def _rows(
    records: Iterator[tuple[int, list[str]]], titles: list[str], header_row: int, unusable: UnusableCells
) -> Iterator[tuple[int, list[str | None]]]:
    """Columns without a title are left out where they are empty, as the one that a delimiter at the end of every line makes."""
    width, is_whole = len(titles), "" not in titles
    for number, values in records:
        while len(values) > width and not values[-1]:
            values.pop()
        if len(values) != width:
            raise FileRefused(f"line {number} has {len(values)} columns where the titles have {width}")
        if not is_whole:
            stray = next((place for place, title in enumerate(titles, 1) if not title and values[place - 1].strip()), None)
            if stray:
                raise FileRefused(f"line {number} has a value in column {stray}, which has no title in row {header_row}")
            values = [value for title, value in zip(titles, values, strict=True) if title]
        if not ERRORS.isdisjoint(values):
            for title, value in zip(filter(None, titles), values, strict=True):
                if value in ERRORS:
                    unusable.note(title, f"line {number} holds {value}")
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
                if counted.has_quoted_formulas:
                    values = [_QUOTED_FORMULA.sub(r"\1", value) for value in values]
                yield counted.line, values
        except csv.Error as error:
            raise FileRefused(f"line {counted.line} is not proper CSV ({error})") from None
        except UnicodeDecodeError as error:
            name = encoding.removesuffix("-sig")
            raise FileRefused(f"after line {counted.line} it is not {name} text ({error.reason}); see encoding in source.toml") from None
    if counted.is_inside_quotes or counted.records != parsed:
        raise FileRefused(f"its quotes do not pair up: {parsed} records were read where its lines make {counted.records}")


class _LineCount:
    """Counts records by line breaks outside quotes, without the CSV parser's help: a stray quote swallows lines silently there."""

    def __init__(self, quote: str) -> None:
        self.line = 0
        self.records = 0
        self.is_inside_quotes = False
        self.has_quoted_formulas = False
        self._quote = quote

    def watch(self, lines: Iterator[str], header_row: int) -> Iterator[str]:
        for line in lines:
            self.line += 1
            if "\0" in line:
                raise FileRefused(f"line {self.line} holds a NUL character")
            if self.line < header_row:
                continue
            self.has_quoted_formulas |= '="' in line
            starts_record = not self.is_inside_quotes
            if self._quote:
                self.is_inside_quotes ^= line.count(self._quote) % 2 == 1
            if not self.is_inside_quotes and not (starts_record and not line.strip()):
                self.records += 1
            yield line
