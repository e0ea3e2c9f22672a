"""What pages remember: cases with what came of them, and figures that read otherwise than they were published, each as far as a viewer may see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard.follow_up.memory import memory_of
from dashboard.ledger import Ledger
from dashboard.ledger.actor import typed_actor
from dashboard.ledger.entered.entries import Entries
from dashboard.reports.archive.pinning import pin_report
from dashboard.reports.content.inputs import read_inputs
from dashboard.reports.content.request import Request
from dashboard.session.figures import whole
from dashboard.session.policy import Viewer
from dashboard.session.queries import pin
from dashboard.session.state import Selection
from dashboard.ui.page_context import Page
from dashboard.ui.panels.cases import cases_panel
from dashboard.ui.panels.history import History, history_panel
from dashboard.ui.panels.published import published_panel
from dashboard.ui.translations import use_language
from dashboard.ui.why import restated, why_lines
from data.paths import Home
from metrics.periods import Period
from metrics.tree.scope import Tree
from tests.dashboard.reports.report_homes import account, tiny_home
from tests.tiny_snapshot import Row, write_snapshot

MARCH = Period(date(2024, 3, 1), date(2024, 3, 31))
VIEWERS = {"leader": Viewer("leader"), "statistics": Viewer("statistics"), **{code: Viewer("unit", frozenset({code}), code) for code in "AB"}}


def rows(activated: int) -> dict[str, list[Row]]:
    units: list[Row] = [{"unit_code": "R", "level": "toi_cao"}, *({"unit_code": code, "parent_code": "R"} for code in "AB")]
    signed = [("A", month, number < (18 if month == 3 else 9)) for month in (2, 3) for number in range(20)]
    documents = [{"unit_code": unit, "issued_on": date(2024, month, 10), "is_organ_signed": is_signed} for unit, month, is_signed in signed]
    return {
        "snapshot_info": [{"first_on": date(2024, 2, 1)}],
        "org_unit": units,
        "batch_accounting": [{"entity": "declared_total"}],
        "document": documents,
        "account": [
            account(number, code, activated=number < activated) | {"activated_on": date(2024, 2, 2) if number < activated else None}
            for code in "AB"
            for number in range(10)
        ],
    }


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """One review approved, whose accounts read otherwise now; one case of A, answered and approved."""
    home = tiny_home(tmp_path_factory.mktemp("remembered"), rows(4))
    request = Request("tom-tat", MARCH, "all")
    pinned = pin_report(home, request, read_inputs(home, request), "An", ["html"])
    with Ledger(home) as ledger:
        ledger.take_step(pinned.pin_id, "approve", "Chi")
    content = {"unit_code": "A", "metric": "digitally_signed_ratio", "finding": "fall", "opened_on": "2024-03-01", "deadline": "2024-03-15"}
    words = {"cause": "Hỏng <b>thiết bị</b>", "measure": "Cấp lại", "status": "settled", "result": "Đã cấp"}
    with Entries(home, typed_actor("An", "unit")) as entries:
        (entry,) = entries.enter("case", [{**content, **words}], is_submitted=True)
    with Entries(home, typed_actor("Chi", "statistics")) as entries:
        entries.approve(entry.entry_id, entry.revision)
    write_snapshot(home.snapshots, rows(6), "20240802T030000-tiny")
    return home


def page_of(home: Home, viewer: str, unit: str | None = None, language: str = "vi") -> Page:
    reader = pin(home, VIEWERS[viewer])
    selection = Selection(unit, MARCH.from_on, MARCH.to_on, "all", language)  # type: ignore[arg-type]
    return Page(reader, selection, reader.tree(""), "", memory=memory_of(home, reader))


def test_a_case_shows_what_came_of_it_in_the_next_month(home: Home) -> None:
    for viewer, unit in (("leader", None), ("statistics", "A"), ("A", "A")):
        panel = cases_panel(page_of(home, viewer, unit))
        assert panel is not None, viewer
        assert "đã giải quyết" in panel.markup and "Hỏng &lt;b&gt;thiết bị" in panel.markup
        assert "45% → 90% (9/20 → 18/20): +45 điểm" in panel.markup and "chưa khác" not in panel.markup
        assert ("kind=case" in panel.markup) is (viewer != "leader"), "who may enter is led to where cases are opened"
    other = cases_panel(page_of(home, "B", "B"))
    assert other is not None and "data-case" not in other.markup
    assert cases_panel(page_of(home, "leader", "B")) is None


def test_what_reads_otherwise_than_it_was_published_is_said(home: Home) -> None:
    panel = published_panel(page_of(home, "statistics"))
    assert panel is not None
    assert "<s>40% (8/20 tài khoản)</s> → <b>60% (12/20 tài khoản)</b>" in panel.markup
    assert "reports?" in panel.markup and "report=1" in panel.markup
    assert "9/20" not in panel.markup, "what reads the same is not named"
    assert published_panel(page_of(home, "B", "B")) is None, "the review is not theirs"
    use_language("en")
    english = published_panel(page_of(home, "leader", language="en"))
    use_language("vi")
    assert english is not None and "<s>40% (8/20)</s> → <b>60% (12/20)</b>" in english.markup and "Tỷ lệ" not in english.markup


def test_the_history_shows_what_was_published_beside_what_is_known_now(home: Home) -> None:
    def history(viewer: str, unit: str | None = None, tree: Tree = "as_was") -> tuple[History, str]:
        page = page_of(home, viewer, unit)
        panel = history_panel(replace(page, selection=replace(page.selection, own=(("metric", "activation_rate"),), tree=tree)))
        assert panel.drawn is not None and isinstance(panel.drawn[1], History)
        return panel.drawn[1], str(panel.markup) + str(panel.drawn[2])

    chart, said = history("statistics")
    (published,) = chart.published
    assert (published.days, published.value, chart.points[1].value) == (MARCH, 0.4, 0.6)
    assert published.text.startswith("40% 8/20 · 1/3 – 31/3/2024 · ") and "◇ số đã công bố" in said and "<td>40% 8/20 · " in said
    drawn = chart.figure("light").data[-1]
    assert (drawn.x[0], drawn.y[0]) == ("2024-03-01", 0.4), "a month's figure stands where the line has its month"
    for other in (history("A", "A"), history("statistics", "A"), history("statistics", tree="as_is")):
        assert other[0].published == () and "◇" not in other[1], "not theirs, or of another unit or tree"


def test_the_quality_line_of_a_figure_says_how_it_was_published(home: Home) -> None:
    page = page_of(home, "statistics")
    told = whole(page.reader.values(["activation_rate", "digitally_signed_ratio"], page.selection), None)
    line = dict(why_lines(page, told["activation_rate"]))["Chất lượng"]
    assert line.endswith(": 40% (8/20 tài khoản)") and "đã điều chỉnh: " in line
    assert "đã điều chỉnh" not in dict(why_lines(page, told["digitally_signed_ratio"]))["Chất lượng"]
    of_b = page_of(home, "B", "B")  # the review is not theirs
    assert not restated(of_b, whole(of_b.reader.values(["activation_rate"], of_b.selection), "B")["activation_rate"])


def test_what_is_remembered_changes_with_the_ledger(home: Home, tmp_path: Path) -> None:
    assert memory_of(Home(tmp_path), pin(home, VIEWERS["leader"])).key != memory_of(home, pin(home, VIEWERS["leader"])).key
