"""What the nightly increment is measured against: everything anew from the landing, or with --full from the source.

Raises AssertionError where that gives other content.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.fresh import done
from data.paths import Home
from data.snapshot import published_snapshot
from etl.landing.fetch_source import Asked
from etl.publish.snapshots import in_force
from etl.run import rebuild_etl, run_etl
from etl.settings import load_settings


def account_days(home: Home) -> Any:
    """What is compared with those who make account-days alone."""
    with duckdb.connect(published_snapshot(home.pointer).as_posix(), read_only=True) as snapshot:
        counted = "SELECT count(*), count(*) FILTER (has_logged_in), count(*) FILTER (has_processed), count(*) FILTER (has_signed) FROM account_day"
        return snapshot.execute(counted).fetchone()


def work() -> Callable[[], Any]:
    home = Home(Path(sys.argv[1]))
    before = in_force(home)
    settings = load_settings(home)
    result = run_etl(settings, asked=Asked(is_whole=True)) if "--full" in sys.argv else rebuild_etl(settings)
    assert before is None or before.content_hash == result.content_hash, "what was published before had other content"
    return lambda: account_days(home)


if __name__ == "__main__":
    done(work)
