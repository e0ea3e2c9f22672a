"""One ratio for each unit in each part of a period, by one statement: what a heat map of units and weeks shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import polars as pl

from metrics.catalog import metric
from metrics.engines import Snapshot
from metrics.model import Ratio
from metrics.periods import EARLIEST, Period
from metrics.query.metric_values import _known, counts  # one rule of what the snapshot can speak of
from metrics.tree.scope import Scope
from metrics.tree.units import units_of_scope


def unit_parts(snapshot: Snapshot, name: str, parts: Sequence[Period], scope: Scope) -> pl.DataFrame:
    """unit_code, part (number of the part, from 0), numerator, denominator, value: every unit of the scope, part by part.

    Equal to `metric_values` by unit for each part alone, and as there: no activity is a denominator of 0, no data a null numerator.
    A metric that looks back over more days than a part has (`min_days`) is taken over that many days up to the part's last one.
    Raises ValueError for a metric that is no ratio.
    """
    one = metric(name)
    if not isinstance(one, Ratio):
        raise ValueError(f"{name} is no ratio.")
    windows = [_window(part, one.min_days) for part in parts]
    whole = Period(parts[0].from_on, parts[-1].to_on)
    listed = units_of_scope(snapshot, scope, whole)
    found = counts(snapshot, [one], windows, scope, "unit").select("numerator", "denominator", unit_code="group_code", part="period_no")
    every = _known(snapshot, [one], windows).select("is_known", "when_nothing", part="period_no")
    frame = listed.select("unit_code").join(every, how="cross").join(found, on=["unit_code", "part"], how="left", maintain_order="left")
    sides = [pl.when("is_known").then(pl.col(side).fill_null(pl.col("when_nothing"))).alias(side) for side in ("numerator", "denominator")]
    value = pl.when(pl.col("denominator") > 0).then(pl.col("numerator") / pl.col("denominator"))
    return frame.with_columns(sides).select("unit_code", "part", "numerator", "denominator", value=value)


def _window(part: Period, days: int) -> Period:
    return part if part.days >= days else Period(max(EARLIEST, part.to_on - timedelta(days=days - 1)), part.to_on)
