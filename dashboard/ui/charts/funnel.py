"""The adoption funnel: from being given an account to signing with it, as zero-based bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Step:
    """One step: its name, how many, the count as text, and the share of the step before as text (empty for the first)."""

    metric: str
    label: str
    count: int | None
    count_text: str
    share_text: str


def funnel(steps: Sequence[Step], alt: str) -> str:
    """Bars as long as the counts, the largest filling the track."""
    largest = max((step.count or 0 for step in steps), default=0) or 1
    rows = "".join(
        f'<li><span class="label">{escape(step.label)}</span>'
        f'<span class="track">{_bar(number, (step.count or 0) / largest)}'
        f'<b data-metric="{escape(step.metric)}">{escape(step.count_text)}</b></span>'
        f'<span class="share">{escape(step.share_text)}</span></li>'
        for number, step in enumerate(steps)
    )
    return f'<ol class="funnel" aria-label="{escape(alt)}">{rows}</ol>'


def _bar(number: int, share: float) -> str:
    """Nothing is drawn for nothing; the least that is something is drawn two pixels wide."""
    return f'<i class="s{number}" style="width:{100 * share:.2f}%"></i>' if share > 0 else ""
