"""Figures of accounts counted by hand; every rule of the definitions has its row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from metrics.periods import Period
from metrics.query.metric_values import metric_values
from metrics.tree.scope import Scope
from tests.metrics.by_hand import JULY, Rows, figures, on, opened


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
