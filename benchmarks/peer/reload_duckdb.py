"""DuckDB alone: all landed events typed and kept, and account-days made of them, in a new file; nothing is checked, counted or published."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.fresh import done

ROOT = Path(sys.argv[1])
FILE = ROOT / "reload.duckdb"


def work() -> Callable[[], Any]:
    landed = (ROOT / "var/landing/he_thong/access_event/*.parquet").as_posix()
    with duckdb.connect(FILE.as_posix()) as database:
        database.execute("SET preserve_insertion_order = false; SET TimeZone = 'UTC'")
        database.execute(
            "CREATE TABLE event AS SELECT account_key, timezone('Asia/Ho_Chi_Minh', CAST(occurred_at AS TIMESTAMP)) AS occurred_at, "
            "CAST(CAST(occurred_at AS TIMESTAMP) AS DATE) AS occurred_on, kind FROM read_parquet(?, union_by_name = true)",
            [landed],
        )
        database.execute(
            "CREATE TABLE account_day AS SELECT account_key, occurred_on AS day_on, bool_or(kind = 'login') AS has_logged_in, "
            "bool_or(kind IN ('process', 'sign')) AS has_processed, bool_or(kind = 'sign') AS has_signed FROM event GROUP BY ALL"
        )

    def result() -> Any:
        with duckdb.connect(FILE.as_posix(), read_only=True) as database:
            counted = (
                "SELECT count(*), count(*) FILTER (has_logged_in), count(*) FILTER (has_processed), count(*) FILTER (has_signed) FROM account_day"
            )
            return database.execute(counted).fetchone()

    return result


if __name__ == "__main__":
    FILE.unlink(missing_ok=True)
    done(work)
