"""Reads a ministry's figures in a loop, as pages of the dashboard do, while something else happens to its home."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from dashboard.session.policy import DEMO_VIEWER
from dashboard.session.queries import pin
from dashboard.session.state import Selection
from data.paths import Home
from data.snapshot import published_snapshot
from metrics.engines.duckdb import open_snapshot

WHOLE = Selection(None, dt.date(2024, 7, 1), dt.date(2024, 7, 31), "all")
SENTINELS = """
    SELECT (SELECT name FROM org_unit WHERE unit_code = 'R') AS name, (SELECT page_count FROM document WHERE document_key = 'S') AS pages,
        (SELECT value FROM declared_total WHERE metric_base = 'tong_0') AS total, (SELECT count(*) FROM document) AS documents,
        (SELECT sum(row_count) FROM document_day) AS summed, (SELECT count(*) FROM account) AS accounts,
        (SELECT content_hash FROM snapshot_info) AS content_hash
"""


@dataclass
class Readings:
    """What readers saw; `faults` is empty if all was well."""

    reads: int = 0
    nights: set[int] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    hashes: dict[int, set[str]] = field(default_factory=dict)
    """Content hashes by night."""
    snapshots: dict[str, set[tuple[int, str]]] = field(default_factory=dict)
    """Nights and content hashes by name of a snapshot: one each, whatever was done."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, night: int, snapshot: str, content_hash: str) -> None:
        with self._lock:
            self.reads += 1
            self.nights.add(night)
            self.hashes.setdefault(night, set()).add(content_hash)
            self.snapshots.setdefault(snapshot, set()).add((night, content_hash))

    def fail(self, error: BaseException) -> None:
        with self._lock:
            self.faults.append(f"{type(error).__name__}: {error}")


def read_page(home: Home, readings: Readings) -> None:
    """One page: pins a snapshot, asks several questions one after the other, and looks whether all answers are of one night."""
    reader = pin(home, DEMO_VIEWER)
    name = reader.units().row(by_predicate=_is_root(), named=True)["name"]
    documents = reader.values(["outgoing_documents"], WHOLE)["numerator"].to_list()
    again = reader.values(["outgoing_documents", "fully_electronic_ratio"], WHOLE).filter(metric="outgoing_documents")["numerator"].to_list()
    assert documents == again, "two questions of one page were answered from two snapshots"
    night = int(name.removeprefix("Đêm "))
    readings.add(night, reader.info.snapshot, reader.info.content_hash)


def read_file(home: Home, readings: Readings) -> None:
    """The published file opened anew, with a sentinel across its tables."""
    with open_snapshot(published_snapshot(home.pointer)) as snapshot:
        (found,) = snapshot.query(SENTINELS).iter_rows(named=True)
        assert found["name"] == f"Đêm {found['pages']}" and found["pages"] == found["total"], found
        assert found["documents"] == found["summed"], found
        assert found["accounts"] == found["pages"] + 4, found
        readings.add(int(found["pages"]), snapshot.info.snapshot, found["content_hash"])


def _is_root() -> object:
    import polars as pl

    return pl.col("unit_code") == "R"


@contextlib.contextmanager
def reading(home: Home, readings: Readings, pause: float = 0.1) -> Iterator[None]:
    """Reads pages and files in turn for as long as the block lasts."""
    is_over = threading.Event()

    def read() -> None:
        while not is_over.is_set():
            for read_one in (read_page, read_file):
                try:
                    read_one(home, readings)
                except BaseException as error:
                    readings.fail(error)
            time.sleep(pause)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield
    finally:
        is_over.set()
        reader.join()
