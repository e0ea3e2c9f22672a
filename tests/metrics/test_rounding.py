"""One rounding for pages, reports, files and the command line: half up, from exact counts."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.rounding import half_up, percent


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"), [(0.5, 0, "1"), (1.5, 0, "2"), (2.5, 0, "3"), (-2.5, 0, "-3"), (0.125, 2, "0.13"), (7, 0, "7")]
)
def test_a_half_goes_away_from_zero(value: float, decimals: int, rounded: str) -> None:
    assert half_up(value, decimals) == Decimal(rounded)


@given(st.integers(1, 10**7).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))), st.integers(0, 3))
def test_a_percentage_is_the_exact_quotient_rounded_half_up(counts: tuple[int, int], decimals: int) -> None:
    part, whole = counts
    scaled = Fraction(part, whole) * 100 * 10**decimals
    assert percent(part / whole, decimals) * 10**decimals == (2 * scaled + 1) // 2


@given(st.integers(0, 10**5))
def test_a_tie_is_not_lost_in_binary(tie: int) -> None:
    assert percent((2 * tie + 1) / 20_000, 2) == Decimal(tie + 1) / 100
