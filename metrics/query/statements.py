"""Declarations x scope x periods x grouping -> one SQL statement per row kind.

The statement reads as: the rows of the kind in each period and in the scope (`scoped_row`); counted per unit and state of the tree
(`counted`); summed for the whole and for each group. A row counts in one unit, so sums over a subtree are exact recounts and nothing fans out.
Units that a scope names are parameters; days and column names come from typed values of ours and stand in the text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from data.errors import ConfigurationError
from metrics.catalog import population_named
from metrics.catalog.populations import OFFICERS
from metrics.engines import Snapshot
from metrics.model import Duration, Metric, Population, Ratio
from metrics.periods import EARLIEST, Period
from metrics.rows import ROWS, Condition, RowKind, Rows, rows_sql
from metrics.tree.scoped_units import IN_SCOPE, ScopedUnits
from metrics.tree.units import small_table, tree_changes
from metrics.working_days import WEEKS_OF_HABIT, exceptions, is_working_day, weeks_of_work

Grouping = Literal["unit", "own_unit", "level", "province", "doc_type", "receiver"]
"""`unit`: each unit with its subtree; `own_unit`: each unit without it."""

OF_ROWS: dict[Grouping, str] = {"doc_type": "documents", "receiver": "sendings through the exchange platform"}
"""Groups by what the rows themselves say, and of what: dimensions of their kind."""

Side = Literal["numerator", "denominator"]
"""Of a figure."""

DAYS_OF_HABIT = 28
"""A shorter period says nothing of habit."""
FEW_SPANS = 5
"""Up to so many spans of days, rows are compared with each span; beyond, it is quicker to look each row's day up among all the days."""


@dataclass(frozen=True)
class Statement:
    """SQL with its named parameters.

    Rows: `period_no`, `group_code` (NULL for the whole), then per metric `<name>__numerator`, for ratios `<name>__denominator`, and for
    durations `<name>__days` (the numerator is then the number of cases).
    """

    sql: str
    params: dict[str, Any]


def statement(
    snapshot: Snapshot,
    metrics: Sequence[Metric],
    periods: Sequence[Period],
    scoped: ScopedUnits,
    grouping: Grouping | None,
    of_sums: bool = False,
) -> Statement:
    """One statement for metrics that `questions` put together; period numbers are positions in `periods`.

    With `of_sums` it is one for the file of sums (`metrics.query.usual_sums`), which must hold all of these periods.

    Raises ConfigurationError where rows are to be listed by a document type, or a receiver, that they do not have.
    """
    rows = ROWS[metrics[0].of]
    one = metrics[0]
    days = one.days.text if isinstance(one, Duration) else ""
    by_fact = grouping if grouping in OF_ROWS else None
    if by_fact is not None and by_fact not in rows.dimensions:
        raise ConfigurationError(f"{one.name} can't be listed by {by_fact}: its rows have none. Ask for metrics of {OF_ROWS[by_fact]}.")
    file = rows.mart if rows.mart and by_fact is None and not days else rows.kind
    if of_sums:
        file = rows.usual
    elif rows.in_month and all(is_in_one_month(snapshot, metrics, period) for period in periods):
        file = rows.in_month
    columns = _count_columns(snapshot, metrics, scoped, "row_count" if file in (rows.mart, rows.usual) else "")
    keys = ["period_no", *([days] if days else [])]
    ctes = _scoped_row(snapshot, rows, file, periods, scoped)
    if "is_shared" in rows.booleans and has_shared_accounts(snapshot):
        ctes |= _each_once(rows, grouping, days)
        answer = _counted_by_group("each_once", "group_code", keys, columns)
    elif grouping is None:
        answer = _counted_by_group("scoped_row", _WHOLE, keys, columns)
    else:
        place = _PLACES[grouping]
        counts = ",\n    ".join(f"{expression} AS {name}" for name, expression in columns.items())
        by = ", ".join([*keys, *place.counted_by])
        ctes["counted"] = f"SELECT\n    {by},\n    {counts}\nFROM scoped_row\nGROUP BY {by}"
        answer = "\nUNION ALL\n".join(_summed(group_code, join, keys, columns) for group_code, join in ((_WHOLE, ""), (place.group_code, place.join)))
    if days:
        ctes["summed"] = answer
        durations = [one for one in metrics if isinstance(one, Duration)]
        ctes["ranked"] = _ranked(durations, days)
        answer = _percentiles(durations, days)
    return Statement(_with(ctes, answer), dict(scoped.params))


