"""One fact on three surfaces: which days count as the period before."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dashboard.session.compared_period import compared_period
from dashboard.session.policy import DEMO_VIEWER
from dashboard.session.queries import pin
from dashboard.session.state import Selection
from dashboard.ui.page_context import Page
from dashboard.ui.unit_names import unit_tree
from metrics.periods import Period
from tests.conftest import run_vanban
from tests.dashboard.reports.report_homes import built, tiny_home

UNITS = [{"unit_code": "R", "level": "toi_cao"}, {"unit_code": "P", "parent_code": "R"}]
ACCOUNTS = [{"unit_code": "P", "activated_on": date(2024, 3, 1)}]
DOCUMENTS = [{"unit_code": "P", "issued_on": on, "is_electronic": True} for on in (date(2024, 4, 10), date(2024, 6, 20), date(2024, 7, 10))]


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (Period(date(2024, 7, 1), date(2024, 7, 31)), Period(date(2024, 6, 1), date(2024, 6, 30))),
        (Period(date(2024, 6, 1), date(2024, 7, 31)), Period(date(2024, 4, 1), date(2024, 5, 31))),
        (Period(date(2024, 7, 1), date(2024, 7, 25)), Period(date(2024, 6, 6), date(2024, 6, 30))),
    ],
    ids=["a month", "two months", "some days"],
)
def test_page_report_and_command_line_mean_the_same_days_by_the_period_before(tmp_path: Path, period: Period, before: Period) -> None:
    rows = {"org_unit": UNITS, "account": ACCOUNTS, "document": DOCUMENTS, "snapshot_info": [{"first_on": date(2024, 3, 1)}]}
    home = tiny_home(tmp_path, rows)

    reader = pin(home, DEMO_VIEWER)
    page = Page(reader, Selection(None, period.from_on, period.to_on, "all"), unit_tree(reader.units(), ""), "", ())
    assert compared_period(page, "previous") == before

    compared = run_vanban("compare", "activation_rate", "--from", str(period.from_on), "--to", str(period.to_on), home=home.root)
    assert f"compared with {before.from_on} – {before.to_on}" in compared.stderr

    text = " ".join(one.text for one in built(home, "thang", period).paragraphs())
    assert f"khoảng thời gian liền trước (từ ngày {_day(before.from_on)} đến hết ngày {_day(before.to_on)})" in text


def _day(on: date) -> str:
    return f"{on.day:02}/{on.month if on.month > 2 else f'{on.month:02}'}/{on.year}"
