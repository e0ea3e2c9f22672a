from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dashboard.session import queries
from dashboard.session.policy import DEMO_VIEWER, Viewer
from dashboard.session.queries import AccessDenied, pin
from dashboard.session.state import Selection
from data.paths import Home
from data.snapshot import NoSnapshot
from metrics.periods import Period
from tests.tiny_snapshot import write_snapshot

JULY = Selection(None, date(2024, 7, 1), date(2024, 7, 31), "pilot")
ACTIVATED = date(2024, 7, 3)


def publish(home: Home, name: str, more_accounts: int = 0) -> None:
    units = [
        {"unit_code": "R", "level": "toi_cao"},
        {"unit_code": "A", "parent_code": "R", "pilot_group": 1},
        {"unit_code": "B", "parent_code": "R", "pilot_group": 2},
    ]
    accounts = [
        {"unit_code": "A", "activated_on": ACTIVATED},
        {"unit_code": "A"},
        {"unit_code": "B", "activated_on": ACTIVATED, "is_clerk": True},
        *({"unit_code": "A"} for _ in range(more_accounts)),
    ]
    documents = [{"unit_code": "A", "is_electronic": True}, {"unit_code": "B", "is_parallel": True}, {"unit_code": "B", "is_electronic": True}]
    write_snapshot(home.snapshots, {"org_unit": units, "account": accounts, "document": documents}, name=name)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    publish(home, "first")
    return home


def test_each_metric_is_read_on_the_population_that_the_selection_means(home: Home) -> None:
    frame = pin(home, DEMO_VIEWER).values(["provisioned_accounts", "outgoing_documents"], JULY)
    assert dict(frame.select("metric", "numerator").iter_rows()) == {"provisioned_accounts": 2, "outgoing_documents": 3}
    everyone = Selection(None, JULY.from_on, JULY.to_on, "all")
    assert pin(home, DEMO_VIEWER).values(["provisioned_accounts"], everyone)["numerator"].to_list() == [3]


def test_a_unit_sees_its_own_and_not_the_whole_nor_its_peers(home: Home) -> None:
    reader = pin(home, Viewer("unit", frozenset({"A"})))
    own = Selection("A", JULY.from_on, JULY.to_on, "all")
    assert reader.values(["provisioned_accounts"], own)["numerator"].to_list() == [2]
    for denied in (JULY, Selection("B", JULY.from_on, JULY.to_on, "all")):
        with pytest.raises(AccessDenied):
            reader.values(["provisioned_accounts"], denied)
        with pytest.raises(AccessDenied):
            reader.checks(denied)


def test_groups_that_the_policy_denies_are_left_out(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    everyone = Selection(None, JULY.from_on, JULY.to_on, "all")
    reader = pin(home, DEMO_VIEWER)
    assert "B" in reader.values(["provisioned_accounts"], everyone, by="unit")["unit_code"].to_list()
    monkeypatch.setattr(queries.policy, "may", lambda viewer, action, unit_code, period, grain: unit_code != "B")
    assert reader.values(["provisioned_accounts"], everyone, by="unit")["unit_code"].to_list() == [None, "R", "A"]


def test_every_read_asks_the_policy(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = pin(home, DEMO_VIEWER)
    reader.values(["provisioned_accounts"], JULY)  # in the cache now: that must not open the door
    monkeypatch.setattr(queries.policy, "may", lambda *_: False)
    with pytest.raises(AccessDenied):
        reader.values(["provisioned_accounts"], JULY)
    with pytest.raises(AccessDenied):
        reader.values(["provisioned_accounts"], JULY, Period(date(2024, 6, 1), date(2024, 6, 30)))
    with pytest.raises(AccessDenied):
        reader.checks(JULY)


def test_a_reader_keeps_its_snapshot_and_the_next_one_has_the_new(home: Home) -> None:
    before = pin(home, DEMO_VIEWER)
    assert before.values(["provisioned_accounts"], JULY)["numerator"].to_list() == [2]
    publish(home, "second", more_accounts=5)
    assert before.values(["provisioned_accounts"], JULY)["snapshot"].to_list() == ["first"]
    after = pin(home, DEMO_VIEWER)
    assert after.info.snapshot == "second"
    assert after.values(["provisioned_accounts"], JULY)["numerator"].to_list() == [7]


def test_nothing_published_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoSnapshot, match="etl run"):
        pin(Home(tmp_path), DEMO_VIEWER)
