"""The declarations page in a real browser: declared beside measured, and the link is the view."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from data.paths import Home
from data.snapshot import published_snapshot
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.declarations import declarations
from metrics.query.metric_values import metric_values

Open = Callable[..., Page]
Serve = Callable[[Path], str]

JULY = Period(date(2024, 7, 1), date(2024, 7, 31))


def digits(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def test_the_ledger_is_what_was_declared_and_measured(served: Serve, demo_home: Path, open_page: Open) -> None:
    page = open_page(f"{served(demo_home)}/declarations?role=statistics&from=2024-07-01&to=2024-07-31&population=pilot")
    with open_snapshot(published_snapshot(Home(demo_home).pointer)) as snapshot:
        frame = declarations(snapshot, JULY)
        ratio = metric_values(snapshot, ["electronic_issue_ratio"], JULY).row(0, named=True)
    shown = page.eval_on_selector_all(
        ".ledger tbody tr", "rows => rows.map(row => [row.dataset.unit, row.cells[2].textContent, row.cells[3].textContent])"
    )
    assert {code: (digits(value), digits(issued)) for code, value, issued in shown} == {
        code: (value, issued) for code, value, issued in frame.select("unit_code", "value", "issued").iter_rows()
    }
    less = frame.filter(frame["issued"] > frame["value"])["unit_code"].to_list()
    assert page.eval_on_selector_all(".ledger tr:has(.look)", "rows => rows.map(row => row.dataset.unit)") == less
    assert shown[0][0] == less[0]
    expect(page.locator("[data-metric=electronic_issue_ratio]")).to_contain_text(
        f"({ratio['numerator']:,}/{ratio['denominator']:,})".replace(",", ".")
    )
    text = page.locator(".ledger").inner_text()
    assert not {key for key in frame["declared_by"] if key in text}  # only the beginning of a person's hash is shown


def test_search_and_state_go_into_the_link_and_files_follow_the_screen(served: Serve, demo_home: Path, open_page: Open) -> None:
    page = open_page(f"{served(demo_home)}/declarations?role=statistics&from=2024-07-01&to=2024-07-31&population=pilot&by=less")
    expect(page.locator(".ledger tbody tr")).to_have_count(1)
    with page.expect_download() as waiting:
        page.locator("[data-file=csv][data-of=ledger]").click()
    assert len(Path(waiting.value.path()).read_text(encoding="utf-8-sig").splitlines()) == 2
    page.goto(page.url.replace("by=less", "by=").replace("%3D", "="))
    box = page.get_by_role("textbox", name="Tìm đơn vị")
    box.fill("ba vi")
    box.press("Enter")
    expect(page).to_have_url(re.compile("find=ba"))
    expect(page.locator(".ledger tbody tr")).to_have_count(1)
    expect(page.locator(".ledger tbody th")).to_contain_text("Ba Vì")
    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile("Tải mẫu Excel")).click()
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(Path(waiting.value.path()).read_bytes())).get_sheet_by_index(0).to_python()
    assert len(sheet) - 4 > 140
    assert sheet[4][3] == JULY.from_on


def test_a_narrow_screen_has_no_horizontal_scroll(served: Serve, demo_home: Path, open_page: Open) -> None:
    page = open_page(
        f"{served(demo_home)}/declarations?role=statistics&unit=N01&from=2025-07-01&to=2025-12-31&population=all&lang=en", width=390, height=844
    )
    expect(page.locator(".declared-bars li.current")).to_have_count(6)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
