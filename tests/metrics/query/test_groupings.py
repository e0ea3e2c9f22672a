"""Units, levels, provinces, groups and many periods: each part as it is by itself."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest

from metrics.catalog import METRICS
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import counts, metric_values, units, values_of_periods
from metrics.tree.scope import Scope
from tests.metrics.by_hand import JULY, Rows, figures, on, opened
from tests.metrics.test_against_slow_figures import World
from tests.tiny_snapshot import write_snapshot


def test_parents_are_ratios_of_sums_and_units_with_documents_but_no_accounts_stay() -> None:
    rows: Rows = {
        "account": [{"unit_code": "P", "activated_on": on("01-01")}, *({"unit_code": "P1"} for _ in range(3))],
        "document": [{"unit_code": "V", "is_electronic": True}],
    }
    with opened(rows) as snapshot:
        frame = metric_values(snapshot, ["activation_rate", "fully_electronic_ratio"], JULY, by="unit")
    value = {(code, name): value for code, name, value in frame.select("unit_code", "metric", "value").iter_rows()}
    assert value["P", "activation_rate"] == 0.25  # not the average of 1 and 0
    assert value["V", "fully_electronic_ratio"] == 1.0
    assert value["V", "activation_rate"] is None
    assert value["P", "fully_electronic_ratio"] is None


def test_by_level_and_by_province() -> None:
    rows: Rows = {"document": [{"unit_code": code} for code in ("R", "V", "P", "P1", "P1", "Q")]}
    assert figures(rows, "outgoing_documents", by="level") == [
        (None, 6, None),
        ("level:toi_cao", 1, None),
        ("level:don_vi_toi_cao", 1, None),
        ("level:cap_tinh", 2, None),
        ("level:cap_huyen", 2, None),
    ]
    assert figures(rows, "outgoing_documents", by="province") == [(None, 6, None), ("P", 3, None), ("Q", 1, None)]
    assert figures(rows, "outgoing_documents", by="province", scope=Scope(group=1)) == [(None, 4, None), ("P", 3, None)]


def test_by_group_counts_the_accounts_of_each_groups_population() -> None:
    rows: Rows = {
        "account": [{"unit_code": code, "is_clerk": is_clerk} for code in ("R", "P", "P1", "Q") for is_clerk in (True, False, False)],
        "document": [{"unit_code": code} for code in ("R", "P", "Q", "Q")],
    }
    names = ("provisioned_accounts", "outgoing_documents")
    # All officers of group 1, the clerks of group 2, and R is in neither.
    assert figures(rows, *names, by="group") == [
        *[(None, 12, None), (None, 4, None)],
        *[("group:1", 6, None), ("group:1", 1, None)],
        *[("group:2", 1, None), ("group:2", 2, None)],
    ]
    assert figures(rows, *names, by="group", scope=Scope("P")) == [("P", 6, None), ("P", 1, None), ("group:1", 6, None), ("group:1", 1, None)]
    assert figures(rows, names[0], by="group", scope=Scope(group=2)) == [(None, 1, None), ("group:2", 1, None)]


def test_units_come_in_the_order_of_the_tree() -> None:
    tree = [
        {"unit_code": code, "parent_code": parent, "sort_order": order}
        for code, parent, order in [("b", "r", 1), ("r", None, 9), ("a", "r", 2), ("b1", "b", 99)]
    ]
    with opened({"org_unit": tree}) as snapshot:
        frame = units(snapshot)
    assert frame.select("unit_code", "depth").rows() == [("r", 0), ("b", 1), ("b1", 2), ("a", 1)]


@pytest.mark.parametrize("tree", ["as_was", "as_is"])
@pytest.mark.parametrize("grouping", ["own_unit", "level", None])
def test_many_periods_are_counted_as_each_by_itself(grouping: Any, tree: Any) -> None:
    """Those within one month by a statement of their own, and still under their numbers."""
    world = World(11)
    span = Period(on("05-20"), on("08-20"))
    periods = [*span.split("week"), *span.split("month"), *Period(on("07-10"), on("07-16")).split("day"), span]
    metrics = [one for one in METRICS if one.of in {"account", "completed_delivery"}]
    with TemporaryDirectory() as folder, open_snapshot(write_snapshot(Path(folder), world.rows)) as snapshot:
        together = counts(snapshot, metrics, periods, Scope(tree=tree), grouping)
        each = pl.concat(
            counts(snapshot, metrics, [period], Scope(tree=tree), grouping).with_columns(period_no=pl.lit(number, dtype=pl.Int64))
            for number, period in enumerate(periods)
        )
    keys = ["period_no", "group_code", "metric"]
    assert together.sort(keys).equals(each.sort(keys))
    assert together.filter(metric="logged_in_accounts")["numerator"].sum() > 0


def test_several_periods_are_one_question_with_the_answers_of_each() -> None:
    rows: Rows = {
        "org_unit": [
            {"unit_code": "R", "level": "toi_cao"},
            {"unit_code": "OLD", "parent_code": "R", "valid_to": on("07-15")},
            {"unit_code": "NEW", "parent_code": "R", "valid_from": on("07-16")},
        ],
        "account": [{"account_key": "a", "activated_on": on("06-01")}],
        "account_assignment": [
            {"account_key": "a", "unit_code": "OLD", "valid_to": on("07-15")},
            {"account_key": "a", "unit_code": "NEW", "valid_from": on("07-18")},  # nowhere on the 16th and 17th
        ],
        "account_day": [{"account_key": "a", "day_on": on(day), "has_logged_in": True} for day in ("07-02", "07-17", "07-20")],
        "document": [{"unit_code": "OLD", "issued_on": on("07-10")}, {"unit_code": "NEW", "issued_on": on("07-20"), "is_electronic": True}],
    }
    periods = [Period(on("07-01"), on("07-31")), Period(on("07-01"), on("07-15")), Period(on("07-10"), on("07-17"))]
    names = ["login_rate", "fully_electronic_ratio", "median_working_days"]
    with TemporaryDirectory() as folder, open_snapshot(write_snapshot(Path(folder), rows)) as snapshot:
        for by in (None, "unit"):
            each = pl.concat([metric_values(snapshot, names, period, Scope("R"), by) for period in periods])
            assert values_of_periods(snapshot, names, periods, Scope("R"), by).equals(each)
        whole = values_of_periods(snapshot, ["login_rate"], periods)
    assert whole.select("numerator", "denominator").rows() == [(1, 1), (1, 1), (1, 1)]
