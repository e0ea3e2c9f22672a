"""The sample's calendar: days from the pilot's first to the last, the rhythm of office work, and local times as vendors write them.

Times are whole seconds of the local wall clock since 1970-01-01 00:00 (UTC+7 the whole year), days are whole days of it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from data.demo.draws import Floats, Ints

FIRST_DAY = date(2024, 7, 1)
PILOT_LAST_DAY = date(2024, 7, 31)
REORGANISED_ON = date(2025, 7, 1)
LAST_DAY = date(2026, 10, 31)
DAY = 86_400
"""Seconds of a day."""
EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Whole days since 1970-01-01."""
    return (day - EPOCH).days


def date_of(number: int) -> date:
    """The day that `day_number` numbers."""
    return date.fromordinal(number + EPOCH.toordinal())


def seconds(day: date, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    """A local wall-clock time in whole seconds."""
    return day_number(day) * DAY + hour * 3600 + minute * 60 + second


@dataclass(frozen=True)
class Month:
    """One calendar month of the sample."""

    year: int
    month: int

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return date(self.year + self.month // 12, self.month % 12 + 1, 1) - timedelta(days=1)

    @property
    def label(self) -> str:
        return f"{self.year}-{self.month:02}"

    @property
    def is_pilot(self) -> bool:
        return self.first_day == FIRST_DAY

    @property
    def since_start(self) -> int:
        """Months since the pilot began."""
        return (self.year - FIRST_DAY.year) * 12 + self.month - FIRST_DAY.month

    def day_numbers(self) -> Ints:
        return np.arange(day_number(self.first_day), day_number(self.last_day) + 1, dtype=np.int64)


def months() -> list[Month]:
    """Every month from the pilot to the last day of the sample."""
    found = [Month(FIRST_DAY.year, FIRST_DAY.month)]
    while found[-1].last_day < LAST_DAY:
        following = found[-1].last_day + timedelta(days=1)
        found.append(Month(following.year, following.month))
    return found


@cache
def days_off() -> frozenset[date]:
    """Public holidays with the days off around them, of days_off.csv; kept by hand, close to the real ones."""
    with Path(__file__).with_name("days_off.csv").open(encoding="utf-8", newline="") as file:
        spans = [(day_number(date.fromisoformat(row["first_on"])), day_number(date.fromisoformat(row["last_on"]))) for row in csv.DictReader(file)]
    return frozenset(date_of(number) for first, last in spans for number in range(first, last + 1))


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in days_off()


def day_weights(days: Ints) -> Floats:
    """How busy each day is: 1 on an ordinary working day, more on Mondays, little on weekends and holidays."""
    week = (1.12, 1.04, 1.0, 0.98, 0.9, 0.09, 0.04)
    dates = [date_of(int(number)) for number in days]
    return np.array([0.02 if day in days_off() else week[day.weekday()] for day in dates], dtype=np.float64)


def office_seconds(rng: np.random.Generator, count: int) -> Ints:
    """Seconds of the day, two humps of office work and a few evenings; always between 07:30 and 22:00."""
    humps = np.where(rng.random(count) < 0.58, rng.normal(9.2, 0.9, count), rng.normal(14.9, 1.0, count))
    evening = rng.random(count) < 0.03
    humps[evening] = rng.uniform(18.0, 22.0, int(evening.sum()))
    chosen: Ints = (np.clip(humps, 7.5, 21.99) * 3600).astype(np.int64)
    return chosen


def local_text(column: str) -> pl.Expr:
    """The wall clock without a zone, as `2024-07-01 08:15:00`; null stays null."""
    return pl.from_epoch(pl.col(column), time_unit="s").dt.to_string("%Y-%m-%d %H:%M:%S")
