"""What a home says of its runs, for whoever looks after it: how they ended, how fresh each source is, and which snapshots are kept."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from data.paths import Home
from data.run_history import EntityAccount, RunResult, by_entity, killed_run, last_runs
from etl.publish.snapshots import in_force
from etl.runs.run_lock import is_run_at_work

if TYPE_CHECKING:
    import polars as pl


def with_killed(home: Home, runs: list[RunResult]) -> list[RunResult]:
    """The runs, newest first, and before them one that was killed and that no later run has written down yet."""
    if is_run_at_work(home.lock):
        return runs
    return [*(killed_run(begun) for begun in sorted(home.builds.glob("*.begun"), reverse=True)), *runs]


def etl_status(home: Home, limit: int = 20) -> pl.DataFrame:
    """The last runs, newest first, one row each: when it started, how it ended, its seconds, rows and refused rows, and what was in force then."""
    import polars as pl

    rows = [
        (run.started_at, run.status, round(run.total_seconds, 1), run.rows_in, run.rows_rejected, len(run.warnings), run.snapshot, run.message)
        for run in with_killed(home, last_runs(home, limit))[:limit]
    ]
    kinds = {
        "started_at": pl.String,
        "status": pl.String,
        "seconds": pl.Float64,
        "rows_in": pl.Int64,
        "rows_rejected": pl.Int64,
        "warnings": pl.Int64,
        "snapshot": pl.String,
        "message": pl.String,
    }
    return pl.DataFrame(rows, schema=kinds, orient="row")


def accounting(result: RunResult) -> pl.DataFrame:
    """One row per source and entity of a run: where its rows went."""
    import polars as pl

    names = [name for name in EntityAccount.__dataclass_fields__ if name not in ("batch", "fetched_at", "left_out")]
    kinds = {name: pl.Int64 if name.startswith("rows_") else pl.String for name in names}
    return pl.DataFrame([{name: getattr(account, name) for name in names} for account in by_entity(result.entities)], schema=kinds)


def freshness(home: Home) -> pl.DataFrame:
    """By source and entity of the last run that succeeded: newest_at (newest instant that the rows speak of, null where they speak of none),
    fetched_at, hours between the two, rows_loaded, left_out (reasons and rows that the source's rules left out). Instants in UTC.
    """
    import polars as pl

    rows = []
    for account in by_entity(next((run.entities for run in last_runs(home, limit=1000) if run.entities), ())):
        fetched_at = dt.datetime.fromisoformat(account.fetched_at)
        newest_at = dt.datetime.fromisoformat(account.newest_at) if account.newest_at else None
        hours = round((fetched_at - newest_at).total_seconds() / 3600, 1) if newest_at else None
        left_out = "; ".join(f"{reason}: {rows}" for reason, rows in sorted(account.left_out.items()))
        rows.append((account.source, account.entity, newest_at, fetched_at, hours, account.rows_loaded, left_out))
    kinds: dict[str, pl.DataType | type[pl.DataType]] = {
        "source": pl.String,
        "entity": pl.String,
        "newest_at": pl.Datetime("us", "UTC"),
        "fetched_at": pl.Datetime("us", "UTC"),
        "hours": pl.Float64,
        "rows_loaded": pl.Int64,
        "left_out": pl.String,
    }
    return pl.DataFrame(rows, schema=kinds, orient="row")


def kept_snapshots(home: Home) -> pl.DataFrame:
    """Snapshots on disk, newest first: snapshot, bytes, is_in_force."""
    import polars as pl

    current = in_force(home)
    rows = [
        {"snapshot": path.stem, "bytes": path.stat().st_size, "is_in_force": current is not None and current.snapshot == path.stem}
        for path in sorted(home.snapshots.glob("*.duckdb"), reverse=True)
    ]
    return pl.DataFrame(rows, schema={"snapshot": pl.String, "bytes": pl.Int64, "is_in_force": pl.Boolean})
