from __future__ import annotations

from pathlib import Path

import pytest

from etl import run
from etl.checks.suite import Verdict
from tests.etl.tiny_system import TinySystem


@pytest.fixture
def tiny(tmp_path: Path) -> TinySystem:
    return TinySystem(tmp_path / "nhà của tôi")  # a blank and accents in the path, as on many desks


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> TinySystem:
    """The tiny system after its first run, checks and all; tests begin with a copy of it."""
    system = TinySystem(tmp_path_factory.mktemp("first-run") / "home")
    system.run()
    return system


@pytest.fixture
def after_first_run(first_run: TinySystem, tmp_path: Path) -> TinySystem:
    return first_run.copied(tmp_path / "nhà của tôi")


def skip_checks(patch: pytest.MonkeyPatch) -> None:
    """Lets runs go without their checks, for tests that are about something else: the library that judges takes seconds to load."""
    no_verdicts: list[Verdict] = []
    patch.setattr(run, "run_checks", lambda warehouse, checks: no_verdicts)


@pytest.fixture
def without_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    skip_checks(monkeypatch)
