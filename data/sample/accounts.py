"""Who has an account in the sample: officers, their accounts and where they serve from when. Everybody is invented and has no name.

The pilot's counts per unit are split exactly (group 1 on 31 July 2024); later provinces join with all their staff from January to June 2025.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from data.sample import pilot_figures as pilot
from data.sample.clock import FIRST_DAY, LAST_DAY, PILOT_LAST_DAY, REORGANISED_ON, day_number, is_working_day, seconds
from data.sample.draws import Floats, Ints, apportion, random_for
from data.sample.units import Units

LAGGING = "VKSTC-DHKS"
RISING = "T25"
TINY = "H207"
TINY_REGIONAL_PROVINCE = "N12"
MOVED_ON = date(2024, 7, 20)
HEADCOUNT = {
    "VKSTC-C1": 82,
    "VKSTC-C2": 58,
    "VKSTC-C3": 46,
    "VKSTC-VP": 92,
    "VKSTC-TTR": 26,
    "VKSTC-DHKS": 124,
    "VKSTC-DTBD": 44,
    "VKSTC-TCKS": 19,
    "VKSTC-BVPL": 38,
    "VC1": 128,
    "T01": 196,
    "T22": 88,
    "T25": 78,
    TINY: 6,
}
"""Relative sizes; other central units 30-44, districts by province. Invented, only their total is that of the pilot's population."""

ACCOUNT_SCHEMA = {
    "login": pl.String,
    "officer_code": pl.String,
    "kind": pl.String,  # CB: of an officer, TEST: for trying things out
    "title": pl.String,  # LD leader, VT clerk, KSV prosecutor, CV other staff
    "unit_code": pl.String,  # the first one
    "provisioned": pl.Int64,
    "activated": pl.Int64,
    "disabled": pl.Int64,
    "first_use_day": pl.Int64,
    "daily_logins": pl.Float64,
    "is_deleted": pl.Boolean,
    "note": pl.String,  # what was planted on this account
}
Row = dict[str, object]


@dataclass(frozen=True)
class Accounts:
    """`frame`: ACCOUNT_SCHEMA, an account's number is its row; `assignments`: account (number), unit_code, from_day, to_day (null: open)."""

    frame: pl.DataFrame
    assignments: pl.DataFrame

    def unit_on(self, day: date) -> pl.DataFrame:
        """account (number) and unit_code where it served on that day."""
        number = day_number(day)
        return self.assignments.filter((pl.col("from_day") <= number) & (pl.col("to_day").is_null() | (pl.col("to_day") >= number))).select(
            "account", "unit_code"
        )


def plan_accounts(units: Units, seed: int) -> Accounts:
    """All accounts from the pilot to the last day, in the order of their numbers."""
    rows = _pilot_officers(units, seed)
    _mark_midnight_accounts(rows)
    rows += _pilot_clerks(units, seed)
    rows += _planted(seed)
    rows += _later_staff(units, seed)
    rows += _recruits(units, seed)
    for number, row in enumerate(rows, start=1):
        row["officer_code"] = f"CB{number:06}" if row["kind"] == "CB" else None
        row["login"] = f"cb{number:06}" if row["kind"] == "CB" else f"thu.nghiem.{number:06}"
    _leavers(rows, seed)
    frame = pl.DataFrame(rows, schema=ACCOUNT_SCHEMA)
    return Accounts(frame, _assignments(frame, units, seed))


def _account(unit: str, title: str, provisioned: int, *, activated: int | None = None, first_use: int | None = None, rate: float = 0.0) -> Row:
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


def _rates(rng: np.random.Generator, titles: list[str]) -> Floats:
    """Logins per working day: most people a few times a month, clerks daily."""
    drawn = rng.gamma(1.5, 0.1, len(titles)) + 0.02
    factor = np.array([{"VT": 3.4, "LD": 1.3}.get(title, 1.0) for title in titles])
    rates: Floats = np.clip(drawn * factor, 0.02, 1.4)
    return rates


def _titles(count: int) -> list[str]:
    leaders, clerks = max(1, round(count * 0.09)), 1 + count // 60
    rest = ["KSV" if place % 4 else "CV" for place in range(1, max(0, count - leaders - clerks) + 1)]
    return (["LD"] * leaders + ["VT"] * clerks + rest)[:count]


