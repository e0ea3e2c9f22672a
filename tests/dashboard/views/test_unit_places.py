"""A unit's place, its distance and its own list, on a few rows."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from cli.main import main
from dashboard.session.policy import DEMO_VIEWER, Viewer
from dashboard.session.queries import AccessDenied, pin
from dashboard.session.state import Selection
from dashboard.ui.page_context import Page
from dashboard.ui.unit_names import unit_tree
from dashboard.views.unit.actions import actions_panel, open_rows
from dashboard.views.unit.places import distance_text, pace_text, places_panel, read_places, standing_text
from data.errors import ConfigurationError
from data.paths import Home
from metrics.comparison.targets import SCHEMA
from tests.tiny_snapshot import person, write_snapshot

JULY = (date(2024, 7, 1), date(2024, 7, 31))
CODES = "ABCDEFG"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.config.write_text('title = "Thử"\n', encoding="utf-8")
    units = [{"unit_code": "R", "level": "toi_cao"}, *({"unit_code": code, "parent_code": "R"} for code in CODES)]
    # Unit A has activated 1 of 10, the others 5 of 10.
    accounts = [
        {
            "unit_code": code,
            "account_key": f"{code}{number:02}",
            "activated_on": date(2024, 7, 2) if number < (1 if code == "A" else 5) else None,
        }
        for code in CODES
        for number in range(10)
    ]
    documents = [{"unit_code": "A", "number": "<i>7</i>", "is_parallel": True}, {"unit_code": "B", "is_electronic": True}]
    # B declares fewer documents than it issued electronically.
    documents.append({"unit_code": "B", "is_electronic": True})
    declared = [{"unit_code": "B", "metric_base": "administrative_documents", "from_on": JULY[0], "to_on": JULY[1], "value": 1}]
    write_snapshot(home.snapshots, {"org_unit": units, "account": accounts, "document": documents, "declared_total": declared})
    return home


def page_of(home: Home, viewer: Viewer, unit_code: str = "A") -> Page:
    reader = pin(home, viewer)
    return Page(reader, Selection(unit_code, *JULY, "all"), unit_tree(reader.units(), ""), "")


def test_without_a_target_the_way_to_the_wholes_rate_is_told_in_accounts(home: Home) -> None:
    page = page_of(home, DEMO_VIEWER)
    place = read_places(page)["activation_rate"]
    assert (place.own.counts_text, place.whole and place.whole.counts_text) == ("1/10", "31/70")
    assert (place.peers, place.quarter, place.missing) == (6, None, 4)
    assert distance_text(page, place) == "cần thêm 4 tài khoản để bằng mức chung 44,29%"
    assert standing_text(place) == "chưa xếp được nhóm trong 6 đơn vị"  # of ten accounts each
    assert standing_text(replace(place, quarter=4)) == "nhóm 25% cuối (6 đơn vị)"
    assert (place.position, place.is_worse) == ("within", False)  # 1 of 10 where 4.4 are usual is not rare enough
    assert replace(place, position="below_95").is_worse and not replace(place, position="above_95").is_worse
    assert not read_places(page_of(home, DEMO_VIEWER, "B"))["activation_rate"].is_worse
    assert standing_text(read_places(page)["fully_electronic_ratio"]) == "chỉ có 1 đơn vị để so"


def test_more_than_was_declared_is_no_place_of_honour(home: Home) -> None:
    page = page_of(home, DEMO_VIEWER, "B")
    place = read_places(page)["electronic_issue_ratio"]
    assert place.own.counts_text == "2/1"
    assert standing_text(place) == "▲ tử số vượt mẫu số khai báo"
    assert distance_text(page, place) == "–"


def test_a_unit_sees_its_own_rows_and_of_its_peers_what_the_policy_shows(home: Home) -> None:
    for policy in ("named", "anonymous"):  # one sees the whole and the range of the peers, and none of them by name
        shown = read_places(page_of(home, Viewer("unit", frozenset({"A"}), "A", policy)))["activation_rate"]  # type: ignore[arg-type]
        assert (shown.whole and shown.whole.counts_text, shown.peers, shown.quarter, shown.peer_range) == ("31/70", 6, None, (0.5, 0.5))
    page = page_of(home, Viewer("unit", frozenset({"A"}), "A", "none"))
    place = read_places(page)["activation_rate"]
    assert place.own.counts_text == "1/10"
    assert (place.whole, place.peers, place.peer_range, place.missing) == (None, None, None, None)
    accounts = open_rows(page, "activation_rate").rows
    assert len(accounts) == 9
    assert all(unit == "A" for unit, _ in accounts)
    assert str(person("A01"))[:8] in {label for _, label in accounts}  # eight characters of the pseudonym
    assert open_rows(page, "fully_electronic_ratio").rows == [("A", "<i>7</i>")]


def test_what_is_to_be_done_is_listed_with_its_rows_as_text(home: Home) -> None:
    page = page_of(home, Viewer("unit", frozenset({"A"}), "A", "named"))
    places = read_places(page)
    panel = actions_panel(page, {**places, "fully_electronic_ratio": replace(places["fully_electronic_ratio"], missing=1)})
    assert f"<code>{str(person('A01'))[:8]}</code> A" in panel.markup
    assert "<code>&lt;i&gt;7&lt;/i&gt;</code> A" in panel.markup
    assert [name for name, _ in panel.files] == ["actions", "open_activation_rate", "open_fully_electronic_ratio"]
    closed = actions_panel(page_of(home, DEMO_VIEWER), read_places(page))  # a leader sees what is to be done, and no rows
    assert "<code>" not in closed.markup
    assert [name for name, _ in closed.files] == ["actions"]


def test_a_unit_alone_sees_what_it_calls_its_accounts(home: Home, tmp_path: Path) -> None:
    own = page_of(home, Viewer("unit", frozenset({"A"}), "A", "named"))
    keyed = str(person("A01"))[:8]
    assert keyed in {label for _, label in open_rows(own, "activation_rate").rows}
    assert "account_names" in actions_panel(own, read_places(own)).markup, "how to have names is said"
    given = tmp_path / "given.csv"
    given.write_text("account,name\nnv-01,an.nguyen\nNULL,x\n", encoding="utf-8")
    assert main(["people", "accounts", str(given), "--out", str(tmp_path / "names.csv"), "--home", str(home.root)]) == 0
    made = (tmp_path / "names.csv").read_text(encoding="utf-8")
    assert made.count("\n") == 2 and "an.nguyen" in made and "nv-01" not in made

    (tmp_path / "names.csv").write_text(f"account_key,name\n{person('A01')},an.nguyen\n", encoding="utf-8")
    home.config.write_text('[dashboard]\naccount_names = "names.csv"\n', encoding="utf-8")
    named = {label for _, label in open_rows(own, "activation_rate").rows}
    assert "an.nguyen" in named and keyed not in named
    assert "account_names" not in actions_panel(own, read_places(own)).markup
    department = page_of(home, Viewer("statistics"))
    assert keyed in {label for _, label in open_rows(department, "activation_rate").rows}, "names are the unit's own business"
    if os.name == "posix":
        (tmp_path / "names.csv").chmod(0o644)
        with pytest.raises(ConfigurationError, match="chmod 600"):
            open_rows(own, "activation_rate")


def test_what_can_be_mended_now_stands_apart_and_what_is_worth_most_comes_first(home: Home) -> None:
    page = page_of(home, Viewer("unit", frozenset({"A"}), "A", "named"))
    places = read_places(page)
    states = replace(places["activation_rate"], missing=1, target=0.2)
    far = replace(places["fully_electronic_ratio"], missing=1, target=0.9)
    near = replace(places["parallel_ratio"], missing=9, target=0.8)
    average = replace(places["digitally_signed_ratio"], missing=1, target=None)
    assert average.gap >= 0.0

    def told(selection: Selection) -> list[str]:
        panel = actions_panel(replace(page, selection=selection), {"near": near, "activation_rate": states, "far": far})
        return re.findall(r'data-when="(\w+)"|<li><span>([^<]+)</span>', panel.markup.partition("<details")[0])

    july = page.selection
    rates = {"Kích hoạt tài khoản": "activation_rate", "Hoàn toàn điện tử": "far", "Song song bản giấy": "near"}
    assert [when or rates.get(rate, rate) for when, rate in told(july)] == ["now", "activation_rate", "next", "far", "near"]
    past = replace(july, to_on=date(2024, 7, 15))
    assert [when for when, _ in told(past) if when] == ["next"], "what a past day was stays"


def test_a_rate_above_one_is_drawn_within_its_axis(home: Home) -> None:
    page = page_of(home, DEMO_VIEWER, "B")
    places = {"electronic_issue_ratio": replace(read_places(page)["electronic_issue_ratio"], peer_range=(0.9, 1.4))}
    markup = places_panel(page, places).markup
    assert "left:100.0%" in markup
    assert "right:0.0%" in markup
    assert not re.search(r"left:1\d\d\.[1-9]|left:[2-9]\d\d|right:-", markup)
    assert 'class="own" style' not in markup  # no interval of what cannot be


def test_rows_are_denied_to_leaders_and_to_other_units(home: Home) -> None:
    for viewer in (DEMO_VIEWER, Viewer("unit", frozenset({"B"})), Viewer("admin")):
        reader = pin(home, viewer)
        with pytest.raises(AccessDenied):
            reader.open_rows("activation_rate", Selection("A", *JULY, "all"))


def test_the_day_of_the_target_is_told_with_its_range_where_the_pace_names_one(tmp_path: Path) -> None:
    """A has activated 6 of 10 by the end of June and 8 by the end of July; B nobody since."""
    home = Home(tmp_path)
    activated = {"A": [date(2024, 6, 2)] * 6 + [date(2024, 7, 20)] * 2 + [None] * 2, "B": [date(2024, 6, 2)] * 6 + [None] * 4}
    accounts = [
        {"unit_code": code, "account_key": f"{code}{n:02}", "activated_on": on} for code, days in activated.items() for n, on in enumerate(days)
    ]
    units = [{"unit_code": "R", "level": "toi_cao"}, *({"unit_code": code, "parent_code": "R"} for code in "AB")]
    write_snapshot(home.snapshots, {"org_unit": units, "account": accounts})
    row = {"metric": "activation_rate", "from_on": date(2024, 1, 1), "target": 0.9}
    targets = pl.DataFrame([{**dict.fromkeys(SCHEMA), **row}], schema=SCHEMA)
    said = {}
    for code in "AB":
        page = replace(page_of(home, DEMO_VIEWER, code), targets=targets)
        said[code] = pace_text(page, read_places(page)["activation_rate"])
    # Two of four that were open 28 days ago joined: half of the rest in 28 days more.
    assert said["A"].startswith("; với đà này khoảng ngày 28/8/2024 (")
    assert said["B"] == ""
