"""What the model makes of the canonical entities. CORE is the table of contents: one SELECT per file, run in this order; add a table here.

`update` makes those rows anew that a run's changes touch, by the same statements. They keep to what sqlglot translates to Spark SQL, and read
`canonical.<entity>`, core tables that stand before them, and the views of INPUTS. `span` and `working_day` are what checks measure by
(`describe_run`); `delivered` says of which days which columns came; `content_hash` and `warehouse` know what was made before.
`suspect_use` finds days whose logins look like no use.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

import duckdb

from data.snapshot import TABLE
from etl.contract import ENTITIES
from etl.model.suspect_use import have_suspect_days, make_suspect_days
from etl.staging.casts import quoted

DETAIL: tuple[str, ...] = (
    "level",
    "pilot_group",
    "day_off",
    "org_unit_ancestor",
    "org_unit",
    "unit_succession",
    "account",
    "account_assignment",
    "account_day",
    "document",
    "registered_document",
    "delivery",
    "axis_sending",
    "declared_total",
)

MARTS: tuple[str, ...] = ("account_stay", "account_month", "login_day", "document_day", "registered_day", "delivery_day", "due_delivery_day")
"""Sums of core tables, small at any number of events, of which most figures are counted."""

PLACES = "row_place"
"""What became of every loaded row; it reads what the others made of them."""

CORE: tuple[str, ...] = (*DETAIL, *MARTS, PLACES)

MADE_HERE: tuple[str, ...] = ("level", "pilot_group", "day_off", "org_unit_ancestor", "org_unit", "unit_succession", "declared_total")
"""No larger than the organisation itself: another engine (`spark`) is given them."""

INPUTS: dict[str, str] = {
    "access_event": "canonical.access_event",
    "placed_event": "canonical.access_event",
    "document": "canonical.document",
    "delivery": "canonical.delivery",
    "axis_message": "canonical.axis_message",
    "active_day": "core.account_day",
    "login_day": "core.account_day",
    "issued_document": "core.document",
    "registered": "core.registered_document",
    "arrived_delivery": "core.delivery",
    "due_delivery": "core.delivery",
}
"""Large relations that statements read as the view `input.<name>`: all of their rows, or in an update the touched ones."""

FOLDER = Path(__file__).resolve().parent


def build_core(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Makes every table of CORE with the columns and types that `data.snapshot` states."""
    warehouse.execute("CREATE SCHEMA IF NOT EXISTS core")
    build_tables(warehouse, DETAIL, "canonical")
    make_suspect_days(warehouse)
    build_marts(warehouse)
    build_tables(warehouse, (PLACES,), "canonical")
    verify_places(warehouse)


def build_marts(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Makes the tables of MARTS anew from those core tables that stand there."""
    have_suspect_days(warehouse)
    build_tables(warehouse, MARTS, "core")


def show_input(warehouse: duckdb.DuckDBPyConnection, name: str, condition: str = "true") -> None:
    """Makes the view `input.<name>` show those rows for which the condition holds."""
    warehouse.execute("CREATE SCHEMA IF NOT EXISTS input")
    warehouse.execute(f"CREATE OR REPLACE VIEW input.{name} AS SELECT * FROM {INPUTS[name]} WHERE {condition}")  # noqa: S608


def rows_by_place(warehouse: duckdb.DuckDBPyConnection) -> list[tuple[str, str, int]]:
    """Entity, place and rows over all months, in the contract's order; those that are counted first."""
    found = warehouse.execute(f"SELECT entity, place, CAST(sum(rows) AS BIGINT) FROM core.{PLACES} GROUP BY entity, place").fetchall()  # noqa: S608
    order = [entity.name for entity in ENTITIES]
    return sorted(found, key=lambda one: (order.index(one[0]), not one[1].startswith("counted"), -one[2], one[1]))


def verify_places(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Raises RuntimeError where a loaded row has no place, or two."""
    for entity in ENTITIES:
        counted = f"SELECT (SELECT count(*) FROM canonical.{entity.name}), (SELECT sum(rows) FROM core.{PLACES} WHERE entity = ?)"  # noqa: S608
        loaded, placed = warehouse.execute(counted, [entity.name]).fetchone() or (0, 0)
        if loaded != (placed or 0):
            raise RuntimeError(
                f"{entity.name}: {loaded} rows were loaded, and {placed or 0} have a place. This is a fault of the program; nothing was published."
            )


@functools.cache
def read_sql(name: str) -> str:
    """A statement of this folder, read once: a program that is renewed while it runs must not make one half by the old and one by the new."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def select_of(name: str) -> str:
    """The SELECT that makes a core table, each column cast to the type that `data.snapshot` states."""
    columns = ", ".join(f"CAST({quoted(column)} AS {kind}) AS {quoted(column)}" for column, kind in TABLE[name].columns.items())
    return f"SELECT {columns} FROM (\n{read_sql(name)}\n) made"  # noqa: S608


def build_tables(warehouse: duckdb.DuckDBPyConnection, names: Sequence[str], schema: str) -> None:
    """Makes tables whole, out of whole inputs from that schema."""
    for name, relation in INPUTS.items():
        if relation.startswith(f"{schema}."):
            show_input(warehouse, name)
    for name in names:
        warehouse.execute(f"CREATE OR REPLACE TABLE core.{name} AS {select_of(name)}")
