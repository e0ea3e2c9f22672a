from __future__ import annotations

import csv
import io
import re
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import polars as pl
import pytest

from dashboard.session.compared_period import COMPARE_WITH, RATIOS, CompareWith, baseline_on, compared_period, is_reached
from dashboard.session.installation import targets_of
from dashboard.session.policy import DEMO_VIEWER, Viewer
from dashboard.session.queries import pin
from dashboard.session.state import Selection
from dashboard.ui.page_context import Page
from dashboard.ui.panels.fitted_axis import FittedAxis
from dashboard.ui.table_files import as_csv
from dashboard.ui.translations import catalogue
from dashboard.ui.unit_names import unit_tree
from dashboard.ui.why import reasons
from dashboard.views.compare.comparison import GROUPINGS, ORDERS, found_by, in_groups, in_order, level_shown, of_level, read_comparison
from dashboard.views.compare.funnel_plot import Dot, FunnelPlot, Limits, cases_to_draw, is_logarithmic
from dashboard.views.compare.panels import cell_text, funnel_panel, heat_panel, line_path, multiples_panel, parts_of, sentence
from dashboard.views.compare.table import level_names, level_told, shown_standings, standing_panel, standing_sheet
from data.errors import ConfigurationError
from data.paths import Home
from metrics.catalog import metric
from metrics.periods import Period
from metrics.query.metric_values import metric_values
from tests.tiny_snapshot import write_snapshot

JULY = Selection(None, date(2024, 7, 1), date(2024, 7, 31), "1")
EVIL = '"><script>x</script>'
UNITS = [
    {"unit_code": "R", "level": "toi_cao", "name": "Viện tối cao", "short_name": "Viện tối cao"},
    {"unit_code": "A", "parent_code": "R", "pilot_group": 1, "name": "Tỉnh Ân", "short_name": "Tỉnh Ân", "level": "cap_tinh"},
    {"unit_code": "A1", "parent_code": "A", "pilot_group": 1, "name": "Huyện Đống Đa", "short_name": "Đống Đa", "level": "cap_huyen"},
    {"unit_code": "A2", "parent_code": "A", "pilot_group": 1, "name": "=Chữ", "short_name": "=Chữ", "level": "cap_huyen"},
    {"unit_code": "B", "parent_code": "R", "pilot_group": 1, "name": "Tỉnh Bình", "short_name": "Tỉnh Bình", "level": "cap_tinh"},
    {"unit_code": "C", "parent_code": "R", "pilot_group": 1, "name": "Trống", "short_name": "Trống", "level": "cap_tinh"},
]
ACCOUNTS = {"A1": (28, 30), "A2": (1, 3), "B": (4, 30)}
"""Activated of provisioned, at each unit itself."""


def accounts() -> list[dict[str, object]]:
    return [
        {"unit_code": code, "activated_on": date(2024, 7, 2 if number % 2 else 20) if number < activated else None}
        for code, (activated, provisioned) in ACCOUNTS.items()
        for number in range(provisioned)
    ]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    write_snapshot(home.snapshots, {"org_unit": UNITS, "account": accounts()}, name="tiny")
    (tmp_path / "targets.csv").write_text("metric,unit_code,level,from_on,target\nactivation_rate,,,2024-07-01,90%\n", encoding="utf-8")
    return home


def page_of(home: Home, selection: Selection = JULY, viewer: Viewer = DEMO_VIEWER) -> Page:
    reader = pin(home, viewer)
    targets = targets_of(home, {"dashboard": {"targets": "targets.csv"}})
    return Page(reader, selection, unit_tree(reader.units(), ""), "", targets)


