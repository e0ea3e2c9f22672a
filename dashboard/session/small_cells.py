"""What peers may not see of each other: small units, and enough beside them that subtraction does not bring them back."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from metrics.catalog import METRICS
from metrics.comparison.suppression import suppress, suppress_figures
from metrics.model import Ratio

POPULATION = "provisioned_accounts"
ACCOUNT_FIGURES: tuple[str, ...] = (POPULATION, *(one.name for one in METRICS if one.of == "account" and isinstance(one, Ratio)))
"""What peers are compared on that counts accounts: what one of these hides of a unit, another must not tell."""
_WHOLE = "\0whole"
_COUNTS = ("numerator", "denominator")


def without_small_cells(
    frame: pl.DataFrame, accounts: pl.DataFrame, units: pl.DataFrame, home_unit: str | None, own_units: Collection[str], smallest: int
) -> pl.DataFrame:
    """`frame` with `is_hidden`; numerator, denominator and value of hidden units are null.

    frame: answers of `metric_values` by unit over everything. accounts: the same for ACCOUNT_FIGURES; what is hidden there is hidden
    in every metric. units: unit_code, parent_code. Own units are never hidden, and since whoever looks can take them out of every
    total, the others are judged without them: those with a population below `smallest` are hidden (of a ratio, also those with a
    denominator below it), and what would give them away.
    """
    above = dict(units.select("unit_code", "parent_code").iter_rows())
    rest = _without_own(accounts, above, home_unit, own_units)
    # Where nobody at all did it the whole says so already, and no hiding of units would take it back.
    done = rest.filter(pl.col("unit_code").is_null(), pl.col("numerator") > 0)["metric"]
    rest = rest.filter(pl.col("metric").is_in([POPULATION, *done]))
    hidden = set(suppress_figures(rest, units, smallest).filter("is_hidden")["unit_code"].fill_null(_WHOLE))
    parts = []
    for name in frame["metric"].unique(maintain_order=True):
        of_metric = frame.filter(pl.col("metric") == name)
        is_hidden = (
            pl.col("unit_code")
            .fill_null(_WHOLE)
            .is_in(list(hidden | _small_in(_without_own(of_metric, above, home_unit, own_units), above, smallest)))
        )
        parts.append(of_metric.with_columns(is_hidden=is_hidden))
    return pl.concat(parts).with_columns(pl.when("is_hidden").then(None).otherwise(pl.col(name)).alias(name) for name in (*_COUNTS, "value"))


def _without_own(frame: pl.DataFrame, above: dict[str, str | None], home_unit: str | None, own_units: Collection[str]) -> pl.DataFrame:
    """The frame as it reads to someone who knows the own units: without them, and every total above less their share."""
    totals: set[str] = {_WHOLE}
    at = above.get(home_unit or "")
    while at is not None:
        totals.add(at)
        at = above.get(at)
    own = frame.filter(pl.col("unit_code") == (home_unit or "")).select("metric", *(pl.col(side).alias(f"own_{side}") for side in _COUNTS))
    is_above = pl.col("unit_code").fill_null(_WHOLE).is_in(list(totals))
    sides = [
        pl.when(is_above).then(pl.col(side) - pl.col(f"own_{side}").fill_null(0)).otherwise(pl.col(side)).clip(lower_bound=0).alias(side)
        for side in _COUNTS
    ]
    others = frame.filter(pl.col("unit_code").is_null() | ~pl.col("unit_code").is_in(list(own_units)))
    return others.join(own, on="metric", how="left", maintain_order="left").with_columns(sides).drop("own_numerator", "own_denominator")


def _small_in(ratio: pl.DataFrame, above: dict[str, str | None], smallest: int) -> set[str]:
    """Units that are hidden in the frame of one metric alone; none for a count."""
    if not ratio["denominator"].drop_nulls().len():
        return set()
    coded = ratio.with_columns(pl.col("unit_code").fill_null(_WHOLE))
    if coded.filter(pl.col("numerator") > pl.col("denominator")).height:
        # More issued than declared: no part of a population, so that no sum protects or betrays it.
        return set(coded.filter(pl.col("denominator") > 0, pl.col("denominator") < smallest)["unit_code"])
    listed = set(coded["unit_code"])

    def parent(code: str) -> str | None:
        """The nearest unit above that is listed; with a pilot group, not every parent is."""
        if code == _WHOLE:
            return None
        at = above.get(code)
        while at is not None and at not in listed:
            at = above.get(at)
        return at or _WHOLE

    table = coded.with_columns(parent_code=pl.Series([parent(code) for code in coded["unit_code"]], dtype=pl.String))
    return set(suppress(table, ("numerator",), "denominator", smallest).filter("is_hidden")["unit_code"])