def _pilot_officers(units: Units, seed: int) -> list[Row]:
    """Group 1: provisioned, activated and logged in per unit, adding up to the published rates."""
    rng = random_for(seed, "pilot officers")
    codes = units.of_group(1)
    parent = dict(units.frame.select("unit_code", "parent_code").iter_rows())
    size = np.array([_headcount(code, parent[code], rng) for code in codes])
    provisioned = apportion(pilot.PROVISIONED, size, low=5)
    provisioned = _fixed(provisioned, codes.index(TINY), 6, codes.index("T01"))

    full = np.array([code in pilot.FULL_LOGIN_UNITS or pilot.FULL_LOGIN_PROVINCE in (code, parent[code]) for code in codes])
    share = np.where(full, rng.uniform(0.62, 0.82, len(codes)), rng.uniform(0.42, 0.74, len(codes)))
    for place, code in enumerate(codes):
        if pilot.FULL_LOGIN_PROVINCE in (code, parent[code]):
            share[place] = rng.uniform(0.86, 0.96)
        elif code == LAGGING:
            share[place] = 0.16
        elif RISING in (code, parent[code]):
            share[place] = rng.uniform(0.45, 0.6)
    activated = apportion(pilot.ACTIVATED, np.asarray(provisioned * share, dtype=np.float64), low=2, high=provisioned)

    logged_in = activated.copy()
    others = ~full
    wanted = np.clip(activated[others] * rng.uniform(0.42, 0.82, int(others.sum())), 1, None)
    logged_in[others] = apportion(pilot.LOGGED_IN - int(activated[full].sum()), wanted, low=1, high=activated[others] - 1)

    rows: list[Row] = []
    days = [number for number in range(day_number(FIRST_DAY), day_number(PILOT_LAST_DAY) + 1) if is_working_day(_date(number))]
    for place, code in enumerate(codes):
        is_rising = RISING in (code, parent[code])
        rows += _pilot_unit(code, int(provisioned[place]), int(activated[place]), int(logged_in[place]), days, is_rising, rng)
    return rows


MIDNIGHT = {
    "first login 00:30 on 1 July": seconds(FIRST_DAY, 0, 30),
    "first login 06:30 on 1 July": seconds(FIRST_DAY, 6, 30),
    "only login 23:55 on 31 July": seconds(PILOT_LAST_DAY, 23, 55),
    "first login 00:30 on 1 August": seconds(date(2024, 8, 1), 0, 30),
    "activated 00:30 on 1 August": seconds(date(2024, 8, 1), 0, 30),
}
"""Accounts with one login at an hour whose UTC day is another (or near the end of the window), and none else in July."""


def _mark_midnight_accounts(rows: list[Row]) -> None:
    """Five accounts of one office; which of them counts in July hangs on the local day alone."""
    last = day_number(PILOT_LAST_DAY)
    staff = [row for row in rows if row["unit_code"] == "T01" and row["title"] == "KSV"]
    used = [row for row in staff if isinstance(row["first_use_day"], int) and row["first_use_day"] <= last]
    unused = [row for row in staff if isinstance(row["activated"], int) and row["activated"] < (last + 1) * 86_400 and row not in used]
    without = [row for row in staff if row not in used and row not in unused]
    for row, (note, moment) in zip([*used[:3], unused[0], without[0]], MIDNIGHT.items(), strict=True):
        row["note"] = note
        row["first_use_day"] = moment // 86_400
        if note.startswith("activated"):
            row["activated"] = moment
        elif moment < seconds(FIRST_DAY, 7):
            row["activated"] = moment - 600


def _headcount(code: str, parent: str, rng: np.random.Generator) -> float:
    if code in HEADCOUNT:
        return float(HEADCOUNT[code])
    low, high = {"T01": (23, 38), "T22": (11, 21), "T25": (10, 19)}.get(parent, (30, 44))
    return float(rng.integers(low, high + 1))


def _fixed(counts: Ints, place: int, value: int, balance: int) -> Ints:
    """Sets one count and lets another take the difference, so that the total stays."""
    changed = counts.copy()
    changed[balance] += changed[place] - value
    changed[place] = value
    return changed


def _date(number: int) -> date:
    return date.fromordinal(number + date(1970, 1, 1).toordinal())