def test_every_unit_but_the_root_stands_with_its_own_figures(home: Home) -> None:
    page = page_of(home)
    found = read_comparison(page)
    assert [one.unit.code for one in found.standings] == ["A", "A1", "A2", "B", "C"]
    assert (found.whole.numerator, found.whole.denominator) == (33, 63)
    by_code = {one.unit.code: one for one in found.standings}
    assert (by_code["A"].counts_text, by_code["A"].rate_text, by_code["A"].below) == ("29/33", "88%", 2)
    assert {code: one.side for code, one in by_code.items()} == {"A": "above", "A1": "above", "A2": "within", "B": "below", "C": None}
    assert {code: one.is_far for code, one in by_code.items()} == {"A": True, "A1": True, "A2": False, "B": True, "C": False}
    assert [by_code[code].missing_text for code in ("A", "A1", "B", "C")] == ["còn 1", "đạt", "còn 23", "–"]
    assert by_code["A2"].peers_text == "chưa khác mức chung"
    assert by_code["C"].rate_text == "–"
    # 3 July against 31 July: a state can be compared as soon as its last day is reached.
    assert found.compared == Period(date(2024, 6, 3), date(2024, 7, 3))
    assert by_code["A1"].change == pytest.approx(14 / 30)
    assert (by_code["A1"].change_text, by_code["C"].change_text) == ("+47", "–")


def test_the_link_chooses_the_ratio_and_what_it_is_compared_with(home: Home) -> None:
    chosen = replace(JULY, own=(("metric", "login_rate"), ("compare", "previous")))
    found = read_comparison(page_of(home, chosen))
    assert (found.metric.name, found.with_what, found.compared) == ("login_rate", "previous", None)
    assert {one.change_text for one in found.standings} == {"–"}
    wrong = replace(JULY, own=(("metric", "overdue"), ("compare", EVIL), ("sort", EVIL), ("by", EVIL)))
    page = page_of(home, wrong)
    found = read_comparison(page)
    assert (found.metric.name, found.with_what) == ("activation_rate", "weeks4")
    assert [one.unit.code for one in shown_standings(page, found)] == ["B", "A", "C"]  # the low one first, of one level
    every = page_of(home, replace(JULY, own=(("level", "all"), ("sort", "high"))))
    assert [one.unit.code for one in shown_standings(every, found)] == ["A1", "A", "A2", "B", "C"]
    assert [one.unit.code for one in shown_standings(page_of(home, replace(JULY, own=(("find", "dong da"),))), found)] == ["A1"]
    assert level_names(page, found) == {"all": "Mọi cấp (5 · 1 cần chú ý)", "cap_tinh": ANY, "cap_huyen": ANY}


def test_a_flow_is_only_compared_with_days_that_the_data_cover(home: Home) -> None:
    def reached(from_on: date, to_on: date, with_what: CompareWith, name: str = "login_rate") -> Period | None:
        page = page_of(home, replace(JULY, from_on=from_on, to_on=to_on, own=(("base", "2024-07-20"),)))
        period = compared_period(page, with_what)
        return period if is_reached(page, period, name) else None

    july, late = (date(2024, 7, 1), date(2024, 7, 31)), (date(2024, 7, 22), date(2024, 7, 31))
    assert reached(*late, "previous") == Period(date(2024, 7, 12), date(2024, 7, 21))
    assert reached(date(2024, 7, 29), date(2024, 7, 31), "weeks4") == Period(date(2024, 7, 1), date(2024, 7, 3))
    assert reached(*late, "weeks4") is None  # its first days are before the data
    assert reached(*july, "year") is None
    assert reached(date(2024, 8, 1), date(2024, 8, 31), "previous") is None  # the view itself is after the cut-off
    assert reached(date(2024, 7, 22), date(2024, 8, 1), "previous", "activation_rate") is None
    assert reached(date(1990, 1, 1), date(1990, 1, 31), "previous", "activation_rate") is None
    # A baseline is as many days as the view, ending on its day; a state needs only that day.
    assert reached(*late, "baseline") == Period(date(2024, 7, 11), date(2024, 7, 20))
    assert reached(*july, "baseline") is None
    assert reached(*july, "baseline", "activation_rate") == Period(date(2024, 6, 20), date(2024, 7, 20))


