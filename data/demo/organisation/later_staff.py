"""Who joins and leaves after the pilot: the staff of the other provinces from January to June 2025, recruits, and leavers."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from data.demo.calendar import LAST_DAY, REORGANISED_ON, day_number
from data.demo.draws import random_for
from data.demo.organisation.staff import LATE_PROVINCE, Row, activate_later, login_rates, new_account, titles_of
from data.demo.organisation.units import Units


def later_staff(units: Units, seed: int) -> list[Row]:
    """The rest of the staff of group 2, unit by unit from January to June 2025."""
    rng = random_for(seed, "later staff")
    rows: list[Row] = []
    for code in units.of_group(2):
        size = 64 if not code.startswith("T") else 20 + 7 * units.legacy_districts[code] + int(rng.integers(0, 16))
        size = 24 if code == "VKSTC-QS" else size
        joined = day_number(joins_on(units, code))
        titles = [title for title in titles_of(size) if title != "VT"]
        for title, rate in zip(titles, login_rates(rng, titles), strict=True):
            row = new_account(code, title, joined * 86_400 + 9 * 3600 + int(rng.integers(0, 7200)), rate=float(rate))
            activate_later(row, joined + 1, 0.5 if code == LATE_PROVINCE else 0.95, 200.0 if code == LATE_PROVINCE else 38.0, rng)
            rows.append(row)
    return rows


def joins_on(units: Units, code: str) -> date:
    """The day on which the staff of a unit of group 2 gets its accounts: a wave every week for 22 weeks."""
    return date(2025, 1, 6) + timedelta(weeks=units.of_group(2).index(code) * 53 % 22)


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
        row = new_account(unit, "KSV" if rng.random() < 0.7 else "CV", day * 86_400 + 10 * 3600, rate=float(login_rates(rng, ["KSV"])[0]))
        activate_later(row, day + 1, 0.97, 9.0, rng)
        rows.append(row)
    return rows


def leavers(rows: list[Row], seed: int) -> None:
    """About one in twenty-five leaves between August 2024 and the end; the account is locked on that day."""
    rng = random_for(seed, "leavers")
    for row in rows:
        if row["kind"] == "CB" and row["note"] is None and rng.random() < 0.04:
            provisioned = row["provisioned"]
            assert isinstance(provisioned, int)
            earliest = max(day_number(date(2024, 9, 2)), provisioned // 86_400 + 60)
            if earliest < day_number(LAST_DAY):
                row["disabled"] = int(rng.integers(earliest, day_number(LAST_DAY))) * 86_400 + 17 * 3600
