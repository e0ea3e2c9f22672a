"""The units with most left to do: a name, how much is left, and how far it has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Remaining:
    """One unit as text; `ratio` is what is done, drawn as a bar."""

    name: str
    title: str
    href: str
    left: str
    rate: str
    counts: str
    ratio: float


def remaining_list(units: Sequence[Remaining], alt: str) -> str:
    """Rows in the order given."""
    rows = "".join(
        f'<li><a href="{escape(unit.href)}" title="{escape(unit.title)}">{escape(unit.name)}</a><b>{escape(unit.left)}</b>'
        f'<span class="inline-bar" aria-hidden="true"><i style="width:{100 * min(1.0, unit.ratio):.2f}%"></i></span>'
        f'<span class="rate">{escape(unit.rate)}</span><small>{escape(unit.counts)}</small></li>'
        for unit in units
    )
    return f'<ol class="remaining" aria-label="{escape(alt)}">{rows}</ol>'
