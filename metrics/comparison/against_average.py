"""The one rule by which a unit "differs from the average", on every page, in reports, files and by command.

Units differ for more reasons than chance: people, tasks, connections. With many cases nearly every unit is then outside what chance alone
explains, and to say so tells nobody where to look. So the spread that is usual on a unit's level is part of what is expected of it:
z = (p - θ) / √(θ(1 - θ)/n + τ²), with τ² of D. J. Spiegelhalter (2005), Handling over-dispersion of performance indicators, Quality and Safety in
Health Care 14, 347-351: the moment estimate of R. DerSimonian and N. Laird (1986), Meta-analysis in clinical trials, Controlled Clinical Trials 7,
177-188, from z-scores of which the most extreme 10% on either side are drawn in (winsorised), so that the outliers sought do not hide themselves.
"""

from __future__ import annotations

import math

import polars as pl

from metrics.comparison.funnel_limits import LIMITS, binomial_limits, funnel, limit_counts
from metrics.comparison.intervals import normal_quantile

DRAWN_IN = 0.1
"""The share of z-scores on either side that counts as much as the next ones."""
FEWEST = 10
"""Units on a level from which on their spread is estimated."""


def against_average(values: pl.DataFrame, whole: float | None, levels: pl.DataFrame) -> pl.DataFrame:
    """`values` with `spread` (τ of the unit's level), and `position` and `excess` against the rate of the whole.

    values: unit_code, numerator, denominator of all units that are compared, a subset would have another spread. levels: unit_code, level.
    position: `above_998`, `above_95`, `within`, `below_95`, `below_998`; null without activity or without a whole. A unit is outside where both
    z and the exact binomial chance (`funnel_limits.funnel`) say so: z is no good judge of few cases. excess: how many whole cases it lies outside
    of 95%; 0 within, null where there is no position.
    """
    if whole is None:
        unknown = {"spread": pl.Float64, "position": pl.String, "excess": pl.Int64}
        return values.with_columns(pl.lit(None, dtype=kind).alias(name) for name, kind in unknown.items())
    if not 0 < whole < 1:  # all of them or none: nobody is expected to differ
        known = pl.col("numerator").is_not_null() & (pl.col("denominator") > 0)
        return values.with_columns(
            spread=pl.lit(0.0), position=pl.when(known).then(pl.lit("within")), excess=pl.when(known).then(pl.lit(0, dtype=pl.Int64))
        )
    chance = funnel(values.select("numerator", "denominator"), whole)["position"].alias("_chance")
    placed = values.with_columns(chance).join(levels.select("unit_code", _level="level"), on="unit_code", how="left", maintain_order="left")
    spreads = spread_by_level(placed.select("numerator", "denominator", level="_level"), whole)
    placed = placed.with_columns(spread=pl.col("_level").replace_strict(spreads, default=0.0, return_dtype=pl.Float64))
    variance = whole * (1 - whole) / pl.col("denominator") + pl.col("spread") ** 2
    z = (pl.col("numerator") / pl.col("denominator") - whole) / variance.sqrt()
    near, far = normal_quantile(0.95), normal_quantile(0.998)
    # Beyond 99.8% by chance and only 95% by spread is 95%: the milder of both holds.
    side = pl.when(z > 0).then(pl.lit("above")).otherwise(pl.lit("below"))
    is_outside = pl.col("_chance").ne("within") & (z.abs() > near)
    is_far = pl.col("_chance").str.ends_with("998") & (z.abs() > far)
    position = (
        pl.when(pl.col("_chance").is_null())
        .then(None)
        .when(~is_outside)
        .then(pl.lit("within"))
        .otherwise(pl.concat_str(side, pl.when(is_far).then(pl.lit("_998")).otherwise(pl.lit("_95"))))
    )
    placed = placed.with_columns(position=position).drop("_chance", "_level")
    outside = placed.select("position", "numerator", "denominator", "spread").iter_rows()
    return placed.with_columns(pl.Series("excess", [None if row[0] is None else _excess(whole, *row) for row in outside], dtype=pl.Int64))


def _excess(whole: float, position: str, numerator: int, denominator: int, spread: float) -> int:
    """How many cases fewer, or above the whole more, than the nearest number that is within 95%."""
    if position == "within":
        return 0
    reach = normal_quantile(0.95) * math.sqrt(whole * (1 - whole) / denominator + spread**2)
    low, high = (limit_counts(denominator, whole)[list(LIMITS).index(name)] for name in ("low_95", "high_95"))
    if position.startswith("below"):
        return max(1, min(low, math.ceil(denominator * (whole - reach))) - numerator)
    return max(1, numerator - max(high, math.floor(denominator * (whole + reach))))


def spread_by_level(values: pl.DataFrame, target: float) -> dict[str, float]:
    """τ of each level (columns numerator, denominator, level) around a rate between 0 and 1.

    0 where chance explains what is seen, and on levels with fewer than FEWEST units: none would be drawn in, and one outlier be the spread.
    """
    known = values.filter(pl.col("numerator").is_not_null(), pl.col("denominator") > 0).drop_nulls("level")
    by_level = known.group_by("level", maintain_order=True)
    return {str(level): spread(of_level, target) if of_level.height >= FEWEST else 0.0 for (level,), of_level in by_level}


def spread(units: pl.DataFrame, target: float) -> float:
    """τ, the standard deviation between units, in the unit of a rate: numerator, denominator (from 1 on) of units, around a rate between 0 and 1.

    τ² = (I φ - (I - 1)) / (Σ w - Σ w² / Σ w), at least 0, with w = n / (θ (1 - θ)), I units and φ the mean square of the winsorised z-scores.
    """
    if units.height < 2:
        return 0.0
    weight = units["denominator"].cast(pl.Float64) / (target * (1 - target))
    z = (units["numerator"] / units["denominator"] - target) * weight.sqrt()
    low, high = (z.quantile(share, "linear") for share in (DRAWN_IN, 1 - DRAWN_IN))
    excess = float((z.clip(low, high) ** 2).sum()) - (units.height - 1)
    room = float(weight.sum()) - float((weight**2).sum()) / float(weight.sum())
    return math.sqrt(max(0.0, excess / room)) if room > 0 else 0.0


def limits_around(cases: int, target: float, spread: float) -> tuple[float, ...]:
    """The rates beyond which a unit with that many cases differs, in the order of `funnel_limits.LIMITS`, kept within 0 and 1."""
    exact = binomial_limits(cases, target)
    deviation = math.sqrt(target * (1 - target) / cases + spread**2)
    reaches = [-normal_quantile(0.998), -normal_quantile(0.95), normal_quantile(0.95), normal_quantile(0.998)]
    wide = [min(1.0, max(0.0, target + reach * deviation)) for reach in reaches]
    return tuple(min(pair) if reach < 0 else max(pair) for reach, *pair in zip(reaches, exact, wide, strict=True))
