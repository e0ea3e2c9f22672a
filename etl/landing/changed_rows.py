"""The difference between what a source delivered and what stands landed, as a batch of changes: rows that came and rows that went.

A row is its text in all columns, so that nothing has to be known of keys to add up a chain. Keys play a part only where a run asked for the newer
rows alone: there an older version of a row that came must go.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from data.errors import ConfigurationError
from data.paths import Home
from etl.landing.batches import MARKED, REMOVED, Batch, Chain, held_rows
from etl.sources.database.cursor import CursorKind, Since
from etl.staging.casts import literal, quoted

_ISO_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_SHAPES: dict[CursorKind, str] = {
    "number": "-?[0-9]{1,18}",
    "zoned": f"{_ISO_DAY}[ T][0-9:.]+(Z|[+-][0-9]{{2}}(:?[0-9]{{2}})*)",
    "local": f"{_ISO_DAY}([ T][0-9:.]+)?",
    "text": f"{_ISO_DAY}.*",
}
_TYPES: dict[CursorKind, str] = {"number": "BIGINT", "zoned": "TIMESTAMPTZ", "local": "TIMESTAMP", "text": "VARCHAR"}


@dataclass(frozen=True)
class Difference:
    """What a batch of changes holds, and how it came about."""

    came: int
    went: int
    known: int
    """Rows that were delivered and stand already."""


@dataclass(frozen=True)
class Reach:
    """How far the cursor of delivered rows goes."""

    kind: CursorKind
    newest: str | None
    """None where no row has a cursor that is not dated after the fetch."""


@contextlib.contextmanager
def difference_database(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB in memory for one difference; what does not fit goes to the home's builds and is gone afterwards."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": (home.builds / "increment.spill").as_posix(),
        "preserve_insertion_order": "false",
        "autoinstall_known_extensions": "false",
    }
    with duckdb.connect(":memory:", config=settings) as database:
        database.execute("SET TimeZone = 'UTC'")
        yield database


def typed(cursor: str, kind: CursorKind) -> str:
    """The cursor's text as a value that compares as it does in the source."""
    return quoted(cursor) if kind == "text" else f"TRY_CAST({quoted(cursor)} AS {_TYPES[kind]})"


def condition(since: Since) -> str:
    """The part of the rows that `since` asks for, as the source's own database understands it."""
    bound = since.bound if since.kind == "number" else f"CAST({literal(since.bound)} AS {_TYPES[since.kind]})"
    return f"coalesce({typed(since.column, since.kind)} >= {bound}, true)"


def reach_of(database: duckdb.DuckDBPyConnection, path: Path, cursor: str, kind: CursorKind | None, fetched_at: str, time_zone: str) -> Reach:
    """How the values of the cursor in a landed file compare, where the source did not tell, and the newest of them.

    Rows dated after the fetch are typing errors: they must not make a run pass over what is still to come.
    Raises ConfigurationError for values that are no cursor.
    """
    column, file = quoted(cursor), literal(path.as_posix())
    shapes = ", ".join(f"count(*) FILTER (NOT regexp_full_match({column}, {literal(shape)}))" for shape in _SHAPES.values())
    counted = database.execute(f"SELECT count({column}), {shapes} FROM read_parquet({file})").fetchone() or (0,)  # noqa: S608
    fitting = [name for name, others in zip(_SHAPES, counted[1:], strict=True) if not others]
    if not counted[0]:
        return Reach(kind or "text", None)
    chosen = kind or next((name for name in fitting if name != "text"), None)
    if chosen is None or chosen not in fitting:
        raise ConfigurationError(
            f"The cursor {cursor} holds values that are neither whole numbers nor instants such as 2024-07-01 08:00:00. Cast it in the query."
        )
    moment = dt.datetime.fromisoformat(fetched_at)
    now = {
        "number": "true",
        "zoned": f"{typed(cursor, 'zoned')} <= CAST({literal(fetched_at)} AS TIMESTAMPTZ)",
        "local": f"{typed(cursor, 'local')} <= TIMESTAMP {literal(f'{moment.astimezone(ZoneInfo(time_zone)):%Y-%m-%d %H:%M:%S}')}",
        "text": f"{column} < {literal((moment.date() + dt.timedelta(days=2)).isoformat())}",
    }[chosen]
    found = database.execute(f"SELECT CAST(max({typed(cursor, chosen)}) FILTER ({now}) AS VARCHAR) FROM read_parquet({file})").fetchone()  # noqa: S608
    return Reach(chosen, found[0] if found else None)


def marks_of(database: duckdb.DuckDBPyConnection, path: Path, cursor: str, kind: CursorKind) -> tuple[str, ...]:
    """The marks of a file that holds a whole batch."""
    values = f"SELECT file_row_number // {MARKED} AS stretch, {typed(cursor, kind)} AS value FROM read_parquet(?, file_row_number = true)"  # noqa: S608
    mark = "CASE WHEN bool_and(value IS NOT NULL) THEN CAST(max(value) AS VARCHAR) ELSE '' END"
    rows = database.execute(f"SELECT {mark} FROM ({values}) GROUP BY stretch ORDER BY stretch", [path.as_posix()]).fetchall()  # noqa: S608
    return tuple(str(mark) for (mark,) in rows)


def first_within(batch: Batch, since: Since) -> int:
    """The place before which a whole batch holds no row of `since`: so a night's work does not grow with the years before it."""
    if (batch.cursor, batch.cursor_kind) != (since.column, since.kind):
        return 0
    for place, mark in enumerate(batch.marks):
        if not mark or (int(mark) >= int(since.bound) if since.kind == "number" else mark >= since.bound):
            return place * MARKED
    return len(batch.marks) * MARKED