def has_shared_accounts(snapshot: Snapshot) -> bool:
    """Whether any account is in several units at once."""
    sql = "SELECT 1 FROM account_assignment WHERE is_shared LIMIT 1"
    return snapshot.derived("accounts are shared", lambda: not snapshot.query(sql).is_empty())


def row_statement(snapshot: Snapshot, kind: RowKind, period: Period, scoped: ScopedUnits, select: str) -> Statement:
    """`select` over `scoped_row`: the single rows of the kind that count in the period and the scope, of any population."""
    return Statement(_with(_scoped_row(snapshot, ROWS[kind], kind, [period], scoped), select), dict(scoped.params))


def questions(metrics: Sequence[Metric]) -> list[list[Metric]]:
    """Metrics that one statement answers, in the order of first appearance: of one row kind, durations apart."""
    together: dict[tuple[RowKind, str], list[Metric]] = {}
    for metric in metrics:
        together.setdefault((metric.of, metric.days.text if isinstance(metric, Duration) else ""), []).append(metric)
    return list(together.values())


def is_in_one_month(snapshot: Snapshot, metrics: Sequence[Metric], period: Period) -> bool:
    """Whether the days that the metrics look at lie within one month: those of the period, and of weeks that reach back before it."""
    first = period.from_on
    if any(metric.looks_back == "habit" for metric in metrics):
        first = min(first, *(week.from_on for week in _habit_weeks(period, exceptions(snapshot))))
    return (first.year, first.month) == (period.to_on.year, period.to_on.month)


def population_of(snapshot: Snapshot, metric: Metric, group: int | None) -> Population:
    """Whom the metric counts: accounts of a pilot group, and their logins, follow the group's population; leaders are those of them who are."""
    own = metric.population
    if not ROWS[metric.of].is_of_accounts or group is None:
        return own
    accounts: dict[int, str] = dict(small_table(snapshot, "pilot_group").select("pilot_group", "accounts").iter_rows())
    of_group = population_named(accounts.get(group, OFFICERS.name))
    if own.where.text == OFFICERS.where.text:
        return of_group
    return replace(own, where=own.where & of_group.where, needs=own.needs & of_group.needs)


def counted_conditions(snapshot: Snapshot, metric: Metric, group: int | None, side: Side) -> tuple[list[Condition], str]:
    """What rows must meet to be counted on one side of a figure, and the measure that is summed of them; empty: rows are counted.

    The numerator is counted among the rows of the denominator: a ratio above 1 cannot arise.
    """
    conditions = [population_of(snapshot, metric, group).where]
    if isinstance(metric, Ratio):
        conditions += [metric.denominator, *([metric.numerator] if side == "numerator" else [])]
    else:
        conditions.append(metric.where)
    measures = ROWS[metric.of].measures
    measure = conditions[-1].text if conditions[-1].text in measures else ""
    return [one for one in conditions if one.text and one.text not in measures], measure


def _count_columns(snapshot: Snapshot, metrics: Sequence[Metric], scoped: ScopedUnits, row_count: str) -> dict[str, str]:
    """Name of each count and the aggregate that makes it; `row_count` is the column with the number of rows that a row stands for."""
    columns: dict[str, str] = {}
    for metric in metrics:
        sides: tuple[Side, ...] = ("numerator", "denominator") if isinstance(metric, Ratio) else ("numerator",)
        for side in sides:
            conditions, measure = counted_conditions(snapshot, metric, scoped.group, side)
            aggregate = f"SUM({measure or row_count})" if measure or row_count else "COUNT(*)"
            if conditions:
                aggregate += f" FILTER (WHERE {' AND '.join(one.sql for one in conditions)})"
            columns[f"{metric.name}__{side}"] = f"COALESCE({aggregate}, 0)" if row_count and not measure else aggregate
    return columns


