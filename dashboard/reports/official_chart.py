"""How charts fit a page: height of the plot, room for the names of bars, and bars too many for one page as several charts."""

from __future__ import annotations

from dataclasses import replace

from dashboard.reports import typeface
from dashboard.reports.blocks import Chart
from dashboard.reports.chart_xml import LONGEST_NAME
from dashboard.reports.literal import clipped
from dashboard.reports.official import Area, balanced

TEXT_PT = 10.0
NAMES_SHARE = 0.38
"""Of the width: what the names of bars may take."""
PLOT_PT = 190.0
"""Height of a plot of columns or lines."""
_LEGEND_PT, _BARE_PT = 22.0, 8.0
BAR_PT, _BETWEEN_PT = 13.0, 8.0
_TALLEST = 0.72
"""Of the page's height between the margins: what a chart may take, so that heading and caption find room above."""


def name_lines(name: str, width: float) -> tuple[str, ...]:
    """The name of a category in lines of at most `width` points."""
    return balanced(clipped(name, LONGEST_NAME), TEXT_PT, width)


def bar_pitches(chart: Chart, width: float) -> list[float]:
    """Height of each category of horizontal bars, in points."""
    bars = len(chart.series) * BAR_PT
    return [max(bars, len(name_lines(name, width * NAMES_SHARE)) * TEXT_PT * 1.15) + _BETWEEN_PT for name in chart.categories]


def has_legend(chart: Chart) -> bool:
    """Lines are named where they end; one series needs no name, but a target across bars does."""
    return chart.kind != "line" and (len(chart.series) > 1 or (chart.kind == "bars" and chart.target is not None))


def head_pt(chart: Chart) -> float:
    """Height of what stands above the plot."""
    return _LEGEND_PT if has_legend(chart) else _BARE_PT


def height_pt(chart: Chart, width: float) -> float:
    """Height of the whole drawing with its legend."""
    return head_pt(chart) + (sum(bar_pitches(chart, width)) if chart.kind == "bars" else PLOT_PT)


def panels(chart: Chart, area: Area) -> tuple[Chart, ...]:
    """Bars that one page cannot hold, as several charts; any other chart as it is. Caption stands on the first, note on the last."""
    if chart.kind != "bars":
        return (chart,)
    starts, used = [0], head_pt(chart)
    for place, pitch in enumerate(bar_pitches(chart, area.width)):
        if used + pitch > area.height * _TALLEST and place > starts[-1]:
            starts.append(place)
            used = head_pt(chart)
        used += pitch
    if len(starts) == 1:
        return (chart,)
    return tuple(
        replace(
            chart,
            caption=chart.caption if start == 0 else "",
            note=chart.note if end is None else "",
            categories=chart.categories[start:end],
            series=tuple(replace(series, values=series.values[start:end]) for series in chart.series),
        )
        for start, end in zip(starts, [*starts[1:], None], strict=True)
    )


def text_width(text: str, size: float = TEXT_PT) -> float:
    """What a label of a chart measures, in points."""
    return typeface.width_pt(text, size)
