"""The coherence checks: those that failed with their figures, those that passed by name."""

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
    """Failed checks first, with their figures; then the passed ones, each of which opens to show its figures."""
    failed = [check for check in checks if not check.is_passed]
    passed = [check for check in checks if check.is_passed]
    shown = (
        f'<ul class="checks failed">{"".join(map(_failed, failed))}</ul>' if failed else f'<p class="all-passed">✓ {escape(none_failed_label)}</p>'
    )
    rest = f'<h4>{escape(passed_label)}</h4><ul class="checks passed">{"".join(map(_passed, passed))}</ul>' if passed else ""
    return shown + rest


def _failed(check: Check) -> str:
    units = f"<span>{escape(check.units)}</span>" if check.units else ""
    return f'<li data-check="{escape(check.name)}"><b>▲ {escape(check.label)}</b><span>{escape(check.detail)}</span>{units}</li>'


def _passed(check: Check) -> str:
    return (
        f'<li data-check="{escape(check.name)}"><details><summary>✓ {escape(check.label)}</summary><span>{escape(check.detail)}</span></details></li>'
    )
