"""Why a number is what it is: its definition, both counts, window, scope, exclusions, failed checks, SQL, and the rows behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from data.errors import ConfigurationError
from metrics.catalog import METRICS, metric, population
from metrics.coherence import CheckResult, run_checks
from metrics.engines import Snapshot
from metrics.model import Duration, Metric, Ratio, condition_sql
from metrics.periods import Period
from metrics.rows import ROWS
from metrics.scope import Scope
from metrics.sql import population_of, row_statement, statement
from metrics.values import metric_values

Side = Literal["numerator", "denominator"]


@dataclass(frozen=True)
class Why:
    """Everything that someone who doubts a figure asks for."""

    metric: Metric
    population_label: str
    period: Period
    scope: Scope
    numerator: int | None
    denominator: int | None
    value: float | None
    failed_checks: tuple[CheckResult, ...]
    sql: str
    """The statement that counted, with its parameters named; on a restated tree it counts each unit, and `restated` places them."""
    params: dict[str, Any]
    snapshot: str


def why(snapshot: Snapshot, name: str, period: Period, scope: Scope | None = None) -> Why:
    """Why the figure of the whole scope is what it is; raises ConfigurationError for an unknown metric, unit or group."""
    scope = scope or Scope()
    one = metric(name)
    (figure,) = metric_values(snapshot, [name], period, scope).iter_rows(named=True)
    is_restated = scope.tree != "as_was"
    question = statement(
        [one],
        [period],
        Scope(group=scope.group) if is_restated else scope,
        "own_unit" if is_restated else None,
        snapshot.info.cutoff_on,
        one.days if isinstance(one, Duration) else None,
    )
    failed = tuple(check for check in run_checks(snapshot, period, scope) if not check.is_passed and name in check.concerns)
    return Why(
        metric=one,
        population_label=population(one.population).label,
        period=period,
        scope=scope,
        numerator=figure["numerator"],
        denominator=figure["denominator"],
        value=figure["value"],
        failed_checks=failed,
        sql=question.sql,
        params=question.params,
        snapshot=snapshot.name,
    )


def rows_behind(
    snapshot: Snapshot, name: str, period: Period, scope: Scope | None = None, side: Side = "numerator", at_most: int = 10_000
) -> pl.DataFrame:
    """The rows that one side of a figure counts: unit_code, row_key, and the measure where the metric sums one.

    For those allowed to see rows; account keys are pseudonyms. On the tree as it was. Raises ConfigurationError for the
    denominator of a metric that has none.
    """
    scope = scope or Scope()
    if scope.tree != "as_was":
        raise ConfigurationError("The rows behind a figure are told on the tree as it was. Ask without the restated tree.")
    one = metric(name)
    rows = ROWS[one.of]
    conditions = [population_of(one, scope)]
    if isinstance(one, Ratio):
        conditions += [one.denominator, one.numerator] if side == "numerator" else [one.denominator]
    elif side == "denominator":
        raise ConfigurationError(f"{name} is a {type(one).__name__.lower()} and has no denominator.")
    else:
        conditions.append(one.where)
    extra = [condition for condition in conditions if condition in rows.measures] or ([one.days] if isinstance(one, Duration) else [])
    where = (
        " AND ".join(condition_sql(condition, rows.booleans, name) for condition in conditions if condition and condition not in rows.measures)
        or "TRUE"
    )
    columns = ", ".join(["unit_code", "row_key", *extra[-1:]])
    select = f"SELECT {columns} FROM scoped_row WHERE {where} ORDER BY unit_code, row_key LIMIT {int(at_most)}"  # noqa: S608
    question = row_statement(one.of, period, scope, select, snapshot.info.cutoff_on)
    return snapshot.query(question.sql, question.params)


def dictionary() -> pl.DataFrame:
    """Every metric's declaration as a table: the dictionary page and annex are this."""
    return pl.DataFrame(
        [
            {
                "metric": one.name,
                "label": one.label,
                "label_en": one.label_en,
                "kind": type(one).__name__.lower(),
                "definition": one.definition,
                "population": population(one.population).label,
                "rows": ROWS[one.of].label,
                "unit": one.unit,
                "good": one.good,
                "min_days": one.min_days,
                "exclusions": one.exclusions,
                "source": one.source,
                "owner": one.owner,
                "version": one.version,
            }
            for one in METRICS
        ]
    )
