"""The working days of the organisation: Monday to Friday, less public holidays, plus Saturdays worked in exchange for a day off.

The exceptions are facts in `data/reference/holidays.csv`, each with its source; years that it does not list have none.
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache

from data.errors import ConfigurationError
from data.paths import REFERENCE

SATURDAY = 5
COLUMNS = ("day_on", "is_working", "name_vi", "name_en", "source")


def is_working_day(on: date) -> bool:
    return (on.weekday() < SATURDAY) != (on in exceptions())


@cache
def exceptions() -> dict[date, int]:
    """Days on which the week does not decide, in order: -1 a weekday off, +1 a day of the weekend that is worked.

    Raises ConfigurationError naming the line of `holidays.csv` that cannot be read.
    """
    path = REFERENCE / "holidays.csv"
    found: dict[date, int] = {}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise ConfigurationError(f"{path}: the first line must name the columns {','.join(COLUMNS)}.")
        for row in reader:
            try:
                on, is_working = date.fromisoformat(row["day_on"]), bool(int(row["is_working"]))
            except ValueError:
                raise ConfigurationError(f"{path}, line {reader.line_num}: day_on must be YYYY-MM-DD and is_working 0 or 1.") from None
            if is_working != (on.weekday() < SATURDAY):  # a holiday on a Sunday changes nothing
                found[on] = 1 if is_working else -1
    return dict(sorted(found.items()))
