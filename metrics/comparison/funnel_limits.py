"""Funnel plot limits: which units differ from the group's rate by more than chance, given how many cases they have.

Source: D. J. Spiegelhalter (2005), Funnel plots for comparing institutional performance, Statistics in Medicine 24,
1185-1202, appendix A.1: exact binomial limits, interpolated between the discrete values. Overdispersion is not estimated:
the limits say what chance alone would do, and many units outside them mean that the units differ.
"""

from __future__ import annotations

import math
from functools import lru_cache

import polars as pl

LIMITS = {"low_998": 0.001, "low_95": 0.025, "high_95": 0.975, "high_998": 0.999}
"""Column and the probability of a lower value, were the unit's true rate the group's."""


def funnel(values: pl.DataFrame, whole: float | None = None) -> pl.DataFrame:
    """`values` (numerator, denominator per unit) with `target`, the limits of LIMITS, and `position`.

    `target` is the group's rate: `whole` where the units do not add up to the group (one stands below another), else the sum
    of numerators / sum of denominators. `position` is `above_998`, `above_95`, `within`,
    `below_95` or `below_998`; null without activity. It is judged on whole cases: the interpolated limits are lines to draw,
    and with few cases they put a unit outside that chance alone would often put there (6 of 6 at a rate of 64%).
    """
    known = values.filter(pl.col("numerator").is_not_null(), pl.col("denominator") > 0)
    total, cases = int(known["numerator"].sum()), int(known["denominator"].sum())
    target = whole if whole is not None else total / cases if cases else None
    counts = {name: f"_count_{name}" for name in LIMITS}
    limits = pl.DataFrame(
        [(count, *binomial_limits(count, target), *limit_counts(count, target)) for count in known["denominator"].unique()]
        if target is not None
        else [],
        schema={"denominator": pl.Int64, **dict.fromkeys(LIMITS, pl.Float64), **dict.fromkeys(counts.values(), pl.Int64)},
        orient="row",
    )
    numerator = pl.col("numerator")
    position = (
        pl.when(numerator.is_null() | pl.col("low_95").is_null())
        .then(None)
        .when(numerator > pl.col(counts["high_998"]))
        .then(pl.lit("above_998"))
        .when(numerator > pl.col(counts["high_95"]))
        .then(pl.lit("above_95"))
        .when(numerator < pl.col(counts["low_998"]))
        .then(pl.lit("below_998"))
        .when(numerator < pl.col(counts["low_95"]))
        .then(pl.lit("below_95"))
        .otherwise(pl.lit("within"))
    )
    joined = values.with_columns(pl.col("denominator").cast(pl.Int64)).join(limits, on="denominator", how="left", maintain_order="left")
    return joined.with_columns(target=pl.lit(target, dtype=pl.Float64), position=position).drop(*counts.values())


def funnel_curve(target: float, denominators: list[int]) -> pl.DataFrame:
    """The limits as lines to draw: denominator and the columns of LIMITS."""
    rows = [(count, *binomial_limits(count, target)) for count in denominators]
    return pl.DataFrame(rows, schema={"denominator": pl.Int64, **dict.fromkeys(LIMITS, pl.Float64)}, orient="row")


def binomial_limits(cases: int, target: float) -> tuple[float, ...]:
    """The rates at LIMITS for a unit with that many cases, kept within 0 and 1.

    For a probability p, r is the least number with P(R <= r) > p, and the limit (r - a) / cases with
    a = (P(R <= r) - p) / P(R = r).
    """
    return tuple(min(1.0, max(0.0, (number - part) / cases)) for number, part in _quantiles(cases, target))


def limit_counts(cases: int, target: float) -> tuple[int, ...]:
    """Whole cases at each of LIMITS: above the upper ones, and below the lower ones, lies less than the probability outside."""
    return tuple(number for number, _ in _quantiles(cases, target))


@lru_cache(maxsize=20_000)
def _quantiles(cases: int, target: float) -> tuple[tuple[int, float], ...]:
    """(r, a) for each probability of LIMITS."""
    if target in (0.0, 1.0):
        return ((int(cases * target), 0.0),) * len(LIMITS)
    # Beyond 12 standard deviations (and 40 cases, for rare events) lies less than 1e-15.
    reach = 12 * math.sqrt(cases * target * (1 - target)) + 40
    first, last = max(0, math.floor(cases * target - reach)), min(cases, math.ceil(cases * target + reach))
    odds = math.log(target) - math.log1p(-target)
    log_chance = math.lgamma(cases + 1) - math.lgamma(first + 1) - math.lgamma(cases - first + 1)
    log_chance += first * math.log(target) + (cases - first) * math.log1p(-target)
    found: list[tuple[int, float]] = []
    waiting = list(LIMITS.values())
    below = 0.0
    for number in range(first, last + 1):
        chance = math.exp(log_chance)
        while waiting and below + chance > waiting[0]:
            found.append((number, (below + chance - waiting.pop(0)) / chance))
        below += chance
        log_chance += math.log((cases - number) / (number + 1)) + odds if number < cases else 0.0
    return (*found, *(((last, 0.0),) * len(waiting)))
