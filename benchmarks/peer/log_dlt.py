"""dlt on the access log at its best: DuckDB takes the lines apart, dlt gets Arrow batches and loads them into a DuckDB file, SQL makes the days."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dlt
import duckdb
import pyarrow as pa

from benchmarks.fresh import done
from benchmarks.peer.log_parse import ACCOUNT_DAY, COUNTED, EVENTS

LOG = sys.argv[1]
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"


def batches() -> Iterator[pa.RecordBatch]:
    with duckdb.connect(":memory:") as reader:
        reader.execute("SET preserve_insertion_order = false; SET enable_progress_bar = false; SET TimeZone = 'UTC'")
        yield from reader.execute(EVENTS.format(path=LOG)).to_arrow_reader(500_000)


def work() -> Callable[[], Any]:
    file = Path(FOLDER) / "peer.duckdb"
    pipeline = dlt.pipeline("peer", destination=dlt.destinations.duckdb(str(file)), dataset_name="log", pipelines_dir=FOLDER)
    pipeline.run(dlt.resource(batches, name="event", write_disposition="append"), loader_file_format="parquet")
    connection = duckdb.connect(str(file))
    connection.execute("SET preserve_insertion_order = false; SET TimeZone = 'UTC'")
    connection.execute(ACCOUNT_DAY.format(events="FROM log.event"))
    connection.execute("CHECKPOINT")
    return lambda: connection.execute(COUNTED).fetchone()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as FOLDER:
        done(work)
