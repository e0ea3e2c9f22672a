"""Reads a published snapshot: one DuckDB file, opened read-only and locked down (promises.md, S5)."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import polars as pl

from data.errors import VanbanError
from data.snapshot import COLUMNS, SCHEMA_VERSION, OtherSchema, UnreadableSnapshot, other_table, sums_of
from metrics.engines import Made, SnapshotInfo
from metrics.engines.computed_once import ComputedOnce

MEMORY_LIMIT = "1GiB"
DEADLINE_S = 10.0
"""How long one question may take: a page that somebody looks at has been left by then, and the others wait for its processor."""

LOOKED_AT_EVERY_S = 0.1
"""A thread for each question would cost more than many a question does."""


class QueryTooSlow(VanbanError):
    """A question was cancelled at its deadline."""


class DuckDBFile:
    """An open file; each query runs on a cursor of its own, so threads may share it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, deadline_s: float = DEADLINE_S) -> None:
        self._connection = connection
        self._opening_cursor = threading.Lock()
        self._deadline_s = deadline_s

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> pl.DataFrame:
        with self._opening_cursor:
            cursor = self._connection.cursor()
        try:
            with _DEADLINES.within(cursor, self._deadline_s):
                return cursor.execute(sql, dict(params) if params else None).pl()
        finally:
            cursor.close()

    def close(self) -> None:
        self._connection.close()


class DuckDBSnapshot(DuckDBFile):
    """An open snapshot file, and the file of its sums once there is one."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path, deadline_s: float = DEADLINE_S) -> None:
        super().__init__(connection, deadline_s)
        self.path = path
        self._derived = ComputedOnce(1000)
        self._info = _verified_info(connection, path)
        self._sums: DuckDBFile | None = None
        self._opening_sums = threading.Lock()

    @property
    def name(self) -> str:
        return self._info.snapshot

    @property
    def info(self) -> SnapshotInfo:
        return self._info

    @property
    def sums(self) -> DuckDBFile | None:
        # They come after the snapshot, which a server may have opened by then.
        if self._sums is None and (path := sums_of(self.path)).is_file():
            with self._opening_sums, contextlib.suppress(duckdb.Error):  # a damaged one is as none
                self._sums = self._sums or DuckDBFile(_locked_connection(path), self._deadline_s)
        return self._sums

    def derived(self, name: str, make: Callable[[], Made]) -> Made:
        return self._derived.get(name, make)

    def close(self) -> None:
        super().close()
        if self._sums is not None:
            self._sums.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()


@dataclass
class _Deadlines:
    """Cancels questions that take too long: one thread for all of them, which is there while any is asked."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _asked: dict[int, tuple[float, duckdb.DuckDBPyConnection]] = field(default_factory=dict)
    _watching: threading.Thread | None = None

    @contextlib.contextmanager
    def within(self, cursor: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
        """Cancels what the cursor does at the end of its time, and raises QueryTooSlow; its parent's `interrupt` would not reach it."""
        with self._lock:
            self._asked[id(cursor)] = (time.monotonic() + seconds, cursor)
            if self._watching is None or not self._watching.is_alive():
                self._watching = threading.Thread(target=self._watch, daemon=True)
                self._watching.start()
        try:
            yield
        except duckdb.InterruptException:
            raise QueryTooSlow(f"The question took longer than {seconds:g} seconds and was cancelled. Ask for fewer days or for one unit.") from None
        finally:
            with self._lock:
                del self._asked[id(cursor)]

    def _watch(self) -> None:
        while True:
            time.sleep(LOOKED_AT_EVERY_S)
            with self._lock:
                if not self._asked:
                    self._watching = None
                    return
                now = time.monotonic()
                for end, cursor in self._asked.values():
                    if end <= now:
                        with contextlib.suppress(duckdb.Error):  # it ended in this very moment
                            cursor.interrupt()


_DEADLINES = _Deadlines()


def open_snapshot(path: Path, deadline_s: float = DEADLINE_S) -> DuckDBSnapshot:
    """Open a snapshot file for reading; use it as a context manager or `close` it.

    A question to it that takes longer than `deadline_s` raises QueryTooSlow.
    Raises UnreadableSnapshot where the file is missing or damaged, OtherSchema where another version of the program wrote it.
    """
    if not path.is_file():
        raise UnreadableSnapshot(f"There is no snapshot {path}. Run `vanban etl run` to publish one.")
    try:
        connection = _locked_connection(path)
    except duckdb.Error as error:
        raise UnreadableSnapshot(f"The snapshot {path.name} cannot be read: it is damaged or no snapshot. Run `vanban etl rebuild`.") from error
    try:
        return DuckDBSnapshot(connection, path, deadline_s)
    except BaseException:
        connection.close()
        raise


def _locked_connection(path: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
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


def _verified_info(connection: duckdb.DuckDBPyConnection, path: Path) -> SnapshotInfo:
    """Compare tables, columns and schema version with `data.snapshot` before anyone reads a figure."""
    way_out = "Run `vanban etl run` with this version of the program."
    columns = connection.execute(COLUMNS).fetchall()
    if not any((table, column) == ("snapshot_info", "schema_version") for table, column, _ in columns):
        raise UnreadableSnapshot(f"{path.name} is no snapshot. {way_out}")
    versions = connection.execute("SELECT schema_version FROM snapshot_info").fetchall()
    if len(versions) != 1:
        raise UnreadableSnapshot(f"{path.name} is no snapshot: it has no one schema version. {way_out}")
    ((found,),) = versions
    if found > SCHEMA_VERSION:
        way_out = "A newer version of the program wrote it: start that one, or restore the backup that was made before the upgrade."
    if found != SCHEMA_VERSION:
        raise OtherSchema(f"The snapshot {path.name} has schema version {found}, this program reads {SCHEMA_VERSION}. {way_out}", found)
    if table := other_table(columns):
        raise OtherSchema(f"In the snapshot {path.name} the table {table} is missing or has other columns. {way_out}", found)
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