def test_a_baseline_that_the_link_does_not_name_is_the_first_month_s_end(home: Home) -> None:
    assert baseline_on(page_of(home)) == date(2024, 7, 31)
    assert baseline_on(page_of(home, replace(JULY, own=(("base", EVIL),)))) == date(2024, 7, 31)
    assert baseline_on(page_of(home, replace(JULY, own=(("base", "9999-12-31"),)))) == date(2100, 12, 31)


def test_the_sentence_counts_what_differs(home: Home) -> None:
    page = page_of(home)
    found = read_comparison(page)
    assert "Trong 4 đơn vị, 2 cao hơn và <em>1 thấp hơn</em> mức chung rõ rệt; 1 đơn vị còn lại" in sentence(page, found, "")
    assert "4 tuần" not in sentence(page, found, "")
    only_b = replace(found, standings=tuple(one for one in found.standings if one.unit.code == "B"))
    assert "Trong 1 đơn vị, <em>1 thấp hơn</em> mức chung rõ rệt.</h1>" in sentence(page, only_b, "")
    same = replace(found, standings=tuple(one for one in found.standings if one.unit.code == "A2"))
    assert "chưa thể nói đơn vị nào khác" in sentence(page, same, "")
    nothing = replace(found, standings=tuple(one for one in found.standings if one.unit.code == "C"))
    assert "Chưa có đơn vị nào để so sánh" in sentence(page, nothing, "")


def test_the_sentence_counts_the_level_that_the_page_shows(home: Home) -> None:
    for own, words in ((), "cấp tỉnh: trong 2 đơn vị, 1 cao hơn"), ((("level", "all"),), "Mọi cấp: trong 4 đơn vị, 2 cao hơn"):
        page = page_of(home, replace(JULY, own=own))
        found = read_comparison(page)
        level = level_shown(page, found)
        assert words in sentence(page, replace(found, standings=tuple(of_level(found.standings, level))), level_told(page, found, level))
    page = page_of(home)
    assert level_told(page, replace(read_comparison(page), standings=()), "all") == "", "where there is one level alone nothing has to be told"


def test_the_unwanted_side_is_the_one_that_is_marked(home: Home) -> None:
    page = page_of(home)
    found = read_comparison(page)
    assert [found.tone(one) for one in found.standings] == ["better", "better", "within", "worse", "within"]


def test_units_are_sorted_found_and_grouped(home: Home) -> None:
    standings = read_comparison(page_of(home)).standings
    for key in ("high", "low", "missing", "rise", "fall"):
        assert in_order(standings, key)[-1].unit.code == "C", key  # nothing is neither high nor low
    assert [one.unit.code for one in in_order(standings, "low")] == ["B", "A2", "A", "A1", "C"]
    assert [one.unit.code for one in in_order(standings, "name")] == ["A2", "A1", "A", "B", "C"]
    assert [one.unit.code for one in in_order(standings, "tree")] == ["A", "A1", "A2", "B", "C"]
    assert [one.unit.code for one in found_by(standings, "dong da")] == ["A1"]
    assert [one.unit.code for one in found_by(standings, "huyen dong da")] == ["A1"]  # only the full name says what it is
    groups = in_groups(in_order(standings, "high"), "level")
    assert [(heading, [one.unit.code for one in members]) for heading, members in groups][1][1] == ["A", "B", "C"]
    assert [heading for heading, _ in in_groups(standings, "pilot")] == ["Nhóm 1"]
    assert [heading for heading, _ in in_groups(standings, "none")] == [""]


def test_of_equals_the_larger_unit_comes_first(home: Home) -> None:
    one, *rest = read_comparison(page_of(home)).standings
    small = replace(one, figure=replace(one.figure, denominator=1))
    assert in_order([small, one, *rest], "high").index(one) + 1 == in_order([small, one, *rest], "high").index(small)


