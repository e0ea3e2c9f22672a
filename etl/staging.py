"""From landed text to typed rows: cast, trim, NFC, UTC and local day, one row per key, and an account of every row.

The SQL is made from the contract, one way for all entities (docs/decisions/0002-staging-from-the-contract.md). Of several rows with one key the one
that survives is chosen by content, so that the order in which a source hands them over does not matter: the greatest in the first column that
differs, in the contract's order, an empty value counting as less than any other. Later times and fuller rows win.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from data.errors import DataRefused
from data.paths import Home
from etl.casts import TYPES, Zones, cleaned, fault, literal, local_day, quoted, value
from etl.contract import ENTITIES, ENTITY, Column, Entity
from etl.history import EntityAccount
from etl.landing import Batch
from etl.pseudonym import Pseudonyms
from etl.sources.source import REFUSED, REFUSED_AT

_CHUNK = 50_000

PLANNED = ("due_at", "disabled_at")
"""Instants that are set beforehand: they say nothing of how fresh the data are."""

RECORD = "record"
"""Stands as the column's name where a whole line or file was refused."""


def stage(warehouse: duckdb.DuckDBPyConnection, home: Home, batch: Batch, zones: Zones, pseudonyms: Pseudonyms) -> EntityAccount:
    """Fills `staging.<source>__<entity>` and `reject.<source>__<entity>` from one batch.

    Raises DataRefused when nothing of an entity without which no figure can be computed was usable; RuntimeError when the account does not come out.
    """
    entity = ENTITY[batch.entity]
    columns = delivered_columns(entity, batch.columns)
    landed = f"(SELECT file_row_number AS ordinal, * FROM read_parquet({literal(batch.path(home).as_posix())}, file_row_number = true))"  # noqa: S608
    table = quoted(f"{batch.source}__{batch.entity}")
    warehouse.execute("CREATE SCHEMA IF NOT EXISTS staging; CREATE SCHEMA IF NOT EXISTS reject")
    warehouse.execute(f"CREATE OR REPLACE TEMP TABLE parsed AS {parsing(landed, columns, zones, batch.has_refused)}")
    warehouse.execute(f"CREATE OR REPLACE TABLE staging.{table} AS {_without_duplicates(entity, columns, zones)}")
    _keep_rejects(warehouse, table, landed, batch, columns, pseudonyms)
    account = _account(warehouse, table, entity, batch)
    warehouse.execute("DROP TABLE parsed")
    if entity.is_mandatory and account.rows_loaded == 0:
        raise DataRefused(
            f"source {batch.source}: none of the {account.rows_in} rows of {entity.name} could be used ({_commonest_fault(warehouse, table)}). "
            f"What was published before stays. Run `vanban source check {batch.source}` to see what is wrong."
        )
    return account


def make_canonical(warehouse: duckdb.DuckDBPyConnection, staged: Sequence[tuple[str, str]], levels: Path) -> None:
    """Makes `canonical.<entity>`, the union over (source, entity) pairs with every column of the contract, and `canonical.level` from a CSV file."""
    warehouse.execute("CREATE SCHEMA IF NOT EXISTS canonical")
    for entity in ENTITIES:
        parts = [
            f"SELECT {literal(source)} AS source, {_all_columns(warehouse, source, entity)} FROM staging.{quoted(f'{source}__{entity.name}')}"  # noqa: S608
            for source, name in staged
            if name == entity.name
        ]
        empty = ", ".join(f"CAST(NULL AS {kind}) AS {quoted(name)}" for name, kind in staged_columns(entity).items())
        select = " UNION ALL ".join(parts) or f"SELECT CAST(NULL AS VARCHAR) AS source, {empty} WHERE false"
        warehouse.execute(f"CREATE OR REPLACE VIEW canonical.{entity.name} AS {select}")
    warehouse.execute(
        "CREATE OR REPLACE TABLE canonical.level AS SELECT level, is_province = '1' AS is_province "
        "FROM read_csv(?, delim = ',', quote = '\"', header = true, all_varchar = true)",
        [levels.as_posix()],
    )


def staged_columns(entity: Entity) -> dict[str, str]:
    """The columns of an entity's staged rows with their types: the contract's, and after each instant `…_at` its local day `…_on`."""
    columns: dict[str, str] = {}
    for column in entity.columns:
        columns[column.name] = TYPES[column.kind]
        if column.kind == "instant":
            columns[_day_name(column)] = "DATE"
    return columns


