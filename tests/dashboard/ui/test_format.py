from __future__ import annotations

import re
from datetime import UTC, date, datetime
from inspect import Parameter, signature
from io import BytesIO
from zipfile import ZipFile

import polars as pl
import pytest

from cli.terminal.console import figures_for_people
from dashboard.reports.content.blocks import Figure as ReportFigure
from dashboard.reports.content.tables import rate_cell
from dashboard.reports.content.text import figure_text, rate
from dashboard.session.figures import Figure
from dashboard.ui import format as written
from dashboard.ui.table_files import Rate, Sheet, as_csv, as_xlsx
from dashboard.ui.translations import use_language
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


@pytest.mark.parametrize(
    ("numerator", "denominator", "text"),
    [(1, 800, "0.13%"), (1848, 2996, "61.68%"), (87, 96, "91%"), (13, 96, "14%"), (1, 13, "8%"), (1, 100, "1.00%"), (98, 99, "99%")],
)
def test_page_report_files_and_command_round_a_rate_alike(numerator: int, denominator: int, text: str) -> None:
    """Half up from the counts (1 of 800 is 0.125%), and of fewer than 100 cases in whole per cents, beside counts that say how many."""
    value, days = numerator / denominator, (date(2024, 7, 1), date(2024, 7, 31))
    figure = Figure("activation_rate", None, *days, numerator, denominator, value)
    use_language("en")
    page = figure.rate_text
    use_language("vi")
    assert page == written.percent(value, "en", of=denominator) == text
    assert f"{text} (" in figure_text(metric("activation_rate"), numerator, denominator, value, "en")
    reported = ReportFigure("k", "activation_rate", "", None, None, "as_was", *days, numerator, denominator, value, "rate", "1", "")
    assert (rate_cell(reported, "en").text, rate(reported, "en").text) == (text, text)
    row = {"metric": "x", "label": "x", "unit_code": None, "period_from": days[0], "period_to": days[1]}
    row |= {"covered_from": days[0], "covered_to": days[1], "coverage_days": 31, "numerator": numerator, "denominator": denominator, "value": value}
    assert figures_for_people(pl.DataFrame([row]))["value"].to_list() == [text]
    sheet = Sheet("x", "", (), ("a",), ((Rate(value, denominator),),), "en")
    assert as_csv(sheet).decode("utf-8-sig").splitlines() == ["a", text]
    with ZipFile(BytesIO(as_xlsx(sheet))) as book:
        style, cell = re.findall(r'<c r="A4" s="([0-9]+)"><v>([^<]+)</v>', book.read("xl/worksheets/sheet1.xml").decode())[0]
        styles = book.read("xl/styles.xml").decode()
    codes = {"9": "0%", "10": "0.00%", **dict(re.findall(r'<numFmt numFmtId="([0-9]+)" formatCode="([^"]+)"', styles))}
    number_format = codes[re.findall(r'<xf numFmtId="([0-9]+)"', styles.partition("<cellXfs")[2])[int(style)]]
    assert float(cell) == pytest.approx(value, rel=1e-15)  # the number itself stays whole
    assert number_format == ("0.00%" if denominator >= 100 else "0%")


@pytest.mark.parametrize(("difference", "text"), [(0.6 - 0.575, "2.5"), (0.2005 - 0.1, "10.1"), (0.1 - 0.2005, "10.1"), (0.3 - 0.1, "20.0")])
def test_points_are_those_of_the_exact_difference(difference: float, text: str) -> None:
    assert written.points(difference, "en") == text
    assert written.signed_points(difference, "en") == ("+" if difference > 0 else "−") + text


def test_points_of_few_cases_are_whole() -> None:
    assert [written.signed_points(0.125, "vi", of) for of in (None, 100, 99)] == ["+12,5", "+12,5", "+13"]


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
