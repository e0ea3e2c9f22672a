"""Declarations x scope x periods x grouping -> one SQL statement per row kind.

The statement reads as: the rows of the kind in each period; counted per unit and day; narrowed to the scope; summed
for the whole and for each group. A row counts in one unit, so sums over a subtree are exact recounts and nothing fans out.
Units are parameters; days and column names come from typed values of ours and stand in the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from metrics.catalog import population, population_of_group
from metrics.model import Metric, Ratio, RowKind, condition_sql
from metrics.periods import Period
from metrics.rows import ROWS, rows_sql
from metrics.scope import Scope

Grouping = Literal["unit", "own_unit", "level", "province"]
"""`unit`: each unit with its subtree; `own_unit`: each unit without it."""


@dataclass(frozen=True)
class Statement:
    """SQL with its named parameters.

    Rows: `period_no`, `group_code` (NULL for the whole), then per metric `<name>__numerator` and, for ratios,
    `<name>__denominator`.
    """

    sql: str
    params: dict[str, Any]


def statement(metrics: Sequence[Metric], periods: Sequence[Period], scope: Scope, grouping: Grouping | None, cutoff_on: date) -> Statement:
    """One statement for metrics of one row kind; period numbers are positions in `periods`."""
    kind = metrics[0].of
    assert all(metric.of == kind for metric in metrics)
    columns = _count_columns(metrics, scope)
    sums = ",\n    ".join(f"CAST(SUM({name}) AS BIGINT) AS {name}" for name in columns)
    counted = ",\n        ".join(f"{expression} AS {name}" for name, expression in columns.items())
    joins, params = _scope_joins("counted", scope)
    selects = [f"SELECT\n    period_no,\n    CAST(NULL AS VARCHAR) AS group_code,\n    {sums}\nFROM scoped\nGROUP BY period_no"]
    if grouping is not None:
        group_code, join = _GROUPINGS[grouping]
        selects.append(
            f"SELECT\n    scoped.period_no,\n    {group_code} AS group_code,\n    {sums}\nFROM scoped\n{join}"
            f"WHERE {group_code} IS NOT NULL\nGROUP BY scoped.period_no, {group_code}"
        )
    counting = f"""
counted AS (
    SELECT
        period_no,
        unit_code,
        tree_on,
        {counted}
    FROM counted_row
    GROUP BY period_no, unit_code, tree_on
),
scoped AS (
    SELECT counted.*
    FROM counted{joins}
)
"""  # noqa: S608
    return Statement(_rows_of(kind, periods, cutoff_on) + "," + counting + "\nUNION ALL\n".join(selects), params)


def row_statement(kind: RowKind, period: Period, scope: Scope, select: str, cutoff_on: date) -> Statement:
    """`select` over `scoped_row`: the single rows of the kind that count in the period and the scope, of any population."""
    joins, params = _scope_joins("counted_row", scope)
    scoped = f"scoped_row AS (\n    SELECT counted_row.*\n    FROM counted_row{joins}\n)"  # noqa: S608
    return Statement(f"{_rows_of(kind, [period], cutoff_on)},\n{scoped}\n{select}", params)


def _rows_of(kind: RowKind, periods: Sequence[Period], cutoff_on: date) -> str:
    """The CTEs that a row kind reads, and its rows as `counted_row`."""
    return f"""WITH period (period_no, from_on, to_on) AS (
    VALUES
    {_period_values(periods)}
),
cutoff (cutoff_on) AS (
    VALUES ({_day(cutoff_on)})
),
counted_row AS (
{_indented(rows_sql(kind))}
)"""


def _count_columns(metrics: Sequence[Metric], scope: Scope) -> dict[str, str]:
    """Name of each count and the aggregate that makes it."""
    columns: dict[str, str] = {}
    for metric in metrics:
        whom = population_of(metric, scope)
        if isinstance(metric, Ratio):
            # The numerator is counted among the rows of the denominator: a ratio above 1 cannot arise.
            columns[f"{metric.name}__numerator"] = _aggregate(metric, (whom, metric.denominator, metric.numerator))
            columns[f"{metric.name}__denominator"] = _aggregate(metric, (whom, metric.denominator))
        else:
            columns[f"{metric.name}__numerator"] = _aggregate(metric, (whom, metric.where))
    return columns


def population_of(metric: Metric, scope: Scope) -> str:
    """The condition of whom the metric counts: accounts of a pilot group follow the group's population."""
    if metric.of == "account" and scope.group is not None:
        return population_of_group(scope.group).where
    return population(metric.population).where


def _aggregate(metric: Metric, conditions: Sequence[str]) -> str:
    rows = ROWS[metric.of]
    measure = conditions[-1]
    if measure in rows.measures:
        return f"SUM({measure})"
    parts = [condition_sql(condition, rows.booleans, metric.name) for condition in conditions if condition]
    return f"COUNT(*) FILTER (WHERE {' AND '.join(parts)})" if parts else "COUNT(*)"


def _scope_joins(rows: str, scope: Scope) -> tuple[str, dict[str, Any]]:
    """Joins that keep the rows of the scope. Without a unit every row counts, even of a unit that the tree does not know."""
    joins = ""
    params: dict[str, Any] = {}
    if scope.unit_code is not None:
        joins += f"""
    INNER JOIN org_unit_ancestor AS scope_ancestor
        ON scope_ancestor.unit_code = {rows}.unit_code
        AND scope_ancestor.ancestor_code = $scope_unit
        AND {rows}.tree_on >= scope_ancestor.valid_from
        AND {rows}.tree_on <= scope_ancestor.valid_to"""
        params["scope_unit"] = scope.unit_code
    if scope.group is not None:
        joins += f"""
    INNER JOIN org_unit AS group_unit
        ON group_unit.unit_code = {rows}.unit_code
        AND group_unit.pilot_group = $scope_group"""
        params["scope_group"] = scope.group
    return joins, params


_GROUPINGS: dict[Grouping, tuple[str, str]] = {
    "unit": (
        "org_unit_ancestor.ancestor_code",
        """INNER JOIN org_unit_ancestor
    ON org_unit_ancestor.unit_code = scoped.unit_code
    AND scoped.tree_on >= org_unit_ancestor.valid_from
    AND scoped.tree_on <= org_unit_ancestor.valid_to
""",
    ),
    "own_unit": ("scoped.unit_code", ""),
    "level": ("org_unit.level", "INNER JOIN org_unit\n    ON org_unit.unit_code = scoped.unit_code\n"),
    "province": ("org_unit.province_code", "INNER JOIN org_unit\n    ON org_unit.unit_code = scoped.unit_code\n"),
}


def row_kinds(metrics: Sequence[Metric]) -> list[tuple[RowKind, list[Metric]]]:
    """The metrics of each row kind, in the order in which the kinds first appear."""
    kinds: dict[RowKind, list[Metric]] = {}
    for metric in metrics:
        kinds.setdefault(metric.of, []).append(metric)
    return list(kinds.items())


def _period_values(periods: Sequence[Period]) -> str:
    return ",\n    ".join(f"({number}, {_day(period.from_on)}, {_day(period.to_on)})" for number, period in enumerate(periods))


def _day(on: date) -> str:
    return f"DATE '{on.isoformat()}'"


def _indented(sql: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in sql.splitlines())
