"""A home that a newer program has written is left alone, and it is said which program to start."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.main import main
from cli.upkeep.checks.findings import examine_locally
from dashboard.ledger.database import bring_up
from dashboard.server.health import health_of
from data.paths import Home
from data.snapshot import SCHEMA_VERSION
from data.version import HOME_VERSION, home_version, state_home_version
from etl.upkeep.backup import back_up
from tests.etl.tiny_system import TinySystem
from tests.tiny_snapshot import write_snapshot


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """With figures, a ledger and a stated version, as a run leaves them."""
    home = TinySystem(tmp_path / "home").home
    home.environment.chmod(0o600)
    write_snapshot(home.snapshots)
    bring_up(home)
    state_home_version(home)
    return home


def newer_home(home: Home) -> None:
    (home.var / "version.json").write_text(json.dumps({"home": HOME_VERSION + 1, "program": "9.0.0"}))


def newer_snapshot(home: Home) -> None:
    write_snapshot(home.snapshots, {"snapshot_info": [{"schema_version": SCHEMA_VERSION + 1}]}, "20990101T000000-newer")


def newer_ledger(home: Home) -> None:
    with closing(sqlite3.connect(home.var / "ledger" / "ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE ledger_version SET version_num = '9000'")


@pytest.mark.parametrize(
    ("change", "check", "words"),
    [
        (newer_home, "home", ("etl", "run")),
        (newer_home, "home", ("etl", "prune", "--remove")),
        (newer_snapshot, "figures", ("metrics",)),
        (newer_ledger, "ledger", ("report", "list")),
    ],
    ids=["run", "prune", "snapshot", "ledger"],
)
def test_what_a_newer_program_wrote_is_refused_with_the_way_back(
    home: Home, capsys: pytest.CaptureFixture[str], change: Callable[[Home], None], check: str, words: tuple[str, ...]
) -> None:
    change(home)
    before = {path: path.read_bytes() for path in home.root.rglob("*") if path.is_file()}
    assert main([*words, "--home", str(home.root)]) == 2
    told = capsys.readouterr().err
    assert "newer version of th" in told and "restore the backup" in told and "etl run" not in told
    assert {path: path.read_bytes() for path in home.root.rglob("*") if path.is_file()} == before
    finding = next(one for one in examine_locally(home) if one.check == check)
    assert finding.outcome == "mend" and "newer version" in finding.text
    assert (health_of(home, datetime.now(UTC)).problem == "unreadable") == (change is newer_snapshot)


def test_each_part_states_its_version(home: Home) -> None:
    told = {one.check: one.text for one in examine_locally(home)}
    assert home_version(home)[0] == HOME_VERSION and f"version {HOME_VERSION}" in told["home"]
    assert f"version {SCHEMA_VERSION}" in told["figures"] and "version 0" in told["ledger"]


def test_a_backup_of_a_newer_program_is_refused(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as newer:
        newer.setattr("etl.upkeep.backup.SCHEMA_VERSION", SCHEMA_VERSION + 1)
        back_up(home, tmp_path / "b.tar.gz", None, "9.0.0")
    assert main(["restore", str(tmp_path / "b.tar.gz"), "--home", str(tmp_path / "other")]) == 2
    assert "9.0.0" in capsys.readouterr().err and not (tmp_path / "other").exists()
