"""Reads a Parquet file as text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from etl.sources.files.disguises import refuse_disguised
from etl.sources.files.titles import read_titles
from etl.sources.files.unusable_cells import UnusableCells
from etl.sources.open_file import FileRefused
from etl.sources.source import CHUNK_ROWS
from etl.sources.text import NotText, text_of

_LAST_INSTANT, _LAST_DAY = 2**63 - 2, 2**31 - 2
"""What programs write for infinity: the largest number that fits, or the one below it."""
_HIGHEST_RATIO = 500
_SMALLEST_BOMB = 16 << 20
"""Bytes."""
_MOST_VALUES_PER_BYTE = 20
_SMALL_TABLE = 2_000_000
"""Values. A column that says the same thing again and again packs to nothing, but a table has keys beside it that do not."""


def read_parquet(path: Path, options: Mapping[str, Any], unusable: UnusableCells) -> tuple[list[str], Iterator[tuple[int, list[str | None]]]]:
    """Column names, and rows as (row number from 1, text per column).

    Instants come in microseconds, in UTC with its offset where the column has a zone. Lists, structures and bytes that are not
    text are noted as unusable. Raises FileRefused for fewer rows than the file's own footer counts; OSError for what is not a whole Parquet file.
    """
    refuse_disguised(path, ".parquet")
    try:
        schema = _schema(path)
    except (pa.ArrowException, UnicodeDecodeError):  # the latter for a name of a column that was damaged
        raise OSError from None
    titles = read_titles(schema.names, 1)
    if "" in titles:
        raise FileRefused(f"column {titles.index('') + 1} has no name")
    return titles, _rows(path, schema, titles, unusable)


def _schema(path: Path) -> pa.Schema:
    """The schema of a file whose own footer does not say that it would fill the memory."""
    with pq.ParquetFile(path) as file:
        # Not by column: looking at one whose statistics were damaged ends the whole process.
        unpacked = sum(file.metadata.row_group(number).total_byte_size for number in range(file.metadata.num_row_groups))
        size = path.stat().st_size
        if unpacked > max(_SMALLEST_BOMB, size * _HIGHEST_RATIO):
            raise FileRefused(f"it unpacks to more than {_HIGHEST_RATIO} times its size, as no table does")
        values = file.metadata.num_rows * file.metadata.num_columns
        if values > max(_SMALL_TABLE, size * _MOST_VALUES_PER_BYTE):
            raise FileRefused(f"it says that it holds {values:,} values in {size:,} bytes, as no table does")
        return file.schema_arrow


def _rows(path: Path, schema: pa.Schema, titles: list[str], unusable: UnusableCells) -> Iterator[tuple[int, list[str | None]]]:
    number = 0
    nested = [pa.types.is_nested(field.type) for field in schema]
    for title, field, is_nested in zip(titles, schema, nested, strict=True):
        if is_nested:
            unusable.note(title, f"it holds {field.type}, not single values")
    try:
        with pq.ParquetFile(path, page_checksum_verification=True, coerce_int96_timestamp_unit="us") as file:
            for batch in file.iter_batches(batch_size=CHUNK_ROWS):
                columns = ([None] * len(column) if is_nested else _values(column) for column, is_nested in zip(batch.columns, nested, strict=True))
                for values in zip(*columns, strict=True):
                    number += 1
                    yield number, [_text(value, titles[place], number, unusable) for place, value in enumerate(values)]
            counted = file.metadata.num_rows
    except (pa.ArrowException, UnicodeDecodeError):
        raise FileRefused(f"after row {number} its pages are damaged") from None
    if number != counted:
        raise FileRefused(f"{number} rows were read where its footer counts {counted}")


def _values(column: pa.Array) -> list[Any]:
    if pa.types.is_timestamp(column.type):
        # In UTC, as its name for the zone may be one that Python does not know; Python's own instants end at microseconds.
        zone, unit = column.type.tz and "UTC", column.type.unit
        column = column.cast(pa.timestamp("us" if unit == "ns" else unit, zone), safe=False)
    try:
        return list(column.to_pylist())
    except (OverflowError, ValueError):
        return [_moment(value) for value in column]


def _moment(value: Any) -> Any:
    """A date or an instant; in words where it lies beyond the years 1 to 9999 that Python knows: the very ends of the numbers are for ever."""
    try:
        return value.as_py()
    except (OverflowError, ValueError):
        is_end = abs(value.value) >= (_LAST_DAY if pa.types.is_date32(value.type) else _LAST_INSTANT)
        if value.value > 0:
            return "infinity" if is_end else "beyond the year 9999"
        return "-infinity" if is_end else "before the year 1"


def _text(value: Any, column: str, number: int, unusable: UnusableCells) -> str | None:
    try:
        text = text_of(value)
    except NotText as error:
        unusable.note(column, f"row {number} holds {error}")
        return None
    return unicodedata.normalize("NFC", text) if text else None
