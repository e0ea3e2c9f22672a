"""Why a number is what it is: its definition, both counts, window, scope, exclusions, failed checks, SQL, and the rows behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from data.errors import ConfigurationError
from data.language import Language
from metrics.catalog import METRICS, metric
from metrics.coherence.checks import CheckResult, run_checks
from metrics.engines import Snapshot
from metrics.model import Duration, Metric, Population, Ratio, condition_sql
from metrics.periods import Period
from metrics.query.metric_values import metric_values
from metrics.query.statements import population_of, row_statement, statement
from metrics.rows import ROWS
from metrics.tree.recount import placed_rows
from metrics.tree.scope import Scope
from metrics.tree.units import placing_of, tree_changes, verify_scope

Side = Literal["numerator", "denominator"]


@dataclass(frozen=True)
class Why:
    """Everything that someone who doubts a figure asks for."""

    metric: Metric
    population: Population
    """Whose rows count; for accounts of a pilot group, the group's."""
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
        tree_changes(snapshot),
    )
    failed = tuple(check for check in run_checks(snapshot, period, scope) if not check.is_passed and name in check.concerns)
    return Why(
        metric=one,
        population=population_of(one, scope),
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

    `unit_code` is the unit that the row counts at: on a restated tree what succeeded its own, or null where nothing did.
    For those allowed to see rows; account keys are pseudonyms. Raises ConfigurationError for the denominator of a metric that has
    none, and for unknown units.
    """
    scope = scope or Scope()
    verify_scope(snapshot, scope)
    one = metric(name)
    rows = ROWS[one.of]
    conditions = [population_of(one, scope).where]
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
    select = f"SELECT {columns} FROM scoped_row WHERE {where}"  # noqa: S608
    if scope.tree == "as_was":
        question = row_statement(one.of, period, scope, f"{select} ORDER BY unit_code, row_key LIMIT {int(at_most)}", snapshot.info.cutoff_on)
        return snapshot.query(question.sql, question.params)
    question = row_statement(one.of, period, Scope(group=scope.group), select, snapshot.info.cutoff_on)
    placed = placed_rows(snapshot.query(question.sql, question.params), placing_of(snapshot, scope, period), scope)
    return placed.sort("unit_code", "row_key", nulls_last=True).head(at_most)


def dictionary(language: Language = "vi") -> pl.DataFrame:
    """Every metric's declaration as a table, in one language: the dictionary page and annex are this."""
    suffix = "_en" if language == "en" else ""

    def told(declared: object, name: str) -> str:
        return str(getattr(declared, name + suffix))

    return pl.DataFrame(
        [
            {
                "metric": one.name,
                "label": told(one, "label"),
                "kind": type(one).__name__.lower(),
                "definition": told(one, "definition"),
                "population": told(one.population, "label"),
                "rows": told(ROWS[one.of], "label"),
                "unit": told(one, "unit"),
                "good": one.good,
                "min_days": one.min_days,
                "exclusions": told(one, "exclusions"),
                "source": told(one, "source"),
                "owner": told(one, "owner"),
                "version": one.version,
            }
            for one in METRICS
        ]
    )
