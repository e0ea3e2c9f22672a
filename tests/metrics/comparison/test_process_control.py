"""P' and XmR charts: against NumPy, without false alarms where nothing changed, and with planted changes found."""

from __future__ import annotations

import numpy as np
import pytest

from metrics.comparison.process_control import FEWEST, alert, is_target_lost, p_prime, x_mr


@pytest.mark.parametrize("seed", range(6))
def test_laneys_limits_equal_numpy(seed: int) -> None:
    draw = np.random.default_rng(seed)
    n = draw.integers(50, 4000, 20)
    k = draw.binomial(n, np.clip(0.9 + 0.02 * draw.standard_normal(20), 0, 1))
    usual, base = slice(0, 19), k[:19].sum() / n[:19].sum()
    s = np.sqrt(base * (1 - base) / n)
    z = (k / n - base) / s
    sigma_z = np.abs(np.diff(z[usual])).mean() / 1.128
    chart = p_prime(list(zip(k.tolist(), n.tolist(), strict=True)))
    assert [point.centre for point in chart.points] == pytest.approx([base] * 20, abs=1e-12)
    assert [point.low for point in chart.points] == pytest.approx(np.maximum(0, base - 3 * sigma_z * s), abs=1e-9)
    assert [point.high for point in chart.points] == pytest.approx(np.minimum(1, base + 3 * sigma_z * s), abs=1e-9)


def test_individuals_equal_montgomerys_formula() -> None:
    values = [33.75, 33.05, 34.0, 33.81, 33.46, 34.02, 33.68, 33.27, 33.49, 33.20, 33.62, 33.0, 33.54, 33.12, 33.84]
    # Montgomery's example 6.5 (viscosity of paint): mean 33.52, mean moving range 0.48, limits 32.24 and 34.80.
    chart = x_mr([*values, 33.5])
    point = chart.points[-1]
    assert (round(point.centre, 2), round(point.low, 2), round(point.high, 2)) == (33.52, 32.24, 34.8)
    assert not any(one.signal for one in chart.points)


WORLDS = [(0.85, 0.01, 60, 200), (0.97, 0.01, 20, 60), (0.95, 0.02, 30, 300), (0.85, 0.03, 300, 3000), (0.9, 0.05, 60, 200), (0.5, 0.0, 60, 200)]
"""The rate of all units, how far it wanders from period to period, and the least and most cases."""


def alarms(change: float, seed: int, world: tuple[float, float, int, int] = WORLDS[0]) -> int:
    """Of 355 units alike, how many alarm in the newest period, in which all rates changed by `change`."""
    draw = np.random.default_rng(seed)
    rate, wander, fewest, most = world
    found = 0
    for _ in range(355):
        n = draw.integers(fewest, most, 25)
        rates = np.clip(rate + wander * draw.standard_normal(25), 0, 1)
        rates[-1] = np.clip(rates[-1] + change, 0, 1)
        found += p_prime(list(zip(draw.binomial(n, rates).tolist(), n.tolist(), strict=True)), among=355).points[-1].signal is not None
    return found


def test_at_most_one_false_alarm_among_355_units_and_a_fall_of_a_quarter_is_found() -> None:
    """Two metrics of each of six kinds; a fall by 25 points is found in 9 of 10 units."""
    found = [alarms(0.0, seed, world) for seed in range(2) for world in WORLDS]
    assert sum(found) / len(found) <= 1
    assert alarms(-0.25, 99) >= 320


@pytest.mark.long
@pytest.mark.parametrize("world", WORLDS)
def test_at_most_one_false_alarm_on_the_mean_of_sixty_metrics(world: tuple[float, float, int, int]) -> None:
    assert sum(alarms(0.0, seed, world) for seed in range(60)) / 60 <= 1
    # Power at 60 to 200 cases and a rate that wanders by a point: of falls by 10, 15 and 25 points at least so many are found.
    for change, share in ((-0.1, 0.12), (-0.15, 0.45), (-0.25, 0.9)):
        assert sum(alarms(change, seed) for seed in range(3)) / (3 * 355) >= share


