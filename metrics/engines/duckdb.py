"""Reads a published snapshot: one DuckDB file, opened read-only and locked down (promises.md, S5)."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import polars as pl

from data.errors import ConfigurationError, VanbanError
from data.snapshot import SCHEMA_VERSION, TABLES
from metrics.engines import Made, SnapshotInfo

MEMORY_LIMIT = "1GiB"
DEADLINE_S = 10.0
"""How long one question may take: a page that somebody looks at has been left by then, and the others wait for its processor."""


class UnreadableSnapshot(ConfigurationError):
    """The file is no snapshot of this version of the program."""


class QueryTooSlow(VanbanError):
    """A question was cancelled at its deadline."""


class DuckDBSnapshot:
    """An open snapshot file; each query runs on a cursor of its own, so threads may share it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path, deadline_s: float = DEADLINE_S) -> None:
        self._connection = connection
        self._opening_cursor = threading.Lock()
        self._deadline_s = deadline_s
        self.path = path
        self._derived: dict[str, Any] = {}
        self._info = _verified_info(connection, path)

    @property
    def name(self) -> str:
        return self._info.snapshot

    @property
    def info(self) -> SnapshotInfo:
        return self._info

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> pl.DataFrame:
        with self._opening_cursor:
            cursor = self._connection.cursor()
        try:
            with _deadline(cursor, self._deadline_s):
                return cursor.execute(sql, dict(params) if params else None).pl()
        finally:
            cursor.close()

    def derived(self, name: str, make: Callable[[], Made]) -> Made:
        if name not in self._derived:
            self._derived[name] = make()
        found: Made = self._derived[name]
        return found

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()


@contextlib.contextmanager
def _deadline(cursor: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Cancels what the cursor does when its time is over, and raises QueryTooSlow. The cursor itself: its parent's `interrupt` does not reach it."""
    timer = threading.Timer(seconds, _interrupt, (cursor,))
    timer.daemon = True
    timer.start()
    try:
        yield
    except duckdb.InterruptException:
        raise QueryTooSlow(f"The question took longer than {seconds:g} seconds and was cancelled. Ask for fewer days or for one unit.") from None
    finally:
        timer.cancel()


def _interrupt(cursor: duckdb.DuckDBPyConnection) -> None:
    with contextlib.suppress(duckdb.Error):  # it ended in this very moment
        cursor.interrupt()


def open_snapshot(path: Path, deadline_s: float = DEADLINE_S) -> DuckDBSnapshot:
    """Open a snapshot file for reading; use it as a context manager or `close` it.

    A question to it that takes longer than `deadline_s` raises QueryTooSlow.
    Raises UnreadableSnapshot where the file is missing, damaged, or of another schema version.
    """
    if not path.is_file():
        raise UnreadableSnapshot(f"There is no snapshot {path}. Run `vanban etl run` to publish one.")
    try:
        connection = duckdb.connect(
            str(path),
            read_only=True,
            config={
                "memory_limit": MEMORY_LIMIT,
                "max_temp_directory_size": "0B",
                "enable_external_access": "false",
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "lock_configuration": "true",
            },
        )
    except duckdb.Error as error:
        raise UnreadableSnapshot(f"The snapshot {path.name} cannot be read: it is damaged or no snapshot. Run `vanban etl rebuild`.") from error
    try:
        return DuckDBSnapshot(connection, path, deadline_s)
    except BaseException:
        connection.close()
        raise


def _verified_info(connection: duckdb.DuckDBPyConnection, path: Path) -> SnapshotInfo:
    """Compare tables, columns and schema version with `data.snapshot` before anyone reads a figure."""
    way_out = "Run `vanban etl run` with this version of the program."
    columns: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY table_name, column_index"
    ).fetchall():
        columns.setdefault(table, {})[column] = kind
    if "schema_version" not in columns.get("snapshot_info", {}):
        raise UnreadableSnapshot(f"{path.name} is no snapshot. {way_out}")
    versions = connection.execute("SELECT schema_version FROM snapshot_info").fetchall()
    if versions != [(SCHEMA_VERSION,)]:
        found = ", ".join(str(version) for (version,) in versions) or "none"
        raise UnreadableSnapshot(f"The snapshot {path.name} has schema version {found}, this program reads {SCHEMA_VERSION}. {way_out}")
    for table in TABLES:
        if columns.get(table.name) != table.columns:
            raise UnreadableSnapshot(f"In the snapshot {path.name} the table {table.name} is missing or has other columns. {way_out}")
    # Microseconds and not TIMESTAMPTZ, which would come back in whatever zone this machine is set to.
    row = connection.execute(
        "SELECT snapshot, schema_version, epoch_us(published_at), epoch_us(cutoff_at), first_on, time_zone, is_synthetic, content_hash"
        " FROM snapshot_info"
    ).fetchone()
    assert row is not None
    snapshot, version, published_us, cutoff_us, first_on, time_zone, is_synthetic, content_hash = row
    return SnapshotInfo(
        snapshot=snapshot,
        schema_version=version,
        published_at=_instant(published_us),
        cutoff_at=_instant(cutoff_us),
        first_on=first_on,
        time_zone=time_zone,
        is_synthetic=is_synthetic,
        content_hash=content_hash,
    )


def _instant(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds // 1_000_000, tz=UTC).replace(microsecond=microseconds % 1_000_000)
