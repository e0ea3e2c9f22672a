"""The core made by Spark, for more rows than one machine holds: the same SELECTs, over Parquet files that its workers see.

What was staged is written there, each table of the core is made there and read back, and DuckDB publishes. The tree of units and what is declared
are as small as the organisation itself: they are made here, whatever the engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import duckdb

from data.snapshot import TABLE
from data.spark import Spark, write_parquet
from etl.model import CORE, INPUTS, MADE_HERE, build_tables, select_of, verify_places
from etl.model.suspect_use import TABLE as SUSPECT_DAYS
from etl.model.suspect_use import rules
from etl.staging.casts import literal, quoted


def build_core_on_spark(warehouse: duckdb.DuckDBPyConnection, spark: Spark, folder: Path) -> None:
    """Makes every table of CORE in the warehouse; `folder` lies where the workers see it, under the same name.

    Raises SparkUnreachable where Spark goes away.
    """
    warehouse.execute("CREATE SCHEMA IF NOT EXISTS core")
    build_tables(warehouse, MADE_HERE, "canonical")
    suspect = " UNION ".join(f"({sql})" for sql in rules().values())
    selects = {f"core.{name}": select_of(name) for name in CORE if name not in MADE_HERE}
    for relation in sorted(_relations([*selects.values(), suspect, *INPUTS.values()]) - set(selects) - {SUSPECT_DAYS}):
        write_parquet(warehouse, relation, folder / f"{relation}.parquet")
        spark.show(relation, folder / f"{relation}.parquet")
    for relation, select in selects.items():
        if relation == "core.login_day":  # the first that reads them
            _make(warehouse, spark, SUSPECT_DAYS, suspect, folder, {"account_key": "UUID", "day_on": "DATE"})
        for name, rows in INPUTS.items():
            if re.search(rf"\binput\.{name}\b", select):
                spark.show_rows(f"input.{name}", rows)
        _make(warehouse, spark, relation, select, folder, TABLE[relation.partition(".")[2]].columns)
    verify_places(warehouse)


def _relations(statements: Iterable[str]) -> set[str]:
    return {found for statement in statements for found in re.findall(r"\b(?:canonical|core)\.\w+", statement)}


def _make(warehouse: duckdb.DuckDBPyConnection, spark: Spark, relation: str, select: str, folder: Path, columns: dict[str, str]) -> None:
    """One table, made there and read back here."""
    spark.write(select, folder / relation)
    if not any((folder / relation).glob("*.parquet")):  # some write no file where there is no row
        nothing = ", ".join(f"CAST(NULL AS {kind}) AS {quoted(name)}" for name, kind in columns.items())
        write_parquet(warehouse, f"(SELECT {nothing} WHERE false)", folder / relation / "nothing.parquet")
    spark.show(relation, folder / relation)
    typed = ", ".join(f"CAST({quoted(name)} AS {kind}) AS {quoted(name)}" for name, kind in columns.items())
    files = literal((folder / relation / "*.parquet").as_posix())
    warehouse.execute(f"CREATE OR REPLACE TABLE {relation} AS SELECT {typed} FROM read_parquet({files})")  # noqa: S608
