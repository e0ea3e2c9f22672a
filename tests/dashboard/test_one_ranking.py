"""Headline, list, map, comparison, page of a unit and report name the same units as low, whatever is selected, and nobody above the average."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from dashboard.minute import Minute, read_minute
from dashboard.reports.content.blocks import Table
from dashboard.reports.content.build import build
from dashboard.reports.content.inputs import read_inputs, reader_for
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.request import Request
from dashboard.session.installation import targets_of
from dashboard.session.policy import Role, Viewer
from dashboard.session.queries import pin
from dashboard.session.state import TREES, Selection
from dashboard.ui.format import Language
from dashboard.ui.page_context import Page
from dashboard.ui.panels.low_units import SHOWN, low_units_panel
from dashboard.ui.unit_names import unit_tree
from dashboard.views.compare.comparison import is_beside_peers, read_comparison
from dashboard.views.overview.one_page import one_page
from dashboard.views.overview.provinces import places, provinces_panel
from dashboard.views.overview.verdict import MOST_NAMED, verdict
from dashboard.views.unit.places import read_places
from data.paths import Home
from metrics.catalog import metric
from tests.dashboard.reports.report_homes import tiny_home
from tests.faults.figures import Campaign
from tests.tiny_snapshot import Row

RATIOS = ("activation_rate", "login_rate", "fully_electronic_ratio", "parallel_ratio", "digitally_signed_ratio")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Provinces of the map with offices below them; some are low, some offices alone are."""
    draw = random.Random(7)
    provinces = [place.unit_code for place in places()["2025"] if not place.is_mark]
    units: list[Row] = [{"unit_code": "R", "level": "toi_cao"}]
    accounts: list[Row] = []
    logins: list[Row] = []
    documents: list[Row] = []
    for number, province in enumerate(provinces):
        units.append({"unit_code": province, "parent_code": "R", "pilot_group": 1 + number % 2})
        offices = [f"{province}-{part}" for part in range(max(0, number % 9 - 6))]
        units += [{"unit_code": office, "parent_code": province, "level": "cap_huyen", "pilot_group": 1 + number % 2} for office in offices]
        for code in (province, *offices):
            rate = 0.15 if number % 8 == 2 or code.endswith("-1") else 0.85
            for one in range(16):
                key = f"{code}/{one}"
                accounts.append(
                    {"account_key": key, "unit_code": code, "activated_on": date(2024, 7, 1 + one % 20) if draw.random() < rate else None}
                )
                if accounts[-1]["activated_on"] and draw.random() < rate:
                    logins.append({"account_key": key, "day_on": date(2024, 7, draw.randint(1, 31)), "has_logged_in": True})
            for _ in range(14):
                is_electronic = draw.random() < rate
                shape = {"is_electronic": is_electronic, "is_parallel": not is_electronic, "is_organ_signed": draw.random() < rate}
                documents.append({"unit_code": code, "issued_on": date(2024, 7, draw.randint(1, 31)), **shape})
    return tiny_home(tmp_path_factory.mktemp("ranked"), {"org_unit": units, "account": accounts, "account_day": logins, "document": documents})


