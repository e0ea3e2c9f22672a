"""Declarations x scope x periods x grouping -> one SQL statement per row kind.

The statement reads as: the rows of the kind in each period and in the scope; counted per unit and state of the tree; summed
for the whole and for each group. A row counts in one unit, so sums over a subtree are exact recounts and nothing fans out.
Units are parameters; days and column names come from typed values of ours and stand in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from metrics.catalog import population_of_group
from metrics.model import Duration, Metric, Population, Ratio, RowKind, condition_sql
from metrics.periods import Period
from metrics.rows import ROWS, rows_sql
from metrics.tree.scope import Scope
from metrics.working_days import exceptions_sql

Grouping = Literal["unit", "own_unit", "level", "province"]
"""`unit`: each unit with its subtree; `own_unit`: each unit without it."""

FEW_SPANS = 5
"""Up to so many spans of days, rows are compared with each span; beyond, it is quicker to look each row's day up among all the days."""


@dataclass(frozen=True)
class Statement:
    """SQL with its named parameters.

    Rows: `period_no`, `group_code` (NULL for the whole), the dimension where one was asked for, then per metric
    `<name>__numerator` and, for ratios, `<name>__denominator`.
    """

    sql: str
    params: dict[str, Any]


def statement(
    metrics: Sequence[Metric],
    periods: Sequence[Period],
    scope: Scope,
    grouping: Grouping | None,
    cutoff_on: date,
    dimension: str | None,
    tree_changes: Sequence[date],
) -> Statement:
    """One statement for metrics of one row kind, on the tree as it was; period numbers are positions in `periods`.

    With a dimension, everything is told apart by its values too. `tree_changes` are all days on which some unit's place in the tree
    changed, in order; days between two of them are counted together.
    """
    kind = metrics[0].of
    assert all(metric.of == kind for metric in metrics)
    assert dimension is None or dimension in ROWS[kind].dimensions
    is_mart = bool(ROWS[kind].mart) and dimension is None
    columns = _count_columns(metrics, scope, "row_count" if is_mart else "")
    keys = ["period_no", *([dimension] if dimension else [])]
    file = ROWS[kind].mart if is_mart else kind
    if ROWS[kind].in_month and all(is_in_one_month(period) for period in periods):
        file = ROWS[kind].in_month
    rows, params = _rows_of(file, periods, scope, cutoff_on, tree_changes if is_mart else ())  # single rows have a day of their own
    if grouping is None:
        sums = ",\n    ".join(f"CAST({expression} AS BIGINT) AS {name}" for name, expression in columns.items())
        selected = ",\n    ".join([*keys, f"{_WHOLE} AS group_code", sums])
        return Statement(f"{rows}\nSELECT\n    {selected}\nFROM scoped_row\nGROUP BY {', '.join(keys)}", params)
    sums = ",\n    ".join(f"CAST(SUM({name}) AS BIGINT) AS {name}" for name in columns)
    units = ["unit_code", *(["tree_on"] if grouping == "unit" else [])]
    counted = ",\n        ".join([*keys, *units, *(f"{expression} AS {name}" for name, expression in columns.items())])
    counting = f"""
counted AS (
    SELECT
        {counted}
    FROM scoped_row
    GROUP BY {", ".join([*keys, *units])}
)
"""  # noqa: S608
    selects = [
        _summed(_WHOLE, "", keys, sums),
        _summed(*_GROUPINGS[grouping], keys, sums) if grouping != "own_unit" else _each_unit(keys, tuple(columns)),
    ]
    return Statement(rows + "," + counting + "\nUNION ALL\n".join(selects), params)


def is_in_one_month(period: Period) -> bool:
    return (period.from_on.year, period.from_on.month) == (period.to_on.year, period.to_on.month)


def _summed(group_code: str, join: str, keys: Sequence[str], sums: str) -> str:
    named = [f"counted.{key}" for key in keys]
    selected = ",\n    ".join([*named, f"{group_code} AS group_code", sums])
    return f"SELECT\n    {selected}\nFROM counted\n{join}GROUP BY {', '.join([*named, group_code])}"


def _each_unit(keys: Sequence[str], columns: Sequence[str]) -> str:
    selected = ",\n    ".join([*keys, "unit_code AS group_code", *(f"CAST({name} AS BIGINT) AS {name}" for name in columns)])
    return f"SELECT\n    {selected}\nFROM counted\nWHERE unit_code IS NOT NULL"


