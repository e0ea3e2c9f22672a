"""The department's own words: read by report and days, in their places and order, pinned, and asked for where they are missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard.reports.archive.pinning import pin_report, verify
from dashboard.reports.content.blocks import Heading, Paragraph, Report, Table
from dashboard.reports.content.by_hand.own_words import PASSAGES, Task, tasks_of
from dashboard.reports.content.inputs import read_inputs
from dashboard.reports.content.request import Request
from dashboard.reports.content.text import period_name
from data.errors import ConfigurationError
from data.paths import Home
from metrics.periods import PRESETS, Period
from tests.dashboard.reports.report_homes import CONFIGURATION, JULY, account, built, login, tiny_home
from tests.tiny_snapshot import Row

UNITS: list[Row] = [
    {"unit_code": "GOC", "name": "Gốc", "level": "toi_cao", "sort_order": 1},
    {"unit_code": "A", "name": "Vụ Một", "parent_code": "GOC", "level": "don_vi_toi_cao", "sort_order": 2},
]
WORDS = """
[chung]
basis = "Căn cứ chung."
closing = "Câu kết chung."
[so-ket]
basis = ["Thực hiện Kế hoạch số 12.", "Thực hiện Công văn số 13."]
training = "Đã tập huấn."
causes_subjective = "Chưa quen phần mềm."
tasks = "Kích hoạt hết | Vụ Một | 30/9/2024 | activation_rate\\nMua máy | Văn phòng | 2024-10-01"
["so-ket 2024-07-01/2024-07-31"]
requests = "Xin mở rộng."
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    rows = [account(number, "A", activated=number < 3) for number in range(4)]
    configuration = CONFIGURATION + 'addressees = ["Lãnh đạo Viện"]\n'
    made = tiny_home(tmp_path, {"org_unit": UNITS, "account": rows, "account_day": [login(0, "A")]}, configuration)
    (tmp_path / "noi-dung.toml").write_text(WORDS, encoding="utf-8")
    return made


def said(report: Report) -> list[str]:
    return [block.text for block in report.blocks if isinstance(block, Paragraph | Heading)]


def test_own_words_stand_in_their_places_in_the_order_of_a_review(home: Home) -> None:
    report = built(home)
    lines = said(report)
    order = ["Thực hiện Kế hoạch số 12.", "Thực hiện Công văn số 13.", "Tình hình triển khai", "Đã tập huấn.", "Kết quả triển khai", "Đánh giá chung"]
    order += [
        "Nguyên nhân",
        "b) Nguyên nhân chủ quan:",
        "Chưa quen phần mềm.",
        "Phương hướng, nhiệm vụ",
        "Kiến nghị, đề xuất",
        "Xin mở rộng.",
        "Câu kết chung.",
    ]
    assert [line for line in lines if line in order] == order
    assert lines[-1] == "Câu kết chung." and "Căn cứ chung." not in lines and "Chỉ đạo, tổ chức thực hiện" not in lines
    assert {"basis", "causes"} & {gap.name for gap in report.gaps} == set()
    assert next(gap.about for gap in report.gaps if gap.name == "own") == "Chỉ đạo, tổ chức thực hiện; Chứng thư số"


def test_tasks_have_owner_day_and_distance(home: Home) -> None:
    table = next(block for block in built(home).blocks if isinstance(block, Table) and block.key == "tasks")
    rows = [[cell.text for cell in row[1:]] for row in table.rows]
    assert rows[0] == ["Kích hoạt hết", "Vụ Một", "75% (3/4)", "1", "30/9/2024"]
    assert rows[1][:4] == ["Đưa tài khoản đã kích hoạt vào sử dụng đạt chỉ tiêu 90%", "Các đơn vị", "33% (1/3)", "2"]
    assert rows[1][4] == "chưa ấn định" and rows[-1] == ["Mua máy", "Văn phòng", "–", "–", "01/10/2024"]


def test_other_days_and_kinds_have_their_own_and_without_any_the_report_closes_all_the_same(home: Home) -> None:
    assert "Xin mở rộng." not in said(built(home, period=Period(date(2024, 7, 1), date(2024, 7, 30))))
    assert "Căn cứ chung." in said(built(home, "thang"))
    (home.root / "noi-dung.toml").unlink()
    assert said(built(home))[-1] == (
        "Trên đây là báo cáo sơ kết triển khai phần mềm quản lý văn bản, Đơn vị thống kê kính báo cáo Lãnh đạo Viện xem xét, cho ý kiến chỉ đạo."
    )
    assert {"own", "causes", "deadlines"} <= {gap.name for gap in built(home).gaps}


def test_what_was_written_on_the_page_is_pinned_with_the_report(home: Home) -> None:
    request = Request("so-ket", JULY, "all")
    inputs = replace(read_inputs(home, request), edits=(("own.guidance", "Viết trên trang.\nĐoạn hai."), ("own.closing", "")))
    lines = said(built(home, inputs=inputs))
    assert {"Viết trên trang.", "Đoạn hai."} <= set(lines) and "Câu kết chung." not in lines
    pin = pin_report(home, request, inputs, "Lập", ["html"])
    (home.root / "noi-dung.toml").write_text('[so-ket]\nbasis = "Đổi sau khi chốt."\n', encoding="utf-8")
    assert all(one.is_equal for one in verify(home, pin.pin_id))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[so-ket", "cannot be read as TOML"),
        ("[so-kt]\nbasis = 'x'", "there is no report 'so-kt'"),
        ("[so-ket]\nbase = 'x'", f"there is no text base. Texts: {', '.join(PASSAGES)}"),
        ("[so-ket]\nbasis = 3", "basis must be text"),
        ("[so-ket]\nbasis = 'a\\u0007'".replace("'", '"'), r"U\+0007"),
        ("[so-ket]\ntasks = 'a | b | hôm nay'", "'hôm nay' is no day"),
        ("[so-ket]\ntasks = 'a | b | 1/9/2024 | nothing'", "write task"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(home: Home, content: str, told: str) -> None:
    (home.root / "noi-dung.toml").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=told):
        built(home)


def test_a_task_may_leave_out_all_but_its_text() -> None:
    assert tasks_of("\n Làm \n| ".rstrip("| \n")) == [Task("Làm")]
    with pytest.raises(ConfigurationError, match="write task"):
        tasks_of("a | b | | | c")


def test_a_periodic_report_is_called_by_its_period(home: Home) -> None:
    on = date(2026, 9, 14)
    named = {preset.name: period_name(preset.of(on)) for preset in PRESETS}
    assert named["month"] == named["closed_month"] == "tháng 9 năm 2026"
    assert (named["quarter"], named["year"], named["half_year"]) == ("quý III năm 2026", "năm 2026", "6 tháng cuối năm 2026")
    assert named["reporting_year"] == "năm công tác 2026" and period_name(PRESETS[6].of(date(2026, 12, 5))) == "năm công tác 2027"
    assert (named["day"], named["week"]) == ("", "")
    report = built(home, "thang")
    assert report.title == "Báo cáo tháng 7 năm 2024"
    assert report.form and report.form.abstract.replace("\u00a0", " ").startswith(
        "Kết quả sử dụng phần mềm quản lý văn bản tháng 7 năm 2024 (từ ngày 01/7/2024"
    )
