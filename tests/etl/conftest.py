from __future__ import annotations

from pathlib import Path

import pytest

from etl import run
from etl.checks.suite import Verdict
from tests.etl.tiny_system import TinySystem


@pytest.fixture
def tiny(tmp_path: Path) -> TinySystem:
    return TinySystem(tmp_path / "nhà của tôi")  # a blank and accents in the path, as on many desks


def skip_checks(patch: pytest.MonkeyPatch) -> None:
    """Lets runs go without their checks, for tests that are about something else: the library that judges takes seconds to load."""
    no_verdicts: list[Verdict] = []
    patch.setattr(run, "run_checks", lambda warehouse, checks: no_verdicts)


@pytest.fixture
def without_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    skip_checks(monkeypatch)