_WHOLE = "CAST(NULL AS VARCHAR)"


@dataclass(frozen=True)
class _Place:
    """How counts per unit become groups: what they are told apart by, the group's code, and the join that finds it."""

    counted_by: tuple[str, ...]
    group_code: str
    join: str


_PLACES: dict[Grouping, _Place] = {
    "unit": _Place(
        ("unit_code", "tree_on"),
        "org_unit_ancestor.ancestor_code",
        """INNER JOIN org_unit_ancestor
    ON org_unit_ancestor.unit_code = counted.unit_code
    AND counted.tree_on >= org_unit_ancestor.valid_from
    AND counted.tree_on <= org_unit_ancestor.valid_to
""",
    ),
    "own_unit": _Place(("unit_code",), "counted.unit_code", "WHERE counted.unit_code IS NOT NULL\n"),
    "level": _Place(("unit_code",), "org_unit.level", "INNER JOIN org_unit\n    ON org_unit.unit_code = counted.unit_code\n"),
    "province": _Place(
        ("unit_code",),
        "org_unit.province_code",
        "INNER JOIN org_unit\n    ON org_unit.unit_code = counted.unit_code\n    AND org_unit.province_code IS NOT NULL\n",
    ),
    **{name: _Place((name,), f"COALESCE(counted.{name}, '')", "") for name in OF_ROWS},
}


def _counted_by_group(table: str, group_code: str, keys: Sequence[str], columns: dict[str, str]) -> str:
    sums = ",\n    ".join(f"CAST({expression} AS BIGINT) AS {name}" for name, expression in columns.items())
    by = ", ".join([*keys, *([group_code] if group_code != _WHOLE else [])])
    return f"SELECT\n    {', '.join(keys)},\n    {group_code} AS group_code,\n    {sums}\nFROM {table}\nGROUP BY {by}"


def _each_once(rows: Rows, grouping: Grouping | None, days: str) -> dict[str, str]:
    """Rows by the group that they count in, those that stand at several of its units once: the whole first, then the groups."""
    of_row = ", ".join([*rows.booleans, *rows.measures, *([days] if days else [])])
    parts = [(_WHOLE, "")] if grouping is None else [(_WHOLE, ""), (_PLACES[grouping].group_code, _PLACES[grouping].join)]
    selects = []
    for group_code, join in parts:
        for select, shared in (("SELECT", "NOT counted.is_shared"), ("SELECT DISTINCT", "counted.is_shared")):
            word = "AND" if join.startswith("WHERE") else "WHERE"
            key = "row_key" if select == "SELECT DISTINCT" else "CAST(NULL AS VARCHAR) AS row_key"
            selects.append(f"{select}\n    period_no, {group_code} AS group_code, {key}, {of_row}\nFROM scoped_row AS counted\n{join}{word} {shared}")
    return {"each_once": "\nUNION ALL\n".join(selects)}


def _summed(group_code: str, join: str, keys: Sequence[str], columns: dict[str, str]) -> str:
    named = ", ".join(f"counted.{key}" for key in keys)
    sums = ",\n    ".join(f"CAST(SUM({name}) AS BIGINT) AS {name}" for name in columns)
    return f"SELECT\n    {named},\n    {group_code} AS group_code,\n    {sums}\nFROM counted\n{join}GROUP BY {named}, {group_code}"


