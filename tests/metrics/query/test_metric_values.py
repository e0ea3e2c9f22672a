"""What every answer has in common: its columns, its two kinds of emptiness, and what it says of what it does not know."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.errors import ConfigurationError
from metrics.catalog import METRICS
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import COLUMNS, MANY_PERIODS, metric_values, values_of_periods
from metrics.tree.scope import Scope
from tests.metrics.by_hand import JULY, Rows, figures, on, opened
from tests.tiny_snapshot import write_snapshot


def test_no_activity_is_not_no_data() -> None:
    rows: Rows = {"document": [{"unit_code": "P"}], "account": [{"unit_code": "P"}]}  # the snapshot speaks of 1 to 31 July
    assert figures(rows, "axis_success_ratio") == [(None, 0, 0)]
    assert figures(rows, "axis_success_ratio", "outgoing_documents", period=Period(on("08-01"), on("08-31"))) == [(None, None, None)] * 2
    assert figures(rows, "outgoing_documents", period=Period(on("06-01"), on("06-30"))) == [(None, None, None)]
    documents_alone: Rows = {**rows, "delivered": [{"entity": "document", "column_name": "direction=outgoing"}]}
    assert figures(documents_alone, "outgoing_documents", "internal_incoming", "axis_success_ratio") == [(None, 1, None), *[(None, None, None)] * 2]
    with opened(rows) as snapshot:
        frame = metric_values(
            snapshot, ["outgoing_documents", "axis_success_ratio", "fully_electronic_ratio"], Period(on("07-30"), on("08-02")), by="day"
        )
    assert frame["value"].to_list() == [0.0, None, None, 0.0, None, None, 0.0, None, None, None, None, None, None, None, None]


def test_the_columns_are_exactly_the_agreed_ones_even_for_an_empty_snapshot(tmp_path: Path) -> None:
    with open_snapshot(write_snapshot(tmp_path)) as snapshot:
        for by in (None, "unit", "level", "province", "group", "day", "week", "month"):
            frame = metric_values(snapshot, [one.name for one in METRICS], JULY, by=by)  # type: ignore[arg-type]
            assert dict(frame.schema) == {name: kind() for name, kind in COLUMNS.items()}
            assert frame["value"].null_count() == frame.height
            assert frame["metric"].to_list()[: len(METRICS)] == [one.name for one in METRICS]


def test_nothing_fans_out_however_many_metrics_are_asked_together() -> None:
    rows: Rows = {
        "account": [{"unit_code": "P1", "account_key": "a", "activated_on": on("01-01")}],
        "account_day": [{"account_key": "a", "day_on": on(f"07-{day:02}"), "has_logged_in": True, "has_processed": True} for day in range(1, 32)],
        "document": [{"unit_code": "P1", "is_electronic": True} for _ in range(3)],
        "delivery": [{"document_key": "D1", "receiver_code": code, "is_internal": True} for code in ("P", "P1", "V", "Q")],
        "declared_total": [{"unit_code": "P1", "from_on": on("07-01"), "to_on": on("07-31"), "value": 4}],
    }
    names = [one.name for one in METRICS]
    with opened(rows) as snapshot:
        together = metric_values(snapshot, names, JULY, by="unit")
        for number, name in enumerate(names):
            assert metric_values(snapshot, [name], JULY, by="unit").equals(together.gather_every(len(names), number)), name


@pytest.mark.parametrize(
    ("scope", "names", "by", "told"),
    [
        (Scope("Quang Ninh"), ["activation_rate"], None, r"T22 \(Viện kiểm sát nhân dân tỉnh Quảng Ninh\)"),
        (Scope("t22"), ["activation_rate"], "unit", r"Closest: T22"),
        (Scope("zzzzzz"), ["activation_rate"], None, "vanban metrics --by unit"),
        (Scope(group=7), ["activation_rate"], "unit", "group 7"),
        (None, ["activation"], None, "activation_rate"),
        (None, ["activation_rate"], "hour", "hour"),
    ],
)
def test_what_is_unknown_is_told_with_the_closest(scope: Scope | None, names: list[str], by: Any, told: str) -> None:
    tree = [
        {"unit_code": "T22", "name": "Viện kiểm sát nhân dân tỉnh Quảng Ninh"},
        {"unit_code": "T01", "name": "Viện kiểm sát nhân dân thành phố Hà Nội"},
    ]
    with opened({"org_unit": tree}) as snapshot, pytest.raises(ConfigurationError, match=told):
        metric_values(snapshot, names, JULY, scope, by)


def test_a_hostile_unit_code_is_only_a_value() -> None:
    code = "'; DROP TABLE document; --"
    with opened({"org_unit": [{"unit_code": code}], "document": [{"unit_code": code}]}) as snapshot:
        frame = metric_values(snapshot, ["outgoing_documents"], JULY, Scope(code), by="level")
    assert frame["numerator"].to_list() == [1, 1]
    assert isinstance(frame, pl.DataFrame)


def test_many_periods_none_of_which_lies_within_a_month_are_each_counted() -> None:
    """Those within one month go apart where there are many (`MANY_PERIODS`); here that is none of them."""
    rows: Rows = {
        "snapshot_info": [{"first_on": date(2024, 1, 1)}],
        "account": [{"unit_code": "P", "activated_on": on("01-01")}],
        "account_day": [{"account_key": "A1", "day_on": on("03-05"), "has_logged_in": True}],
    }
    periods = [Period(on("01-20") + timedelta(days=4 * number), on("01-20") + timedelta(days=4 * number + 35)) for number in range(MANY_PERIODS + 2)]
    assert all(period.from_on.month != period.to_on.month for period in periods)
    with opened(rows) as snapshot:
        together = values_of_periods(snapshot, ["login_rate"], periods)
    assert together["numerator"].to_list() == [int(period.from_on <= on("03-05") <= period.to_on) for period in periods]
