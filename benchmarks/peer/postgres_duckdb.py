"""DuckDB's postgres extension alone: the table as it is, into a DuckDB file."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import duckdb_extension_postgres_scanner as package

from benchmarks.fresh import done
from benchmarks.peer.counted import COUNTED

PORT = sys.argv[1]


def work() -> Callable[[], Any]:
    (extension,) = Path(package.__file__).parent.rglob("*.duckdb_extension")
    connection = duckdb.connect(str(Path(FOLDER) / "peer.duckdb"))
    connection.execute(f"SET preserve_insertion_order = false; SET TimeZone = 'UTC'; LOAD '{extension}'")
    connection.execute(f"ATTACH 'host=127.0.0.1 port={PORT} user=postgres dbname=postgres' AS source (TYPE postgres, READ_ONLY)")
    connection.execute("CREATE TABLE event AS SELECT account_key, occurred_at, kind FROM source.access_event")
    connection.execute("CHECKPOINT")
    return lambda: connection.execute(COUNTED.format(table="event")).fetchone()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as FOLDER:
        done(work)
