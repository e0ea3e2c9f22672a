"""Where the ledger is gone, damaged, of a newer program or held by another one, every page says so and what to do, and shows no figure without it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard.ledger import address
from dashboard.ledger.database import bring_up
from dashboard.server.health import health_of
from dashboard.views import PAGES
from data.configuration import LEDGER_FILE
from data.paths import PROJECT, Home
from tests.etl.tiny_system import TinySystem
from tests.tiny_snapshot import write_snapshot

TITLES = {"vi": "Chưa dùng được sổ báo cáo", "en": "The ledger cannot be used"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = TinySystem(tmp_path / "home").home
    home.environment.chmod(0o600)
    write_snapshot(home.snapshots)
    bring_up(home)
    home.pins.mkdir(parents=True)
    (home.pins / "1.json").write_text("{}")
    monkeypatch.setenv("VANBAN_HOME", str(home.root))
    monkeypatch.setattr(address, "BUSY_SECONDS", 0.01)
    st.cache_resource.clear()
    return home


def file_of(home: Home) -> Path:
    return home.pins.parent / LEDGER_FILE


@contextmanager
def gone(home: Home) -> Iterator[None]:
    file_of(home).unlink()
    yield


@contextmanager
def emptied(home: Home) -> Iterator[None]:
    file_of(home).write_bytes(b"")
    yield


@contextmanager
def damaged(home: Home) -> Iterator[None]:
    file_of(home).write_bytes(b"not a database" * 500)
    yield


@contextmanager
def of_a_newer_program(home: Home) -> Iterator[None]:
    with closing(sqlite3.connect(file_of(home))) as ledger, ledger:
        ledger.execute("UPDATE ledger_version SET version_num = '9000'")
    yield


@contextmanager
def held(home: Home) -> Iterator[None]:
    with closing(sqlite3.connect(file_of(home), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


KINDS: dict[str, tuple[Callable[..., object], dict[str, str]]] = {
    "gone": (gone, {"vi": "khôi phục", "en": "Restore"}),
    "emptied": (emptied, {"vi": "khôi phục", "en": "Restore"}),
    "damaged": (damaged, {"vi": "Hãy khôi phục từ bản sao lưu", "en": "Restore it from a backup"}),
    "newer": (of_a_newer_program, {"vi": "phiên bản chương trình mới hơn", "en": "newer version of this program"}),
    "held": (held, {"vi": "Hãy đợi rồi thử lại", "en": "Wait until it has ended"}),
}


def shown(path: str, lang: str) -> str:
    app = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=60)
    app.query_params.update({"lang": lang, "from": "2024-07-01", "to": "2024-07-31"})
    app._page_hash = calc_hash(path)
    app.run()
    assert not app.exception, app.exception
    return "\n".join(str(part.proto.body) for part in app.get("html"))


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_says_what_has_happened_and_what_to_do(home: Home, kind: str) -> None:
    trouble, words = KINDS[kind]
    with trouble(home):
        # What a page remembers is read before it is drawn, so one page will do for the other kinds.
        for path, lang in [*((path, "vi") for path in (PAGES if kind == "gone" else ["reports"])), ("reports", "en")]:
            page = shown(path, lang)
            assert TITLES[lang] in page and words[lang] in page, (path, lang, page[-900:])
    assert health_of(home, datetime.now(UTC)).problem == ("ledger" if kind == "gone" else "")
