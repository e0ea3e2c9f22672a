"""The example of CSV, JSON Lines and an IIS log, run as its README says."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from data.paths import PROJECT, Home
from data.run_history import RunResult
from data.snapshot import published_snapshot
from etl.run import run_etl
from etl.settings import load_settings
from etl.setup.check_source import check_source
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import metric_values

JULY = Period(date(2024, 7, 1), date(2024, 7, 31))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(Path(shutil.copytree(PROJECT / "docs" / "examples" / "no_database", tmp_path / "home")))


def accounts_of(result: RunResult) -> dict[str, tuple[int, int, int, int]]:
    """Rows in, loaded, filtered, rejected of each entity, the batches of a chain added up."""
    sums: dict[str, tuple[int, int, int, int]] = {}
    for account in result.entities:
        counts = (account.rows_in, account.rows_loaded, account.rows_filtered, account.rows_rejected)
        before = sums.get(account.entity, (0, 0, 0, 0))
        sums[account.entity] = (before[0] + counts[0], before[1] + counts[1], before[2] + counts[2], before[3] + counts[3])
    return sums


def figures(home: Home) -> dict[str, tuple[int, int]]:
    with open_snapshot(published_snapshot(home.pointer)) as snapshot:
        values = metric_values(snapshot, ["login_rate", "processing_rate", "outgoing_documents"], JULY)
    return {row["metric"]: (row["numerator"], row["denominator"]) for row in values.to_dicts()}


@pytest.mark.parametrize("source", ["to_chuc", "van_ban", "nhat_ky_iis"])
def test_the_check_finds_nothing_missing(home: Home, source: str) -> None:
    report = check_source(load_settings(home), source)
    assert report.is_passed
    assert not [entity for entity in report.entities if entity.missing or entity.unknown]


def test_runs_give_the_figures_counted_by_hand_and_read_what_is_new(home: Home) -> None:
    result = run_etl(load_settings(home))
    assert accounts_of(result) == {
        "org_unit": (3, 3, 0, 0),
        "account": (5, 5, 0, 0),
        "document": (5, 3, 2, 0),
        "access_event": (16, 5, 10, 1),  # of 16 lines 8 are directives, one is a page that is not there, one is nobody's
    }
    # Officers in use on 1 July, the last day that the log speaks of: an, binh, dung, and one who is locked later.
    # An logged in and worked, Binh logged in, Dung's login failed.
    found = figures(home)
    assert (found["login_rate"], found["processing_rate"], found["outgoing_documents"][0]) == ((2, 4), (1, 4), 1)
    with (home.root / "logs" / "u_ex240701.log").open("a", encoding="utf-8") as log:
        log.write("2024-07-01 02:00:00 POST /QLVB/DangNhap.aspx COQUAN\\dung.pv 302 192.0.2.9\n")
    (home.root / "logs" / "u_ex240630.log").unlink()
    result = run_etl(load_settings(home))
    assert accounts_of(result)["access_event"] == (17, 6, 10, 1)
    assert figures(home)["login_rate"] == (3, 4)
    fetched = [json.loads(line) for line in home.etl_log.read_text(encoding="utf-8").splitlines() if '"entity fetched"' in line]
    assert [line["how"].partition(":")[0] for line in fetched[-2:]] == ["no new files, nothing changed", "new files"]
    files = [path for path in home.var.rglob("*") if path.is_file()]
    assert not [path.name for path in files if re.search(rb"canary|binh\.tt|192\.0\.2", path.read_bytes())]
