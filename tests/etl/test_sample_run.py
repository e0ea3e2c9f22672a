"""The pipeline on the sample document system: every planted defect is found as the generator's own truth says."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import duckdb
import pytest

from data.paths import Home
from data.run_history import RunResult
from data.snapshot import published_snapshot
from etl.run import run_etl
from etl.settings import load_settings
from etl.setup.check_source import check_source


@pytest.fixture(scope="module")
def sample(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, RunResult]:
    home = Home(Path(shutil.copytree(sample_home, tmp_path_factory.mktemp("sample") / "home")))
    return home, run_etl(load_settings(home))


def test_every_row_goes_where_the_truth_says(sample: tuple[Home, RunResult]) -> None:
    home, result = sample
    truth = json.loads((home.root / "sample" / "truth.json").read_text(encoding="utf-8"))["accounting"]
    found = {
        source: {
            account.entity: [account.rows_in, account.rows_loaded, account.rows_duplicate, account.rows_filtered, account.rows_rejected]
            for account in result.entities
            if account.source == source
        }
        for source in truth
    }
    fates = ("in", "loaded", "duplicate", "filtered", "rejected")
    assert found == {source: {entity: [rows[fate] for fate in fates] for entity, rows in entities.items()} for source, entities in truth.items()}


def test_rows_are_refused_for_the_columns_that_the_truth_names(sample: tuple[Home, RunResult]) -> None:
    home, _ = sample
    truth = json.loads((home.root / "sample" / "truth.json").read_text(encoding="utf-8"))["accounting"]
    expected = {
        (source, entity, column): rows
        for source, entities in truth.items()
        for entity, account in entities.items()
        for column, rows in account["rejected_columns"].items()
    }
    assert expected
    with duckdb.connect(published_snapshot(home.pointer).as_posix(), read_only=True) as snapshot:
        found = snapshot.execute("SELECT source, entity, column_name, sum(rows)::INT FROM reject_reason GROUP BY ALL").fetchall()
    assert {(source, entity, column): rows for source, entity, column, rows in found} == expected


def test_the_worked_example_passes_its_own_check(sample: tuple[Home, RunResult]) -> None:
    home, _ = sample
    settings = load_settings(home)
    assert all(check_source(settings, source.name).is_passed for source in settings.sources)


def test_one_row_of_the_document_system_changes_one_row_of_the_figures(sample: tuple[Home, RunResult], tmp_path: Path) -> None:
    home, first = sample
    before = published_snapshot(home.pointer)
    with sqlite3.connect(home.root / "sample" / "qlvb.sqlite") as database:
        (key,) = database.execute(
            "SELECT ma_van_ban FROM van_ban_di WHERE da_xoa = 'K' AND do_mat = '0' AND trang_thai IN (SELECT trang_thai FROM van_ban_di GROUP BY 1 "
            "ORDER BY count(*) DESC LIMIT 1) ORDER BY ma_van_ban LIMIT 1"
        ).fetchone()
        database.execute("UPDATE van_ban_di SET so_trang = 999 WHERE ma_van_ban = ?", [key])
    database.close()
    second = run_etl(load_settings(home))
    assert second.content_hash != first.content_hash
    with duckdb.connect(":memory:") as memory:
        memory.execute(f"ATTACH '{before}' AS old (READ_ONLY); ATTACH '{published_snapshot(home.pointer)}' AS new (READ_ONLY)")
        assert memory.execute("SELECT document_key, page_count FROM (FROM new.document EXCEPT FROM old.document)").fetchall() == [(key, 999)]
        for table in ("account_day", "delivery", "account", "account_assignment", "org_unit", "org_unit_ancestor", "declared_total", "reject_reason"):
            assert memory.execute(f"SELECT count(*) FROM (FROM new.{table} EXCEPT FROM old.{table})").fetchone() == (0,)  # noqa: S608
            assert memory.execute(f"SELECT count(*) FROM (FROM old.{table} EXCEPT FROM new.{table})").fetchone() == (0,)  # noqa: S608
    assert run_etl(load_settings(home)).status == "unchanged"
