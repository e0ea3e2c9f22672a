"""Figures of documents, deliveries and declarations counted by hand; every rule of the definitions has its row."""

from __future__ import annotations

from typing import Any

import pytest

from metrics.periods import Period
from tests.metrics.by_hand import TREE, Rows, figures, on


def test_documents_count_once_and_recalled_ones_apart() -> None:
    rows: Rows = {
        "document": [
            {"unit_code": "P", "is_electronic": True, "is_organ_signed": True, "is_signer_signed": True},
            {"unit_code": "P1", "is_parallel": True, "is_signer_signed": True, "is_sent_by_axis": True},
            {"unit_code": "P1", "is_paper": True, "is_sent_internally": True},
            {"unit_code": "P1", "is_electronic": True, "is_organ_signed": True, "is_recalled": True},
            {"unit_code": "V", "is_electronic": True, "is_sent_by_axis": True, "is_axis_acknowledged": True, "issued_on": on("07-31")},
            {"unit_code": "V", "is_electronic": True, "issued_on": on("08-01")},
        ],
        "delivery": [
            {"document_key": "D3", "receiver_code": "P", "is_internal": True},
            {"document_key": "D3", "receiver_code": "V", "is_internal": True},
            {"document_key": "D3", "receiver_code": "Q", "is_internal": True, "is_recalled": True},
            {"document_key": "X", "receiver_code": "Q", "is_from_axis": True},
        ],
    }
    names = [
        "outgoing_documents",
        "outgoing_electronic",
        "outgoing_parallel",
        "outgoing_paper",
        "outgoing_signed",
        "outgoing_not_signed",
        "internal_outgoing",
        "internal_incoming",
        "axis_outgoing",
        "axis_incoming",
        "recalled_documents",
    ]
    assert [row[1] for row in figures(rows, *names)] == [4, 2, 1, 1, 2, 2, 1, 2, 2, 1, 1]
    ratios = ["fully_electronic_ratio", "parallel_ratio", "digitally_signed_ratio", "fully_signed_ratio", "axis_success_ratio"]
    assert [row[1:] for row in figures(rows, *ratios)] == [(2, 4), (1, 4), (2, 4), (1, 4), (1, 2)]


def test_on_time_is_judged_by_the_due_date_and_what_is_still_open_waits() -> None:
    def due(key: str, due_on: str, completed_on: str | None) -> dict[str, Any]:
        return {"document_key": key, "receiver_code": "P", "due_on": on(due_on), "completed_on": on(completed_on) if completed_on else None}

    rows: Rows = {
        "delivery": [
            due("on the day", "07-10", "07-10"),
            due("late", "07-10", "07-11"),
            due("never", "07-10", None),
            due("open at the cut-off", "07-31", None),  # the cut-off is 31 July 23:30
            due("done before a due date that has not passed at the cut-off", "07-31", "07-12"),
            due("due later", "08-01", "07-12"),
            {"document_key": "no due date", "receiver_code": "P", "completed_on": on("07-10")},
            {**due("recalled", "07-10", None), "is_recalled": True},
        ]
    }
    assert figures(rows, "on_time_ratio", "overdue") == [(None, 1, 3), (None, 2, None)]


def test_what_is_open_stands_beside_what_was_on_time() -> None:
    def received(key: str, arrived_on: str, due_on: str | None, completed_on: str | None) -> dict[str, Any]:
        days = {"arrived_on": arrived_on, "due_on": due_on, "completed_on": completed_on}
        return {"document_key": key, "receiver_code": "P", **{name: on(day) if day else None for name, day in days.items()}}

    rows: Rows = {
        "delivery": [
            received("overdue and open", "06-03", "07-10", None),
            received("due today", "07-03", "07-20", None),
            received("not yet due", "07-03", "08-20", None),
            received("no due date", "07-03", None, None),
            received("done later", "07-03", "07-10", "07-21"),
            received("done", "07-03", "07-10", "07-20"),
            received("not there yet", "07-21", "07-10", None),
            {**received("recalled", "07-03", "07-10", None), "is_recalled": True},
        ]
    }
    names = ("open_deliveries", "open_overdue", "open_without_due_date")
    found = figures(rows, *names, period=Period(on("07-01"), on("07-20")))
    assert [row[1] for row in found] == [5, 2, 1]
    # However short the period is: it is what is there on its last day.
    assert figures(rows, *names, period=Period(on("07-20"), on("07-20"))) == found


