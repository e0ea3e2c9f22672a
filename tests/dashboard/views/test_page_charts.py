"""The panels behind the overview: every text is escaped, and what is drawn keeps within its frame."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from dashboard.session.figures import whole
from dashboard.session.policy import Viewer
from dashboard.session.queries import pin
from dashboard.session.state import Selection
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel
from dashboard.ui.unit_names import unit_tree
from dashboard.views.declarations.panels import entries, ledger_panel, missing_panel, months_panel
from dashboard.views.documents.channels import days_panel
from dashboard.views.documents.outgoing import tree_panel, types_panel
from dashboard.views.documents.page import NAMES
from data.paths import Home
from metrics.periods import Period
from tests.tiny_snapshot import write_snapshot

EVIL = "\"><script>x</script>'"
JULY = (date(2024, 7, 1), date(2024, 7, 31))


@pytest.fixture
def page(tmp_path: Path) -> Page:
    units = [{"unit_code": "R", "level": "toi_cao", "name": "Root"}, {"unit_code": "A", "parent_code": "R", "name": EVIL, "short_name": EVIL}]
    documents = [{"unit_code": "A", "doc_type": EVIL, "is_parallel": True}, {"unit_code": "A", "doc_type": EVIL, "is_electronic": True}]
    days = [date(2024, 7, day) for day in (10, 11, 31)]
    deliveries = [{"receiver_code": "A", "arrived_on": date(2024, 7, 9), "completed_on": on, "due_on": date(2024, 7, 12)} for on in days]
    declared = [{"unit_code": "A", "from_on": JULY[0], "to_on": JULY[1], "value": 1}]
    write_snapshot(tmp_path / "var" / "snapshots", {"org_unit": units, "document": documents, "delivery": deliveries, "declared_total": declared})
    reader = pin(Home(tmp_path), Viewer("statistics"))
    return Page(reader, Selection(None, *JULY, "all"), unit_tree(reader.units(), ""), "")


def assert_only_text(panel: Panel) -> None:
    assert "<script" not in panel.markup
    assert "&lt;script&gt;" in panel.markup
    assert '=""><' not in panel.markup


def test_names_of_types_stay_text_and_the_whole_fills_the_track(page: Page) -> None:
    figures = whole(page.reader.values(NAMES, page.selection), None)
    parts = Period(*JULY).split("week")
    flow = page.reader.document_flow(page.selection, parts)
    types = types_panel(page, figures["parallel_ratio"], parts, flow.types)
    assert_only_text(types)
    assert '<span class="q5">50%<span class="unseen"></span></span>' in types.markup
    assert "<span>50%</span>" in types.markup, "the highest ends the scale"
    assert '<span class="none">' in types.markup  # a week without documents
    tree = tree_panel(page, figures, flow.forms).markup
    assert 'class="whole" style="width:100.00%"' in tree
    assert tree.count("width:50.00%") == 4  # two forms, and each one's one signature
    assert 'class="paper"' not in tree  # nothing is drawn of nothing


def test_longer_waits_share_the_last_column(page: Page) -> None:
    figures = whole(page.reader.values(NAMES, page.selection), None)
    days = pl.DataFrame({"days": [1, 25, 40], "deliveries": [4, 1, 2]})
    markup = days_panel(page, {**figures, "p90_working_days": replace(figures["p90_working_days"], value=40.0)}, days).markup
    assert markup.count('<i style="height:') == 21
    assert 'style="height:75.00%" title="≥20 ngày' in markup
    assert "left:97.62%" in markup  # the mark of day 40 stands at the last column


def test_declarations_stay_text_and_their_bars_keep_within_the_frame(page: Page) -> None:
    frame, missing = page.reader.declarations(page.selection)
    found = entries(frame, ["R", "A"])
    ledger = ledger_panel(page, found)
    assert_only_text(ledger)
    assert "width:100.0%" in ledger.markup  # two issued of one declared
    assert "width:50.00%" in months_panel(page, found).markup
    earlier = replace(found[0], from_on=page.reader.info.first_on - timedelta(days=1))
    cut = months_panel(page, [earlier]).markup
    assert "<b>–</b>" in cut and "*</span>" in cut and "một phần những ngày này" in cut
    assert "<b>–</b>" not in months_panel(page, found).markup
    undeclared = pl.DataFrame([("A", 3, 1234)], schema=["unit_code", "days", "documents"], orient="row")
    assert_only_text(missing_panel(page, undeclared))
    assert "all-passed" in missing_panel(page, missing).markup
