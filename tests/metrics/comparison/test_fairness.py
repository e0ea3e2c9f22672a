"""Intervals, funnel limits, peers and ranks against published worked examples and exact arithmetic."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.comparison.funnel_limits import LIMITS, binomial_limits, funnel, funnel_curve
from metrics.comparison.intervals import difference_bounds, wilson
from metrics.comparison.peers import peers, quartiles, ranks


def rates(*pairs: tuple[int | None, int | None]) -> pl.DataFrame:
    return pl.DataFrame(
        [(f"U{number}", numerator, denominator) for number, (numerator, denominator) in enumerate(pairs)],
        schema={"unit_code": pl.String, "numerator": pl.Int64, "denominator": pl.Int64},
        orient="row",
    )


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_equals_newcombes_table(numerator: int, denominator: int, low: float, high: float) -> None:
    row = wilson(rates((numerator, denominator))).row(0, named=True)
    assert (round(row["low"], 4), round(row["high"], 4)) == (low, high)


def test_wilson_solves_its_own_equation() -> None:
    """The bounds are the rates p with |x/n - p| = z sqrt(p (1 - p) / n): checked without the closed form."""
    z = 1.959963984540054
    for numerator, denominator in [(1, 2), (3, 7), (50, 51), (1299, 1848), (999_999, 1_000_000)]:
        row = wilson(rates((numerator, denominator))).row(0, named=True)
        for bound in (row["low"], row["high"]):
            assert abs(numerator / denominator - bound) == pytest.approx(z * math.sqrt(bound * (1 - bound) / denominator), rel=1e-9)


def test_wilson_at_the_edges() -> None:
    frame = wilson(rates((0, 5), (5, 5), (0, 0), (None, None)))
    assert frame["low"].to_list()[0] == 0.0
    assert frame["high"].to_list()[1] == 1.0
    assert frame["low"].to_list()[2:] == frame["high"].to_list()[2:] == [None, None]


@pytest.mark.parametrize(
    ("more", "less", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_difference_equals_newcombes_table(more: tuple[int, int], less: tuple[int, int], low: float, high: float) -> None:
    frame = pl.DataFrame({"a": [more[0]], "m": [more[1]], "b": [less[0]], "n": [less[1]]})
    bounds = difference_bounds((pl.col("a"), pl.col("m")), (pl.col("b"), pl.col("n")))
    found = frame.select(low=bounds[0], high=bounds[1]).row(0)
    assert [round(bound, 4) for bound in found] == [low, high]


def exact_limit(cases: int, target: Fraction, probability: Fraction) -> Fraction:
    """Spiegelhalter's interpolated inverse binomial, in fractions."""
    below = Fraction(0)
    for number in range(cases + 1):
        chance = math.comb(cases, number) * target**number * (1 - target) ** (cases - number)
        if below + chance > probability:
            return min(Fraction(1), max(Fraction(0), (number - (below + chance - probability) / chance) / cases))
        below += chance
    return Fraction(1)


@pytest.mark.parametrize(("cases", "target"), [(1, "1/2"), (5, "1/10"), (12, "99/100"), (40, "2/3"), (137, "617/1000"), (400, "1/50"), (300, "9/10")])
def test_funnel_limits_equal_exact_arithmetic(cases: int, target: str) -> None:
    rate = Fraction(target)
    exact = [float(exact_limit(cases, rate, Fraction(repr(probability)))) for probability in LIMITS.values()]
    assert binomial_limits(cases, float(rate)) == pytest.approx(exact, abs=1e-9)


def test_funnel_limits_approach_the_normal_ones_and_stay_ordered() -> None:
    for cases in (1, 2, 10, 1000, 200_000):
        for target in (0.001, 0.3, 0.6168, 0.999):
            limits = binomial_limits(cases, target)
            low_998, low_95, high_95, high_998 = limits
            assert 0 <= low_998 <= low_95 <= target <= high_95 <= high_998 <= 1 or cases < 1000
    spread = math.sqrt(0.6168 * (1 - 0.6168) / 200_000)
    low_998, low_95, high_95, high_998 = binomial_limits(200_000, 0.6168)
    assert (high_95 - 0.6168) / spread == pytest.approx(1.96, abs=0.01)
    assert (0.6168 - low_998) / spread == pytest.approx(3.09, abs=0.01)


