from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dashboard.ui import format as written


@pytest.mark.parametrize(
    ("value", "decimals", "vietnamese", "english"),
    [
        (0, 0, "0", "0"),
        (1234567, 0, "1.234.567", "1,234,567"),
        (1234.5, 1, "1.234,5", "1,234.5"),
        (-12, 0, "−12", "−12"),
        (-0.04, 1, "0,0", "0.0"),
    ],
)
def test_numbers(value: float, decimals: int, vietnamese: str, english: str) -> None:
    assert written.number(value, "vi", decimals) == vietnamese
    assert written.number(value, "en", decimals) == english


def test_a_percentage_has_two_decimals_and_a_comma() -> None:
    assert written.percent(3 / 7) == "42,86%"
    assert written.percent(1.0) == "100,00%"
    assert written.percent(0.5, "en", 0) == "50%"
    assert written.points(-0.0412) == "4,1"


@pytest.mark.parametrize(
    ("from_on", "to_on", "text"),
    [
        (date(2024, 7, 25), date(2024, 7, 25), "25/7/2024"),
        (date(2024, 7, 1), date(2024, 7, 31), "1/7 – 31/7/2024"),
        (date(2023, 12, 1), date(2024, 11, 30), "1/12/2023 – 30/11/2024"),
    ],
)
def test_a_range_says_its_year_once_where_it_can(from_on: date, to_on: date, text: str) -> None:
    assert written.span(from_on, to_on) == text


def test_english_dates_name_the_month() -> None:
    assert written.span(date(2024, 7, 1), date(2024, 7, 31), "en") == "1 Jul – 31 Jul 2024"
    assert written.month(2025, 3, "en") == "Mar 2025"
    assert written.quarter(2024, 3) == "Quý III/2024"


def test_an_instant_is_told_on_the_organisations_clock() -> None:
    assert written.instant(datetime(2024, 7, 31, 23, 30, tzinfo=UTC), "Asia/Ho_Chi_Minh") == "1/8/2024 06:30"
