"""Runs a mapping's SELECT over a source's own table in a DuckDB that can reach nothing else."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import duckdb

from data.errors import ConfigurationError
from etl.sources.source import Query, Source


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


def mapping_failed(source: Source, query: Query, error: duckdb.Error) -> ConfigurationError:
    """What DuckDB says, in one sentence and without values out of the data."""
    # A conversion's message quotes the value; what the parser and the binder say speaks of the query alone.
    is_about_query = isinstance(error, duckdb.ParserException | duckdb.BinderException | duckdb.CatalogException | duckdb.PermissionException)
    text = str(error).splitlines()[0] if is_about_query else f"a value cannot be converted ({type(error).__name__}); select it as text"
    return ConfigurationError(f"source {source.name}: {query.file} failed: {text}. Mend it and run `vanban source check {source.name}`.")


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
