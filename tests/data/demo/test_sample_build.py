"""Building the sample: the same seed gives the same content, nothing unfinished passes for finished, and the pilot is the same at every scale."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import sqlite3
import stat
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.demo import build as building
from data.demo.build import build_sample, sample_is_complete
from data.demo.draws import apportion
from data.demo.months.documents import DOCUMENT_TYPES
from data.paths import REFERENCE

SMALL = 0.002


def content(home: Path) -> dict[str, str]:
    """A hash of each table's rows in order and of each file that is not the database or a workbook (a zip with its own clock)."""
    found = {}
    with sqlite3.connect(home / "sample" / "qlvb.sqlite") as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
            digest = hashlib.sha256()
            for row in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608 names come from the database itself
                digest.update(repr(row).encode())
            found[table] = digest.hexdigest()
    connection.close()
    for path in sorted((home / "sample").rglob("*")):
        if path.is_file() and path.suffix != ".sqlite":
            found[path.relative_to(home).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("first")
    seen: list[float] = []
    build_sample(home, scale=SMALL, progress=lambda what, done: seen.append(done))
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)
    return home


def test_same_seed_gives_the_same_bytes_and_another_seed_others(first: Path, tmp_path: Path) -> None:
    build_sample(tmp_path / "again", scale=SMALL)
    assert content(tmp_path / "again") == content(first)
    build_sample(tmp_path / "other", scale=SMALL, seed=7)
    of_first = content(first)
    same = {name for name, digest in content(tmp_path / "other").items() if of_first.get(name) == digest}
    assert same <= {"don_vi", "sap_nhap"}, "units come from the reference tables, everything else from the seed"
    truth = json.loads((tmp_path / "other" / "sample" / "truth.json").read_text(encoding="utf-8"))
    assert truth["pilot"]["2024-07-01/2024-07-25"]["all"]["internal_incoming"] == 4107, "the published figures hold for every seed"


def test_the_pilot_month_is_the_same_at_every_scale(first: Path, sample_home: Path, truth: dict[str, Any]) -> None:
    assert json.loads((first / "sample" / "truth.json").read_text(encoding="utf-8"))["pilot"] == truth["pilot"]
    question = "SELECT * FROM van_ban_di WHERE ngay_ban_hanh < '2024-08-01' ORDER BY ma_van_ban"
    rows = []
    for home in (first, sample_home):
        connection = sqlite3.connect(home / "sample" / "qlvb.sqlite")
        rows.append(connection.execute(question).fetchall())
        connection.close()
    assert rows[0] == rows[1]


def test_later_months_grow_with_the_scale(first: Path, sample_home: Path) -> None:
    counts = []
    for home in (first, sample_home):
        connection = sqlite3.connect(home / "sample" / "qlvb.sqlite")
        counts.append(connection.execute("SELECT count(*) FROM van_ban_di WHERE ngay_ban_hanh > '2024-09'").fetchone()[0])
        connection.close()
    assert counts[1] > 4 * counts[0] > 0


def test_a_home_is_ready_to_be_read(first: Path) -> None:
    assert sample_is_complete(first, scale=SMALL)
    assert not sample_is_complete(first, scale=1.0)
    assert not sample_is_complete(first, scale=SMALL, seed=7)
    read = tomllib.loads((first / "vanban.toml").read_text(encoding="utf-8"))["etl"]["sources"]
    assert read == ["qlvb", "khai_bao"]
    assert set(read) <= {path.name for path in (first / "sources").iterdir() if (path / "source.toml").is_file()}
    assert "QLVB_URL=sqlite:///{home}/sample/qlvb.sqlite" in (first / "vanban.env").read_text(encoding="utf-8")
    if sys.platform != "win32":
        assert stat.S_IMODE((first / "vanban.env").stat().st_mode) == 0o600


def test_an_interrupted_build_is_not_complete(first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(first, tmp_path, dirs_exist_ok=True)
    before = (tmp_path / "sample" / "qlvb.sqlite").read_bytes()

    def stop(what: str, done: float) -> None:
        if done > 0.2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_sample(tmp_path, scale=SMALL, seed=7, progress=stop)
    assert not sample_is_complete(tmp_path, scale=SMALL)
    assert not sample_is_complete(tmp_path, scale=SMALL, seed=7)
    assert (tmp_path / "sample" / "qlvb.sqlite").read_bytes() == before
    build_sample(tmp_path, scale=SMALL, seed=7)
    assert sample_is_complete(tmp_path, scale=SMALL, seed=7)
    monkeypatch.setattr(building, "VERSION", building.VERSION + 1)
    assert not sample_is_complete(tmp_path, scale=SMALL, seed=7), "a sample of an older version is made anew"


def test_a_scale_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="scale"):
        build_sample(tmp_path, scale=0)


def test_document_types_are_those_of_the_reference() -> None:
    with (REFERENCE / "doc_types.csv").open(encoding="utf-8", newline="") as file:
        administrative = {row["abbr"] or "CV" for row in csv.DictReader(file)}  # an official letter has no abbreviation of its own
    assert set(DOCUMENT_TYPES) <= administrative


@pytest.mark.parametrize("total", [3, 100, 1848, 2996])
def test_apportion_adds_up_within_its_bounds(total: int) -> None:
    weights = np.array([5.0, 1.0, 0.5, 40.0, 3.0])
    high = np.array([3000, 1, 3000, 3000, 2])
    shares = apportion(total, weights, low=np.array([0, 1, 0, 1, 0]), high=high)
    assert shares.sum() == total
    assert (shares <= high).all()
    assert shares[1] == 1
    with pytest.raises(ValueError, match="cannot be split"):
        apportion(total, weights, low=total)
