"""The same sample read from three kinds of database gives the same published content, down to the hash."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.demo.build import build_sample
from data.paths import Home
from etl.run import run_etl
from etl.settings import load_settings

TINY = 0.002


def published_hash(folder: Path, url: str | None) -> str:
    build_sample(folder, scale=TINY, url=url)
    result = run_etl(load_settings(Home(folder)))
    assert result.content_hash
    return result.content_hash


@pytest.fixture(scope="module")
def hash_from_sqlite(tmp_path_factory: pytest.TempPathFactory) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VANBAN_ACCOUNT_KEY", "0123456789abcdef" * 4)
        return published_hash(tmp_path_factory.mktemp("sqlite"), None)


@pytest.mark.parametrize("database", ["postgres_url", "mariadb_url"])
def test_content_does_not_depend_on_the_database(
    database: str, request: pytest.FixtureRequest, hash_from_sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VANBAN_ACCOUNT_KEY", "0123456789abcdef" * 4)
    monkeypatch.delenv("QLVB_URL", raising=False)
    assert published_hash(tmp_path, request.getfixturevalue(database)) == hash_from_sqlite
