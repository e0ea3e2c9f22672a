"""The dictionary in a real browser: every metric with its figure, found without tone marks, and reached by its anchor."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data.paths import Home
from data.snapshot import published_snapshot
from metrics.catalog import METRICS
from metrics.engines.duckdb import open_snapshot
from metrics.model import Ratio
from metrics.periods import Period
from metrics.query.delivered import known_metrics
from metrics.query.metric_values import metric_values
from metrics.tree.scope import Scope
from tests.browser.conftest import settle

Open = Callable[..., Page]
Serve = Callable[[Path], str]


@pytest.fixture
def address(served: Serve, demo_home: Path) -> str:
    return f"{served(demo_home)}/dictionary"


def test_every_metric_stands_there_with_its_figure(address: str, open_page: Open, demo_home: Path) -> None:
    page = open_page(f"{address}?population=all&from=2025-03-01&to=2025-03-31")
    shown = dict(page.eval_on_selector_all(".entry .now b", "all => all.map(one => [one.dataset.metric, one.textContent])"))
    snapshot = open_snapshot(published_snapshot(Home(demo_home).pointer))
    frame = metric_values(snapshot, sorted(known_metrics(snapshot)), Period(date(2025, 3, 1), date(2025, 3, 31)), Scope())
    assert set(shown) == set(frame["metric"])
    is_ratio = {one.name: isinstance(one, Ratio) for one in METRICS}
    for name, value in frame.select("metric", "value").iter_rows():
        if value is None:
            assert shown[name] in ("–", "chưa có số liệu"), name
            continue
        number = float(shown[name].rstrip("% ngày").replace(".", "").replace(",", "."))
        assert number == pytest.approx(100 * value if is_ratio[name] else value, abs=0.0051), name


def test_an_anchor_in_a_fresh_link_is_followed_and_the_search_is_the_address(address: str, open_page: Open) -> None:
    page = open_page(f"{address}#on_time_ratio")
    expect(page.locator("#on_time_ratio")).to_be_in_viewport()
    expect(page.locator("#activation_rate")).not_to_be_in_viewport()
    search = page.get_by_role("textbox", name="Tìm chỉ số")
    search.fill("ky so du")
    search.press("Enter")
    expect(page).to_have_url(re.compile("find=ky"))
    expect(page.locator(".entry")).to_have_count(2)  # and "ký số ... được": each word begins one of the label
    expect(page.locator("#fully_signed_ratio h3")).to_contain_text("Tỷ lệ ký số đủ")
    expect(page.locator(".pair")).to_have_count(1)
    page.locator("a.language").click()
    expect(page.locator("#fully_signed_ratio h3")).to_contain_text("Fully signed ratio")
    expect(page).to_have_url(re.compile("find=ky"))
    page.locator("#fully_signed_ratio").get_by_role("link", name=re.compile("Compare units on this metric")).click()
    page.wait_for_url(re.compile("compare.*metric=fully_signed_ratio"))
    settle(page)
    assert "fully_signed" in page.locator("#why-compare a").get_attribute("href")  # type: ignore[operator]


def test_nothing_found_is_told_and_a_phone_has_no_horizontal_scroll(address: str, open_page: Open) -> None:
    page = open_page(address, width=390, height=844)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    search = page.get_by_role("textbox", name="Tìm chỉ số")
    search.fill("<b>xyz")
    search.press("Enter")
    expect(page.get_by_role("status").filter(has_text="<b>xyz")).to_be_visible()
    expect(page.locator(".entry")).to_have_count(0)