def _ranked(durations: Sequence[Duration], days: str) -> str:
    """Each number of days with the cases up to it and all cases, in each period and group."""
    window = "PARTITION BY period_no, group_code"
    cases = [f"{one.name}__numerator" for one in durations]
    sums = ",\n    ".join(
        f"SUM({name}) OVER ({window} ORDER BY {days}) AS {name}_reached,\n    SUM({name}) OVER ({window}) AS {name}_total" for name in cases
    )
    return f"SELECT\n    period_no, group_code, {days}, {', '.join(cases)},\n    {sums}\nFROM summed"


def _percentiles(durations: Sequence[Duration], days: str) -> str:
    """Cases, and the least number of days that the share of them reach (nearest rank, in whole numbers: 0.9 * total would miss by rounding)."""
    columns = ",\n    ".join(
        f"CAST(SUM({cases}) AS BIGINT) AS {cases},\n    MIN({days}) FILTER (WHERE {cases} > 0 AND {cases}_reached * 100 >= {cases}_total * {share})"
        f" AS {one.name}__days"
        for one in durations
        for cases, share in ((f"{one.name}__numerator", round(one.share * 100)),)
    )
    return f"SELECT\n    period_no, group_code,\n    {columns}\nFROM ranked\nGROUP BY period_no, group_code"


def _scoped_row(snapshot: Snapshot, rows: Rows, file: str, periods: Sequence[Period], scoped: ScopedUnits) -> dict[str, str]:
    """CTEs by head, `scoped_row` the last: period_no, unit_code and tree_on of each row in the scope, and the columns of the file."""
    is_mart, row = file in (rows.mart, rows.usual), f"{file}_row"
    reads = ("period",) if file == rows.usual else rows.reads
    # Single rows have a day of their own on which the tree is looked up; sums take the first day of the span, on which it was the same.
    is_cut = is_mart and rows.tree_day == "day_on"
    spans = _spans(periods, tree_changes(snapshot) if is_cut and scoped.tree_on is None else ())
    ctes = dict(scoped.ctes)
    for name in reads:
        ctes |= _CTES[name](snapshot, periods, scoped)
    ctes[row] = rows_sql(file)
    if set(reads) & {"period", "issued"}:
        period_no, tree_on, found = f"{row}.period_no", f"{row}.tree_on", row
    else:
        period_no, tree_on = "span.period_no", "span.tree_on" if is_cut else f"{row}.{rows.tree_day}"
        ctes |= _span_cte(spans)
        found = _in_spans(row, "day_on", spans)
    if not set(reads) & {"stay", "issued"}:
        found += _scope_join(scoped, f"{row}.unit_code", tree_on)
    unit_code = f"{row}.unit_code"
    if scoped.tree_on is not None:
        found += f"\nLEFT JOIN placed\n    ON placed.unit_code = {row}.unit_code"
        unit_code, tree_on = "placed.placed_code", _day(scoped.tree_on)
    columns = (*rows.booleans, *rows.measures, "row_count") if is_mart else ("row_key", *rows.booleans, *rows.measures, *rows.dimensions)
    selected = ",\n    ".join([period_no, f"{unit_code} AS unit_code", f"{tree_on} AS tree_on", *(f"{row}.{name}" for name in columns)])
    ctes["scoped_row"] = f"SELECT\n    {selected}\nFROM {found}"
    return ctes


def _stay(snapshot: Snapshot, periods: Sequence[Period], scoped: ScopedUnits) -> dict[str, str]:
    """Accounts on the last day of each period, narrowed before their months are looked at."""
    sql = """SELECT period.period_no, period.to_on AS tree_on, account_stay.*
FROM period
INNER JOIN account_stay
    ON account_stay.valid_from <= period.to_on
    AND account_stay.valid_to >= period.to_on"""
    return {"stay": sql + _scope_join(scoped, "account_stay.unit_code", "period.to_on")}


# The lowest bit of a month's mask is its first day.
_FIRST_USE = """SELECT
    account_no,
    MIN(CASE WHEN login_days <> 0 THEN month_on + CAST(BIT_COUNT((login_days & -login_days) - 1) AS INTEGER) END) AS login_on,
    MIN(CASE WHEN processing_days <> 0 THEN month_on + CAST(BIT_COUNT((processing_days & -processing_days) - 1) AS INTEGER) END) AS processing_on
FROM account_month
GROUP BY account_no"""


