"""Who sees what, rule by rule: roles, pages, units and grains; what is not allowed by name is denied."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import get_args

import pytest

from dashboard.session.policy import EVERYWHERE, GRAINS, OWN, ROLES, Action, Grain, PeerPolicy, Role, Viewer, may, may_enter
from dashboard.session.queries import AccessDenied, Reader, pin
from dashboard.session.state import Selection
from dashboard.session.viewers import is_demo, peer_policy, viewer_of
from dashboard.ui.page_context import Page
from dashboard.ui.unit_names import unit_tree
from dashboard.views import PAGES
from dashboard.views.compare.comparison import is_beside_peers, read_comparison
from data.errors import ConfigurationError
from data.paths import Home
from tests.tiny_snapshot import write_snapshot

JULY = (date(2024, 7, 1), date(2024, 7, 31))
UNITS = [
    {"unit_code": "R", "level": "toi_cao"},
    {"unit_code": "A", "parent_code": "R"},
    {"unit_code": "A1", "parent_code": "A", "level": "cap_huyen"},
    {"unit_code": "B", "parent_code": "R"},
    {"unit_code": "C", "parent_code": "R"},
    {"unit_code": "D", "parent_code": "R"},
]
SIZES = {"A": 8, "A1": 7, "B": 20, "C": 3, "D": 9}
"""C is too small to be shown to peers."""

VIEWERS: dict[str, Viewer] = {
    "leader": Viewer("leader"),
    "statistics": Viewer("statistics"),
    "admin": Viewer("admin"),
    **{f"unit {peers}": Viewer("unit", frozenset({"A", "A1"}), "A", peers) for peers in ("named", "anonymous", "none")},  # type: ignore[arg-type]
}
PLACES: dict[str, str | None] = {"whole": None, "own": "A", "below": "A1", "peer": "B", "above": "R"}

# Written out once more, and not read from the policy: viewer, place, and every grain that may be read there.
ALLOWED: dict[tuple[str, str], set[Grain]] = {
    **{("leader", place): {"aggregate", "comparison", "making", "definition", "report"} for place in PLACES},
    **{
        ("statistics", place): {"aggregate", "comparison", "account", "document", "declaration", "making", "definition", "report"} for place in PLACES
    },
    **{("admin", place): {"making", "definition"} for place in PLACES},
    **{
        (f"unit {peers}", place): {"aggregate", "comparison", "account", "document", "declaration", "definition", "report"}
        for peers in ("named", "anonymous", "none")
        for place in ("own", "below")
    },
    **{("unit named", place): {"comparison", "definition"} for place in ("whole", "peer", "above")},
    ("unit anonymous", "whole"): {"comparison", "definition"},
    **{("unit anonymous", place): {"definition"} for place in ("peer", "above")},
    **{("unit none", place): {"definition"} for place in ("whole", "peer", "above")},
}
ENTERED: dict[str, list[str]] = {
    "leader": ["overview", "compare", "unit", "documents", "reports", "quality", "dictionary"],
    "statistics": ["overview", "compare", "unit", "documents", "reports", "declarations", "quality", "dictionary"],
    "unit named": ["overview", "compare", "unit", "documents", "reports", "declarations", "dictionary"],
    "unit none": ["overview", "compare", "unit", "documents", "reports", "declarations", "dictionary"],
    "admin": ["quality", "dictionary"],
}


@pytest.mark.parametrize(("who", "place", "grain"), list(product(VIEWERS, PLACES, GRAINS)))
def test_every_viewer_place_and_grain(who: str, place: str, grain: Grain) -> None:
    assert may(VIEWERS[who], "read", PLACES[place], JULY, grain) is (grain in ALLOWED[who, place])
    exported = grain in ALLOWED[who, place] and not (grain == "comparison" and who.startswith("unit") and place not in ("own", "below"))
    assert may(VIEWERS[who], "export", PLACES[place], JULY, grain) is exported


# Who does what with a report, written out once more: role, action, place.
REPORT_ACTIONS: dict[tuple[str, str], set[str]] = {
    **{("leader", place): {"read", "export"} for place in PLACES},
    **{("statistics", place): {"read", "export", "build", "pin", "approve"} for place in PLACES},
    **{("unit named", place): {"read", "export", "build"} for place in ("own", "below")},
}


# And with what is entered.
ENTRY_ACTIONS: dict[tuple[str, str], set[str]] = {
    **{("statistics", place): {"read", "export", "enter", "decide"} for place in PLACES},
    **{("unit named", place): {"read", "export", "enter"} for place in ("own", "below")},
}


@pytest.mark.parametrize(("who", "place", "action"), list(product(VIEWERS, PLACES, get_args(Action))))
def test_what_each_role_does_with_reports(who: str, place: str, action: Action) -> None:
    who = "unit named" if who.startswith("unit") else who  # what a unit sees of its peers changes nothing about reports
    assert may(VIEWERS[who], action, PLACES[place], JULY, "report") is (action in REPORT_ACTIONS.get((who, place), set()))
    assert may(VIEWERS[who], action, PLACES[place], JULY, "declaration") is (action in ENTRY_ACTIONS.get((who, place), set()))


@pytest.mark.parametrize("action", ["build", "pin", "approve"])
def test_figures_are_only_read_and_taken_away(action: Action) -> None:
    assert not [(who, grain) for who in VIEWERS for grain in GRAINS if grain != "report" and may(VIEWERS[who], action, "A", JULY, grain)]


@pytest.mark.parametrize("who", ENTERED)
def test_the_pages_of_each_role(who: str) -> None:
    assert [name for name in PAGES if may_enter(VIEWERS[who], JULY, PAGES[name].grain)] == ENTERED[who]


def test_every_role_and_grain_is_known_to_the_policy() -> None:
    assert set(EVERYWHERE) == set(ROLES)
    assert set(GRAINS) >= OWN


def test_an_unknown_role_or_grain_sees_nothing() -> None:
    stranger = Viewer("guest", frozenset({"A"}))  # type: ignore[arg-type]
    assert not any(may(stranger, "read", code, JULY, grain) for code, grain in product(PLACES.values(), GRAINS))
    assert not any(may(viewer, "read", "A", JULY, "name") for viewer in VIEWERS.values())  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("roles"))
    accounts = [
        {"unit_code": code, "account_key": f"{code}-{number}", "activated_on": date(2024, 7, 2) if number % 3 else None}
        for code, size in SIZES.items()
        for number in range(size)
    ]
    done = {"has_logged_in": True, "has_processed": True, "has_signed": True}
    days = [{"account_key": one["account_key"], "day_on": date(2024, 7, 3), **done} for one in accounts[1::3] if one["activated_on"]]
    given = {"org_unit": UNITS, "account": accounts, "account_day": days, "document": [{"unit_code": "A", "is_electronic": True}]}
    write_snapshot(home.snapshots, given)
    return home


def view(unit_code: str | None) -> Selection:
    return Selection(unit_code, *JULY, "all")


READS = {
    "values": lambda reader, unit: reader.values(["activation_rate"], view(unit)),
    "unit_parts": lambda reader, unit: reader.unit_parts("activation_rate", view(unit), [_period()]),
    "document_flow": lambda reader, unit: reader.document_flow(view(unit), [_period()]),
    "open_rows": lambda reader, unit: reader.open_rows("activation_rate", view(unit)),
    "declarations": lambda reader, unit: reader.declarations(view(unit)),
    "checks": lambda reader, unit: reader.checks(view(unit)),
    "active_days": lambda reader, unit: reader.active_days(view(unit)),
    "peer_places": lambda reader, unit: reader.peer_places(["activation_rate"], view(unit)),
}
"""Every read of the selection, and below the grains of which one is enough for it."""
NEEDED: dict[str, set[Grain]] = {
    "values": {"aggregate"},
    "unit_parts": {"aggregate"},
    "document_flow": {"aggregate"},
    "open_rows": {"account"},
    "declarations": {"declaration"},
    "checks": {"aggregate", "making"},
    "active_days": {"making"},
    "peer_places": {"aggregate"},
}


def _period() -> object:
    from metrics.periods import Period

    return Period(*JULY)


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("who", VIEWERS)
def test_every_read_of_every_unit_goes_by_the_policy(home: Home, who: str, read: str) -> None:
    reader = pin(home, VIEWERS[who])
    for place, code in PLACES.items():
        is_allowed = bool(NEEDED[read] & ALLOWED[who, place])
        if read == "peer_places":
            is_allowed &= "comparison" in ALLOWED[who, "whole"]
        if is_allowed:
            READS[read](reader, code)
        else:
            with pytest.raises(AccessDenied):
                READS[read](reader, code)


def test_peers_are_compared_by_name_only_where_the_policy_names_them(home: Home) -> None:
    def codes(peers: PeerPolicy, smallest: int = 5) -> tuple[list[str], list[str]]:
        page = page_of(pin(home, Viewer("unit", frozenset({"A", "A1"}), "A", peers, smallest)))
        standings = read_comparison(page).standings
        return [one.unit.code for one in standings if not one.is_hidden], [one.unit.code for one in standings if one.is_hidden]

    # C has 3 accounts; with it goes D, or the whole less the others would tell C.
    assert codes("named") == (["A", "A1", "B"], ["C", "D"])
    assert codes("named", smallest=3) == (["A", "A1", "B", "C", "D"], [])
    assert codes("anonymous") == (["A1"], [])
    assert codes("none") == (["A1"], [])


def test_no_figure_of_a_hidden_peer_leaves_the_data_layer(home: Home) -> None:
    reader = pin(home, VIEWERS["unit named"])
    frame = reader.compared(["activation_rate", "activated_accounts", "login_rate"], view("A"))
    hidden = frame.filter(frame["unit_code"].is_in(["C", "D"]))
    assert hidden["is_hidden"].all()
    assert hidden.select("numerator", "denominator", "value").null_count().row(0) == (hidden.height,) * 3
    anonymous = pin(home, VIEWERS["unit anonymous"]).compared(["activation_rate"], view("A"))
    assert set(anonymous["unit_code"].drop_nulls()) == {"A", "A1"}
    with pytest.raises(AccessDenied):
        pin(home, VIEWERS["unit none"]).compared(["activation_rate"], view("A"))


def page_of(reader: Reader) -> Page:
    return Page(reader, view("A"), unit_tree(reader.units(), ""), "")


def test_below_the_top_of_what_is_theirs_a_unit_compares_its_own_units(home: Home) -> None:
    page = page_of(pin(home, VIEWERS["unit named"]))
    assert is_beside_peers(page)
    assert not is_beside_peers(Page(page.reader, view("A1"), page.tree, ""))


@pytest.mark.parametrize("role", [None, *ROLES])
def test_the_demo_shows_the_view_of_the_role_in_the_link(home: Home, role: Role | None) -> None:
    tree = unit_tree(pin(home, VIEWERS["leader"]).units(), "")
    viewer = viewer_of({}, Selection(None, *JULY, "all", role=role, role_unit="A"), tree)
    assert viewer.role == (role or "leader")
    assert viewer.own_units == (frozenset({"A", "A1"}) if role == "unit" else frozenset())
    assert viewer.home_unit == ("A" if role == "unit" else None)
    unnamed = viewer_of({}, Selection(None, *JULY, "all", role="unit"), tree)
    assert (unnamed.home_unit, unnamed.own_units) == ("A", frozenset({"A", "A1"}))


def test_who_sits_at_a_real_installation_sees_it_whole_whatever_the_link_says(home: Home) -> None:
    tree = unit_tree(pin(home, VIEWERS["leader"]).units(), "")
    viewer = viewer_of({}, Selection(None, *JULY, "all", role="unit", role_unit="A"), tree, is_demo=False)
    assert (viewer.role, viewer.own_units) == ("statistics", frozenset())


def test_the_demo_is_made_up_figures_without_sign_in(home: Home) -> None:
    info = pin(home, VIEWERS["leader"]).info
    assert is_demo({}, info)
    assert not is_demo({"sign_in": {}}, info)
    from dataclasses import replace

    assert not is_demo({}, replace(info, is_synthetic=False))


def test_the_peer_policy_is_a_setting() -> None:
    assert peer_policy({}) == ("named", 5)
    assert peer_policy({"dashboard": {"peers": "none", "smallest_population": 10}}) == ("none", 10)
    for wrong in ({"peers": "all"}, {"peers": ["named"]}, {"smallest_population": 0}, {"smallest_population": True}, {"smallest_population": "5"}):
        with pytest.raises(ConfigurationError, match=r"vanban.toml"):
            peer_policy({"dashboard": wrong})
