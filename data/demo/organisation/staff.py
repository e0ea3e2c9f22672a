"""One account as the plan makes it: the row, how often its owner logs in, and when a latecomer starts."""

from __future__ import annotations

import numpy as np

from data.demo.calendar import LAST_DAY, day_number
from data.demo.draws import Floats

Row = dict[str, object]
LAGGING, LATE_PROVINCE, RISING, TINY = "VKSTC-DHKS", "T56", "T25", "H207"
"""Units whose activation stays behind, the same among the later provinces, one that rises within July 2024, one too small to judge."""


def new_account(unit: str, title: str, provisioned: int, *, activated: int | None = None, first_use: int | None = None, rate: float = 0.0) -> Row:
    return {
        "kind": "CB",
        "title": title,
        "unit_code": unit,
        "provisioned": provisioned,
        "activated": activated,
        "disabled": None,
        "first_use_day": first_use,
        "daily_logins": rate,
        "is_deleted": False,
        "note": None,
    }


def login_rates(rng: np.random.Generator, titles: list[str]) -> Floats:
    """Logins per working day: most people a few times a month, clerks daily."""
    drawn = rng.gamma(1.5, 0.1, len(titles)) + 0.02
    factor = np.array([{"VT": 3.4, "LD": 1.3}.get(title, 1.0) for title in titles])
    rates: Floats = np.clip(drawn * factor, 0.02, 1.4)
    return rates


def titles_of(count: int) -> list[str]:
    leaders, clerks = max(1, round(count * 0.09)), 1 + count // 60
    rest = ["KSV" if place % 4 else "CV" for place in range(1, max(0, count - leaders - clerks) + 1)]
    return (["LD"] * leaders + ["VT"] * clerks + rest)[:count]


def activate_later(row: Row, not_before: int, share: float, mean_days: float, rng: np.random.Generator) -> None:
    """Most activate some weeks on and log in on the same day, some never."""
    if rng.random() < share:
        day = not_before + int(rng.exponential(mean_days))
        if day <= day_number(LAST_DAY):
            row["activated"] = day * 86_400 + 7 * 3600 + int(rng.integers(0, 1700))
            row["first_use_day"] = day + (0 if rng.random() < 0.8 else int(rng.exponential(30)))
