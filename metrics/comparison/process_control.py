"""Process control of one rate of one unit: is what it does now more than its usual variation, and does it reach its target reliably?

P' chart of D. B. Laney (2002), Improved control charts for attributes, Quality Engineering 14, 531-537: limits that follow the number of cases and
the variation from one period to the next. XmR chart of W. A. Shewhart's individuals (D. C. Montgomery, Introduction to Statistical Quality Control,
8th edition, section 6.4) where the number of cases does not matter. Icons of assurance: NHS England, Making Data Count (2019).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from scipy.special import bdtr, bdtrc, stdtrit

from metrics.model import Good

Signal = Literal["point", "run"]
Assurance = Literal["reliable", "unreliable", "never", "unknown"]
BIAS = 1.128
"""Of the mean moving range of two: d2 for n = 2."""
SIGMAS = 3.0
RUN = 8
"""As many points in a row on one side of the centre are a shift: by chance once in 2^7."""
FEWEST = 8
"""Points from which on limits are drawn: fewer say too little of the usual variation."""
EXPECTED = 0.25
"""False alarms expected among all units of one metric; simulations see up to 0.7, since rates near 0 or 1 are skewed and σ is estimated."""

ALERTED_CHARTS = 210
"""Limits of an alert are those among so many charts, whatever there are: of six rates of a unit 0.4 false alarms are seen in 100 months."""
REACHED = 3
"""So many periods that reached a target together have reached it: one alone may have by chance."""


@dataclass(frozen=True)
class ControlPoint:
    """One period: its rate with the limits that it is judged by, and what it shows."""

    value: float | None
    centre: float
    low: float
    high: float
    signal: Signal | None


@dataclass(frozen=True)
class Chart:
    """The points from the newest baseline on (`first`: the number of its first point); empty where there are too few."""

    first: int
    points: tuple[ControlPoint, ...]

    @property
    def is_known(self) -> bool:
        return bool(self.points)

    def change(self, good: Good) -> Literal["better", "worse", "other", "none"]:
        """What the newest point says: a signal for the better, for the worse, of neither, or none."""
        if not self.points or self.points[-1].signal is None or self.points[-1].value is None:
            return "none"
        is_up = self.points[-1].value > self.points[-1].centre
        return "other" if good == "neither" else "better" if is_up == (good == "up") else "worse"

    def assurance(self, target: float | None, good: Good) -> Assurance:
        """Whether the limits of the newest point lie wholly on the target's good side (reliable), its bad one (never), or around it."""
        if target is None or good == "neither" or not self.points:
            return "unknown"
        low, high = self.points[-1].low, self.points[-1].high
        if good == "down":
            return "reliable" if high <= target else "never" if low > target else "unreliable"
        return "reliable" if low >= target else "never" if high < target else "unreliable"


def sigmas_of_many(units: int, points: int) -> float:
    """Limits for the newest point of each of many units, in σ: among all of them EXPECTED false alarms are, and not one in 370 points of each.

    Student's t at EXPECTED / units, since σ is estimated: mean moving ranges of `points` points have about 0.62 (points - 1) degrees of freedom
    (D. J. Wheeler, Advanced Topics in Statistical Process Control, 2nd edition 2004, table of effective degrees of freedom), and a new point
    differs from their mean by √(1 + 1 / points).
    """
    return float(stdtrit(0.62 * (points - 1), 1 - 0.5 * EXPECTED / max(1, units))) * math.sqrt(1 + 1 / points)


def p_prime(counts: Sequence[tuple[int | None, int | None]], baselines: Sequence[int] = (), among: int = 0) -> Chart:
    """Laney's P' chart of (numerator, denominator) per period, oldest first.

    baselines: numbers of the points with which the unit became another one (a reorganisation): the newest sets limits anew. Limits are
    p ± 3 σ_z √(p (1 - p) / n), with p the pooled rate and σ_z the mean moving range of z = (p_i - p) / √(p (1 - p) / n) / 1.128. The newest point is
    no part of its own limits. Periods without a case have no point. `among` many units, limits are those of `sigmas_of_many`, runs are no signal,
    and the newest point is one only if the exact binomial chance is as small too: with few cases a rate near 1 falls far by one case.
    """
    first, kept = _newest_baseline(counts, baselines)
    if len(kept) <= FEWEST:
        return Chart(first, ())
    centre, reach = _limits(kept, among)
    reaches = [reach * math.sqrt(centre * (1 - centre) / under) for _, under in kept]
    points = _judged([over / under for over, under in kept], centre, reaches, (0.0, 1.0), counts_runs=not among)
    if among and points[-1].signal and _chance(*kept[-1], _rate_of(kept[:-1])) > 0.5 * EXPECTED / among:
        points = (*points[:-1], replace(points[-1], signal=None))
    return Chart(first, points)


