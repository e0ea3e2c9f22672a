"""The documents page in a real browser: what is read off the screen is what the metrics say."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from data.paths import Home
from data.snapshot import published_snapshot
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.document_flow import completion_days, form_by_signature, types_over_time
from metrics.query.metric_values import metric_values
from metrics.tree.scope import Scope
from tests.browser.conftest import settle

Open = Callable[..., Page]
Serve = Callable[[Path], str]

JULY = Period(date(2024, 7, 1), date(2024, 7, 31))


def digits(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def figures(page: Page) -> dict[str, int]:
    return {
        name: digits(text)
        for name, text in page.eval_on_selector_all("[data-metric]", "all => all.map(one => [one.dataset.metric, one.textContent])")
        if not name.endswith("_ratio")
    }


def test_every_figure_is_what_the_metrics_say(served: Serve, demo_home: Path, open_page: Open) -> None:
    page = open_page(f"{served(demo_home)}/documents?from=2024-07-01&to=2024-07-31&population=pilot")
    shown = figures(page)
    with open_snapshot(published_snapshot(Home(demo_home).pointer)) as snapshot:
        said = {
            row["metric"]: row for row in metric_values(snapshot, [*shown, "axis_success_ratio", "median_working_days"], JULY).iter_rows(named=True)
        }
        pairs = form_by_signature(snapshot, JULY)
        types = types_over_time(snapshot, JULY, JULY.split("week"))
        days = completion_days(snapshot, JULY)
    assert len(shown) == 13
    assert shown == {name: said[name]["numerator"] for name in shown}
    branches = [digits(text) for text in page.eval_on_selector_all(".tree .d2 b", "all => all.map(one => one.textContent)")]
    assert branches == [documents for form, _, documents in pairs.iter_rows() if form != "unknown"]
    axis = said["axis_success_ratio"]
    expect(page.locator("[data-metric=axis_success_ratio]")).to_contain_text(f"({axis['numerator']}/{axis['denominator']})")
    expect(page.locator("[data-panel=channels] .look")).to_contain_text(str(axis["denominator"] - axis["numerator"]))
    counts = page.eval_on_selector_all(".heat tbody td:nth-child(2)", "all => all.map(one => one.textContent)")
    assert sum(digits(text.split("/")[0]) for text in counts) == types["parallel"].sum() == said["outgoing_parallel"]["numerator"]
    columns = page.eval_on_selector_all(".day-columns .columns i", "all => all.map(one => one.title)")
    assert sum(digits(title.split(":")[1]) for title in columns) == days["deliveries"].sum() == said["median_working_days"]["numerator"]
    expect(page.locator(".day-columns")).to_contain_text(f"một nửa: {said['median_working_days']['value']:.0f} ngày")


def test_the_link_is_the_view_with_the_price_and_why_opens(served: Serve, demo_home: Path, open_page: Open) -> None:
    page = open_page(f"{served(demo_home)}/documents?unit=T25&from=2024-07-01&to=2024-12-31&population=all")
    page.locator(".st-key-price_box button").click()
    box = page.get_by_role("spinbutton")
    box.fill("200")
    box.press("Enter")
    expect(page).to_have_url(re.compile("price=200"))
    pages = figures(page)["paper_pages_saved"]
    expect(page.locator("[data-cost]")).to_contain_text(f"{pages * 200:,}".replace(",", "."))
    settle(page)
    again = open_page(page.url)
    expect(again.locator("[data-cost]")).to_have_text(page.locator("[data-cost]").inner_text())
    assert figures(again) == figures(page)
    with open_snapshot(published_snapshot(Home(demo_home).pointer)) as snapshot:
        half = Period(date(2024, 7, 1), date(2024, 12, 31))
        (row,) = metric_values(snapshot, ["outgoing_documents"], half, Scope("T25")).iter_rows(named=True)
    assert figures(again)["outgoing_documents"] == row["numerator"]
    again.locator("[data-panel=tree] .why").click()
    expect(again.locator("#why-outgoing_documents")).to_contain_text("mỗi văn bản tính một lần")
    with again.expect_download() as waiting:
        again.locator("[data-file=csv][data-of=tree]").click()
    first = Path(waiting.value.path()).read_text(encoding="utf-8-sig").splitlines()[1]
    assert digits(first.split(";")[2]) == row["numerator"]


def test_nothing_issued_is_said_and_a_narrow_screen_does_not_scroll_sideways(served: Serve, demo_home: Path, open_page: Open) -> None:
    page = open_page(f"{served(demo_home)}/documents?unit=N01&from=2024-07-01&to=2024-07-31&population=all&price=x", width=390, height=844)
    expect(page.locator(".sentence")).to_contain_text("Không có văn bản đi nào")
    assert page.locator("[data-cost]").count() == 0
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
