"""Whether the same accounts did more than before: they are compared with themselves, and not as strangers.

Activation is a census that only rises: what was gained is a fact, and no test is asked about it.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from scipy.special import bdtr

from metrics.comparison.account_change import COUNTS


def with_subtrees(moves: pl.DataFrame, above: Mapping[str, str | None]) -> pl.DataFrame:
    """`account_moves` of each unit with all units below it; `unit_code` null: everyone. above: the unit above each unit."""
    pairs: list[tuple[str | None, str | None]] = []
    for code in moves["unit_code"].unique():
        pairs.append((code, None))
        at, seen = code, set[str]()
        while at is not None and at not in seen:
            seen.add(at)
            pairs.append((code, at))
            at = above.get(at)
    placed = pl.DataFrame(pairs, schema={"unit_code": pl.String, "at": pl.String}, orient="row")
    joined = moves.join(placed, on="unit_code", how="inner", nulls_equal=True)
    return joined.group_by(unit_code="at", maintain_order=True).agg(pl.col(COUNTS).sum())


def mcnemar(gained: int, lost: int) -> float:
    """The exact two-sided p of as many against each other: those who came into the numerator and those who left it, heads against tails.

    1 where nobody changed. Q. McNemar (1947), Note on the sampling error of the difference between correlated proportions or percentages,
    Psychometrika 12, 153-157, by the binomial distribution itself, not the normal curve.
    """
    changed = gained + lost
    return min(1.0, 2.0 * float(bdtr(min(gained, lost), changed, 0.5))) if changed else 1.0
