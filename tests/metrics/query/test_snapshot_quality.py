"""What a snapshot says of its own making, on a few rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.snapshot_quality import accounting, active_days, busy_days, gaps, newest_days, quality_results, rejections, silent_runs
from metrics.tree.scope import Scope
from tests.tiny_snapshot import Row, write_snapshot

MONDAY = date(2024, 7, 1)
WEEK = Period(MONDAY, MONDAY + timedelta(days=6))
UNITS = [{"unit_code": "R", "level": "toi_cao"}, *({"unit_code": code, "parent_code": "R"} for code in "ABC")]


def on(day: int) -> date:
    return MONDAY + timedelta(days=day)


def test_days_count_where_the_account_stood_and_where_documents_went_out_and_came_in(tmp_path: Path) -> None:
    rows: dict[str, list[Row]] = {
        "org_unit": UNITS,
        "account": [{"account_key": "moved"}],
        "account_assignment": [
            {"account_key": "moved", "unit_code": "A", "valid_to": on(1)},
            {"account_key": "moved", "unit_code": "B", "valid_from": on(2)},
        ],
        "account_day": [{"account_key": "moved", "day_on": on(day), "has_logged_in": True} for day in (0, 1, 2, 8)],
        "document": [{"unit_code": "A", "issued_on": on(0)}],
        "delivery": [{"document_key": "D1", "receiver_code": "C", "arrived_on": on(3)}],
    }
    with open_snapshot(write_snapshot(tmp_path, rows)) as snapshot:
        everyone = active_days(snapshot, WEEK).rows()
        assert everyone == [("A", on(0), 2), ("A", on(1), 1), ("B", on(2), 1), ("C", on(3), 1)]
        assert active_days(snapshot, WEEK, Scope("B")).rows() == [("B", on(2), 1)]
        kinds = {kind: (first, last, count) for kind, first, last, count in newest_days(snapshot).iter_rows()}
    assert kinds["account_day"] == (on(0), on(8), 4)
    assert kinds["declared_total"] == (None, None, 0)


def test_a_gap_is_a_working_day_on_which_most_others_left_records(tmp_path: Path) -> None:
    documents = [{"unit_code": code, "issued_on": on(day)} for code in "AB" for day in (0, 1, 3, 5)] + [
        {"unit_code": "C", "issued_on": on(0)},
        {"unit_code": "A", "issued_on": on(4)},  # one of three is not most
    ]
    with open_snapshot(write_snapshot(tmp_path, {"org_unit": UNITS, "document": documents})) as snapshot:
        active = active_days(snapshot, WEEK)
        units = snapshot.query("SELECT unit_code, valid_from, valid_to FROM org_unit")
    # Wednesday everyone is silent and Saturday is no working day: neither is C's own gap.
    assert gaps(active, units, WEEK).rows() == [("C", on(1)), ("C", on(3))]
    assert busy_days(active, units, WEEK) == [on(0), on(1), on(3)]
    # Where a unit ended on Tuesday, or began to leave records on Thursday, its other days are no gaps.
    ended = units.with_columns(valid_to=pl.when(pl.col("unit_code") == "C").then(on(1)).otherwise("valid_to"))
    # And without C, one of two is half: now Friday is a gap of B's.
    assert gaps(active, ended, WEEK).rows() == [("B", on(4)), ("C", on(1))]
    late = active.filter((pl.col("unit_code") != "C") | (pl.col("day_on") > on(0))).vstack(
        pl.DataFrame([("C", on(3), 1)], schema=active.schema, orient="row")
    )
    assert gaps(late, units, WEEK).is_empty()
    assert gaps(active.clear(), units, WEEK).is_empty()


def test_a_run_of_silent_days_is_counted_over_working_days() -> None:
    working = [on(day) for day in (0, 1, 2, 3, 4)]
    assert silent_runs([on(1), on(3)], working) == [[on(1)], [on(3)]]
    assert silent_runs([on(2), on(3), on(4)], working) == [[on(2), on(3), on(4)]]
    assert silent_runs([on(2), on(4)], [on(1), on(2), on(4)]) == [[on(2), on(4)]]  # a holiday between them breaks nothing
    assert silent_runs([], working) == []


def test_accounting_reasons_and_results_come_as_written(tmp_path: Path) -> None:
    fetched, newest = datetime(2024, 8, 1, 2, 0, tzinfo=UTC), datetime(2024, 7, 31, 16, 0, tzinfo=UTC)
    rows: dict[str, list[Row]] = {
        "batch_accounting": [
            {"entity": "document", "rows_in": 9, "rows_loaded": 5, "rows_duplicate": 1, "rows_filtered": 2, "rows_rejected": 1, "newest_at": newest}
        ],
        "reject_reason": [
            {"entity": "document", "column_name": "issued_at", "reason": "missing", "rows": 1},
            {"entity": "document", "column_name": "form", "reason": "unknown value", "rows": 4},
        ],
        "quality_result": [
            {"check_name": "a", "entity": "document", "rows": 5},
            {"check_name": "b", "entity": "document", "outcome": "failed", "violations": 2, "rows": 5},
        ],
    }
    with open_snapshot(write_snapshot(tmp_path, rows)) as snapshot:
        (row,) = accounting(snapshot).iter_rows(named=True)
        assert (row["fetched_at"], row["newest_at"]) == (fetched, newest)
        assert row["rows_in"] == sum(row[f"rows_{where}"] for where in ("loaded", "duplicate", "filtered", "rejected")) == 9
        assert rejections(snapshot)["reason"].to_list() == ["unknown value", "missing"]
        assert quality_results(snapshot)["check_name"].to_list() == ["b", "a"]
