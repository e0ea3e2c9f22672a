"""Each check passes on sound figures and fails on the one defect it is there for, naming the unit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data.outcomes import Outcome
from metrics.catalog import METRICS
from metrics.coherence.checks import CHECKS, CheckResult, run_checks
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.tree.scope import Scope
from tests.tiny_snapshot import write_snapshot

Rows = dict[str, list[dict[str, Any]]]
JULY = Period(date(2024, 7, 1), date(2024, 7, 31))
FIRST, LAST = JULY.from_on, JULY.to_on


def sound() -> Rows:
    return {
        "org_unit": [
            {"unit_code": "R", "level": "toi_cao"},
            {"unit_code": "P", "parent_code": "R", "pilot_group": 1},
            {"unit_code": "P1", "parent_code": "P", "level": "cap_huyen", "pilot_group": 1, "short_name": "Huyện Một"},
            {"unit_code": "Q", "parent_code": "R", "pilot_group": 2},
        ],
        "account": [{"unit_code": "P", "account_key": "a", "activated_on": FIRST}, {"unit_code": "P1", "account_key": "b"}],
        "account_day": [{"account_key": "a", "day_on": FIRST, "has_logged_in": True, "has_processed": True}],
        "document": [
            {"unit_code": "P", "is_electronic": True, "is_organ_signed": True, "is_sent_internally": True},
            {"unit_code": "P1", "is_parallel": True, "is_sent_internally": True},
            {"unit_code": "Q", "is_paper": True},
        ],
        "delivery": [
            {"document_key": "D1", "receiver_code": "Q", "is_internal": True},
            {"document_key": "D2", "receiver_code": "P", "is_internal": True},
        ],
        "declared_total": [{"unit_code": "P", "from_on": FIRST, "to_on": LAST, "value": 1}],
    }


def checked(rows: Rows, folder: Path, scope: Scope | None = None) -> dict[str, CheckResult]:
    with open_snapshot(write_snapshot(folder, rows)) as snapshot:
        return {result.name: result for result in run_checks(snapshot, JULY, scope)}


def test_sound_figures_pass_every_check(tmp_path: Path) -> None:
    results = checked(sound(), tmp_path)
    assert list(results) == [check.name for check in CHECKS]
    assert all(result.outcome == Outcome.PASSED for result in results.values()), results
    assert results["forms_add_up"].detail == "1 + 1 + 1 + 0 = 3 văn bản đi."
    assert results["issued_within_declared"].detail == "Phát hành điện tử 1 ≤ khai báo 1."


def form_missing(rows: Rows) -> None:
    rows["document"][1]["is_parallel"] = False


def two_forms(rows: Rows) -> None:
    rows["document"][1]["is_paper"] = True


def processed_without_login(rows: Rows) -> None:
    rows["account"][1]["activated_on"] = FIRST
    rows["account_day"].append({"account_key": "b", "day_on": FIRST, "has_processed": True})


def issued_more_than_declared(rows: Rows) -> None:
    rows["declared_total"].append({"unit_code": "P1", "from_on": FIRST, "to_on": LAST, "value": 0})


def never_arrived(rows: Rows) -> None:
    rows["document"].append({"unit_code": "P1", "is_paper": True, "is_sent_internally": True, "number": "9"})
    rows["delivery"].append({"document_key": "D1", "receiver_code": "P1", "is_internal": True})


def number_repeated(rows: Rows) -> None:
    rows["document"].append({"unit_code": "P1", "is_paper": True, "number": "2/CV", "issued_on": date(2024, 1, 2)})


def unknown_unit(rows: Rows) -> None:
    rows["document"].append({"unit_code": "gone", "is_paper": True})


def unit_ended(rows: Rows) -> None:
    rows["org_unit"][3]["valid_to"] = date(2024, 7, 9)


def no_assignment(rows: Rows) -> None:
    rows["account"].append({"account_key": "c"})


@pytest.mark.parametrize(
    ("defect", "failing", "unit_codes", "told"),
    [
        (two_forms, "forms_add_up", ("P1",), "1 + 1 + 2 + 0 = 4 ≠ 3 văn bản đi."),
        (processed_without_login, "funnel_is_monotone", ("P1",), "đăng nhập 1 < xử lý 2"),
        (issued_more_than_declared, "issued_within_declared", ("P1",), "Vượt số khai báo: Huyện Một 1 > 0."),
        (number_repeated, "numbers_are_unique", ("P1",), "1 / 3 văn bản đi có số trùng số"),
        (unknown_unit, "units_add_up", ("gone",), "Không thuộc đơn vị nào của cây vào ngày đó: Văn bản đi: 1"),
        (unit_ended, "units_add_up", ("Q",), "Không thuộc đơn vị nào của cây vào ngày đó: Văn bản đi: 1"),
    ],
)
def test_each_defect_fails_its_check_and_no_other(
    tmp_path: Path, defect: Callable[[Rows], None], failing: str, unit_codes: tuple[str, ...], told: str
) -> None:
    rows = sound()
    defect(rows)
    results = checked(rows, tmp_path)
    assert [name for name, result in results.items() if result.outcome == Outcome.FAILED] == [failing]
    assert results[failing].unit_codes == unit_codes
    assert told in results[failing].detail


def test_a_document_that_reached_nobody_is_named_though_the_sum_covers_it(tmp_path: Path) -> None:
    rows = sound()
    never_arrived(rows)
    results = checked(rows, tmp_path)
    assert results["internal_documents_arrived"].outcome == Outcome.FAILED
    assert results["internal_documents_arrived"].detail.startswith("2 / 3 ")
    # As a whole there are as many deliveries as documents; in the unit there are fewer.
    assert results["deliveries_cover_documents"].detail.startswith("3 lượt nhận ≥ 3 ")
    assert results["deliveries_cover_documents"].unit_codes == ("P1",)


def test_an_unknown_form_is_a_part_of_the_sum(tmp_path: Path) -> None:
    rows = sound()
    form_missing(rows)
    found = checked(rows, tmp_path)["forms_add_up"]
    assert (found.outcome, found.detail) == (Outcome.PASSED, "1 + 0 + 1 + 1 = 3 văn bản đi.")


def test_without_a_single_number_there_is_nothing_to_check(tmp_path: Path) -> None:
    rows = sound()
    for document in rows["document"]:
        document["number"] = None
    assert checked(rows, tmp_path)["numbers_are_unique"].outcome == Outcome.NOTHING


def test_what_was_not_delivered_is_told_apart_from_what_did_not_arise(tmp_path: Path) -> None:
    rows = sound()
    rows["delivered"] = [
        {"entity": entity, "column_name": column}
        for entity, column in (("account", "account_key"), ("account", "activated_at"), ("document", "direction=outgoing"))
    ]
    results = checked(rows, tmp_path)
    told = {name for name, result in results.items() if result.outcome == Outcome.NOT_DELIVERED}
    assert told == {
        "forms_add_up",
        "signatures_add_up",
        "signed_within_outgoing",
        "issued_within_declared",
        "internal_documents_arrived",
        "deliveries_cover_documents",
        "numbers_are_unique",
    }
    assert results["funnel_is_monotone"].detail == "Được cấp 2 ≥ kích hoạt 1."


def test_a_repeated_number_of_another_type_or_a_recalled_document_is_no_defect(tmp_path: Path) -> None:
    rows = sound()
    rows["document"] += [
        {"unit_code": "P1", "is_paper": True, "number": "2/CV", "doc_type": "QĐ"},
        {"unit_code": "P1", "is_paper": True, "number": "2/CV", "is_recalled": True},
        {"unit_code": "P1", "is_paper": True, "number": "2/CV", "issued_on": date(2023, 7, 10)},
        {"unit_code": "Q", "is_paper": True, "number": "2/CV"},
    ]
    assert checked(rows, tmp_path)["numbers_are_unique"].outcome == Outcome.PASSED


@pytest.mark.parametrize("scope", [Scope("P"), Scope("P1"), Scope(group=1), Scope(group=2), Scope("P", 1)])
def test_sound_figures_pass_in_every_scope(tmp_path: Path, scope: Scope) -> None:
    assert not any(result.outcome == Outcome.FAILED for result in checked(sound(), tmp_path, scope).values())


def test_a_defect_outside_the_scope_is_not_told(tmp_path: Path) -> None:
    rows = sound()
    for defect in (form_missing, processed_without_login, issued_more_than_declared, number_repeated):
        defect(rows)
    assert not any(result.outcome == Outcome.FAILED for result in checked(rows, tmp_path, Scope("Q")).values())


def test_an_empty_snapshot_fails_nothing_and_says_that_it_had_no_data(tmp_path: Path) -> None:
    results = checked({}, tmp_path)
    told = {(result.outcome, result.detail, result.detail_en) for result in results.values()}
    assert told == {(Outcome.NOT_DELIVERED, "Chưa có số liệu để kiểm tra.", "What it checks was not delivered.")}


def test_a_check_says_the_same_in_both_languages(tmp_path: Path) -> None:
    rows = sound()
    for defect in (two_forms, processed_without_login, issued_more_than_declared, number_repeated, never_arrived, unknown_unit):
        defect(rows)
    rows["declared_total"][0]["value"] = 12_345
    results = checked(rows, tmp_path)
    assert [name for name, result in results.items() if result.outcome == Outcome.PASSED] == [
        "signatures_add_up",
        "signed_within_outgoing",
        "logged_in_within_activated",
    ]
    for result in results.values():
        assert result.label != result.label_en and result.detail != result.detail_en
        digits = [[character for character in told if character.isdigit()] for told in (result.detail, result.detail_en)]
        assert digits[0] == digits[1], result
    assert results["issued_within_declared"].detail.startswith("Phát hành điện tử 2 ≤ khai báo 12.345. Vượt số khai báo: Huyện Một 1 > 0.")
    assert results["issued_within_declared"].detail_en == "Issued electronically 2 ≤ declared 12,345. More than was declared: Huyện Một 1 > 0."
    assert not any("P1" in result.detail + result.detail_en for result in results.values())


def test_a_sentence_names_a_few_units_and_the_result_all(tmp_path: Path) -> None:
    rows: Rows = {
        "org_unit": [{"unit_code": code} for code in "ABCDEFG"],
        "document": [{"unit_code": code, "is_paper": True, "is_electronic": True} for code in "GFEDCBA"],
    }
    found = checked(rows, tmp_path)["forms_add_up"]
    assert found.unit_codes == tuple("ABCDEFG")
    assert found.detail == "7 + 0 + 7 + 0 = 14 ≠ 7 văn bản đi. Sai ở A; B; C; D; E; và 2 đơn vị khác."
    assert found.detail_en == "7 + 0 + 7 + 0 = 14 ≠ 7 outgoing documents. Wrong in A; B; C; D; E; and 2 more."


def test_on_a_restated_tree_the_successor_is_named(tmp_path: Path) -> None:
    before, after = {"valid_to": date(2024, 7, 15)}, {"valid_from": date(2024, 7, 16)}
    rows: Rows = {
        "org_unit": [
            {"unit_code": "R", "level": "toi_cao"},
            {"unit_code": "OLD", "parent_code": "R", **before},
            {"unit_code": "NEW", "parent_code": "R", **after},
            {"unit_code": "SAME", "parent_code": "R"},
        ],
        "unit_succession": [{"old_code": "OLD", "new_code": "NEW", "effective_on": date(2024, 7, 16)}],
        "document": [
            {"unit_code": "OLD", "is_sent_internally": True, "number": "1", "is_electronic": True, "is_parallel": True},  # never arrived
            {"unit_code": "OLD", "is_paper": True, "number": "1"},
            {"unit_code": "SAME", "is_paper": True},
        ],
    }
    names = ["forms_add_up", "internal_documents_arrived", "deliveries_cover_documents", "numbers_are_unique"]
    for number, (scope, unit) in enumerate([(Scope(), "OLD"), (Scope(tree="as_is"), "NEW"), (Scope("NEW", tree="as_is"), "NEW")]):
        results = checked(rows, tmp_path / str(number), scope)
        assert {name: result.unit_codes for name, result in results.items() if result.outcome == Outcome.FAILED} == dict.fromkeys(names, (unit,))
    comparable = checked(rows, tmp_path / "comparable", Scope("SAME", tree="comparable"))
    assert not any(result.outcome == Outcome.FAILED for result in comparable.values())


def test_checks_concern_metrics_that_exist() -> None:
    names = {one.name for one in METRICS}
    for check in CHECKS:
        assert check.concerns and set(check.concerns) <= names


def test_accounts_in_no_unit_or_in_several_are_told_and_fail_nothing(tmp_path: Path) -> None:
    rows = sound()
    no_assignment(rows)
    rows["account_assignment"] = [{"account_key": "a", "unit_code": "Q", "is_shared": True}]
    found = checked(rows, tmp_path)["units_add_up"]
    assert found.outcome == Outcome.PASSED
    assert "Chưa thuộc đơn vị nào, chỉ tính ở toàn thể: Tài khoản được cấp: 1." in found.detail
    assert "thuộc nhiều đơn vị cùng lúc" in found.detail
