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
from etl.batches import Chain, standing_rows
from etl.casts import TYPES, Zones, cleaned, fault, literal, local_day, quoted, value
from etl.contract import ENTITIES, ENTITY, Column, Entity
from etl.history import EntityAccount
from etl.pseudonym import Pseudonyms
from etl.sources.source import REFUSED, REFUSED_AT

_CHUNK = 50_000

PLANNED = ("due_at", "disabled_at")
"""Instants that are set beforehand: they say nothing of how fresh the data are."""

RECORD = "record"
"""Stands as the column's name where a whole line or file was refused."""


def stage(warehouse: duckdb.DuckDBPyConnection, home: Home, chain: Chain, zones: Zones, pseudonyms: Pseudonyms) -> list[EntityAccount]:
    """Fills `staging.<source>__<entity>`, `duplicate.<source>__<entity>` (what lost against a row of the same key) and
    `reject.<source>__<entity>` from a chain; the account of each of its batches.

    Raises DataRefused when nothing of an entity without which no figure can be computed was usable; RuntimeError when the account does not come out.
    """
    entity = ENTITY[chain.entity]
    columns = delivered_columns(entity, chain.columns)
    landed = f"({standing_rows(home, chain)})"
    table = quoted(f"{chain.source}__{chain.entity}")
    warehouse.execute("CREATE SCHEMA IF NOT EXISTS staging; CREATE SCHEMA IF NOT EXISTS duplicate; CREATE SCHEMA IF NOT EXISTS reject")
    warehouse.execute(f"CREATE OR REPLACE TEMP TABLE parsed AS {parsing(landed, columns, zones, chain.has_refused)}")
    _make_distinct(warehouse, table, entity, columns, zones)
    _keep_rejects(warehouse, table, landed, chain, columns, pseudonyms)
    accounts = _accounts(warehouse, table, entity, chain)
    warehouse.execute("DROP TABLE parsed")
    if entity.is_mandatory and not any(account.rows_loaded for account in accounts):
        raise DataRefused(
            f"source {chain.source}: none of the {sum(account.rows_in for account in accounts)} rows of {entity.name} could be used "
            f"({_commonest_fault(warehouse, table)}). What was published before stays. "
            f"Run `vanban source check {chain.source}` to see what is wrong."
        )
    return accounts


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


def parsing(landed: str, columns: Sequence[Column], zones: Zones, has_refused: bool = False, place: str = "batch_no, ordinal") -> str:
    """Every row of `landed` with its values, and the first thing wrong with it as fault_column and fault_reason.

    `landed` has columns of text and those that say where a row stands (`place`); with `has_refused` also REFUSED: a line or file that the source
    could not read is wrong as a whole, under RECORD.
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
        WITH cleaned AS (SELECT {place}, {refused} AS {REFUSED}, {texts} FROM {landed}),
        valued AS (SELECT {place}, {REFUSED}, {values} FROM cleaned),
        judged AS (SELECT {place}, {REFUSED}, {kept}, {faults} FROM valued)
        SELECT {place}, {kept}, {first_column} AS fault_column, {first_reason} AS fault_reason FROM judged
    """  # noqa: S608 - names come from the contract


