"""Periods: any range of days, the usual ones by name, the ones to compare with, and their parts."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from data.errors import ConfigurationError

EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)
MOST_PARTS = 4000
"""Ten years by day; a longer list of parts is a slip, and would only be slow."""
CLOSING_DAY = 14
"""The day of a month on which state bodies close the figures of a report: Decree 09/2019/NĐ-CP, article 12."""

TimeStep = Literal["day", "week", "month"]
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Period:
    """Days from `from_on` to `to_on`, both included."""

    from_on: date
    to_on: date

    def __post_init__(self) -> None:
        if self.from_on > self.to_on:
            raise ConfigurationError(f"The period ends ({self.to_on}) before it begins ({self.from_on}). Swap the two days.")
        if self.from_on < EARLIEST or self.to_on > LATEST:
            raise ConfigurationError(f"The period {self.from_on} to {self.to_on} is outside {EARLIEST.year}–{LATEST.year}. Check the year.")

    @property
    def days(self) -> int:
        return (self.to_on - self.from_on).days + 1

    @property
    def is_whole_months(self) -> bool:
        """Whether it is one or more whole months: of the calendar, or as state bodies close their figures, from a 15th to a 14th."""
        return self.from_on.day == (self.to_on + _ONE_DAY).day and self.from_on.day in (1, CLOSING_DAY + 1)

    @property
    def months(self) -> int:
        """How many whole months it has (`is_whole_months`); 0 where it is no whole number of them."""
        end = self.to_on + _ONE_DAY
        return (end.year - self.from_on.year) * 12 + end.month - self.from_on.month if self.is_whole_months else 0

    def is_whole(self, step: TimeStep) -> bool:
        """Whether it is a whole day, ISO week or month: a part that an end of its period cuts off is none, and stands beside the others marked."""
        return step == "day" or self == (iso_week(self.from_on) if step == "week" else month(self.from_on))

    def same_last_year(self) -> Period:
        """The same days of the year before; a whole month stays whole, 29 February becomes the 28th."""
        ends_a_month = self.is_whole_months and self.from_on.day == 1
        to_on = _month_end(self.to_on.year - 1, self.to_on.month) if ends_a_month else _year_before(self.to_on)
        return Period(_year_before(self.from_on), to_on)

    def split(self, by: TimeStep) -> list[Period]:
        """Days, ISO weeks (Monday first) or months, in order, the first and last clipped to the period."""
        parts: list[Period] = []
        from_on = self.from_on
        while from_on <= self.to_on:
            if len(parts) == MOST_PARTS:
                raise ConfigurationError(f"The period has more than {MOST_PARTS} parts by {by}. Take a shorter one, or longer parts.")
            to_on = min(_STEP_END[by](from_on), self.to_on)
            parts.append(Period(from_on, to_on))
            from_on = to_on + _ONE_DAY
        return parts


def period_before(period: Period) -> Period | None:
    """The period that page, report and command line compare with: as many whole months before whole months, else as many days before.

    So June before July, the second quarter before the third, June to November before the first half of a reporting year (December to May),
    15 May to 14 June before 15 June to 14 July.
    None where it would begin before EARLIEST.
    """
    last = period.from_on - _ONE_DAY
    first = period.from_on - timedelta(days=period.days)
    if period.is_whole_months:
        year, month = divmod(period.from_on.year * 12 + period.from_on.month - 1 - period.months, 12)
        first = date(year, month + 1, period.from_on.day)
    return Period(first, last) if first >= EARLIEST else None


def whole_months(within: Period, most: int) -> list[Period]:
    """The newest calendar months that lie wholly within the days, the oldest first; at most so many."""
    parts = [part for part in within.split("month") if part.is_whole("month")]
    return parts[-most:]


def day(on: date) -> Period:
    return Period(on, on)


def iso_week(on: date) -> Period:
    """Monday to Sunday around the day (ISO 8601)."""
    monday = on - timedelta(days=on.weekday())
    return Period(monday, monday + timedelta(days=6))


def month(on: date) -> Period:
    return _months(on.year, on.month, 1)


def quarter(on: date) -> Period:
    return _months(on.year, (on.month - 1) // 3 * 3 + 1, 3)


def half_year(on: date) -> Period:
    return _months(on.year, 1 if on.month <= 6 else 7, 6)


def year(on: date) -> Period:
    return _months(on.year, 1, 12)


def reporting_year(on: date) -> Period:
    """The procuracy's reporting year: 1 December to 30 November."""
    return _reporting(on, 12)


