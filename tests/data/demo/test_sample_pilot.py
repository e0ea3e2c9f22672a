"""The sample reproduces every published figure of the pilot; asked of its own tables, so the pipeline has no say in it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from pilot_queries import ACCOUNTS, AXIS_INCOMING, INTERNAL_DELIVERIES, SENT_BY_AXIS, SENT_INTERNALLY, SIGNED, documents
from python_calamine import CalamineWorkbook

TO_25 = {"first": "2024-07-01 00:00:00", "last": "2024-07-25 23:59:59"}
TO_31 = {"first": "2024-07-01 00:00:00", "last": "2024-07-31 23:59:59"}


@pytest.mark.parametrize(
    ("question", "window", "published"),
    [
        (documents(), TO_25, 2016),
        (documents("v.hinh_thuc = 'DT'"), TO_25, 1271),
        (documents("v.hinh_thuc = 'SS'"), TO_25, 745),
        (documents("v.hinh_thuc = 'G'"), TO_25, 0),
        (documents(SIGNED), TO_25, 1440),
        (documents(f"NOT {SIGNED}"), TO_25, 576),
        (documents(SENT_INTERNALLY), TO_25, 1397),
        (INTERNAL_DELIVERIES, TO_25, 4107),
        (documents("v.hinh_thuc IN ('DT', 'SS')"), TO_31, 2322),
        (documents(SENT_BY_AXIS), TO_31, 96),
        (AXIS_INCOMING, TO_31, 161),
    ],
)
def test_document_figures(vendor: sqlite3.Connection, question: str, window: dict[str, str], published: int) -> None:
    assert vendor.execute(question, window).fetchone()[0] == published


def test_both_groups_issue_and_receive_so_that_group_and_whole_differ(vendor: sqlite3.Connection) -> None:
    whole = vendor.execute(documents(), TO_25).fetchone()[0]
    first = vendor.execute(documents("d.nhom_thi_diem = 1"), TO_25).fetchone()[0]
    assert 0 < first < whole


def test_paper_documents_exist_only_after_the_published_window(vendor: sqlite3.Connection) -> None:
    assert vendor.execute(documents("v.hinh_thuc = 'G'"), TO_31).fetchone()[0] > 0


def test_account_figures_of_group_1(vendor: sqlite3.Connection) -> None:
    rows = vendor.execute(ACCOUNTS, {"grp": 1}).fetchall()
    assert len(rows) == 85
    assert [sum(row[place] for row in rows) for place in (2, 3, 4)] == [2996, 1848, 1299]
    assert all(row[3] >= 1 for row in rows)


def test_full_login_in_exactly_the_published_units(vendor: sqlite3.Connection) -> None:
    rows = vendor.execute(ACCOUNTS, {"grp": 1}).fetchall()
    full = {row[0] for row in rows if row[3] == row[4]}
    published = {f"VKSTC-{code}" for code in ("V1", "V4", "V8", "V11", "V13", "V14", "C2")}
    quang_ninh = {row[0] for row in rows if "T22" in (row[0], row[1])}
    assert len(quang_ninh) == 14
    assert full == published | quang_ninh
    for parent in ("T01", "T25"):
        subtree = [row for row in rows if parent in (row[0], row[1])]
        assert sum(row[4] for row in subtree) < sum(row[3] for row in subtree)


def test_declared_total_of_july(sample_home: Path, vendor: sqlite3.Connection) -> None:
    declared = _declared(sample_home / "sample" / "khai_bao" / "khai_bao_2024-07.xlsx")
    assert sum(declared.values()) == 3911
    issued = dict(
        vendor.execute(
            documents("v.hinh_thuc IN ('DT', 'SS')").replace("count(*)", "v.ma_don_vi, count(*)") + " GROUP BY v.ma_don_vi", TO_31
        ).fetchall()
    )
    assert sum(issued.values()) == 2322
    assert set(issued) <= set(declared), "every unit that issued electronically declares, or the published ratio could not be formed"
    assert [unit for unit, count in issued.items() if declared[unit] < count] == ["H279"]


def _declared(path: Path) -> dict[str, int]:
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("Khai báo").to_python()
    assert rows[3][1] == "Mã đơn vị"
    return {str(row[1]).strip(): int(str(row[5]).strip().removesuffix(".0")) for row in rows[4:] if str(row[1]).strip()}


@pytest.mark.parametrize("first", ["2024-07-01 00:30:00", "2024-07-01 06:30:00", "2024-07-25 06:30:00", "2024-07-26 00:30:00", "2024-08-01 00:30:00"])
def test_documents_at_hours_whose_utc_day_is_another(vendor: sqlite3.Connection, first: str) -> None:
    assert vendor.execute("SELECT count(*) FROM van_ban_di WHERE ngay_ban_hanh = ? AND do_mat = '0' AND da_xoa = 'K'", [first]).fetchone()[0] >= 1


def test_truth_agrees_with_the_published_figures(truth: dict[str, Any]) -> None:
    to_25, to_31 = (truth["pilot"][window] for window in ("2024-07-01/2024-07-25", "2024-07-01/2024-07-31"))
    assert to_25["all"]["outgoing_documents"] == 2016
    assert to_25["all"]["outgoing_not_signed"] == 576
    assert to_25["all"]["internal_incoming"] == 4107
    assert to_31["all"]["issued_electronically"] == 2322
    assert to_31["all"]["axis_incoming"] == 161
    assert truth["months"]["2024-07"]["all"]["declared"] == 3911
    for window in (to_25, to_31):
        for measure, value in window["all"].items():
            assert value == window["group_1"][measure] + window["group_2"][measure]
