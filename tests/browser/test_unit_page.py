"""The page of one unit in a real browser: its rates, its distance, its place among peers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from dashboard.ui.format import percent
from data.paths import Home
from data.snapshot import published_snapshot
from metrics.catalog import metric
from metrics.comparison.targets import read_targets
from metrics.comparison.unit_standings import distance
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import metric_values
from metrics.tree.scope import Scope
from tests.browser.conftest import settle

Open = Callable[..., Page]
Serve = Callable[[Path], str]

JULY = Period(date(2024, 7, 1), date(2024, 7, 31))


def rates(page: Page) -> dict[str, tuple[str, str]]:
    return {
        name: (counts, rate)
        for name, counts, rate in page.eval_on_selector_all(
            "[data-place]", "rows => rows.map(row => [row.dataset.place, row.cells[1].textContent, row.cells[2].textContent])"
        )
    }


def test_every_rate_and_distance_is_what_the_metrics_say(served: Serve, demo_home: Path, open_page: Open) -> None:
    page = open_page(f"{served(demo_home)}/unit?unit=T25&from=2024-07-01&to=2024-07-31&population=pilot")
    shown = rates(page)
    assert len(shown) == 10
    texts = dict(page.eval_on_selector_all("[data-place]", "rows => rows.map(row => [row.dataset.place, row.cells[5].textContent])"))
    targets = {row["metric"]: row["target"] for row in read_targets(demo_home / "targets.csv").iter_rows(named=True)}  # the demo's are for every unit
    assert targets
    with open_snapshot(published_snapshot(Home(demo_home).pointer)) as snapshot:
        for name, (counts, rate) in shown.items():
            group = 1 if metric(name).of == "account" else None
            own = metric_values(snapshot, [name], JULY, Scope("T25", group)).row(0, named=True)
            everyone = metric_values(snapshot, [name], JULY, Scope(None, group)).row(0, named=True)
            assert counts == f"{own['numerator']:,}/{own['denominator']:,}".replace(",", ".")
            assert rate == percent(own["value"], "vi", of=own["denominator"])
            missing = distance(own["numerator"], own["denominator"], targets.get(name, everyone["value"]), metric(name).good)
            assert (str(missing) in texts[name]) if missing else texts[name].startswith("✓"), name
    expect(page.locator(".sentence")).to_contain_text("Phú Thọ đạt 1/7 chỉ tiêu.")
    # Rows are not for leaders, and the demo's viewer is one.
    expect(page.locator("[data-panel=actions]")).to_contain_text("chỉ mở cho chính đơn vị")
    assert page.locator("[data-open]").count() == 0
    page.locator("[data-place=login_rate] .why").click()
    expect(page.locator("#why-login_rate")).to_contain_text("Phú Thọ")


def test_a_unit_is_chosen_and_the_link_is_the_view(served: Serve, demo_home: Path, open_page: Open) -> None:
    page = open_page(f"{served(demo_home)}/unit?from=2025-09-01&to=2025-09-30&population=all&lang=en")
    expect(page.locator(".sentence")).to_contain_text("Choose a unit")
    page.locator(".choose a", has_text=re.compile("^Phú Thọ$")).click()
    expect(page).to_have_url(re.compile("unit=N"))
    expect(page.locator(".sentence")).to_contain_text("Phú Thọ")
    settle(page)  # the words come first
    assert len(rates(page)) == 10
    again = open_page(page.url)
    assert rates(again) == rates(page)
    with again.expect_download() as waiting:
        again.locator("[data-file=csv][data-of=places]").click()
    lines = Path(waiting.value.path()).read_text(encoding="utf-8-sig").splitlines()[1:]
    assert [tuple(line.split(";")[1:3]) for line in lines] == list(rates(again).values())


def test_a_unit_that_ended_says_so_and_a_narrow_screen_does_not_scroll_sideways(served: Serve, demo_home: Path, open_page: Open) -> None:
    page = open_page(f"{served(demo_home)}/unit?unit=T25&from=2025-09-01&to=2025-09-30&population=all", width=390, height=844)
    expect(page.locator(".sentence")).to_contain_text("chưa có số liệu nào")
    expect(page.locator(".under-sentence .look")).to_contain_text("kết thúc ngày 30/6/2025")
    expect(page.get_by_role("combobox", name="Phạm vi")).to_have_value("Phú Thọ")
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
