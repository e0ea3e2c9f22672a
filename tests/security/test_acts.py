"""An act goes by the rights of its moment: a click on a button of an earlier view, by whoever looks otherwise by now, does nothing."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from dashboard.ledger import FinishedReport, Ledger
from dashboard.reports.archive.json_record import record_of
from dashboard.reports.content.inputs import read_inputs
from dashboard.reports.content.request import Request
from data.paths import Home
from metrics.periods import Period
from tests.dashboards import Serve
from tests.security.wires import make_home, open_stream, run_of_the_page, text_of

JULY = "from=2024-07-01&to=2024-07-31&report=1"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with one pinned report, which waits for an approval."""
    home = Home(make_home(tmp_path / "home"))
    request = Request("so-ket", Period(date(2024, 7, 1), date(2024, 7, 31)), "all", None)
    with Ledger(home) as ledger:
        ledger.pin(
            FinishedReport(
                "so-ket", "Sơ kết", record_of(request, read_inputs(home)), "20240801T030000-tiny", "0" * 64, "4", {"json": b'{"gaps": []}'}
            ),
            "x",
        )
    return home


def widget(page: str, key: str) -> str:
    found = re.search(rf"\$\$ID-[0-9a-f]+-{key}", page)
    assert found, f"no {key} on the page"
    return found[0]


def status_of(home: Home) -> str:
    with Ledger(home) as ledger:
        return ledger.pin_of(1).status


@pytest.mark.parametrize("role", ["leader", "unit&role_unit=R", "admin"])
def test_a_click_on_a_button_of_an_earlier_role_does_nothing(home: Home, served: Serve, role: str) -> None:
    with open_stream(served(home.root)) as stream:
        page = text_of(run_of_the_page(stream, f"role=statistics&{JULY}", "reports"))
        button, person = widget(page, "report_step"), widget(page, "report_person")
        run_of_the_page(stream, f"role={role}&{JULY}", "reports", button, {person: "Kẻ lạ"})
        assert status_of(home) == "pinned"


def test_the_same_click_counts_while_the_rights_last(home: Home, served: Serve) -> None:
    with open_stream(served(home.root)) as stream:
        page = text_of(run_of_the_page(stream, f"role=statistics&{JULY}", "reports"))
        button, person = widget(page, "report_step"), widget(page, "report_person")
        run_of_the_page(stream, f"role=statistics&{JULY}", "reports", button, {person: "Người duyệt"})
        assert status_of(home) == "approved"


def test_no_address_leads_to_a_file_of_a_report(home: Home, served: Serve) -> None:
    with open_stream(served(home.root)) as stream:
        came = run_of_the_page(stream, f"role=statistics&{JULY}", "reports")
    page = text_of(came)
    assert 'data-of="report_json"' in page
    assert "/media/" not in page, "no file of a page has an address"
    drawn = [one.delta.new_element.WhichOneof("type") for one in came if one.WhichOneof("type") == "delta"]
    assert "html" in drawn
    assert "download_button" not in drawn
