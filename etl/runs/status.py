"""What stands in a home, for whoever looks after it: how fresh each source is, and which snapshots are kept."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from data.paths import Home
from etl.publish.snapshots import in_force
from etl.runs.run_history import by_entity, last_runs

if TYPE_CHECKING:
    import polars as pl


def freshness(home: Home) -> pl.DataFrame:
    """By source and entity of the last run that succeeded: newest_at (newest instant that the rows speak of, null where they speak of none),
    fetched_at, hours between the two, rows_loaded, left_out (reasons and rows that the source's rules left out). Instants in UTC.
    """
    import polars as pl

    rows: list[dict[str, Any]] = []
    for account in by_entity(next((run.entities for run in last_runs(home, limit=1000) if run.entities), ())):
        fetched_at = dt.datetime.fromisoformat(account.fetched_at)
        newest_at = dt.datetime.fromisoformat(account.newest_at) if account.newest_at else None
        rows.append(
            {
                "source": account.source,
                "entity": account.entity,
                "newest_at": newest_at,
                "fetched_at": fetched_at,
                "hours": round((fetched_at - newest_at).total_seconds() / 3600, 1) if newest_at else None,
                "rows_loaded": account.rows_loaded,
                "left_out": "; ".join(f"{reason}: {rows}" for reason, rows in sorted(account.left_out.items())),
            }
        )
    instant = pl.Datetime("us", "UTC")
    kinds: dict[str, pl.DataType | type[pl.DataType]] = {
        "source": pl.String,
        "entity": pl.String,
        "newest_at": instant,
        "fetched_at": instant,
        "hours": pl.Float64,
        "rows_loaded": pl.Int64,
        "left_out": pl.String,
    }
    return pl.DataFrame(rows, schema=kinds)


def kept_snapshots(home: Home) -> pl.DataFrame:
    """Snapshots on disk, newest first: snapshot, bytes, is_in_force."""
    import polars as pl

    current = in_force(home)
    rows = [
        {"snapshot": path.stem, "bytes": path.stat().st_size, "is_in_force": current is not None and current.snapshot == path.stem}
        for path in sorted(home.snapshots.glob("*.duckdb"), reverse=True)
    ]
    return pl.DataFrame(rows, schema={"snapshot": pl.String, "bytes": pl.Int64, "is_in_force": pl.Boolean})
