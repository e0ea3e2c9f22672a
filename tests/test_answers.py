"""One fact on two surfaces: what a question about figures answers, for every metric and every way to split it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from dashboard.session.policy import Viewer
from dashboard.session.queries import pin
from dashboard.session.state import Selection
from metrics.catalog import METRICS
from metrics.tree.scope import By
from tests.conftest import run_vanban
from tests.dashboard.reports.report_homes import tiny_home

UNITS = [{"unit_code": "R", "level": "toi_cao"}, *({"unit_code": code, "parent_code": "R"} for code in "PQ")]
ACCOUNTS = [{"unit_code": "P", "activated_on": date(2024, 7, 3)}, {"unit_code": "P"}, {"unit_code": "Q", "activated_on": date(2024, 7, 20)}]
DOCUMENTS = [
    {"unit_code": unit, "issued_on": date(2024, 7, day), "is_electronic": day % 2 == 0, "is_paper": day % 2 == 1, "is_signer_signed": day > 9}
    for unit, day in (("P", 2), ("P", 9), ("Q", 10), ("Q", 31))
]


@pytest.mark.parametrize("by", [None, "unit", "week"])
def test_page_and_command_line_answer_alike(tmp_path: Path, by: By | None) -> None:
    home = tiny_home(tmp_path, {"org_unit": UNITS, "account": ACCOUNTS, "document": DOCUMENTS})
    names = [one.name for one in METRICS]
    on_page = pin(home, Viewer("statistics")).values(names, Selection(None, date(2024, 7, 1), date(2024, 7, 31), "all"), by=by)
    # Without a name the command line leaves out what the home never delivers.
    named = [word for name in names for word in ("--metric", name)]
    asked = ["--from", "2024-07-01", "--to", "2024-07-31", "--format", "json", *named, *(["--by", by] if by else [])]
    told = json.loads(run_vanban("metrics", *asked, home=home.root).stdout)

    columns = ("metric", "unit_code", "numerator", "denominator", "value")
    assert len(told) == on_page.height >= len(names)
    assert [tuple(row[name] for name in columns) for row in told] == list(on_page.select(columns).iter_rows())
