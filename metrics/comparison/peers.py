"""Fair company: the peers of a unit, its quartile among them, and ranks only as far as they can be told apart."""

from __future__ import annotations

import polars as pl

from metrics.comparison.intervals import difference_bounds

FEWEST_PEERS = 5
SIZE_FACTOR = 2


def peers(units: pl.DataFrame) -> pl.DataFrame:
    """Who is compared with whom: unit_code, peer_code, is_by_size. A unit is not its own peer.

    units: unit_code, level, size (accounts provisioned; null or 0 is nobody's peer). Peers are of the same level and within
    a factor 2 in size; where fewer than 5 are, all of the level.
    """
    candidates = units.filter(pl.col("size") > 0).select("unit_code", "level", "size")
    pairs = candidates.join(candidates.rename({"unit_code": "peer_code", "size": "peer_size"}), on="level").filter(
        pl.col("unit_code") != pl.col("peer_code")
    )
    is_alike = (pl.col("peer_size") <= SIZE_FACTOR * pl.col("size")) & (pl.col("size") <= SIZE_FACTOR * pl.col("peer_size"))
    pairs = pairs.with_columns(is_alike=is_alike)
    pairs = pairs.with_columns(is_by_size=pl.col("is_alike").sum().over("unit_code") >= FEWEST_PEERS)
    return pairs.filter(pl.col("is_alike") | ~pl.col("is_by_size")).select("unit_code", "peer_code", "is_by_size").sort("unit_code", "peer_code")


def quartiles(values: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """The place of each unit in its peer set: unit_code, peers (with a value), below, equal, quartile (1 lowest to 4 highest).

    values: unit_code, value. The quartile is that of the middle of the unit's rank among itself and its peers; units with
    equal values have equal quartiles. Null where the unit has no value or no peer has one.
    """
    known = values.select("unit_code", "value")
    compared = pairs.join(known, on="unit_code").join(known.rename({"unit_code": "peer_code", "value": "peer_value"}), on="peer_code")
    placed = (
        compared.filter(pl.col("value").is_not_null(), pl.col("peer_value").is_not_null())
        .group_by("unit_code")
        .agg(
            peers=pl.len(),
            below=(pl.col("peer_value") < pl.col("value")).sum(),
            equal=(pl.col("peer_value") == pl.col("value")).sum(),
        )
    )
    # The unit's own middle rank among peers + 1 values, in quarters; integers, so that no rounding decides.
    quartile = ((2 * pl.col("below") + pl.col("equal") + 1) * 4 - 1) // (2 * (pl.col("peers") + 1)) + 1
    placed = placed.with_columns(pl.col("peers", "below", "equal").cast(pl.Int64)).with_columns(quartile=quartile.clip(1, 4))
    return values.select("unit_code").join(placed, on="unit_code", how="left", maintain_order="left")


def ranks(values: pl.DataFrame, confidence: float = 0.95) -> pl.DataFrame:
    """The ranks that each unit can claim: unit_code, rank_from, rank_to (1 is the highest rate), units.

    values: unit_code, numerator, denominator. A unit stands below another only where the interval of their difference
    (Newcombe's method 10) lies wholly on one side of 0; else both may hold the rank. Null without activity. Each pair is
    judged on its own: among many pairs some differ by chance.
    """
    known = values.filter(pl.col("numerator").is_not_null(), pl.col("denominator") > 0).select("unit_code", "numerator", "denominator")
    pairs = known.join(known, how="cross", suffix="_other").filter(pl.col("unit_code") != pl.col("unit_code_other"))
    low, high = difference_bounds((pl.col("numerator"), pl.col("denominator")), (pl.col("numerator_other"), pl.col("denominator_other")), confidence)
    judged = pairs.with_columns(low=low, high=high).group_by("unit_code").agg(better=(pl.col("high") < 0).sum(), worse=(pl.col("low") > 0).sum())
    placed = known.select("unit_code").join(judged, on="unit_code", how="left").with_columns(pl.col("better", "worse").fill_null(0).cast(pl.Int64))
    placed = placed.select(
        "unit_code", rank_from=pl.col("better") + 1, rank_to=known.height - pl.col("worse"), units=pl.lit(known.height, dtype=pl.Int64)
    )
    return values.select("unit_code").join(placed, on="unit_code", how="left", maintain_order="left")
