"""How a system was taken up: columns of those who came for the first time, the line of all who ever came, and what happened meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

COLUMNS_REACH = 0.46
"""How high the highest column stands, so that columns and line can be told apart."""
ROWS, ROW = 3, 15
"""The words of events stand above the drawing, in so many rows of so many px by turns."""


@dataclass(frozen=True)
class Part:
    """One day, week or month: how many came for the first time in it, and how many had come by its end; None where nothing is known."""

    first: int | None
    ever: int | None
    title: str


@dataclass(frozen=True)
class Happening:
    """An event at a place of the axis (0 to 1), with its words."""

    at: float
    text: str


def first_logins(parts: Sequence[Part], ticks: Sequence[tuple[int, str]], happenings: Sequence[Happening], end: str, peak: str, alt: str) -> str:
    """Columns and line have scales of their own, both from zero; `end` and `peak` say the last value of the line and the highest column."""
    highest = max((part.first or 0 for part in parts), default=0) or 1
    most = max((part.ever or 0 for part in parts), default=0) or 1
    columns = "".join(
        f'<i style="height:{100 * COLUMNS_REACH * (part.first or 0) / highest:.2f}%" title="{escape(part.title)}"></i>' for part in parts
    )
    known = [(number, part.ever) for number, part in enumerate(parts) if part.ever is not None]
    corners = [(100 * (number + 0.5) / len(parts), 100 - 92 * ever / most) for number, ever in known]
    top = next((number for number, part in enumerate(parts) if part.first == highest), 0)
    words = f'<b class="peak" style="left:{100 * (top + 0.5) / len(parts):.2f}%;bottom:{100 * COLUMNS_REACH:.1f}%">{escape(peak)}</b>'
    if corners:
        x, y = corners[-1]
        words += f'<b class="end" style="right:{100 - x:.2f}%;top:{y:.2f}%">{escape(end)}</b>'
    rows = min(ROWS, len(happenings))
    marks = "".join(
        f'<u class="{"late" if one.at > 0.62 else ""}" style="left:{100 * one.at:.2f}%;top:{ROW * (number % rows)}px"><em>{escape(one.text)}</em></u>'
        for number, one in enumerate(happenings)
    )
    labels = "".join(f'<span style="left:{100 * (number + 0.5) / len(parts):.2f}%">{escape(text)}</span>' for number, text in ticks)
    return (
        f'<div class="taken-up" role="img" aria-label="{escape(alt)}">'
        f'<div class="plot">{marks}<div class="area" style="top:{ROW * rows + 4 if rows else 0}px">'
        f'<div class="bars">{columns}</div>{_line(corners)}{words}</div></div>'
        f'<div class="axis" aria-hidden="true">{labels}</div></div>'
    )


def _line(corners: Sequence[tuple[float, float]]) -> str:
    """The line as a mask over the text colour, so that it follows light and dark."""
    if len(corners) < 2:
        return ""
    path = " ".join(f"{'L' if number else 'M'}{x:.2f} {y:.2f}" for number, (x, y) in enumerate(corners))
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" preserveAspectRatio="none">'
        f'<path d="{path}" fill="none" stroke="#000" stroke-width="2" stroke-linejoin="round" vector-effect="non-scaling-stroke"/></svg>'
    )
    mask = f"url(&quot;data:image/svg+xml,{quote(drawing)}&quot;)"
    return f'<i class="line" style="-webkit-mask-image:{mask};mask-image:{mask}"></i>'
