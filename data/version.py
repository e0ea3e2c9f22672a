"""Which version of the program this is."""

from __future__ import annotations

import tomllib
from functools import cache

from data.paths import PROJECT


@cache
def program_version() -> str:
    """The version that pyproject.toml names."""
    return str(tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])
