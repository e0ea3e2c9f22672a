"""The data quality page in a real browser: where rows went, which days are missing, and what the checks said."""

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
from metrics.query.snapshot_quality import accounting, active_days, quality_results, rejections
from metrics.tree.scope import Scope

Open = Callable[..., Page]
Serve = Callable[[Path], str]


def digits(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def test_rows_checks_and_reasons_are_those_of_the_snapshot(served: Serve, demo_home: Path, open_page: Open) -> None:
    page = open_page(f"{served(demo_home)}/quality?from=2024-07-01&to=2024-07-31&population=pilot")
    shown = page.eval_on_selector_all(
        ".flow tr[data-entity]", "rows => rows.map(row => [...row.querySelectorAll('[data-rows]')].map(cell => cell.textContent))"
    )
    with open_snapshot(published_snapshot(Home(demo_home).pointer)) as snapshot:
        frame, refused, results = accounting(snapshot), rejections(snapshot), quality_results(snapshot)
        busy = active_days(snapshot, Period(date(2024, 7, 1), date(2024, 7, 31)), Scope())
    counts = [tuple(map(digits, row)) for row in shown]
    assert sorted(counts) == sorted(frame.select("rows_in", "rows_loaded", "rows_duplicate", "rows_filtered", "rows_rejected").rows())
    assert all(into == sum(parts) for into, *parts in counts)
    expect(page.locator(".sentence")).to_contain_text(re.compile(f"{frame['rows_in'].sum():,}".replace(",", r"\.")))
    reasons = page.eval_on_selector_all(".ranked li b", "all => all.map(one => one.textContent)")
    assert sum(map(digits, reasons)) == refused["rows"].sum() == frame["rows_rejected"].sum()
    expect(page.locator("[data-panel=results]")).to_contain_text(f"{(results['outcome'] == 'passed').sum()} đạt")
    # Each unit directly below the whole has its strip of 31 days; all units that left a record are in one of them.
    assert busy["unit_code"].n_unique() > 90
    strips = page.locator(".strips li")
    assert strips.count() > 60
    assert set(page.eval_on_selector_all(".strips .cells", "all => all.map(one => getComputedStyle(one).getPropertyValue('--cells'))")) == {"31"}
    expect(page.locator(".runs li").first).to_contain_text("đã công bố")


def test_the_link_is_the_view_and_a_table_goes_out_as_displayed(served: Serve, demo_home: Path, open_page: Open) -> None:
    page = open_page(f"{served(demo_home)}/quality?unit=N01&from=2025-09-01&to=2025-09-30&population=all&lang=en")
    expect(page.locator(".sentence")).to_contain_text("rows came in and all are accounted for")
    with page.expect_download() as waiting:
        page.locator("[data-file=csv][data-of=accounting]").click()
    lines = Path(waiting.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert waiting.value.suggested_filename == "vanban-dong-du-lieu-N01-2025-09-01-2025-09-30.csv"
    on_page = page.locator(".flow tr[data-entity]").count()
    assert len(lines) == on_page + 1
    assert lines[0].startswith("Source;Kind of row;In;Loaded")
    names = page.eval_on_selector_all(".strips li a", "all => all.map(one => one.textContent)")
    assert names
    assert "Phú Thọ" not in names


def test_a_narrow_screen_has_no_horizontal_scroll(served: Serve, demo_home: Path, open_page: Open) -> None:
    page = open_page(f"{served(demo_home)}/quality", width=390, height=844)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
