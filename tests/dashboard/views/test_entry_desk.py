"""The desk of Khai báo, clicked through: a unit enters, the department returns, the unit corrects, the department approves."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.ledger.actor import typed_actor
from dashboard.ledger.audit import Audit
from dashboard.ledger.entered.entries import Entries
from dashboard.ledger.entered.files import blank_file, read_file
from dashboard.ledger.entered.kinds import KINDS
from dashboard.session.policy import Viewer
from dashboard.views.reports.outcome import tell_download
from data.errors import ConfigurationError
from data.paths import Home
from tests.security.wires import TOML
from tests.tiny_snapshot import write_snapshot

ROWS = {
    "org_unit": [
        {"unit_code": "R", "level": "toi_cao", "name": "Gốc"},
        {"unit_code": "A", "parent_code": "R"},
        {"unit_code": "B", "parent_code": "R"},
    ],
    "document": [{"unit_code": "A", "is_electronic": True, "issued_on": date(2024, 7, 10)} for _ in range(3)],
    "declared_total": [{"unit_code": "A", "from_on": date(2024, 7, 1), "to_on": date(2024, 7, 31), "value": 9}],
    "batch_accounting": [{"entity": "declared_total", "rows_in": 1}],
}
UNIT, DEPARTMENT = {"role": "unit", "role_unit": "A"}, {"role": "statistics"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    (tmp_path / "vanban.toml").write_text(TOML, encoding="utf-8")
    write_snapshot(tmp_path / "var" / "snapshots", {name: [dict(row) for row in rows] for name, rows in ROWS.items()})
    monkeypatch.setenv("VANBAN_HOME", str(tmp_path))
    return Home(tmp_path)


def desk() -> None:
    """The page's script, as the frame draws it for whoever looks."""
    import streamlit as st

    from dashboard.session.look import look
    from dashboard.ui.page_context import Page
    from dashboard.ui.translations import use_language
    from dashboard.views import PAGES
    from data.configuration import read_configuration
    from data.paths import home_of

    use_language("en" if st.query_params.get("lang") == "en" else "vi")
    home = home_of(None)
    seen = look(home, read_configuration(home))
    PAGES["declarations"].render(Page(seen.reader, seen.selection, seen.tree, ""))


def opened(who: dict[str, str], person: str) -> AppTest:
    run = AppTest.from_function(desk, default_timeout=60)
    for name, value in {"from": "2024-07-01", "to": "2024-07-31", **who}.items():
        run.query_params[name] = value
    run.run()
    assert not run.exception, run.exception
    run.text_input(key="report_person").set_value(person)
    return run


def said(run: AppTest) -> str:
    assert not run.exception, run.exception
    return "\n".join(str(element.proto.body) for element in run.get("html"))


def keys(run: AppTest) -> set[str]:
    return {button.key for button in run.button}


def test_from_the_unit_to_the_approval(home: Home) -> None:
    run = opened(UNIT, "An")
    assert "entry_approve" not in keys(run)
    run.text_input(key="entry_declared_total_new_value").set_value("nhiều")
    assert "ghi một số nguyên" in said(run.button(key="entry_entry_declared_total_new_send").click().run())
    run.text_input(key="entry_declared_total_new_value").set_value("45")
    assert "Mục 1: chờ duyệt." in said(run.button(key="entry_entry_declared_total_new_send").click().run())

    run = opened(DEPARTMENT, "an")
    text = said(run)
    assert "9 → 45" in text, "what an approval would change"
    assert "3; tỷ lệ của đơn vị trong kỳ này sẽ là 6,67%" in text
    assert "người lập không tự duyệt" in said(run.button(key="entry_approve").click().run()), "the same person in another role is refused"
    run.text_input(key="report_person").set_value("Chi")
    assert "Hãy ghi lý do" in said(run.button(key="entry_return").click().run())
    run.text_input(key="entry_remark").set_value("Số quý")
    assert "Mục 1: trả lại." in said(run.button(key="entry_return").click().run())

    run = opened(UNIT, "An")
    assert "Trả lại vì: Số quý" in said(run)
    field = next(field.key for field in run.text_input if str(field.key).startswith("entry_declared_total_1_") and str(field.key).endswith("_value"))
    run.text_input(key=field).set_value("15")
    assert "Mục 2: chờ duyệt." in said(run.button(key=f"entry_{field.removesuffix('_value')}_send").click().run())

    late = opened({**DEPARTMENT, "lang": "en"}, "Chi")
    run = opened(DEPARTMENT, "Chi")
    assert "Mục 2: đã duyệt." in said(run.button(key="entry_approve").click().run())
    assert "Entry 2 was changed meanwhile by Chi and is approved" in said(late.button(key="entry_approve").click().run()), (
        "a click on what is no more"
    )
    run = opened(UNIT, "An")
    run.text_input(key="entry_withdraw_reason").set_value("Khai nhầm")
    assert "Mục 3: chờ duyệt." in said(run.button(key="entry_withdraw").click().run())
    text = said(opened(DEPARTMENT, "Chi"))
    assert "Xin rút vì: Khai nhầm" in text and "không phiên bản nào của nó còn được tính" in text
    with Entries(home, typed_actor("x", "statistics")) as entries, Audit(home) as audit:
        assert [one.content["value"] for one in entries.approved("declared_total")] == [15]
        acts = [(row.name, row.role, row.act) for row in audit.rows()]
        assert audit.faults() == []
    assert acts == [
        ("An", "unit", "entry.enter"),
        ("an", "statistics", "refused"),
        ("Chi", "statistics", "entry.return"),
        ("An", "unit", "entry.enter"),
        ("An", "unit", "entry.submit"),
        ("Chi", "statistics", "entry.approve"),
        ("An", "unit", "entry.withdraw"),
    ]


