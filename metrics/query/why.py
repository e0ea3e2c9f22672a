"""Why a number is what it is: its definition, both counts, window, scope, exclusions, failed checks, SQL, and the rows behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from data.language import Language, in_language, source_in_language
from data.outcomes import Outcome
from metrics.catalog import METRICS, metric
from metrics.coherence.checks import CheckResult, run_checks
from metrics.engines import Snapshot
from metrics.model import Metric, Population
from metrics.periods import Period
from metrics.query.coverage import Coverage, coverage, covered_period
from metrics.query.metric_values import metric_values
from metrics.query.statements import population_of, statement
from metrics.rows import ROWS
from metrics.tree.scope import Scope
from metrics.tree.scoped_units import scoped_units


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
    coverage: Coverage
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
    question = statement(snapshot, [one], [covered_period(snapshot, one, period)], scoped_units(snapshot, scope, period), None)
    failed = tuple(check for check in run_checks(snapshot, period, scope) if check.outcome == Outcome.FAILED and name in check.concerns)
    return Why(
        metric=one,
        population=population_of(snapshot, one, scope.group),
        period=period,
        scope=scope,
        numerator=figure["numerator"],
        denominator=figure["denominator"],
        value=figure["value"],
        coverage=coverage(snapshot, one, period, scope.group),
        failed_checks=failed,
        sql=question.sql,
        params=question.params,
        snapshot=snapshot.name,
    )


def dictionary(language: Language = "vi") -> pl.DataFrame:
    """Every metric's declaration as a table, in one language: the dictionary page and annex are this."""

    def told(declared: object, name: str) -> str:
        return in_language(declared, name, language)

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
                "source": source_in_language(one, language),
                "owner": told(one, "owner"),
                "version": one.version,
            }
            for one in METRICS
        ]
    )
