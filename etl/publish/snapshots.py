"""Publishes a built warehouse: a new file under a unique name, whole on disk before one pointer file is replaced.

A file in use is never replaced: DuckDB would go on reading the old one and could replay its log into the new one.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data.paths import Home
from data.snapshot import COLUMNS, SCHEMA_VERSION, TABLE, TABLES, NoSnapshot, Table, other_table, published_snapshot
from etl.model.update import CoreUpdate
from etl.runs.durable_files import UNFINISHED, put_in_place, write_json
from etl.runs.fail_points import reach
from etl.staging.casts import literal, quoted

_MEMORY_TO_VERIFY = "256MiB"
"""Beside what the warehouse holds in the meantime."""
_MOST_FREE = 0.3
"""Part of a snapshot that may be free space before the next one is written whole."""


@dataclass(frozen=True)
class Published:
    """The snapshot that is in force."""

    snapshot: str
    content_hash: str
    cutoff_at: str | None
    is_of_this_program: bool = True
    """False where an earlier version of the program wrote it, which this one cannot read."""


@dataclass(frozen=True)
class Facts:
    """What a snapshot says of itself, beside its tables."""

    time_zone: str
    is_synthetic: bool
    cutoff_at: str | None
    """ISO 8601, UTC: newest instant that the sources' data speak of; None where they speak of none."""
    first_on: str | None


def publish(
    warehouse: duckdb.DuckDBPyConnection, home: Home, facts: Facts, digest: str, before: Published | None = None, update: CoreUpdate | None = None
) -> Published:
    """Writes the snapshot and puts it in force; what was published before stays in force until the very end.

    With `update`, a copy of the snapshot `before` is brought up to date, which must hold what the core tables held before that update.
    """
    now = dt.datetime.now(dt.UTC)
    name = f"{now:%Y%m%dT%H%M%S}-{digest[:8]}"
    home.snapshots.mkdir(parents=True, exist_ok=True)
    final = home.snapshots / f"{name}.duckdb"
    if any(home.snapshots.glob(f"{now:%Y%m%dT%H%M%S}*")):  # published within the same second: by their names the later one comes last
        name = f"{now:%Y%m%dT%H%M%S%f}-{digest[:8]}"
        final = home.snapshots / f"{name}.duckdb"
    _make_info(warehouse, name, now, facts, digest)
    unfinished = home.snapshots / f"{name}.duckdb{UNFINISHED}"
    if before is None or update is None or not _write_over(warehouse, home.snapshots / f"{before.snapshot}.duckdb", unfinished, update):
        unfinished.unlink(missing_ok=True)
        _write(warehouse, unfinished)
        update = None
    reach("publish.written")
    _verify(warehouse, unfinished.as_posix(), (home.builds / "published.spill").as_posix(), update)
    reach("publish.verified")
    put_in_place(unfinished, final)
    reach("publish.placed")
    published = Published(name, digest, facts.cutoff_at)
    write_json(
        home.pointer,
        {"snapshot": name, "content_hash": digest, "cutoff_at": facts.cutoff_at, "published_at": now.isoformat(timespec="seconds")},
    )
    reach("publish.in_force")
    return published


def in_force(home: Home) -> Published | None:
    """What is published now; None where nothing is, or where it is gone or cannot be opened any more."""
    try:
        path = published_snapshot(home.pointer)
        pointer = json.loads(home.pointer.read_text(encoding="utf-8"))
        with duckdb.connect(path.as_posix(), read_only=True) as snapshot:
            digest, version = snapshot.execute("SELECT content_hash, schema_version FROM snapshot_info").fetchone() or ("", 0)
            is_of_this_program = version == SCHEMA_VERSION and other_table(snapshot.execute(COLUMNS).fetchall()) is None
    except (NoSnapshot, OSError, ValueError, duckdb.Error):
        return None
    return Published(pointer["snapshot"], digest, pointer.get("cutoff_at"), is_of_this_program)


def old_snapshots(home: Home, keep: int) -> list[Path]:
    """All but the newest `keep` snapshots, the one in force and those that reports cite, newest first."""
    current = in_force(home)
    cited = _cited_snapshots(home)
    if cited is None:
        return []
    snapshots = sorted(home.snapshots.glob("*.duckdb"), reverse=True)
    return [path for path in snapshots[keep:] if path.stem not in cited and (current is None or path.stem != current.snapshot)]


def _cited_snapshots(home: Home) -> set[str] | None:
    """The snapshots that reports are bound to; None where a citation cannot be read, because then any of them may be meant."""
    try:
        return {str(json.loads(path.read_text(encoding="utf-8"))["snapshot"]) for path in home.pins.glob("*.json")}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remove_old_snapshots(home: Home, keep: int) -> None:
    """Keeps the newest `keep` snapshots, the one in force and those that reports cite. Whoever has one of the others open goes on reading it."""
    for path in old_snapshots(home, keep):
        with contextlib.suppress(PermissionError, FileNotFoundError):  # Windows keeps a file that is open; the next run removes it
            path.unlink()