def test_the_file_has_what_the_table_shows(home: Home) -> None:
    page = page_of(home)
    found = read_comparison(page)
    groups = in_groups(in_order(found.standings, "high"), "level")
    text = as_csv(standing_sheet(page, found, groups)).decode("utf-8-sig")
    header, *lines = csv.reader(io.StringIO(text), delimiter=";")
    assert header == ["Nhóm theo", "Đơn vị", "Cấp", "n", "N", "Tỷ lệ", "Khoảng tin cậy, từ", "Khoảng tin cậy, đến", *header[8:]]
    assert {line[1]: line[3:6] for line in lines}["Huyện Đống Đa"] == ["28", "30", "93%"]
    assert {line[1]: line[8] for line in lines}["Huyện Đống Đa"] == "47"
    assert "'=Chữ" in {line[1] for line in lines}
    assert header[-1] == "Chất lượng"
    assert {line[-1] for line in lines} == {"Tỷ lệ kích hoạt tài khoản: hiện trạng đến hết ngày 31/7/2024"}
    assert {len(line) for line in lines} == {len(header)}


def test_peers_do_not_see_small_units_nor_what_would_tell_them(home: Home) -> None:
    def seen_by(*own: str, smallest: int = 5) -> pl.DataFrame:
        return pin(home, Viewer("unit", frozenset(own), own[0], smallest=smallest)).compared(["activation_rate"], JULY)

    assert not pin(home, DEMO_VIEWER).compared(["activation_rate"], JULY)["is_hidden"].any()
    peer = seen_by("B")
    hidden = set(peer.filter("is_hidden")["unit_code"])
    assert {"A", "A2"} <= hidden  # A2 has 3 accounts, and A less A1 would tell them
    assert "B" not in hidden
    assert peer.filter("is_hidden").select("numerator", "denominator", "value").null_count().row(0) == (len(hidden),) * 3
    assert "A2" not in set(seen_by("A2").filter("is_hidden")["unit_code"])  # what is small is theirs
    # Who knows A1 can take it out of A: what is left is the 3 accounts of A2.
    assert {"A", "A2"} <= set(seen_by("A1").filter("is_hidden")["unit_code"].drop_nulls())
    assert not seen_by("B", smallest=3)["is_hidden"].any()


def test_peers_see_one_tree_and_one_population_whatever_they_ask(home: Home) -> None:
    """A small unit under another code, in a part of its people or before a reorganisation is no second answer to subtract from the first."""
    reader = pin(home, Viewer("unit", frozenset({"B"}), "B"))
    asked = [replace(JULY, tree=tree, population=population) for tree in ("as_was", "as_is", "comparable") for population in ("all", "1")]
    answers = [reader.compared(["activation_rate", "login_rate"], selection) for selection in asked]
    assert all(one.equals(answers[0]) for one in answers)
    places = [reader.peer_places(["activation_rate"], replace(selection, unit_code="B")) for selection in asked]
    assert all(one.equals(places[0]) for one in places)


def test_weeks_by_unit_equal_the_figures_of_the_week(home: Home) -> None:
    page = page_of(home)
    step, parts = parts_of(Period(JULY.from_on, JULY.to_on))
    assert (step, len(parts)) == ("week", 5)
    found = page.reader.unit_parts("activation_rate", JULY, parts)
    for number, part in enumerate(parts):
        alone = page.reader.values(["activation_rate"], JULY, part, by="unit").slice(1)
        mine = found.filter(pl.col("part") == number).join(alone, on="unit_code", how="semi")
        assert mine["numerator"].to_list() == alone["numerator"].to_list()
    assert parts_of(Period(date(2024, 7, 1), date(2024, 7, 9)))[0] == "day"
    months = parts_of(Period(date(2023, 1, 1), date(2024, 12, 31)))
    assert (months[0], len(months[1]), months[1][-1].to_on) == ("month", 14, date(2024, 12, 31))


def test_a_wrong_target_file_is_told(home: Home) -> None:
    assert targets_of(home, {}).is_empty()
    for name in ("nowhere.csv", 7, "../targets"):
        with pytest.raises(ConfigurationError, match="targets"):
            targets_of(home, {"dashboard": {"targets": name}})


