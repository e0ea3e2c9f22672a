"""Who logged in, each unit by itself, month by month over two years: one statement of ours, against SQL by hand on account-day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from benchmarks.measured import Measured, generated_snapshot, in_turn
from metrics.catalog import metric
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import counts
from metrics.tree.scope import Scope

MONTHS = Period(date(2024, 4, 1), date(2025, 12, 31)).split("month")

BY_HAND = """
WITH month AS (
    SELECT CAST(month_on AS DATE) AS from_on, last_day(CAST(month_on AS DATE)) AS to_on
    FROM generate_series(DATE '2024-04-01', DATE '2025-12-01', INTERVAL 1 MONTH) months(month_on)
),
used AS (
    SELECT DISTINCT account_key, CAST(date_trunc('month', day_on) AS DATE) AS from_on
    FROM account_day
    WHERE has_logged_in AND day_on >= DATE '2024-04-01'
)
SELECT month.from_on, assigned.unit_code, count(used.account_key), count(*)
FROM month
JOIN account ON account.is_officer AND account.provisioned_on <= month.to_on AND account.activated_on <= month.to_on
    AND (account.disabled_on IS NULL OR account.disabled_on > month.to_on)
JOIN account_assignment assigned ON assigned.account_key = account.account_key AND month.to_on BETWEEN assigned.valid_from AND assigned.valid_to
LEFT JOIN used ON used.account_key = account.account_key AND used.from_on = month.from_on
GROUP BY month.from_on, assigned.unit_code
"""


def measure(events: int, kept_in: Path | None = None) -> list[Measured]:
    """The rows of the table at that size; raises AssertionError where the two answers differ."""
    with generated_snapshot(events, kept_in) as path, open_snapshot(path) as snapshot, open_snapshot(path) as peer:

        def us() -> set[tuple[date, str, int, int]]:
            found = counts(snapshot, [metric("login_rate")], MONTHS, Scope(), "own_unit").drop_nulls("group_code")
            rows = found.select("period_no", "group_code", "numerator", "denominator").rows()
            return {(MONTHS[number].from_on, unit_code, over, under) for number, unit_code, over, under in rows if under}

        def by_hand() -> set[tuple[date, str, int, int]]:
            return set(peer.query(BY_HAND).rows())

        return [in_turn("all units, month by month", events, us, "SQL by hand on account-day", by_hand, times=5)]
