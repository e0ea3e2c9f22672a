"""Where each unit stands: against the whole, its own past, its target, and its peers, in one table that a page shows as it is."""

from __future__ import annotations

from fractions import Fraction

import polars as pl

from metrics.catalog import metric
from metrics.comparison.change import change
from metrics.comparison.funnel_limits import funnel
from metrics.comparison.intervals import wilson
from metrics.comparison.peers import peers, quartiles
from metrics.comparison.targets import missing_to_target, with_targets
from metrics.model import Good

QUARTERS = 4


def standings(
    name: str, now: pl.DataFrame, before: pl.DataFrame | None, units: pl.DataFrame, sizes: pl.DataFrame, targets: pl.DataFrame
) -> pl.DataFrame:
    """One row per unit of `now`, in its order, on a ratio metric; the whole is the first row of `now` and is not listed.

    now, before: answers of `metric_values` for `name` by unit (before: None where nothing is compared). units: unit_code, level.
    sizes: unit_code, size (accounts provisioned), for the peers. targets: as `metrics.comparison.targets.read_targets` gives them.
    Columns: unit_code, numerator, denominator, value; low, high (Wilson 95%; null above 100%); position (of `funnel_limits`, against the rate of the
    whole, since a unit may stand below another one of the list); value_before, change; target, missing (how many more, or fewer
    where less is better, reach it; 0: reached); quarter (1 the best of its peers; the highest where neither direction is better), peers.
    """
    one = metric(name)
    whole = now["value"][0]
    rows = now.slice(1)
    compared = change(rows, before.slice(1) if before is not None else rows.clear())
    aimed = with_targets(compared, units, targets)
    placed = wilson(funnel(aimed.rename({"target": "aim"}), whole)).drop("target").rename({"aim": "target"})
    # More than all cases is a wrong denominator (declared less than issued): a check tells it, and no interval means anything.
    is_share = pl.col("numerator") <= pl.col("denominator")
    placed = placed.with_columns(pl.when(is_share).then(pl.col(bound)).alias(bound) for bound in ("low", "high"))
    sized = rows.select("unit_code").join(units.select("unit_code", "level"), on="unit_code", how="left", maintain_order="left")
    sized = sized.join(sizes.select("unit_code", "size"), on="unit_code", how="left", maintain_order="left")
    quarter = quartiles(rows, peers(sized)).select("unit_code", "quartile", "peers")
    placed = placed.join(quarter, on="unit_code", how="left", maintain_order="left")
    best_first = pl.col("quartile") if one.good == "down" else QUARTERS + 1 - pl.col("quartile")
    missing = [
        None if numerator is None or not denominator or target is None else distance(numerator, denominator, target, one.good)
        for numerator, denominator, target in placed.select("numerator", "denominator", "target").iter_rows()
    ]
    return placed.select(
        "unit_code",
        "numerator",
        "denominator",
        "value",
        "low",
        "high",
        "position",
        "value_before",
        "change",
        "target",
        pl.Series("missing", missing, dtype=pl.Int64),
        quarter=best_first,
        peers="peers",
    )


def distance(numerator: int, denominator: int, target: float, good: Good) -> int:
    """How many of the denominator have to join the numerator to reach the target, or to leave it where less is better; 0: reached."""
    if good != "down":
        return missing_to_target(numerator, denominator, target)
    allowed = Fraction(repr(target)) * denominator
    return max(0, numerator - allowed.numerator // allowed.denominator)