def reject_reasons(warehouse: duckdb.DuckDBPyConnection, source: str, entity: str) -> list[tuple[str, str, int]]:
    """Column, reason and rows of what was refused, the commonest first."""
    table = quoted(f"{source}__{entity}")
    return warehouse.execute(
        f"SELECT column_name, reason, count(*) FROM reject.{table} GROUP BY ALL ORDER BY count(*) DESC, column_name, reason"  # noqa: S608
    ).fetchall()


def delivered_columns(entity: Entity, names: Sequence[str]) -> list[Column]:
    """The contract's columns that a source delivers, in the contract's order."""
    return [column for column in entity.columns if column.name in names]


def parsing(landed: str, columns: Sequence[Column], zones: Zones, has_refused: bool = False) -> str:
    """Every row of `landed` with its values, and the first thing wrong with it as fault_column and fault_reason.

    `landed` has ordinal and columns of text; with `has_refused` also REFUSED: a line or file that the source could not read is wrong as a whole,
    under RECORD.
    """
    texts = ", ".join(f"{cleaned(column)} AS {quoted(column.name)}" for column in columns)
    values = ", ".join(f"{quoted(column.name)} AS {_text(column)}, {value(column, zones)} AS {quoted(column.name)}" for column in columns)
    faults = ", ".join(f"{fault(column, _text(column), quoted(column.name))} AS {_fault(column)}" for column in columns)
    first_column = (
        f"CASE WHEN {REFUSED} IS NOT NULL THEN '{RECORD}' "
        + " ".join(f"WHEN {_fault(column)} IS NOT NULL THEN {literal(column.name)}" for column in columns)
        + " END"
    )
    first_reason = f"coalesce({REFUSED}, {', '.join(_fault(column) for column in columns)})"
    kept = ", ".join(quoted(column.name) for column in columns)
    refused = REFUSED if has_refused else "CAST(NULL AS VARCHAR)"
    return f"""
        WITH cleaned AS (SELECT ordinal, {refused} AS {REFUSED}, {texts} FROM {landed}),
        valued AS (SELECT ordinal, {REFUSED}, {values} FROM cleaned),
        judged AS (SELECT ordinal, {REFUSED}, {kept}, {faults} FROM valued)
        SELECT ordinal, {kept}, {first_column} AS fault_column, {first_reason} AS fault_reason FROM judged
    """  # noqa: S608 - names come from the contract


def _without_duplicates(entity: Entity, columns: Sequence[Column], zones: Zones) -> str:
    key = ", ".join(quoted(name) for name in entity.key)
    selected = []
    for column in columns:
        selected.append(quoted(column.name))
        if column.kind == "instant":
            selected.append(f"{local_day(quoted(column.name), zones)} AS {quoted(_day_name(column))}")
    others = [column.name for column in columns if column.name not in entity.key]
    usable = "FROM parsed WHERE fault_reason IS NULL"
    if not others:
        return f"SELECT {', '.join(selected)} FROM (SELECT DISTINCT {key} {usable})"  # noqa: S608
    order = ", ".join(f"{quoted(name)} DESC NULLS LAST" for name in others)
    # Only keys that stand several times are sorted: a window over all rows would cost several times as much.
    return f"""
        WITH repeated AS (SELECT {key} {usable} GROUP BY {key} HAVING count(*) > 1),
        chosen AS (
            SELECT parsed.* FROM parsed ANTI JOIN repeated USING ({key}) WHERE fault_reason IS NULL
            UNION ALL
            SELECT parsed.* FROM parsed SEMI JOIN repeated USING ({key}) WHERE fault_reason IS NULL
            QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {order}) = 1
        )
        SELECT {", ".join(selected)} FROM chosen
    """  # noqa: S608


