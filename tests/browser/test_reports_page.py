"""The page of reports in a real browser: build, edit, pin, approve, take away; and each role sees what is its own."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Download, Page, expect

from dashboard.ledger import Ledger
from dashboard.session.policy import Viewer
from dashboard.session.queries import pin
from dashboard.ui.format import number, percent
from data.paths import Home
from data.snapshot import published_snapshot
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import metric_values
from metrics.tree.scope import Scope
from tests.browser.conftest import answer_all, settle

Open = Callable[..., Page]
Serve = Callable[[Path], str]

VIEW = "from=2024-07-01&to=2024-07-31&population=pilot"
PERSON, APPROVER = "Người Lập Thử", "Người Duyệt Thử"


@pytest.fixture(scope="module")
def home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo home of its own: what is pinned here stays here."""
    own = tmp_path_factory.mktemp("reports") / "home"
    shutil.copytree(demo_home, own)
    return own


def content(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def text_of(document: bytes) -> str:
    found = docx.Document(io.BytesIO(document))
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in found.paragraphs), *cells])


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_timeout(200)
    settle(page)


def test_from_the_figures_to_an_approved_report_in_word(served: Serve, home: Path, open_page: Open) -> None:
    page = open_page(f"{served(home)}/reports?role=statistics&{VIEW}&kind=tom-tat")
    expect(page.locator(".sentence")).to_contain_text("Chưa có báo cáo")
    expect(page.locator(".st-key-report_view canvas").first).to_be_visible()
    fetched = page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    assert fetched and not [one for one in fetched if one.endswith(".pdf")], "whoever has the address of such a file gets it without a cookie"

    page.get_by_role("tab", name="Câu chữ").click()
    field = page.locator(".st-key-report_view textarea")
    first = field.input_value()
    field.fill(f"{first} Câu này do người lập viết thêm, 54.321 lần.")
    field.blur()
    settle(page)
    press(page, "Lưu câu chữ")
    expect(page.locator(".notice")).to_contain_text("Ghi họ tên")  # nothing goes into the ledger without a name, and no word is lost
    expect(field).to_have_value(re.compile("người lập viết thêm"))
    name = page.get_by_label("Họ tên người thực hiện")
    name.fill(PERSON)
    name.blur()
    settle(page)
    press(page, "Lưu câu chữ")
    expect(page).to_have_url(re.compile(r"report=1"))
    expect(page.locator(".sentence")).to_contain_text("Bản nháp")
    expect(page.locator(".edited li")).to_have_count(1)
    expect(page.locator(".edited .look")).to_contain_text("54.321")  # typed by hand, and said to be

    press(page, "Chốt báo cáo")
    expect(page.locator(".sentence")).to_contain_text("chờ duyệt")
    press(page, "Duyệt báo cáo")
    expect(page.locator(".notice")).to_contain_text("Báo cáo còn thiếu")  # 54.321 is confirmed by nothing
    expect(page.locator("[data-gap=typed]")).to_contain_text("54.321")
    answer_all(page)
    press(page, "Duyệt báo cáo")
    expect(page.locator(".notice")).to_contain_text("người lập không tự duyệt")
    name = page.get_by_label("Họ tên người thực hiện")
    name.fill(APPROVER)
    name.blur()
    settle(page)
    press(page, "Duyệt báo cáo")
    expect(page.locator(".sentence")).to_contain_text("Đã duyệt")
    expect(page.locator(".steps li")).to_have_count(2)
    expect(page.locator("tr[data-report='1']")).to_contain_text(PERSON)
    with Ledger(Home(home)) as ledger:
        pinned = ledger.pin_of(1)
        kept = ledger.file(1, "docx")
    assert pinned.status == "approved" and pinned.approvals[0].person == APPROVER

    with page.expect_download() as waiting:
        page.get_by_role("button", name="Word", exact=True).click()
    taken = content(waiting.value)
    assert waiting.value.suggested_filename == "tom-tat_2024-07-01_2024-07-31.docx"
    assert taken == kept
    said = text_of(taken)
    assert "Câu này do người lập viết thêm" in said
    expect_figures(home, said)

    page.get_by_text("Khi đó và bây giờ", exact=True).click()
    expect(page.locator(".all-passed")).to_contain_text("vẫn như khi chốt")
    page.get_by_text("Kiểm tra từng byte", exact=True).click()
    expect(page.locator(".verified td.holds")).to_have_count(len(pinned.files))
    expect(page.locator(".verified td.look")).to_have_count(0)


