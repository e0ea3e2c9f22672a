"""Runs that fetch what is new alone end with what a first run of the same source would publish."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.errors import DataRefused
from data.snapshot import published_snapshot
from etl.landing import fetch_source as landing
from etl.landing.fetch_source import Asked
from etl.publish import snapshots as publish
from etl.run import rebuild_etl
from tests.etl.growing_system import GrowingSystem

pytestmark = pytest.mark.usefixtures("without_checks")


@pytest.fixture
def growing(tmp_path: Path) -> Iterator[GrowingSystem]:
    system = GrowingSystem(tmp_path / "home")
    yield system
    assert [reason for reason in system.set_aside if reason != "events were fetched whole"] == []


def from_scratch(growing: GrowingSystem, folder: Path) -> str | None:
    """The content hash of a first run over the same rows."""
    fresh = GrowingSystem(folder)
    fresh.rows = growing.rows
    return fresh.save_and_run().content_hash


def test_a_new_day_costs_the_new_rows_alone(growing: GrowingSystem, tmp_path: Path) -> None:
    for day in range(1, 29):
        growing.add("access_event", occurred_at=f"2024-06-{day:02d} 08:00:00")
    growing.save_and_run()
    growing.add("access_event", occurred_at="2024-07-11 08:00:00")
    growing.add("document", document_key="d2", changed_at="2024-07-11 09:00:00")
    result = growing.save_and_run()
    assert re.fullmatch("since occurred_at 2024-07-03: 2 rows read.*, 1 came, 0 went", growing.fetched("access_event"))
    assert re.fullmatch("since changed_at 2024-07-03: 1 rows read.*, nothing changed", growing.fetched("delivery"))
    assert [(account.rows_in, account.rows_loaded, account.rows_duplicate) for account in result.entities if account.entity == "access_event"] == [
        (29, 29, 0),
        (2, 1, 1),
    ]
    assert result.content_hash == from_scratch(growing, tmp_path / "scratch") == rebuild_etl(growing.settings).content_hash


def test_nothing_new_lands_nothing_and_publishes_nothing(growing: GrowingSystem) -> None:
    first = growing.run()
    landed = sorted(growing.home.landing.rglob("*"))
    assert growing.run().status == "unchanged"
    assert sorted(growing.home.landing.rglob("*")) == landed
    assert published_snapshot(growing.home.pointer).stem == first.snapshot


def test_ties_late_rows_and_rows_without_a_cursor_are_not_lost(growing: GrowingSystem, tmp_path: Path) -> None:
    growing.run()
    growing.add("access_event", account_key="u2", occurred_at="2024-07-10 08:00:00")  # the very instant of the newest row read before
    growing.add("access_event", account_key="u2", occurred_at="2024-07-04 08:00:00")  # late by six days
    growing.add("document", document_key="d0", changed_at=None, form="paper")
    result = growing.save_and_run()
    assert growing.ask("SELECT count(*) FROM account_day") == [(3,)]
    growing.rows["document"][-1]["form"] = "parallel"  # changed, and still without a stamp
    result = growing.save_and_run()
    assert growing.ask("SELECT count(*) FROM document WHERE is_parallel") == [(1,)]
    assert result.content_hash == from_scratch(growing, tmp_path / "scratch")


def test_an_updated_row_takes_the_place_of_the_older_one(growing: GrowingSystem, tmp_path: Path) -> None:
    growing.add("document", document_key="old", issued_at="2024-05-02 08:00:00", changed_at="2024-05-02 08:00:00")
    growing.save_and_run()
    growing.rows["document"][-1] |= {"form": "paper", "status": "recalled", "changed_at": "2024-07-12 08:00:00"}
    result = growing.save_and_run()
    assert growing.fetched("document").endswith("1 came, 1 went")
    assert growing.ask("SELECT is_paper, is_recalled FROM document WHERE document_key = 'old'") == [(True, True)]
    assert result.content_hash == from_scratch(growing, tmp_path / "scratch")


def test_a_row_that_becomes_faulty_and_is_mended_is_refused_and_loaded_again(growing: GrowingSystem, tmp_path: Path) -> None:
    growing.add("document", document_key="d2", changed_at="2024-07-01 08:00:00")
    growing.save_and_run()
    growing.rows["document"][-1] |= {"issued_at": "hỏng", "changed_at": "2024-07-12 08:00:00"}
    refused = growing.save_and_run()
    assert growing.ask("SELECT count(*) FROM document") == [(1,)]
    assert growing.ask("SELECT column_name, rows FROM reject_reason") == [("issued_at", 1)]
    assert refused.content_hash == from_scratch(growing, tmp_path / "first")
    growing.rows["document"][-1] |= {"issued_at": "2024-07-01 08:00:00", "changed_at": "2024-07-13 08:00:00"}
    mended = growing.save_and_run()
    assert growing.ask("SELECT count(*) FROM reject_reason") == [(0,)]
    assert mended.content_hash == from_scratch(growing, tmp_path / "second")


def test_deletes_within_the_overlap_are_seen_at_once_and_older_ones_when_keys_are_compared(growing: GrowingSystem, tmp_path: Path) -> None:
    growing.add("document", document_key="old", issued_at="2024-05-02 08:00:00", changed_at="2024-05-02 08:00:00")
    growing.add("document", document_key="new", changed_at="2024-07-09 08:00:00")
    growing.save_and_run()
    growing.rows["document"] = [row for row in growing.rows["document"] if row["document_key"] == "d1"]
    growing.save_and_run()
    assert growing.ask("SELECT document_key FROM document ORDER BY 1") == [("d1",), ("old",)]
    growing.add("document", document_key="late", changed_at="2024-04-01 08:00:00")  # written long after its stamp
    growing.save()
    result = growing.run(Asked(compares_keys=True))
    assert growing.fetched("document").startswith("since changed_at 2024-04-01, all keys compared")
    assert growing.ask("SELECT document_key FROM document ORDER BY 1") == [("d1",), ("late",)]
    assert result.content_hash == from_scratch(growing, tmp_path / "scratch") == rebuild_etl(growing.settings).content_hash


def test_a_source_that_went_back_in_time_is_refused_until_it_is_asked_for_whole(growing: GrowingSystem, tmp_path: Path) -> None:
    growing.add("access_event", occurred_at="2024-07-20 08:00:00")
    first = growing.save_and_run()
    growing.rows["access_event"].pop()
    with pytest.raises(DataRefused, match=r"restored from a backup.*vanban etl run --full"):
        growing.save_and_run()
    assert published_snapshot(growing.home.pointer).stem == first.snapshot
    result = growing.run(Asked(is_whole=True))
    assert growing.ask("SELECT count(*) FROM account_day") == [(1,)]
    assert result.content_hash == from_scratch(growing, tmp_path / "scratch")


def test_a_changed_query_is_fetched_whole(growing: GrowingSystem) -> None:
    growing.run()
    growing.write_sql("document", (growing.folder / "document.sql").read_text(encoding="utf-8") + " -- changed")
    growing.run()
    assert re.fullmatch("whole because document.sql was changed.*, nothing changed", growing.fetched("document"))


def test_a_date_far_ahead_does_not_hide_what_is_still_to_come(growing: GrowingSystem) -> None:
    growing.add("access_event", occurred_at="2099-01-01 08:00:00")
    growing.save_and_run()
    growing.add("access_event", occurred_at="2024-07-11 08:00:00")
    growing.save_and_run()
    assert growing.ask("SELECT count(*) FROM account_day") == [(3,)]


def test_the_same_row_twice_is_still_two_rows_in(growing: GrowingSystem, tmp_path: Path) -> None:
    growing.add("access_event")  # the same as the first
    growing.save_and_run()
    growing.rows["access_event"].pop()
    result = growing.save_and_run()
    assert growing.fetched("access_event").endswith("0 came, 1 went")
    assert growing.ask("SELECT count(*) FROM account_day") == [(1,)]
    assert result.content_hash == from_scratch(growing, tmp_path / "scratch")


def test_a_chain_that_has_grown_long_begins_anew(growing: GrowingSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landing, "LONGEST_CHAIN", 2)
    growing.run()
    how = []
    for day in range(11, 14):
        growing.add("access_event", occurred_at=f"2024-07-{day} 08:00:00")
        growing.save_and_run()
        how.append(growing.fetched("access_event").split()[0])
    assert how == ["since", "since", "whole"]
    assert rebuild_etl(growing.settings).content_hash == from_scratch(growing, tmp_path / "scratch")


def test_who_moves_counts_where_they_were_and_a_merger_keeps_the_total(growing: GrowingSystem, tmp_path: Path) -> None:
    growing.add("account_assignment", account_key="u1", unit_code="A", valid_from="2024-06-01")
    growing.save_and_run()
    growing.add("account_assignment", account_key="u1", unit_code="B", valid_from="2024-07-11")
    growing.add("access_event", occurred_at="2024-07-12 08:00:00")
    growing.rows["org_unit"][1]["valid_to"] = "2024-07-10"
    growing.add("unit_succession", old_code="A", new_code="B", effective_on="2024-07-11")
    result = growing.save_and_run()
    assert growing.ask(
        "SELECT unit_code, count(*) FROM account_day JOIN account_assignment USING (account_key) "
        "WHERE day_on BETWEEN valid_from AND valid_to GROUP BY 1 ORDER BY 1"
    ) == [("A", 1), ("B", 1)]
    assert growing.ask("SELECT count(*) FROM account_day") == [(2,)]
    assert growing.ask("SELECT bit_count(bit_or(login_days)) FROM account_month JOIN account_stay USING (account_no) GROUP BY account_key") == [(2,)]
    assert result.content_hash == from_scratch(growing, tmp_path / "scratch")


@pytest.mark.parametrize("most_free", [0.0, 1.0])
def test_a_snapshot_is_brought_up_to_date_in_a_copy_until_too_much_of_it_is_free(
    growing: GrowingSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_free: float
) -> None:
    monkeypatch.setattr(publish, "_MOST_FREE", most_free)
    written: list[str] = []
    whole = publish._write
    monkeypatch.setattr(publish, "_write", lambda warehouse, path: (written.append(path), whole(warehouse, path)))
    growing.run()
    for day in range(11, 15):
        growing.add("access_event", occurred_at=f"2024-07-{day} 08:00:00")
        growing.add("document", document_key=f"d{day}", changed_at=f"2024-07-{day} 08:00:00")
        result = growing.save_and_run()
    assert (len(written) > 1) == (most_free == 0.0)
    assert result.content_hash == from_scratch(growing, tmp_path / "scratch")
