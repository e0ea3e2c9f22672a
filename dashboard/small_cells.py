"""What peers may not see of each other: small units, and enough beside them that subtraction does not bring them back."""

from __future__ import annotations

import polars as pl

from dashboard.access import Viewer
from dashboard.naming import UnitTree
from metrics.suppression import suppress

SEES_ALL = ("leader", "statistics")


def without_small_cells(frame: pl.DataFrame, tree: UnitTree, viewer: Viewer) -> pl.DataFrame:
    """A frame of one ratio by unit with `is_hidden`; numerator, denominator and value of hidden units are null.

    frame: unit_code (null for the whole), numerator, denominator, value. Those who see all aggregates see every unit; others see
    their own units whole, and of the others what `metrics.suppression` leaves.
    """
    if viewer.role in SEES_ALL:
        return frame.with_columns(is_hidden=pl.lit(False))
    top = "\0whole"
    parents = [
        None if code is None else (unit.parent_code if (unit := tree.units.get(code)) and unit.parent_code else top) for code in frame["unit_code"]
    ]
    table = frame.with_columns(pl.col("unit_code").fill_null(top), parent_code=pl.Series(parents, dtype=pl.String).fill_null(top))
    known = set(table["unit_code"])
    orphans = pl.col("parent_code").is_in(list(known)).not_() & (pl.col("unit_code") != top)
    table = table.with_columns(parent_code=pl.when(orphans).then(pl.lit(top)).otherwise("parent_code"))
    hidden = suppress(table, ("numerator",), "denominator")
    is_own = frame["unit_code"].is_in(list(viewer.own_units)).fill_null(False)
    return frame.with_columns(is_hidden=hidden["is_hidden"] & ~is_own).with_columns(
        pl.when("is_hidden").then(None).otherwise(pl.col(name)).alias(name) for name in ("numerator", "denominator", "value")
    )
