"""Comparison with another time, with a target, and why a total moved. Polars in, polars out; two answers of `metric_values` meet here.

Fairness between units has files of its own: intervals, funnel, peers.
"""

from __future__ import annotations

import polars as pl

KEYS = ("metric", "unit_code")


def change(now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """`now` with `numerator_before`, `denominator_before`, `value_before` and `change` (value less value before).

    Both are answers of `metric_values` for the same metrics and scope: the period before, the same period last year, or a
    baseline. `change` is null where either has no value: from "no activity" nothing rises. The change of a ratio is in points
    (0.05 is five percentage points).
    """
    earlier = before.select(*KEYS, numerator_before="numerator", denominator_before="denominator", value_before="value").unique(KEYS, keep="first")
    joined = now.join(earlier, on=list(KEYS), how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(change=pl.col("value") - pl.col("value_before"))


def decompose_change(now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Why a ratio of the whole moved: per unit `behaviour` (its rate moved) and `mix` (its weight moved).

    now, before: unit_code, numerator, denominator of units that together are the whole, each row in one unit only. The sums
    of both columns together are the change of the whole. Weights are shares of the denominator; each effect is taken at the
    mean of before and now, so nothing is left over. Source: E. M. Kitagawa (1955), Components of a difference between two
    rates, JASA 50, 1168-1194. A unit with a denominator on one side only has moved in weight alone.
    Columns: unit_code, rate_before, rate_now, weight_before, weight_now, behaviour, mix. Empty where one side has no activity.
    """
    sides = [
        frame.filter(pl.col("denominator") > 0)
        .group_by("unit_code")
        .agg(pl.col("numerator", "denominator").sum())
        .rename({"numerator": f"numerator_{name}", "denominator": f"denominator_{name}"})
        for name, frame in (("before", before), ("now", now))
    ]
    joined = sides[0].join(sides[1], on="unit_code", how="full", coalesce=True).sort("unit_code")
    if not sides[0].height or not sides[1].height:
        joined = joined.clear()
    for name in ("before", "now"):
        count, cases = pl.col(f"numerator_{name}"), pl.col(f"denominator_{name}")
        joined = joined.with_columns(
            (count / cases).alias(f"rate_{name}"),
            (cases.fill_null(0) / cases.sum()).alias(f"weight_{name}"),
            (count.sum() / cases.sum()).alias(f"whole_{name}"),
        )
    joined = joined.with_columns(
        rate_before=pl.coalesce("rate_before", "rate_now"),
        rate_now=pl.coalesce("rate_now", "rate_before"),
    )
    rate, weight = (pl.col("rate_before") + pl.col("rate_now")) / 2, (pl.col("weight_before") + pl.col("weight_now")) / 2
    # Measured against the whole, so that a unit above it that grows lifts it; the sum is the same against any constant.
    whole = (pl.col("whole_before") + pl.col("whole_now")) / 2
    return joined.select(
        "unit_code",
        "rate_before",
        "rate_now",
        "weight_before",
        "weight_now",
        behaviour=(pl.col("rate_now") - pl.col("rate_before")) * weight,
        mix=(pl.col("weight_now") - pl.col("weight_before")) * (rate - whole),
    )
