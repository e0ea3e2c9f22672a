"""Where the rows of every landed batch went, counted for each fate by itself: that they add up is the proof that none was lost."""

from __future__ import annotations

from collections import Counter

import duckdb

from data.run_history import EntityAccount
from etl.contract import ENTITY
from etl.landing.batches import Chain
from etl.model.warehouse import superseded_rows
from etl.staging.casts import literal, quoted

PLANNED = ("due_at", "disabled_at")
"""Instants that are set beforehand: they say nothing of how fresh the data are."""


def accounts_of(warehouse: duckdb.DuckDBPyConnection, chain: Chain) -> list[EntityAccount]:
    """The account of each batch of a chain that is staged, as it stands now.

    A row that came once more as it was, or went again, is no second row: it counts as a duplicate. Raises RuntimeError where an account does not come
    out, or where not as many rows ceased to stand as the batches say.
    """
    table = quoted(f"{chain.source}__{chain.entity}")
    loaded, duplicate, rejected = (rows_by_batch(warehouse, f"{schema}.{table}") for schema in ("staging", "duplicate", "reject"))
    superseded = superseded_rows(warehouse, chain)
    accounts = []
    for number, batch in enumerate(chain.batches):
        account = EntityAccount(
            batch.source,
            batch.entity,
            batch.batch,
            batch.fetched_at,
            batch.rows_in,
            loaded[number],
            duplicate[number] + batch.rows_known + superseded[number],
            batch.rows_filtered,
            rejected[number],
            _newest_instant(warehouse, chain, number, batch.fetched_at),
            dict(batch.left_out),
        )
        if not account.adds_up:
            raise _does_not_add_up(account)
        accounts.append(account)
    if superseded.total() != sum(batch.rows_removed for batch in chain.batches):
        raise _does_not_add_up(accounts[-1])
    return accounts


def rows_by_batch(warehouse: duckdb.DuckDBPyConnection, table: str) -> Counter[int]:
    """Rows of a table by the place of their batch in the chain; of the large first batch only the rows that are not of a later one."""
    (rows,) = warehouse.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)  # noqa: S608
    later = dict(warehouse.execute(f"SELECT batch_no, count(*) FROM {table} WHERE batch_no > 0 GROUP BY batch_no").fetchall())  # noqa: S608
    return Counter({0: rows - sum(later.values()), **later})


def _does_not_add_up(account: EntityAccount) -> RuntimeError:
    return RuntimeError(
        f"{account.source}, {account.entity}, batch {account.batch}: {account.rows_in} rows came in, but {account.rows_loaded} were loaded, "
        f"{account.rows_duplicate} duplicate, {account.rows_filtered} filtered and {account.rows_rejected} rejected. "
        "This is a fault of the program; nothing was published."
    )


def _newest_instant(warehouse: duckdb.DuckDBPyConnection, chain: Chain, number: int, fetched_at: str) -> str | None:
    """The newest instant of a batch's staged rows that is no plan, and no typing error that lies after the fetch."""
    columns = [column for column in ENTITY[chain.entity].columns if column.name in chain.columns]
    instants = [quoted(column.name) for column in columns if column.kind == "instant" and column.name not in PLANNED]
    if not instants:
        return None
    latest = ", ".join(f"max({name}) FILTER ({name} <= CAST({literal(fetched_at)} AS TIMESTAMPTZ))" for name in instants)
    table = quoted(f"{chain.source}__{chain.entity}")
    found = warehouse.execute(f"SELECT CAST(greatest({latest}) AS VARCHAR) FROM staging.{table} WHERE batch_no = {number}").fetchone()  # noqa: S608
    return str(found[0]) if found and found[0] else None
