"""Which rows peers see of each other, and when the whole would tell of those whom no row tells: at each bound, on either side of it.

The tree: R over A (with A1 and A2) and B (with B1). A1 is small, so that A1, A and R are hidden. Shown are A2, B and B1; what no shown row
tells is the whole less A2 and B, of which B1 is a part. Twenty people, of whom 18 settled.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from dashboard.session.small_cells import POPULATION, without_small_cells
from metrics.comparison.suppression import PeersView

ABOVE = {"R": None, "A": "R", "B": "R", "A1": "A", "A2": "A", "B1": "B"}
JULY = (date(2024, 7, 1), date(2024, 7, 31))
VIEW = PeersView(frozenset({"R", "A", "A1"}), since=date(2024, 7, 31), is_closed=False, whole_since=date(2024, 6, 3), settled=18)
UNITS = (None, "R", "A", "B", "A1", "A2", "B1")
KINDS = {"metric": pl.String, "unit_code": pl.String, "period_from": pl.Date, "period_to": pl.Date, "numerator": pl.Int64, "denominator": pl.Int64}


def answer(name: str, reached: int | None, among: int | None = 20, days: tuple[date, date] = JULY, *, none: bool = False) -> pl.DataFrame:
    """What no shown row tells has `reached` of `among`; A2 has 9 of 10, B 11 of 20 and B1 in it 5 of 7."""
    told = {"A2": (9, 10), "B": (11, 20), "B1": (5, 7)}
    whole = (None if reached is None else reached + 20, None if among is None else among + 30)
    counts = {None: whole, "R": (1, 2), "A": (10, 11), "A1": (1, 1), **told}
    rows = [(name, code, *days, *counts[code]) for code in UNITS]
    return pl.DataFrame(rows[:0] if none else rows, schema=KINDS, orient="row").with_columns(value=pl.col("numerator") / pl.col("denominator"))


def seen(frame: pl.DataFrame, view: PeersView = VIEW, home: str | None = None, own: tuple[str, ...] = (), people: int = 20) -> set[str | None]:
    """The units of which a viewer sees figures; None is the whole."""
    found = without_small_cells(frame, answer(POPULATION, people), ABOVE, view, home, own)
    assert found.filter("is_hidden")["numerator"].null_count() == found["is_hidden"].sum()
    assert found.filter(~pl.col("is_hidden")).drop("is_hidden").equals(frame.filter(~found["is_hidden"]))
    return set(found.filter(~pl.col("is_hidden"))["unit_code"])


def is_whole_seen(frame: pl.DataFrame, view: PeersView = VIEW, people: int = 20) -> bool:
    found = seen(frame, view, people=people)
    assert found - {None} == {"A2", "B", "B1"}
    return None in found


def test_small_units_and_those_above_them_are_hidden_and_own_units_never() -> None:
    assert seen(answer("activation_rate", 10)) == {None, "A2", "B", "B1"}
    assert seen(answer("activation_rate", 10), own=("A", "A1", "A2"), home="A") == {None, "A", "A1", "A2", "B", "B1"}
    assert seen(answer("activation_rate", 10), replace(VIEW, is_closed=True), own=("A1",), home="A1") == {"A1"}
    assert seen(answer("activation_rate", 10), replace(VIEW, hidden=frozenset())) == set(UNITS)
    assert without_small_cells(answer("activation_rate", 10, none=True), answer(POPULATION, 20), ABOVE, VIEW, None, ()).is_empty()


def test_a_period_that_ends_before_the_first_day_has_no_other_units() -> None:
    early = replace(VIEW, since=JULY[1] + timedelta(days=1))
    assert seen(answer("activation_rate", 10), early, own=("B1",), home="B1") - {None} == {"B1"}
    assert seen(answer("activation_rate", 10), replace(early, hidden=frozenset()), own=("B1",), home="B1") - {None} == {"B1"}


@pytest.mark.parametrize(("reached", "is_seen"), [(1, False), (2, False), (3, True), (17, True), (18, False), (19, False), (20, False)])
def test_the_whole_is_hidden_where_all_who_settled_may_have_done_it_or_none(reached: int, is_seen: bool) -> None:
    assert is_whole_seen(answer("activation_rate", reached)) is is_seen
    assert is_whole_seen(answer("login_rate_of_provisioned", reached)) is is_seen
    assert is_whole_seen(answer("logged_in_accounts", reached, None)) is is_seen


@pytest.mark.parametrize(("reached", "among", "is_seen"), [(5, 10, True), (10, 10, False), (5, 17, True), (5, 18, False)])
def test_those_who_were_activated_are_told_by_the_denominator_too(reached: int, among: int, is_seen: bool) -> None:
    assert is_whole_seen(answer("login_rate", reached, among)) is is_seen
    assert is_whole_seen(answer("activation_rate", reached, 20)), "all people are no count that tells of some"


def test_what_is_not_known_or_of_nobody_tells_nothing() -> None:
    assert is_whole_seen(answer("activation_rate", None))
    assert is_whole_seen(answer("activation_rate", 10, None))
    assert is_whole_seen(answer("activation_rate", 0, 0), people=0)
    assert not is_whole_seen(answer("activation_rate", 1, 1), replace(VIEW, settled=1), people=1)


def test_counts_of_events_of_documents_and_of_all_people_tell_of_no_one() -> None:
    assert is_whole_seen(answer("login_events", 20, None))
    for name in (POPULATION, "outgoing_documents"):
        assert is_whole_seen(answer(name, 20, None), replace(VIEW, whole_since=date.max))


def test_leaders_are_few_everywhere() -> None:
    assert seen(answer("leader_login_rate", 10), own=("B1",), home="B1") == {"B1"}
    assert seen(answer("leader_login_rate", 10), replace(VIEW, hidden=frozenset()), own=("B1",), home="B1") == {"B1"}


def test_the_own_unit_is_taken_off_once() -> None:
    """Of 18 of whom a reader of A1 knows one, 17 of the others may not be all who settled; who knows B1 knows nothing that B does not tell."""
    assert None not in seen(answer("activation_rate", 18))
    assert None in seen(answer("activation_rate", 18), own=("A1",), home="A1")
    assert None not in seen(answer("activation_rate", 18), own=("B1",), home="B1")


@pytest.mark.parametrize(
    ("name", "first_told"),
    [
        ("activated_accounts", date(2024, 7, 31)),  # the state at the end
        ("login_rate", date(2024, 7, 1)),  # the days of the period
        ("habitual_rate", date(2024, 6, 3)),  # and four weeks before them
    ],
)
def test_the_whole_is_told_from_the_day_on_which_it_counts_nobody_who_left(name: str, first_told: date) -> None:
    frame = answer(name, 10, None if name == "activated_accounts" else 15)
    assert is_whole_seen(frame, replace(VIEW, whole_since=first_told))
    assert not is_whole_seen(frame, replace(VIEW, whole_since=first_told + timedelta(days=1)))


def test_what_an_account_ever_did_is_told_where_nobody_ever_left() -> None:
    assert is_whole_seen(answer("never_used_rate", 10, 15), replace(VIEW, whole_since=date.min))
    assert not is_whole_seen(answer("never_used_rate", 10, 15), replace(VIEW, whole_since=date.min + timedelta(days=1)))
