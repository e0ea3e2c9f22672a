"""The published figures of July 2024 that the sample reproduces, and how the plan splits what was not published (pilot.toml)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

_PILOT = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
ACCOUNTS: dict[str, Any] = _PILOT["accounts"]
DOCUMENTS: dict[str, int] = _PILOT["documents"]
WINDOWS: list[dict[str, Any]] = _PILOT["windows"]
"""Outgoing documents to 25 July and after."""
HEADCOUNTS: dict[str, int] = _PILOT["headcounts"]
HEADCOUNT_RANGES: dict[str, tuple[int, int]] = _PILOT["headcount_ranges"]
