"""Figures on snapshots small enough to count by hand; every rule of the definitions has its row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest

from data.errors import ConfigurationError
from metrics.catalog import METRICS
from metrics.engines import Snapshot
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.scope import Scope
from metrics.values import COLUMNS, By, counts, metric_values, units, values_of_periods
from tests.metrics.test_against_slow_figures import World
from tests.tiny_snapshot import write_snapshot

Rows = dict[str, list[dict[str, Any]]]


def on(day: str) -> date:
    return date.fromisoformat(f"2024-{day}")


JULY = Period(on("07-01"), on("07-31"))
TREE: list[dict[str, Any]] = [
    {"unit_code": "R", "level": "toi_cao"},
    {"unit_code": "V", "parent_code": "R", "level": "don_vi_toi_cao", "pilot_group": 1},
    {"unit_code": "P", "parent_code": "R", "pilot_group": 1},
    {"unit_code": "P1", "parent_code": "P", "level": "cap_huyen", "pilot_group": 1},
    {"unit_code": "Q", "parent_code": "R", "pilot_group": 2},
]


@contextmanager
def opened(rows: Rows) -> Iterator[Snapshot]:
    with TemporaryDirectory() as folder, open_snapshot(write_snapshot(Path(folder), {"org_unit": [dict(unit) for unit in TREE], **rows})) as snapshot:
        yield snapshot


def figures(rows: Rows, *names: str, period: Period = JULY, scope: Scope | None = None, by: By | None = None) -> list[tuple[Any, ...]]:
    """(unit_code, numerator, denominator) of each row, in order."""
    with opened(rows) as snapshot:
        return metric_values(snapshot, names, period, scope, by).select("unit_code", "numerator", "denominator").rows()


def test_stock_is_read_on_the_last_day_and_flow_within_the_period() -> None:
    rows: Rows = {
        "account": [
            {"unit_code": "P", "account_key": "before", "activated_on": on("06-20")},
            {"unit_code": "P", "account_key": "last_day", "activated_on": on("07-31")},
            {"unit_code": "P", "account_key": "after", "activated_on": on("08-01")},
            {"unit_code": "P", "account_key": "never"},
            {"unit_code": "P", "account_key": "late", "provisioned_on": on("08-01")},
            {"unit_code": "P", "account_key": "gone", "activated_on": on("06-01"), "disabled_on": on("07-31")},
            {"unit_code": "P", "account_key": "goes", "activated_on": on("06-01"), "disabled_on": on("08-01")},
            {"unit_code": "P", "account_key": "test", "is_officer": False, "activated_on": on("06-01")},
        ],
        "account_day": [
            {"account_key": "before", "day_on": on("06-30"), "has_logged_in": True},
            {"account_key": "before", "day_on": on("08-01"), "has_logged_in": True},
            {"account_key": "last_day", "day_on": on("07-31"), "has_logged_in": True},
            {"account_key": "last_day", "day_on": on("07-01"), "has_logged_in": True},
            {"account_key": "after", "day_on": on("07-15"), "has_logged_in": True},  # logged in before it was activated: a defect
            {"account_key": "goes", "day_on": on("07-01"), "has_processed": True},
            {"account_key": "test", "day_on": on("07-02"), "has_logged_in": True},
        ],
    }
    assert figures(rows, "activation_rate", "login_rate", "login_rate_of_provisioned", "processing_rate", "provisioned_accounts") == [
        (None, 3, 5),
        (None, 1, 3),
        (None, 1, 5),
        (None, 1, 3),
        (None, 5, None),
    ]


def test_weeks_are_counted_back_from_the_last_day() -> None:
    def active(key: str, *days: str) -> list[dict[str, Any]]:
        return [{"account_key": key, "day_on": on(day), "has_logged_in": True} for day in days]

    keys = ("edge", "outside", "three", "two")
    rows: Rows = {
        "account": [{"unit_code": "P", "account_key": key, "activated_on": on("01-01")} for key in keys],
        "account_day": [
            *active("edge", "07-25"),  # the last 7 days are 25 to 31 July
            *active("outside", "07-24"),
            *active("three", "07-04", "07-17", "07-18", "07-31"),  # weeks 4, 3, 2 and 1 begin on 4, 11, 18 and 25 July
            *active("two", "07-03", "07-11", "07-25", "07-26"),
        ],
    }
    assert figures(rows, "weekly_active_rate", "habitual_rate") == [(None, 3, 4), (None, 1, 4)]


def test_a_period_too_short_for_its_weeks_has_no_value() -> None:
    rows: Rows = {"account": [{"unit_code": "P", "activated_on": on("01-01")}]}
    assert figures(rows, "weekly_active_rate", "habitual_rate", "login_rate", period=Period(on("07-25"), on("07-31"))) == [
        (None, 0, 1),
        (None, None, None),
        (None, 0, 1),
    ]


def test_an_account_counts_where_it_was_assigned_on_the_last_day() -> None:
    rows: Rows = {
        "account": [{"account_key": "mover", "activated_on": on("01-01")}],
        "account_assignment": [
            {"account_key": "mover", "unit_code": "V", "valid_to": on("07-19")},
            {"account_key": "mover", "unit_code": "P1", "valid_from": on("07-20")},
        ],
        "account_day": [{"account_key": "mover", "day_on": on("07-05"), "has_logged_in": True}],
    }
    assert figures(rows, "login_rate", by="unit") == [(None, 1, 1), ("R", 1, 1), ("V", 0, 0), ("P", 1, 1), ("P1", 1, 1), ("Q", 0, 0)]
    assert figures(rows, "login_rate", period=Period(on("07-01"), on("07-19")), scope=Scope("V")) == [("V", 1, 1)]


def test_group_2_counts_clerks_and_the_whole_counts_officers() -> None:
    rows: Rows = {
        "account": [
            {"unit_code": "P", "is_clerk": True},
            {"unit_code": "P1"},
            {"unit_code": "Q", "is_clerk": True},
            {"unit_code": "Q"},
            {"unit_code": "Q"},
        ],
        "document": [{"unit_code": "Q"}],
    }
    assert figures(rows, "provisioned_accounts") == [(None, 5, None)]
    assert figures(rows, "provisioned_accounts", "outgoing_documents", scope=Scope(group=1)) == [(None, 2, None), (None, 0, None)]
    assert figures(rows, "provisioned_accounts", "outgoing_documents", scope=Scope(group=2)) == [(None, 1, None), (None, 1, None)]
    assert figures(rows, "provisioned_accounts", scope=Scope("P", group=1), by="unit") == [("P", 2, None), ("P1", 1, None)]


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
            due("done before it is due", "07-31", "07-12"),
            due("due later", "08-01", "07-12"),
            {"document_key": "no due date", "receiver_code": "P", "completed_on": on("07-10")},
            {**due("recalled", "07-10", None), "is_recalled": True},
        ]
    }
    assert figures(rows, "on_time_ratio", "overdue") == [(None, 2, 4), (None, 2, None)]


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


def test_distinct_accounts_are_recounted_for_each_part_of_the_period() -> None:
    rows: Rows = {
        "account": [{"unit_code": "P", "account_key": "a", "activated_on": on("07-09")}],
        "account_day": [{"account_key": "a", "day_on": on(day), "has_logged_in": True} for day in ("07-09", "07-10", "07-16")],
    }
    with opened(rows) as snapshot:
        weeks = metric_values(snapshot, ["logged_in_accounts", "activated_accounts"], JULY, Scope("P"), by="week")
    assert weeks["numerator"].to_list() == [1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0, 1]
    assert set(weeks["unit_code"]) == {"P"}
    assert weeks["period_from"].to_list()[::2] == [on("07-01"), *(on("07-01") + timedelta(days=7 * week) for week in range(5))]


def test_no_activity_is_not_no_data() -> None:
    rows: Rows = {"document": [{"unit_code": "P"}], "account": [{"unit_code": "P"}]}  # the snapshot speaks of 1 to 31 July
    assert figures(rows, "axis_success_ratio") == [(None, 0, 0)]
    assert figures(rows, "axis_success_ratio", "outgoing_documents", period=Period(on("08-01"), on("08-31"))) == [(None, None, None)] * 2
    assert figures(rows, "outgoing_documents", period=Period(on("06-01"), on("06-30"))) == [(None, None, None)]
    assert figures(rows, "internal_incoming", "on_time_ratio") == [(None, None, None)] * 2  # no delivery was ever delivered to us
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
    together = figures(rows, *names, by="unit")
    for number, name in enumerate(names):
        assert figures(rows, name, by="unit") == together[number :: len(names)], name


def test_units_come_in_the_order_of_the_tree() -> None:
    tree = [
        {"unit_code": code, "parent_code": parent, "sort_order": order}
        for code, parent, order in [("b", "r", 1), ("r", None, 9), ("a", "r", 2), ("b1", "b", 99)]
    ]
    with opened({"org_unit": tree}) as snapshot:
        frame = units(snapshot)
    assert frame.select("unit_code", "depth").rows() == [("r", 0), ("b", 1), ("b1", 2), ("a", 1)]


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
