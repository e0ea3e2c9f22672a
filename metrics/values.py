"""The one question that page, report and command line ask: these metrics, in this period, for this scope, by that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import polars as pl

from data.errors import ConfigurationError
from metrics.catalog import metric
from metrics.engines import Snapshot
from metrics.model import Duration, Metric, Ratio
from metrics.periods import Period
from metrics.restated import Placing, roll_up
from metrics.rows import ROWS
from metrics.scope import Scope
from metrics.sql import Grouping, questions, statement
from metrics.units import level_order, placing_of, tree_changes, units, units_of_scope, verify_scope

By = Literal["unit", "level", "province", "doc_type", "day", "week", "month"]

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

__all__ = ["COLUMNS", "By", "counts", "metric_values", "units"]


def metric_values(snapshot: Snapshot, names: Sequence[str], period: Period, scope: Scope | None = None, by: By | None = None) -> pl.DataFrame:
    """Figures in the columns COLUMNS: the whole first, in the order of `names`, then each group x metric.

    `denominator` is null for counts and durations. `value` is the ratio (0 to 1), the count, or the days, of which
    `numerator` then says on how many rows they rest. Two kinds of emptiness are kept apart:
    no activity (denominator 0, value null) and no data (numerator null: the snapshot does not speak of that period,
    or nothing of that kind was ever delivered).
    `unit_code` is null for the whole unless the scope names a unit; by level it is `level:<code>`, by document type
    `doc_type:<code>`. Groups without a single row are listed too, except document types.
    Raises ConfigurationError for unknown metrics, units and groups.
    """
    scope = scope or Scope()
    metrics = [metric(name) for name in dict.fromkeys(names)]
    periods = [period]
    grouping: Grouping | Literal["doc_type"] | None = None
    if by == "day" or by == "week" or by == "month":
        periods += period.split(by)
    elif by is not None and by not in get_args(By):
        raise ConfigurationError(f"Figures can't be listed by {by!r}. Choose one of: {', '.join(get_args(By))}.")
    else:
        grouping = by
    verify_scope(units(snapshot), scope)
    found = counts(snapshot, metrics, periods, scope, grouping)
    groups = _groups(snapshot, scope, periods, grouping, found)
    known = _known(snapshot, metrics, periods)
    is_ratio = pl.col("is_ratio")
    frame = groups.join(known, on="period_no", how="inner", maintain_order="left_right").join(
        found, on=["period_no", "group_code", "metric"], how="left", nulls_equal=True, maintain_order="left"
    )
    numerator = pl.when("is_known").then(pl.col("numerator").fill_null(pl.col("when_nothing")))
    denominator = pl.when(is_ratio & pl.col("is_known")).then(pl.col("denominator").fill_null(pl.col("when_nothing")))
    ratio = pl.when(pl.col("denominator") > 0).then(pl.col("numerator") / pl.col("denominator"))
    return (
        frame.with_columns(numerator=numerator, denominator=denominator)
        .with_columns(
            value=pl.when(is_ratio)
            .then(ratio)
            .when(pl.col("is_duration") & pl.col("is_known"))
            .then(pl.col("days").cast(pl.Float64))
            .otherwise(pl.col("numerator").cast(pl.Float64)),
            snapshot=pl.lit(snapshot.name),
        )
        .select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())
    )


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
    found = [pl.DataFrame(schema=_COUNTS)]
    where = None if scope.tree == "as_was" else placing_of(snapshot, scope, periods[0])
    for dimension, together in questions(metrics):
        if grouping == "doc_type":
            if "doc_type" not in ROWS[together[0].of].dimensions:
                raise ConfigurationError(f"{together[0].name} can't be listed by doc_type: its rows have none. Ask for metrics of documents.")
            by_type = _asked(snapshot, together, periods, scope, where, None, "doc_type")
            typed = by_type.with_columns(group_code=pl.col("doc_type").fill_null(""))
            answer = pl.concat([by_type, typed]).drop("doc_type").group_by("period_no", "group_code").agg(pl.all().sum())
        else:
            answer = _asked(snapshot, together, periods, scope, where, grouping, dimension)
        found += [_of_metric(answer, one) for one in together]
    return pl.concat(found)


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


def _of_metric(answer: pl.DataFrame, one: Metric) -> pl.DataFrame:
    """The columns of one metric out of an answer, in the shape of `counts`."""
    numerator = pl.col(f"{one.name}__numerator")
    if isinstance(one, Duration):
        ranked = answer.filter(numerator > 0).sort(one.days).with_columns(rows=numerator)
        by_group = ["period_no", "group_code"]
        ranked = ranked.with_columns(reached=pl.col("rows").cum_sum().over(by_group), total=pl.col("rows").sum().over(by_group))
        # Nearest rank in whole numbers: a share of 0.9 as 0.9 * total would miss by rounding.
        needed = (pl.col("total") * round(one.share * 100) + 99) // 100
        answer = ranked.filter(pl.col("reached") >= needed).group_by(by_group).agg(numerator=pl.col("total").first(), days=pl.col(one.days).min())
        numerator, days = pl.col("numerator"), pl.col("days")
    else:
        days = pl.lit(None)
    denominator = pl.col(f"{one.name}__denominator") if isinstance(one, Ratio) else pl.lit(None)
    columns = {"metric": pl.lit(one.name), "numerator": numerator, "denominator": denominator, "days": days}
    return answer.select("period_no", "group_code", **columns).select(pl.col(name).cast(kind) for name, kind in _COUNTS.items())


_COUNTS: dict[str, type[pl.DataType]] = {
    "period_no": pl.Int64,
    "group_code": pl.String,
    "metric": pl.String,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
    "days": pl.Int64,
}


def _groups(
    snapshot: Snapshot, scope: Scope, periods: Sequence[Period], grouping: Grouping | Literal["doc_type"] | None, found: pl.DataFrame
) -> pl.DataFrame:
    """What is listed, in order: period_no, group_code (null for the whole), unit_code, period_from, period_to."""
    rows: list[tuple[int, str | None, str | None]] = [(0, None, scope.unit_code)]
    if grouping is None:
        rows += [(number, None, scope.unit_code) for number in range(1, len(periods))]
    elif grouping == "doc_type":
        rows += [(0, code, f"doc_type:{code}") for code in sorted(set(found["group_code"].drop_nulls()))]
    else:
        listed = units_of_scope(snapshot, scope, periods[0])
        if grouping == "unit":
            rows += [(0, code, code) for code in listed["unit_code"] if code != scope.unit_code]
        elif grouping == "level":
            order = level_order()
            levels = sorted(listed["level"].unique(), key=lambda level: (order.get(level, len(order)), level))
            rows += [(0, level, f"level:{level}") for level in levels]
        else:
            provinces = listed["province_code"].drop_nulls().unique(maintain_order=True)
            rows += [(0, code, code) for code in provinces]
    frame = pl.DataFrame(rows, schema={"period_no": pl.Int64, "group_code": pl.String, "unit_code": pl.String}, orient="row")
    days = pl.DataFrame(
        [(number, period.from_on, period.to_on) for number, period in enumerate(periods)],
        schema={"period_no": pl.Int64, "period_from": pl.Date, "period_to": pl.Date},
        orient="row",
    )
    return frame.join(days, on="period_no", how="left", maintain_order="left")


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
    info = snapshot.info
    tables = sorted({ROWS[one.of].table for one in metrics})
    exists = ", ".join(f"EXISTS (SELECT 1 FROM {table}) AS {table}" for table in tables)  # noqa: S608
    has_rows = snapshot.reference(f"SELECT {exists}").row(0, named=True)
    rows = [
        _Known(
            number,
            one.name,
            one.label,
            isinstance(one, Ratio),
            isinstance(one, Duration),
            is_known=has_rows[ROWS[one.of].table]
            and period.days >= one.min_days
            and period.from_on <= info.cutoff_on
            and period.to_on >= info.first_on,
            # Declarations that are missing are unknown; rows that are missing are none.
            when_nothing=None if isinstance(one, Ratio) and ROWS[one.of].measures else 0,
        )
        for number, period in enumerate(periods)
        for one in metrics
    ]
    return pl.DataFrame(
        rows,
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
