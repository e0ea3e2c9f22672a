"""A home with years of months: units that issue documents, with one that changes in the newest month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from data.paths import Home
from tests.dashboard.reports.report_homes import CONFIGURATION, TARGETS, tiny_home
from tests.tiny_snapshot import Row

FIRST, MONTHS = date(2024, 1, 1), 13
LAST = date(2025, 1, 31)
"""The cut-off: the last day of the newest month."""


def documents(draw: np.random.Generator, unit: str, rates: Sequence[float | None], cases: int = 30) -> list[Row]:
    """So many documents of a unit in each month from the first on, of which a share is signed; of None no document."""
    found: list[Row] = []
    for number, rate in enumerate(rates):
        on = date(FIRST.year + number // 12, number % 12 + 1, 10)
        if rate is None:
            continue
        found += [{"unit_code": unit, "issued_on": on, "is_electronic": True, "is_organ_signed": bool(one < rate)} for one in draw.random(cases)]
    return found


def history_home(
    folder: Path,
    months: Mapping[str, Sequence[float | None]],
    units: list[Row],
    configuration: str = CONFIGURATION,
    cases: int = 30,
    targets: str = TARGETS,
    **rows: list[Row],
) -> Home:
    """A home of those units below `R`, each with the shares of its months; `rows` of other tables."""
    draw = np.random.default_rng(1)
    info = {"first_on": FIRST, "cutoff_at": datetime(2025, 1, 31, 16, 30, tzinfo=UTC)}
    tree = [{"unit_code": "R", "level": "toi_cao"}, *({"parent_code": "R", **unit} for unit in units)]
    found = [one for unit, rates in months.items() for one in documents(draw, unit, rates, cases)]
    return tiny_home(folder, {"snapshot_info": [info], "org_unit": tree, "document": found, **rows}, configuration, targets)
