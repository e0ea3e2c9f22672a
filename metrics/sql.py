"""Declarations x scope x periods x grouping -> one SQL statement per row kind.

The statement reads as: the rows of the kind in each period; counted per unit and day; narrowed to the scope; summed
for the whole and for each group. A row counts in one unit, so sums over a subtree are exact recounts and nothing fans out.
Units are parameters; days and column names come from typed values of ours and stand in the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from metrics.catalog import population, population_of_group
from metrics.model import Duration, Metric, Ratio, RowKind, condition_sql
from metrics.periods import Period
from metrics.rows import ROWS, rows_sql
from metrics.scope import Scope

Grouping = Literal["unit", "own_unit", "level", "province"]
"""`unit`: each unit with its subtree; `own_unit`: each unit without it."""


@dataclass(frozen=True)
class Statement:
    """SQL with its named parameters.

    Rows: `period_no`, `group_code` (NULL for the whole), the dimension where one was asked for, then per metric
    `<name>__numerator` and, for ratios, `<name>__denominator`.
    """

    sql: str
    params: dict[str, Any]


def statement(
    metrics: Sequence[Metric], periods: Sequence[Period], scope: Scope, grouping: Grouping | None, cutoff_on: date, dimension: str | None = None
) -> Statement:
    """One statement for metrics of one row kind, on the tree as it was; period numbers are positions in `periods`.

    With a dimension, everything is told apart by its values too.
    """
    kind = metrics[0].of
    assert all(metric.of == kind for metric in metrics)
    assert dimension is None or dimension in ROWS[kind].dimensions
    columns = _count_columns(metrics, scope)
    keys = ["period_no", *([dimension] if dimension else [])]
    sums = ",\n    ".join(f"CAST(SUM({name}) AS BIGINT) AS {name}" for name in columns)
    counted = ",\n        ".join([*keys, "unit_code", "tree_on", *(f"{expression} AS {name}" for name, expression in columns.items())])
    conditions, params = _scope_conditions("counted", scope)
    selects = [_summed(_WHOLE, "", keys, sums)]
    if grouping is not None:
        selects.append(_summed(*_GROUPINGS[grouping], keys, sums))
    counting = f"""
