"""First logins, small multiples and movers: what is drawn and said is what the frames say, and names stay text."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from dashboard.session.events import Event
from dashboard.session.figures import Figure
from dashboard.session.policy import DEMO_VIEWER, Viewer
from dashboard.session.queries import pin
from dashboard.session.state import Selection
from dashboard.ui.components.clicks import file_asked_for
from dashboard.ui.page_context import Page
from dashboard.ui.panel import remembered
from dashboard.ui.panels.first_logins import FirstLogins, Happening, Part, first_logins_panel
from dashboard.ui.table_files import Sheet
from dashboard.ui.unit_names import unit_tree
from dashboard.views.overview.movers import movers_panel
from data.errors import ConfigurationError
from data.paths import Home
from metrics.comparison.account_change import COUNTS
from tests.tiny_snapshot import write_snapshot

EVIL = '"><script>x</script>'
JULY = Selection(None, date(2024, 7, 1), date(2024, 7, 31), "all")


def page_of(folder: Path, selection: Selection = JULY, viewer: Viewer = DEMO_VIEWER, **more: object) -> Page:
    units = [{"unit_code": "R", "level": "toi_cao", "name": "Gốc"}]
    units += [{"unit_code": code, "parent_code": "R", "name": f"Tỉnh {code}", "short_name": f"Tỉnh {code}"} for code in "AB"]
    accounts = [{"account_key": f"k{n}", "unit_code": "AB"[n % 2], "activated_on": date(2024, 7, 1 + n) if n < 6 else None} for n in range(10)]
    logins = [{"account_key": f"k{n}", "day_on": date(2024, 7, day), "has_logged_in": True} for n, day in ((0, 3), (0, 9), (1, 3), (2, 20))]
    path = write_snapshot(folder / "var" / "snapshots", {"org_unit": units, "account": accounts, "account_day": logins}, name="tiny")
    assert path
    reader = pin(Home(folder), viewer)
    return Page(reader, selection, unit_tree(reader.units(), ""), "", **more)  # type: ignore[arg-type]


def test_the_curve_counts_first_logins_and_marks_events(tmp_path: Path) -> None:
    events = (Event(date(2024, 7, 10), None, EVIL), Event(date(2024, 7, 12), "B", "của B"), Event(date(2024, 8, 1), None, "sau đó"))
    panel = first_logins_panel(page_of(tmp_path, events=events))
    ((name, sheet),) = panel.files
    assert name == "first_logins"
    assert isinstance(sheet, Sheet)
    by_day = {row[0]: row[1:] for row in sheet.rows}
    assert by_day["3/7/2024"] == (2, 2, 3, "")
    assert by_day["9/7/2024"] == (0, 2, 6, "")
    assert by_day["10/7/2024"] == (0, 2, 6, EVIL)
    assert by_day["31/7/2024"] == (0, 3, 6, "")
    assert panel.drawn is not None
    _, drawn, below = panel.drawn
    assert "<script" not in panel.markup + below
    assert below.count("<details") == below.count("</details>") == 2
    assert "3 tài khoản" in drawn.alt
    assert "của B" not in drawn.alt  # of one unit below: not the whole's
    of_b = first_logins_panel(page_of(tmp_path / "another", replace(JULY, unit_code="B"), events=events)).drawn
    assert of_b is not None
    assert "của B" in of_b[1].alt


def test_columns_and_line_stand_on_zero_and_names_stay_text() -> None:
    parts = (Part(4, 4, "a"), Part(None, None, ""), Part(2, 6, "b"))
    drawn = FirstLogins(parts, ((0, "1/7"),), (Happening(0.1, "x"), Happening(0.9, EVIL)), "6", "4", EVIL)
    figure = drawn.figure("light")
    columns, line = figure.data
    assert (columns.y, line.y, line.customdata) == ((4, None, 2), (4, None, 6), ("a", "", "b"))
    assert figure.layout.yaxis.range[0] == figure.layout.yaxis2.range[0] == 0
    peak, end, early, late = figure.layout.annotations
    assert (peak.x, peak.y, end.x, end.y) == (0, 4, 2, 6)
    assert (early.xanchor, late.xanchor) == ("left", "right")
    assert early.x == pytest.approx(-0.2)
    assert "<script" not in figure.to_json()
    assert drawn.figure("dark").data[1].line.color != line.line.color


def test_a_curve_of_one_day_or_of_nobody_is_drawn() -> None:
    for part in (Part(1, 1, ""), Part(0, 0, ""), Part(None, None, "")):
        figure = FirstLogins((part,), (), (), "1", str(part.first or 0), "x").figure("light")
        assert len(figure.data) == 2


def test_every_account_that_was_gained_counts_and_nothing_else(tmp_path: Path) -> None:
    page = page_of(tmp_path)

    def moves(*rows: tuple[str, int, int, int]) -> pl.DataFrame:
        sides = ("unit_code", "stayers", "reached_before", "reached_now")
        frame = pl.DataFrame(rows, schema=dict.fromkeys(sides, pl.Int64) | {"unit_code": pl.String}, orient="row")
        others = {name: pl.lit(7) for name in COUNTS if name not in sides}
        return frame.with_columns(**others | {"gained": pl.col("reached_now") - pl.col("reached_before")})

    whole = Figure("activation_rate", None, *(JULY.from_on, JULY.to_on), 50, 100, 0.5)
    panel = movers_panel(page, moves(("A", 50, 10, 40), ("B", 50, 10, 10)), whole, "previous")
    assert panel is not None
    assert "Tỉnh A" in panel.markup
    assert "+30 tài khoản, từ 20%" in panel.markup
    assert "Tỉnh B" not in panel.markup
    nobody = movers_panel(page, moves(("A", 50, 10, 10), ("B", 50, 10, 10)), whole, "previous")
    assert nobody is not None
    assert "Không đơn vị nào trong 2 đơn vị" in nobody.markup
    assert movers_panel(page, None, whole, "previous") is None


def test_what_is_remembered_is_told_apart_by_viewer_view_and_settings(tmp_path: Path) -> None:
    page = page_of(tmp_path)
    assert remembered(page, "x", lambda: "first") == "first"
    assert remembered(page, "x", lambda: "second") == "first"
    others = [
        replace(page, selection=replace(JULY, unit_code="A")),
        replace(page, selection=replace(JULY, language="en")),
        replace(page, selection=replace(JULY, own=(("compare", "year"),))),
        replace(page, settings="changed"),
        replace(page, reader=replace(page.reader, viewer=Viewer("unit", frozenset({"A"}), "A"))),
        replace(page, reader=replace(page.reader, path=shutil.copy(page.reader.path, tmp_path / "another.duckdb"))),
    ]
    assert [remembered(other, "x", lambda number=number: f"own {number}") for number, other in enumerate(others)] == [
        f"own {number}" for number in range(len(others))
    ]


def test_a_file_is_given_once_and_only_what_the_page_offers(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, object] = {}
    monkeypatch.setattr("streamlit.session_state", state)
    sheet = Sheet("name", "title", (), ("a",), (("=1",),))
    assert file_asked_for({"funnel": sheet}) is None
    for asked in (("salaries", "csv"), ("funnel", "exe"), ("", "")):
        state["clicks_file"] = asked
        assert file_asked_for({"funnel": sheet}) is None
    state["clicks_file"] = ("funnel", "csv")
    given = file_asked_for({"funnel": sheet})
    assert given is not None
    assert (given["name"], given["number"]) == ("name.csv", 1)

    def refuses(file: str) -> None:
        raise ConfigurationError(f"{file} cannot be written down")

    state["clicks_file"] = ("funnel", "csv")
    with pytest.raises(ConfigurationError, match=r"name\.csv"):
        file_asked_for({"funnel": sheet}, refuses)
    assert file_asked_for({"funnel": sheet}) is None