def _make_info(warehouse: duckdb.DuckDBPyConnection, name: str, now: dt.datetime, facts: Facts, digest: str) -> None:
    values = [name, SCHEMA_VERSION, now.isoformat(), facts.cutoff_at, facts.first_on, facts.time_zone, facts.is_synthetic, digest]
    casts = ", ".join(f"CAST(? AS {kind}) AS {quoted(column)}" for column, kind in TABLE["snapshot_info"].columns.items())
    warehouse.execute(f"CREATE OR REPLACE TABLE core.snapshot_info AS SELECT {casts}", values)


def _write(warehouse: duckdb.DuckDBPyConnection, path: Path) -> None:
    with _attached(warehouse, path):
        for table in TABLES:
            warehouse.execute(f"CREATE TABLE snapshot.{table.name} AS {_rows_in_order(table, 'true')}")
        warehouse.execute("CHECKPOINT snapshot")


def _write_over(warehouse: duckdb.DuckDBPyConnection, before: Path, unfinished: Path, update: CoreUpdate) -> bool:
    """Copies the snapshot before and replaces the rows that were made anew; False where the copy would carry too much that nobody reads."""
    shutil.copyfile(before, unfinished)
    with _attached(warehouse, unfinished):
        size = "SELECT free_blocks, total_blocks FROM pragma_database_size() WHERE database_name = 'snapshot'"
        free, total = warehouse.execute(size).fetchone() or (0, 0)
        if free > total * _MOST_FREE:
            return False
        for table in TABLES:
            condition = update.conditions.get(table.name) if table.name in update.fingerprints else "true"
            if condition is not None:
                warehouse.execute(f"DELETE FROM snapshot.{table.name} WHERE {condition}")  # noqa: S608
                warehouse.execute(f"INSERT INTO snapshot.{table.name} {_rows_in_order(table, condition)}")
        warehouse.execute("CHECKPOINT snapshot")
        return True


@contextlib.contextmanager
def _attached(warehouse: duckdb.DuckDBPyConnection, path: Path) -> Iterator[None]:
    warehouse.execute(f"ATTACH {literal(path.as_posix())} AS snapshot")
    try:
        yield
    finally:
        warehouse.execute("DETACH snapshot")


def _rows_in_order(table: Table, condition: str) -> str:
    columns, key = (", ".join(quoted(name) for name in names) for names in (table.columns, table.key))
    return f"SELECT {columns} FROM core.{table.name} WHERE {condition} ORDER BY {key}"  # noqa: S608


def _verify(warehouse: duckdb.DuckDBPyConnection, path: str, spill: str, update: CoreUpdate | None) -> None:
    """Opens the written file as a reader would; raises RuntimeError where it is not what `data.snapshot` promises.

    Rows that were carried over were looked at when they were first written: of them the number alone is compared.
    """
    with duckdb.connect(path, read_only=True, config={"memory_limit": _MEMORY_TO_VERIFY, "temp_directory": spill}) as snapshot:
        if wrong := other_table(snapshot.execute(COLUMNS).fetchall()):
            raise RuntimeError(f"{wrong} was written with other columns than were promised. This is a fault of the program; nothing was published.")
        for table in TABLES:
            count = f"SELECT count(*) FROM {{}}{table.name}"  # noqa: S608
            if snapshot.execute(count.format("")).fetchone() != warehouse.execute(count.format("core.")).fetchone():
                raise RuntimeError(f"{table.name} was written with other rows than were made. This is a fault of the program; nothing was published.")
            is_carried = update is not None and table.name in update.fingerprints and update.conditions.get(table.name) != "true"
            if not is_carried:
                _verify_rows(snapshot, table, table.name)
    for name, condition in (update.conditions if update else {}).items():
        if condition != "true":
            _verify_rows(warehouse, TABLE[name], f"(SELECT * FROM core.{name} WHERE {condition})")  # noqa: S608


def _verify_rows(snapshot: duckdb.DuckDBPyConnection, table: Table, rows: str) -> None:
    key = ", ".join(quoted(name) for name in table.key)
    flags = [name for name, kind in table.columns.items() if kind == "BOOLEAN"]
    empty = " OR ".join(f"{quoted(name)} IS NULL" for name in [*table.key, *flags])
    twice = "SELECT count(*) FROM (SELECT 1 FROM {rows} GROUP BY {by} HAVING count(*) > 1)"
    repeated, nulls = snapshot.execute(
        f"SELECT ({twice.format(rows=rows, by=f'hash({key})')}), (SELECT count(*) FROM {rows} WHERE {empty})"  # noqa: S608
    ).fetchone() or (0, 0)
    if repeated:  # or two keys have one hash
        (repeated,) = snapshot.execute(twice.format(rows=rows, by=key)).fetchone() or (0,)
    if repeated or nulls:
        raise RuntimeError(
            f"{table.name} has {repeated} repeated keys and {nulls} empty flags or keys. This is a fault of the program; nothing was published."
        )
