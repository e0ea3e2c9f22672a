"""What sources told of people before: accounts and assignments that are gone since, and since when a flag says that an account is activated.

`var/landing/<source>/<entity>.remembered-<hash>.parquet` holds every row that was ever understood, with GONE_AT (when it was first missing; empty
while it stands) and ACTIVE_AT (when the flag was first seen). Its columns are the staged ones, in which people are pseudonyms. It is brought up to
date by each run, and read by rebuilds too; `vanban etl prune` leaves it, because periods that are over rest on it. Its name holds a part of its
SHA-256: a damaged one is told from a whole one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data.errors import ConfigurationError
from data.paths import Home
from etl.contract import ENTITY
from etl.runs.durable_files import UNFINISHED, put_in_place, sha256_of
from etl.staging.casts import literal, quoted
from etl.staging.stage import PEOPLE, staged_columns

GONE_AT, ACTIVE_AT = "gone_at", "active_at"
_REMEMBERED, _ENDING = ".remembered-", ".parquet"


@dataclass(frozen=True)
class PeopleOf:
    """One source of accounts: what it was fetched at, and whether it keeps those that are gone."""

    source: str
    fetched_at: str
    keeps: bool


def add_remembered_people(warehouse: duckdb.DuckDBPyConnection, home: Home, sources: Sequence[PeopleOf], time_zone: str) -> list[str]:
    """Fills `canonical.kept_account` and `kept_account_assignment` (gone, but kept: views of the entity show them too), and makes
    `canonical.gone_account` (account_key) and `canonical.activation_seen` (account_key, seen_on).

    Returns what is to be told of accounts that have gone since the last run. Raises ConfigurationError where what is remembered of people to be kept
    is damaged.
    """
    told = []
    warehouse.execute(
        "CREATE OR REPLACE TABLE canonical.gone_account (account_key UUID); "
        "CREATE OR REPLACE TABLE canonical.activation_seen (account_key UUID, seen_on DATE)"
    )
    zone = literal(time_zone)
    for one in sources:
        for entity in PEOPLE:
            newly_gone = _remember(warehouse, home, one, entity)
            if entity == "account":
                warehouse.execute(
                    f"""
                    INSERT INTO canonical.gone_account SELECT account_key FROM remembered WHERE {GONE_AT} IS NOT NULL;
                    INSERT INTO canonical.activation_seen
                    SELECT account_key, CAST(timezone({zone}, {ACTIVE_AT}) AS DATE) FROM remembered WHERE {ACTIVE_AT} IS NOT NULL
                    """  # noqa: S608
                )
            if one.keeps:
                _keep(warehouse, one.source, entity, zone)
            elif entity == "account" and newly_gone:
                told.append(
                    f"source {one.source}: {newly_gone} accounts are gone from the source since the last run, and with them from earlier periods. "
                    'Write vanished = "keep" below [entities.account] in source.toml to keep the periods as they were.'
                )
    return told


def _remember(warehouse: duckdb.DuckDBPyConnection, home: Home, one: PeopleOf, entity: str) -> int:
    """Makes the temporary table `remembered` and writes it down; how many rows are newly gone. Raises as `_whole_file` does."""
    folder = home.landing / one.source
    before = _whole_file(folder, entity, one)
    columns = staged_columns(ENTITY[entity])
    warehouse.execute(
        f"CREATE OR REPLACE TEMP TABLE before ({', '.join(f'{quoted(name)} {kind}' for name, kind in columns.items())}, "
        f"{GONE_AT} TIMESTAMPTZ, {ACTIVE_AT} TIMESTAMPTZ)"
    )
    if before:  # one of an earlier version may lack columns
        warehouse.execute(f"INSERT INTO before BY NAME SELECT * FROM read_parquet({literal(before.as_posix())})")  # noqa: S608
    names = ", ".join(f"stands.{quoted(name)}" for name in columns)
    alike = " AND ".join(f"stands.{quoted(name)} = before.{quoted(name)}" for name in ENTITY[entity].key)
    now = f"CAST({literal(one.fetched_at)} AS TIMESTAMPTZ)"
    is_active = "stands.is_activated" if "is_activated" in columns else "false"
    warehouse.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE remembered AS
        WITH stands AS (SELECT * FROM canonical.{entity} WHERE source = {literal(one.source)})
        SELECT {names}, CAST(NULL AS TIMESTAMPTZ) AS {GONE_AT}, CASE WHEN {is_active} THEN coalesce(before.{ACTIVE_AT}, {now}) END AS {ACTIVE_AT}
        FROM stands LEFT JOIN before ON {alike}
        UNION ALL BY NAME
        SELECT before.* REPLACE (coalesce(before.{GONE_AT}, {now}) AS {GONE_AT}) FROM before ANTI JOIN stands ON {alike}
        """  # noqa: S608
    )
    _write(warehouse, folder, entity)
    stand = f"(FROM remembered WHERE {GONE_AT} IS NULL) stands"
    newly = warehouse.execute(f"SELECT count(*) FROM before ANTI JOIN {stand} ON {alike} WHERE {GONE_AT} IS NULL")  # noqa: S608
    return int((newly.fetchone() or (0,))[0])


