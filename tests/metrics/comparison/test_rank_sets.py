"""Joint sets of ranks: exact bounds against fractions, sets against counting pairs, and false claims by simulation."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import polars as pl
import pytest

from metrics.comparison.peers import exact_bounds, peers, quartiles, rank_sets, ranks


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"), [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684), (1, 29, 0.0009, 0.1776)]
)
def test_exact_bounds_equal_newcombes_table(numerator: int, denominator: int, low: float, high: float) -> None:
    """R. G. Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 5 (Clopper and Pearson)."""
    found = exact_bounds(np.array([numerator]), np.array([denominator]), 0.95)
    assert [round(float(bound[0]), 4) for bound in found] == [low, high]


@pytest.mark.parametrize(("numerator", "denominator", "confidence"), [(3, 7, 0.95), (0, 5, 0.99), (12, 12, 0.9), (55, 60, 0.99985)])
def test_each_tail_beyond_an_exact_bound_is_what_is_left(numerator: int, denominator: int, confidence: float) -> None:
    low, high = (Fraction(float(bound[0])) for bound in exact_bounds(np.array([numerator]), np.array([denominator]), confidence))

    def chance(counts: range, rate: Fraction) -> float:
        return float(sum(math.comb(denominator, count) * rate**count * (1 - rate) ** (denominator - count) for count in counts))

    tail = (1 - confidence) / 2
    assert chance(range(numerator, denominator + 1), low) == pytest.approx(tail if numerator else 1.0, abs=1e-9)
    assert chance(range(numerator + 1), high) == pytest.approx(tail if numerator < denominator else 1.0, abs=1e-9)


def test_sets_equal_counting_pairs_one_by_one() -> None:
    draw = np.random.default_rng(4)
    n = draw.integers(1, 400, 90)
    k = draw.binomial(n, draw.uniform(0.1, 0.95, 90))
    first, last = rank_sets(k, n)
    low, high = exact_bounds(k, n, 1 - 0.05 / 90)
    for one in range(90):
        assert first[one] == 1 + sum(low[other] > high[one] for other in range(90))
        assert last[one] == 90 - sum(high[other] < low[one] for other in range(90))


def level(k: np.ndarray, n: np.ndarray) -> pl.DataFrame:  # type: ignore[type-arg]
    return pl.DataFrame({"unit_code": [f"U{number}" for number in range(len(n))], "numerator": k, "denominator": n})


def test_of_identical_units_hardly_ever_any_is_ranked() -> None:
    """355 units of one true rate, 200 times: in at most 5% of them any rank is claimed that is not everybody's."""
    draw = np.random.default_rng(11)
    n = draw.integers(3, 120, 355)
    claims = 0
    for _ in range(200):
        first, last = rank_sets(draw.binomial(n, 0.9), n)
        claims += bool((first > 1).any() or (last < 355).any())
    assert claims <= 10
    frame = level(draw.binomial(n, 0.9), n)
    pairs = peers(frame.select("unit_code", level=pl.lit("khu_vuc"), size="denominator"))
    assert quartiles(frame, pairs)["quartile"].null_count() == 355


def test_true_ranks_lie_in_their_sets_all_at_once() -> None:
    draw = np.random.default_rng(12)
    n, rates = draw.integers(20, 200, 40), np.sort(draw.uniform(0.3, 0.95, 40))[::-1]
    missed = 0
    for _ in range(300):
        first, last = rank_sets(draw.binomial(n, rates), n)
        truth = np.arange(1, 41)
        missed += bool(((first > truth) | (last < truth)).any())
    assert missed <= 15


def test_a_unit_far_behind_is_ranked_last() -> None:
    frame = ranks(level(np.array([900, 880, 100, 0]), np.array([1000, 1000, 1000, 0])))
    assert frame.select("rank_from", "rank_to", "units").rows() == [(1, 2, 3), (1, 2, 3), (3, 3, 3), (None, None, None)]
