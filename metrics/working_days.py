"""The working days of the organisation: Monday to Friday, less public holidays, plus Saturdays worked in exchange for a day off.

The exceptions are the snapshot's `day_off`; years that it does not list have none.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from itertools import islice

from metrics.engines import Snapshot
from metrics.periods import EARLIEST, Period
from metrics.tree.units import small_table

SATURDAY = 5
WEEKS_OF_HABIT = 4
LEAST_WORK = 3
"""Working days that a week needs to tell whether somebody uses a system habitually: a week of holidays tells it of nobody."""
_FARTHEST = 26
"""Weeks back to which they are sought: half a year."""


def is_working_day(on: date, changes: Collection[date]) -> bool:
    """`changes` are the days of `exceptions`."""
    return (on.weekday() < SATURDAY) != (on in changes)


def weeks_of_work(last: date, changes: Collection[date]) -> list[Period]:
    """The last 4 weeks of 7 days, counted back from `last`, that have at least 3 working days; the newest first.

    A week of public holidays is passed over, so that Tết alone moves no rate that speaks of habit. Where half a year has no 4 such weeks, the
    weeks that follow one another.
    """
    ends = (last - timedelta(days=7 * week) for week in range(_FARTHEST))
    weeks = [Period(end - timedelta(days=6), end) for end in ends if end - timedelta(days=6) >= EARLIEST]
    worked = list(islice((week for week in weeks if working_days(week, changes) >= LEAST_WORK), WEEKS_OF_HABIT))
    return worked if len(worked) == WEEKS_OF_HABIT else weeks[:WEEKS_OF_HABIT]


def working_days(period: Period, changes: Collection[date]) -> int:
    """How many days of the period are worked."""
    return sum(is_working_day(period.from_on + timedelta(days=day), changes) for day in range(period.days))


def last_day_before(on: date, worked: int, changes: Collection[date]) -> date:
    """The last day after which that many whole working days had passed when `on` began."""
    while worked:
        on -= timedelta(days=1)
        worked -= is_working_day(on, changes)
    return on - timedelta(days=1)


def exceptions(snapshot: Snapshot) -> dict[date, int]:
    """Days on which the week does not decide, in order: -1 a weekday off, +1 a day of the weekend that is worked."""
    return snapshot.derived("exceptions", lambda: _exceptions(snapshot))


def _exceptions(snapshot: Snapshot) -> dict[date, int]:
    days = small_table(snapshot, "day_off").sort("day_on").select("day_on", "is_working").iter_rows()
    # A holiday on a Sunday changes nothing.
    return {on: 1 if is_working else -1 for on, is_working in days if is_working != (on.weekday() < SATURDAY)}
