from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.session.policy import ROLES
from dashboard.session.state import (
    LONGEST_VALUE,
    PAGE_PARAMETERS,
    TREES,
    Notice,
    Pinned,
    Selection,
    default_selection,
    parse,
    pinned_periods,
    populations_of,
    to_query,
)
from data.errors import ConfigurationError

DEFAULT = Selection(None, date(2024, 7, 1), date(2024, 7, 31), "pilot")
UNITS = {"T01", "T22"}

days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
own = st.lists(st.text(max_size=8), min_size=len(PAGE_PARAMETERS), max_size=len(PAGE_PARAMETERS)).map(
    lambda values: tuple((name, value) for name, value in zip(PAGE_PARAMETERS, values, strict=True) if value)
)
selections = st.builds(
    lambda unit, pair, population, language, tree, role, role_unit, own: Selection(
        unit, min(pair), max(pair), population, language, tree, role, role_unit, own
    ),
    st.sampled_from([None, *sorted(UNITS)]),
    st.tuples(days, days),
    st.sampled_from(populations_of((1, 2))),
    st.sampled_from(["vi", "en"]),
    st.sampled_from(TREES),
    st.sampled_from([None, *ROLES]),
    st.sampled_from([None, *sorted(UNITS)]),
    own,
)


@settings(deadline=None)
@given(selections)
def test_a_link_is_the_view(selection: Selection) -> None:
    assert parse(to_query(selection), Selection(None, date(2000, 1, 1), date(2000, 1, 2), "all"), UNITS) == (selection, ())


def test_a_bare_address_is_the_default() -> None:
    assert parse({}, DEFAULT, UNITS) == (DEFAULT, ())


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ({"unit": "T99"}, "notice.unit"),
        ({"unit": "<script>alert(1)</script>"}, "notice.unit"),
        ({"population": "3"}, "notice.population"),
        ({"role": "owner"}, "notice.role"),
        ({"role_unit": "T99"}, "notice.role_unit"),
        ({"tree": "as_will_be"}, "notice.tree"),
        ({"from": "2024-07-01"}, "notice.period"),
        ({"from": "2024-07-31", "to": "2024-07-01"}, "notice.period"),
        ({"from": "yesterday", "to": "2024-07-01"}, "notice.period"),
        ({"from": "0001-01-01", "to": "9999-12-31"}, "notice.period"),
    ],
)
def test_what_cannot_be_used_falls_back_and_is_told(query: dict[str, str], key: str) -> None:
    selection, notices = parse(query, DEFAULT, UNITS)
    assert selection == DEFAULT
    assert [notice.key for notice in notices] == [key]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["unit", "from", "to", "population", "lang", "tree", "role", "role_unit"]), st.text(max_size=12)))
def test_no_address_breaks_the_page(query: dict[str, str]) -> None:
    selection, _ = parse(query, DEFAULT, UNITS)
    assert selection.from_on <= selection.to_on
    assert selection.unit_code is None or selection.unit_code in UNITS


def test_what_a_page_reads_alone_is_carried_and_bounded() -> None:
    selection, notices = parse({"metric": "login_rate", "find": "x" * 1000, "other": "y"}, DEFAULT, UNITS)
    assert notices == (Notice("notice.unknown", "other"),)
    assert selection.own_value("metric") == "login_rate"
    assert selection.own_value("find") == "x" * LONGEST_VALUE
    assert (selection.own_value("sort"), selection.own_value("other")) == ("", "")


def test_the_pilot_reads_accounts_of_group_1_and_documents_of_both() -> None:
    assert DEFAULT.group_for("account") == 1
    assert DEFAULT.group_for("document") is None
    everyone = Selection(None, DEFAULT.from_on, DEFAULT.to_on, "all")
    clerks = Selection(None, DEFAULT.from_on, DEFAULT.to_on, "2")
    assert (everyone.group_for("account"), clerks.group_for("account"), clerks.group_for("delivery")) == (None, 2, 2)


def test_the_first_view_comes_from_the_configuration() -> None:
    view = {"from": date(2024, 7, 1), "to": date(2024, 7, 31), "population": "pilot"}
    assert default_selection({"dashboard": {"first_view": view}}, date(2026, 10, 31)) == DEFAULT
    assert default_selection({}, date(2025, 3, 31)) == Selection(None, date(2025, 3, 1), date(2025, 3, 31), "all")  # complete
    assert default_selection({}, date(2025, 3, 2)) == Selection(None, date(2025, 2, 1), date(2025, 2, 28), "all")


@pytest.mark.parametrize(
    "view",
    [
        {"from": date(2024, 7, 2), "to": date(2024, 7, 1)},
        {"from": "2024-07-01", "to": date(2024, 7, 1)},
        {"from": datetime(2024, 7, 1, 0, 0), "to": date(2024, 7, 2)},
        {"from": date(2024, 7, 1), "to": date(2024, 7, 1), "population": "both"},
    ],
)
def test_a_wrong_first_view_is_told_with_the_way_out(view: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match="first_view"):
        default_selection({"dashboard": {"first_view": view}}, date(2025, 1, 1))
    with pytest.raises(ConfigurationError, match="pinned"):
        pinned_periods({"dashboard": {"pinned": [{"name": "x", **view}]}})


def test_pinned_periods_have_a_name_and_a_view() -> None:
    view = {"from": date(2024, 7, 1), "to": date(2024, 7, 31), "population": "pilot"}
    assert pinned_periods({"dashboard": {"pinned": [{"name": "Thí điểm", **view}]}}) == (Pinned("Thí điểm", DEFAULT),)
    assert pinned_periods({}) == ()
    for wrong in ("x", [view], [{"name": 1, **view}]):
        with pytest.raises(ConfigurationError, match="pinned"):
            pinned_periods({"dashboard": {"pinned": wrong}})


def test_populations_are_those_of_the_organisations_groups() -> None:
    assert populations_of((1, 2)) == ("pilot", "all", "1", "2")
    assert populations_of((3,)) == ("all", "3")
    assert populations_of(()) == ("all",)
