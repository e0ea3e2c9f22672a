"""Engines: the only input and output of this package. `duckdb` reads a published snapshot file, `spark` its tables where one machine ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar
from zoneinfo import ZoneInfo

import polars as pl

Made = TypeVar("Made")


@dataclass(frozen=True)
class SnapshotInfo:
    """The one row of `snapshot_info`; instants carry UTC."""

    snapshot: str
    schema_version: int
    published_at: datetime
    cutoff_at: datetime
    first_on: date
    time_zone: str
    is_synthetic: bool
    content_hash: str

    @property
    def cutoff_on(self) -> date:
        """The local day of the cut-off: the last day that the data speak of."""
        return self.cutoff_at.astimezone(ZoneInfo(self.time_zone)).date()


class Questions(Protocol):
    """What can be asked by SQL, from any thread."""

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> pl.DataFrame:
        """The rows of one SELECT with named parameters (`$name`)."""
        ...


class Snapshot(Questions, Protocol):
    """One published snapshot, open and pinned: every query sees the same data, from any thread. Each engine has a class of this shape."""

    @property
    def name(self) -> str: ...

    @property
    def info(self) -> SnapshotInfo: ...

    @property
    def sums(self) -> Questions | None:
        """The file of `metrics.query.usual_sums`; None where there is none (yet)."""
        ...

    def derived(self, name: str, make: Callable[[], Made]) -> Made:
        """What `make` makes of this snapshot and nothing else, made once under that name; not to be changed by anyone."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None: ...
