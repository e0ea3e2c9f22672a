"""Rows of one delivery that have one key and say different things: for units an error that stops the run, for all else a count that is warned of.

A later delivery may say something new of a key: so a source tells changes, and it is no conflict. Rows that are alike are duplicates without a word.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from data.errors import DataRefused
from etl.contract import ENTITY
from etl.landing.batches import Chain
from etl.staging.casts import quoted

_OF_A_UNIT = ("name", "parent_code", "level")
"""What tells two units apart."""


def has_code_twice(warehouse: duckdb.DuckDBPyConnection, staged: str) -> bool:
    """Whether the table of staged units holds a code twice in one batch: only then is it worth parsing the rows again to see what they say."""
    repeated = f"SELECT 1 FROM {staged} GROUP BY unit_code, batch_no HAVING count(*) > 1 LIMIT 1"  # noqa: S608
    return warehouse.execute(repeated).fetchone() is not None


def refuse_codes_used_twice(warehouse: duckdb.DuckDBPyConnection, chain: Chain, usable: str) -> None:
    """Raises DataRefused where a code stands for two units; `usable` has batch_no, ordinal and the columns of units."""
    told = [name for name in _OF_A_UNIT if name in chain.columns]
    content = ", ".join(quoted(name) for name in told)
    parent = "parent_code" if "parent_code" in told else "NULL"
    rows = warehouse.execute(
        f"""
        SELECT unit_code, name, {parent}, ordinal + 1
        FROM (SELECT *, count(DISTINCT ({content})) OVER (PARTITION BY unit_code, batch_no) AS units FROM {usable} usable)
        WHERE units > 1 ORDER BY unit_code, ordinal
        """  # noqa: S608 - names come from the contract
    ).fetchall()
    if not rows:
        return
    code = rows[0][0]
    listed = "; ".join(f"row {place} is {name!r} {f'below {above}' if above else 'below none'}" for one, name, above, place in rows if one == code)
    codes = len({one for one, *_ in rows})
    more = f" So do {codes - 1} other codes." if codes > 1 else ""
    raise DataRefused(
        f"source {chain.source}: the code {code} stands for several units: of the rows that org_unit.sql delivers, {listed}.{more} "
        "Give each unit a code of its own, or let org_unit.sql select the row of each that is in force. What was published before stays."
    )


def make_key_conflicts(warehouse: duckdb.DuckDBPyConnection, chains: Sequence[Chain]) -> None:
    """Makes `canonical.key_conflict` (source, entity, keys): how many keys came with different content within one delivery."""
    warehouse.execute("CREATE OR REPLACE TABLE canonical.key_conflict (source VARCHAR, entity VARCHAR, keys BIGINT)")
    for chain in chains:
        keys = _conflicts(warehouse, chain)
        if keys:
            warehouse.execute("INSERT INTO canonical.key_conflict VALUES (?, ?, ?)", [chain.source, chain.entity, keys])


def _conflicts(warehouse: duckdb.DuckDBPyConnection, chain: Chain) -> int:
    entity = ENTITY[chain.entity]
    names = entity.key
    others = [quoted(column.name) for column in entity.columns if column.name in chain.columns and column.name not in names]
    table = quoted(f"{chain.source}__{chain.entity}")
    if not others or not warehouse.execute(f"SELECT 1 FROM duplicate.{table} LIMIT 1").fetchone():  # noqa: S608
        return 0
    key = ", ".join(quoted(name) for name in names)
    selected = f"batch_no, {key}, hash({', '.join(others)}) AS content"
    (keys,) = warehouse.execute(
        f"""
        SELECT count(*) FROM (
            SELECT {key} FROM (
                SELECT {selected} FROM duplicate.{table}
                UNION ALL SELECT {selected} FROM staging.{table} SEMI JOIN duplicate.{table} USING ({key})
            ) GROUP BY batch_no, {key} HAVING count(DISTINCT content) > 1
        )
        """  # noqa: S608
    ).fetchone() or (0,)
    return int(keys)
