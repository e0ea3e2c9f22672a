"""Asks a Spark of a published snapshot: the same statements, over its tables as Parquet files that the workers see."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import polars as pl

from data.snapshot import TABLES
from data.spark import Spark, write_parquet
from metrics.engines import Made, SnapshotInfo
from metrics.engines.computed_once import ComputedOnce
from metrics.engines.duckdb import open_snapshot


class SparkSnapshot:
    """The snapshot's tables in an open session, which the caller closes."""

    def __init__(self, spark: Spark, info: SnapshotInfo) -> None:
        self._spark, self._info = spark, info
        self._derived = ComputedOnce(1000)

    @property
    def name(self) -> str:
        return self._info.snapshot

    @property
    def info(self) -> SnapshotInfo:
        return self._info

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> pl.DataFrame:
        found = pl.from_arrow(self._spark.query(sql, params))
        assert isinstance(found, pl.DataFrame)
        return found

    @property
    def sums(self) -> None:
        return None

    def derived(self, name: str, make: Callable[[], Made]) -> Made:
        return self._derived.get(name, make)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None: ...


def open_spark_snapshot(path: Path, spark: Spark, folder: Path) -> SparkSnapshot:
    """The snapshot file at `path`; its tables are written once, below `folder`, in place of those of an earlier one.

    Raises UnreadableSnapshot and OtherSchema as the file's own engine does, SparkUnreachable where Spark does not see the folder.
    """
    with open_snapshot(path) as snapshot:
        info = snapshot.info
    tables = folder / path.stem
    if not tables.is_dir():
        unfinished = folder / f"{path.stem}.unfinished"
        shutil.rmtree(folder, ignore_errors=True)
        with duckdb.connect(path.as_posix(), read_only=True) as database:
            for table in TABLES:
                write_parquet(database, table.name, unfinished / f"{table.name}.parquet")
        unfinished.rename(tables)
    for table in TABLES:
        spark.show(table.name, tables / f"{table.name}.parquet")
    return SparkSnapshot(spark, info)
