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
from metrics.model import Duration, Metric, Population, Ratio
from metrics.periods import Period
from metrics.query.metric_values import metric_values
from metrics.query.statements import counted_conditions, population_of, row_statement, statement
from metrics.rows import ROWS
from metrics.tree.scope import Scope
from metrics.tree.scoped_units import scoped_units

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
    """The statement that counted, with its parameters named."""
    params: dict[str, Any]
    snapshot: str


def why(snapshot: Snapshot, name: str, period: Period, scope: Scope | None = None) -> Why:
    """Why the figure of the whole scope is what it is; raises ConfigurationError for an unknown metric, unit or group."""
    scope = scope or Scope()
    one = metric(name)
    (figure,) = metric_values(snapshot, [name], period, scope).iter_rows(named=True)
    question = statement(snapshot, [one], [period], scoped_units(snapshot, scope, period), None)
    failed = tuple(check for check in run_checks(snapshot, period, scope) if not check.is_passed and name in check.concerns)
    return Why(
        metric=one,
        population=population_of(one, scope.group),
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
    one, scope = metric(name), scope or Scope()
    if side == "denominator" and not isinstance(one, Ratio):
        raise ConfigurationError(f"{name} is a {type(one).__name__.lower()} and has no denominator.")
    conditions, measure = counted_conditions(one, scope.group, side)
    columns = ["unit_code", "row_key", *([measure] if measure else [one.days.text] if isinstance(one, Duration) else [])]
    where = " AND ".join(condition.sql for condition in conditions) or "TRUE"
    select = f"SELECT {', '.join(columns)} FROM scoped_row WHERE {where} ORDER BY unit_code, row_key LIMIT {int(at_most)}"  # noqa: S608
    question = row_statement(snapshot, one.of, period, scoped_units(snapshot, scope, period), select)
    return snapshot.query(question.sql, question.params)


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
