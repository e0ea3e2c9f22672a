"""Units with their rate as a dot in its interval, beside the rate of the whole: what differs, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class IntervalRow:
    """One unit as text, and its rate with the bounds of its interval (0 to 1)."""

    name: str
    title: str
    href: str
    remark: str
    rate: str
    counts: str
    value: float
    low: float
    high: float
    is_marked: bool = True
    """Drawn in the accent: what the list is about. The others are drawn calm."""


def interval_list(rows: Sequence[IntervalRow], whole: float, whole_text: str, alt: str) -> str:
    """Rows in the order given on an axis from 0 to 100%; a line marks `whole`."""
    lines = "".join(_row(row, whole) for row in rows)
    key = f'<p class="interval-key" aria-hidden="true"><i></i>{escape(whole_text)}</p>'
    return f'<ol class="intervals" aria-label="{escape(alt)}">{lines}</ol>{key}'


def _row(row: IntervalRow, whole: float) -> str:
    drawn = f'<i style="left:{100 * row.low:.1f}%;right:{100 - 100 * row.high:.1f}%"></i><u style="left:{100 * whole:.1f}%"></u>'
    calm = "" if row.is_marked else ' class="calm"'
    return (
        f'<li{calm}><a href="{escape(row.href)}" title="{escape(row.title)}">{escape(row.name)}</a><b>{escape(row.rate)}</b>'
        f'<span class="interval" aria-hidden="true">{drawn}<em style="left:{100 * row.value:.1f}%"></em></span>'
        f"<small>{escape(row.remark)}</small><small>{escape(row.counts)}</small></li>"
    )