def _keep(warehouse: duckdb.DuckDBPyConnection, source: str, entity: str, zone: str) -> None:
    """An account that is gone counts as disabled from the day on which it was first missing; its assignments stay as they were."""
    columns = ", ".join(quoted(name) for name in staged_columns(ENTITY[entity]))
    condition = "" if entity == "account" else "AND account_key IN (SELECT account_key FROM canonical.kept_account)"
    gone = f"SELECT {literal(source)} AS source, {columns} FROM remembered WHERE {GONE_AT} IS NOT NULL {condition}"  # noqa: S608
    warehouse.execute(f"INSERT INTO canonical.kept_{entity} BY NAME {gone}")
    if entity == "account":
        warehouse.execute(
            f"""
            UPDATE canonical.kept_account kept SET disabled_at = gone.{GONE_AT}, disabled_on = CAST(timezone({zone}, gone.{GONE_AT}) AS DATE)
            FROM remembered gone WHERE gone.account_key = kept.account_key AND (kept.disabled_at IS NULL OR kept.disabled_at > gone.{GONE_AT})
            """  # noqa: S608
        )


def _whole_file(folder: Path, entity: str, one: PeopleOf) -> Path | None:
    """What the last run wrote; None where there is nothing. A damaged file is as good as none where nobody is kept.

    Raises ConfigurationError for a damaged one where people are kept: periods that are over would change without a word.
    """
    found = sorted(folder.glob(f"{entity}{_REMEMBERED}*{_ENDING}"))
    whole = [path for path in found if path.name == _name(entity, path)]
    if found and not whole and one.keeps:
        raise ConfigurationError(
            f"source {one.source}: {found[-1]}, which remembers who is gone from the source, is damaged. Restore it from a backup and run again. "
            "Without one remove it: then those who are gone are gone from earlier periods too."
        )
    return whole[-1] if whole else None


def _name(entity: str, path: Path) -> str:
    return f"{entity}{_REMEMBERED}{sha256_of(path)[:16]}{_ENDING}"


def _write(warehouse: duckdb.DuckDBPyConnection, folder: Path, entity: str) -> None:
    """Puts the new file beside the old one and removes that then: a run that is killed between them leaves two, either of which will do."""
    unfinished = folder / f"{entity}{_REMEMBERED}{_ENDING}{UNFINISHED}"
    folder.mkdir(parents=True, exist_ok=True)
    warehouse.execute(f"COPY (SELECT * FROM remembered ORDER BY ALL) TO {literal(unfinished.as_posix())} (FORMAT parquet, COMPRESSION zstd)")  # noqa: S608
    final = folder / _name(entity, unfinished)
    if final.is_file() and _name(entity, final) == final.name:
        unfinished.unlink()
    else:
        put_in_place(unfinished, final)
    for path in folder.glob(f"{entity}{_REMEMBERED}*{_ENDING}"):
        if path != final:
            path.unlink(missing_ok=True)
