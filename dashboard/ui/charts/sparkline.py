"""A small line without axes: where a figure came from, beside the figure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote


def sparkline(values: Sequence[float | None], alt: str) -> str:
    """Markup of the line through the known values with a dot on the last one; empty where fewer than two are known.

    The drawing is a mask over the text colour, so that it follows light and dark; the scale spans the values (a line that
    shows direction only: the figure and its base stand beside it).
    """
    known = [(position, value) for position, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return '<div class="spark" aria-hidden="true"></div>'
    low, high = min(value for _, value in known), max(value for _, value in known)
    width = (high - low) or 1.0
    left, right = known[0][0], known[-1][0]
    corners = [(100 * (position - left) / (right - left), 92 - 84 * (value - low) / width) for position, value in known]
    if high == low:
        corners = [(x, 50.0) for x, _ in corners]
    path = " ".join(f"{'L' if number else 'M'}{x:.1f} {y:.1f}" for number, (x, y) in enumerate(corners))
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" preserveAspectRatio="none">'
        f'<path d="{path}" fill="none" stroke="#000" stroke-width="1.7" stroke-linejoin="round" vector-effect="non-scaling-stroke"/></svg>'
    )
    mask = f"url(&quot;data:image/svg+xml,{quote(drawing)}&quot;)"
    return (
        f'<div class="spark" role="img" aria-label="{escape(alt)}"><i style="-webkit-mask-image:{mask};mask-image:{mask}"></i>'
        f'<b style="top:{corners[-1][1]:.1f}%"></b></div>'
    )
