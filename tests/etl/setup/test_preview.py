"""A look at figures from a sample: a real snapshot, and a home that is as it was."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from data.errors import DataRefused
from data.snapshot import TABLES
from etl.setup.preview import preview_snapshot
from tests.etl.tiny_system import TinySystem


def files(tiny: TinySystem) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in tiny.home.root.rglob("*") if path.is_file()}


def test_a_preview_is_a_snapshot_of_the_sample_and_leaves_nothing_in_the_home(tiny: TinySystem, tmp_path: Path) -> None:
    for number in range(30):
        tiny.add("document", document_key=f"e{number}", form="paper")
        tiny.add("document", document_key=f"secret{number}", security_level="mật")
    tiny.save()
    before = files(tiny)
    path = preview_snapshot(tiny.settings, "tiny", 10, tmp_path / "look")
    assert files(tiny) == before
    with duckdb.connect(path.as_posix(), read_only=True) as snapshot:
        assert {name for (name,) in snapshot.execute("SELECT table_name FROM duckdb_tables()").fetchall()} == {table.name for table in TABLES}
        assert snapshot.execute("SELECT count(*), count(*) FILTER (document_key LIKE 'secret%') FROM document").fetchone() == (10, 0)
        assert snapshot.execute("SELECT count(*) FROM account JOIN account_day USING (account_key)").fetchone() == (1,)
        assert snapshot.execute("SELECT is_synthetic FROM snapshot_info").fetchone() == (True,)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "look").rglob("*") if path.is_file())
    assert b"secret" not in kept


def test_a_preview_refuses_what_a_run_would_refuse(tiny: TinySystem, tmp_path: Path) -> None:
    for event in tiny.rows["access_event"]:
        event["occurred_at"] = "yesterday"
    tiny.save()
    with pytest.raises(DataRefused, match="none of the 1 rows of access_event could be used"):
        preview_snapshot(tiny.settings, "tiny", 10, tmp_path / "look")