def test_all_words_that_are_put_together_exist() -> None:
    needed = [f"compare.with_{name}" for name in COMPARE_WITH] + [f"compare.change_{name}" for name in COMPARE_WITH]
    needed += [f"compare.by_{order.key}" for order in ORDERS] + [f"compare.group_{name}" for name in GROUPINGS]
    needed += [f"{words}_{metric(name).of}" for name in RATIOS for words in ("compare.axis", "unit.rows")] + [
        f"compare.heat_title_{step}" for step in ("day", "week", "month")
    ]
    needed += [f"compare.is_{side}" for side in ("above", "below", "within")] + ["compare.heat_subtitle_state", "compare.heat_subtitle_flow"]
    assert [key for key in needed if key not in catalogue("vi")] == []


def plot(*dots: Dot, whole: float = 0.5) -> Any:
    limits = (Limits(10, 0.1, 0.2, 0.8, 0.9), Limits(100, 0.4, 0.45, 0.55, 0.6))
    shown = dots or tuple(Dot(name, name, name, "", 10, rate, "within", False) for name, rate in (("none", 0.0), ("all", 1.0)))
    return FunnelPlot(shown, limits, (whole, EVIL), (0.9, "target"), EVIL, EVIL, "vi").figure("light")


def marks(figure: Any, tone: str) -> Any:
    return next(trace for trace in figure.data if trace.name == tone)


def words(figure: Any) -> dict[str, Any]:
    return {one.text: one for one in figure.layout.annotations}


def test_the_plot_escapes_keeps_dots_inside_and_says_where_they_lead() -> None:
    figure = plot(Dot("a", EVIL, EVIL, "unit?unit=a", 10, 1.3, "worse", True), Dot("b", "b", "b", "", 100, 0.0, "within", False))
    assert "<script" not in figure.to_json()
    worse, within, zone = marks(figure, "worse"), marks(figure, "within"), figure.data[1]
    assert (worse.ids[0], worse.x[0], worse.y[0], worse.customdata[0][1]) == ("a", 0.0, 1.0, "unit?unit=a")
    assert (within.ids[0], within.x[0], within.y[0], within.customdata[0][1]) == ("b", 1.0, 0.0, "")
    assert (zone.x[0], zone.y[0], zone.y[-1]) == (0.0, 0.8, 0.2)  # the 95% zone at the smallest unit
    assert list(figure.layout.yaxis.ticktext) == ["0%", "20%", "40%", "60%", "80%", "100%"]


@pytest.mark.parametrize(("whole", "of_whole", "of_target"), [(0.88, "top", "bottom"), (0.92, "bottom", "top"), (0.5, "bottom", "bottom")])
def test_words_of_close_lines_stand_apart(whole: float, of_whole: str, of_target: str) -> None:
    found = words(plot(whole=whole))
    assert found["<b>target</b>"].yanchor == of_target
    assert next(one.yanchor for text, one in found.items() if "target" not in text) == of_whole


@pytest.mark.parametrize(("least", "most", "ticks"), [(6, 45, ["10", "20", "30", "40"]), (22, 37, ["25", "30", "35"]), (40, 41, ["40", "41"])])
def test_units_of_much_the_same_size_have_ticks_to_be_told_by(least: int, most: int, ticks: list[str]) -> None:
    dots = [Dot(str(cases), "x", "", "", cases, 0.5, "within", False) for cases in (least, most)]
    limits = tuple(Limits(cases, 0.1, 0.2, 0.8, 0.9) for cases in (least, most))
    figure = FunnelPlot(tuple(dots), limits, (0.5, "whole"), None, "axis", "alt", "vi").figure("light")
    assert list(figure.layout.xaxis.ticktext) == ticks


def test_names_in_the_plot_do_not_lie_on_each_other() -> None:
    crowd = [Dot(str(number), f"Đơn vị {number}", "", "", 40, 0.9 - number / 1000, "worse", True) for number in range(20)]
    apart = [Dot(str(number), f"Đơn vị {number}", "", "", 40, number / 10, "worse", True) for number in range(1, 9)]
    assert sum("Đơn vị" in text for text in words(plot(*crowd))) <= 2
    assert sum("Đơn vị" in text for text in words(plot(*apart))) == 8


