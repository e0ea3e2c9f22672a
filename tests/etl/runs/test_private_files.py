"""What a run and the ledger write is their user's alone, whatever the user's own umask says; secrets that stand open are refused."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.ledger import FinishedReport, Ledger, Record
from data.configuration import environment_of
from data.errors import ConfigurationError
from data.paths import Home
from tests.etl.tiny_system import TinySystem

pytestmark = pytest.mark.skipif(os.name != "posix", reason="only POSIX has modes of files")


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """The one of most systems, under which everyone may read what one writes."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in [folder, *folder.rglob("*")] if path.stat().st_mode & 0o077]


def test_a_run_closes_what_it_writes_and_what_was_left_open(tiny: TinySystem, without_checks: None) -> None:
    tiny.home.environment.chmod(0o600)
    tiny.run()
    assert open_to_others(tiny.home.var) == []
    for path in (tiny.home.var, tiny.home.landing, tiny.home.pointer):
        path.chmod(0o755 if path.is_dir() else 0o644)
    tiny.run()
    assert open_to_others(tiny.home.var) == []
    (tiny.home.root / "mine").touch()
    assert open_to_others(tiny.home.root / "mine") == ["."]  # and the rest of the process is as it was


def test_the_ledger_closes_its_files(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with Ledger(home) as ledger:
        ledger.pin(FinishedReport("so-ket", "t", Record({}, {}, []), "s", "h", "1", {"docx": b"PK"}), "x")
    assert open_to_others(home.var) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o666])
def test_passwords_that_others_may_read_are_refused_with_the_command_to_run(tmp_path: Path, mode: int) -> None:
    home = Home(tmp_path)
    home.environment.write_text("URL=x\n", encoding="utf-8")
    home.environment.chmod(mode)
    with pytest.raises(ConfigurationError, match=f"chmod 600 {home.environment}"):
        environment_of(home)
    home.environment.chmod(0o600)
    assert environment_of(home)["URL"] == "x"
