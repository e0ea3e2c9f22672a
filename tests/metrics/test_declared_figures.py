"""What units declare of their work files and their headcount, counted by hand."""

from __future__ import annotations

from typing import Any

from metrics.catalog import metric
from metrics.periods import Period
from metrics.query.delivered import is_known
from metrics.query.metric_values import metric_values
from tests.metrics.by_hand import JULY, Rows, figures, on, opened


def said(unit: str, base: str, value: int, first: str = "07-01", last: str = "07-31") -> dict[str, Any]:
    return {"unit_code": unit, "metric_base": base, "from_on": on(first), "to_on": on(last), "value": value}


def test_files_count_of_units_that_declared_both_numbers_for_the_whole_period() -> None:
    rows: Rows = {
        "document": [{"unit_code": "P", "is_electronic": True}],
        "declared_total": [
            said("P", "work_files", 100),
            said("P", "work_files_online", 60, last="07-15"),
            said("P", "work_files_online", 31, "07-16"),
            said("Q", "work_files", 50),  # how many of them online, it did not say
            said("V", "work_files", 20),
            said("V", "work_files_online", 20, last="07-30"),
            said("P1", "administrative_documents", 7),
        ],
    }
    by_unit = figures(rows, "work_files_online_ratio", by="unit")
    assert {code: counts for code, *counts in by_unit} == {
        None: [91, 100], "R": [91, 100], "V": [None, None], "P": [91, 100], "P1": [None, None], "Q": [None, None],
    }  # fmt: skip
    assert figures(rows, "electronic_issue_ratio") == [(None, 0, 7)]


def test_accounts_are_set_against_the_posts_declared_for_the_last_day() -> None:
    rows: Rows = {
        "account": [
            {"unit_code": "P", "activated_on": on("07-31")},
            {"unit_code": "P", "activated_on": on("08-01")},
            {"unit_code": "P", "is_officer": False},
            {"unit_code": "P", "disabled_on": on("07-31")},
            {"unit_code": "Q", "activated_on": on("07-01")},  # declared nothing, so it is in neither count
            {"unit_code": "P1"},
        ],
        "declared_total": [
            said("P", "headcount", 9, "01-01", "12-31"),
            said("P", "headcount", 4, "07-31", "12-31"),  # the newer one
            said("P1", "headcount", 3, "01-01", "07-30"),
        ],
    }
    assert figures(rows, "headcount_coverage_ratio", "headcount_activation_ratio") == [(None, 2, 4), (None, 1, 4)]
    before = Period(on("07-01"), on("07-30"))
    assert figures(rows, "headcount_coverage_ratio", period=before) == [(None, 4, 12)]
    assert figures(rows, "headcount_coverage_ratio", period=Period(on("08-01"), on("08-31")))[0][1:] == (None, None)  # after the cut-off


def test_a_base_that_nobody_declares_is_not_delivered() -> None:
    rows: Rows = {"account": [{"unit_code": "P"}], "declared_total": [said("P", "headcount", 9)]}
    rows["delivered"] = [{"entity": "declared_total", "column_name": "value"}, {"entity": "account", "column_name": "account_key"}]
    with opened(rows) as snapshot:
        assert not is_known(snapshot, metric("headcount_coverage_ratio"))
        assert metric_values(snapshot, ["headcount_coverage_ratio"], JULY)["numerator"].to_list() == [None]