def test_a_case_is_entered_with_words_for_what_is_chosen(home: Home) -> None:
    run = opened(UNIT, "An")
    run.segmented_control(key="entry_kind").set_value("case").run()
    assert not run.exception, run.exception
    run.selectbox(key="entry_case_new_metric").set_value("login_rate")
    run.selectbox(key="entry_case_new_finding").set_value("fall")
    assert "Mục 1: dự thảo." in said(run.button(key="entry_entry_case_new_save").click().run())
    assert "giảm quá mức ngẫu nhiên · đang theo dõi" in said(run)


def test_an_act_goes_by_the_rights_of_its_moment(home: Home) -> None:
    with Entries(home, typed_actor("An", "unit")) as entries:
        entries.enter("declared_total", [{"unit_code": "A", "from_on": "2024-07-01", "to_on": "2024-07-31", "value": 5, "source_note": ""}], True)
    run = opened(DEPARTMENT, "Chi")
    run.query_params["role"] = "unit"
    run.query_params["role_unit"] = "B"
    run.button(key="entry_approve").click().run()
    with Entries(home, typed_actor("x", "statistics")) as entries, Audit(home) as audit:
        assert [one.state for one in entries.newest()] == ["submitted"]
        assert audit.rows()[-1].act == "refused"
    other = opened({"role": "unit", "role_unit": "B"}, "Bình")
    assert "Mục đang xem" not in [box.label for box in other.selectbox], "another unit does not see it"


def test_a_file_that_leaves_is_written_down_first(home: Home) -> None:
    tell_download(Viewer("statistics"), "so-cai.csv")
    with Audit(home) as audit:
        assert [(row.issuer, row.role, row.act, row.object) for row in audit.rows()] == [("os", "statistics", "download", "file so-cai.csv")]
    home.audit_key_file.unlink()
    with pytest.raises(ConfigurationError):
        tell_download(Viewer("statistics"), "so-cai.csv")


def test_a_template_comes_back_with_its_faults_by_row_and_column() -> None:
    kind, units = KINDS["declared_total"], {"A", "B"}
    for ending in ("csv", "xlsx"):
        with pytest.raises(ConfigurationError, match="no row that is filled in"):
            read_file(kind, f"mau.{ending}", blank_file(kind, ending, [("A", "Đơn vị A")]), units)
    lines = "BẢNG KHAI BÁO,,,\n\nMã đơn vị,Từ ngày,Đến ngày,Tổng số văn bản hành chính (không mật)\n"
    good = f"{lines}A,1/7/2024,31/7/2024,1.234\nB,1/7/2024,31/7/2024,\nCộng,,,\n"
    contents, faults = read_file(kind, "mau.csv", good.encode(), units)
    assert (json.dumps(faults), [(one["unit_code"], one["value"]) for one in contents]) == ("[]", [("A", 1234)])
    bad = f"{lines}A,1/7/2024,31/7/2024,nhiều\nC,1/7/2024,31/7/2024,5\nB,32/7/2024,31/7/2024,5\n"
    contents, faults = read_file(kind, "mau.csv", bad.encode(), units)
    assert contents == []
    assert [(one.row, one.column, one.key) for one in faults] == [
        (4, "Tổng số văn bản hành chính (không mật)", "count"),
        (5, "Mã đơn vị", "unit"),
        (6, "Từ ngày", "day"),
    ]
    for name, content in (("a.xlsx", b"PK no workbook"), ("a.txt", b"x"), ("a.csv", "Mã".encode("utf-16")), ("a.csv", b"x" * 600_000)):
        with pytest.raises(ConfigurationError):
            read_file(kind, name, content, units)
