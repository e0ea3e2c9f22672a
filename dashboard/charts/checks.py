"""The coherence checks: those that failed in full, those that passed behind a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Check:
    """One check as text."""

    name: str
    label: str
    detail: str
    units: str
    """The units in which it fails, by name; empty where it passes."""
    is_passed: bool


def checks_list(checks: Sequence[Check], passed_label: str, none_failed_label: str) -> str:
    """Failed checks first, with their figures; the passed ones in a list that opens."""
    failed = [check for check in checks if not check.is_passed]
    passed = [check for check in checks if check.is_passed]
    shown = f'<ul class="checks failed">{"".join(map(_item, failed))}</ul>' if failed else f'<p class="all-passed">✓ {escape(none_failed_label)}</p>'
    rest = "".join(map(_item, passed))
    opened = f'<details class="twin"><summary>{escape(passed_label)}</summary><ul class="checks">{rest}</ul></details>' if passed else ""
    return shown + opened


def _item(check: Check) -> str:
    mark = "✓" if check.is_passed else "▲"
    units = f"<span>{escape(check.units)}</span>" if check.units else ""
    return f'<li data-check="{escape(check.name)}"><b>{mark} {escape(check.label)}</b><span>{escape(check.detail)}</span>{units}</li>'
