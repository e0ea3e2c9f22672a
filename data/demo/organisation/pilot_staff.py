"""The accounts of July 2024: group 1 split exactly into the published counts, the clerks of group 2, and accounts that must not count."""

from __future__ import annotations

from datetime import date

import numpy as np

from data.demo import pilot
from data.demo.calendar import DAY, FIRST_DAY, PILOT_LAST_DAY, date_of, day_number, is_working_day, seconds
from data.demo.draws import apportion, random_for
from data.demo.organisation.staff import LAGGING, RISING, Row, activate_later, early_on, login_rates, new_account, titles_of
from data.demo.organisation.units import Units
from data.demo.planted import units_with

TINY, *_ = units_with("too_small")
"""The unit too small to judge."""
MIDNIGHT = {
    "first login 00:30 on 1 July": seconds(FIRST_DAY, 0, 30),
    "first login 06:30 on 1 July": seconds(FIRST_DAY, 6, 30),
    "only login 23:55 on 31 July": seconds(PILOT_LAST_DAY, 23, 55),
    "first login 00:30 on 1 August": seconds(date(2024, 8, 1), 0, 30),
    "activated 00:30 on 1 August": seconds(date(2024, 8, 1), 0, 30),
}
"""Accounts with one login at an hour whose UTC day is another (or near the end of the window), and none else in July."""


def pilot_officers(units: Units, seed: int) -> list[Row]:
    """Group 1: provisioned, activated and logged in per unit, adding up to the published rates."""
    rng = random_for(seed, "pilot officers")
    codes = units.of_group(1)
    full_province = pilot.ACCOUNTS["full_login_province"]
    parent = dict(units.frame.select("unit_code", "parent_code").iter_rows())
    size = np.array([_headcount(code, parent[code], rng) for code in codes])
    provisioned = apportion(pilot.ACCOUNTS["provisioned"], size, low=5)
    tiny = codes.index(TINY)
    provisioned[codes.index("T01")] += provisioned[tiny] - 6
    provisioned[tiny] = 6

    full = np.array([code in pilot.ACCOUNTS["full_login_units"] or full_province in (code, parent[code]) for code in codes])
    share = np.where(full, rng.uniform(0.62, 0.82, len(codes)), rng.uniform(0.42, 0.74, len(codes)))
    for place, code in enumerate(codes):
        if full_province in (code, parent[code]):
            share[place] = rng.uniform(0.86, 0.96)
        elif code == LAGGING:
            share[place] = 0.16
        elif RISING in (code, parent[code]):
            share[place] = rng.uniform(0.45, 0.6)
    activated = apportion(pilot.ACCOUNTS["activated"], np.asarray(provisioned * share, dtype=np.float64), low=2, high=provisioned)

    logged_in = activated.copy()
    others = ~full
    wanted = np.clip(activated[others] * rng.uniform(0.42, 0.82, int(others.sum())), 1, None)
    logged_in[others] = apportion(pilot.ACCOUNTS["logged_in"] - int(activated[full].sum()), wanted, low=1, high=activated[others] - 1)

    rows: list[Row] = []
    days = [number for number in range(day_number(FIRST_DAY), day_number(PILOT_LAST_DAY) + 1) if is_working_day(date_of(number))]
    for place, code in enumerate(codes):
        is_rising = RISING in (code, parent[code])
        rows += _pilot_unit(code, int(provisioned[place]), int(activated[place]), int(logged_in[place]), days, is_rising, rng)
    return rows


def mark_midnight_accounts(rows: list[Row]) -> None:
    """Five accounts of one office; which of them counts in July hangs on the local day alone."""
    last = day_number(PILOT_LAST_DAY)
    staff = [row for row in rows if row["unit_code"] == "T01" and row["title"] == "KSV"]
    used = [row for row in staff if row["first_use_day"] is not None and row["first_use_day"] <= last]
    unused = [row for row in staff if row["activated"] is not None and row["activated"] < (last + 1) * DAY and row not in used]
    without = [row for row in staff if row not in used and row not in unused]
    for row, (note, moment) in zip([*used[:3], unused[0], without[0]], MIDNIGHT.items(), strict=True):
        row["note"] = note
        row["first_use_day"] = moment // DAY
        if note.startswith("activated"):
            row["activated"] = moment
        elif moment < seconds(FIRST_DAY, 7):
            row["activated"] = moment - 600


