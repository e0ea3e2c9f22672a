"""Real figures are served to nobody who has not been let in; a demo opens as ever."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dashboard.server import serve_command
from data.paths import Home
from tests.dashboards import Serve
from tests.security.wires import ROWS, ask, make_home, open_stream, run_of_the_page, text_of
from tests.servers import free_port
from tests.tiny_snapshot import write_snapshot

REAL = {**ROWS, "snapshot_info": [{"is_synthetic": False}]}
CLOSED = "chưa mở cho ai xem"
SHOWN = "data-verdict"
"""Where figures are shown, there is a verdict on them."""
UNIT = "Gốc"


@pytest.fixture
def real_home(tmp_path: Path) -> Path:
    home = make_home(tmp_path / "home")
    write_snapshot(home / "var" / "snapshots", REAL)
    return home


def page_of(address: str, query: str = "") -> str:
    with open_stream(address) as stream:
        return text_of(run_of_the_page(stream, query))


def test_with_real_figures_and_no_sign_in_the_server_does_not_start(real_home: Path) -> None:
    command, environment = serve_command(Home(real_home), free_port(), headless=True)
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert "holds real figures" in ended.stderr
    assert "--local" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_whoever_sits_at_the_machine_may_be_let_in(real_home: Path, served: Serve) -> None:
    address = served(real_home, is_local=True)
    assert SHOWN in page_of(address)
    assert ask(address, "/", headers={"X-Forwarded-For": "192.0.2.1"})[0] == 403


def test_figures_that_become_real_while_it_runs_are_shown_to_nobody(tmp_path: Path, served: Serve) -> None:
    home = make_home(tmp_path / "home")
    address = served(home)
    assert SHOWN in page_of(address)
    write_snapshot(home / "var" / "snapshots", REAL, name="20240802T030000-real")
    for query in ("", "role=statistics", "role=leader&unit=R", "lang=vi&from=2024-07-01"):
        page = page_of(address, query)
        assert CLOSED in page
        assert SHOWN not in page and UNIT not in page
