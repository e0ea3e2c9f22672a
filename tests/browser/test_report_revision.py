"""A report that later data read otherwise: then and now, a revision with its cause, approval; every file as the command line gives it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data.paths import Home
from tests.browser.conftest import answer_all, settle
from tests.conftest import run_vanban
from tests.dashboard.reports.report_homes import CONFIGURATION, account, login, tiny_home
from tests.tiny_snapshot import Row, write_snapshot

Open = Callable[..., Page]
Serve = Callable[[Path], str]

VIEW = "role=statistics&from=2024-07-01&to=2024-07-31&population=all&kind=thang"
DAYS = ("--from", "2024-07-01", "--to", "2024-07-31", "--group", "all")
CAUSE = "Số liệu đăng nhập đến muộn"
LABELS = {"Word": "docx", "PDF": "pdf", "Excel": "xlsx", "Tệp số liệu": "json"}


def rows(logged_in: int) -> dict[str, list[Row]]:
    """Two units with four activated accounts each, of which so many of the first logged in."""
    units: list[Row] = [
        {"unit_code": "GOC", "name": "Gốc", "level": "toi_cao", "sort_order": 1},
        {"unit_code": "A", "name": "Vụ Một", "parent_code": "GOC", "level": "don_vi_toi_cao", "sort_order": 2},
        {"unit_code": "B", "name": "Vụ Hai", "parent_code": "GOC", "level": "don_vi_toi_cao", "sort_order": 3},
    ]
    accounts = [account(number, unit) for unit in "AB" for number in range(4)]
    days = [login(number, "A") for number in range(logged_in)]
    return {"org_unit": units, "account": accounts, "account_day": days, "document": [{"document_key": "d", "unit_code": "A", "is_electronic": True}]}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    view = 'first_view = { from = 2024-07-01, to = 2024-07-31, population = "all" }\n'
    return tiny_home(tmp_path_factory.mktemp("revision"), rows(2), CONFIGURATION.replace("[report]", f"{view}\n[report]"))


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_timeout(200)
    settle(page)


def fill(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.blur()
    settle(page)


def taken(page: Page) -> dict[str, bytes]:
    """Every file that the page offers of the report in view, by format."""
    files = {}
    for label, name in LABELS.items():
        with page.expect_download() as waiting:
            page.get_by_role("button", name=label, exact=True).click()
        files[name] = Path(waiting.value.path()).read_bytes()
    return files


def by_command(home: Home, out: Path, *words: str) -> dict[str, bytes]:
    """The files that a command writes, by format."""
    finished = run_vanban("report", *words, "--out", out, home=home.root)
    assert finished.returncode == 0, finished.stderr
    return {path.name.rpartition(".")[2]: path.read_bytes() for path in out.iterdir()}


def test_then_and_now_a_revision_and_its_approval(served: Serve, home: Home, open_page: Open, tmp_path: Path) -> None:
    first = "20240801T030000-tiny"
    page = open_page(f"{served(home.root)}/reports?{VIEW}")
    expect(page.locator(".st-key-report_view canvas").first).to_be_visible()
    fill(page, "Họ tên người thực hiện", "Người Lập")
    press(page, "Chốt báo cáo")
    expect(page.locator(".sentence")).to_contain_text("chờ duyệt")
    pinned = taken(page)
    assert pinned == by_command(home, tmp_path / "got", "get", "1") == by_command(home, tmp_path / "built", "build", "thang", *DAYS)

    write_snapshot(home.snapshots, rows(4), "20240901T030000-later")
    page = open_page(f"{served(home.root)}/reports?{VIEW}&report=1")
    page.get_by_text("Khi đó và bây giờ", exact=True).click()
    settle(page)
    row = page.locator("table.differences tr", has_text="Tỷ lệ đăng nhập ít nhất một lần").first
    expect(row).to_contain_text("25% (2/8 tài khoản)")
    expect(row).to_contain_text("50% (4/8 tài khoản)")
    expect(row).to_contain_text("dữ liệu đến muộn")
    told = json.loads(run_vanban("report", "diff", "1", "--format", "json", home=home.root).stdout)
    expect(page.locator("table.differences tbody tr")).to_have_count(len(told))
    assert {one["cause"] for one in told} == {"late_rows"}
    assert taken(page) == pinned, "what was pinned stays"

    page.get_by_text("Lập bản sửa đổi", exact=True).click()
    fill(page, "Họ tên người thực hiện", "Người Sửa")
    press(page, "Chốt bản sửa đổi theo số liệu hiện nay")
    expect(page.locator(".notice")).to_contain_text("cần nguyên nhân")  # no revision without one
    fill(page, "Nguyên nhân sửa đổi", CAUSE)
    press(page, "Chốt bản sửa đổi theo số liệu hiện nay")
    expect(page).to_have_url(re.compile(r"report=2"))
    expect(page.locator("dl.facts")).to_contain_text(CAUSE)
    expect(page.locator("dl.facts")).to_contain_text("Sửa đổi báo cáo số1")
    fill(page, "Ghi chú", "Thay bản số 1")
    fill(page, "Họ tên người thực hiện", "Cục Trưởng")
    answer_all(page)
    press(page, "Duyệt báo cáo")
    expect(page.locator(".sentence")).to_contain_text("Đã duyệt")
    step = page.locator(".steps li").nth(1)
    expect(step).to_contain_text("Duyệt")
    expect(step).to_contain_text("Cục Trưởng")
    expect(step).to_contain_text("Thay bản số 1")
    expect(step.locator("time")).to_have_text(re.compile(r"\d{1,2}/\d{1,2}/\d{4}"))
    revised = taken(page)
    assert revised == by_command(home, tmp_path / "revised", "get", "2") and revised["pdf"] != pinned["pdf"]
    assert by_command(home, tmp_path / "old", "build", "thang", *DAYS, "--snapshot", first) == pinned
    listed = {one["id"]: one for one in json.loads(run_vanban("report", "list", "--format", "json", home=home.root).stdout)}
    assert (listed[2]["revises"], listed[2]["cause"], listed[2]["approved_by"]) == (1, CAUSE, "Cục Trưởng")
    page.get_by_text("Xem trước", exact=True).click()
    expect(page.locator(".st-key-report_view canvas").first).to_be_visible()
    assert run_vanban("report", "verify", home=home.root).returncode == 0

    # The statistician's first question: what differs from what was published. The first screen says it as `report diff` does.
    write_snapshot(home.snapshots, rows(3), "20241001T030000-latest")
    page = open_page(f"{served(home.root)}/?role=statistics&from=2024-07-01&to=2024-07-31&population=all")
    panel = page.locator("[data-panel=published]")
    expect(panel).to_contain_text("50%")
    told = json.loads(run_vanban("report", "diff", "2", "--format", "json", home=home.root).stdout)
    lines = panel.locator("ol.restated li:not(.remark)")
    expect(lines).to_have_count(len([one for one in told if one["unit_code"] is None]))
    line = lines.filter(has_text="Tỷ lệ đăng nhập ít nhất một lần")
    expect(line.locator("s")).to_contain_text("50% (4/8 tài khoản)")
    expect(line.locator("p").nth(1)).to_contain_text("38% (3/8 tài khoản)")
