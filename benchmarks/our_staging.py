"""Our way of PostgreSQL: one entity landed and staged with its account, by DuckDB's extension or by the driver."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.fresh import done
from benchmarks.peer.counted import COUNTED
from data.configuration import environment_of
from data.paths import Home
from etl.landing.fetch_source import fetch_source
from etl.landing.pseudonyms import pseudonyms_of
from etl.runs.progress import Silent
from etl.sources.database import postgres as database_postgres
from etl.sources.folder import load_source
from etl.staging.casts import Zones
from etl.staging.stage import stage

HOME, IS_FAST = Home(Path(sys.argv[1])), sys.argv[2] == "extension"


def work() -> Callable[[], Any]:
    if not IS_FAST:
        database_postgres._extension = _refuse
    environment = environment_of(HOME)
    pseudonyms = pseudonyms_of(HOME, environment)
    source = load_source(HOME, "he_thong")
    (landed,) = fetch_source(HOME, source, pseudonyms, environment, Silent())
    assert ("extension" in landed.how) == IS_FAST or not IS_FAST, landed.how
    warehouse = duckdb.connect((HOME.var / "bench.duckdb").as_posix())
    warehouse.execute("SET preserve_insertion_order = false; SET TimeZone = 'UTC'")
    (account,) = stage(warehouse, HOME, landed.chain, Zones(source.time_zone, "Asia/Ho_Chi_Minh"), pseudonyms)
    assert account.rows_in == account.rows_loaded + account.rows_duplicate + account.rows_filtered + account.rows_rejected
    warehouse.execute("CHECKPOINT")
    return lambda: warehouse.execute(COUNTED.format(table="staging.he_thong__access_event")).fetchone()


def _refuse() -> Path:
    raise database_postgres.ExtensionRefused("it is to be done without")


if __name__ == "__main__":
    shutil.rmtree(HOME.var, ignore_errors=True)
    HOME.var.mkdir()
    done(work)
