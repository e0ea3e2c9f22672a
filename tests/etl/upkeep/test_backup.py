"""A home in one file and out of it: what comes back is what was there, and nothing that is damaged comes back."""

from __future__ import annotations

import io
import shutil
import sqlite3
import tarfile
from pathlib import Path

import pytest

from data.errors import ConfigurationError, DataRefused
from data.paths import Home
from etl.publish.snapshots import in_force
from etl.runs.durable_files import sha256_of
from etl.runs.run_lock import AnotherRun, only_run
from etl.upkeep.backup import CONTENTS, Backup, back_up, restore
from tests.tiny_snapshot import write_snapshot

ROWS = {"org_unit": [{"unit_code": "R", "level": "toi_cao", "name": "Gốc"}], "account": [{"unit_code": "R"}]}
SECRETS = ("vanban.env", "var/account.key", "var/audit.key")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    for folder in (home.snapshots, home.landing, home.builds, home.warehouse, home.pins):
        folder.mkdir(parents=True)
    write_snapshot(home.snapshots, ROWS)
    home.config.write_text("title = 'Đơn vị'\n", encoding="utf-8")
    for secret in (home.environment, home.account_key_file, home.audit_key_file):
        secret.write_text("SECRET=khong-cho-ai-biet\n", encoding="utf-8")
        secret.chmod(0o600)
    (home.builds / "half.duckdb").write_text("no use")
    (home.warehouse / "kept.duckdb").write_text("made anew")
    for folder in (home.spark, home.var / "sums"):
        folder.mkdir()
        (folder / "again.duckdb").write_text("made of the snapshot")
    (home.pins / "1.json").write_text("{}")
    with sqlite3.connect(home.var / "ledger" / "ledger.db") as ledger:
        ledger.execute("PRAGMA journal_mode = WAL")
        ledger.execute("CREATE TABLE pin (name TEXT)")
        ledger.execute("INSERT INTO pin VALUES ('Báo cáo')")
    return home


def digests(home: Home, *but: str) -> dict[str, str]:
    found = {path.relative_to(home.root).as_posix(): sha256_of(path) for path in home.root.rglob("*") if path.is_file()}
    made_again = ("var/builds", "var/warehouse", "var/sums", "var/spark", "var/etl.lock", "var/reserve")
    return {name: digest for name, digest in found.items() if not name.startswith((*made_again, *but))}


def test_what_was_backed_up_comes_back(home: Home, tmp_path: Path) -> None:
    file, secrets = tmp_path / "copy.tar.gz", tmp_path / "secrets.tar.gz"
    made = back_up(home, file, secrets, "0.1.0")
    current = in_force(home)
    assert current and (made.snapshot, made.content_hash) == (current.snapshot, current.content_hash)
    with tarfile.open(file) as archive:
        names = archive.getnames()
    assert (
        names[0] == CONTENTS
        and not set(SECRETS) & set(names)
        and not [name for name in names if name.startswith(("var/builds", "var/warehouse", "var/sums", "var/spark"))]
    )
    assert [path.stat().st_mode & 0o777 for path in (file, secrets)] == [0o600, 0o600]

    back = Home(tmp_path / "back")
    assert restore(file, back, secrets) == made
    assert digests(back, "var/ledger/ledger.db") == digests(home, "var/ledger/ledger.db")
    with sqlite3.connect(back.var / "ledger" / "ledger.db") as ledger:
        assert ledger.execute("SELECT name FROM pin").fetchall() == [("Báo cáo",)]
    assert in_force(back) == current
    assert back.environment.stat().st_mode & 0o777 == 0o600


def test_without_a_file_of_secrets_none_leave_the_home(home: Home, tmp_path: Path) -> None:
    back = Home(tmp_path / "back")
    back_up(home, tmp_path / "copy.tar.gz", None, "0.1.0")
    restore(tmp_path / "copy.tar.gz", back, None)
    assert not [name for name in SECRETS if (back.root / name).exists()]


def test_a_backup_waits_for_no_run_and_replaces_no_file(home: Home, tmp_path: Path) -> None:
    with only_run(home.lock), pytest.raises(AnotherRun):
        back_up(home, tmp_path / "copy.tar.gz", None, "0.1.0")
    (tmp_path / "there").touch()
    for place, words in (
        (tmp_path / "there", "exists already"),
        (tmp_path / "no" / "folder", "no folder"),
        (home.var / "copy", "in the home itself"),
    ):
        with pytest.raises(ConfigurationError, match=words):
            back_up(home, place, None, "0.1.0")
    assert not list(tmp_path.glob("*.unfinished"))


def changed(home: Home, file: Path, how: str) -> Backup:
    """Unpacks a copy of the file in which one thing is other than its list says."""
    other = file.with_name(f"{how}.tar.gz")
    with tarfile.open(file) as archive, tarfile.open(other, "w:gz") as copy:
        for entry in archive:
            content = archive.extractfile(entry)
            if how == "missing" and entry.name == "vanban.toml":
                continue
            if how == "outside" and entry.name == "vanban.toml":
                entry.name = "../vanban.toml"
            if how == "edited" and entry.name == "var/ledger/pins/1.json":
                content = io.BytesIO(b"[]")
            copy.addfile(entry, content)
    return restore(other, Home(file.with_name("back")), None)


@pytest.mark.parametrize("how", ["missing", "outside", "edited", "cut", "text"])
def test_what_is_damaged_is_refused_and_leaves_nothing(home: Home, tmp_path: Path, how: str) -> None:
    file = tmp_path / "copy.tar.gz"
    back_up(home, file, None, "0.1.0")
    with pytest.raises(DataRefused, match="earlier"):
        if how in ("cut", "text"):
            content = file.read_bytes()
            file.write_bytes(content[: len(content) // 2] if how == "cut" else b"no archive")
            restore(file, Home(tmp_path / "back"), None)
        else:
            changed(home, file, how)
    assert not (tmp_path / "back").exists() and not list(tmp_path.glob("back.*"))


def test_nothing_is_restored_over_what_is_there(home: Home, tmp_path: Path) -> None:
    back_up(home, tmp_path / "copy.tar.gz", None, "0.1.0")
    before = digests(home)
    with pytest.raises(ConfigurationError, match="not empty"):
        restore(tmp_path / "copy.tar.gz", home, None)
    assert digests(home) == before
    shutil.rmtree(home.root)
    home.root.mkdir()
    given = home.root.stat().st_ino
    restore(tmp_path / "copy.tar.gz", home, None)
    assert digests(home, "vanban.env", *SECRETS, "var/ledger/ledger.db").keys() == {
        name for name in before if name not in SECRETS and "ledger.db" not in name
    }
    assert home.root.stat().st_ino == given, "the folder itself is kept: beside it its user may not be able to write, or it is a volume"
    assert not list(home.root.glob("*.unfinished"))
