"""Runs a mapping's SELECT over a source's own table in a DuckDB that can reach nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import duckdb

from data.errors import ConfigurationError
from etl.sources.source import Query, Source


@contextlib.contextmanager
def closed_database() -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory DuckDB in which a mapping can neither read files nor see this program's variables."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": "false",
        "python_enable_replacements": "false",
        "threads": "1",
    }
    with duckdb.connect(":memory:", config=settings) as database:
        database.execute("SET TimeZone = 'UTC'")
        yield database


def mapping_failed(source: Source, query: Query, error: duckdb.Error) -> ConfigurationError:
    """What DuckDB says, in one sentence and without values out of the data."""
    # A conversion's message quotes the value; what the parser and the binder say speaks of the query alone.
    is_about_query = isinstance(error, duckdb.ParserException | duckdb.BinderException | duckdb.CatalogException | duckdb.PermissionException)
    text = str(error).splitlines()[0] if is_about_query else f"a value cannot be converted ({type(error).__name__}); select it as text"
    return ConfigurationError(f"source {source.name}: {query.file} failed: {text}. Mend it and run `vanban source check {source.name}`.")
