"""A snapshot opens only as what it says it is, and nothing can be written or reached through it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from data.snapshot import UnreadableSnapshot
from metrics.engines.duckdb import DEADLINE_S, QueryTooSlow, open_snapshot
from tests.tiny_snapshot import write_snapshot


def test_info_is_read_in_utc_and_the_cut_off_day_is_local(tmp_path: Path) -> None:
    at = datetime(2024, 7, 31, 23, 30, tzinfo=UTC)  # 06:30 of 1 August in Viet Nam
    path = write_snapshot(tmp_path, {"snapshot_info": [{"cutoff_at": at}]}, name="s1")
    with open_snapshot(path) as snapshot:
        assert snapshot.name == "s1"
        assert snapshot.info.cutoff_at == at
        assert snapshot.info.cutoff_on == date(2024, 8, 1)


def test_another_schema_version_is_refused(tmp_path: Path) -> None:
    path = write_snapshot(tmp_path, {"snapshot_info": [{"schema_version": 999}]})
    with pytest.raises(UnreadableSnapshot, match="schema version 999"):
        open_snapshot(path)


@pytest.mark.parametrize(
    "damage",
    [
        "DROP TABLE document",
        "ALTER TABLE document DROP COLUMN number",
        "ALTER TABLE account ALTER is_officer TYPE VARCHAR",
        "DROP TABLE snapshot_info",
    ],
)
def test_missing_tables_and_changed_columns_are_refused(tmp_path: Path, damage: str) -> None:
    path = write_snapshot(tmp_path)
    with duckdb.connect(str(path)) as connection:
        connection.execute(damage)
    with pytest.raises(UnreadableSnapshot, match=path.name):
        open_snapshot(path)


def test_a_missing_or_damaged_file_is_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSnapshot, match="vanban etl run"):
        open_snapshot(tmp_path / "none.duckdb")
    (tmp_path / "bad.duckdb").write_bytes(b"no database" * 1000)
    with pytest.raises(UnreadableSnapshot, match="damaged"):
        open_snapshot(tmp_path / "bad.duckdb")


@pytest.mark.parametrize(
    "attack",
    [
        "CREATE TABLE x (a INTEGER)",
        "DELETE FROM account",
        "ATTACH '{folder}/other.duckdb'",
        "COPY account TO '{folder}/account.csv'",
        "SELECT * FROM read_text('{folder}/current.json')",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
        "INSTALL httpfs",
        "LOAD httpfs",
    ],
)
def test_nothing_is_written_and_nothing_else_is_read(tmp_path: Path, attack: str) -> None:
    path = write_snapshot(tmp_path)
    before = {file.name for file in tmp_path.iterdir()}
    with open_snapshot(path) as snapshot, pytest.raises(duckdb.Error):
        snapshot.query(attack.format(folder=tmp_path))
    assert {file.name for file in tmp_path.iterdir()} == before


def test_threads_share_an_open_snapshot(tmp_path: Path) -> None:
    path = write_snapshot(tmp_path, {"org_unit": [{"unit_code": f"U{number}"} for number in range(50)]})
    with open_snapshot(path) as snapshot, ThreadPoolExecutor(8) as threads:
        question = "SELECT count(*) AS units FROM org_unit WHERE sort_order > $more_than"
        answers = list(threads.map(lambda number: snapshot.query(question, {"more_than": number}).item(), range(50)))
    assert answers == [50 - number for number in range(50)]


ENDLESS = "SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range + b.range = 7"


def test_a_question_is_cancelled_at_its_deadline_and_the_next_one_is_answered(tmp_path: Path) -> None:
    with open_snapshot(write_snapshot(tmp_path), deadline_s=0.3) as snapshot, ThreadPoolExecutor() as others:
        slow = others.submit(snapshot.query, ENDLESS)
        while not slow.done():  # those beside it go on
            assert snapshot.query("SELECT 1 AS one").rows() == [(1,)]
        with pytest.raises(QueryTooSlow, match="fewer days"):
            slow.result()
        assert snapshot.query("SELECT 2 AS two").rows() == [(2,)]
    assert DEADLINE_S == 10
