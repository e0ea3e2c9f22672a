"""The demo's role switch in a real browser: each group's view, and what it must never see."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import settle

Open = Callable[..., Page]
Serve = Callable[[Path], str]

JULY = "from=2024-07-01&to=2024-07-31&population=pilot"


def pages(page: Page) -> list[str]:
    return page.locator("nav.pages a").all_inner_texts()


def test_the_switch_shows_each_groups_view_and_the_link_is_the_view(served: Serve, demo_home: Path, open_page: Open) -> None:
    page = open_page(f"{served(demo_home)}/?{JULY}")
    assert pages(page) == ["Tổng quan", "So sánh đơn vị", "Đơn vị", "Văn bản", "Chất lượng dữ liệu", "Từ điển chỉ số"]
    whole = page.locator("[data-counts=activation_rate]").inner_text()
    page.locator(".st-key-role_box button").click()
    page.get_by_test_id("stPopoverBody").get_by_text("Đơn vị", exact=True).click()
    expect(page).to_have_url(re.compile("role=unit"))
    expect(page.locator("[data-counts=activation_rate]")).not_to_have_text(whole)
    expect(page.locator(".st-key-role_box button").first).to_contain_text("Xem như: Đơn vị · Hà Nội")
    settle(page)
    assert "Chất lượng dữ liệu" not in pages(page)
    again = open_page(page.url)
    assert again.locator("[data-counts=activation_rate]").inner_text() == page.locator("[data-counts=activation_rate]").inner_text()
    box = again.get_by_role("combobox", name="Phạm vi")
    box.click()
    box.fill("quang ninh")
    expect(again.get_by_role("option")).to_have_count(0)


def test_a_unit_is_refused_what_is_not_its_own(served: Serve, demo_home: Path, open_page: Open) -> None:
    address = served(demo_home)
    for path in (f"?unit=T25&{JULY}", f"unit?unit=T25&{JULY}", f"documents?unit=V1&{JULY}", f"quality?{JULY}"):
        page = open_page(f"{address}/{path}&role=unit&role_unit=T22")
        expect(page.locator(".state h1")).to_have_text("Không có quyền xem")
        assert page.locator(".card, .figure-body").count() == 0
        assert pages(page)[0] == "Tổng quan"


def test_the_administrator_sees_runs_and_no_figures(served: Serve, demo_home: Path, open_page: Open) -> None:
    page = open_page(f"{served(demo_home)}/?role=admin&{JULY}")
    expect(page).to_have_url(re.compile("/quality"))
    settle(page)
    assert pages(page) == ["Chất lượng dữ liệu", "Từ điển chỉ số"]
    denied = open_page(f"{served(demo_home)}/compare?role=admin&{JULY}")
    expect(denied.locator(".state h1")).to_have_text("Không có quyền xem")


def test_the_tree_is_chosen_and_carried(served: Serve, demo_home: Path, open_page: Open) -> None:
    page = open_page(f"{served(demo_home)}/compare?{JULY}")
    before = page.locator(".standing tbody tr").count()
    page.locator(".st-key-population_box button").click()
    page.get_by_text("Cây hiện nay", exact=True).click()
    expect(page).to_have_url(re.compile("tree=as_is"))
    expect(page.locator(".standing tbody tr")).not_to_have_count(before)
    page.keyboard.press("Escape")
    page.locator("nav.pages").get_by_text("Văn bản").click()
    expect(page.locator(".notice")).to_contain_text("cây đơn vị tại thời điểm")
    expect(page).to_have_url(re.compile("tree=as_is"))