def row_statement(kind: RowKind, period: Period, scope: Scope, select: str, cutoff_on: date) -> Statement:
    """`select` over `scoped_row`: the single rows of the kind that count in the period and the scope, of any population."""
    rows, params = _rows_of(kind, [period], scope, cutoff_on, ())
    return Statement(f"{rows}\n{select}", params)


def _rows_of(file: str, periods: Sequence[Period], scope: Scope, cutoff_on: date, tree_changes: Sequence[date]) -> tuple[str, dict[str, Any]]:
    """The rows of a file of `metrics/rows` that are in the scope, as the CTE `scoped_row`, behind the CTEs that the file reads; parameters."""
    sql = rows_sql(file)
    given: dict[str, Callable[[], str]] = {
        "period (period_no, from_on, to_on)": lambda: _period_values(periods),
        "period_month (period_no, month_on, days, week_1, week_2, week_3, week_4)": lambda: _period_months(periods),
        "cutoff (cutoff_on)": lambda: f"({_day(cutoff_on)})",
    }
    is_by_day = False
    if _IN_SPAN.search(sql):
        spans = _spans(periods, tree_changes)
        is_by_day = len(spans) > FEW_SPANS
        given["span (period_no, day_on, tree_on)" if is_by_day else "span (period_no, from_on, to_on, tree_on)"] = lambda: (
            _days(spans) if is_by_day else _ranges(spans)
        )
    ctes = [f"{name} AS (\n    VALUES\n    {values()}\n)" for name, values in given.items() if f"{name.split()[0]}." in sql]
    params: dict[str, Any] = {}
    narrowed = _SCOPE.sub(lambda found: _narrowing(found[1], found[2], found[3], scope, params), sql)
    narrowed = _IN_SPAN.sub(r"\1 = span.day_on" if is_by_day else r"\1 >= span.from_on\n    AND \1 <= span.to_on", narrowed)
    narrowed = _EXCEPTIONS.sub(lambda found: exceptions_sql(found[1]), narrowed)
    return "WITH " + ",\n".join([*ctes, f"scoped_row AS (\n{_indented(narrowed)}\n)"]), params


def _count_columns(metrics: Sequence[Metric], scope: Scope, row_count: str) -> dict[str, str]:
    """Name of each count and the aggregate that makes it; `row_count` is the column with the number of rows that a row stands for."""
    columns: dict[str, str] = {}
    for metric in metrics:
        whom = population_of(metric, scope).where
        if isinstance(metric, Ratio):
            # The numerator is counted among the rows of the denominator: a ratio above 1 cannot arise.
            columns[f"{metric.name}__numerator"] = _aggregate(metric, (whom, metric.denominator, metric.numerator), row_count)
            columns[f"{metric.name}__denominator"] = _aggregate(metric, (whom, metric.denominator), row_count)
        else:
            columns[f"{metric.name}__numerator"] = _aggregate(metric, (whom, metric.where), row_count)
    return columns


def population_of(metric: Metric, scope: Scope) -> Population:
    """Whom the metric counts: accounts of a pilot group follow the group's population."""
    if metric.of == "account" and scope.group is not None:
        return population_of_group(scope.group)
    return metric.population


def _aggregate(metric: Metric, conditions: Sequence[str], row_count: str) -> str:
    rows = ROWS[metric.of]
    measure = conditions[-1] if conditions[-1] in rows.measures else row_count
    aggregate = f"SUM({measure})" if measure else "COUNT(*)"
    parts = [condition_sql(one, rows.booleans, metric.name) for one in conditions if one and one not in rows.measures]
    filtered = f"{aggregate} FILTER (WHERE {' AND '.join(parts)})" if parts else aggregate
    return f"COALESCE({filtered}, 0)" if measure and measure == row_count else filtered


_SCOPE = re.compile(r"^( *)\{scope (\S+) (\S+)\}$", re.MULTILINE)
_IN_SPAN = re.compile(r"\{in span (\S+)\}")
_EXCEPTIONS = re.compile(r"\{exceptions (\S+)\}")


