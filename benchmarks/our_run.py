"""Our way of the access log: one whole run on a home that has never run, and the account-days that it published."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.fresh import done
from data.paths import Home
from data.snapshot import published_snapshot
from etl.run import run_etl
from etl.settings import load_settings

HOME = Home(Path(sys.argv[1]))


def work() -> Callable[[], Any]:
    run_etl(load_settings(HOME))

    def result() -> Any:
        with duckdb.connect(published_snapshot(HOME.pointer).as_posix(), read_only=True) as snapshot:
            counted = (
                "SELECT count(*), count(*) FILTER (has_logged_in), count(*) FILTER (has_processed), count(*) FILTER (has_signed) FROM account_day"
            )
            return snapshot.execute(counted).fetchone()

    return result


if __name__ == "__main__":
    shutil.rmtree(HOME.var, ignore_errors=True)
    done(work)
