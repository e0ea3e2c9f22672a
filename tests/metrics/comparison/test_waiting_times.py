"""Durations with what is not finished yet: Kaplan and Meier's curve by month of arrival."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from metrics.comparison.waiting_times import LONG, completion_by_month, kaplan_meier
from metrics.periods import Period
from metrics.query.metric_values import metric_values
from metrics.tree.scope import Scope
from tests.metrics.by_hand import opened
from tests.tiny_snapshot import Row

# Weeks of remission of 21 patients given 6-mercaptopurine: E. J. Freireich and others (1963), Blood 21, 699-716, the example of most textbooks.
ENDED = (6, 6, 6, 7, 10, 13, 16, 22, 23)
STILL_IN_REMISSION = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
# The estimates as D. Collett prints them (Modelling Survival Data in Medical Research, table 2.2 style), to four places.
PUBLISHED = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}


def test_the_curve_is_that_of_the_textbooks() -> None:
    curve = kaplan_meier([*((days, True, 1) for days in ENDED), *((days, False, 1) for days in STILL_IN_REMISSION)])
    assert {step.days: round(step.lasting, 4) for step in curve.steps} == PUBLISHED
    assert (curve.quantile(0.5), curve.quantile(0.9)) == (23, None)
    assert (curve.lasting(5), curve.lasting(35), curve.lasting(36)) == (1.0, curve.steps[-1].lasting, None)


@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40))
def test_the_curve_is_that_of_scipy(spells: list[tuple[int, bool]]) -> None:
    found = kaplan_meier((days, has_ended, 1) for days, has_ended in spells)
    ended, left = ([days for days, is_end in spells if is_end is side] for side in (True, False))
    theirs = stats.ecdf(stats.CensoredData(uncensored=ended, right=left)).sf
    lasting = dict(zip(theirs.quantiles.tolist(), theirs.probabilities.tolist(), strict=True))
    assert {step.days: step.lasting for step in found.steps} == pytest.approx({days: lasting[days] for days in set(ended)}, abs=1e-12)


def test_a_month_counts_what_is_still_open_and_a_share_of_the_completed_does_not() -> None:
    """Of ten a day five are done at once, and five only after 35 working days: at the cut-off, of those of the last month not one of them."""
    first, last = date(2024, 5, 6), date(2024, 7, 31)
    days = [first + timedelta(days=day) for day in range((last - first).days + 1)]
    deliveries: list[Row] = []
    for arrived_on in days:
        for number in range(10):
            done_on = arrived_on if number < 5 else arrived_on + timedelta(days=49)
            key = f"{arrived_on}-{number}"
            deliveries.append(
                {"document_key": key, "receiver_code": "P", "arrived_on": arrived_on, "completed_on": done_on if done_on <= last else None}
            )
    info = {"first_on": first, "cutoff_at": datetime(2024, 7, 31, 16, 59, tzinfo=UTC)}
    with opened({"delivery": deliveries, "snapshot_info": [info], "day_off": []}) as snapshot:
        table = completion_by_month(snapshot, Period(first, last), Scope("P"))
        (p90,) = metric_values(snapshot, ["p90_working_days"], Period(date(2024, 7, 1), last))["value"]
    may, june, july = table.rows(named=True)
    assert (may["month_on"], may["arrived"], may["completed"]) == (date(2024, 5, 1), 260, 260)
    assert (may["median_days"], may["p90_days"], may["open_after"]) == (0, 35, 0.5)
    assert june["open_after"] == pytest.approx(0.5)
    assert (july["completed"], july["median_days"], july["p90_days"], july["open_after"]) == (155, 0, None, None)  # none is LONG working days old
    assert LONG == 30
    assert p90 == 35.0  # of what was completed in July, which is mostly of May and June
