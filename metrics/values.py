"""The one question that page, report and command line ask: these metrics, in this period, for this scope, by that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import polars as pl

from data.errors import ConfigurationError
from metrics.catalog import metric
from metrics.engines import Snapshot
from metrics.model import Metric, Ratio
from metrics.periods import Period
from metrics.rows import ROWS
from metrics.scope import Scope
from metrics.sql import Grouping, row_kinds, statement
from metrics.units import level_order, units, units_of_scope, verify_scope

By = Literal["unit", "level", "province", "day", "week", "month"]

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

    `denominator` is null for counts. `value` is the ratio (0 to 1) or the count. Two kinds of emptiness are kept apart:
    no activity (denominator 0, value null) and no data (numerator null: the snapshot does not speak of that period,
    or nothing of that kind was ever delivered).
    `unit_code` is null for the whole unless the scope names a unit; by level it is `level:<code>`.
    Groups without a single row are listed too. Raises ConfigurationError for unknown metrics, units and groups.
    """
    scope = scope or Scope()
    metrics = [metric(name) for name in dict.fromkeys(names)]
    periods = [period]
    grouping: Grouping | None = None
    if by == "day" or by == "week" or by == "month":
        periods += period.split(by)
    elif by == "unit" or by == "level" or by == "province":
        grouping = by
    elif by is not None:
        raise ConfigurationError(f"Figures can't be listed by {by!r}. Choose one of: {', '.join(get_args(By))}.")
    groups = _groups(snapshot, scope, periods, grouping)
    found = counts(snapshot, metrics, periods, scope, grouping)
    known = _known(snapshot, metrics, periods)
    is_ratio = pl.col("is_ratio")
    frame = groups.join(known, on="period_no", how="inner", maintain_order="left_right").join(
        found, on=["period_no", "group_code", "metric"], how="left", nulls_equal=True, maintain_order="left"
    )
    numerator = pl.when("is_known").then(pl.col("numerator").fill_null(pl.col("when_nothing")))
    denominator = pl.when(is_ratio & pl.col("is_known")).then(pl.col("denominator").fill_null(pl.col("when_nothing")))
    return (
        frame.with_columns(numerator=numerator, denominator=denominator)
        .with_columns(
            value=pl.when(is_ratio)
            .then(pl.when(pl.col("denominator") > 0).then(pl.col("numerator") / pl.col("denominator")))
            .otherwise(pl.col("numerator").cast(pl.Float64)),
            snapshot=pl.lit(snapshot.name),
        )
        .select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())
    )


def counts(snapshot: Snapshot, metrics: Sequence[Metric], periods: Sequence[Period], scope: Scope, grouping: Grouping | None = None) -> pl.DataFrame:
    """What the rows say, one statement per row kind: period_no, group_code, metric, numerator, denominator.

    Only groups with rows are there; `group_code` is null for the whole. The scope is taken as verified.
    """
    parts = [
        pl.DataFrame(schema={"period_no": pl.Int64, "group_code": pl.String, "metric": pl.String, "numerator": pl.Int64, "denominator": pl.Int64})
    ]
    for _, of_kind in row_kinds(metrics):
        question = statement(of_kind, periods, scope, grouping, snapshot.info.cutoff_on)
        answer = snapshot.query(question.sql, question.params)
        for one in of_kind:
            denominator = pl.col(f"{one.name}__denominator") if isinstance(one, Ratio) else pl.lit(None, dtype=pl.Int64)
            parts.append(
                answer.select(
                    pl.col("period_no").cast(pl.Int64),
                    "group_code",
                    metric=pl.lit(one.name),
                    numerator=pl.col(f"{one.name}__numerator"),
                    denominator=denominator,
                )
            )
    return pl.concat(parts)


def _groups(snapshot: Snapshot, scope: Scope, periods: Sequence[Period], grouping: Grouping | None) -> pl.DataFrame:
    """What is listed, in order: period_no, group_code (null for the whole), unit_code, period_from, period_to."""
    rows: list[tuple[int, str | None, str | None]] = [(0, None, scope.unit_code)]
    if grouping is None:
        verify_scope(units(snapshot), scope)
        rows += [(number, None, scope.unit_code) for number in range(1, len(periods))]
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
    is_known: bool
    when_nothing: int | None


def _known(snapshot: Snapshot, metrics: Sequence[Metric], periods: Sequence[Period]) -> pl.DataFrame:
    info = snapshot.info
    tables = sorted({ROWS[one.of].table for one in metrics})
    exists = ", ".join(f"EXISTS (SELECT 1 FROM {table}) AS {table}" for table in tables)  # noqa: S608
    has_rows = snapshot.query(f"SELECT {exists}").row(0, named=True)
    rows = [
        _Known(
            number,
            one.name,
            one.label,
            isinstance(one, Ratio),
            is_known=has_rows[ROWS[one.of].table]
            and period.days >= one.min_days
            and period.from_on <= info.cutoff_on
            and period.to_on >= info.first_on,
            # A sum over no declaration is unknown, a count over no rows is 0.
            when_nothing=None if ROWS[one.of].measures else 0,
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
            "is_known": pl.Boolean,
            "when_nothing": pl.Int64,
        },
    )
