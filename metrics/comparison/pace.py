"""When a ratio reaches its target if it goes on as it does, in a range; and no day where the figures do not say one.

Volumes say nothing of a ratio: a quiet month has fewer logins and may have a better rate. So states go by how likely those who are left are to
join (a hazard), and what happens within periods by the trend of the ratio itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from scipy.special import stdtrit

from metrics.comparison.intervals import wilson_bounds
from metrics.comparison.targets import missing_to_target

STATES = frozenset({"activation_rate"})
"""Ratios of what is on the last day: who joined stays."""
LOOKS_BACK = 28
"""Days over which the hazard is taken: the last 4 weeks."""
FARTHEST = 732
"""Days beyond which a date at today's pace says nothing: two years."""
FEWEST_POINTS, MOST_POINTS = 6, 12
"""Periods that a trend is read from."""


@dataclass(frozen=True)
class Pace:
    """What goes on as it does leads to."""

    missing: int
    per_week: float | None
    """How many join a state in a week; null for a trend."""
    reached_on: date | None
    """Today where it is reached; null where the figures name no day."""
    reached_from: date | None
    reached_to: date | None
    """The 95% range of the day; null where it has no end."""


def pace_of_state(on: date, now: tuple[int, int], before: tuple[int, int], open_then: int, gained: int, target: float) -> Pace:
    """A state, by the hazard h = -ln(1 - gained / open_then) / days of the last 4 weeks: t = ln((1 - p) / (1 - target)) / h days from now.

    now, before: numerator and denominator, LOOKS_BACK days apart. open_then, gained: the same accounts that were open then, and those of them that
    are not any more. The range is that of Wilson's interval of gained / open_then. No day where the ratio fell or nobody was gained. Constant hazard
    (exponential waiting time): J. D. Kalbfleisch and R. L. Prentice (2002), The Statistical Analysis of Failure Time Data, Wiley, section 2.2.
    """
    missing = missing_to_target(*now, target)
    if missing == 0:
        return Pace(0, gained * 7 / LOOKS_BACK, on, on, on)
    none = Pace(missing, gained * 7 / LOOKS_BACK, None, None, None)
    if not gained or not open_then or not before[1] or now[0] * before[1] < before[0] * now[1]:
        return none
    # Where all of them are to join, half an account is left.
    left = math.log((now[1] - now[0]) / max((1 - target) * now[1], 0.5))
    share = pl.DataFrame({"gained": [gained], "open": [open_then]})
    low, high = (float(share.select(bound).item()) for bound in wilson_bounds(pl.col("gained"), pl.col("open")))
    shares = (gained / open_then, high, low)
    reached, first, last = (_after(on, left * LOOKS_BACK / -math.log1p(-min(one, 1 - 0.5 / open_then))) for one in shares)
    return Pace(missing, none.per_week, reached, first, last) if reached is not None else none


def _after(on: date, days: float) -> date | None:
    wait = max(0, math.ceil(days - 1e-9))  # 28 days may be 28.000000000000004 as a float
    return on + timedelta(days=wait) if wait <= FARTHEST else None


def pace_of_trend(on: date, points: Sequence[tuple[int, int]], days: int, target: float) -> Pace:
    """What happens within periods, by the trend of the logit over the last 6 to 12 periods of `days` days, oldest first, the last one now.

    A straight line through ln((n + 1/2) / (N - n + 1/2)) by least squares; the day is that on which it meets the target, the range that on which the
    bounds of the 95% prediction interval for one more period do. No day where the ratio just fell, where the slope is not surely above 0 (95%), or
    where the target lies farther ahead than the points reach back. D. C. Montgomery, E. A. Peck and G. G. Vining (2012), Introduction to Linear
    Regression Analysis, 5th edition, section 2.5; the logit with halves: J. B. S. Haldane (1956), Annals of Human Genetics 20, 309-311.
    """
    missing = missing_to_target(*points[-1], target)
    if missing == 0:
        return Pace(0, None, on, on, on)
    none = Pace(missing, None, None, None, None)
    if len(points) < FEWEST_POINTS or not 0 < target < 1 or any(not under or over > under for over, under in points):
        return none
    if points[-1][0] * points[-2][1] < points[-2][0] * points[-1][1]:
        return none
    count = len(points)
    x, y = np.arange(count, dtype=float), np.array([math.log((over + 0.5) / (under - over + 0.5)) for over, under in points])
    spread = float(((x - x.mean()) ** 2).sum())
    slope = float(((x - x.mean()) * (y - y.mean())).sum()) / spread
    start = float(y.mean()) - slope * float(x.mean())
    error = math.sqrt(float(((y - start - slope * x) ** 2).sum()) / (count - 2))
    quantile = float(stdtrit(count - 2, 0.975))
    if slope <= quantile * error / math.sqrt(spread):
        return none
    ahead = np.arange(min(count * days, FARTHEST) + 1)
    at = count - 1 + ahead / days
    line, aim = start + slope * at, math.log(target / (1 - target))
    reach = quantile * error * np.sqrt(1 + 1 / count + (at - x.mean()) ** 2 / spread)
    reached, first, last = (_first(on, ahead[bound >= aim]) for bound in (line, line + reach, line - reach))
    return Pace(missing, None, reached, first, last) if reached is not None else none


def _first(on: date, days: np.typing.NDArray[np.int64]) -> date | None:
    return on + timedelta(days=int(days[0])) if len(days) else None