def _pilot_unit(code: str, provisioned: int, activated: int, logged_in: int, days: list[int], is_rising: bool, rng: np.random.Generator) -> list[Row]:
    """One unit's officers: the first `logged_in` of a shuffled staff use the system in July, the next up to `activated` only activate."""
    titles = _titles(provisioned)
    rates = _rates(rng, titles)
    # Clerks and leaders were trained first, so they come first among those who log in.
    order = np.argsort([0 if title == "VT" else rng.uniform(0.1, 1.0 if title != "LD" else 0.7) for title in titles])
    rows: list[Row] = []
    for rank, member in enumerate(order):
        title, rate = titles[member], float(rates[member])
        row = _account(code, title, seconds(date(2024, 6, int(rng.integers(20, 29))), int(rng.integers(8, 17)), int(rng.integers(60))), rate=rate)
        if rank < activated:
            early = rng.beta(3.0, 1.4) if is_rising else rng.beta(0.9, 2.3)
            day = days[int(early * (len(days) - 1))]
            row["activated"] = day * 86_400 + 7 * 3600 + int(rng.integers(0, 1700))
            row["first_use_day"] = day if rank < logged_in else day_number(date(2024, 8, 2)) + int(rng.exponential(50))
        else:
            _activates_later(row, day_number(date(2024, 8, 2)), 0.22 if code == LAGGING else 0.9, 75.0, rng)
        rows.append(row)
    return rows


def _activates_later(row: Row, not_before: int, share: float, mean_days: float, rng: np.random.Generator) -> None:
    """Most activate some weeks on and log in on the same day, some never."""
    if rng.random() < share:
        day = not_before + int(rng.exponential(mean_days))
        if day <= day_number(LAST_DAY):
            row["activated"] = day * 86_400 + 7 * 3600 + int(rng.integers(0, 1700))
            row["first_use_day"] = day + (0 if rng.random() < 0.8 else int(rng.exponential(30)))


def _pilot_clerks(units: Units, seed: int) -> list[Row]:
    """Group 2: two to four clerks at each desk, from the first day."""
    rng = random_for(seed, "pilot clerks")
    rows: list[Row] = []
    for code in units.of_group(2):
        count = int(rng.integers(2, 5))
        for place in range(count):
            row = _account(code, "VT", seconds(date(2024, 6, int(rng.integers(24, 29))), 9, int(rng.integers(60))), rate=float(rng.uniform(0.3, 0.9)))
            day = day_number(FIRST_DAY) + int(rng.choice([0, 1, 2, 3, 4, 7, 8, 9, 14, 15]))
            if place == 0 or rng.random() < 0.85:
                row["activated"] = day * 86_400 + 7 * 3600 + int(rng.integers(0, 1700))
                row["first_use_day"] = day if place == 0 or rng.random() < 0.9 else day_number(date(2024, 8, 5))
            else:
                _activates_later(row, day_number(date(2024, 8, 5)), 0.9, 40.0, rng)
            rows.append(row)
    return rows


def _planted(seed: int) -> list[Row]:
    """Accounts that a careless count would include: test accounts, officers who left in July, rows that were deleted."""
    rng = random_for(seed, "planted accounts")
    start = seconds(date(2024, 6, 26), 9)
    first = day_number(FIRST_DAY)
    rows: list[Row] = []
    for unit in ("VKSTC-C2", "VKSTC-C2", "T01", "H001", "T22", "VKSTC-V1"):
        row = _account(unit, "CV", start, activated=seconds(FIRST_DAY, 7), first_use=first, rate=0.6)
        rows.append({**row, "kind": "TEST", "note": "test account"})
    for unit in ("T01", "H002", "VKSTC-V1", "T22"):
        row = _account(unit, "KSV", start, activated=seconds(FIRST_DAY, 7, 20), first_use=first, rate=0.5)
        rows.append({**row, "disabled": seconds(date(2024, 7, int(rng.integers(15, 19))), 17), "note": "disabled in the pilot"})
    for unit in ("T01", "H003", "VKSTC-V2", "VC1", "T25"):
        rows.append({**_account(unit, "KSV", start), "is_deleted": True, "note": "deleted"})
    return rows


