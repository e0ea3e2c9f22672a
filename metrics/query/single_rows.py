"""The single rows behind a figure: those that it counts, those that it still lacks, and those that moved it between two snapshots.

For people who are allowed to see rows; account keys are pseudonyms.
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from data.errors import ConfigurationError
from metrics.catalog import metric
from metrics.engines import Snapshot
from metrics.model import Duration, Ratio
from metrics.periods import Period
from metrics.query.coverage import covered_period
from metrics.query.statements import Side, counted_conditions, has_shared_accounts, row_statement
from metrics.rows import ROWS
from metrics.tree.scope import Scope
from metrics.tree.scoped_units import scoped_units

Revision = Literal["late_rows", "correction"]
_AT_MOST = 5_000_000
_KEYS = {
    "account": "account_key",
    "document": "document_key",
    "delivery": "document_key",
    "axis_sending": "document_key || ' ' || receiver_code",
    "declared_total": "unit_code",
}
"""What `row_key` is, by the table that the rows come from."""


def rows_behind(
    snapshot: Snapshot, name: str, period: Period, scope: Scope | None = None, side: Side = "numerator", at_most: int = 10_000
) -> pl.DataFrame:
    """The rows that one side of a figure counts: unit_code, row_key, and the measure where the metric sums one.

    `unit_code` is the unit that the row counts at: on a restated tree what succeeded its own, or null where nothing did. An account in
    several units of the scope counts there once, and is listed once, at the first of them.
    For those allowed to see rows; account keys are pseudonyms. Raises ConfigurationError for the denominator of a metric that has
    none, and for unknown units.
    """
    one, scope = metric(name), scope or Scope()
    if side == "denominator" and not isinstance(one, Ratio):
        raise ConfigurationError(f"{name} is a {type(one).__name__.lower()} and has no denominator.")
    conditions, measure = counted_conditions(snapshot, one, scope.group, side)
    columns = ["unit_code", "row_key", *([measure] if measure else [one.days.text] if isinstance(one, Duration) else [])]
    where = " AND ".join(condition.sql for condition in conditions) or "TRUE"
    if "is_shared" in ROWS[one.of].booleans and has_shared_accounts(snapshot):
        where += " QUALIFY NOT is_shared OR ROW_NUMBER() OVER (PARTITION BY is_shared, row_key ORDER BY unit_code) = 1"
    select = f"SELECT {', '.join(columns)} FROM scoped_row WHERE {where} ORDER BY unit_code, row_key LIMIT {int(at_most)}"  # noqa: S608
    question = row_statement(snapshot, one.of, covered_period(snapshot, one, period), scoped_units(snapshot, scope, period), select)
    return snapshot.query(question.sql, question.params)


def remaining_rows(snapshot: Snapshot, name: str, period: Period, scope: Scope | None = None) -> pl.DataFrame:
    """unit_code, row_key and number of each row that is still open, by unit.

    `row_key` of accounts is a pseudonym; `number` is the document's own number, null for accounts. For those allowed to see rows.
    Raises ConfigurationError for a metric of which rows say nothing: no ratio, or one that compares sums.
    """
    one = metric(name)
    if not isinstance(one, Ratio) or ROWS[one.of].measures:
        raise ConfigurationError(f"{name} has no rows that could still join it. Ask for a ratio of accounts, documents or deliveries.")
    whole = rows_behind(snapshot, name, period, scope, "denominator", at_most=1_000_000)
    reached = rows_behind(snapshot, name, period, scope, "numerator", at_most=1_000_000)
    rest = whole.join(reached, on=["unit_code", "row_key"], how="anti", nulls_equal=True)
    if ROWS[one.of].table == "account":
        return rest.with_columns(number=pl.lit(None, dtype=pl.String))
    numbers = snapshot.query("SELECT document_key AS row_key, number FROM document")
    return rest.join(numbers, on="row_key", how="left", maintain_order="left")


def revision_cause(then: Snapshot, now: Snapshot, name: str, period: Period, scope: Scope | None = None) -> Revision | None:
    """Which of the two changed a figure of the period, by the rows that it counts; None where the same rows count.

    A row that counted and does not any more, or counts with another measure, was corrected; so was one that counts now and was
    known before without counting. Only where every difference is a row that was not there at all, or an account of the same
    population that has now been seen to act, the figure moved because data came late. As-was tree.
    """
    is_account = ROWS[metric(name).of].table == "account"
    sides: tuple[Side, ...] = ("denominator", "numerator") if isinstance(metric(name), Ratio) else ("numerator",)
    counted = {side: [rows_behind(one, name, period, scope, side, at_most=_AT_MOST) for one in (then, now)] for side in sides}
    if all(_same(before, after) for before, after in counted.values()):
        return None
    for side, (before, after) in counted.items():
        if before.join(after, on=before.columns, how="anti", nulls_equal=True).height:
            return "correction"
        added = after.join(before, on=["unit_code", "row_key"], how="anti", nulls_equal=True)
        if is_account and side == "numerator" and "denominator" in counted:
            added = added.join(counted["denominator"][0], on=["unit_code", "row_key"], how="anti", nulls_equal=True)
        if added.join(_known(then, name), on=_known_by(name), how="semi", nulls_equal=True).height:
            return "correction"
    return "late_rows"


def _same(before: pl.DataFrame, after: pl.DataFrame) -> bool:
    return before.sort(before.columns).equals(after.sort(after.columns))


def _known(snapshot: Snapshot, name: str) -> pl.DataFrame:
    """Every row of the metric's table by what identifies it."""
    table = ROWS[metric(name).of].table
    unit = ", receiver_code AS unit_code" if table == "delivery" else ""
    return snapshot.query(f"SELECT DISTINCT CAST({_KEYS[table]} AS VARCHAR) AS row_key{unit} FROM {table}")  # noqa: S608


def _known_by(name: str) -> list[str]:
    return ["unit_code", "row_key"] if ROWS[metric(name).of].table == "delivery" else ["row_key"]
