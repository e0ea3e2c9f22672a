"""Working days: the calendar of the reference file, and durations that follow it."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest

from data.errors import ConfigurationError
from data.organisation import days_off
from data.paths import REFERENCE
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import metric_values
from metrics.query.snapshot_quality import gaps
from metrics.working_days import exceptions, is_working_day
from tests.tiny_snapshot import write_snapshot


@cache
def changes() -> dict[date, int]:
    """Of a snapshot with the reference file's days; not read while tests are collected, so that processes can be forked from there."""
    with TemporaryDirectory() as folder, open_snapshot(write_snapshot(Path(folder))) as snapshot:
        return exceptions(snapshot)


@pytest.mark.parametrize(
    ("first", "last", "off"),
    [  # the long holidays as they were announced
        ("2024-02-08", "2024-02-14", 7),
        ("2024-04-27", "2024-05-01", 5),
        ("2024-08-31", "2024-09-03", 4),
        ("2025-01-25", "2025-02-02", 9),
        ("2025-04-30", "2025-05-04", 5),
        ("2025-08-30", "2025-09-02", 4),
        ("2026-01-01", "2026-01-04", 4),
        ("2026-02-14", "2026-02-22", 9),
        ("2026-04-25", "2026-04-27", 3),
        ("2026-08-29", "2026-09-02", 5),
    ],
)
def test_announced_holidays_are_off_and_the_days_around_them_are_not(first: str, last: str, off: int) -> None:
    span = Period(date.fromisoformat(first), date.fromisoformat(last))
    assert span.days == off
    assert not any(is_working_day(part.from_on, changes()) for part in span.split("day"))
    before, after = span.from_on - timedelta(days=1), span.to_on + timedelta(days=1)
    assert is_working_day(before, changes()) == (before.weekday() < 5) and is_working_day(after, changes())


def test_every_year_has_its_eleven_days_and_as_many_worked_as_exchanged() -> None:
    with (REFERENCE / "holidays.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["day_on"] for row in rows] == sorted({row["day_on"] for row in rows})
    assert all(row["name_vi"] and row["name_en"] and row["source"] for row in rows)
    for year in (2024, 2025, 2026):
        # 11 days by law, less those on a weekend, plus their compensation: so 11 weekdays off, and one more for each Saturday worked.
        found = {on: change for on, change in changes().items() if on.year == year}
        assert sum(found.values()) == -11, year
    assert {on for on, change in changes().items() if change > 0} == {
        date(2024, 5, 4),
        date(2025, 4, 26),
        date(2026, 1, 10),
        date(2026, 8, 22),
    }


def figures(deliveries: list[tuple[str, str]], period: Period) -> dict[str, float]:
    rows: dict[str, list[dict[str, Any]]] = {
        "snapshot_info": [{"first_on": period.from_on}],
        "org_unit": [{"unit_code": "V"}],
        "delivery": [
            {"document_key": f"D{number}", "receiver_code": "V", "arrived_on": date.fromisoformat(came), "completed_on": date.fromisoformat(done)}
            for number, (came, done) in enumerate(deliveries)
        ],
    }
    with TemporaryDirectory() as folder, open_snapshot(write_snapshot(Path(folder), rows)) as snapshot:
        frame = metric_values(snapshot, ["median_working_days", "p90_working_days"], period)
    return dict(frame.select("metric", "value").iter_rows())


@pytest.mark.parametrize(
    ("came", "done", "days"),
    [
        ("2024-02-07", "2024-02-15", 1),  # over the whole of Tết
        ("2024-02-08", "2024-02-14", 0),  # within it
        ("2024-04-26", "2024-05-04", 3),  # Thursday, Friday and the Saturday that was worked
        ("2024-05-03", "2024-05-04", 1),
        ("2024-05-04", "2024-05-06", 1),
        ("2023-12-29", "2024-01-02", 1),  # New Year's Day was a Monday
        ("2022-01-31", "2022-02-04", 4),  # a year that the file does not list
    ],
)
def test_a_delivery_takes_no_public_holiday(came: str, done: str, days: int) -> None:
    on = date.fromisoformat(done)
    rows = figures([(came, done)], Period(date(2024, 1, 1), date(2024, 7, 31)) if on.year == 2024 else Period(on, date(2024, 7, 31)))
    assert rows == {"median_working_days": days, "p90_working_days": days}


def test_a_silent_holiday_is_no_gap_and_a_silent_worked_saturday_is() -> None:
    span = Period(date(2024, 4, 22), date(2024, 5, 6))
    days = [part.from_on for part in span.split("day")]
    units = pl.DataFrame({"unit_code": ["A", "B", "C"], "valid_from": [date(2000, 1, 1)] * 3, "valid_to": [date(9999, 12, 31)] * 3})
    silent = {date(2024, 4, 29), date(2024, 5, 4), date(2024, 4, 27)}  # an exchanged day off, the Saturday worked for it, a usual Saturday
    active = [(code, on, 1) for code in ("A", "B", "C") for on in days if code != "A" or on not in silent]
    found = gaps(pl.DataFrame(active, schema=["unit_code", "day_on", "records"], orient="row"), units, span, changes())
    assert found.rows() == [("A", date(2024, 5, 4))]


@pytest.mark.parametrize(
    ("text", "told"),
    [("day,name\n", "first line"), ("day_on,is_working,name_vi,name_en,source\n2024-13-01,0,a,b,c\n", "line 2")],
)
def test_a_calendar_that_cannot_be_read_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "holidays.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=told):
        days_off(tmp_path / "holidays.csv")
