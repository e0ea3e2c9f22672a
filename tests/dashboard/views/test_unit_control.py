"""The unit's own variation: signals, limits set anew by a reorganisation, and whether a target is reached reliably, on a few rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from dashboard.session.policy import DEMO_VIEWER
from dashboard.session.queries import pin
from dashboard.session.state import Selection
from dashboard.ui.page_context import Page
from dashboard.ui.unit_names import unit_tree
from dashboard.views.unit.control import control_panel, read_lines
from data.paths import Home
from metrics.comparison.targets import SCHEMA
from metrics.periods import month
from tests.tiny_snapshot import write_snapshot

MONTHS = [date(2024 + number // 12, number % 12 + 1, 10) for number in range(14)]
ELECTRONIC = [9, 11, 10, 10, 9, 11, 10, 9, 11, 10, 10, 9, 11, 19]
"""Of 20 documents of each month."""


def home_of(folder: Path, taken_in: date | None = None) -> Home:
    home = Home(folder)
    documents = [
        {"unit_code": "A", "issued_on": on, "number": f"{on}-{number}", "is_electronic": number < count}
        for on, count in zip(MONTHS, ELECTRONIC, strict=True)
        for number in range(20)
    ]
    units = [{"unit_code": "R", "level": "toi_cao"}, *({"unit_code": code, "parent_code": "R"} for code in "AB")]
    successions = [{"old_code": "B", "new_code": "A", "effective_on": taken_in}] if taken_in else []
    info = [{"first_on": date(2024, 1, 1), "cutoff_at": "2025-02-28 16:00:00+00"}]
    write_snapshot(home.snapshots, {"org_unit": units, "unit_succession": successions, "document": documents, "snapshot_info": info})
    return home


def page_of(home: Home, target: float = 0.3) -> Page:
    reader = pin(home, DEMO_VIEWER)
    row = {"metric": "fully_electronic_ratio", "from_on": date(2024, 1, 1), "target": target, "window": "month"}
    targets = pl.DataFrame([{**dict.fromkeys(SCHEMA), **row}], schema=SCHEMA)
    return Page(reader, Selection("A", date(2025, 2, 1), date(2025, 2, 20), "all"), unit_tree(reader.units(), ""), "", targets)


@pytest.mark.parametrize(("target", "said"), [(0.2, "✓ đạt ổn định"), (0.5, "≈ lúc đạt lúc không"), (0.9, "✗ không đạt")])
def test_the_target_is_reached_reliably_or_not(tmp_path: Path, target: float, said: str) -> None:
    line = next(one for one in read_lines(page_of(home_of(tmp_path), target)) if one.name == "fully_electronic_ratio")
    assert line.months[-1] == month(date(2025, 1, 1))  # the page's own month is not whole
    assert (line.change, line.assurance) == ("trong vùng thường lệ", said)


def test_an_unusual_month_is_marked_with_its_words(tmp_path: Path) -> None:
    page = page_of(home_of(tmp_path))
    whole = Page(page.reader, Selection("A", date(2025, 2, 1), date(2025, 2, 28), "all"), page.tree, "", page.targets)
    line = next(one for one in read_lines(whole) if one.name == "fully_electronic_ratio")
    assert (line.value, line.change) == ("95%", "▲ tốt lên khác thường")
    panel = control_panel(whole)
    assert "▲ tốt lên khác thường" in panel.markup and "<b style=" in panel.markup
    assert panel.files[0][0] == "control"
    assert "Tỷ lệ hoàn toàn điện tử" in panel.markup.partition("data-quality")[2]  # what its figures can bear
    documents = next(one for one in read_lines(whole) if one.name == "outgoing_documents")
    assert (documents.value, documents.change) == ("1,0", "trong vùng thường lệ")  # 20 documents of 20 working days


def test_a_reorganisation_sets_the_limits_anew(tmp_path: Path) -> None:
    lines = read_lines(page_of(home_of(tmp_path, taken_in=date(2024, 3, 15))))
    assert {line.months[0] for line in lines} == {month(date(2024, 4, 1))}
    page = page_of(home_of(tmp_path / "late", taken_in=date(2024, 9, 15)))
    assert not read_lines(page)
    assert "Cần ít nhất 9 tháng" in control_panel(page).markup
