"""Runs a mapping's SELECT over a source's own tables in a DuckDB that can reach nothing else."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa

from data.errors import ConfigurationError
from etl.contract import ORDINARY, Entity
from etl.sources.source import CHUNK_ROWS, Query, Source


@contextlib.contextmanager
def closed_database(optimizes: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory DuckDB in which a mapping can neither read files nor see this program's variables."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": "false",
        "python_enable_replacements": "false",
        "threads": "1",
    }
    with duckdb.connect(":memory:", config=settings) as database:
        database.execute("SET TimeZone = 'UTC'")
        if not optimizes:
            database.execute("PRAGMA disable_optimizer")
        yield database


@contextlib.contextmanager
def mapping_errors(source: Source, query: Query, of_columns: str = "") -> Iterator[None]:
    """Turns what DuckDB says into a ConfigurationError of one sentence, without values out of the data.

    `of_columns` tells how columns get their names, where one is not found.
    """
    try:
        yield
    except duckdb.Error as error:
        # A conversion's message quotes the value; what the parser and the binder say speaks of the query alone.
        is_about_query = isinstance(error, duckdb.ParserException | duckdb.BinderException | duckdb.CatalogException | duckdb.PermissionException)
        text = str(error).splitlines()[0] if is_about_query else f"a value cannot be converted ({type(error).__name__}); select it as text"
        if of_columns and isinstance(error, duckdb.BinderException) and "not found" in text:
            text = f"{text.rstrip('!')} ({of_columns})"
        raise ConfigurationError(f"source {source.name}: {query.file} failed: {text}. Mend it and run `vanban source check {source.name}`.") from None


def described_columns(database: duckdb.DuckDBPyConnection, query: Query) -> tuple[list[str], tuple[str, ...]]:
    """Names and DuckDB types of the columns that a SELECT delivers. Raises duckdb.Error."""
    described = database.execute(query.wrapped("*", "LIMIT 0")).description or []
    return [name for name, *_ in described], tuple(str(kind) for _, kind, *_ in described)


def counted_rows(database: duckdb.DuckDBPyConnection, entity: Entity, query: Query, join: str = "") -> tuple[int, int]:
    """Rows that a SELECT delivers, and those of them that carry no higher security marking. Raises duckdb.Error."""
    ordinary = f"count(*) FILTER (q.security_level = '{ORDINARY}')" if entity.is_classified else "count(*)"
    return database.execute(query.wrapped(f"count(*), {ordinary}", join)).fetchone() or (0, 0)


def ordinary_rows_alone(entity: Entity) -> str:
    """The condition that leaves classified rows in the source."""
    return f"WHERE q.security_level = '{ORDINARY}'" if entity.is_classified else ""


def text_tables(database: duckdb.DuckDBPyConnection, statement: str, schema: pa.Schema) -> Iterator[pa.Table]:
    """The rows of a statement in tables of that schema, CHUNK_ROWS at a time. Raises duckdb.Error."""
    for batch in database.execute(statement).to_arrow_reader(CHUNK_ROWS):
        yield pa.Table.from_batches([batch]).rename_columns(schema.names).cast(schema)


def text_schema(columns: tuple[str, ...]) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in columns])


_ROW_BY_ROW = ("PROJECTION", "FILTER", "SEQ_SCAN", "CTE", "CTE_SCAN", "EMPTY_RESULT", "DUMMY_SCAN", "UNNEST", "ORDER_BY")


def is_row_by_row(database: duckdb.DuckDBPyConnection, statement: str, join: str = "") -> bool:
    """Whether the rows of a SELECT over several files are those of each file by itself: by its plan, which may join by the column `join` alone.

    The database must not optimize. Raises duckdb.Error.
    """
    rows = database.execute(f"EXPLAIN (FORMAT json) {statement}").fetchall()
    return all(_is_row_by_row(node, join) for _, text in rows for node in json.loads(text))


def _is_row_by_row(node: Any, join: str) -> bool:
    is_join = node["name"] == "HASH_JOIN" and bool(join) and node["extra_info"].get("Conditions") == f"{join} = {join}"
    return (is_join or node["name"] in _ROW_BY_ROW) and all(_is_row_by_row(child, join) for child in node["children"])


def can_read_alone(source: Source, entity: Entity, is_possible: bool, joined: str, remedy: str) -> bool:
    """`is_possible`. Raises ConfigurationError where it is not, though `source.toml` asks for new files alone."""
    if not is_possible and "mode" in source.entity_options[entity.name]:
        raise ConfigurationError(
            f"source {source.name}: {source.query(entity.name).file} puts {joined} cannot be read alone. "
            f'Write mode = "full" in source.toml, or select {remedy}.'
        )
    return is_possible
