"""When the target is reached: the hazard by hand, the trend against SciPy's regression, and no day where nothing says one."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta

import numpy as np
import pytest
from scipy.stats import linregress, t

from metrics.comparison.pace import FARTHEST, LOOKS_BACK, pace_of_state, pace_of_trend

ON = date(2026, 7, 31)


def test_a_state_goes_by_those_who_are_left() -> None:
    # 40 of 100 are open; 4 weeks ago they were 50, of whom 10 joined: the hazard is -ln(0.8) in 28 days, and three quarters of the 40 have to join.
    found = pace_of_state(ON, (60, 100), (50, 100), 50, 10, 0.9)
    assert (found.missing, found.per_week) == (30, 2.5)
    assert found.reached_on == ON + timedelta(days=math.ceil(math.log(0.4 / 0.1) / -math.log(0.8) * LOOKS_BACK))
    # Wilson's interval of 10/50 is 0.11244 to 0.33036.
    early, late = (math.ceil(math.log(4) / -math.log1p(-share) * LOOKS_BACK) for share in (0.33036, 0.11244))
    assert found.reached_from == ON + timedelta(days=early)
    assert found.reached_to == ON + timedelta(days=late)


def test_no_day_for_a_state_that_fell_stood_or_is_far_away() -> None:
    assert pace_of_state(ON, (95, 100), (90, 100), 10, 5, 0.9).reached_on == ON
    assert pace_of_state(ON, (60, 100), (60, 100), 40, 0, 0.9).reached_on is None
    assert pace_of_state(ON, (60, 110), (59, 100), 41, 1, 0.9).reached_on is None  # one joined, and eleven came who have not
    assert pace_of_state(ON, (1, 100_000), (0, 100_000), 100_000, 1, 0.9).reached_on is None
    assert pace_of_state(ON, (60, 100), (20, 100), 80, 40, 1.0).reached_on == ON + timedelta(days=math.ceil(math.log(80) / math.log(2) * LOOKS_BACK))


@pytest.mark.parametrize("seed", range(10))
def test_the_trend_equals_scipys_regression(seed: int) -> None:
    draw = random.Random(seed)
    count, days, target = draw.randint(6, 12), draw.choice([7, 30]), 0.9
    points = [(round(1000 / (1 + math.exp(-(0.2 + 0.12 * place + draw.gauss(0, 0.05))))), 1000) for place in range(count)]
    y = [math.log((over + 0.5) / (under - over + 0.5)) for over, under in points]
    fit = linregress(range(count), y)
    residual = math.sqrt(sum((value - fit.intercept - fit.slope * place) ** 2 for place, value in enumerate(y)) / (count - 2))
    spread = count * np.var(range(count))
    quantile = t.ppf(0.975, count - 2)

    def first(sign: int) -> date | None:
        for ahead in range(min(count * days, FARTHEST) + 1):
            x = count - 1 + ahead / days
            reach = quantile * residual * math.sqrt(1 + 1 / count + (x - (count - 1) / 2) ** 2 / spread)
            if fit.intercept + fit.slope * x + sign * reach >= math.log(target / (1 - target)):
                return ON + timedelta(days=ahead)
        return None

    is_told = first(0) is not None and points[-1][0] >= points[-2][0]
    found = pace_of_trend(ON, points, days, target)
    assert (found.reached_on, found.reached_from, found.reached_to) == ((first(0), first(1), first(-1)) if is_told else (None,) * 3)


def test_no_day_for_a_trend_that_falls_says_nothing_or_is_short() -> None:
    rising = [(500 + 40 * place, 1000) for place in range(8)]
    assert pace_of_trend(ON, rising, 30, 0.9).reached_on is not None
    assert pace_of_trend(ON, rising[-5:], 30, 0.9).reached_on is None
    assert pace_of_trend(ON, rising[::-1], 30, 0.9).reached_on is None
    assert pace_of_trend(ON, [(500 + (-1) ** place * 60, 1000) for place in range(9)], 30, 0.9).reached_on is None
    swinging = [(780, 1000), (840, 1000), (770, 1000), (850, 1000), (780, 1000), (850, 1000)]  # up now, on the whole hardly
    assert pace_of_trend(ON, swinging, 30, 0.86).reached_on is None
    assert pace_of_trend(ON, rising, 30, 0.7).reached_on == ON
    assert pace_of_trend(ON, [*rising[:-1], (730, 1000)], 30, 0.9).reached_on is None  # it just fell
    # Volumes that shrink while the ratio rises are a rise.
    assert pace_of_trend(ON, [((50 + 4 * place) * (20 - place), 100 * (20 - place)) for place in range(8)], 30, 0.9).reached_on is not None


def test_one_that_is_missing_is_not_none_and_each_period_is_compared_by_its_own_volume() -> None:
    rising = [(50 + 5 * place, 100) for place in range(8)]
    assert pace_of_trend(ON, rising, 30, 0.85).reached_on == ON
    assert pace_of_trend(ON, rising, 30, 0.86).missing == 1 and pace_of_trend(ON, rising, 30, 0.86).reached_on > ON
    assert pace_of_trend(ON, [*rising[:2], (6, 10), *rising[3:]], 30, 0.9).reached_on is not None  # few cases in the third period: it did not fall


def test_of_units_without_a_trend_few_are_given_a_day() -> None:
    draw = np.random.default_rng(2)
    found = [pace_of_trend(ON, [(int(k), 200) for k in draw.binomial(200, 0.8, 12)], 30, 0.9).reached_on for _ in range(1000)]
    assert sum(day is not None for day in found) <= 40
