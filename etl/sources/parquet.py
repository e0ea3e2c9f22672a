"""Reads a Parquet file as text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from etl.sources.source import CHUNK_ROWS
from etl.sources.text import NotText, text_of
from etl.sources.titles import FileRefused, read_titles

OPTIONS: tuple[str, ...] = ()


def read_parquet(path: Path, options: Mapping[str, Any]) -> tuple[list[str], Iterator[tuple[int, list[str | None]]]]:
    """Column names, and rows as (row number from 1, text per column).

    Instants come in microseconds, with an offset where the column has a zone. Raises FileRefused for columns that hold lists, structures or bytes
    that are not text, and for fewer rows than the file's own footer counts; OSError for what is not a whole Parquet file.
    """
    try:
        schema = pq.read_schema(path)
    except pa.ArrowException:
        raise OSError from None
    titles = read_titles(schema.names, 1)
    if "" in titles:
        raise FileRefused(f"column {titles.index('') + 1} has no name")
    for field in schema:
        if pa.types.is_nested(field.type):
            raise FileRefused(f"column {field.name} holds {field.type}, not single values")
    return titles, _rows(path, schema)


def _rows(path: Path, schema: pa.Schema) -> Iterator[tuple[int, list[str | None]]]:
    number = 0
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            for batch in file.iter_batches(batch_size=CHUNK_ROWS):
                for values in zip(*(_values(column) for column in batch.columns), strict=True):
                    number += 1
                    yield number, [_text(value, schema.names[place], number) for place, value in enumerate(values)]
            counted = file.metadata.num_rows
    except pa.ArrowException:
        raise FileRefused(f"after row {number} its pages are damaged") from None
    if number != counted:
        raise FileRefused(f"{number} rows were read where its footer counts {counted}")


def _values(column: pa.Array) -> list[Any]:
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":  # Python's own instants end at microseconds
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    return list(column.to_pylist())


def _text(value: Any, column: str, number: int) -> str | None:
    try:
        text = text_of(value)
    except NotText as error:
        raise FileRefused(f"row {number}, column {column} holds {error}") from None
    return unicodedata.normalize("NFC", text) if text else None