JULY_DAYS = ("07-01", "07-31")


@pytest.mark.parametrize(
    ("declarations", "expected"),
    [
        ([(*JULY_DAYS, 5)], (2, 5)),
        ([("07-01", "07-15", 2), ("07-16", "07-31", 4)], (2, 6)),
        ([("07-01", "07-15", 2), ("07-17", "07-31", 4)], (None, None)),  # a gap
        ([("07-01", "07-16", 2), ("07-16", "07-31", 4)], (None, None)),  # an overlap
        ([("07-01", "07-15", 2), ("07-16", "07-31", 4), (*JULY_DAYS, 7)], (2, 7)),  # the longer one counts
        ([("07-02", "07-31", 2)], (None, None)),
        ([("06-01", "07-31", 9)], (None, None)),  # reaches outside
        ([], (None, None)),
        ([(*JULY_DAYS, 0)], (2, 0)),
    ],
)
def test_declared_and_measured_are_one_population(declarations: list[tuple[str, str, int]], expected: tuple[int | None, int | None]) -> None:
    rows: Rows = {
        "document": [
            {"unit_code": "P", "is_electronic": True},
            {"unit_code": "P", "is_parallel": True},
            {"unit_code": "P", "is_paper": True},
            {"unit_code": "P", "is_electronic": True, "is_recalled": True},
            {"unit_code": "P", "is_electronic": True, "issued_on": on("08-01")},
            {"unit_code": "Q", "is_electronic": True},  # declares nothing, so it is in neither count
        ],
        "declared_total": [{"unit_code": "P", "from_on": on(first), "to_on": on(last), "value": value} for first, last, value in declarations],
    }
    assert figures(rows, "electronic_issue_ratio") == [(None, *expected)]


def test_a_unit_declares_only_for_the_days_on_which_it_existed() -> None:
    tree = [*TREE, {"unit_code": "N", "parent_code": "R", "valid_from": on("07-20")}, {"unit_code": "O", "parent_code": "R", "valid_to": on("07-19")}]
    rows: Rows = {
        "org_unit": tree,
        "document": [
            {"unit_code": "N", "is_electronic": True, "issued_on": on("07-21")},
            {"unit_code": "O", "is_electronic": True, "issued_on": on("07-02")},
        ],
        "declared_total": [
            {"unit_code": "N", "from_on": on("07-20"), "to_on": on("07-31"), "value": 3},
            {"unit_code": "O", "from_on": on("07-01"), "to_on": on("07-19"), "value": 4},
        ],
    }
    by_unit = {code: (numerator, denominator) for code, numerator, denominator in figures(rows, "electronic_issue_ratio", by="unit")}
    assert by_unit[None] == by_unit["R"] == (2, 7)
    assert (by_unit["N"], by_unit["O"], by_unit["P"]) == ((1, 3), (1, 4), (None, None))


def test_a_row_counts_where_its_unit_stood_on_its_day() -> None:
    tree = [*TREE[:4], {"unit_code": "Q", "parent_code": "R", "valid_to": on("07-14")}]
    rows: Rows = {
        "org_unit": tree,
        "document": [{"unit_code": "Q", "issued_on": on("07-14")}, {"unit_code": "Q", "issued_on": on("07-15")}, {"unit_code": "unknown"}],
    }
    # Nothing vanishes from the whole; what the tree does not know on that day is in no unit, and the checks tell of it.
    assert figures(rows, "outgoing_documents", by="unit") == [
        (None, 3, None),
        ("R", 1, None),
        ("V", 0, None),
        ("P", 0, None),
        ("P1", 0, None),
        ("Q", 1, None),
    ]
    assert [row[0] for row in figures(rows, "outgoing_documents", by="unit", period=Period(on("07-15"), on("07-31")))] == [None, "R", "V", "P", "P1"]
