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
    # A flag says nothing of the days before it was first read, and last logins nothing of those before the last day.
    warehouse.execute(
        """
        UPDATE canonical.delivered SET from_on = (
            SELECT coalesce(min(seen.seen_on), (SELECT max(cutoff_on) FROM canonical.span))
            FROM canonical.activation_seen seen JOIN canonical.account account ON account.account_key = seen.account_key
            WHERE account.source = delivered.source
        ) WHERE entity = 'account' AND column_name = 'is_activated';
        UPDATE canonical.delivered SET column_name = 'kind=last_login', from_on = greatest(from_on, to_on)
        WHERE entity = 'access_event' AND column_name = 'kind=login' AND source IN (SELECT source FROM canonical.last_login_only)
        """
    )


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
