"""Who has an account in the sample: officers, their accounts and where they serve from when. Everybody is invented and has no name.

The pilot's counts per unit are split exactly (group 1 on 31 July 2024); later provinces join with all their staff from January to June 2025.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from data.demo.calendar import DAY, REORGANISED_ON, day_number
from data.demo.draws import random_for
from data.demo.organisation.pilot_staff import mark_midnight_accounts, pilot_clerks, pilot_officers, planted_accounts
from data.demo.organisation.staff import later_staff, lock_leavers, recruits
from data.demo.organisation.units import Units

TINY_REGIONAL_PROVINCE = "N12"
MOVED_ON = date(2024, 7, 20)
ACCOUNT_SCHEMA = {
    "account": pl.Int64,  # its number: its place in the frame
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


@dataclass(frozen=True)
class Accounts:
    """`frame`: ACCOUNT_SCHEMA; `assignments`: account, unit_code, from_day, to_day (null: open)."""

    frame: pl.DataFrame
    assignments: pl.DataFrame

    def unit_on(self, day: date) -> pl.DataFrame:
        """account and unit_code where it served on that day."""
        serves = (pl.col("from_day") <= day_number(day)) & (pl.col("to_day") >= day_number(day)).fill_null(True)
        return self.assignments.filter(serves).select("account", "unit_code")


def plan_accounts(units: Units, seed: int) -> Accounts:
    """All accounts from the pilot to the last day, in the order of their numbers."""
    rows = pilot_officers(units, seed)
    mark_midnight_accounts(rows)
    rows += [*pilot_clerks(units, seed), *planted_accounts(seed), *later_staff(units, seed), *recruits(units, seed)]
    for place, row in enumerate(rows):
        number, is_officer = f"{place + 1:06}", row["kind"] == "CB"
        row.update(account=place, officer_code=f"CB{number}" if is_officer else None, login=f"cb{number}" if is_officer else f"thu.nghiem.{number}")
    lock_leavers(rows, seed)
    frame = pl.DataFrame(rows, schema=ACCOUNT_SCHEMA)
    return Accounts(frame, _assignments(frame, units, seed))


def _assignments(frame: pl.DataFrame, units: Units, seed: int) -> pl.DataFrame:
    """Where each officer serves: the first unit, a planted move in July 2024, and the successor unit from 1 July 2025."""
    rng = random_for(seed, "assignments")
    reorganised = day_number(REORGANISED_ON)
    mover = _mover(frame)
    spread = {province: _staffed_regions(regions, units) for province, regions in units.regional.items()}
    turn: dict[str, int] = {}
    rows: list[tuple[int, str, int, int | None]] = []
    for number, (kind, unit, title, provisioned) in enumerate(frame.select("kind", "unit_code", "title", "provisioned").iter_rows()):
        start = provisioned // DAY
        if kind != "CB":
            continue
        if number == mover:
            rows.append((number, unit, start, day_number(MOVED_ON) - 1))
            unit, start = "H002", day_number(MOVED_ON)
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
    used = frame.filter(pl.col("first_use_day") <= day_number(date(2024, 7, 12)), pl.col("note").is_null(), unit_code="H001", title="KSV")
    return int(used["account"][0])


def _staffed_regions(regions: list[str], units: Units) -> list[str]:
    """Regional units that a province's office staff goes to: those that no district of the pilot became, if there are any."""
    taken = {successor for old, successor in units.successor.items() if old.startswith("H")}
    return [code for code in regions if code not in taken] or regions