def selections(home: Home, count: int, seed: int) -> Iterator[Page]:
    """Pages of random units, periods, groups, trees, ratios and roles."""
    draw = random.Random(seed)
    units = unit_tree(pin(home, Viewer("leader")).units(), "")
    codes = [code for code, unit in units.units.items() if unit.depth]
    info = pin(home, Viewer("leader")).info
    for _ in range(count):
        role: Role = draw.choice(["leader", "leader", "statistics", "statistics", "unit"])
        unit = draw.choice([None, None, None, draw.choice(codes)]) if role != "unit" else draw.choice(codes)
        viewer = Viewer(role, units.below(unit) if role == "unit" and unit else frozenset(), unit if role == "unit" else None)
        from_on = info.first_on + timedelta(days=draw.randint(-8, (info.cutoff_on - info.first_on).days // 2))
        chosen = (("metric", draw.choice(RATIOS)),)
        to_on = from_on + timedelta(days=draw.choice([6, 30, 60, 90]))
        selection = Selection(unit, from_on, to_on, draw.choice(["all", "1", "2"]), tree=draw.choice(TREES), own=chosen)
        yield Page(pin(home, viewer), selection, units, "")


def marked(markup: str, mark: str) -> set[str]:
    """The units whose elements carry a mark, by the addresses that they lead to."""
    return {found[1] for found in re.finditer(r"<a[^>]*\?unit=([^&\"]+)&[^>]*>", markup) if mark in found[0]}


def low_of(page: Page) -> tuple[Minute, set[str]]:
    minute = read_minute(page.reader, page.selection, page.tree, page.targets, None, page.selection.own_value("metric"))
    return minute, set(minute.low)


def check(home: Home, page: Page) -> int:
    """Compares every surface of one selection; gives how many units are low."""
    name = page.selection.own_value("metric")
    minute, low = low_of(page)
    whole, is_down = minute.rate.value, metric(name).good == "down"
    for row in minute.ranked.filter("is_low").iter_rows(named=True):
        assert whole is not None and ((row["value"] > whole) if is_down else (row["value"] < whole)), row
        assert row["excess"] > 0
    heads = minute.heads["unit_code"].to_list()
    assert set(heads) <= low and all(not set(page.tree.above(head)) & low for head in heads)

    words = verdict(page, minute, "")
    assert set(re.findall(r"unit=([^&]+)&", words)) == set(heads[:MOST_NAMED])
    panel = low_units_panel(page, minute)
    listed = re.findall(r'data-low="([^"]+)"', panel.markup) if panel else []
    assert listed == heads[:SHOWN]
    if not minute.judged:  # no data: nothing is said of anybody
        assert panel is None and not heads and "<em>" not in words and provinces_panel(page, minute) is None
    tiles = provinces_panel(page, minute) if page.selection.unit_code is None else None
    if tiles:
        assert marked(tiles.markup, " low") == low & {place.unit_code for place in places()["2025"]}

    compared = {one.unit.code: one for one in read_comparison(page).standings}
    if is_beside_peers(page):
        own = compared.get(page.selection.unit_code or "")
        seen = read_places(page).get(name)
        if own is not None and seen is not None and own.position is not None:
            assert own.is_low == seen.is_worse
    else:
        assert {code for code, one in compared.items() if one.is_low} == low
        assert {code: one.excess for code, one in compared.items() if one.is_low} == {
            row["unit_code"]: row["excess"] for row in minute.ranked.filter("is_low").iter_rows(named=True)
        }
    if page.selection.tree == "as_was" and page.reader.viewer.role != "unit":
        asked = page.selection
        request = Request("so-ket", asked.period, asked.population, unit_code=asked.unit_code)
        report = ReportData(reader_for(home, request, read_inputs(home)), request, read_inputs(home))
        assert [one.unit.code for one in report.low_units(name)] == heads
    if page.selection.unit_code is None and page.selection.tree == "as_was" and page.selection.population == "all":
        for code in (*heads[:1], *(set(minute.ranked["unit_code"]) - low)):
            seen = read_places(replace(page, selection=replace(page.selection, unit_code=code))).get(name)
            assert seen is None or seen.is_worse == (code in low)
            break
    return len(low)


def test_every_surface_names_the_same_units_as_low(home: Home) -> None:
    found = [check(home, page) for page in selections(home, 20, 3)]
    assert sum(count > 0 for count in found) >= 5


@pytest.mark.long
def test_every_surface_names_the_same_units_as_low_for_200_selections(home: Home) -> None:
    reach = "200 selections, 0 contradictions, nobody above the average"
    campaign = Campaign("One ranking", "random unit, period, group, tree, ratio, role: headline, list, map, comparison, unit page, report", reach)
    found = [check(home, page) for page in selections(home, 200, 5)]
    assert sum(count > 0 for count in found) >= 50
    campaign.record(f"{len(found)} selections, {sum(count > 0 for count in found)} with low units ({sum(found):,} in all): 0 contradictions")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_minute_on_paper_tells_the_same(home: Home, language: Language) -> None:
    july = Selection(None, date(2024, 7, 1), date(2024, 7, 31), "all", language)
    reader = pin(home, Viewer("leader"))
    page = Page(reader, july, unit_tree(reader.units(), ""), "", targets_of(home, {"dashboard": {"targets": "targets.csv"}}))
    minute = read_minute(reader, july, page.tree, page.targets, None, "activation_rate")
    request = Request("phut", july.period, "all", language=language)
    inputs = read_inputs(home)
    report = build(reader_for(home, request, inputs), request, inputs)
    low = next(block for block in report.blocks if isinstance(block, Table) and block.key == "minute.low_units")
    assert [row[4].value for row in low.rows] == minute.heads["excess"].to_list()[: len(low.rows)]
    said = next(one.text for one in report.paragraphs() if one.key == "minute.verdict")
    words = f"Đạt {minute.met}/{len(minute.aims)} chỉ tiêu" if language == "vi" else f"Targets met: {minute.met} of {len(minute.aims)}"
    assert words in said and minute.aims
    offer, button = one_page(page)
    assert offer is not None and 'data-of="one_page"' in button
    assert offer.content("csv") is None and (offer.content("pdf") or b"").startswith(b"%PDF")
    assert one_page(replace(page, selection=replace(july, tree="as_is")))[0] is None  # reports are told on the tree as it was


@pytest.mark.long
def test_two_hundred_selections_of_the_demo_name_the_same_units_as_low(demo_home: Path) -> None:
    found = [check(Home(demo_home), page) for page in selections(Home(demo_home), 200, 11)]
    assert sum(count > 0 for count in found) >= 20
