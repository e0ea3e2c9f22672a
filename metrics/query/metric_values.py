"""The one question that page, report and command line ask: these metrics, in this period, for this scope, by that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, get_args

import polars as pl

from data.errors import ConfigurationError
from metrics.catalog import metric
from metrics.engines import Snapshot
from metrics.model import Duration, Metric, Ratio
from metrics.periods import Period
from metrics.query.statements import Grouping, is_in_one_month, questions, statement
from metrics.rows import ROWS
from metrics.tree.recount import Placing, roll_up
from metrics.tree.scope import By, Scope
from metrics.tree.units import level_order, placing_of, tree_changes, units, units_of_scope, verify_scope

COLUMNS: dict[str, type[pl.DataType]] = {
    "metric": pl.String,
    "label": pl.String,
    "unit_code": pl.String,
    "period_from": pl.Date,
    "period_to": pl.Date,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
    "value": pl.Float64,
    "snapshot": pl.String,
}

MANY_PERIODS = 12
"""From so many on, a second statement costs less than it saves."""

__all__ = ["COLUMNS", "By", "counts", "metric_values", "units", "values_of_periods"]


def metric_values(snapshot: Snapshot, names: Sequence[str], period: Period, scope: Scope | None = None, by: By | None = None) -> pl.DataFrame:
    """Figures in the columns COLUMNS: the whole first, in the order of `names`, then each group x metric.

    `denominator` is null for counts and durations. `value` is the ratio (0 to 1), the count, or the days, of which
    `numerator` then says on how many rows they rest. Two kinds of emptiness are kept apart:
    no activity (denominator 0, value null) and no data (numerator null: the snapshot does not speak of that period,
    or nothing of that kind was ever delivered).
    `unit_code` is null for the whole unless the scope names a unit; by level it is `level:<code>`, by pilot group `group:<number>`
    (accounts of the group's population, as with a scope of that group), by document type `doc_type:<code>`. Groups without a single
    row are listed too, except document types.
    Raises ConfigurationError for unknown metrics, units and groups.
    """
    scope = scope or Scope()
    if by == "group":
        return _by_group(snapshot, names, period, scope)
    metrics = [metric(name) for name in dict.fromkeys(names)]
    periods = [period]
    grouping: Grouping | Literal["doc_type"] | None = None
    if by == "day" or by == "week" or by == "month":
        periods += period.split(by)
    elif by is not None and by not in get_args(By):
        raise ConfigurationError(f"Figures can't be listed by {by!r}. Choose one of: {', '.join(get_args(By))}.")
    else:
        grouping = by
    verify_scope(snapshot, scope)
    told = _told(snapshot, metrics, periods, scope, grouping)
    return _figures(snapshot, metrics, periods, told, _groups(snapshot, scope, periods, grouping, told))


def _by_group(snapshot: Snapshot, names: Sequence[str], period: Period, scope: Scope) -> pl.DataFrame:
    """The whole, and each pilot group by a question of its own: whose accounts count differs from group to group."""
    whole = metric_values(snapshot, names, period, scope)
    # Units of a restated tree are younger than the groups, which hold what they succeeded.
    listed = units_of_scope(snapshot, scope, period) if scope.tree == "as_was" else units(snapshot)
    groups = sorted(listed["pilot_group"].drop_nulls().unique()) if scope.group is None else [scope.group]
    each = [
        metric_values(snapshot, names, period, replace(scope, group=group)).with_columns(unit_code=pl.lit(f"group:{group}", dtype=pl.String))
        for group in groups
    ]
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
    verify_scope(snapshot, scope)
    told = _told(snapshot, metrics, periods, scope, by)
    groups = [_Group(number, *rest) for number, period in enumerate(periods) for _, *rest in _groups(snapshot, scope, [period], by, told)]
    return _figures(snapshot, metrics, periods, told, groups)


def counts(
    snapshot: Snapshot,
    metrics: Sequence[Metric],
    periods: Sequence[Period],
    scope: Scope,
    grouping: Grouping | Literal["doc_type"] | None = None,
) -> pl.DataFrame:
    """What the rows say, one statement per row kind: period_no, group_code, metric, numerator, denominator, days.

    Only groups with rows are there; `group_code` is null for the whole. The scope is taken as verified.
    """
    where = None if scope.tree == "as_was" else placing_of(snapshot, scope, periods[0])
    frames = [
        _long(one, answer)
        for dimension, together in questions(metrics)
        for asked in _asked_together(together, periods)
        for answer in (_numbered(_answer(snapshot, together, [periods[number] for number in asked], scope, where, grouping, dimension), asked),)
        for one in together
    ]
    return pl.concat(frames) if frames else pl.DataFrame(schema=_COUNTS)


def _asked_together(metrics: Sequence[Metric], periods: Sequence[Period]) -> list[list[int]]:
    """Numbers of the periods that one statement answers: many at once go apart where those within one month are counted faster."""
    within = [number for number, period in enumerate(periods) if is_in_one_month(period)]
    if len(periods) < MANY_PERIODS or not ROWS[metrics[0].of].in_month or len(within) in {0, len(periods)}:
        return [list(range(len(periods)))]
    return [within, sorted(set(range(len(periods))) - set(within))]


def _numbered(answer: pl.DataFrame, asked: Sequence[int]) -> pl.DataFrame:
    """The answer with the numbers that its periods have among all."""
    numbers = pl.DataFrame({"period_no": range(len(asked)), "number": asked}, schema={"period_no": pl.Int32, "number": pl.Int32})
    return answer.join(numbers, on="period_no", how="left").with_columns(period_no="number").drop("number")


def _long(one: Metric, answer: pl.DataFrame) -> pl.DataFrame:
    """One metric's columns of an answer, in the columns of _COUNTS."""
    if isinstance(one, Duration):
        found = _percentiles(answer, one).select("period_no", "group_code", numerator="rows", denominator=pl.lit(None), days="days")
    else:
        under = pl.col(f"{one.name}__denominator") if isinstance(one, Ratio) else pl.lit(None)
        found = answer.select("period_no", "group_code", numerator=f"{one.name}__numerator", denominator=under, days=pl.lit(None))
    return found.with_columns(metric=pl.lit(one.name)).select(pl.col(name).cast(kind) for name, kind in _COUNTS.items())


def _told(
    snapshot: Snapshot, metrics: Sequence[Metric], periods: Sequence[Period], scope: Scope, grouping: Grouping | Literal["doc_type"] | None
) -> _Told:
    told: _Told = {}
    where = None if scope.tree == "as_was" else placing_of(snapshot, scope, periods[0])
    for dimension, together in questions(metrics):
        if grouping == "doc_type" or dimension is not None or where is not None:
            _tell(told, together, _answer(snapshot, together, periods, scope, where, grouping, dimension))
        else:
            question = statement(together, periods, scope, grouping, snapshot.info.cutoff_on, None, tree_changes(snapshot))
            _tell_rows(told, together, *snapshot.rows(question.sql, question.params))
    return told


def _answer(
    snapshot: Snapshot,
    metrics: Sequence[Metric],
    periods: Sequence[Period],
    scope: Scope,
    where: Placing | None,
    grouping: Grouping | Literal["doc_type"] | None,
    dimension: str | None,
) -> pl.DataFrame:
    """`_asked`, with the document types as groups where they are asked for."""
    if grouping != "doc_type":
        return _asked(snapshot, metrics, periods, scope, where, grouping, dimension)
    if "doc_type" not in ROWS[metrics[0].of].dimensions:
        raise ConfigurationError(f"{metrics[0].name} can't be listed by doc_type: its rows have none. Ask for metrics of documents.")
    by_type = _asked(snapshot, metrics, periods, scope, where, None, "doc_type")
    typed = by_type.with_columns(group_code=pl.col("doc_type").fill_null(""))
    return pl.concat([by_type, typed]).drop("doc_type").group_by("period_no", "group_code").agg(pl.all().sum())


def _tell(told: _Told, metrics: Sequence[Metric], answer: pl.DataFrame) -> None:
    durations = [one for one in metrics if isinstance(one, Duration)]
    for one in durations:
        told |= {(number, group, one.name): (rows, None, days) for number, group, rows, days in _percentiles(answer, one).iter_rows()}
    if len(durations) < len(metrics):
        _tell_rows(told, [one for one in metrics if not isinstance(one, Duration)], answer.columns, answer.rows())


def _tell_rows(told: _Told, metrics: Sequence[Metric], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    place = {name: number for number, name in enumerate(columns)}
    number, group = place["period_no"], place["group_code"]
    for one in metrics:
        over = place[f"{one.name}__numerator"]
        if isinstance(one, Ratio):
            under = place[f"{one.name}__denominator"]
            told.update({(row[number], row[group], one.name): (row[over], row[under], None) for row in rows})
        else:
            told.update({(row[number], row[group], one.name): (row[over], None, None) for row in rows})


def _asked(
    snapshot: Snapshot,
    metrics: Sequence[Metric],
    periods: Sequence[Period],
    scope: Scope,
    where: Placing | None,
    grouping: Grouping | None,
    dimension: str | None,
) -> pl.DataFrame:
    """One statement's answer: period_no, group_code, the dimension, and the counts of every metric in columns."""
    if where is None:
        question = statement(metrics, periods, scope, grouping, snapshot.info.cutoff_on, dimension, tree_changes(snapshot))
        return snapshot.query(question.sql, question.params)
    # Placed and narrowed below; the group decides whose accounts count, so it belongs into the statement too.
    question = statement(metrics, periods, Scope(group=scope.group), "own_unit", snapshot.info.cutoff_on, dimension, ())
    answer = snapshot.query(question.sql, question.params)
    keys = ["period_no", *([dimension] if dimension else [])]
    sums = [column for column in answer.columns if column not in {*keys, "group_code"}]
    own = answer.filter(pl.col("group_code").is_not_null())
    # What stands in no unit at all is the whole less the units.
    rest = pl.concat([answer.filter(pl.col("group_code").is_null()), own.with_columns(-pl.col(*sums))]).group_by(keys).agg(pl.col(*sums).sum())
    rest = rest.filter(pl.any_horizontal(pl.col(*sums) != 0)).with_columns(group_code=pl.lit(None, dtype=pl.String))
    counted = pl.concat([own, rest.select(own.columns)]).rename({"group_code": "unit_code"})
    return roll_up(counted, where, scope, grouping, keys, sums)


def _percentiles(answer: pl.DataFrame, one: Duration) -> pl.DataFrame:
    """period_no, group_code, number of rows, days that the share of them reach."""
    ranked = answer.with_columns(rows=pl.col(f"{one.name}__numerator")).filter(pl.col("rows") > 0).sort(one.days)
    by_group = ["period_no", "group_code"]
    ranked = ranked.with_columns(reached=pl.col("rows").cum_sum().over(by_group), total=pl.col("rows").sum().over(by_group))
    # Nearest rank in whole numbers: a share of 0.9 as 0.9 * total would miss by rounding.
    needed = (pl.col("total") * round(one.share * 100) + 99) // 100
    return ranked.filter(pl.col("reached") >= needed).group_by(by_group).agg(rows=pl.col("total").first(), days=pl.col(one.days).min())


_Told = dict[tuple[int, str | None, str], tuple[int | None, int | None, int | None]]
"""Numerator, denominator and days by number of the period, group (None: the whole) and metric."""

_COUNTS: dict[str, type[pl.DataType]] = {
    "period_no": pl.Int64,
    "group_code": pl.String,
    "metric": pl.String,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
    "days": pl.Int64,
}


class _Group(NamedTuple):
    """What is listed as one group in one period."""

    period_no: int
    group_code: str | None
    """None for the whole."""
    unit_code: str | None


def _groups(
    snapshot: Snapshot, scope: Scope, periods: Sequence[Period], grouping: Grouping | Literal["doc_type"] | None, told: _Told
) -> list[_Group]:
    """What is listed, in order: the whole in every period, or in the first one with its groups."""
    if grouping is None:
        return [_Group(number, None, scope.unit_code) for number in range(len(periods))]
    whole = [_Group(0, None, scope.unit_code)]
    if grouping == "doc_type":
        return whole + [_Group(0, code, f"doc_type:{code}") for code in sorted({group for _, group, _ in told if group is not None})]
    listed = units_of_scope(snapshot, scope, periods[0])
    if grouping == "level":
        order = level_order()
        levels = sorted(listed["level"].unique(), key=lambda level: (order.get(level, len(order)), level))
        return whole + [_Group(0, level, f"level:{level}") for level in levels]
    if grouping == "province":
        return whole + [_Group(0, code, code) for code in listed["province_code"].drop_nulls().unique(maintain_order=True)]
    return whole + [_Group(0, code, code) for code in listed["unit_code"] if code != scope.unit_code]


def _figures(snapshot: Snapshot, metrics: Sequence[Metric], periods: Sequence[Period], told: _Told, groups: Sequence[_Group]) -> pl.DataFrame:
    """The frame of `metric_values`. Plain Python: for a handful of figures it is done before a frame is even set up."""
    known = {(one.period_no, one.metric): one for one in _known_rows(snapshot, metrics, periods)}
    rows: list[tuple[Any, ...]] = []
    for group in groups:
        period = periods[group.period_no]
        for one in metrics:
            knowledge = known[group.period_no, one.name]
            over, under, days = told.get((group.period_no, group.group_code, one.name), (None, None, None))
            value: float | None = None
            if not knowledge.is_known:
                over = under = None
            else:
                over = knowledge.when_nothing if over is None else over
                if knowledge.is_ratio:
                    under = knowledge.when_nothing if under is None else under
                    value = over / under if under and over is not None else None
                else:
                    value = days if knowledge.is_duration else over
            rows.append((one.name, one.label, group.unit_code, period.from_on, period.to_on, over, under, value, snapshot.name))
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    return pl.DataFrame({name: pl.Series(name, values, kind, strict=False) for (name, kind), values in zip(COLUMNS.items(), columns, strict=True)})


@dataclass(frozen=True)
class _Known:
    """Whether the snapshot can speak of a metric in a period, and what the absence of rows then means."""

    period_no: int
    metric: str
    label: str
    is_ratio: bool
    is_duration: bool
    is_known: bool
    when_nothing: int | None


def _known(snapshot: Snapshot, metrics: Sequence[Metric], periods: Sequence[Period]) -> pl.DataFrame:
    """`_known_rows` as a frame."""
    return pl.DataFrame(
        _known_rows(snapshot, metrics, periods),
        schema={
            "period_no": pl.Int64,
            "metric": pl.String,
            "label": pl.String,
            "is_ratio": pl.Boolean,
            "is_duration": pl.Boolean,
            "is_known": pl.Boolean,
            "when_nothing": pl.Int64,
        },
    )


def _known_rows(snapshot: Snapshot, metrics: Sequence[Metric], periods: Sequence[Period]) -> list[_Known]:
    info = snapshot.info
    cutoff_on = info.cutoff_on
    has_rows = {table: _has_rows(snapshot, table) for table in {ROWS[one.of].table for one in metrics}}
    return [
        _Known(
            number,
            one.name,
            one.label,
            isinstance(one, Ratio),
            isinstance(one, Duration),
            is_known=has_rows[ROWS[one.of].table] and period.days >= one.min_days and period.from_on <= cutoff_on and period.to_on >= info.first_on,
            # Declarations that are missing are unknown; rows that are missing are none.
            when_nothing=None if isinstance(one, Ratio) and ROWS[one.of].measures else 0,
        )
        for number, period in enumerate(periods)
        for one in metrics
    ]


def _has_rows(snapshot: Snapshot, table: str) -> bool:
    return not snapshot.reference(f"SELECT 1 FROM {table} LIMIT 1").is_empty()  # noqa: S608