def _headcount(code: str, parent: str, rng: np.random.Generator) -> float:
    if code in pilot.HEADCOUNTS:
        return float(pilot.HEADCOUNTS[code])
    low, high = pilot.HEADCOUNT_RANGES.get(parent, pilot.HEADCOUNT_RANGES["other"])
    return float(rng.integers(low, high + 1))


def _pilot_unit(code: str, provisioned: int, activated: int, logged_in: int, days: list[int], is_rising: bool, rng: np.random.Generator) -> list[Row]:
    """One unit's officers: the first `logged_in` of a shuffled staff use the system in July, the next up to `activated` only activate."""
    titles = titles_of(provisioned)
    rates = login_rates(rng, titles)
    # Clerks and leaders were trained first, so they come first among those who log in.
    order = np.argsort([0 if title == "VT" else rng.uniform(0.1, 1.0 if title != "LD" else 0.7) for title in titles])
    rows: list[Row] = []
    for rank, member in enumerate(order):
        title, rate = titles[member], float(rates[member])
        row = new_account(code, title, seconds(date(2024, 6, int(rng.integers(20, 29))), int(rng.integers(8, 17)), int(rng.integers(60))), rate=rate)
        if rank < activated:
            early = rng.beta(3.0, 1.4) if is_rising else rng.beta(0.9, 2.3)
            day = days[int(early * (len(days) - 1))]
            row["activated"] = early_on(day, rng)
            row["first_use_day"] = day if rank < logged_in else day_number(date(2024, 8, 2)) + int(rng.exponential(50))
        else:
            activate_later(row, day_number(date(2024, 8, 2)), 0.22 if code == LAGGING else 0.9, 75.0, rng)
        rows.append(row)
    return rows


def pilot_clerks(units: Units, seed: int) -> list[Row]:
    """Group 2: two to four clerks at each desk, from the first day."""
    rng = random_for(seed, "pilot clerks")
    rows: list[Row] = []
    for code in units.of_group(2):
        count = int(rng.integers(2, 5))
        for place in range(count):
            row = new_account(
                code, "VT", seconds(date(2024, 6, int(rng.integers(24, 29))), 9, int(rng.integers(60))), rate=float(rng.uniform(0.3, 0.9))
            )
            day = day_number(FIRST_DAY) + int(rng.choice([0, 1, 2, 3, 4, 7, 8, 9, 14, 15]))
            if place == 0 or rng.random() < 0.85:
                row["activated"] = early_on(day, rng)
                row["first_use_day"] = day if place == 0 or rng.random() < 0.9 else day_number(date(2024, 8, 5))
            else:
                activate_later(row, day_number(date(2024, 8, 5)), 0.9, 40.0, rng)
            rows.append(row)
    return rows


def planted_accounts(seed: int) -> list[Row]:
    """Accounts that a careless count would include: test accounts, officers who left in July, rows that were deleted; `note` is the defect."""
    rng = random_for(seed, "planted accounts")
    start = seconds(date(2024, 6, 26), 9)
    first = day_number(FIRST_DAY)
    rows: list[Row] = []
    for unit in ("VKSTC-C2", "VKSTC-C2", "T01", "H001", "T22", "VKSTC-V1"):
        row = new_account(unit, "CV", start, activated=seconds(FIRST_DAY, 7), first_use=first, rate=0.6)
        rows.append({**row, "kind": "TEST", "note": "test_accounts"})
    for unit in ("T01", "H002", "VKSTC-V1", "T22"):
        row = new_account(unit, "KSV", start, activated=seconds(FIRST_DAY, 7, 20), first_use=first, rate=0.5)
        rows.append({**row, "disabled": seconds(date(2024, 7, int(rng.integers(15, 19))), 17), "note": "disabled_accounts_in_pilot"})
    for unit in ("T01", "H003", "VKSTC-V2", "VC1", "T25"):
        rows.append({**new_account(unit, "KSV", start), "is_deleted": True, "note": "deleted_accounts"})
    return rows
