"""What peers may see of 800 units, and the ranks that all of them can claim at once: at most half a second each.

People of the suppression come and go between any two days of 24 months, in units of one to forty people: nothing of it is in order, as in a
generated snapshot it is. The number of events plays no part in either.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import beta

from benchmarks.generated import ACCOUNTS, DAYS, DESKS, DISTRICTS, FIRST_ON, PROVINCES
from benchmarks.measured import Measured, in_turn
from metrics.comparison.peers import rank_sets
from metrics.comparison.suppression import REMEMBERED, SMALLEST, hidden_units
from metrics.periods import Period

DEFAULT_SIZES = (0,)
KNOWN = Period(date.fromisoformat(FIRST_ON), date.fromisoformat(FIRST_ON) + timedelta(days=DAYS - 1))
OWN = "P07"
Stay = tuple[str, date, date]


def tree() -> dict[str, str | None]:
    """The unit above each of 800 units, parents first."""
    provinces = [f"P{p:02d}" for p in range(PROVINCES)]
    below = {f"{p}{kind}{n:02d}": p for p in provinces for kind, most in (("H", DISTRICTS), ("B", DESKS)) for n in range(most)}
    return {"R": None, **dict.fromkeys(provinces, "R"), **dict(list(below.items())[: 800 - 1 - PROVINCES])}


def stays_of(above: dict[str, str | None], chance: random.Random) -> list[Stay]:
    """16,000 people in units whose sizes differ by a factor of forty; one in five came late, one in five left early."""
    codes = list(above)
    weights = [1 + 39 * chance.random() ** 2 for _ in codes]
    found = []
    for code in chance.choices(codes, weights, k=ACCOUNTS):
        first, last = (chance.randrange(DAYS) if chance.random() < 0.2 else end for end in (0, DAYS - 1))
        days = [KNOWN.from_on + timedelta(days=day) for day in sorted((first, last))]
        found.append((code, days[0], days[1] if days[1] < KNOWN.to_on else date.max))
    return found


def small_by_hand(stays: list[Stay], above: dict[str, str | None], own: set[str]) -> set[str]:
    """Who is small on some day of the last year, and all above them, counted day by day."""
    found: set[str] = set()
    parents = set(above.values())
    for day in (KNOWN.to_on - timedelta(days=back) for back in range(REMEMBERED)):
        slots, whole = dict.fromkeys(above, 0), dict.fromkeys(above, 0)
        for code, first, last in stays:
            if first <= day <= last and code not in own:
                slots[code] += 1
        for code in slots:
            at: str | None = code
            while at is not None:
                whole[at] += slots[code]
                at = above[at]
        for code in above:
            is_small = 0 < whole[code] < SMALLEST or (code in parents and 0 < slots[code] < SMALLEST)
            at = code if is_small and code not in own else None
            while at is not None:
                found.add(at)
                at = above[at]
    return found - own


def ranks_by_hand(numerators: list[int], denominators: list[int]) -> list[tuple[int, int]]:
    """Clopper and Pearson's bounds by scipy, one unit at a time, and each pair of units compared."""
    tail = 0.05 / len(numerators) / 2
    bounds = [
        (beta.ppf(tail, k, n - k + 1) if k else 0.0, beta.ppf(1 - tail, k + 1, n - k) if k < n else 1.0)
        for k, n in zip(numerators, denominators, strict=True)
    ]
    return [(1 + sum(other[0] > high for other in bounds), len(bounds) - sum(other[1] < low for other in bounds)) for low, high in bounds]


def measure(events: int, kept_in: Path | None = None) -> list[Measured]:
    """The rows of the table; raises AssertionError where who is small is shown, or ranks differ."""
    chance, above = random.Random(800), tree()
    stays, own = stays_of(above, chance), {code for code in above if code.startswith(OWN)}
    names = ("unit_code", "valid_from", "valid_to")
    frame = pl.DataFrame(stays, schema=names, orient="row").group_by(names).agg(accounts=pl.len()).with_columns(is_shared=False)
    by_hand = small_by_hand(stays, above, own)
    hidden = in_turn(
        "hidden units of 800",
        events,
        lambda: hidden_units(frame, above, own, SMALLEST, KNOWN).hidden,
        "small units day by day in Python",
        lambda: small_by_hand(stays, above, own),
        times=3,
        compared=(by_hand.issubset, lambda found: found == by_hand),
    )
    denominators = np.array([chance.randrange(5, 400) for _ in above])
    numerators = np.array([round(n * (0.3 + 0.6 * chance.random())) for n in denominators])
    ranked = in_turn(
        "ranks of 800 units",
        events,
        lambda: [(int(first), int(last)) for first, last in zip(*rank_sets(numerators, denominators), strict=True)],
        "scipy one by one, each pair compared",
        lambda: ranks_by_hand(numerators.tolist(), denominators.tolist()),
    )
    return [hidden, ranked]