def alert(counts: Sequence[tuple[int | None, int | None]], good: Good, baselines: Sequence[int] = ()) -> ControlPoint | None:
    """The newest point where it is a fall (of what is better low: a rise) beyond the limits of ALERTED_CHARTS charts, else None; as `p_prime`."""
    if not counts or not counts[-1][1]:
        return None
    chart = p_prime(counts, baselines, among=ALERTED_CHARTS)
    return chart.points[-1] if chart.change(good) == "worse" else None


def is_target_lost(counts: Sequence[tuple[int | None, int | None]], target: float, good: Good, baselines: Sequence[int] = ()) -> bool:
    """Whether with the newest point a target is lost that was reached before; counts and baselines as of `p_prime`.

    Reached: by REACHED periods in a row, taken together. Lost: by the first period since then that misses the target by more than limits as those of
    an alert (`alert`) around the rate that reached it, and by more than binomial chance there. So it is told too where the past before the target
    was reached is so low that nothing would be a fall. Of what has no better side, or too few periods, nothing is said.
    """
    if good == "neither" or not counts or not counts[-1][1]:
        return False
    _, kept = _newest_baseline(counts, baselines)
    if len(kept) <= FEWEST:
        return False
    sign = 1 if good == "up" else -1
    among = 2 * ALERTED_CHARTS  # the same rates are looked at a second time
    _, reach = _limits(kept, among)
    reached: float | None = None
    is_lost = False
    for number, (over, under) in enumerate(kept):
        is_lost = (
            reached is not None
            and sign * (target - over / under) > reach * math.sqrt(reached * (1 - reached) / under)
            and _chance(over, under, reached) <= 0.5 * EXPECTED / among
        )
        last = kept[max(0, number - REACHED + 1) : number + 1]
        if is_lost:
            reached = None
        elif len(last) == REACHED and sign * (sum(one for one, _ in last) - target * sum(one for _, one in last)) >= 0:
            reached = sign * min(sign * target, sign * _rate_of(last))
    return is_lost


_Counts = list[tuple[int, int]]


def _newest_baseline(counts: Sequence[tuple[int | None, int | None]], baselines: Sequence[int]) -> tuple[int, _Counts]:
    """The number of the first point since the newest baseline, and the counts from there on of periods that had a case."""
    first = max((number for number in baselines if number < len(counts)), default=0)
    return first, [(over, under) for over, under in counts[first:] if over is not None and under]


def _limits(kept: _Counts, among: int) -> tuple[float, float]:
    """The centre of all points but the newest, and how far the limits reach from it, in binomial standard deviations."""
    usual = kept[:-1]
    centre = sum(over for over, _ in usual) / sum(under for _, under in usual)
    if not 0 < centre < 1:
        spread = 0.0
    else:
        z = [(over / under - centre) / math.sqrt(centre * (1 - centre) / under) for over, under in usual]
        spread = sum(abs(one - other) for one, other in pairwise(z)) / (len(z) - 1) / BIAS
    sigmas = max(SIGMAS, sigmas_of_many(among, len(usual))) if among else SIGMAS
    return centre, sigmas * spread


def _rate_of(counts: _Counts) -> float:
    """The rate of some counts, never quite 0 or 1 (half a case is added to either side): of what never happened one case is no proof."""
    return (sum(over for over, _ in counts) + 0.5) / (sum(under for _, under in counts) + 1)


def _chance(over: int, under: int, rate: float) -> float:
    """The exact binomial chance of as few, or of as many, whichever is smaller."""
    return float(min(bdtr(over, under, rate), bdtrc(over - 1, under, rate) if over else 1.0))


def x_mr(values: Sequence[float | None], baselines: Sequence[int] = ()) -> Chart:
    """The chart of individuals and moving ranges: centre ± 3 mean moving range / 1.128, else as `p_prime`."""
    first = max((number for number in baselines if number < len(values)), default=0)
    kept = [value for value in values[first:] if value is not None]
    if len(kept) <= FEWEST:
        return Chart(first, ())
    usual = kept[:-1]
    centre = sum(usual) / len(usual)
    reach = SIGMAS * sum(abs(one - other) for one, other in pairwise(usual)) / (len(usual) - 1) / BIAS
    return Chart(first, _judged(kept, centre, [reach] * len(kept), (-math.inf, math.inf), counts_runs=True))


def _judged(
    values: Sequence[float], centre: float, reaches: Sequence[float], within: tuple[float, float], counts_runs: bool
) -> tuple[ControlPoint, ...]:
    points: list[ControlPoint] = []
    side, length = 0, 0
    for value, reach in zip(values, reaches, strict=True):
        now = (value > centre) - (value < centre)
        length = length + 1 if now and now == side else abs(now)
        side = now
        is_out = abs(value - centre) > reach + 1e-12
        signal: Signal | None = "point" if is_out else "run" if counts_runs and length >= RUN else None
        points.append(ControlPoint(value, centre, max(within[0], centre - reach), min(within[1], centre + reach), signal))
    return tuple(points)