def _narrowing(indent: str, unit: str, day: str, scope: Scope, params: dict[str, Any]) -> str:
    """What keeps the rows of the scope. Without a condition every row counts, even of a unit that the tree does not know."""
    lines: list[str] = []
    if scope.unit_code is not None:  # joined and not looked up: a unit is below another at most once on a day, and joins can be put in order
        (unit_parameter,) = _parameters("scope_unit", (scope.unit_code,), params)
        lines += [
            "INNER JOIN org_unit_ancestor AS in_scope",
            f"    ON in_scope.unit_code = {unit}",
            f"    AND in_scope.ancestor_code = {unit_parameter}",
            f"    AND in_scope.valid_from <= {day}",
            f"    AND in_scope.valid_to >= {day}",
        ]
    found: list[str] = []
    if scope.unit_codes:
        found.append(
            f"EXISTS (SELECT 1 FROM org_unit_ancestor AS listed WHERE listed.unit_code = {unit}"  # noqa: S608
            f" AND listed.ancestor_code IN ({', '.join(_parameters('listed_unit', scope.unit_codes, params))})"
            f" AND {day} >= listed.valid_from AND {day} <= listed.valid_to)"
        )
    groups = (scope.group,) if scope.group is not None else ()
    for column, name, values in (
        ("pilot_group", "scope_group", groups),
        ("level", "scope_level", scope.levels),
        ("province_code", "scope_province", scope.provinces),
    ):
        if values:
            found.append(f"{unit} IN (SELECT unit_code FROM org_unit WHERE {column} IN ({', '.join(_parameters(name, values, params))}))")  # noqa: S608
    lines += [f"{'AND' if number else 'WHERE'} {one}" for number, one in enumerate(found)]
    return "\n".join(f"{indent}{line}" for line in lines)


def _parameters(name: str, values: Sequence[Any], params: dict[str, Any]) -> list[str]:
    names = [f"{name}_{number}" for number in range(len(values))]
    params.update(zip(names, values, strict=True))
    return [f"${one}" for one in names]


_WHOLE = "CAST(NULL AS VARCHAR)"

_GROUPINGS: dict[str, tuple[str, str]] = {
    "unit": (
        "org_unit_ancestor.ancestor_code",
        """INNER JOIN org_unit_ancestor
    ON org_unit_ancestor.unit_code = counted.unit_code
    AND counted.tree_on >= org_unit_ancestor.valid_from
    AND counted.tree_on <= org_unit_ancestor.valid_to
""",
    ),
    "level": ("org_unit.level", "INNER JOIN org_unit\n    ON org_unit.unit_code = counted.unit_code\n"),
    "province": (
        "org_unit.province_code",
        "INNER JOIN org_unit\n    ON org_unit.unit_code = counted.unit_code\n    AND org_unit.province_code IS NOT NULL\n",
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


def _spans(periods: Sequence[Period], tree_changes: Sequence[date]) -> list[tuple[int, Period]]:
    """Each period with its number, cut where the tree changed."""
    cut: list[tuple[int, Period]] = []
    for number, period in enumerate(periods):
        begins = [period.from_on, *(day for day in tree_changes if period.from_on < day <= period.to_on)]
        ends = [*(day - timedelta(days=1) for day in begins[1:]), period.to_on]
        cut += [(number, Period(*days)) for days in zip(begins, ends, strict=True)]
    return cut


def _ranges(spans: Sequence[tuple[int, Period]]) -> str:
    return ",\n    ".join(f"({number}, {_day(span.from_on)}, {_day(span.to_on)}, {_day(span.from_on)})" for number, span in spans)


def _days(spans: Sequence[tuple[int, Period]]) -> str:
    """Each day of each span, a week per line, with the first day of the span, on which the tree was as on that day."""
    lines: list[str] = []
    for number, span in spans:
        days = [span.from_on + timedelta(days=offset) for offset in range(span.days)]
        lines += [", ".join(f"({number}, {_day(day)}, {_day(span.from_on)})" for day in days[first : first + 7]) for first in range(0, span.days, 7)]
    return ",\n    ".join(lines)


def _period_months(periods: Sequence[Period]) -> str:
    """Each month that a period touches, with the bits of its days (the first day is bit 0) that lie in the period and in its last weeks."""
    rows: list[str] = []
    for number, period in enumerate(periods):
        weeks = [(period.to_on - timedelta(days=7 * week + 6), period.to_on - timedelta(days=7 * week)) for week in range(4)]
        for part in period.split("month"):
            spans = [(part.from_on, part.to_on), *((max(first, part.from_on), min(last, part.to_on)) for first, last in weeks)]
            masks = ", ".join(str(_day_bits(first.day, last.day)) if first <= last else "0" for first, last in spans)
            rows.append(f"({number}, {_day(part.from_on.replace(day=1))}, {masks})")
    return ",\n    ".join(rows)


def _day_bits(first: int, last: int) -> int:
    """The bits of the days of a month from `first` to `last`."""
    return (1 << last) - (1 << (first - 1))


def _day(on: date) -> str:
    return f"DATE '{on.isoformat()}'"


def _indented(sql: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in sql.splitlines())