def is_older(database: duckdb.DuckDBPyConnection, kind: CursorKind, newest: str | None, watermark: str) -> bool:
    """Whether the newest row that a source has lies before the newest that was read from it."""
    if newest is None:
        return True
    (older,) = database.execute(f"SELECT CAST(? AS {_TYPES[kind]}) < CAST(? AS {_TYPES[kind]})", [newest, watermark]).fetchone() or (True,)
    return bool(older)


def has_other_rows(database: duckdb.DuckDBPyConnection, path: Path, since: Since) -> bool:
    """Whether the source delivered rows outside of what was asked for: then its database compares in another way than is known here."""
    (others,) = database.execute(
        f"SELECT count(*) FROM read_parquet({literal(path.as_posix())}) WHERE NOT {condition(since)}"  # noqa: S608
    ).fetchone() or (1,)
    return bool(others)


def older_bound(database: duckdb.DuckDBPyConnection, home: Home, chain: Chain, keys: Path, names: tuple[str, ...], since: Since) -> str:
    """Compares the keys and cursors that the source has (in the file `keys`) with those that stand; returns the bound from which rows must be read.

    Leaves the keys that are gone from the source altogether in the table `vanished`.
    """
    columns = ", ".join(quoted(name) for name in names)
    value = typed(since.column, since.kind)
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE compared AS
        SELECT {columns}, sum(has) AS has, sum(stands) AS stands
        FROM (
            SELECT {columns}, 1 AS has, 0 AS stands FROM read_parquet({literal(keys.as_posix())})
            UNION ALL SELECT {columns}, 0, CASE WHEN {REMOVED} THEN -1 ELSE 1 END FROM ({held_rows(home, chain)})
        ) GROUP BY {columns} HAVING sum(has) <> sum(stands)
        """  # noqa: S608
    )
    database.execute(f"CREATE OR REPLACE TEMP TABLE vanished AS SELECT {columns} FROM compared WHERE has = 0")  # noqa: S608
    instant = f"timezone('UTC', {value})" if since.kind == "zoned" else value
    earliest = value if since.kind == "number" else f"left(CAST({instant} AS VARCHAR), 10)"
    (found,) = database.execute(f"SELECT CAST(min({earliest}) AS VARCHAR) FROM compared WHERE has > 0").fetchone() or (None,)  # noqa: S608
    if found is None:
        return since.bound
    return str(min(int(found), int(since.bound))) if since.kind == "number" else min(str(found), since.bound)


def write_difference(
    database: duckdb.DuckDBPyConnection, home: Home, chain: Chain, delivered: Path, since: Since, key: tuple[str, ...], target: Path
) -> Difference:
    """Writes the batch of changes that the delivered rows of `since` make to the chain.

    With a table `vanished` (from `older_bound`), rows of those keys go too.
    """
    columns = ", ".join(chain.landed_columns)
    signed, near = (
        f"SELECT {columns}, CASE WHEN {REMOVED} THEN 1 ELSE -1 END AS n FROM ({held_rows(home, chain, row=row)})"  # noqa: S608
        for row in (0, first_within(chain.batches[0], since))
    )
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE difference AS
        SELECT {columns}, CAST(sum(n) AS BIGINT) AS n
        FROM (
            SELECT {columns}, 1 AS n FROM read_parquet({literal(delivered.as_posix())})
            UNION ALL {near} WHERE {condition(since)}
        ) GROUP BY {columns} HAVING sum(n) <> 0
        """  # noqa: S608
    )
    if since.column not in key and set(chain.columns) - set(key) - {since.column}:
        _remove_older(database, signed, f"NOT {condition(since)}", columns, "(SELECT * FROM difference WHERE n > 0)", key)
    if database.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'vanished'").fetchone():
        names = [name for (name,) in database.execute("SELECT column_name FROM duckdb_columns() WHERE table_name = 'vanished'").fetchall()]
        _remove_older(database, signed, f"NOT {condition(since)}", columns, "vanished", tuple(names))
        database.execute("CREATE OR REPLACE TEMP TABLE difference AS SELECT DISTINCT * FROM difference")  # a row may be gone for both reasons
    came, went, known = database.execute(
        f"""
        SELECT coalesce(sum(n) FILTER (n > 0), 0), coalesce(-sum(n) FILTER (n < 0), 0),
            (SELECT count(*) FROM read_parquet({literal(delivered.as_posix())})) - coalesce(sum(n) FILTER (n > 0), 0)
        FROM difference
        """  # noqa: S608
    ).fetchone() or (0, 0, 0)
    database.execute(
        f"COPY (SELECT {columns}, n < 0 AS {REMOVED} FROM (SELECT *, unnest(range(abs(n))) FROM difference)) "  # noqa: S608
        f"TO {literal(target.as_posix())} (FORMAT parquet, COMPRESSION zstd)"
    )
    return Difference(int(came), int(went), int(known))


def _remove_older(database: duckdb.DuckDBPyConnection, signed: str, outside: str, columns: str, others: str, key: tuple[str, ...]) -> None:
    """Adds to `difference` the rows before the part asked for that have a key of `others`."""
    alike = " AND ".join(f"older.{quoted(name)} IS NOT DISTINCT FROM newer.{quoted(name)}" for name in key)
    distinct = ", ".join(quoted(name) for name in key)
    database.execute(
        f"""
        INSERT INTO difference
        SELECT {columns}, CAST(sum(n) AS BIGINT)
        FROM (SELECT older.* FROM ({signed} WHERE {outside}) older SEMI JOIN (SELECT DISTINCT {distinct} FROM {others}) newer ON {alike}) gone
        GROUP BY {columns} HAVING sum(n) <> 0
        """  # noqa: S608
    )
