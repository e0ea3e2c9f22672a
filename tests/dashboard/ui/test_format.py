from __future__ import annotations

from datetime import UTC, date, datetime
from inspect import Parameter, signature

import polars as pl
import pytest

from cli.console import figures_for_people
from dashboard.reports.content.text import figure_text
from dashboard.ui import format as written
from dashboard.ui.table_files import Rate, Sheet, as_csv
from metrics.catalog import metric


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
    assert written.percent(3 / 7, "vi") == "42,86%"
    assert written.percent(1.0, "vi") == "100,00%"
    assert written.percent(0.5, "en", 0) == "50%"
    assert written.points(-0.0412, "vi") == "4,1"


def test_page_report_and_command_round_a_tie_alike() -> None:
    """1 of 800 is 0.125%: half up is 0.13, and half to even would be 0.12."""
    assert written.percent(1 / 800, "en") == "0.13%"
    assert "0.13%" in figure_text(metric("activation_rate"), 1, 800, 1 / 800, "en")
    row = {
        "metric": "x",
        "label": "x",
        "unit_code": None,
        "period_from": None,
        "period_to": None,
        "numerator": 1,
        "denominator": 800,
        "value": 1 / 800,
    }
    assert figures_for_people(pl.DataFrame([row]))["value"].to_list() == ["0.13%"]
    assert as_csv(Sheet("x", "", (), ("a",), ((Rate(1 / 800),),), "en")).decode("utf-8-sig").splitlines() == ["a", "0.13%"]


@pytest.mark.parametrize(("difference", "text"), [(0.6 - 0.575, "2.5"), (0.2005 - 0.1, "10.1"), (0.1 - 0.2005, "10.1"), (0.3 - 0.1, "20.0")])
def test_points_are_those_of_the_exact_difference(difference: float, text: str) -> None:
    assert written.points(difference, "en") == text
    assert written.signed_points(difference, "en") == ("+" if difference > 0 else "−") + text


@pytest.mark.parametrize(("ratio", "text"), [(0.9, "90%"), (0.925, "92,5%"), (0.9225, "92,25%"), (1.0, "100%"), (0.0, "0%"), (0.1, "10%")])
def test_a_target_has_no_zeros_at_its_end(ratio: float, text: str) -> None:
    assert written.target(ratio, "vi") == text


@pytest.mark.parametrize(
    "name", ["number", "percent", "target", "points", "day", "short_day", "signed_points", "span", "month", "quarter", "instant"]
)
def test_no_format_has_a_language_of_its_own(name: str) -> None:
    assert signature(getattr(written, name)).parameters["language"].default is Parameter.empty


@pytest.mark.parametrize(
    ("from_on", "to_on", "text"),
    [
        (date(2024, 7, 25), date(2024, 7, 25), "25/7/2024"),
        (date(2024, 7, 1), date(2024, 7, 31), "1/7 – 31/7/2024"),
        (date(2023, 12, 1), date(2024, 11, 30), "1/12/2023 – 30/11/2024"),
    ],
)
def test_a_range_says_its_year_once_where_it_can(from_on: date, to_on: date, text: str) -> None:
    assert written.span(from_on, to_on, "vi") == text


def test_english_dates_name_the_month() -> None:
    assert written.span(date(2024, 7, 1), date(2024, 7, 31), "en") == "1 Jul – 31 Jul 2024"
    assert written.month(2025, 3, "en") == "Mar 2025"
    assert written.quarter(2024, 3, "vi") == "Quý III/2024"


def test_an_instant_is_told_on_the_organisations_clock() -> None:
    assert written.instant(datetime(2024, 7, 31, 23, 30, tzinfo=UTC), "Asia/Ho_Chi_Minh", "vi") == "1/8/2024 06:30"
