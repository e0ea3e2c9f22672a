"""The working days of the organisation: Monday to Friday, less public holidays, plus Saturdays worked in exchange for a day off.

The exceptions are the snapshot's `day_off`; years that it does not list have none.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from metrics.engines import Snapshot
from metrics.tree.units import small_table

SATURDAY = 5


def is_working_day(on: date, changes: Collection[date]) -> bool:
    """`changes` are the days of `exceptions`."""
    return (on.weekday() < SATURDAY) != (on in changes)


def exceptions(snapshot: Snapshot) -> dict[date, int]:
    """Days on which the week does not decide, in order: -1 a weekday off, +1 a day of the weekend that is worked."""
    return snapshot.derived("exceptions", lambda: _exceptions(snapshot))


def _exceptions(snapshot: Snapshot) -> dict[date, int]:
    days = small_table(snapshot, "day_off").sort("day_on").select("day_on", "is_working").iter_rows()
    # A holiday on a Sunday changes nothing.
    return {on: 1 if is_working else -1 for on, is_working in days if is_working != (on.weekday() < SATURDAY)}
