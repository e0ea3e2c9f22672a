"""The gates that every change passes: ruff's rules and layout, and mypy's strict types."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def run(*command: str) -> tuple[int, str]:
    finished = subprocess.run([sys.executable, "-m", *command], cwd=PROJECT, capture_output=True, text=True)
    return finished.returncode, finished.stdout + finished.stderr


def test_ruff_finds_nothing() -> None:
    code, said = run("ruff", "check", ".")
    assert code == 0, said


def test_layout_is_ruffs() -> None:
    code, said = run("ruff", "format", "--check", ".")
    assert code == 0, said


def test_types_hold() -> None:
    code, said = run("mypy")
    assert code == 0, said