counted AS (
    SELECT
        {counted}
    FROM counted_row
    GROUP BY {", ".join([*keys, "unit_code", "tree_on"])}
),
scoped AS (
    SELECT counted.*
    FROM counted{conditions}
)
"""  # noqa: S608
    return Statement(_rows_of(kind, periods, cutoff_on) + "," + counting + "\nUNION ALL\n".join(selects), params)


def _summed(group_code: str, join: str, keys: Sequence[str], sums: str) -> str:
    named = [f"scoped.{key}" for key in keys]
    selected = ",\n    ".join([*named, f"{group_code} AS group_code", sums])
    return f"SELECT\n    {selected}\nFROM scoped\n{join}GROUP BY {', '.join([*named, group_code])}"


def row_statement(kind: RowKind, period: Period, scope: Scope, select: str, cutoff_on: date) -> Statement:
    """`select` over `scoped_row`: the single rows of the kind that count in the period and the scope, of any population."""
    conditions, params = _scope_conditions("counted_row", scope)
    scoped = f"scoped_row AS (\n    SELECT counted_row.*\n    FROM counted_row{conditions}\n)"  # noqa: S608
    return Statement(f"{_rows_of(kind, [period], cutoff_on)},\n{scoped}\n{select}", params)


def _rows_of(kind: RowKind, periods: Sequence[Period], cutoff_on: date) -> str:
    """The CTEs that a row kind reads, and its rows as `counted_row`."""
    return f"""WITH period (period_no, from_on, to_on) AS (
    VALUES
    {_period_values(periods)}
),
period_day (period_no, day_on, week_no) AS (
    VALUES
    {_period_days(periods)}
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
    aggregate = f"SUM({conditions[-1]})" if conditions[-1] in rows.measures else "COUNT(*)"
    parts = [condition_sql(one, rows.booleans, metric.name) for one in conditions if one and one not in rows.measures]
    return f"{aggregate} FILTER (WHERE {' AND '.join(parts)})" if parts else aggregate


def _scope_conditions(rows: str, scope: Scope) -> tuple[str, dict[str, Any]]:
    """WHERE that keeps the rows of the scope. Without a condition every row counts, even of a unit that the tree does not know."""
    found: list[str] = []
    params: dict[str, Any] = {}
    for name, codes in (("scope_unit", (scope.unit_code,) if scope.unit_code is not None else ()), ("listed_unit", scope.unit_codes)):
        if codes:
            found.append(
                f"EXISTS (\n        SELECT 1 FROM org_unit_ancestor\n        WHERE org_unit_ancestor.unit_code = {rows}.unit_code"  # noqa: S608
                f"\n            AND org_unit_ancestor.ancestor_code IN ({_parameters(name, codes, params)})"
                f"\n            AND {rows}.tree_on >= org_unit_ancestor.valid_from"
                f"\n            AND {rows}.tree_on <= org_unit_ancestor.valid_to\n    )"
            )
    groups = (scope.group,) if scope.group is not None else ()
    for column, name, values in (
        ("pilot_group", "scope_group", groups),
        ("level", "scope_level", scope.levels),
        ("province_code", "scope_province", scope.provinces),
    ):
        if values:
            found.append(
                f"EXISTS (\n        SELECT 1 FROM org_unit\n        WHERE org_unit.unit_code = {rows}.unit_code"  # noqa: S608
                f"\n            AND org_unit.{column} IN ({_parameters(name, values, params)})\n    )"
            )
    return ("\n    WHERE " + "\n    AND ".join(found) if found else ""), params


def _parameters(name: str, values: Sequence[Any], params: dict[str, Any]) -> str:
    names = [f"{name}_{number}" for number in range(len(values))]
    params.update(zip(names, values, strict=True))
    return ", ".join(f"${one}" for one in names)


_WHOLE = "CAST(NULL AS VARCHAR)"

_GROUPINGS: dict[Grouping, tuple[str, str]] = {
    "unit": (
        "org_unit_ancestor.ancestor_code",
        """INNER JOIN org_unit_ancestor
    ON org_unit_ancestor.unit_code = scoped.unit_code
    AND scoped.tree_on >= org_unit_ancestor.valid_from
    AND scoped.tree_on <= org_unit_ancestor.valid_to
""",
    ),
    "own_unit": ("scoped.unit_code", "WHERE scoped.unit_code IS NOT NULL\n"),
    "level": ("org_unit.level", "INNER JOIN org_unit\n    ON org_unit.unit_code = scoped.unit_code\n"),
    "province": (
        "org_unit.province_code",
        "INNER JOIN org_unit\n    ON org_unit.unit_code = scoped.unit_code\n    AND org_unit.province_code IS NOT NULL\n",
    ),
}


def questions(metrics: Sequence[Metric]) -> list[tuple[str | None, list[Metric]]]:
    """Metrics that one statement answers, with the dimension of days that percentiles need, in the order of first appearance."""
    together: dict[tuple[RowKind, str | None], list[Metric]] = {}
    for metric in metrics:
        together.setdefault((metric.of, metric.days if isinstance(metric, Duration) else None), []).append(metric)
    return [(dimension, of_kind) for (_, dimension), of_kind in together.items()]


def _period_values(periods: Sequence[Period]) -> str:
    return ",\n    ".join(f"({number}, {_day(period.from_on)}, {_day(period.to_on)})" for number, period in enumerate(periods))


def _period_days(periods: Sequence[Period]) -> str:
    """Each day of each period, a week per line, with the number of its week counted back from the period's last day."""
    lines: list[str] = []
    for number, period in enumerate(periods):
        for first in range(0, period.days, 7):
            backwards = range(first, min(first + 7, period.days))
            lines.append(", ".join(f"({number}, {_day(period.to_on - timedelta(days=back))}, {first // 7 + 1})" for back in backwards))
    return ",\n    ".join(lines)


def _day(on: date) -> str:
    return f"DATE '{on.isoformat()}'"


def _indented(sql: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in sql.splitlines())