def _keep_rejects(
    warehouse: duckdb.DuckDBPyConnection, table: str, landed: str, batch: Batch, columns: Sequence[Column], pseudonyms: Pseudonyms
) -> None:
    """Writes down which rows were refused and why, with a keyed fingerprint in place of what they held."""
    warehouse.execute(
        f"CREATE OR REPLACE TABLE reject.{table} (batch VARCHAR, ordinal BIGINT, column_name VARCHAR, reason VARCHAR, row_hash VARCHAR)"
    )
    # Each text with its length before it: without that, two rows could make one string.
    row = " || ".join(f"coalesce(length({quoted(column.name)}) || ':' || {quoted(column.name)}, '-')" for column in columns)
    refused_at = REFUSED_AT if batch.has_refused else "CAST(NULL AS BIGINT)"
    warehouse.execute(
        f"""
        SELECT coalesce(refused_at, parsed.ordinal), fault_column, fault_reason, landed.row
        FROM parsed
        JOIN (SELECT ordinal, {refused_at} AS refused_at, {row} AS row FROM {landed}) landed
        USING (ordinal) WHERE fault_reason IS NOT NULL ORDER BY ordinal
        """  # noqa: S608
    )
    refused = []
    while rows := warehouse.fetchmany(_CHUNK):
        ordinals, names, reasons, texts = zip(*rows, strict=True)
        hashes = [pseudonyms.row_hash(text) for text in texts]
        refused.append(pa.table({"ordinal": pa.array(ordinals, pa.int64()), "column_name": names, "reason": reasons, "row_hash": hashes}))
    if refused:
        warehouse.register("refused", pa.concat_tables(refused))
        warehouse.execute(f"INSERT INTO reject.{table} SELECT {literal(batch.batch)}, * FROM refused")  # noqa: S608
        warehouse.unregister("refused")


def _account(warehouse: duckdb.DuckDBPyConnection, table: str, entity: Entity, batch: Batch) -> EntityAccount:
    """Counts each fate by itself; that they add up to what the source counted is the proof that no row was lost."""
    key = ", ".join(quoted(name) for name in entity.key)
    count = f"""
        SELECT (SELECT count(*) FROM staging.{table}),
            (SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM parsed WHERE fault_reason IS NULL GROUP BY {key})),
            (SELECT count(*) FROM reject.{table})
    """  # noqa: S608
    loaded, duplicate, rejected = (int(number) for number in warehouse.execute(count).fetchone() or (0, 0, 0))
    if batch.rows_in != loaded + duplicate + batch.rows_filtered + rejected:
        raise RuntimeError(
            f"{batch.source}, {batch.entity}, batch {batch.batch}: {batch.rows_in} rows came in, but {loaded} were loaded, {duplicate} duplicate, "
            f"{batch.rows_filtered} filtered and {rejected} rejected. This is a fault of the program; nothing was published."
        )
    newest_at = _newest(warehouse, table, entity, batch)
    return EntityAccount(
        batch.source, batch.entity, batch.batch, batch.fetched_at, batch.rows_in, loaded, duplicate, batch.rows_filtered, rejected, newest_at
    )


def _newest(warehouse: duckdb.DuckDBPyConnection, table: str, entity: Entity, batch: Batch) -> str | None:
    """The newest instant of the staged rows that is no plan, and no typing error that lies after the fetch."""
    told = [column.name for column in delivered_columns(entity, batch.columns) if column.kind == "instant" and column.name not in PLANNED]
    if not told:
        return None
    newest = ", ".join(f"max({quoted(name)}) FILTER ({quoted(name)} <= CAST({literal(batch.fetched_at)} AS TIMESTAMPTZ))" for name in told)
    found = warehouse.execute(f"SELECT CAST(greatest({newest}) AS VARCHAR) FROM staging.{table}").fetchone()  # noqa: S608
    return str(found[0]) if found and found[0] else None


def _commonest_fault(warehouse: duckdb.DuckDBPyConnection, table: str) -> str:
    found = warehouse.execute(
        f"SELECT column_name || ': ' || reason FROM reject.{table} GROUP BY ALL ORDER BY count(*) DESC LIMIT 1"  # noqa: S608
    ).fetchone()
    return f"most often {found[0]}" if found else "no row was left"


def _all_columns(warehouse: duckdb.DuckDBPyConnection, source: str, entity: Entity) -> str:
    """The staged table's columns, NULL in place of those that the source does not deliver."""
    table = f"{source}__{entity.name}"
    rows = warehouse.execute("SELECT column_name FROM duckdb_columns() WHERE schema_name = 'staging' AND table_name = ?", [table]).fetchall()
    present = {name for (name,) in rows}
    return ", ".join(quoted(name) if name in present else f"CAST(NULL AS {kind}) AS {quoted(name)}" for name, kind in staged_columns(entity).items())


def _day_name(column: Column) -> str:
    return column.name.removesuffix("_at") + "_on"


def _text(column: Column) -> str:
    return quoted(f"{column.name}.text")


def _fault(column: Column) -> str:
    return quoted(f"{column.name}.fault")
