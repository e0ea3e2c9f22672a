"""Intervals of proportions: what a rate of n cases can and cannot say. Polars in, polars out.

Sources: E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22;
R. G. Newcombe (1998), Two-sided confidence intervals for the single proportion, Statistics in Medicine 17, 857-872, method 3;
R. G. Newcombe (1998), Interval estimation for the difference between independent proportions, the same, 873-890, method 10.
"""

from __future__ import annotations

from statistics import NormalDist

import polars as pl


def normal_quantile(confidence: float) -> float:
    """How many standard deviations a two-sided interval of that confidence reaches: 1.96 for 0.95."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(values: pl.DataFrame, confidence: float = 0.95) -> pl.DataFrame:
    """`values` with `low` and `high`: the Wilson score interval of numerator / denominator; null where there is no activity."""
    low, high = wilson_bounds(pl.col("numerator"), pl.col("denominator"), confidence)
    return values.with_columns(low=low, high=high)


def wilson_bounds(numerator: pl.Expr, denominator: pl.Expr, confidence: float = 0.95) -> tuple[pl.Expr, pl.Expr]:
    """Lower and upper bound as expressions over two count columns, kept within 0 and 1."""
    z = normal_quantile(confidence)
    cases = denominator.cast(pl.Float64)
    rate = numerator / cases
    middle = rate + z**2 / (2 * cases)
    reach = z * (rate * (1 - rate) / cases + z**2 / (4 * cases**2)).sqrt()
    scale = 1 + z**2 / cases
    is_known = numerator.is_not_null() & (denominator > 0)
    # At 0 and n the bound is exact; rounding would leave 1e-17 where 0 is meant.
    low = pl.when(numerator == 0).then(0.0).otherwise((middle - reach) / scale)
    high = pl.when(numerator == denominator).then(1.0).otherwise((middle + reach) / scale)
    return pl.when(is_known).then(low), pl.when(is_known).then(high)


def difference_bounds(more: tuple[pl.Expr, pl.Expr], less: tuple[pl.Expr, pl.Expr], confidence: float = 0.95) -> tuple[pl.Expr, pl.Expr]:
    """Bounds of the difference of two independent rates, each given as (numerator, denominator).

    The hybrid score interval: the Wilson bounds of both put together; an interval without 0 tells the two apart.
    """
    (more_n, more_d), (less_n, less_d) = more, less
    more_rate, less_rate = more_n / more_d, less_n / less_d
    more_low, more_high = wilson_bounds(more_n, more_d, confidence)
    less_low, less_high = wilson_bounds(less_n, less_d, confidence)
    difference = more_rate - less_rate
    low = difference - ((more_rate - more_low) ** 2 + (less_high - less_rate) ** 2).sqrt()
    high = difference + ((more_high - more_rate) ** 2 + (less_rate - less_low) ** 2).sqrt()
    return low, high
