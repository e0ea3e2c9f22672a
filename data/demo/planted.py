"""What is planted in the sample (planted.toml): effects to be found in the later months, and defects with what a reader should make of them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

_PLANTED = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
EFFECTS: list[dict[str, Any]] = _PLANTED["effects"]
DEFECTS: dict[str, dict[str, str]] = _PLANTED["defects"]
"""Entity to defects by name with what is expected."""


def units_with(effect: str) -> dict[str, str]:
    """The units that an effect of that name is planted in, with the month from which on."""
    return {one["unit_code"]: one["from"] for one in EFFECTS if one["name"] == effect}
