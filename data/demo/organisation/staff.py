"""Accounts as the plan makes them, one row each; who joins and leaves after the pilot."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from data.demo.calendar import DAY, LAST_DAY, REORGANISED_ON, day_number
from data.demo.draws import Floats, random_for
from data.demo.organisation.units import Units
from data.demo.planted import units_with

Row = dict[str, Any]
"""One account: the columns of `accounts.ACCOUNT_SCHEMA`."""
LAGGING, LATE_PROVINCE = units_with("lag")
"""Units whose activation stays behind: in the pilot, and among the later provinces."""
RISING, *_ = units_with("rise")
"""The province that rises within July 2024."""


def new_account(unit: str, title: str, provisioned: int, *, activated: int | None = None, first_use: int | None = None, rate: float = 0.0) -> Row:
    """An officer's account; `rate` is logins per working day."""
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
    """Leaders, clerks, prosecutors and other staff of a unit of that size."""
    leaders, clerks = max(1, round(count * 0.09)), 1 + count // 60
    rest = ["KSV" if place % 4 else "CV" for place in range(1, max(0, count - leaders - clerks) + 1)]
    return (["LD"] * leaders + ["VT"] * clerks + rest)[:count]


def early_on(day: int, rng: np.random.Generator) -> int:
    """A moment before office hours of that day, when accounts are activated."""
    return day * DAY + 7 * 3600 + int(rng.integers(0, 1700))


def activate_later(row: Row, not_before: int, share: float, mean_days: float, rng: np.random.Generator) -> None:
    """Most activate some weeks on and log in on the same day, some never."""
    if rng.random() < share:
        day = not_before + int(rng.exponential(mean_days))
        if day <= day_number(LAST_DAY):
            row["activated"] = early_on(day, rng)
            row["first_use_day"] = day + (0 if rng.random() < 0.8 else int(rng.exponential(30)))


def later_staff(units: Units, seed: int) -> list[Row]:
    """The rest of the staff of group 2, unit by unit from January to June 2025: a wave every week for 22 weeks."""
    rng = random_for(seed, "later staff")
    rows: list[Row] = []
    for place, code in enumerate(units.of_group(2)):
        size = 64 if not code.startswith("T") else 20 + 7 * units.legacy_districts[code] + int(rng.integers(0, 16))
        size = 24 if code == "VKSTC-QS" else size
        joined = day_number(date(2025, 1, 6) + timedelta(weeks=place * 53 % 22))
        titles = [title for title in titles_of(size) if title != "VT"]
        for title, rate in zip(titles, login_rates(rng, titles), strict=True):
            row = new_account(code, title, joined * DAY + 9 * 3600 + int(rng.integers(0, 7200)), rate=float(rate))
            activate_later(row, joined + 1, 0.5 if code == LATE_PROVINCE else 0.95, 200.0 if code == LATE_PROVINCE else 38.0, rng)
            rows.append(row)
    return rows


def recruits(units: Units, seed: int) -> list[Row]:
    """People who join later: a steady trickle into units that exist on the day."""
    rng = random_for(seed, "recruits")
    old = units.of_group(1)
    new = units.frame.filter(pl.col("level").is_in(["khu_vuc", "cap_tinh"]) & pl.col("valid_to").is_null())["unit_code"].to_list()
    rows: list[Row] = []
    for _ in range(420):
        day = int(rng.integers(day_number(date(2024, 8, 5)), day_number(date(2026, 10, 1))))
        unit = str(rng.choice(old if day < day_number(REORGANISED_ON) - 30 else new))
        if day < day_number(REORGANISED_ON) and unit in new:
            continue
        row = new_account(unit, "KSV" if rng.random() < 0.7 else "CV", day * DAY + 10 * 3600, rate=float(login_rates(rng, ["KSV"])[0]))
        activate_later(row, day + 1, 0.97, 9.0, rng)
        rows.append(row)
    return rows


def lock_leavers(rows: list[Row], seed: int) -> None:
    """About one in twenty-five leaves between August 2024 and the end; the account is locked on that day."""
    rng = random_for(seed, "leavers")
    last = day_number(LAST_DAY)
    for row in rows:
        if row["kind"] == "CB" and row["note"] is None and rng.random() < 0.04:
            earliest = max(day_number(date(2024, 9, 2)), row["provisioned"] // DAY + 60)
            if earliest < last:
                row["disabled"] = int(rng.integers(earliest, last)) * DAY + 17 * 3600
