"""Leaders, days of use, cohorts and those who stay away, counted by hand at the edges of their windows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from metrics.periods import Period
from metrics.tree.scope import Scope
from tests.metrics.by_hand import JULY, Rows, figures, on

INFO = [{"first_on": date(2024, 1, 1), "cutoff_at": datetime(2024, 8, 31, 16, 59, tzinfo=UTC)}]


def world(accounts: list[dict[str, Any]], days: dict[str, list[date]], did: str = "has_logged_in") -> Rows:
    """Accounts of unit P by name, with the days on which each did it."""
    made = [{"account_key": str(number), "unit_code": "P", "activated_on": on("01-02"), **one} for number, one in enumerate(accounts)]
    acts = [{"account_key": key, "day_on": day, did: True, "login_count": 1} for key, found in days.items() for day in found]
    return {"account": made, "account_day": acts, "snapshot_info": INFO}


def july(*days: int) -> list[date]:
    return [date(2024, 7, day) for day in days]


def test_leaders_are_counted_of_all_leaders_and_by_group_of_those_in_it() -> None:
    accounts: list[dict[str, Any]] = [{"is_leader": True}, {"is_leader": True, "activated_on": None}, {"is_leader": True, "is_officer": False}, {}]
    rows = world([*accounts, {"unit_code": "Q", "is_leader": True, "is_clerk": True}, {"unit_code": "Q", "is_leader": True}], {"0": july(1)})
    assert figures(rows, "leader_login_rate") == [(None, 1, 4)]
    assert figures(rows, "leader_login_rate", scope=Scope(group=1)) == [(None, 1, 2)]
    assert figures(rows, "leader_login_rate", scope=Scope(group=2)) == [(None, 0, 1)]  # of clerks, who alone count in group 2


def test_an_account_is_asked_for_the_working_days_since_its_activation() -> None:
    # July 2024 has 23 working days; from Tuesday 16 to the end there are 12. The 6th and 7th are a weekend.
    rows = world([{}, {"activated_on": on("07-16")}, {"activated_on": None}], {"0": july(5, 6, 7, 8), "1": july(15, 16, 31)})
    assert figures(rows, "daily_use_rate") == [(None, 4, 23 + 12)]
    assert figures(rows, "median_login_days") == [(None, 2, None)]
    assert figures(rows, "daily_use_rate", period=Period(on("06-28"), on("07-16"))) == [(None, 3, 13 + 1)]
    assert figures(rows, "daily_use_rate", period=Period(on("07-06"), on("07-07"))) == [(None, 0, 0)]  # no working day, so nothing is asked


@pytest.mark.parametrize(
    ("days", "is_regular"), [((4, 5, 8, 9, 10, 11, 12, 15), 1), ((3, 5, 8, 9, 10, 11, 12, 15), 0), ((4, 5, 8, 9, 10, 11, 12), 0)]
)
def test_eight_days_of_the_last_28_are_regular(days: tuple[int, ...], is_regular: int) -> None:
    rows = world([{}], {"0": july(*days)}, did="has_processed")
    assert figures(rows, "regular_processing_rate") == [(None, is_regular, 1)]
    longer = Period(on("06-01"), on("07-31"))  # counted of several months, and of the same 28 days
    assert figures(rows, "regular_processing_rate", period=longer) == [(None, is_regular, 1)]


def test_one_day_only_and_viewing_only_are_of_those_who_logged_in() -> None:
    rows = world([{}, {}, {}], {"0": july(3), "1": july(3, 29, 30)})
    rows["account_day"].append({"account_key": "1", "day_on": on("07-04"), "has_processed": True})
    assert figures(rows, "one_day_only_rate", "view_only_rate") == [(None, 1, 2), (None, 1, 2)]
    longer = Period(on("06-01"), on("07-31"))
    assert figures(rows, "one_day_only_rate", "view_only_rate", period=longer) == [(None, 1, 2), (None, 1, 2)]


def test_a_cohort_is_followed_for_30_days_and_counted_when_they_are_over() -> None:
    accounts = [{"activated_on": on("07-10")}, {"activated_on": on("07-10")}, {"activated_on": on("07-31")}, {"activated_on": on("08-01")}]
    rows = world(accounts, {"0": [on("08-09")], "1": [on("08-10")], "2": [on("08-30")], "3": [on("08-02")]})
    assert figures(rows, "first_login_30_days_rate") == [(None, 2, 3)]
    # The 30th day after 1 August is the 31st, the day of the cut-off, which is not over: August has no rate yet, and is no part of a longer period.
    assert figures(rows, "first_login_30_days_rate", period=Period(on("08-01"), on("08-31"))) == [(None, None, None)]
    assert figures(rows, "first_login_30_days_rate", period=Period(on("07-01"), on("08-31"))) == [(None, 2, 3)]
    processed = world(accounts, {"0": [on("07-01")], "1": [on("08-10")]}, did="has_processed")
    assert figures(processed, "first_processing_30_days_rate") == [(None, 1, 3)]


@pytest.mark.parametrize(("name", "wait"), [("retention_1_month_rate", 30), ("retention_3_months_rate", 90), ("retention_6_months_rate", 180)])
def test_who_is_back_in_the_30_days_after_one_three_and_six_months(name: str, wait: int) -> None:
    began, cutoff = date(2024, 1, 10), datetime(2024, 12, 31, 16, 59, tzinfo=UTC)
    times = {"0": wait, "1": wait + 1, "2": wait + 30, "3": wait + 31}
    rows = world([{"activated_on": began}] * 4, {key: [began + timedelta(days=after)] for key, after in times.items()})
    rows["snapshot_info"] = [{"first_on": date(2024, 1, 1), "cutoff_at": cutoff}]
    assert figures(rows, name, period=Period(date(2024, 1, 1), date(2024, 1, 31))) == [(None, 2, 4)]
    # The last of the 30 days is over on the day after it, and the day of the cut-off is not over.
    youngest = cutoff.date() - timedelta(days=wait + 31)
    for after, told in ((0, (None, 0, 4)), (1, (None, None, None))):
        on_day = youngest + timedelta(days=after)
        rows["account"] = [{**one, "activated_on": on_day} for one in rows["account"]]
        assert figures(rows, name, period=Period(on_day, on_day)) == [told]


def test_dormant_is_who_logged_in_before_and_not_in_90_days() -> None:
    last = JULY.to_on
    rows = world([{}, {}, {}, {}], {"0": [last - timedelta(days=90)], "1": [last - timedelta(days=89)], "2": [on("08-01")]})
    assert figures(rows, "dormant_rate", "never_used_rate") == [(None, 1, 4), (None, 2, 4)]


def test_days_that_the_data_do_not_speak_of_make_nobody_dormant() -> None:
    rows = world([{}], {"0": july(3)}) | {"snapshot_info": [{**INFO[0], "first_on": JULY.to_on - timedelta(days=88)}]}
    assert figures(rows, "dormant_rate", "never_used_rate") == [(None, None, None), (None, 0, 1)]


def test_exchanged_documents_are_those_sent_on_and_count_where_electronic_and_signed() -> None:
    sent = {"unit_code": "P", "is_sent_internally": True}
    rows: Rows = {
        "document": [
            {**sent, "document_key": "1", "is_electronic": True, "is_organ_signed": True},
            {**sent, "document_key": "2", "is_parallel": True, "is_signer_signed": True},
            {**sent, "document_key": "3", "is_paper": True, "is_organ_signed": True},
            {"unit_code": "P", "document_key": "4", "is_electronic": True, "is_sent_by_axis": True},
            {"unit_code": "P", "document_key": "5", "is_electronic": True, "is_organ_signed": True},
        ]
    }
    assert figures(rows, "exchanged_signed_ratio") == [(None, 2, 4)]


def test_an_account_in_several_units_has_its_days_once_in_what_holds_them() -> None:
    rows = world([{}], {"0": july(1, 2)})
    rows["account"][0].pop("unit_code")
    rows["account_assignment"] = [{"account_key": "0", "unit_code": code, "is_shared": True} for code in ("P", "P1", "Q")]
    found = {code: counts for code, *counts in figures(rows, "daily_use_rate", by="unit")}
    assert found == {None: [2, 23], "R": [2, 23], "V": [0, 0], "P": [2, 23], "P1": [2, 23], "Q": [2, 23]}
    assert {code: cases for code, cases, _ in figures(rows, "median_login_days", by="unit")} == {None: 1, "R": 1, "V": 0, "P": 1, "P1": 1, "Q": 1}
