"""The page on data quality: the accounting identity is judged, silences are found, and every text stays text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from dashboard.session.policy import DEMO_VIEWER
from dashboard.session.queries import Making, pin
from dashboard.session.state import Selection
from dashboard.ui.page_context import Page
from dashboard.ui.unit_names import Unit, UnitTree, unit_tree
from dashboard.views.quality.completeness import Silence, completeness_panel, directly_below, long_silences, silences
from dashboard.views.quality.row_accounting import Flow, accounting_panel, flow_table, freshness_panel, rejections_panel
from dashboard.views.quality.run_history import results_panel, runs_panel
from data.paths import Home
from data.run_history import RunResult
from metrics.periods import Period
from tests.tiny_snapshot import write_snapshot

EVIL = "\"><script>x</script>'"
MONDAY = date(2024, 7, 1)


@pytest.fixture
def page(tmp_path: Path) -> Page:
    home = Home(tmp_path)
    write_snapshot(home.snapshots, {"org_unit": [{"unit_code": "R", "level": "toi_cao", "name": EVIL, "short_name": EVIL}]}, name="tiny")
    reader = pin(home, DEMO_VIEWER)
    return Page(reader, Selection(None, MONDAY, date(2024, 7, 31), "all"), unit_tree(reader.units(), ""), "")


def making(page: Page) -> Making:
    """What the snapshot says, in place of it what a hostile source would make of it."""
    real = page.reader.making()
    batch = {"source": EVIL, "entity": EVIL, "batch": "1", "fetched_at": page.reader.info.cutoff_at, "newest_at": None}
    counts = {"rows_in": 5, "rows_loaded": 3, "rows_duplicate": 1, "rows_filtered": 0, "rows_rejected": 0}
    run = RunResult("1", "failed", "2024-07-01T03:00:00+00:00", {"fetch": 1.0, "stage": 3.0}, warnings=(EVIL,), message=EVIL)
    return replace(
        real,
        accounting=pl.DataFrame([{**batch, **counts}], schema=real.accounting.schema),
        rejections=pl.DataFrame([(EVIL, EVIL, EVIL, EVIL, 3)], schema=real.rejections.schema, orient="row"),
        results=pl.DataFrame([(EVIL, EVIL, "fail", "failed", 1, 5), ("b", EVIL, "fail", "passed", 0, 5)], schema=real.results.schema, orient="row"),
        runs=(run,),
        titles={EVIL: EVIL},
    )


def test_a_refusal_names_its_reason_in_words_and_the_spellings_as_they_are(page: Page) -> None:
    row = ("s", "document", "issued_at", "not a date: 2024-13-45 (2), 31-6-24 (1)", 3)
    refused = pl.DataFrame([row], schema=page.reader.making().rejections.schema, orient="row")
    markup = rejections_panel(page, replace(making(page), rejections=refused)).markup
    assert "không phải ngày: 2024-13-45 (2), 31-6-24 (1)" in markup


def test_texts_from_sources_stay_text_in_every_panel(page: Page) -> None:
    given = making(page)
    silence = Silence("R", frozenset({MONDAY}), (date(2024, 7, 2),), ((date(2024, 7, 2),),))
    panels = [accounting_panel(page, given), freshness_panel(page, given), rejections_panel(page, given), results_panel(page, given)]
    for panel in (*panels, runs_panel(page, given), completeness_panel(page, [silence] * 21)):
        assert "<script" not in panel.markup
        assert "&lt;script&gt;" in panel.markup
        assert '=""><' not in panel.markup


def test_the_identity_is_judged_and_a_broken_one_stands_out() -> None:
    good, broken = Flow("s", "a", (5, 3, 1, 1, 0)), Flow("s", "b", (5, 3, 1, 0, 0))
    assert good.adds_up
    assert not broken.adds_up
    assert "▲" not in flow_table([good], "")
    assert "▲" in flow_table([broken], "")


def test_a_source_has_one_heading_above_all_its_kinds_of_rows() -> None:
    flows = [Flow("s", "a", (5, 5, 0, 0, 0)), Flow("s", "b", (5, 5, 0, 0, 0)), Flow("t", "a", (0, 0, 0, 0, 0))]
    markup = flow_table(flows, "")
    assert markup.count('<tr class="source">') == 2
    assert "width:" not in markup  # nothing was lost, and nothing is drawn of nothing


def test_the_longest_run_fills_the_track(page: Page) -> None:
    markup = runs_panel(page, making(page)).markup
    assert 'class="t0" style="width:25.00%"' in markup
    assert 'class="t1" style="width:75.00%"' in markup


def tree() -> UnitTree:
    above = {"R": None, "A": "R", "A1": "A", "B": "R", "C": "R"}
    return UnitTree({code: Unit(code, code, code, parent, "x", None, 0, date.min, date.max) for code, parent in above.items()})


def test_units_below_count_for_the_unit_directly_below_the_scope() -> None:
    assert directly_below(tree(), None) == {"R": "R", "A": "A", "A1": "A", "B": "B", "C": "C"}
    assert directly_below(tree(), "A") == {"A": "A", "A1": "A1"}


def test_a_silence_over_a_holiday_is_one_and_scattered_days_are_not() -> None:
    days = [MONDAY + timedelta(days=number) for number in range(12) if number not in (5, 6)]
    holiday = days[3]
    silent = {"A1": {days[2], days[4], days[5]}, "B": {days[1], days[6], days[8]}}
    active = pl.DataFrame(
        [(code, on, 1) for code in ("A1", "B", "C", "R") for on in days if on != holiday and on not in silent.get(code, set())],
        schema={"unit_code": pl.String, "day_on": pl.Date, "records": pl.Int64},
        orient="row",
    )
    found = silences(active, tree(), None, Period(days[0], days[-1]))
    assert [(one.unit_code, len(one.missing), one.run) for one in found] == [("A", 3, 3), ("B", 3, 1), ("R", 0, 0), ("C", 0, 0)]
    assert [one.unit_code for one in long_silences(found)] == ["A"]
    assert found[0].long == silent["A1"]