def test_a_reorganisation_sets_the_limits_anew() -> None:
    counts: list[tuple[int | None, int | None]] = [(90 + number % 3, 100) for number in range(12)] + [(50 + number % 3, 100) for number in range(12)]
    assert any(point.signal for point in p_prime(counts).points)
    fresh = p_prime(counts, baselines=[12])
    assert (fresh.first, len(fresh.points), [point.signal for point in fresh.points]) == (12, 12, [None] * 12)
    assert not p_prime(counts[: 12 + FEWEST], baselines=[12]).is_known


def test_a_long_run_on_one_side_is_a_shift() -> None:
    chart = p_prime([(80, 100), (84, 100)] * 8 + [(85, 100)] * 8)
    assert chart.points[-1].signal is not None
    assert (chart.change("up"), chart.change("down"), chart.change("neither")) == ("better", "worse", "other")


def test_a_run_below_the_centre_is_told_as_one_above_it() -> None:
    up, down = (x_mr([10.0 + (-1) ** number for number in range(20)] + [10 + sign * 0.5] * 8) for sign in (1, -1))
    assert [chart.points[-1].signal for chart in (up, down)] == ["run", "run"]
    assert (up.change("up"), down.change("up")) == ("better", "worse")


def test_limits_are_drawn_from_eight_points_beside_the_newest_on() -> None:
    assert FEWEST == 8
    assert not x_mr([1.0, 2.0] * 4).is_known and x_mr([*[1.0, 2.0] * 4, 1.0]).is_known
    assert not p_prime([(1, 2), (2, 3)] * 4).is_known and p_prime([*[(1, 2), (2, 3)] * 4, (1, 2)]).is_known


def test_a_target_that_is_met_to_the_case_is_reached() -> None:
    exactly: list[tuple[int | None, int | None]] = [(180, 200)] * 12
    assert is_target_lost([*exactly, (120, 200)], 0.9, "up")
    assert not is_target_lost([*[(179, 200)] * 12, (120, 200)], 0.9, "up"), "three periods one case short of it never reached it"


def test_assurance_says_whether_the_target_is_reached_reliably() -> None:
    chart = p_prime([(900 + number % 5, 1000) for number in range(15)])
    assert (chart.points[-1].low, chart.points[-1].high) == pytest.approx((0.896, 0.908), abs=0.01)
    assert [chart.assurance(target, "up") for target in (0.85, 0.9, 0.95, None)] == ["reliable", "unreliable", "never", "unknown"]
    assert [chart.assurance(target, "down") for target in (0.95, 0.9, 0.85)] == ["reliable", "unreliable", "never"]
    assert chart.assurance(0.9, "neither") == p_prime([(1, 2)] * 3).assurance(0.9, "up") == "unknown"
    quiet = p_prime([(None, None), (0, 0)] + [(5, 5)] * 12)
    assert (len(quiet.points), quiet.points[-1].low, quiet.change("up")) == (12, 1.0, "none")


def test_a_target_is_lost_once_and_only_by_more_than_chance() -> None:
    rising = [120, 130, 140, 150, 160, 170, 180, 186, 186, 186, 186, 186]

    def lost(*newest: int, target: float = 0.9) -> bool:
        return is_target_lost([(over, 200) for over in (*rising, *newest)], target, "up")

    assert lost(150) and alert([(over, 200) for over in (*rising, 150)], "up") is None
    assert not lost(176) and not lost(150, target=0.95), "by chance, or what was never reached"
    assert not lost(150, 150) and lost(150, 186, 186, 186, 140), "told once, and anew once it was reached again"
    assert is_target_lost([(200 - over, 200) for over in (*rising, 150)], 0.1, "down")
    assert not is_target_lost([(200, 200)] * 12 + [(199, 200)], 1.0, "up"), "one miss is no proof"


def test_one_miss_after_none_is_no_fall() -> None:
    assert alert([(10, 10)] * 12 + [(9, 10)], "up") is None
    assert alert([(10, 10)] * 12 + [(5, 10)], "up") is not None
