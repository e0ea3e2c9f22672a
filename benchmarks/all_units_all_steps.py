"""Eight metrics of every unit by itself, by month, by week and by day over two years: our frames, against SQL on the raw events and documents."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.generated import raw_events
from benchmarks.measured import Measured, generated_snapshot, in_turn
from benchmarks.typical_question import METRICS
from metrics.catalog import metric
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period, TimeStep
from metrics.query.metric_values import counts
from metrics.tree.scope import Scope

SPAN = Period(date(2024, 4, 1), date(2025, 12, 31))
STEPS: tuple[TimeStep, ...] = ("month", "week", "day")

# As for a dashboard without marts: distinct accounts of the events of each part, and the accounts that stand on its last day.
ON_EVENTS = """
WITH part AS (SELECT unnest($numbers) AS part, unnest($firsts)::DATE AS from_on, unnest($lasts)::DATE AS to_on),
used AS (
    SELECT part.part, account_key,
        bool_or(kind = 'login') AS logged_in, bool_or(kind <> 'login') AS processed,
        bool_or(kind = 'login' AND occurred_on > to_on - 7) AS week_1,
        bool_or(kind = 'login' AND occurred_on BETWEEN to_on - 13 AND to_on - 7) AS week_2,
        bool_or(kind = 'login' AND occurred_on BETWEEN to_on - 20 AND to_on - 14) AS week_3,
        bool_or(kind = 'login' AND occurred_on BETWEEN to_on - 27 AND to_on - 21) AS week_4
    FROM access_event JOIN part ON occurred_on BETWEEN from_on AND to_on
    GROUP BY part.part, account_key
),
adoption AS (
    SELECT part.part, assigned.unit_code, count(*) AS provisioned, count(*) FILTER (activated_on <= to_on) AS activated,
        count(*) FILTER (activated_on <= to_on AND logged_in) AS logged_in, count(*) FILTER (activated_on <= to_on AND week_1) AS weekly,
        count(*) FILTER (activated_on <= to_on AND week_1::INT + week_2::INT + week_3::INT + week_4::INT >= 3) AS habitual,
        count(*) FILTER (activated_on <= to_on AND processed) AS processing
    FROM part
    JOIN account ON is_officer AND provisioned_on <= to_on AND (disabled_on IS NULL OR disabled_on > to_on)
    JOIN account_assignment assigned ON assigned.account_key = account.account_key AND to_on BETWEEN assigned.valid_from AND assigned.valid_to
    LEFT JOIN used ON used.part = part.part AND used.account_key = account.account_key
    GROUP BY part.part, assigned.unit_code
),
documents AS (
    SELECT part.part, unit_code, count(*) FILTER (is_electronic) AS electronic, count(*) FILTER (is_organ_signed OR is_signer_signed) AS signed
    FROM document JOIN part ON issued_on BETWEEN from_on AND to_on WHERE NOT is_recalled GROUP BY part.part, unit_code
)
SELECT part AS period_no, unit_code, provisioned, activated, logged_in, weekly, habitual, processing,
    coalesce(electronic, 0) AS electronic, coalesce(signed, 0) AS signed
FROM adoption FULL JOIN documents USING (part, unit_code)
"""
COLUMNS = ("provisioned", "activated", "logged_in", "weekly", "habitual", "processing", "electronic", "signed")


def measure(events: int, kept_in: Path | None = None) -> list[Measured]:
    """The rows of the table at that size; raises AssertionError where the two answers differ."""
    with generated_snapshot(events, kept_in) as path, generated_source(events, path, kept_in) as raw, open_snapshot(path) as snapshot:
        peer = duckdb.connect(str(raw), read_only=True)
        rows = []
        for step in STEPS:
            parts = SPAN.split(step)
            given = {
                "numbers": list(range(len(parts))),
                "firsts": [part.from_on.isoformat() for part in parts],
                "lasts": [part.to_on.isoformat() for part in parts],
            }

            def us(parts: list[Period] = parts) -> pl.DataFrame:
                return counts(snapshot, [metric(name) for name in METRICS], parts, Scope(), "own_unit")

            def by_hand(given: dict[str, list[object]] = given) -> pl.DataFrame:
                return peer.execute(ON_EVENTS, given).pl()

            name = f"8 metrics, all units, by {step}"
            rows.append(in_turn(name, events, us, "SQL by hand on the raw events", by_hand, times=3, compared=(_our_sums, _their_sums)))
        peer.close()
        return rows


def _our_sums(found: pl.DataFrame) -> dict[str, int]:
    sums = dict(found.drop_nulls("group_code").group_by("metric").agg(_weighed("numerator", "group_code")).iter_rows())
    return {column: sums[name] for name, column in zip(METRICS, COLUMNS, strict=True)}


def _their_sums(found: pl.DataFrame) -> dict[str, int]:
    return dict(zip(COLUMNS, found.select(_weighed(column, "unit_code") for column in COLUMNS).row(0), strict=True))


def _weighed(count: str, unit: str) -> pl.Expr:
    """A sum in which every cell weighs differently: two answers with the same sums have the same cells."""
    weight = (pl.col("period_no").cast(pl.Int64) + 1) * (pl.col(unit).hash(1) % 1009 + 1).cast(pl.Int64)
    return (pl.col(count) * weight).sum().alias(count)


@contextmanager
def generated_source(events: int, snapshot: Path, kept_in: Path | None) -> Iterator[Path]:
    """What the snapshot of that size was made of: its raw events, accounts and documents."""
    with tempfile.TemporaryDirectory() as folder:
        path = (kept_in or Path(folder)) / f"{events}-source.duckdb"
        if not path.is_file():
            with duckdb.connect(str(path)) as connection:
                raw_events(connection, events)
                connection.execute(f"ATTACH '{snapshot.as_posix()}' AS snapshot (READ_ONLY)")
                for table in ("account", "account_assignment", "document"):
                    connection.execute(f"CREATE TABLE {table} AS FROM snapshot.{table}")
        yield path