def _issued(snapshot: Snapshot, periods: Sequence[Period], scoped: ScopedUnits) -> dict[str, str]:
    """Documents issued in each period, narrowed before their deliveries are looked at."""
    spans = _spans(periods, ())
    sql = f"SELECT span.period_no, document.issued_on AS tree_on, document.*\nFROM {_in_spans('document', 'issued_on', spans)}"
    return _span_cte(spans) | {"issued": sql + _scope_join(scoped, "document.unit_code", "document.issued_on")}


_CTES: dict[str, Callable[[Snapshot, Sequence[Period], ScopedUnits], dict[str, str]]] = {
    "period": lambda snapshot, periods, scoped: {"period (period_no, from_on, to_on)": _period_values(periods)},
    "period_month": lambda snapshot, periods, scoped: {
        "period_month (period_no, month_on, days, week, habit_1, habit_2, habit_3, habit_4, four_weeks, worked)": _period_months(snapshot, periods)
    },
    "declared_cover": lambda snapshot, periods, scoped: {"declared_cover": rows_sql("declared_cover")},
    "first_use": lambda snapshot, periods, scoped: {"first_use": _FIRST_USE},
    "last_90_days": lambda snapshot, periods, scoped: {"last_90_days (period_no, month_on, days)": _last_90_days(periods)},
    "stay": _stay,
    "issued": _issued,
    "cutoff": lambda snapshot, periods, scoped: {"cutoff (cutoff_on)": f"VALUES ({_day(snapshot.info.cutoff_on)})"},
    "holiday": lambda snapshot, periods, scoped: {"holiday (day_on, change)": _holidays(snapshot)},
}
"""What a kind of row may read, by the names in `Rows.reads`."""


def _scope_join(scoped: ScopedUnits, unit: str, day: str) -> str:
    """Joined and not looked up: spans of a unit do not overlap, and joins can be put in order."""
    if IN_SCOPE not in scoped.ctes:
        return ""
    return f"\nINNER JOIN in_scope\n    ON in_scope.unit_code = {unit}\n    AND in_scope.from_on <= {day}\n    AND in_scope.to_on >= {day}"


def _with(ctes: dict[str, str], select: str) -> str:
    return "WITH " + ",\n".join(f"{head} AS (\n{_indented(sql)}\n)" for head, sql in ctes.items()) + f"\n{select}"


def _period_values(periods: Sequence[Period]) -> str:
    return "VALUES\n" + ",\n".join(f"({number}, {_day(period.from_on)}, {_day(period.to_on)})" for number, period in enumerate(periods))


def _holidays(snapshot: Snapshot) -> str:
    """Days on which the week does not decide: -1 a weekday off, 1 a day of the weekend that is worked."""
    changes = ", ".join(f"({_day(on)}, {change})" for on, change in exceptions(snapshot).items())
    return f"VALUES {changes}" if changes else "SELECT CAST(NULL AS DATE), 0"


def _spans(periods: Sequence[Period], changes: Sequence[date]) -> list[tuple[int, Period]]:
    """Each period with its number, cut where the tree changed."""
    cut: list[tuple[int, Period]] = []
    for number, period in enumerate(periods):
        begins = [period.from_on, *(day for day in changes if period.from_on < day <= period.to_on)]
        ends = [*(day - timedelta(days=1) for day in begins[1:]), period.to_on]
        cut += [(number, Period(*days)) for days in zip(begins, ends, strict=True)]
    return cut


