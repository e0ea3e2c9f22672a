"""Sums of usual periods give the figures that counting account by account gives, and are used where they hold them, and nowhere else."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.paths import Home
from data.snapshot import published_snapshot, sums_of
from metrics.catalog import METRICS
from metrics.engines.duckdb import DuckDBFile, DuckDBSnapshot, open_snapshot
from metrics.periods import Period
from metrics.query import usual_sums
from metrics.query.metric_values import metric_values, ratio_by_unit_and_part, values_of_periods
from metrics.query.usual_sums import usual_periods, write_sums
from metrics.tree.scope import By, Scope
from tests.conftest import run_vanban
from tests.tiny_snapshot import write_snapshot

NAMES = [one.name for one in METRICS if one.of == "account"]
JULY, YEAR = Period(date(2025, 7, 1), date(2025, 7, 31)), Period(date(2025, 1, 1), date(2025, 12, 31))
ASKED: tuple[By | None, ...] = (None, "unit", "level", "province", "group", "month")


@pytest.fixture
def counted(small_demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The demo's snapshot without sums, and with."""
    monkeypatch.setattr(usual_sums, "FEW_ACCOUNTS", 0)
    paths = []
    for name in ("without", "with"):
        folder = tmp_path / name / "snapshots"
        folder.mkdir(parents=True)
        paths.append(Path(shutil.copy(published_snapshot(Home(small_demo).pointer), folder)))
    assert write_sums(paths[1]) == sums_of(paths[1])
    return paths[0], paths[1]


@pytest.fixture
def asked_of_sums(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that went to a file of sums."""
    asked: list[str] = []
    query = DuckDBFile.query

    def noted(self: DuckDBFile, sql: str, params: Mapping[str, Any] | None = None) -> pl.DataFrame:
        if not isinstance(self, DuckDBSnapshot) and "scoped_row" in sql:
            asked.append(sql)
        return query(self, sql, params)

    monkeypatch.setattr(DuckDBFile, "query", noted)
    return asked


def test_every_figure_is_the_one_that_is_counted_account_by_account(counted: tuple[Path, Path], asked_of_sums: list[str]) -> None:
    with open_snapshot(counted[0]) as slow, open_snapshot(counted[1]) as fast:
        last = slow.info.cutoff_on
        running = Period(last.replace(day=1), last)
        province = slow.query("SELECT MIN(province_code) FROM org_unit").item()
        figures = 0
        for period in (JULY, YEAR, running):
            for scope in (Scope(), Scope(tree="as_is"), Scope(tree="comparable"), Scope(group=1), Scope(group=2), Scope(unit_code=province)):
                for by in ASKED:
                    before = len(asked_of_sums)
                    one, other = (metric_values(snapshot, NAMES, period, scope, by) for snapshot in (slow, fast))
                    assert one.equals(other), (period, scope, by)
                    figures += one["numerator"].is_not_null().sum()
                    assert len(asked_of_sums) > before, f"{period} {scope} {by} was counted account by account"
        assert figures > 2000
        parts = YEAR.split("month")
        one, other = (ratio_by_unit_and_part(snapshot, "habitual_rate", parts, Scope()) for snapshot in (slow, fast))
        assert one.equals(other)


def test_other_days_are_counted_account_by_account(counted: tuple[Path, Path], asked_of_sums: list[str]) -> None:
    days = Period(date(2025, 7, 2), date(2025, 8, 20))
    with open_snapshot(counted[0]) as slow, open_snapshot(counted[1]) as fast:
        for periods in ([days], [JULY, days]):
            assert values_of_periods(slow, NAMES, periods, by="unit").equals(values_of_periods(fast, NAMES, periods, by="unit"))
    assert not asked_of_sums


def test_a_file_that_comes_while_a_snapshot_is_open_is_used(counted: tuple[Path, Path], asked_of_sums: list[str]) -> None:
    path = counted[1]
    aside = sums_of(path).rename(path.with_name("aside"))
    with open_snapshot(path) as snapshot:
        before = metric_values(snapshot, NAMES, JULY, by="unit")
        assert not asked_of_sums
        sums_of(path).write_bytes(b"damaged" * 1000)
        assert metric_values(snapshot, NAMES, JULY, by="unit").equals(before)
        assert not asked_of_sums
        aside.replace(sums_of(path))
        assert metric_values(snapshot, NAMES, JULY, by="unit").equals(before)
        assert asked_of_sums


def test_a_publication_brings_its_sums_in_place_of_the_last_ones(small_demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usual_sums, "FEW_ACCOUNTS", 0)
    home = Home(Path(shutil.copytree(small_demo, tmp_path / "home")))
    sums_of(home.snapshots / "earlier.duckdb").parent.mkdir()
    sums_of(home.snapshots / "earlier.duckdb").touch()
    finished = run_vanban("etl", "rebuild", home=home.root)
    assert finished.returncode == 0, finished.stderr
    assert list(sums_of(home.snapshots / "any.duckdb").parent.iterdir()) == [sums_of(published_snapshot(home.pointer))]
    monkeypatch.setattr(usual_sums, "sums_of", lambda path: Path("/dev/null/sums"))
    finished = run_vanban("etl", "rebuild", home=home.root)
    assert finished.returncode == 0 and "could not be counted beforehand" in finished.stderr


def test_few_accounts_and_those_of_several_units_at_once_have_no_sums(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "snapshots").mkdir()
    stays = [{"account_key": "a", "unit_code": unit, "is_shared": True} for unit in ("H1", "H2")]
    path = write_snapshot(tmp_path / "snapshots", {"account": [{"account_key": "a"}], "account_assignment": stays})
    assert write_sums(path) is None and not sums_of(path).is_file()
    monkeypatch.setattr(usual_sums, "FEW_ACCOUNTS", 0)
    assert write_sums(path) is None and not sums_of(path).is_file()


def test_usual_periods_end_with_the_data_and_are_there_once() -> None:
    found = usual_periods(date(2024, 3, 10), date(2025, 5, 20))
    assert len(found) == len(set(found))
    assert Period(date(2024, 3, 10), date(2024, 3, 31)) in found
    assert Period(date(2025, 5, 1), date(2025, 5, 20)) in found
    assert Period(date(2025, 1, 1), date(2025, 5, 20)) in found
    assert Period(date(2024, 12, 1), date(2025, 5, 20)) in found, "the reporting year"
    assert {period for period in found if period.to_on > date(2025, 5, 20) or period.from_on < date(2024, 3, 10)} == set()
    assert usual_periods(date(1990, 1, 1), date(2025, 5, 20))[0].from_on == date(2024, 1, 1)
