"""Rates over time as small lines side by side, each with its first and last value in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from dashboard.ui.sparkline import sparkline


@dataclass(frozen=True)
class SmallLine:
    """One rate: values in order, the words for first and last, and the line's description."""

    title: str
    values: tuple[float | None, ...]
    first: str
    last: str
    alt: str


def small_lines(lines: Sequence[SmallLine]) -> str:
    """A grid of lines; each has its own scale, which the words give."""
    cells = "".join(
        f"<li><h4>{escape(line.title)}</h4>{sparkline(line.values, line.alt)}<p><span>{escape(line.first)}</span><b>{escape(line.last)}</b></p></li>"
        for line in lines
    )
    return f'<ul class="small-lines">{cells}</ul>'
