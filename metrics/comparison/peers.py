"""Fair company: the peers of a unit, its quartile among them, and ranks only as far as they can be told apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import betaincinv

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


def quartiles(values: pl.DataFrame, pairs: pl.DataFrame, confidence: float = 0.95) -> pl.DataFrame:
    """The quarter of its peers that each unit can claim: unit_code, peers (with a value), quartile (1 lowest to 4 highest).

    values: unit_code, numerator, denominator. Among the unit and its peers, its ranks (as in `rank_sets`, all units of `values` together) must all
    lie in one quarter: the quarter of a rank is that of its middle. Null where they span more, where the unit has no value, or no peer has one.
    """
    known = values.filter(pl.col("numerator").is_not_null(), pl.col("denominator") > 0)
    low, high = exact_bounds(known["numerator"].to_numpy(), known["denominator"].to_numpy(), 1 - (1 - confidence) / max(1, known.height))
    place = {code: number for number, code in enumerate(known["unit_code"])}
    found: list[tuple[str, int, int | None]] = []
    for (code,), of_unit in pairs.group_by("unit_code", maintain_order=True):
        peers_at = [place[peer] for peer in of_unit["peer_code"] if peer in place]
        if code in place and peers_at:
            at, count = place[str(code)], len(peers_at) + 1
            first, last = 1 + int((low[peers_at] > high[at]).sum()), count - int((high[peers_at] < low[at]).sum())
            highest, lowest = (4 - (4 * (2 * rank - 1)) // (2 * count) for rank in (first, last))
            found.append((str(code), count - 1, highest if highest == lowest else None))
    placed = pl.DataFrame(found, schema={"unit_code": pl.String, "peers": pl.Int64, "quartile": pl.Int64}, orient="row")
    return values.select("unit_code").join(placed, on="unit_code", how="left", maintain_order="left")


def ranks(values: pl.DataFrame, confidence: float = 0.95) -> pl.DataFrame:
    """The ranks that each unit can claim: unit_code, rank_from, rank_to (1 is the highest rate), units.

    values: unit_code, numerator, denominator. All sets together hold with that confidence (`rank_sets`). Null without activity.
    """
    known = values.filter(pl.col("numerator").is_not_null(), pl.col("denominator") > 0)
    first, last = rank_sets(known["numerator"].to_numpy(), known["denominator"].to_numpy(), confidence)
    placed = pl.DataFrame({"unit_code": known["unit_code"], "rank_from": first, "rank_to": last}, schema_overrides=dict.fromkeys(_RANKS, pl.Int64))
    placed = placed.with_columns(units=pl.lit(known.height, dtype=pl.Int64))
    return values.select("unit_code").join(placed, on="unit_code", how="left", maintain_order="left")


_RANKS = ("rank_from", "rank_to")
Numbers = npt.NDArray[Any]


def rank_sets(numerators: Numbers, denominators: Numbers, confidence: float = 0.95) -> tuple[Numbers, Numbers]:
    """First and last rank (1 is the highest rate) of each unit; with that confidence, all true ranks lie in their sets at once.

    M. Klein, T. Wright and J. Wieczorek (2020), A joint confidence region for an overall ranking of populations, Journal of the Royal Statistical
    Society C 69, 589-606: above a unit stand those whose interval lies wholly above its own, below it those whose lies wholly below. The intervals
    are exact (`exact_bounds`) and shared out after Bonferroni, so the confidence holds for any number of cases, and for units of which one is a
    part of another. Mogstad, Romano, Shaikh and Wilhelm (2024), Review of Economic Studies 91, 476-518, studentise differences instead, which
    is a little sharper, needs a normal approximation, and takes a bootstrap.
    """
    return ranks_of_bounds(*exact_bounds(numerators, denominators, 1 - (1 - confidence) / max(1, len(numerators))))


def ranks_of_bounds(low: Numbers, high: Numbers) -> tuple[Numbers, Numbers]:
    """First and last rank of each unit, of bounds that hold for all units at once."""
    above = len(low) - np.searchsorted(np.sort(low), high, side="right")
    below = np.searchsorted(np.sort(high), low, side="left")
    return above + 1, len(low) - below


def exact_bounds(numerators: Numbers, denominators: Numbers, confidence: float) -> tuple[Numbers, Numbers]:
    """Bounds of proportions by C. J. Clopper and E. S. Pearson (1934), Biometrika 26, 404-413: each tail has at most half of what is left."""
    tail = (1 - confidence) / 2
    n, k = np.asarray(denominators, dtype=float), np.asarray(numerators, dtype=float)
    k = np.minimum(k, n)  # more than all cases is a wrong denominator, and no higher than all
    low = np.where(k > 0, betaincinv(np.maximum(k, 1), n - k + 1, tail), 0.0)
    high = np.where(k < n, betaincinv(k + 1, np.maximum(n - k, 1), 1 - tail), 1.0)
    return low, high
