"""Runs that fetch what is new alone end with what a first run of the same source would publish."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.errors import DataRefused
from data.snapshot import published_snapshot
from etl.landing import fetch_source as landing
from etl.landing.fetch_source import Asked
from etl.publish import snapshots as publish
from etl.run import rebuild_etl
from tests.etl.conftest import skip_checks
from tests.etl.growing_system import GrowingSystem

pytestmark = pytest.mark.usefixtures("without_checks")

GONE_AHEAD = "2099-01-01 08:00:00"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> GrowingSystem:
    """Events of a month with one far ahead and one twice, and documents old and new, after the first run: tests begin with a copy."""
    system = GrowingSystem(tmp_path_factory.mktemp("base") / "home")
    for day in range(1, 29):
        system.add("access_event", occurred_at=f"2024-06-{day:02d} 08:00:00")
    system.add("access_event")  # the same as the first
    system.add("access_event", occurred_at=GONE_AHEAD)
    system.add("account_assignment", account_key="u1", unit_code="A", valid_from="2024-06-01")
    system.add("document", document_key="old", issued_at="2024-05-02 08:00:00", changed_at="2024-05-02 08:00:00")
    system.add("document", document_key="d2", changed_at="2024-07-01 08:00:00")
    with pytest.MonkeyPatch.context() as patch:
        skip_checks(patch)
        system.save_and_run()
    return system


@pytest.fixture
def growing(base: GrowingSystem, tmp_path: Path) -> Iterator[GrowingSystem]:
    system = base.copied(tmp_path / "home")
    yield system
    assert [reason for reason in system.set_aside if reason != "events were fetched whole"] == []


_hashes: dict[str, str | None] = {}


def from_scratch(growing: GrowingSystem, folder: Path) -> str | None:
    """The content hash of a first run over the same rows."""
    rows = json.dumps(growing.rows)
    if rows not in _hashes:
        fresh = GrowingSystem(folder)
        fresh.rows = growing.rows
        _hashes[rows] = fresh.save_and_run().content_hash
    return _hashes[rows]


def row_of(growing: GrowingSystem, document_key: str) -> dict[str, Any]:
    return next(row for row in growing.rows["document"] if row["document_key"] == document_key)


def test_a_night_of_changes_costs_what_is_new_and_ends_as_a_first_run_does(growing: GrowingSystem, tmp_path: Path) -> None:
    """Two nights: new rows, late ones, ties, rows without a cursor, an updated row, one that becomes faulty and is mended, a move and a merger."""
    growing.add("access_event", occurred_at="2024-07-11 08:00:00")
    growing.add("access_event", account_key="u2", occurred_at="2024-07-10 08:00:00")  # the very instant of the newest row read before
    growing.add("access_event", account_key="u2", occurred_at="2024-07-04 08:00:00")  # late by six days
    growing.add("document", document_key="d0", changed_at=None, form="paper")
    row_of(growing, "old").update(form="paper", status="recalled", changed_at="2024-07-12 08:00:00")
    row_of(growing, "d2").update(issued_at="hỏng", changed_at="2024-07-12 08:00:00")
    first = growing.save_and_run()
    # A date far ahead hides nothing of what is still to come: what is new is counted from the newest day before it.
    assert re.fullmatch("since occurred_at 2024-07-03: 6 rows read.*, 3 came, 0 went", growing.fetched("access_event"))
    assert re.fullmatch("since changed_at 2024-07-03: 1 rows read.*, nothing changed", growing.fetched("delivery"))
    assert re.fullmatch("since changed_at 2024-07-03: .*, 3 came, 2 went", growing.fetched("document"))
    assert [account.rows_loaded for account in first.entities if account.entity == "access_event"] == [30, 3]
    assert growing.ask("SELECT count(*) FROM account_day") == [(33,)]
    assert growing.ask("SELECT is_paper, is_recalled FROM document WHERE document_key = 'old'") == [(True, True)]
    assert growing.ask("SELECT document_key FROM document ORDER BY 1") == [("d0",), ("d1",), ("old",)]
    assert growing.ask("SELECT column_name, rows FROM reject_reason WHERE entity = 'document'") == [("issued_at", 1)]
    assert first.content_hash == from_scratch(growing, tmp_path / "first")

    row_of(growing, "d0")["form"] = "parallel"  # changed, and still without a stamp
    row_of(growing, "d2").update(issued_at="2024-07-01 08:00:00", changed_at="2024-07-13 08:00:00")
    growing.add("account_assignment", account_key="u1", unit_code="B", valid_from="2024-07-11")
    growing.add("access_event", occurred_at="2024-07-12 08:00:00")
    growing.rows["org_unit"][1]["valid_to"] = "2024-07-10"
    growing.add("unit_succession", old_code="A", new_code="B", effective_on="2024-07-11")
    second = growing.save_and_run()
    assert growing.ask("SELECT count(*) FROM document WHERE is_parallel") == [(1,)]
    assert growing.ask("SELECT count(*) FROM reject_reason WHERE entity = 'document'") == [(0,)]
    # Who moves counts where they were, and a merger keeps the total.
    assert growing.ask(
        "SELECT unit_code, count(*) FROM account_day JOIN account_assignment USING (account_key) "
        "WHERE day_on BETWEEN valid_from AND valid_to AND day_on BETWEEN DATE '2024-07-01' AND DATE '2024-07-31' GROUP BY 1 ORDER BY 1"
    ) == [("A", 1), ("B", 4)]
    assert growing.ask("SELECT count(*) FROM account_day") == [(34,)]
    of_july = "FROM account_month JOIN account_stay USING (account_no) WHERE month_on = DATE '2024-07-01' GROUP BY account_key ORDER BY 1"
    assert growing.ask(f"SELECT bit_count(bit_or(login_days)) {of_july}") == [(2,), (3,)]
    assert second.content_hash == from_scratch(growing, tmp_path / "second") == rebuild_etl(growing.settings).content_hash


def test_nothing_new_lands_nothing_and_publishes_nothing(growing: GrowingSystem) -> None:
    before = published_snapshot(growing.home.pointer)
    landed = sorted(growing.home.landing.rglob("*"))
    assert growing.run().status == "unchanged"
    assert sorted(growing.home.landing.rglob("*")) == landed
    assert published_snapshot(growing.home.pointer) == before


def test_deletes_within_the_overlap_are_seen_at_once_and_older_ones_when_keys_are_compared(growing: GrowingSystem, tmp_path: Path) -> None:
    growing.add("document", document_key="new", changed_at="2024-07-09 08:00:00")
    growing.save_and_run()
    growing.rows["document"] = [row_of(growing, "d1"), row_of(growing, "d2")]
    growing.rows["access_event"].remove(growing.rows["access_event"][0])  # one of two that are alike: the other is still two rows in, less one
    growing.save_and_run()
    assert growing.fetched("access_event").endswith("0 came, 1 went")
    assert growing.ask("SELECT count(*) FROM account_day") == [(30,)]
    assert growing.ask("SELECT document_key FROM document ORDER BY 1") == [("d1",), ("d2",), ("old",)]
    growing.add("document", document_key="late", changed_at="2024-04-01 08:00:00")  # written long after its stamp
    growing.save()
    result = growing.run(Asked(compares_keys=True))
    assert growing.fetched("document").startswith("since changed_at 2024-04-01, all keys compared")
    assert growing.ask("SELECT document_key FROM document ORDER BY 1") == [("d1",), ("d2",), ("late",)]
    assert result.content_hash == from_scratch(growing, tmp_path / "scratch") == rebuild_etl(growing.settings).content_hash


def test_a_source_that_went_back_in_time_is_refused_until_it_is_asked_for_whole(growing: GrowingSystem, tmp_path: Path) -> None:
    growing.add("access_event", occurred_at="2024-07-20 08:00:00")
    first = growing.save_and_run()
    growing.rows["access_event"].pop()
    with pytest.raises(DataRefused, match=r"restored from a backup.*vanban etl run --full"):
        growing.save_and_run()
    assert published_snapshot(growing.home.pointer).stem == first.snapshot
    result = growing.run(Asked(is_whole=True))
    assert growing.ask("SELECT count(*) FROM account_day") == [(30,)]
    assert result.content_hash == from_scratch(growing, tmp_path / "scratch")


def test_a_changed_query_is_fetched_whole(growing: GrowingSystem) -> None:
    growing.write_sql("document", (growing.folder / "document.sql").read_text(encoding="utf-8") + " -- changed")
    growing.run()
    assert re.fullmatch("whole because document.sql was changed.*, nothing changed", growing.fetched("document"))


def test_a_chain_that_has_grown_long_begins_anew(growing: GrowingSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landing, "LONGEST_CHAIN", 2)
    how = []
    for day in range(11, 14):
        growing.add("access_event", occurred_at=f"2024-07-{day} 08:00:00")
        growing.save_and_run()
        how.append(growing.fetched("access_event").split()[0])
    assert how == ["since", "since", "whole"]
    assert rebuild_etl(growing.settings).content_hash == from_scratch(growing, tmp_path / "scratch")


@pytest.mark.parametrize("most_free", [0.0, 1.0])
def test_a_snapshot_is_brought_up_to_date_in_a_copy_until_too_much_of_it_is_free(
    growing: GrowingSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_free: float
) -> None:
    monkeypatch.setattr(publish, "_MOST_FREE", most_free)
    written: list[str] = []
    whole = publish._write
    monkeypatch.setattr(publish, "_write", lambda warehouse, path: (written.append(path), whole(warehouse, path)))
    for day in range(11, 14):
        growing.add("access_event", occurred_at=f"2024-07-{day} 08:00:00")
        growing.add("document", document_key=f"d{day}", changed_at=f"2024-07-{day} 08:00:00")
        result = growing.save_and_run()
    assert bool(written) == (most_free == 0.0)
    assert result.content_hash == from_scratch(growing, tmp_path / "scratch")
