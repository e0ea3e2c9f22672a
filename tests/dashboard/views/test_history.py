"""The history of a ratio: every month that the data speak of, on an axis that fits, with the target as it was in force."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import dashboard
from dashboard.session.compared_period import metric_choice
from dashboard.session.installation import targets_of
from dashboard.session.policy import DEMO_VIEWER
from dashboard.session.queries import pin
from dashboard.session.state import Selection
from dashboard.ui.page_context import Page
from dashboard.ui.panels.fitted_axis import Around, FittedAxis, around, fitted
from dashboard.ui.panels.history import History, history_panel
from dashboard.ui.unit_names import unit_tree
from data.paths import Home
from tests.tiny_snapshot import write_snapshot

OCTOBER = (date(2024, 10, 1), date(2024, 10, 31))
ACTIVATED = {7: 40, 8: 60, 9: 80, 10: 88}
"""Of 100 accounts, by the end of each month."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    info = [{"cutoff_at": datetime(2024, 10, 31, 16, 30, tzinfo=UTC)}]
    month_of = [next((month for month, count in ACTIVATED.items() if number < count), None) for number in range(100)]
    accounts = [{"unit_code": "A", "activated_on": date(2024, month, 15) if month else None} for month in month_of]
    units = [{"unit_code": "R", "level": "toi_cao"}, {"unit_code": "A", "parent_code": "R"}]
    write_snapshot(home.snapshots, {"snapshot_info": info, "org_unit": units, "account": accounts}, name="tiny")
    text = "metric,unit_code,level,from_on,target\nactivation_rate,,,2024-08-01,70%\nactivation_rate,,,2024-10-01,90%\n"
    (tmp_path / "targets.csv").write_text(text, encoding="utf-8")
    return home


def drawn(home: Home, *own: tuple[str, str]) -> tuple[str, History | None]:
    reader = pin(home, DEMO_VIEWER)
    selection = Selection(None, *OCTOBER, "all", own=own)
    panel = history_panel(Page(reader, selection, unit_tree(reader.units(), ""), "", targets_of(home, {"dashboard": {"targets": "targets.csv"}})))
    chart = panel.drawn[1] if panel.drawn else None
    assert chart is None or isinstance(chart, History)
    return str(panel.markup), chart


def test_every_month_stands_with_the_target_of_its_time(home: Home) -> None:
    words, chart = drawn(home)
    assert chart is not None
    assert [(f"{point.on.month}/{point.on:%y}", point.value, point.target) for point in chart.points] == [
        ("7/24", 0.4, None),
        ("8/24", 0.6, 0.7),
        ("9/24", 0.8, 0.7),
        ("10/24", 0.88, 0.9),
    ]
    assert chart.axis == FittedAxis(0.4, 0.9)
    assert chart.points[-1].title == "Tháng 10/2024: 88,00% 88/100"
    assert "theo nhịp hiện nay, đạt 90% khoảng" in words  # 8 of 20 in four weeks, two are left
    figure = chart.figure("light")
    assert [list(trace.y) for trace in figure.data] == [[None, 0.7, 0.7, 0.9], [0.4, 0.6, 0.8, 0.88]]
    assert list(figure.layout.yaxis.range) == [0.4, 0.9]
    assert list(figure.layout.yaxis.ticktext) == ["40%", "50%", "60%", "70%", "80%", "90%"]
    assert figure.layout.xaxis.dtick == "M1"  # else plotly writes one month twice


def test_what_has_no_second_month_is_not_drawn(home: Home) -> None:
    words, chart = drawn(home, ("metric", "on_time_ratio"))
    assert chart is None
    assert "chưa đủ kỳ để vẽ diễn biến" in words


def test_axes_and_colours_fit_what_is_compared() -> None:
    assert fitted([0.946, 0.948]).high - fitted([0.946, 0.948]).low >= 0.1  # half a point is no cliff
    assert fitted([]) == FittedAxis(0.0, 1.0)
    assert fitted([0.891, 0.989]).place(0.94) == pytest.approx((0.94 - 0.85) / 0.15)
    assert around([0.01, -0.04, 0.5] + [0.03] * 17).reach == 0.05  # the outlier does not wash out the others
    scale = Around(0.09)
    assert [scale.step(one) for one in (-0.2, -0.05, -0.01, 0.0, 0.05, 0.2, None)] == [
        "short-2",
        "short-1",
        "short-0",
        "over-0",
        "over-1",
        "over-2",
        "none",
    ]
    assert Around(0.09, is_down=True).step(0.2) == "short-2"


def test_a_page_with_several_columns_of_charts_is_drawn_whole(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit takes each key once: the charts of the overview stand in columns of their own."""
    monkeypatch.setenv("VANBAN_HOME", str(home.root))
    home.config.write_text('title = "Thử"\norganisation = "Viện"\n\n[etl]\nsources = []\n\n[dashboard]\ntargets = "targets.csv"\n', encoding="utf-8")
    app = AppTest.from_file(str(Path(dashboard.__file__).parent / "app.py"), default_timeout=60).run()
    assert not app.exception
    drawn = "".join(element.proto.body for element in app.get("html"))
    assert "Trang gặp lỗi" not in drawn
    assert all(f'data-panel="{name}"' in drawn for name in ("changes", "support", "history", "funnel", "first_logins", "checks"))


def test_a_home_without_figures_of_the_ratio_offers_no_choice_of_it(home: Home) -> None:
    reader = pin(home, DEMO_VIEWER)
    page = Page(reader, Selection(None, *OCTOBER, "all"), unit_tree(reader.units(), ""), "")
    page.__dict__["known"] = frozenset()  # what is cached of a home that delivers nothing
    metric_choice(page)
