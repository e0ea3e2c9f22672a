"""The same sample in SQLite, PostgreSQL and MariaDB gives the same figures, row for row, and the same published content, down to the hash."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import run_vanban

SCALE = "0.01"
QUESTIONS = (
    ("--from", "2024-07-01", "--to", "2024-07-31", "--by", "unit"),
    ("--from", "2024-07-01", "--to", "2026-10-31", "--by", "month"),
    ("--from", "2024-07-01", "--to", "2024-07-25", "--by", "level", "--group", "1"),
)


def build(home: Path, url: str, like: Path) -> None:
    """The demo in another database, with the pseudonyms of the home that it is like."""
    (home / "var").mkdir()
    shutil.copy2(like / "var" / "account.key", home / "var")
    finished = run_vanban("demo", "--no-serve", "--scale", SCALE, "--sample-url", url, home=home)
    assert finished.returncode == 0, finished.stderr


def answers(home: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for question in QUESTIONS:
        finished = run_vanban("metrics", *question, "--format", "json", home=home)
        assert finished.returncode == 0, finished.stderr
        rows += json.loads(finished.stdout)
    return [{key: value for key, value in row.items() if key != "snapshot"} for row in rows]


@pytest.fixture(scope="module")
def of_sqlite(small_demo: Path) -> list[dict[str, Any]]:
    return answers(small_demo)


def published(home: Path) -> tuple[str, list[dict[str, Any]]]:
    """The hash of what the one run published, and its accounts."""
    (run,) = [json.loads(line) for line in (home / "var" / "runs.jsonl").read_text(encoding="utf-8").splitlines()]
    assert run["content_hash"]
    return run["content_hash"], [{key: value for key, value in entity.items() if key not in ("batch", "fetched_at")} for entity in run["entities"]]


def test_postgresql_gives_the_same_figures(small_demo: Path, of_sqlite: list[dict[str, Any]], tmp_path: Path, postgres_url: str) -> None:
    build(tmp_path, postgres_url, small_demo)
    assert published(tmp_path) == published(small_demo)
    assert answers(tmp_path) == of_sqlite
    assert (tmp_path / "vanban.env").stat().st_mode & 0o077 == 0, "the address may hold a password"
    for path in (tmp_path / "sources").rglob("*"):
        assert not path.is_file() or postgres_url not in path.read_text(encoding="utf-8")


def test_mariadb_gives_the_same_figures(small_demo: Path, of_sqlite: list[dict[str, Any]], tmp_path: Path, mariadb_url: str) -> None:
    build(tmp_path, mariadb_url, small_demo)
    assert published(tmp_path) == published(small_demo)
    assert answers(tmp_path) == of_sqlite
