"""The comparison of units in a real browser, on the demo system: its figures are those of the metrics, and its address is the view."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from dashboard.ui.format import percent
from data.paths import Home
from data.snapshot import published_snapshot
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import metric_values
from metrics.tree.scope import Scope
from tests.browser.conftest import settle
from tests.golden.test_pilot import POPULATION

Open = Callable[..., Page]
Serve = Callable[[Path], str]
JULY = Period(date(2024, 7, 1), date(2024, 7, 31))
ROWS = ".standing tbody tr[data-unit]"
PLOT = ".st-key-drawn_funnel_plot .js-plotly-plot"


@pytest.fixture
def address(served: Serve, demo_home: Path) -> str:
    return f"{served(demo_home)}/compare"


def expected(demo_home: Path, name: str, period: Period, unit_code: str | None = None) -> dict[str, tuple[int, int]]:
    """Numerator and denominator of every unit of group 1 below the scope."""
    snapshot = open_snapshot(published_snapshot(Home(demo_home).pointer))
    frame = metric_values(snapshot, [name], period, Scope(unit_code=unit_code, group=1), "unit").slice(1)
    return {code: (numerator, denominator) for code, numerator, denominator in frame.select("unit_code", "numerator", "denominator").iter_rows()}


def table(page: Page) -> list[tuple[str, list[str]]]:
    """Unit code and texts of every row shown."""
    found = page.eval_on_selector_all(ROWS, "rows => rows.map(row => [row.dataset.unit, [...row.cells].map(cell => cell.textContent)])")
    return [(code, cells) for code, cells in found]


def counts(text: str) -> tuple[int, ...]:
    return tuple(int(part.replace(".", "")) for part in text.split("/"))


def test_every_figure_of_the_first_view_is_that_of_the_metrics(address: str, open_page: Open, demo_home: Path) -> None:
    page = open_page(f"{address}?population=1&from=2024-07-01&to=2024-07-31&level=all&sort=high")
    units = expected(demo_home, "activation_rate", JULY)
    shown = table(page)
    assert {code: counts(cells[2]) for code, cells in shown} == units
    assert len(units) == 85
    edge = "what => document.querySelector(what).getBoundingClientRect().right"
    assert page.evaluate(edge, ".data-line .pill") <= page.evaluate(edge, ".data-line"), "what is said of the data ends with the bar's other lines"
    rates = [numerator / denominator for numerator, denominator in (counts(cells[2]) for _, cells in shown)]  # of few shown in whole per cents
    assert rates == sorted(rates, reverse=True)
    for code, cells in shown:
        assert cells[3] == percent(units[code][0] / units[code][1], "vi", of=units[code][1]), cells

    # The words, the dots and the table tell of the same units.
    words = page.locator(".sentence").inner_text()
    higher, lower, rest = (int(number) for number in re.findall(r"(\d+) (?:cao hơn|thấp hơn|đơn vị còn lại)", words))
    assert higher + lower + rest == len(units)
    page.locator(f"{PLOT} .main-svg").first.wait_for()
    traces = page.eval_on_selector(PLOT, "plot => plot.data.filter(one => one.ids).map(one => [one.name, one.ids])")
    tones = [(code, tone) for tone, codes in traces for code in codes]
    assert sorted(code for code, _ in tones) == sorted(units)
    assert [sum(tone == kind for _, tone in tones) for kind in ("better", "worse", "within")] == [higher, lower, rest]
    assert sum("chưa khác mức chung" in cells[-1] for _, cells in shown) == rest
    whole = f"{100 * POPULATION['activated'] / POPULATION['accounts']:.2f}%".replace(".", ",")
    expect(page.locator(f"{PLOT} .annotation").nth(0)).to_have_text(f"chung {whole}")
    expect(page.locator(f"{PLOT} .annotation").nth(1)).to_have_text("chỉ tiêu 90%")

    # The heat map: the same units in the same order, week by week.
    cells = page.eval_on_selector_all(
        ".heat tbody tr", "rows => rows.map(row => [row.dataset.unit, [...row.cells].slice(1).map(cell => cell.textContent)])"
    )
    assert [code for code, _ in cells] == [code for code, _ in shown]
    for number, week in enumerate(JULY.split("week")):
        of_week = expected(demo_home, "activation_rate", week)
        for code, texts in cells[:40]:
            assert int(texts[number]) == pytest.approx(100 * of_week[code][0] / of_week[code][1], abs=0.5001)

    # A dot says its figures where one points at it, and leads to its unit.
    dot, code = page.locator(f"{PLOT} .scatterlayer .trace").last.locator(".point").last, traces[-1][1][-1]
    dot.scroll_into_view_if_needed()
    box = dot.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(f"{PLOT} .hoverlayer")).to_contain_text(percent(units[code][0] / units[code][1], "vi", of=units[code][1]))
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url(re.compile(f"unit={code}(&|$)"))
    settle(page)
    expect(page.locator(".state")).to_have_count(0)


def test_choices_go_into_the_address_and_a_link_is_the_view(address: str, open_page: Open, demo_home: Path) -> None:
    page = open_page(f"{address}?population=1&from=2024-07-01&to=2024-07-31&level=all")
    page.locator(".st-key-metric_box button").click()
    page.get_by_text("Đăng nhập trên tổng tài khoản", exact=True).click()
    expect(page).to_have_url(re.compile("metric=login_rate_of_provisioned"))
    page.keyboard.press("Escape")
    search = page.get_by_role("textbox", name="Tìm đơn vị")
    search.fill("dong da")
    search.press("Enter")
    expect(page.locator(ROWS)).to_have_count(1)
    expect(page.locator(f"{ROWS} th")).to_contain_text("Đống Đa")
    expect(page.locator(".heat tbody tr")).to_have_count(1)
    settle(page)
    search.fill("")
    search.press("Enter")
    expect(page.locator(ROWS)).to_have_count(85)
    order = page.get_by_role("combobox", name=re.compile("Xếp theo"))
    order.click()
    order.fill("Tỷ lệ, thấp trước")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("sort=low"))
    grouping = page.get_by_role("combobox", name=re.compile("Nhóm theo"))
    grouping.click()
    grouping.fill("Gộp theo cấp")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("by=level"))
    expect(page.locator(".group-row")).to_have_count(4)
    settle(page)
    shown = table(page)
    units = expected(demo_home, "login_rate_of_provisioned", JULY)
    assert {code: counts(cells[2]) for code, cells in shown} == units

    with page.expect_download() as waiting:
        page.locator("[data-file=csv][data-of=standing]").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))[1:]
    assert [(int(row[3]), int(row[4].replace(".", ""))) for row in rows] == [counts(cells[2]) for _, cells in shown]
    assert [row[5] for row in rows] == [cells[3] for _, cells in shown]
    with page.expect_download() as waiting:
        page.locator("[data-file=xlsx][data-of=standing]").click()
    book = CalamineWorkbook.from_path(waiting.value.path())
    assert len(book.sheet_names) == 1
    cells = [row for row in book.get_sheet_by_index(0).to_python() if row[2] in {line[2] for line in rows}]
    assert [(row[1], row[3], row[4]) for row in cells] == [(row[1], *counts(shown_row[2])) for row, (_, shown_row) in zip(rows, shown, strict=True)]
    assert [percent(float(row[5]), "vi", of=int(row[4])) for row in cells] == [row[3] for _, row in shown]

    other = open_page(page.url)
    assert table(other) == shown


def test_a_province_is_compared_within_itself(address: str, open_page: Open, demo_home: Path) -> None:
    page = open_page(f"{address}?population=1&from=2024-07-01&to=2024-07-31&level=all", width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    page.locator(f"{ROWS} a.inside").first.click()
    page.wait_for_url(re.compile("compare.*unit="))
    settle(page)
    unit_code = re.search(r"unit=(\w+)", page.url)
    assert unit_code
    units = expected(demo_home, "activation_rate", JULY, unit_code.group(1))
    expect(page.locator(ROWS)).to_have_count(len(units))
    assert {code: counts(cells[2]) for code, cells in table(page)} == units
    page.locator(".why").click()
    dialog = page.locator("#why-compare")
    expect(dialog).to_contain_text("Tài khoản đã kích hoạt / tài khoản được cấp")
    dialog.get_by_role("link").click()
    page.wait_for_url(re.compile("dictionary.*#activation_rate"))
    expect(page.locator("#activation_rate")).to_be_in_viewport()