def reporting_half(on: date) -> Period:
    """The first six months of the reporting year: 1 December to 31 May."""
    return _reporting(on, 6)


def reporting_nine_months(on: date) -> Period:
    """The first nine months of the reporting year: 1 December to 31 August."""
    return _reporting(on, 9)


def closed_month(on: date) -> Period:
    """15th of one month to 14th of the next: the month of a state body's periodic report (Decree 09/2019/NĐ-CP, article 12)."""
    return _closed(month(_closing_month(on)))


def closed_quarter(on: date) -> Period:
    """15th of the month before a quarter to 14th of its last month (the same article)."""
    return _closed(quarter(_closing_month(on)))


def closed_half_year(on: date) -> Period:
    """15 December to 14 June, or 15 June to 14 December (the same article)."""
    return _closed(half_year(_closing_month(on)))


def closed_year(on: date) -> Period:
    """15 December to 14 December (the same article)."""
    return _closed(year(_closing_month(on)))


@dataclass(frozen=True)
class Preset:
    """A usual period by name: `of` gives the one that the day belongs to."""

    name: str
    label: str
    label_en: str
    of: Callable[[date], Period]


PRESETS: tuple[Preset, ...] = (
    Preset("day", "Ngày", "Day", day),
    Preset("week", "Tuần", "Week", iso_week),
    Preset("month", "Tháng", "Month", month),
    Preset("quarter", "Quý", "Quarter", quarter),
    Preset("half_year", "Nửa năm", "Half-year", half_year),
    Preset("year", "Năm dương lịch", "Calendar year", year),
    Preset("reporting_year", "Năm công tác (1/12 – 30/11)", "Reporting year (1 Dec – 30 Nov)", reporting_year),
    Preset("reporting_half", "6 tháng đầu năm công tác", "First 6 months of the reporting year", reporting_half),
    Preset("reporting_nine_months", "9 tháng năm công tác", "First 9 months of the reporting year", reporting_nine_months),
    Preset("closed_month", "Tháng báo cáo (ngày 15 – 14)", "Reporting month (15th – 14th)", closed_month),
    Preset("closed_quarter", "Quý báo cáo (ngày 15 – 14)", "Reporting quarter (15th – 14th)", closed_quarter),
    Preset("closed_half_year", "6 tháng báo cáo (ngày 15 – 14)", "Reporting half-year (15th – 14th)", closed_half_year),
    Preset("closed_year", "Năm báo cáo (15/12 – 14/12)", "Reporting year (15 Dec – 14 Dec)", closed_year),
)


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _months(year: int, first_month: int, months: int) -> Period:
    last = first_month - 1 + months - 1
    return Period(date(year, first_month, 1), _month_end(year + last // 12, last % 12 + 1))


def _reporting(on: date, months: int) -> Period:
    return _months(on.year if on.month == 12 else on.year - 1, 12, months)


def _closing_month(on: date) -> date:
    """A day of the month whose 14th closes the report that the day belongs to."""
    return on if on.day <= CLOSING_DAY else _month_end(on.year, on.month) + _ONE_DAY


def _closed(calendar_part: Period) -> Period:
    """A calendar part as state bodies close it: both ends on the 14th."""
    before = calendar_part.from_on - _ONE_DAY
    return Period(before.replace(day=CLOSING_DAY + 1), calendar_part.to_on.replace(day=CLOSING_DAY))


def _year_before(on: date) -> date:
    return on.replace(year=on.year - 1, day=28) if (on.month, on.day) == (2, 29) else on.replace(year=on.year - 1)


_STEP_END: dict[TimeStep, Callable[[date], date]] = {
    "day": lambda on: on,
    "week": lambda on: iso_week(on).to_on,
    "month": lambda on: month(on).to_on,
}
