"""What the model makes of the canonical entities. CORE is the table of contents: one SELECT per file, run in this order; add a table here.

`parts` makes those rows anew that a run's changes touch, by the same statements. They keep to what sqlglot translates to Spark SQL, and read
`canonical.<entity>` and core tables that stand before them.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

import duckdb

from data.snapshot import TABLES
from etl.staging.casts import quoted

MARTS: tuple[str, ...] = ("account_stay", "account_month", "document_day", "delivery_day", "due_delivery_day")
"""Sums of core tables, small at any number of events, of which most figures are counted."""

CORE: tuple[str, ...] = (
    "org_unit_ancestor",
    "org_unit",
    "unit_succession",
    "account",
    "account_assignment",
    "account_day",
    "document",
    "delivery",
    "declared_total",
    *MARTS,
)

FOLDER = Path(__file__).resolve().parent


def build_core(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Makes every table of CORE with the columns and types that `data.snapshot` states."""
    warehouse.execute("CREATE SCHEMA IF NOT EXISTS core")
    _build(warehouse, CORE)


def build_marts(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Makes the tables of MARTS anew from those core tables that stand there."""
    _build(warehouse, MARTS)


def typed_columns(name: str) -> str:
    """The columns of a core table, each cast to the type that `data.snapshot` states."""
    columns = next(table for table in TABLES if table.name == name).columns
    return ", ".join(f"CAST({quoted(column)} AS {kind}) AS {quoted(column)}" for column, kind in columns.items())


@functools.cache
def select_of(name: str) -> str:
    """The SELECT that makes a core table, read once: a program that is renewed while it runs must not make one half by the old and one by the new."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def _build(warehouse: duckdb.DuckDBPyConnection, names: Sequence[str]) -> None:
    for name in names:
        warehouse.execute(f"CREATE OR REPLACE TABLE core.{name} AS SELECT {typed_columns(name)} FROM (\n{select_of(name)}\n) made")  # noqa: S608
