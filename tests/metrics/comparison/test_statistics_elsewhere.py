"""The statistical functions against independent implementations, to 1e-9 where they are exact.

Wilson and Newcombe: figures of statsmodels 0.15.0 (`proportion_confint`, method wilson; `confint_proportions_2indep`, method newcomb),
written down here; among the pairs are the examples (a) to (h) of Newcombe (1998), Statistics in Medicine 17, 873-890, table II.
Funnel limits: SciPy's binomial distribution, at sizes where exact fractions would take too long; and figures of R's PHEindicatormethods, from
the test data of its repository (tests/testthat/testdata_funnel_prop_outputs.csv), which are the normal approximation to the same limits.
"""

from __future__ import annotations

import polars as pl
import pytest
from scipy.stats import binom

from metrics.comparison.funnel_limits import LIMITS, binomial_limits
from metrics.comparison.intervals import difference_bounds, normal_quantile, wilson

WILSON = [
    (81, 263, 0.95, 0.2552885198782742, 0.36620957698280004),
    (15, 148, 0.95, 0.0623863995307363, 0.16048724172330803),
    (0, 20, 0.95, 0.0, 0.16112515805281938),
    (1, 29, 0.95, 0.006113214292762653, 0.17175521879320288),
    (1299, 1848, 0.95, 0.6816838664480731, 0.7233184065205975),
    (1848, 2996, 0.95, 0.5992750012498474, 0.634070663715789),
    (3, 7, 0.998, 0.09161890874602491, 0.8479564353748119),
    (2322, 3911, 0.99, 0.5733386695010396, 0.6137640134559552),
    (1, 2, 0.95, 0.09453120573423074, 0.9054687942657693),
    (999_999, 1_000_000, 0.95, 0.9999943350881957, 0.9999998234754233),
]

NEWCOMBE = [
    ((56, 70), (48, 80), 0.05243147240236498, 0.33387265403690614),
    ((9, 10), (3, 10), 0.1705227239345029, 0.809017973535488),
    ((6, 7), (2, 7), 0.05822792748231209, 0.8062496375242278),
    ((5, 56), (0, 29), -0.038137147903536936, 0.19256001385511165),
    ((0, 10), (0, 20), -0.1611251580528194, 0.27753279986288926),
    ((0, 10), (0, 10), -0.27753279986288926, 0.27753279986288926),
    ((10, 10), (0, 20), 0.6790860371419145, 1.0),
    ((10, 10), (0, 10), 0.6075093504305241, 1.0),
    ((7, 34), (1, 34), 0.018921443885772937, 0.3403686870327074),
    ((1299, 1848), (150, 300), 0.14282378815646926, 0.2627280393844213),
    ((4, 5), (613, 996), -0.24096600020284747, 0.351148445271546),
]


@pytest.mark.parametrize(("numerator", "denominator", "confidence", "low", "high"), WILSON)
def test_wilson_equals_statsmodels(numerator: int, denominator: int, confidence: float, low: float, high: float) -> None:
    frame = wilson(pl.DataFrame({"numerator": [numerator], "denominator": [denominator]}), confidence)
    assert frame.select("low", "high").row(0) == pytest.approx((low, high), abs=1e-12)


@pytest.mark.parametrize(("more", "less", "low", "high"), NEWCOMBE)
def test_the_difference_equals_statsmodels(more: tuple[int, int], less: tuple[int, int], low: float, high: float) -> None:
    frame = pl.DataFrame({"a": [more[0]], "m": [more[1]], "b": [less[0]], "n": [less[1]]})
    bounds = difference_bounds((pl.col("a"), pl.col("m")), (pl.col("b"), pl.col("n")))
    turned = difference_bounds((pl.col("b"), pl.col("n")), (pl.col("a"), pl.col("m")))
    assert frame.select(low=bounds[0], high=bounds[1]).row(0) == pytest.approx((low, high), abs=1e-12)
    assert frame.select(low=turned[0], high=turned[1]).row(0) == pytest.approx((-high, -low), abs=1e-12)


def test_the_normal_quantile_is_the_usual_one() -> None:
    assert normal_quantile(0.95) == pytest.approx(1.959963984540054, abs=1e-12)
    assert normal_quantile(0.998) == pytest.approx(3.090232306167813, abs=1e-12)


@pytest.mark.parametrize("cases", [1, 7, 149, 2996, 50_000])
@pytest.mark.parametrize("target", [0.001, 0.05, 0.6168, 0.7029, 0.995])
def test_funnel_limits_equal_scipys_binomial(cases: int, target: float) -> None:
    """Spiegelhalter's appendix A.1.1: r is the inverse of the distribution at p, and a the part of r's chance that lies beyond p."""
    expected = []
    for probability in LIMITS.values():
        number = binom.ppf(probability, cases, target)
        part = (binom.cdf(number, cases, target) - probability) / binom.pmf(number, cases, target)
        expected.append(min(1.0, max(0.0, (number - part) / cases)))
    assert binomial_limits(cases, target) == pytest.approx(expected, abs=1e-9)


# Denominator; limits in per cent at 0.025, 0.975, 0.001 and 0.999 around a rate of 80.642448%.
PHE_RATE = 0.80642448
PHE_LIMITS = [
    (1008, 78.203374, 83.081521, 76.796814, 84.488082),
    (5936, 79.63735, 81.647545, 79.057733, 82.227163),
    (20742, 80.10476, 81.180135, 79.794688, 81.490208),
    (110000, 80.408963, 80.875933, 80.274317, 81.010578),
]


@pytest.mark.parametrize(("cases", "low_95", "high_95", "low_998", "high_998"), PHE_LIMITS)
def test_funnel_limits_differ_from_those_of_r_by_what_its_normal_curve_leaves_out(
    cases: int, low_95: float, high_95: float, low_998: float, high_998: float
) -> None:
    """Half a case, because cases are whole, and the skewness of the binomial: the first term of Cornish and Fisher's expansion (1937)."""
    exact = dict(zip(LIMITS, binomial_limits(cases, PHE_RATE), strict=True))
    for name, published, confidence in (
        ("low_95", low_95, 0.95),
        ("high_95", high_95, 0.95),
        ("low_998", low_998, 0.998),
        ("high_998", high_998, 0.998),
    ):
        left_out = -0.5 + (normal_quantile(confidence) ** 2 - 1) * (1 - 2 * PHE_RATE) / 6
        assert cases * (exact[name] - published / 100) == pytest.approx(left_out, abs=0.025)
