"""What a snapshot says of its own making: where rows went, why some were refused, what the checks said, and on which days records are missing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import polars as pl

from data.outcomes import Outcome
from metrics.engines import Snapshot
from metrics.periods import Period
from metrics.tree.scope import Scope
from metrics.tree.scoped_units import units_of_scope
from metrics.working_days import is_working_day


def accounting(snapshot: Snapshot) -> pl.DataFrame:
    """Where the rows of each batch went: the columns of `batch_accounting`, instants in UTC.

    rows_in = rows_loaded + rows_duplicate + rows_filtered + rows_rejected, or the snapshot would not have been published.
    """
    frame = snapshot.query(
        "SELECT source, entity, batch, epoch_us(fetched_at) AS fetched_at, rows_in, rows_loaded, rows_duplicate, rows_filtered, rows_rejected,"
        " epoch_us(newest_at) AS newest_at FROM batch_accounting ORDER BY source, entity, batch"
    )
    return frame.with_columns(pl.col("fetched_at", "newest_at").cast(pl.Datetime("us", "UTC")))


def rejections(snapshot: Snapshot) -> pl.DataFrame:
    """Rows refused by source, entity, column and reason, the commonest first."""
    return snapshot.query(
        "SELECT source, entity, column_name, reason, rows FROM reject_reason ORDER BY rows DESC, source, entity, column_name, reason"
    )


def quality_results(snapshot: Snapshot) -> pl.DataFrame:
    """What the checks of the run said: check_name, entity, severity, outcome, violations, rows; failed ones first, then as `Outcome` has them."""
    found = snapshot.query(
        "SELECT check_name, entity, severity, outcome, violations, rows FROM quality_result ORDER BY violations DESC, entity, check_name"
    )
    return found.sort(pl.col("outcome").cast(pl.Enum([outcome.value for outcome in Outcome])), maintain_order=True)


def row_places(snapshot: Snapshot) -> pl.DataFrame:
    """What became of the loaded rows: entity, month_on (null: of no known day), place (counted, counted_in_no_unit, or why in no figure), rows.

    Of an entity in all its months they are the rows that were loaded, or the snapshot would not have been published.
    """
    return snapshot.query(
        "SELECT entity, CASE WHEN year(month_on) > 1 THEN month_on END AS month_on, place, rows FROM row_place ORDER BY entity, month_on, place"
    )


def newest_days(snapshot: Snapshot) -> pl.DataFrame:
    """First and last day of each kind of record: kind, first_on, last_on, rows. Days are null and rows 0 where there is none."""
    kinds = (("account_day", "day_on"), ("document", "issued_on"), ("delivery", "arrived_on"), ("declared_total", "to_on"))
    selects = [
        f"SELECT '{table}' AS kind, MIN({column}) AS first_on, MAX({column}) AS last_on, COUNT(*) AS rows FROM {table}"  # noqa: S608
        for table, column in kinds
    ]
    order = pl.DataFrame({"kind": [table for table, _ in kinds]})
    return order.join(snapshot.query(" UNION ALL ".join(selects)), on="kind", how="left", maintain_order="left")


def active_days(snapshot: Snapshot, period: Period, scope: Scope | None = None) -> pl.DataFrame:
    """On which days each unit left any record: unit_code, day_on, records (accounts that did something, documents issued and received).

    Units of the scope, each without its subtree, where the record's account stood on that day; days without a record are not listed.
    Raises ConfigurationError for an unknown unit or group.
    """
    scope = scope or Scope()
    inside = units_of_scope(snapshot, scope, period).select("unit_code")
    found = snapshot.query(
        """
SELECT unit_code, day_on, CAST(SUM(records) AS BIGINT) AS records
FROM (
    SELECT account_assignment.unit_code, account_day.day_on, COUNT(*) AS records
    FROM account_day
    INNER JOIN account_assignment
        ON account_assignment.account_key = account_day.account_key
        AND account_assignment.valid_from <= account_day.day_on
        AND account_assignment.valid_to >= account_day.day_on
    WHERE account_day.day_on BETWEEN $from_on AND $to_on
    GROUP BY account_assignment.unit_code, account_day.day_on
    UNION ALL
    SELECT unit_code, issued_on AS day_on, COUNT(*) AS records
    FROM document
    WHERE issued_on BETWEEN $from_on AND $to_on
    GROUP BY unit_code, issued_on
    UNION ALL
    SELECT receiver_code AS unit_code, arrived_on AS day_on, COUNT(*) AS records
    FROM delivery
    WHERE arrived_on BETWEEN $from_on AND $to_on
    GROUP BY receiver_code, arrived_on
) AS record
GROUP BY unit_code, day_on
""",
        {"from_on": period.from_on, "to_on": period.to_on},
    )
    return found.join(inside, on="unit_code", how="semi").sort("unit_code", "day_on")


def gaps(active: pl.DataFrame, units: pl.DataFrame, days: Period, changes: Collection[date] = ()) -> pl.DataFrame:
    """Working days on which a unit left no record though at least half of the units did: unit_code, day_on.

    active: unit_code, day_on of units that are compared with each other; units: unit_code, valid_from, valid_to. A unit's days
    run from its first record in the period to its end. Working days follow `changes` (`metrics.working_days.exceptions`); a day on which most units
    were silent (the whole system standing still) is nobody's own gap.
    """
    judged = _expected_days(active, units, days, changes)
    return judged.filter(~pl.col("is_active") & pl.col("is_busy")).select("unit_code", "day_on").sort("unit_code", "day_on")


def busy_days(active: pl.DataFrame, units: pl.DataFrame, days: Period, changes: Collection[date] = ()) -> list[date]:
    """The working days on which at least half of the units left a record, in order; arguments as for `gaps`."""
    return _expected_days(active, units, days, changes).filter("is_busy")["day_on"].unique().sort().to_list()


def silent_runs(silent: Sequence[date], working: Sequence[date]) -> list[list[date]]:
    """Days of `silent` grouped by those that follow each other within `working` (both in order)."""
    missing, runs = set(silent), list[list[date]]()
    is_open = False
    for on in working:
        if on not in missing:
            is_open = False
        elif is_open:
            runs[-1].append(on)
        else:
            runs.append([on])
            is_open = True
    return runs


def _expected_days(active: pl.DataFrame, units: pl.DataFrame, days: Period, changes: Collection[date]) -> pl.DataFrame:
    """Each unit's working days with `is_active`, and `is_busy` where at least half of the units expected that day were active."""
    weekdays = [part.from_on for part in days.split("day") if is_working_day(part.from_on, changes)]
    working = pl.DataFrame({"day_on": weekdays}, schema={"day_on": pl.Date})
    begun = (
        active.group_by("unit_code").agg(first_on=pl.col("day_on").min()).join(units.select("unit_code", "valid_from", "valid_to"), on="unit_code")
    )
    expected = begun.join(working, how="cross").filter(pl.col("day_on") >= pl.col("first_on"), pl.col("day_on") <= pl.col("valid_to"))
    seen = active.select("unit_code", "day_on", is_active=pl.lit(True)).unique()
    judged = expected.join(seen, on=["unit_code", "day_on"], how="left").with_columns(pl.col("is_active").fill_null(pl.lit(False)))
    return judged.with_columns(is_busy=2 * pl.col("is_active").sum().over("day_on") >= pl.len().over("day_on"))
