"""The one question that page, report and command line ask: these metrics, in this period, for this scope, by that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal, NamedTuple, get_args

import polars as pl

from data.errors import ConfigurationError
from metrics.catalog import metric
from metrics.engines import Snapshot
from metrics.model import Duration, Metric, Ratio
from metrics.periods import EARLIEST, LATEST, Period
from metrics.query.coverage import coverage, covered_period
from metrics.query.statements import OF_ROWS, Grouping, is_in_one_month, questions, statement
from metrics.query.usual_sums import sums_for
from metrics.rows import ROWS
from metrics.tree.scope import By, Scope
from metrics.tree.scoped_units import ScopedUnits, scoped_units, units_of_scope
from metrics.tree.units import level_order, units

COLUMNS: dict[str, type[pl.DataType]] = {
    "metric": pl.String,
    "label": pl.String,
    "unit_code": pl.String,
    "period_from": pl.Date,
    "period_to": pl.Date,
    "covered_from": pl.Date,
    "covered_to": pl.Date,
    "coverage_days": pl.Int64,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
    "value": pl.Float64,
    "snapshot": pl.String,
}

_EVER = Period(EARLIEST, LATEST)
_CODE_COLUMN: dict[Grouping, str] = {"unit": "unit_code", "level": "level", "province": "province_code"}
"""Column of `units` by which groups are told apart."""

MANY_PERIODS = 12
"""From so many on, a second statement costs less than it saves."""

__all__ = ["COLUMNS", "By", "counts", "metric_values", "ratio_by_unit_and_part", "units", "values_of_periods"]


def metric_values(snapshot: Snapshot, names: Sequence[str], period: Period, scope: Scope | None = None, by: By | None = None) -> pl.DataFrame:
    """Figures in the columns COLUMNS: the whole first, in the order of `names`, then each group x metric.

    `denominator` is null for counts and durations. `value` is the ratio (0 to 1), the count, or the days, of which
    `numerator` then says on how many rows they rest. Two kinds of emptiness are kept apart:
    no activity (denominator 0, value null) and no data (numerator and denominator null: the snapshot does not speak of that
    period, what the figure counts was not delivered in it, or the weeks that it looks back on are not all covered).
    A window that reaches beyond the data is counted from `covered_from` to `covered_to`, `coverage_days` days: fewer than those from
    `period_from` to `period_to`, or 0 and null days where the data speak of none of them (`metrics.query.coverage`).
    `unit_code` is null for the whole unless the scope names a unit; by level it is `level:<code>`, by pilot group `group:<number>`
    (accounts of the group's population, as with a scope of that group), by document type `doc_type:<code>`, by receiver `receiver:<code>`. Groups
    without a single row are listed too, except these two; units that ended before the period, and groups of such units alone, are listed where they
    have rows (deliveries still open, or due then), so that the parts hold all of the whole.
    Raises ConfigurationError for unknown metrics, units and groups.
    """
    scope = scope or Scope()
    if by == "group":
        return _by_group(snapshot, names, period, scope)
    if by is not None and by not in get_args(By):
        raise ConfigurationError(f"Figures can't be listed by {by!r}. Choose one of: {', '.join(get_args(By))}.")
    periods, grouping = [period], None
    if by == "day" or by == "week" or by == "month":
        periods += period.split(by)
    else:
        grouping = by
    metrics = [metric(name) for name in dict.fromkeys(names)]
    found = _counts(snapshot, metrics, periods, scoped_units(snapshot, scope, period), grouping)
    return _figures(snapshot, metrics, periods, found, _groups(snapshot, scope, periods, grouping, found), scope.group)


def _by_group(snapshot: Snapshot, names: Sequence[str], period: Period, scope: Scope) -> pl.DataFrame:
    """The whole, and each pilot group by a question of its own: whose accounts count differs from group to group."""
    whole = metric_values(snapshot, names, period, scope)
    # Units of a restated tree are younger than the groups, which hold what they succeeded.
    ever, there = (units_of_scope(snapshot, scope, days) if scope.tree == "as_was" else units(snapshot) for days in (_EVER, period))
    groups = sorted(ever["pilot_group"].drop_nulls().unique()) if scope.group is None else [scope.group]
    each = []
    for group in groups:
        answer = metric_values(snapshot, names, period, replace(scope, group=group))
        if scope.group is not None or group in there["pilot_group"] or answer["numerator"].sum() or answer["denominator"].sum():
            each.append(answer.with_columns(unit_code=pl.lit(f"group:{group}", dtype=pl.String)))
    return pl.concat([whole, *each])


def values_of_periods(
    snapshot: Snapshot,
    names: Sequence[str],
    periods: Sequence[Period],
    scope: Scope | None = None,
    by: Literal["unit", "level", "province"] | None = None,
) -> pl.DataFrame:
    """The answers of `metric_values` for each period, one below the other, by as few statements as one of them takes.

    A period and the one it is compared with are one question. Raises as `metric_values` does.
    """
    scope = scope or Scope()
    if scope.tree != "as_was":  # each period has a tree of its own there
        return pl.concat([metric_values(snapshot, names, period, scope, by) for period in periods])
    metrics = [metric(name) for name in dict.fromkeys(names)]
    found = _counts(snapshot, metrics, periods, scoped_units(snapshot, scope, periods[0]), by)
    groups = [_Group(number, *rest) for number, period in enumerate(periods) for _, *rest in _groups(snapshot, scope, [period], by, found, number)]
    return _figures(snapshot, metrics, periods, found, groups, scope.group)


def ratio_by_unit_and_part(snapshot: Snapshot, name: str, parts: Sequence[Period], scope: Scope) -> pl.DataFrame:
    """unit_code, part (number of the part, from 0), numerator, denominator, value: one ratio of every unit of the scope, part by part.

    Equal to `metric_values` by unit for each part alone, and as there: no activity is a denominator of 0, no data a null numerator.
    A metric that looks back over more days than a part has (`min_days`) is taken over that many days up to the part's last one.
    Raises ValueError for a metric that is no ratio.
    """
    one = metric(name)
    if not isinstance(one, Ratio):
        raise ValueError(f"{name} is no ratio.")
    windows = [_window(part, one.min_days) for part in parts]
    whole = Period(parts[0].from_on, parts[-1].to_on)
    # By the frame and not row by row as `_figures`: of a whole government these are a hundred thousand rows.
    answers = [answer for _, answer in _answers(snapshot, [one], windows, scoped_units(snapshot, scope, whole), "unit")]
    counted = pl.concat([_unit_counts(one, answer) for answer in answers])
    known = [coverage(snapshot, one, window, scope.group).gap is None for window in windows]
    parts_known = pl.DataFrame({"part": range(len(windows)), "is_known": known}, {"part": pl.Int64, "is_known": pl.Boolean})
    listed = units_of_scope(snapshot, scope, whole).select("unit_code").join(parts_known, how="cross", maintain_order="left_right")
    frame = listed.join(counted, on=["unit_code", "part"], how="left", maintain_order="left")
    if not ROWS[one.of].is_declared:  # declarations that are missing are unknown
        frame = frame.with_columns(pl.col("numerator", "denominator").fill_null(0))
    frame = frame.with_columns(pl.when("is_known").then(pl.col("numerator", "denominator")))
    value = pl.when(pl.col("denominator") != 0).then(pl.col("numerator") / pl.col("denominator"))
    return frame.select("unit_code", "part", "numerator", "denominator", value=value)


def _unit_counts(one: Ratio, answer: pl.DataFrame) -> pl.DataFrame:
    """unit_code, part, numerator, denominator of an answer by unit, without the whole."""
    of_units = answer.filter(pl.col("group_code").is_not_null())
    sides = {side: pl.col(f"{one.name}__{side}").cast(pl.Int64) for side in ("numerator", "denominator")}
    return of_units.select(unit_code="group_code", part=pl.col("period_no").cast(pl.Int64), **sides)


def _window(part: Period, days: int) -> Period:
    return part if part.days >= days else Period(max(EARLIEST, part.to_on - timedelta(days=days - 1)), part.to_on)


def counts(snapshot: Snapshot, metrics: Sequence[Metric], periods: Sequence[Period], scope: Scope, grouping: Grouping | None = None) -> pl.DataFrame:
    """What the rows say, one statement per row kind: period_no, group_code, metric, numerator, denominator, days.

    Only groups with rows are there; `group_code` is null for the whole. Raises as `metric_values` does.
    """
    frames = [
        pl.DataFrame([_column_of(one, answer, name, kind) for name, kind in _COUNTS.items()])
        for together, answer in _answers(snapshot, metrics, periods, scoped_units(snapshot, scope, periods[0]), grouping)
        for one in together
    ]
    return pl.concat(frames) if frames else pl.DataFrame(schema=_COUNTS)


def _column_of(one: Metric, answer: pl.DataFrame, name: str, kind: type[pl.DataType]) -> pl.Series:
    """A column of `counts` as a series: an expression for each of many metrics costs more than the statement that answered them all."""
    place = name if name in ("period_no", "group_code") else f"{one.name}__{name}"
    if place in answer.columns:
        return answer[place].cast(kind).alias(name)
    return pl.Series(name, [one.name if name == "metric" else None], kind).new_from_index(0, len(answer))


_COUNTS: dict[str, type[pl.DataType]] = {
    "period_no": pl.Int64,
    "group_code": pl.String,
    "metric": pl.String,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
    "days": pl.Int64,
}


def _answers(
    snapshot: Snapshot, metrics: Sequence[Metric], periods: Sequence[Period], scoped: ScopedUnits, grouping: Grouping | None
) -> Iterator[tuple[list[Metric], pl.DataFrame]]:
    """The answer of each statement, with the metrics that it counts; `period_no` is the position in `periods`."""
    for together, windows in _on_the_same_days(snapshot, metrics, periods):
        for asked in _asked_together(snapshot, together, windows):
            days = [windows[number] for number in asked]
            sums = sums_for(snapshot, together[0].of, days)
            question = statement(snapshot, together, days, scoped, grouping, of_sums=sums is not None)
            answer = (sums or snapshot).query(question.sql, question.params)
            if len(asked) < len(windows):
                answer = answer.with_columns(period_no=pl.col("period_no").replace_strict(range(len(asked)), asked, return_dtype=pl.Int32))
            yield together, answer


def _on_the_same_days(snapshot: Snapshot, metrics: Sequence[Metric], periods: Sequence[Period]) -> Iterator[tuple[list[Metric], tuple[Period, ...]]]:
    """Metrics that one statement answers, with the days of each period that count: those that the data speak of."""
    for together in questions(metrics):
        alike: dict[tuple[Period, ...], list[Metric]] = {}
        for one in together:
            alike.setdefault(tuple(covered_period(snapshot, one, period) for period in periods), []).append(one)
        yield from ((same, windows) for windows, same in alike.items())


def _asked_together(snapshot: Snapshot, metrics: Sequence[Metric], periods: Sequence[Period]) -> list[list[int]]:
    """Numbers of the periods that one statement answers: many at once go apart where those within one month are counted faster."""
    within = [number for number, period in enumerate(periods) if is_in_one_month(snapshot, metrics, period)]
    if len(periods) < MANY_PERIODS or not ROWS[metrics[0].of].in_month or len(within) in {0, len(periods)}:
        return [list(range(len(periods)))]
    return [within, sorted(set(range(len(periods))) - set(within))]


_Counts = dict[tuple[int, str | None, str], tuple[int | None, int | None, int | None]]
"""Numerator, denominator and days by number of the period, group (None: the whole) and metric."""


def _counts(snapshot: Snapshot, metrics: Sequence[Metric], periods: Sequence[Period], scoped: ScopedUnits, grouping: Grouping | None) -> _Counts:
    """`counts` in plain Python, which is done for a handful of figures before a frame is even set up."""
    found: _Counts = {}
    for together, answer in _answers(snapshot, metrics, periods, scoped, grouping):
        place = {name: number for number, name in enumerate(answer.columns)}
        rows = answer.rows()
        period_no, group = place["period_no"], place["group_code"]
        for one in together:
            over, under, days = (place.get(f"{one.name}__{side}") for side in ("numerator", "denominator", "days"))
            assert over is not None
            found.update(
                ((row[period_no], row[group], one.name), (row[over], None if under is None else row[under], None if days is None else row[days]))
                for row in rows
            )
    return found


class _Group(NamedTuple):
    """What is listed as one group in one period."""

    period_no: int
    group_code: str | None
    """None for the whole."""
    unit_code: str | None


def _groups(
    snapshot: Snapshot, scope: Scope, periods: Sequence[Period], grouping: Grouping | None, found: _Counts, number_asked: int = 0
) -> list[_Group]:
    """What is listed, in order: the whole in every period, or in the first one (`number_asked` in `found`) with its groups."""
    if grouping is None:
        return [_Group(number, None, scope.unit_code) for number in range(len(periods))]
    whole = [_Group(0, None, scope.unit_code)]
    with_rows = {group for (number, group, _), counted in found.items() if number == number_asked and group is not None and any(counted)}
    if grouping in OF_ROWS:
        return whole + [_Group(0, code, f"{grouping}:{code}") for code in sorted(with_rows)]
    listed = _listed(snapshot, scope, periods[0], with_rows, _CODE_COLUMN[grouping])
    if grouping == "level":
        order = level_order(snapshot)
        levels = sorted(listed["level"].unique(), key=lambda level: (order.get(level, len(order)), level))
        return whole + [_Group(0, level, f"level:{level}") for level in levels]
    if grouping == "province":
        return whole + [_Group(0, code, code) for code in listed["province_code"].drop_nulls().unique(maintain_order=True)]
    return whole + [_Group(0, code, code) for code in listed["unit_code"] if code != scope.unit_code]


def _listed(snapshot: Snapshot, scope: Scope, period: Period, with_rows: AbstractSet[str], column: str) -> pl.DataFrame:
    """The units of the scope in the period, and those outside it whose group has rows: deliveries are open, or due, after their receiver ended."""
    there = units_of_scope(snapshot, scope, period)
    if with_rows <= set(there[column]):
        return there
    # Few units are comparable over all time: those of the period stay, whatever becomes of them before or after it.
    ended = units_of_scope(snapshot, scope, _EVER).filter(pl.col(column).is_in(with_rows) & ~pl.col("unit_code").is_in(there["unit_code"].implode()))
    return pl.concat([there, ended])


def _figures(
    snapshot: Snapshot, metrics: Sequence[Metric], periods: Sequence[Period], found: _Counts, groups: Sequence[_Group], pilot_group: int | None
) -> pl.DataFrame:
    """The frame of `metric_values`. What the snapshot does not speak of is null; where it does, rows that are missing are none."""
    # What is the same for every group is found once: of thousands of units and months this loop is most of the time.
    asked = [[_asked(snapshot, one, period, pilot_group) for one in metrics] for period in periods]
    rows: list[tuple[Any, ...]] = []
    for number, code, unit_code in groups:
        for name, label, window, is_known, is_ratio, is_declared, is_duration in asked[number]:
            over, under, days = found.get((number, code, name), (None, None, None))
            value: float | None = None
            if not is_known:
                over = under = None
            elif is_ratio:
                if not is_declared:  # declarations that are missing are unknown
                    over, under = over or 0, under or 0
                value = over / under if under and over is not None else None
            else:
                over = over or 0
                value = days if is_duration else over
            rows.append((name, label, unit_code, *window, over, under, value, snapshot.name))
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    return pl.DataFrame({name: pl.Series(name, values, kind, strict=False) for (name, kind), values in zip(COLUMNS.items(), columns, strict=True)})


def _asked(snapshot: Snapshot, one: Metric, period: Period, pilot_group: int | None) -> tuple[str, str, tuple[Any, ...], bool, bool, bool, bool]:
    """Of a metric in a period: name, label, the columns from period_from to coverage_days, and whether it is known, a ratio, declared, a duration."""
    cover = coverage(snapshot, one, period, pilot_group)
    first, last = (cover.covered.from_on, cover.covered.to_on) if cover.covered else (None, None)
    window = (period.from_on, period.to_on, first, last, cover.days)
    return one.name, one.label, window, cover.gap is None, isinstance(one, Ratio), ROWS[one.of].is_declared, isinstance(one, Duration)
