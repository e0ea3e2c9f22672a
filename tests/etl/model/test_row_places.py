"""Every loaded row is in a figure or has a reason, each on rows written here."""

from __future__ import annotations

import pytest

from tests.etl.tiny_system import TinySystem

pytestmark = pytest.mark.usefixtures("without_checks")


def places(tiny: TinySystem, entity: str) -> dict[str, int]:
    return dict(tiny.ask(f"SELECT place, sum(rows)::INT FROM row_place WHERE entity = '{entity}' GROUP BY place"))  # noqa: S608


def test_what_became_of_documents_and_events(tiny: TinySystem) -> None:
    tiny.add("document", document_key="in", direction="incoming")
    tiny.add("document", document_key="within", direction="internal")
    tiny.add("document", document_key="draft", direction="incoming", status="draft")
    tiny.add("document", document_key="back", direction="incoming", status="recalled")
    tiny.add("document", document_key="elsewhere", unit_code="Z")
    tiny.add("document", document_key="ahead", issued_at="2062-01-01 08:00:00")
    for account, kind in {"nobody": "login", "u1": "view", "u2": "login_failed"}.items():
        tiny.add("access_event", account_key=account, kind=kind)
    tiny.add("delivery", receiver_code="another organ")
    tiny.add("delivery", document_key="in", receiver_code="A", status="failed")
    tiny.save_and_run()
    assert places(tiny, "document") == {"counted": 3, "draft": 1, "recalled": 1, "counted_in_no_unit": 1, "in_the_future": 1}
    assert places(tiny, "access_event") == {"counted": 1, "account_unknown": 1, "kind_in_no_figure": 1, "login_failed": 1}
    assert places(tiny, "delivery") == {"counted": 1, "receiver_is_no_unit": 1, "did_not_arrive": 1}
    assert tiny.ask("SELECT count(*)::INT, count(*) FILTER (is_incoming)::INT, count(*) FILTER (is_recalled)::INT FROM registered_document") == [
        (3, 2, 1)
    ]


def test_an_account_in_no_unit_is_counted_in_the_whole(tiny: TinySystem) -> None:
    tiny.add("account", account_key="u3", unit_code=None)
    tiny.save_and_run()
    assert places(tiny, "account") == {"counted": 2, "counted_in_no_unit": 1}
    assert tiny.ask("SELECT unit_code FROM account_stay ORDER BY 1 NULLS LAST") == [("A",), ("B",), (None,)]


def test_a_kept_warehouse_comes_to_the_same_places(tiny: TinySystem) -> None:
    tiny.add("access_event", account_key="late", occurred_at="2024-06-03 08:00:00")
    tiny.save_and_run()
    tiny.add("account", account_key="late")
    tiny.add("access_event", account_key="u1", occurred_at="2024-08-03 08:00:00")
    tiny.save_and_run()
    assert places(tiny, "access_event") == {"counted": 3}
    assert tiny.ask("SELECT sum(logins)::INT FROM login_day") == [(3,)]


def test_a_person_in_two_units_counts_in_one_or_in_each(tiny: TinySystem) -> None:
    tiny.add("account_assignment", account_key="u1", unit_code="A", valid_from="2024-06-01", valid_to=None)
    tiny.add("account_assignment", account_key="u1", unit_code="B", valid_from="2024-07-01", valid_to=None)
    tiny.save_and_run()
    stays = "SELECT unit_code, valid_from::VARCHAR, is_shared FROM account_stay WHERE valid_to > '2024-07-01' ORDER BY 1, 2"
    assert tiny.ask(stays) == [("B", "2024-06-01", False), ("B", "2024-07-01", False)]
    file = tiny.folder / "source.toml"
    file.write_text(file.read_text().replace("[entities.account_assignment]", '[entities.account_assignment]\nmembership = "each"'))
    tiny.save_and_run()
    assert tiny.ask(stays) == [("A", "2024-06-01", True), ("B", "2024-06-01", False), ("B", "2024-07-01", True)]
    assert sorted(tiny.ask("SELECT unit_code, shared_key <> '', logins::INT FROM login_day")) == [("A", True, 1), ("B", True, 1)]
