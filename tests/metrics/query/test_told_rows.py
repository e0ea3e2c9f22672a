"""Rows as JSON holds them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from metrics.query.told_rows import json_row


def test_days_and_instants_are_text_and_counts_are_whole() -> None:
    row = {"period_from": date(2024, 7, 1), "at": datetime(2024, 7, 1, 8, tzinfo=UTC), "denominator": None, "value": 12.0, "unit_code": None}
    told = {"period_from": "2024-07-01", "at": "2024-07-01T08:00:00+00:00", "denominator": None, "value": 12, "unit_code": None}
    assert json_row(row) == told and isinstance(json_row(row)["value"], int)
    assert json_row({"denominator": 4, "value": 1.0}) == {"denominator": 4, "value": 1.0}
    assert isinstance(json_row({"denominator": 4, "value": 1.0})["value"], float)
