"""Sentences from numbers: rise, fall, none, all, one unit, no data, more than declared; each on rows written here."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dashboard.follow_up.cases import Case
from dashboard.reports.archive.json_record import inputs_of, record_of
from dashboard.reports.content import sentences
from dashboard.reports.content.blocks import Chart, Figure, Paragraph, Table
from dashboard.reports.content.inputs import population_in, read_inputs, statistics_reader
from dashboard.reports.content.request import Request
from dashboard.reports.content.sentences import say
from dashboard.reports.content.settings import ReportSettings, report_settings
from dashboard.reports.content.text import aim, change_text, names_in_a_row, official_count, official_day, units_that, window
from data.errors import ConfigurationError
from metrics.periods import Period
from tests.dashboard.reports.report_homes import JULY, TARGETS, account, body, built, keys, login, paragraph, tiny_home
from tests.tiny_snapshot import Row

UNITS: list[Row] = [
    {"unit_code": "GOC", "name": "Viện kiểm sát nhân dân tối cao", "short_name": "VKSND tối cao", "level": "toi_cao", "sort_order": 1},
    {"unit_code": "A", "name": "Vụ Một", "short_name": "Vụ 1", "parent_code": "GOC", "level": "don_vi_toi_cao", "sort_order": 2},
    {"unit_code": "B", "name": "Viện kiểm sát nhân dân tỉnh Bê", "short_name": "Bê", "parent_code": "GOC", "sort_order": 3},
]


def figure(value: float | None, kind: str = "rate", of: int = 2000) -> Figure:
    known = {"numerator": 1, "denominator": of, "value": value}
    return Figure("k", "m", "Tỷ lệ", None, None, "as_was", date(2024, 7, 1), date(2024, 7, 31), kind=kind, definition_version="1", text="x", **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (0.6168, 0.5757, "tăng 4,11 điểm phần trăm"),
        (0.5, 0.75, "giảm 25,00 điểm phần trăm"),
        (0.5, 0.5, "không thay đổi"),
        (0.50004, 0.5, "không thay đổi"),
        (0.94044, 0.940361, "không thay đổi"),
        (0.847951, 0.831749, "tăng 1,63 điểm phần trăm"),
        (None, 0.5, None),
        (0.5, None, None),
    ],
)
def test_what_moved_is_said_in_points_and_what_rounds_to_nothing_has_not_moved(now: float | None, before: float | None, said: str | None) -> None:
    assert change_text(figure(now), figure(before), "vi") == said


def test_what_moved_among_few_cases_is_said_in_whole_points() -> None:
    assert change_text(figure(0.91, of=96), figure(0.5757), "vi") == "tăng 33 điểm phần trăm"


def test_counts_move_by_whole_numbers() -> None:
    assert change_text(figure(1200, "count"), figure(200, "count"), "vi") == "tăng 1.000"
    assert change_text(figure(1200, "count"), figure(200, "count"), "en") == "up 1,000"


def test_days_are_written_as_the_decree_writes_them() -> None:
    assert [official_day(date(2024, month, 9), "vi") for month in (1, 2, 3, 10)] == ["09/01/2024", "09/02/2024", "09/3/2024", "09/10/2024"]
    assert window(Period(date(2024, 7, 1), date(2024, 7, 1)), "vi") == "trong ngày 01/7/2024"


def test_names_stand_in_a_row_as_people_write_them() -> None:
    assert names_in_a_row(["A"], "vi") == "A"
    assert names_in_a_row(["A", "B", "C"], "vi") == "A, B và C"
    assert names_in_a_row(["Kế toán, Bắc", "Kế toán, Nam", "C"], "vi") == "Kế toán, Bắc; Kế toán, Nam và C"
    assert names_in_a_row(["A (1/1, gồm cả B)", "C", "D"], "vi") == "A (1/1, gồm cả B), C và D"
    assert names_in_a_row(["A", "B", "C", "D"], "vi", most=2, rest=" (Phụ lục I)") == "A, B và 02 đơn vị khác (Phụ lục I)"
    assert [official_count(count, "vi") for count in (1, 10, 1500)] == ["01", "10", "1.500"]
    assert [aim(target, "vi") for target in (0.9, 0.925, 1.0)] == ["90%", "92,5%", "100%"]


def test_a_value_is_never_read_as_a_template() -> None:
    hostile = "{{ issuing }} {0}  {% raw %}"
    said = say("scope.unit", "vi", system=hostile, unit="\n <b>", below=0)
    assert said.text == f"Báo cáo này phản ánh việc sử dụng {hostile} tại \n <b>."


def test_a_sentence_without_words_is_an_error_that_names_the_file() -> None:
    with pytest.raises(KeyError, match=r"sentences\.vi\.txt"):
        say("nowhere.to_be_found", "vi")


def test_every_sentence_belongs_to_a_section() -> None:
    folder = Path(sentences.__file__).parent
    code = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    for language in ("vi", "en"):
        for block in re.findall(r"{% block (\w+) %}", (folder / f"sentences.{language}.txt").read_text(encoding="utf-8")):
            section, _, name = block.partition("_")
            is_named = re.search(f'"{block}("|_{{)', code.replace(".", "_"))
            is_composed = f'f"{section}.' in code and any(f'"{name.split("_", cut)[-1]}"' in code for cut in range(name.count("_") + 1))
            assert is_named or is_composed, f"nobody says {block!r}"


def test_nothing_at_all_is_told_as_no_data(tmp_path: Path) -> None:
    report = built(tiny_home(tmp_path, {"org_unit": UNITS}))
    assert paragraph(report, "accounts.no_data") == "Trong kỳ này chưa có số liệu về tài khoản."
    assert "0,00%" not in body(report)
    assert not [key for key in keys(report) if key.startswith(("channels", "progress"))], "what is never delivered is left out"
    assert 0 < len(report.slides or ()) < 11


def test_accounts_of_which_none_is_activated_are_no_zero_percent_of_logins(tmp_path: Path) -> None:
    rows = [account(number, "A", activated=False) for number in range(3)]
    report = built(tiny_home(tmp_path, {"org_unit": UNITS, "account": rows}))
    assert "chưa có tài khoản nào được kích hoạt" in paragraph(report, "accounts.activated")
    assert "accounts.login" not in keys(report)


def test_all_of_it_is_said_as_all_of_it(tmp_path: Path) -> None:
    rows = [account(number, unit) for unit in "AB" for number in range(3)]
    report = built(tiny_home(tmp_path, {"org_unit": UNITS, "account": rows, "account_day": [login(n, u) for u in "AB" for n in range(3)]}))
    assert "không còn tài khoản nào chưa kích hoạt" in paragraph(report, "accounts.activated")
    assert "toàn bộ tài khoản đã kích hoạt đều đăng nhập" in paragraph(report, "accounts.login")
    assert "accounts.denominators" not in keys(report), "where the denominators are equal there is nothing to warn of"
    assert "Có 02 đơn vị đạt 100%" in paragraph(report, "comparison.full")
    assert "toàn bộ 02 đơn vị được so sánh (mỗi đơn vị gồm cả đơn vị trực thuộc) đã đạt chỉ tiêu kích hoạt 90%" in paragraph(
        report, "comparison.target"
    )
    assert "proposals.activation" not in keys(report)


def test_a_target_is_said_with_its_window_and_only_of_such_a_period(tmp_path: Path) -> None:
    rows = [account(number, "A") for number in range(4)]
    targets = "metric,unit_code,level,from_on,target,window,by_on\nlogin_rate,,,2024-07-01,90%,month,2024-12-31\nactivation_rate,,,2024-07-01,90%,,\n"
    home = tiny_home(tmp_path, {"org_unit": UNITS, "account": rows, "account_day": [login(0, "A")]}, targets=targets)
    assert "đạt 90% tính trong một tháng, chậm nhất ngày 31/12/2024 cần thêm 3 tài khoản" in paragraph(built(home), "accounts.targets")
    half = paragraph(built(home, period=Period(date(2024, 7, 1), date(2024, 7, 20))), "accounts.targets")
    assert "đã đạt chỉ tiêu 90%" in half and "đăng nhập" not in half


def test_one_unit_is_told_in_the_singular_and_nobody_is_not_told_as_a_list(tmp_path: Path) -> None:
    rows = [account(number, unit) for unit in "AB" for number in range(2)]
    days = [login(number, "A") for number in range(2)]
    one = built(tiny_home(tmp_path / "one", {"org_unit": UNITS, "account": rows, "account_day": days}))
    assert paragraph(one, "comparison.full").endswith("trong kỳ: Vụ 1, 100% (2/2 tài khoản).")
    none = built(tiny_home(tmp_path / "none", {"org_unit": UNITS, "account": rows, "account_day": [login(0, "A")]}))
    assert "chưa có đơn vị nào" in paragraph(none, "comparison.full")


def test_units_that_chance_may_set_apart_are_not_ranked(tmp_path: Path) -> None:
    rows = [account(number, unit, activated=number % 2 == 0) for unit in "AB" for number in range(8)]
    report = built(tiny_home(tmp_path, {"org_unit": UNITS, "account": rows}))
    said = paragraph(report, "comparison.apart")
    assert "02 đơn vị không khác biệt rõ rệt" in said
    assert "không xếp thứ tự" in said
    assert "comparison.helped" not in keys(report)


def test_rise_and_fall_are_told_against_the_month_before(tmp_path: Path) -> None:
    rows = [account(number, "A") for number in range(4)] + [account(9, "A", activated=False)]
    days = [login(0, "A", date(2024, 7, 5)), *(login(number, "A", date(2024, 8, 5)) for number in range(3))]
    home = tiny_home(tmp_path, {"org_unit": UNITS, "account": rows, "account_day": days, "snapshot_info": [CUT_OFF_IN_AUGUST]})
    said = paragraph(built(home, period=Period(date(2024, 8, 1), date(2024, 8, 31))), "accounts.change")
    assert "từ ngày 01/7/2024 đến hết ngày 31/7/2024" in said
    assert "tỷ lệ kích hoạt tài khoản không thay đổi (80% (4/5 tài khoản))" in said
    assert "tăng 50 điểm phần trăm (từ 25% (1/4 tài khoản) lên 75% (3/4 tài khoản))" in said


def test_more_issued_than_declared_is_flagged_and_not_concluded_from(tmp_path: Path) -> None:
    documents: list[Row] = [{"document_key": f"d{n}", "unit_code": "A", "is_electronic": True} for n in range(5)]
    declared: list[Row] = [{"unit_code": "A", "from_on": date(2024, 7, 1), "to_on": date(2024, 7, 31), "value": 3}]
    report = built(tiny_home(tmp_path, {"org_unit": UNITS, "document": documents, "declared_total": declared}))
    assert "lớn hơn tổng số khai báo (5 so với 3)" in paragraph(report, "documents.declared_reading")
    assert paragraph(report, "documents.check.issued_within_declared") == (
        "Cần lưu ý: kiểm tra nhất quán “Phát hành điện tử không vượt số khai báo” chưa đạt tại Vụ 1; số liệu liên quan phải được rà soát trước khi"
        " sử dụng."
    )


def test_tables_are_numbered_referred_to_and_marked_where_a_check_fails(tmp_path: Path) -> None:
    documents: list[Row] = [{"document_key": f"d{n}", "unit_code": "A", "is_electronic": True} for n in range(5)]
    declared: list[Row] = [{"unit_code": "A", "from_on": date(2024, 7, 1), "to_on": date(2024, 7, 31), "value": 3}]
    report = built(tiny_home(tmp_path, {"org_unit": UNITS, "account": [account(1, "A")], "document": documents, "declared_total": declared}))
    tables = [block for block in report.blocks if isinstance(block, Table)]
    assert [one.caption.partition(".")[0] for one in tables] == [f"Bảng {number}" for number in range(1, len(tables) + 1)]
    assert all(one.caption.partition(".")[0] in body(report) for one in tables)
    assert all(f"Phụ lục {one.number}" in body(report) for one in report.annexes)
    listed = next(block for block in report.annexes[0].blocks if isinstance(block, Table) and block.key == "annex.documents")
    assert [cell.text for cell in listed.rows[1] if "(*)" in cell.text] == ["5/3 (*)", "167% (*)"] and "(*) Số liệu có kiểm tra" in listed.note
    assert listed.caption.startswith("Bảng I.2. ")
    assert not re.search(r"[0-9a-f]{16}|snapshot|\.duckdb", "\n".join(one.text for one in report.paragraphs()))


def test_a_failed_check_calls_its_units_by_their_names_and_counts_no_unit(tmp_path: Path) -> None:
    units = [UNITS[0], {**UNITS[1], "unit_code": "5"}, {**UNITS[2], "unit_code": "3"}]
    documents: list[Row] = [{"document_key": f"d{n}", "unit_code": "3", "is_electronic": True} for n in range(5)]
    declared: list[Row] = [{"unit_code": "3", "from_on": date(2024, 7, 1), "to_on": date(2024, 7, 31), "value": 3}]
    report = built(tiny_home(tmp_path, {"org_unit": units, "document": documents, "declared_total": declared}))
    checks = next(block for annex in report.annexes for block in annex.blocks if isinstance(block, Table) and block.key == "annex.checks")
    said = "Phát hành điện tử 5 > khai báo 3. Vượt số khai báo: VKSND tỉnh Bê 5 > 3."
    assert any(said == cell.text for row in checks.rows for cell in row)
    assert " · " not in paragraph(report, "annex.verdict")


@pytest.mark.parametrize(("kind", "annex"), [("so-ket", "Phụ lục III"), ("thang", "Phụ lục II")])
def test_sentences_name_the_annex_of_their_own_kind_of_report(tmp_path: Path, kind: str, annex: str) -> None:
    documents: list[Row] = [{"document_key": f"d{n}", "unit_code": "A", "is_electronic": True} for n in range(5)]
    declared: list[Row] = [{"unit_code": "A", "from_on": date(2024, 7, 1), "to_on": date(2024, 7, 31), "value": 3}]
    report = built(tiny_home(tmp_path, {"org_unit": UNITS, "document": documents, "declared_total": declared}), kind)
    assert paragraph(report, "proposals.data").startswith(f"Kiểm tra lại số liệu chưa nhất quán (nêu tại {annex}) của ")
    assert [one.number for one in report.annexes if one.title.startswith("Kiểm tra")] == [annex.removeprefix("Phụ lục ")]


@pytest.mark.parametrize(("groups", "said"), [((1, 1), "thí điểm ở nhóm 1"), ((1, 2), "thí điểm ở hai nhóm")])
def test_groups_of_the_pilot_are_named_where_there_are_units_in_them(tmp_path: Path, groups: tuple[int, int], said: str) -> None:
    units = [UNITS[0], *({**unit, "pilot_group": group} for unit, group in zip(UNITS[1:], groups, strict=True))]
    told = paragraph(built(tiny_home(tmp_path, {"org_unit": units, "account": [account(1, "A")]}), population="pilot"), "scope.pilot")
    assert said in told and ("Nhóm 2" in told) is (2 in groups) and told.count("VKSND tỉnh Bê") == 1


def test_a_month_leaves_out_what_did_not_arise(tmp_path: Path) -> None:
    documents: list[Row] = [{"document_key": "d", "unit_code": "A", "is_electronic": True}]
    said = paragraph(built(tiny_home(tmp_path, {"org_unit": UNITS, "document": documents}), "thang"), "month.summary")
    assert said.startswith("Tính từ ngày 01/7/2024 đến hết ngày 31/7/2024, các đơn vị phát hành 1 văn bản đi") and "không phát sinh" not in said


def test_after_the_pilot_reports_speak_of_everyone(tmp_path: Path) -> None:
    units: list[Row] = [
        UNITS[0],
        {**UNITS[1], "pilot_group": 1, "valid_to": date(2025, 6, 30)},
        {**UNITS[2], "valid_from": date(2025, 7, 1)},
    ]
    home = tiny_home(tmp_path, {"org_unit": units})
    reader = statistics_reader(home, read_inputs(home))
    told = [population_in(reader, Period(date(year, 7, 1), date(year, 7, 31)), "pilot") for year in (2024, 2025)]
    assert told == ["pilot", "all"]


def test_documents_without_a_signature_are_told_as_such(tmp_path: Path) -> None:
    documents: list[Row] = [{"document_key": "d", "unit_code": "A", "is_electronic": True}]
    report = built(tiny_home(tmp_path, {"org_unit": UNITS, "document": documents}))
    assert paragraph(report, "documents.signed") == "Trong số văn bản đi nêu trên, chưa có văn bản nào được ký số."
    assert "documents.declared" not in keys(report), "nobody ever declared anything here"


def test_explanations_are_counted_by_subject_and_quoted(tmp_path: Path) -> None:
    home = tiny_home(tmp_path, {"org_unit": UNITS})
    lines = [
        "unit_code,from_on,to_on,subject,text",
        "A,2024-07-01,2024-07-31,Chữ ký số,Chưa được cấp đủ chữ ký số.",
        'B,2024-07-01,2024-07-31,Chữ ký số,"Thiết bị hỏng, đang thay."',
        "B,2024-07-15,2024-08-15,Đường truyền,Mạng gián đoạn hai ngày.",
        "A,2023-07-01,2023-07-31,Cũ,Không thuộc kỳ này.",
        "A,2024-08-01,2024-08-31,Mới,Cũng không thuộc kỳ này.",
    ]
    (tmp_path / "giai-trinh.csv").write_text("\n".join(lines), encoding="utf-8")
    report = built(home)
    assert paragraph(report, "causes.count").startswith("Trong kỳ, có 02 đơn vị gửi 03 giải trình")
    first = paragraph(report, "causes.subject.1")
    assert first.startswith("Chữ ký số: 02 giải trình của Vụ 1 và VKSND tỉnh Bê.")
    assert "“Thiết bị hỏng, đang thay.”" in first
    assert "Cũ" not in body(report)
    assert "Mới" not in body(report)


def test_the_minute_of_a_home_without_any_rate_is_written(tmp_path: Path) -> None:
    report = built(tiny_home(tmp_path, {"org_unit": UNITS}), "phut")
    assert keys(report) == ["brief.what", "brief.no_data"] and not any(isinstance(block, Table) for block in report.blocks)
    assert paragraph(report, "brief.no_data") == "Chưa có số liệu từ ngày 01/7/2024 đến hết ngày 31/7/2024."


def test_days_of_which_nobody_knows_are_one_sentence_in_each_part(tmp_path: Path) -> None:
    documents: list[Row] = [{"document_key": "d", "unit_code": "A", "is_electronic": True}]
    home = tiny_home(tmp_path, {"org_unit": UNITS, "account": [account(1, "A")], "account_day": [login(1, "A")], "document": documents})
    later = Period(date(2030, 1, 1), date(2030, 1, 31))
    review = built(home, period=later)
    said = paragraph(review, "results.no_data")
    assert said.startswith("Chưa có số liệu từ ngày 01/01/2030 đến hết ngày 31/01/2030 về tài khoản và đăng nhập; văn bản điện tử phát hành")
    assert not [key for key in keys(review) if key.startswith(("accounts", "documents", "comparison"))]
    assert [block.key for annex in review.annexes for block in annex.blocks if annex.number == "I"] == ["annex.units_none"]  # type: ignore[union-attr]
    assert [bool(slide.blocks) for slide in review.slides or ()] == [True, True, True], "no slide has nothing but a title"
    assert "Chưa có số liệu về văn bản đi trong kỳ." in [block.text for block in (review.slides or ())[1].blocks if isinstance(block, Paragraph)]
    for kind, language in (("tom-tat", "vi"), ("tom-tat", "en"), ("phut", "vi"), ("phut", "en")):
        assert keys(built(home, kind, later, language=language)) == ["brief.what", "brief.no_data"]
    sheet = built(home, "don-vi", later, unit_code="GOC")
    assert keys(sheet) == ["unit.about", "unit.no_data"] and not any(isinstance(block, Table) for block in sheet.blocks)


def test_columns_of_days_of_which_nobody_knows_are_a_sentence(tmp_path: Path) -> None:
    documents: list[Row] = [{"document_key": "d", "unit_code": "A", "is_electronic": True}]
    report = built(tiny_home(tmp_path, {"org_unit": UNITS, "document": documents}), "thang")
    rates = next(block for block in report.blocks if isinstance(block, Table) and block.key == "month.rates")
    assert [column.title for column in rates.columns] == ["Chỉ số", "Tử số", "Mẫu số", "Kỳ này", "Chỉ tiêu"]
    assert "Cùng kỳ năm trước chưa có số liệu." in rates.note
    counts = next(block for block in report.blocks if isinstance(block, Table) and block.key == "month.counts")
    assert [column.title for column in counts.columns] == ["Chỉ số", "Kỳ này"]


def test_the_minute_says_what_is_doubtful_in_both_languages(tmp_path: Path) -> None:
    documents: list[Row] = [{"document_key": f"d{n}", "unit_code": "A", "is_electronic": True} for n in range(5)]
    days = {"from_on": date(2024, 7, 1), "to_on": date(2024, 7, 31)}
    declared: list[Row] = [{"unit_code": "A", **days, "value": 3}, {"unit_code": "B", **days, "value": 10}]
    targets = f"{TARGETS}electronic_issue_ratio,,,2024-07-01,100%\nfully_electronic_ratio,,,2024-07-01,100%\n"
    rows = {"org_unit": UNITS, "account": [account(n, "A", activated=n > 1) for n in range(4)], "document": documents, "declared_total": declared}
    home = tiny_home(tmp_path, rows, targets=targets)
    for language, said, note in (("vi", "Cần lưu ý: kiểm tra", "(*) Số liệu có"), ("en", "Note that the check", "(*) A figure that")):
        report = built(home, "phut", language=language)
        assert paragraph(report, "minute.check.issued_within_declared").startswith(said)
        assert any(block.note.startswith(note) for block in report.blocks if isinstance(block, Table))
        assert not [one.text for one in report.paragraphs() if "  " in one.text]


def test_open_cases_are_difficulties_and_tasks_and_their_causes_are_told(tmp_path: Path) -> None:
    rows = {"org_unit": UNITS, "account": [account(number, "A", activated=number < 3) for number in range(10)]}
    home = tiny_home(tmp_path, rows)
    common = {"state": "approved", "thing": "", "opened_by": "x", "entered_at": datetime(2024, 7, 5, tzinfo=UTC), "opened_on": date(2024, 7, 5)}
    cases = (
        Case(1, "A", "activation_rate", "low", deadline=date(2024, 8, 20), is_settled=False, cause="Thiếu chữ ký số.", **common),  # type: ignore[arg-type]
        Case(2, "B", "", "", deadline=date(2024, 7, 20), is_settled=True, result="Xong.", **common),  # type: ignore[arg-type]
        Case(3, "A", "", "silent", deadline=date(2025, 8, 20), is_settled=False, **common | {"opened_on": date(2024, 12, 5)}),  # type: ignore[arg-type]
    )
    inputs = replace(read_inputs(home), cases=cases)
    report = built(home, inputs=inputs)
    assert paragraph(report, "causes.cases") == "Trong kỳ, có 02 việc theo dõi tại 02 đơn vị, trong đó 01 việc đã giải quyết."
    assert paragraph(report, "difficulties.cases") == "Còn 01 việc đang theo dõi, chưa giải quyết, tại Vụ 1."
    assert "causes.none" not in keys(report) and "causes" not in {gap.name for gap in report.gaps}
    tables = {block.key: [[cell.text for cell in row] for row in block.rows] for block in report.blocks if isinstance(block, Table)}
    assert [row[1] for row in tables["causes.cases"]] == ["Vụ 1", "VKSND tỉnh Bê"] and tables["causes.cases"][0][3] == "Thiếu chữ ký số."
    task = next(row for row in tables["tasks"] if row[1].startswith("Giải quyết việc theo dõi"))
    assert task[2:] == ["Vụ 1", "30% (3/10)", "6", "20/8/2024"]
    assert inputs_of(json.loads(json.dumps(record_of(Request("so-ket", JULY, "all"), inputs).inputs))) == inputs, "they are pinned with the report"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("A,2024-07-01,hôm nay,x,y", "line 2: from_on and to_on must be days"),
        (",2024-07-01,2024-07-31,x,y", "line 2: unit_code and subject"),
        ("A,2024-07-01,2024-07-31,x\x07,y", "cannot be printed"),
    ],
)
def test_explanations_that_cannot_be_read_are_told_by_line(tmp_path: Path, line: str, told: str) -> None:
    home = tiny_home(tmp_path, {"org_unit": UNITS})
    (tmp_path / "giai-trinh.csv").write_text(f"unit_code,from_on,to_on,subject,text\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=told):
        built(home)


def test_hostile_names_print_literally_and_change_nothing_else(tmp_path: Path) -> None:
    hostile = '=1+1 <script>{lead}#read("/etc/passwd")\x1b[31m'
    units: list[Row] = [UNITS[0], {**UNITS[1], "short_name": hostile, "name": hostile}]
    rows = [account(number, "A") for number in range(2)]
    report = built(tiny_home(tmp_path, {"org_unit": units, "account": rows, "account_day": [login(n, "A") for n in range(2)]}))
    said = paragraph(report, "comparison.full")
    assert '=1+1 <script>{lead}#read("/etc/passwd")' in said
    assert "\x1b" not in said


def test_settings_are_refused_with_the_key_and_the_way_out() -> None:
    assert report_settings({}) == ReportSettings()
    assert report_settings({"report": {"recipients": ["Như trên"]}}).recipients == ("Như trên",)
    signed_in = {"sign_in": {"address": "https://a.example"}}
    assert report_settings(signed_in).address == "https://a.example"
    assert report_settings(signed_in | {"report": {"address": "http://b.example:8501"}}).address == "http://b.example:8501"
    for section, told in (
        ({"issuing_organs": "x"}, "no setting issuing_organs"),
        ({"place": 3}, "place must be text"),
        ({"recipients": "x"}, "recipients must be a list"),
        ({"place": "Hà\nNội"}, r"U\+000A"),
        ({"place": "x" * 400}, "300 is the most"),
        ({"address": "https://vanban.example/x?y"}, "what people type for the dashboard"),
        ({"population": "both"}, "Write pilot, all, or the number of a group"),
    ):
        with pytest.raises(ConfigurationError, match=told):
            report_settings({"report": section})


CUT_OFF_IN_AUGUST: Row = {
    "cutoff_at": datetime(2024, 8, 31, 16, 30, tzinfo=UTC),
}


@pytest.mark.parametrize(("count", "said"), [(0, "không có đơn vị nào thấp hơn"), (1, "01 đơn vị thấp hơn"), (12, "12 đơn vị thấp hơn")])
def test_no_unit_is_said_in_words_and_never_as_00(count: int, said: str) -> None:
    assert units_that(count, "thấp hơn") == said
    assert official_count(0, "vi") == "0"


def test_titles_and_sentences_say_none_one_and_many_as_people_do(tmp_path: Path) -> None:
    """One unit far above the others and none below them; every document signed; nothing overdue."""
    rows = [account(number, "A") for number in range(40)] + [account(number, "B", activated=number % 2 == 0) for number in range(400)]
    documents: list[Row] = [{"document_key": f"d{n}", "unit_code": "A", "is_electronic": True, "is_signer_signed": True} for n in range(3)]
    content: dict[str, list[Row]] = {"org_unit": UNITS, "account": rows, "account_day": [login(0, "A")], "document": documents}
    home = tiny_home(tmp_path, content)
    report = built(home)
    titles = [slide.title for slide in report.slides or ()]
    assert any(title.endswith("01 đơn vị cao hơn rõ rệt, không có đơn vị nào thấp hơn rõ rệt") for title in titles), titles
    assert "không có văn bản nào chỉ phát hành bản giấy" in paragraph(report, "documents.forms")
    assert "không còn văn bản nào chưa ký số" in paragraph(report, "documents.signed")
    assert not any("cần tập trung" in title or title.startswith("Không có đơn vị") for title in titles), "that there is none is said once"
    assert "comparison.activation" not in [block.key for block in report.blocks if isinstance(block, Chart)], "one bar is no chart"
    assert not re.search(r"(?<![\d.,/])0?0 (?:đơn vị|văn bản|lượt|tài khoản)", "\n".join([*titles, body(report)]))
    assert "logged in at 1 unit:" in say("brief.full", "en", full=["A"]).text and "at 2 units:" in say("brief.full", "en", full=["A", "B"]).text
    assert say("minute.verdict", "en", met=1, aims=1, missed=[]).text == "The one target is met."