def test_limits_are_drawn_over_all_units_and_crowds_are_spread() -> None:
    drawn = cases_to_draw([6, 45])
    assert drawn[0] <= 6
    assert drawn[-1] >= 45
    assert drawn == sorted(set(drawn))
    assert not is_logarithmic(6, 45)
    assert is_logarithmic(6, 1200)
    assert cases_to_draw([7])[0] < 7 < cases_to_draw([7])[-1]


def test_names_of_units_stay_text_in_every_panel(home: Home) -> None:
    page = page_of(home)
    page = replace(page, tree=replace(page.tree, units={code: replace(unit, name=EVIL, label=EVIL) for code, unit in page.tree.units.items()}))
    found = read_comparison(page)
    shown = shown_standings(page, found)
    multiples = multiples_panel(page, found, shown)
    assert multiples is not None
    panels = [funnel_panel(page, found), heat_panel(page, found, shown), multiples, standing_panel(page, found, shown)[1]]
    texts = [panel.markup + (panel.drawn[2] if panel.drawn else "") for panel in panels]
    for text in texts:
        assert "<script" not in text
        assert "&lt;script&gt;" in text
    assert [text.count("data-quality") for text in texts[:3]] == [1, 1, 1]  # what their figures can bear, as in their files
    assert "<script" not in reasons(EVIL, EVIL, [(EVIL, EVIL)], EVIL, [(EVIL, EVIL)])


def test_cells_of_the_heat_map_round_the_exact_quotient(home: Home) -> None:
    found = read_comparison(page_of(home)).standings[0].figure
    assert cell_text(replace(found, numerator=29, denominator=200, value=29 / 200)) == "15"  # 29 / 200 * 100 is 14.499999999999998


def test_cells_of_the_heat_map_have_the_colour_of_their_ratio(home: Home) -> None:
    page = page_of(home)
    found = read_comparison(page)
    markup = heat_panel(page, found, found.standings).markup
    assert re.search(r'<span class="over-0">93</span>', markup)  # of a target of 90%
    assert '<span class="none">–</span>' in markup  # a unit without accounts


def test_an_interval_does_not_reach_out_of_its_cell(home: Home) -> None:
    page = page_of(home)
    found = read_comparison(page)
    double = [replace(one, figure=replace(one.figure, value=2.0)) for one in found.standings if one.low is not None]
    markup = standing_panel(page, found, double)[1].markup
    assert "left:100.00%" in markup
    assert "left:200" not in markup


def test_small_lines_beyond_the_first_stand_behind_a_click(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[multiples_panel.__module__], "MULTIPLES", 2)
    page = page_of(home)
    found = read_comparison(page)
    panel = multiples_panel(page, found, found.standings)
    assert panel is not None
    assert panel.markup.count("data-multiple=") == 4  # C has no account
    assert panel.markup.split("<details")[0].count("data-multiple=") == 2
    assert panel.markup.count('class="drawing worse"') == 1


def test_a_small_line_goes_from_0_to_100_percent_with_a_gap_where_a_value_is_missing() -> None:
    assert line_path([0.0, None, 1.0, 0.5], FittedAxis(0.0, 1.0)) == "M0.0 96.0 M66.7 4.0 L100.0 50.0"
    assert line_path([None, None], FittedAxis(0.0, 1.0)) == ""


def test_what_is_on_the_page_is_what_the_metrics_say(home: Home) -> None:
    page = page_of(home, replace(JULY, unit_code="A"))
    found = read_comparison(page)
    from metrics.engines.duckdb import open_snapshot
    from metrics.tree.scope import Scope

    frame = metric_values(
        open_snapshot(page.reader.path), ["activation_rate"], Period(JULY.from_on, JULY.to_on), Scope(unit_code="A", group=1), "unit"
    )
    assert [(one.unit.code, one.figure.numerator, one.figure.denominator) for one in found.standings] == [
        row[1:] for row in frame.slice(1).select("metric", "unit_code", "numerator", "denominator").iter_rows()
    ]
    assert found.whole.value == frame["value"][0]
