"""What was declared and what of it the system issued, period by period: a bar within a bar, both from zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class DeclaredBar:
    """One period: counts, and as text the two counts and the ratio; `is_current` marks the one that the page is about."""

    label: str
    declared: int
    issued: int
    text: str
    rate: str
    is_current: bool


def declared_bars(bars: Sequence[DeclaredBar], key: tuple[str, str], alt: str) -> str:
    """Bars in the order given on one scale; `key` names the outer and the inner bar."""
    largest = max((max(bar.declared, bar.issued) for bar in bars), default=0) or 1
    lines = "".join(
        f'<li{" class=current" if bar.is_current else ""}><span>{escape(bar.label)}</span><span class="both" aria-hidden="true">'
        f'<i class="outer" style="width:{100 * bar.declared / largest:.2f}%"></i>'
        f'<i class="inner" style="width:{100 * bar.issued / largest:.2f}%"></i></span>'
        f"<small>{escape(bar.text)}</small><b>{escape(bar.rate)}</b></li>"
        for bar in bars
    )
    legend = f'<span><i class="outer"></i>{escape(key[0])}</span><span><i class="inner"></i>{escape(key[1])}</span>'
    return f'<ol class="declared-bars" aria-label="{escape(alt)}">{lines}</ol><p class="strip-key" aria-hidden="true">{legend}</p>'
