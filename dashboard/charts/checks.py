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
    is_passed: bool


def checks_list(checks: Sequence[Check], passed_label: str, none_failed_label: str) -> str:
    """Failed checks first, with their figures; the passed ones in a list that opens."""
    failed = [check for check in checks if not check.is_passed]
    passed = [check for check in checks if check.is_passed]
    top = "".join(f'<li data-check="{escape(check.name)}"><b>▲ {escape(check.label)}</b><span>{escape(check.detail)}</span></li>' for check in failed)
    shown = f'<ul class="checks failed">{top}</ul>' if failed else f'<p class="all-passed">✓ {escape(none_failed_label)}</p>'
    rest = "".join(
        f'<li data-check="{escape(check.name)}"><b>✓ {escape(check.label)}</b><span>{escape(check.detail)}</span></li>' for check in passed
    )
    opened = f'<details class="twin"><summary>{escape(passed_label)}</summary><ul class="checks">{rest}</ul></details>' if passed else ""
    return shown + opened
