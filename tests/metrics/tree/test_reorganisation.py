"""A reorganisation told as it was, as it is, and in comparable series; selections; lists by document type; working days."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from data.errors import ConfigurationError
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import By, metric_values
from metrics.tree.scope import Scope, Tree
from tests.tiny_snapshot import write_snapshot

TURN = date(2024, 7, 16)
BEFORE = {"valid_to": date(2024, 7, 15)}
AFTER = {"valid_from": TURN}
JULY = Period(date(2024, 7, 1), date(2024, 7, 31))

ROWS: dict[str, list[dict[str, Any]]] = {
    "org_unit": [
        {"unit_code": "R", "level": "toi_cao"},
        {"unit_code": "V", "parent_code": "R", "level": "don_vi_toi_cao"},
        {"unit_code": "T1", "parent_code": "R", **BEFORE},
        {"unit_code": "T2", "parent_code": "R", **BEFORE},
        {"unit_code": "T3", "parent_code": "R", **BEFORE},
        {"unit_code": "T4", "parent_code": "R", **BEFORE},
        {"unit_code": "t4", "parent_code": "T4", "level": "cap_huyen", **BEFORE},
        {"unit_code": "N", "parent_code": "R", **AFTER},
        {"unit_code": "N3", "parent_code": "R", "valid_from": TURN, "valid_to": date(2024, 7, 25)},
        {"unit_code": "M3", "parent_code": "R", "valid_from": date(2024, 7, 26)},
        {"unit_code": "N4", "parent_code": "R", **AFTER},
        {"unit_code": "k1", "parent_code": "N4", "level": "khu_vuc", **AFTER},
        {"unit_code": "k2", "parent_code": "N4", "level": "khu_vuc", **AFTER},
    ],
    "unit_succession": [
        {"old_code": "T1", "new_code": "N", "effective_on": TURN},  # a merger
        {"old_code": "T2", "new_code": "N", "effective_on": TURN},
        {"old_code": "T3", "new_code": "N3", "effective_on": TURN},  # a chain of two renamings
        {"old_code": "N3", "new_code": "M3", "effective_on": date(2024, 7, 26)},
        {"old_code": "T4", "new_code": "N4", "effective_on": TURN},
        {"old_code": "t4", "new_code": "k1", "effective_on": TURN, "share": 0.6},  # a split
        {"old_code": "t4", "new_code": "k2", "effective_on": TURN, "share": 0.4},
    ],
    "document": [
        {"unit_code": code, "issued_on": date(2024, 7, day), "is_electronic": True, "doc_type": doc_type}
        for code, day, doc_type in [
            ("V", 2, "CV"),
            ("T1", 2, "CV"),
            ("T2", 3, "QĐ"),
            ("T3", 4, "CV"),
            ("N3", 20, "CV"),
            ("M3", 30, None),
            ("T4", 5, "CV"),
            ("t4", 6, "TB"),
            ("N", 20, "CV"),
            ("k1", 21, "CV"),
        ]
    ],
}


def documents(tree: Tree, by: By | None = "unit", period: Period = JULY, **scope: Any) -> dict[str | None, int]:
    """Documents of the whole and each group."""
    return {code: count for code, count in figures(["outgoing_documents"], by, period, Scope(tree=tree, **scope)) if count or code is None}


def figures(
    names: list[str], by: By | None, period: Period, scope: Scope, rows: dict[str, list[dict[str, Any]]] = ROWS
) -> list[tuple[str | None, int]]:
    with (
        TemporaryDirectory() as folder,
        open_snapshot(write_snapshot(Path(folder), {table: [dict(row) for row in found] for table, found in rows.items()})) as snapshot,
    ):
        return metric_values(snapshot, names, period, scope, by).select("unit_code", "numerator").rows()


def test_as_it_was() -> None:
    found = documents("as_was")
    assert found == {None: 10, "R": 10, "V": 1, "T1": 1, "T2": 1, "T3": 1, "T4": 2, "t4": 1, "N": 1, "N3": 1, "M3": 1, "N4": 1, "k1": 1}


def test_as_it_is_conserves_the_total_over_mergers_chains_and_splits() -> None:
    found = documents("as_is")
    # A document of the split district counts at the province that holds both its heirs, and in neither of them.
    assert found == {None: 10, "R": 10, "V": 1, "N": 3, "M3": 3, "N4": 3, "k1": 1}
    assert documents("as_is", unit_code="N4") == {"N4": 3, "k1": 1}


def test_comparable_series_hold_only_what_did_not_change() -> None:
    # The renamed one goes on under its new code; what merged or was split, or took over, is out.
    assert documents("comparable") == {None: 5, "R": 5, "V": 1, "M3": 3, "N4": 1}


def test_comparable_since_an_earlier_day() -> None:
    august = Period(date(2024, 7, 20), date(2024, 7, 31))
    assert documents("comparable", period=august)[None] == 4  # all that existed from 20 July: N3 to M3, N, k1
    assert documents("comparable", period=august, since=date(2024, 7, 1))[None] == 2  # the series of T3, N3, M3


def test_the_first_day_of_a_unit_is_its_own_and_begins_a_series() -> None:
    rows = {
        **ROWS,
        "document": [{"unit_code": "N", "issued_on": TURN}, {"unit_code": "k1", "issued_on": TURN}, {"unit_code": "T1", "issued_on": TURN}],
    }
    from_turn = Period(TURN, date(2024, 7, 25))
    was = dict(figures(["outgoing_documents"], "unit", from_turn, Scope(), rows))
    assert (was[None], was["R"], was["N"], was["N4"], was["k1"]) == (3, 2, 1, 1, 1)  # T1 ended the day before
    comparable = dict(figures(["outgoing_documents"], "unit", from_turn, Scope(tree="comparable"), rows))
    assert (comparable[None], comparable["N"], comparable["k1"]) == (2, 1, 1)


def test_a_row_of_a_unit_that_does_not_exist_yet_is_in_the_whole_alone() -> None:
    future = {"unit_code": "F", "parent_code": "R", "valid_from": date(2024, 9, 1)}
    rows = {
        **ROWS,
        "org_unit": [*ROWS["org_unit"], future],
        "document": [{"unit_code": "F", "issued_on": TURN}, {"unit_code": "V", "issued_on": TURN}],
    }
    found = dict(figures(["outgoing_documents"], "unit", JULY, Scope(tree="as_is"), rows))
    assert (found[None], found["R"], found["V"]) == (2, 1, 1)


def test_an_ended_unit_is_answered_with_its_successor() -> None:
    with pytest.raises(ConfigurationError, match=r"T1 is not in the tree of today\. Ask for N"):
        documents("as_is", unit_code="T1")


def test_selections_count_each_row_once() -> None:
    assert documents("as_was", None, unit_codes=("T4", "t4", "V")) == {None: 3}
    assert documents("as_was", None, levels=("cap_tinh",)) == {None: 7}
    assert documents("as_was", None, levels=("cap_huyen", "khu_vuc")) == {None: 2}
    assert documents("as_was", None, provinces=("T4", "N")) == {None: 3}
    assert documents("as_was", "unit", provinces=("T4",)) == {None: 2, "T4": 2, "t4": 1}
    assert documents("as_is", None, provinces=("N4",)) == {None: 3}
    assert documents("as_is", None, unit_codes=("N", "M3")) == {None: 6}
    for wrong in ({"levels": ("xa",)}, {"provinces": ("zz",)}, {"unit_codes": ("V", "zz")}):
        with pytest.raises(ConfigurationError):
            documents("as_was", None, **wrong)


def test_by_document_type() -> None:
    assert documents("as_was", "doc_type") == {None: 10, "doc_type:": 1, "doc_type:CV": 7, "doc_type:QĐ": 1, "doc_type:TB": 1}
    assert documents("as_is", "doc_type", unit_code="N4") == {"N4": 3, "doc_type:CV": 2, "doc_type:TB": 1}
    with pytest.raises(ConfigurationError, match="doc_type"):
        figures(["activation_rate"], "doc_type", JULY, Scope())


def delivery(receiver: str, arrived: str, completed: str | None) -> dict[str, Any]:
    row = {"document_key": "D1", "receiver_code": receiver, "arrived_on": date.fromisoformat(arrived)}
    return row | ({"completed_on": date.fromisoformat(completed)} if completed else {})


def test_working_days_leave_weekends_out_and_percentiles_are_ranks() -> None:
    deliveries = [
        delivery("V", "2024-07-05", "2024-07-05"),  # the same Friday: 0
        delivery("V", "2024-07-05", "2024-07-08"),  # Friday to Monday: 1
        delivery("V", "2024-07-06", "2024-07-07"),  # Saturday to Sunday: 0
        delivery("V", "2024-07-01", "2024-07-12"),  # 9
        delivery("T1", "2024-06-28", "2024-07-01"),  # from Friday of June: 1
        delivery("T1", "2024-07-01", "2024-07-31"),  # 22
        delivery("T1", "2024-07-02", None),
        delivery("T1", "2024-07-03", "2024-07-02"),  # done before it came: a defect, not counted
    ]
    rows = {"org_unit": [dict(unit) for unit in ROWS["org_unit"]], "delivery": deliveries}
    with TemporaryDirectory() as folder, open_snapshot(write_snapshot(Path(folder), rows)) as snapshot:
        frame = metric_values(snapshot, ["median_working_days", "p90_working_days"], JULY, by="unit")
    found = {
        (code, name): (count, denominator, value)
        for code, name, count, denominator, value in frame.select("unit_code", "metric", "numerator", "denominator", "value").iter_rows()
    }
    assert found[None, "median_working_days"] == (6, None, 1.0)  # 0 0 1 1 9 22: the third
    assert found[None, "p90_working_days"] == (6, None, 22.0)
    assert found["V", "median_working_days"] == (4, None, 0.0)
    assert found["V", "p90_working_days"] == (4, None, 9.0)
    assert found["N", "median_working_days"] == (0, None, None)


def test_pages_saved_are_pages_times_receivers_of_electronic_documents() -> None:
    rows: dict[str, list[dict[str, Any]]] = {
        "org_unit": [dict(unit) for unit in ROWS["org_unit"]],
        "document": [
            {"unit_code": "V", "document_key": "e", "is_electronic": True, "page_count": 3},
            {"unit_code": "V", "document_key": "p", "is_parallel": True, "page_count": 3},
            {"unit_code": "V", "document_key": "n", "is_electronic": True, "page_count": None},
            {"unit_code": "V", "document_key": "r", "is_electronic": True, "is_recalled": True},
            {"unit_code": "V", "document_key": "alone", "is_electronic": True},
        ],
        "delivery": [{"document_key": key, "receiver_code": code} for key in "epnr" for code in ("T1", "T2")]
        + [{"document_key": "e", "receiver_code": "T3", "is_recalled": True}],
    }
    assert figures(["paper_pages_saved"], None, JULY, Scope("V"), rows) == [("V", 6)]
