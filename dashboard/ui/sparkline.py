"""A small line without axes: where a figure came from, beside the figure."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from dashboard.ui.markup import markup


def sparkline(values: Sequence[float | None], alt: str) -> Markup:
    """The line through the known values with a dot on the last one; empty where fewer than two are known.

    The scale spans the values: the line shows direction only, the figure and its base stand beside it.
    """
    known = [(position, value) for position, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return markup("sparkline.html", path="")
    low, high = min(value for _, value in known), max(value for _, value in known)
    left, right = known[0][0], known[-1][0]
    corners = [
        (100 * (position - left) / (right - left), 92 - 84 * (value - low) / (high - low) if high > low else 50.0) for position, value in known
    ]
    path = " ".join(f"{'L' if number else 'M'}{x:.1f} {y:.1f}" for number, (x, y) in enumerate(corners))
    return markup("sparkline.html", path=path, last=f"{corners[-1][1]:.1f}", alt=alt)
