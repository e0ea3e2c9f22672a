"""A period over time: the step that it is shown in, the parts that can be set side by side, and a small line through them."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from markupsafe import Markup

from dashboard.session.compared_period import STATES
from dashboard.session.figures import Figure, over_time
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.translations import t
from metrics.periods import Period, TimeStep

CUT = "*"
LEAST_RANGE = 0.1


def time_step(page: Page) -> TimeStep:
    """The step in which a period is shown over time: about five to thirty of them."""
    days = page.covered.period.days
    return "day" if days <= 14 else "week" if days <= 120 else "month"


def is_comparable(metric: str, part: Period, step: TimeStep) -> bool:
    """Whether a part can be set beside the others: a flow's week or month is whole, no end of period or data cuts it off; a state's always."""
    return metric in STATES or part.is_whole(step)


def cut_mark(part: Period, step: TimeStep, metric: str = "") -> str:
    """A star for a week or month that an end of period or data cuts off (`cut_note` says what it means); nothing for others, nor for a state."""
    return "" if is_comparable(metric, part, step) else CUT


def cut_note(parts: Sequence[Period], step: TimeStep, metric: str = "") -> str:
    """What the star means; empty where no part has one."""
    return t(f"trend.cut_{step}") if any(cut_mark(part, step, metric) for part in parts) else ""


def comparable_parts(frame: pl.DataFrame, metric: str, step: TimeStep) -> list[Figure]:
    """The figures of one metric in the parts of the period that can be set side by side."""
    return [part for part in over_time(frame, metric) if is_comparable(metric, Period(part.from_on, part.to_on), step)]


def sparkline(values: Sequence[float | None], alt: str) -> Markup:
    """A small line without axes, through the known values with a dot on the last one: where a figure came from; empty where fewer than two are known.

    The scale spans the values, and at least ten points: the line shows direction only, the figure and its base stand beside it.
    """
    known = [(position, value) for position, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return markup("sparkline.html", path="")
    low, high = min(value for _, value in known), max(value for _, value in known)
    if high - low < LEAST_RANGE:  # half a point is no cliff
        low, high = (low + high - LEAST_RANGE) / 2, (low + high + LEAST_RANGE) / 2
    left, right = known[0][0], known[-1][0]
    corners = [
        (100 * (position - left) / (right - left), 92 - 84 * (value - low) / (high - low) if high > low else 50.0) for position, value in known
    ]
    path = " ".join(f"{'L' if number else 'M'}{x:.1f} {y:.1f}" for number, (x, y) in enumerate(corners))
    return markup("sparkline.html", path=path, last=f"{corners[-1][1]:.1f}", alt=alt)
