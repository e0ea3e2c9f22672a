"""Masks people and drops classified rows before landing."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import ConfigurationError
from etl.contract import ORDINARY, Entity
from etl.landing.pseudonyms import Pseudonyms
from etl.sources.source import REFUSED, Reading, Row, Source
from etl.sources.text import NotText, text_columns

PERSON = pa.dictionary(pa.int32(), pa.string())
"""People's keys are few and long: written as numbers into a list of them."""


def masked_table(source: Source, reading: Reading, rows: Sequence[Row] | pa.Table, pseudonyms: Pseudonyms) -> pa.Table:
    """A chunk as it may be written: text, people's keys replaced, and no row whose marking is not exactly the ordinary one.

    Raises ConfigurationError for values that cannot be kept as text.
    """
    table = rows if isinstance(rows, pa.Table) else _text_table(source, reading, rows)
    if reading.entity.is_classified:
        is_kept = pc.equal(table["security_level"], _string_array([ORDINARY])[0])
        if REFUSED in table.column_names:
            is_kept = pc.or_kleene(is_kept, pc.is_valid(table[REFUSED]))
        table = table.filter(is_kept)
    for place, name in enumerate(reading.columns):
        if _is_person(reading.entity, name):
            keys = table[name].combine_chunks().dictionary_encode()
            # Two spellings may be one person, and a blank one is nobody: hence encoded once more.
            people = _string_array([pseudonyms.of(key) for key in keys.dictionary.to_pylist()]).dictionary_encode()
            table = table.set_column(place, name, pa.DictionaryArray.from_arrays(people.indices.take(keys.indices), people.dictionary))
    return table


def column_types(reading: Reading) -> list[pa.DataType]:
    """Arrow types of the columns of a landed file: text, people's keys as a dictionary."""
    return [PERSON if _is_person(reading.entity, name) else pa.string() for name in reading.columns]


def as_written(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Rows that were read back, with people's keys as they are written."""
    columns = [
        table[field.name].combine_chunks().dictionary_encode() if field.type == PERSON else table[field.name].cast(field.type) for field in schema
    ]
    return pa.table(columns, schema=schema)


def _text_table(source: Source, reading: Reading, rows: Sequence[Row]) -> pa.Table:
    name = reading.entity.name
    try:
        columns = text_columns(rows, reading.columns)
        arrays = [_string_array(column) for column in columns]
    except NotText as error:
        raise ConfigurationError(
            f"source {source.name}: {name}.sql delivers {error}, which cannot be kept as text. Cast or take apart that column there."
        ) from None
    except UnicodeEncodeError:
        raise ConfigurationError(
            f"source {source.name}: {name} delivers text that is not valid Unicode. State the database's encoding in its URL, or cast the column."
        ) from None
    return pa.table(arrays, names=list(reading.columns))


def _string_array(texts: list[str | None]) -> pa.Array:
    """By polars: pyarrow would import pandas to see whether it is one of its series, which takes longer than a night's rows."""
    return pl.Series(texts, dtype=pl.String).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string())


def _is_person(entity: Entity, name: str) -> bool:
    """Of columns beside the contract's, of which there is only the cursor, none is."""
    return any(column.name == name and column.kind == "person" for column in entity.columns)
