"""Which units differ from the average: the spread between units recounted with NumPy, simulated, and one verdict on every surface."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from dashboard.minute import read_minute
from dashboard.reports.content.inputs import read_inputs, reader_for
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.request import Request
from dashboard.session.policy import DEMO_VIEWER
from dashboard.session.queries import pin
from dashboard.session.state import Selection
from dashboard.ui.page_context import Page
from dashboard.ui.unit_names import unit_tree
from dashboard.views.compare.comparison import read_comparison
from dashboard.views.unit.places import read_places
from metrics.comparison.against_average import against_average, limits_around, spread
from metrics.comparison.funnel_limits import binomial_limits
from metrics.comparison.targets import SCHEMA as TARGETS
from metrics.comparison.unit_standings import comparison
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from tests.dashboard.reports.report_homes import tiny_home

JULY = Period(date(2024, 7, 1), date(2024, 7, 31))


def units(rates: list[float], cases: list[int], seed: int = 1) -> pl.DataFrame:
    draw = np.random.default_rng(seed)
    counts = draw.binomial(cases, rates)
    return pl.DataFrame({"unit_code": [f"U{number}" for number in range(len(cases))], "numerator": counts, "denominator": cases})


def one_level(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select("unit_code", level=pl.lit("cap_tinh"))


@pytest.mark.parametrize("seed", range(8))
def test_the_spread_equals_spiegelhalters_formula_in_numpy(seed: int) -> None:
    draw = np.random.default_rng(seed)
    number = int(draw.integers(2, 80))
    n = draw.integers(1, 900, number)
    theta, truth = float(draw.uniform(0.2, 0.95)), float(draw.choice([0.0, 0.05]))
    k = draw.binomial(n, np.clip(theta + truth * draw.standard_normal(number), 0.01, 0.99))
    s = np.sqrt(theta * (1 - theta) / n)
    z = (k / n - theta) / s
    z = np.clip(z, *np.quantile(z, [0.1, 0.9]))
    phi, w = (z**2).mean(), 1 / s**2
    tau2 = max(0.0, (number * phi - (number - 1)) / (w.sum() - (w**2).sum() / w.sum()))
    assert spread(pl.DataFrame({"numerator": k, "denominator": n}), theta) == pytest.approx(math.sqrt(tau2), abs=1e-9)


def test_of_equal_sizes_the_spread_is_the_excess_of_the_variance() -> None:
    """With n the same everywhere and nobody drawn in, τ² = (mean square deviation x I - s² (I - 1)) / (I - 1): DerSimonian and Laird by hand."""
    frame = pl.DataFrame({"numerator": [40, 60], "denominator": [100, 100]})
    low, high = (np.quantile([-2.0, 2.0], share) * 0.05 for share in (0.1, 0.9))
    assert spread(frame, 0.5) ** 2 == pytest.approx(low**2 + high**2 - 0.0025, abs=1e-12)


def test_units_that_differ_by_chance_alone_are_left_alone() -> None:
    found = [against_average(frame, 0.9, one_level(frame))["position"] for frame in (units([0.9] * 355, [60] * 355, seed) for seed in range(20))]
    outside = [(position != "within").mean() for position in found]
    assert np.mean(outside) <= 0.05
    assert np.mean([position.str.ends_with("998").mean() for position in found]) <= 0.004


def test_a_usual_spread_is_no_news_and_an_outlier_still_is() -> None:
    draw = np.random.default_rng(3)
    rates = [*np.clip(0.8 + 0.05 * draw.standard_normal(60), 0, 1), 0.5]
    frame = units(rates, [2000] * 61)
    found = against_average(frame, 0.8, one_level(frame))
    assert found["spread"][0] == pytest.approx(0.05, abs=0.015)
    assert found["position"][-1] == "below_998"
    assert (found["position"][:-1] != "within").sum() <= 12
    # Nearly all of them lie outside what chance alone explains.
    low, _, _, high = binomial_limits(2000, 0.8)
    assert (~(found["numerator"] / 2000).is_between(low, high)).mean() > 0.5


@pytest.mark.parametrize("whole", [0.0, 1.0])
def test_where_all_or_none_did_it_nobody_differs(whole: float) -> None:
    counts = [30 * int(whole), 500 * int(whole)]
    frame = pl.DataFrame({"unit_code": ["a", "b", "idle", "unknown"], "numerator": [*counts, 0, None], "denominator": [30, 500, 0, None]})
    found = against_average(frame, whole, one_level(frame))
    assert found["position"].to_list() == ["within", "within", None, None]
    assert found["excess"].to_list() == [0, 0, None, None] and found["spread"].to_list() == [0.0] * 4


def test_each_level_has_its_own_spread_and_few_cases_are_judged_exactly() -> None:
    frame = pl.concat([units([0.5, 0.9] * 10, [500] * 20), units([0.7] * 20, [500] * 20).with_columns(unit_code="V" + pl.col("unit_code"))])
    levels = frame.select("unit_code", level=pl.when(pl.col("unit_code").str.starts_with("V")).then(pl.lit("b")).otherwise(pl.lit("a")))
    found = against_average(frame, 0.7, levels)
    assert found["spread"][0] > 0.15 > 0.02 > found["spread"][-1]
    few = pl.DataFrame({"unit_code": ["x", "y", "z"], "numerator": [6, 0, None], "denominator": [6, 0, None]})
    assert against_average(few, 0.64, one_level(few))["position"].to_list() == ["within", None, None]
    for rate in (0.0, 1.0, None):
        assert set(against_average(few, rate, one_level(few))["position"]) <= {"within", None}


def test_the_drawn_limits_are_those_that_judge() -> None:
    for tau in (0.0, 0.03):
        for cases, target in ((7, 0.8), (40, 0.95), (900, 0.6)):
            low_998, low_95, high_95, high_998 = limits_around(cases, target, tau)
            assert low_998 <= low_95 <= target <= high_95 <= high_998
            deviation = math.sqrt(target * (1 - target) / cases + tau**2)
            assert low_95 <= max(0.0, target - 1.959963984540054 * deviation) and high_998 >= min(1.0, target + 3.090232306167813 * deviation)


def test_every_surface_says_the_same_of_a_unit(tmp_path: Path) -> None:
    """The comparison by command, the page that compares, who needs help, the page of each unit, and the report."""
    draw = random.Random(5)
    tree = [{"unit_code": "R", "level": "toi_cao"}]
    accounts = []
    for number in range(24):
        tree.append({"unit_code": f"P{number}", "parent_code": "R"})
        tree += [{"unit_code": f"P{number}-{part}", "parent_code": f"P{number}", "level": "cap_huyen"} for part in range(number % 3)]
        rate = 0.2 if number == 7 else draw.gauss(0.8, 0.08)
        for code in ([f"P{number}"] * 3 + [f"P{number}-{part}" for part in range(number % 3)]) * 15:
            accounts.append({"unit_code": code, "activated_on": date(2024, 7, 2) if draw.random() < rate else None})
    home = tiny_home(tmp_path, {"org_unit": tree, "account": accounts})
    selection = Selection(None, JULY.from_on, JULY.to_on, "all")
    reader = pin(home, DEMO_VIEWER)
    page = Page(reader, selection, unit_tree(reader.units(), ""), "")

    with open_snapshot(reader.path) as snapshot:
        by_command = comparison(snapshot, "activation_rate", JULY, Period(date(2024, 6, 1), date(2024, 6, 30)), pl.DataFrame(schema=TARGETS))
    expected = dict(by_command.drop_nulls("unit_code").filter(pl.col("unit_code") != "R").select("unit_code", "position").iter_rows())
    assert expected["P7"] == "below_998" and 2 <= sum(position != "within" for position in expected.values()) < 20

    assert {one.unit.code: one.position for one in read_comparison(page).standings} == expected
    for code in ("P7", "P0", "P3", "P20"):
        assert read_places(replace(page, selection=replace(selection, unit_code=code)))["activation_rate"].position == expected[code]
    request, inputs = Request("so-ket", JULY, "all"), read_inputs(home)
    placed = ReportData(reader_for(home, request, inputs), request, inputs, False).compared_units()
    assert {one.unit.code: one.position for one in placed} == {code: position for code, position in expected.items() if "-" not in code}
    minute = read_minute(reader, selection, page.tree, page.targets, None, "activation_rate")
    assert minute.low == {code for code, position in expected.items() if str(position).startswith("below")}
    assert "P7" in minute.heads["unit_code"] and "P7-0" not in minute.heads["unit_code"]
