"""The gate: a report lists by name what it lacks, nothing is pinned of days that nobody knows of, and each gap is answered before it is approved."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard.ledger import Ledger
from dashboard.reports.archive.approval import answered, gaps_of_pin
from dashboard.reports.archive.permitted_steps import KeptReport, PermittedSteps
from dashboard.reports.archive.pinning import FIGURES, pin_report
from dashboard.reports.content.blocks import Gap, Heading, Paragraph, Report
from dashboard.reports.content.gaps import gaps_of_head
from dashboard.reports.content.inputs import read_inputs
from dashboard.reports.content.kinds import kind_named
from dashboard.reports.content.request import Request
from dashboard.reports.content.settings import report_settings
from dashboard.session.policy import Viewer
from dashboard.ui.translations import catalogue
from data.errors import ConfigurationError
from data.paths import Home
from metrics.periods import Period
from tests.dashboard.reports.report_homes import JULY, account, built, login, tiny_home
from tests.tiny_snapshot import Row

UNITS: list[Row] = [
    {"unit_code": "GOC", "name": "Gốc", "level": "toi_cao", "sort_order": 1},
    {"unit_code": "A", "name": "Vụ Một", "parent_code": "GOC", "level": "don_vi_toi_cao", "sort_order": 2},
]
UNKNOWN = Period(date(2030, 1, 1), date(2030, 1, 31))
ALL_CLEAR = re.compile(
    r"đạt yêu cầu|không còn tồn tại|không cho thấy|đều đạt|đều đã đạt|[Dd]uy trì kết quả|Không có đơn vị nào|Chưa có đơn vị nào đạt|\d đạt"
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    rows = [account(number, "A", activated=number < 3) for number in range(4)]
    declared: list[Row] = [{"unit_code": "A", "from_on": date(2024, 7, 1), "to_on": date(2024, 7, 31), "value": 3}]
    documents: list[Row] = [{"document_key": f"d{number}", "unit_code": "A", "is_electronic": True} for number in range(5)]
    content = {"org_unit": UNITS, "account": rows, "account_day": [login(0, "A")], "document": documents, "declared_total": declared}
    return tiny_home(tmp_path, content)


def names(report: Report) -> dict[str, Gap]:
    return {gap.name: gap for gap in report.gaps}


def said(report: Report) -> str:
    parts = [report.blocks, *(annex.blocks for annex in report.annexes), *((Heading(1, "", one.title), *one.blocks) for one in report.slides or ())]
    return "\n".join(block.text for blocks in parts for block in blocks if isinstance(block, Paragraph | Heading))


@pytest.mark.parametrize("kind", ["so-ket", "thang", "tom-tat", "slides"])
def test_of_days_that_nobody_knows_of_nothing_is_pinned_and_nothing_is_called_good(home: Home, kind: str) -> None:
    report = built(home, kind, UNKNOWN)
    assert names(report)["nothing"].is_grave
    assert ALL_CLEAR.search(said(report)) is None, said(report)
    with pytest.raises(ConfigurationError, match="there is nothing to pin"):
        pin_report(home, Request(kind, UNKNOWN, "all"), read_inputs(home), "Lập", ["html"])


def test_what_is_missing_is_named(home: Home) -> None:
    gaps = names(built(home, period=Period(date(2024, 7, 1), date(2024, 8, 31))))
    assert {"uncovered", "checks", "number", "signer", "causes"} <= set(gaps)
    assert "01/7/2024 – 31/8/2024" in gaps["uncovered"].about and "31/7/2024" in gaps["uncovered"].about
    assert "Vụ Một" in gaps["checks"].about
    assert {"uncovered", "number"} & set(names(built(home, period=JULY, number=3))) == set()
    for gap in gaps:
        assert {f"gap.{gap}", f"gap.{gap}_do"} <= set(catalogue("vi"))


def test_an_explanation_of_a_unit_that_is_not_there_is_named(home: Home) -> None:
    lines = [f"{code},2024-07-01,2024-07-31,Chữ ký số,Chưa được cấp đủ." for code in ("A", "Vụ 1")]
    (home.root / "giai-trinh.csv").write_text("\n".join(["unit_code,from_on,to_on,subject,text", *lines]), encoding="utf-8")
    assert names(built(home))["strangers"].about == "Vụ 1"
    assert "strangers" not in names(built(home, "tom-tat")), "the brief tells no explanations"


def test_a_number_typed_by_hand_is_named_unless_a_figure_confirms_it(home: Home) -> None:
    inputs = replace(read_inputs(home), edits=(("accounts.activated", "Có 3 tài khoản kích hoạt, 1/3 đăng nhập, 54.321 lượt."),))
    assert names(built(home, inputs=inputs))["typed"].about == "54.321"


def test_each_gap_is_answered_in_writing_before_the_report_is_approved(home: Home) -> None:
    request = Request("so-ket", JULY, "all", number=3)
    pin = pin_report(home, request, read_inputs(home), "Lập", ["html"])
    steps, kept = PermittedSteps(home, Viewer("statistics"), pin.snapshot), KeptReport(pin, request)
    gaps = steps.gaps(kept)
    answers = {gap.name: f"Đã rõ {place}." for place, gap in enumerate(gaps)}
    assert "checks" in answers
    with pytest.raises(ConfigurationError, match=r"- checks: Kiểm tra chưa đạt: .*Vụ Một"):
        steps.take_step(kept, "approve", "Duyệt", "", {**answers, "checks": " "})
    with pytest.raises(ConfigurationError, match="Nothing called 'typo' is missing"):
        steps.take_step(kept, "approve", "Duyệt", "", {**answers, "typo": "x"})
    steps.take_step(kept, "approve", "Duyệt", "Đã đối chiếu.", answers)
    with Ledger(home) as ledger:
        (approval,) = ledger.pin_of(pin.pin_id).approvals
    assert approval.note.splitlines() == ["Đã đối chiếu.", *(f"{name}: {text}" for name, text in answers.items())]
    assert answered((), {}, " ghi chú ", "vi") == "ghi chú"


def test_what_was_pinned_before_gaps_were_told_is_asked_anew(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    pin = pin_report(home, Request("so-ket", JULY, "all"), read_inputs(home), "Lập", ["html"])
    told = gaps_of_pin(home, pin.pin_id)
    kept = Ledger.file
    monkeypatch.setattr(Ledger, "file", lambda ledger, pin_id, name: b"{}" if name == FIGURES else kept(ledger, pin_id, name))
    assert told and gaps_of_pin(home, pin.pin_id) == told


def test_a_revision_is_of_the_same_kind_and_unit(home: Home) -> None:
    first = pin_report(home, Request("tom-tat", JULY, "all"), read_inputs(home), "Lập", ["html"])
    with pytest.raises(ConfigurationError, match="a revision is of the same kind"):
        pin_report(home, Request("so-ket", JULY, "all"), read_inputs(home), "Lập", ["html"], revises=first.pin_id, cause="khác")


def test_what_needs_no_figure_is_refused_before_one_is_computed(home: Home) -> None:
    """The home has lost its snapshot: whoever reached for a figure would fail otherwise than by these words."""
    first = pin_report(home, Request("tom-tat", JULY, "all"), read_inputs(home), "Lập", ["html"])
    shutil.rmtree(home.snapshots)
    request, inputs = Request("so-ket", JULY, "all"), read_inputs(home)

    def pinned(person: str = "Lập", **more: object) -> None:
        pin_report(home, request, inputs, person, ["html"], **more)  # type: ignore[arg-type]

    with pytest.raises(ConfigurationError, match="Whose act"):
        pinned(" ")
    with pytest.raises(ConfigurationError, match="needs a cause"):
        pinned(revises=first.pin_id, cause=" ")
    with pytest.raises(ConfigurationError, match="a revision is of the same kind"):
        pinned(revises=first.pin_id, cause="khác")
    with pytest.raises(ConfigurationError, match="must be from 1 to 99999"):
        replace(request, number=0)
    kept = home.var / "ledger" / "files"
    shutil.rmtree(kept)
    kept.write_text("")
    with pytest.raises(ConfigurationError, match="No report has been built: nothing can be written"):
        pinned()
    assert {gap.name for gap in gaps_of_head(kind_named("so-ket"), request, inputs.settings)} == {"number", "signer"}
    assert list(gaps_of_head(kind_named("don-vi"), request, inputs.settings)) == []


@pytest.mark.parametrize("symbol", ["VKSTC C2", "VKSTC/C2", "-C2", "05/BC-C2"])
def test_letters_that_no_number_of_a_document_has_are_refused(symbol: str) -> None:
    with pytest.raises(ConfigurationError, match=r"organ_abbreviation is .* which no number of a document has"):
        report_settings({"report": {"organ_abbreviation": symbol}})
    assert report_settings({"report": {"organ_abbreviation": "VKSTC-C2"}}).organ_abbreviation == "VKSTC-C2"