def expect_figures(home: Path, said: str) -> None:
    """The rates of the document are those that `metrics` gives for the same question."""
    with open_snapshot(published_snapshot(Home(home).pointer)) as snapshot:
        frame = metric_values(snapshot, ["activation_rate", "login_rate"], Period(date(2024, 7, 1), date(2024, 7, 31)), Scope(group=1))
    for row in frame.iter_rows(named=True):
        counts = f"{number(row['numerator'], 'vi')}/{number(row['denominator'], 'vi')}"
        assert f"{percent(row['value'], 'vi', of=row['denominator'])} ({counts} tài khoản)" in said


def test_leaders_see_what_is_approved_and_write_nothing(served: Serve, home: Path, open_page: Open) -> None:
    """Builds on the report of the first test; pins a second that nobody approved."""
    page = open_page(f"{served(home)}/reports?role=statistics&{VIEW}&kind=phu-luc")
    name = page.get_by_label("Họ tên người thực hiện")
    name.fill(PERSON)
    name.blur()
    settle(page)
    press(page, "Chốt báo cáo")
    expect(page.locator("tr[data-report]")).to_have_count(2)

    page = open_page(f"{served(home)}/reports?role=leader&{VIEW}&report=2")
    expect(page.locator(".notice")).to_contain_text("Không có báo cáo số 2")
    expect(page.locator("tr[data-report]")).to_have_count(1)
    expect(page.locator(".st-key-report_order")).to_have_count(0)
    page.locator("tr[data-report='1'] a").click()
    settle(page)
    expect(page.locator(".st-key-report_view canvas").first).to_be_visible()
    for words in ("Ban hành", "Chốt báo cáo", "Lập bản sửa đổi"):
        expect(page.get_by_text(words, exact=True)).to_have_count(0)
    expect(page.get_by_text("Kiểm tra từng byte")).to_have_count(0)


def own_units(home: Path) -> set[str]:
    """Quảng Ninh with its districts."""
    units = pin(Home(home), Viewer("statistics")).units()
    return {"T22", *units.filter(units["parent_code"] == "T22")["unit_code"]}


def test_units_have_their_own_sheet_and_no_other(served: Serve, home: Path, open_page: Open) -> None:
    page = open_page(f"{served(home)}/reports?role=unit&role_unit=T22&{VIEW}&kind=so-ket")
    expect(page.locator("tr[data-report]")).to_have_count(0)
    expect(page.locator(".st-key-report_kind input")).to_have_value("Phiếu số liệu đơn vị")
    expect(page.locator(".st-key-report_view canvas").first).to_be_visible()
    expect(page.get_by_text("Chốt báo cáo", exact=True)).to_have_count(0)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Tệp số liệu", exact=True).click()
    figures = json.loads(content(waiting.value))
    assert figures["report"] == "don-vi"
    assert {one["unit_code"] for one in figures["figures"]} <= own_units(home)
    page.goto(f"{served(home)}/reports?role=unit&role_unit=T22&{VIEW}&unit=T01")
    settle(page)
    expect(page.locator(".state")).to_be_visible()
    expect(page.locator(".st-key-report_view")).to_have_count(0)


def test_one_sheet_for_each_unit_in_one_archive(served: Serve, home: Path, open_page: Open) -> None:
    page = open_page(f"{served(home)}/reports?role=statistics&{VIEW}&kind=don-vi&unit=T22")
    page.get_by_role("button", name=re.compile(r"Lập phiếu cho 14 đơn vị")).click()
    button = page.get_by_role("button", name=re.compile("Tải tệp zip"))
    button.wait_for()
    with page.expect_download() as waiting:
        button.click()
    with zipfile.ZipFile(io.BytesIO(content(waiting.value))) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert len({name.split("_")[1] for name in names}) == 14
    assert sum(name.endswith(".docx") for name in names) == sum(name.endswith(".pdf") for name in names) == 14


def test_choices_are_in_the_link_and_what_cannot_be_made_is_said(served: Serve, home: Path, open_page: Open) -> None:
    page = open_page(
        f"{served(home)}/reports?role=statistics&{VIEW}&kind=so-ket&number=5&flow=2024-07-01_2024-07-25&without=progress", width=390, height=844
    )
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Word", exact=True).click()
    said = text_of(content(waiting.value))
    assert "05/BC" in said and "đến hết ngày 25/7/2024" in said
    assert re.search(r"(?m)^\d\. So sánh giữa các đơn vị", said)
    assert not re.search(r"(?m)^\d\. Tiến độ xử lý", said)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    page = open_page(f"{served(home)}/reports?role=statistics&{VIEW}&kind=don-vi&lang=en")
    expect(page.locator(".state")).to_contain_text("Choose a unit")