def _later_staff(units: Units, seed: int) -> list[Row]:
    """The rest of the staff of group 2, unit by unit from January to June 2025."""
    rng = random_for(seed, "later staff")
    rows: list[Row] = []
    for place, code in enumerate(units.of_group(2)):
        size = 64 if not code.startswith("T") else 20 + 7 * units.legacy_districts[code] + int(rng.integers(0, 16))
        size = 24 if code == "VKSTC-QS" else size
        joined = day_number(date(2025, 1, 6)) + (place * 53 % 22) * 7  # a wave every week for 22 weeks
        titles = [title for title in _titles(size) if title != "VT"]
        for title, rate in zip(titles, _rates(rng, titles), strict=True):
            row = _account(code, title, joined * 86_400 + 9 * 3600 + int(rng.integers(0, 7200)), rate=float(rate))
            _activates_later(row, joined + 1, 0.5 if code == "T56" else 0.95, 200.0 if code == "T56" else 38.0, rng)
            rows.append(row)
    return rows


def _recruits(units: Units, seed: int) -> list[Row]:
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
        row = _account(unit, "KSV" if rng.random() < 0.7 else "CV", day * 86_400 + 10 * 3600, rate=float(_rates(rng, ["KSV"])[0]))
        _activates_later(row, day + 1, 0.97, 9.0, rng)
        rows.append(row)
    return rows


def _leavers(rows: list[Row], seed: int) -> None:
    """About one in twenty-five leaves between August 2024 and the end; the account is locked on that day."""
    rng = random_for(seed, "leavers")
    for row in rows:
        if row["kind"] == "CB" and row["note"] is None and rng.random() < 0.04:
            provisioned = row["provisioned"]
            assert isinstance(provisioned, int)
            earliest = max(day_number(date(2024, 9, 2)), provisioned // 86_400 + 60)
            if earliest < day_number(LAST_DAY):
                row["disabled"] = int(rng.integers(earliest, day_number(LAST_DAY))) * 86_400 + 17 * 3600


def _assignments(frame: pl.DataFrame, units: Units, seed: int) -> pl.DataFrame:
    """Where each officer serves: the first unit, a planted move in July 2024, and the successor unit from 1 July 2025."""
    rng = random_for(seed, "assignments")
    reorganised = day_number(REORGANISED_ON)
    moved = {int(_mover(frame)): ("H002", day_number(MOVED_ON))}
    spread = {province: _staffed_regions(regions, units) for province, regions in units.regional.items()}
    turn: dict[str, int] = {}
    rows: list[tuple[int, str, int, int | None]] = []
    for number, (kind, unit, title, provisioned) in enumerate(frame.select("kind", "unit_code", "title", "provisioned").iter_rows()):
        start = provisioned // 86_400
        if kind != "CB":
            continue
        if number in moved:
            target, day = moved[number]
            rows.append((number, unit, start, day - 1))
            unit, start = target, day
        if unit not in units.successor:
            rows.append((number, unit, start, None))
            continue
        successor = units.successor[unit]
        keeps_office = unit in ("T01", "T22", "T25") or (title in ("LD", "VT") and rng.random() < 0.5)
        if successor in spread and unit.startswith("T") and not keeps_office and rng.random() < 0.66:
            turn[successor] = turn.get(successor, -1) + 1
            successor = _region(successor, spread[successor], turn[successor])
        rows.append((number, unit, start, reorganised - 1))
        rows.append((number, successor, reorganised, None))
    return pl.DataFrame(rows, schema={"account": pl.Int64, "unit_code": pl.String, "from_day": pl.Int64, "to_day": pl.Int64}, orient="row")


def _region(province: str, regions: list[str], turn: int) -> str:
    """Staff go round the regional units in turn; the last one of one province gets four people and stays too small to judge."""
    if province == TINY_REGIONAL_PROVINCE:
        return regions[-1] if turn < 4 else regions[turn % (len(regions) - 1)]
    return regions[turn % len(regions)]


def _mover(frame: pl.DataFrame) -> int:
    """The first ordinary officer of H001 who used the system in July moves to H002 within the month."""
    numbered = frame.with_row_index("number").filter(
        (pl.col("unit_code") == "H001")
        & (pl.col("title") == "KSV")
        & (pl.col("first_use_day") <= day_number(date(2024, 7, 12)))
        & pl.col("note").is_null()
    )
    return int(numbered["number"][0])


def _staffed_regions(regions: list[str], units: Units) -> list[str]:
    """Regional units that a province's office staff goes to: those that no district of the pilot became, if there are any."""
    taken = {successor for old, successor in units.successor.items() if old.startswith("H")}
    return [code for code in regions if code not in taken] or regions
