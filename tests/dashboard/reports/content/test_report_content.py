"""What the review report of the pilot says: every published figure with its denominator and window, and what does not cohere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard.reports.content.blocks import Block, Chart, Figure, Paragraph, Report, Table
from dashboard.reports.content.inputs import read_inputs
from data.paths import Home
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import metric_values
from metrics.tree.scope import Scope
from tests.dashboard.reports.report_homes import FLOW, body, built, keys, paragraph

PILOT = json.loads((Path(__file__).resolve().parents[3] / "golden" / "pilot-2024.json").read_text(encoding="utf-8"))["published"]
MONTH, FIRST_DAYS = "từ ngày 01/7/2024 đến hết ngày 31/7/2024", "từ ngày 01/7/2024 đến hết ngày 25/7/2024"


def dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def blocks_of(report: Report) -> Iterator[Block]:
    yield from report.blocks
    for annex in report.annexes:
        yield from annex.blocks
    for slide in report.slides or ():
        yield from slide.blocks


def test_rates_are_stated_with_counts_and_day(pilot_report: Report) -> None:
    activated, logged_in = paragraph(pilot_report, "accounts.activated"), paragraph(pilot_report, "accounts.login")
    assert "61,68% (1.848/2.996 tài khoản)" in activated
    assert "Đến hết ngày 31/7/2024" in activated
    assert "nhóm 1" in activated
    assert "70,29% (1.299/1.848 tài khoản) số tài khoản đã kích hoạt" in logged_in
    assert "43,36% (1.299/2.996 tài khoản) tổng số tài khoản được cấp" in logged_in


def test_the_two_rates_are_said_to_have_different_denominators(pilot_report: Report) -> None:
    said = paragraph(pilot_report, "accounts.denominators")
    assert "61,68%" in said
    assert "70,29%" in said
    assert "không cùng mẫu số" in said


def test_declared_documents_are_told_apart_from_measured_ones(pilot_report: Report) -> None:
    published = PILOT["to_31_july"]
    issued, declared = published["documents_issued_electronically"], published["administrative_documents_not_secret"]
    said = paragraph(pilot_report, "documents.declared")
    assert f"59,37% ({dotted(issued)}/{dotted(declared)} văn bản)" in said and "trong kỳ báo cáo" in said
    assert "Theo khai báo" in said
    reading = paragraph(pilot_report, "documents.declared_reading")
    assert f"Còn {dotted(declared - issued)} văn bản" in reading
    assert "chưa đủ cơ sở để khẳng định 100%" in reading


def test_the_first_25_days_are_stated_with_their_own_window_and_sums(pilot_report: Report) -> None:
    published = PILOT["window_1_to_25_july"]
    said = paragraph(pilot_report, "documents.second_window")
    assert said.startswith(f"Riêng {FIRST_DAYS}")
    for name in ("outgoing_documents", "outgoing_fully_electronic", "outgoing_parallel_paper", "outgoing_digitally_signed", "outgoing_not_signed"):
        assert re.search(rf"(?<![\d.]){re.escape(dotted(published[name]))}(?![\d.]\d)", said), name
    assert "1.271 + 745 = 1.440 + 576 = 2.016" in said


def test_channels_are_stated_and_documents_are_not_mixed_with_deliveries(pilot_report: Report) -> None:
    published, month = PILOT["window_1_to_25_july"], PILOT["to_31_july"]
    axis = paragraph(pilot_report, "channels.axis")
    assert "trong kỳ báo cáo" in axis
    assert f"gửi {month['axis_outgoing']} văn bản" in axis
    assert f"nhận {month['axis_incoming']} lượt" in axis
    internal = paragraph(pilot_report, "channels.second_window")
    assert FIRST_DAYS in internal
    assert f"{dotted(published['internal_outgoing_documents'])} văn bản đi nội bộ" in internal
    assert f"{dotted(published['internal_incoming_deliveries'])} lượt nhận nội bộ" in internal
    assert "hai đơn vị đếm khác nhau" in paragraph(pilot_report, "channels.reading")


def test_units_at_100_percent_are_named_once_with_their_counts(pilot_report: Report) -> None:
    said = paragraph(pilot_report, "comparison.full")
    assert said.startswith("Có 08 đơn vị đạt 100%")
    for name in ("Vụ 1", "Vụ 4", "Vụ 8", "Vụ 11", "Vụ 13", "Vụ 14", "Cục 2"):
        assert re.search(rf"{name} \(\d+/\d+\)", said), name
    assert "VKSND tỉnh Quảng Ninh (277/277, gồm cả 13 đơn vị trực thuộc)" in said
    assert "Hạ Long" not in said, "a district of a unit that is listed is not listed again"


def test_a_failed_check_stands_beside_the_figure_and_in_the_annex(pilot_report: Report) -> None:
    assert "Thường Tín" in paragraph(pilot_report, "documents.check.issued_within_declared")
    (declared,) = [one for one in pilot_report.figures if one.metric == "electronic_issue_ratio" and one.unit_code is None]
    assert declared.failed_checks == ("issued_within_declared",)
    assert "1 không đạt" in paragraph(pilot_report, "annex.verdict")


def test_missing_explanations_are_said_and_none_is_made_up(pilot_report: Report) -> None:
    assert "các đơn vị chưa gửi giải trình" in paragraph(pilot_report, "causes.none")


def test_scope_windows_cut_off_and_simulation_are_said(pilot_report: Report) -> None:
    said = body(pilot_report)
    assert "có 85 đơn vị: 25 đơn vị thuộc VKSND tối cao, VKSND cấp cao tại Hà Nội, VKSND thành phố Hà Nội (gồm cả 30 đơn vị trực thuộc)" in said
    assert "có 63 đơn vị: Viện kiểm sát quân sự Trung ương" in said
    assert said.index("Viện kiểm sát nhân dân viết tắt là VKSND") < said.index("VKSND tối cao")
    assert all(f"Phụ lục {annex.number}" in said for annex in pilot_report.annexes)
    assert MONTH in paragraph(pilot_report, "days")
    assert FIRST_DAYS in paragraph(pilot_report, "days")
    assert "dữ liệu mô phỏng" in paragraph(pilot_report, "cutoff")


def test_every_figure_is_what_the_metrics_say(pilot_report: Report, demo_home: Path) -> None:
    """Asked anew of the snapshot, each window and scope at a time; nothing in the report was computed by the report."""
    groups: dict[tuple[int | None, Period, bool], list[Figure]] = {}
    for figure in pilot_report.figures:
        period = Period(figure.period_from, figure.period_to)
        groups.setdefault((figure.group, period, figure.unit_code is not None), []).append(figure)
    compared = 0
    with open_snapshot(Home(demo_home).snapshots / f"{pilot_report.provenance.snapshot}.duckdb") as snapshot:
        for (group, period, is_by_unit), figures in groups.items():
            names = list({figure.metric for figure in figures})
            frame = metric_values(snapshot, names, period, Scope(group=group), "unit" if is_by_unit else None)
            told = {(row["metric"], row["unit_code"]): row for row in frame.iter_rows(named=True)}
            for figure in figures:
                row = told[figure.metric, figure.unit_code]
                assert (figure.numerator, figure.denominator, figure.value) == (row["numerator"], row["denominator"], row["value"]), figure.key
                compared += 1
    assert compared == len(pilot_report.figures) > 1000


def test_every_figure_printed_is_listed_and_prints_its_own_numbers(pilot_report: Report) -> None:
    listed = {figure.key: figure for figure in pilot_report.figures}
    printed = set()
    for block in blocks_of(pilot_report):
        if isinstance(block, Paragraph):
            for run in block.runs:
                if run.figure is not None:
                    printed.add(run.figure)
                    figure = listed[run.figure]
                    numbers = {dotted(n) for n in (figure.numerator, figure.denominator) if n is not None} | {
                        figure.text,
                        figure.text.partition(" (")[0],
                    }
                    assert run.text in numbers | {f"{figure.value:02.0f}" if figure.value is not None else ""}, (run.text, figure.key)
        elif isinstance(block, Table):
            printed |= {cell.figure for row in block.rows for cell in row if cell.figure is not None}
    assert printed == set(listed)


def test_no_number_of_the_published_review_is_typed_in_the_sections() -> None:
    folder = Path(__file__).resolve().parents[4] / "dashboard" / "reports"
    published = re.compile(r"1\.848|2\.996|1\.299|2\.322|3\.911|2\.016|1\.271|1\.440|4\.107|1\.397|61,68|70,29")
    for path in folder.rglob("*.py"):
        code = re.sub(r'"""[\s\S]*?"""', "", path.read_text(encoding="utf-8"))
        assert not published.search(code), path.name


def test_annexes_have_every_unit_with_what_stands_below_it(pilot_report: Report) -> None:
    assert [annex.number for annex in pilot_report.annexes] == ["I", "II", "III"]
    assert all(annex.is_landscape for annex in pilot_report.annexes)
    accounts, documents = (block for block in pilot_report.annexes[0].blocks if isinstance(block, Table))
    assert len(accounts.rows) == 1 + 85
    assert len(documents.rows) == 1 + 148
    assert accounts.rows[0][1].text == "Tổng số"
    quang_ninh = next(place for place, row in enumerate(accounts.rows) if row[1].text == "VKSND tỉnh Quảng Ninh")
    assert [row[1].indent for row in accounts.rows[quang_ninh : quang_ninh + 15]] == [0, *[1] * 13, 0]
    declared = next(block for block in pilot_report.annexes[1].blocks if isinstance(block, Table) and block.key == "annex.declared")
    assert sum(int(row[4].value or 0) for row in declared.rows) == PILOT["to_31_july"]["administrative_documents_not_secret"]


def test_tables_are_as_wide_as_their_rows_and_charts_have_words(pilot_report: Report) -> None:
    for block in blocks_of(pilot_report):
        if isinstance(block, Table):
            assert {len(row) for row in block.rows} <= {len(block.columns)}, block.key
        if isinstance(block, Chart):
            assert block.alt
            assert all(len(series.values) == len(block.categories) for series in block.series), block.key


def test_the_deck_has_its_slides_each_with_window_and_cut_off(pilot_report: Report) -> None:
    slides = pilot_report.slides or ()
    assert len(slides) == 11 and "Hạn chế và nguyên nhân" in [slide.title for slide in slides]
    assert all("31/7/2024" in slide.note and "cập nhật đến" in slide.note for slide in slides)
    assert slides[1].title == "61,68% tài khoản đã kích hoạt; 70,29% trong số đó đã đăng nhập"


def test_paragraph_keys_are_unique_and_the_form_is_complete(pilot_report: Report) -> None:
    assert len(keys(pilot_report)) == len(set(keys(pilot_report)))
    form = pilot_report.form
    assert form is not None
    assert (form.number, form.type_abbreviation, form.recipients[-1]) == (5, "BC", "Lưu: VT, TH")
    assert form.abstract.replace("\u00a0", " ") == "Sơ kết triển khai thí điểm Phần mềm Quản lý văn bản (từ ngày 01/7/2024 đến ngày 31/7/2024)"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_brief_says_the_same_in_both_languages(demo_home: Path, language: str) -> None:
    report = built(Home(demo_home), "tom-tat", population="pilot", language=language)
    rate = "61,68% (1.848/2.996 tài khoản)" if language == "vi" else "61.68% (1,848/2,996 accounts)"
    assert rate in paragraph(report, "brief.accounts")
    assert ("không cùng mẫu số" if language == "vi" else "different denominators") in paragraph(report, "brief.accounts")
    said = " ".join(one.text for one in report.paragraphs())
    assert ("tài khoản" in said) is (language == "vi")


def test_months_are_compared_with_the_whole_month_before(demo_home: Path) -> None:
    report = built(Home(demo_home), "thang", Period(date(2026, 10, 1), date(2026, 10, 31)))
    assert "từ ngày 01/9/2026 đến hết ngày 30/9/2026" in paragraph(report, "accounts.change")
    table = next(block for block in report.blocks if isinstance(block, Table) and block.key == "month.rates")
    by_label = {row[0].text: row for row in table.rows}
    now, before, change = (by_label["Tỷ lệ kích hoạt tài khoản"][place].text for place in (3, 4, 5))
    points = round((_percent(now) - _percent(before)), 2)
    assert change.startswith("tăng" if points > 0 else "giảm" if points < 0 else "không thay đổi")


def _percent(text: str) -> float:
    return float(text.partition("%")[0].replace(",", "."))


def test_a_units_sheet_tells_of_no_other_unit(demo_home: Path) -> None:
    report = built(Home(demo_home), "don-vi", population="1", unit_code="T22")
    units = {figure.unit_code for figure in report.figures}
    assert "T22" in units
    assert len(units) == 14
    assert all(code == "T22" or (code or "").startswith("H") for code in units)
    text = " ".join(one.text for one in report.paragraphs())
    assert "Quảng Ninh" in text
    assert "Thường Tín" not in text, "a check that fails elsewhere is nobody's business here"


def test_an_edited_sentence_keeps_its_figures_and_is_marked(demo_home: Path) -> None:
    from dashboard.reports.content.by_hand.edits import typed_numbers

    home = Home(demo_home)
    text = "Đã kích hoạt 61,68% (1.848/2.996 tài khoản), tăng 12 đơn vị so với dự kiến."
    inputs = replace(read_inputs(home), edits=(("accounts.activated", text),))
    report = built(home, population="pilot", inputs=inputs, flow=FLOW)
    (edited,) = [one for one in report.paragraphs() if one.is_edited]
    assert edited.text == text
    assert "còn 1.148 tài khoản" in (edited.written or "")
    assert any(run.text == "61,68% (1.848/2.996 tài khoản)" and run.figure for run in edited.runs)
    assert typed_numbers(edited) == ("12",), "what nobody can trace is told"


def test_without_data_nothing_is_called_good_and_nothing_is_proposed(demo_home: Path) -> None:
    report = built(Home(demo_home), period=Period(date(2030, 1, 1), date(2030, 1, 31)))
    assert paragraph(report, "difficulties.open") == "Chưa có số liệu của kỳ báo cáo để đánh giá kết quả và tồn tại."
    assert "Chưa có số liệu" in paragraph(report, "proposals.none")
    assert not re.search(r"đạt yêu cầu|không cho thấy tồn tại|\b0,00%|\b100,00%", body(report))
