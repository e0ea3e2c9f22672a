"""What the sources deliver, column by column, and of which days: the table `delivered` of the snapshot (docs/decisions/0011-unknown-is-not-zero.md).

A column that a query names but that is empty in every row is not delivered. A word of a column whose words come apart (`is_told_apart`: the kinds of
events, the directions of documents, the channels) is delivered by itself, as `column=word`. From the first day with a value to the last day of the
source's entity; what has no day of its own (units, accounts, declarations) holds for all days.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from etl.contract import ENTITIES, Entity
from etl.staging.casts import OPEN_END, OPEN_START, literal, quoted


def make_delivered(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Makes `canonical.delivered` out of the canonical entities and `canonical.span`."""
    selects = " UNION ALL ".join(_select(entity) for entity in ENTITIES)
    warehouse.execute(f"CREATE OR REPLACE TABLE canonical.delivered AS {selects}")


def _select(entity: Entity) -> str:
    """One pass over the entity: source, entity, column_name, from_on, to_on, with empty days for what a source does not deliver."""
    day = f"CASE WHEN {entity.day} <= cutoff_on THEN {entity.day} END" if entity.day else f"DATE '{OPEN_START}'"
    last = "max(day)" if entity.day else f"DATE '{OPEN_END}'"
    conditions = dict(_conditions(entity))
    firsts = ", ".join(f"min(day) FILTER ({condition}) AS {quoted(name)}" for name, condition in conditions.items())
    rows = f"SELECT *, {day} AS day FROM canonical.{entity.name}, canonical.span"  # noqa: S608 - names of this program
    found = f"SELECT source, {last} AS until_day, {firsts} FROM ({rows}) GROUP BY source"  # noqa: S608
    unpivoted = f"UNPIVOT ({found}) ON {', '.join(map(quoted, conditions))} INTO NAME column_name VALUE since_day"
    return f"SELECT source, {literal(entity.name)} AS entity, column_name, since_day AS from_on, until_day AS to_on FROM ({unpivoted})"  # noqa: S608


def _conditions(entity: Entity) -> Iterator[tuple[str, str]]:
    for column in entity.columns:
        yield column.name, f"{quoted(column.name)} IS NOT NULL"
        if column.is_told_apart:
            for word in column.choices:
                yield f"{column.name}={word}", f"{quoted(column.name)} = {literal(word)}"
