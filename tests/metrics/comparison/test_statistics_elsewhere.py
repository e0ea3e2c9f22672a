"""The statistical functions against independent implementations, to 1e-9 where they are exact.

Wilson and Newcombe: figures of statsmodels 0.15.0 (`proportion_confint`, method wilson; `confint_proportions_2indep`, method newcomb),
written down here; among the pairs are the examples (a) to (h) of Newcombe (1998), Statistics in Medicine 17, 873-890, table II.
Funnel limits: SciPy's binomial distribution, at sizes where exact fractions would take too long; and figures of R's PHEindicatormethods, from
the test data of its repository (tests/testthat/testdata_funnel_prop_outputs.csv), which are the normal approximation to the same limits.
Control charts, spread and ranks: what R's qicharts2, FunnelPlotR and csranks give, published or by their own functions run in R 4.2.2; each below.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom

from metrics.comparison.against_average import spread
from metrics.comparison.funnel_limits import LIMITS, binomial_limits
from metrics.comparison.intervals import difference_bounds, normal_quantile, wilson
from metrics.comparison.peers import ranks_of_bounds
from metrics.comparison.process_control import p_prime, x_mr

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


# Patients seen within 4 hours of 20 weeks, the data `nhs_accidents` of qicharts2 0.8.1 (vignette, case 5: prime charts), and the lower limits of its
# P' chart (function qic.pp). Its I chart of Montgomery's example 6.5 is its published test data (tests/testthat/ex_6.5_3.rds).
NHS = [
    (266_501, 280_443),
    (264_225, 276_823),
    (276_532, 291_681),
    (281_461, 296_155),
    (269_071, 282_343),
    (261_215, 275_888),
    (270_409, 283_867),
    (279_778, 295_251),
    (270_483, 284_468),
    (270_320, 282_529),
    (267_923, 279_618),
    (271_478, 283_932),
    (255_353, 266_629),
    (256_820, 268_091),
    (261_835, 276_803),
    (259_144, 271_578),
    (255_910, 266_005),
    (260_863, 273_520),
    (264_465, 278_574),
    (260_989, 273_772),
]
NHS_CENTRE, NHS_LOW = (
    0.95289971134419116,
    [
        0.9401296441775141,
        0.94004641862513627,
        0.9403780655785402,
        0.94047300747792362,
        0.94017268417608979,
        0.94002465678041103,
        0.94020689402152513,
        0.94045399796641838,
        0.94022030926792188,
        0.94017687421815865,
        0.94011081930595297,
        0.94020834697566502,
        0.93980301398912502,
        0.9398387733905802,
        0.94004595428549564,
        0.93992289402775664,
        0.93978766173624928,
        0.93996904398143111,
        0.9400868775214295,
        0.93997499652290417,
    ],
)
MORTGAGES = [310, 288, 297, 298, 307, 303, 294, 297, 308, 306, 294, 299, 297, 299, 314, 295, 293, 306, 301, 304]


def test_the_p_prime_chart_equals_qicharts2() -> None:
    points = p_prime([*NHS, (1, 2)]).points[:-1]  # the newest is no part of its own limits
    assert [point.low for point in points] == pytest.approx(NHS_LOW, abs=1e-12)
    assert {round(point.centre, 14) for point in points} == {round(NHS_CENTRE, 14)}
    assert [point.high for point in points] == pytest.approx([2 * NHS_CENTRE - low for low in NHS_LOW], abs=1e-12)
    assert not [point for point in points if point.signal == "point"]  # the vignette: not over-dispersed any longer


def test_the_chart_of_individuals_equals_qicharts2_and_montgomery() -> None:
    point = x_mr([*map(float, MORTGAGES), 305.0]).points[-1]
    assert (point.centre, point.low, point.high) == pytest.approx((300.5, 279.78331466965284, 321.21668533034716), abs=1e-9)


def test_the_spread_equals_funnelplotr() -> None:
    """Its functions winsorisation, phi_func and tau_func (version 0.6.0) on the z-scores of rates; the package itself takes arcsines of them."""
    over = [41, 88, 130, 57, 62, 199, 240, 75, 33, 118, 151, 96, 20, 310]
    cases = [60, 100, 150, 90, 64, 230, 300, 80, 50, 140, 160, 120, 22, 340]
    found = spread(pl.DataFrame({"numerator": over, "denominator": cases}), sum(over) / sum(cases))
    assert found**2 == pytest.approx(0.0050979078876780722, abs=1e-12)


# Mathematics in PISA 2018: score and standard error of 38 countries (data `pisa2018` of csranks 1.2.2.9001), and the first and last rank that its
# function csranks gives all of them at once at 95% (20,000 draws, seed 1).
PISA = [
    ("Australia", 491.3600, 1.9398, 12, 30),
    ("Austria", 498.9423, 2.9710, 7, 26),
    ("Belgium", 508.0703, 2.2627, 4, 18),
    ("Canada", 512.0169, 2.3575, 3, 17),
    ("Chile", 417.4066, 2.4159, 35, 37),
    ("Colombia", 390.9323, 2.9896, 37, 38),
    ("Costa Rica", 402.3306, 3.2888, 35, 38),
    ("Czech Republic", 499.4677, 2.4607, 7, 25),
    ("Denmark", 509.3984, 1.7350, 4, 18),
    ("Estonia", 523.4146, 1.7436, 1, 6),
    ("Finland", 507.3014, 1.9679, 4, 18),
    ("France", 495.4076, 2.3202, 12, 26),
    ("Germany", 500.0438, 2.6471, 7, 25),
    ("Greece", 451.3703, 3.0912, 32, 34),
    ("Hungary", 481.0826, 2.3196, 23, 31),
    ("Iceland", 495.1874, 1.9531, 12, 26),
    ("Ireland", 499.6329, 2.1986, 8, 25),
    ("Israel", 463.0345, 3.4986, 31, 34),
    ("Italy", 486.5899, 2.7800, 15, 31),
    ("Japan", 526.9733, 2.4715, 1, 6),
    ("Korea", 525.9330, 3.1214, 1, 7),
    ("Latvia", 496.1263, 1.9628, 12, 26),
    ("Lithuania", 481.1912, 1.9533, 23, 31),
    ("Luxembourg", 483.4215, 1.0976, 23, 31),
    ("Mexico", 408.8015, 2.4932, 35, 37),
    ("Netherlands", 519.2310, 2.6323, 1, 11),
    ("New Zealand", 494.4897, 1.7059, 12, 26),
    ("Norway", 500.9638, 2.2190, 7, 24),
    ("Poland", 515.6479, 2.6021, 1, 12),
    ("Portugal", 492.4874, 2.6846, 12, 31),
    ("Slovak Republic", 486.1649, 2.5556, 18, 31),
    ("Slovenia", 508.8975, 1.3639, 4, 18),
    ("Spain", 481.3926, 1.4624, 24, 31),
    ("Sweden", 502.3877, 2.6543, 5, 24),
    ("Switzerland", 515.3147, 2.9080, 1, 13),
    ("Türkiye", 453.5078, 2.2604, 32, 34),
    ("United Kingdom", 501.7699, 2.5644, 6, 24),
    ("United States", 478.2447, 3.2354, 23, 32),
]


def test_rank_sets_say_what_csranks_says_and_hold_its_sets() -> None:
    """The vignette (Inference for Ranks): Chile, Mexico and Colombia are apart from all but their like, Germany and Korea may both be seventh.

    Klein, Wright and Wieczorek's sets hold those of Mogstad and others, which are a little sharper: by one rank at either end, on the mean.
    """
    names, score, error, first, last = map(np.array, zip(*PISA, strict=True))
    reach = error * normal_quantile(1 - 0.05 / len(PISA))
    from_rank, to_rank = ranks_of_bounds(score - reach, score + reach)
    assert (from_rank <= first).all() and (to_rank >= last).all()
    assert 0 < (first - from_rank).mean() < 1 and 0 < (to_rank - last).mean() < 1
    place = {str(name): number for number, name in enumerate(names)}
    worst = [place[name] for name in ("Chile", "Mexico", "Costa Rica", "Colombia")]
    assert from_rank[worst].min() > np.delete(to_rank, worst).max()
    assert from_rank[place["Germany"]] <= 7 <= to_rank[place["Korea"]]
