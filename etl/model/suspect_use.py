"""Days on which the logins of an account look like no use at all, by the rules of suspect_use.toml: a table of the warehouse that no snapshot has."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import duckdb

TABLE = "core.suspect_day"


@cache
def rules() -> dict[str, str]:
    """The SELECT of each rule (account_key, day_on), by its name."""
    declared = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {name: rule["sql"].strip() for name, rule in declared.items()}


def make_suspect_days(warehouse: duckdb.DuckDBPyConnection, condition: str = "true") -> None:
    """Makes those rows anew for which the condition holds, out of the events that `input.access_event` shows."""
    have_suspect_days(warehouse)
    warehouse.execute(f"DELETE FROM {TABLE} WHERE {condition}")  # noqa: S608
    warehouse.execute(f"INSERT INTO {TABLE} {' UNION '.join(f'({sql})' for sql in rules().values())}")


def have_suspect_days(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Makes the table where there is none, with no day suspect."""
    warehouse.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} (account_key UUID, day_on DATE)")
