"""dlt on PostgreSQL with its pyarrow backend and large chunks, into a DuckDB file."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dlt
import duckdb
from dlt.sources.sql_database import sql_table

from benchmarks.fresh import done
from benchmarks.peer.counted import COUNTED

PORT = sys.argv[1]
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"


def work() -> Callable[[], Any]:
    file = Path(FOLDER) / "peer.duckdb"
    address = f"postgresql+psycopg://postgres@127.0.0.1:{PORT}/postgres"
    table = sql_table(credentials=address, table="access_event", backend="pyarrow", chunk_size=100_000)
    pipeline = dlt.pipeline("peer", destination=dlt.destinations.duckdb(str(file)), dataset_name="copy", pipelines_dir=FOLDER)
    pipeline.run(table, write_disposition="append", loader_file_format="parquet")
    connection = duckdb.connect(str(file))
    connection.execute("SET TimeZone = 'UTC'; CHECKPOINT")
    return lambda: connection.execute(COUNTED.format(table="copy.access_event")).fetchone()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as FOLDER:
        done(work)
