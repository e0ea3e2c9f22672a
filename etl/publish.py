"""Publishes a built warehouse: a new file under a unique name, whole on disk before one pointer file is replaced.

A file in use is never replaced: DuckDB would go on reading the old one and could replay its log into the new one.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data.paths import Home
from data.snapshot import SCHEMA_VERSION, TABLES, NoSnapshot, Table, published_snapshot
from etl.casts import literal, quoted
from etl.durable_files import UNFINISHED, put_in_place, write_json
from etl.fail_points import reach


@dataclass(frozen=True)
class Published:
    """The snapshot that is in force."""

    snapshot: str
    content_hash: str
    cutoff_at: str | None


@dataclass(frozen=True)
class Facts:
    """What a snapshot says of itself, beside its tables."""

    time_zone: str
    is_synthetic: bool
    cutoff_at: str | None
    """ISO 8601, UTC: newest instant that the sources' data speak of; None where they speak of none."""
    first_on: str | None


def content_hash(warehouse: duckdb.DuckDBPyConnection, facts: Facts) -> str:
    """A fingerprint of all content tables in which the order of rows plays no part."""
    digest = hashlib.sha256(f"{SCHEMA_VERSION}|{facts.time_zone}|{facts.is_synthetic}".encode())
    for table in TABLES:
        if not table.is_content:
            continue
        # Separators that no text of a warehouse holds keep two rows from making one string.
        row = "concat_ws(chr(31), " + ", ".join(f"coalesce(CAST({quoted(name)} AS VARCHAR), chr(30))" for name in table.columns) + ")"
        counted = warehouse.execute(
            f"SELECT count(*), sum(md5_number_lower({row})), sum(md5_number_upper({row})) FROM core.{table.name}"  # noqa: S608
        ).fetchone()
        digest.update(f"|{table.name}:{counted}".encode())
    return digest.hexdigest()


def publish(warehouse: duckdb.DuckDBPyConnection, home: Home, facts: Facts, digest: str) -> Published:
    """Writes the snapshot and puts it in force; what was published before stays in force until the very end."""
    now = dt.datetime.now(dt.UTC)
    name = f"{now:%Y%m%dT%H%M%S}-{digest[:8]}"
    home.snapshots.mkdir(parents=True, exist_ok=True)
    final = home.snapshots / f"{name}.duckdb"
    if final.exists():  # published within the same second: the name is for people, it only has to be new
        name = f"{now:%Y%m%dT%H%M%S%f}-{digest[:8]}"
        final = home.snapshots / f"{name}.duckdb"
    _make_info(warehouse, name, now, facts, digest)
    unfinished = home.snapshots / f"{name}.duckdb{UNFINISHED}"
    _write(warehouse, unfinished.as_posix())
    reach("publish.written")
    _verify(unfinished.as_posix())
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
            (digest,) = snapshot.execute("SELECT content_hash FROM snapshot_info").fetchone() or ("",)
    except (NoSnapshot, OSError, ValueError, duckdb.Error):
        return None
    return Published(pointer["snapshot"], digest, pointer.get("cutoff_at"))


def old_snapshots(home: Home, keep: int) -> list[Path]:
    """All but the newest `keep` snapshots and the one in force, newest first."""
    current = in_force(home)
    snapshots = sorted(home.snapshots.glob("*.duckdb"), reverse=True)
    return [path for path in snapshots[keep:] if current is None or path.stem != current.snapshot]


def remove_old_snapshots(home: Home, keep: int) -> None:
    """Keeps the newest `keep` snapshots and the one in force. Whoever has one of the others open goes on reading it."""
    for path in old_snapshots(home, keep):
        with contextlib.suppress(PermissionError, FileNotFoundError):  # Windows keeps a file that is open; the next run removes it
            path.unlink()


def _make_info(warehouse: duckdb.DuckDBPyConnection, name: str, now: dt.datetime, facts: Facts, digest: str) -> None:
    info = next(table for table in TABLES if table.name == "snapshot_info")
    values = [name, SCHEMA_VERSION, now.isoformat(), facts.cutoff_at, facts.first_on, facts.time_zone, facts.is_synthetic, digest]
    casts = ", ".join(f"CAST(? AS {kind}) AS {quoted(column)}" for column, kind in info.columns.items())
    warehouse.execute(f"CREATE OR REPLACE TABLE core.snapshot_info AS SELECT {casts}", values)


def _write(warehouse: duckdb.DuckDBPyConnection, path: str) -> None:
    warehouse.execute(f"ATTACH {literal(path)} AS snapshot")
    try:
        for table in TABLES:
            columns = ", ".join(quoted(name) for name in table.columns)
            key = ", ".join(quoted(name) for name in table.key)
            warehouse.execute(f"CREATE TABLE snapshot.{table.name} AS SELECT {columns} FROM core.{table.name} ORDER BY {key}")  # noqa: S608
        warehouse.execute("CHECKPOINT snapshot")
    finally:
        warehouse.execute("DETACH snapshot")


def _verify(path: str) -> None:
    """Opens the written file as a reader would; raises RuntimeError where it is not what `data.snapshot` promises."""
    with duckdb.connect(path, read_only=True) as snapshot:
        for table in TABLES:
            found = snapshot.execute(
                "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index", [table.name]
            ).fetchall()
            if found != list(table.columns.items()):
                raise RuntimeError(f"{table.name} was written with columns {found}. This is a fault of the program; nothing was published.")
            _verify_rows(snapshot, table)


def _verify_rows(snapshot: duckdb.DuckDBPyConnection, table: Table) -> None:
    key = ", ".join(quoted(name) for name in table.key)
    flags = [name for name, kind in table.columns.items() if kind == "BOOLEAN"]
    empty = " OR ".join(f"{quoted(name)} IS NULL" for name in [*table.key, *flags])
    repeated, nulls = snapshot.execute(
        f"SELECT (SELECT count(*) FROM (SELECT {key} FROM {table.name} GROUP BY {key} HAVING count(*) > 1)), "  # noqa: S608
        f"(SELECT count(*) FROM {table.name} WHERE {empty})"
    ).fetchone() or (0, 0)
    if repeated or nulls:
        raise RuntimeError(
            f"{table.name} has {repeated} repeated keys and {nulls} empty flags or keys. This is a fault of the program; nothing was published."
        )
