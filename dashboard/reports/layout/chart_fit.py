"""How charts fit a page: height of the plot, room for the names of bars, and bars too many for one page as several charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from dashboard.reports.content.blocks import Chart
from dashboard.reports.layout import text_width as typeface
from dashboard.reports.layout.chart_values import LONGEST_NAME, axis_end, has_legend
from dashboard.reports.layout.official_form import Area, balanced
from dashboard.reports.layout.printable_text import clipped

TEXT_PT = 10.0
NAMES_SHARE = 0.38
"""Of the width: what the names of bars may take."""
PLOT_PT = 165.0
"""Height of a plot of columns or lines: with caption, legend and note a third of a page, which is all that may stay empty before it."""
_LEGEND_PT, _BARE_PT = 22.0, 8.0
BAR_PT = 13.0
_BETWEEN_PT, _CLOSEST_PT = 6.0, 3.0
"""Between the bars of two categories: as wished, and where that keeps a chart on its page."""
_TALLEST = 0.72
"""Of the page's height between the margins: what a chart may take, so that heading and caption find room above."""


def name_lines(name: str, width: float) -> tuple[str, ...]:
    """The name of a category in lines of at most `width` points."""
    return balanced(clipped(name, LONGEST_NAME), TEXT_PT, width)


def bar_pitches(chart: Chart, area: Area) -> list[float]:
    """Height of each category of horizontal bars, in points: closer together where the page would not hold them otherwise."""
    needed = _needed(chart, area.width)
    spare = (area.height * _TALLEST - head_pt(chart) - sum(needed)) / len(needed)
    between = min(_BETWEEN_PT, max(_CLOSEST_PT, spare))
    return [height + between for height in needed]


def _needed(chart: Chart, width: float) -> list[float]:
    bars = len(chart.series) * BAR_PT
    return [max(bars, len(name_lines(name, width * NAMES_SHARE)) * TEXT_PT * 1.15) for name in chart.categories]


def head_pt(chart: Chart) -> float:
    """Height of what stands above the plot."""
    return _LEGEND_PT if has_legend(chart) else _BARE_PT


def height_pt(chart: Chart, area: Area) -> float:
    """Height of the whole drawing with its legend."""
    return head_pt(chart) + (sum(bar_pitches(chart, area)) if chart.kind == "bars" and chart.categories else PLOT_PT)


def panels(chart: Chart, area: Area) -> tuple[Chart, ...]:
    """Bars that one page cannot hold, as several charts about equally high; any other chart as it is.

    All have one scale; caption stands on the first, note on the last.
    """
    if chart.kind != "bars":
        return (chart,)
    heights = [height + _CLOSEST_PT for height in _needed(chart, area.width)]
    room = area.height * _TALLEST - head_pt(chart)
    count = max(1, math.ceil(sum(heights) / room))
    starts = _starts(heights, sum(heights) / count)
    while any(sum(heights[start:end]) > room and end - start > 1 for start, end in pairwise([*starts, len(heights)])):
        count += 1
        starts = _starts(heights, sum(heights) / count)
    if len(starts) < 2:
        return (chart,)
    return tuple(
        replace(
            chart,
            caption=chart.caption if start == 0 else "",
            note=chart.note if end is None else "",
            axis_top=axis_end(chart),
            categories=chart.categories[start:end],
            series=tuple(replace(series, values=series.values[start:end]) for series in chart.series),
        )
        for start, end in zip(starts, [*starts[1:], None], strict=True)
    )


def _starts(heights: Sequence[float], share: float) -> list[int]:
    """Where each part begins if every part is to have about `share` of the height."""
    middles = [above + height / 2 for above, height in zip(accumulate(heights, initial=0.0), heights, strict=False)]
    parts = [int(middle / share) for middle in middles]
    return [place for place, part in enumerate(parts) if place == 0 or part != parts[place - 1]]


def text_width(text: str, size: float = TEXT_PT) -> float:
    """What a label of a chart measures, in points."""
    return typeface.width_pt(text, size)
