"""Why a figure of an earlier snapshot reads differently in a later one: rows that came late, or rows that were corrected."""

from __future__ import annotations

from typing import Literal

import polars as pl

from metrics.catalog import metric
from metrics.engines import Snapshot
from metrics.model import Ratio
from metrics.periods import Period
from metrics.query.why import Side, rows_behind
from metrics.rows import ROWS
from metrics.tree.scope import Scope

Revision = Literal["late_rows", "correction"]
_AT_MOST = 5_000_000
_KEYS = {"account": "account_key", "document": "document_key", "delivery": "document_key", "declared_total": "unit_code"}
"""What `row_key` is, by the table that the rows come from."""


def revision_cause(then: Snapshot, now: Snapshot, name: str, period: Period, scope: Scope | None = None) -> Revision | None:
    """Which of the two changed a figure of the period, by the rows that it counts; None where the same rows count.

    A row that counted and does not any more, or counts with another measure, was corrected; so was one that counts now and was
    known before without counting. Only where every difference is a row that was not there at all, or an account of the same
    population that has now been seen to act, the figure moved because data came late. As-was tree.
    """
    is_account = metric(name).of == "account"
    sides: tuple[Side, ...] = ("denominator", "numerator") if isinstance(metric(name), Ratio) else ("numerator",)
    counted = {side: (_rows(then, name, period, scope, side), _rows(now, name, period, scope, side)) for side in sides}
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


def _rows(snapshot: Snapshot, name: str, period: Period, scope: Scope | None, side: Side) -> pl.DataFrame:
    return rows_behind(snapshot, name, period, scope, side, at_most=_AT_MOST)


def _same(before: pl.DataFrame, after: pl.DataFrame) -> bool:
    return before.sort(before.columns).equals(after.sort(after.columns))


def _known(snapshot: Snapshot, name: str) -> pl.DataFrame:
    """Every row of the metric's table by what identifies it."""
    table = ROWS[metric(name).of].table
    unit = ", receiver_code AS unit_code" if table == "delivery" else ""
    return snapshot.query(f"SELECT DISTINCT CAST({_KEYS[table]} AS VARCHAR) AS row_key{unit} FROM {table}")  # noqa: S608


def _known_by(name: str) -> list[str]:
    return ["unit_code", "row_key"] if ROWS[metric(name).of].table == "delivery" else ["row_key"]
