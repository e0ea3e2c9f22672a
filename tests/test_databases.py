"""The same sample in SQLite, PostgreSQL and MariaDB gives the same figures, row for row."""

from __future__ import annotations

import json
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


def build(home: Path, url: str | None) -> None:
    finished = run_vanban("demo", "--no-serve", "--scale", SCALE, *(("--sample-url", url) if url else ()), home=home)
    assert finished.returncode == 0, finished.stderr


def answers(home: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for question in QUESTIONS:
        finished = run_vanban("metrics", *question, "--format", "json", home=home)
        assert finished.returncode == 0, finished.stderr
        rows += json.loads(finished.stdout)
    return [{key: value for key, value in row.items() if key != "snapshot"} for row in rows]


def accounting(home: Path) -> list[dict[str, Any]]:
    (run,) = [json.loads(line) for line in (home / "var" / "runs.jsonl").read_text(encoding="utf-8").splitlines()]
    return [{key: value for key, value in entity.items() if key not in ("batch", "fetched_at")} for entity in run["entities"]]


@pytest.fixture(scope="module")
def in_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("sqlite")
    build(home, None)
    return home


def test_postgresql_gives_the_same_figures(in_sqlite: Path, tmp_path: Path, postgres_url: str) -> None:
    build(tmp_path, postgres_url)
    assert accounting(tmp_path) == accounting(in_sqlite)
    assert answers(tmp_path) == answers(in_sqlite)
    assert (tmp_path / "vanban.env").stat().st_mode & 0o077 == 0, "the address may hold a password"
    for path in (tmp_path / "sources").rglob("*"):
        assert not path.is_file() or postgres_url not in path.read_text(encoding="utf-8")


def test_mariadb_gives_the_same_figures(in_sqlite: Path, tmp_path: Path, mariadb_url: str) -> None:
    build(tmp_path, mariadb_url)
    assert accounting(tmp_path) == accounting(in_sqlite)
    assert answers(tmp_path) == answers(in_sqlite)
