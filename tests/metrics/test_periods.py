"""Ranges of days: presets, what to compare with, parts."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import ConfigurationError
from metrics.periods import PRESETS, Period, TimeStep, period_before

PRESET = {preset.name: preset for preset in PRESETS}
DAYS = st.dates(date(1995, 1, 1), date(2090, 12, 31))


def period(text: str) -> Period:
    from_on, to_on = text.split(" ")
    return Period(date.fromisoformat(from_on), date.fromisoformat(to_on))


@pytest.mark.parametrize(
    ("name", "on", "expected"),
    [
        ("day", "2024-07-01", "2024-07-01 2024-07-01"),
        ("week", "2024-12-31", "2024-12-30 2025-01-05"),  # ISO week 1 of 2025
        ("week", "2024-07-07", "2024-07-01 2024-07-07"),
        ("month", "2024-02-11", "2024-02-01 2024-02-29"),
        ("quarter", "2024-09-30", "2024-07-01 2024-09-30"),
        ("half_year", "2024-06-30", "2024-01-01 2024-06-30"),
        ("half_year", "2024-07-01", "2024-07-01 2024-12-31"),
        ("year", "2024-07-01", "2024-01-01 2024-12-31"),
        ("reporting_year", "2024-11-30", "2023-12-01 2024-11-30"),
        ("reporting_year", "2024-12-01", "2024-12-01 2025-11-30"),
        ("reporting_half", "2025-03-01", "2024-12-01 2025-05-31"),
        ("reporting_nine_months", "2024-12-01", "2024-12-01 2025-08-31"),
        ("closed_month", "2024-07-14", "2024-06-15 2024-07-14"),
        ("closed_month", "2024-12-15", "2024-12-15 2025-01-14"),
        ("closed_quarter", "2024-07-14", "2024-06-15 2024-09-14"),
        ("closed_quarter", "2024-09-15", "2024-09-15 2024-12-14"),
        ("closed_half_year", "2024-06-14", "2023-12-15 2024-06-14"),
        ("closed_half_year", "2024-06-15", "2024-06-15 2024-12-14"),
        ("closed_year", "2024-12-14", "2023-12-15 2024-12-14"),
        ("closed_year", "2024-12-15", "2024-12-15 2025-12-14"),
    ],
)
def test_presets(name: str, on: str, expected: str) -> None:
    assert PRESET[name].of(date.fromisoformat(on)) == period(expected)


@pytest.mark.parametrize(
    ("given_period", "expected"),
    [
        ("2024-07-01 2024-07-31", "2023-07-01 2023-07-31"),
        ("2024-02-01 2024-02-29", "2023-02-01 2023-02-28"),
        ("2025-02-01 2025-02-28", "2024-02-01 2024-02-29"),
        ("2024-02-29 2024-03-02", "2023-02-28 2023-03-02"),
        ("2024-06-15 2024-07-14", "2023-06-15 2023-07-14"),
        ("2024-07-01 2024-07-25", "2023-07-01 2023-07-25"),
    ],
)
def test_same_last_year(given_period: str, expected: str) -> None:
    assert period(given_period).same_last_year() == period(expected)


@pytest.mark.parametrize(
    ("given_period", "expected"),
    [
        ("2024-07-01 2024-07-01", "2024-06-30 2024-06-30"),
        ("2024-07-08 2024-07-14", "2024-07-01 2024-07-07"),
        ("2024-07-01 2024-07-31", "2024-06-01 2024-06-30"),
        ("2024-03-01 2024-03-31", "2024-02-01 2024-02-29"),
        ("2024-07-01 2024-09-30", "2024-04-01 2024-06-30"),
        ("2024-01-01 2024-06-30", "2023-07-01 2023-12-31"),
        ("2024-01-01 2024-12-31", "2023-01-01 2023-12-31"),
        ("2023-12-01 2024-11-30", "2022-12-01 2023-11-30"),
        ("2023-12-01 2024-05-31", "2023-06-01 2023-11-30"),
        ("2023-12-01 2024-08-31", "2023-03-01 2023-11-30"),
        ("2024-03-01 2024-04-30", "2024-01-01 2024-02-29"),
        ("2024-07-01 2024-07-25", "2024-06-06 2024-06-30"),
        ("2024-07-02 2024-07-31", "2024-06-02 2024-07-01"),
        ("2024-06-15 2024-07-14", "2024-05-15 2024-06-14"),
        ("2024-06-15 2024-09-14", "2024-03-15 2024-06-14"),
        ("2023-12-15 2024-12-14", "2022-12-15 2023-12-14"),
    ],
)
def test_the_period_before_is_the_part_before_or_as_many_days(given_period: str, expected: str) -> None:
    assert period_before(period(given_period)) == period(expected)


@pytest.mark.parametrize("first", ["1990-01-01 1990-01-31", "1990-01-10 1990-01-31", "1990-02-01 1990-03-31"])
def test_nothing_is_before_the_calendar_begins(first: str) -> None:
    assert period_before(period(first)) is None


@given(DAYS, st.integers(0, 1200), st.sampled_from(["day", "week", "month"]))
def test_parts_tile_the_period(from_on: date, more_days: int, by: TimeStep) -> None:
    whole = Period(from_on, from_on + timedelta(days=more_days))
    parts = whole.split(by)
    assert parts[0].from_on == whole.from_on and parts[-1].to_on == whole.to_on
    assert all(after.from_on == before.to_on + timedelta(days=1) for before, after in itertools.pairwise(parts))
    for part in parts[1:]:
        assert by == "day" or (part.from_on.weekday() == 0 if by == "week" else part.from_on.day == 1)
    before = period_before(whole)
    assert before is not None and before.to_on == whole.from_on - timedelta(days=1)
    assert before.days == whole.days or (before.is_whole_months and whole.is_whole_months)


@pytest.mark.parametrize("wrong", ["2024-07-31 2024-07-01", "0024-07-01 2024-07-31", "2024-07-01 9999-12-31"])
def test_a_wrong_period_is_told_plainly(wrong: str) -> None:
    with pytest.raises(ConfigurationError, match="period"):
        period(wrong)


def test_too_many_parts_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="parts by day"):
        period("2000-01-01 2024-12-31").split("day")
