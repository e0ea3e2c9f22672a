"""A period over time: the step that it is shown in, and the parts that can be set side by side."""

from __future__ import annotations

import polars as pl

from dashboard.session.compared_period import STATES
from dashboard.session.figures import Figure, over_time
from dashboard.ui.page_context import Page
from metrics.periods import Period, TimeStep


def time_step(page: Page) -> TimeStep:
    """The step in which a period is shown over time: about five to thirty of them."""
    days = Period(page.selection.from_on, page.selection.to_on).days
    return "day" if days <= 14 else "week" if days <= 120 else "month"


def is_comparable(metric: str, part: Period, step: TimeStep) -> bool:
    """Whether a part can be set beside the others: a flow's week or month is whole, not cut off by an end of the period; a state's always can."""
    return metric in STATES or part.days >= {"day": 1, "week": 7}.get(step, 28)


def comparable_parts(frame: pl.DataFrame, metric: str, step: TimeStep) -> list[Figure]:
    """The figures of one metric in the parts of the period that can be set side by side."""
    return [part for part in over_time(frame, metric) if is_comparable(metric, Period(part.from_on, part.to_on), step)]
