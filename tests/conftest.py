"""What all tests share: database servers, and one demo home at full scale that the whole session reads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# pytest_plugins = ["tests.servers"]

PROJECT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the full campaigns too (hours; figures go to docs/)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--long"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="full campaign: run with --long"))


def run_vanban(*arguments: str | Path, home: Path | None = None, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user does, in a process of its own."""
    command = [sys.executable, str(PROJECT / "cli.py"), *map(str, arguments)]
    if home is not None:
        command += ["--home", str(home)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, env={**os.environ, "COLUMNS": "200", **(environment or {})})


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home as `vanban demo --no-serve` leaves it, at scale 1; tests only read it."""
    home = tmp_path_factory.mktemp("demo") / "home"
    finished = run_vanban("demo", "--no-serve", home=home)
    assert finished.returncode == 0, finished.stderr
    return home
