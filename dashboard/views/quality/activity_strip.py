"""Units by day as strips: where records are, and where a unit fell silent while the others did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

STATES = ("some", "rest", "none", "gap", "run")
"""Of a cell: records; records on a day of rest; none, as is to be expected; none where most others have; the same for days on end."""


@dataclass(frozen=True)
class Strip:
    """One unit: its name with link and title, the state of every cell, and a remark behind the strip."""

    name: str
    title: str
    href: str
    cells: tuple[str, ...]
    remark: str
    is_look: bool


@dataclass(frozen=True)
class Tick:
    """A label under the strips, at the left edge of a cell."""

    position: int
    text: str


def activity_strip(strips: Sequence[Strip], ticks: Sequence[Tick], key: Sequence[tuple[str, str]], shown: int, more_label: str, alt: str) -> str:
    """The first `shown` strips, the others behind a disclosure; `key` explains states in words."""
    if not strips:
        return ""
    width = len(strips[0].cells)
    axis = "".join(f'<span style="left:{100 * tick.position / width:.2f}%">{escape(tick.text)}</span>' for tick in ticks)
    axis = f'<div class="strip-axis" aria-hidden="true"><span></span><div>{axis}</div><span></span></div>'
    rows = "".join(_row(strip, width) for strip in strips[:shown])
    rest = "".join(_row(strip, width) for strip in strips[shown:])
    more = f'<details class="more"><summary>{escape(more_label)}</summary><ul class="strips">{rest}</ul></details>' if rest else ""
    legend = "".join(f'<span><i class="{escape(state)}"></i>{escape(words)}</span>' for state, words in key)
    return f'{axis}<ul class="strips" aria-label="{escape(alt)}">{rows}</ul>{more}<p class="strip-key" aria-hidden="true">{legend}</p>'


def _row(strip: Strip, width: int) -> str:
    runs = "".join(f'<i class="{state}" style="flex-grow:{len(list(cells))}"></i>' for state, cells in groupby(strip.cells))
    tone = ' class="look"' if strip.is_look else ""
    return (
        f'<li title="{escape(strip.title)}"><a href="{escape(strip.href)}" target="_self">{escape(strip.name)}</a>'
        f'<span class="cells" style="--cells:{width}" aria-hidden="true">{runs}</span><small{tone}>{escape(strip.remark)}</small></li>'
    )