def test_funnel_places_units_around_the_rate_of_the_group() -> None:
    frame = funnel(rates((60, 100), (20, 100), (99, 100), (4, 5), (0, 0), (None, None), (62, 100), (45, 100)))
    assert frame["target"][0] == pytest.approx(290 / 505)
    assert frame["position"].to_list() == ["within", "below_998", "above_998", "within", None, None, "within", "below_95"]
    assert funnel(rates((0, 0)))["position"].to_list() == [None]
    assert funnel(rates((3, 3), (4, 4)))["position"].to_list() == ["within", "within"]
    assert funnel_curve(0.5, [10, 20]).columns == ["denominator", *LIMITS]


def test_chance_alone_leaves_one_unit_in_twenty_outside() -> None:
    """Units drawn from one true rate: about 5% outside the 95% limits, about 0.2% outside the outer ones."""
    draw = random.Random(7)
    frame = funnel(rates(*((sum(draw.random() < 0.6 for _ in range(50)), 50) for _ in range(4000))))
    outside = frame.filter(pl.col("position") != "within").height / 4000
    far = frame.filter(pl.col("position").str.ends_with("998")).height / 4000
    assert 0.02 < outside <= 0.055
    assert far < 0.004


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 60), st.integers(0, 60))
def test_a_unit_is_outside_only_where_the_exact_tail_says_so(cases: int, others: int, numerator: int, rest: int) -> None:
    numerator, rest = min(numerator, cases), min(rest, others)
    rate = Fraction(numerator + rest, cases + others)
    chances = [math.comb(cases, number) * rate**number * (1 - rate) ** (cases - number) for number in range(cases + 1)]
    high, low = sum(chances[numerator:]), sum(chances[: numerator + 1])
    expected = "within"
    for name, tail in (("95", Fraction(25, 1000)), ("998", Fraction(1, 1000))):
        expected = f"above_{name}" if high < tail else f"below_{name}" if low <= tail else expected
    found = funnel(rates((numerator, cases), (rest, others)))["position"][0]
    assert found == expected


def test_six_of_six_is_no_news_where_two_of_three_is_usual() -> None:
    assert funnel(rates((6, 6), (634, 1000)))["position"][0] == "within"


def test_peers_are_of_like_size_or_of_the_level() -> None:
    units = pl.DataFrame(
        [(f"S{number}", "cap_tinh", 100 + number) for number in range(6)]
        + [("big", "cap_tinh", 1000), ("other", "cap_huyen", 100), ("none", "cap_tinh", 0)],
        schema=["unit_code", "level", "size"],
        orient="row",
    )
    pairs = peers(units)
    of = {code: set(pairs.filter(pl.col("unit_code") == code)["peer_code"]) for code in units["unit_code"]}
    assert of["S0"] == {"S1", "S2", "S3", "S4", "S5"}
    assert of["big"] == {f"S{number}" for number in range(6)}  # nobody is of its size, so the level
    assert of["other"] == of["none"] == set()
    assert pairs.filter(pl.col("unit_code") == "big")["is_by_size"].any() is False


def test_quartiles_of_ties_and_of_units_without_value() -> None:
    values = rates((100, 1000), (200, 1000), (300, 1000), (400, 1000), (0, 0)).with_columns(unit_code=pl.Series(list("abcde")))
    everyone = pl.DataFrame(
        [(one, other, True) for one in "abcde" for other in "abcde" if one != other], schema=["unit_code", "peer_code", "is_by_size"], orient="row"
    )
    assert quartiles(values, everyone)["quartile"].to_list() == [1, 2, 3, 4, None]
    assert quartiles(values, everyone)["peers"].to_list() == [3, 3, 3, 3, None]
    tied = values.with_columns(numerator=pl.lit(300), denominator=pl.lit(1000))
    assert set(quartiles(tied, everyone)["quartile"]) == {None}
    # Two that chance may have swapped, in the middle of four: neither is in one quarter.
    close = values.with_columns(numerator=pl.Series([100, 250, 260, 400, 0]))
    assert quartiles(close, everyone)["quartile"].to_list() == [1, None, None, 4, None]


def test_ranks_are_claimed_only_where_rates_can_be_told_apart() -> None:
    frame = ranks(rates((90, 100), (88, 100), (10, 100), (1, 2), (0, 0)))
    assert frame.select("rank_from", "rank_to").rows() == [(1, 3), (1, 3), (3, 4), (1, 4), (None, None)]
    alone = ranks(rates((1, 3)))
    assert alone.select("rank_from", "rank_to", "units").row(0) == (1, 1, 1)
