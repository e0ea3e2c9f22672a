"""Which program this is."""

from __future__ import annotations

import subprocess
import tomllib
from functools import cache

from data.paths import PROJECT


@cache
def program_version() -> str:
    """The version that pyproject.toml names."""
    return str(tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def program_commit() -> str:
    """Short name of the commit that the program's folder is at; empty where it is no checkout, or git is not there."""
    if not (PROJECT / ".git").exists():
        return ""
    try:
        found = subprocess.run(["git", "-C", PROJECT, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True)
    except OSError:
        return ""
    return found.stdout.strip()