def _make_distinct(warehouse: duckdb.DuckDBPyConnection, table: str, entity: Entity, columns: Sequence[Column], zones: Zones) -> None:
    """Splits the usable rows of `parsed` into one per key and the others."""
    key = ", ".join(quoted(name) for name in entity.key)
    selected = ["batch_no"]
    for column in columns:
        selected.append(quoted(column.name))
        if column.kind == "instant":
            selected.append(f"{local_day(quoted(column.name), zones)} AS {quoted(_day_name(column))}")
    chosen = ", ".join(selected)
    usable = "FROM parsed WHERE fault_reason IS NULL"
    # Only keys that stand several times are sorted: a window over all rows would cost several times as much.
    warehouse.execute(f"CREATE OR REPLACE TEMP TABLE repeated_key AS SELECT {key} {usable} GROUP BY {key} HAVING count(*) > 1")
    warehouse.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE repeated AS
        SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY {_preference(entity, columns)}) AS place
        FROM (SELECT parsed.* FROM parsed SEMI JOIN repeated_key USING ({key}) WHERE fault_reason IS NULL)
        """  # noqa: S608
    )
    once = f"SELECT {chosen} FROM parsed ANTI JOIN repeated_key USING ({key}) WHERE fault_reason IS NULL"  # noqa: S608
    if not warehouse.execute("SELECT 1 FROM repeated_key LIMIT 1").fetchone():
        once = f"SELECT {chosen} {usable}"
    warehouse.execute(f"CREATE OR REPLACE TABLE staging.{table} AS {once} UNION ALL SELECT {chosen} FROM repeated WHERE place = 1")  # noqa: S608
    warehouse.execute(f"CREATE OR REPLACE TABLE duplicate.{table} AS SELECT {chosen} FROM repeated WHERE place > 1")  # noqa: S608
    warehouse.execute("DROP TABLE repeated; DROP TABLE repeated_key")


def _preference(entity: Entity, columns: Sequence[Column]) -> str:
    """Which of several rows with one key stands: by content, and of rows alike the one that came first."""
    others = [f"{quoted(column.name)} DESC NULLS LAST" for column in columns if column.name not in entity.key]
    return ", ".join([*others, "batch_no"])


def _keep_rejects(
    warehouse: duckdb.DuckDBPyConnection, table: str, landed: str, chain: Chain, columns: Sequence[Column], pseudonyms: Pseudonyms
) -> None:
    """Writes down which rows were refused and why, with a keyed fingerprint in place of what they held."""
    warehouse.execute(
        f"CREATE OR REPLACE TABLE reject.{table} "
        "(batch_no INTEGER, batch VARCHAR, ordinal BIGINT, column_name VARCHAR, reason VARCHAR, row_hash VARCHAR)"
    )
    if not warehouse.execute("SELECT 1 FROM parsed WHERE fault_reason IS NOT NULL LIMIT 1").fetchone():
        return
    # Each text with its length before it: without that, two rows could make one string.
    row = " || ".join(f"coalesce(length({quoted(column.name)}) || ':' || {quoted(column.name)}, '-')" for column in columns)
    refused_at = REFUSED_AT if chain.has_refused else "CAST(NULL AS BIGINT)"
    warehouse.execute(
        f"""
        SELECT batch_no, coalesce(refused_at, parsed.ordinal), fault_column, fault_reason, landed.row
        FROM parsed
        JOIN (SELECT batch_no, ordinal, {refused_at} AS refused_at, {row} AS row FROM {landed}) landed
        USING (batch_no, ordinal) WHERE fault_reason IS NOT NULL ORDER BY batch_no, ordinal
        """  # noqa: S608
    )
    refused = []
    while rows := warehouse.fetchmany(_CHUNK):
        numbers, ordinals, names, reasons, texts = zip(*rows, strict=True)
        refused.append(
            pa.table(
                {
                    "batch_no": pa.array(numbers, pa.int32()),
                    "batch": [chain.batches[number].batch for number in numbers],
                    "ordinal": pa.array(ordinals, pa.int64()),
                    "column_name": names,
                    "reason": reasons,
                    "row_hash": [pseudonyms.row_hash(text) for text in texts],
                }
            )
        )
    warehouse.register("refused", pa.concat_tables(refused))
    warehouse.execute(f"INSERT INTO reject.{table} SELECT * FROM refused")  # noqa: S608
    warehouse.unregister("refused")


def _accounts(warehouse: duckdb.DuckDBPyConnection, table: str, entity: Entity, chain: Chain) -> list[EntityAccount]:
    """Counts each fate by itself; that they add up to what the source counted is the proof that no row was lost."""
    standing, loaded, duplicate, rejected = (
        dict(warehouse.execute(f"SELECT batch_no, count(*) FROM {rows} GROUP BY batch_no").fetchall())  # noqa: S608
        for rows in ("parsed", f"staging.{table}", f"duplicate.{table}", f"reject.{table}")
    )
    newest_at = _newest(warehouse, table, entity, chain)
    accounts = []
    went = sum(batch.rows_removed for batch in chain.batches)
    for number, batch in enumerate(chain.batches):
        # A row that went again, or came once more as it was, is no second row.
        superseded = batch.rows_landed - standing.get(number, 0)
        went -= superseded
        account = EntityAccount(
            batch.source,
            batch.entity,
            batch.batch,
            batch.fetched_at,
            batch.rows_in,
            loaded.get(number, 0),
            duplicate.get(number, 0) + batch.rows_known + superseded,
            batch.rows_filtered,
            rejected.get(number, 0),
            newest_at.get(number),
        )
        if superseded < 0 or not account.adds_up:
            raise _does_not_add_up(account)
        accounts.append(account)
    if went:
        raise _does_not_add_up(accounts[-1])
    return accounts


def _does_not_add_up(account: EntityAccount) -> RuntimeError:
    return RuntimeError(
        f"{account.source}, {account.entity}, batch {account.batch}: {account.rows_in} rows came in, but {account.rows_loaded} were loaded, "
        f"{account.rows_duplicate} duplicate, {account.rows_filtered} filtered and {account.rows_rejected} rejected. "
        "This is a fault of the program; nothing was published."
    )


def _newest(warehouse: duckdb.DuckDBPyConnection, table: str, entity: Entity, chain: Chain) -> dict[int, str]:
    """By batch, the newest instant of the staged rows that is no plan, and no typing error that lies after the fetch."""
    told = [column.name for column in delivered_columns(entity, chain.columns) if column.kind == "instant" and column.name not in PLANNED]
    if not told:
        return {}
    newest = {}
    for number, fetched_at in enumerate(batch.fetched_at for batch in chain.batches):
        latest = ", ".join(f"max({quoted(name)}) FILTER ({quoted(name)} <= CAST({literal(fetched_at)} AS TIMESTAMPTZ))" for name in told)
        found = warehouse.execute(f"SELECT CAST(greatest({latest}) AS VARCHAR) FROM staging.{table} WHERE batch_no = {number}").fetchone()  # noqa: S608
        if found and found[0]:
            newest[number] = str(found[0])
    return newest


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
