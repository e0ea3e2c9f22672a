"""The overview in a real browser, on the demo system: what is read off the screen is what the metrics say."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.ui.format import number, percent
from dashboard.ui.panels.unit_rows import FIRST_ROWS
from data.paths import Home
from data.snapshot import published_snapshot
from metrics.engines.duckdb import open_snapshot
from metrics.model import Ratio
from metrics.periods import Period
from metrics.query.metric_values import metric_values
from metrics.tree.scope import Scope
from tests.browser.conftest import forget, settle
from tests.dashboards import PATIENCE_S
from tests.golden.test_pilot import POPULATION, PUBLISHED

Open = Callable[..., Page]
Serve = Callable[[Path], str]
JULY = "?from=2024-07-01&to=2024-07-31&population=pilot"


@pytest.fixture
def address(served: Serve, demo_home: Path) -> str:
    return f"{served(demo_home)}/"


def counts(page: Page) -> dict[str, int]:
    """Every count on the page by metric, as shown."""
    shown = page.eval_on_selector_all(".strip [data-metric], .funnel [data-metric]", "all => all.map(one => [one.dataset.metric, one.textContent])")
    return {metric: int(text.replace(".", "").replace(",", "")) for metric, text in shown}


def rates(page: Page) -> dict[str, tuple[str, int | None, int | None]]:
    """Every card by metric: the value as text, and the two counts below it."""
    found = {}
    for metric, value, below in page.eval_on_selector_all(
        ".card",
        "all => all.map(one => [one.dataset.card, one.querySelector('.figure').textContent, one.querySelector('.counts').textContent])",
    ):
        of_both = [int(re.sub(r"\D", "", text)) for text in re.findall(r"[\d.,]+", below)[:2]]
        found[metric] = (value, *of_both) if of_both else (value, None, None)
    return found


def test_the_first_view_shows_the_published_rates(address: str, open_page: Open) -> None:
    page = open_page(address + JULY)
    shown = rates(page)
    accounts, activated, logged_in = (POPULATION[name] for name in ("accounts", "activated", "logged_in_at_least_once"))
    assert shown["activation_rate"] == (f"{PUBLISHED['activation_rate_pct']:.2f}%".replace(".", ","), activated, accounts)
    assert shown["login_rate"] == (f"{PUBLISHED['login_rate_pct']:.2f}%".replace(".", ","), logged_in, activated)
    july = PUBLISHED["to_31_july"]
    assert shown["electronic_issue_ratio"][1:] == (july["documents_issued_electronically"], july["administrative_documents_not_secret"])
    assert counts(page)["axis_incoming"] == july["axis_incoming"]
    assert counts(page)["axis_outgoing"] == july["axis_outgoing"]
    of_all = f"{100 * logged_in / accounts:.2f}%".replace(".", ",")
    expect(page.locator("[data-card=login_rate] .second")).to_contain_text(of_all)
    expect(page.locator("[data-card=activation_rate] .context")).to_contain_text("nhóm 1 · 1/7 – 31/7/2024")
    expect(page.locator("[data-card=fully_electronic_ratio] .context")).to_contain_text("mọi đơn vị · 1/7 – 31/7/2024")
    expect(page.locator(".data-line")).to_contain_text("dữ liệu mô phỏng")


def test_the_first_words_come_before_the_boxes_of_choices_and_the_script_of_charts(address: str, browser: Browser) -> None:
    page = browser.new_page()
    page.add_init_script(
        "const seen = {words: 'h1', boxes: '.st-key-bar_boxes'};"
        "const look = () => { for (const name in seen) if (document.querySelector(seen[name])) { performance.mark(name); delete seen[name]; } };"
        "new MutationObserver(look).observe(document, {childList: true, subtree: true})"
    )
    page.goto(address + JULY)
    page.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=1000 * PATIENCE_S)
    words, boxes, *asked = page.evaluate(
        "[...['words', 'boxes'].map(name => performance.getEntriesByName(name)[0]),"
        " ...performance.getEntriesByType('resource').filter(one => /PlotlyChart.*whole/.test(one.name))].map(one => one.startTime)"
    )
    assert words < boxes and len(asked) == 1 and asked[0] > words
    page.close()


def test_the_flow_window_shows_the_published_counts(address: str, open_page: Open) -> None:
    page = open_page(f"{address}?from=2024-07-01&to=2024-07-25&population=pilot")
    shown, flow = counts(page), PUBLISHED["window_1_to_25_july"]
    assert shown["outgoing_documents"] == flow["outgoing_documents"]
    assert shown["outgoing_electronic"] == flow["outgoing_fully_electronic"]
    assert shown["outgoing_parallel"] == flow["outgoing_parallel_paper"]
    assert shown["outgoing_paper"] == 0
    assert shown["outgoing_signed"] == flow["outgoing_digitally_signed"]
    assert shown["outgoing_not_signed"] == flow["outgoing_not_signed"]
    assert shown["internal_incoming"] == flow["internal_incoming_deliveries"]
    assert shown["internal_outgoing"] == flow["internal_outgoing_documents"]
    # Declared for the whole month: for these days the ratio is unknown, and that is not 0%.
    expect(page.locator("[data-card=electronic_issue_ratio] .figure")).to_have_text("chưa có số liệu")


@pytest.mark.parametrize(
    ("query", "unit_code", "groups", "period"),
    [
        ("from=2024-07-01&to=2024-07-31&population=pilot", None, (1, None), Period(date(2024, 7, 1), date(2024, 7, 31))),
        ("unit=T22&from=2024-07-08&to=2024-07-21&population=1", "T22", (1, 1), Period(date(2024, 7, 8), date(2024, 7, 21))),
        ("from=2025-01-01&to=2025-12-31&population=all&lang=en", None, (None, None), Period(date(2025, 1, 1), date(2025, 12, 31))),
    ],
)
def test_every_figure_is_what_the_metrics_say(
    address: str, open_page: Open, demo_home: Path, query: str, unit_code: str | None, groups: tuple[int | None, int | None], period: Period
) -> None:
    page = open_page(f"{address}?{query}")
    shown_rates, shown_counts = rates(page), counts(page)
    assert len(shown_rates) == 6
    assert len(shown_counts) == 15
    with open_snapshot(published_snapshot(Home(demo_home).pointer)) as snapshot:
        from metrics.catalog import metric

        for name, group in [(name, groups[metric(name).of != "account"]) for name in [*shown_rates, *shown_counts]]:
            row = metric_values(snapshot, [name], period, Scope(unit_code, group)).row(0, named=True)
            if isinstance(metric(name), Ratio):
                value, numerator, denominator = shown_rates[name]
                assert (numerator, denominator) == (row["numerator"], row["denominator"]), name
                if row["value"] is None:
                    assert value == ("chưa có số liệu" if row["numerator"] is None else "–"), name
                else:
                    assert value == percent(row["value"], "en" if "lang=en" in query else "vi", of=row["denominator"]), name
            else:
                assert shown_counts[name] == row["numerator"], name


def test_the_table_of_units_is_what_the_metrics_say(address: str, open_page: Open, demo_home: Path) -> None:
    page = open_page(f"{address}?population=1&from=2024-07-01&to=2024-07-31")
    expect(page.locator(".units tbody tr")).to_have_count(FIRST_ROWS)
    page.get_by_role("link", name="Hiện cả 85 đơn vị").click()
    expect(page.locator(".units tbody tr")).to_have_count(85)
    shown = dict(page.eval_on_selector_all(".units tbody tr", "rows => rows.map(row => [row.dataset.unit, row.cells[2].textContent])"))
    with open_snapshot(published_snapshot(Home(demo_home).pointer)) as snapshot:
        frame = metric_values(snapshot, ["activation_rate"], Period(date(2024, 7, 1), date(2024, 7, 31)), Scope(group=1), by="unit")
    of_units = frame.filter(pl.col("unit_code").is_not_null())
    expected = {code: f"{number(n, 'vi')}/{number(d, 'vi')}" for code, n, d in of_units.select("unit_code", "numerator", "denominator").iter_rows()}
    assert len(expected) == 85
    assert shown == expected


def test_a_unit_is_found_without_marks_and_the_link_is_the_view(address: str, open_page: Open) -> None:
    page = open_page(address + JULY)
    before = page.locator("[data-counts=activation_rate]").inner_text()
    box = page.get_by_role("combobox", name="Phạm vi")
    box.click()
    box.fill("phu tho")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("unit=T25"))
    expect(page.locator("[data-counts=activation_rate]")).not_to_have_text(before)
    settle(page)
    again = open_page(page.url)
    assert rates(again) == rates(page)
    assert counts(again) == counts(page)
    expect(again.get_by_role("combobox", name="Phạm vi")).to_have_value("Phú Thọ")
    box.click()
    box.fill("dong da")
    expect(page.get_by_role("option").first).to_contain_text("Đống Đa")
    page.keyboard.press("Escape")
    page.go_back()
    expect(page.locator("[data-counts=activation_rate]")).to_have_text(before)


def test_period_and_population_go_into_the_link(address: str, open_page: Open) -> None:
    page = open_page(address + JULY)
    page.locator(".st-key-population_box button").click()
    page.get_by_text("Nhóm 2", exact=True).click()
    expect(page).to_have_url(re.compile("population=2"))
    expect(page.locator("[data-card=activation_rate] .context")).to_contain_text("nhóm 2")
    page.keyboard.press("Escape")
    page.locator(".st-key-period button").click()
    preset = page.get_by_role("combobox", name=re.compile("Kỳ có sẵn"))
    preset.click()
    preset.fill("Quý IV/2024")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("from=2024-10-01&to=2024-12-31"))
    expect(page.locator("[data-card=activation_rate] .context")).to_contain_text("1/10 – 31/12/2024")
    expect(page.locator("[data-card=activation_rate] .change")).to_contain_text("điểm so với kỳ liền trước")
    page.keyboard.press("Escape")
    page.locator("[data-card=activation_rate] .why").click()
    expect(page.locator("#why-activation_rate")).to_contain_text("1/7 – 30/9/2024")


def test_a_range_is_picked_in_the_calendar_by_two_clicks(address: str, open_page: Open) -> None:
    page = open_page(f"{address}?from=2024-07-01&to=2024-07-31&population=1")
    for first, last in ((5, 20), (9, 10)):
        if not page.get_by_test_id("stDateInput").is_visible():
            page.locator(".st-key-period button").click()
        page.get_by_test_id("stDateInput").get_by_role("button").first.click()
        for day in (first, last):
            page.locator("[role=gridcell] [role=button]:not([data-outside-month])").get_by_text(str(day), exact=True).click()
            settle(page)
        expect(page).to_have_url(re.compile(f"from=2024-07-{first:02}&to=2024-07-{last:02}"))
        expect(page.locator("[data-card=activation_rate] .context")).to_contain_text(f"{first}/7 – {last}/7/2024")
        settle(page)


def test_an_unusable_link_is_told_and_answered(address: str, open_page: Open) -> None:
    page = open_page(f"{address}?unit=%3Cscript%3E&from=2024-07-31&to=2024-07-01&population=9&lang=xx")
    expect(page.locator(".notice p")).to_have_count(4)
    expect(page.locator(".notice")).to_contain_text("“<script>”")
    expect(page.locator("[data-card=activation_rate] .context")).to_contain_text("1/10 – 31/10/2026")


def test_the_language_switch_keeps_the_view(address: str, open_page: Open) -> None:
    page = open_page(f"{address}?unit=T22&from=2024-07-01&to=2024-07-31&population=1")
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    page.locator("a.language").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("[data-card=activation_rate] h3")).to_have_text("Accounts activated")
    expect(page).to_have_url(re.compile("unit=T22.*lang=en|lang=en.*unit=T22"))
    assert re.fullmatch(r"\d+\.\d\d%", page.locator("[data-card=activation_rate] .figure").inner_text().strip())


def test_search_sort_and_export_of_the_table(address: str, open_page: Open) -> None:
    page = open_page(f"{address}?population=1&from=2024-07-01&to=2024-07-31&rows=all")
    search = page.get_by_role("textbox", name="Tìm đơn vị")
    search.fill("dong anh")
    search.press("Enter")
    expect(page.locator(".units tbody tr")).to_have_count(1)
    expect(page.locator(".units tbody th")).to_contain_text("Đông Anh")
    search.fill("")
    search.press("Enter")
    expect(page.locator(".units tbody tr")).to_have_count(85)
    order = page.get_by_role("combobox", name=re.compile("Xếp theo"))
    order.click()
    order.fill("Kích hoạt, thấp trước")
    page.keyboard.press("Enter")
    expect(page.locator(".units tbody tr").first).not_to_contain_text("Vụ 1")
    settle(page)
    shown = page.eval_on_selector_all(".units tbody tr", "rows => rows.map(row => [...row.cells].map(cell => cell.textContent).filter(text => text))")
    counts = [[int(number.replace(".", "")) for number in row[2].split("/")] for row in shown]
    values = [numerator / denominator for numerator, denominator in counts]  # of few accounts the rate is shown in whole per cents
    assert values == sorted(values)
    with page.expect_download() as waiting:
        page.locator("[data-file=csv][data-of=units]").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))[1:]
    assert [row[2 : len(cells)] for row, cells in zip(rows, shown, strict=True)] == [cells[2:] for cells in shown]


def test_why_opens_with_the_definition_and_closes_by_keyboard(address: str, open_page: Open) -> None:
    page = open_page(address + JULY)
    dialog = page.locator("#why-activation_rate")
    expect(dialog).to_be_hidden()
    page.locator("[data-card=activation_rate] .why").focus()
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Tài khoản đã kích hoạt / tài khoản được cấp")
    expect(dialog).to_contain_text("Phiên bản số liệu")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_failed_check_stands_beside_its_figure(address: str, open_page: Open) -> None:
    page = open_page(address + JULY)
    expect(page.locator("[data-card=electronic_issue_ratio] .warning")).to_contain_text("1 kiểm tra chưa đạt")
    expect(page.locator(".checks.failed li")).to_have_count(1)
    expect(page.locator(".data-line .look")).to_contain_text("1 không đạt")


@pytest.mark.parametrize("width", [390, 768])
def test_a_narrow_screen_has_no_horizontal_scroll(address: str, open_page: Open, width: int) -> None:
    page = open_page(address + JULY, width=width, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width
    expect(page.locator("[data-card=activation_rate]")).to_be_in_viewport(ratio=0.2)


def test_dark_and_light_follow_the_system(address: str, open_page: Open) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        page = open_page(address + JULY, scheme=scheme)
        expect(page.locator(".card").first).to_be_visible()
        grounds.append(page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor"))
    assert grounds == ["rgb(255, 255, 255)", "rgb(22, 31, 51)"]


def test_a_tab_that_is_used_again_remembers_nothing(address: str, open_page: Open) -> None:
    """What every test of these pages rests on: of the one before nothing is left but fetched files."""
    page = open_page(address + JULY)
    page.evaluate("localStorage.left = sessionStorage.left = window.name = 'x'; document.cookie = 'left=x'")
    forget(page)
    page.goto(address + JULY)
    settle(page)
    assert page.evaluate("[localStorage.left, sessionStorage.left, window.name, document.cookie.includes('left')]") == [None, None, "", False]


def test_the_typeface_is_served_by_ourselves(address: str, open_page: Open) -> None:
    page = open_page(address + JULY)
    assert page.evaluate("document.fonts.check('600 21px \"Be Vietnam Pro\"', 'Ệ')")
    assert "Be Vietnam Pro" in page.evaluate("getComputedStyle(document.querySelector('.sentence')).fontFamily")


@pytest.mark.long
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_calendar_and_search_by_hand_at_every_width(address: str, open_page: Open, width: int, height: int, language: str, scheme: str) -> None:
    page = open_page(f"{address}?from=2024-07-01&to=2024-07-31&population=1&lang={language}", width=width, height=height, scheme=scheme)
    page.locator(".st-key-period button").click()
    page.get_by_test_id("stDateInput").get_by_role("button").first.click()
    for day in ("5", "20"):
        page.locator("[role=gridcell] [role=button]:not([data-outside-month])").get_by_text(day, exact=True).click()
        settle(page)
    expect(page).to_have_url(re.compile("from=2024-07-05&to=2024-07-20"))
    expect(page.locator("[data-card=activation_rate] .context")).to_contain_text({"vi": "5/7 – 20/7/2024", "en": "5 Jul – 20 Jul 2024"}[language])
    page.keyboard.press("Escape")
    settle(page)
    before = page.locator("[data-counts=activation_rate]").inner_text()
    box = page.get_by_role("combobox", name={"vi": "Phạm vi", "en": "Scope"}[language])
    box.click()
    box.fill("phu tho")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("unit=T25"))
    expect(page.locator("[data-counts=activation_rate]")).not_to_have_text(before)
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