def _span_cte(spans: Sequence[tuple[int, Period]]) -> dict[str, str]:
    """The spans, or each of their days, with the first day of the span, on which the tree was as on all of its days."""
    if len(spans) <= FEW_SPANS:
        rows = [f"({number}, {_day(span.from_on)}, {_day(span.to_on)}, {_day(span.from_on)})" for number, span in spans]
        return {"span (period_no, from_on, to_on, tree_on)": "VALUES\n" + ",\n".join(rows)}
    rows = []
    for number, span in spans:  # a week per line
        days = [span.from_on + timedelta(days=offset) for offset in range(span.days)]
        rows += [", ".join(f"({number}, {_day(day)}, {_day(span.from_on)})" for day in days[first : first + 7]) for first in range(0, span.days, 7)]
    return {"span (period_no, day_on, tree_on)": "VALUES\n" + ",\n".join(rows)}


def _in_spans(table: str, day: str, spans: Sequence[tuple[int, Period]]) -> str:
    """A table joined to the spans; the first and last day of all stand for themselves too, so that days outside are not read."""
    first, last = min(span.from_on for _, span in spans), max(span.to_on for _, span in spans)
    is_in = f"{table}.{day} = span.day_on" if len(spans) > FEW_SPANS else f"{table}.{day} >= span.from_on\n    AND {table}.{day} <= span.to_on"
    return f"span\nINNER JOIN {table}\n    ON {is_in}\n    AND {table}.{day} >= {_day(first)}\n    AND {table}.{day} <= {_day(last)}"


def _habit_weeks(period: Period, changes: Collection[date]) -> list[Period]:
    """The weeks on which habit is judged at the end of a period; they may begin before it, where weeks of holidays are passed over."""
    if period.days >= DAYS_OF_HABIT:
        return weeks_of_work(period.to_on, changes)
    return [period]  # too short for a value


def _period_months(snapshot: Snapshot, periods: Sequence[Period]) -> str:
    """Each month that a period or its weeks touch, with the bits of its days (the first is bit 0) that lie in the period, its last 7 days, its weeks,
    its last 28 days, and those of the period that are worked.

    The weeks are those of `metrics.working_days.weeks_of_work`, the newest first.
    """
    off = exceptions(snapshot)
    rows: list[str] = []
    for number, period in enumerate(periods):
        habit = _habit_weeks(period, off)
        last_week, four_weeks = (Period(max(period.from_on, period.to_on - timedelta(days=days - 1)), period.to_on) for days in (7, DAYS_OF_HABIT))
        looked_at = [period, last_week, *habit, *[None] * (WEEKS_OF_HABIT - len(habit)), four_weeks]
        for part in Period(min(period.from_on, habit[-1].from_on), period.to_on).split("month"):
            masks = [_days_within(part, span) if span else 0 for span in looked_at]
            worked = sum(1 << (day.day - 1) for day in _days_of(part) if day >= period.from_on and is_working_day(day, off))
            rows.append(f"({number}, {_day(part.from_on.replace(day=1))}, {', '.join(map(str, [*masks, worked]))})")
    return "VALUES\n" + ",\n".join(rows)


def _last_90_days(periods: Sequence[Period]) -> str:
    """The months of the last 90 days of each period, with the bits of these days."""
    spans = ((number, Period(max(EARLIEST, period.to_on - timedelta(days=89)), period.to_on)) for number, period in enumerate(periods))
    months = ((number, span, part) for number, span in spans for part in span.split("month"))
    return "VALUES\n" + ",\n".join(f"({number}, {_day(part.from_on.replace(day=1))}, {_days_within(part, span)})" for number, span, part in months)


def _days_of(period: Period) -> list[date]:
    return [period.from_on + timedelta(days=offset) for offset in range(period.days)]


def _days_within(part: Period, span: Period) -> int:
    """The bits of the days of a part of a month that lie within the span."""
    first, last = max(part.from_on, span.from_on), min(part.to_on, span.to_on)
    return _day_bits(first.day, last.day) if first <= last else 0


def _day_bits(first: int, last: int) -> int:
    """The bits of the days of a month from `first` to `last`."""
    return (1 << last) - (1 << (first - 1))


def _day(on: date) -> str:
    return f"DATE '{on.isoformat()}'"


def _indented(sql: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in sql.splitlines())
