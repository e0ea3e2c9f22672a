"""Bare DuckDB on the access log: no count of what was left out, no pseudonyms, no check, nothing that would notice a line gone missing."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.fresh import done
from benchmarks.peer.log_parse import ACCOUNT_DAY, COUNTED, EVENTS

LOG, KEPT = sys.argv[1], sys.argv[2] == "kept"


def work() -> Callable[[], Any]:
    connection = duckdb.connect(str(Path(FOLDER) / "peer.duckdb"))
    connection.execute("SET preserve_insertion_order = false; SET enable_progress_bar = false; SET TimeZone = 'UTC'")
    events = EVENTS.format(path=LOG)
    if KEPT:
        connection.execute(f"CREATE TABLE event AS {events}")
        events = "FROM event"
    connection.execute(ACCOUNT_DAY.format(events=events))
    connection.execute("CHECKPOINT")
    return lambda: connection.execute(COUNTED).fetchone()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as FOLDER:
        done(work)
