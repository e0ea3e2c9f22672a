"""Declared beside measured, on a few rows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from metrics.engines import Snapshot
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.declarations import declarations, undeclared
from metrics.query.metric_values import metric_values
from metrics.tree.scope import Scope
from tests.tiny_snapshot import write_snapshot

JULY = Period(date(2024, 7, 1), date(2024, 7, 31))
AT = datetime(2024, 7, 31, 17, 0, tzinfo=UTC)


def declared(unit_code: str, month: int, value: int, **more: object) -> dict[str, object]:
    return {
        "unit_code": unit_code,
        "from_on": date(2024, month, 1),
        "to_on": date(2024, month, 31 if month in (7, 8) else 30),
        "value": value,
        **more,
    }


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    documents = [
        *({"unit_code": "A", "is_electronic": True} for _ in range(3)),
        {"unit_code": "A", "is_parallel": True, "is_recalled": True},
        {"unit_code": "B", "is_parallel": True},
        {"unit_code": "B", "is_paper": True},
        {"unit_code": "C", "is_paper": True},
        {"unit_code": "C", "is_electronic": True, "issued_on": date(2024, 7, 11)},
    ]
    rows = {
        "org_unit": [{"unit_code": "R", "level": "toi_cao"}, *({"unit_code": code, "parent_code": "R"} for code in "ABC")],
        "document": documents,
        "declared_total": [
            declared("A", 7, 2, declared_by="h1", approved_by="h2", declared_at=AT),
            declared("B", 7, 5),
            declared("B", 9, 9),
            declared("B", 7, 4, metric_base="something_else"),
        ],
    }
    return open_snapshot(write_snapshot(tmp_path, rows))


def test_each_declaration_stands_beside_what_was_measured_on_its_days(snapshot: Snapshot) -> None:
    rows = list(declarations(snapshot, JULY).iter_rows(named=True))
    assert [(row["unit_code"], row["value"], row["issued"]) for row in rows] == [("A", 2, 3), ("B", 5, 1)]
    assert (rows[0]["declared_by"], rows[0]["approved_by"], rows[0]["declared_at"]) == ("h1", "h2", AT)
    assert (rows[1]["declared_by"], rows[1]["approved_by"]) == (None, None)
    ratio = metric_values(snapshot, ["electronic_issue_ratio"], JULY).row(0, named=True)
    assert (ratio["numerator"], ratio["denominator"]) == (sum(row["issued"] for row in rows), sum(row["value"] for row in rows))
    assert declarations(snapshot, JULY, Scope("B"))["unit_code"].to_list() == ["B"]
    assert declarations(snapshot, Period(date(2024, 7, 1), date(2024, 9, 30)), Scope("B")).height == 2


def test_units_that_issued_without_declaring_are_named(snapshot: Snapshot) -> None:
    assert undeclared(snapshot, JULY).rows() == [("C", 2, 2)]
    assert undeclared(snapshot, JULY, Scope("A")).is_empty()
